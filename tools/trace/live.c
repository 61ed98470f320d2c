// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A live trace. Whatever ends it, its steps have this order: open, start, run, stop, read the remaining events, print
 * the account, close.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/notify.h"
#include "trace/flight.h"
#include "trace/policy.h"
#include "trace/source.h"
#include "trace/trace.h"
#include "trace/watch.h"
#include "trace/window.h"

struct live {
	const struct settings *settings;
	const struct settings *first; /* settings as first read from the command line */
	struct settings *read_again; /* settings of the last reload; NULL: none, first is used */
	char *path; /* path of the command to run */
	struct linx *l;
	struct missing missing;
	struct sink sink;
	struct signals signals;
	struct child child;
	struct loop loop;
	struct rotation rotation; /* rotation.path NULL: the trace writes only one file, or none */
	struct listener_thread *listener; /* server of --metrics; NULL: none */
	struct flight *flight; /* recorder of --alert-capture; NULL: none */
	int whole_fd; /* descriptor of the completed file, for rotation_finished(); -1: none */
	uint64_t until_ns; /* wall clock at which --to ends the trace; 0: no such time is known before it begins */
	uint64_t deadline_ns;
};

static int hold_command(struct live *v)
{
	struct child_command command = { .path = v->path, .argv = v->settings->what.command, .env = environ };
	int rc;

	if (source_stops_tasks(v->l) && geteuid() && child_gains(v->path))
		say_at(SAY_WARNING, "%s runs without the privileges of its file: engine ptrace cannot give them to whom it traces, unless it is root's",
		       v->path);
	if (source_ends_with_command(v->settings) && !rotation_wanted(v->settings))
		command.filter = child_filter_new(v->l);
	rc = child_start(&v->child, &command, &v->signals);
	free(command.filter);
	if (rc)
		return say_status(STATUS_FAILURE, "cannot start: %s: %s", v->path, strerror(-rc));
	return STATUS_OK;
}

/*
 * Opens the sink. path NULL: the settings name its outputs. Otherwise fd is an open file of the name "path", and the
 * sink owns fd.
 */
static int open_sink(struct live *v, const struct settings *settings, const char *path, int fd, struct sink *k,
		     struct linx *l, struct problem *why)
{
	struct destination_env env = {
		.settings = settings, .l = l, .signals = &v->signals, .flight = v->flight, .path = path, .input = -1, .fd = fd,
	};
	int rc = sink_open(k, &env, why);

	k->shown.selected = &v->first->what.selected;
	k->missing = &v->missing;
	return rc;
}

static int open_all(struct live *v)
{
	const struct settings *s = v->settings;
	struct problem why;
	int status = STATUS_OK, fd = -1;
	char *after;

	if (s->what.command) {
		v->path = child_find(s->what.command[0], &status);
		if (!v->path)
			return status;
	}
	/*
	 * The command of -z runs when the first file is complete, which can take an hour. Therefore a bad path is
	 * reported now.
	 */
	if (s->where.after) {
		after = child_find(s->where.after, &status);
		if (!after)
			return status;
		free(after);
	}
	status = source_open_live(s, &v->l);
	if (status == STATUS_OK && rotation_wanted(s))
		status = source_check_next(s, linx_get_stream_info(v->l)->engine);
	if (status != STATUS_OK)
		return status;
	/* signals are caught before the sink is opened, since opening it may already write */
	if (signals_catch(&v->signals, s->how.mode == LINX_RECORDER, false))
		return say_status(STATUS_FAILURE, "out of file descriptors");
	if (rotation_wanted(s)) {
		signals_reload_on_hangup();
		if (rotation_open(&v->rotation, s, &fd, &why))
			return say_status(STATUS_FAILURE, "%s", why.text);
	}
	if (s->where.alerts.before.path) {
		v->flight = flight_open(s, v->l, &status);
		if (!v->flight)
			return status;
	}
	if (open_sink(v, s, v->rotation.path, fd, &v->sink, v->l, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	if (v->rotation.path && !rotation_has_room(&v->rotation, &v->sink, report_clock_ns()))
		return STATUS_FAILURE;
	return s->what.command ? hold_command(v) : STATUS_OK;
}

/*
 * Raises the priority of this process. This function is called after the command was forked, so that the command keeps
 * its own priority. If this process lacks the right to raise its priority, nothing changes.
 */
static void go_ahead(const struct settings *s)
{
	if (s->how.ahead)
		setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - s->how.ahead);
}

/* Lets the command run, seals the session, and starts the flight recorder. Returns an exit status. */
static int follow(struct live *v)
{
	int rc = v->child.pid ? source_let_go(v->l, &v->child, v->path, STATUS_NOT_EXECUTABLE) : STATUS_OK;

	if (rc == STATUS_OK)
		rc = watch_seal(v->settings, v->l);
	return rc == STATUS_OK && v->flight ? flight_start(v->flight, v->l) : rc;
}

/*
 * Starts the source. The policy is set as late as possible before the command runs, since a policy that is kept goes on
 * even if this process fails.
 */
static int start(struct live *v)
{
	int rc = linx_start(v->l);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "%s", linx_error_text(v->l));
	missing_begin(&v->missing, v->settings, v->l);
	go_ahead(v->settings);
	rc = watch_begin(v->settings, v->l, &v->listener);
	if (rc != STATUS_OK)
		return rc;
	if (policy_start(v->settings, v->l) < 0)
		return say_status(STATUS_FAILURE, "%s", linx_error_text(v->l));
	rc = follow(v);
	if (rc != STATUS_OK)
		policy_undo(v->settings);
	return rc;
}

static enum end run(struct live *v)
{
	const struct settings *s = v->settings;

	v->loop = (struct loop){
		.l = v->l,
		.sink = &v->sink,
		.signals = &v->signals,
		.child = &v->child,
		.fd = linx_fd(v->l),
		.lists = source_lists(s),
		.tracer = source_stops_tasks(v->l),
		.deadline_ns = v->deadline_ns,
		.rotation = v->rotation.path ? &v->rotation : NULL,
		.beat_ns = notify_watchdog_ns(),
		.metrics = v->first->where.numbers,
	};
	return loop_run(&v->loop);
}

/*
 * Leaves the remaining records in the rings; from now on they count as unread. The event with the certificate is
 * still shown. True if there is a certificate.
 */
static bool leave_the_rest(struct live *v)
{
	const struct linx_certificate *c;

	v->sink.limit = 0;
	return linx_get_certificate(v->l, &c) == 0;
}

/*
 * Stops the source, then reads the events that were recorded before the stop, up to the limits. After a failure, or if
 * nobody reads the output any more, the remaining events are not read. Returns the reason for which the trace ended.
 */
static enum end drain(struct live *v, enum end end)
{
	enum end rest;

	if (linx_stop(v->l) < 0)
		say("%s", linx_error_text(v->l));
	if (end == END_PIPE || end == END_FAILURE || (end == END_COUNT && sink_reader(&v->sink)))
		return end;
	if (end == END_COUNT && !leave_the_rest(v))
		return end;
	rest = loop_drain(&v->loop);
	return rest == END_FAILURE || rest == END_PIPE ? rest : end;
}

static enum end finish_sink(struct live *v, enum end end)
{
	int rc;

	if (end == END_PIPE)
		return end;
	if (sink_broken(&v->sink)) {
		sink_rescue(&v->sink);
		return end;
	}
	rc = sink_finish(&v->sink, v->rotation.path ? &v->whole_fd : NULL);
	if (!rc || rc == -EPIPE)
		return rc ? END_PIPE : end;
	sink_explain(&v->sink, rc);
	return END_FAILURE;
}

static int account(struct live *v, enum end end)
{
	const struct linx_certificate *c = NULL;
	struct settings s = *v->settings;

	/* nothing is printed if nobody reads the output any more */
	s.where.quiet = s.where.quiet || end == END_PIPE;
	if (linx_get_certificate(v->l, &c) < 0)
		c = NULL;
	if (s.where.quiet && end != END_PIPE) {
		v->loop.losses.due_ns = 0;
		losses_look(&v->loop.losses, v->l, report_clock_ns());
	}
	if (!s.where.quiet) {
		report_http(v->l);
		report_probes(v->l);
		report_policy(v->l, policy_of(v->settings));
	}
	return trace_account(&s, &(struct stats_source){ c, v->sink.events, v->l, policy_of(v->settings) });
}

/*
 * Returns the command's exit status; STATUS_OK if it has none, or if a limit or the reader of the output ended the
 * trace. *killed: signal by which this process must end, too: the signal that ended the command, or the one that asked
 * to stop; 0: there is none.
 */
static int command_status(struct live *v, enum end end, int *killed)
{
	struct child *c = &v->child;

	if (!c->pid || end == END_COUNT || end == END_TIME || end == END_PIPE)
		return STATUS_OK;
	if (!child_reap(c)) {
		*killed = end == END_SIGNAL ? signals_last() : 0;
		return STATUS_OK;
	}
	if (WIFSIGNALED(c->status))
		*killed = WTERMSIG(c->status);
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : STATUS_OK;
}

/* ---- recording to several files */

struct next_file {
	struct sink sink;
	struct linx *l;
	char *path;
};

static int start_next(struct live *v, const struct settings *s, struct next_file *n, int fd)
{
	struct problem why;
	int status = source_open_next(s, linx_get_stream_info(v->l)->engine, &n->l);

	if (status != STATUS_OK) {
		close(fd);
		return status;
	}
	if (open_sink(v, s, n->path, fd, &n->sink, n->l, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return source_start_next(s, n->l, v->l);
}

static bool open_next(struct live *v, const struct settings *s, struct next_file *n)
{
	struct problem why;
	int fd;

	*n = (struct next_file){ 0 };
	n->path = rotated_next(&v->rotation.series, &fd, &why);
	if (!n->path) {
		say("%s", why.text);
		return false;
	}
	if (start_next(v, s, n, fd) == STATUS_OK)
		return true;
	unlink(n->path);
	sink_close(&n->sink);
	linx_close(n->l);
	free(n->path);
	return false;
}

static void drop_settings(struct settings *s)
{
	if (s)
		settings_free(s);
	free(s);
}

/* Reads the options and their files again. NULL: the reason was printed. */
static struct settings *read_again(struct live *v)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct problem why;

	if (s && !settings_read(s, v->first->argc, v->first->argv, &why))
		return s;
	say("not reloaded: %s", s ? why.text : "out of memory");
	drop_settings(s);
	return NULL;
}

/*
 * Reads the settings again, and opens the next file with them. The new settings replace the old ones only if the file
 * could be opened, since the source may refuse them.
 */
static bool reload(struct live *v, struct next_file *n)
{
	struct settings *s;
	bool ok;

	notify_say("RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(report_clock_ns() / 1000));
	s = read_again(v);
	if (s)
		policy_follow(s, v->settings);
	ok = s && open_next(v, s, n);
	if (ok) {
		drop_settings(v->read_again);
		v->settings = v->rotation.settings = v->read_again = s;
	} else if (s) {
		say("not reloaded: goes on with what was set before");
		drop_settings(s);
	}
	notify_say("READY=1");
	return ok;
}

/* Completes the current file, as at the end of a trace, while the source of the next file already records. */
static enum end finish_file(struct live *v, bool quiet)
{
	enum end end = finish_sink(v, drain(v, END_TIME));

	account(v, end);
	loop_publish(&v->loop);
	metrics_next_source(v->first->where.numbers);
	sink_close(&v->sink);
	linx_close(v->l);
	rotation_finished(&v->rotation, v->whole_fd, !quiet);
	v->whole_fd = -1;
	return end;
}

/*
 * Begins the next file. It has its own source, which starts before the present one stops: no call is missing from
 * both files, and each file describes its own tasks.
 */
static enum end rotate(struct live *v)
{
	uint64_t now = report_clock_ns();
	bool quiet = v->settings->where.quiet;
	struct next_file next;
	enum end end;

	if (!(v->rotation.reload && reload(v, &next)) && !open_next(v, v->settings, &next)) {
		say("goes on in the old file: %s", v->rotation.path);
		rotation_put_off(&v->rotation, now);
		return END_NONE;
	}
	end = finish_file(v, quiet);
	/* the new sink's count goes on from that of the old sink, with the events that finish_file() read */
	next.sink.events = v->sink.events;
	v->sink = next.sink;
	v->l = next.l;
	rotation_turned(&v->rotation, next.path, now);
	if (end == END_FAILURE)
		return end;
	return sink_full(&v->sink) ? END_COUNT : END_NONE;
}

static enum end run_files(struct live *v)
{
	enum end end;

	if (v->rotation.path)
		rotation_turned(&v->rotation, v->rotation.path, report_clock_ns());
	notify_say("READY=1");
	do {
		end = run(v);
		if (end == END_ROTATION)
			end = rotate(v);
	} while (end == END_NONE);
	notify_say("STOPPING=1");
	return end;
}

/* Returns the time at which --for or --to ends the trace, whichever is earlier; 0: neither is given. */
static uint64_t find_deadline(const struct live *v)
{
	const struct settings *s = v->settings;
	uint64_t left = UINT64_MAX, now = report_clock_ns();

	if (v->until_ns)
		left = window_left(v->until_ns);
	else if (s->what.to.kind)
		left = s->what.to.ns;
	if (s->how.for_ns && s->how.for_ns < left)
		left = s->how.for_ns;
	return left <= UINT64_MAX - now ? now + left : 0;
}

static int trace(struct live *v, int *killed)
{
	enum end end;
	int status;

	v->deadline_ns = find_deadline(v);
	end = run_files(v);
	end = finish_sink(v, drain(v, end));
	status = account(v, end);
	if (v->rotation.path)
		rotation_finished(&v->rotation, v->whole_fd, false);
	v->whole_fd = -1;
	if (end == END_FAILURE)
		return STATUS_FAILURE;
	return status != STATUS_OK ? status : command_status(v, end, killed);
}

static void close_all(struct live *v)
{
	child_abandon(&v->child);
	listener_end(v->listener);
	flight_end(v->flight); /* called before sink_close(), which reports the recorder's last captures */
	sink_close(&v->sink);
	flight_close(v->flight);
	linx_close(v->l);
	rotation_close(&v->rotation, &v->signals);
	signals_release(&v->signals);
	free(v->path);
	drop_settings(v->read_again);
}

int live_run(const struct settings *s)
{
	struct live v = { .settings = s, .first = s, .signals.fd = -1, .whole_fd = -1 };
	int status = STATUS_OK, killed = 0;

	v.until_ns = window_live_until(s, &status);
	if (status == STATUS_OK)
		status = open_all(&v);
	if (status == STATUS_OK)
		status = start(&v);
	if (status == STATUS_OK)
		status = trace(&v, &killed);
	else if (v.rotation.path)
		unlink(v.rotation.path); /* the file is empty, and each retry would leave another one */
	close_all(&v);
	if (v.rotation.after.failed)
		return STATUS_FAILURE;
	if (killed)
		signals_die(killed);
	return status;
}
