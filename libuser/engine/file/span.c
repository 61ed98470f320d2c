// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds when the recording in a capture file began and ended, from the heads of its blocks. Records are not read. A
 * large file therefore takes little time. A file that is being written, cut off or damaged is searched up to the first
 * item that is incomplete or damaged.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include "engine/capture_format.h"
#include "engine/header.h"
#include "engine/ring.h"

struct span_search {
	int fd;
	uint64_t at, end; /* offset of the next item, and of the end of the file */
	/* relations of stream time to wall time: the present one, and one from next.stream on */
	struct linx_clock clock, next;
	bool clock_known, next_waits;
	bool any; /* the section has a record */
	uint64_t first; /* wall clock of the section's first record */
	uint64_t last, last_wall; /* stream time and wall clock of the section's last record */
	/* wall clock of the first and the last record in the earlier sections; 0: no record */
	uint64_t first_ns, last_ns;
};

/* Reads len bytes at an offset. False: the file has fewer bytes, or reading failed. */
static bool read_at(const struct span_search *s, uint64_t at, void *buf, size_t len)
{
	ssize_t n;

	do
		n = pread(s->fd, buf, len, (off_t)at);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

static uint64_t wall(const struct linx_clock *c, uint64_t time)
{
	return c->realtime - c->stream + time;
}

/* Adds the times of the section's records to those of the file, when the section ends. */
static void end_section(struct span_search *s)
{
	if (s->any && !s->last_ns)
		s->first_ns = s->first;
	if (s->any)
		s->last_ns = s->last_wall;
}

static void begin_section(struct span_search *s)
{
	end_section(s);
	s->clock_known = s->next_waits = s->any = false;
}

/*
 * Stores a relation of stream time to wall time. It holds for records from its stream time on; the first relation of a
 * section holds for all records of the section. See follow_clock().
 */
static void take_clock(struct span_search *s, const struct linx_clock *c)
{
	if (!s->clock_known)
		s->clock = *c;
	if (s->next_waits)
		s->clock = s->next;
	s->next = *c;
	s->next_waits = s->clock_known;
	s->clock_known = true;
}

/* Limit of the payload of a CLOCK block, in bytes; a later version may add members to struct linx_clock. */
#define CLOCK_MAX 512u

/* Reads the payload of the CLOCK block at s->at. False: it is damaged, or far too long. */
static bool read_clock(const struct span_search *s, const struct linx_cap_block *h, struct linx_clock *c)
{
	uint8_t stored[CLOCK_MAX], data[CLOCK_MAX];
	size_t n = h->stored;

	if (n > sizeof(stored) || !read_at(s, s->at + sizeof(*h), stored, n))
		return false;
	if (h->flags & LINX_CAP_ZSTD)
		n = ZSTD_decompress(data, sizeof(data), stored, n);
	else
		memcpy(data, stored, n);
	if (ZSTD_isError(n) || n < sizeof(*c))
		return false;
	memcpy(c, data, sizeof(*c));
	return true;
}

static void take_records(struct span_search *s, const struct linx_cap_block *h)
{
	uint64_t first;

	if (!h->len || h->last_time < h->first_time || !s->clock_known)
		return;
	if (s->next_waits && h->last_time >= s->next.stream) {
		s->clock = s->next;
		s->next_waits = false;
	}
	first = wall(&s->clock, h->first_time);
	if (!s->any || first < s->first)
		s->first = first;
	if (!s->any || h->last_time >= s->last) {
		s->last = h->last_time;
		s->last_wall = wall(&s->clock, h->last_time);
	}
	s->any = true;
}

/* Takes the block at s->at. False: there is no whole block. */
static bool take_block(struct span_search *s, const struct linx_cap_block *h)
{
	uint64_t size = sizeof(*h) + LINX_ALIGN8((uint64_t)h->stored);
	struct linx_clock clock;

	if (h->magic != LINX_CAP_BLOCK_MAGIC || h->stored > LINX_CAP_BLOCK_MAX || h->len > LINX_CAP_BLOCK_MAX ||
	    size > s->end - s->at)
		return false;
	if (h->type == LINX_CAP_DATA)
		take_records(s, h);
	if (h->type == LINX_CAP_CLOCK && read_clock(s, h, &clock))
		take_clock(s, &clock);
	s->at += size;
	return true;
}

/* Takes the header of a section at s->at. False: there is no whole header. */
static bool take_header(struct span_search *s, const struct linx_cap_head *head)
{
	if (head->byte_order != LINX_CAP_BYTE_ORDER || head->len < LINX_CAP_HEAD_SIZE_V1 || head->len > s->end - s->at)
		return false;
	begin_section(s);
	s->at += head->len;
	return true;
}

/* Takes the next item of the file. False: the file ends, or its rest is damaged. */
static bool step(struct span_search *s)
{
	union {
		struct linx_cap_block block;
		struct linx_cap_head head;
	} item;

	_Static_assert(sizeof(item.block) <= sizeof(item.head), "an item begins with one of both");
	if (!read_at(s, s->at, &item.block, sizeof(item.block)))
		return false;
	if (!memcmp(item.head.magic, LINX_CAP_MAGIC, sizeof(item.head.magic)))
		return take_header(s, &item.head);
	return take_block(s, &item.block);
}

LINX_API int linx_read_span(int fd, uint64_t *first_ns, uint64_t *last_ns)
{
	struct span_search s = { .fd = fd };
	struct linx_cap_head head = { .size = 0 };
	struct stat st;
	off_t begin;

	if (fstat(fd, &st))
		return -errno;
	begin = S_ISREG(st.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	if (begin < 0)
		return -ESPIPE;
	s.at = (uint64_t)begin;
	s.end = (uint64_t)st.st_size;
	if (!read_at(&s, s.at, &head, LINX_CAP_HEAD_SIZE_V1) || linx_header_check(&head, "", NULL))
		return -EBADMSG;
	while (s.at < s.end && step(&s))
		;
	end_section(&s);
	if (!s.last_ns)
		return -ENODATA;
	*first_ns = s.first_ns;
	*last_ns = s.last_ns;
	return 0;
}
