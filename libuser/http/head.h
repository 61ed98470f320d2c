/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of an HTTP/1 message: its first line, the facts that give the length of its body, and the texts of
 * some fields. Memory is bounded: at most LINX_HTTP_TEXT_MAX bytes of text per header.
 *
 * The folder http/ follows the HTTP connections of a stream. It has a parser for each direction of a socket, and
 * finds requests and responses in the data of calls.
 */
#ifndef LINX_HTTP_HEAD_H
#define LINX_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts of a header that are stored. */
enum linx_http_text {
	LINX_HTTP_METHOD,
	LINX_HTTP_TARGET,
	LINX_HTTP_HOST,
	LINX_HTTP_USER_AGENT,
	LINX_HTTP_REFERER,
	LINX_HTTP_CONTENT_TYPE,
	LINX_HTTP_FORWARDED_FOR,
	LINX_HTTP_AUTHORIZATION,
	LINX_HTTP_COOKIE,
	LINX_HTTP_SET_COOKIE,
	LINX_HTTP_SERVER,
	LINX_HTTP_LOCATION,
	LINX_HTTP_UPGRADE,
	LINX_HTTP_NTEXTS,
};

/* Limits of the bytes of one text, and of all texts of a header. A text that is cut is marked. */
#define LINX_HTTP_VALUE_MAX 2048u
#define LINX_HTTP_TEXT_MAX 8192u
/* Bytes of text that struct linx_http_head itself can hold, enough for most headers. */
#define LINX_HTTP_TEXT_FIRST 256u

struct linx_http_head {
	bool response;
	bool chunked; /* the last transfer coding is chunked */
	bool coded; /* header has a Transfer-Encoding */
	bool has_length;
	uint8_t minor; /* 1 of HTTP/1.1 */
	uint8_t going_on; /* length of the name of the interpreted field that the next line may continue; 0: none */
	uint16_t status; /* status code of a response */
	uint32_t bytes; /* length of the header, including the empty line at its end */
	uint64_t length; /* value of Content-Length, if has_length is set */
	struct {
		uint16_t at, len;
		bool there, cut;
	} text[LINX_HTTP_NTEXTS];
	uint16_t used, room; /* bytes used and allocated at data */
	char *data; /* all texts; points to the member "first" until that is full */
	char first[LINX_HTTP_TEXT_FIRST];
};

/* Returns a text of the header, without a NUL at its end; NULL: the header does not have the text. */
const char *linx_http_text(const struct linx_http_head *h, enum linx_http_text which, size_t *len);

struct linx_http_head *linx_http_head_new(void);
void linx_http_head_free(struct linx_http_head *h); /* h may be NULL */

/* Result of adding a line to a header. */
enum linx_http_line {
	LINX_HTTP_LINE_GOOD,
	LINX_HTTP_LINE_FOREIGN, /* the line is not HTTP/1 */
	LINX_HTTP_LINE_LENGTH, /* the Content-Length contradicts an earlier one, or is malformed */
	LINX_HTTP_LINE_NOMEM,
};

/* Adds the first line of a message, given without its line end. */
enum linx_http_line linx_http_head_first(struct linx_http_head *h, const char *line, size_t len);
/* Adds a line with a field, given without its line end. cut: bytes at the end of the line are missing. */
enum linx_http_line linx_http_head_field(struct linx_http_head *h, const char *line, size_t len, bool cut);

#endif
