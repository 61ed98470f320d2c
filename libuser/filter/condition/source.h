/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the sources of a condition: fields, and what transformers make of them. */
#ifndef LINX_CONDITION_SOURCE_H
#define LINX_CONDITION_SOURCE_H

#include "filter/condition/condition.h"

/* Value of a source for the event at hand, worked out once. NULL: it has none. */
const struct linx_fld_value *linx_source_value(struct linx_condition *c, const struct linx_event *ev, uint32_t source);
/* The environment in which a source's field is got. */
struct linx_fld_env linx_source_env(struct linx_condition *c, const struct linx_event *ev, uint32_t source);

#endif
