/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Colors of `linxcap strace` (--color), the same as in strace 7.2. Complete lines are split into words, and each
 * kind of word has a color, which STRACE_COLORS can change.
 */
#ifndef LINXCAP_STRACE_COLOUR_H
#define LINXCAP_STRACE_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

enum strace_colour_mode { STRACE_COLOUR_AUTO, STRACE_COLOUR_ALWAYS, STRACE_COLOUR_NEVER };

/*
 * State between two texts of one output. The next text continues the line where the last text ended. If all members are
 * zero, the next text begins a line.
 */
struct strace_colour_line {
	enum { STRACE_COLOUR_HEAD, STRACE_COLOUR_ARGS, STRACE_COLOUR_RESULT, STRACE_COLOUR_PLAIN } where;
	unsigned int depth; /* number of open brackets */
};

struct strace_colours;

/*
 * True if output is to be colored in this mode. terminal: the output goes to a terminal. Also depends on TERM and
 * NO_COLOR.
 */
bool strace_colours_wanted(enum strace_colour_mode mode, bool terminal);
/* Makes the colors from the defaults and STRACE_COLORS. NULL: out of memory. */
struct strace_colours *strace_colours_new(void);
void strace_colours_free(struct strace_colours *c);
/*
 * Returns the text with color sequences; the result is valid until the next call. *len: length of the text,
 * replaced by that of the result. NULL: out of memory.
 */
const char *strace_colours_apply(struct strace_colours *c, struct strace_colour_line *at, const char *text, size_t *len);

#endif
