/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Incremental parser of HTTP/1 for one direction of a connection. Data comes in pieces of any size; the messages found
 * do not depend on how the data is split. The parser stores at most LINX_HTTP_LINE_MAX bytes of an unfinished line, and
 * one header.
 *
 * The data may be hostile. The parser never guesses: if it cannot follow the data, it stops with a reason.
 */
#ifndef LINX_HTTP_PARSER_H
#define LINX_HTTP_PARSER_H

#include "http/head.h"

/*
 * Limits of the first line's length, and of the bytes that are stored of a line with a field. The rest of a line with a
 * field is skipped.
 */
#define LINX_HTTP_LINE_MAX 16384u
#define LINX_HTTP_FIELD_MAX 4096u
/* Limit of a header's length. Servers refuse headers that are far shorter than this. */
#define LINX_HTTP_HEAD_MAX 262144u

enum linx_http_state {
	LINX_HTTP_START, /* between messages */
	LINX_HTTP_FIRST, /* in the first line of a message */
	LINX_HTTP_FIELDS,
	LINX_HTTP_BODY, /* in a body of known length */
	LINX_HTTP_CHUNK_SIZE,
	LINX_HTTP_CHUNK,
	LINX_HTTP_CHUNK_END,
	LINX_HTTP_TRAILER,
	LINX_HTTP_UNTIL_CLOSE, /* in a body that ends when the connection ends */
	LINX_HTTP_STOPPED, /* see why */
};

/* Reasons why the data of one direction of a connection are not followed any more. */
enum linx_http_why {
	LINX_HTTP_WHY_NONE,
	LINX_HTTP_WHY_FOREIGN, /* the data are not HTTP/1 */
	LINX_HTTP_WHY_LENGTH, /* the length of a body is not given, or given twice with different values */
	LINX_HTTP_WHY_LONG, /* a line or header exceeds the limit */
	LINX_HTTP_WHY_HOLE, /* bytes are missing, since they were not captured */
	LINX_HTTP_WHY_HTTP2, /* the data begins with the preface of HTTP/2 */
	LINX_HTTP_WHY_TUNNEL, /* the connection became a tunnel: CONNECT, or an upgrade to another protocol */
	LINX_HTTP_NWHYS,
};

struct linx_http_parser {
	uint8_t state; /* enum linx_http_state */
	uint8_t why; /* enum linx_http_why */
	bool cut; /* bytes of the unfinished line were skipped */
	uint32_t line_len, line_room; /* bytes used and allocated at line */
	uint32_t head_bytes; /* bytes of lines since the message or its last chunk began */
	uint64_t left; /* bytes of the body or chunk that are still to come */
	char *line; /* beginning of an unfinished line */
	struct linx_http_head *head; /* the header that is being read; complete after the step LINX_HTTP_HEAD */
};

enum linx_http_step {
	LINX_HTTP_MORE, /* all data was parsed; more is needed */
	LINX_HTTP_HEAD, /* a header is complete: call linx_http_take_head() */
	LINX_HTTP_END, /* a message is complete */
	LINX_HTTP_STOP, /* the parser has just stopped: see why */
};

/* Frees the memory of a parser. A zeroed parser is a new one. */
void linx_http_parser_free(struct linx_http_parser *p);
/* Restarts the parser, as after linx_http_parser_free(). */
void linx_http_parser_restart(struct linx_http_parser *p);
/*
 * Parses data up to the next step, and adds the number of bytes parsed to *used. Call it again with the rest of the
 * data until it returns LINX_HTTP_MORE. Returns enum linx_http_step, or -ENOMEM.
 */
int linx_http_feed(struct linx_http_parser *p, const uint8_t *data, size_t len, size_t *used);
/*
 * Skips n bytes that were not captured. If they are not part of a body or chunk, the parser stops. True if it
 * stopped.
 */
bool linx_http_skip(struct linx_http_parser *p, uint64_t n);
/* Stops the parser: all later data of the direction are skipped. */
void linx_http_stop(struct linx_http_parser *p, enum linx_http_why why);

/* Facts that give the length of a message's body and are not in its header. */
enum linx_http_body {
	LINX_HTTP_BODY_GIVEN, /* the header gives the length */
	LINX_HTTP_BODY_NONE, /* the response to a HEAD */
	LINX_HTTP_BODY_TUNNEL, /* the response to a CONNECT that succeeded */
};
/* Returns the header, which the caller frees; the parser continues with the body. Call it after each LINX_HTTP_HEAD. */
struct linx_http_head *linx_http_take_head(struct linx_http_parser *p, enum linx_http_body body);

/* Returns the bytes of memory that the parser holds, without the structure itself. */
size_t linx_http_parser_memory(const struct linx_http_parser *p);

#endif
