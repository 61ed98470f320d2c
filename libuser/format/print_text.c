// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints each event as one line for people: 12:34:56.123456 cat[4711] openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3 <12
 * us> [late] The line is first written without color, and the offset of each part is recorded. Then one step adds the
 * color and cuts the line to the terminal's width. All bytes of names and strings are escaped, so that no byte can
 * control the terminal.
 */
#include <stdlib.h>

#include <linx/policy.h>

#include "base/attributes.h"
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "decoders/put_hit.h"
#include "format/hit.h"
#include "format/refusal.h"
#include "format/http.h"
#include "format/printer.h"
#include "value/cache.h"
#include "decoders/put_fd.h"
#include "event/resolved.h"
#include "value/uring_text.h"

/* Width in columns to which "comm[tid] " is padded, so that the calls are aligned. */
#define WHO_WIDTH 22u
/* Least number of columns for the arguments when a line is cut. */
#define ARGS_MIN 8u
#define ELLIPSIS "…"

static void mark(struct linx_printer *p, enum linx_part part)
{
	p->part[part] = p->out.len;
}

/* Begins a line, with all its parts empty. The parts' offsets are used only if the line is colored or cut. */
static void begin(struct linx_printer *p)
{
	if (p->cuts)
		memset(p->part, 0, sizeof(p->part));
}

static void print_time(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	char *to;

	if (p->opts.time_mode == 0 || p->opts.time_mode == 2) {
		to = linx_strbuf_room(o, LINX_CLOCK_US + 1);
		if (!to)
			return;
		linx_clock_us_at(&p->time, to, ev->wall_ns);
		to[LINX_CLOCK_US] = ' ';
		o->len += LINX_CLOCK_US + 1;
		return;
	}
	if (p->opts.time_mode == 3) {
		linx_strbuf_u64(o, ev->wall_ns / LINX_NS_PER_S);
		linx_strbuf_char(o, '.');
		linx_strbuf_digits(o, ev->wall_ns % LINX_NS_PER_S / 1000, 6);
	} else {
		linx_put_clock(&p->time, o, ev->wall_ns);
	}
	linx_strbuf_char(o, ' ');
}

static void put_task_info(struct linx_strbuf *o, const struct linx_task *task, uint32_t tid)
{
	size_t start = o->len;

	if (task)
		linx_strbuf_text(o, task->comm, strnlen(task->comm, sizeof(task->comm)));
	else
		linx_strbuf_char(o, '?');
	linx_strbuf_char(o, '[');
	linx_strbuf_u64(o, tid);
	linx_strbuf_char(o, ']');
	linx_strbuf_pad(o, ' ', o->len - start < WHO_WIDTH ? WHO_WIDTH - (o->len - start) : 1);
}

static inline bool is_cached(const struct linx_cache_who *cache, const struct linx_event *ev)
{
	return cache->len && cache->tid == ev->rec->tid && !memcmp(cache->comm, ev->task->comm, sizeof(cache->comm));
}

static void print_task_info(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_task *task = ev->task;
	struct linx_cache_who *cache = task ? linx_cache_who_at(p->style.cache, ev->rec->tid) : NULL;
	struct linx_strbuf *o = &p->out;
	size_t start = o->len;

	mark(p, LINX_PART_WHO);
	if (cache && is_cached(cache, ev)) {
		linx_strbuf_short(o, cache->text, cache->len, sizeof(cache->text));
		return;
	}
	put_task_info(o, task, ev->rec->tid);
	if (cache && !o->failed)
		linx_cache_who_set(cache, ev->rec->tid, task->comm, o->data + start, o->len - start);
}

static void print_duration(struct linx_strbuf *o, uint64_t ns)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = { { 1000000000, " s>" }, { 1000000, " ms>" }, { 1000, " us>" }, { 1, " ns>" } };
	unsigned int i = 0;

	while (i < 3 && ns < units[i].unit)
		i++;
	linx_strbuf_mem(o, " <", 2);
	linx_strbuf_u64(o, ns / units[i].unit);
	/* if there is only one digit before the decimal point, two digits follow it */
	if (i < 2 && ns < units[i].unit * 10) {
		linx_strbuf_char(o, '.');
		linx_strbuf_digits(o, ns % units[i].unit * 100 / units[i].unit, 2);
	}
	linx_strbuf_str(o, units[i].name);
}

/* Prints the raced arguments: the arguments for which the kernel used another value than the captured one. */
static void print_raced(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_readable(&p->out, &p->style, ev);

	p->aux.len = 0;
	put.aux = &p->aux;
	linx_strbuf_str(&p->out, " [raced: ");
	linx_put_raced(&put);
	linx_strbuf_char(&p->out, ']');
}

static void print_uring(struct linx_strbuf *o, const struct linx_event *ev)
{
	linx_strbuf_str(o, " [io_uring: ");
	linx_uring_text(o, ev);
	linx_strbuf_char(o, ']');
}

LINX_NOINLINE static void put_marks(struct linx_printer *p, const struct linx_event *ev)
{
	static const struct {
		unsigned int flag;
		const char *text;
	} marks[] = {
		{ LINX_EVENT_STALE, " [stale]" },
		{ LINX_EVENT_UNFINISHED, " [unfinished]" },
		{ LINX_EVENT_LATE_ORDER, " [out of order]" },
		{ LINX_EVENT_SCALARS, " [scalars]" },
		{ LINX_EVENT_CHANGED, " [changed]" },
	};

	if (ev->kind == LINX_EVENT_SYSCALL && ev->late)
		linx_strbuf_str(&p->out, " [late]");
	if (ev->flags & LINX_EVENT_RACED)
		print_raced(p, ev);
	if (ev->kind == LINX_EVENT_SYSCALL && ev->uring)
		print_uring(&p->out, ev);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (ev->flags & marks[i].flag)
			linx_strbuf_str(&p->out, marks[i].text);
}

static inline void print_marks(struct linx_printer *p, const struct linx_event *ev)
{
	mark(p, LINX_PART_MARKS);
	if (ev->flags || (ev->kind == LINX_EVENT_SYSCALL && (ev->uring || ev->late)))
		put_marks(p, ev);
}

/*
 * Prints the path of the opened file if it differs from the path in the argument, because of a symbolic link. With -y
 * the path is shown after the descriptor anyway.
 */
LINX_NOINLINE static void print_opened(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_descriptor *opened = linx_resolved_opened(ev);
	struct linx_style style;
	struct linx_put put;

	if (!opened || !linx_resolved_elsewhere(ev, opened))
		return;
	style = p->style;
	style.fds = LINX_SHOW_FD_PATH;
	put = linx_put_readable(&p->out, &style, ev);
	put.late = true;
	linx_put_fd_info(&put, ev->ret);
}

static bool returns(const struct linx_event *ev)
{
	return !ev->call || !(ev->call->row->class_mask & LINX_CLASS_NORETURN);
}

/* Prints the name and the parenthesis: "openat(" */
static void print_opening(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_table_call *call = ev->call;
	struct linx_strbuf *o = &p->out;

	mark(p, LINX_PART_NAME);
	if (call && call->opening_len) {
		p->part[LINX_PART_ARGS] = o->len + call->opening_len - 1;
		linx_strbuf_short(o, call->opening, call->opening_len, sizeof(call->opening));
		return;
	}
	linx_strbuf_str(o, call ? call->name : ev->unknown_name);
	mark(p, LINX_PART_ARGS);
	linx_strbuf_char(o, '(');
}

/* Prints a line's part before the arguments: time, task, name of the call. */
LINX_NOINLINE static void print_beginning(struct linx_printer *p, const struct linx_event *ev)
{
	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	print_opening(p, ev);
}

/*
 * Fast path of print_beginning(), if all parts before the arguments are cached and there is memory for them. Returns
 * false if they are not, and writes nothing.
 */
static inline bool print_cached_beginning(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_cache_who *who = ev->task ? linx_cache_who_at(p->style.cache, ev->rec->tid) : NULL;
	const struct linx_table_call *call = ev->call;
	struct linx_strbuf *o = &p->out;
	size_t at = o->len;
	char *to;

	if (!p->fast || !who || !is_cached(who, ev) || !call || !call->opening_len)
		return false;
	to = linx_strbuf_room(o, LINX_CLOCK_US + 1 + sizeof(who->text) + sizeof(call->opening));
	if (!to)
		return false;
	linx_clock_us_at(&p->time, to, ev->wall_ns);
	to[LINX_CLOCK_US] = ' ';
	memcpy(to + LINX_CLOCK_US + 1, who->text, sizeof(who->text));
	at += LINX_CLOCK_US + 1 + who->len;
	memcpy(o->data + at, call->opening, sizeof(call->opening));
	o->len = at + call->opening_len;
	return true;
}

/*
 * Prints a call up to its last argument. Remarks on the result, which the arguments' decoders add, are left in
 * p->aux.
 */
static inline void print_call(struct linx_printer *p, struct linx_put *put, const struct linx_event *ev)
{
	if (!print_cached_beginning(p, ev))
		print_beginning(p, ev);
	linx_put_begin_text(put, &p->out, &p->style, ev);
	p->aux.len = 0;
	put->aux = &p->aux;
	if (ev->call && !(ev->call->row->desc && ev->call->row->desc->args))
		linx_put_used_args(put, ~0u);
	else
		linx_put_args(put);
}

static void print_result(struct linx_printer *p, struct linx_put *put, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	uint64_t ns;

	p->part[LINX_PART_RESULT] = o->len + 1;
	if (ev->entry && returns(ev) && !(ev->flags & LINX_EVENT_UNFINISHED)) {
		linx_strbuf_mem(o, ") ...", 5);
	} else {
		linx_strbuf_mem(o, ") = ", 4);
		linx_put_result(put);
		if (!p->style.fds && ev->call && ev->call->row->opens)
			print_opened(p, ev);
	}
	if (p->opts.durations && !linx_event_get_duration_ns(ev, &ns))
		print_duration(o, ns);
}

/*
 * Fast path for the end of a line, from the result on: nearly every result is a number without remarks. Returns false
 * if the result of this event is not such a number; then nothing was written.
 */
static inline bool print_plain_end(struct linx_printer *p, const struct linx_put *put, const struct linx_event *ev)
{
	char *to;

	if (ev->flags || ev->late || ev->uring || p->opts.durations || p->cuts || !linx_put_is_plain(put))
		return false;
	to = linx_strbuf_room(&p->out, sizeof(") = \n") + LINX_NUMBER_ROOM);
	if (!to)
		return false;
	memcpy(to, ") = ", 4);
	to = linx_u64_at(to + 4, linx_put_plain(put));
	*to++ = '\n';
	linx_strbuf_end(&p->out, to);
	return true;
}

/* ---- color, and cutting to the width, when the line is written ------------------- */

/*
 * Returns how many columns the bytes take: bytes that continue a UTF-8 character take no column, wide characters take
 * two.
 */
static size_t columns(const char *s, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t code;

		if ((s[i] & 0xc0) == 0x80)
			continue;
		width++;
		if ((uint8_t)s[i] >= 0xe1 && linx_utf8(s + i, n - i, &code))
			width += (code >= 0x1100 && code <= 0x115f) ||
				 (code >= 0x2e80 && code <= 0xa4cf) ||
				 (code >= 0xac00 && code <= 0xd7a3) ||
				 (code >= 0xf900 && code <= 0xfaff) ||
				 (code >= 0xfe30 && code <= 0xfe6f) ||
				 (code >= 0xff00 && code <= 0xff60) ||
				 (code >= 0x1f300 && code <= 0x1faff) ||
				 (code >= 0x20000 && code <= 0x3fffd);
	}
	return width;
}

/* Returns how many of the n bytes fit into width columns, in whole characters. */
static size_t fitting(const char *s, size_t n, size_t width)
{
	size_t len = 0;

	while (len < n) {
		size_t next = len + 1;

		while (next < n && (s[next] & 0xc0) == 0x80)
			next++;
		if (columns(s, next) > width)
			break;
		len = next;
	}
	return len;
}

static void cut_at(struct linx_printer *p, size_t from, size_t to)
{
	struct linx_strbuf *o = &p->out;
	size_t gap = strlen(ELLIPSIS), tail = o->len - to;

	if (to - from < gap && !linx_strbuf_room(o, gap))
		return;
	memmove(o->data + from + gap, o->data + to, tail);
	memcpy(o->data + from, ELLIPSIS, gap);
	o->len = from + gap + tail;
	for (unsigned int i = 0; i < LINX_PARTS; i++) {
		if (p->part[i] >= to)
			p->part[i] = p->part[i] - to + from + gap;
		else if (p->part[i] > from)
			p->part[i] = from;
	}
}

/* Cuts the arguments of a line that is too wide, so that the result stays visible. */
static void fit(struct linx_printer *p)
{
	const char *s = p->out.data;
	size_t args = p->part[LINX_PART_ARGS], result = p->part[LINX_PART_RESULT];
	size_t all, around;

	if (!p->opts.width || p->out.len <= p->opts.width)
		return;
	all = columns(s, p->out.len);
	if (all <= p->opts.width)
		return;
	around = columns(s, args) + columns(s + result, p->out.len - result) + 2; /* "…)" */
	if (result > args && around + ARGS_MIN <= p->opts.width)
		cut_at(p, args + fitting(s + args, result - args, p->opts.width - around),
		       result - 1);
	else
		cut_at(p, fitting(s, p->out.len, p->opts.width - 1), p->out.len);
}

static void coloured(struct linx_printer *p, enum linx_part from, enum linx_part to,
		     const char *colour)
{
	size_t start = p->part[from], len = p->part[to] > start ? p->part[to] - start : 0;

	if (!len)
		return;
	linx_strbuf_str(&p->out, colour);
	linx_strbuf_mem(&p->out, p->line.data + start, len);
	if (*colour)
		linx_strbuf_str(&p->out, "\033[0m");
}

/*
 * Sets the offset of the last part's end. A part that the line does not have gets the offset of the next part.
 */
static void end_parts(struct linx_printer *p)
{
	mark(p, LINX_PART_END);
	for (int i = LINX_PART_END - 1; i > LINX_PART_TIME; i--)
		if (!p->part[i])
			p->part[i] = p->part[i + 1];
}

/*
 * True for events that are printed in red: failed calls, HTTP requests with an error status, lost records, interference
 * with the recording, and changes of how much the budget lets through.
 */
static bool is_bad(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_GAP || ev->kind == LINX_EVENT_BUDGET || ev->kind == LINX_EVENT_TAMPER ||
	       (ev->kind == LINX_EVENT_HTTP && ev->http->status >= 400) ||
	       (ev->kind == LINX_EVENT_SYSCALL && linx_event_errno(ev));
}

LINX_NOINLINE static void finish_parts(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf spare;

	end_parts(p);
	fit(p);
	if (!p->opts.colour) {
		linx_strbuf_char(&p->out, '\n');
		return;
	}
	spare = p->line;
	p->line = p->out;
	p->out = spare;
	p->out.len = 0;
	p->out.failed = false;
	coloured(p, LINX_PART_TIME, LINX_PART_WHO, "\033[2m");
	coloured(p, LINX_PART_WHO, LINX_PART_NAME, "");
	coloured(p, LINX_PART_NAME, LINX_PART_ARGS, "\033[1m");
	coloured(p, LINX_PART_ARGS, LINX_PART_RESULT, "");
	coloured(p, LINX_PART_RESULT, LINX_PART_MARKS, is_bad(ev) ? "\033[31m" : "");
	coloured(p, LINX_PART_MARKS, LINX_PART_END, "\033[33m");
	linx_strbuf_char(&p->out, '\n');
}

static inline void finish(struct linx_printer *p, const struct linx_event *ev)
{
	if (p->cuts)
		finish_parts(p, ev);
	else
		linx_strbuf_char(&p->out, '\n');
}

/* ---- kinds of events ---------------------------------------------------------------- */

static void print_syscall(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put;

	print_call(p, &put, ev);
	if (print_plain_end(p, &put, ev))
		return;
	print_result(p, &put, ev);
	print_marks(p, ev);
	finish(p, ev);
}

static void print_exit(struct linx_printer *p, const struct linx_event *ev)
{
	if (!ev->ctx)
		return;
	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	mark(p, LINX_PART_NAME);
	mark(p, LINX_PART_ARGS);
	linx_strbuf_str(&p->out, "+++ ");
	linx_print_end(&p->out, ev);
	linx_strbuf_str(&p->out, " +++");
	print_marks(p, ev);
	finish(p, ev);
}

/*
 * Prints a signal: "--- SIGTERM {si_signo=SIGTERM ...} ---"; an ignored signal: "--- ignored SIGCHLD {...} ---"
 */
static void print_signal(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_readable(&p->out, &p->style, ev);

	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	mark(p, LINX_PART_NAME);
	mark(p, LINX_PART_ARGS);
	linx_strbuf_str(&p->out, ev->signal->flags & LINX_SIGNAL_IGNORED ? "--- ignored " : "--- ");
	linx_put_signal_name(&p->out, (unsigned int)ev->signal->signo);
	linx_strbuf_char(&p->out, ' ');
	linx_put_signal_info(&put);
	linx_strbuf_str(&p->out, " ---");
	print_marks(p, ev);
	finish(p, ev);
}

/* Prints an HTTP request: "http client GET example.org/path = 200 <12 ms> [10.0.0.1:4000 -> 10.0.0.2:80]" */
static void print_http(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;

	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	mark(p, LINX_PART_NAME);
	linx_strbuf_str(o, "http ");
	linx_strbuf_str(o, linx_http_side_name(ev->http->side));
	linx_strbuf_char(o, ' ');
	mark(p, LINX_PART_ARGS);
	linx_http_put_target(o, ev->http);
	p->part[LINX_PART_RESULT] = o->len + 1;
	linx_strbuf_str(o, " = ");
	linx_http_put_status(o, ev->http);
	if (ev->http->latency_ns != LINX_HTTP_NOT_KNOWN)
		print_duration(o, ev->http->latency_ns);
	linx_http_put_addresses(o, ev->http);
	print_marks(p, ev);
	linx_strbuf_str(o, ev->http->resumed ? " [resumed]" : "");
	finish(p, ev);
}

/*
 * Prints a probe's hit: "kprobe tcp_connect(sk=TCP:[10.0.0.1:4000->10.0.0.2:80])" and, of a function's return, "= 12 <3 us>".
 */
static void print_hit(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_readable(&p->out, &p->style, ev);
	const struct linx_probe_arg *ret = linx_hit_ret(ev->hit);
	struct linx_strbuf *o = &p->out;
	uint64_t ns;

	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	mark(p, LINX_PART_NAME);
	linx_strbuf_str(o, ev->hit->proto ? ev->hit->proto->kind : "hit");
	linx_strbuf_char(o, ' ');
	linx_hit_put_name(o, ev->hit);
	if (ev->hit->site) {
		linx_strbuf_char(o, '#');
		linx_strbuf_u64(o, ev->hit->site);
	}
	mark(p, LINX_PART_ARGS);
	linx_strbuf_char(o, '(');
	linx_put_hit_args(&put, ev->hit);
	linx_strbuf_char(o, ')');
	if (ret) {
		p->part[LINX_PART_RESULT] = o->len + 1;
		linx_strbuf_str(o, " = ");
		linx_put_hit_arg(&put, ret);
	}
	if (!linx_event_get_duration_ns(ev, &ns))
		print_duration(o, ns);
	if (ev->hit->context) {
		linx_strbuf_str(o, " [");
		linx_strbuf_str(o, linx_hit_context_name(ev->hit->context));
		linx_strbuf_char(o, ']');
	}
	print_marks(p, ev);
	finish(p, ev);
}

/*
 * Prints an operation that a rule refused: "refuse file_open(/etc/shadow) = EPERM [secrets]"; "observe" if the rule
 * only observes.
 */
static void print_refusal(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	struct linx_refusal r;

	linx_event_get_refusal(ev, &r);
	begin(p);
	print_time(p, ev);
	print_task_info(p, ev);
	mark(p, LINX_PART_NAME);
	linx_strbuf_str(o, r.observed ? "observe " : "refuse ");
	linx_strbuf_str(o, r.check ? r.check : "check");
	mark(p, LINX_PART_ARGS);
	linx_strbuf_char(o, '(');
	linx_refusal_put_object(p, ev);
	linx_strbuf_char(o, ')');
	p->part[LINX_PART_RESULT] = o->len + 1;
	linx_strbuf_str(o, " = ");
	linx_refusal_put_result(o, ev);
	linx_strbuf_str(o, " [");
	if (r.name)
		linx_strbuf_text(o, r.name, strlen(r.name));
	else
		linx_strbuf_u64(o, r.rule);
	linx_strbuf_char(o, ']');
	print_marks(p, ev);
	finish(p, ev);
}

/* Prints why records were lost: "full"; if there are several causes, with their numbers: "full 100, nested 23". */
static void print_causes(struct linx_strbuf *o, const uint64_t *lost)
{
	unsigned int causes = 0, n = 0;

	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		causes += lost[i] != 0;
	for (unsigned int i = 0; i < LINX_LOST_MAX; i++) {
		if (!lost[i])
			continue;
		linx_strbuf_str(o, n++ ? ", " : "");
		linx_print_cause(o, i);
		if (causes > 1) {
			linx_strbuf_char(o, ' ');
			linx_strbuf_u64(o, lost[i]);
		}
	}
}

static uint64_t sum(const uint64_t *lost)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		n += lost[i];
	return n;
}

/* Begins a line that is not about a task, such as a line about lost records: writes the time and "--- ". */
static void begin_note(struct linx_printer *p, const struct linx_event *ev)
{
	begin(p);
	print_time(p, ev);
	mark(p, LINX_PART_WHO);
	mark(p, LINX_PART_NAME);
	mark(p, LINX_PART_ARGS);
	mark(p, LINX_PART_RESULT);
	linx_strbuf_str(&p->out, "--- ");
}

static void print_budget(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;

	begin_note(p, ev);
	linx_strbuf_str(o, "budget: ");
	linx_strbuf_str(o, linx_event_get_name(ev));
	linx_strbuf_str(o, " on cpu ");
	linx_strbuf_u64(o, ev->position->cpu);
	linx_strbuf_str(o, ": ");
	linx_strbuf_str(o, linx_recorded_name(ev->step->from));
	linx_strbuf_str(o, " to ");
	linx_strbuf_str(o, linx_recorded_name(ev->step->to));
	linx_strbuf_str(o, " ---");
	finish(p, ev);
}

static void print_gap(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	uint64_t lost[LINX_LOST_MAX], n;

	memcpy(lost, ev->gap->lost, sizeof(lost));
	n = sum(lost);
	begin_note(p, ev);
	linx_strbuf_u64(o, n);
	linx_strbuf_str(o, n == 1 ? " event lost on cpu " : " events lost on cpu ");
	linx_strbuf_u64(o, ev->position->cpu);
	linx_strbuf_mem(o, " (", 2);
	print_causes(o, lost);
	linx_strbuf_str(o, ") ---");
	finish(p, ev);
}

static void print_tamper(struct linx_printer *p, const struct linx_event *ev)
{
	static const char *const done[] = {
		[LINX_TAMPER_UNLOAD] = " tried to unload linx",
		[LINX_TAMPER_TRACED] = " traces the reader",
		[LINX_TAMPER_TAKEN] = " took a descriptor of the reader",
		[LINX_TAMPER_OPENED] = " opened an eBPF object of the recording",
		[LINX_TAMPER_ESCAPED] = " made a child that left the trace",
	};
	struct linx_strbuf *o = &p->out;

	begin_note(p, ev);
	linx_strbuf_str(o, "tampering: ");
	if (ev->tamper->what == LINX_TAMPER_MISSED) {
		linx_strbuf_str(o, "system calls on cpu ");
		linx_strbuf_u64(o, ev->position->cpu);
		linx_strbuf_str(o, " do not reach the recording");
	} else {
		linx_strbuf_str(o, "process ");
		linx_strbuf_u64(o, ev->rec->pid);
		linx_strbuf_str(o, done[ev->tamper->what]);
	}
	linx_strbuf_str(o, " ---");
	finish(p, ev);
}

static void print_sum(struct linx_strbuf *o, const char *what, uint64_t n)
{
	linx_strbuf_str(o, what);
	linx_strbuf_u64(o, n);
}

static void print_certificate(struct linx_printer *p, const struct linx_certificate *c)
{
	struct linx_strbuf *o = &p->out;
	uint64_t lost = sum(c->total.lost);

	linx_strbuf_str(o, c->cut_off  ? "--- capture cut off: " :
			c->complete ? "--- capture complete: " :
				      "--- capture incomplete: ");
	print_sum(o, "", c->events);
	print_sum(o, " system calls, ", lost);
	linx_strbuf_str(o, " events lost ---\n");
	if (c->cut_off)
		return;
	print_sum(o, "    selected ", c->total.selected);
	print_sum(o, " = committed ", c->total.committed);
	print_sum(o, " + lost ", lost);
	if (lost) {
		linx_strbuf_mem(o, " (", 2);
		print_causes(o, c->total.lost);
		linx_strbuf_char(o, ')');
	}
	print_sum(o, "\n    committed ", c->total.committed);
	print_sum(o, " = delivered ", c->total.delivered);
	print_sum(o, " + unread ", c->total.unread);
	print_sum(o, " + overwritten ", c->total.overwritten);
	linx_strbuf_char(o, '\n');
}

/* Prints an event that is not a system call. */
LINX_NOINLINE static void print_other(struct linx_printer *p, const struct linx_event *ev)
{
	switch (ev->kind) {
	case LINX_EVENT_EXIT:
		print_exit(p, ev);
		break;
	case LINX_EVENT_SIGNAL:
		print_signal(p, ev);
		break;
	case LINX_EVENT_GAP:
		print_gap(p, ev);
		break;
	case LINX_EVENT_BUDGET:
		print_budget(p, ev);
		break;
	case LINX_EVENT_TAMPER:
		print_tamper(p, ev);
		break;
	case LINX_EVENT_HTTP:
		print_http(p, ev);
		break;
	case LINX_EVENT_PROBE:
		print_hit(p, ev);
		break;
	case LINX_EVENT_REFUSED:
		print_refusal(p, ev);
		break;
	case LINX_EVENT_CERTIFICATE:
		print_certificate(p, ev->cert);
		break;
	default:
		break; /* context events have no line: each call's line shows its task */
	}
}

static void print_text(struct linx_printer *p, const struct linx_event *ev)
{
	if (ev->kind == LINX_EVENT_SYSCALL)
		print_syscall(p, ev);
	else
		print_other(p, ev);
}

static int begin_text(struct linx_printer *p)
{
	p->cuts = p->opts.colour || p->opts.width;
	p->fast = !p->cuts && (p->opts.time_mode == 0 || p->opts.time_mode == 2);
	return 0;
}

static void end_text(struct linx_printer *p)
{
	free(p->line.data);
}

const struct linx_format_ops linx_format_text = {
	.info = { "text", "for people, in lines that fit the terminal", .needs = LINX_NEEDS_URING, .terminal = true,
		  .form = LINX_FORM_QUOTED },
	.begin = begin_text,
	.end = end_text,
	.print = print_text,
};
