/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages for users, one line each, as "linxcap: what: on what: what to do", on standard error. Also the exit
 * statuses.
 *
 * The directory common/ is for all programs of the product: the command, the plugin and others. common/base/ has
 * functions that depend on no option and no subcommand: messages, signals, numbers, positions in JSON.
 */
#ifndef LINXCAP_MESSAGE_H
#define LINXCAP_MESSAGE_H

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_FAILURE = 1, /* an error occurred while running */
	STATUS_USAGE = 2, /* options or arguments are invalid */
	STATUS_NOT_EXECUTABLE = 126, /* the command after "--" cannot be executed; shells have the same status */
	STATUS_NOT_FOUND = 127,
};

/* Most bytes of a message, with its NUL: enough for a path of PATH_MAX bytes and a sentence. */
#define REPORT_MAX 5120

/* An error message, one line, that a function returns to its caller. */
struct problem {
	char text[REPORT_MAX];
};

/* Sets the message. Returns -1, so that it can be used in a return statement. */
int problem_set(struct problem *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Allocates zeroed memory, to be freed with free(3). NULL: p has the error message. */
void *problem_alloc(size_t size, struct problem *p);

/* Levels of messages; the configuration uses the same names. */
enum say_level { SAY_DEBUG = 0, SAY_INFO, SAY_WARNING, SAY_ERROR, SAY_FATAL };

/*
 * Sets where messages go. From now on only messages of this level and above are printed to fd, each with date and
 * level. fd -1: messages go to standard error, without date and level.
 */
void say_to(enum say_level least, int fd);

/* Sets the name of the program, with which each message begins; it must outlive all messages. Default: linxcap. */
void say_as(const char *name);

/*
 * Receives messages in place of the log, when the code runs as a library in a process that has its own log. If the
 * pointer to the struct is NULL or its member "report" is NULL, say_at() prints the messages.
 */
struct listener {
	void (*report)(void *data, enum say_level level, const char *text);
	void *data;
};
void report_to(const struct listener *to, enum say_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Prints a message of the given level. */
void say_at(enum say_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Sets a function that is called before each message on standard error, from any thread. The function can erase a line,
 * such as a progress line, that the program writes there again and again. NULL: nothing is called.
 */
void say_before(void (*before)(void *data), void *data);

/* Each message is written with one write(2), so that messages of several processes do not mix. */
/* Prints an error. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints a message that explains why the command ends, of level FATAL unless status is STATUS_OK. Returns the
 * status.
 */
int say_status(enum status status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
