/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Translates the tests of cgroups and containers in a condition to words of LINX_FILTER_CGROUPS, for the kernel. */
#ifndef LINX_CGROUPS_H
#define LINX_CGROUPS_H

#include <stdint.h>

#include "filter/condition/condition.h"

struct linx_cgroup_words {
	char *text; /* words, each with its NUL; the structure's owner frees it */
	uint32_t len; /* 0: there are no words, and the kernel does not filter by cgroup */
};

/*
 * Makes words that accept at least the cgroups of all events that can fulfil the condition. No words are made if the
 * condition does not restrict cgroups in a way that words can express, if the words would be too long, or if there is
 * no memory.
 */
void linx_cgroup_words(const struct linx_condition *c, struct linx_cgroup_words *out);

#endif
