// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parses the header on standard input a number of times, whole or in pieces of
 * some bytes: tests/bench/http counts its instructions.
 * usage: http TIMES [PIECE]
 */
#include <stdio.h>
#include <stdlib.h>
#include "libuser/http/parser.h"

static bool parse(struct linx_http_parser *p, const uint8_t *data, size_t len)
{
	size_t used = 0;
	int step;

	while ((step = linx_http_feed(p, data + used, len - used, &used)) != LINX_HTTP_MORE) {
		if (step == LINX_HTTP_HEAD)
			linx_http_head_free(linx_http_take_head(p, LINX_HTTP_BODY_NONE));
		else if (step != LINX_HTTP_END)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static uint8_t data[65536];
	size_t len = fread(data, 1, sizeof(data), stdin), piece = argc > 2 ? (size_t)atol(argv[2]) : len;
	struct linx_http_parser p = { 0 };

	if (argc < 2 || !len || !piece)
		return 2;
	for (long n = atol(argv[1]); n > 0; n--)
		for (size_t at = 0; at < len; at += piece)
			if (!parse(&p, data + at, len - at < piece ? len - at : piece))
				return 1;
	linx_http_parser_free(&p);
	return 0;
}
