/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks onto a file descriptor: whole, or not at all where the file lets itself be shortened. */
#ifndef LINX_OUTPUT_H
#define LINX_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include "engine/capture_format.h"

struct linx_output {
	int fd;
	bool regular; /* can be cut back to the last whole block */
	int code; /* of the first failure: nothing is written after it */
	int level; /* of zstd, 0: none */
	void *zstd;
	struct linx_splitter *splitter;
	void *packed; /* room for a compressed block */
	size_t packed_size;
};

int linx_output_init(struct linx_output *o, int fd, int level);
void linx_output_end(struct linx_output *o);
/* Bytes as they are. 0 or -errno. */
int linx_output_bytes(struct linx_output *o, const void *data, size_t len);
/* A block; fills in magic, lengths, flags and checksum. data need not stay. 0 or -errno. */
int linx_output_block(struct linx_output *o, struct linx_cap_block *head, const void *data,
		      size_t len);

#endif
