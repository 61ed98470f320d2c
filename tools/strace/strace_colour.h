/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Colours of `linxcap strace` (--color), those of strace 7.2. Finished lines are split into words again, and
 * each kind of word has a colour. STRACE_COLORS chooses others.
 */
#ifndef LINXCAP_STRACE_COLOUR_H
#define LINXCAP_STRACE_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

enum strace_colour_mode { STRACE_COLOUR_AUTO, STRACE_COLOUR_ALWAYS, STRACE_COLOUR_NEVER };

/* State of a destination within its line, which pieces of text continue. All zero: a line begins. */
struct strace_colour_line {
	enum { STRACE_COLOUR_HEAD, STRACE_COLOUR_ARGS, STRACE_COLOUR_RESULT, STRACE_COLOUR_PLAIN } where;
	unsigned int depth; /* open brackets */
};

struct strace_colours;

/* True if this mode colours output, to a terminal or not, in this environment. */
bool strace_colours_wanted(enum strace_colour_mode mode, bool terminal);
/* Makes colours. NULL: out of memory. */
struct strace_colours *strace_colours_new(void);
void strace_colours_free(struct strace_colours *c);
/*
 * Colours a piece of text; the result is borrowed until the next call. *len: its length before and after.
 * NULL: out of memory.
 */
const char *strace_colours_apply(struct strace_colours *c, struct strace_colour_line *at, const char *text, size_t *len);

#endif
