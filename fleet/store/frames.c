// SPDX-License-Identifier: LGPL-2.1-or-later
/* Frames of zstd for ClickHouse: see store/frames.h. */
#include "store/frames.h"

#include <string.h>
#include <zstd.h>

/*
 * Before each frame, ClickHouse's format has a checksum, the method (0x90 is zstd), and the lengths of the frame, with the
 * method and the lengths, and of what is unpacked from it: 4 bytes each, the least significant byte first. The checksum
 * is 0, since clickhouse_insert() asks the server not to look at it: TCP and TLS have their own.
 */
#define CHECKSUM 16u
#define METHOD 0x90
#define FRAME_HEAD 9u
/*
 * Level of zstd. Columns with one small number are packed here: levels 1 and 2 take ten times as many instructions for them,
 * and a hundred times as many bytes, since they find no match in a row of zeroes.
 */
#define FRAME_LEVEL 3

void frames_free(struct frames *f)
{
	ZSTD_freeCCtx(f->zstd);
	bytes_free(&f->to);
	*f = (struct frames){ 0 };
}

void frames_clear(struct frames *f)
{
	bytes_clear(&f->to);
	f->plain = 0;
}

static void put_length(char *to, size_t len)
{
	for (unsigned int i = 0; i < 4; i++)
		to[i] = (char)(len >> 8 * i);
}

/* Writes what comes before a frame, to the CHECKSUM + FRAME_HEAD bytes at "to". */
static void put_frame_head(char *to, size_t len, size_t plain)
{
	memset(to, 0, CHECKSUM);
	to[CHECKSUM] = (char)METHOD;
	put_length(to + CHECKSUM + 1, len + FRAME_HEAD);
	put_length(to + CHECKSUM + 5, plain);
}

void frames_pack(struct frames *f, const void *data, size_t len)
{
	size_t room = ZSTD_compressBound(len), begin = f->to.len, n;
	char *to = bytes_more(&f->to, CHECKSUM + FRAME_HEAD + room);

	if (!f->zstd)
		f->zstd = ZSTD_createCCtx();
	n = to && f->zstd ? ZSTD_compressCCtx(f->zstd, to + CHECKSUM + FRAME_HEAD, room, data, len, FRAME_LEVEL) : 0;
	if (!n || ZSTD_isError(n)) {
		f->to.failed = true;
		return;
	}
	put_frame_head(to, n, len);
	f->to.len = begin + CHECKSUM + FRAME_HEAD + n;
	f->plain += len;
}

void frames_put(struct frames *f, const void *packed, size_t len, size_t plain)
{
	char *to = bytes_more(&f->to, CHECKSUM + FRAME_HEAD);

	if (to)
		put_frame_head(to, len, plain);
	bytes_put(&f->to, packed, len);
	f->plain += plain;
}
