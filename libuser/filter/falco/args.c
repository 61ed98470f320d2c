// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Getters of Falco's fields of arguments (evt.arg, evt.args, evt.rawarg). The arguments of Falco's exit events are
 * listed in filter/falco/args.def, with names, order and source. Names that are not listed there are the kernel's names
 * of a call's arguments.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/falco/args.h"
#include "filter/falco/event_names.h"
#include "table/names.h"
#include "value/emit.h"

/* Forms of filter/falco/args.def. */
#define NUMBER(bytes_, base_, signed_) { LINX_FALCO_NUMBER, .bytes = bytes_, .base = base_, .raw_base = base_, .is_signed = signed_ }
#define S16 NUMBER(2, 10, true)
#define S32 NUMBER(4, 10, true)
#define S64 NUMBER(8, 10, true)
#define S32_HEX NUMBER(4, 16, true)
#define U8 NUMBER(1, 10, false)
#define U16 NUMBER(2, 10, false)
#define U32 NUMBER(4, 10, false)
#define U64 NUMBER(8, 10, false)
#define U8_HEX NUMBER(1, 16, false)
#define U32_HEX NUMBER(4, 16, false)
#define U64_HEX NUMBER(8, 16, false)
#define U32_OCT NUMBER(4, 8, false)
#define NAMED(set_, naming_, base_) \
	{ LINX_FALCO_NAMED, .bytes = 4, .raw_base = base_, .converts = true, .set = LINX_FALCO_SET_##set_, .naming = naming_ }
#define FLAGS(set) NAMED(set, LINX_FALCO_FLAGS, 16)
#define DEC_FLAGS(set) NAMED(set, LINX_FALCO_FLAGS, 10)
#define ENUM(set) NAMED(set, LINX_FALCO_ENUM, 10)
#define HEX_ENUM(set) NAMED(set, LINX_FALCO_ENUM, 16)
#define MODE(set) NAMED(set, LINX_FALCO_MODE, 8)
#define HEX_FLAGS(set_, bytes_) { LINX_FALCO_NUMBER, .bytes = bytes_, .base = 16, .raw_base = 16, .converts = true, .set = LINX_FALCO_SET_##set_ }
#define WIDE(kind, bytes_, signed_) { LINX_FALCO_##kind, .bytes = bytes_, .base = 10, .is_signed = signed_ }
#define FD WIDE(FD, 4, true)
#define PID WIDE(PID, 4, true)
#define UID WIDE(UID, 4, false)
#define GID WIDE(GID, 4, false)
#define ERRNO WIDE(ERRNO, 8, true)
#define SIGNAL WIDE(SIGNAL, 1, false)
#define SIGNALS WIDE(SIGNALS, 4, false)
#define RELTIME WIDE(RELTIME, 8, false)
#define ABSTIME WIDE(ABSTIME, 8, false)
#define MEMORY(kind) { LINX_FALCO_##kind, .bytes = 0 }
#define TEXT MEMORY(TEXT)
#define PATH MEMORY(PATH)
#define DATA MEMORY(DATA)
#define ADDRESS MEMORY(ADDRESS)
#define TUPLE MEMORY(TUPLE)
#define FDS MEMORY(FDS)
#define DYN MEMORY(DYN)

/* ---- arguments of other calls ---------------------------------------------------------------------------- */

/* Falco's names of arguments with the kernel's names. */
static const struct {
	const char *falco, *kernel;
} names[] = {
	{ "name", "filename" },	 { "name", "pathname" },    { "path", "pathname" },   { "path", "filename" },
	{ "filename", "pathname" }, { "target", "oldname" }, { "linkpath", "newname" }, { "oldpath", "oldname" },
	{ "newpath", "newname" },   { "dirfd", "dfd" },	    { "olddir", "olddfd" },   { "newdir", "newdfd" },
	{ "olddirfd", "olddfd" },   { "newdirfd", "newdfd" }, { "linkdirfd", "newdfd" }, { "domain", "family" },
	{ "proto", "protocol" },    { "size", "count" },    { "size", "len" },	      { "dev", "dev_name" },
	{ "dir", "dir_name" },	 { "uid", "user" },	 { "gid", "group" },	   { "flags", "unshare_flags" },
	{ "flags", "clone_flags" }, { "whence", "origin" },  { "sig", "sig" },	       { "nstype", "flags" },
};

/*
 * Shows a relative path as an absolute path, and the mode of a chmod by names, as for the calls of Falco's table.
 * False: the argument is another one.
 */
static bool special_arg(const struct linx_fld_env *e, int at, struct linx_fld_value *v)
{
	static const struct linx_falco_form path = PATH;
	const struct linx_event *ev = e->ev;
	const struct linx_value *value = linx_falco_value(ev->in, at, 1);
	struct linx_falco_shown x = { 0 };

	if (at < 0 || at >= (int)ev->nargs || ev->args_gone)
		return false;
	e->scratch->len = 0;
	if (!strcmp(ev->call->row->args[at].name, "mode") && strstr(linx_event_get_name(ev), "chmod"))
		linx_falco_put_names(e->scratch, LINX_FALCO_SET_chmod, LINX_FALCO_MODE, (uint32_t)ev->args[at] & 07777);
	else if (value && !strcmp(ev->call->row->args[at].ty->name, "path"))
		linx_falco_show_bytes(e, &path, ev->call->row->args[at].name, value->data, value->size, &x);
	return e->scratch->len && linx_fld_set_scratch(e, v);
}

static bool put_arg(const struct linx_fld_env *e, const char *name, struct linx_fld_value *v)
{
	struct linx_fld f = { .index = -1 };

	if (strlen(name) >= sizeof(f.name))
		return false;
	strcpy(f.name, name);
	if (isdigit((unsigned char)*name))
		f.index = atoi(name);
	if (special_arg(e, linx_falco_place(e->ev, name), v))
		return true;
	e->scratch->len = 0;
	return linx_fld_arg_text(e, &f, e->scratch) && linx_fld_set_scratch(e, v);
}

static bool result_arg(const struct linx_fld_env *e, bool is_fd, struct linx_fld_value *v)
{
	unsigned int error = linx_event_errno(e->ev);
	const char *name = error ? linx_errno_name(error) : NULL;
	const struct linx_descriptor *d = is_fd && !error ? linx_fds_result(e->ev->fds) : NULL;

	if (!e->ev->has_ret)
		return false;
	if (d)
		return linx_falco_put_fd(e, d) && linx_fld_set_scratch(e, v);
	e->scratch->len = 0;
	if (name)
		linx_strbuf_str(e->scratch, name);
	else
		linx_strbuf_i64(e->scratch, e->ev->ret);
	return linx_fld_set_scratch(e, v);
}

/* ---- arguments of Falco's events ------------------------------------------------------------------- */

static const struct linx_falco_arg arguments[] = {
#define OF(event_, name_, source_) .event = #event_, .name = #name_, .source = LINX_FALCO_##source_
#define RESULT(event, name, form_) { OF(event, name, RESULT), .form = form_ },
#define ARG(event, name, arg_, form_) { OF(event, name, ARG), .form = form_, .arg = #arg_ },
#define MEMBER(event, name, arg_, member_, form_) { OF(event, name, MEMBER), .form = form_, .arg = #arg_, .member = #member_ },
#define LEFT(event, name, arg_, member_, form_) { OF(event, name, LEFT), .form = form_, .arg = #arg_, .member = #member_ },
#define WORD(event, name, arg_, offset, form_) { OF(event, name, WORD), .form = form_, .arg = #arg_, .index = offset },
#define FIELD(event, name, get_, form_) { OF(event, name, FIELD), .form = form_, .get = linx_##get_ },
#define MADE(event, name, arg_, function, form_) { OF(event, name, MADE), .form = form_, .arg = #arg_, .make = linx_falco_make_##function },
#define ZERO(event, name, form_) { OF(event, name, ZERO), .form = form_ },
#define EMPTY(event, name, form_) { OF(event, name, EMPTY), .form = form_ },
#define ABSENT(event, name, reason) { OF(event, name, ABSENT) },
#include "filter/falco/args.def"
#undef RESULT
#undef ARG
#undef MEMBER
#undef LEFT
#undef WORD
#undef FIELD
#undef MADE
#undef ZERO
#undef EMPTY
#undef ABSENT
};

/* Names of arguments in Falco's event table, with their types. */
static const struct {
	const char *name;
	enum linx_falco_raw type;
} raw[] = {
#define RAW(name, type) { #name, LINX_FALCO_RAW_##type },
#include "filter/falco/raw.def"
#undef RAW
};

static int compare(const void *name, const void *argument)
{
	return strcmp(name, ((const struct linx_falco_arg *)argument)->event);
}

/*
 * Returns the first of the event's arguments in the array "arguments", and the number of its arguments in *n. NULL:
 * Falco's table has no arguments of this event.
 */
static const struct linx_falco_arg *arguments_of(const struct linx_event *ev, unsigned int *n)
{
	size_t len;
	const char *name = linx_falco_is_seen(ev) ? linx_falco_event_name(ev, &len) : NULL;
	const struct linx_falco_arg *at;

	*n = 0;
	at = name ? bsearch(name, arguments, ARRAY_SIZE(arguments), sizeof(*arguments), compare) : NULL;
	while (at && at > arguments && !strcmp(at[-1].event, name))
		at--;
	while (at && at + *n < arguments + ARRAY_SIZE(arguments) && !strcmp(at[*n].event, name))
		++*n;
	return at;
}

/* Finds an argument of the event by its name or its place. NULL: Falco's event has no such argument. */
static const struct linx_falco_arg *argument_of(const struct linx_event *ev, const char *name)
{
	unsigned int n;
	const struct linx_falco_arg *all = arguments_of(ev, &n);

	if (isdigit((unsigned char)*name))
		return (unsigned int)atoi(name) < n ? &all[atoi(name)] : NULL;
	for (unsigned int k = 0; k < n; k++)
		if (!strcmp(all[k].name, name))
			return &all[k];
	return NULL;
}

bool linx_falco_result_is_number(const struct linx_event *ev)
{
	unsigned int n;
	const struct linx_falco_arg *all = arguments_of(ev, &n);

	return n && all->source == LINX_FALCO_RESULT && (all->form.kind == LINX_FALCO_PID || all->form.kind == LINX_FALCO_NUMBER);
}

static bool give(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_fld_value *v)
{
	struct linx_falco_shown x;

	if (!linx_falco_arg_show(e, a, &x))
		return false;
	if (x.name && x.name_n)
		return linx_fld_set_text(v, x.name, x.name_n);
	if (x.plain != x.digits)
		return linx_fld_set_text(v, x.plain, x.plain_n);
	e->scratch->len = 0;
	linx_strbuf_mem(e->scratch, x.plain, x.plain_n);
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(evt_arg)
{
	const struct linx_falco_arg *a = linx_falco_is_seen(e->ev) && *f->name ? argument_of(e->ev, f->name) : NULL;
	bool by_place = isdigit((unsigned char)f->name[0]);
	unsigned int n;

	if (i || !linx_falco_is_seen(e->ev) || !f->name[0])
		return false;
	if (a || (by_place && arguments_of(e->ev, &n)))
		return a && give(e, a, v);
	if (!strcmp(f->name, "res") || !strcmp(f->name, "res_or_fd"))
		return result_arg(e, false, v);
	if (by_place || linx_falco_place(e->ev, f->name) >= 0)
		return put_arg(e, f->name, v);
	for (size_t at = 0; at < ARRAY_SIZE(names); at++)
		if (!strcmp(names[at].falco, f->name) && linx_falco_place(e->ev, names[at].kernel) >= 0)
			return put_arg(e, names[at].kernel, v);
	if (!strcmp(f->name, "fd") && e->ev->has_ret)
		return result_arg(e, true, v);
	return false;
}

/* Limit of the bytes of a buffer that evt.args shows; Falco records no more of a buffer. */
#define DATA_SHOWN 80u

/* Shows all arguments in linx's own form, for calls that are not in Falco's table. */
static bool own_args(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	struct linx_put put;

	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, e->style, e->ev);
	linx_put_args(&put);
	return linx_fld_set_scratch(e, v);
}

/*
 * Writes an argument as "fd=3(<f>/etc/passwd)": its number or bytes, and in parentheses what the number or bytes stand
 * for.
 */
static void put_named(struct linx_strbuf *o, const struct linx_falco_arg *a, const struct linx_falco_shown *x)
{
	if (o->len)
		linx_strbuf_char(o, ' ');
	linx_strbuf_str(o, a->name);
	linx_strbuf_char(o, '=');
	linx_strbuf_mem(o, x->plain, !strcmp(a->name, "data") && x->plain_n > DATA_SHOWN ? DATA_SHOWN : x->plain_n);
	if (!x->name || !x->name_n)
		return;
	linx_strbuf_char(o, '(');
	linx_strbuf_mem(o, x->name, x->name_n);
	linx_strbuf_char(o, ')');
}

FALCO_GET(evt_args)
{
	unsigned int n;
	const struct linx_falco_arg *all = arguments_of(e->ev, &n);
	struct linx_strbuf shown = { 0 };
	struct linx_falco_shown x;
	bool ok;

	FLD_ONE();
	if (!all)
		return e->ev->kind == LINX_EVENT_SYSCALL && own_args(e, v);
	for (unsigned int k = 0; k < n; k++)
		if (linx_falco_arg_show(e, &all[k], &x))
			put_named(&shown, &all[k], &x);
	e->scratch->len = 0;
	linx_strbuf_mem(e->scratch, shown.data ? shown.data : "", shown.len);
	ok = !shown.failed;
	free(shown.data);
	return ok && linx_fld_set_scratch(e, v);
}

/* Returns the index of an argument by the kernel's name or Falco's; -1: the call has no such argument. */
static int place_of(const struct linx_event *ev, const char *name)
{
	int place = linx_falco_place(ev, name);

	for (size_t at = 0; place < 0 && at < ARRAY_SIZE(names); at++)
		if (!strcmp(names[at].falco, name))
			place = linx_falco_place(ev, names[at].kernel);
	return place;
}

/* Gets the number of an argument of a call that is not in Falco's table. False: it is not a number or mode. */
static bool own_number(const struct linx_event *ev, const char *name, int64_t *n)
{
	const struct linx_fld f = { .index = ev->kind == LINX_EVENT_SYSCALL ? place_of(ev, name) : -1 };

	if (f.index < 0 || f.index >= (int)ev->nargs || ev->args_gone || !ev->call)
		return false;
	if (linx_fld_arg_num(ev, &f, n))
		return true;
	*n = (uint32_t)ev->args[f.index];
	return !strcmp(ev->call->row->args[f.index].type, "mode");
}

/* Sets the number of an argument. In an output of a rule, the number has the base that Falco's event table gives. */
static bool give_number(const struct linx_fld_env *e, const struct linx_fld *f, const struct linx_falco_form *form, int64_t n,
			struct linx_fld_value *v)
{
	uint64_t low = form->bytes < 8 ? (uint64_t)n & ((1ull << 8 * form->bytes) - 1) : (uint64_t)n;
	char text[32];

	linx_fld_set_num(v, n);
	if (!f->is_strict || (form->raw_base != 8 && form->raw_base != 16))
		return true;
	snprintf(text, sizeof(text), form->raw_base == 8 ? "%" PRIo64 : "%" PRIX64, low);
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, text);
	return linx_fld_set_scratch(e, v);
}

/* Getter of evt.rawarg: the number of an argument in Falco's event, or its text if it is not a number. */
FALCO_GET(evt_rawarg)
{
	const struct linx_falco_arg *a = linx_falco_is_seen(e->ev) && *f->name ? argument_of(e->ev, f->name) : NULL;
	struct linx_falco_shown x;
	int64_t n;

	if (i || !*f->name)
		return false;
	if (a && a->form.kind == LINX_FALCO_DATA && a->source == LINX_FALCO_FIELD)
		return a->get(e, f, 0, v);
	if (a)
		return linx_falco_arg_show(e, a, &x) &&
		       (x.has_number ? give_number(e, f, &a->form, x.number, v) : linx_fld_set_text(v, x.plain, x.plain_n));
	if (own_number(e->ev, f->name, &n))
		return linx_fld_set_num(v, n);
	if ((!strcmp(f->name, "res") || !strcmp(f->name, "fd")) && e->ev->has_ret)
		return linx_fld_set_num(v, e->ev->ret);
	return linx_falco_evt_arg(e, f, 0, v);
}

/* ---- what arguments need -------------------------------------------------------------------------- */

/*
 * Returns the recording options (LINX_NEEDS_*) that an argument needs. raw: only the number of a descriptor is shown.
 */
static unsigned int needs_of(const struct linx_falco_arg *a, bool raw)
{
	bool shows_sockets = a->form.kind == LINX_FALCO_FD || a->form.kind == LINX_FALCO_FDS || a->form.kind == LINX_FALCO_TUPLE;
	unsigned int all = shows_sockets && !raw ? LINX_FLD_NEEDS_SOCKETS : 0;

	for (unsigned int i = 0; a->source == LINX_FALCO_FIELD && i < linx_fld_count; i++)
		if (linx_fld_tables[LINX_FLD_FALCO][i].get == a->get)
			all |= linx_fld_tables[LINX_FLD_FALCO][i].needs;
	return all;
}

unsigned int linx_falco_arg_needs(const struct linx_fld *f)
{
	bool raw = f->desc->get == linx_falco_evt_rawarg;
	unsigned int all = 0, place = 0;

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
		place = i && !strcmp(arguments[i].event, arguments[i - 1].event) ? place + 1 : 0;
		if (f->index >= 0 ? (unsigned int)f->index == place : !strcmp(arguments[i].name, f->name))
			all |= needs_of(&arguments[i], raw);
	}
	return all;
}

/* ---- names of arguments --------------------------------------------------------------------------- */

enum linx_falco_raw linx_falco_arg_raw(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(raw); i++)
		if (!strcmp(raw[i].name, name))
			return raw[i].type;
	return LINX_FALCO_RAW_UNKNOWN;
}

bool linx_falco_arg_known(const char *name, const struct linx_table *t)
{
	if (linx_falco_arg_raw(name))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].falco, name))
			return true;
	for (unsigned int i = 0; i < t->nrows; i++)
		for (unsigned int k = 0; k < t->rows[i].nargs; k++)
			if (!strcmp(t->rows[i].args[k].name, name))
				return true;
	return false;
}

const char *linx_falco_arg_nearest(const char *name)
{
	const char *all[ARRAY_SIZE(raw) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(raw); i++)
		all[i] = raw[i].name;
	all[ARRAY_SIZE(raw)] = NULL;
	return linx_nearest(name, strlen(name), all);
}
