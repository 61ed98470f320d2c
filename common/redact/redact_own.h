/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as redact/redact_rules.c reads them, shared by the two files of redact. */
#ifndef LINXCAP_REDACT_OWN_H
#define LINXCAP_REDACT_OWN_H

#include <stdbool.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "redact/redact.h"

#define REDACT_RULES_MAX 256u

enum redact_whole { REDACT_NO_WHOLE, REDACT_WORD_BEFORE, REDACT_KEY };

struct redact_rule {
	pcre2_code *value; /* the pattern of a secret: its first group, or the whole match if it has none */
	/*
	 * matches a whole string that announces a secret in the next one: a word before it, or a key of JSON.
	 * NULL: none
	 */
	pcre2_code *whole;
	enum redact_whole role;
	bool partial; /* the end of a cut string may be the beginning of a secret */
};

struct redact_mark {
	size_t from, to; /* place in the line */
};

struct redact {
	struct redact_rule rules[REDACT_RULES_MAX];
	unsigned int n;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	uint64_t limited;
	bool failed; /* no memory */

	/* The current string as bytes, and the place of each byte in the line, with that of the end. */
	char *bytes;
	size_t *at;
	size_t nbytes, cap;
	struct redact_mark *marks;
	size_t nmarks, marks_cap;
	char *out;
	size_t out_len, out_cap;
};

/* Reads the rules of a text. -1: why is set. */
int redact_read_rules(struct redact *r, const char *name, const char *text, size_t len, struct problem *why);

#endif
