/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text output to a file, a pipe or a terminal. Text is buffered; it is written when the buffer is full or flushed.
 * A slow reader can block a write for any time, but not after a request to stop.
 *
 * The directory output/ has the output of the command: text, account, statistics and summaries. It parses no
 * options, and reads no source.
 */
#ifndef LINXCAP_TEXT_OUT_H
#define LINXCAP_TEXT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/message.h"
#include "base/signals.h"

#define OUTPUT_SIZE 65536u

struct output {
	int fd; /* -1: not open */
	bool own; /* the descriptor is closed with the output */
	bool regular; /* a regular file, for which writes do not block */
	bool terminal;
	bool waits; /* a write can block: poll(2) waits until the descriptor is writable, and writes are short */
	const char *name; /* name of the destination in messages */
	struct signals *signals; /* NULL: signals are not caught by this program */
	char *buf;
	size_t len;
	int error; /* -errno of the first failed write; nothing is written after it */
};

/*
 * Opens path for writing, with mode 0600 if it is new; NULL or "-": standard output. Returns a descriptor; -1: why
 * has the reason.
 */
int output_open_fd(const char *path, struct problem *why);

int output_open(struct output *o, const char *path, struct signals *signals, struct problem *why);
/* Opens a file as output_open() does, but fails if another linxcap process writes to it. */
int output_open_alone(struct output *o, const char *path, struct signals *signals, struct problem *why);
/*
 * Makes an output of an open file, but fails if another linxcap process writes to that file. The output owns fd from
 * now on, even after a failure.
 */
int output_attach_alone(struct output *o, int fd, const char *path, struct signals *signals, struct problem *why);
/*
 * Opens a file with this mode, to append to it or empty it. path is also the name in messages and must live as long
 * as the output. 0 or -errno.
 */
int output_open_as(struct output *o, const char *path, bool append, unsigned int mode, struct signals *signals,
		   struct problem *why);
/* Makes an output of an open descriptor. own: it is closed with the output. */
int output_attach(struct output *o, int fd, const char *name, bool own, struct signals *signals,
		  struct problem *why);
/*
 * Opens a pipe a second time, with O_NONBLOCK, so that a write takes as much as fits. Other users of the pipe still
 * have a blocking descriptor. If the pipe cannot be opened again, nothing changes.
 */
void output_hurry(struct output *o);
/*
 * Adds text to the buffer. 0 or -errno; -EPIPE: the reader is gone; -ETIMEDOUT: the reader did not read after a request
 * to stop.
 */
int output_put_long(struct output *o, const char *text, size_t len); /* part of output_put() for long texts */
static inline int output_put(struct output *o, const char *text, size_t len)
{
	if (len > OUTPUT_SIZE - o->len)
		return output_put_long(o, text, len);
	memcpy(o->buf + o->len, text, len);
	o->len += len;
	return o->error;
}
int output_flush(struct output *o);
/* Returns the descriptor, which the caller must close. Call output_flush() before, as buffered text is not written. */
int output_hand_over(struct output *o);
/*
 * Closes the output without writing buffered text. Returns 0, or -errno of the first write that failed or of
 * close(2); a second call returns the same.
 */
int output_close(struct output *o);

#endif
