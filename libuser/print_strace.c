// SPDX-License-Identifier: LGPL-2.1-or-later
/* strace's own lines, as strace -f -o writes them. */
#include "put.h"

/* strace -a's default: where the result begins. */
#define RESULT_COLUMN 40u
#define X32_BIT 0x40000000u

/* strace tells when a call began, where that is known. */
static uint64_t moment(const struct linx_event *ev)
{
	bool known =
		ev->kind == LINX_EVENT_SYSCALL && ev->has_entry_time && ev->entry_time <= ev->time;

	return known ? ev->wall_ns - (ev->time - ev->entry_time) : ev->wall_ns;
}

static void print_micros(struct linx_out *o, uint64_t ns)
{
	linx_out_char(o, '.');
	linx_out_digits(o, ns % 1000000000 / 1000, 6);
}

static void print_moment(struct linx_printer *p, const struct linx_event *ev)
{
	uint64_t ns = moment(ev);

	if (p->opts.time_mode == 3)
		linx_out_u64(&p->out, ns / 1000000000);
	else
		linx_print_clock(p, &p->out, ns);
	if (p->opts.time_mode > 1)
		print_micros(&p->out, ns);
	linx_out_char(&p->out, ' ');
}

/* "%-5u ", then the time. */
static void print_head(struct linx_printer *p, const struct linx_event *ev)
{
	if (p->opts.tids) {
		linx_out_u64(&p->out, ev->rec->tid);
		linx_out_pad(&p->out, ' ', p->out.len < 5 ? 6 - p->out.len : 1);
	}
	if (p->opts.time_mode)
		print_moment(p, ev);
}

static void print_duration(struct linx_out *o, const struct linx_event *ev)
{
	uint64_t ns;

	if (linx_event_get_duration_ns(ev, &ns))
		return;
	linx_out_mem(o, " <", 2);
	linx_out_u64(o, ns / 1000000000);
	print_micros(o, ns);
	linx_out_char(o, '>');
}

static void print_name(struct linx_out *o, const struct linx_event *ev)
{
	if (ev->call) {
		linx_out_str(o, ev->call->name);
	} else {
		linx_out_str(o, "syscall_");
		/* The number as the program gave it. */
		linx_out_hex(o, (uint32_t)ev->nr | (ev->abi == LINX_ABI_X32 ? X32_BIT : 0));
	}
}

static void print_syscall(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_out *o = &p->out;
	struct linx_put put = linx_put_readable(o, &p->style, ev);

	p->aux.len = 0;
	put.aux = &p->aux;
	print_head(p, ev);
	print_name(o, ev);
	linx_out_char(o, '(');
	linx_put_args(&put);
	linx_out_mem(o, ") ", 2);
	if (o->len < RESULT_COLUMN)
		linx_out_pad(o, ' ', RESULT_COLUMN - o->len);
	linx_out_mem(o, "= ", 2);
	linx_put_result(&put);
	if (p->opts.durations)
		print_duration(o, ev);
	linx_out_char(o, '\n');
}

static void print_exit(struct linx_printer *p, const struct linx_event *ev)
{
	if (!ev->ctx)
		return;
	print_head(p, ev);
	linx_out_str(&p->out, "+++ ");
	linx_print_end(&p->out, ev);
	linx_out_str(&p->out, " +++\n");
}

/* An entry alone, and the way a new task comes out of fork, are no lines of strace's. */
static bool shown(const struct linx_event *ev)
{
	unsigned int classes = ev->call ? ev->call->row->class_mask : 0;

	if (ev->entry)
		return classes & LINX_CLASS_NORETURN || ev->flags & LINX_EVENT_UNFINISHED;
	return !(classes & LINX_CLASS_FORK && ev->has_ret && ev->ret == 0);
}

void linx_print_strace(struct linx_printer *p, const struct linx_event *ev)
{
	if (ev->kind == LINX_EVENT_SYSCALL && shown(ev))
		print_syscall(p, ev);
	else if (ev->kind == LINX_EVENT_EXIT)
		print_exit(p, ev);
}
