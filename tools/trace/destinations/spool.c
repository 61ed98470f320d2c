// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Keeps shown events as rows in a spool (--spool DIR), from which linx-ship sends them. With --rules the rows are the
 * events that a rule matches, and reports of losses. Rows for which the spool has no room are counted for each CPU. As
 * soon as there is room, these counts become rows of kind "gap" with the cause "spool".
 */
#include <errno.h>
#include <inttypes.h>
#include <linx/rowset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/report.h"
#include "spool/spool.h"
#include "trace/destinations/destination.h"
#include "trace/row_set.h"
#include "trace/settings.h"

/*
 * Most bytes of the unpacked rows of a block, without its last row; at most three quarters of the spool are used. Such
 * a block has a valid size even if it cannot be packed, and there is room for it in an empty spool.
 */
#define PLAIN_MAX (7u << 20)
/* Room for the block of gaps that is written before a block of rows. */
#define GAPS_MAX (64u << 10)

/* Rows of one session and CPU for which the spool had no room. */
struct missed {
	struct spool_session session;
	uint32_t cpu;
	uint32_t last_part; /* largest column "part" (docs/rows.md) of the rows of record last_seq */
	uint64_t rows;
	uint64_t first_seq, last_seq; /* least and greatest sequence number of the rows' records */
	uint64_t time_ns; /* time of the last block that had some of these rows */
};

struct spooler {
	struct destination base;
	struct linx *l;
	const char *path;
	struct spool *spool;
	struct linx_rowset *set; /* the rows of the next block */
	struct linx_rowset *notes; /* the rows of a block of gaps */
	uint32_t block_rows;
	size_t block_bytes;
	uint64_t flush_ns;
	bool by_rules;
	bool begun; /* the session has begun, and the spool does not have its account */
	bool noted; /* the spool has a note that the session has begun */
	bool account; /* the rows of the next block have a certificate */
	struct spool_session session; /* session of the rows of the next block */
	uint64_t from_ns, to_ns; /* least and greatest time of the rows of the next block; 0: no row has a time */
	uint64_t day_ns; /* begin of the day of these times */
	uint64_t last_ns; /* time of the last row that had a time, in any block */
	struct missed *missed; /* [nmissed], an entry for each session and CPU */
	unsigned int nmissed, missed_room;
};

static bool wanted(const struct settings *s)
{
	return s->where.spool.path;
}

static int fail(struct spooler *s, int rc)
{
	return destination_wrote(&s->base, rc);
}

/* ---- rows for which the spool had no room ------------------------------------------------------------- */

/* Returns the entry for missed rows of a CPU in the current session; if there is none, makes it. NULL: no memory. */
static struct missed *missed_of(struct spooler *s, uint32_t cpu)
{
	unsigned int room = s->missed_room ? s->missed_room * 2 : 16;
	struct missed *more;

	for (unsigned int i = 0; i < s->nmissed; i++)
		if (s->missed[i].cpu == cpu && s->missed[i].session.session == s->session.session)
			return &s->missed[i];
	if (s->nmissed == s->missed_room) {
		more = realloc(s->missed, room * sizeof(*more));
		if (!more)
			return NULL;
		s->missed = more;
		s->missed_room = room;
	}
	s->missed[s->nmissed] = (struct missed){ .session = s->session, .cpu = cpu, .first_seq = UINT64_MAX };
	return &s->missed[s->nmissed++];
}

static int miss_cpu(struct spooler *s, const struct spool_cpu *c)
{
	struct missed *m = missed_of(s, c->cpu);

	if (!m)
		return -ENOMEM;
	m->rows += c->rows;
	if (c->first_seq < m->first_seq)
		m->first_seq = c->first_seq;
	if (c->last_seq > m->last_seq || (c->last_seq == m->last_seq && c->last_part > m->last_part))
		m->last_part = c->last_part;
	if (c->last_seq > m->last_seq)
		m->last_seq = c->last_seq;
	m->time_ns = s->to_ns;
	return 0;
}

static int miss(struct spooler *s, const struct spool_cpu *cpus, unsigned int n)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && !rc; i++)
		rc = miss_cpu(s, &cpus[i]);
	return rc;
}

/* ---- blocks ------------------------------------------------------------------------------------------------ */

static void describe(struct spool_head *h, const struct spool_session *session, uint32_t rows)
{
	*h = (struct spool_head){ .session = session->session, .rows = rows };
	snprintf(h->machine, sizeof(h->machine), "%s", session->machine);
}

static int put_note(struct linx_rowset *set, const struct spool_session *session, const struct missed *m, const char *args)
{
	struct linx_rowset_note note = {
		.size = sizeof(note),
		.kind = m ? LINX_EVENT_GAP : LINX_EVENT_CERTIFICATE,
		.machine = session->machine,
		.session = session->session,
		.args = args,
	};

	if (m) {
		note.placed = true;
		note.cpu = m->cpu;
		note.seq = m->last_seq;
		note.part = m->last_part; /* cpu, seq and part are those of a left-out row: no stored row has them */
		note.time_ns = m->time_ns;
	}
	return linx_rowset_add_note(set, &note);
}

static int add_gap(struct spooler *s, const struct missed *m)
{
	char args[256];

	snprintf(args, sizeof(args),
		 "{\"kind\":\"gap\",\"cpu\":%u,\"seq\":%" PRIu64 ",\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64 ",\"lost\":{\"spool\":%" PRIu64 "}}",
		 m->cpu, m->last_seq, m->first_seq, m->last_seq, m->rows);
	return put_note(s->notes, &m->session, m, args);
}

/* True if the gaps of a and b can be rows of one block: all rows of a block are of one session and day. */
static bool are_together(const struct missed *a, const struct missed *b)
{
	return a->session.session == b->session.session && a->time_ns / ROW_DAY_NS == b->time_ns / ROW_DAY_NS;
}

/* Writes a block with the first gap and all gaps of the same session and day. 0, -ENOSPC or -errno. */
static int put_first_gaps(struct spooler *s)
{
	const struct missed first = s->missed[0];
	uint64_t from_ns = first.time_ns, to_ns = first.time_ns;
	struct linx_rowset_end end;
	struct spool_head h;
	unsigned int left = 0;
	int rc = 0;

	linx_rowset_clear(s->notes);
	for (unsigned int i = 0; i < s->nmissed && !rc; i++) {
		if (!are_together(&s->missed[i], &first))
			continue;
		from_ns = s->missed[i].time_ns < from_ns ? s->missed[i].time_ns : from_ns;
		to_ns = s->missed[i].time_ns > to_ns ? s->missed[i].time_ns : to_ns;
		rc = add_gap(s, &s->missed[i]);
	}
	describe(&h, &first.session, linx_rowset_get_pending(s->notes));
	if (!rc)
		rc = linx_rowset_make(s->notes, &end);
	if (rc)
		return rc;
	h.body = (uint32_t)end.len;
	h.flags = SPOOL_ACCOUNT;
	h.from_ns = from_ns;
	h.to_ns = to_ns;
	rc = spool_put(s->spool, &h, NULL, end.data);
	for (unsigned int i = 0; i < s->nmissed && !rc; i++)
		if (!are_together(&s->missed[i], &first))
			s->missed[left++] = s->missed[i];
	s->nmissed = rc ? s->nmissed : left;
	return rc;
}

/* Writes all gaps, if there are any, as blocks. 0, -ENOSPC or -errno. */
static int put_gaps(struct spooler *s)
{
	int rc = 0;

	while (s->nmissed && !rc)
		rc = put_first_gaps(s);
	return rc;
}

/*
 * Notes in the spool that the session has begun, unless the note is there. 0; -ENOSPC: a later call tries again; or
 * -errno.
 */
static int note_session(struct spooler *s)
{
	int rc = s->noted ? 0 : spool_begin_session(s->spool, &s->session);

	s->noted = !rc;
	return rc;
}

/* Writes the rows as a block, after blocks of the gaps that came before these rows. 0, -ENOSPC or -errno. */
static int put_rows(struct spooler *s, uint32_t rows, const struct spool_cpu *cpus, unsigned int n)
{
	uint64_t time_ns = s->last_ns ? s->last_ns : (uint64_t)time(NULL) * 1000000000;
	struct linx_rowset_end end;
	struct spool_head h;
	int rc = linx_rowset_make(s->set, &end);

	if (rc)
		return rc;
	describe(&h, &s->session, rows);
	h.body = (uint32_t)end.len;
	h.flags = s->account ? SPOOL_ACCOUNT : 0;
	h.from_ns = s->to_ns ? s->from_ns : time_ns;
	h.to_ns = s->to_ns ? s->to_ns : time_ns;
	h.ncpus = n;
	/* gaps stand before the rows that follow them, and are only written if there is room for those rows, too */
	if (!s->account && !spool_has_room(s->spool, end.len + n * sizeof(*cpus) + GAPS_MAX))
		return -ENOSPC;
	rc = note_session(s);
	if (!rc)
		rc = put_gaps(s);
	if (!rc)
		rc = s->account ? spool_put_account(s->spool, &h, cpus, end.data) : spool_put(s->spool, &h, cpus, end.data);
	s->begun &= rc || !s->account;
	s->base.bytes += rc ? 0 : end.len;
	return rc;
}

/* Ends the block. If the spool has no room for its rows, they are counted as missed, and the recording goes on. */
static int end_block(struct spooler *s)
{
	uint32_t rows = linx_rowset_get_pending(s->set);
	const struct linx_rowset_cpu *from;
	struct spool_cpu *cpus;
	unsigned int n;
	int rc;

	s->base.due_ns = UINT64_MAX;
	if (!rows)
		return 0;
	from = linx_rowset_get_cpus(s->set, &n);
	cpus = calloc(n + 1, sizeof(*cpus));
	if (!cpus)
		return fail(s, -ENOMEM);
	for (unsigned int i = 0; i < n; i++)
		cpus[i] = (struct spool_cpu){ .cpu = from[i].cpu, .rows = from[i].rows, .first_seq = from[i].first_seq,
					      .last_seq = from[i].last_seq, .last_part = from[i].last_part };
	rc = put_rows(s, rows, cpus, n);
	if (rc == -ENOSPC) {
		linx_rowset_clear(s->set);
		rc = miss(s, cpus, n);
	}
	free(cpus);
	s->from_ns = s->to_ns = 0;
	s->account = false;
	return fail(s, rc);
}

/* ---- operations of the destination --------------------------------------------------------------------------- */

/* Begins a session if the stream has a new one. The block with rows of the previous session ends first. */
static int choose_session(struct spooler *s, const struct linx_stream_info *info)
{
	int rc;

	if (s->begun && info->session == s->session.session)
		return 0;
	rc = end_block(s);
	if (rc)
		return rc;
	s->session.session = info->session;
	snprintf(s->session.machine, sizeof(s->session.machine), "%s", info->node);
	if (!spool_machine_is_good(s->session.machine))
		return fail(s, -EINVAL);
	s->begun = true;
	s->noted = false;
	rc = note_session(s);
	return rc == -ENOSPC ? 0 : fail(s, rc);
}

/* True if the next block has to end before a row of this time: it would be too large, or have rows of two days. */
static bool is_full(const struct spooler *s, uint64_t time_ns)
{
	if (linx_rowset_get_pending(s->set) >= s->block_rows || linx_rowset_get_bytes(s->set) >= s->block_bytes)
		return true;
	return s->to_ns && time_ns && time_ns - s->day_ns >= ROW_DAY_NS;
}

static void note_time(struct spooler *s, uint64_t time_ns)
{
	if (!time_ns)
		return;
	s->from_ns = !s->from_ns || time_ns < s->from_ns ? time_ns : s->from_ns;
	s->to_ns = time_ns > s->to_ns ? time_ns : s->to_ns;
	if (time_ns - s->day_ns >= ROW_DAY_NS) /* a division for each row would take longer */
		s->day_ns = time_ns - time_ns % ROW_DAY_NS;
	s->last_ns = time_ns;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct spooler *s = (struct spooler *)d;
	uint64_t time_ns = linx_event_get_time_ns(ev);
	int rc;

	if (!row_set_wants(s->by_rules, *counts, ev))
		return 0;
	rc = choose_session(s, linx_get_stream_info(s->l));
	/* a certificate begins a block of its own, which can use the part of the spool that is reserved for accounts */
	if (!rc && (is_full(s, time_ns) || linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE))
		rc = end_block(s);
	if (!rc)
		rc = linx_rowset_add(s->set, s->l, ev);
	if (rc == -ENOBUFS) {
		rc = end_block(s);
		if (!rc)
			rc = linx_rowset_add(s->set, s->l, ev);
	}
	if (rc <= 0)
		return rc;
	note_time(s, time_ns);
	s->account |= linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE;
	row_set_count(counts, ev);
	if (d->due_ns == UINT64_MAX)
		d->due_ns = report_clock_ns() + s->flush_ns;
	return 0;
}

static int look(struct destination *d, uint64_t now_ns)
{
	return now_ns < d->due_ns ? 0 : end_block((struct spooler *)d);
}

/* Prints how many rows are lost for which the spool does not even have a gap. */
static void say_missed(const struct spooler *s)
{
	uint64_t rows = 0;

	for (unsigned int i = 0; i < s->nmissed; i++)
		rows += s->missed[i].rows;
	if (rows)
		say_at(SAY_WARNING, "no room in %s: %" PRIu64 " rows are lost, and the spool does not say so", s->path, rows);
}

/*
 * Completes the spool. If there is no room for the session's account, the account is lost, and the next start writes
 * that the session has none.
 */
static int finish(struct destination *d, int *fd)
{
	struct spooler *s = (struct spooler *)d;
	int rc = end_block(s);

	(void)fd;
	if (!rc)
		rc = put_gaps(s);
	say_missed(s);
	return rc == -ENOSPC ? 0 : fail(s, rc);
}

static void explain(const struct destination *d, int error)
{
	destination_explain(((const struct spooler *)d)->path, error);
}

static void release(struct destination *d)
{
	struct spooler *s = (struct spooler *)d;

	linx_rowset_free(s->set);
	linx_rowset_free(s->notes);
	if (s->spool)
		spool_close(s->spool);
	free(s->missed);
	free(s);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

/*
 * Writes a block that says that the session before this one has no account, if that is so. -ENOSPC is not an error: the
 * next start tries again.
 */
static int put_unended(struct spooler *s)
{
	struct spool_session session;
	struct linx_rowset_end end;
	struct spool_head h;
	int rc;

	if (!spool_get_unended(s->spool, &session))
		return 0;
	linx_rowset_clear(s->notes);
	rc = put_note(s->notes, &session, NULL,
		      "{\"kind\":\"certificate\",\"complete\":false,\"reason\":\"the recorder ended without an account\"}");
	if (!rc)
		rc = linx_rowset_make(s->notes, &end);
	if (rc)
		return rc;
	describe(&h, &session, 1);
	h.body = (uint32_t)end.len;
	h.flags = SPOOL_ACCOUNT;
	h.from_ns = h.to_ns = (uint64_t)time(NULL) * 1000000000;
	rc = spool_put_account(s->spool, &h, NULL, end.data);
	return rc == -ENOSPC ? 0 : rc;
}

static struct destination *open_spool(const struct destination_env *e, struct problem *why)
{
	const struct spool_settings *settings = &e->settings->where.spool;
	struct spooler *s = problem_alloc(sizeof(*s), why);
	int rc;

	if (!s)
		return NULL;
	destination_begin(&s->base, &destination_spool);
	s->l = e->l;
	s->path = settings->path;
	s->block_rows = (uint32_t)settings->block_rows;
	s->block_bytes = settings->size / 4 * 3 < PLAIN_MAX ? (size_t)(settings->size / 4 * 3) : PLAIN_MAX;
	s->flush_ns = e->settings->where.rows.flush_ns;
	s->by_rules = e->settings->where.rules.from.n;
	if (!row_set_new(&s->set, e->settings, LINX_ROWSET_PACKED, why) && !row_set_new(&s->notes, e->settings, LINX_ROWSET_PACKED, why)) {
		s->spool = spool_open(s->path, SPOOL_ROWS, settings->size, why);
		rc = s->spool ? put_unended(s) : -1;
		if (!rc)
			return &s->base;
		if (s->spool)
			problem_set(why, "cannot write: %s: %s", s->path, strerror(-rc));
	}
	release(&s->base);
	return NULL;
}

const struct destination_ops destination_spool = {
	.shown_alone = true,
	.wanted = wanted,
	.open = open_spool,
	.take = take,
	.look = look,
	.finish = finish,
	.explain = explain,
	.free = release,
};
