/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to a service manager, like sd_notify(3). Nothing happens without one. */
#ifndef LINXCAP_NOTIFY_H
#define LINXCAP_NOTIFY_H

#include <stdint.h>

/*
 * Sends "READY=1", "STOPPING=1", "WATCHDOG=1", "RELOADING=1
 * MONOTONIC_USEC=..."
 */
void notify_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Interval at which the manager expects WATCHDOG=1; 0: never. */
uint64_t notify_watchdog_ns(void);

#endif
