// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads a capture file item by item (section headers and blocks). Every length is hostile until it was compared with a
 * bound.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include "engine/file/capture_read.h"
#include "engine/columns.h"
#include "base/crc32c.h"
#include "engine/header.h"
#include "engine/ring.h"
#include "table/table.h"

static int damaged(struct linx_capture_reader *r, const char *what)
{
	return linx_fail(r->err, -EBADMSG, "%s: damaged at offset %llu: %s", r->name,
			 (unsigned long long)r->offset, what);
}

void linx_capture_reader_init(struct linx_capture_reader *r, const struct linx_input *in,
			      char *name, struct linx_engine *e)
{
	memset(r, 0, sizeof(*r));
	r->in = *in;
	r->name = name;
	r->err = &e->err;
	r->worked = &e->worked;
}

static int no_memory(struct linx_capture_reader *r)
{
	return linx_fail(r->err, -ENOMEM, "%s: out of memory", r->name);
}

void linx_capture_reader_end(struct linx_capture_reader *r)
{
	free(r->block);
	free(r->stored);
	free(r->header);
	free(r->back);
	free(r->columns);
	ZSTD_freeDCtx(r->zstd);
}

/* ---- bytes ------------------------------------------------------------------------- */

/* Waits for input. 1: bytes can be read, or the input has ended; 0: the time limit has passed; -errno. */
static int input_ready(const struct linx_capture_reader *r, int timeout_ms)
{
	struct pollfd p = { .fd = r->in.fd, .events = POLLIN };
	int ret;

	if (r->in.fd < 0)
		return 1;
	ret = poll(&p, 1, timeout_ms);
	return ret < 0 ? -errno : ret;
}

/* Copies up to "wanted" bytes of data, from offset *at, to buf, and moves *at. Returns the number of bytes copied. */
static size_t take(const uint8_t *data, size_t len, size_t *at, void *buf, size_t wanted)
{
	size_t n = len - *at;

	if (n > wanted)
		n = wanted;
	memcpy(buf, data + *at, n);
	*at += n;
	return n;
}

/* Takes bytes that were read before: first those put back, then those read ahead. Returns their number. */
static size_t take_cached(struct linx_capture_reader *r, void *buf, size_t wanted)
{
	size_t n;

	if (r->back_at < r->back_len) {
		n = take(r->back, r->back_len, &r->back_at, buf, wanted);
		r->from_back += n;
		return n;
	}
	return take(r->ahead, r->ahead_len, &r->ahead_at, buf, wanted);
}

/* Stores the bytes of buf after the first "wanted" bytes in r->ahead, for the next item (header or block). */
static void keep_ahead(struct linx_capture_reader *r, const uint8_t *buf, size_t wanted)
{
	r->ahead_at = 0;
	r->ahead_len = r->have - wanted;
	memcpy(r->ahead, buf + wanted, r->ahead_len);
	r->have = wanted;
}

/*
 * Reads some bytes of the input. Returns their number; 0: the time limit has passed; -ENODATA: end of the input;
 * -errno.
 */
static ssize_t read_some(struct linx_capture_reader *r, uint8_t *buf, size_t size, struct linx_deadline *d)
{
	ssize_t n;
	int ret;

	do {
		ret = input_ready(r, linx_deadline_left(d));
		if (ret <= 0)
			return ret;
		n = r->in.read(r->in.ctx, buf, size);
	} while (n == -EAGAIN);
	if (n == -EBADMSG) /* an error of the file system; in this file the same number means a damaged block */
		return linx_fail(r->err, -EIO, "%s: cannot read: %s", r->name, strerror(EBADMSG));
	if (n < 0)
		return n == -EINTR ? -EINTR :
				     linx_fail(r->err, (int)n, "%s: cannot read: %s", r->name, strerror((int)-n));
	return n ? n : -ENODATA;
}

/*
 * Fills buf up to "wanted" bytes, after the r->have bytes that earlier calls read. buf has room for "spare" more bytes,
 * which are read ahead if they are available. 1: buf is full; other results as read_some().
 */
static int fill_with(struct linx_capture_reader *r, void *buf, size_t wanted, size_t spare, struct linx_deadline *d)
{
	ssize_t n;

	while (r->have < wanted) {
		n = (ssize_t)take_cached(r, (uint8_t *)buf + r->have, wanted - r->have);
		if (!n)
			n = read_some(r, (uint8_t *)buf + r->have, wanted + spare - r->have, d);
		if (n <= 0)
			return (int)n;
		r->have += (size_t)n;
	}
	if (r->have > wanted)
		keep_ahead(r, buf, wanted);
	return 1;
}

static int fill(struct linx_capture_reader *r, void *buf, size_t wanted, struct linx_deadline *d)
{
	return fill_with(r, buf, wanted, 0, d);
}

/* ---- damage ------------------------------------------------------------------------ */

/*
 * Limit of bytes that are searched again: a hostile file could nest false blocks, each of
 * which is read as a whole.
 */
#define AGAIN_MAX (4ull << 30)
/* Alignment, in bytes, of items (headers and blocks) in the file. */
#define STEP 8u
/* Cost of searching STEP bytes: the number of bytes of a block that are read in the same time. */
#define STEP_COST 64u

/* True if STEP bytes may be the first bytes of an item (header or block). */
static bool is_beginning(const uint8_t *bytes)
{
	const uint32_t magic = LINX_CAP_BLOCK_MAGIC;

	return !memcmp(bytes, &magic, sizeof(magic)) || !memcmp(bytes, LINX_CAP_MAGIC, STEP);
}

/*
 * Checks the bytes after the current item (header or block). 1: an item begins there, or the file ends; -EBADMSG:
 * neither; else as fill().
 */
static int next_begins(struct linx_capture_reader *r, struct linx_deadline *d)
{
	size_t len = r->ahead_len - r->ahead_at;
	ssize_t n;

	if (r->back_at < r->back_len)
		return r->back_len - r->back_at >= STEP && is_beginning(r->back + r->back_at) ? 1 : -EBADMSG;
	memmove(r->ahead, r->ahead + r->ahead_at, len);
	r->ahead_at = 0;
	for (r->ahead_len = len; r->ahead_len < STEP; r->ahead_len += (size_t)n) {
		n = read_some(r, r->ahead + r->ahead_len, sizeof(r->ahead) - r->ahead_len, d);
		if (n == -ENODATA)
			return r->ahead_len ? -EBADMSG : 1;
		if (n <= 0)
			return (int)n;
	}
	return is_beginning(r->ahead) ? 1 : -EBADMSG;
}

/*
 * Skips the damaged block at r->offset as a whole. Its length is right, since a header, a block or the end of the file
 * follows it; so its payload, which may hold bytes that a recorded program wrote, is not searched for blocks.
 */
static void pass_over(struct linx_capture_reader *r, size_t have)
{
	size_t size = sizeof(r->head.block) + have;

	linx_damage_add(&r->damage, r->offset);
	r->damage.bytes += size;
	r->offset += size;
	r->from_back = 0;
}

/* Makes room for n more bytes at the end of r->back, by moving the unread bytes to its begin or to a larger buffer. */
static bool back_room(struct linx_capture_reader *r, size_t n)
{
	size_t live = r->back_len - r->back_at, cap = 2 * (live + n);
	uint8_t *back = r->back;

	if (r->back_cap - r->back_len >= n)
		return true;
	if (r->back_cap < cap) {
		back = malloc(cap);
		if (!back)
			return false;
		r->back_cap = cap;
	}
	if (live)
		memmove(back, r->back + r->back_at, live);
	if (back != r->back)
		free(r->back);
	r->back = back;
	r->back_at = 0;
	r->back_len = live;
	return true;
}

/*
 * Appends an item (header or block) of size bytes to r->back: its head and then its payload, but without its first
 * "skip" bytes.
 */
static void give(struct linx_capture_reader *r, const uint8_t *payload, size_t skip, size_t size)
{
	size_t head = sizeof(r->head.block), n = skip < head ? head - skip : 0;

	if (n)
		memcpy(r->back + r->back_len, (const uint8_t *)&r->head + skip, n);
	skip += n;
	if (size > skip)
		memcpy(r->back + r->back_len + n, payload + (skip - head), size - skip);
	r->back_len += n + size - skip;
}

/*
 * Puts back the bytes at r->offset, which turned out not to be an item (header or block): the head, and those bytes of
 * its payload that were read (have). The search continues STEP bytes after the begin of the head. 0 or -errno. Each
 * byte of the file is copied to r->back only once, however often it is read from there.
 */
static int give_back(struct linx_capture_reader *r, const uint8_t *payload, size_t have)
{
	size_t size = sizeof(r->head.block) + have;

	r->back_at -= r->from_back;
	if (!back_room(r, size - r->from_back))
		return no_memory(r);
	give(r, payload, r->from_back, size);
	r->back_at += STEP;
	r->from_back = 0;
	r->again += size - STEP;
	*r->worked += have;
	linx_damage_add(&r->damage, r->offset);
	r->damage.bytes += STEP;
	r->offset += STEP;
	r->have = 0;
	r->seeking = true;
	if (r->again > AGAIN_MAX)
		return linx_fail(r->err, -EBADMSG, "%s: damaged at offset %llu: far too much looks like blocks", r->name,
				 (unsigned long long)r->offset);
	return 0;
}

/*
 * Searches for the begin of an item (header or block). 1: its first bytes are in r->head; -EAGAIN: yields to the
 * caller; else as fill().
 */
static int seek(struct linx_capture_reader *r, struct linx_deadline *d)
{
	int ret;

	for (;;) {
		ret = fill_with(r, &r->head, STEP, sizeof(r->ahead), d);
		if (ret <= 0)
			return ret;
		if (is_beginning((const uint8_t *)&r->head))
			break;
		r->offset += STEP;
		r->damage.bytes += STEP;
		r->have = r->from_back = 0;
		*r->worked += STEP_COST;
		if (*r->worked >= LINX_YIELD_BYTES)
			return -EAGAIN;
	}
	r->seeking = false;
	r->sought = true;
	r->chain = 0;
	return 1;
}

/*
 * Moves past an intact item (header or block). Items that the search found are doubtful: they may be bytes that a
 * recorded program wrote, within one record. No record holds more than LINX_GROUP_MAX bytes: intact items that are
 * longer than this together are real.
 */
static void pass(struct linx_capture_reader *r, size_t size)
{
	r->offset += size;
	r->chain += size;
	r->sought &= r->chain <= LINX_GROUP_MAX;
	r->have = r->from_back = 0;
}

/* ---- blocks ------------------------------------------------------------------------ */

/* True if the encoding of a block is known and allowed for its type. */
static bool is_stored_well(const struct linx_cap_block *h)
{
	if (h->flags & LINX_CAP_COLUMNS && (!(h->flags & LINX_CAP_ZSTD) || h->type != LINX_CAP_DATA))
		return false;
	return !(h->flags & ~(LINX_CAP_ZSTD | LINX_CAP_COLUMNS));
}

/* True if the payload of a block is records. */
static bool has_records(const struct linx_cap_block *h)
{
	return h->type == LINX_CAP_DATA || h->type == LINX_CAP_TASKS || h->type == LINX_CAP_TAMPER;
}

/*
 * True if the payload of a block is not needed: its type is of a later version, or INFO, or FLOOR, all of whose data is
 * in the head.
 */
static bool is_skipped(const struct linx_cap_block *h)
{
	return !has_records(h) && h->type != LINX_CAP_CLOCK && h->type != LINX_CAP_CERT &&
	       h->type != LINX_CAP_METADATA && h->type != LINX_CAP_LEFT_OUT && h->type != LINX_CAP_PROBES &&
	       h->type != LINX_CAP_RULE_NAMES;
}

static const char *head_problem(const struct linx_capture_reader *r)
{
	const struct linx_cap_block *h = &r->head.block;

	if (h->magic != LINX_CAP_BLOCK_MAGIC)
		return "no block begins here";
	if (r->after_end)
		return "a block after the end of its section";
	if (!is_stored_well(h))
		return "a block that is stored in a way that this version does not know";
	if (h->len > LINX_CAP_BLOCK_MAX || h->stored > h->len ||
	    (!(h->flags & LINX_CAP_ZSTD) && h->stored != h->len))
		return "impossible length of a block";
	if ((h->type == LINX_CAP_DATA && h->cpu >= r->cpus) || (has_records(h) && h->len & 7))
		return "impossible CPU or length of records";
	if (h->type == LINX_CAP_LEFT_OUT && (h->cpu >= r->cpus || h->len % sizeof(struct linx_cap_range)))
		return "impossible CPU or length of what was left out";
	return NULL;
}

static int begin_payload(struct linx_capture_reader *r)
{
	const struct linx_cap_block *h = &r->head.block;
	const char *problem = head_problem(r);
	bool as_stored = problem || is_skipped(h), packed = h->flags & LINX_CAP_ZSTD && !as_stored;
	size_t stored = LINX_ALIGN8((size_t)h->stored), len = as_stored ? stored : LINX_ALIGN8((size_t)h->len);

	/*
	 * With salvage, a block with a bad head is read to the length in that head, and
	 * may be skipped as a whole.
	 */
	if (problem && !(r->salvage && h->magic == LINX_CAP_BLOCK_MAGIC && h->stored <= LINX_CAP_BLOCK_MAX))
		return damaged(r, problem);
	r->problem = problem;
	r->block = malloc(sizeof(*r->block) + len + sizeof(r->ahead));
	if (packed)
		r->stored = malloc(stored + sizeof(r->ahead));
	if (!r->block || (packed && !r->stored))
		return no_memory(r);
	r->block->next = NULL;
	r->block->head = *h;
	r->block->len = is_skipped(h) ? 0 : h->len;
	r->block->last = 0;
	r->in_payload = true;
	r->have = 0;
	return 0;
}

/*
 * Returns the length of the record at offset "at" with its pieces. In TASKS blocks, returns the length of the single
 * record: snapshots are split between any two records. 0: malformed.
 */
static size_t record_step(const struct linx_block *b, size_t at)
{
	const struct linx_rec *rec = (const void *)(b->data + at);

	if (b->head.type == LINX_CAP_DATA)
		return linx_group_len(b->data + at, b->len - at);
	return linx_rec_fits(rec, b->len - at) ? LINX_REC_LEN(rec) : 0;
}

/*
 * Checks the records, each with its pieces, from *at up to offset "end", and moves *at past the last one. False: a
 * record is malformed.
 */
static bool records_sane(struct linx_block *b, size_t *at, size_t end)
{
	size_t step;

	for (; *at < end; *at += step) {
		step = record_step(b, *at);
		if (!step)
			return false;
		b->last = *at;
	}
	return true;
}

/*
 * Bytes whose checksum is computed and whose records are then checked at a time, while they are in the first-level
 * cache.
 */
#define CHECK_PART 16384u

/*
 * True if the checksum of a block is right. *sane: true if its records are well-formed; compressed records are
 * checked later. Contents must not be used unless both are true.
 */
static bool crc_right(struct linx_block *b, const uint8_t *stored, bool *sane)
{
	struct linx_cap_block zeroed = b->head;
	size_t len = LINX_ALIGN8((size_t)b->head.stored), at = 0, part;
	bool plain = stored == b->data && has_records(&b->head);
	uint32_t crc;

	*sane = true;
	zeroed.crc = 0;
	crc = linx_crc32c(0, &zeroed, sizeof(zeroed));
	for (size_t done = 0; done < len; done += part) {
		part = len - done < 2 * CHECK_PART ? len - done : CHECK_PART;
		crc = linx_crc32c(crc, stored + done, part);
		if (plain && *sane)
			*sane = records_sane(b, &at, done + part);
	}
	return crc == b->head.crc;
}

static int undecompressed(struct linx_capture_reader *r)
{
	return damaged(r, "a block cannot be decompressed");
}

static int decompress(struct linx_capture_reader *r, void *to, size_t len)
{
	if (!r->zstd)
		r->zstd = ZSTD_createDCtx();
	if (!r->zstd)
		return no_memory(r);
	return ZSTD_decompressDCtx(r->zstd, to, len, r->stored, r->block->head.stored) == len ? 0 : undecompressed(r);
}

/*
 * Decompresses the columns, whose size is in the zstd frame, and joins them to records. 0,
 * -EBADMSG or -ENOMEM.
 */
static int decompress_columns(struct linx_capture_reader *r)
{
	struct linx_block *b = r->block;
	unsigned long long n = ZSTD_getFrameContentSize(r->stored, b->head.stored);
	int ret;

	/* ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR are larger than the bound, too */
	if (n > linx_columns_bound(b->len))
		return undecompressed(r);
	if (!r->columns || r->columns_size < n) {
		free(r->columns);
		r->columns = malloc(n);
		r->columns_size = r->columns ? n : 0;
	}
	ret = r->columns ? decompress(r, r->columns, n) : no_memory(r);
	if (ret)
		return ret;
	return linx_columns_join(r->columns, n, b->data, b->len) ? 0 : undecompressed(r);
}

static int unpack(struct linx_capture_reader *r)
{
	if (r->block->head.flags & LINX_CAP_COLUMNS)
		return decompress_columns(r);
	return decompress(r, r->block->data, r->block->len);
}

static int check_block(struct linx_capture_reader *r)
{
	struct linx_block *b = r->block;
	size_t at = 0;
	bool sane;
	int ret;

	*r->worked += sizeof(b->head) + b->head.stored + (r->stored ? b->len : 0);
	if (r->problem)
		return damaged(r, r->problem);
	if (!crc_right(b, r->stored ? r->stored : b->data, &sane))
		return damaged(r, "the checksum of a block is wrong");
	ret = r->stored ? unpack(r) : 0;
	if (ret)
		return ret;
	if (r->stored && has_records(&b->head))
		sane = records_sane(b, &at, b->len);
	return sane ? 0 : damaged(r, "nonsense among the records");
}

static void drop_block(struct linx_capture_reader *r)
{
	free(r->stored);
	free(r->block);
	free(r->header);
	r->stored = NULL;
	r->block = NULL;
	r->header = NULL;
	r->in_payload = r->bad = false;
	r->have = 0;
}

static int finish_block(struct linx_capture_reader *r, struct linx_block **out)
{
	int ret = check_block(r);

	if (ret)
		return ret;
	free(r->stored);
	r->stored = NULL;
	r->in_payload = false;
	r->block->sought = r->sought;
	r->after_end = r->block->head.type == LINX_CAP_CERT && !r->sought;
	pass(r, sizeof(struct linx_cap_block) + LINX_ALIGN8((size_t)r->block->head.stored));
	*out = r->block;
	r->block = NULL;
	return LINX_ITEM_BLOCK;
}

/* ---- headers ----------------------------------------------------------------------- */

void linx_capture_section_name(const struct linx_capture_reader *r, char name[LINX_WHERE_ROOM])
{
	if (r->offset)
		snprintf(name, LINX_WHERE_ROOM, "%s: section at offset %llu", r->name, (unsigned long long)r->offset);
	else
		snprintf(name, LINX_WHERE_ROOM, "%s", r->name);
}

/*
 * Reads the fixed part of a header and allocates r->header for all of it. Results as
 * linx_capture_read_header().
 */
static int read_head(struct linx_capture_reader *r, bool first, struct linx_deadline *d)
{
	struct linx_cap_head *head = &r->head.section;
	char name[LINX_WHERE_ROOM];
	int ret = 1;

	linx_capture_section_name(r, name);
	/* A file that is not a capture file is refused after its first bytes, before waiting for more of them. */
	if (first)
		ret = fill(r, head, sizeof(head->magic), d);
	if (ret <= 0)
		return ret;
	if (memcmp(head->magic, LINX_CAP_MAGIC, sizeof(head->magic)))
		return linx_header_check(head, name, r->err);
	ret = fill(r, head, LINX_CAP_HEAD_SIZE_V1, d);
	if (ret <= 0)
		return ret;
	ret = linx_header_check(head, name, r->err);
	if (ret)
		return ret;
	r->header = malloc(head->len);
	if (!r->header)
		return no_memory(r);
	memcpy(r->header, head, LINX_CAP_HEAD_SIZE_V1);
	return 1;
}

/* Checks that the table of a header can be parsed; otherwise opening the section would end the stream. */
static int check_table(struct linx_capture_reader *r, const struct linx_header *h)
{
	struct linx_table *t;
	int ret = linx_table_parse(h->table, h->table_len, &t, r->err);

	if (!ret)
		linx_table_free(t);
	return ret;
}

/*
 * Reads bytes that begin like a header into r->header, with salvage, and checks all of it, since they may be bytes that
 * a program wrote. A damaged header in a place where an item had to begin ends the current section: the blocks after it
 * belong to another section.
 */
static int try_header(struct linx_capture_reader *r, struct linx_deadline *d)
{
	struct linx_header h;
	int ret = r->header ? 1 : read_head(r, false, d);

	if (ret > 0)
		ret = fill(r, r->header, r->head.section.len, d);
	if (ret > 0)
		ret = linx_header_parse(r->header, r->head.section.len, r->name, &h, r->err);
	else if (!ret)
		return 0;
	if (!ret) {
		ret = check_table(r, &h);
		linx_header_free(&h);
	}
	if (!ret)
		return LINX_ITEM_SECTION;
	if (ret == -EBADMSG && !r->sought)
		r->after_end = true;
	return ret;
}

/* ---- items ------------------------------------------------------------------------- */

static int read_block(struct linx_capture_reader *r, struct linx_block **out, struct linx_deadline *d)
{
	const struct linx_cap_block *h = &r->head.block;
	int ret;

	if (!r->in_payload) {
		/* The head may have been read already, by try_header() in an earlier call. */
		ret = r->have < sizeof(r->head.block) ? fill(r, &r->head, sizeof(r->head.block), d) : 1;
		if (ret <= 0)
			return ret;
		if (!memcmp(r->head.section.magic, LINX_CAP_MAGIC, sizeof(r->head.section.magic)))
			return r->salvage ? try_header(r, d) : LINX_ITEM_SECTION;
		ret = begin_payload(r);
		if (ret)
			return ret;
	}
	/* The spare room lets the head of the next block be read with the payload, which saves a read(2). */
	ret = fill_with(r, r->stored ? r->stored : r->block->data, LINX_ALIGN8((size_t)h->stored), sizeof(r->ahead), d);
	return ret <= 0 ? ret : finish_block(r, out);
}

/*
 * True if the search for the next item (header or block) continues after the result ret. The end of the file inside an
 * item counts as damage, since the item may be false.
 */
static bool goes_on(const struct linx_capture_reader *r, int ret)
{
	/*
	 * Outside a payload: if at least as many bytes were read as a block head has, a section's header is being read.
	 */
	return r->salvage &&
	       (ret == -EBADMSG || (ret == -ENODATA && (r->in_payload || r->have >= sizeof(r->head.block))));
}

/*
 * Moves to where the next item (header or block) may begin after a damaged one: after the whole block if an item
 * follows it, otherwise STEP bytes after the begin of the damaged item. 1: the caller can go on; else as fill().
 */
static int look_behind(struct linx_capture_reader *r, bool all_there, struct linx_deadline *d)
{
	const size_t size = sizeof(r->head.block);
	int ret = -EBADMSG;

	r->bad = r->in_payload && all_there && !r->sought;
	if (r->bad)
		ret = next_begins(r, d);
	if (ret > 0)
		pass_over(r, r->have);
	else if (ret != -EBADMSG)
		return ret;
	else if (r->in_payload)
		ret = give_back(r, r->stored ? r->stored : r->block->data, r->have);
	else
		ret = give_back(r, (r->header ? r->header : (const uint8_t *)&r->head) + size, r->have - size);
	drop_block(r);
	return ret < 0 ? ret : 1;
}

int linx_capture_read_block(struct linx_capture_reader *r, struct linx_block **out, struct linx_deadline *d)
{
	int ret;

	do {
		ret = r->seeking ? seek(r, d) : 1;
		if (ret > 0)
			ret = r->bad ? -EBADMSG : read_block(r, out, d);
		if (!goes_on(r, ret)) {
			if (ret == -EBADMSG)
				drop_block(r);
			return ret;
		}
		ret = look_behind(r, ret == -EBADMSG, d);
	} while (ret > 0 && *r->worked < LINX_YIELD_BYTES);
	return ret > 0 ? -EAGAIN : ret;
}

/* ---- the header of a section ------------------------------------------------------- */

static int no_header(struct linx_capture_reader *r, int code)
{
	size_t n =
		r->have < sizeof(r->head.section.magic) ? r->have : sizeof(r->head.section.magic);

	if (code == -EINTR)
		return linx_fail(r->err, code, "%s: interrupted before its header was read",
				 r->name);
	if (code != -ENODATA)
		return code;
	if (n == 0 || memcmp(r->head.section.magic, LINX_CAP_MAGIC, n))
		return linx_fail(r->err, -EBADMSG, "%s: not a linx capture file", r->name);
	return linx_fail(
		r->err, -EBADMSG,
		"%s: cut off inside a header at offset %llu: nothing can be read from there",
		r->name, (unsigned long long)r->offset);
}

int linx_capture_read_header(struct linx_capture_reader *r, bool first, struct linx_deadline *d,
			     struct linx_header *h)
{
	const struct linx_cap_head *head = &r->head.section;
	char name[LINX_WHERE_ROOM];
	int ret = r->header ? 1 : read_head(r, first, d);

	if (ret > 0)
		ret = fill(r, r->header, head->len, d);
	if (ret <= 0)
		return no_header(r, ret);
	linx_capture_section_name(r, name);
	ret = linx_header_parse(r->header, head->len, name, h, r->err);
	free(r->header);
	r->header = NULL;
	if (ret)
		return ret;
	pass(r, head->len);
	/* A doubtful header may be a false one: then blocks of all CPUs of the previous section still follow. */
	if (r->sought && h->info.cpus < r->cpus)
		h->info.cpus = r->cpus;
	r->cpus = h->info.cpus;
	r->after_end = false;
	return 1;
}
