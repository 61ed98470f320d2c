// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reader's side of one CPU's mapped ring. The kernel writes head and the data, the
 * reader writes tail; each side has a private copy of the position that it writes.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "engine/ring.h"

/*
 * tail is stored for the kernel each time that 1/PUBLISH_PART of the ring was read: if it is stored rarely, the
 * producer mostly finds it in its cache.
 */
#define PUBLISH_PART 8

static const void *map_part(int fd, unsigned int cpu, enum linx_mmap_what what, size_t len,
			    int prot)
{
	void *p = mmap(NULL, len, prot, MAP_SHARED, fd, (off_t)LINX_MMAP_OFFSET(cpu, what));

	return p == MAP_FAILED ? NULL : p;
}

int linx_ring_map(struct linx_ring_reader *r, int fd, unsigned int cpu, size_t page, uint64_t size,
		  bool recorder)
{
	int ret;

	memset(r, 0, sizeof(*r));
	r->size = size;
	r->page = page;
	r->prod = map_part(fd, cpu, LINX_MMAP_PRODUCER, page, PROT_READ);
	if (!r->prod)
		return -errno;
	r->cons = (void *)map_part(fd, cpu, LINX_MMAP_CONSUMER, page, PROT_READ | PROT_WRITE);
	if (r->cons)
		r->data[0] = map_part(fd, cpu, LINX_MMAP_DATA, 2 * size, PROT_READ);
	if (r->data[0] && recorder)
		r->data[1] = map_part(fd, cpu, LINX_MMAP_DATA2, 2 * size, PROT_READ);
	if (!r->data[recorder]) {
		ret = -errno;
		linx_ring_unmap(r);
		return ret;
	}
	r->now.data = r->data[0];
	if (!recorder)
		r->now.tail = r->now.head = r->published = linx_pos_load(&r->cons->tail);
	return 0;
}

void linx_ring_unmap(struct linx_ring_reader *r)
{
	if (r->prod)
		munmap((void *)r->prod, r->page);
	if (r->cons)
		munmap(r->cons, r->page);
	for (int i = 0; i < 2; i++)
		if (r->data[i])
			munmap((void *)r->data[i], 2 * r->size);
	memset(r, 0, sizeof(*r));
}

static bool span_sane(const struct linx_span *s, uint64_t size)
{
	return s->head - s->tail <= size && ((s->head | s->tail) & 7) == 0;
}

static void span_chunk(const struct linx_span *s, uint64_t size, struct linx_chunk *c)
{
	c->data = s->data + (s->tail & (size - 1));
	c->len = s->head - s->tail;
	c->placed = s->placed;
	c->at = s->at;
}

int linx_ring_peek(struct linx_ring_reader *r, struct linx_chunk *c)
{
	/* Pairs with the producer's store(head), ring_proto.h A: records before head are complete. */
	r->now.head = linx_pos_load(&r->prod->half[0].head);
	if (!span_sane(&r->now, r->size)) {
		r->now.head = r->now.tail;
		return -EBADMSG;
	}
	span_chunk(&r->now, r->size, c);
	return 0;
}

int linx_ring_peek_frozen(struct linx_ring_reader *r, struct linx_chunk *c)
{
	span_chunk(&r->now, r->size, c);
	if (!c->len)
		c->data = NULL; /* the lane has no records before the next dump */
	return 0;
}

void linx_ring_reader_yield(struct linx_ring_reader *r)
{
	if (r->next.data)
		r->now = r->next;
	memset(&r->next, 0, sizeof(r->next));
}

int linx_ring_take(struct linx_ring_reader *r, unsigned int half, uint64_t next_seq, bool keep)
{
	const struct linx_rec *first;
	struct linx_span s;

	if (half > 1)
		return -EBADMSG;
	/* The half is frozen: no program writes to it any more when LINX_IOC_FLUSH returns. */
	s.data = r->data[half];
	s.tail = linx_pos_load(&r->prod->half[half].tail);
	s.head = linx_pos_load(&r->prod->half[half].head);
	if (!span_sane(&s, r->size))
		return -EBADMSG;
	first = (const void *)(s.data + (s.tail & (r->size - 1)));
	s.placed = s.head - s.tail >= sizeof(*first);
	s.at = s.placed ? next_seq - (uint32_t)((uint32_t)next_seq - first->seq) : 0;
	if (keep)
		r->next = s;
	else
		r->now = s;
	return 0;
}

void linx_ring_publish(struct linx_ring_reader *r)
{
	if (!r->prod || r->data[1] || r->published == r->now.tail)
		return;
	/* Pairs with the producer's load(tail), ring_proto.h B: reads of records before tail have finished. */
	linx_pos_store(&r->cons->tail, r->now.tail);
	r->published = r->now.tail;
}

void linx_ring_advance(struct linx_ring_reader *r, size_t len)
{
	r->now.tail += len;
	if (r->now.tail == r->now.head || r->now.tail - r->published >= r->size / PUBLISH_PART)
		linx_ring_publish(r);
}

size_t linx_group_len_all(const uint8_t *data, size_t avail)
{
	size_t len = 0;

	for (;;) {
		const struct linx_rec *rec = (const void *)(data + len);

		if (!linx_rec_fits(rec, avail - len) || (len && rec->kind != LINX_REC_PIECE))
			return 0;
		len += LINX_REC_LEN(rec);
		if (len > LINX_GROUP_MAX)
			return 0;
		if (!(rec->flags & LINX_RF_MORE))
			return len;
	}
}

uint64_t linx_gap_seq(const struct linx_rec *rec, uint64_t near)
{
	struct linx_gap gap;
	uint64_t seq;

	if (LINX_REC_LEN(rec) < sizeof(*rec) + sizeof(gap))
		return near;
	memcpy(&gap, rec + 1, sizeof(gap));
	seq = gap.first_seq;
	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		seq += gap.lost[i];
	return seq;
}

uint64_t linx_count_records(const uint8_t *data, size_t len)
{
	uint64_t n = 0;

	for (size_t off = 0, step; off < len; off += step) {
		step = linx_group_len(data + off, len - off);
		if (!step)
			break;
		n += linx_rec_counts((const void *)(data + off));
	}
	return n;
}

uint64_t linx_ring_count(struct linx_ring_reader *r, bool recorder)
{
	struct linx_chunk c = { 0 };
	uint64_t n = 0;

	if (!r->prod)
		return 0;
	if (!recorder && linx_ring_peek(r, &c))
		return 0;
	span_chunk(&r->now, r->size, &c);
	n = linx_count_records(c.data, c.len);
	if (r->next.data) {
		span_chunk(&r->next, r->size, &c);
		n += linx_count_records(c.data, c.len);
	}
	return n;
}
