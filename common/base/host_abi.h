/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ABI of the running system, from uname(2). */
#ifndef LINXCAP_HOST_ABI_H
#define LINXCAP_HOST_ABI_H

/* The ABI whose name uname(2) gives; the first otherwise. */
unsigned int running_abi(void);

#endif
