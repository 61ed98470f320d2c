/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of a condition: what parsing it needs beside filter/condition/condition.h. */
#ifndef LINX_CONDITION_OWN_H
#define LINX_CONDITION_OWN_H

#include "filter/condition/condition.h"

struct linx_cond_block {
	struct linx_cond_block *next;
	size_t used, size;
	char data[];
};

/* filter/condition/share.c: is there a test like this one? */
bool linx_cond_find_test(struct linx_condition *c, const struct linx_cond_node *t, uint32_t *node);
/* Lets others find a test that is new. */
void linx_cond_share_test(struct linx_condition *c, uint32_t node);

/* Room for element n of an array whose elements have this size. -ENOMEM */
int linx_cond_room(void **array, uint32_t *cap, uint32_t n, size_t size);

#endif
