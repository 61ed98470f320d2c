// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a trace as strace does. Threads are followed, not processes, and children only with -f. Entries and returns of
 * calls are recorded, and signals, too. The steps always have this order: open, start, run, stop, read the remaining
 * events.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array_size.h"
#include "trace/loop.h"
#include "base/sanitize.h"
#include "trace/source.h"
#include "strace/strace_destination.h"

/*
 * Fewest bytes of a buffer to record, even if fewer are shown: a buffer can contain a structure, which must be complete
 * to be decoded.
 */
#define SNAP_LEAST 4096u
#define SNAP_MOST LINX_PIECES_MAX
/* Longest time in each second that throttle mode lets a task wait for this process: the whole second. */
#define WAIT_MS 1000u

struct tracer {
	struct strace_settings *settings;
	struct strace_destination to;
	struct child_command command;
	struct linx *l;
	struct signals signals;
	struct child child;
	struct sink sink;
	struct loop loop;
	bool failed; /* the trace ended with an error, which was printed */
};

void strace_say(const char *fmt, ...)
{
	char text[512], line[16 + sizeof(text) * PLAIN_MOST] = "strace: ";
	size_t head = strlen(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	plain_text(line + head, sizeof(line) - head - 1, text);
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

static int out_of_memory(void)
{
	return say_status(STATUS_FAILURE, "out of memory");
}

/* ---- starting the command ---------------------------------------------------------- */

/*
 * Replaces standard input and output of this process by /dev/null. Otherwise the processes at the other ends of pipes
 * would not notice when the command closes its ends.
 */
static void release_standard(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	dup3(fd, STDIN_FILENO, O_CLOEXEC);
	dup3(fd, STDOUT_FILENO, O_CLOEXEC);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int hold_command(struct tracer *t)
{
	int rc;

	/*
	 * A seccomp filter is installed only with -f, as in strace. Children inherit it, and calls that it traces fail
	 * in a child that nobody traces. With -u the command becomes another user, and has no privileges to install a
	 * filter.
	 */
	if (t->settings->filter && t->settings->follow && !t->settings->user)
		t->command.filter = child_filter_new(t->l);
	rc = child_start(&t->child, &t->command, &t->signals);
	free(t->command.filter);
	t->command.filter = NULL;
	if (rc)
		return say_status(STATUS_FAILURE, "cannot start: %s: %s", t->command.path, strerror(-rc));
	release_standard();
	return STATUS_OK;
}

/* ---- opening the source -------------------------------------------------------------- */

static bool abbreviates(const struct strace_settings *s)
{
	return !s->print.verbose && !s->show.abbrev;
}

/*
 * Returns how many bytes of buffers and strings to record. s->show.strings is one more than is shown, as strace
 * also reads one more.
 */
static uint32_t snap_bytes(const struct strace_settings *s)
{
	uint32_t read = s->show.strings;

	if (s->show.dump_read || s->show.dump_write || read > SNAP_MOST)
		return SNAP_MOST;
	return read > SNAP_LEAST ? read : SNAP_LEAST;
}

static int failed(const struct tracer *t, int error)
{
	const char *text = linx_error_text(t->l);

	return say_status(STATUS_FAILURE, "%s", *text ? text : strerror(-error));
}

/*
 * Selects the calls of a set. A set of names also gets the calls whose number has no name, which strace always shows. A
 * set that begins with "!" has these calls already.
 */
static int select_calls(struct linx *l, const char *set)
{
	char *expr = NULL;
	int rc;

	if (*set == '!')
		return linx_select(l, set);
	if (asprintf(&expr, "%s,%%unnamed", set) < 0)
		return -ENOMEM;
	rc = linx_select(l, expr);
	free(expr);
	return rc;
}

/*
 * True if the summary needs entry records as well. A return record has either the CPU time of the task or the time at
 * which the call began. The entry record has the other of the two.
 */
static bool needs_both_clocks(const struct tracer *t)
{
	return t->to.summary && !t->settings->table.wall_clock && strace_summary_shows_wall(t->to.summary);
}

static int configure(struct tracer *t)
{
	const struct strace_settings *s = t->settings;
	struct linx_filter_opts filter = { .size = sizeof(filter), .pids = true, .threads = true, .follow = s->follow };
	int rc = linx_filter(t->l, &filter);

	if (!rc && s->calls)
		rc = select_calls(t->l, s->calls);
	if (!rc && (s->summary != SUMMARY_ONLY || needs_both_clocks(t)))
		rc = linx_select_entries(t->l, true);
	return rc < 0 ? failed(t, rc) : STATUS_OK;
}

/* Returns the engine that the environment variable LINX_ENGINE names; NULL: none. */
static const char *chosen_engine(void)
{
	const char *name = getenv("LINX_ENGINE");

	return name && *name && strcmp(name, LINX_ENGINE_AUTO) ? name : NULL;
}

static int open_engine(struct tracer *t, const char *engine, const struct linx_live_opts *live, struct linx_error *error)
{
	const struct linx_engine_opts opts = { .size = sizeof(opts), .live = live };

	return linx_open_engine(engine, &opts, &t->l, error);
}

/*
 * Opens the source. strace loses no call, since the command waits until strace has read its calls. The module can make
 * tasks wait, too, in throttle mode. If there is no module, the engine ptrace is used, unless LINX_ENGINE chooses an
 * engine that never stops a task. With such an engine, and where ptrace(2) is not allowed, calls can be lost, and the
 * lost ones are counted. Attached tasks do not wait.
 */
static int open_live(struct tracer *t, struct linx_live_opts *opts, struct linx_error *error)
{
	const char *chosen = chosen_engine(), *engine = chosen ? chosen : LINX_ENGINE_AUTO;
	bool other;
	int rc;

	if (!t->settings->command)
		return open_engine(t, engine, opts, error);
	opts->mode = LINX_THROTTLE;
	opts->throttle_cap_ms = WAIT_MS;
	rc = open_engine(t, engine, opts, error);
	/*
	 * Tries the engine without throttle mode only if that mode may have caused the failure. A chosen engine must
	 * have refused with EOPNOTSUPP. The module must not have refused the options themselves.
	 */
	other = chosen ? rc == -EOPNOTSUPP : rc != -EINVAL && rc != -E2BIG;
	if (rc >= 0 || !other)
		return rc;
	opts->mode = LINX_DISCARD;
	opts->throttle_cap_ms = 0;
	if (!chosen && open_engine(t, "ptrace", opts, NULL) >= 0)
		return 0;
	return open_engine(t, engine, opts, error);
}

static int open_source(struct tracer *t)
{
	const struct strace_settings *s = t->settings;
	struct linx_live_opts opts = {
		.size = sizeof(opts),
		.snap_bytes = s->summary == SUMMARY_ONLY ? UINT32_MAX : snap_bytes(s),
		.entry_time = s->summary == SUMMARY_ONLY,
		.cpu_time = s->summary && !s->table.wall_clock,
		.no_snapshot = true,
		.no_resolved = true,
		.envp = !abbreviates(s),
		.pointers = s->show.pointers,
		/* messages on a netlink socket are decoded by the socket's protocol, which LINX_FDS_DETAILS records */
		.fds = fds_needed(s->print.fds, &s->selected) | LINX_FDS_DETAILS,
		.signals = s->summary != SUMMARY_ONLY,
	};
	struct linx_error error = { "" };
	int rc = open_live(t, &opts, &error);

	if (rc < 0) {
		source_say_not_open(rc, &error);
		return STATUS_FAILURE;
	}
	return configure(t);
}

/* Resolves the paths of -P. This is done late, since strace reports errors of paths after all others. */
static int resolve_paths(struct tracer *t)
{
	struct strace_settings *s = t->settings;
	const char *real;

	for (size_t i = 0; i < s->paths.n; i++) {
		if (!fds_choose_path(&s->selected, s->paths.words[i], &real))
			return out_of_memory();
		if (real && strace_says(t->settings, QUIET_PATHS))
			strace_say("Requested path \"%s\" resolved into \"%s\"", s->paths.words[i], real);
	}
	return STATUS_OK;
}

static int check_sets(struct tracer *t)
{
	const struct linx_strace_opts *o = &t->settings->show;
	const char *sets[] = { o->abbrev, o->verbose, o->raw };
	struct linx_error error = { "" };

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (sets[i] && linx_table_check(linx_borrow_table(t->l), sets[i], &error))
			return say_status(STATUS_FAILURE, "%s", error.text);
	return STATUS_OK;
}

static int open_printer(struct tracer *t)
{
	struct linx_print_opts opts = t->settings->print;
	struct linx_strace_opts show = t->settings->show;
	const struct fds_selection *selected = &t->settings->selected;
	struct linx_uses uses = { selected->paths, selected->npaths, selected->fds, selected->nfds };
	int status = check_sets(t), rc;

	if (status != STATUS_OK)
		return status;
	show.table = linx_borrow_table(t->l);
	if (uses.npaths || uses.nfds)
		show.uses = &uses;
	opts.strace = &show;
	rc = linx_printer_new(LINX_FORMAT_STRACE, &opts, &t->to.printer);
	return rc ? say_status(STATUS_FAILURE, "cannot print: %s", strerror(-rc)) : STATUS_OK;
}

static int open_all(struct tracer *t)
{
	const struct strace_settings *s = t->settings;
	struct problem why;
	int status = s->command ? strace_command_find(s, &t->command) : STATUS_OK;

	if (status == STATUS_OK && s->summary && strace_summary_new(&s->table, &t->to.summary, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	if (status == STATUS_OK)
		status = resolve_paths(t);
	if (status == STATUS_OK)
		status = open_source(t);
	if (status == STATUS_OK)
		status = open_printer(t);
	if (status != STATUS_OK)
		return status;
	if (signals_catch(&t->signals, false, true))
		return say_status(STATUS_FAILURE, "out of file descriptors");
	if (strace_log_open(&t->to.log, s, &t->signals, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return s->command ? hold_command(t) : STATUS_OK;
}

/* ---- attaching to tasks ----------------------------------------------------------------- */

/* Attaches the threads of a process, and adds their number to *n. */
static int attach_threads(struct tracer *t, int pid, unsigned int *n)
{
	struct dirent *entry;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0 && linx_add_pid(t->l, atoi(entry->d_name)) == 0)
			++*n;
	if (dir)
		closedir(dir);
	return STATUS_OK;
}

static int attach(struct tracer *t, int pid)
{
	unsigned int threads = 0;
	int status = source_attach(t->l, pid);

	if (status != STATUS_OK)
		return STATUS_FAILURE;
	if (t->settings->follow)
		attach_threads(t, pid, &threads);
	if (!strace_says(t->settings, QUIET_ATTACH))
		return STATUS_OK;
	if (threads > 1)
		strace_say("Process %d attached with %u threads", pid, threads);
	else
		strace_say("Process %d attached", pid);
	return STATUS_OK;
}

static int start(struct tracer *t)
{
	const struct pid_list *list = &t->settings->attach;
	int rc = linx_start(t->l), status = STATUS_OK;

	if (rc < 0)
		return failed(t, rc);
	for (size_t i = 0; i < list->n && status == STATUS_OK; i++)
		status = attach(t, list->pids[i]);
	if (status != STATUS_OK || !t->child.pid)
		return status;
	return source_let_go(t->l, &t->child, t->command.path, STATUS_FAILURE);
}

/* ---- running the trace ------------------------------------------------------------------- */

static enum end run(struct tracer *t)
{
	t->sink = (struct sink){ .l = t->l, .limit = t->settings->limit, .to = { &t->to.base }, .n = 1 };
	t->loop = (struct loop){
		.l = t->l,
		.sink = &t->sink,
		.signals = &t->signals,
		.child = &t->child,
		.fd = linx_fd(t->l),
		.lists = true,
		.tracer = source_stops_tasks(t->l),
		.eager = !t->settings->out,
	};
	return loop_run(&t->loop);
}

static enum end drain(struct tracer *t, enum end end)
{
	enum end rest;

	if (linx_stop(t->l) < 0)
		say("%s", linx_error_text(t->l));
	if (end == END_PIPE || end == END_FAILURE || end == END_COUNT)
		return end;
	rest = loop_drain(&t->loop);
	return rest == END_FAILURE || rest == END_PIPE ? rest : end;
}

static int report_unwritten(const struct tracer *t, int error)
{
	return say_status(STATUS_FAILURE, "cannot write: %s: %s", strace_log_name(t->settings), strerror(-error));
}

static enum end finish(struct tracer *t, enum end end)
{
	int rc;

	if (end == END_PIPE || end == END_FAILURE)
		return end;
	rc = sink_finish(&t->sink, NULL);
	if (!rc)
		return end;
	report_unwritten(t, rc);
	return END_FAILURE;
}

/*
 * Returns the exit status of the command. *killed: signal by which this process must end, too: the signal that killed
 * the command, or the one that asked to stop.
 */
static int command_status(struct tracer *t, enum end end, int *killed)
{
	struct child *c = &t->child;

	if (end == END_SIGNAL && (!c->pid || !child_reap(c)))
		*killed = signals_last();
	if (!c->pid || !child_reap(c))
		return STATUS_OK;
	if (WIFSIGNALED(c->status))
		*killed = WTERMSIG(c->status);
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : STATUS_OK;
}

static int trace(struct tracer *t, int *killed)
{
	enum end end = finish(t, drain(t, run(t)));

	t->failed = end == END_FAILURE || end == END_PIPE;
	return end == END_FAILURE ? STATUS_FAILURE : command_status(t, end, killed);
}

/*
 * Closes everything. Prints an error if the last lines could not be written, unless an error was printed before.
 * Returns an exit status.
 */
static int close_all(struct tracer *t)
{
	int rc, status = STATUS_OK;

	child_abandon(&t->child);
	linx_printer_free(t->to.printer);
	linx_close(t->l);
	rc = strace_log_close(&t->to.log);
	if (rc && rc != -EPIPE && !t->failed)
		status = report_unwritten(t, rc);
	strace_summary_free(t->to.summary);
	signals_release(&t->signals);
	strace_command_free(&t->command);
	return status;
}

/*
 * Names this process "strace". Scripts search for a process of that name, and some traced programs look at the name of
 * their parent.
 */
static void take_name(void)
{
	prctl(PR_SET_NAME, "strace");
}

int strace_run(struct strace_settings *s)
{
	struct tracer t = {
		.settings = s,
		.signals.fd = -1,
	};
	int status, killed = 0;

	strace_destination_begin(&t.to, s);
	take_name();
	status = open_all(&t);
	if (status == STATUS_OK)
		status = start(&t);
	if (status == STATUS_OK)
		status = trace(&t, &killed);
	if (close_all(&t) != STATUS_OK)
		return STATUS_FAILURE;
	if (killed)
		signals_die(killed);
	return status;
}
