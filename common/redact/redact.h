/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blanks secrets in what is shown (--redact FILE). It stands where finished text leaves the command, so that no format
 * can forget it: strings in the text are taken back to their bytes, these are searched, and what is found is replaced
 * in the text. Everything else stays byte by byte as it was.
 *
 * The room redact/ knows no format and no option.
 *
 * A line of FILE: "regex PATTERN", "option WORD", "env NAME", "header NAME" or "url-password"; docs/redact.md.
 */
#ifndef LINXCAP_REDACT_H
#define LINXCAP_REDACT_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

#define REDACT_MARK "<redacted>"

struct redact;

/* Can text of this form, an enum linx_text_form, be searched? A form that a newer library has cannot. */
static inline bool redact_knows(unsigned int form)
{
	return form >= LINX_FORM_QUOTED && form <= LINX_FORM_PLAIN;
}


/* NULL: why is set, with file, line and column. */
struct redact *redact_read(const char *path, struct problem *why);
/* Reads rules from len bytes of text; name stands for them in messages. */
struct redact *redact_read_text(const char *name, const char *text, size_t len, struct problem *why);
/* Takes NULL. */
void redact_free(struct redact *r);
/*
 * Lines with what is secret blanked; *len: their bytes, before and after. Lasts until the next call. NULL: no memory,
 * and nothing is to be shown. form is one that redact_knows(); of another nothing is shown either.
 */
const char *redact_apply(struct redact *r, enum linx_text_form form, const char *text, size_t *len);
/* Strings that were blanked whole, since a regular expression met its limit in them. */
uint64_t redact_limited(const struct redact *r);
/* Reports them in one line, if there are any. Takes NULL. */
void redact_report(const struct redact *r);

#endif
