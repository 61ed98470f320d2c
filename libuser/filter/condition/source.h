/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the sources of a condition: of fields, and of transformers such as tolower(). */
#ifndef LINX_CONDITION_SOURCE_H
#define LINX_CONDITION_SOURCE_H

#include "filter/condition/condition.h"

/* Returns the value of a source for the current event; it is computed once per event. NULL: the event has no value. */
const struct linx_fld_value *linx_source_value(struct linx_condition *c, const struct linx_event *ev, uint32_t source);
/* Gets the text of argument i of a transformer. False: it has no text value. */
bool linx_source_part(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_source *s, unsigned int i, const char **text, size_t *n);
/* Gets value i, from 0, of a transformer whose result is a list. False: there are not more than i values. */
bool linx_source_item(const struct linx_cond_source *s, unsigned int i, struct linx_fld_value *v);
/*
 * filter/condition/getopt.c: computes the transformer getopt(). Writes the found options, each followed by a NUL, to
 * s->text. False: the transformer has no value.
 */
bool linx_source_getopt(struct linx_condition *c, const struct linx_event *ev, struct linx_cond_source *s);
/* Makes the environment for a field's getter; the value may be in the buffer scratch. */
struct linx_fld_env linx_source_env(struct linx_condition *c, const struct linx_event *ev, struct linx_strbuf *scratch);

#endif
