// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of Falco's fields of the event itself: type, time, result, opens, ends of tasks, buffers. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "filter/falco/event_names.h"
#include "filter/falco/falco.h"
#include "filter/falco/flags.h"
#include "http/transfer.h"
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
	size_t n;
	const char *name = linx_falco_event_name(e->ev, &n);

	FLD_ONE();
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

/* Writes the event's time by a strftime() format. end: text after the fraction of a second; NULL: no fraction. */
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

/* Getter of evt.hostname: the name of this machine; no value if another machine recorded the event. */
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
	if (name && !(error && linx_falco_result_is_number(e->ev)))
		return linx_fld_set_text(v, name, strlen(name));
	e->scratch->len = 0;
	linx_strbuf_i64(e->scratch, e->ev->ret);
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

bool linx_falco_is_open(const struct linx_event *ev)
{
	return linx_falco_is(ev, LINX_NAMED_OPENS);
}

int linx_falco_open_path(const struct linx_event *ev)
{
	const struct linx_table_call *call = linx_falco_call(ev);

	return call ? call->open_path : -1;
}

bool linx_falco_open_flags(const struct linx_event *ev, uint64_t *flags)
{
	const struct linx_table_call *call = linx_falco_call(ev);
	const struct linx_value *how;
	int at = call ? call->open_flags : -1;

	if (at < 0) {
		*flags = O_CREAT | O_WRONLY | O_TRUNC;
		return linx_falco_is_open(ev); /* creat() */
	}
	if (call->open_how) {
		how = linx_falco_value(ev->in, at, sizeof(*flags));
		if (how)
			memcpy(flags, how->data, sizeof(*flags));
		return how;
	}
	if (at >= (int)ev->nargs || ev->args_gone)
		return false;
	*flags = ev->args[at];
	return true;
}

bool linx_falco_given_mode(const struct linx_event *ev, uint64_t *mode)
{
	const struct linx_value *how = linx_falco_value(ev->in, linx_falco_place(ev, "how"), 2 * sizeof(*mode));
	int at = linx_falco_place(ev, "mode");

	if (how)
		memcpy(mode, (const char *)how->data + sizeof(*mode), sizeof(*mode));
	else if (at >= 0 && at < (int)ev->nargs && !ev->args_gone)
		*mode = ev->args[at];
	else
		return false;
	return true;
}

/*
 * Finds out from the record of the opened descriptor whether the call created the file. If the record does not say so,
 * a success with O_CREAT and O_EXCL shows that it did.
 */
int linx_falco_created(const struct linx_event *ev)
{
	const struct linx_descriptor *d;
	uint64_t flags;

	if (!linx_falco_open_flags(ev, &flags) || !ev->has_ret)
		return -1;
	if (ev->ret < 0 || !(flags & O_CREAT))
		return 0;
	d = linx_fds_result(ev->fds);
	if (d && d->flags & (LINX_FD_CREATED | LINX_FD_FOUND))
		return !!(d->flags & LINX_FD_CREATED);
	return flags & O_EXCL ? 1 : -1;
}

/*
 * True if an open created a file. If that is not known, O_CREAT decides. As in Falco, also true for an open that
 * succeeded with a bit of O_TMPFILE. O_DIRECTORY is one of these bits.
 */
static bool creates(const struct linx_event *ev, uint64_t flags)
{
	int created = linx_falco_created(ev);

	if (created > 0 || (created < 0 && flags & O_CREAT))
		return true;
	return flags & O_TMPFILE && ev->has_ret && ev->ret >= 0;
}

static bool mode_executes(const struct linx_event *ev, uint64_t flags)
{
	uint64_t mode;

	return linx_falco_given_mode(ev, &mode) && linx_falco_open_mode(flags, mode) & 0111;
}

/* Makes the getter of a field about an open. The field's value is false for calls that are not an open, as in Falco. */
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
OPENS(evt_open_read, (flags & O_ACCMODE) != O_WRONLY)
OPENS(evt_open_write, (flags & O_ACCMODE) == O_WRONLY || (flags & O_ACCMODE) == O_RDWR)
OPENS(evt_open_create, creates(e->ev, flags))
OPENS(evt_open_exec, mode_executes(e->ev, flags))

/* ---- ends of tasks -------------------------------------------------------------------------------- */

static bool give_status(const struct linx_fld_env *e, int64_t n, struct linx_fld_value *v)
{
	return e->ev->kind == LINX_EVENT_EXIT && e->ev->ctx && linx_fld_set_num(v, n);
}

/* Returns the status of a task's end in the format of wait(2). */
static uint32_t status_of(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_EXIT && ev->ctx ? ev->ctx->code : 0;
}

#define STATUS(name, value)                                           \
	FALCO_GET(name)                                               \
	{                                                             \
		uint32_t status = status_of(e->ev);                   \
                                                                      \
		FLD_ONE();                                            \
		return give_status(e, value, v);                      \
	}
STATUS(exit_status, (int32_t)status)
STATUS(exit_ret, WIFEXITED(status) ? WEXITSTATUS(status) : 0)
STATUS(exit_core, (status & 0x80) != 0)

STATUS(exit_signal, WIFSIGNALED(status) ? WTERMSIG(status) : 0)

/* ---- buffers ---------------------------------------------------------------------------------------- */

/*
 * Describes the buffers of a call whose second argument is an iovec, msghdr or mmsghdr. False: the argument has another
 * type.
 */
static bool vector_of(const struct linx_event *ev, struct linx_transfer *t)
{
	static const struct {
		const char *type;
		enum linx_transfer_kind kind;
	} vectors[] = { { "iovec", LINX_TRANSFER_VECTOR }, { "msghdr", LINX_TRANSFER_MESSAGE }, { "mmsghdr", LINX_TRANSFER_MESSAGES } };
	const struct linx_arg *arg = ev->call && ev->nargs > 1 && ev->call->row->nargs > 1 ? &ev->call->row->args[1] : NULL;

	for (size_t i = 0; arg && i < ARRAY_SIZE(vectors); i++) {
		if (strcmp(arg->type, vectors[i].type) != 0)
			continue;
		*t = (struct linx_transfer){ .name = ev->call->name, .kind = (uint8_t)vectors[i].kind, .out = !arg->fills };
		return true;
	}
	return false;
}

/* Writes the bytes of all buffers, up to the first one that was not captured whole. */
static bool put_vector(const struct linx_event *ev, struct linx_strbuf *o)
{
	struct linx_transfer_walk w;
	struct linx_transfer t;
	const uint8_t *data;
	uint64_t have, len;

	if (ev->kind != LINX_EVENT_SYSCALL || ev->args_gone || !ev->has_ret || !vector_of(ev, &t) ||
	    (ev->ret < 0 && (!t.out || t.kind == LINX_TRANSFER_MESSAGES)))
		return false;
	linx_transfer_begin(&w, &t, ev);
	while (linx_transfer_next(&w, &data, &have, &len)) {
		linx_strbuf_mem(o, data ? (const char *)data : "", have);
		if (have < len)
			break;
	}
	return o->len;
}

FALCO_GET(evt_buffer)
{
	const struct linx_event *ev = e->ev;

	FLD_ONE();
	for (unsigned int at = 0; ev->kind == LINX_EVENT_SYSCALL && at < LINX_NARGS; at++) {
		const struct linx_value *out = linx_falco_value(ev->out, (int)at, 1);

		if (!out)
			out = linx_falco_value(ev->in, (int)at, 1);
		if (out && out->kind == LINX_VAL_BYTES && ev->call && at < ev->call->row->nargs &&
		    strstr(ev->call->row->args[at].name, "buf"))
			return linx_fld_set_text(v, out->data, out->size);
	}
	e->scratch->len = 0;
	return put_vector(ev, e->scratch) && linx_fld_set_scratch(e, v);
}
