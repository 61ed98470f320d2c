/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internals of conditions that the files of filter/condition/ share. */
#ifndef LINX_CONDITION_OWN_H
#define LINX_CONDITION_OWN_H

#include "filter/condition/condition.h"

struct linx_cond_block {
	struct linx_cond_block *next;
	size_t used, size;
	char data[];
};

/* filter/condition/share.c: finds a test that is equal to t, and sets *node to it. False: there is no such test. */
bool linx_cond_find_test(struct linx_condition *c, const struct linx_cond_node *t, uint32_t *node);
/* Adds a new test to the table in which linx_cond_find_test() searches. */
void linx_cond_share_test(struct linx_condition *c, uint32_t node);

#endif
