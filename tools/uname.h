/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose calls this machine makes. */
#ifndef LINXCAP_UNAME_H
#define LINXCAP_UNAME_H

/* The ABI whose name uname(2) gives; the first otherwise. */
unsigned int running_abi(void);

#endif
