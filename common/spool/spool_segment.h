/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Segments of a spool: files NUMBER.seg, or NUMBER.alerts, each named by the number of its first block. A segment is a header and blocks
 * with consecutive numbers. It only grows at its end, and no byte of it ever changes. After a crash it therefore has
 * whole blocks, and at most one incomplete block at the end of the last segment. If a block is damaged, the reader
 * searches for the head of the next whole block.
 */
#ifndef LINX_SPOOL_SEGMENT_H
#define LINX_SPOOL_SEGMENT_H

#include "spool/spool_block.h"

#define SPOOL_SEGMENT_MAGIC "LINXSPL1"
/* Most bytes of a segment. Only a segment that has a single block can be longer. */
#define SPOOL_SEGMENT_BYTES (16u << 20)
#define SPOOL_NAME_ROOM 32u

struct segment_header {
	char magic[8];
	uint64_t spool, first;
	uint32_t zero, crc; /* crc: CRC32C of the bytes before crc */
};

/* Numbers of the first blocks of all segments, in ascending order. */
struct segment_list {
	uint64_t *first; /* [n], to be freed with free(3) */
	size_t n;
};

void segment_name(char name[SPOOL_NAME_ROOM], enum spool_kind kind, uint64_t first);
/* Lists the segments of a spool. 0 or -errno; the caller frees list->first in both cases. */
int segment_list(int dir, enum spool_kind kind, struct segment_list *list);
/*
 * Finds the last segment that begins with this number or a smaller one, or, if all begin with greater numbers, the
 * first segment. Returns the number of the segment's first block; 0: the list is empty.
 */
uint64_t segment_find(const struct segment_list *list, uint64_t number);
/* Opens a segment and checks its header. Returns a descriptor, or -errno; -EBADMSG: the file is not a segment. */
int segment_open(int dir, enum spool_kind kind, uint64_t first, int flags, uint64_t *spool);

/* A place in a segment. */
struct segment_place {
	int fd;
	uint64_t spool;
	uint64_t offset; /* offset of the next block */
	uint64_t number; /* number of the next block */
};

enum segment_found {
	SEGMENT_BLOCK, /* a whole block */
	SEGMENT_SKIPPED, /* damaged blocks were skipped: the place is now at the next whole block */
	SEGMENT_END, /* the file ends after the last whole block, or within an incomplete block */
	SEGMENT_BROKEN, /* after the last whole block there are bytes that belong to no block */
	SEGMENT_FAILED, /* the file could not be read; errno is set */
};
/*
 * Looks for the next block, and reads its head and its body to *buf, which is grown as needed. SEGMENT_BLOCK: the place
 * is now after the block, and *h is its head. SEGMENT_SKIPPED: the place is at the next whole block, and p->number is
 * the number of that block. After other results the place has not changed.
 */
enum segment_found segment_next(struct segment_place *p, struct spool_head *h, char **buf, size_t *room);
/*
 * Returns the number after that of the last block of a segment. If the segment's end is damaged, returns a number
 * greater than that of any block that the segment can have had.
 */
uint64_t segment_number_behind(int fd, uint64_t id, uint64_t first);

#endif
