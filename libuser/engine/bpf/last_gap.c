// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last record of a ring: a GAP that reports losses after which no other record came. It has the form in which
 * kmod/ring/producer.c ends a ring. The library writes it when no program records any more. Before that, only programs
 * may write to the ring.
 */
#include <string.h>
#include <sys/mman.h>

#include "engine/bpf/bpf.h"

/*
 * Gives sequence numbers to the records that nested programs gave up, and counts them as lost, as bpf/ring/ring.h does
 * when the next record is written.
 */
static void fold_nested(struct linx_bpf_cpu *c)
{
	uint64_t n = c->nested - c->nested_folded;

	if (!n)
		return;
	if (!c->gap_pending)
		c->gap = (struct linx_gap){ .first_seq = c->selected, .first_time = c->prod.last_time };
	c->gap_pending = 1;
	c->nested_folded = c->nested;
	c->selected += n;
	c->lost[LINX_LOST_NESTED] += n;
	c->gap.lost[LINX_LOST_NESTED] += n;
	if (c->gap.last_time < c->prod.last_time)
		c->gap.last_time = c->prod.last_time;
}

/*
 * Writes len bytes to the ring from offset "at" on; bytes beyond the ring's end are written at its begin. The ring is
 * mapped with memory behind its end.
 */
static void put(uint8_t *ring, uint64_t size, uint64_t at, const void *data, size_t len)
{
	size_t first = at + len > size ? (size_t)(size - at) : len;

	memcpy(ring + at, data, first);
	memcpy(ring, (const uint8_t *)data + first, len - first);
}

/* Writes a GAP behind the last record of a CPU. If the ring cannot be mapped, only the counters report the loss. */
static void write_gap(struct linx_engine_bpf *b, unsigned int cpu, struct linx_bpf_cpu *c)
{
	const uint64_t size = b->config.ring_size, head = c->prod.half[0].head;
	struct {
		struct linx_rec rec;
		struct linx_gap gap;
	} last = { .gap = c->gap };
	uint8_t *ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, b->ring_fds[cpu], 0);

	if (ring == MAP_FAILED)
		return;
	last.rec = (struct linx_rec){
		.words = sizeof(last) / 8,
		.kind = LINX_REC_GAP,
		.seq = (uint32_t)c->selected,
		.time = c->gap.last_time > c->prod.last_time ? c->gap.last_time : c->prod.last_time,
		.nr = LINX_REC_NR_OTHER,
	};
	put(ring, size, head & (size - 1), &last, sizeof(last));
	munmap(ring, size);
	c->prod.last_time = last.rec.time;
	c->gap_bytes += sizeof(last);
	c->gap_pending = 0;
	__atomic_store_n(&c->prod.half[0].head, head + sizeof(last), __ATOMIC_RELEASE);
}

void linx_bpf_last_gaps(struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < b->ncpus; i++) {
		struct linx_bpf_cpu *c = linx_bpf_writable_cpu(b, i);
		uint64_t used = c->prod.half[0].head - linx_bpf_reader(b, i)->cons.tail;

		if (!b->rings[i].prod)
			continue;
		fold_nested(c);
		if (c->gap_pending && used <= b->config.ring_size - sizeof(struct linx_rec) - sizeof(struct linx_gap))
			write_gap(b, i, c);
	}
}
