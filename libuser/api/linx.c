// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The public handle: opening, closing, the iterator and the certificate. Selection and
 * filters are in api/settings.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/attributes.h"
#include "decoders/bind.h"
#include "base/deadline.h"
#include "event/join.h"
#include "engine/run.h"
#include "api/writer.h"
#include "probe/types.h"

/* Number of groups without an event after which linx_next() returns 0, so that its caller can handle signals. */
#define QUIET_GROUPS 65536
/*
 * Limit of the different tables of calls in one file, far above the number of kernels and versions whose files are
 * concatenated.
 */
#define TABLES_MAX 64

LINX_API const char *linx_version(void)
{
	return LINX_VERSION;
}

int linx_engine_failed(struct linx *l, int code)
{
	l->err = l->e->err;
	if (!l->err.text[0])
		linx_fail(&l->err, code, "%s", strerror(-code));
	return code;
}

LINX_API const char *linx_error_text(const struct linx *l)
{
	return l->err.text;
}

LINX_API const struct linx_stream_info *linx_get_stream_info(const struct linx *l)
{
	return &l->e->ops->header(l->e)->info;
}

LINX_API const struct linx_table *linx_borrow_table(const struct linx *l)
{
	return l->table;
}

LINX_API int linx_fd(const struct linx *l)
{
	return l->e->ops->fd(l->e);
}

LINX_API int linx_salvage(struct linx *l)
{
	if (!l->e->ops->salvage)
		return linx_fail(&l->err, -EOPNOTSUPP, "%s: no capture file: nothing to salvage", linx_get_stream_info(l)->engine);
	l->damage = l->e->ops->salvage(l->e);
	return 0;
}

LINX_API int linx_get_damage(const struct linx *l, struct linx_damage *damage)
{
	if (!l->damage)
		return -ENODATA;
	*damage = *l->damage;
	return 0;
}

/* ---- open and close ---------------------------------------------------------------- */

static void section_end(struct linx *l)
{
	linx_assembler_free(l->a);
	linx_merge_free(l->m);
	free(l->hidden);
	free(l->moved);
}

/*
 * Prepends the file's name and the offset of the section to the error text, if the engine
 * reports them. Returns code.
 */
static int at_section(struct linx *l, int code)
{
	struct linx_error err = l->err;

	return l->e->where[0] ? linx_fail(&l->err, code, "%s: %s", l->e->where, err.text) : code;
}

static int add_table(struct linx *l, const struct linx_header *h)
{
	struct linx_known_table *known;
	struct linx_table *table;
	int ret;

	if (l->ntables == TABLES_MAX) {
		linx_fail(&l->err, -EBADMSG, "more than %d different call tables", TABLES_MAX);
		return at_section(l, -EBADMSG);
	}
	known = realloc(l->tables, (l->ntables + 1) * sizeof(*known));
	if (!known)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	l->tables = known;
	ret = linx_table_parse(h->table, h->table_len, &table, &l->err);
	if (ret)
		return at_section(l, ret);
	linx_table_bind(table);
	known[l->ntables++] = (struct linx_known_table){ h->table_hash, h->table_len, table };
	return 0;
}

static int take_table(struct linx *l, const struct linx_header *h, struct linx_table **out)
{
	unsigned int i = 0;
	int ret;

	while (i < l->ntables &&
	       (l->tables[i].hash != h->table_hash || l->tables[i].len != h->table_len))
		i++;
	ret = i < l->ntables ? 0 : add_table(l, h);
	if (!ret)
		*out = l->tables[i].table;
	return ret;
}

/*
 * Makes table, merge and assembler for the section that the engine has opened. On failure
 * the table, merge and assembler of the section before stay in place.
 */
static int section_begin(struct linx *l)
{
	const struct linx_header *h = l->e->ops->header(l->e);
	struct linx new = { 0 };
	int ret;

	ret = take_table(l, h, &new.table);
	if (ret)
		return ret;
	ret = linx_merge_new(l->e, &new.m);
	if (!ret)
		ret = linx_assembler_new(h, new.table, &new.a);
	new.nhidden = l->e->ops->nlanes(l->e);
	new.hidden = calloc(new.nhidden + 1u, sizeof(*new.hidden));
	new.moved = calloc(new.nhidden + 1u, sizeof(*new.moved));
	if (!ret && (!new.hidden || !new.moved))
		ret = -ENOMEM;
	if (ret) {
		section_end(&new);
		return linx_fail(&l->err, ret, "%s", strerror(-ret));
	}
	if (l->a)
		linx_assembler_follow(new.a, l->a);
	section_end(l);
	l->m = new.m;
	l->a = new.a;
	l->e->merged = &l->a->snap;
	linx_assembler_protos(l->a, &l->e->protos);
	linx_assembler_rule_names(l->a, &l->e->rule_names);
	linx_tasks_set_metadata(l->a->tasks, l->metadata);
	l->table = new.table;
	l->hidden = new.hidden;
	l->moved = new.moved;
	l->nhidden = new.nhidden;
	linx_kinds_free(&l->kinds);
	linx_apply_entries(l);
	memset(l->calls, 0, LINX_NCALLS * sizeof(*l->calls));
	l->clock_waits = l->clock_known = false;
	l->clock_gen = 0;
	l->phase = LINX_PHASE_STREAM;
	return 0;
}

LINX_API void linx_close(struct linx *l)
{
	if (!l)
		return;
	linx_follower_free(l->http);
	section_end(l);
	for (unsigned int i = 0; i < l->ntables; i++)
		linx_table_free(l->tables[i].table);
	if (l->e)
		l->e->ops->close(l->e);
	linx_types_close(l->types);
	linx_totals_free(&l->totals);
	linx_forget_policy(&l->policy);
	linx_kinds_free(&l->kinds);
	linx_metadata_free(l->metadata);
	free(l->tables);
	free(l->selection.expr);
	if (!l->selection.by_rules)
		linx_condition_free(l->selection.condition);
	free(l->selection.program.insns);
	free(l->selection.cgroups.text);
	linx_condition_free(l->selection.beside_rules);
	free(l->written);
	free(l->calls);
	free(l->every);
	free(l);
}

int linx_source_open(struct linx_engine *e, struct linx **out, struct linx_error *err)
{
	struct linx *l = calloc(1, sizeof(*l));
	int ret = -ENOMEM;

	if (!l) {
		e->ops->close(e);
		return linx_fail(err, ret, "out of memory");
	}
	l->e = e;
	l->end_code = -ENODATA;
	l->cert_event.kind = LINX_EVENT_CERTIFICATE;
	l->calls = calloc(LINX_NCALLS, sizeof(*l->calls));
	if (!l->calls || linx_metadata_new(&l->metadata))
		linx_fail(&l->err, ret, "out of memory");
	else
		ret = section_begin(l);
	if (!ret && e->ops->select)
		ret = linx_select(l, "all");
	if (ret) {
		if (err)
			*err = l->err;
		linx_close(l);
		return ret;
	}
	*out = l;
	return 0;
}

/* Copies options; members that an older caller lacks get defaults. Checks the members that all engines treat alike. */
static int take_live(const struct linx_live_opts *from, struct linx_live_opts *to, struct linx_error *err)
{
	int ret = from ? linx_take_opts(to, sizeof(*to), from, from->size, err) : 0;

	if (!ret && (unsigned int)to->mode > LINX_THROTTLE)
		ret = linx_fail(err, -EINVAL, "unknown mode %d", (int)to->mode);
	return ret;
}

static int open_type(const struct linx_engine_type *t, const struct linx_engine_opts *opts, struct linx **out,
		     struct linx_error *err)
{
	struct linx_engine *e;
	int ret = t->open(opts, &e, err);

	if (!ret)
		ret = linx_source_open(e, out, err);
	if (!ret && t->info.live) {
		(*out)->entry_time = opts->live->entry_time;
		(*out)->fds = opts->live->fds;
	}
	return ret;
}

/* True if an error means that the engine works but refuses these options. No other engine is tried then. */
static bool refuses_options(int error)
{
	return error == -EINVAL || error == -E2BIG;
}

/*
 * Opens the first engine that records and can be opened. If no engine can be opened, the error is that of the first
 * one.
 */
static int open_auto(const struct linx_engine_opts *opts, struct linx **out, struct linx_error *err)
{
	const struct linx_engine_type *t;
	int first = 0;

	for (unsigned int i = 0; (t = linx_engine_type_get(i)); i++) {
		int ret;

		if (!t->info.live)
			continue;
		ret = open_type(t, opts, out, first ? NULL : err);
		if (!ret)
			return 0;
		if (!first)
			first = ret;
		if (refuses_options(first))
			return first;
	}
	return first;
}

LINX_API int linx_open_engine(const char *name, const struct linx_engine_opts *opts, struct linx **out,
			      struct linx_error *err)
{
	const bool automatic = !strcmp(name, LINX_ENGINE_AUTO);
	const struct linx_engine_type *t = automatic ? NULL : linx_engine_type_find(name);
	struct linx_live_opts live = { .size = sizeof(live) };
	struct linx_engine_opts o = { .size = sizeof(o) };
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, err) : 0;

	if (!ret && !t && !automatic)
		ret = linx_fail(err, -EINVAL, "no such engine: %s", name);
	if (!ret && t && !t->info.live && o.live)
		ret = linx_fail(err, -EINVAL, "engine %s does not record: it takes no options of a recording", name);
	if (!ret)
		ret = take_live(o.live, &live, err);
	if (ret)
		return ret;
	o.live = &live;
	o.name = o.name ? o.name : "capture";
	return automatic ? open_auto(&o, out, err) : open_type(t, &o, out, err);
}

LINX_API int linx_open_live(const struct linx_live_opts *opts, struct linx **out, struct linx_error *err)
{
	const struct linx_engine_opts o = { .size = sizeof(o), .live = opts };

	return linx_open_engine(linx_engine_type_kmod.info.name, &o, out, err);
}

LINX_API int linx_open_file(int fd, const char *name, struct linx **out, struct linx_error *err)
{
	const struct linx_engine_opts opts = { .size = sizeof(opts), .fd = fd, .name = name };

	return linx_open_engine(linx_engine_type_file.info.name, &opts, out, err);
}

/* True if a writer decides on each group that linx_next() reads. */
static inline bool chooses(const struct linx *l)
{
	return l->beside && l->beside->beside == LINX_WRITER_KEPT;
}

/*
 * Sets whether entries of calls are events of their own: as linx_select_entries() says, but never while a writer keeps
 * only chosen events, since the writer decides on whole calls.
 */
void linx_apply_entries(struct linx *l)
{
	linx_assembler_entries(l->a, l->selection.entries && !chooses(l));
}

void linx_attach_writer(struct linx *l, struct linx_writer *w)
{
	if (l->beside)
		linx_writer_unwatch(l->beside);
	l->beside = w;
	if (w)
		linx_writer_watch(w);
	l->aside = l->http || chooses(l);
	linx_apply_entries(l);
}

/* ---- the iterator ------------------------------------------------------------------- */

/*
 * Passes a new relation of stream time to wall time to the assembler when the
 * stream has reached the relation's time. Earlier records, which may still come,
 * are converted with the previous relation. The first relation applies to all records.
 */
static void follow_clock(struct linx *l, uint64_t time)
{
	if (l->clock_gen != l->e->clock_gen) {
		if (l->clock_waits)
			linx_assembler_clock(l->a, &l->next_clock);
		l->clock_gen = l->e->clock_gen;
		l->next_clock = *l->e->ops->clock(l->e);
		l->clock_waits = true;
	}
	if (l->clock_waits && (time >= l->next_clock.stream || !l->clock_known)) {
		linx_assembler_clock(l->a, &l->next_clock);
		l->clock_waits = false;
		l->clock_known = true;
	}
}

/* True if linx_salvage() has found damage in the file so far. */
static bool is_damaged(const struct linx *l)
{
	return l->damage && l->damage->places;
}

static int deliver(struct linx *l, const struct linx_event *ev, const struct linx_event **out)
{
	l->events += ev->kind == LINX_EVENT_SYSCALL;
	*out = ev;
	return 1;
}

/*
 * Sets the error for a record that was taken from the lanes but not delivered. The caller may continue, so the
 * certificate is marked as incomplete. Returns ret.
 */
LINX_NOINLINE static int not_fed(struct linx *l, int ret, const char *why)
{
	l->incomplete = true;
	return linx_fail(&l->err, ret, "%s", why);
}

/* Passes a snapshot of processes to the assembler, before the first group that is later than the snapshot. */
LINX_NOINLINE static int take_snapshot(struct linx *l, const struct linx_group *next)
{
	int ret = l->beside ? linx_writer_take_snapshot(l->beside, &l->e->snap, next) : 0;

	if (ret)
		return ret;
	ret = linx_assembler_take(l->a, &l->e->snap);

	if (ret == -EBADMSG)
		return not_fed(l, ret, "nonsense in the list of processes");
	return ret ? not_fed(l, ret, strerror(-ret)) : 0;
}

static inline void count_call(struct linx *l, const struct linx_rec *rec)
{
	unsigned int slot = linx_call_slot(rec);

	if (slot < LINX_NCALLS)
		l->calls[slot]++;
}

static void count_kind(struct linx *l, const struct linx_group *g)
{
	if (g->rec->kind == LINX_REC_PROBE)
		linx_protos_count(&l->e->protos, g->rec);
	if (g->rec->kind != LINX_REC_EXIT && linx_rec_counts(g->rec))
		linx_kinds_count(&l->kinds, g->position.cpu, g->rec->kind);
}

/* Counts an entry that a MOVED record restored as a record of the CPU at which a filter had left it out. */
static void count_moved(struct linx *l, const struct linx_group *g)
{
	const struct linx_position *from = &l->a->moved_from;

	if (g->rec->kind != LINX_REC_MOVED || !l->a->moved || from->cpu >= l->nhidden)
		return;
	l->moved[from->cpu]++;
	linx_kinds_count(&l->kinds, from->cpu, LINX_REC_ENTER);
	count_call(l, linx_decode_moved(g->rec));
}

/* Skips and counts the next records of the lane that make no event and change no state. Returns their number. */
static unsigned int pass_over(struct linx *l)
{
	const struct linx_rec *rec;
	struct linx_run run;

	linx_run_begin(l->m, &run);
	while ((rec = linx_run_next(&run)) && linx_assembler_passes(l->a, rec)) {
		linx_run_step(&run, rec);
		/* The index is in bounds, since only calls with numbers in the table are skipped. */
		l->calls[rec->abi * LINX_NR_MAX + rec->nr]++;
	}
	linx_run_end(l->m, &run);
	return run.n;
}

/*
 * Delivers the next event of the section. 1: *out is set; 0: the deadline has passed, or l->pending is set; -ENODATA:
 * the section's end; -errno.
 */
static int next_streamed(struct linx *l, const struct linx_event **out, struct linx_deadline *d)
{
	const struct linx_event *ev;
	struct linx_group g;
	int ret;

	/* gets the next event that the previous group makes */
	ret = l->a->rest.rec ? linx_assembler_more(l->a, &ev) : 0;
	if (ret)
		return ret < 0 ? not_fed(l, ret, strerror(-ret)) : deliver(l, ev, out);
	for (unsigned int quiet = 0; quiet < QUIET_GROUPS; quiet++) {
		ret = l->beside ? linx_writer_settle(l->beside) : 0;
		if (ret)
			return ret;
		ret = linx_merge_next(l->m, &g, d->end ? linx_deadline_left(d) : d->timeout_ms);
		if (ret == -EAGAIN)
			break;
		if (ret <= 0)
			return ret == 0 || ret == -ENODATA || ret == -EINTR ?
				       ret :
				       linx_engine_failed(l, ret);
		follow_clock(l, g.rec->time);
		ret = l->e->snap.len ? take_snapshot(l, &g) : 0;
		if (!ret && l->e->notes.len)
			ret = linx_take_notes(l);
		if (!ret && l->beside)
			ret = linx_writer_take(l->beside, &g);
		if (ret)
			return ret;
		count_call(l, g.rec);
		count_kind(l, &g);
		/*
		 * A flight recorder writes overwritten records about tasks again, but records that damage removed from
		 * a file do not come again.
		 */
		if (g.hole)
			linx_assembler_lost(l->a, g.rec->time - !!g.rec->time, is_damaged(l));
		linx_assembler_lost(l->a, linx_merge_lost_until(l->m, g.rec->time), false);
		ret = linx_assembler_feed(l->a, &g, &ev);
		count_moved(l, &g);
		if (ret)
			return ret < 0 ? not_fed(l, ret, strerror(-ret)) : deliver(l, ev, out);
		if (quiet >= QUIET_GROUPS / 1024 && !d->end)
			linx_deadline_left(d);
		quiet += chooses(l) ? 0 : pass_over(l);
	}
	l->pending = true;
	return 0;
}

int linx_next_section(struct linx *l, int timeout_ms)
{
	int ret;

	ret = l->e->ops->section ? l->e->ops->section(l->e, timeout_ms) : 0;
	l->pending = ret == -EAGAIN;
	if (l->pending)
		return -ETIMEDOUT;
	if (ret == -ETIMEDOUT || ret == -EINTR)
		return ret;
	if (ret < 0)
		return linx_engine_failed(l, ret);
	if (!ret)
		return 0;
	ret = section_begin(l);
	if (!ret && (l->selection.expr || l->selection.condition))
		ret = linx_apply_select(l);
	if (!ret && l->beside)
		ret = linx_writer_begin_section(l->beside);
	return ret ? ret : 1;
}

/*
 * Moves on to the next section, or to the certificate if there is no other section. If it is not known yet whether
 * there is another section, the phase does not change, and the next call tries again.
 */
static int end_section(struct linx *l, struct linx_deadline *d)
{
	int ret = linx_next_section(l, linx_deadline_left(d));

	if (ret == 0)
		l->phase = LINX_PHASE_CERTIFICATE;
	return ret < 0 ? ret : -EAGAIN;
}

static int make_account(struct linx *l)
{
	int ret = l->beside ? linx_writer_end_section(l->beside) : 0;

	if (!ret)
		ret = linx_totals_add(l);
	if (ret)
		return ret;
	l->phase = LINX_PHASE_SECTION;
	return -EAGAIN;
}

/* Ends the stream; linx_next() returns code from now on. */
static int end_stream(struct linx *l, int code)
{
	/* Damage may have removed parts that the sums do not count: records of processes and clocks, whole sections. */
	l->totals.cert.complete &= code == -ENODATA && !is_damaged(l);
	l->phase = LINX_PHASE_END;
	l->end_code = code;
	return code;
}

/*
 * Continues after a section's records: delivers unfinished calls, then opens the next section or delivers the
 * certificate.
 */
LINX_NOINLINE static int next_ending(struct linx *l, const struct linx_event **ev, struct linx_deadline *d)
{
	int ret;

	switch (l->phase) {
	case LINX_PHASE_FLUSH:
		ret = linx_assembler_flush(l->a, ev);
		if (ret)
			return ret < 0 ? not_fed(l, ret, strerror(-ret)) : deliver(l, *ev, ev);
		l->phase = LINX_PHASE_ACCOUNT;
		if (l->http)
			linx_follower_end(l->http);
		return -EAGAIN;
	case LINX_PHASE_ACCOUNT:
		return make_account(l);
	case LINX_PHASE_SECTION:
		ret = end_section(l, d);
		if (ret == -ETIMEDOUT)
			return 0;
		return ret == -EAGAIN || ret == -EINTR ? ret : end_stream(l, ret);
	case LINX_PHASE_CERTIFICATE:
		l->cert_event.cert = &l->totals.cert;
		l->cert_event.delivered = &l->totals.kinds;
		*ev = &l->cert_event;
		end_stream(l, -ENODATA);
		return 1;
	default:
		return l->end_code;
	}
}

static inline int next_event(struct linx *l, const struct linx_event **ev, struct linx_deadline *d)
{
	int ret;

	if (l->phase < LINX_PHASE_END && linx_has_tampers(l))
		return linx_next_tamper(l, ev);
	if (l->phase != LINX_PHASE_STREAM)
		return next_ending(l, ev, d);
	ret = next_streamed(l, ev, d);
	if (ret != -ENODATA)
		return ret;
	l->phase = LINX_PHASE_FLUSH;
	return -EAGAIN;
}

/* True if linx_select() has selected the event's call. False if the call was recorded only to follow HTTP. */
static bool is_wanted(const struct linx *l, const struct linx_event *ev)
{
	const struct linx_table_call *call = ev->call;

	if (ev->kind != LINX_EVENT_SYSCALL || !l->selection.expr)
		return true;
	if (!call)
		return linx_select_unnamed(&l->selection.sel, ev->abi);
	if (call->row->class_mask & LINX_CLASS_NORETURN)
		return linx_select_enter(&l->selection.sel, ev->abi, call->nr);
	return linx_select_exit(&l->selection.sel, ev->abi, call->nr);
}

/*
 * Delivers, if HTTP is followed, the HTTP events that the previous event completed, and leaves out calls that were
 * recorded only for HTTP.
 */
LINX_NOINLINE static int next_followed(struct linx *l, const struct linx_event **ev, struct linx_deadline *d)
{
	int ret;

	if (linx_follower_next(l->http, ev))
		return 1;
	ret = next_event(l, ev, d);
	if (ret != 1)
		return ret;
	/* If there is no memory, the connection is no longer followed, and counted as given up. */
	linx_follower_feed(l->http, *ev);
	if (is_wanted(l, *ev))
		return 1;
	l->events--;
	return -EAGAIN;
}

/* True for events about the recording itself, which no condition hides. */
static bool is_of_recording(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_GAP || ev->kind == LINX_EVENT_BUDGET || ev->kind == LINX_EVENT_TAMPER ||
	       ev->kind == LINX_EVENT_CERTIFICATE;
}

/* True if the condition leaves the event out. */
static bool is_hidden(struct linx *l, const struct linx_event *ev)
{
	if (!l->selection.condition || l->selection.by_rules || is_of_recording(ev) || linx_condition_match(l->selection.condition, ev))
		return false;
	if (ev->kind == LINX_EVENT_SYSCALL) {
		l->events--;
		/* A record in a file may name any CPU. The last counter is for CPUs that have no lane. */
		l->hidden[ev->position->cpu < l->nhidden ? ev->position->cpu : l->nhidden]++;
	}
	return true;
}

/*
 * Fast path of linx_next(), for a record that follows in the same lane while nothing
 * else is to be done. 1: *ev is set; -errno; 0: no event, the caller takes the slow
 * path. A record that made no event was fed to the assembler here, so it is done.
 */
static inline int next_at_once(struct linx *l, const struct linx_event **ev)
{
	const struct linx_event *made;
	struct linx_group g;
	int ret;

	if (l->phase != LINX_PHASE_STREAM || (l->selection.condition && !l->selection.by_rules) || l->aside || l->clock_waits || l->clock_gen != l->e->clock_gen ||
	    l->e->snap.len || l->e->notes.len || l->a->rest.rec || !linx_run_take(linx_merge_run(l->m), &g))
		return 0;
	count_call(l, g.rec);
	ret = linx_assembler_feed_return(l->a, &g);
	if (ret == 1)
		return deliver(l, &l->a->ev, ev);
	if (ret == -EAGAIN) {
		if (l->beside)
			linx_see_container(l, g.rec);
		count_kind(l, &g);
		ret = linx_assembler_feed(l->a, &g, &made);
	}
	if (ret < 0)
		return not_fed(l, ret, strerror(-ret));
	return ret ? deliver(l, made, ev) : 0;
}

LINX_NOINLINE static int next_slowly(struct linx *l, const struct linx_event **ev, int timeout_ms)
{
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	int ret, passed = 0;

	linx_begin_yield(l);
	do
		ret = l->http ? next_followed(l, ev, &d) : next_event(l, ev, &d);
	while ((ret == -EAGAIN || (ret == 1 && is_hidden(l, *ev))) && ++passed < QUIET_GROUPS);
	if (passed < QUIET_GROUPS)
		return ret;
	l->pending = true;
	*ev = NULL;
	return 0;
}

LINX_API int linx_next(struct linx *l, const struct linx_event **ev, int timeout_ms)
{
	int ret;

	*ev = NULL;
	ret = next_at_once(l, ev);
	return ret ? ret : next_slowly(l, ev, timeout_ms);
}

LINX_API bool linx_pending(const struct linx *l)
{
	return l->pending;
}

/* ---- the certificate ------------------------------------------------------------------ */

LINX_API int linx_get_certificate(struct linx *l, const struct linx_certificate **cert)
{
	int ret;

	if (l->running && l->phase < LINX_PHASE_SECTION)
		return linx_fail(&l->err, -EBUSY,
				 "still recording; stop before asking for the account");
	/* If the stream has not ended, reading ends here: the remaining records count as unread. */
	if (l->phase < LINX_PHASE_SECTION) {
		ret = linx_totals_add(l);
		if (ret)
			return ret;
		l->phase = LINX_PHASE_CERTIFICATE;
	}
	l->totals.cert.events = l->events;
	*cert = &l->totals.cert;
	return 0;
}
