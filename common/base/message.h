/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages to people: one line each, "linxcap: what: on what: what to do", on standard error; and the exit
 * statuses.
 *
 * The area common/ is for all programs of the product: the command, the plugin and others. Its room base/
 * holds helpers that know no option and no subcommand: messages, signals, numbers, positions in JSON.
 */
#ifndef LINXCAP_MESSAGE_H
#define LINXCAP_MESSAGE_H

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_FAILURE = 1, /* something went wrong while running */
	STATUS_USAGE = 2, /* the request is invalid */
	STATUS_NOT_EXECUTABLE = 126, /* -- CMD cannot be executed, as shells report it */
	STATUS_NOT_FOUND = 127,
};

/* One line for people that a function returns to its caller. */
struct problem {
	char text[512];
};

/* Sets the line. Returns -1, for use in a return statement. */
int problem_set(struct problem *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Allocates zeroed memory, which free(3) releases. NULL: p is set. */
void *problem_alloc(size_t size, struct problem *p);

/* Levels, by their names in the configuration. */
enum say_level { SAY_DEBUG = 0, SAY_INFO, SAY_WARNING, SAY_ERROR, SAY_FATAL };

/*
 * Sends lines of this level and above to fd from now on, with date and level in front; fd -1: standard error,
 * as before.
 */
void say_to(enum say_level least, int fd);

/*
 * Receiver of a function's messages, for a library in a process with a log of its own. Without a receiver, or
 * without its report, say_at() is called.
 */
struct listener {
	void (*report)(void *data, enum say_level level, const char *text);
	void *data;
};
#define REPORT_MAX 5120 /* most bytes of a message: a path and a sentence */
void report_to(const struct listener *to, enum say_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Prints a line of that level. */
void say_at(enum say_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Each line is one write, so that lines of several processes do not mix. */
/* An error. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints a line that explains the end of the command: FATAL if the status is no success. Returns the status. */
int say_status(enum status status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
