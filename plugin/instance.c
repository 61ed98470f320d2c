// SPDX-License-Identifier: LGPL-2.1-or-later
/* An open source of the plugin: see plugin/instance.h. */
#include <errno.h>
#include <fcntl.h>
#include <linx/http.h>
#include <linx/linx.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config/config_filter.h"
#include "files/maplog.h"
#include "plugin/batch.h"
#include "plugin/fields.h"
#include "plugin/instance.h"

#define TEMPLATE_MAX 4096
#define DEFAULT_PATH "./linx.log"
#define WAIT_MS 100 /* longest wait for the first event of a batch; the host works on other things between batches */
#define GAP_NS 1000000000ull
#define DRAIN_MS 2000 /* longest time for reading the remaining events at the end */

struct instance {
	const struct config *config;
	const struct host_log *log;
	struct linx *l;
	int fd; /* descriptor of the capture file; -1: the source is live */
	off_t size; /* size of the capture file; 0: not known, or live */
	struct linx_printer *parts; /* prints the parts of all fields */
	struct linx_printer *json; /* prints lost records for the host; NULL: loss_events is off */
	struct linx_printer *text; /* prints lost records for the log of messages */
	struct linx_printer *lines; /* prints lines for the log file; NULL: there is no log file */
	struct maplog file;
	char *pending; /* lines for the log file, which are written at the end of each batch */
	size_t pending_len, pending_size;
	unsigned int nparts;
	bool ended;
	uint64_t gap_ns; /* time before which no gap is reported; the account at the end counts all gaps */
	struct batch batch;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- opening a source --------------------------------------------------------------------- */

static int failed(const struct linx *l, int error, struct problem *why)
{
	const char *text = linx_error_text(l);

	return problem_set(why, "%s", *text ? text : strerror(-error));
}

/* Bytes of each buffer to record with http, so that most HTTP headers are complete. */
#define HTTP_SNAP 4096u

static bool follows_http(const struct config *c)
{
	return c->http && !c->drop_mode;
}

/* Returns how many bytes of a buffer to record, since only recorded bytes can be shown. */
static unsigned int captured(const struct config *c)
{
	if (follows_http(c) && c->str_max_size < HTTP_SNAP)
		return HTTP_SNAP;
	return config_captured(c);
}

static int open_live(struct instance *h, struct problem *why)
{
	const struct config *c = h->config;
	const struct linx_live_opts opts = {
		.size = sizeof(opts),
		.snap_bytes = captured(c),
		.snap_str = config_captured_strings(captured(c)),
		/* the host is this process, which loaded the plugin: filter_own and filter_falco both leave it out */
		.include_self = !c->filter_own && !c->filter_falco,
		.entry_time = true,
		.fds = LINX_FDS_PATHS,
		.files = true,
		.io_uring = !c->drop_mode,
		.no_snapshot = c->drop_mode,
	};
	struct linx_error error = { "" };
	int rc = linx_open_live(&opts, &h->l, &error);

	return rc < 0 ? problem_set(why, "%s", *error.text ? error.text : strerror(-rc)) : 0;
}

static int open_capture(struct instance *h, struct problem *why)
{
	struct linx_error error = { "" };
	const char *path = h->config->capture;
	struct stat st;
	int rc;

	h->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (h->fd < 0)
		return problem_set(why, "cannot read: %s: %s", path, strerror(errno));
	if (!fstat(h->fd, &st) && S_ISREG(st.st_mode))
		h->size = st.st_size;
	rc = linx_open_file(h->fd, path, &h->l, &error);
	return rc < 0 ? problem_set(why, "%s", *error.text ? error.text : strerror(-rc)) : 0;
}

static int set_condition(struct instance *h, struct problem *why)
{
	char *text;
	int rc = config_condition(h->config, h->fd >= 0, NULL, &text);

	if (rc)
		return problem_set(why, "out of memory");
	if (text)
		rc = linx_set_condition(h->l, text);
	free(text);
	return rc < 0 ? failed(h->l, rc, why) : 0;
}

/*
 * True if a line is shown for the entry of each call. No entries are shown if a call's result decides whether the call
 * is shown, since the result is not known yet, and for capture files.
 */
static bool wants_entries(const struct instance *h)
{
	return h->config->entries && !h->config->drop_failed && h->fd < 0;
}

static int select_calls(struct instance *h, struct problem *why)
{
	const char *calls = h->config->drop_mode ? "none" : h->config->calls;
	int rc = calls ? linx_select(h->l, calls) : 0;

	if (rc >= 0 && follows_http(h->config))
		rc = linx_follow_http(h->l, NULL);
	if (rc >= 0 && wants_entries(h))
		rc = linx_select_entries(h->l, true);
	return rc < 0 ? failed(h->l, rc, why) : set_condition(h, why);
}

static int set_filter(struct instance *h, struct problem *why)
{
	const struct config *c = h->config;
	const char *comms[CONFIG_ALL_COMMS];
	const struct linx_filter_opts opts = {
		.size = sizeof(opts),
		.comms = comms,
		.ncomms = config_comms(c, comms),
		.comms_not = true,
		.status = c->drop_failed ? LINX_STATUS_SUCCESSFUL : LINX_STATUS_ANY,
		/*
		 * drop_mode: the only selected user is UINT32_MAX, which no process has, so the kernel records nothing
		 */
		.by_uid = c->drop_mode,
		.uid = UINT32_MAX,
	};
	int rc = h->fd < 0 ? linx_filter(h->l, &opts) : 0;

	return rc < 0 ? failed(h->l, rc, why) : 0;
}

static int new_printer(enum linx_format format, const struct linx_print_opts *opts, struct linx_printer **out, struct problem *why)
{
	return linx_printer_new(format, opts, out) ? problem_set(why, "out of memory") : 0;
}

/* Opens the printer of the parts of all fields. */
static int open_parts(struct instance *h, struct problem *why)
{
	char template[TEMPLATE_MAX];
	const struct linx_line_opts line = {
		.size = sizeof(line), .template_text = template, .max_string = 1 + (size_t)h->config->str_max_size,
	};
	const struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };

	h->nparts = field_all_parts();
	if (field_template(template, sizeof(template)) >= sizeof(template))
		return problem_set(why, "too many fields");
	return new_printer(LINX_FORMAT_LINE, &opts, &h->parts, why);
}

/* Opens the log file, and the printer of its lines, which are those of linxcap --config. */
static int open_lines(struct instance *h, struct problem *why)
{
	const struct config *c = h->config;
	const struct linx_line_opts line = {
		.size = sizeof(line), .max_string = 1 + (size_t)c->str_max_size, .max_text = 1 + (size_t)c->rich_value_size,
	};
	const struct linx_print_opts opts = { .size = sizeof(opts), .line = &line, .string_limit = c->str_max_size };
	const struct maplog_opts file = {
		.mode = (mode_t)c->mode, .group = c->group, .no_window = true, .listener = &h->log->listener,
	};

	if (!c->putfile)
		return 0;
	if (new_printer(c->format == CONFIG_JSON ? LINX_FORMAT_JSON : LINX_FORMAT_LINE, &opts, &h->lines, why))
		return -1;
	return maplog_open(&h->file, c->path ? c->path : DEFAULT_PATH, &file, why);
}

static int open_printers(struct instance *h, struct problem *why)
{
	if (open_parts(h, why) || new_printer(LINX_FORMAT_TEXT, NULL, &h->text, why))
		return -1;
	if (h->config->loss_events && new_printer(LINX_FORMAT_JSON, NULL, &h->json, why))
		return -1;
	return open_lines(h, why);
}

static int open_all(struct instance *h, struct problem *why)
{
	int rc;

	if (h->config->capture ? open_capture(h, why) : open_live(h, why))
		return -1;
	if (select_calls(h, why) || set_filter(h, why) || open_printers(h, why))
		return -1;
	rc = linx_start(h->l);
	return rc < 0 ? failed(h->l, rc, why) : 0;
}

static void free_all(struct instance *h)
{
	linx_printer_free(h->parts);
	linx_printer_free(h->json);
	linx_printer_free(h->text);
	linx_printer_free(h->lines);
	maplog_close(&h->file);
	batch_free(&h->batch);
	free(h->pending);
	linx_close(h->l);
	if (h->fd >= 0)
		close(h->fd);
	free(h);
}

struct instance *instance_open(const struct config *config, const struct host_log *log, struct problem *why)
{
	struct instance *h = problem_alloc(sizeof(*h), why);

	if (!h)
		return NULL;
	h->config = config;
	h->log = log;
	h->fd = h->file.fd = h->file.window_fd = -1;
	if (!open_all(h, why))
		return h;
	free_all(h);
	return NULL;
}

/* ---- reading events ------------------------------------------------------------------------ */

static int keep_line(struct instance *h, const char *text, size_t len)
{
	size_t size = h->pending_len + len;
	char *p;

	if (size > h->pending_size) {
		p = realloc(h->pending, size + size / 2);
		if (!p)
			return -ENOMEM;
		h->pending = p;
		h->pending_size = size + size / 2;
	}
	memcpy(h->pending + h->pending_len, text, len);
	h->pending_len = size;
	return 0;
}

/* Adds the line of an event to the lines that wait to be written to the log file, if there is a log file. */
static int put_line(struct instance *h, const struct linx_event *ev)
{
	const char *text;
	size_t len;
	int rc = h->lines ? linx_print(h->lines, ev, &text, &len) : 0;

	return rc || !h->lines || !len ? rc : keep_line(h, text, len);
}

static int put_lines(struct instance *h)
{
	int rc = h->pending_len ? maplog_put(&h->file, h->pending, h->pending_len) : 0;

	h->pending_len = 0;
	return rc || !h->lines ? rc : maplog_look(&h->file, clock_ns());
}

static int put_call(struct instance *h, const struct linx_event *ev)
{
	const char *text;
	size_t len, most = h->config->rich_value_size;
	int rc = linx_print(h->parts, ev, &text, &len);

	if (rc || !len)
		return rc;
	return batch_add(&h->batch, linx_event_get_time_ns(ev), DATA_CALL, text, len - 1, h->nparts, most ? most : 1);
}

static const char *loss_kind(const struct linx_event *ev)
{
	switch (linx_event_get_kind(ev)) {
	case LINX_EVENT_GAP:
		return "\1(gap)\1";
	case LINX_EVENT_CERTIFICATE:
		return "\1(certificate)\1";
	case LINX_EVENT_BUDGET:
		return "\1(budget)\1";
	case LINX_EVENT_TAMPER:
		return "\1(tamper)\1";
	default:
		return NULL;
	}
}

/* Adds an event about lost records to the batch: the kind of loss, and a line of JSON. */
static int give_loss(struct instance *h, const struct linx_event *ev, const char *kind)
{
	const char *text;
	char *both = NULL;
	size_t len, n = strlen(kind);
	int rc = linx_print(h->json, ev, &text, &len);

	if (rc || !len)
		return rc;
	both = malloc(n + len);
	if (!both)
		return -ENOMEM;
	memcpy(both, kind, n);
	memcpy(both + n, text, len - 1);
	rc = batch_add(&h->batch, linx_event_get_time_ns(ev), DATA_LOSS, both, n + len - 1, 2, 0);
	free(both);
	return rc;
}

/*
 * Returns the level of the message about lost records. The account at the end of a complete recording is not a warning.
 */
static enum say_level loss_level(struct instance *h, const struct linx_event *ev)
{
	const struct linx_certificate *c;
	uint64_t lost = 0;

	if (linx_event_get_kind(ev) != LINX_EVENT_CERTIFICATE || linx_get_certificate(h->l, &c))
		return SAY_WARNING;
	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		lost += c->total.lost[i];
	return c->complete && !lost && !c->total.overwritten ? SAY_INFO : SAY_WARNING;
}

/* True if the event is reported. Gaps are reported at most once per second, since under load there can be thousands. */
static bool is_reported(struct instance *h, const struct linx_event *ev)
{
	uint64_t now = clock_ns();

	if (linx_event_get_kind(ev) != LINX_EVENT_GAP)
		return true;
	if (now < h->gap_ns)
		return false;
	h->gap_ns = now + GAP_NS;
	return true;
}

/* Reports lost records to the log, each line of the text as a message, and to the host if loss_events is on. */
static int put_loss(struct instance *h, const struct linx_event *ev, const char *kind)
{
	enum say_level level = loss_level(h, ev);
	const char *text, *end;
	size_t len = 0;

	if (is_reported(h, ev) && !linx_print(h->text, ev, &text, &len))
		for (const char *line = text; line < text + len; line = end + 1) {
			end = memchr(line, '\n', (size_t)(text + len - line));
			end = end ? end : text + len;
			report_to(&h->log->listener, level, "%.*s", (int)(end - line), line);
		}
	return h->json ? give_loss(h, ev, kind) : 0;
}

/* True for events that are lines by themselves: calls, HTTP requests and hits of probes. */
static bool is_shown(const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);

	return kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_HTTP || kind == LINX_EVENT_PROBE;
}

static int put_event(struct instance *h, const struct linx_event *ev)
{
	const char *kind = loss_kind(ev);
	int rc = put_line(h, ev);

	if (rc)
		return rc;
	if (kind)
		return put_loss(h, ev, kind);
	return is_shown(ev) ? put_call(h, ev) : 0;
}

/*
 * Adds the available events to the batch, until it is full. 0; -ENODATA: the source has ended; or another -errno.
 */
static int fill(struct instance *h)
{
	const struct linx_event *ev;
	int rc = 0;

	while (!batch_full(&h->batch)) {
		rc = linx_next(h->l, &ev, h->batch.n ? 0 : WAIT_MS);
		if (rc <= 0)
			break;
		rc = put_event(h, ev);
		if (rc)
			return rc;
	}
	return rc == -EINTR || rc > 0 ? 0 : rc;
}

enum falco_rc instance_next(struct instance *h, uint32_t *n, struct falco_event ***events, struct problem *why)
{
	int rc, written;

	*n = 0;
	*events = NULL;
	if (h->ended)
		return FALCO_EOF;
	batch_begin(&h->batch);
	rc = fill(h);
	written = put_lines(h);
	if (written) {
		problem_set(why, "cannot write: %s: %s", h->file.path, strerror(-written));
		return FALCO_FAILURE;
	}
	if (rc && rc != -ENODATA) {
		failed(h->l, rc, why);
		return FALCO_FAILURE;
	}
	h->ended = rc == -ENODATA;
	batch_end(&h->batch);
	*n = h->batch.n;
	*events = h->batch.events;
	return *n ? FALCO_OK : h->ended ? FALCO_EOF : FALCO_TIMEOUT;
}

uint32_t instance_progress(const struct instance *h)
{
	off_t at = h->size ? lseek(h->fd, 0, SEEK_CUR) : 0;

	return at > 0 && h->size ? (uint32_t)(at >= h->size ? 10000 : at * 10000 / h->size) : 0;
}

/* ---- closing a source ---------------------------------------------------------------------- */

/*
 * Reads the events that are left after the stop. The host does not get them: they are written to the log file, and
 * lost records are reported.
 */
static void drain(struct instance *h)
{
	uint64_t until = clock_ns() + (uint64_t)DRAIN_MS * 1000000;
	const struct linx_event *ev;
	int rc;

	do {
		rc = linx_next(h->l, &ev, WAIT_MS);
		if (rc > 0 && loss_kind(ev))
			put_loss(h, ev, loss_kind(ev));
		if (rc > 0)
			put_line(h, ev);
		batch_begin(&h->batch);
		if (h->pending_len > BATCH_BYTES)
			put_lines(h);
	} while ((rc >= 0 || rc == -EINTR) && clock_ns() < until);
}

void instance_close(struct instance *h)
{
	if (h->fd < 0 && !h->ended && !linx_stop(h->l))
		drain(h);
	put_lines(h);
	free_all(h);
}
