/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a capture file item by item: headers and blocks, checked. The input need not be seekable. A read that was
 * interrupted is continued by the next call.
 *
 * With salvage, the reader searches for the next item after damage. An item that was found in this way may be bytes
 * that a recorded program wrote (a copy of a capture file, say): it is "sought", and doubtful until enough intact items
 * follow it.
 */
#ifndef LINX_CAPTURE_READ_H
#define LINX_CAPTURE_READ_H

#include <linx/linx.h>

#include "engine/capture_format.h"
#include "base/deadline.h"
#include "engine/file/file.h"

/* A block whose checksum was right and, if it has records (DATA), whose records have all their pieces. */
struct linx_block {
	struct linx_block *next;
	struct linx_cap_block head;
	bool sought; /* found by salvage, and doubtful; see linx_capture_reader */
	size_t len; /* bytes of the payload, decompressed; 0: the payload is not needed */
	size_t last; /* DATA: offset of the last head record, which its pieces follow */
	_Alignas(8) uint8_t data[];
};

struct linx_capture_reader {
	struct linx_input in;
	char *name;
	struct linx_error *err;
	uint64_t *worked; /* the engine's count towards LINX_YIELD_BYTES */
	uint64_t offset; /* offset in the file of the item (header or block) that is being read */
	size_t have; /* bytes read so far of the item's current part: head, header or payload */
	unsigned int cpus; /* number of CPUs of the section */
	bool in_payload;
	bool after_end; /* the section's certificate was read: no block may follow */
	union {
		struct linx_cap_block block;
		struct linx_cap_head section; /* member to use if the first bytes are the magic of a header */
	} head;
	struct linx_block *block; /* the block that is being read */
	uint8_t *stored; /* compressed payload of block */
	uint8_t *columns; /* buffer for decompressed columns */
	size_t columns_size;
	bool salvage; /* continue after damage */
	bool seeking; /* searching for the begin of the next item (header or block) */
	/*
	 * The current item (header or block) was found by searching, or follows only items that were found so. It may
	 * be bytes that a recorded program wrote, so it does not end a section.
	 */
	bool sought;
	uint64_t chain; /* bytes of intact items, beginning with the item that the search found */
	bool bad; /* the block is damaged; look_behind() waits for the bytes after it */
	const char *problem; /* defect of the block's head; NULL: none */
	uint8_t *back; /* bytes that were read and put back, to be searched again after damage */
	size_t back_at, back_len, back_cap;
	size_t from_back; /* bytes of the current item (header or block) that were taken from back */
	uint64_t again; /* number of bytes that were searched again, which is limited */
	struct linx_damage damage;
	uint8_t ahead[sizeof(struct linx_cap_block)]; /* bytes after a payload that were read with it */
	size_t ahead_at, ahead_len;
	uint8_t *header; /* a section's header, with its table, that is being read */
	void *zstd;
};

/* Counts one more damaged place, at that offset of the file. */
static inline void linx_damage_add(struct linx_damage *d, uint64_t offset)
{
	if (!d->places++)
		d->first_offset = offset;
}

/*
 * Kind of item that linx_capture_read_block() read. Its other results are 0: the time limit has passed; -EAGAIN: yields
 * to the caller, there is more; -ENODATA: end of the file, possibly inside a block; -EBADMSG: damage; -EINTR; -errno.
 */
enum linx_item {
	LINX_ITEM_BLOCK = 1,
	LINX_ITEM_SECTION = 2, /* linx_capture_read_header() must be next */
};

void linx_capture_reader_init(struct linx_capture_reader *r, const struct linx_input *in,
			      char *name, struct linx_engine *e);
void linx_capture_reader_end(struct linx_capture_reader *r);
/*
 * Reads the next block, or finds that a section's header is next: enum linx_item. The caller frees *out with free().
 * With salvage, -EBADMSG is returned only where far too much of the file looks like blocks.
 */
int linx_capture_read_block(struct linx_capture_reader *r, struct linx_block **out,
			    struct linx_deadline *d);
/*
 * Reads a section's header. first: nothing was read yet. 1: the caller ends *h with linx_header_free(); 0: the time
 * limit has passed; -EINTR; -EBADMSG; -errno.
 */
int linx_capture_read_header(struct linx_capture_reader *r, bool first, struct linx_deadline *d,
			     struct linx_header *h);
/*
 * Writes the name of the section whose header is next, for error texts: the file's name, and the offset unless it is 0.
 */
void linx_capture_section_name(const struct linx_capture_reader *r, char name[LINX_WHERE_ROOM]);

#endif
