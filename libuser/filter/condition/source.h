/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the sources of a condition: fields, and what transformers make of them. */
#ifndef LINX_CONDITION_SOURCE_H
#define LINX_CONDITION_SOURCE_H

#include "filter/condition/condition.h"

/* Value of a source for the event at hand, worked out once. NULL: it has none. */
const struct linx_fld_value *linx_source_value(struct linx_condition *c, const struct linx_event *ev, uint32_t source);
/* The text of part i of a transformer. False: it has none. */
bool linx_source_part(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_source *s, unsigned int i, const char **text, size_t *n);
/* Value i of a transformer that makes a list, from 0; false: there is no more. */
bool linx_source_item(const struct linx_cond_source *s, unsigned int i, struct linx_fld_value *v);
/* filter/condition/getopt.c: the options among a source's parts, each with a NUL behind it, in its text. */
bool linx_source_getopt(struct linx_condition *c, const struct linx_event *ev, struct linx_cond_source *s);
/* The environment in which a field is got, whose value may stand in scratch. */
struct linx_fld_env linx_source_env(struct linx_condition *c, const struct linx_event *ev, struct linx_strbuf *scratch);

#endif
