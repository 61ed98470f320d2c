/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words to people: one line each, "linxcap: what: on what: what to do", on
 * standard error. The exit statuses stand beside them.
 *
 * The area common/ is for every program of the product: the command, the plugin and their like. Its
 * room base/ holds helpers that know no option and no subcommand: messages,
 * signals, numbers, positions in JSON.
 */
#ifndef LINXCAP_MESSAGE_H
#define LINXCAP_MESSAGE_H

enum status {
	STATUS_OK = 0,
	STATUS_FAILURE = 1, /* something went wrong while running */
	STATUS_USAGE = 2, /* the request makes no sense */
	STATUS_NOT_EXECUTABLE = 126, /* -- CMD cannot be executed, as shells report it */
	STATUS_NOT_FOUND = 127,
};

/* A line for people that a function hands to its caller. */
struct problem {
	char text[512];
};

/* Returns -1, so that it can stand in a return statement. */
int problem_set(struct problem *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Levels, by their names in the configuration. */
enum say_level { SAY_DEBUG = 0, SAY_INFO, SAY_WARNING, SAY_ERROR, SAY_FATAL };

/*
 * From now on only lines of this level and above, to fd, with date and level in
 * front; fd -1: standard error, as before.
 */
void say_to(enum say_level least, int fd);

/*
 * Receiver of a function's messages, for a library's user who has a log of their own. A NULL
 * pointer to it, or no tell: say_at() is called.
 */
struct listener {
	void (*tell)(void *data, enum say_level level, const char *text);
	void *data;
};
#define TELL_MAX 5120 /* most bytes of its text: a path and a sentence */
void tell(const struct listener *to, enum say_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A line of that level. */
void say_at(enum say_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One line in one write, so that lines of several processes do not mix. */
/* An error. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, after which the command ends: FATAL where the status is no success. */
int say_status(enum status status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
