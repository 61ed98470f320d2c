// SPDX-License-Identifier: LGPL-2.1-or-later
/* Shows a capture that is read from a file or a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/same_file.h"
#include "trace/alert_options.h"
#include "trace/source.h"
#include "trace/trace.h"
#include "trace/watch.h"

static int open_input(const char *path, int *fd)
{
	*fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	if (*fd < 0)
		return say_status(STATUS_FAILURE, "cannot read: %s: %s", path, strerror(errno));
	return STATUS_OK;
}

/*
 * Returns an error if the output is the file that is read, since opening it for writing would empty it. Standard output
 * is checked, too, since a shell may have opened the capture for appending (>>), which would damage it.
 */
static int refuse_same(const struct settings *s, int fd)
{
	const char *output = s->where.write_path ? s->where.write_path : s->where.out_path ? s->where.out_path : s->where.log_path;
	struct stat in, out;

	if (output && !strcmp(output, "-"))
		output = NULL;
	if (fstat(fd, &in) || (output ? stat(output, &out) : fstat(STDOUT_FILENO, &out)) || !S_ISREG(in.st_mode) ||
	    !same_file(&in, &out))
		return STATUS_OK;
	return say_status(STATUS_USAGE, "the same file: %s and %s: write the text to another", s->where.read_path,
			  output ? output : "standard output");
}

/*
 * True if the terminal on standard output shows something else while the file is read. The line of progress would mix
 * with that.
 */
static bool shows_lines(const struct settings *s)
{
	if (s->look.table.screen)
		return true;
	if (!isatty(STDOUT_FILENO) || s->where.write_path || s->where.out_path || s->where.log_path)
		return false;
	/*
	 * a table is printed when all events are read, unless there are several, or one that is printed again and again
	 */
	if (s->look.summary || (s->look.table.alone && !s->look.table.every_ns && !s->look.table.def->refresh))
		return false;
	return !s->where.alerts.noutputs || alerts_to_stdout(&s->where.alerts);
}

static enum end run(const struct settings *s, struct linx *l, int fd, struct sink *sink, struct signals *signals)
{
	struct loop loop = { .l = l, .sink = sink, .signals = signals, .fd = fd, .metrics = s->where.numbers };
	struct progress progress = { .fd = -1 };
	enum end end;
	int rc;

	if (!s->where.quiet && !shows_lines(s)) {
		progress_begin(&progress, fd, report_clock_ns());
		loop.progress = &progress;
	}
	end = loop_run(&loop);
	progress_end(&progress);
	if (end == END_PIPE || sink_broken(sink))
		return end;
	rc = sink_finish(sink, NULL);
	if (!rc || rc == -EPIPE)
		return rc ? END_PIPE : end;
	sink_explain(sink, rc);
	return END_FAILURE;
}

/*
 * Prints the account. The certificate with its counts is at the end of a file. Therefore there are counts only if the
 * end was reached.
 */
static int account(const struct settings *s, struct linx *l, enum end end, uint64_t events)
{
	const struct linx_certificate *c = NULL;
	struct settings quiet = *s;
	int status;

	quiet.where.quiet = s->where.quiet || end == END_PIPE;
	if (end == END_DATA || end == END_FAILURE)
		linx_get_certificate(l, &c);
	if (!quiet.where.quiet) {
		report_http(l);
		report_probes(l);
	}
	status = trace_account(&quiet, &(struct stats_source){ .c = c, .events = events, .l = l });
	if (end == END_DATA && c && c->cut_off)
		status = say_status(STATUS_FAILURE,
				    "cut off: %s: the end of the capture is missing, "
				    "what was there was shown",
				    source_name(s));
	return end == END_FAILURE ? STATUS_FAILURE : status;
}

static int show(const struct settings *s, struct linx *l, int fd, const struct window *window)
{
	struct signals signals = { .fd = -1 };
	const struct destination_env env = { .settings = s, .l = l, .signals = &signals, .window = window, .input = fd, .fd = -1 };
	struct listener_thread *listener = NULL;
	struct sink sink;
	struct problem why;
	enum end end;
	int status;

	if (signals_catch(&signals, false, false))
		return say_status(STATUS_FAILURE, "out of file descriptors");
	if (sink_open(&sink, &env, &why)) {
		status = say_status(STATUS_FAILURE, "%s", why.text);
	} else {
		status = watch_begin(s, l, &listener);
	}
	sink.window = *window;
	sink.reads_on = s->where.write_path;
	if (status == STATUS_OK) {
		end = run(s, l, fd, &sink, &signals);
		status = account(s, l, end, sink.events);
	}
	listener_end(listener);
	sink_close(&sink);
	signals_release(&signals);
	return status;
}

/* Prints how many places of a damaged file --salvage skipped. Returns the exit status. */
static int report_damage(const struct settings *s, struct linx *l, int status)
{
	struct linx_damage d;

	if (linx_get_damage(l, &d) || !d.places)
		return status;
	return say_status(STATUS_FAILURE,
			  "damaged: %s: %llu place%s, the first at offset %llu: %llu bytes are no blocks and were left out; "
			  "all others were shown",
			  source_name(s), (unsigned long long)d.places, d.places == 1 ? "" : "s",
			  (unsigned long long)d.first_offset, (unsigned long long)d.bytes);
}

int replay_run(const struct settings *s)
{
	struct linx *l = NULL;
	struct window window;
	struct problem why;
	int fd, status;

	status = open_input(s->where.read_path, &fd);
	if (status != STATUS_OK)
		return status;
	status = refuse_same(s, fd);
	if (status == STATUS_OK && window_find(s, fd, &window, &why))
		status = say_status(STATUS_USAGE, "%s", why.text);
	if (status == STATUS_OK)
		status = source_open_file(s, fd, &l);
	if (status == STATUS_OK && s->where.salvage)
		linx_salvage(l);
	if (status == STATUS_OK)
		status = report_damage(s, l, show(s, l, fd, &window));
	linx_close(l);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}
