/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a capture file item by item: headers and blocks, checked. Needs no
 * seeking. A read that is interrupted goes on where it was at the next call.
 */
#ifndef LINX_CAPTURE_READ_H
#define LINX_CAPTURE_READ_H

#include <linx/linx.h>

#include "engine/capture_format.h"
#include "base/deadline.h"
#include "engine/file/file.h"

/* A block whose checksum was right and, for DATA, whose records are whole groups. */
struct linx_block {
	struct linx_block *next;
	struct linx_cap_block head;
	bool sought; /* to salvage: it may be what a program wrote; see linx_capture_reader */
	size_t len; /* payload, decompressed; 0: nobody looks at it */
	size_t last; /* where its last group begins; DATA */
	_Alignas(8) uint8_t data[];
};

struct linx_capture_reader {
	struct linx_input in;
	char *name;
	struct linx_error *err;
	uint64_t *worked; /* of LINX_YIELD_BYTES */
	uint64_t offset; /* in the file, of the item that is being read */
	size_t have; /* bytes of the part that is being read */
	unsigned int cpus; /* of the section */
	bool in_payload;
	bool after_end; /* the section's certificate was read: no block may follow */
	union {
		struct linx_cap_block block;
		struct linx_cap_head section; /* begins where a block could */
	} head;
	struct linx_block *block; /* being filled */
	uint8_t *stored; /* payload before it is decompressed */
	uint8_t *columns; /* room for what is in it before it is records */
	size_t columns_size;
	bool salvage; /* go on behind damage */
	bool seeking; /* for where the next item begins */
	/*
	 * The item that is read was found so, or behind such items alone: it may be
	 * bytes that a recorded program wrote, and is not believed to end anything.
	 */
	bool sought;
	uint64_t chain; /* bytes of whole items since one was found so */
	bool bad; /* the block that was read is damaged: what is behind it is awaited */
	const char *problem; /* of its head; NULL: none */
	uint8_t *back; /* read, and to be looked at again: behind where damage was found */
	size_t back_at, back_len, back_cap;
	size_t from_back; /* bytes of the item that is being read that were taken from there */
	uint64_t again; /* bytes that were looked at again */
	struct linx_damage damage;
	uint8_t ahead[sizeof(struct linx_cap_block)]; /* read with a payload: what follows it */
	size_t ahead_at, ahead_len;
	uint8_t *header; /* of a section, with its table, being filled */
	void *zstd;
};

/* One place more, at that offset of the file. */
static inline void linx_damage_add(struct linx_damage *d, uint64_t offset)
{
	if (!d->places++)
		d->first_offset = offset;
}

/*
 * What was read. Otherwise 0: timeout; -EAGAIN: the caller's turn, there is more;
 * -ENODATA: end, possibly inside a block; -EBADMSG; -EINTR; -errno.
 */
enum linx_item {
	LINX_ITEM_BLOCK = 1,
	LINX_ITEM_SECTION = 2, /* linx_capture_read_header() must be next */
};

void linx_capture_reader_init(struct linx_capture_reader *r, const struct linx_input *in,
			      char *name, struct linx_engine *e);
void linx_capture_reader_end(struct linx_capture_reader *r);
/* The caller owns *out, and frees it. With salvage, damage ends it only where far too much looks like blocks. */
int linx_capture_read_block(struct linx_capture_reader *r, struct linx_block **out,
			    struct linx_deadline *d);
/* first: nothing was read yet. 1: *h is the caller's; 0: the time is over; -EINTR; -EBADMSG; -errno. */
int linx_capture_read_header(struct linx_capture_reader *r, bool first, struct linx_deadline *d,
			     struct linx_header *h);
/* Of the section whose header is next, for errors: the file's name, and where in it that is if it is not the first. */
void linx_capture_section_name(const struct linx_capture_reader *r, char name[LINX_WHERE_ROOM]);

#endif
