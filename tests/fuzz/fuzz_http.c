// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes one direction of an HTTP connection: the results do not depend on how the bytes are split. The first byte is
 * the length of the pieces, and the second one selects which responses have no body.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/http/parser.h"

/*
 * Results of a parser, as bytes: the numbers and texts in headers, the ends of messages, and the reason why the parser
 * stopped.
 */
struct found {
	uint8_t *data;
	size_t len, room;
};

static void add(struct found *f, const void *data, size_t len)
{
	if (f->len + len > f->room) {
		f->room = 2 * (f->len + len);
		f->data = realloc(f->data, f->room);
	}
	if (len)
		memcpy(f->data + f->len, data, len);
	f->len += len;
}

static void add_number(struct found *f, uint64_t n)
{
	add(f, &n, sizeof(n));
}

static void add_head(struct found *f, const struct linx_http_head *h)
{
	add_number(f, (uint64_t)h->response << 32 | h->status);
	add_number(f, h->bytes);
	add_number(f, h->has_length ? h->length : UINT64_MAX);
	for (unsigned int i = 0; i < LINX_HTTP_NTEXTS; i++) {
		size_t len;
		const char *text = linx_http_text(h, i, &len);

		add_number(f, text ? len << 1 | h->text[i].cut : UINT64_MAX);
		add(f, text, text ? len : 0);
	}
}

/*
 * Returns the kind of a message's body, which the header does not show: if the input says so, every second response
 * answers HEAD or CONNECT and has none.
 */
static enum linx_http_body body_of(const struct linx_http_head *h, uint8_t bodiless)
{
	return h->response && h->status % 2 ? (enum linx_http_body)(bodiless % 3) : LINX_HTTP_BODY_GIVEN;
}

static void feed(struct linx_http_parser *p, struct found *f, const uint8_t *data, size_t len, uint8_t bodiless)
{
	size_t used = 0;
	int step;

	do {
		step = linx_http_feed(p, data + used, len - used, &used);
		if (step < 0 || used > len)
			abort();
		if (step == LINX_HTTP_MORE)
			break;
		add_number(f, (unsigned int)step);
		if (step == LINX_HTTP_STOP)
			add_number(f, p->why);
		if (step == LINX_HTTP_HEAD) {
			struct linx_http_head *h = linx_http_take_head(p, body_of(p->head, bodiless));

			add_head(f, h);
			linx_http_head_free(h);
		}
	} while (1);
	if (used != len)
		abort();
	if (linx_http_parser_memory(p) > LINX_HTTP_LINE_MAX + LINX_HTTP_TEXT_MAX + sizeof(struct linx_http_head))
		abort();
}

/* Feeds pieces, each of which is a copy of exactly its length, so that reading beyond it is detected. */
static void feed_pieces(struct found *f, const uint8_t *data, size_t len, size_t n, uint8_t bodiless)
{
	struct linx_http_parser p = { 0 };

	for (size_t at = 0; at < len; at += n) {
		size_t m = len - at < n ? len - at : n;
		uint8_t *piece = malloc(m);

		memcpy(piece, data + at, m);
		feed(&p, f, piece, m, bodiless);
		free(piece);
	}
	linx_http_parser_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct found whole = { 0 }, split = { 0 };

	if (size < 3)
		return 0;
	feed_pieces(&whole, data + 2, size - 2, size - 2, data[1]);
	feed_pieces(&split, data + 2, size - 2, 1u + data[0] % 64, data[1]);
	if (whole.len != split.len || (whole.len && memcmp(whole.data, split.data, whole.len)))
		abort();
	free(whole.data);
	free(split.data);
	return 0;
}
