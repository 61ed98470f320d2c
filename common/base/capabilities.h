/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drops capabilities of threads that use the network. */
#ifndef LINXCAP_CAPABILITIES_H
#define LINXCAP_CAPABILITIES_H

#include <stdbool.h>

/*
 * Drops all capabilities of the calling thread only. In Linux each thread has its own capabilities, and the thread that
 * reads events needs them. Programs that the calling thread executes cannot regain them. False: they could not be
 * dropped, and the thread must not go on.
 */
bool capabilities_drop(void);

#endif
