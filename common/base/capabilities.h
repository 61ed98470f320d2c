/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities of threads that talk to the network. */
#ifndef LINXCAP_CAPABILITIES_H
#define LINXCAP_CAPABILITIES_H

#include <stdbool.h>

/*
 * Drops the capabilities of this thread alone: Linux keeps them by thread, and the reader needs its own.
 * Programs that the thread executes get none back. False: the thread must not go on.
 */
bool capabilities_drop(void);

#endif
