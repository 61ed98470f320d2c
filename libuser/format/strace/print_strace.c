// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints events as strace's lines; format/strace/strace.h has the states of a line. Without entry events each
 * call is one line, printed when the call returns.
 */
#include <errno.h>

#include "format/printer.h"
#include "record/decode.h"
#include "decoders/decoders.h"
#include "decoders/namespaces.h"
#include "decoders/pidns.h"
#include "decoders/put_fd.h"
#include "table/select.h"
#include "format/strace/strace.h"

#define STRACE_LIMIT 32u /* bytes of a string that strace shows by default */

/* ---- lines of system calls --------------------------------------------------------- */

static bool in_set(const struct linx_select *sel, bool has, bool otherwise, const struct linx_event *ev)
{
	return has ? linx_select_exit(sel, ev->abi, ev->nr) : otherwise;
}

static bool is_raw(const struct linx_strace *s, const struct linx_event *ev)
{
	return in_set(&s->raw, s->has_raw, false, ev);
}

static void put_raw_arguments(struct linx_strbuf *o, const struct linx_event *ev)
{
	unsigned int n = ev->call && ev->call->row->nargs < ev->nargs ? ev->call->row->nargs : ev->nargs;

	for (unsigned int i = 0; i < n; i++) {
		linx_strbuf_str(o, i ? ", " : "");
		linx_strbuf_hex(o, ev->args[i]);
	}
}

/*
 * Prints all arguments. Sets *known to the offset at which the arguments that are known at entry end; SIZE_MAX: all
 * arguments are known at entry. The separator between two arguments counts as part of the later argument.
 */
static void print_arguments(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev, size_t *known)
{
	struct linx_strace *s = p->strace;
	struct linx_put put;

	p->style.verbose = !in_set(&s->abbrev, s->has_abbrev, !p->opts.verbose, ev);
	p->style.addresses = !in_set(&s->verbose, s->has_verbose, true, ev);
	linx_put_begin_text(&put, o, &p->style, ev);
	p->aux.len = 0;
	put.aux = &p->aux;
	*known = SIZE_MAX;
	if (is_raw(s, ev)) {
		put_raw_arguments(o, ev);
		return;
	}
	linx_put_args(&put);
	p->ret_hex = put.ret_hex;
	p->aux_empty = put.aux_empty;
	*known = put.known_end;
}

static void print_entry(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	size_t known;

	linx_strace_line_begin(p, line, ev);
	print_arguments(p, &line->entry, ev, &known);
	line->known = known == SIZE_MAX;
	if (!line->known)
		line->entry.len = known;
}

static void enter(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_get(p->strace, ev);

	if (!line) {
		p->out.failed = true;
		return;
	}
	linx_strace_line_settle(p, line);
	if (line->state != LINX_LINE_NONE) {
		/* The return of the task's last call was lost, so the line of that call ends without a result. */
		linx_strace_line_interrupt(p, NULL);
		linx_strace_line_forget(p->strace, line);
	}
	linx_strace_mode(p, line, ev);
	line->in_call = true;
	line->filtered = !linx_strace_wants(p->strace, ev);
	if (line->filtered)
		return;
	linx_strace_line_interrupt(p, line);
	print_entry(p, line, ev);
	if (!linx_strace_staged(p->strace) && !p->strace->opts.separate)
		p->strace->current = line;
}

/*
 * Prints the arguments that the line did not show at entry. If nothing of the line was written yet, prints all
 * of them anew, because an argument that could not be read at entry may have been read at return.
 */
static void print_rest(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	size_t known;

	line->whole = line->state == LINX_LINE_HELD;
	linx_strbuf_empty(&line->args);
	print_arguments(p, &line->args, ev, &known);
	if (line->whole || line->bare)
		return;
	if (known > line->args.len)
		known = line->args.len;
	memmove(line->args.data, line->args.data + known, line->args.len - known);
	line->args.len -= known;
}

static void print_return(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	struct linx_strbuf *o = &line->result;
	struct linx_put put;

	linx_put_begin_text(&put, o, &p->style, ev);
	linx_strbuf_empty(o);
	linx_strbuf_mem(o, "= ", 2);
	put.aux = is_raw(p->strace, ev) ? NULL : &p->aux;
	put.aux_empty = p->aux_empty;
	put.ret_hex = p->ret_hex;
	if (put.aux && p->style.pids & LINX_STRACE_NEW_NS)
		linx_put_new_namespaces(&put);
	if (is_raw(p->strace, ev) && ev->has_ret && !linx_event_errno(ev))
		linx_strbuf_hex(o, ev->abi == LINX_ABI_I386 ? (uint32_t)ev->ret : (uint64_t)ev->ret);
	else
		linx_put_result(&put);
	linx_strace_duration(p, o, ev);
	linx_strbuf_char(o, '\n');
	linx_strace_dump(p->strace, o, ev);
}

static unsigned int status_of(const struct linx_event *ev)
{
	if (!ev->has_ret)
		return LINX_STRACE_UNFINISHED;
	return linx_event_errno(ev) ? LINX_STRACE_FAILED : LINX_STRACE_SUCCESSFUL;
}

/*
 * True if the call's return may have been caused by the task's death: its error asks for a restart, so a signal
 * has most likely interrupted it. If that signal was SIGKILL, or if the whole process ends, a debugger does not
 * see the return.
 */
static bool may_be_dying(const struct linx_strace_line *line, const struct linx_event *ev)
{
	return linx_errno_restarts(linx_event_errno(ev)) && !line->signals.len && !line->signal_seen;
}

static void leave(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_get(p->strace, ev);
	bool entered;

	if (!line) {
		p->out.failed = true;
		return;
	}
	entered = line->state != LINX_LINE_NONE;
	if (!entered)
		linx_strace_mode(p, line, ev);
	line->in_call = false;
	if (entered || linx_strace_wants(p->strace, ev)) {
		if (!entered)
			linx_strace_line_begin(p, line, ev);
		if (line->state == LINX_LINE_CUT)
			linx_strace_line_resume(p, line, ev);
		line->status = (uint8_t)status_of(ev);
		print_rest(p, line, ev);
		print_return(p, line, ev);
		line->waits = entered && may_be_dying(line, ev) && !linx_lines_full(p->strace);
		if (!line->waits)
			linx_strace_line_end_call(p, line);
		else if (line->state == LINX_LINE_HELD && p->strace->current == line)
			p->strace->current = NULL; /* a complete line need not be cut when another task prints */
	}
	line->filtered = false;
	if (!line->waits)
		linx_strace_line_signals(p, line);
}

/* Prints a call that did not return, or never returns, as a complete line. Later events add nothing to that line. */
static void print_alone(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_get(p->strace, ev);

	if (!line) {
		p->out.failed = true;
	} else if (line->state == LINX_LINE_NONE) {
		linx_strace_mode(p, line, ev);
		print_entry(p, line, ev);
		line->known = true;
		linx_strace_line_die(p, line, ev);
	} else {
		linx_strace_line_die(p, line, ev);
	}
}

static void print_call(struct linx_printer *p, const struct linx_event *ev)
{
	unsigned int classes = ev->call ? ev->call->row->class_mask : 0;

	if (!ev->entry) {
		/* strace shows no line for fork(2) returning in the new task */
		if (!(classes & LINX_CLASS_FORK && ev->has_ret && ev->ret == 0))
			leave(p, ev);
	} else if (ev->flags & LINX_EVENT_UNFINISHED) {
		/* at the end of a capture linx_print_held() prints the lines that have begun */
		if (!(ev->flags & LINX_EVENT_CUT) || !p->joins)
			print_alone(p, ev);
	} else if (p->joins) {
		enter(p, ev);
	} else if (classes & LINX_CLASS_NORETURN) {
		print_alone(p, ev);
	}
}

static void print_event(struct linx_printer *p, const struct linx_event *ev)
{
	if (p->strace->opts.hide & LINX_STRACE_CALLS || ev->flags & LINX_EVENT_IO_URING)
		return; /* strace prints nothing for an operation of io_uring */
	if (ev->kind == LINX_EVENT_SYSCALL)
		print_call(p, ev);
	else if (ev->kind == LINX_EVENT_SIGNAL)
		linx_strace_signal(p, ev);
	else if (ev->kind == LINX_EVENT_EXIT && ev->ctx)
		linx_strace_exit(p, ev);
	else if (ev->kind == LINX_EVENT_EXEC && ev->ctx)
		linx_strace_exec(p, ev);
	else if (ev->kind == LINX_EVENT_FORK)
		linx_strace_fork(p, ev);
}

static void print_strace(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line;

	p->strace->held = NULL;
	if (p->strace->pidns)
		linx_pidns_note(p->strace->pidns, ev);
	print_event(p, ev);
	line = ev->rec ? linx_strace_line_find(p->strace, ev->rec->tid) : NULL;
	if (line)
		linx_strace_line_rest(p, line);
}

static void set_style(struct linx_style *st, const struct linx_strace *s)
{
	st->strace = true;
	st->xlat = (uint8_t)s->opts.names;
	st->hex = (uint8_t)s->opts.hex;
	st->pids = s->opts.decode_pids;
	st->pidns = s->pidns;
	st->names = s->opts.arg_names;
}

static int begin_strace(struct linx_printer *p)
{
	int ret = linx_strace_new(p->opts.strace, &p->strace);

	if (ret)
		return ret;
	set_style(&p->style, p->strace);
	if (!p->opts.string_limit)
		p->style.limit = STRACE_LIMIT;
	if (p->strace->opts.strings)
		p->style.limit = p->strace->opts.strings - 1;
	p->joins = p->style.ifnames = p->style.live = p->opts.strace;
	if (p->style.fds & LINX_SHOW_FD_SOCKET)
		/* without memory the addresses of a socket are looked up each time */
		p->style.socks = linx_sock_names_new();
	return 0;
}

static void end_strace(struct linx_printer *p)
{
	linx_sock_names_free(p->style.socks);
	linx_strace_free(p->strace);
}

const struct linx_format_ops linx_format_strace = {
	.info = { "strace", "as strace writes, line by line", .needs = LINX_NEEDS_SIGNALS,
		  .form = LINX_FORM_QUOTED },
	.begin = begin_strace,
	.end = end_strace,
	.print = print_strace,
};

bool linx_printer_shows(const struct linx_printer *p, const struct linx_event *ev)
{
	if (!p->strace || ev->kind != LINX_EVENT_SYSCALL)
		return true;
	return linx_strace_wants(p->strace, ev) && linx_strace_status(p->strace, status_of(ev));
}

/* ---- lines whose printing waits --------------------------------------------------------- */

/*
 * Prints the text of a line that waits for the return of its call, or for another task's line. end: the source has
 * ended, so the line is completed. Returns 1 if it printed anything.
 */
static int print_held_line(struct linx_printer *p, struct linx_strace_line *line, bool end)
{
	if (line->waits)
		linx_strace_line_settle(p, line);
	if (end)
		linx_strace_line_signals(p, line);
	if (end && linx_strace_line_begun(line) && linx_strace_status(p->strace, LINX_STRACE_DETACHED)) {
		linx_strace_line_interrupt(p, line);
		linx_strace_line_cut(p, line, " <detached ...>\n");
		p->strace->current = NULL;
	} else if (line->state == LINX_LINE_HELD && !linx_strace_staged(p->strace)) {
		linx_strbuf_append(&p->out, &line->entry);
		line->written = line->entry.len;
		line->state = LINX_LINE_OPEN;
	}
	if (end && line->end.len) {
		linx_strbuf_append(&p->out, &line->end);
		linx_strbuf_empty(&line->end);
	}
	linx_strace_line_rest(p, line);
	return p->out.len > 0;
}

int linx_print_held(struct linx_printer *p, bool end, uint32_t *tid, const char **text, size_t *len)
{
	struct linx_strace *s = p->strace;
	struct linx_strace_line *line = NULL;

	p->out.len = 0;
	p->out.failed = false;
	/*
	 * Continues after the line that was printed last: the lines before that one have nothing left to print, and
	 * there can be many tasks.
	 */
	if (s && s->held_end != end)
		s->held = NULL;
	while (s && !p->out.len && (line = linx_strace_line_next(s, s->held))) {
		s->held = line;
		if (print_held_line(p, line, end))
			*tid = line->tid;
	}
	if (s && !line)
		s->held = NULL;
	if (s)
		s->held_end = end;
	*text = p->out.data ? p->out.data : "";
	*len = p->out.len;
	if (p->out.failed)
		return -ENOMEM;
	return p->out.len > 0;
}
