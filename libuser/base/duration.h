/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses durations such as "1.5s". */
#ifndef LINX_DURATION_H
#define LINX_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Returns the nanoseconds of a unit: "ns", "us", "ms", "s", "m", "h" or "d"; 0: not a unit. */
uint64_t linx_unit_ns(const char *unit);
/* Parses a whole word: "10" (seconds), "1.5s", "500ms", "2m", "1h", "1d". False: no duration, or above 292 years. */
bool linx_duration_parse(const char *word, uint64_t *ns);

#endif
