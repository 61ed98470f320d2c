/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities of threads: those that use the network drop theirs. */
#ifndef LINXCAP_CAPABILITIES_H
#define LINXCAP_CAPABILITIES_H

#include <stdbool.h>

/* True if the calling thread has this capability, a number such as CAP_SYS_PTRACE, in effect, or if that is not known. */
bool capabilities_have(unsigned int capability);

/*
 * Drops all capabilities of the calling thread only. In Linux each thread has its own capabilities, and the thread that
 * reads events needs them. Programs that the calling thread executes cannot regain them. False: they could not be
 * dropped, and the thread must not go on.
 */
bool capabilities_drop(void);

#endif
