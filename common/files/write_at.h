/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LINXCAP_WRITE_AT_H
#define LINXCAP_WRITE_AT_H

#include <stddef.h>
#include <stdint.h>

/* Writes all len bytes at an offset of a file. 0; -ENOSPC or another -errno: some of them may have been written. */
int write_at(int fd, const void *data, size_t len, uint64_t offset);

#endif
