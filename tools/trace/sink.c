// SPDX-License-Identifier: LGPL-2.1-or-later
/* Destination of events: see trace/sink.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/report.h"
#include "trace/alert_sink.h"
#include "trace/chosen.h"
#include "trace/rule_sink.h"
#include "trace/sink.h"
#include "trace/source.h"

/* Events between two looks at signals and clocks. */
#define SINK_BATCH 1024
/* Bytes of a buffer that are captured without --http. */
#define BUFFER_SHOWN 80u
#define REFRESH_NS 1000000000u
/* The library writes a capture, and does not stop half-way when nobody reads it. */
#define PATIENCE_S 3

static unsigned int terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

static bool wants_colour(const struct settings *s, bool terminal)
{
	const char *no = getenv("NO_COLOR");

	if (s->colour != COLOUR_AUTO)
		return s->colour == COLOUR_ALWAYS;
	return terminal && !(no && *no);
}

/* Headers of HTTP need more than is shown of a buffer. */
static unsigned int shown_bytes(const struct settings *s)
{
	if (s->string_limit)
		return s->string_limit;
	if (s->config.given)
		return s->config.str_max_size;
	return s->http ? BUFFER_SHOWN : 0;
}

static int open_printer(struct sink *k, const struct settings *s, struct problem *why)
{
	struct linx_line_opts line = {
		.size = sizeof(line),
		.template_text = s->line,
		.max_string = s->string_limit ? 0 : 1 + (size_t)s->config.str_max_size,
		.max_text = 1 + (size_t)s->config.rich_value_size,
	};
	const struct linx_format_info format = settings_format(s);
	struct linx_print_opts opts = {
		.size = sizeof(opts),
		.line = &line,
		.colour = wants_colour(s, k->out.terminal),
		.verbose = s->verbose,
		.durations = s->durations,
		.tids = true,
		.time_mode = s->times,
		.string_limit = shown_bytes(s),
		.fds = s->fds,
		.files = s->files && format.files,
		.cmdline_limit = s->cmdline_limit,
		.files_limit = s->files_limit,
	};

	output_hurry(&k->out);
	if (k->out.terminal && format.terminal)
		opts.width = terminal_width(k->out.fd);
	k->hide_certificate = format.terminal;
	if (linx_printer_new(s->format, &opts, &k->printer))
		return problem_set(why, "out of memory");
	return 0;
}

/* The summary has the columns and the order of strace -c. */
static int open_summary(struct sink *k, const struct settings *s, struct problem *why)
{
	const struct summary_options defaults = { .wall_clock = source_has_durations(s) };

	k->tell_table = !s->quiet && !s->out_path && !s->log_path && !k->out.terminal;

	return strace_summary_new(&defaults, &k->summary, why);
}

static int open_alerts(struct sink *k, const struct settings *s, struct problem *why)
{
	k->alerts = alert_sink_new(s, k->l, why);
	if (!k->alerts)
		return -1;
	k->taker = alert_sink_taker(k->alerts);
	return 0;
}

static int open_rules(struct sink *k, const struct settings *s, struct problem *why)
{
	k->rules = rule_sink_new(s, k->l, why);
	if (!k->rules)
		return -1;
	k->taker = rule_sink_taker(k->rules);
	return 0;
}

/*
 * What the kernel lets through for FILTER is more than what meets it, and of a file a piece may be
 * wanted: then each event is looked at. Otherwise records are copied as they are.
 */
static enum linx_writer_beside way_to_write(const struct settings *s)
{
	if (s->alerts.noutputs)
		return LINX_WRITER_ALL;
	return s->condition || chosen_wanted(s) || (s->read_path && (s->calls || s->count || s->hide_signals)) ? LINX_WRITER_KEPT : LINX_WRITER_READS;
}

static int open_writer(struct sink *k, const struct settings *s, struct problem *why)
{
	struct linx_writer_opts opts = { .size = sizeof(opts), .compress = s->compress, .beside = way_to_write(s) };
	struct linx_error error = { "" };
	int rc;

	if (k->out.terminal)
		return problem_set(why,
				   "will not write a capture to a terminal: %s: "
				   "write to a file or a pipe",
				   k->out.name);
	signals_set_patience(k->out.regular ? 0 : PATIENCE_S);
	rc = linx_writer_new(k->l, k->out.fd, &opts, &k->writer, &error);
	if (rc == -EINVAL || rc == -EBADMSG)
		return problem_set(why, "%s", error.text);
	if (rc)
		return problem_set(why, "cannot write: %s: %s", k->out.name, strerror(-rc));
	k->beside = opts.beside;
	return 0;
}

static int open_output(struct sink *k, const struct settings *s, int fd, struct signals *signals, struct problem *why)
{
	if (fd >= 0)
		return output_attach_alone(&k->out, fd, s->write_path, signals, why);
	return s->write_path ? output_open_alone(&k->out, s->write_path, signals, why) :
			       output_open(&k->out, s->out_path, signals, why);
}

/* Tables and templates have strings as they are. */
static enum redact_form form_of_text(const struct settings *s)
{
	if (s->summary || s->http_summary || s->format == LINX_FORMAT_LINE)
		return REDACT_PLAIN;
	return s->format == LINX_FORMAT_JSON ? REDACT_JSON : REDACT_QUOTED;
}

int sink_open(struct sink *k, const struct settings *s, int fd, struct linx *l, struct signals *signals,
	      struct problem *why)
{

	*k = (struct sink){ .l = l, .limit = s->count, .selected = &s->selected, .hide_signals = s->hide_signals,
			    .drop = s->config.drop_mode, .http_alone = s->http_alone, .out.fd = -1 };
	k->log.fd = -1;
	if (chosen_wanted(s)) {
		k->chosen = chosen_new(s, why);
		if (!k->chosen)
			return -1;
	}
	k->redact = s->redact;
	k->redact_form = form_of_text(s);
	if (open_output(k, s, fd, signals, why))
		return -1;
	if (s->log_path && maplog_open(&k->log, s->log_path, &s->log_opts, why))
		return -1;
	if (s->write_path && open_writer(k, s, why))
		return -1;
	if (s->rules.from.n)
		return open_rules(k, s, why);
	if (s->alerts.noutputs)
		return open_alerts(k, s, why);
	if (k->writer)
		return 0;
	if (s->http_summary) {
		k->http = http_summary_new();
		return k->http ? 0 : problem_set(why, "out of memory");
	}
	if (s->summary)
		return open_summary(k, s, why);
	return open_printer(k, s, why);
}

bool sink_full(const struct sink *k)
{
	return k->limit && k->events >= k->limit;
}

static int give(struct sink *k, const struct linx_event *ev)
{
	bool counts = false;
	int rc = k->taker->take(k->taker, ev, &counts);

	k->events += counts;
	k->broken = rc;
	return rc;
}

static bool signal_hidden(const struct sink *k, const struct linx_event *ev)
{
	int signo = linx_event_get_signal(ev);

	return signo > 0 && signo <= 64 && k->hide_signals >> (signo - 1) & 1;
}

static bool hidden(const struct sink *k, enum linx_event_kind kind, const struct linx_event *ev)
{
	if (k->drop && kind != LINX_EVENT_CERTIFICATE)
		return true;
	if (k->http_alone && kind != LINX_EVENT_HTTP && kind != LINX_EVENT_GAP && kind != LINX_EVENT_BUDGET &&
	    kind != LINX_EVENT_CERTIFICATE)
		return true;
	switch (kind) {
	case LINX_EVENT_SYSCALL:
		return !fds_requested(k->selected, ev);
	case LINX_EVENT_SIGNAL:
		return signal_hidden(k, ev);
	default:
		return kind == LINX_EVENT_CERTIFICATE && k->hide_certificate;
	}
}

/* All that is shown goes through here. */
static int put(struct sink *k, const char *text, size_t len)
{
	int rc;

	if (k->redact)
		text = redact_apply(k->redact, k->redact_form, text, &len);
	if (!text)
		return -ENOMEM;
	rc = k->log.path ? maplog_put(&k->log, text, len) : output_put(&k->out, text, len);
	k->bytes += len;
	k->broken = rc;
	return rc;
}

uint64_t sink_bytes(const struct sink *k)
{
	struct stat st;

	if (!k->writer || k->out.fd < 0 || fstat(k->out.fd, &st) || !S_ISREG(st.st_mode))
		return k->bytes;
	return (uint64_t)st.st_size;
}

/* Operations of io_uring are no calls: neither does strace see them. */
static void count(struct sink *k, enum linx_event_kind kind, const struct linx_event *ev)
{
	uint64_t ns;
	int64_t ret;

	if (kind != LINX_EVENT_SYSCALL || linx_event_get_flags(ev) & LINX_EVENT_IO_URING)
		return;
	strace_summary_count(k->summary, ev);
	k->events++;
	k->untimed += !linx_event_get_ret(ev, &ret) && linx_event_get_duration_ns(ev, &ns) && linx_event_get_cpu_ns(ev, &ns);
}

static int put_summary(struct sink *k)
{
	char *text = NULL;
	size_t len = 0;
	int rc = strace_summary_print(k->summary, &text, &len);

	if (!rc && len)
		rc = put(k, text, len);
	if (!rc && len && k->tell_table)
		say_at(SAY_INFO, "the table of calls is on %s", k->out.name);
	free(text);
	if (k->untimed)
		say_at(SAY_WARNING, "without a time in the table: %llu calls%s", (unsigned long long)k->untimed,
		       linx_get_stream_info(k->l)->live ? "" : ": record with -T to have it");
	return rc;
}

/* On a terminal the table takes the place of the one before, with as many rows as it has room for. */
static int put_http(struct sink *k, bool last)
{
	struct winsize size = { 0 };
	bool in_place = k->out.terminal && !last && !ioctl(k->out.fd, TIOCGWINSZ, &size);
	char *text = NULL;
	size_t len = 0;
	int rc = http_summary_print(k->http, in_place && size.ws_row > 3 ? size.ws_row - 3u : 0, &text, &len);

	k->refresh_ns = 0;
	if (!rc && k->out.terminal)
		rc = put(k, "\033[H\033[2J", 7);
	if (!rc)
		rc = put(k, text, len);
	free(text);
	return rc;
}

static int count_http(struct sink *k, const struct linx_event *ev)
{
	int rc = http_summary_count(k->http, ev);

	k->events += !rc && linx_event_get_kind(ev) == LINX_EVENT_HTTP;
	if (!rc && k->out.terminal && !k->refresh_ns)
		k->refresh_ns = report_clock_ns() + REFRESH_NS;
	return rc;
}

static int keep(struct sink *k, enum linx_event_kind kind, const struct linx_event *ev)
{
	int rc = linx_writer_keep(k->writer, ev);

	k->events += kind == LINX_EVENT_SYSCALL;
	k->broken = rc;
	return rc;
}

static int show(struct sink *k, const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);
	const char *text;
	size_t len;
	int rc;

	if (hidden(k, kind, ev))
		return 0;
	if (k->writer)
		return keep(k, kind, ev);
	if (k->http)
		return count_http(k, ev);
	if (k->summary) {
		count(k, kind, ev);
		return 0;
	}
	rc = linx_print(k->printer, ev, &text, &len);
	if (rc < 0)
		return rc;
	if (len && (kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_HTTP))
		k->events++;
	return put(k, text, len);
}

/* The reader gives what befell a writer beside it, which remembers that it failed. */
static int reader_said(struct sink *k, int rc)
{
	if (rc < 0 && k->writer)
		k->broken = linx_writer_step(k->writer, 0) == rc;
	return rc;
}

static int step_show(struct sink *k, int timeout_ms)
{
	const struct linx_event *ev;
	int n, rc = k->pending;

	k->pending = 0;
	if (rc)
		return reader_said(k, rc);
	for (n = 0; n < SINK_BATCH && !sink_full(k); n++) {
		rc = linx_next(k->l, &ev, n ? 0 : timeout_ms);
		if (rc <= 0) {
			k->pending = n ? rc : 0;
			return n ? n : reader_said(k, rc);
		}
		if (k->missing && k->missing->uring)
			missing_event(k->missing, k->l, ev);
		if (k->chosen && !chosen_takes(k->chosen, ev))
			continue;
		rc = k->taker ? give(k, ev) : show(k, ev);
		if (rc)
			return rc;
	}
	return n;
}

static int step_record(struct sink *k, int timeout_ms)
{
	int rc;

	signals_progress();
	rc = linx_writer_step(k->writer, timeout_ms);
	if (rc > 0)
		k->events += (uint64_t)rc;
	else if (rc && rc != -ENODATA && rc != -EINTR)
		k->broken = rc != -EBADMSG;
	return rc;
}

int sink_step(struct sink *k, int timeout_ms)
{
	int rc = k->log.path ? maplog_look(&k->log, report_clock_ns()) : 0;

	if (!rc && k->refresh_ns && report_clock_ns() >= k->refresh_ns)
		rc = put_http(k, false);
	if (k->taker && k->taker->look)
		k->taker->look(k->taker, report_clock_ns());
	k->broken = rc;
	if (!rc)
		rc = k->writer && !k->beside ? step_record(k, timeout_ms) : step_show(k, timeout_ms);
	if (k->missing && k->missing->uring)
		missing_look(k->missing, k->l);
	return rc;
}

uint64_t sink_due(struct sink *k, uint64_t now_ns)
{
	uint64_t due = k->log.path ? maplog_due(&k->log, now_ns) : UINT64_MAX;

	if (k->taker && k->taker->look && k->taker->due_ns < due)
		due = k->taker->due_ns;
	return k->refresh_ns && k->refresh_ns < due ? k->refresh_ns : due;
}

int sink_flush(struct sink *k)
{
	int rc = k->taker ? k->taker->quiet(k->taker) : 0;

	if (!rc && k->writer)
		rc = k->beside ? linx_writer_step(k->writer, 0) : 0;
	else if (!rc && !k->taker)
		rc = output_flush(&k->out);
	k->broken = k->broken || rc;
	return rc;
}

static int finish_writer(struct sink *k)
{
	int rc;

	signals_progress();
	rc = linx_writer_finish(k->writer);
	signals_set_patience(0);
	return rc;
}

int sink_finish(struct sink *k, int *fd)
{
	int rc = k->summary ? put_summary(k) : k->http ? put_http(k, true) : 0;

	if (!rc)
		rc = sink_flush(k);
	if (!rc && k->writer)
		rc = finish_writer(k);
	k->bytes = sink_bytes(k);
	if (!rc && k->log.path)
		rc = maplog_close(&k->log);
	if (!rc && fd)
		*fd = output_hand_over(&k->out);
	else if (!rc)
		rc = output_close(&k->out);
	k->broken = rc;
	return rc;
}

void sink_explain(const struct sink *k, int error)
{
	const char *text = linx_error_text(k->l);

	if (!k->broken)
		say("%s", *text ? text : strerror(-error));
	else if (error == -ETIMEDOUT)
		say("nobody reads: %s: the rest was not written", k->out.name);
	else
		say("cannot write: %s: %s: what was written before is intact",
		    k->log.path ? k->log.path : k->out.name, strerror(-error));
}

void sink_close(struct sink *k)
{
	if (k->redact && redact_limited(k->redact))
		say_at(SAY_WARNING, "regular expressions of --redact gave up %llu times: such a text was blanked whole",
		       (unsigned long long)redact_limited(k->redact));
	k->redact = NULL;
	chosen_report(k->chosen);
	chosen_free(k->chosen);
	linx_writer_free(k->writer);
	alert_sink_free(k->alerts);
	rule_sink_free(k->rules);
	linx_printer_free(k->printer);
	strace_summary_free(k->summary);
	http_summary_free(k->http);
	output_close(&k->out);
	if (k->log.path)
		maplog_close(&k->log);
	k->chosen = NULL;
	k->alerts = NULL;
	k->rules = NULL;
	k->writer = NULL;
	k->printer = NULL;
	k->summary = NULL;
	k->http = NULL;
}
