/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to a service manager, like sd_notify(3). The functions do nothing if there is no service manager. */
#ifndef LINXCAP_NOTIFY_H
#define LINXCAP_NOTIFY_H

#include <stdint.h>

/*
 * Sends a message such as "READY=1", "STOPPING=1", "WATCHDOG=1", or the two lines "RELOADING=1" and
 * "MONOTONIC_USEC=...".
 */
void notify_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Returns how often WATCHDOG=1 should be sent: a third of the service manager's timeout, in ns; 0: never. */
uint64_t notify_watchdog_ns(void);

#endif
