/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes blocks of a capture file to a descriptor. After a failure a regular file ends
 * with its last whole block.
 */
#ifndef LINX_BLOCK_WRITER_H
#define LINX_BLOCK_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include "engine/capture_format.h"

struct linx_output {
	int fd;
	bool regular; /* a regular file, which can be truncated to the last whole block */
	int code; /* error of the first failure: nothing is written after it */
	int level; /* zstd compression level, 0: none */
	void *zstd;
	struct linx_splitter *splitter;
	void *packed; /* buffer of packed_size bytes for a compressed block */
	size_t packed_size;
};

int linx_output_init(struct linx_output *o, int fd, int level);
void linx_output_end(struct linx_output *o);
/* Write len bytes unchanged. 0 or -errno. */
int linx_output_bytes(struct linx_output *o, const void *data, size_t len);
/*
 * Write a block; fills in magic, lengths, flags and checksum of *head. data is not used
 * after the call. 0 or -errno.
 */
int linx_output_block(struct linx_output *o, struct linx_cap_block *head, const void *data,
		      size_t len);

#endif
