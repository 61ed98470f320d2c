/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct redact and its rules, shared by the files of common/redact/. */
#ifndef LINXCAP_REDACT_OWN_H
#define LINXCAP_REDACT_OWN_H

#include <stdbool.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "redact/redact.h"

#define REDACT_RULES_MAX 256u

enum redact_whole { REDACT_NO_WHOLE, REDACT_WORD_BEFORE, REDACT_KEY };

struct redact_rule {
	pcre2_code *value; /* pattern of a secret: its first group, or the whole match if it has no group */
	/*
	 * Matches a whole string after which the next one is a secret: a word of a command line, or a JSON key.
	 * NULL: the rule has no such string.
	 */
	pcre2_code *whole;
	enum redact_whole role;
	bool partial; /* at the end of a truncated string, the beginning of a match is blanked, too */
};

struct redact_mark {
	size_t from, to; /* position in the line */
};

struct redact {
	struct redact_rule rules[REDACT_RULES_MAX];
	unsigned int n;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	uint64_t limited;
	bool failed; /* out of memory */

	/* the current string, decoded; at: position in the line of each byte, and of the end of the string */
	char *bytes;
	size_t *at;
	size_t nbytes, cap;
	struct redact_mark *marks;
	size_t nmarks, marks_cap;
	char *out;
	size_t out_len, out_cap;
};

/* Reads the rules of a text. -1: why has the reason. */
int redact_read_rules(struct redact *r, const char *name, const char *text, size_t len, struct problem *why);

#endif
