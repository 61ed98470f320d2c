/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text output to a file, a pipe or a terminal. Text is collected and written in large pieces when flushed or
 * full. A slow reader may block a write for any time, but not after a request to stop.
 *
 * The room output/ holds the command's output: text, account, statistics and summaries. It parses no options
 * and takes no events.
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
	bool own; /* opened by this room */
	bool regular; /* a regular file: writes do not block */
	bool terminal;
	bool waits; /* a full destination blocks a write: room is awaited with poll(2), for small pieces */
	const char *name; /* for messages */
	struct signals *signals; /* NULL: signals are not caught */
	char *buf;
	size_t len;
	int error; /* -errno of the first failed write; nothing is written after it */
};

/* Opens path for writing, 0600; NULL or "-": standard output. -1: why is set. */
int output_open_fd(const char *path, struct problem *why);

int output_open(struct output *o, const char *path, struct signals *signals, struct problem *why);
/* Opens a file as output_open() does, but refuses one that another linxcap writes. */
int output_open_alone(struct output *o, const char *path, struct signals *signals, struct problem *why);
/* Attaches an open file, refusing one that another linxcap writes. Takes fd over, also on failure. */
int output_attach_alone(struct output *o, int fd, const char *path, struct signals *signals, struct problem *why);
/*
 * Opens a file with these access rights, appending if asked to; path must outlive the
 * output, as its name. Returns -errno on failure.
 */
int output_open_as(struct output *o, const char *path, bool append, unsigned int mode, struct signals *signals,
		   struct problem *why);
/* Attaches an open descriptor; own: it is closed with the output. */
int output_attach(struct output *o, int fd, const char *name, bool own, struct signals *signals,
		  struct problem *why);
/*
 * Opens a pipe once more, so that writes take what there is room for without an effect on other users of the
 * pipe. After a failure it stays as it is.
 */
void output_hurry(struct output *o);
/* Adds text. 0 or -errno: -EPIPE: the reader is gone; -ETIMEDOUT: nobody read after a request to stop. */
int output_put_long(struct output *o, const char *text, size_t len); /* for text that does not fit into the buffer */
static inline int output_put(struct output *o, const char *text, size_t len)
{
	if (len > OUTPUT_SIZE - o->len)
		return output_put_long(o, text, len);
	memcpy(o->buf + o->len, text, len);
	o->len += len;
	return o->error;
}
int output_flush(struct output *o);
/* Flushes and returns the descriptor, which the caller then closes. */
int output_hand_over(struct output *o);
/*
 * Closes the output; text that was not flushed is dropped. Returns 0 or -errno of the
 * first write that failed, or of close(2), also when called again.
 */
int output_close(struct output *o);

#endif
