/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Colours of `linxcap strace` (--color), as strace 7.2 has them: lines that are finished are
 * split into words again, and each kind of word has a colour. STRACE_COLORS chooses others.
 */
#ifndef LINXCAP_STRACE_COLOUR_H
#define LINXCAP_STRACE_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

enum strace_colour_mode { STRACE_COLOUR_AUTO, STRACE_COLOUR_ALWAYS, STRACE_COLOUR_NEVER };

/* The place of a destination in its line, which pieces of text continue. All zero: a line begins. */
struct strace_colour_line {
	enum { STRACE_COLOUR_HEAD, STRACE_COLOUR_ARGS, STRACE_COLOUR_RESULT, STRACE_COLOUR_PLAIN } where;
	unsigned int depth; /* brackets that are open */
};

struct strace_colours;

/* Does this mode colour what goes to a terminal, or not to one, in this environment? */
bool strace_colours_wanted(enum strace_colour_mode mode, bool terminal);
/* NULL: out of memory. */
struct strace_colours *strace_colours_new(void);
void strace_colours_free(struct strace_colours *c);
/* The piece of text with its colours, borrowed until the next call; *len is its length before and after. NULL: out of memory. */
const char *strace_colours_apply(struct strace_colours *c, struct strace_colour_line *at, const char *text, size_t *len);

#endif
