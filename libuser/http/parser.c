// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "http/parser.h"
#include "shared/http_begin.h"

#define CHUNK_DIGITS 15u /* limit of the digits of a chunk's size, which stays below 2^60 bytes */

static void drop_line(struct linx_http_parser *p)
{
	free(p->line);
	p->line = NULL;
	p->line_len = p->line_room = 0;
	p->cut = false;
}

static void drop_head(struct linx_http_parser *p)
{
	linx_http_head_free(p->head);
	p->head = NULL;
	p->head_bytes = 0;
}

void linx_http_parser_free(struct linx_http_parser *p)
{
	drop_line(p);
	drop_head(p);
}

void linx_http_parser_restart(struct linx_http_parser *p)
{
	linx_http_parser_free(p);
	*p = (struct linx_http_parser){ 0 };
}

void linx_http_stop(struct linx_http_parser *p, enum linx_http_why why)
{
	linx_http_parser_free(p);
	p->state = LINX_HTTP_STOPPED;
	p->why = why;
}

static int stop(struct linx_http_parser *p, enum linx_http_why why)
{
	linx_http_stop(p, why);
	return LINX_HTTP_STOP;
}

size_t linx_http_parser_memory(const struct linx_http_parser *p)
{
	return p->line_room + (p->head ? sizeof(*p->head) + (p->head->data == p->head->first ? 0 : p->head->room) : 0);
}

/* ---- lines --------------------------------------------------------------------------- */

/* Returns the limit of the bytes of a line that are stored in this state. */
static size_t line_limit(const struct linx_http_parser *p)
{
	return p->state == LINX_HTTP_FIRST ? LINX_HTTP_LINE_MAX : LINX_HTTP_FIELD_MAX;
}

/* Appends data to the stored part of an unfinished line, up to the limit. */
static int keep_line(struct linx_http_parser *p, const uint8_t *data, size_t len)
{
	size_t left = line_limit(p) - p->line_len, room = p->line_room ? p->line_room : 128;
	char *line;

	if (len > left) {
		p->cut = true;
		len = left;
	}
	while (room < p->line_len + len)
		room *= 2;
	if (room != p->line_room) {
		line = realloc(p->line, room);
		if (!line)
			return -ENOMEM;
		p->line = line;
		p->line_room = (uint32_t)room;
	}
	memcpy(p->line + p->line_len, data, len);
	p->line_len += (uint32_t)len;
	return 0;
}

static int line_did(struct linx_http_parser *p, enum linx_http_line did)
{
	switch (did) {
	case LINX_HTTP_LINE_GOOD:
		return LINX_HTTP_MORE;
	case LINX_HTTP_LINE_LENGTH:
		return stop(p, LINX_HTTP_WHY_LENGTH);
	case LINX_HTTP_LINE_NOMEM:
		return -ENOMEM;
	default:
		return stop(p, LINX_HTTP_WHY_FOREIGN);
	}
}

static int first_line(struct linx_http_parser *p, const char *line, size_t len)
{
	static const char preface[] = "PRI * HTTP/2.0";

	if (len == sizeof(preface) - 1 && !memcmp(line, preface, len))
		return stop(p, LINX_HTTP_WHY_HTTP2);
	if (p->cut)
		return stop(p, LINX_HTTP_WHY_LONG);
	p->head = linx_http_head_new();
	if (!p->head)
		return -ENOMEM;
	p->state = LINX_HTTP_FIELDS;
	return line_did(p, linx_http_head_first(p->head, line, len));
}

/*
 * Parses a line of the header after the first. An empty line ends the header: LINX_HTTP_HEAD. The caller must then call
 * linx_http_take_head(), since the state stays the same.
 */
static int field_line(struct linx_http_parser *p, const char *line, size_t len)
{
	if (len)
		return line_did(p, linx_http_head_field(p->head, line, len, p->cut));
	p->head->bytes = p->head_bytes;
	return LINX_HTTP_HEAD;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Parses the line before a chunk (RFC 9112, 7.1): the chunk's size in hexadecimal digits; extensions are skipped. */
static int chunk_line(struct linx_http_parser *p, const char *line, size_t len)
{
	size_t i;

	p->left = 0;
	for (i = 0; i < len && i <= CHUNK_DIGITS && hex(line[i]) >= 0; i++)
		p->left = p->left << 4 | (uint64_t)hex(line[i]);
	if (!i || i > CHUNK_DIGITS || (i < len && line[i] != ';' && line[i] != ' ' && line[i] != '\t'))
		return stop(p, LINX_HTTP_WHY_FOREIGN);
	p->state = p->left ? LINX_HTTP_CHUNK : LINX_HTTP_TRAILER;
	return LINX_HTTP_MORE;
}

/* Parses a whole line, given without its newline. */
static int take_line(struct linx_http_parser *p, const char *line, size_t len)
{
	if (len && line[len - 1] == '\r')
		len--;
	switch (p->state) {
	case LINX_HTTP_FIRST:
		return first_line(p, line, len);
	case LINX_HTTP_FIELDS:
		return field_line(p, line, len);
	case LINX_HTTP_CHUNK_SIZE:
		return chunk_line(p, line, len);
	case LINX_HTTP_CHUNK_END:
		if (len)
			return stop(p, LINX_HTTP_WHY_FOREIGN);
		p->state = LINX_HTTP_CHUNK_SIZE;
		return LINX_HTTP_MORE;
	default: /* LINX_HTTP_TRAILER */
		if (len)
			return LINX_HTTP_MORE;
		p->state = LINX_HTTP_START;
		return LINX_HTTP_END;
	}
}

/* Adds n to the bytes of lines since the message or its last chunk began. True if they exceed the limit. */
static bool too_long(struct linx_http_parser *p, size_t n)
{
	p->head_bytes += (uint32_t)n;
	return p->head_bytes > LINX_HTTP_HEAD_MAX;
}

/*
 * Parses one line, or stores its beginning if its end is not there yet. Searches at most LINX_HTTP_HEAD_MAX + 1
 * bytes.
 */
static int feed_line(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used)
{
	const uint8_t *end;
	size_t n, limit = line_limit(p);
	int ret;

	if (len > LINX_HTTP_HEAD_MAX + 1)
		len = LINX_HTTP_HEAD_MAX + 1;
	end = memchr(data, '\n', len);
	n = end ? (size_t)(end - data) : len;
	*used += end ? n + 1 : n;
	if (too_long(p, end ? n + 1 : n))
		return stop(p, LINX_HTTP_WHY_LONG);
	if (end && !p->line_len) {
		p->cut = n > limit;
		ret = take_line(p, (const char *)data, n > limit ? limit : n);
		p->cut = false;
		return ret;
	}
	ret = keep_line(p, data, n);
	if (ret || !end)
		return ret;
	ret = take_line(p, p->line, p->line_len);
	drop_line(p);
	return ret;
}

/*
 * Parses the whole lines of fields at the start of the data, like feed_line() but faster. Most bytes of a header are
 * parsed here.
 */
static int feed_fields(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used)
{
	const char *line = (const char *)data, *const last = line + len, *end;
	enum linx_http_line did = LINX_HTTP_LINE_GOOD;
	uint32_t bytes = p->head_bytes;

	while (did == LINX_HTTP_LINE_GOOD && (end = memchr(line, '\n', (size_t)(last - line)))) {
		size_t n = (size_t)(end - line);

		if (n > LINX_HTTP_FIELD_MAX || n + 1 > LINX_HTTP_HEAD_MAX - bytes)
			break;
		n -= n && end[-1] == '\r';
		if (!n)
			break;
		bytes += (uint32_t)(end + 1 - line);
		did = linx_http_head_field(p->head, line, n, false);
		line = end + 1;
	}
	p->head_bytes = bytes;
	*used += (size_t)(line - (const char *)data);
	return line_did(p, did);
}

/* ---- messages -------------------------------------------------------------------------- */

/*
 * Begins a message. Empty lines before a message are skipped (RFC 9112, 2.2). Most protocols that are not HTTP are
 * recognized by their first byte.
 */
static int begin(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used)
{
	size_t n = 0;

	while (n < len && (data[n] == '\r' || data[n] == '\n'))
		n++;
	*used += n;
	if (n == len)
		return LINX_HTTP_MORE;
	if (!linx_http_is_token(data[n]))
		return stop(p, LINX_HTTP_WHY_FOREIGN);
	p->state = LINX_HTTP_FIRST;
	p->head_bytes = 0;
	return LINX_HTTP_MORE;
}

/* Skips len bytes, as far as they belong to a body of known length or to a chunk. */
static int feed_body(struct linx_http_parser *p, size_t len, size_t *used)
{
	size_t n = len < p->left ? len : (size_t)p->left;

	p->left -= n;
	*used += n;
	if (p->left)
		return LINX_HTTP_MORE;
	p->head_bytes = 0;
	if (p->state == LINX_HTTP_CHUNK) {
		p->state = LINX_HTTP_CHUNK_END;
		return LINX_HTTP_MORE;
	}
	p->state = LINX_HTTP_START;
	return LINX_HTTP_END;
}

static int feed_lines(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used)
{
	size_t n = 0;
	int ret;

	if (p->state != LINX_HTTP_FIELDS || p->line_len)
		return feed_line(p, data, len, used);
	ret = feed_fields(p, data, len, &n);
	*used += n;
	return ret || n == len ? ret : feed_line(p, data + n, len - n, used);
}

int linx_http_feed(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used)
{
	const size_t first = *used;
	int ret = LINX_HTTP_MORE;

	while (ret == LINX_HTTP_MORE) {
		size_t left = len - (*used - first);
		const uint8_t *at = data + (*used - first);

		if (p->state == LINX_HTTP_BODY && !p->left)
			return feed_body(p, 0, used);
		if (!left)
			return LINX_HTTP_MORE;
		if (p->state == LINX_HTTP_START)
			ret = begin(p, at, left, used);
		else if (p->state == LINX_HTTP_BODY || p->state == LINX_HTTP_CHUNK)
			ret = feed_body(p, left, used);
		else if (p->state == LINX_HTTP_UNTIL_CLOSE || p->state == LINX_HTTP_STOPPED)
			*used += left;
		else
			ret = feed_lines(p, at, left, used);
	}
	return ret;
}

bool linx_http_skip(struct linx_http_parser *p, uint64_t n)
{
	if (!n || p->state == LINX_HTTP_UNTIL_CLOSE || p->state == LINX_HTTP_STOPPED)
		return false;
	if ((p->state == LINX_HTTP_BODY || p->state == LINX_HTTP_CHUNK) && n <= p->left) {
		p->left -= n;
		if (!p->left && p->state == LINX_HTTP_CHUNK) {
			p->state = LINX_HTTP_CHUNK_END;
			p->head_bytes = 0;
		}
		return false;
	}
	linx_http_stop(p, LINX_HTTP_WHY_HOLE);
	return true;
}

/* Finds the length of a message's body by the rules of RFC 9112, 6.3. */
static void begin_body(struct linx_http_parser *p, const struct linx_http_head *h, enum linx_http_body body)
{
	const bool bodiless = h->response && (h->status < 200 || h->status == 204 || h->status == 304);

	p->state = LINX_HTTP_BODY;
	p->left = 0;
	if (body == LINX_HTTP_BODY_TUNNEL || (h->response && h->status == 101))
		linx_http_stop(p, LINX_HTTP_WHY_TUNNEL);
	else if (body == LINX_HTTP_BODY_NONE || bodiless)
		return;
	else if (h->chunked)
		p->state = LINX_HTTP_CHUNK_SIZE;
	else if (h->coded && !h->response)
		linx_http_stop(p, LINX_HTTP_WHY_LENGTH);
	else if (h->has_length && !h->coded)
		p->left = h->length;
	else if (h->response)
		p->state = LINX_HTTP_UNTIL_CLOSE;
}

struct linx_http_head *linx_http_take_head(struct linx_http_parser *p, enum linx_http_body body)
{
	struct linx_http_head *h = p->head;

	p->head = NULL;
	p->head_bytes = 0;
	begin_body(p, h, body);
	return h;
}
