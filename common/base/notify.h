/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words to a service manager, as sd_notify(3) has them. Nothing happens where there is none. */
#ifndef LINXCAP_NOTIFY_H
#define LINXCAP_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "RELOADING=1\nMONOTONIC_USEC=..." */
void notify_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* How often it wants to hear WATCHDOG=1; 0: never. */
uint64_t notify_watchdog_ns(void);

#endif
