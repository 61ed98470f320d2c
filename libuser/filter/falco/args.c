// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Getters of Falco's fields of arguments (evt.arg, evt.args, evt.rawarg). The arguments of Falco's exit events are
 * listed in filter/falco/args.def, with names, order and source. Other names are the kernel's names of a call's
 * arguments.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/falco/event_names.h"
#include "filter/falco/falco.h"
#include "table/names.h"
#include "value/emit.h"

/* ---- arguments of the call ---------------------------------------------------------------------------- */

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

static void put_mode(struct linx_strbuf *o, uint64_t mode)
{
	static const char *const bits[] = {
		"S_IXOTH", "S_IWOTH", "S_IROTH", "S_IXGRP", "S_IWGRP", "S_IRGRP",
		"S_IXUSR", "S_IWUSR", "S_IRUSR", "S_ISVTX", "S_ISGID", "S_ISUID",
	};
	size_t start = o->len;

	for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++) {
		if (!(mode >> i & 1))
			continue;
		if (o->len > start)
			linx_strbuf_char(o, '|');
		linx_strbuf_str(o, bits[i]);
	}
	if (o->len == start)
		linx_strbuf_char(o, '0');
}

/* Shows the mode argument of chmod, fchmod and fchmodat. False: it is another argument. */
static bool mode_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	const struct linx_event *ev = e->ev;

	if (strcmp(ev->call->row->args[at].name, "mode") != 0 || !strstr(linx_event_get_name(ev), "chmod"))
		return false;
	put_mode(e->scratch, ev->args[at]);
	return linx_fld_set_scratch(e, v);
}

/*
 * Shows the user or group argument of setuid, setgid and the like by name. False: the argument is another one, or the
 * name is not known.
 */
static bool account_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	const char *call = linx_event_get_name(e->ev), *name = e->ev->call->row->args[at].name;
	size_t n = strlen(name);

	if (strncmp(call, "set", 3) != 0 || n < 3 || (strcmp(name + n - 3, "uid") != 0 && strcmp(name + n - 3, "gid") != 0))
		return false;
	return linx_falco_account(e, (uint32_t)e->ev->args[at], name[n - 3] == 'g', v);
}

/*
 * Shows a relative path as an absolute one. Not the target of a symlink, which is not relative to the caller's
 * directory.
 */
static bool path_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	static const char *const dfds[][2] = { { "oldname", "olddfd" }, { "newname", "newdfd" } };
	const struct linx_table_row *row = e->ev->call->row;
	const struct linx_value *path = linx_falco_value(e->ev->in, (int)at, 1);
	const char *dfd = "dfd";

	if (strcmp(row->args[at].ty->name, "path") != 0 || !path || *(const char *)path->data == '/' ||
	    !*(const char *)path->data || (!strcmp(row->args[at].name, "oldname") && strstr(linx_event_get_name(e->ev), "symlink")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(dfds); i++)
		if (!strcmp(row->args[at].name, dfds[i][0]))
			dfd = dfds[i][1];
	return linx_falco_put_whole(e, dfd, path->data, strnlen(path->data, path->size)) && linx_fld_set_scratch(e, v);
}

/* Shows an argument that Falco prints in its own way. False: it is not such an argument. */
static bool special_arg(const struct linx_fld_env *e, int at, struct linx_fld_value *v)
{
	if (at < 0 || at >= (int)e->ev->nargs || !e->ev->call || e->ev->args_gone)
		return false;
	return mode_arg(e, (unsigned int)at, v) || account_arg(e, (unsigned int)at, v) || path_arg(e, (unsigned int)at, v);
}

static bool put_arg(const struct linx_fld_env *e, const char *name, struct linx_fld_value *v)
{
	struct linx_fld f = { .index = -1 };

	if (strlen(name) >= sizeof(f.name))
		return false;
	strcpy(f.name, name);
	if (isdigit((unsigned char)*name))
		f.index = atoi(name);
	e->scratch->len = 0;
	if (special_arg(e, linx_falco_place(e->ev, name), v))
		return true;
	e->scratch->len = 0;
	return linx_fld_arg_text(e, &f, e->scratch) && linx_fld_set_scratch(e, v);
}

/* Shows Falco's flags of an exec, as far as linx knows them. False: none is set. */
static bool exe_flags(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} all[] = { { LINX_PROCESS_UPPER, "EXE_UPPER_LAYER" }, { LINX_PROCESS_MEMFD, "EXE_FROM_MEMFD" } };
	const struct linx_process *p = linx_event_borrow_process(e->ev);

	e->scratch->len = 0;
	for (size_t i = 0; p && i < ARRAY_SIZE(all); i++) {
		if (!(p->flags & all[i].flag))
			continue;
		if (e->scratch->len)
			linx_strbuf_char(e->scratch, '|');
		linx_strbuf_str(e->scratch, all[i].name);
	}
	return e->scratch->len && linx_fld_set_scratch(e, v);
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

enum source { RESULT, ARG, MEMBER, LEFT, FIELD, EXEC_FLAGS, ABSENT };
enum form { TEXT, STRING, DATA, OCT, HEX, FD };

static const struct argument {
	const char *event, *name;
	enum source source;
	enum form form;
	const char *arg, *member;
	linx_fld_getter *get;
} arguments[] = {
#define RESULT(event, name, form) { #event, #name, RESULT, form, NULL, NULL, NULL },
#define ARG(event, name, arg, form) { #event, #name, ARG, form, #arg, NULL, NULL },
#define MEMBER(event, name, arg, member, form) { #event, #name, MEMBER, form, #arg, #member, NULL },
#define LEFT(event, name, arg, member, form) { #event, #name, LEFT, form, #arg, #member, NULL },
#define FIELD(event, name, get, form) { #event, #name, FIELD, form, NULL, NULL, linx_##get },
#define EXEC_FLAGS(event, name) { #event, #name, EXEC_FLAGS, TEXT, NULL, NULL, NULL },
#define ABSENT(event, name, reason) { #event, #name, ABSENT, TEXT, NULL, NULL, NULL },
#define NAME(name)
#include "filter/falco/args.def"
#undef RESULT
#undef ARG
#undef MEMBER
#undef LEFT
#undef FIELD
#undef EXEC_FLAGS
#undef ABSENT
#undef NAME
};

/* Falco's names of arguments that no event of linx has. */
static const char *const other_names[] = {
#define RESULT(event, name, form)
#define ARG(event, name, arg, form)
#define MEMBER(event, name, arg, member, form)
#define LEFT(event, name, arg, member, form)
#define FIELD(event, name, get, form)
#define EXEC_FLAGS(event, name)
#define ABSENT(event, name, reason)
#define NAME(name) #name,
#include "filter/falco/args.def"
#undef RESULT
#undef ARG
#undef MEMBER
#undef LEFT
#undef FIELD
#undef EXEC_FLAGS
#undef ABSENT
#undef NAME
};

static int compare(const void *name, const void *argument)
{
	return strcmp(name, ((const struct argument *)argument)->event);
}

/*
 * Returns the first of the event's arguments in the array arguments, and their number in *n. NULL: Falco's table has
 * none.
 */
static const struct argument *arguments_of(const struct linx_event *ev, unsigned int *n)
{
	size_t len;
	const char *name = linx_falco_is_seen(ev) ? linx_falco_event_name(ev, &len) : NULL;
	const struct argument *at;

	*n = 0;
	at = name ? bsearch(name, arguments, ARRAY_SIZE(arguments), sizeof(*arguments), compare) : NULL;
	while (at && at > arguments && !strcmp(at[-1].event, name))
		at--;
	while (at && at + *n < arguments + ARRAY_SIZE(arguments) && !strcmp(at[*n].event, name))
		++*n;
	return at;
}

static bool give_number(const struct linx_fld_env *e, int64_t n, enum form form, struct linx_fld_value *v)
{
	char text[32];

	if (form == OCT)
		snprintf(text, sizeof(text), "%#" PRIo64, (uint64_t)n);
	else if (form == HEX)
		snprintf(text, sizeof(text), "%" PRIX64, (uint64_t)n);
	else
		snprintf(text, sizeof(text), "%" PRId64, n);
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, text);
	return linx_fld_set_scratch(e, v);
}

/* Gets the number of an argument that is a number or a mode. False: the argument is of another kind, or not known. */
static bool number_of(const struct linx_event *ev, const struct linx_fld *f, int64_t *n)
{
	if (f->index < 0 || f->index >= (int)ev->nargs || ev->args_gone || !ev->call)
		return false;
	if (linx_fld_arg_num(ev, f, n))
		return true;
	*n = (uint32_t)ev->args[f->index];
	return !strcmp(ev->call->row->args[f->index].type, "mode");
}

/*
 * Gets the number of a descriptor that is an argument or the result. False: there is no descriptor, or it is not known.
 */
static bool fd_number(const struct linx_event *ev, const struct argument *a, int32_t *fd)
{
	int at = a->source == ARG && !ev->args_gone ? linx_falco_place(ev, a->arg) : -1;
	bool known = a->source == RESULT ? ev->has_ret : at >= 0 && at < (int)ev->nargs;

	if (a->form == FD && known)
		*fd = (int32_t)(a->source == RESULT ? (uint64_t)ev->ret : ev->args[at]);
	return a->form == FD && known;
}

/* Shows a descriptor with its type and name. A negative number is shown as the name of an error, as in Falco. */
static bool give_fd(const struct linx_fld_env *e, int32_t fd, struct linx_fld_value *v)
{
	const struct linx_descriptor *d = linx_fds_find(e->ev->fds, fd, false);
	const char *name = fd == LINX_FD_CWD ? "AT_FDCWD" : fd < 0 ? linx_errno_name((unsigned int)-(int64_t)fd) : NULL;

	if (name)
		return linx_fld_set_text(v, name, strlen(name));
	if (d)
		return linx_falco_put_fd(e, d) && linx_fld_set_scratch(e, v);
	return give_number(e, fd, TEXT, v);
}

/* Returns Falco's text for a null pointer. NULL: the argument is not a null pointer. */
static const char *null_text(const struct linx_event *ev, const struct argument *a, int at)
{
	static const char *const texts[] = { [STRING] = "<NA>", [DATA] = "NULL" };

	if ((a->form != STRING && a->form != DATA) || ev->args_gone || at >= (int)ev->nargs || ev->args[at])
		return NULL;
	return texts[a->form];
}

static bool give_arg(const struct linx_fld_env *e, const struct argument *a, struct linx_fld_value *v)
{
	const struct linx_fld f = { .index = linx_falco_place(e->ev, a->arg) };
	const char *null = f.index >= 0 ? null_text(e->ev, a, f.index) : NULL;
	int32_t fd;
	int64_t n;

	if (f.index < 0)
		return false;
	if (null)
		return linx_fld_set_text(v, null, strlen(null));
	if (fd_number(e->ev, a, &fd))
		return give_fd(e, fd, v);
	if ((a->form != OCT && a->form != HEX) || !number_of(e->ev, &f, &n))
		return put_arg(e, a->arg, v);
	return give_number(e, n, a->form, v);
}

static bool give_member(const struct linx_fld_env *e, const struct argument *a, struct linx_fld_value *v)
{
	int place = linx_falco_place(e->ev, a->arg);
	const struct linx_value *value = linx_falco_value(a->source == LEFT ? e->ev->out : e->ev->in, place, 1);
	struct linx_style style = *e->style;
	const struct linx_type_member *m;
	struct linx_put put;
	struct linx_obj o;
	size_t at;

	if (!value || e->ev->args_gone || !e->ev->args[place])
		return false;
	style.names = true;
	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, &style, e->ev);
	o = (struct linx_obj){ .ty = e->ev->call->row->args[place].ty, .data = value->data, .size = value->size };
	m = linx_member_find(&put, &o, a->member, &at);
	if (!m)
		return false;
	if (a->form != TEXT || !m->set)
		return give_number(e, linx_member_num(&put, &o, a->member), a->form, v);
	linx_put_typed(&put, m->ty, m->set, o.data + at, linx_type_size(m->ty, linx_put_abi(e->ev)), 0);
	return linx_fld_set_scratch(e, v);
}

static bool give_field(const struct linx_fld_env *e, const struct argument *a, struct linx_fld_value *v)
{
	static const struct linx_fld plain = { .index = -1 };
	struct linx_fld_value got = { 0 };

	if (!a->get(e, &plain, 0, &got))
		return false;
	if (got.has_text) {
		*v = got;
		return true;
	}
	return got.has_num && give_number(e, got.num, a->form, v);
}

static bool give(const struct linx_fld_env *e, const struct argument *a, struct linx_fld_value *v)
{
	switch (a->source) {
	case RESULT:
		return result_arg(e, a->form == FD, v);
	case ARG:
		return give_arg(e, a, v);
	case MEMBER:
	case LEFT:
		return give_member(e, a, v);
	case FIELD:
		return give_field(e, a, v);
	case EXEC_FLAGS:
		return exe_flags(e, v);
	default:
		return false;
	}
}

FALCO_GET(evt_arg)
{
	unsigned int n;
	const struct argument *all = arguments_of(e->ev, &n);
	bool by_place = isdigit((unsigned char)f->name[0]);

	if (i || !linx_falco_is_seen(e->ev) || !f->name[0])
		return false;
	if (by_place && all)
		return (unsigned int)atoi(f->name) < n && give(e, &all[atoi(f->name)], v);
	for (unsigned int k = 0; k < n; k++)
		if (!strcmp(all[k].name, f->name))
			return give(e, &all[k], v);
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

static void put_named(struct linx_strbuf *o, const struct linx_event *ev, const struct argument *a, const struct linx_fld_value *v)
{
	int32_t fd;

	if (o->len)
		linx_strbuf_char(o, ' ');
	linx_strbuf_str(o, a->name);
	linx_strbuf_char(o, '=');
	/* A descriptor is written with its number: "3(<f>/etc/passwd)". */
	if (v->n && *v->s == '<' && fd_number(ev, a, &fd)) {
		linx_strbuf_i64(o, fd);
		linx_strbuf_char(o, '(');
		linx_strbuf_mem(o, v->s, v->n);
		linx_strbuf_char(o, ')');
		return;
	}
	linx_strbuf_mem(o, v->s, !strcmp(a->name, "data") && v->n > DATA_SHOWN ? DATA_SHOWN : v->n);
}

FALCO_GET(evt_args)
{
	unsigned int n;
	const struct argument *all = arguments_of(e->ev, &n);
	struct linx_strbuf shown = { 0 };
	bool ok;

	FLD_ONE();
	if (!all)
		return e->ev->kind == LINX_EVENT_SYSCALL && own_args(e, v);
	for (unsigned int k = 0; k < n; k++) {
		struct linx_fld_value one = { 0 };

		if (give(e, &all[k], &one))
			put_named(&shown, e->ev, &all[k], &one);
	}
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

/* Getter of evt.rawarg: the number of an argument, or its text if it is not a number. */
FALCO_GET(evt_rawarg)
{
	struct linx_fld by_place = { .index = i || e->ev->kind != LINX_EVENT_SYSCALL ? -1 : place_of(e->ev, f->name) };
	int64_t n;

	if (i || !*f->name)
		return false;
	if ((!strcmp(f->name, "res") || (!strcmp(f->name, "fd") && by_place.index < 0)) && e->ev->has_ret)
		return linx_fld_set_num(v, e->ev->ret);
	if (number_of(e->ev, &by_place, &n))
		return linx_fld_set_num(v, n);
	return linx_falco_evt_arg(e, f, 0, v);
}

/* ---- what arguments need -------------------------------------------------------------------------- */

/*
 * Returns the recording options (LINX_NEEDS_*) that an argument needs. raw: only the number of a descriptor is shown.
 */
static unsigned int needs_of(const struct argument *a, bool raw)
{
	unsigned int all = a->form == FD && !raw ? LINX_FLD_NEEDS_SOCKETS : 0;

	for (unsigned int i = 0; a->source == FIELD && i < linx_fld_count; i++)
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

bool linx_falco_arg_known(const char *name, const struct linx_table *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		if (!strcmp(arguments[i].name, name))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].falco, name))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(other_names); i++)
		if (!strcmp(other_names[i], name))
			return true;
	for (unsigned int i = 0; i < t->nrows; i++)
		for (unsigned int k = 0; k < t->rows[i].nargs; k++)
			if (!strcmp(t->rows[i].args[k].name, name))
				return true;
	return false;
}

const char *linx_falco_arg_nearest(const char *name)
{
	const char *all[ARRAY_SIZE(arguments) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		all[i] = arguments[i].name;
	all[ARRAY_SIZE(arguments)] = NULL;
	return linx_nearest(name, strlen(name), all);
}
