// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints strace's lines that are not about calls: signals, ends of tasks, threads that take their leader's tid,
 * and changes of mode.
 */
#include "format/printer.h"
#include "format/strace/strace.h"

static void print_signal_line(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev)
{
	/* bits 1 << (n - 1) of the signals n whose default action is to stop: SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU */
	static const uint32_t stops = 1u << 18 | 1u << 19 | 1u << 20 | 1u << 21;
	struct linx_put put = linx_put_readable(o, &p->style, ev);
	uint32_t signo = (uint32_t)ev->signal->signo;

	linx_strace_head(p, o, ev, ev->time);
	linx_strbuf_str(o, "--- ");
	linx_put_signal_name(o, signo);
	linx_strbuf_char(o, ' ');
	linx_put_signal_info(&put);
	linx_strbuf_str(o, " ---\n");
	if (!(ev->signal->flags & LINX_SIGNAL_DEFAULT) || signo > 32 || !(stops & 1u << (signo - 1)))
		return;
	linx_strace_head(p, o, ev, ev->time);
	linx_strbuf_str(o, "--- stopped by ");
	linx_put_signal_name(o, signo);
	linx_strbuf_str(o, " ---\n");
}

static bool signal_hidden(const struct linx_strace *s, int signo)
{
	return signo < 1 || signo > 64 || s->opts.hide_signals >> (signo - 1) & 1;
}

/*
 * True if no more signals may wait for the return of this call. The call may never return, and a program can
 * send itself any number of signals.
 */
static bool too_many_wait(const struct linx_strace *s, const struct linx_strace_line *line)
{
	return line->signals.len > LINX_LINE_SIGNALS || linx_lines_full(s);
}

/* Prints the waiting signals before the return of the call, whose rest will have a line of its own. */
static void bring_out_signals(struct linx_printer *p, struct linx_strace_line *line)
{
	uint32_t queued = line->queued;

	if (linx_strace_line_begun(line) && !linx_strace_staged(p->strace))
		linx_strace_line_cut(p, line, " <unfinished ...>\n");
	if (p->strace->current == line)
		p->strace->current = NULL;
	linx_strace_line_signals(p, line);
	line->queued = queued; /* the signals are printed, but still pending in the kernel */
	line->signal_seen = true;
}

/*
 * Makes a signal wait for the return of the call that its task is in, since strace sees the signal only when the call
 * returns.
 */
static void queue_signal(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	int signo = ev->signal->signo;
	uint32_t bit = signo < 32 ? 1u << signo : 0;

	/* the kernel does not queue a pending standard signal twice */
	if (line->queued & bit)
		return;
	line->queued |= bit;
	print_signal_line(p, &line->signals, ev);
	if (too_many_wait(p->strace, line))
		bring_out_signals(p, line);
}

void linx_strace_signal(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_get(p->strace, ev);
	bool later;

	if (!line) {
		p->out.failed = true;
		return;
	}
	later = line->in_call && !(ev->signal->flags & LINX_SIGNAL_DELIVERED);
	if (!later)
		linx_strace_line_settle(p, line);
	if (signal_hidden(p->strace, ev->signal->signo)) {
		line->signal_seen = true;
	} else if (later) {
		queue_signal(p, line, ev);
	} else {
		linx_strace_line_interrupt(p, NULL);
		print_signal_line(p, &p->out, ev);
	}
}

static void print_end_line(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev)
{
	uint32_t killed = ev->ctx->code & 0x7f;

	if (killed ? signal_hidden(p->strace, (int)killed) : p->strace->opts.hide & LINX_STRACE_EXITED)
		return;
	linx_strace_head(p, o, ev, ev->time);
	linx_strbuf_str(o, "+++ ");
	linx_print_end(o, ev);
	linx_strbuf_str(o, " +++\n");
}

/* Prints the line of a leader that ended before the other threads of its process. */
static void print_leader(struct linx_printer *p, uint32_t pid)
{
	struct linx_strace_line *leader = linx_strace_line_find(p->strace, pid);

	if (!leader)
		return;
	linx_strace_line_interrupt(p, NULL);
	linx_strbuf_append(&p->out, &leader->end);
	linx_strace_line_remove(p->strace, leader);
}

/* Prints the end of a task. strace sees the end of a leader only when all its threads have ended. */
void linx_strace_exit(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace *s = p->strace;
	struct linx_strace_line *line = linx_strace_line_get(s, ev);
	bool leader = ev->rec->tid == ev->rec->pid, dead = ev->ctx->flags & LINX_CTX_GROUP_DEAD;

	if (!line) {
		p->out.failed = true;
		return;
	}
	linx_strace_line_die(p, line, ev);
	linx_strace_line_signals(p, line);
	if (p->joins && ev->superseded_by) {
		/* the line about the end of this task is printed at the EXEC event */
	} else if (line->unsure) {
		/* strace prints nothing of this task, since it has shown no call of the task yet */
	} else if (p->joins && leader && !dead) {
		print_end_line(p, &line->end, ev);
		return;
	} else {
		linx_strace_line_interrupt(p, NULL);
		print_end_line(p, &p->out, ev);
		if (dead && !leader)
			print_leader(p, ev->rec->pid);
	}
	linx_strace_line_remove(s, line);
	s->tasks -= s->tasks > 0;
}

static void print_superseded(struct linx_printer *p, const struct linx_event *ev)
{
	if (p->strace->opts.hide & LINX_STRACE_SUPERSEDED)
		return;
	linx_strace_line_interrupt(p, NULL);
	linx_strace_head(p, &p->out, ev, ev->time);
	linx_strbuf_str(&p->out, "+++ superseded by execve in pid ");
	linx_strbuf_u64(&p->out, ev->ctx->code);
	linx_strbuf_str(&p->out, " +++\n");
}

/* Ends the unfinished line of a task that gets another tid, "<pid changed to 12 ...>". */
static void change_pid(struct linx_printer *p, struct linx_strace_line *line, uint32_t pid)
{
	linx_strace_line_interrupt(p, line);
	if (line->state == LINX_LINE_HELD)
		linx_strbuf_append(&p->out, &line->entry);
	linx_strbuf_str(&p->out, " <pid changed to ");
	linx_strbuf_u64(&p->out, pid);
	linx_strbuf_str(&p->out, " ...>\n");
}

static bool is_under_way(const struct linx_strace_line *line)
{
	return line && linx_strace_line_begun(line);
}

/* Handles the exec of a thread that takes its leader's tid. The thread may have made no call yet that is shown. */
void linx_strace_exec(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_find(p->strace, ev->ctx->code);
	bool shown;

	if (!p->joins || ev->ctx->code == ev->rec->tid)
		return;
	if (line && line->waits)
		linx_strace_line_settle(p, line);
	shown = is_under_way(line);
	if (shown) {
		if (!p->strace->opts.separate && !linx_strace_staged(p->strace))
			change_pid(p, line, ev->rec->tid);
		line->state = LINX_LINE_CUT;
		p->strace->current = NULL;
	}
	if (line)
		linx_strace_line_rename(p->strace, line, ev->rec->tid);
	print_superseded(p, ev);
	line = linx_strace_staged(p->strace) && !shown ? linx_strace_line_get(p->strace, ev) : NULL;
	if (line)
		line->unsure = true;
}

static enum linx_strace_mode mode_of(unsigned int abi)
{
	if (abi == LINX_ABI_X32)
		return LINX_MODE_X32;
	return abi == LINX_ABI_I386 || abi == LINX_ABI_ARM ? LINX_MODE_32 : LINX_MODE_64;
}

void linx_strace_mode(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	static const char *const names[] = { [LINX_MODE_64] = "64 bit", [LINX_MODE_32] = "32 bit", [LINX_MODE_X32] = "x32" };
	const enum linx_strace_mode mode = mode_of(ev->abi);

	if (mode == line->mode)
		return;
	line->mode = (uint8_t)mode;
	if (!p->joins || p->strace->opts.hide & LINX_STRACE_MODES)
		return;
	linx_strace_line_interrupt(p, NULL);
	linx_strace_head(p, &p->out, ev, linx_strace_began(ev));
	linx_strbuf_str(&p->out, "[ Process PID=");
	linx_strbuf_u64(&p->out, ev->rec->tid);
	linx_strbuf_str(&p->out, " runs in ");
	linx_strbuf_str(&p->out, names[mode]);
	linx_strbuf_str(&p->out, " mode. ]\n");
}

void linx_strace_fork(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_strace_line *parent = linx_strace_line_find(p->strace, ev->rec->tid);
	uint32_t child;

	p->strace->tasks++;
	if (!linx_event_get_child(ev, &child))
		linx_strace_line_inherit(p->strace, child, child, parent ? parent->mode : LINX_MODE_64);
}
