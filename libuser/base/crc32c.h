/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CRC32C (Castagnoli), as iSCSI and ext4 use it. */
#ifndef LINX_CRC32C_H
#define LINX_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Returns the checksum crc continued with len bytes; crc 0 begins a checksum. */
uint32_t linx_crc32c(uint32_t crc, const void *data, size_t len);

#endif
