// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Collects the data that went through a descriptor. First finds the open file that the descriptor stood for at a time.
 * Then collects the data of all calls that use this open file, also through copies of the descriptor and descriptors
 * that children inherited.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page/follow.h"
#include "page/reading.h"

#define STREAM_BYTES_MAX 1000000u /* most bytes in the text of one stream */
/* A printed chunk of a stream: "(read)\t(DATA)". Control characters in the data are escapes. */
#define CHUNK_TEMPLATE "%evt.io_dir\t%evt.buffer"

/* The data that went through an open file. */
struct stream {
	char *text;
	size_t len;
	FILE *to; /* writes text */
	uint64_t chunks, bytes, recorded;
	bool cut; /* the text has reached its limit */
};

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
	fprintf(s->to, "%s{\"at\":%" PRIu64 ",\"pid\":%u,\"tid\":%u,\"in\":%s,\"bytes\":%" PRId64 ",\"call\":", s->recorded++ ? "," : "", at,
		linx_event_get_pid(ev), linx_event_get_tid(ev), in ? "true" : "false", ret);
	if (!page_put_text(p, linx_event_get_name(ev), s->to))
		return false;
	fputs(",\"text\":", s->to);
	if (!page_put_data(p, data, n, s->to))
		return false;
	fputc('}', s->to);
	return true;
}

/*
 * Finds the open file that a descriptor stands for in the call at the time "when". That is the file before a call that
 * closes the descriptor, and the file after a call that opens it. 0: no file is known, or out of memory.
 */
static uint32_t find_file(struct page_reading *g, struct page_follow *f, uint32_t pid, int64_t fd, uint64_t when)
{
	const struct linx_event *ev;
	uint32_t before, after;
	uint64_t at;

	while (page_reading_next(g, &ev, &at) > 0) {
		before = page_follow_find(f, pid, fd);
		if (at > when)
			return before;
		if (!page_follow_event(f, ev))
			return 0;
		after = page_follow_find(f, pid, fd);
		if (at == when && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && linx_event_get_pid(ev) == pid)
			return after ? after : before;
	}
	return page_follow_find(f, pid, fd);
}

/* Collects the data that went through an open file. False: out of memory. */
static bool collect(struct page *p, struct page_reading *g, struct page_follow *f, struct stream *s, uint32_t file, uint64_t when)
{
	const struct linx_line_opts line = { .size = sizeof(line), .template_text = CHUNK_TEMPLATE };
	const struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };
	struct linx_printer *printer = NULL;
	const struct linx_event *ev;
	uint64_t at, fd;
	bool ok = !linx_printer_new(LINX_FORMAT_LINE, &opts, &printer);

	while (ok && page_reading_next(g, &ev, &at) > 0) {
		ok = page_follow_event(f, ev);
		if (ok && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && !linx_event_get_arg(ev, 0, &fd) &&
		    page_follow_find(f, linx_event_get_pid(ev), (uint32_t)fd) == file)
			ok = put_chunk(p, s, printer, ev, at);
		if (at > when && !page_follow_uses(f, file))
			break;
	}
	linx_printer_free(printer);
	return ok;
}

/*
 * Reads the events twice: to find the open file, and to collect its data. Both passes give the open files the same
 * numbers. *file 0: the descriptor is not known. Returns a status of HTTP, or 0: out of memory.
 */
static unsigned int read_stream(struct page *p, const struct page_query *q, FILE *to, struct stream *s, uint32_t *file)
{
	uint64_t pid = page_number(q, "pid", 0, UINT32_MAX), fd = page_number(q, "fd", UINT64_MAX, UINT64_MAX), when = page_number(q, "at", 0, UINT64_MAX);
	struct page_follow *f = NULL;
	struct page_reading g;
	unsigned int status;
	bool ok = true;

	*file = 0;
	if (!pid || fd > INT32_MAX)
		return page_refuse(to, 400, "a process and a descriptor are needed");
	for (unsigned int pass = 0; ok && pass < 2; pass++) {
		if (pass && !*file)
			break;
		status = page_reading_begin(&g, p, NULL, q, to);
		if (status != 200)
			return status;
		f = page_follow_new();
		ok = f;
		if (ok && pass)
			ok = collect(p, &g, f, s, *file, when);
		else if (ok)
			*file = find_file(&g, f, (uint32_t)pid, (int64_t)fd, when);
		page_follow_free(f);
		page_reading_end(&g);
	}
	return ok ? 200 : 0;
}

unsigned int page_answer_stream(struct page *p, const struct page_query *q, FILE *to)
{
	struct stream s = { .text = NULL };
	unsigned int status;
	uint32_t file;

	s.to = open_memstream(&s.text, &s.len);
	if (!s.to)
		return 0;
	status = read_stream(p, q, to, &s, &file);
	if (fclose(s.to))
		status = 0;
	if (status == 200)
		fprintf(to, "{\"chunks\":[%s],\"count\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"cut\":%s,\"known\":%s}", s.text ? s.text : "", s.chunks, s.bytes,
			s.cut ? "true" : "false", file ? "true" : "false");
	free(s.text);
	return status;
}
