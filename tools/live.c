// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A live trace: everything is opened, then started, run, stopped, drained,
 * accounted for and closed, in this order whatever ends it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify.h"
#include "source.h"
#include "trace.h"

struct live {
	const struct settings *settings;
	const struct settings *first; /* of the command line, as it was read at the beginning */
	struct settings *read_again; /* settings, after a reload; NULL: the first */
	char *path; /* of the command */
	struct linx *l;
	struct sink sink;
	struct signals signals;
	struct child child;
	struct loop loop;
	struct keeper keeper; /* path NULL: one file */
	uint64_t deadline_ns;
};

static int hold_command(struct live *v)
{
	struct child_command command = { .path = v->path, .argv = v->settings->command, .env = environ };
	int rc = child_start(&v->child, &command, &v->signals);

	if (rc)
		return say_status(STATUS_FAILURE, "cannot start: %s: %s", v->path, strerror(-rc));
	return STATUS_OK;
}

/* path NULL: where the settings say. */
static int open_sink(struct live *v, const char *path, struct sink *k, struct linx *l, struct problem *why)
{
	struct settings s = *v->settings;
	int rc;

	if (path)
		s.write_path = path;
	rc = sink_open(k, &s, l, &v->signals, why);
	k->chosen = &v->first->chosen;
	return rc;
}

static int open_all(struct live *v)
{
	const struct settings *s = v->settings;
	struct problem why;
	int status = STATUS_OK;
	char *after;

	if (s->command) {
		v->path = child_find(s->command[0], &status);
		if (!v->path)
			return status;
	}
	/* It is used when the first file is complete, which may be in an hour. */
	if (s->after) {
		after = child_find(s->after, &status);
		if (!after)
			return status;
		free(after);
	}
	status = source_open_live(s, &v->l);
	if (status != STATUS_OK)
		return status;
	/* Before the sink, which may begin to write. */
	if (signals_catch(&v->signals, s->mode == LINX_RECORDER))
		return say_status(STATUS_FAILURE, "out of file descriptors");
	if (keeper_wanted(s)) {
		signals_reload_on_hangup();
		if (keeper_open(&v->keeper, s, &why))
			return say_status(STATUS_FAILURE, "%s", why.text);
	}
	if (open_sink(v, v->keeper.path, &v->sink, v->l, &why)) {
		if (v->keeper.path)
			unlink(v->keeper.path);
		return say_status(STATUS_FAILURE, "%s", why.text);
	}
	return s->command ? hold_command(v) : STATUS_OK;
}

/* After the command was forked, which keeps what it has. Who may not stays where it is. */
static void go_ahead(const struct settings *s)
{
	if (s->ahead)
		setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - s->ahead);
}

static int start(struct live *v)
{
	int rc = linx_start(v->l);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "%s", linx_error_text(v->l));
	go_ahead(v->settings);
	return v->child.pid ? source_let_go(v->l, &v->child, v->path, STATUS_NOT_EXECUTABLE) : STATUS_OK;
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
		.deadline_ns = v->deadline_ns,
		.keeper = v->keeper.path ? &v->keeper : NULL,
		.beat_ns = notify_watchdog_ns(),
	};
	return loop_run(&v->loop);
}

/* What the rings hold is unread from here on; the certificate itself is still shown. */
static bool leave_the_rest(struct live *v)
{
	const struct linx_certificate *c;

	v->sink.limit = 0;
	return linx_get_certificate(v->l, &c) == 0;
}

/* What is recorded and still wanted. */
static enum end drain(struct live *v, enum end end)
{
	enum end rest;

	if (linx_stop(v->l) < 0)
		say("%s", linx_error_text(v->l));
	if (end == END_PIPE || end == END_FAILURE || (end == END_COUNT && v->sink.writer))
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
	/* Where a block of a capture did not fit there may still be room for its certificate. */
	if (v->sink.broken && v->sink.writer)
		linx_writer_finish(v->sink.writer);
	if (v->sink.broken)
		return end;
	rc = sink_finish(&v->sink);
	if (!rc || rc == -EPIPE)
		return rc ? END_PIPE : end;
	sink_explain(&v->sink, rc);
	return END_FAILURE;
}

static int account(struct live *v, enum end end)
{
	const struct linx_certificate *c = NULL;
	struct settings s = *v->settings;

	/* Nobody reads any more: say nothing. */
	s.quiet = s.quiet || end == END_PIPE;
	if (linx_get_certificate(v->l, &c) < 0)
		c = NULL;
	if (s.quiet && end != END_PIPE) {
		v->loop.losses.due_ns = 0;
		losses_look(&v->loop.losses, v->l, report_clock_ns());
	}
	return trace_account(&s, c, v->sink.events);
}

/* The command's own status, unless tracing left it alone. *killed: the signal that ended it. */
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

/* ---- several files */

static int open_next(struct live *v, const char *path, struct sink *k, struct linx **l)
{
	struct problem why;
	int status = source_open_next(v->settings, l);

	if (status != STATUS_OK)
		return status;
	if (open_sink(v, path, k, *l, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return source_start_next(v->settings, *l, v->l);
}

/* false: nothing has changed. */
static bool reload(struct live *v)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct problem why;

	if (!s || settings_read(s, v->first->argc, v->first->argv, &why)) {
		say("not reloaded: %s", s ? why.text : "out of memory");
		if (s)
			settings_free(s);
		free(s);
		return false;
	}
	if (v->read_again) {
		settings_free(v->read_again);
		free(v->read_again);
	}
	v->settings = v->keeper.settings = v->read_again = s;
	return true;
}

/* What runs ends as at any end; what follows runs already. */
static enum end finish_file(struct live *v)
{
	enum end end = finish_sink(v, drain(v, END_TIME));

	if (!v->settings->quiet)
		say_at(SAY_INFO, "complete: %s", v->keeper.path);
	account(v, end);
	sink_close(&v->sink);
	linx_close(v->l);
	keeper_finished(&v->keeper, v->keeper.path);
	return end;
}

/*
 * The next file has a source of its own, which starts before this one stops:
 * no call falls between them, and each file says by itself who made its calls.
 */
static enum end turn(struct live *v)
{
	uint64_t now = report_clock_ns();
	struct sink next = { .out.fd = -1 };
	struct linx *l = NULL;
	struct problem why;
	char *path;
	enum end end;

	if (v->keeper.reload) {
		notify_say("RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(now / 1000));
		reload(v);
		notify_say("READY=1");
	}
	path = series_next(&v->keeper.series, &why);
	if (!path || open_next(v, path, &next, &l) != STATUS_OK) {
		say("goes on in the old file: %s", v->keeper.path);
		if (path)
			unlink(path);
		sink_close(&next);
		linx_close(l);
		free(path);
		keeper_put_off(&v->keeper, now);
		return END_NONE;
	}
	end = finish_file(v);
	next.events = v->sink.events; /* also what was still to be read then */
	v->sink = next;
	v->l = l;
	keeper_turned(&v->keeper, path, now);
	if (end == END_FAILURE)
		return end;
	return sink_full(&v->sink) ? END_COUNT : END_NONE;
}

static enum end run_files(struct live *v)
{
	enum end end;

	if (v->keeper.path)
		keeper_turned(&v->keeper, v->keeper.path, report_clock_ns());
	notify_say("READY=1");
	do {
		end = run(v);
		if (end == END_TURN)
			end = turn(v);
	} while (end == END_NONE);
	notify_say("STOPPING=1");
	return end;
}

static int trace(struct live *v, int *killed)
{
	const struct settings *s = v->settings;
	enum end end;
	int status;

	v->deadline_ns = s->for_ns ? report_clock_ns() + s->for_ns : 0;
	end = run_files(v);
	end = finish_sink(v, drain(v, end));
	status = account(v, end);
	if (v->keeper.path)
		keeper_finished(&v->keeper, v->keeper.path);
	if (end == END_FAILURE)
		return STATUS_FAILURE;
	return status != STATUS_OK ? status : command_status(v, end, killed);
}

static void close_all(struct live *v)
{
	child_abandon(&v->child);
	sink_close(&v->sink);
	linx_close(v->l);
	keeper_close(&v->keeper, &v->signals);
	signals_release(&v->signals);
	free(v->path);
	if (v->read_again)
		settings_free(v->read_again);
	free(v->read_again);
}

int live_run(const struct settings *s)
{
	struct live v = { .settings = s, .first = s, .signals.fd = -1, .sink.out.fd = -1 };
	int status = open_all(&v), killed = 0;

	if (status == STATUS_OK)
		status = start(&v);
	if (status == STATUS_OK)
		status = trace(&v, &killed);
	close_all(&v);
	if (killed)
		signals_die(killed);
	return status;
}
