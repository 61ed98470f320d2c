// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the head of a line, with the task and the time, and the duration of a call, as strace does. */
#include "record/decode.h"
#include "format/printer.h"
#include "format/strace/strace.h"

#define NS_PER_S 1000000000u

uint64_t linx_strace_began(const struct linx_event *ev)
{
	bool known = ev->kind == LINX_EVENT_SYSCALL && ev->has_entry_time && ev->entry_time <= ev->time;

	return known ? ev->entry_time : ev->time;
}

/* Writes the fraction of a second, ".123456", rounded down. digits: number of digits */
static void put_fraction(struct linx_strbuf *o, uint64_t ns, unsigned int digits)
{
	uint64_t unit = NS_PER_S;

	if (!digits)
		return;
	for (unsigned int i = 0; i < digits; i++)
		unit /= 10;
	linx_strbuf_char(o, '.');
	linx_strbuf_digits(o, ns % NS_PER_S / unit, digits);
}

/* Returns the task's command name; "" if it is not known. */
static const char *comm_of(const struct linx_event *ev)
{
	if (ev->task)
		return ev->task->comm;
	return ev->kind == LINX_EVENT_EXIT && ev->ctx ? ev->ctx->comm : "";
}

/* Writes the command name in < and >, with escapes as in strings. */
static void put_comm(struct linx_strbuf *o, const struct linx_style *st, const char *comm)
{
	linx_strbuf_char(o, '<');
	linx_strbuf_angle(o, comm, strnlen(comm, sizeof(((struct linx_ctx *)0)->comm)), st->hex);
	linx_strbuf_char(o, '>');
}

static void put_number(struct linx_strbuf *o, uint64_t n, size_t width, bool left)
{
	size_t start = o->len, len;
	uint64_t left_over = n;

	for (len = 1; left_over >= 10; left_over /= 10)
		len++;
	if (!left && len < width)
		linx_strbuf_pad(o, ' ', width - len);
	linx_strbuf_u64(o, n);
	if (left && o->len - start < width)
		linx_strbuf_pad(o, ' ', width - (o->len - start));
}

static void put_task_info(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev)
{
	const struct linx_strace *s = p->strace;
	bool comm = s->opts.decode_pids & LINX_STRACE_PID_COMM && *comm_of(ev);

	if (p->opts.tids) {
		put_number(o, ev->rec->tid, comm ? 0 : 5, true);
	} else if (s->opts.tids == LINX_STRACE_TIDS_SHARED && s->tasks > 1) {
		linx_strbuf_str(o, "[pid ");
		put_number(o, ev->rec->tid, 5, false);
	} else {
		return;
	}
	if (comm)
		put_comm(o, &p->style, comm_of(ev));
	linx_strbuf_str(o, p->opts.tids ? " " : "] ");
}

static void put_time(struct linx_printer *p, struct linx_strbuf *o, uint64_t wall)
{
	unsigned int digits = p->opts.time_mode > 1 ? 6 : 0;

	if (p->strace->opts.time_digits)
		digits = p->strace->opts.time_digits - 1;
	if (p->opts.time_mode == 3)
		linx_strbuf_u64(o, wall / NS_PER_S);
	else
		linx_put_clock(&p->time, o, wall);
	put_fraction(o, wall, digits);
	linx_strbuf_char(o, ' ');
}

/* Writes the time since the previous line, for -r. */
static void put_relative(struct linx_printer *p, struct linx_strbuf *o, uint64_t ns)
{
	struct linx_strace *s = p->strace;
	uint64_t since = s->last && ns > s->last ? ns - s->last : 0;

	s->last = ns;
	linx_strbuf_str(o, p->opts.time_mode ? "(+" : "");
	put_number(o, since / NS_PER_S, 6, false);
	put_fraction(o, since, s->opts.relative_digits - 1);
	linx_strbuf_str(o, p->opts.time_mode ? ") " : " ");
}

/*
 * Writes the number of the call, "[  39] "; in a line that is not about a call, the number of the task's last
 * call.
 */
static void put_nr(struct linx_strbuf *o, const struct linx_strace *s, const struct linx_event *ev)
{
	const struct linx_strace_line *line = linx_strace_line_find(s, ev->rec->tid);
	int32_t nr = ev->kind == LINX_EVENT_SYSCALL ? ev->nr : line ? line->nr : 0;

	linx_strbuf_char(o, '[');
	put_number(o, (uint32_t)nr, 4, false);
	linx_strbuf_str(o, "] ");
}

/*
 * Returns the ABI that sets the width of numbers in a line. If the event is not a call, it is the ABI of the task's
 * last call.
 */
static unsigned int abi_of(const struct linx_strace *s, const struct linx_event *ev)
{
	const struct linx_strace_line *line;

	if (ev->kind == LINX_EVENT_SYSCALL)
		return ev->abi;
	line = linx_strace_line_find(s, ev->rec->tid);
	return line ? line->abi : LINX_ABI_X86_64;
}

/*
 * Writes the instruction pointer, "[00007f1de5ba9f4b] ", with half the digits on i386. A signal event has the
 * pointer in a field of its record.
 */
static void put_pointer(struct linx_strbuf *o, const struct linx_strace *s, const struct linx_event *ev)
{
	unsigned int digits = abi_of(s, ev) == LINX_ABI_I386 ? 8 : 16;
	uint64_t pointer = ev->pointer;
	int64_t n;

	if (ev->kind == LINX_EVENT_SIGNAL && linx_value_int(&ev->field[LINX_FIELD_POINTER], 0, 8, false, &n))
		pointer = (uint64_t)n;
	linx_strbuf_char(o, '[');
	while (digits--)
		linx_strbuf_char(o, pointer ? "0123456789abcdef"[pointer >> digits * 4 & 15] : '?');
	linx_strbuf_str(o, "] ");
}

void linx_strace_head(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev, uint64_t ns)
{
	put_task_info(p, o, ev);
	if (p->opts.time_mode)
		put_time(p, o, ev->wall_ns - (ev->time - ns));
	if (p->strace->opts.relative_digits)
		put_relative(p, o, ns);
	if (p->strace->opts.numbers)
		put_nr(o, p->strace, ev);
	if (p->strace->opts.pointers)
		put_pointer(o, p->strace, ev);
}

void linx_strace_duration(const struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev)
{
	unsigned int digits = p->strace->opts.duration_digits;
	uint64_t ns;

	if (!p->opts.durations || linx_event_get_duration_ns(ev, &ns))
		return;
	linx_strbuf_str(o, " <");
	linx_strbuf_u64(o, ns / NS_PER_S);
	put_fraction(o, ns, digits ? digits - 1 : 6);
	linx_strbuf_char(o, '>');
}
