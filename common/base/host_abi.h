/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ABI of the running system, from uname(2). */
#ifndef LINXCAP_HOST_ABI_H
#define LINXCAP_HOST_ABI_H

/*
 * Returns the ABI whose name is the machine in uname(2). Other names: LINX_ABI_ARM64 for aarch64, else
 * LINX_ABI_X86_64.
 */
unsigned int running_abi(void);

#endif
