/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes blocks of a capture file to a transport: a file descriptor, or anything else that has the operations
 * below. After a failure, a transport that can be truncated ends with its last whole block.
 */
#ifndef LINX_BLOCK_WRITER_H
#define LINX_BLOCK_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>
#include "engine/capture_format.h"

struct linx_transport;
struct linx_transport_ops {
	/*
	 * Writes bytes from the front of count vectors, and waits until there is room for at least one byte. Returns 0
	 * and the number of bytes in *n, or -errno.
	 */
	int (*write)(struct linx_transport *t, const struct iovec *v, int count, size_t *n);
	/*
	 * Removes the last n bytes that were written, as far as possible, after a write has failed. Returns no error,
	 * since the caller reports that of the write. NULL: written bytes cannot be removed.
	 */
	void (*truncate)(struct linx_transport *t, size_t n);
	/*
	 * Waits until all written bytes are on stable storage. Called at the end of a section. 0 or -errno.
	 * NULL: the transport's owner syncs.
	 */
	int (*sync)(struct linx_transport *t);
};
struct linx_transport {
	const struct linx_transport_ops *ops;
	union {
		int fd;
		void *data;
	};
};
/* Makes the transport to a descriptor, which stays the caller's and is synced by the caller. 0 or -errno. */
int linx_transport_fd(struct linx_transport *t, int fd);

struct linx_output {
	struct linx_transport to;
	int code; /* error of the first failure: nothing is written after it */
	int level; /* zstd compression level, 0: none */
	void *zstd;
	struct linx_splitter *splitter;
	void *packed; /* buffer for a compressed block */
	size_t packed_size;
};

/* Sets up an output to a transport; *to is copied. level: of zstd, 0: no compression. 0 or -ENOMEM. */
int linx_output_init(struct linx_output *o, const struct linx_transport *to, int level);
void linx_output_end(struct linx_output *o);
/* True if, after a failure, the transport is truncated behind the last block that was written whole. */
static inline bool linx_output_truncates(const struct linx_output *o)
{
	return o->to.ops->truncate;
}
/* Waits until all blocks are on stable storage, as far as the transport can know. 0 or -errno: the first failure. */
int linx_output_sync(struct linx_output *o);
/* Writes len bytes unchanged. 0 or -errno. */
int linx_output_bytes(struct linx_output *o, const void *data, size_t len);
/*
 * Writes a block; fills in magic, lengths, flags and checksum of *head. "data" is not used after the call. 0 or -errno.
 */
int linx_output_block(struct linx_output *o, struct linx_cap_block *head, const void *data,
		      size_t len);

#endif
