/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the program whose output must be the same with and without a tracer: see alike.c. */
#ifndef ALIKE_H
#define ALIKE_H

#include <stdbool.h>
#include <sys/types.h>

/* Prints a line "name: value". */
__attribute__((format(printf, 2, 3))) void say(const char *name, const char *value, ...);
/* Returns the name of an errno value, and the text "0" for 0. */
const char *error_name(int error);
/* Waits for a child, and prints how it ended. */
void say_end(const char *name, pid_t pid);
/* Runs the function act in a child, and prints how the child ended. */
void say_end_of(const char *name, void (*act)(void));
/* Waits until a task sleeps, or has ended. */
void wait_until_it_sleeps(pid_t pid);

/* ---- the parts */

void alike_attributes(void);
void alike_signals(void);
void alike_waits(void);
void alike_ends(void);
void alike_children(void);
void alike_filters(void);
/*
 * Makes calls that block until a tracer has attached and detached. Each call must end by the event that it waits for.
 */
void alike_while_attached(void);

#endif
