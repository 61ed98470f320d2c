/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words to people: one line each, "linxcap: what: on what: what to do", on
 * standard error. The exit statuses stand beside them.
 */
#ifndef LINXCAP_SAY_H
#define LINXCAP_SAY_H

enum status {
	STATUS_OK = 0,
	STATUS_FAILURE = 1, /* something went wrong while running */
	STATUS_USAGE = 2, /* what was asked for makes no sense */
	STATUS_NOT_EXECUTABLE = 126, /* of -- CMD, as shells have it */
	STATUS_NOT_FOUND = 127,
};

/* A line for people that a function hands to its caller. */
struct problem {
	char text[512];
};

/* Returns -1, so that it can stand in a return statement. */
int problem_set(struct problem *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One line in one write, so that lines of several processes do not mix. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* say(), and status returned. */
int say_status(enum status status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
