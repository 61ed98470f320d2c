/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points of time as users write them: --from and --to. */
#ifndef LINXCAP_MOMENT_H
#define LINXCAP_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum moment_kind {
	MOMENT_NONE = 0,
	MOMENT_AT, /* a time on the calendar */
	MOMENT_CLOCK, /* a time of day */
	MOMENT_AFTER, /* a time since the recording began */
};

struct moment {
	enum moment_kind kind;
	uint64_t ns; /* wall clock, or ns since midnight, or ns since the beginning of the recording */
	const char *text; /* the text as the user wrote it */
};

/*
 * Reads "2025-06-12T09:43:49.5Z" (also with an offset as +02:00, or without one: local time; a blank may replace the
 * T), "@1749714229.5" (seconds since 1970), "09:43:49.5" or "+5s". False: the word has another form.
 */
bool moment_read(const char *word, struct moment *m);

/*
 * Returns the wall clock of a moment of a recording that began at begin_ns and ended at end_ns. A time of day means the
 * first such time after the recording began. If the recording ended before that time, the result is the time of day on
 * the date on which the recording began.
 */
uint64_t moment_resolve(const struct moment *m, uint64_t begin_ns, uint64_t end_ns);

#endif
