// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts of the arguments of Falco's events, by the forms of filter/falco/args.def. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/array_size.h"
#include "filter/falco/args.h"
#include "state/tasks.h"
#include "table/names.h"
#include "value/emit.h"

static bool set_plain(struct linx_falco_shown *x, const char *s, size_t n)
{
	x->plain = s;
	x->plain_n = n;
	return s;
}

static bool set_name(struct linx_falco_shown *x, const char *s)
{
	x->name = s;
	x->name_n = s ? strlen(s) : 0;
	return true;
}

static bool set_scratch_name(const struct linx_fld_env *e, struct linx_falco_shown *x)
{
	x->name = e->scratch->data;
	x->name_n = e->scratch->len;
	return !e->scratch->failed;
}

static bool set_scratch_plain(const struct linx_fld_env *e, struct linx_falco_shown *x)
{
	return !e->scratch->failed && set_plain(x, e->scratch->data ? e->scratch->data : "", e->scratch->len);
}

bool linx_falco_show_empty(const struct linx_falco_form *form, struct linx_falco_shown *x)
{
	bool bytes = form->kind == LINX_FALCO_DATA || form->kind == LINX_FALCO_TUPLE || form->kind == LINX_FALCO_FDS ||
		     form->kind == LINX_FALCO_DYN;

	return set_plain(x, bytes ? "NULL" : "<NA>", 4);
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

/* Returns a number cut to the width that it has in Falco's event, with or without a sign. */
static int64_t in_width(int64_t n, unsigned int bytes, bool is_signed)
{
	unsigned int shift = 64 - 8 * bytes;

	if (!bytes || bytes >= 8)
		return n;
	return is_signed ? (int64_t)((uint64_t)n << shift) >> shift : (int64_t)((uint64_t)n << shift >> shift);
}

static void set_digits(struct linx_falco_shown *x, const char *format, uint64_t n)
{
	snprintf(x->digits, sizeof(x->digits), format, n);
	set_plain(x, x->digits, strlen(x->digits));
}

/* Writes the digits of a number. As in Falco, a decimal number has a sign even if its type is unsigned. */
static void number_digits(const struct linx_falco_form *form, struct linx_falco_shown *x)
{
	uint64_t low = (uint64_t)in_width(x->number, form->bytes, false);

	if (form->base == 8)
		set_digits(x, "%#" PRIo64, low);
	else if (form->base == 16)
		set_digits(x, "%" PRIX64, low);
	else
		set_digits(x, "%" PRId64, (uint64_t)in_width(x->number, form->bytes, true));
}

static bool name_fd(const struct linx_fld_env *e, struct linx_falco_shown *x)
{
	int32_t fd = (int32_t)x->number;
	const struct linx_descriptor *d = fd >= 0 ? linx_fds_result(e->ev->fds) : NULL;

	if (fd < 0)
		return set_name(x, fd == LINX_FD_CWD ? "AT_FDCWD" : linx_errno_name((unsigned int)-(int64_t)fd));
	if (!d || d->fd != fd)
		d = linx_fds_find(e->ev->fds, fd, false);
	return !d || (linx_falco_put_fd(e, d) && set_scratch_name(e, x));
}

/* Sets the name of a thread to the comm that was last recorded. A thread that is not known has no name. */
static bool name_pid(const struct linx_event *ev, struct linx_falco_shown *x)
{
	const struct linx_task_slot *slot = ev->tasks && x->number > 0 && x->number <= INT32_MAX ?
						    linx_tasks_find(ev->tasks, (uint32_t)x->number) : NULL;

	return set_name(x, slot && slot->known && *slot->task.comm ? slot->task.comm : NULL);
}

static bool name_account(const struct linx_fld_env *e, bool group, struct linx_falco_shown *x)
{
	struct linx_fld_value v = { 0 };

	if ((uint32_t)x->number == UINT32_MAX) {
		set_plain(x, "-1", 2);
		return set_name(x, "<NONE>");
	}
	if (!linx_falco_account(e, (uint32_t)x->number, group, &v))
		return set_name(x, "<NA>");
	x->name = v.s;
	x->name_n = v.n;
	return true;
}

static bool show_signals(const struct linx_fld_env *e, struct linx_falco_shown *x)
{
	e->scratch->len = 0;
	for (unsigned int i = 0; i < 32; i++) {
		const char *name = (uint64_t)x->number >> i & 1 ? linx_signal_name(i + 1) : NULL;

		if (name && e->scratch->len)
			linx_strbuf_char(e->scratch, ' ');
		if (name)
			linx_strbuf_str(e->scratch, name);
	}
	return set_scratch_plain(e, x);
}

static bool show_reltime(const struct linx_fld_env *e, struct linx_falco_shown *x)
{
	char text[32];

	if ((uint64_t)x->number == UINT64_MAX)
		return set_plain(x, "none", 4);
	snprintf(text, sizeof(text), "%lgs", (double)(uint64_t)x->number / 1000000000);
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, text);
	return set_scratch_name(e, x);
}

static bool show_abstime(struct linx_falco_shown *x)
{
	time_t s = (time_t)((uint64_t)x->number / 1000000000);
	struct tm tm;
	size_t n;

	if (!localtime_r(&s, &tm))
		return false;
	n = strftime(x->digits, sizeof(x->digits), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(x->digits + n, sizeof(x->digits) - n, ".%09u", (unsigned int)((uint64_t)x->number % 1000000000));
	return set_plain(x, x->digits, strlen(x->digits));
}

static bool show_named(const struct linx_fld_env *e, const struct linx_falco_form *form, struct linx_falco_shown *x)
{
	e->scratch->len = 0;
	linx_falco_put_names(e->scratch, form->set, form->naming, (uint32_t)x->number);
	if (form->naming == LINX_FALCO_MODE)
		set_digits(x, "%#" PRIo64, (uint64_t)x->number);
	else
		set_digits(x, "%" PRIu64, (uint64_t)x->number);
	return !e->scratch->len || set_scratch_name(e, x);
}

bool linx_falco_show_number(const struct linx_fld_env *e, const struct linx_falco_form *form, int64_t n, struct linx_falco_shown *x)
{
	x->has_number = true;
	x->number = form->converts ? linx_falco_flags_number(form->set, (uint64_t)n) : n;
	x->number = in_width(x->number, form->bytes, form->is_signed);
	number_digits(form, x);
	switch (form->kind) {
	case LINX_FALCO_FD:
		return name_fd(e, x);
	case LINX_FALCO_PID:
		return name_pid(e->ev, x);
	case LINX_FALCO_UID:
	case LINX_FALCO_GID:
		return name_account(e, form->kind == LINX_FALCO_GID, x);
	case LINX_FALCO_ERRNO:
		return set_name(x, x->number < 0 && x->number >= -4095 ? linx_errno_name((unsigned int)-x->number) : NULL);
	case LINX_FALCO_SIGNAL:
		return set_name(x, linx_signal_name((unsigned int)x->number));
	case LINX_FALCO_SIGNALS:
		return show_signals(e, x);
	case LINX_FALCO_RELTIME:
		return show_reltime(e, x);
	case LINX_FALCO_ABSTIME:
		return show_abstime(x);
	case LINX_FALCO_NAMED:
		return show_named(e, form, x);
	default:
		return true;
	}
}

/* ---- bytes --------------------------------------------------------------------------------------------- */

static bool show_path(const struct linx_fld_env *e, const char *arg, struct linx_falco_shown *x)
{
	static const char *const dfds[][2] = { { "oldname", "olddfd" }, { "newname", "newdfd" } };
	const char *dfd = "dfd";

	if (!x->plain_n || *x->plain == '/')
		return true;
	for (size_t i = 0; arg && i < ARRAY_SIZE(dfds); i++)
		if (!strcmp(arg, dfds[i][0]) && linx_falco_place(e->ev, dfds[i][1]) >= 0)
			dfd = dfds[i][1];
	e->scratch->len = 0;
	return !linx_falco_put_whole(e, dfd, x->plain, x->plain_n) || set_scratch_name(e, x);
}

/* Shows n bytes, which may already be in the scratch buffer. */
static bool show_data(const struct linx_fld_env *e, const char *s, size_t n, struct linx_falco_shown *x)
{
	if (s != e->scratch->data) {
		e->scratch->len = 0;
		linx_strbuf_mem(e->scratch, s, n);
	}
	for (size_t i = 0; !e->scratch->failed && i < n; i++)
		if (!isprint((unsigned char)e->scratch->data[i]))
			e->scratch->data[i] = '.';
	return set_scratch_plain(e, x);
}

bool linx_falco_show_bytes(const struct linx_fld_env *e, const struct linx_falco_form *form, const char *arg, const char *s, size_t n,
			   struct linx_falco_shown *x)
{
	if (form->kind == LINX_FALCO_DATA)
		return n ? show_data(e, s, n, x) : linx_falco_show_empty(form, x);
	set_plain(x, s, strnlen(s, n));
	return form->kind != LINX_FALCO_PATH || show_path(e, arg, x);
}

static void put_inet(struct linx_strbuf *o, int family, const void *addr, uint16_t port)
{
	char text[INET6_ADDRSTRLEN];
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (family == AF_INET6 && !memcmp(addr, mapped, sizeof(mapped))) {
		family = AF_INET;
		addr = (const char *)addr + sizeof(mapped);
	}
	linx_strbuf_str(o, inet_ntop(family, addr, text, sizeof(text)) ? text : "");
	linx_strbuf_char(o, ':');
	linx_strbuf_u64(o, ntohs(port));
}

/* Shows a struct sockaddr. A UNIX address is shown as its path; an abstract name without the NUL before it. */
static bool show_address(const struct linx_fld_env *e, const struct linx_value *v, const struct linx_falco_form *form, struct linx_falco_shown *x)
{
	const char *data = v->data;
	uint16_t family, port = 0;

	memcpy(&family, data, sizeof(family));
	if (v->size >= 4)
		memcpy(&port, data + 2, sizeof(port));
	e->scratch->len = 0;
	if (family == AF_UNIX) {
		size_t from = v->size > 2 && !data[2] ? 3 : 2;

		return set_plain(x, data + 2, 0) && (v->size <= from || set_plain(x, data + from, strnlen(data + from, v->size - from)));
	}
	if (family == AF_INET && v->size >= 8)
		put_inet(e->scratch, family, data + 4, port);
	else if (family == AF_INET6 && v->size >= 24)
		put_inet(e->scratch, family, data + 8, port);
	else
		return linx_falco_show_empty(form, x);
	return set_scratch_plain(e, x);
}

/* Returns the events of poll(2) as Falco numbers them. */
static unsigned int poll_events(uint16_t events)
{
	static const struct {
		uint16_t kernel, falco;
	} all[] = { { 0x7, 0x7 }, { 0x8, 0x10 }, { 0x10, 0x20 }, { 0x20, 0x40 }, { 0x40, 0x80 }, { 0x80, 0x100 },
		    { 0x100, 0x200 }, { 0x200, 0x400 }, { 0x2000, 0x8 } };
	unsigned int falco = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		falco |= all[i].kernel == 0x7 ? events & 0x7u : events & all[i].kernel ? all[i].falco : 0;
	return falco;
}

static bool show_fds(const struct linx_fld_env *e, int at, struct linx_falco_shown *x)
{
	const struct linx_value *out = linx_falco_value(e->ev->out, at, 8);
	const struct linx_value *v = out ? out : linx_falco_value(e->ev->in, at, 8);
	struct linx_strbuf all = { 0 };

	if (!v)
		return false;
	for (size_t i = 0; i + 8 <= v->size; i += 8) {
		const struct linx_descriptor *d;
		char text[48];
		uint16_t events;
		int32_t fd;

		memcpy(&fd, (const char *)v->data + i, sizeof(fd));
		memcpy(&events, (const char *)v->data + i + 6, sizeof(events));
		d = linx_fds_find(e->ev->fds, fd, false);
		snprintf(text, sizeof(text), "%s%" PRIu64 ":%c%x", i ? " " : "", (uint64_t)(int64_t)fd,
			 d ? linx_falco_letter_of(d) : '?', poll_events(events));
		linx_strbuf_str(&all, text);
	}
	e->scratch->len = 0;
	linx_strbuf_mem(e->scratch, all.data ? all.data : "", all.len);
	free(all.data);
	return !all.failed && set_scratch_plain(e, x);
}

/* ---- sources --------------------------------------------------------------------------------------------- */

bool linx_falco_arg_value(const struct linx_event *ev, const char *name, uint64_t *value)
{
	int at = ev->args_gone ? -1 : linx_falco_place(ev, name);

	if (at < 0 || at >= (int)ev->nargs)
		return false;
	*value = ev->args[at];
	return true;
}

bool linx_falco_read(const struct linx_value *values, int at, size_t offset, size_t bytes, uint64_t *n)
{
	const struct linx_value *v = linx_falco_value(values, at, offset + bytes);

	*n = 0;
	if (v)
		memcpy(n, (const char *)v->data + offset, bytes); /* every supported architecture is little-endian */
	return v;
}

static bool is_memory(enum linx_falco_kind kind)
{
	return kind == LINX_FALCO_TEXT || kind == LINX_FALCO_PATH || kind == LINX_FALCO_DATA || kind == LINX_FALCO_ADDRESS ||
	       kind == LINX_FALCO_FDS;
}

/* True if the argument's memory could not be read. Falco's driver then sends nothing for the argument. */
static bool is_unreadable(const struct linx_event *ev, int at)
{
	return at >= 0 && (ev->in[at].state == LINX_UNREADABLE || (!ev->in[at].state && linx_event_errno(ev) == EFAULT));
}

static bool show_memory(const struct linx_fld_env *e, const struct linx_falco_arg *a, int at, struct linx_falco_shown *x)
{
	const struct linx_value *v = linx_falco_value(e->ev->in, at, 0); /* a string may be empty */

	if (!v)
		v = linx_falco_value(e->ev->out, at, 0);
	if (a->form.kind == LINX_FALCO_FDS)
		return show_fds(e, at, x);
	if (!v || (a->form.kind == LINX_FALCO_ADDRESS && v->size < 2))
		return is_unreadable(e->ev, at) && linx_falco_show_empty(&a->form, x);
	if (a->form.kind == LINX_FALCO_ADDRESS)
		return show_address(e, v, &a->form, x);
	return linx_falco_show_bytes(e, &a->form, a->arg, v->data, v->size, x);
}

static bool show_arg(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	uint64_t n;

	if (!linx_falco_arg_value(e->ev, a->arg, &n))
		return false;
	if (!is_memory(a->form.kind))
		return linx_falco_show_number(e, &a->form, (int64_t)n, x);
	return n ? show_memory(e, a, linx_falco_place(e->ev, a->arg), x) : linx_falco_show_empty(&a->form, x);
}

static bool read_member(const struct linx_fld_env *e, const struct linx_falco_arg *a, const struct linx_value *values, int64_t *n)
{
	int place = linx_falco_place(e->ev, a->arg);
	const struct linx_value *value = linx_falco_value(values, place, 1);
	struct linx_put put;
	struct linx_obj o;
	size_t at;

	if (!value)
		return false;
	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, e->style, e->ev);
	o = (struct linx_obj){ .ty = e->ev->call->row->args[place].ty, .data = value->data, .size = value->size };
	if (!linx_member_find(&put, &o, a->member, &at))
		return false;
	*n = (int64_t)linx_member_num(&put, &o, a->member);
	return true;
}

/*
 * Shows a member of a structure. As in Falco, it is 0 for a null pointer, and -1 for a signed member that a failed call
 * would have set.
 */
static bool show_member(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	bool left = a->source == LINX_FALCO_LEFT;
	uint64_t pointer;
	int64_t n = 0;

	if (!linx_falco_arg_value(e->ev, a->arg, &pointer))
		return false;
	if (left && linx_event_errno(e->ev) && a->form.is_signed)
		n = -1;
	else if (pointer && !(left && read_member(e, a, e->ev->out, &n)) && !read_member(e, a, e->ev->in, &n))
		return false;
	return linx_falco_show_number(e, &a->form, n, x);
}

/*
 * Shows a number in memory: its value after the call, else its value before the call; 0 for a null pointer. A
 * descriptor that a failed call did not make is -1. As in Falco, the 16-bit numbers of an operation of semop are 0 if
 * the call failed or has fewer operations.
 */
static bool show_word(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	bool is_fd = a->form.kind == LINX_FALCO_FD;
	bool is_short = a->form.kind == LINX_FALCO_NAMED || a->form.bytes == 2;
	size_t bytes = is_fd ? 4 : is_short ? 2 : a->form.bytes;
	int at = linx_falco_place(e->ev, a->arg);
	uint64_t pointer, n = 0;

	if (!linx_falco_arg_value(e->ev, a->arg, &pointer))
		return false;
	if (is_fd && (linx_event_errno(e->ev) || !pointer))
		n = UINT32_MAX;
	else if (is_short)
		linx_falco_read(e->ev->in, linx_event_errno(e->ev) ? -1 : at, a->index, bytes, &n);
	else if (pointer && !linx_falco_read(e->ev->out, at, a->index, bytes, &n) && !linx_falco_read(e->ev->in, at, a->index, bytes, &n))
		return false;
	return linx_falco_show_number(e, &a->form, (int64_t)n, x);
}

/* Shows both ends of the call's socket; "NULL" if Falco's driver does not send them. */
static bool show_tuple(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	bool inbound = !strncmp(a->event, "accept", 6) || !strncmp(a->event, "recv", 4);

	e->scratch->len = 0;
	if (e->ev->has_ret && e->ev->ret < 0 && !(e->ev->ret == -EINPROGRESS && !strcmp(a->event, "connect")))
		return linx_falco_show_empty(&a->form, x);
	return linx_falco_put_tuple(e, inbound) && (e->scratch->len ? set_scratch_plain(e, x) : linx_falco_show_empty(&a->form, x));
}

static bool show_field(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	static const struct linx_fld plain = { .index = -1 };
	struct linx_fld_value got = { 0 };

	/* A call that moved no bytes has no data; an environment that was not recorded is not known. */
	if (!a->get(e, &plain, 0, &got))
		return a->form.kind == LINX_FALCO_DATA && a->get != linx_falco_proc_env && e->ev->has_ret && e->ev->ret <= 0 && linx_falco_show_empty(&a->form, x);
	if (!got.has_text)
		return got.has_num && linx_falco_show_number(e, &a->form, got.num, x);
	if (a->form.kind == LINX_FALCO_DATA)
		return linx_falco_show_bytes(e, &a->form, NULL, got.s, got.n, x);
	return set_plain(x, got.s, got.n);
}

bool linx_falco_arg_show(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)
{
	*x = (struct linx_falco_shown){ 0 };
	switch (a->source) {
	case LINX_FALCO_RESULT:
		return e->ev->has_ret && linx_falco_show_number(e, &a->form, e->ev->ret, x);
	case LINX_FALCO_ARG:
		return show_arg(e, a, x);
	case LINX_FALCO_MEMBER:
	case LINX_FALCO_LEFT:
		return show_member(e, a, x);
	case LINX_FALCO_WORD:
		return show_word(e, a, x);
	case LINX_FALCO_FIELD:
		return a->form.kind == LINX_FALCO_TUPLE ? show_tuple(e, a, x) : show_field(e, a, x);
	case LINX_FALCO_MADE:
		return a->make(e, a, x);
	case LINX_FALCO_ZERO:
		return linx_falco_show_number(e, &a->form, 0, x);
	case LINX_FALCO_EMPTY:
		return linx_falco_show_empty(&a->form, x);
	default:
		return false;
	}
}
