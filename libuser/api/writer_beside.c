// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a capture file beside linx_next(): all records that are read, or only the events that the caller keeps.
 * Groups are gathered by lane (CPU), in the order of the lane, and written in batches.
 *
 * If all records are written, the merge passes pieces of lanes, of many groups each, which are written from where they
 * are: a record costs hardly more than its copy, and linx_next() is as fast as without a writer.
 *
 * Whether an event is kept is known only when its call returns. The call's entry record came earlier, perhaps by
 * hours, and the blocks of that time are already written. So the writer leaves entries out at first. If the return
 * is kept, a copy of the entry is written as a MOVED record before it. Records that describe tasks and losses are
 * always kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/writer.h"
#include "engine/ring.h"
#include "event/join.h"
#include "shared/ring_proto.h"

/*
 * Limits at which a batch is written: bytes of a lane, ranges left out of a lane, ns of stream time since the last
 * batch.
 */
#define BATCH_BYTES (1u << 20)
/*
 * Least bytes of a piece of a lane that is written from where it is, as a block of its own. A smaller piece is copied
 * to the other gathered groups, since the copy costs less than a block.
 */
#define THROUGH_BYTES (16u << 10)
#define BATCH_RANGES (1u << 16)
#define BATCH_NS 1000000000u

int linx_ranges_add(struct linx_ranges *s, uint64_t first, uint64_t last)
{
	struct linx_cap_range *grown;

	if (s->n && s->r[s->n - 1].last_seq + 1 == first) {
		s->r[s->n - 1].last_seq = last;
		return 0;
	}
	if (s->n == s->cap) {
		grown = reallocarray(s->r, s->cap ? 2 * s->cap : 64, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->r = grown;
		s->cap = s->cap ? 2 * s->cap : 64;
	}
	s->r[s->n++] = (struct linx_cap_range){ first, last };
	return 0;
}

int linx_writer_ranges(struct linx_writer *w, unsigned int lane, struct linx_ranges *s)
{
	size_t most = BATCH_BYTES / sizeof(*s->r), n;
	int ret = 0;

	for (size_t at = 0; at < s->n && !ret; at += n) {
		struct linx_cap_block head = { .type = LINX_CAP_LEFT_OUT, .cpu = lane };

		n = s->n - at < most ? s->n - at : most;
		ret = linx_output_block(&w->out, &head, s->r + at, n * sizeof(*s->r));
	}
	s->n = 0;
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* ---- gathering ------------------------------------------------------------------------- */

static bool reserve(struct linx_gathered *to, size_t more)
{
	size_t cap = to->cap ? to->cap : BATCH_BYTES / 4;
	uint8_t *grown;

	if (to->len + more <= to->cap)
		return true;
	while (cap < to->len + more)
		cap *= 2;
	grown = realloc(to->data, cap);
	if (!grown)
		return false;
	to->data = grown;
	to->cap = cap;
	return true;
}

/* Makes room for groups at the end of a lane. NULL: no memory. */
static uint8_t *append(struct linx_writer *w, unsigned int lane, size_t len, const struct linx_ends *ends)
{
	struct linx_gathered *to = &w->gathered[lane];

	if (!reserve(to, len)) {
		linx_writer_failed(w, -ENOMEM);
		return NULL;
	}
	if (!to->len)
		to->ends = *ends;
	to->ends.last_seq = ends->last_seq;
	to->ends.last_time = ends->last_time;
	to->len += len;
	return to->data + to->len - len;
}

static struct linx_ends ends_of(uint64_t seq, uint64_t time)
{
	return (struct linx_ends){ .first_time = time, .last_time = time, .first_seq = seq, .last_seq = seq };
}

/* Gathers the group that was read last. bytes: the group's own memory, or a copy of it. */
static int write_now(struct linx_writer *w, const void *bytes)
{
	const struct linx_group *g = &w->now;
	const struct linx_ends ends = ends_of(g->position.seq, g->rec->time);
	uint8_t *to = append(w, g->position.cpu, g->len, &ends);

	if (!to)
		return -ENOMEM;
	memcpy(to, bytes, g->len);
	w->now_written = true;
	return 0;
}

/*
 * Gathers an entry as a MOVED record, before the group in w->now; if that is empty, after all groups of the last
 * lane.
 */
static int write_moved(struct linx_writer *w, const struct linx_group *entry, const struct linx_rec *of, unsigned int flags)
{
	unsigned int lane = w->now.rec ? w->now.position.cpu : w->last_lane;
	uint64_t seq = w->now.rec ? w->now.position.seq : w->seqs[lane], time = w->now.rec ? w->now.rec->time : w->newest;
	const struct linx_moved moved = { .seq = entry->position.seq, .cpu = entry->position.cpu, .flags = flags };
	const struct linx_ends ends = ends_of(seq, time);
	size_t more = sizeof(struct linx_rec) + sizeof(moved), len = LINX_REC_LEN(entry->rec) + more;
	struct linx_rec head = {
		.words = (uint16_t)(len / 8) & 0x1fff,
		.kind = LINX_REC_MOVED,
		.flags = entry->rec->flags & LINX_RF_MORE,
		.seq = (uint32_t)seq,
		.time = time,
		.tid = of->tid,
		.pid = of->pid,
		.nr = LINX_REC_NR_OTHER,
	};
	uint8_t *to;

	if (len > LINX_REC_MAX) /* cannot happen with records of the module, whose entries are much shorter */
		return 0;
	to = append(w, lane, more + entry->len, &ends);
	if (!to)
		return -ENOMEM;
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), &moved, sizeof(moved));
	memcpy(to + more, entry->rec, entry->len);
	return 0;
}

/* True for records that are written without linx_writer_keep(): those of tasks, descriptors and losses. */
static bool is_kept_anyway(const struct linx_rec *rec)
{
	return rec->kind != LINX_REC_ENTER && rec->kind != LINX_REC_EXIT && rec->kind != LINX_REC_SIGNAL && rec->kind != LINX_REC_PROBE;
}

static bool is_at(const struct linx_position *x, const struct linx_position *y)
{
	return x->seq == y->seq && x->cpu == y->cpu;
}

/*
 * Writes the entry of an exec before the record of a leader's end, if the exec of another thread ended the leader. Only
 * this entry explains the end.
 */
static int write_superseding(struct linx_writer *w)
{
	const struct linx_assembler *a = w->l->a;
	const struct linx_task_slot *slot;
	struct linx_group entry;

	if (w->now.rec->kind != LINX_REC_TASK_EXIT || a->ev.kind != LINX_EVENT_EXIT ||
	    !a->ev.superseded_by || !is_at(&a->position, &w->now.position))
		return 0;
	slot = linx_tasks_find(a->tasks, a->ev.superseded_by);
	if (!slot || !slot->pending.len)
		return 0;
	entry = (struct linx_group){ .rec = linx_copy_rec(&slot->pending), .len = slot->pending.len, .position = slot->pending.position };
	return write_moved(w, &entry, w->now.rec, LINX_MOVED_EXEC);
}

int linx_writer_settle(struct linx_writer *w)
{
	struct linx_group g = w->now;
	int ret = 0;

	if (!g.rec)
		return 0;
	if (!w->now_written && is_kept_anyway(g.rec)) {
		ret = write_superseding(w);
		if (!ret)
			ret = write_now(w, g.rec);
	} else if (!w->now_written && linx_rec_counts(g.rec) &&
		   linx_ranges_add(&w->gathered[g.position.cpu].left_out, g.position.seq, g.position.seq)) {
		ret = linx_writer_failed(w, -ENOMEM);
	}
	w->now.rec = NULL;
	return ret;
}

static bool is_due(const struct linx_writer *w, const struct linx_group *g)
{
	const struct linx_gathered *to = &w->gathered[g->position.cpu];

	return to->len + w->through >= BATCH_BYTES || to->left_out.n >= BATCH_RANGES || w->newest - w->flushed >= BATCH_NS;
}

/* Copies the ranges of sequence numbers below seq that the source, itself a filtered file, left out. */
static int take_left_out(struct linx_writer *w, unsigned int lane, uint64_t seq)
{
	struct linx_left_out *o = w->l->e->left_out;
	const struct linx_cap_range *r;

	while (o && (r = linx_left_out_copy(&o[lane], seq)))
		if (linx_ranges_add(&w->gathered[lane].left_out, r->first_seq, r->last_seq))
			return linx_writer_failed(w, -ENOMEM);
	return 0;
}

/* ---- blocks ------------------------------------------------------------------------------ */

static int write_block(struct linx_writer *w, unsigned int lane, const struct linx_ends *ends, const void *data, size_t len)
{
	struct linx_cap_block head = {
		.type = LINX_CAP_DATA,
		.cpu = lane,
		.first_seq = ends->first_seq,
		.last_seq = ends->last_seq,
		.first_time = ends->first_time,
		.last_time = ends->last_time,
	};
	int ret = linx_output_block(&w->out, &head, data, len);

	return ret ? linx_writer_failed(w, ret) : 0;
}

static int flush_lane(struct linx_writer *w, unsigned int lane)
{
	struct linx_gathered *from = &w->gathered[lane];
	size_t len = from->len;
	int ret = linx_writer_ranges(w, lane, &from->left_out);

	if (ret || !len)
		return ret;
	from->len = 0;
	return write_block(w, lane, &from->ends, from->data, len);
}

/* ---- all groups ------------------------------------------------------------------------ */

/* Finds the ends of the groups in data. seq: number of an earlier record of the lane. False: data has only padding. */
static bool find_ends(const uint8_t *data, size_t len, uint64_t seq, struct linx_ends *ends)
{
	bool any = false;

	for (size_t at = 0, step; at < len && (step = linx_group_len(data + at, len - at)); at += step) {
		const struct linx_rec *rec = (const void *)(data + at);

		if (rec->kind == LINX_REC_PAD || rec->kind == LINX_REC_PIECE)
			continue;
		seq = linx_rec_seq(rec, seq);
		if (!any)
			*ends = ends_of(seq, rec->time);
		any = true;
		ends->last_seq = seq;
		ends->last_time = rec->time;
	}
	return any;
}

/* Writes a piece of a lane from where it is, behind what was gathered of the lane. */
static int write_through(struct linx_writer *w, unsigned int lane, const struct linx_ends *ends, const uint8_t *data, size_t len)
{
	int ret = linx_writer_probes(w);

	if (!ret)
		ret = linx_writer_rule_names(w);
	if (!ret)
		ret = flush_lane(w, lane);
	w->through += len;
	return ret ? ret : write_block(w, lane, ends, data, len);
}

static int copy_piece(struct linx_writer *w, unsigned int lane, const struct linx_ends *ends, const uint8_t *data, size_t len)
{
	uint8_t *to = append(w, lane, len, ends);

	if (!to)
		return -ENOMEM;
	memcpy(to, data, len);
	return 0;
}

/* Takes a piece of a lane: function of linx_merge_watch(). An error is reported when the next group is read. */
static uint64_t take_piece(void *ctx, unsigned int lane, const uint8_t *data, size_t len, uint64_t seq)
{
	struct linx_writer *w = ctx;
	struct linx_ends ends;
	int ret;

	if (w->code || w->out.code || !find_ends(data, len, seq, &ends))
		return seq;
	ret = take_left_out(w, lane, ends.last_seq);
	/* pieces are gathered if blocks are compressed, since longer blocks compress better */
	if (!ret && len >= THROUGH_BYTES && !w->out.level)
		ret = write_through(w, lane, &ends, data, len);
	else if (!ret)
		ret = copy_piece(w, lane, &ends, data, len);
	/* an error of the output stays in w->out, since the certificate may have room where a block had none */
	w->code = w->out.code ? 0 : ret;
	return ends.last_seq;
}

void linx_writer_watch(struct linx_writer *w)
{
	if (w->beside == LINX_WRITER_ALL)
		linx_merge_watch(w->l->m, take_piece, w);
}

void linx_writer_unwatch(struct linx_writer *w)
{
	if (w->beside == LINX_WRITER_ALL)
		linx_merge_watch(w->l->m, NULL, NULL);
}

/* ---- writing ----------------------------------------------------------------------------- */

/*
 * Writes the gathered groups. but: bytes of the group that was read last, if it is left out; 0: no group is left out.
 */
static int flush(struct linx_writer *w, size_t but)
{
	bool any;
	int ret = linx_writer_probes(w);

	if (w->beside == LINX_WRITER_ALL) {
		linx_merge_show(w->l->m, but);
		w->newest = linx_merge_released(w->l->m);
	}
	if (!ret && w->code)
		ret = linx_writer_failed(w, w->code);
	if (!ret)
		ret = linx_writer_rule_names(w);
	any = w->through;
	for (unsigned int i = 0; i < w->nlanes && !ret; i++) {
		any |= w->gathered[i].len;
		ret = flush_lane(w, i);
	}
	w->through = 0;
	w->flushed = w->newest;
	if (!ret)
		ret = linx_writer_metadata(w);
	return !ret && any ? linx_writer_floor(w, w->newest) : ret;
}

/* Writes the gathered groups, without the group "next", which was read last. */
static int flush_before(struct linx_writer *w, const struct linx_group *next)
{
	return flush(w, next->len);
}

int linx_writer_flush(struct linx_writer *w)
{
	return flush(w, 0);
}

/* ---- groups and events ------------------------------------------------------------------ */

static bool is_of_exec(const struct linx_rec *rec)
{
	struct linx_moved moved;

	if (!linx_decode_moved(rec))
		return false;
	memcpy(&moved, rec + 1, sizeof(moved));
	return moved.flags & LINX_MOVED_EXEC;
}

int linx_writer_take(struct linx_writer *w, const struct linx_group *g)
{
	bool clock = w->clock_gen != w->l->e->clock_gen;
	int ret = w->code ? w->code : w->beside == LINX_WRITER_ALL ? w->out.code : 0;

	if (ret)
		return linx_writer_failed(w, ret);
	ret = clock || is_due(w, g) ? flush_before(w, g) : 0;
	/*
	 * A reader applies a clock block to the records behind it, so the records that were read before are
	 * written first.
	 */
	if (!ret && clock)
		ret = linx_writer_clock(w);
	if (!ret && w->beside == LINX_WRITER_KEPT)
		ret = take_left_out(w, g->position.cpu, g->position.seq);
	if (ret)
		return ret;
	w->last_lane = g->position.cpu;
	w->seqs[w->last_lane] = g->position.seq + linx_rec_counts(g->rec);
	if (g->rec->time > w->newest)
		w->newest = g->rec->time;
	if (!w->flushed)
		w->flushed = w->newest;
	linx_see_container(w->l, g->rec);
	if (w->beside == LINX_WRITER_ALL)
		return 0;
	/*
	 * A MOVED record that an earlier filter wrote is dropped here: if the return is kept, its entry is moved to the
	 * return again.
	 */
	if (g->rec->kind == LINX_REC_MOVED && !is_of_exec(g->rec))
		return 0;
	w->now = *g;
	w->now_written = false;
	return 0;
}

int linx_writer_hold(struct linx_writer *w)
{
	if (!w->now.rec || !w->l->a->rest.rec)
		return linx_writer_settle(w);
	w->now.rec = w->l->a->rest.rec;
	return 0;
}

int linx_writer_take_snapshot(struct linx_writer *w, const struct linx_snap *s, const struct linx_group *next)
{
	int ret = flush_before(w, next);

	if (!ret)
		ret = linx_writer_clock(w);
	return ret ? ret : linx_writer_snapshot(w, s);
}

int linx_writer_take_tampers(struct linx_writer *w, const struct linx_snap *s)
{
	int ret = linx_writer_flush(w);

	return ret ? ret : linx_writer_tampers(w, s);
}

static unsigned int moved_flags(const struct linx_event *ev)
{
	return LINX_MOVED_UNFINISHED | (ev->flags & LINX_EVENT_CUT ? LINX_MOVED_CUT : 0) | (ev->task ? 0 : LINX_MOVED_NO_TASK);
}

LINX_API int linx_writer_keep(struct linx_writer *w, const struct linx_event *ev)
{
	const struct linx_assembler *a = w->l->a;
	struct linx_group entry;
	bool own, entered;
	int ret = 0;

	if (w->beside != LINX_WRITER_KEPT ||
	    (ev->kind != LINX_EVENT_SYSCALL && ev->kind != LINX_EVENT_SIGNAL && ev->kind != LINX_EVENT_PROBE))
		return 0;
	if (w->code)
		return linx_writer_failed(w, w->code);
	own = w->now.rec && is_at(ev->position, &w->now.position);
	entered = a->entry.rec && is_at(ev->position, &a->entry_of);
	entry = (struct linx_group){ .rec = ev->rec, .len = w->now.len, .position = *ev->position };
	if (ev->flags & LINX_EVENT_UNFINISHED || !own)
		return own || entered ? write_moved(w, own ? &entry : &a->entry, ev->rec, moved_flags(ev)) : 0;
	if (w->now_written)
		return 0;
	if (entered)
		ret = write_moved(w, &a->entry, ev->rec, 0);
	return ret ? ret : write_now(w, ev->rec);
}

/* ---- sections ---------------------------------------------------------------------------- */

int linx_writer_end_section(struct linx_writer *w)
{
	int ret = linx_writer_settle(w);

	if (w->section_ended)
		return 0;
	for (unsigned int i = 0; i < w->nlanes && !ret; i++)
		ret = take_left_out(w, i, UINT64_MAX);
	if (!ret)
		ret = linx_writer_flush(w);
	if (!ret)
		ret = linx_writer_clock(w);
	if (!ret) {
		linx_merge_sync(w->l->m); /* releases all delivered groups: the engine counts the rest as unread */
		ret = linx_writer_cert(w);
	}
	w->section_ended = !ret;
	return ret;
}

int linx_writer_begin_section(struct linx_writer *w)
{
	linx_writer_drop_gathered(w);
	w->newest = w->flushed = w->through = 0;
	w->last_lane = 0;
	linx_writer_watch(w);
	return linx_writer_begin(w);
}

void linx_writer_drop_gathered(struct linx_writer *w)
{
	for (unsigned int i = 0; w->gathered && i < w->nlanes; i++) {
		free(w->gathered[i].data);
		free(w->gathered[i].left_out.r);
	}
	free(w->gathered);
	w->gathered = NULL;
}
