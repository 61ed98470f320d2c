// SPDX-License-Identifier: LGPL-2.1-or-later
/* Answers that read the recorded events again: the list of events, and what went through a descriptor. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page/page.h"

#define EVENTS_DEFAULT 200u
#define EVENTS_MAX 1000u
#define STREAM_BYTES_MAX 1000000u /* text of one stream */
#define STOP_EACH 1024u /* events that are read between two checks whether the answer is still wanted */
/* A printed chunk of a stream: "(read)\t(DATA)". Control characters in the data are escapes. */
#define CHUNK_TEMPLATE "%evt.io_dir\t%evt.buffer"

/* One pass over all recorded events, with the condition and the time that choose among them. */
struct reading {
	struct page *page;
	const struct page_query *q;
	struct page_reader *r;
	struct linx_condition *filter; /* NULL: all */
	uint64_t start, from, to; /* wall clock of the model's start; times in ns since then */
	uint64_t n; /* events that were read */
};

static void reading_end(struct reading *g)
{
	if (g->r)
		g->page->reader->close(g->r);
	linx_condition_free(g->filter);
	atomic_fetch_sub(&g->page->readings, 1);
}

/*
 * Begins a reading. Returns a status of HTTP. If it is not 200, the answer is written, and reading_end() must not be
 * called.
 */
static unsigned int reading_begin(struct reading *g, struct page *p, const char *filter, const struct page_query *q, FILE *to)
{
	unsigned int status = 200;
	struct linx_error error;
	struct problem why;

	*g = (struct reading){ .page = p, .q = q, .from = page_number(q, "from", 0, UINT64_MAX), .to = page_number(q, "to", UINT64_MAX, UINT64_MAX) };
	pthread_mutex_lock(&p->model.lock);
	g->start = p->model.start_ns;
	pthread_mutex_unlock(&p->model.lock);
	if (atomic_fetch_add(&p->readings, 1) >= PAGE_READINGS_MAX)
		status = page_refuse(to, 503, "too many lists are being read: try again");
	else if (filter && *filter && linx_condition_new(filter, &g->filter, &error))
		status = page_refuse(to, 400, error.text);
	else if (!(g->r = p->reader->open(p->data, &why)))
		status = page_refuse(to, 503, why.text);
	if (status != 200)
		reading_end(g);
	return status;
}

static bool is_wanted(const struct reading *g)
{
	return !atomic_load(&g->page->stopping) && !(g->q->gone && g->q->gone(g->q->data));
}

/*
 * Returns 1 and the next chosen event with its time; 0: the end, or nobody waits for the answer any more; -errno. The
 * certificate is left out.
 */
static int reading_next(struct reading *g, const struct linx_event **ev, uint64_t *at)
{
	int rc;

	while ((rc = g->page->reader->next(g->r, ev)) > 0 || rc == -EINTR) {
		uint64_t wall;
		enum linx_event_kind kind;

		if ((rc == -EINTR || !(++g->n % STOP_EACH)) && !is_wanted(g))
			return 0;
		if (rc == -EINTR)
			continue;
		wall = linx_event_get_time_ns(*ev);
		kind = linx_event_get_kind(*ev);
		*at = wall > g->start ? wall - g->start : 0;
		if (kind == LINX_EVENT_CERTIFICATE || *at < g->from || *at > g->to)
			continue;
		if (!g->filter || linx_condition_match(g->filter, *ev))
			return 1;
	}
	return rc;
}

/* ---- the list of events -------------------------------------------------------------------------- */

/* Printers of an event: as a line for people, and as JSON. */
struct printers {
	struct linx_printer *line, *json;
};

static bool printers_open(struct printers *s)
{
	const struct linx_print_opts opts = { .size = sizeof(opts), .fds = LINX_SHOW_FD_PATH, .string_limit = 200 };

	*s = (struct printers){ 0 };
	return !linx_printer_new(LINX_FORMAT_TEXT, &opts, &s->line) && !linx_printer_new(LINX_FORMAT_JSON, &opts, &s->json);
}

static void printers_close(struct printers *s)
{
	linx_printer_free(s->line);
	linx_printer_free(s->json);
}

static bool is_failed(const struct linx_event *ev)
{
	int64_t ret;

	return linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && !linx_event_get_ret(ev, &ret) && ret < 0 && ret >= -4095;
}

/* Writes the descriptor that a call is about, if it has one. */
static void put_fd(const struct linx_event *ev, FILE *to)
{
	struct linx_descriptor d;

	if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && !linx_event_get_fd(ev, 0, &d) && d.fd >= 0)
		fprintf(to, ",\"fd\":%d", d.fd);
}

/*
 * Writes an event as a JSON object, unless the format has no line for it. *shown is set to whether it has one. to NULL:
 * only *shown is set.
 */
static bool put_event(struct page *p, struct printers *s, const struct linx_event *ev, uint64_t at, const char *sep, bool whole, bool *shown, FILE *to)
{
	const char *comm = linx_event_get_comm(ev), *text;
	uint64_t ns;
	size_t len;

	if (linx_print(s->line, ev, &text, &len))
		return false;
	*shown = len;
	if (!len || !to)
		return true;
	fprintf(to, "%s{\"at\":%" PRIu64 ",\"pid\":%u,\"tid\":%u,\"failed\":%s,\"text\":", sep, at, linx_event_get_pid(ev), linx_event_get_tid(ev),
		is_failed(ev) ? "true" : "false");
	if (!page_put_line(p, text, len, to))
		return false;
	if (!linx_event_get_duration_ns(ev, &ns))
		fprintf(to, ",\"ns\":%" PRIu64, ns);
	put_fd(ev, to);
	fputs(",\"name\":", to);
	if (!page_put_text(p, comm ? comm : "", to))
		return false;
	if (whole && (linx_print(s->json, ev, &text, &len) || (len && (fputs(",\"json\":", to), !page_put_json_text(p, text, len, to)))))
		return false;
	fputc('}', to);
	return true;
}

unsigned int page_answer_events(struct page *p, const struct page_query *q, FILE *to)
{
	uint64_t most = page_number(q, "most", EVENTS_DEFAULT, EVENTS_MAX), skip = page_number(q, "skip", 0, UINT64_MAX), n = 0, at;
	const struct linx_event *ev;
	struct printers s;
	struct reading g;
	unsigned int status = reading_begin(&g, p, q->get(q->data, "filter"), q, to);
	bool ok, shown;
	int rc = 1;

	if (status != 200)
		return status;
	ok = printers_open(&s);
	fputs("{\"events\":[", to);
	while (ok && (rc = reading_next(&g, &ev, &at)) > 0) {
		if (n == most)
			break;
		ok = put_event(p, &s, ev, at, n ? "," : "", true, &shown, skip ? NULL : to);
		if (skip)
			skip -= shown;
		else
			n += shown;
	}
	fprintf(to, "],\"more\":%s,\"damaged\":%s}", rc > 0 ? "true" : "false", rc < 0 ? "true" : "false");
	printers_close(&s);
	reading_end(&g);
	return ok ? 200 : 0;
}

bool page_put_events(struct page *p, uint64_t bytes, FILE *to, uint64_t *left_out)
{
	static const struct page_query all = { .get = page_no_parameter };
	const struct linx_event *ev;
	uint64_t n = 0, at;
	struct printers s;
	struct reading g;
	bool ok = reading_begin(&g, p, NULL, &all, to) == 200, shown, full = false;

	*left_out = 0;
	if (!ok)
		return false;
	ok = printers_open(&s);
	fputs("{\"events\":[", to);
	while (ok && reading_next(&g, &ev, &at) > 0) {
		full |= n == PAGE_SAVED_EVENTS || (uint64_t)ftello(to) > bytes;
		ok = put_event(p, &s, ev, at, n ? ",\n" : "", false, &shown, full ? NULL : to);
		*(full ? left_out : &n) += shown;
	}
	fprintf(to, "],\"more\":false,\"left_out\":%" PRIu64 "}", *left_out);
	printers_close(&s);
	reading_end(&g);
	return ok;
}

/* ---- what went through a descriptor ---------------------------------------------------------------- */

/* True if the call ends the life of descriptor fd: a further call is about another file of that number. */
static bool closes(const struct linx_event *ev, uint64_t fd)
{
	const char *name = linx_event_get_name(ev);
	uint64_t arg;
	int64_t ret;

	if (linx_event_get_ret(ev, &ret) || ret < 0)
		return false;
	if (!strcmp(name, "close"))
		return !linx_event_get_arg(ev, 0, &arg) && (uint32_t)arg == fd;
	return (!strcmp(name, "dup2") || !strcmp(name, "dup3")) && !linx_event_get_arg(ev, 1, &arg) && (uint32_t)arg == fd;
}

/* The data that went through a descriptor from its opening to its closing, around a given time. */
struct stream {
	char *text;
	size_t len;
	FILE *to;
	uint64_t chunks, bytes, recorded;
	bool cut; /* the text has reached its limit */
};

static bool stream_clear(struct stream *s)
{
	if (s->to)
		fclose(s->to);
	free(s->text);
	*s = (struct stream){ .text = NULL };
	s->to = open_memstream(&s->text, &s->len);
	return s->to;
}

/* Finds the data in a printed chunk. False: the call moved no data. *in is set to whether the data was read. */
static bool find_data(const char *text, size_t len, const char **data, size_t *n, bool *in)
{
	const char *tab = memchr(text, '\t', len);

	if (!tab || len < 2 || (text[1] != 'r' && text[1] != 'w') || (size_t)(tab - text) + 2 > len)
		return false;
	*in = text[1] == 'r';
	*data = tab + 2;
	*n = len - (size_t)(*data - text);
	while (*n && (*data)[*n - 1] != ')')
		(*n)--;
	*n -= *n > 0;
	return true;
}

/* Writes a chunk as a JSON object: its direction, its length, and the part of its data that was recorded. */
static bool put_chunk(struct page *p, struct stream *s, struct linx_printer *printer, const struct linx_event *ev, uint64_t at)
{
	const char *text, *data;
	size_t len, n;
	int64_t ret;
	bool in;

	if (linx_print(printer, ev, &text, &len))
		return false;
	if (linx_event_get_ret(ev, &ret) || ret <= 0 || !find_data(text, len, &data, &n, &in))
		return true;
	s->chunks++;
	s->bytes += (uint64_t)ret;
	fflush(s->to);
	s->cut |= s->len > STREAM_BYTES_MAX;
	if (s->cut)
		return true;
	fprintf(s->to, "%s{\"at\":%" PRIu64 ",\"tid\":%u,\"in\":%s,\"bytes\":%" PRId64 ",\"call\":", s->recorded++ ? "," : "", at,
		linx_event_get_tid(ev), in ? "true" : "false", ret);
	if (!page_put_text(p, linx_event_get_name(ev), s->to))
		return false;
	fputs(",\"text\":", s->to);
	if (!page_put_data(p, data, n, s->to))
		return false;
	fputc('}', s->to);
	return true;
}

/* Collects the stream. 0: out of memory. */
static bool collect(struct page *p, struct reading *g, struct stream *s, uint64_t fd, uint64_t when)
{
	const struct linx_line_opts line = { .size = sizeof(line), .template_text = CHUNK_TEMPLATE };
	const struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };
	struct linx_printer *printer = NULL;
	const struct linx_event *ev;
	uint64_t at;
	bool ok = !linx_printer_new(LINX_FORMAT_LINE, &opts, &printer) && stream_clear(s);

	while (ok && reading_next(g, &ev, &at) > 0) {
		if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
			continue;
		if (!closes(ev, fd))
			ok = put_chunk(p, s, printer, ev, at);
		else if (at >= when)
			break;
		else
			ok = stream_clear(s);
	}
	linx_printer_free(printer);
	return ok;
}

unsigned int page_answer_stream(struct page *p, const struct page_query *q, FILE *to)
{
	uint64_t pid = page_number(q, "pid", 0, UINT32_MAX), fd = page_number(q, "fd", UINT64_MAX, UINT64_MAX);
	struct stream s = { .text = NULL };
	struct reading g;
	unsigned int status;
	char filter[128];
	bool ok;

	if (!pid || fd > INT32_MAX)
		return page_refuse(to, 400, "a process and a descriptor are needed");
	/* dup2 and dup3 are about another descriptor than the one that they close */
	snprintf(filter, sizeof(filter), "linx.pid = %" PRIu64 " and (fd.num = %" PRIu64 " or linx.type in (dup2, dup3))", pid, fd);
	status = reading_begin(&g, p, filter, q, to);
	if (status != 200)
		return status;
	ok = collect(p, &g, &s, fd, page_number(q, "at", 0, UINT64_MAX));
	reading_end(&g);
	if (s.to)
		ok = !fclose(s.to) && ok;
	if (ok)
		fprintf(to, "{\"chunks\":[%s],\"count\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"cut\":%s}", s.text ? s.text : "", s.chunks, s.bytes, s.cut ? "true" : "false");
	free(s.text);
	return ok ? 200 : 0;
}
