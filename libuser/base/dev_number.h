/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device numbers as records have them, in the kernel's internal encoding: major << 20 | minor (linux/kdev_t.h). */
#ifndef LINX_DEV_NUMBER_H
#define LINX_DEV_NUMBER_H

#include <stdint.h>

static inline uint64_t linx_dev_major(uint64_t dev)
{
	return dev >> 20;
}

static inline uint32_t linx_dev_minor(uint64_t dev)
{
	return dev & 0xfffff;
}

#endif
