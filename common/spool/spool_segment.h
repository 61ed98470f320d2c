/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Segments of a spool: files NUMBER.seg, each named by the number of its first block. A segment is a header and blocks
 * with consecutive numbers. It grows at its end alone, and no byte of it ever changes; so a crash leaves whole blocks
 * and at most one torn one at the end of the last segment. A damaged block hides no block behind it: the next head is
 * searched.
 */
#ifndef LINX_SPOOL_SEGMENT_H
#define LINX_SPOOL_SEGMENT_H

#include "spool/spool_block.h"

#define SPOOL_SEGMENT_MAGIC "LINXSPL1"
/* A segment ends before it has more bytes, unless its first block alone has. */
#define SPOOL_SEGMENT_BYTES (16u << 20)
#define SPOOL_NAME_ROOM 32u

struct segment_header {
	char magic[8];
	uint64_t spool, first;
	uint32_t zero, crc; /* CRC32C of the bytes before it */
};

/* Numbers of the first blocks of all segments, in ascending order. */
struct segment_list {
	uint64_t *first; /* [n], to be freed with free(3) */
	size_t n;
};

void segment_name(char name[SPOOL_NAME_ROOM], uint64_t first);
/* Lists the segments of a folder. 0 or -errno; the caller frees list->first in both cases. */
int segment_list(int dir, struct segment_list *list);
/* Finds the segment that has a number, or else the next one. Returns its first number; 0: there is none. */
uint64_t segment_find(const struct segment_list *list, uint64_t number);
/* Opens a segment and checks its header. Returns a descriptor, or -errno; -EBADMSG: it is no segment. */
int segment_open(int dir, uint64_t first, int flags, uint64_t *spool);

/* A place in a segment. */
struct segment_place {
	int fd;
	uint64_t spool;
	uint64_t offset; /* offset of the next block */
	uint64_t number; /* number of the next block */
};

enum segment_found {
	SEGMENT_BLOCK, /* a whole block */
	SEGMENT_SKIPPED, /* blocks before the next whole one are damaged */
	SEGMENT_END, /* there is nothing behind the last block, or a block that is not whole yet or was torn */
	SEGMENT_BROKEN, /* bytes that belong to no block are behind the last one */
	SEGMENT_FAILED, /* the file could not be read; errno is set */
};
/*
 * Looks for the next block and reads it to buf, which is grown as needed and has a head and its body. SEGMENT_BLOCK: the
 * place is behind the block, and h is its head. SEGMENT_SKIPPED: the place is at the next whole block, and place->number
 * has grown past the damaged ones. Otherwise the place has not changed.
 */
enum segment_found segment_next(struct segment_place *p, struct spool_head *h, char **buf, size_t *room);
/* Returns the number behind the last block of a segment, or if its end is damaged a greater one, which no block has had. */
uint64_t segment_number_behind(int fd, uint64_t id, uint64_t first);

#endif
