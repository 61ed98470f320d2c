// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Begins and commits records with their pieces, and counts them for the account. A selected record is committed. If
 * there is no memory for it, it is lost, and the loss is counted.
 */
#include <string.h>

#include "base/clock.h"
#include "engine/ptrace/emit.h"
#include "engine/ptrace/tracee.h"
#include "shared/ring_proto.h"

uint64_t linx_emit_now(struct linx_engine_ptrace *p)
{
	uint64_t now = linx_clock_ns(CLOCK_MONOTONIC);

	if (now > p->last_ns)
		p->last_ns = now;
	return p->last_ns;
}

static uint32_t read_memory(void *ctx, void *to, uint64_t addr, uint32_t n)
{
	struct linx_engine_ptrace *p = ctx;

	return linx_tracee_read(p, p->reads, to, addr, n);
}

static struct linx_call_counters *call_of(struct linx_engine_ptrace *p, const struct linx_walker_call *c)
{
	uint32_t nr = (uint32_t)c->nr < LINX_NR_OTHER ? (uint32_t)c->nr : LINX_NR_OTHER;

	return &p->calls[c->abi % LINX_ABI_NR * LINX_NR_MAX + nr];
}

/*
 * Begins a record, which pieces may follow. c NULL: a context record or a signal. false: no memory; the loss is
 * counted.
 */
bool linx_group_begin(struct linx_engine_ptrace *p, pid_t reads, const struct linx_walker_call *c, uint64_t time)
{
	uint8_t *room = linx_lane_reserve(&p->lane, sizeof(struct linx_rec) + sizeof(p->gap) + LINX_WALKER_GROUP_MAX);

	p->counters.selected++;
	if (c)
		call_of(p, c)->selected++;
	if (!room) {
		if (!p->gap.lost[LINX_LOST_FULL]++) {
			p->gap.first_seq = p->seq;
			p->gap.first_time = time;
		}
		p->gap.last_time = time;
		p->gap.lost_context += !c;
		p->counters.lost[LINX_LOST_FULL]++;
		p->counters.lost_context += !c;
		if (c)
			call_of(p, c)->lost++;
		p->seq++;
		return false;
	}
	p->reads = reads;
	p->w.fds = NULL;
	p->w.more = NULL;
	p->w.opts = &p->walk;
	p->w.read = read_memory;
	p->w.ctx = p;
	p->w.room = room;
	return true;
}

/*
 * Writes a GAP if records were lost. The GAP is put in front of the record of len bytes that was just written, and this
 * record is moved.
 */
static void put_gap(struct linx_engine_ptrace *p, size_t len)
{
	const size_t size = sizeof(struct linx_rec) + sizeof(p->gap);
	struct linx_rec rec = { .words = size / 8, .kind = LINX_REC_GAP, .nr = LINX_REC_NR_OTHER };

	if (!p->gap.lost[LINX_LOST_FULL])
		return;
	rec.seq = (uint32_t)p->seq;
	rec.time = p->w.head->time;
	memmove(p->w.room + size, p->w.room, len);
	memcpy(p->w.room, &rec, sizeof(rec));
	memcpy(p->w.room + sizeof(rec), &p->gap, sizeof(p->gap));
	linx_lane_commit(&p->lane, size);
	memset(&p->gap, 0, sizeof(p->gap));
}

/* Gives a sequence number to a record and the same number to its pieces. */
static void number(uint8_t *at, size_t len, uint32_t seq)
{
	const uint8_t *end = at + len;

	for (; at < end; at += LINX_REC_LEN((struct linx_rec *)(void *)at))
		((struct linx_rec *)(void *)at)->seq = seq;
}

void linx_group_commit(struct linx_engine_ptrace *p, const struct linx_walker_call *c)
{
	size_t len = linx_walker_end(&p->w);

	number(p->w.room, len, (uint32_t)p->seq);
	put_gap(p, len);
	p->seq++;
	linx_lane_commit(&p->lane, len);
	p->counters.committed++;
	p->counters.bytes += len;
	if (c)
		call_of(p, c)->committed++;
}
