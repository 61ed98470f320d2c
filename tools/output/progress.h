/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A line on a terminal that shows how much of a capture file was read: share, speed and remaining time. It appears
 * after a second, and is erased before other messages and at the end.
 */
#ifndef LINXCAP_PROGRESS_H
#define LINXCAP_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Amounts that the line is made of. */
struct progress_facts {
	uint64_t bytes; /* bytes that were read so far; 0: not known, as in a pipe */
	uint64_t size; /* bytes in all; 0: not known, as in a pipe or a file that grows */
	uint64_t events; /* events that were read so far */
	uint64_t took_ns;
};

struct progress {
	int fd; /* descriptor of the file that is read; -1: nothing is shown */
	atomic_bool shown; /* the line is on the terminal; any thread that prints a message erases it */
	uint64_t begin, size; /* offset at which reading began, and size of the file; size 0: the file has no size, or grows */
	uint64_t events;
	uint64_t begin_ns, due_ns; /* time at which reading began, and at which the line is written next */
};

/*
 * Begins to show how much of the file fd is read, if standard error is a terminal. p must live until progress_end().
 * Only one such line can exist at a time.
 */
void progress_begin(struct progress *p, int fd, uint64_t now_ns);
/* Writes the line if it is due; events: number of events that were read since the last call. p may be NULL. */
void progress_look(struct progress *p, unsigned int events, uint64_t now_ns);
/* Erases the line. Nothing is shown any more. */
void progress_end(struct progress *p);

#define PROGRESS_LINE 96
/* Writes the line, without its end. Returns its length. */
int progress_text(char line[PROGRESS_LINE], const struct progress_facts *f);

#endif
