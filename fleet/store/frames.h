/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frames of zstd, in the form in which ClickHouse takes the body of an insert with the parameter "decompress". Frames that
 * follow one another are one stream of bytes.
 */
#ifndef STORE_FRAMES_H
#define STORE_FRAMES_H

#include "store/bytes.h"

struct frames {
	void *zstd; /* ZSTD_CCtx; NULL: not made yet */
	struct bytes to; /* the frames so far; to.failed: there was no memory for some of them */
	size_t plain; /* bytes of all frames when they are unpacked */
};

void frames_free(struct frames *f);
/* Removes all frames, and keeps the memory. */
void frames_clear(struct frames *f);
/* Packs len bytes as the next frame. */
void frames_pack(struct frames *f, const void *data, size_t len);
/* Appends a frame that was packed elsewhere, and has "plain" bytes when it is unpacked. */
void frames_put(struct frames *f, const void *packed, size_t len, size_t plain);

#endif
