/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of signals in options: "all", "none", "HUP,SIGINT,15"; with "!" before it: all others. */
#ifndef LINXCAP_SIGNAL_SET_H
#define LINXCAP_SIGNAL_SET_H

#include <stdbool.h>
#include <stdint.h>

/* Reads a set; bit n - 1 stands for signal n. False: *bad points to the unknown word. */
bool signal_set_read(const char *expr, uint64_t *set, const char **bad);

#endif
