// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a source's stream as a capture file; record bytes are copied unchanged.
 *
 * The stream is written in batches. For each batch the engine is asked for a floor F,
 * a time before which no new record will appear. The groups before F of each lane (the
 * records of one CPU) are written, then a FLOOR block with F. A reader can merge all
 * that it has up to F, so it buffers one batch. If a lane has more records before F
 * than its share of a batch, F is lowered for all lanes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/deadline.h"
#include "engine/header.h"
#include "api/block_writer.h"
#include "api/certificate_block.h"
#include "engine/ring.h"
#include "shared/ring_proto.h"
#include "api/writer.h"

/*
 * Limits of a batch in bytes. ROUND_BYTES: limit of all lanes together. SHARE_MAX: limit of one lane; SHARE_MAX_PACKED:
 * limit of one lane if blocks are compressed, since longer blocks compress better. SHARE_MIN: with many lanes, the
 * limit of one lane is not made smaller than this.
 */
#define ROUND_BYTES (32u << 20)
#define SHARE_MAX (1u << 18)
#define SHARE_MAX_PACKED (1u << 20)
#define SHARE_MIN (16u << 10)

/*
 * Prefetch distance in bytes. Another CPU wrote the records, and the position of a record follows from the length in
 * the record before. So without prefetching every record is a cache miss.
 */
#define AHEAD 1024u
#define CACHE_LINE 64u

int linx_writer_failed(struct linx_writer *w, int code)
{
	return linx_fail(&w->l->err, code, "cannot write the capture: %s", strerror(-code));
}

/* ---- choosing a batch ------------------------------------------------------------------ */

/*
 * Measures the part of a lane for this batch: the groups before the time "floor", up to "share" bytes but at least one
 * group.
 */
static int measure(struct linx_writer *w, unsigned int lane, uint64_t floor, size_t share)
{
	struct take *t = &w->takes[lane];
	uint64_t seq = t->c.placed ? t->c.at : w->seqs[lane];
	bool any = false;
	size_t step, asked = 0;

	t->len = 0;
	t->first_seq = t->last_seq = seq;
	t->stop = UINT64_MAX;
	for (; t->len < t->c.len; t->len += step) {
		const struct linx_rec *rec = (const void *)(t->c.data + t->len);

		for (; asked < t->len + AHEAD; asked += CACHE_LINE)
			__builtin_prefetch(t->c.data + asked);

		step = linx_group_len(t->c.data + t->len, t->c.len - t->len);
		if (!step)
			return linx_fail(&w->l->err, -EBADMSG, "CPU %u: nonsense among its records",
					 lane);
		if (rec->kind == LINX_REC_PAD || rec->kind == LINX_REC_PIECE)
			continue;
		/* floor UINT64_MAX means no floor: the lanes are complete */
		if (rec->time >= floor && floor != UINT64_MAX)
			break;
		if (any && t->len + step > share) {
			t->stop = rec->time;
			break;
		}
		t->last_time = rec->time;
		t->last_seq = linx_rec_seq(rec, t->last_seq);
		if (!any) {
			t->first_time = t->last_time;
			t->first_seq = t->last_seq;
		}
		any = true;
	}
	return 0;
}

static int peek_all(struct linx_writer *w, unsigned int *active)
{
	struct linx_engine *e = w->l->e;
	int ret;

	*active = 0;
	for (unsigned int i = 0; i < w->nlanes; i++) {
		memset(&w->takes[i], 0, sizeof(w->takes[i]));
		ret = e->ops->peek(e, i, &w->takes[i].c);
		if (ret)
			return linx_engine_failed(w->l, ret);
		*active += w->takes[i].c.len != 0;
	}
	return 0;
}

static int measure_all(struct linx_writer *w, uint64_t floor, size_t share, uint64_t *stop)
{
	int ret;

	*stop = UINT64_MAX;
	for (unsigned int i = 0; i < w->nlanes; i++) {
		ret = measure(w, i, floor, share);
		if (ret)
			return ret;
		if (w->takes[i].stop < *stop)
			*stop = w->takes[i].stop;
	}
	return 0;
}

/* Reduces the parts of all lanes to the groups before stop, the time of the first group beyond a lane's share. */
static int lower_floor(struct linx_writer *w, uint64_t stop, size_t share)
{
	int ret;

	for (unsigned int i = 0; i < w->nlanes; i++) {
		struct take *t = &w->takes[i];

		/*
		 * The lane that lowered the floor to stop is not reduced if its part begins at the time stop, or later,
		 * as happens only in a file whose times are out of order. Otherwise its part would be empty, the next
		 * floor would be the same, and the writer would make no progress.
		 */
		if (!t->len || t->last_time < stop || (t->first_time >= stop && t->stop == stop))
			continue;
		ret = measure(w, i, stop, share);
		if (ret)
			return ret;
	}
	return 0;
}

static size_t lane_share(const struct linx_writer *w, unsigned int active)
{
	size_t share = ROUND_BYTES / (active ? active : 1), most = w->out.level ? SHARE_MAX_PACKED : SHARE_MAX;

	return share > most ? most : share < SHARE_MIN ? SHARE_MIN : share;
}

/*
 * Asks the engine for a new floor, unless groups before the last floor remain to be
 * written. Asking interrupts all CPUs, which is most harmful when the rings are full;
 * but then groups remain, and no floor is asked for.
 */
static int ask_floor(struct linx_writer *w)
{
	int ret;

	if (w->more && !w->ended)
		return 0;
	w->floor = UINT64_MAX;
	ret = w->ended ? 0 : w->l->e->ops->floor(w->l->e, &w->floor);
	return ret ? linx_engine_failed(w->l, ret) : 0;
}

static int plan_batch(struct linx_writer *w, uint64_t *floor)
{
	unsigned int active;
	uint64_t stop;
	size_t share;
	int ret;

	ret = ask_floor(w);
	if (!ret)
		ret = peek_all(w, &active);
	if (ret)
		return ret;
	*floor = w->floor;
	share = lane_share(w, active);
	ret = measure_all(w, *floor, share, &stop);
	w->more = stop != UINT64_MAX;
	if (!ret && w->more) {
		*floor = stop;
		ret = lower_floor(w, stop, share);
	}
	return ret;
}

/* ---- writing a batch --------------------------------------------------------------------- */

/*
 * True if a call record counts as an event: a return, or the entry of a call that never returns, or any entry if the
 * source makes events of entries.
 */
static bool is_event(const struct linx *l, const struct linx_rec *rec)
{
	const struct linx_table_call *call;

	if (rec->kind == LINX_REC_EXIT)
		return true;
	call = linx_table_lookup(l->table, rec->abi, rec->nr);
	return l->selection.entries || (call && call->row->class_mask & LINX_CLASS_NORETURN);
}

/* Counts the records of a part that was written as delivered. Returns the number of system calls among them. */
static int count_taken(struct linx *l, const struct take *t, uint64_t *records,
		       uint64_t *slots)
{
	unsigned int slot;
	int calls = 0;

	for (size_t off = 0; off < t->len; off += linx_group_len(t->c.data + off, t->len - off)) {
		const struct linx_rec *rec = (const void *)(t->c.data + off);

		slot = linx_call_slot(rec);
		*records += linx_rec_counts(rec);
		if (slot == LINX_NCALLS) {
			linx_see_container(l, rec);
			continue;
		}
		slots[slot]++;
		calls += is_event(l, rec);
	}
	return calls;
}

/* Writes the ranges of sequence numbers below seq that the source, itself a filtered file, left out. */
static int copy_left_out(struct linx_writer *w, unsigned int lane, uint64_t seq)
{
	struct linx_left_out *o = w->l->e->left_out;
	const struct linx_cap_range *r;
	struct linx_ranges ranges = { 0 };
	int ret = 0;

	if (!o)
		return 0;
	while (!ret && (r = linx_left_out_copy(&o[lane], seq)))
		ret = linx_ranges_add(&ranges, r->first_seq, r->last_seq);
	linx_left_out_pass(&o[lane], seq);
	if (!ret)
		ret = linx_writer_ranges(w, lane, &ranges);
	else
		linx_writer_failed(w, ret);
	free(ranges.r);
	return ret;
}

static int copy_left_out_rest(struct linx_writer *w)
{
	int ret = 0;

	for (unsigned int i = 0; i < w->nlanes && !ret; i++)
		ret = copy_left_out(w, i, UINT64_MAX);
	return ret;
}

/*
 * Writes a lane's part of the batch as one block. Returns the number of calls in it, or -errno: the part stays in the
 * lane.
 */
static int write_lane(struct linx_writer *w, unsigned int lane)
{
	struct take *t = &w->takes[lane];
	struct linx_cap_block head = {
		.type = LINX_CAP_DATA,
		.cpu = lane,
		.first_seq = t->first_seq,
		.last_seq = t->last_seq,
		.first_time = t->first_time,
		.last_time = t->last_time,
	};
	int ret = copy_left_out(w, lane, t->last_seq);

	if (ret)
		return ret;
	ret = linx_output_block(&w->out, &head, t->c.data, t->len);
	if (ret)
		return linx_writer_failed(w, ret);
	ret = count_taken(w->l, t, &w->l->written[lane], w->l->calls);
	w->seqs[lane] = t->last_seq;
	w->l->e->ops->advance(w->l->e, lane, t->len);
	return ret;
}

int linx_writer_floor(struct linx_writer *w, uint64_t floor)
{
	struct linx_cap_block head = { .type = LINX_CAP_FLOOR,
				       .first_time = floor,
				       .last_time = floor };
	int ret = linx_output_block(&w->out, &head, NULL, 0);

	return ret ? linx_writer_failed(w, ret) : 0;
}

int linx_writer_clock(struct linx_writer *w)
{
	struct linx_cap_block head = { .type = LINX_CAP_CLOCK };
	const struct linx_clock *c = w->l->e->ops->clock(w->l->e);
	int ret;

	if (w->clock_gen == w->l->e->clock_gen)
		return 0;
	w->clock_gen = w->l->e->clock_gen;
	head.first_time = head.last_time = c->stream;
	ret = linx_output_block(&w->out, &head, c, sizeof(*c));
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* Writes the descriptions of containers that have not been written yet, each as a block. */
int linx_writer_metadata(struct linx_writer *w)
{
	struct linx_cap_block head = { .type = LINX_CAP_METADATA };
	char *json;
	int ret = 0;

	while (!ret && (json = linx_metadata_give(w->l->metadata))) {
		ret = linx_output_block(&w->out, &head, json, strlen(json));
		free(json);
	}
	return ret ? linx_writer_failed(w, ret) : 0;
}

int linx_writer_probes(struct linx_writer *w)
{
	struct linx_cap_block head = { .type = LINX_CAP_PROBES };
	const struct linx_protos *protos = &w->l->e->protos;
	struct linx_strbuf text = { 0 };
	int ret;

	if (w->probes == protos->n)
		return 0;
	linx_protos_put(protos, &text);
	ret = text.failed ? -ENOMEM : linx_output_block(&w->out, &head, text.data, text.len);
	free(text.data);
	w->probes = protos->n;
	return ret ? linx_writer_failed(w, ret) : 0;
}

int linx_writer_rule_names(struct linx_writer *w)
{
	struct linx_cap_block head = { .type = LINX_CAP_RULE_NAMES };
	const struct linx_rule_names *names = &w->l->e->rule_names;
	struct linx_strbuf payload = { 0 };
	int ret;

	if (w->rule_names == names->n)
		return 0;
	linx_rule_names_put(names, w->rule_names, &payload);
	ret = payload.failed ? -ENOMEM : linx_output_block(&w->out, &head, payload.data, payload.len);
	free(payload.data);
	w->rule_names = names->n;
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* Writes the accounts of the probes, if there are any. */
static int write_probe_counts(struct linx_writer *w)
{
	struct linx_cap_block head = { .type = LINX_CAP_PROBES };
	struct linx_strbuf text = { 0 };
	int ret;

	if (!w->l->e->protos.n)
		return 0;
	ret = linx_probes_count(w->l);
	if (ret)
		return ret;
	linx_protos_put_counts(&w->l->e->protos, &text);
	ret = text.failed ? -ENOMEM : linx_output_block(&w->out, &head, text.data, text.len);
	free(text.data);
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* Writes a snapshot of processes as blocks of whole records. */
int linx_writer_snapshot(struct linx_writer *w, const struct linx_snap *s)
{
	struct linx_cap_block head = { .type = LINX_CAP_TASKS, .first_seq = s->gen, .last_seq = s->gen };
	size_t at = 0, len, step;
	int ret = 0;

	for (; at < s->len && !ret; at += len) {
		for (len = 0; at + len < s->len; len += step) {
			const struct linx_rec *rec = (const void *)(s->data + at + len);

			if (!linx_rec_fits(rec, s->len - at - len))
				return linx_fail(&w->l->err, -EBADMSG, "nonsense in the list of processes");
			step = LINX_REC_LEN(rec);
			if (len + step > SHARE_MAX)
				break;
			linx_see_container(w->l, rec);
			if (!len)
				head.first_time = rec->time;
			head.last_time = rec->time;
		}
		ret = linx_output_block(&w->out, &head, s->data + at, len);
	}
	return ret ? linx_writer_failed(w, ret) : 0;
}

int linx_writer_tampers(struct linx_writer *w, const struct linx_snap *s)
{
	const struct linx_rec *first = (const void *)s->data;
	struct linx_cap_block head = { .type = LINX_CAP_TAMPER };
	int ret;

	head.first_time = head.last_time = first->time;
	ret = linx_output_block(&w->out, &head, s->data, s->len);
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* Writes all reports of interference. */
static int write_tampers(struct linx_writer *w)
{
	struct linx_snap *s = &w->l->e->tampers;
	int ret = linx_collect_tampers(w->l);

	if (ret || !s->len)
		return ret;
	ret = linx_writer_tampers(w, s);
	w->l->tampered += s->len / sizeof(w->l->tamper);
	linx_snap_free_data(s);
	return ret;
}

/* Writes the engine's snapshot, and frees it. */
static int write_snapshot(struct linx_writer *w)
{
	int ret = linx_writer_snapshot(w, &w->l->e->snap);

	linx_snap_free_data(&w->l->e->snap);
	return ret;
}

/*
 * Writes a lane's part of the batch, and all later groups of the lane before the floor: a lane of
 * a file shows only one block at a time. If groups before the floor remain, *floor is lowered to
 * the first of them. Returns the number of calls moved, or -errno.
 */
static int write_lane_up_to(struct linx_writer *w, unsigned int lane, uint64_t *floor, uint64_t *newest)
{
	const uint64_t before = *floor;
	struct take *t = &w->takes[lane];
	int ret, calls = 0;
	bool whole;

	while (t->len) {
		if (t->last_time > *newest)
			*newest = t->last_time;
		whole = t->len == t->c.len;
		ret = write_lane(w, lane);
		if (ret < 0)
			return ret;
		calls += ret;
		if (!whole) /* the groups that remain are not before the floor */
			break;
		memset(t, 0, sizeof(*t));
		ret = w->l->e->ops->peek(w->l->e, lane, &t->c);
		if (ret)
			return linx_engine_failed(w->l, ret);
		ret = measure(w, lane, before, lane_share(w, 1));
		if (ret)
			return ret;
		w->more |= t->stop != UINT64_MAX;
		if (t->stop < *floor)
			*floor = t->stop;
	}
	return calls;
}

/* Writes one batch. Returns the number of calls moved, or -errno. *moved: true if the batch had any record. */
static int write_batch(struct linx_writer *w, bool *moved)
{
	uint64_t floor, newest = 0;
	int ret, calls = 0;

	*moved = false;
	ret = linx_writer_clock(w);
	if (!ret)
		ret = write_snapshot(w);
	if (!ret)
		ret = linx_writer_probes(w);
	if (!ret)
		ret = linx_writer_rule_names(w);
	if (!ret)
		ret = plan_batch(w, &floor);
	for (unsigned int i = 0; !ret && i < w->nlanes; i++) {
		if (!w->takes[i].len)
			continue;
		*moved = true;
		ret = write_lane_up_to(w, i, &floor, &newest);
		if (ret > 0)
			calls += ret;
		ret = ret < 0 ? ret : 0;
	}
	/*
	 * Descriptions of containers are written before the FLOOR block: a reader reads all blocks up to that one
	 * before it delivers the first record of the batch.
	 */
	if (!ret && w->l->e->notes.len)
		ret = linx_take_notes(w->l);
	if (!ret)
		ret = linx_writer_metadata(w);
	/*
	 * Lanes that are complete have no floor. Since more dumps of a flight recorder may
	 * follow, a floor after the newest time is written.
	 */
	if (!ret && *moved)
		ret = linx_writer_floor(w, floor == UINT64_MAX && newest != UINT64_MAX ? newest + 1 : floor);
	return ret ? ret : calls;
}

/* ---- the account ---------------------------------------------------------------------- */

static int write_cert(struct linx_writer *w, const struct linx_account *a)
{
	struct linx_cap_block head = { .type = LINX_CAP_CERT };
	size_t len;
	void *buf = linx_compose_cert(a, &len);
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = linx_output_block(&w->out, &head, buf, len);
	free(buf);
	return ret;
}

/*
 * Writes the certificate. If the source is a file that was cut off and has no certificate, no certificate is written.
 */
int linx_writer_cert(struct linx_writer *w)
{
	struct linx_account a = { 0 };
	int ret = w->l->e->ops->account(w->l->e, true, &a);

	if (ret)
		return linx_engine_failed(w->l, ret);
	ret = linx_writer_probes(w);
	if (!ret)
		ret = linx_writer_rule_names(w);
	if (!ret)
		ret = write_probe_counts(w);
	if (ret)
		return ret;
	ret = a.known ? write_cert(w, &a) : 0;
	if (!ret)
		ret = linx_output_sync(&w->out);
	return ret ? linx_writer_failed(w, ret) : 0;
}

/* ---- sections -------------------------------------------------------------------------- */

static int write_header(struct linx_writer *w)
{
	struct linx_engine *e = w->l->e;
	size_t len;
	void *buf;
	int ret = linx_header_compose(e->ops->header(e), &buf, &len);

	if (ret)
		return linx_writer_failed(w, ret);
	ret = linx_output_bytes(&w->out, buf, len);
	free(buf);
	return ret ? linx_writer_failed(w, ret) : 0;
}

int linx_writer_begin(struct linx_writer *w)
{
	struct linx_engine *e = w->l->e;

	w->nlanes = e->ops->nlanes(e);
	e->gather = w->beside ? 0 : lane_share(w, w->nlanes);
	w->clock_gen = 0;
	w->probes = w->rule_names = 0;
	w->more = w->ended = w->drained = w->section_ended = false;
	free(w->takes);
	free(w->seqs);
	free(w->l->written);
	w->takes = calloc(w->nlanes, sizeof(*w->takes));
	if (w->beside)
		w->gathered = calloc(w->nlanes, sizeof(*w->gathered));
	for (unsigned int i = 0; e->left_out && i < w->nlanes; i++)
		e->left_out[i].copying = true;
	w->seqs = calloc(w->nlanes, sizeof(*w->seqs));
	w->l->written = calloc(w->nlanes, sizeof(*w->l->written));
	w->l->nwritten = w->nlanes;
	if (!w->takes || !w->seqs || !w->l->written || (w->beside && !w->gathered))
		w->code = linx_writer_failed(w, -ENOMEM);
	else
		w->code = write_header(w);
	return w->code ? w->code : linx_writer_clock(w);
}

/*
 * Ends a section whose records have all been moved. 0: another section has begun; -ENODATA: the
 * end of the stream; -ETIMEDOUT: not known yet; -errno.
 */
static int end_section(struct linx_writer *w, int timeout_ms)
{
	struct linx *l = w->l;
	int ret;

	if (!l->e->ops->section)
		return -ENODATA;
	if (!w->section_ended) {
		ret = copy_left_out_rest(w);
		if (!ret)
			ret = linx_writer_cert(w);
		if (!ret)
			ret = linx_totals_add(l);
		if (ret)
			return ret;
		w->section_ended = true;
		l->phase = LINX_PHASE_SECTION;
	}
	ret = linx_next_section(l, timeout_ms);
	if (ret <= 0)
		return ret ? ret : -ENODATA;
	return linx_writer_begin(w);
}

/* ---- the interface ---------------------------------------------------------------------- */

/* Writes by linx_writer_opts.write, which takes all or fails. */
static int call_write(struct linx_transport *t, const struct iovec *v, int count, size_t *n)
{
	struct linx_writer *w = t->data;
	int ret = w->write(w->write_data, v, count);

	*n = 0;
	for (int i = 0; !ret && i < count; i++)
		*n += v[i].iov_len;
	return ret;
}

static const struct linx_transport_ops call_ops = { .write = call_write };

/* Makes the transport to where the options say. 0 or -errno. */
static int open_transport(struct linx_writer *w, int fd, const struct linx_writer_opts *o, struct linx_transport *to)
{
	if (!o->write)
		return linx_transport_fd(to, fd);
	w->write = o->write;
	w->write_data = o->data;
	*to = (struct linx_transport){ .ops = &call_ops, .data = w };
	return 0;
}

LINX_API int linx_writer_new(struct linx *l, int fd, const struct linx_writer_opts *opts,
			     struct linx_writer **out, struct linx_error *err)
{
	struct linx_writer_opts o = { .size = sizeof(o) };
	struct linx_transport to;
	struct linx_writer *w;
	int ret;

	ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, err) : 0;
	if (!ret && ((unsigned int)o.beside > LINX_WRITER_KEPT || (o.beside && l->beside)))
		ret = linx_fail(err, -EINVAL, o.beside > LINX_WRITER_KEPT ? "unknown way to write" : "a writer is beside linx_next() already");
	if (ret)
		return ret;
	w = calloc(1, sizeof(*w));
	if (!w)
		return linx_fail(err, -ENOMEM, "out of memory");
	w->l = l;
	w->beside = o.beside;
	ret = open_transport(w, fd, &o, &to);
	if (!ret)
		ret = linx_output_init(&w->out, &to, o.compress);
	if (ret)
		linx_writer_failed(w, ret);
	else
		ret = linx_writer_begin(w);
	if (ret) {
		if (err)
			*err = l->err;
		linx_writer_free(w);
		return ret;
	}
	if (w->beside)
		linx_attach_writer(l, w);
	*out = w;
	return 0;
}

/*
 * Writes what was gathered beside linx_next(). A writer of all records also writes the group that linx_next() read
 * last. A writer that keeps chosen events does not write that group, since it is not decided yet whether the group is
 * kept.
 */
static int step_beside(struct linx_writer *w)
{
	int ret = 0;

	if (w->code)
		return linx_writer_failed(w, w->code);
	if (w->section_ended)
		return 0;
	if (w->beside == LINX_WRITER_ALL)
		ret = linx_writer_settle(w);
	return ret ? ret : linx_writer_flush(w);
}

LINX_API int linx_writer_step(struct linx_writer *w, int timeout_ms)
{
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	bool moved;
	int ret;

	if (w->beside)
		return step_beside(w);
	linx_begin_yield(w->l);
	for (;;) {
		if (w->code)
			return linx_writer_failed(w, w->code);
		ret = linx_has_tampers(w->l) ? write_tampers(w) : 0;
		if (ret)
			return ret;
		if (w->drained) {
			ret = end_section(w, linx_deadline_left(&d));
			if (ret)
				return ret == -ETIMEDOUT ? 0 : ret;
		}
		if (!w->more && !w->ended) {
			ret = w->l->e->ops->wait(w->l->e, linx_deadline_left(&d));
			w->ended = ret == -ENODATA;
			w->l->pending = ret == -EAGAIN;
			if (w->l->pending)
				return 0;
			if (ret <= 0 && !w->ended)
				return ret == 0 || ret == -EINTR ? ret :
								   linx_engine_failed(w->l, ret);
		}
		ret = write_batch(w, &moved);
		w->drained = w->ended && ret == 0 && !moved;
		if (ret)
			return ret;
	}
}

LINX_API int linx_writer_finish(struct linx_writer *w)
{
	int ret;

	if (w->code)
		return linx_writer_failed(w, w->code);
	if (w->section_ended)
		return 0;
	if (w->l->running && !w->ended)
		return linx_fail(&w->l->err, -EBUSY,
				 "still recording; stop before ending the capture");
	/*
	 * A full disk may still have room for the small certificate, since the block that
	 * did not fit was removed.
	 */
	if (linx_output_truncates(&w->out) &&
	    (w->out.code == -ENOSPC || w->out.code == -EDQUOT || w->out.code == -EFBIG))
		w->out.code = 0;
	ret = w->beside ? linx_writer_settle(w) : copy_left_out_rest(w);
	if (ret)
		return ret;
	if (w->beside)
		return linx_writer_end_section(w);
	ret = linx_writer_cert(w);
	w->section_ended = ret == 0;
	return ret;
}

LINX_API void linx_writer_free(struct linx_writer *w)
{
	if (!w)
		return;
	if (w->l->beside == w)
		linx_attach_writer(w->l, NULL);
	linx_writer_drop_gathered(w);
	w->l->e->gather = 0;
	linx_output_end(&w->out);
	free(w->takes);
	free(w->seqs);
	free(w);
}
