/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal while a screen is on it: a command that is traced does not have it, and messages are kept for later. */
#ifndef LINXCAP_TOP_TERMINAL_H
#define LINXCAP_TOP_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/message.h"

struct top_terminal {
	int in, out; /* the terminal, for the screen alone; -1: not taken */
	int before[3]; /* copies of the standard descriptors that /dev/null replaces; -1: not replaced */
	int log; /* file of the messages while a screen is open, which are printed after it; -1: none */
	off_t said; /* bytes of log that top_terminal_message() has passed */
};

void top_terminal_begin(struct top_terminal *t);
/*
 * Takes the terminal for the screen. A traced command gets /dev/null in its place, since it would write over the screen
 * and take keys. -1: *why has the reason; call top_terminal_give_back() in any case.
 */
int top_terminal_take(struct top_terminal *t, struct problem *why);
void top_terminal_give_back(struct top_terminal *t);
/*
 * True if this process's group is the terminal's foreground group: it gets Ctrl-C, and can make another group the
 * foreground group.
 */
bool top_terminal_has_keys(const struct top_terminal *t);
/* Makes a process group the terminal's foreground group. */
void top_terminal_lend(const struct top_terminal *t, pid_t group);
/* Gets the newest message that was printed since the last call, without its date. False: there is none. */
bool top_terminal_message(struct top_terminal *t, char *text, size_t size);

#endif
