/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blanks secrets in what is shown (--redact FILE). It stands where finished text leaves the command, so that no format
 * can forget it: strings in the text are taken back to their bytes, these are searched, and what is found is replaced
 * in the text. Everything else stays byte by byte as it was.
 *
 * A line of FILE: "regex PATTERN", "option WORD", "env NAME", "header NAME" or "url-password"; docs/redact.md.
 */
#ifndef LINXCAP_REDACT_H
#define LINXCAP_REDACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

#define REDACT_MARK "<redacted>"

struct redact;

/* How strings stand in a text. */
enum redact_form {
	REDACT_JSON, /* strings as JSON has them; nothing between them is text */
	REDACT_QUOTED, /* between quotes, escaped as in C; what is between them is text, too */
	REDACT_PLAIN, /* likewise, or without quotes and escapes, as templates and tables have them */
};

/* NULL: why is set, with file, line and column. */
struct redact *redact_read(const char *path, struct problem *why);
/* Reads rules from len bytes of text; name stands for them in messages. */
struct redact *redact_read_text(const char *name, const char *text, size_t len, struct problem *why);
/* Takes NULL. */
void redact_free(struct redact *r);
/*
 * Lines with what is secret blanked; *len: their bytes, before and after. Lasts until the next call. NULL: no memory,
 * and nothing is to be shown.
 */
const char *redact_apply(struct redact *r, enum redact_form form, const char *text, size_t *len);
/* Strings that were blanked whole, since a regular expression met its limit in them. */
uint64_t redact_limited(const struct redact *r);
/* Reports them in one line, if there are any. Takes NULL. */
void redact_report(const struct redact *r);

#endif
