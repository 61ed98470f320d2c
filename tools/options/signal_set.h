/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of signals as options name them: "all", "none", "HUP,SIGINT,15", with ! for all but. */
#ifndef LINXCAP_SIGNAL_SET_H
#define LINXCAP_SIGNAL_SET_H

#include <stdbool.h>
#include <stdint.h>

/* Bit n - 1 is signal n. False: *bad is the word that is not known. */
bool signal_set_read(const char *expr, uint64_t *set, const char **bad);

#endif
