/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers and removes the device /dev/linxcap. Implemented in control/dev.c. */
#ifndef LINX_KMOD_DEV_H
#define LINX_KMOD_DEV_H

int linx_dev_init(void);
void linx_dev_exit(void);

#endif
