/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blanks secrets in shown text (--redact FILE). Text is changed just before the command writes it, so this works for
 * every format. Strings in the text are decoded to bytes and searched, and secrets in the text are replaced. All other
 * bytes stay unchanged.
 *
 * The directory redact/ depends on no format and no option.
 *
 * A line of FILE: "regex PATTERN", "option WORD", "env NAME", "header NAME" or "url-password"; see docs/redact.md.
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

/*
 * True if text of this form (enum linx_text_form) can be searched. A newer library may have forms that are not
 * known here.
 */
static inline bool redact_knows(unsigned int form)
{
	return form >= LINX_FORM_QUOTED && form <= LINX_FORM_PLAIN;
}


/* Reads rules from a file. NULL: why has the reason, with file, line and column. */
struct redact *redact_read(const char *path, struct problem *why);
/* Reads rules from len bytes of text; name is used in messages. */
struct redact *redact_read_text(const char *name, const char *text, size_t len, struct problem *why);
/* Frees the rules. r may be NULL. */
void redact_free(struct redact *r);
/*
 * Returns the text with secrets blanked; *len: length of the text, replaced by that of the result, which is valid
 * until the next call. NULL: no memory, or an unknown form (redact_knows()): then nothing may be shown.
 */
const char *redact_apply(struct redact *r, enum linx_text_form form, const char *text, size_t *len);
/* Returns how many strings were blanked as a whole, since a regular expression reached its limit. */
uint64_t redact_limited(const struct redact *r);
/* Prints how many strings were blanked as a whole, as redact_limited() returns it, unless it is 0. r may be NULL. */
void redact_report(const struct redact *r);

#endif
