/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ABI of the running system, from uname(2). */
#ifndef LINXCAP_HOST_ABI_H
#define LINXCAP_HOST_ABI_H

/* Finds the ABI with the name from uname(2); otherwise the first. */
unsigned int running_abi(void);

#endif
