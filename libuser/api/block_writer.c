// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes blocks of a capture file to a transport (a descriptor, or a caller's functions). Uncompressed records are
 * written from where they are, without a copy.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zstd.h>
#include "engine/columns.h"
#include "base/crc32c.h"
#include "api/block_writer.h"
#include "shared/ring_proto.h"

/* ---- the transport to a descriptor --------------------------------------------------------- */

/* Writes with writev(2). Waits even if the descriptor is non-blocking: no block may be lost because a pipe is full. */
static int fd_write(struct linx_transport *t, const struct iovec *v, int count, size_t *n)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };
	ssize_t ret;

	for (;;) {
		ret = writev(t->fd, v, count);
		if (ret > 0)
			break;
		if (ret == 0)
			return -ENOSPC;
		if (errno == EAGAIN)
			poll(&p, 1, -1);
		else if (errno != EINTR)
			return -errno;
	}
	*n = (size_t)ret;
	return 0;
}

static void fd_truncate(struct linx_transport *t, size_t n)
{
	off_t at = lseek(t->fd, 0, SEEK_CUR);

	if (at >= (off_t)n && ftruncate(t->fd, at - (off_t)n) == 0)
		lseek(t->fd, at - (off_t)n, SEEK_SET);
}

static const struct linx_transport_ops regular_ops = { .write = fd_write, .truncate = fd_truncate };
static const struct linx_transport_ops pipe_ops = { .write = fd_write };

int linx_transport_fd(struct linx_transport *t, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	*t = (struct linx_transport){ .ops = S_ISREG(st.st_mode) ? &regular_ops : &pipe_ops, .fd = fd };
	return 0;
}

/* ---- blocks -------------------------------------------------------------------------------- */

int linx_output_init(struct linx_output *o, const struct linx_transport *to, int level)
{
	*o = (struct linx_output){ .to = *to, .level = level };
	if (!level)
		return 0;
	o->zstd = ZSTD_createCCtx();
	o->splitter = linx_splitter_new();
	if (o->zstd && o->splitter)
		return 0;
	linx_output_end(o);
	return -ENOMEM;
}

void linx_output_end(struct linx_output *o)
{
	ZSTD_freeCCtx(o->zstd);
	linx_splitter_free(o->splitter);
	free(o->packed);
	memset(o, 0, sizeof(*o));
}

/* Removes the n bytes that were written from the front of v. */
static void iov_skip(struct iovec *v, int count, size_t n)
{
	for (int i = 0; i < count && n; i++) {
		size_t part = n < v[i].iov_len ? n : v[i].iov_len;

		v[i].iov_base = (char *)v[i].iov_base + part;
		v[i].iov_len -= part;
		n -= part;
	}
}

/*
 * Stores the first error, and removes the bytes of the incomplete block that were written
 * (done), so that the file ends with a whole block. Returns code.
 */
static int give_up(struct linx_output *o, int code, size_t done)
{
	o->code = code;
	if (done && linx_output_truncates(o))
		o->to.ops->truncate(&o->to, done);
	return code;
}

static int write_all(struct linx_output *o, struct iovec *v, int count)
{
	size_t left = 0, done = 0, n = 0;
	int ret;

	if (o->code)
		return o->code;
	for (int i = 0; i < count; i++)
		left += v[i].iov_len;
	while (left) {
		ret = o->to.ops->write(&o->to, v, count, &n);
		if (ret)
			return give_up(o, ret, done);
		iov_skip(v, count, n);
		done += n;
		left -= n;
	}
	return 0;
}

int linx_output_sync(struct linx_output *o)
{
	if (!o->code && o->to.ops->sync)
		o->code = o->to.ops->sync(&o->to);
	return o->code;
}

int linx_output_bytes(struct linx_output *o, const void *data, size_t len)
{
	struct iovec v = { (void *)data, len };

	return write_all(o, &v, 1);
}

static bool pack_room(struct linx_output *o, size_t len)
{
	size_t bound = ZSTD_compressBound(len) + LINX_COLUMNS * 16;

	if (o->packed_size < bound) {
		free(o->packed);
		o->packed = malloc(bound);
		o->packed_size = o->packed ? bound : 0;
	}
	return o->packed;
}

/*
 * Compresses all columns into one zstd frame in o->packed. A flush after each
 * column ends a zstd block, so that each column has statistics of its own.
 * Returns the length of the frame; 0: an error, or no gain.
 */
static size_t pack_parts(struct linx_output *o, const struct linx_column_part *parts, size_t total)
{
	ZSTD_outBuffer out = { o->packed, o->packed_size, 0 };

	if (ZSTD_isError(ZSTD_CCtx_reset(o->zstd, ZSTD_reset_session_only)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(o->zstd, ZSTD_c_compressionLevel, o->level)) ||
	    ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(o->zstd, total)))
		return 0;
	for (unsigned int i = 0; i < LINX_COLUMNS; i++) {
		ZSTD_inBuffer in = { parts[i].data, parts[i].len, 0 };

		if (ZSTD_compressStream2(o->zstd, &out, &in, i + 1 < LINX_COLUMNS ? ZSTD_e_flush : ZSTD_e_end))
			return 0; /* an error, or the buffer is full: the frame would not be shorter than the data */
	}
	return out.pos;
}

/*
 * Compresses records as columns into o->packed. Returns the length; 0: the records cannot be compressed as columns, and
 * the caller compresses them in one piece.
 */
static size_t pack_columns(struct linx_output *o, const struct linx_cap_block *head, const void *data, size_t len)
{
	struct linx_column_part parts[LINX_COLUMNS];
	size_t total = 0;

	if (head->type != LINX_CAP_DATA || !linx_columns_split(o->splitter, data, len, parts))
		return 0;
	for (unsigned int i = 0; i < LINX_COLUMNS; i++)
		total += parts[i].len;
	return pack_room(o, total) ? pack_parts(o, parts, total) : 0;
}

static size_t pack_whole(struct linx_output *o, const void *data, size_t len)
{
	size_t n = pack_room(o, len) ? ZSTD_compressCCtx(o->zstd, o->packed, o->packed_size, data, len, o->level) : 0;

	return ZSTD_isError(n) ? 0 : n;
}

/* Returns the bytes to store and sets *len: the compressed frame if it is shorter, else the data itself. */
static const void *pack(struct linx_output *o, struct linx_cap_block *head, const void *data, size_t *len)
{
	__u16 flags = LINX_CAP_ZSTD | LINX_CAP_COLUMNS;
	size_t n;

	if (!o->level || *len == 0)
		return data;
	n = pack_columns(o, head, data, *len);
	if (!n) {
		flags = LINX_CAP_ZSTD;
		n = pack_whole(o, data, *len);
	}
	if (!n || n >= *len)
		return data;
	*len = n;
	head->flags = flags;
	return o->packed;
}

int linx_output_block(struct linx_output *o, struct linx_cap_block *head, const void *data,
		      size_t len)
{
	static const uint8_t zeroes[8];
	struct iovec v[3];
	size_t pad;

	head->magic = LINX_CAP_BLOCK_MAGIC;
	head->flags = 0;
	head->crc = 0;
	head->len = (__u32)len;
	data = pack(o, head, data, &len);
	head->stored = (__u32)len;
	pad = LINX_ALIGN8(len) - len;
	head->crc = linx_crc32c(linx_crc32c(linx_crc32c(0, head, sizeof(*head)), data, len), zeroes,
				pad);
	v[0] = (struct iovec){ head, sizeof(*head) };
	v[1] = (struct iovec){ (void *)data, len };
	v[2] = (struct iovec){ (void *)zeroes, pad };
	return write_all(o, v, 3);
}
