/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blanks secrets in shown text (--redact FILE). It works where finished text leaves the command, so that every
 * format passes it. Strings in the text are decoded to their bytes, these are searched, and secrets are
 * replaced in the text. All other bytes stay unchanged.
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

/* True if text of this form, an enum linx_text_form, can be searched. A newer library may have other forms. */
static inline bool redact_knows(unsigned int form)
{
	return form >= LINX_FORM_QUOTED && form <= LINX_FORM_PLAIN;
}


/* Reads rules from a file. NULL: why is set, with file, line and column. */
struct redact *redact_read(const char *path, struct problem *why);
/* Reads rules from len bytes of text; name stands for them in messages. */
struct redact *redact_read_text(const char *name, const char *text, size_t len, struct problem *why);
/* Takes NULL. */
void redact_free(struct redact *r);
/*
 * Blanks secrets in lines; *len: their bytes, before and after. The result is valid until the next call. NULL:
 * no memory, or an unknown form (redact_knows()): then nothing may be shown.
 */
const char *redact_apply(struct redact *r, enum linx_text_form form, const char *text, size_t *len);
/* Number of strings that were blanked whole, since a regular expression reached its limit in them. */
uint64_t redact_limited(const struct redact *r);
/* Reports these in one line, if there are any. r may be NULL. */
void redact_report(const struct redact *r);

#endif
