// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes facts of events: see page/model.h. */
#include <errno.h>
#include <linx/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "page/model.h"

#define TEXT_MAX 512u /* bytes of a command line or path */
#define SLOTS_OF(most) ((most) * 2u)

/* ---- views ------------------------------------------------------------------------------------ */

static int open_view(struct page_view *v, const char *name, struct problem *why)
{
	const char *where;
	struct linx_error error;

	view_def_init(&v->def);
	if (view_def_open(&v->def, name, why))
		return -1;
	if (v->def.events == VIEW_ALERTS)
		return 0;
	v->a = view_def_aggregate(&v->def, why);
	if (!v->a)
		return -1;
	where = view_def_condition(&v->def);
	if (where && linx_condition_new(where, &v->where, &error))
		return problem_set(why, "%s: where: %s", name, error.text);
	return 0;
}

static int open_views(struct page_model *m, struct problem *why)
{
	const char *name, *text, *yaml;
	size_t len;

	for (unsigned int i = 0; m->nviews < PAGE_VIEWS_MAX && view_own(i, &name, &text, &yaml, &len); i++) {
		if (open_view(&m->views[m->nviews++], name, why))
			return -1;
		/* Alerts are shown as a list, so their view has no table to count in. */
		if (m->views[m->nviews - 1].def.events == VIEW_ALERTS)
			view_def_free(&m->views[--m->nviews].def);
	}
	return 0;
}

static bool counts(const struct page_view *v, const struct linx_event *ev)
{
	if (!view_def_counts(v->def.events, ev, NULL))
		return false;
	return !v->where || linx_condition_match(v->where, ev);
}

/* ---- life ------------------------------------------------------------------------------------- */

int page_model_init(struct page_model *m, struct problem *why)
{
	*m = (struct page_model){ .phase = PAGE_READING };
	pthread_mutex_init(&m->lock, NULL);
	m->processes = calloc(PAGE_PROCESSES_MAX, sizeof(*m->processes));
	m->tasks = calloc(PAGE_TASKS_MAX, sizeof(*m->tasks));
	m->process_slots = calloc(SLOTS_OF(PAGE_PROCESSES_MAX), sizeof(uint32_t));
	m->task_slots = calloc(SLOTS_OF(PAGE_TASKS_MAX), sizeof(uint32_t));
	m->names = calloc(PAGE_NAMES_MAX, sizeof(*m->names));
	if (!m->processes || !m->tasks || !m->process_slots || !m->task_slots || !m->names)
		return problem_set(why, "out of memory");
	m->names[m->nnames++] = "(others)";
	if (getrandom(&m->key, sizeof(m->key), 0) != sizeof(m->key))
		return problem_set(why, "no random bytes");
	return open_views(m, why);
}

void page_model_free(struct page_model *m)
{
	for (uint32_t i = 0; i < m->nprocesses; i++) {
		free(m->processes[i].exe);
		free(m->processes[i].cmdline);
		free(m->processes[i].container);
	}
	for (uint32_t i = 0; i < m->ntasks; i++)
		free(m->tasks[i].spans);
	for (uint32_t i = 1; i < m->nnames; i++)
		free((char *)m->names[i]);
	for (unsigned int i = 0; i < m->nviews; i++) {
		linx_aggregate_free(m->views[i].a);
		linx_condition_free(m->views[i].where);
		view_def_free(&m->views[i].def);
	}
	free(m->processes);
	free(m->tasks);
	free(m->process_slots);
	free(m->task_slots);
	free(m->names);
	pthread_mutex_destroy(&m->lock);
}

/* ---- processes and threads --------------------------------------------------------------------- */

static uint64_t hash(const struct page_model *m, uint32_t id, uint64_t start_time)
{
	uint64_t h = (start_time ^ m->key ^ (uint64_t)id << 32) * 0x9e3779b97f4a7c15ull;

	h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9ull;
	return h ^ h >> 32;
}

static void set_text(char **to, const struct linx_text *from, bool words)
{
	size_t n = from->data ? from->len : 0;

	free(*to);
	n = n > TEXT_MAX ? TEXT_MAX : n;
	*to = n ? malloc(n + 1) : NULL;
	if (!*to)
		return;
	memcpy(*to, from->data, n);
	(*to)[n] = '\0';
	for (size_t i = 0; words && i + 1 < n; i++)
		if (!(*to)[i])
			(*to)[i] = ' ';
}

static void describe(struct page_process *to, const struct linx_process *from)
{
	to->version = from->version;
	memcpy(to->comm, from->comm, sizeof(to->comm));
	set_text(&to->exe, &from->exe, false);
	set_text(&to->cmdline, &from->cmdline, true);
	set_text(&to->container, &from->container, false);
}

static uint32_t *process_slot(const struct page_model *m, const struct linx_process *p)
{
	uint64_t at = hash(m, p->pid, p->start_time) % SLOTS_OF(PAGE_PROCESSES_MAX);

	for (; m->process_slots[at]; at = (at + 1) % SLOTS_OF(PAGE_PROCESSES_MAX)) {
		const struct page_process *known = &m->processes[m->process_slots[at] - 1];

		if (known->pid == p->pid && known->start_time == p->start_time)
			break;
	}
	return &m->process_slots[at];
}

/*
 * Returns the index of the process that is the n-th ancestor of an event's process; n 0: that process itself. A process
 * that is new to the model is added with at most 63 ancestors. PAGE_NONE: the process is not known, or there is no
 * room.
 */
static uint32_t get_process(struct page_model *m, const struct linx_event *ev, unsigned int n)
{
	const struct linx_process *p = n < 64 ? linx_event_borrow_ancestor(ev, n) : NULL;
	struct page_process *to;
	uint32_t *slot, i;

	if (!p)
		return PAGE_NONE;
	slot = process_slot(m, p);
	if (*slot) {
		i = *slot - 1;
		if (m->processes[i].version != p->version)
			describe(&m->processes[i], p);
		return i;
	}
	if (m->nprocesses == PAGE_PROCESSES_MAX)
		return PAGE_NONE;
	i = m->nprocesses++;
	*slot = i + 1;
	to = &m->processes[i];
	*to = (struct page_process){ .pid = p->pid, .start_time = p->start_time, .tasks = PAGE_NONE, .first = UINT64_MAX };
	describe(to, p);
	to->parent = get_process(m, ev, n + 1);
	return i;
}

static uint32_t *task_slot(const struct page_model *m, const struct linx_task *t)
{
	uint64_t at = hash(m, t->tid, t->start_time) % SLOTS_OF(PAGE_TASKS_MAX);

	for (; m->task_slots[at]; at = (at + 1) % SLOTS_OF(PAGE_TASKS_MAX)) {
		const struct page_task *known = &m->tasks[m->task_slots[at] - 1];

		if (known->tid == t->tid && known->start_time == t->start_time)
			break;
	}
	return &m->task_slots[at];
}

/*
 * Returns the event's thread, which is added if it is new to the model. NULL: the thread is not known, or there is no
 * room.
 */
static struct page_task *get_task(struct page_model *m, const struct linx_event *ev)
{
	const struct linx_task *t = linx_event_borrow_task(ev);
	uint32_t process = t ? get_process(m, ev, 0) : PAGE_NONE, *slot;
	struct page_task *to;

	if (process == PAGE_NONE)
		return NULL;
	slot = task_slot(m, t);
	if (!*slot) {
		if (m->ntasks == PAGE_TASKS_MAX)
			return NULL;
		m->tasks[m->ntasks] = (struct page_task){ .tid = t->tid, .start_time = t->start_time, .process = process,
							  .next = m->processes[process].tasks };
		m->processes[process].tasks = m->ntasks;
		*slot = ++m->ntasks;
	}
	to = &m->tasks[*slot - 1];
	memcpy(to->comm, t->comm, sizeof(to->comm));
	return to;
}

/* ---- calls ------------------------------------------------------------------------------------- */

/*
 * Returns the index of a name, which is added if it is new. Index 0 stands for all names beyond PAGE_NAMES_MAX, and for
 * names for which there was no memory.
 */
static uint16_t name_of(struct page_model *m, const char *name)
{
	char *copy;

	for (uint32_t i = 1; i < m->nnames; i++)
		if (!strcmp(m->names[i], name))
			return (uint16_t)i;
	copy = m->nnames < PAGE_NAMES_MAX ? strdup(name) : NULL;
	if (!copy)
		return 0;
	m->names[m->nnames] = copy;
	return (uint16_t)m->nnames++;
}

static int add_span(struct page_model *m, struct page_task *t, const struct page_span *span)
{
	struct page_span *more;

	if (m->nspans == PAGE_SPANS_MAX) {
		m->no_span++;
		return 0;
	}
	if (t->nspans == t->room) {
		t->room = t->room ? 2 * t->room : 8;
		more = realloc(t->spans, t->room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		t->spans = more;
	}
	t->spans[t->nspans++] = *span;
	m->nspans++;
	return 0;
}

static int add_call(struct page_model *m, struct page_task *t, const struct linx_event *ev, uint64_t now)
{
	struct page_process *p = &m->processes[t->process];
	struct page_span span = { .call = name_of(m, linx_event_get_name(ev)) };
	int64_t ret = 0;

	if (linx_event_get_duration_ns(ev, &span.ns))
		m->untimed++;
	linx_event_get_ret(ev, &ret);
	span.failed = ret < 0 && ret >= -4095;
	/* the ends of a thread's calls stay in order even if the clock was set back meanwhile */
	span.end = t->nspans && t->spans[t->nspans - 1].end > now ? t->spans[t->nspans - 1].end : now;
	t->count++;
	t->ns += span.ns;
	p->count++;
	p->failed += span.failed;
	p->ns += span.ns;
	return add_span(m, t, &span);
}

static int take(struct page_model *m, const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);
	uint64_t wall = linx_event_get_time_ns(ev), now;
	struct page_task *t;
	bool returned;
	int rc = 0;

	if (kind == LINX_EVENT_GAP)
		sheet_count_losses(&m->losses, ev);
	if (kind == LINX_EVENT_CERTIFICATE || kind == LINX_EVENT_GAP || kind == LINX_EVENT_BUDGET)
		return 0;
	if (!m->start_ns)
		m->start_ns = wall;
	now = wall > m->start_ns ? wall - m->start_ns : 0;
	m->end = now > m->end ? now : m->end;
	m->events++;
	returned = view_def_counts(VIEW_CALLS, ev, NULL);
	for (unsigned int i = 0; !rc && i < m->nviews; i++)
		if (counts(&m->views[i], ev))
			rc = view_def_add(m->views[i].a, ev);
	m->calls += returned;
	t = get_task(m, ev);
	if (!t) {
		m->no_task++;
		return rc;
	}
	m->processes[t->process].first = now < m->processes[t->process].first ? now : m->processes[t->process].first;
	m->processes[t->process].last = now > m->processes[t->process].last ? now : m->processes[t->process].last;
	return rc || !returned ? rc : add_call(m, t, ev, now);
}

int page_model_take(struct page_model *m, const struct linx_event *ev)
{
	int rc;

	pthread_mutex_lock(&m->lock);
	rc = take(m, ev);
	pthread_mutex_unlock(&m->lock);
	return rc;
}
