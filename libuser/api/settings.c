// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings of a source: selection of calls, filters, sampling; start, stop and dump. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/array_size.h"
#include "probe/types.h"
#include "table/select.h"
#include "api/writer.h"
#include "rules/rule_set.h"

int linx_not_live(struct linx *l, const char *what)
{
	const struct linx_stream_info *info = linx_get_stream_info(l);

	if (info->live)
		return linx_fail(&l->err, -EOPNOTSUPP, "%s: engine %s cannot", what, info->engine);
	return linx_fail(&l->err, -EOPNOTSUPP, "%s: only for a live capture", what);
}

/* ---- calls ------------------------------------------------------------------------- */

#define WORD(nr) ((nr) / 64)
#define BIT(nr) (1ull << ((nr) % 64))

/*
 * Selects the returns of sigreturn if the call is selected. The kernel reports them
 * with call number -1, which shares the last bit of the bitmap with all numbers
 * outside the table; the assembler drops calls with those numbers.
 */
static void add_sigreturn(const struct linx *l, struct linx_select *sel)
{
	const struct linx_table_call *call;

	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int nr = 0; nr < LINX_NR_OTHER; nr++) {
			if (!(sel->exit[abi][WORD(nr)] & BIT(nr)))
				continue;
			call = linx_table_lookup(l->table, abi, (int32_t)nr);
			if (call && call->row->class_mask & LINX_CLASS_SIGRETURN)
				sel->exit[abi][WORD(LINX_NR_OTHER)] |= BIT(LINX_NR_OTHER);
		}
}

/*
 * Selects execve of every ABI if any exec call is selected: a successful exec returns with the number of
 * execve in the ABI of the new program, whichever call it was. The assembler finds the call in the entry
 * record.
 */
static void add_exec(const struct linx *l, struct linx_select *sel)
{
	bool chosen = false;

	for (unsigned int pass = 0; pass < 2; pass++)
		for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
			for (unsigned int nr = 0; nr < LINX_NR_OTHER; nr++) {
				const struct linx_table_call *call = linx_table_lookup(l->table, abi, (int32_t)nr);

				if (!call || !(call->row->class_mask & LINX_CLASS_EXEC))
					continue;
				chosen = chosen || sel->exit[abi][WORD(nr)] & BIT(nr);
				if (pass && chosen && !strcmp(call->name, "execve"))
					sel->exit[abi][WORD(nr)] |= BIT(nr);
			}
}

/*
 * True if the filter tests the result or the duration. Entries are then not recorded:
 * the result is not known at entry, so entries of calls that fail the filter would appear.
 */
static bool filters_result(const struct linx_filter *f)
{
	return f->flags & (LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL | LINX_FILTER_DURATION);
}

/*
 * Selects the entries of close, dup2 and dup3, which close the descriptor that an argument names: at return its file is
 * gone and can no longer be described.
 */
static void add_closing(const struct linx *l, struct linx_select *sel)
{
	static const char *const rows[] = { "close", "dup2", "dup3" };
	const struct linx_table_call *call;

	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int nr = 0; nr < LINX_NR_OTHER; nr++) {
			call = linx_table_lookup(l->table, abi, (int32_t)nr);
			for (size_t i = 0; call && i < ARRAY_SIZE(rows); i++)
				if (!strcmp(call->row->id, rows[i]))
					sel->enter[abi][WORD(nr)] |= sel->exit[abi][WORD(nr)] & BIT(nr);
		}
}

/*
 * Deselects the entries of calls that return, for a filter program that tests the result, which is not known at
 * entry.
 */
static void keep_noreturn(const struct linx *l, struct linx_select *sel)
{
	const struct linx_table_call *call;

	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int nr = 0; nr < LINX_NR_MAX; nr++) {
			call = linx_table_lookup(l->table, abi, (int32_t)nr);
			if (!call || !(call->row->class_mask & LINX_CLASS_NORETURN))
				sel->enter[abi][WORD(nr)] &= ~BIT(nr);
		}
}

static void kernel_select(const struct linx *l, const struct linx_selection *c, struct linx_select *sel)
{
	*sel = c->recorded;
	sel->flags = c->entries ? 0 : LINX_SELECT_CHOSEN;
	if (l->fds)
		add_closing(l, sel);
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int w = 0; w < LINX_NR_WORDS; w++) {
			if (c->entries)
				sel->enter[abi][w] |= c->sel.exit[abi][w];
			if (filters_result(&c->filter))
				sel->enter[abi][w] = 0;
		}
	if (c->program.uses_result)
		keep_noreturn(l, sel);
	add_sigreturn(l, sel);
	add_exec(l, sel);
}

/* Passes the filter, and the part of the condition that the kernel decides, to the engine. 0 or the engine's -errno. */
static int send_filter(struct linx *l, const struct linx_filter *filter, const struct linx_selection *c)
{
	struct linx_filter f = *filter;

	if (c->program.len) {
		f.flags |= LINX_FILTER_PREDICATE;
		f.program = (uintptr_t)c->program.insns;
		f.program_len = c->program.len;
	}
	if (c->cgroups.len) {
		f.flags |= LINX_FILTER_CGROUPS;
		f.cgroups = (uintptr_t)c->cgroups.text;
		f.cgroups_len = c->cgroups.len;
	}
	return l->e->ops->filter ? l->e->ops->filter(l->e, &f) : 0;
}

static void forget_parts(struct linx_selection *c)
{
	free(c->program.insns);
	free(c->cgroups.text);
	c->program = (struct linx_program){ 0 };
	c->cgroups = (struct linx_cgroup_words){ 0 };
}

static bool has_parts(const struct linx_selection *c)
{
	return c->program.len || c->cgroups.len;
}

/*
 * Restores the current filter after the engine refused a change. If the kernel has no memory for
 * the filter's program now, the program is dropped, and only the library evaluates the condition.
 */
static void resend_filter(struct linx *l)
{
	struct linx_selection *c = &l->selection;

	if (!send_filter(l, &c->filter, c))
		return;
	forget_parts(c);
	send_filter(l, &c->filter, c);
}

/* Passes the selection, and with filter also the filter, to the engine. If the engine refuses one, neither changes. */
static int send_choice(struct linx *l, const struct linx_selection *c, bool filter)
{
	struct linx_select sel;
	int ret = filter ? send_filter(l, &c->filter, c) : 0;

	if (ret)
		return linx_engine_failed(l, ret);
	if (!l->e->ops->select)
		return 0;
	kernel_select(l, c, &sel);
	ret = l->e->ops->select(l->e, &sel);
	if (!ret)
		return 0;
	linx_engine_failed(l, ret);
	if (filter)
		resend_filter(l);
	return ret;
}

uint64_t linx_now_or(struct linx *l, uint64_t otherwise)
{
	uint64_t now;

	return l->running && !l->e->ops->now(l->e, &now) ? now : otherwise;
}

/*
 * Reports that an entry may be joined with the return of another call if the call lasted at some time between "since"
 * and now: see api/source.h. If the current time cannot be read, this applies to every later return.
 */
void linx_doubt_entries(struct linx *l, uint64_t since)
{
	if (l->running)
		linx_assembler_doubt(l->a, since, linx_now_or(l, UINT64_MAX));
}

/* Sets the calls to record: the selected ones, and if HTTP is followed, the calls from which HTTP is read. */
static int record_more(struct linx *l, struct linx_selection *c)
{
	struct linx_select http;
	int ret;

	c->recorded = c->sel;
	if (!l->http)
		return 0;
	ret = linx_table_select(l->table, LINX_HTTP_CALLS, &http, &l->err);
	for (unsigned int abi = 0; !ret && abi < LINX_ABI_NR; abi++)
		for (unsigned int w = 0; w < LINX_NR_WORDS; w++) {
			c->recorded.enter[abi][w] |= http.enter[abi][w];
			c->recorded.exit[abi][w] |= http.exit[abi][w];
		}
	return ret;
}

/*
 * Deselects calls and cgroups that cannot fulfil the condition beside_rules. Its filter program is not used: the kernel
 * takes only one program, which is that of the rules.
 */
static void narrow(struct linx *l, struct linx_selection *c)
{
	struct linx_program unused = { 0 };
	struct linx_cgroup_words words;

	linx_program_compile(c->beside_rules, l->table, &c->sel, &unused);
	free(unused.insns);
	linx_cgroup_words(c->beside_rules, &words);
	if (!words.len)
		return;
	free(c->cgroups.text);
	c->cgroups = words;
}

/*
 * Fills in the computed members of *c (sel, recorded, program, cgroups) and makes it
 * the selection. If the engine refuses it, the old selection stays: events that the
 * engine still records must not be dropped as not selected.
 */
static int choose(struct linx *l, struct linx_selection *c, bool filter)
{
	uint64_t since = linx_now_or(l, 0);
	int ret;

	/* Call numbers depend on the section's table, so the expression is evaluated anew in each section. */
	ret = linx_table_select(l->table, c->no_calls ? "none" : c->expr ? c->expr : "all", &c->sel, &l->err);
	if (ret)
		return ret;
	c->program = (struct linx_program){ 0 };
	c->cgroups = (struct linx_cgroup_words){ 0 };
	/* Calls that can never fulfil the condition are deselected, unless HTTP is read from them. */
	if (c->condition && !l->http) {
		linx_program_compile(c->condition, l->table, &c->sel, &c->program);
		linx_cgroup_words(c->condition, &c->cgroups);
	}
	if (c->by_rules && c->beside_rules && !l->http)
		narrow(l, c);
	ret = record_more(l, c);
	if (ret) {
		forget_parts(c);
		return ret;
	}
	ret = send_choice(l, c, filter || has_parts(c) || has_parts(&l->selection));
	/*
	 * The report is also made if the engine refused the selection, since the new selection may have been in effect
	 * for a moment.
	 */
	linx_doubt_entries(l, since);
	if (ret) {
		forget_parts(c);
		return ret;
	}
	forget_parts(&l->selection);
	l->selection = *c;
	linx_apply_entries(l);
	return linx_assembler_select(l->a, &c->recorded);
}

int linx_apply_select(struct linx *l)
{
	struct linx_selection c = l->selection;

	return choose(l, &c, false);
}

LINX_API int linx_select(struct linx *l, const char *expr)
{
	struct linx_selection c = l->selection;
	char *old = c.expr;
	int ret;

	if (!expr)
		return linx_fail(&l->err, -EINVAL, "no expression that selects calls");
	c.expr = strdup(expr);
	if (!c.expr)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	ret = choose(l, &c, false);
	free(ret ? c.expr : old);
	return ret;
}

LINX_API int linx_select_entries(struct linx *l, bool on)
{
	struct linx_selection c = l->selection;

	c.entries = on;
	if (c.expr)
		return choose(l, &c, false);
	l->selection.entries = on;
	linx_apply_entries(l);
	return 0;
}

LINX_API int linx_follow_http(struct linx *l, const struct linx_http_opts *opts)
{
	struct linx_http_opts o = { .size = sizeof(o) };
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, &l->err) : 0;

	if (ret)
		return ret;
	if (l->http || l->running || l->phase != LINX_PHASE_STREAM || l->events)
		return linx_fail(&l->err, -EINVAL, "HTTP is followed from the start of a source, and once");
	ret = linx_follower_new(&o, &l->http);
	if (ret)
		return linx_fail(&l->err, ret, "out of memory");
	l->aside = true;
	return linx_apply_select(l);
}

LINX_API int linx_get_http_counts(const struct linx *l, struct linx_http_counts *counts)
{
	if (!l->http)
		return -ENODATA;
	linx_follower_count(l->http, counts);
	return 0;
}

/* Refuses a setting that chooses among events, if the source only counts calls. 0 or -EINVAL. */
static int check_has_events(struct linx *l, const char *setting)
{
	return linx_get_stream_info(l)->counts ? linx_fail(&l->err, -EINVAL, "no %s: the source only counts calls", setting) : 0;
}

LINX_API int linx_set_condition(struct linx *l, const char *text)
{
	struct linx_selection c = l->selection;
	struct linx_condition *old = c.by_rules ? NULL : c.condition;
	int ret = text ? check_has_events(l, "condition") : 0;

	if (ret)
		return ret;
	c.condition = NULL;
	c.by_rules = c.no_calls = false;
	ret = text ? linx_condition_new(text, &c.condition, &l->err) : 0;
	if (ret)
		return ret;
	ret = choose(l, &c, false);
	linx_condition_free(ret ? c.condition : old);
	return ret;
}

LINX_API int linx_set_rules(struct linx *l, struct linx_rules *r)
{
	struct linx_selection c = l->selection;
	struct linx_condition *old = c.by_rules ? NULL : c.condition;
	int ret;

	if (r && !r->compiled)
		return linx_fail(&l->err, -EINVAL, "the rules are not compiled");
	c.condition = r && r->nall ? linx_rules_tree(r) : NULL;
	c.by_rules = c.condition;
	c.no_calls = r && !r->nall;
	ret = choose(l, &c, false);
	if (!ret)
		linx_condition_free(old);
	return ret;
}

LINX_API int linx_set_rules_filter(struct linx *l, const char *condition)
{
	struct linx_selection c = l->selection;
	struct linx_condition *old = c.beside_rules;
	int ret;

	c.beside_rules = NULL;
	ret = condition ? linx_condition_new(condition, &c.beside_rules, &l->err) : 0;
	if (ret)
		return ret;
	ret = choose(l, &c, false);
	linx_condition_free(ret ? c.beside_rules : old);
	return ret;
}

/* ---- filters ------------------------------------------------------------------------ */

static int take_comms(struct linx *l, const struct linx_filter_opts *o, struct linx_filter *f)
{
	if (!o->ncomms || !o->comms)
		return 0;
	if (o->ncomms > LINX_FILTER_COMMS)
		return linx_fail(&l->err, -EINVAL, "%u names of commands: at most %d can be given",
				 o->ncomms, LINX_FILTER_COMMS);
	for (unsigned int i = 0; i < o->ncomms; i++) {
		size_t n = strlen(o->comms[i]);

		memcpy(f->comms[i], o->comms[i], n < sizeof(f->comms[i]) ? n : sizeof(f->comms[i]));
	}
	f->ncomms = o->ncomms;
	f->flags |= o->comms_not ? LINX_FILTER_COMM_NOT : LINX_FILTER_COMM;
	return 0;
}

static int take_result(struct linx *l, const struct linx_filter_opts *o, struct linx_filter *f)
{
	if (o->status == LINX_STATUS_FAILED)
		f->flags |= LINX_FILTER_FAILED;
	else if (o->status == LINX_STATUS_SUCCESSFUL)
		f->flags |= LINX_FILTER_SUCCESSFUL;
	else if (o->status != LINX_STATUS_ANY)
		return linx_fail(&l->err, -EINVAL, "unknown status %d", (int)o->status);
	if (!o->min_duration_ns)
		return 0;
	if (!l->entry_time)
		return linx_fail(&l->err, -EINVAL,
				 "a minimum duration needs the time of entry to be recorded");
	f->flags |= LINX_FILTER_DURATION;
	f->min_duration_ns = o->min_duration_ns;
	return 0;
}

static int take_who(struct linx *l, const struct linx_filter_opts *o, struct linx_filter *f)
{
	if (o->pids && o->pids_not)
		return linx_fail(
			&l->err, -EINVAL,
			"processes can be listed to be recorded or to be left out, not both");
	f->flags |= (o->pids ? LINX_FILTER_PIDS : 0) | (o->pids_not ? LINX_FILTER_PIDS_NOT : 0) |
		    (o->threads ? LINX_FILTER_THREADS : 0) | (o->follow ? LINX_FILTER_FOLLOW : 0);
	if (l->lists_pids && !o->pids_not)
		f->flags |= LINX_FILTER_PIDS;
	if (o->by_uid) {
		f->flags |= LINX_FILTER_UID;
		f->uid_min = f->uid_max = o->uid;
	}
	return 0;
}

int linx_apply_filter(struct linx *l, const struct linx_filter *f)
{
	struct linx_selection c = l->selection;
	uint64_t since = linx_now_or(l, 0);
	int ret;

	c.filter = *f;
	if (filters_result(&l->selection.filter) != filters_result(f))
		return choose(l, &c, true);
	ret = send_filter(l, f, &c);
	if (ret)
		return linx_engine_failed(l, ret);
	linx_doubt_entries(l, since);
	l->selection.filter = *f;
	return 0;
}

LINX_API int linx_filter(struct linx *l, const struct linx_filter_opts *opts)
{
	struct linx_filter_opts o = { .size = sizeof(o) };
	struct linx_filter f = { .size = sizeof(f) };
	int ret;

	if (!l->e->ops->filter)
		return linx_not_live(l, "filter");
	ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, &l->err) : 0;
	if (!ret)
		ret = take_who(l, &o, &f);
	if (!ret)
		ret = take_comms(l, &o, &f);
	if (!ret)
		ret = take_result(l, &o, &f);
	return ret ? ret : linx_apply_filter(l, &f);
}

/* ---- sampling and budget -------------------------------------------------------------- */

/* True if a call may be sampled: not one that never returns, and one of class PRIO only if it was named (priority). */
static bool may_sample(const struct linx *l, unsigned int abi, unsigned int nr, bool priority)
{
	const struct linx_table_call *call = nr == LINX_NR_OTHER ? NULL : linx_table_lookup(l->table, abi, (int32_t)nr);

	if (!call)
		return true;
	return !(call->row->class_mask & (LINX_CLASS_NORETURN | (priority ? 0 : LINX_CLASS_PRIO)));
}

/*
 * Returns a copy of the current sampling rates of all calls, with rate "every" for the calls in sel. The caller
 * frees it. NULL: no memory.
 */
static uint16_t *with_sampled(const struct linx *l, const struct linx_select *sel, unsigned int every, bool priority)
{
	uint16_t *all = calloc(LINX_NCALLS, sizeof(*all));

	if (all && l->every)
		memcpy(all, l->every, LINX_NCALLS * sizeof(*all));
	for (unsigned int i = 0; all && i < LINX_NCALLS; i++)
		if (linx_select_exit(sel, i / LINX_NR_MAX, (int32_t)(i % LINX_NR_MAX)) &&
		    may_sample(l, i / LINX_NR_MAX, i % LINX_NR_MAX, priority))
			all[i] = (uint16_t)every;
	return all;
}

LINX_API int linx_sample(struct linx *l, const char *expr, unsigned int every)
{
	struct linx_select sel;
	uint16_t *old = l->every, *all;
	uint64_t since;
	int ret;

	if (!l->e->ops->sample)
		return linx_not_live(l, "sample");
	ret = check_has_events(l, "sampling");
	if (ret)
		return ret;
	if (!every || every > UINT16_MAX)
		return linx_fail(&l->err, -EINVAL, "one of %u calls: not between 1 and %d", every, UINT16_MAX);
	ret = linx_table_select(l->table, expr ? expr : "all", &sel, &l->err);
	if (ret)
		return ret;
	all = with_sampled(l, &sel, every, expr);
	if (!all)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	since = linx_now_or(l, 0);
	ret = l->e->ops->sample(l->e, all);
	linx_doubt_entries(l, since);
	if (!ret)
		l->every = all;
	free(ret ? all : old);
	return ret ? linx_engine_failed(l, ret) : 0;
}

LINX_API int linx_budget(struct linx *l, uint64_t per_second)
{
	int ret;

	if (!l->e->ops->budget)
		return linx_not_live(l, "budget");
	ret = check_has_events(l, "budget");
	if (ret)
		return ret;
	ret = l->e->ops->budget(l->e, per_second);
	return ret ? linx_engine_failed(l, ret) : 0;
}

LINX_API int linx_set_priority(struct linx *l, const char *expr)
{
	struct linx_priority p = { .size = sizeof(p), .flags = expr ? 0 : LINX_PRIORITY_CLASS };
	struct linx_select sel;
	int ret;

	if (!l->e->ops->priority)
		return linx_not_live(l, "set the priority of calls");
	if (expr) {
		ret = linx_table_select(l->table, expr, &sel, &l->err);
		if (ret)
			return ret;
		memcpy(p.calls, sel.exit, sizeof(p.calls));
	}
	ret = l->e->ops->priority(l->e, &p);
	return ret ? linx_engine_failed(l, ret) : 0;
}

/* ---- running -------------------------------------------------------------------------- */

LINX_API int linx_start(struct linx *l)
{
	int ret;

	if (!l->e->ops->start)
		return 0; /* a source that is a file needs no start */
	ret = l->e->ops->start(l->e);
	if (ret)
		return linx_engine_failed(l, ret);
	l->running = true;
	linx_types_close(l->types); /* no probes are added to a source that runs */
	l->types = NULL;
	return 0;
}

LINX_API int linx_stop(struct linx *l)
{
	int ret;

	if (!l->e->ops->stop)
		return 0;
	ret = l->e->ops->stop(l->e);
	if (ret)
		return linx_engine_failed(l, ret);
	l->running = false;
	return 0;
}

LINX_API int linx_dump(struct linx *l)
{
	int ret;

	if (!l->e->ops->dump)
		return linx_not_live(l, "dump");
	linx_assembler_hold(l->a);
	ret = l->beside ? linx_writer_hold(l->beside) : 0;
	if (ret)
		return ret;
	/*
	 * A dump replaces the half of the ring that is being read. The engine must know how
	 * many records of that half were delivered; its other records count as unread.
	 */
	linx_merge_sync(l->m);
	ret = l->e->ops->dump(l->e);
	return ret ? linx_engine_failed(l, ret) : 0;
}
