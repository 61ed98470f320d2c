/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of a condition that speaks of cgroups and containers, for the kernel: words of LINX_FILTER_CGROUPS. */
#ifndef LINX_CGROUPS_H
#define LINX_CGROUPS_H

#include <stdint.h>

#include "filter/condition/condition.h"

struct linx_cgroup_words {
	char *text; /* words, each with its NUL; free() */
	uint32_t len; /* 0: the kernel decides nothing */
};

/*
 * Words that accept at least the cgroups of all events that can meet the condition. None if it says nothing of them
 * that these words can say, if they are too long, or without memory.
 */
void linx_cgroup_words(const struct linx_condition *c, struct linx_cgroup_words *out);

#endif
