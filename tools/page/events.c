// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of events, which is read from the recording for each answer. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page/reading.h"

#define EVENTS_DEFAULT 200u
#define EVENTS_MAX 1000u
#define STOP_EACH 1024u /* events that are read between two checks whether the answer is still wanted */

void page_reading_end(struct page_reading *g)
{
	if (g->r)
		g->page->reader->close(g->r);
	linx_condition_free(g->filter);
	atomic_fetch_sub(&g->page->readings, 1);
}

unsigned int page_reading_begin(struct page_reading *g, struct page *p, const char *filter, const struct page_query *q, FILE *to)
{
	unsigned int status = 200;
	struct linx_error error;
	struct problem why;

	*g = (struct page_reading){ .page = p, .q = q, .from = page_number(q, "from", 0, UINT64_MAX), .to = page_number(q, "to", UINT64_MAX, UINT64_MAX) };
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
		page_reading_end(g);
	return status;
}

static bool is_wanted(const struct page_reading *g)
{
	return !atomic_load(&g->page->stopping) && !(g->q->gone && g->q->gone(g->q->data));
}

int page_reading_next(struct page_reading *g, const struct linx_event **ev, uint64_t *at)
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

/* Writes the descriptor that the call uses, if there is one. */
static void put_fd(const struct linx_event *ev, FILE *to)
{
	struct linx_descriptor d;

	if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && !linx_event_get_fd(ev, 0, &d) && d.fd >= 0)
		fprintf(to, ",\"fd\":%d", d.fd);
}

#define ID_MAX 80

/*
 * Writes a text by which an event is found again; it begins with the event's time. It ends with the event's kind, since
 * a request of HTTP has the sequence number of the call that ended it.
 */
static void put_id(const struct linx_event *ev, uint64_t at, char id[ID_MAX])
{
	snprintf(id, ID_MAX, "%" PRIu64 "-%u-%" PRIu64 "-%d", at, linx_event_get_cpu(ev), (uint64_t)linx_event_get_seq(ev), (int)linx_event_get_kind(ev));
}

/*
 * Writes an event as a JSON object. whole: the object also has the event in the format json. *shown: the text format
 * has a line for the event, without which nothing is written. to NULL: only *shown is set. False: a failure.
 */
static bool put_event(struct page *p, struct printers *s, const struct linx_event *ev, uint64_t at, const char *sep, bool whole, bool *shown, FILE *to)
{
	const char *comm = linx_event_get_comm(ev), *text;
	char id[ID_MAX];
	uint64_t ns;
	size_t len;

	if (linx_print(s->line, ev, &text, &len))
		return false;
	*shown = len;
	if (!len || !to)
		return true;
	put_id(ev, at, id);
	fprintf(to, "%s{\"at\":%" PRIu64 ",\"id\":\"%s\",\"pid\":%u,\"tid\":%u,\"failed\":%s,\"text\":", sep, at, id, linx_event_get_pid(ev), linx_event_get_tid(ev),
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

/*
 * Goes to the event after one that the page already has. behind: text that put_id() wrote for that event. False: the
 * event is not kept any more, and the list has been read to its end. *rc: as page_reading_next() returns.
 */
static bool go_behind(struct page_reading *g, const char *behind, const struct linx_event **ev, uint64_t *at, int *rc)
{
	char id[ID_MAX];

	while ((*rc = page_reading_next(g, ev, at)) > 0) {
		put_id(*ev, *at, id);
		if (strcmp(id, behind) != 0)
			continue;
		*rc = page_reading_next(g, ev, at);
		return true;
	}
	return false;
}

/*
 * Goes to the first event with a later time than one that is not kept any more. behind: text that put_id() wrote for
 * that event. *rc: as page_reading_next() returns.
 */
static void go_later(struct page_reading *g, const char *behind, const struct linx_event **ev, uint64_t *at, int *rc)
{
	const uint64_t last = strtoull(behind, NULL, 10);

	do
		*rc = page_reading_next(g, ev, at);
	while (*rc > 0 && *at <= last);
}

unsigned int page_answer_events(struct page *p, const struct page_query *q, FILE *to)
{
	uint64_t most = page_number(q, "most", EVENTS_DEFAULT, EVENTS_MAX), n = 0, at;
	const char *behind = q->get(q->data, "behind");
	const struct linx_event *ev;
	struct printers s;
	struct page_reading g;
	unsigned int status = page_reading_begin(&g, p, q->get(q->data, "filter"), q, to);
	bool ok, shown, found = true;
	int rc = 1;

	if (status != 200)
		return status;
	if (behind)
		found = go_behind(&g, behind, &ev, &at, &rc);
	else
		rc = page_reading_next(&g, &ev, &at);
	if (!found && !rc) {
		page_reading_end(&g);
		status = page_reading_begin(&g, p, q->get(q->data, "filter"), q, to);
		if (status != 200)
			return status;
		go_later(&g, behind, &ev, &at, &rc);
	}
	ok = printers_open(&s);
	fputs("{\"events\":[", to);
	for (; ok && rc > 0 && n < most; rc = page_reading_next(&g, &ev, &at)) {
		ok = put_event(p, &s, ev, at, n ? "," : "", true, &shown, to);
		n += shown;
	}
	fprintf(to, "],\"more\":%s,\"damaged\":%s,\"hole\":%s}", rc > 0 ? "true" : "false", rc < 0 ? "true" : "false", found ? "false" : "true");
	printers_close(&s);
	page_reading_end(&g);
	return ok ? 200 : 0;
}

bool page_put_events(struct page *p, uint64_t bytes, FILE *to, uint64_t *left_out)
{
	static const struct page_query all = { .get = page_no_parameter };
	const struct linx_event *ev;
	uint64_t n = 0, at;
	struct printers s;
	struct page_reading g;
	bool ok = page_reading_begin(&g, p, NULL, &all, to) == 200, shown, full = false;

	*left_out = 0;
	if (!ok)
		return false;
	ok = printers_open(&s);
	fputs("{\"events\":[", to);
	while (ok && page_reading_next(&g, &ev, &at) > 0) {
		full |= n == PAGE_SAVED_EVENTS || (uint64_t)ftello(to) > bytes;
		ok = put_event(p, &s, ev, at, n ? ",\n" : "", false, &shown, full ? NULL : to);
		*(full ? left_out : &n) += shown;
	}
	fprintf(to, "],\"more\":false,\"left_out\":%" PRIu64 "}", *left_out);
	printers_close(&s);
	page_reading_end(&g);
	return ok;
}
