// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes rows of events. Files have the columns in the order of the table linx_row_specs. */
#include <errno.h>
#include <linx/rowset.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/error.h"
#include "base/path.h"
#include "event/resolved.h"
#include "decoders/decoders.h"
#include "format/json_who.h"
#include "metadata/metadata.h"
#include "record/decode.h"
#include "rows/row_blocks.h"
#include "rows/rowset_own.h"
#include "state/tasks.h"

/* Default levels of zstd. In blocks, level 3 saves 3 % of the bytes, and takes a third more time. */
#define LEVEL_PARQUET 3
#define LEVEL_PACKED 2

#define COLUMN_SPEC(id, name, type, sense, optional) { #name, LINX_COLUMN_##type, LINX_SENSE_##sense, optional },
const struct linx_column_spec linx_row_specs[ROW_COLUMNS] = { LINX_ROW_SPECS(COLUMN_SPEC) };

void linx_rowset_free(struct linx_rowset *r)
{
	if (!r)
		return;
	linx_columns_free(&r->columns);
	linx_parquet_free(&r->parquet);
	linx_rowset_free_blocks(r);
	linx_printer_free(r->json);
	free(r->text.data);
	free(r->states.data);
	free(r->out.data);
	free(r->places);
	free(r->known);
	free(r);
}

static int fill(struct linx_rowset *r, const struct linx_rowset_opts *o)
{
	int level = o->level ? o->level : o->format == LINX_ROWSET_PACKED ? LEVEL_PACKED : LEVEL_PARQUET;

	if (level < 1 || level > 19 || o->format < LINX_ROWSET_PARQUET || o->format > LINX_ROWSET_PACKED)
		return -EINVAL;
	r->opts = *o;
	r->opts.level = level;
	linx_parquet_begin(&r->parquet, linx_row_specs, ROW_COLUMNS, level);
	r->places = calloc(PLACES, sizeof(*r->places));
	r->known = calloc(KNOWN_PROCESSES, sizeof(*r->known));
	if (!r->places || !r->known || linx_columns_new(&r->columns, linx_row_specs, ROW_COLUMNS))
		return -ENOMEM;
	/* a file of Parquet has a dictionary of texts that are repeated */
	if (o->format != LINX_ROWSET_PARQUET)
		linx_columns_use_plain(&r->columns, ROW_ARGS);
	return linx_printer_new(LINX_FORMAT_JSON, o->print, &r->json);
}

int linx_rowset_new(const struct linx_rowset_opts *opts, struct linx_rowset **out)
{
	struct linx_rowset_opts o = { .size = sizeof(o) };
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, NULL) : 0;
	struct linx_rowset *r;

	if (ret)
		return ret;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	ret = fill(r, &o);
	if (ret)
		linx_rowset_free(r);
	else
		*out = r;
	return ret;
}

/* ---- values ---------------------------------------------------------------------------------- */

static void put_number(struct linx_rowset *r, unsigned int column, int64_t number)
{
	linx_columns_number(&r->columns, column, number);
}

static void put_null(struct linx_rowset *r, unsigned int column)
{
	linx_columns_null(&r->columns, column);
}

static void put_optional(struct linx_rowset *r, unsigned int column, bool known, int64_t number)
{
	if (known)
		put_number(r, column, number);
	else
		put_null(r, column);
}

/* Writes a byte that is not part of valid UTF-8 as the character U+10FE00 plus the byte, as JSON has it. */
static void put_raw(struct linx_strbuf *o, uint8_t byte)
{
	uint32_t code = 0x10fe00u + byte;
	const char utf8[] = { (char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)), (char)(0x80 | (code >> 6 & 0x3f)),
			      (char)(0x80 | (code & 0x3f)) };

	linx_strbuf_mem(o, utf8, sizeof(utf8));
}

/*
 * Writes text as UTF-8. The result is the string that a parser gets from the text's form in JSON (value/json_string.c).
 */
static void put_utf8(struct linx_strbuf *o, const char *s, size_t n)
{
	size_t len;
	uint32_t code;

	for (; n; s += len, n -= len) {
		len = (uint8_t)*s < 0x80 ? 1 : linx_utf8(s, n, &code);
		if ((uint8_t)*s < 0x80 || (len && (code < 0x10fe80 || code > 0x10feff))) {
			linx_strbuf_mem(o, s, len);
			continue;
		}
		len = len ? len : 1;
		for (size_t i = 0; i < len; i++)
			put_raw(o, (uint8_t)s[i]);
	}
}

/* Puts text that is valid UTF-8 into a column, after the caller's function opts.change has changed it. */
static void put_changed(struct linx_rowset *r, unsigned int column, enum linx_text_form form, const char *s, size_t n)
{
	if (r->opts.change)
		s = r->opts.change(r->opts.data, form, s, &n);
	if (s)
		linx_columns_text(&r->columns, column, s, n);
	else
		r->columns.failed = true;
}

static void put_text(struct linx_rowset *r, unsigned int column, const char *s, size_t n)
{
	if (linx_is_ascii(s, n)) {
		put_changed(r, column, LINX_FORM_PLAIN, s, n);
		return;
	}
	r->text.len = 0;
	put_utf8(&r->text, s, n);
	put_changed(r, column, LINX_FORM_PLAIN, r->text.data, r->text.len);
}

/* Puts a string of the library, which keeps its address forever. */
static void put_name(struct linx_rowset *r, unsigned int column, const char *name)
{
	if (name)
		linx_columns_name(&r->columns, column, name);
	else
		put_null(r, column);
}

/* Writes the state of a value that is not whole, as a member of the object in the column "states". */
static void note_state(struct linx_rowset *r, unsigned int column, unsigned int state, bool has_len, uint32_t len)
{
	struct linx_strbuf *o = &r->states;

	linx_strbuf_str(o, o->len ? ",\"" : "{\"");
	linx_strbuf_str(o, linx_row_specs[column].name);
	linx_json_lit(o, "\":{");
	linx_json_state(o, state, has_len, len);
}

/* Writes the state of a text of a process, if the text is not whole. A text that was not recorded has no state. */
static void note_text_state(struct linx_rowset *r, unsigned int column, uint8_t state)
{
	if (state && state != LINX_WHOLE && state != LINX_ABSENT)
		note_state(r, column, state, false, 0);
}

/* Puts a text of a process, as far as it was recorded, or null. */
static void put_text_in_state(struct linx_rowset *r, unsigned int column, const char *s, size_t n, uint8_t state)
{
	if (s && (state == LINX_WHOLE || state == LINX_TRUNCATED || state == LINX_LATE))
		put_text(r, column, s, n);
	else
		put_null(r, column);
}

/* ---- where, when, who -------------------------------------------------------------------------- */

static uint32_t part_of(struct linx_rowset *r, uint32_t cpu, uint64_t seq)
{
	uint64_t hash = (seq ^ (uint64_t)cpu << 52) * 0x9e3779b97f4a7c15ull;
	struct place *p = &r->places[hash >> 32 & (PLACES - 1)];

	if (p->seq != seq || p->cpu != cpu)
		*p = (struct place){ .seq = seq, .cpu = cpu };
	return p->rows++;
}

static void put_position(struct linx_rowset *r, const struct linx_event *ev)
{
	const struct linx_position *at = ev->rec ? ev->position : NULL;
	uint32_t part = at ? part_of(r, at->cpu, at->seq) : 0;

	if (at && r->opts.format == LINX_ROWSET_PACKED && linx_rowset_count_cpu(r, at->cpu, at->seq, part))
		r->columns.failed = true;
	if (at)
		linx_columns_same(&r->columns, ROW_CPU, at->cpu);
	else
		put_null(r, ROW_CPU);
	put_optional(r, ROW_SEQ, at, at ? (int64_t)at->seq : 0);
	linx_columns_same(&r->columns, ROW_PART, part);
	put_name(r, ROW_KIND, linx_event_kind_name(ev->kind));
	put_optional(r, ROW_TIME, at, (int64_t)ev->wall_ns);
}

/* Joins the strings of a command line by blanks. */
static void put_cmdline(struct linx_rowset *r, const struct linx_text *t)
{
	size_t n = t->data ? t->len : 0;
	/* r->out is not in use now; r->text is, since put_text() converts into it */
	char *to = n ? linx_strbuf_room(&r->out, n) : NULL;

	if (!to) {
		put_null(r, ROW_CMDLINE);
		return;
	}
	n -= t->data[n - 1] == '\0';
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(t->data[i] ? t->data[i] : ' ');
	put_text_in_state(r, ROW_CMDLINE, to, n, t->state);
}

/* Puts the texts of a process that has no valid entry in r->known, and makes the entry. */
static void put_new_process(struct linx_rowset *r, const struct linx *l, const struct linx_process *p, struct known_process *known)
{
	put_text_in_state(r, ROW_EXE, p->exe.data, p->exe.len, p->exe.state);
	put_cmdline(r, &p->cmdline);
	put_text_in_state(r, ROW_CONTAINER, p->container.data, p->container.len, p->container.state);
	*known = (struct known_process){ .of = l, .version = p->version, .numbering = r->columns.numbering };
	for (unsigned int i = 0; i < PROCESS_COLUMNS; i++) {
		known->last[i] = linx_columns_last(&r->columns, ROW_EXE + i);
		if (known->last[i] == LINX_COLUMN_PLAIN)
			known->of = NULL;
	}
}

/* Puts a text that a container's runtime or the API server has, or null. */
static void put_described(struct linx_rowset *r, unsigned int column, const char *s)
{
	if (s)
		put_text(r, column, s, strlen(s));
	else
		put_null(r, column);
}

static void put_labels(struct linx_rowset *r, const struct linx_container_info *c)
{
	if (!c || !c->pod_labels) {
		put_null(r, ROW_LABELS);
		return;
	}
	r->out.len = 0; /* not in use now: see put_cmdline() */
	linx_strbuf_char(&r->out, '{');
	linx_json_labels(&r->out, c->pod_labels, c->npod_labels);
	put_changed(r, ROW_LABELS, LINX_FORM_JSON, r->out.data, r->out.len);
}

static void put_new_pod(struct linx_rowset *r, const struct linx_container_info *c)
{
	put_described(r, ROW_CONTAINER_NAME, c ? c->name : NULL);
	put_described(r, ROW_NAMESPACE, c ? c->pod_namespace : NULL);
	put_described(r, ROW_POD, c ? c->pod_name : NULL);
	put_described(r, ROW_WORKLOAD_KIND, c ? c->pod_workload_kind : NULL);
	put_described(r, ROW_WORKLOAD, c ? c->pod_workload : NULL);
	put_labels(r, c);
}

static void put_no_pod(struct linx_rowset *r)
{
	for (unsigned int i = 0; i < POD_COLUMNS; i++)
		put_null(r, ROW_CONTAINER_NAME + i);
}

/* Puts the columns of a process's container. known: the entry of the process, which put_process() has made valid */
static void put_pod(struct linx_rowset *r, const struct linx_event *ev, const struct linx_process *p, struct known_process *known)
{
	const struct linx_container_info *c;
	uint64_t described;

	if (!p->container.data) {
		put_no_pod(r);
		return;
	}
	c = linx_event_borrow_container(ev);
	if (c && c->pod_incomplete && c->pod_labels)
		note_state(r, ROW_LABELS, LINX_TRUNCATED, false, 0);
	described = linx_metadata_generation(linx_tasks_metadata(ev->tasks));
	if (known->of && known->described == described && known->numbering == r->columns.numbering) {
		for (unsigned int i = 0; i < POD_COLUMNS; i++)
			linx_columns_again(&r->columns, ROW_CONTAINER_NAME + i, known->pod[i]);
		return;
	}
	put_new_pod(r, c);
	known->described = described;
	for (unsigned int i = 0; i < POD_COLUMNS; i++) {
		known->pod[i] = linx_columns_last(&r->columns, ROW_CONTAINER_NAME + i);
		if (known->pod[i] == LINX_COLUMN_PLAIN)
			known->described = 0;
	}
}

static void put_process(struct linx_rowset *r, const struct linx *l, const struct linx_event *ev)
{
	const struct linx_process *p = ev->task->process;
	struct known_process *known = &r->known[p->version & (KNOWN_PROCESSES - 1)];

	note_text_state(r, ROW_EXE, p->exe.state);
	note_text_state(r, ROW_CMDLINE, p->cmdline.state);
	note_text_state(r, ROW_CONTAINER, p->container.state);
	if (known->of != l || known->version != p->version || known->numbering != r->columns.numbering)
		put_new_process(r, l, p, known);
	else
		for (unsigned int i = 0; i < PROCESS_COLUMNS; i++)
			linx_columns_again(&r->columns, ROW_EXE + i, known->last[i]);
	put_pod(r, ev, p, known);
}

/* Columns from ROW_PID to ROW_CONTAINER, and those of POD_COLUMNS. */
static bool is_who(unsigned int column)
{
	return column - ROW_PID <= ROW_CONTAINER - ROW_PID || column - ROW_CONTAINER_NAME < POD_COLUMNS;
}

void linx_rowset_settle(struct linx_rowset *r)
{
	for (unsigned int i = 0; i < ROW_COLUMNS && r->who.rows; i++)
		if (is_who(i))
			linx_columns_repeat(&r->columns, i, r->who.rows);
	r->who.of = NULL;
	r->who.rows = 0;
}

/* Returns the generation of what is known about containers. Looking at an event's container can begin a new one. */
static uint64_t generation_of(const struct linx_event *ev)
{
	linx_event_borrow_container(ev);
	return linx_metadata_generation(linx_tasks_metadata(ev->tasks));
}

/* True if the columns of the task have the values of the last row. */
static bool is_same_who(const struct same_who *who, const struct linx *l, const struct linx_event *ev)
{
	const struct linx_process *p = ev->task->process;

	return who->task == ev->task->version && who->process == p->version && who->tid == ev->rec->tid && who->pid == ev->rec->pid && who->of == l &&
	       (!p->container.data || who->described == generation_of(ev));
}

/* Notes the task of the last row, unless rows of it are not always the same. */
static void note_who(struct linx_rowset *r, const struct linx *l, const struct linx_event *ev)
{
	const struct linx_process *p = ev->task->process;
	struct same_who *who = &r->who;

	if (r->states.len || r->columns.failed)
		return;
	*who = (struct same_who){ .pid = ev->rec->pid, .tid = ev->rec->tid, .task = ev->task->version, .process = p->version };
	if (p->container.data)
		who->described = generation_of(ev);
	for (unsigned int i = 0; i < ROW_COLUMNS; i++) {
		if (!is_who(i))
			continue;
		if (linx_columns_last(&r->columns, i) == LINX_COLUMN_PLAIN)
			return;
		who->bytes += r->columns.columns[i].last_len;
	}
	who->of = l;
}

static void put_new_who(struct linx_rowset *r, const struct linx *l, const struct linx_event *ev)
{
	const struct linx_task *t = ev->task;
	/* a task without a TASK record, such as a worker of io_uring: the record of its end has some of the facts */
	const struct linx_ctx *ended = !t && ev->kind == LINX_EVENT_EXIT ? ev->ctx : NULL;
	bool has_ids = ev->rec && ev->kind != LINX_EVENT_GAP && ev->rec->tid;
	const char *comm = t ? t->comm : ended ? ended->comm : NULL;

	put_optional(r, ROW_PID, has_ids, has_ids ? ev->rec->pid : 0);
	put_optional(r, ROW_TID, has_ids, has_ids ? ev->rec->tid : 0);
	put_optional(r, ROW_PPID, ended || (t && linx_task_knows_parent(t)), t ? t->ppid : ended ? ended->ppid : 0);
	put_optional(r, ROW_UID, ended || t, t ? t->uid : ended ? ended->uid : 0);
	if (comm)
		put_text(r, ROW_COMM, comm, strnlen(comm, sizeof(t->comm)));
	else
		put_null(r, ROW_COMM);
	if (t) {
		put_process(r, l, ev);
		return;
	}
	for (unsigned int i = ROW_EXE; i <= ROW_CONTAINER; i++)
		put_null(r, i);
	put_no_pod(r);
}

static void put_who(struct linx_rowset *r, const struct linx *l, const struct linx_event *ev)
{
	bool has_task = ev->task && ev->rec && ev->rec->tid && ev->kind != LINX_EVENT_GAP;

	if (has_task && is_same_who(&r->who, l, ev)) {
		r->who.rows++;
		r->columns.plain_bytes += r->who.bytes;
		return;
	}
	linx_rowset_settle(r);
	put_new_who(r, l, ev);
	if (has_task)
		note_who(r, l, ev);
}

/* ---- what -------------------------------------------------------------------------------------- */

/*
 * Writes the path in argument i to r->out. The path is made absolute if the directory from which it starts is known:
 * the directory of the descriptor in the argument before, or the working directory.
 */
static void make_absolute(struct linx_rowset *r, const struct linx_event *ev, unsigned int i, const struct linx_value *v)
{
	const struct linx_table_row *row = ev->call->row;
	bool at = i && !strcmp(row->args[i - 1].type, "dirfd");
	int32_t fd = at ? (int32_t)ev->args[i - 1] : LINX_FD_CWD;
	const char *base, *path = v->data;
	size_t len = v->size, base_len;

	r->out.len = 0;
	/* an empty path means the descriptor itself (AT_EMPTY_PATH); without a descriptor it means nothing */
	if (!len && fd == LINX_FD_CWD)
		return;
	if (!len || *path != '/') {
		if (!linx_resolved_base(ev, fd, &base, &base_len)) {
			linx_strbuf_mem(&r->out, path, len);
			return;
		}
		/*
		 * no directory is put before the name, since a descriptor such as a pipe's has a name that is not a
		 * path
		 */
		if (!len) {
			linx_strbuf_mem(&r->out, base, base_len);
			return;
		}
		linx_path_add(&r->out, base, base_len);
	}
	linx_path_add(&r->out, path, len);
	if (!r->out.len)
		linx_strbuf_char(&r->out, '/');
}

/* Puts the path in argument i, with its state if it is not whole. */
static void put_path_argument(struct linx_rowset *r, const struct linx_event *ev, unsigned int i)
{
	const struct linx_value *v = &ev->in[i];

	if (v->state != LINX_WHOLE && v->state != LINX_ABSENT)
		note_state(r, ROW_PATH, v->state, linx_value_readable(v) && v->orig != UINT32_MAX, v->orig > v->size ? v->orig : v->size);
	if (!linx_value_readable(v)) {
		put_null(r, ROW_PATH);
		return;
	}
	make_absolute(r, ev, i, v);
	put_text(r, ROW_PATH, r->out.data ? r->out.data : "", r->out.len);
}

/*
 * Puts the path that a call is about: the path that the kernel has for the file that the call opened; else the path in
 * its argument; else the path of its descriptor, if descriptors are recorded.
 */
static void put_path(struct linx_rowset *r, const struct linx_event *ev)
{
	const struct linx_table_row *row = ev->call ? ev->call->row : NULL;
	const struct linx_descriptor *d = linx_resolved_opened(ev);
	int at = !d && row ? ev->call->about_path : -1;

	if (at >= 0 && ev->in[at].state) {
		put_path_argument(r, ev, (unsigned int)at);
		return;
	}
	for (unsigned int i = 0; !d && row && i < row->nargs && row->descriptors; i++)
		if (row->descriptors & 1u << i)
			d = linx_fds_find(ev->fds, (int32_t)ev->args[i], false);
	note_text_state(r, ROW_PATH, d ? d->path_state : 0);
	put_text_in_state(r, ROW_PATH, d && linx_fd_has_path(d) ? d->path : NULL, d ? linx_fd_path_len(d) : 0, d ? d->path_state : 0);
}

static void put_result(struct linx_rowset *r, const struct linx_event *ev)
{
	unsigned int err = linx_event_errno(ev);
	const char *name = err ? linx_errno_name(err) : NULL;
	char number[LINX_NUMBER_ROOM];
	uint64_t ns = 0;
	bool timed = !linx_event_get_duration_ns(ev, &ns);

	put_optional(r, ROW_RET, ev->has_ret, ev->has_ret ? linx_json_ret(ev) : 0);
	if (err && !name)
		linx_columns_text(&r->columns, ROW_ERRNO, number, (size_t)(linx_u64_at(number, err) - number));
	else
		put_name(r, ROW_ERRNO, name);
	put_optional(r, ROW_DURATION, timed, (int64_t)ns);
}

/*
 * Writes the arguments as JSON to r->json->out. Returns the states of the arguments' values, as bits 1 << enum
 * linx_state.
 */
static unsigned int make_args(struct linx_rowset *r, const struct linx_event *ev)
{
	r->json->out.len = 0;
	r->json->out.failed = false;
	return linx_json_args(r->json, ev);
}

/*
 * Returns the states of all values that were captured for a call's arguments, as make_args() does for those that it
 * shows. Values that are not shown are among them, so only a result without the state of an incomplete value tells the
 * same. Of the values of no argument, sigreturn(2) shows its signal mask.
 */
static unsigned int captured_states(const struct linx_event *ev)
{
	unsigned int states = 1u << ev->field[LINX_FIELD_SIGMASK].state;

	for (unsigned int i = 0; i < ev->nargs; i++)
		states |= 1u << ev->in[i].state | 1u << ev->out[i].state;
	for (unsigned int i = 0; i < ev->nargs && ev->raced; i++)
		states |= 1u << ev->used[i].state;
	for (unsigned int i = 0; i < ev->mem->n; i++)
		states |= 1u << ev->mem->pieces[i].v.state;
	return states & ~1u; /* 0: nothing was captured */
}

/* States of values that need no word in the column "flags". */
#define COMPLETE (1u << LINX_WHOLE | 1u << LINX_ABSENT)

/* Returns the states of the values that the arguments show. Without the column "args", they are seldom written for this. */
static unsigned int find_states(struct linx_rowset *r, const struct linx_event *ev)
{
	unsigned int states = r->opts.no_args ? captured_states(ev) : ~COMPLETE;

	return states & ~COMPLETE ? make_args(r, ev) : states;
}

static void put_flags(struct linx_rowset *r, const struct linx_event *ev, unsigned int states)
{
	if (!(states & ~COMPLETE) && !ev->late && !ev->flags) {
		put_name(r, ROW_FLAGS, "[]");
		return;
	}
	r->text.len = 0;
	linx_json_flags(&r->text, ev->late ? states | 1u << LINX_LATE : states, ev->flags);
	linx_columns_text(&r->columns, ROW_FLAGS, r->text.data, r->text.len);
}

static void put_call(struct linx_rowset *r, const struct linx_event *ev)
{
	const char *name = linx_event_get_name(ev);
	unsigned int states = find_states(r, ev);

	linx_json_count(r->json, ev);
	put_name(r, ROW_DIR, ev->entry ? "enter" : "exit");
	linx_columns_string(&r->columns, ROW_CALL, name);
	put_name(r, ROW_ABI, linx_abi_name(linx_table_abi(ev->table, ev->abi)));
	put_result(r, ev);
	put_path(r, ev);
	put_flags(r, ev, states);
	if (r->opts.no_args)
		put_null(r, ROW_ARGS);
	else
		put_changed(r, ROW_ARGS, LINX_FORM_JSON, r->json->out.data, r->json->out.len);
}

/* Puts an event that is not a call. The column "args" has the event's line of JSON. */
static void put_other(struct linx_rowset *r, const char *line, size_t len)
{
	static const unsigned int of_calls[] = { ROW_DIR, ROW_CALL, ROW_ABI, ROW_RET, ROW_ERRNO, ROW_DURATION, ROW_PATH, ROW_FLAGS };

	for (size_t i = 0; i < sizeof(of_calls) / sizeof(of_calls[0]); i++)
		put_null(r, of_calls[i]);
	put_changed(r, ROW_ARGS, LINX_FORM_JSON, line, len - 1); /* without the newline */
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static bool is_full(const struct linx_rowset *r)
{
	return r->ends || r->columns.nrows >= LINX_ROWSET_GROUP || r->columns.text_bytes >= LINX_ROWSET_GROUP_BYTES ||
	       linx_columns_plain_size(&r->columns) >= LINX_ROWSET_BLOCK_MAX;
}

static void put_stream(struct linx_rowset *r, const struct linx *l)
{
	const struct linx_stream_info *info = linx_get_stream_info(l);

	if (info->session != r->session) {
		memset(r->places, 0, PLACES * sizeof(*r->places));
		memset(r->known, 0, KNOWN_PROCESSES * sizeof(*r->known));
		linx_rowset_settle(r);
		r->session = info->session;
	}
	linx_columns_string(&r->columns, ROW_MACHINE, info->node);
	linx_columns_same(&r->columns, ROW_SESSION, (int64_t)info->session);
}

int linx_rowset_add(struct linx_rowset *r, const struct linx *l, const struct linx_event *ev)
{
	const char *line = NULL;
	size_t len = 0;
	int ret;

	if (is_full(r))
		return -ENOBUFS;
	if (ev->kind != LINX_EVENT_SYSCALL) {
		ret = linx_print(r->json, ev, &line, &len);
		if (ret || !len)
			return ret;
	}
	r->states.len = 0;
	r->out.len = 0;
	r->out.failed = false;
	put_stream(r, l);
	put_position(r, ev);
	put_who(r, l, ev);
	if (line)
		put_other(r, line, len);
	else
		put_call(r, ev);
	if (r->states.len) {
		linx_strbuf_char(&r->states, '}');
		linx_columns_text(&r->columns, ROW_STATES, r->states.data, r->states.len);
	} else {
		put_null(r, ROW_STATES);
	}
	/* if any buffer had no memory, a value of the row is missing, and all columns are useless */
	r->columns.failed |= r->text.failed || r->states.failed || r->out.failed || r->json->out.failed;
	return r->columns.failed ? -ENOMEM : 1;
}

uint32_t linx_rowset_get_pending(const struct linx_rowset *r)
{
	return r->columns.nrows;
}

size_t linx_rowset_get_bytes(const struct linx_rowset *r)
{
	return linx_columns_plain_size(&r->columns);
}

uint64_t linx_rowset_get_count(const struct linx_rowset *r)
{
	return r->done + r->columns.nrows;
}

/* Makes a row group of the rows that can still grow, and the footer. */
static int make_parquet(struct linx_rowset *r, struct linx_rowset_end *end)
{
	int ret = 0;

	if (r->regrows)
		linx_parquet_drop(&r->parquet);
	r->regrows = false;
	end->offset = linx_parquet_size(&r->parquet);
	if (r->columns.nrows) {
		ret = linx_parquet_add(&r->parquet, &r->columns, &r->out);
		r->regrows = !ret;
	}
	if (!ret)
		linx_parquet_end(&r->parquet, &r->out);
	return ret || r->out.failed ? -ENOMEM : 0;
}

static int make_block(struct linx_rowset *r, struct linx_rowset_end *end)
{
	size_t counts;

	end->offset = r->written;
	if (!r->columns.nrows)
		return 0;
	if (r->opts.format == LINX_ROWSET_JSON)
		linx_rows_put_json(&r->columns, &r->out);
	else
		linx_native_put_counts(r->columns.n, r->columns.nrows, &r->out);
	counts = r->out.len;
	if (r->opts.format != LINX_ROWSET_JSON)
		linx_native_put_columns(&r->columns, &r->out);
	if (r->out.failed || (r->opts.format == LINX_ROWSET_PACKED && linx_rowset_pack(r, counts)))
		return -ENOMEM;
	r->written += r->out.len;
	return 0;
}

int linx_rowset_make(struct linx_rowset *r, struct linx_rowset_end *end)
{
	bool blocks = r->opts.format != LINX_ROWSET_PARQUET;
	int ret = -ENOMEM;

	*end = (struct linx_rowset_end){ 0 };
	r->out.len = 0;
	r->out.failed = false;
	linx_rowset_settle(r);
	if (!r->columns.failed)
		ret = blocks ? make_block(r, end) : make_parquet(r, end);
	if (ret)
		return ret;
	if (blocks || is_full(r)) {
		r->done += r->columns.nrows;
		r->regrows = r->ends = false;
		linx_columns_clear(&r->columns);
		linx_rowset_clear_cpus(r);
	}
	end->data = r->out.data;
	end->len = r->out.len;
	return 0;
}

void linx_rowset_clear(struct linx_rowset *r)
{
	linx_rowset_settle(r);
	linx_columns_clear(&r->columns);
	linx_parquet_clear(&r->parquet);
	linx_rowset_clear_cpus(r);
	r->regrows = r->ends = false;
	r->done = 0;
	r->written = 0;
}
