// SPDX-License-Identifier: LGPL-2.1-or-later
/* Falco's fields of the event itself: opens, arguments, results. */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "filter/falco/event_names.h"
#include "filter/falco/falco.h"
#include "table/names.h"
#include "value/emit.h"

/* ---- the event -------------------------------------------------------------------------------- */

FALCO_GET(unknown)
{
	(void)e, (void)f, (void)i, (void)v;
	return false;
}

FALCO_GET(evt_type)
{
	const char *name = linx_event_get_name(e->ev);
	size_t n = name ? strlen(name) : 0;

	FLD_ONE();
	if (name)
		name = linx_falco_call_name(name, &n);
	return linx_fld_set_text(v, name, n);
}

FALCO_GET(evt_dir)
{
	FLD_ONE();
	return linx_fld_set_text(v, e->ev->entry ? ">" : "<", 1);
}

FALCO_GET(evt_num)
{
	FLD_ONE();
	return e->ev->rec && linx_fld_set_num(v, (int64_t)e->ev->position->seq + 1);
}

FALCO_GET(evt_rawtime)
{
	FLD_ONE();
	return linx_fld_set_num(v, (int64_t)e->ev->wall_ns);
}

/* end: what stands behind the fraction; NULL: there is none. */
static bool put_time(const struct linx_fld_env *e, struct linx_fld_value *v, bool local, const char *format, const char *end)
{
	time_t s = (time_t)(e->ev->wall_ns / 1000000000);
	char text[40], fraction[16];
	struct tm tm;

	if (!(local ? localtime_r(&s, &tm) : gmtime_r(&s, &tm)) || !strftime(text, sizeof(text), format, &tm))
		return false;
	snprintf(fraction, sizeof(fraction), ".%09u", (unsigned int)(e->ev->wall_ns % 1000000000));
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, text);
	if (end)
		linx_strbuf_str(e->scratch, fraction);
	linx_strbuf_str(e->scratch, end ? end : "");
	return linx_fld_set_scratch(e, v);
}

#define SHOWN_TIME(name, local, format, end)                \
	FALCO_GET(name)                                     \
	{                                                   \
		FLD_ONE();                                \
		return put_time(e, v, local, format, end); \
	}
SHOWN_TIME(evt_time, true, "%H:%M:%S", "")
SHOWN_TIME(evt_time_s, true, "%H:%M:%S", NULL)
SHOWN_TIME(evt_datetime, true, "%Y-%m-%d %H:%M:%S", "")
SHOWN_TIME(evt_datetime_s, true, "%Y-%m-%d %H:%M:%S", NULL)
SHOWN_TIME(evt_iso, false, "%Y-%m-%dT%H:%M:%S", "+0000")

FALCO_GET(evt_rawtime_s)
{
	FLD_ONE();
	return linx_fld_set_num(v, (int64_t)(e->ev->wall_ns / 1000000000));
}

FALCO_GET(evt_rawtime_ns)
{
	FLD_ONE();
	return linx_fld_set_num(v, (int64_t)(e->ev->wall_ns % 1000000000));
}

/* The machine that recorded is this one, or its name is not known. */
FALCO_GET(evt_hostname)
{
	char name[HOST_NAME_MAX + 1] = "";

	FLD_ONE();
	if (e->ev->foreign || gethostname(name, sizeof(name) - 1))
		return false;
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, name);
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(evt_res)
{
	unsigned int error = linx_event_errno(e->ev);
	const char *name = error ? linx_errno_name(error) : "SUCCESS";

	FLD_ONE();
	if (!e->ev->has_ret)
		return false;
	if (name)
		return linx_fld_set_text(v, name, strlen(name));
	e->scratch->len = 0;
	linx_strbuf_u64(e->scratch, error);
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(evt_failed)
{
	FLD_ONE();
	return e->ev->has_ret && linx_fld_set_num(v, linx_event_errno(e->ev) != 0);
}

/* ---- opens ------------------------------------------------------------------------------------- */

int linx_falco_place(const struct linx_event *ev, const char *name)
{
	for (unsigned int i = 0; ev->kind == LINX_EVENT_SYSCALL && ev->call && i < ev->call->row->nargs; i++)
		if (!strcmp(ev->call->row->args[i].name, name))
			return (int)i;
	return -1;
}

static bool is_call(const struct linx_event *ev, const char *name)
{
	const char *own = ev->kind == LINX_EVENT_SYSCALL && ev->call ? linx_event_get_name(ev) : NULL;

	return own && !strcmp(own, name);
}

int linx_falco_open_path(const struct linx_event *ev)
{
	if (!is_call(ev, "open") && !is_call(ev, "openat") && !is_call(ev, "openat2") && !is_call(ev, "creat"))
		return -1;
	for (unsigned int i = 0; i < ev->call->row->nargs; i++)
		if (strstr(ev->call->row->args[i].name, "name"))
			return (int)i;
	return -1;
}

bool linx_falco_open_flags(const struct linx_event *ev, uint64_t *flags)
{
	int at = linx_falco_place(ev, "flags"), how = linx_falco_place(ev, "how");

	if (linx_falco_open_path(ev) < 0)
		return false;
	if (is_call(ev, "creat")) {
		*flags = O_CREAT | O_WRONLY | O_TRUNC;
		return true;
	}
	if (how >= 0 && ev->in[how].size >= sizeof(*flags)) {
		memcpy(flags, ev->in[how].data, sizeof(*flags));
		return true;
	}
	*flags = at >= 0 && at < (int)ev->nargs && !ev->args_gone ? ev->args[at] : 0;
	return at >= 0 && at < (int)ev->nargs && !ev->args_gone;
}

static bool mode_executes(const struct linx_event *ev)
{
	int at = linx_falco_place(ev, "mode"), how = linx_falco_place(ev, "how");
	uint64_t mode = at >= 0 && at < (int)ev->nargs ? ev->args[at] : 0;

	if (how >= 0 && ev->in[how].size >= 2 * sizeof(mode))
		memcpy(&mode, (const char *)ev->in[how].data + sizeof(mode), sizeof(mode));
	return mode & 0111;
}

/* False of calls that are no open, as in Falco. */
#define OPENS(name, test)                                                                \
	FALCO_GET(name)                                                                  \
	{                                                                                \
		uint64_t flags;                                                          \
                                                                                         \
		FLD_ONE();                                                             \
		if (e->ev->kind != LINX_EVENT_SYSCALL)                                   \
			return false;                                                    \
		return linx_fld_set_num(v, linx_falco_open_flags(e->ev, &flags) && (test)); \
	}
OPENS(evt_open_read, (flags & O_ACCMODE) == O_RDONLY || (flags & O_ACCMODE) == O_RDWR)
OPENS(evt_open_write, (flags & O_ACCMODE) == O_WRONLY || (flags & O_ACCMODE) == O_RDWR)
OPENS(evt_open_create, (flags & O_CREAT) != 0)
OPENS(evt_open_exec, (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) && mode_executes(e->ev))

/* ---- arguments ------------------------------------------------------------------------------------ */

FALCO_GET(evt_args)
{
	struct linx_put put;

	FLD_ONE();
	if (e->ev->kind != LINX_EVENT_SYSCALL)
		return false;
	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, e->style, e->ev);
	linx_put_args(&put);
	return linx_fld_set_scratch(e, v);
}

/* Falco's name of an argument, and the kernel's. */
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

/* Mode that chmod, fchmod and fchmodat set. */
static bool mode_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	const struct linx_event *ev = e->ev;

	if (strcmp(ev->call->row->args[at].name, "mode") != 0 || !strstr(linx_event_get_name(ev), "chmod"))
		return false;
	put_mode(e->scratch, ev->args[at]);
	return linx_fld_set_scratch(e, v);
}

/* The user or the group that a process is to become. */
static bool account_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	const char *call = linx_event_get_name(e->ev), *name = e->ev->call->row->args[at].name;
	size_t n = strlen(name);

	if (strncmp(call, "set", 3) != 0 || n < 3 || (strcmp(name + n - 3, "uid") != 0 && strcmp(name + n - 3, "gid") != 0))
		return false;
	return linx_falco_account(e, (uint32_t)e->ev->args[at], name[n - 3] == 'g', v);
}

/* A relative path is told from the root on. What a symbolic link is to hold is no path of the caller's. */
static bool path_arg(const struct linx_fld_env *e, unsigned int at, struct linx_fld_value *v)
{
	static const char *const dfds[][2] = { { "oldname", "olddfd" }, { "newname", "newdfd" } };
	const struct linx_table_row *row = e->ev->call->row;
	const struct linx_value *path = &e->ev->in[at];
	const char *dfd = "dfd";

	if (strcmp(row->args[at].ty->name, "path") != 0 || !path->data || !path->size || *(const char *)path->data == '/' ||
	    !*(const char *)path->data || (!strcmp(row->args[at].name, "oldname") && strstr(linx_event_get_name(e->ev), "symlink")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(dfds); i++)
		if (!strcmp(row->args[at].name, dfds[i][0]))
			dfd = dfds[i][1];
	return linx_falco_put_whole(e, dfd, path->data, strnlen(path->data, path->size)) && linx_fld_set_scratch(e, v);
}

/* Arguments that Falco shows in its own way. False: it is none of them. */
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

/* Falco's flags of an exec, as far as they are known; no value: none is set. */
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

/* Arguments of exec in Falco's sense: properties of the new process. */
static bool exec_arg(const struct linx_fld_env *e, const struct linx_fld *f, struct linx_fld_value *v)
{
	static const struct {
		const char *name;
		bool (*get)(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v);
	} all[] = {
		{ "exe", linx_falco_proc_exe }, { "args", linx_falco_proc_args }, { "comm", linx_falco_proc_name },
		{ "cwd", linx_falco_proc_cwd }, { "tty", linx_falco_proc_tty },	  { "pid", linx_own_pid },
		{ "tid", linx_own_tid }, { "env", linx_falco_proc_env }, { "ptid", linx_own_ppid },
	};
	const struct linx_fld plain = { .index = -1 };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(all[i].name, f->name))
			return all[i].get(e, &plain, 0, v);
	return !strcmp(f->name, "flags") && exe_flags(e, v);
}

static bool result_arg(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	unsigned int error = linx_event_errno(e->ev);
	const char *name = error ? linx_errno_name(error) : NULL;

	if (!e->ev->has_ret)
		return false;
	e->scratch->len = 0;
	if (name)
		linx_strbuf_str(e->scratch, name);
	else
		linx_strbuf_i64(e->scratch, e->ev->ret);
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(evt_arg)
{
	if (i || e->ev->kind != LINX_EVENT_SYSCALL || !f->name[0])
		return false;
	if (!strcmp(f->name, "res") || !strcmp(f->name, "res_or_fd"))
		return result_arg(e, v);
	if (is_call(e->ev, "execve") || is_call(e->ev, "execveat"))
		return exec_arg(e, f, v);
	if (isdigit((unsigned char)f->name[0]) || linx_falco_place(e->ev, f->name) >= 0)
		return put_arg(e, f->name, v);
	for (size_t at = 0; at < ARRAY_SIZE(names); at++)
		if (!strcmp(names[at].falco, f->name) && linx_falco_place(e->ev, names[at].kernel) >= 0)
			return put_arg(e, names[at].kernel, v);
	if (!strcmp(f->name, "fd") && e->ev->has_ret)
		return result_arg(e, v);
	return false;
}

/* The place of an argument by Falco's name, or the kernel's; -1: there is none. */
static int place_of(const struct linx_event *ev, const char *name)
{
	int place = linx_falco_place(ev, name);

	for (size_t at = 0; place < 0 && at < ARRAY_SIZE(names); at++)
		if (!strcmp(names[at].falco, name))
			place = linx_falco_place(ev, names[at].kernel);
	return place;
}

/* The number of an argument, and its text. */
FALCO_GET(evt_rawarg)
{
	struct linx_fld by_place = { .index = i || e->ev->kind != LINX_EVENT_SYSCALL ? -1 : place_of(e->ev, f->name) };
	int64_t n;

	if (i || !*f->name)
		return false;
	if ((!strcmp(f->name, "res") || (!strcmp(f->name, "fd") && by_place.index < 0)) && e->ev->has_ret)
		return linx_fld_set_num(v, e->ev->ret);
	if (!linx_falco_evt_arg(e, f, 0, v))
		return false;
	if (by_place.index >= 0 && linx_fld_arg_num(e->ev, &by_place, &n))
		linx_fld_set_num(v, n);
	return true;
}

FALCO_GET(evt_buffer)
{
	const struct linx_event *ev = e->ev;

	FLD_ONE();
	for (unsigned int at = 0; ev->kind == LINX_EVENT_SYSCALL && at < LINX_NARGS; at++) {
		const struct linx_value *out = ev->out[at].size ? &ev->out[at] : &ev->in[at];

		if (out->size && out->kind == LINX_VAL_BYTES && ev->call && at < ev->call->row->nargs &&
		    strstr(ev->call->row->args[at].name, "buf"))
			return linx_fld_set_text(v, out->data, out->size);
	}
	return false;
}
