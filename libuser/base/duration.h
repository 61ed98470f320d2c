/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Durations from words. */
#ifndef LINX_DURATION_H
#define LINX_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds of "ns", "us", "ms", "s", "m", "h" and "d"; 0: it is no unit. */
uint64_t linx_unit_ns(const char *unit);
/* Reads "10" (seconds), "1.5s", "500ms", "2m", "1h", "1d", the whole word. False: it is no duration, or a longer one than 292 years. */
bool linx_duration_parse(const char *word, uint64_t *ns);

#endif
