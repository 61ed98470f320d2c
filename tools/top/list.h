/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of events as lines, of which the newest or the first are kept. It draws nothing and reads no keys. */
#ifndef LINXCAP_TOP_LIST_H
#define LINXCAP_TOP_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linx/linx.h>

#define TOP_LIST_MAX 20000u
/* Most bytes of a line. */
#define TOP_LINE 1024u

/* A line, and what identifies its event when all events are read again. */
struct top_line {
	uint64_t time_ns, seq;
	uint32_t cpu, pid, tid;
	enum linx_event_kind kind; /* an HTTP request has the seq of the call that ended it, and differs by its kind */
	bool failed;
	bool head; /* first line of a call in an echo; lines with the call's data follow */
	char *text; /* text as the library prints it, without the newline */
};

struct top_list {
	struct top_line *lines; /* ring of TOP_LIST_MAX lines; n are used, the first one is at index "begin" */
	unsigned int begin, n;
	uint64_t all; /* events so far, with those that are not kept */
	bool newest; /* the newest are kept; otherwise the first */
	unsigned int selected, first; /* the selected line, and the first one on the screen */
	bool follow; /* the last line stays selected while lines come */
};

/* Begins an empty list. *l need not be initialized. 0, or -ENOMEM. */
int top_list_begin(struct top_list *l, bool newest);
void top_list_free(struct top_list *l);
/* True if the next event would be kept, so that its text is needed. */
bool top_list_takes(const struct top_list *l);
/* Counts an event, and keeps it with a copy of its text if top_list_takes(). 0, or -ENOMEM. */
int top_list_add(struct top_list *l, const struct top_line *line, const char *text, size_t len);
/* Gets a line, from 0. NULL: there is none. */
const struct top_line *top_list_get(const struct top_list *l, unsigned int i);

/*
 * Selects the line that is "by" lines further down, or the nearest one that exists. height: lines on the screen. If it
 * is the last line of a list of the newest events, each line added later becomes the selected one.
 */
void top_list_move(struct top_list *l, long by, unsigned int height);
void top_list_scroll(struct top_list *l, unsigned int height);
/* Selects the next line that contains the text, with the arguments and the result of top_table_search(). */
bool top_list_search(struct top_list *l, const char *text, bool skip, unsigned int height);

#endif
