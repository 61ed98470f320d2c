/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fields static.NAME, which the caller defines and which have the same value for each event, as Falco's static_fields.
 */
#ifndef LINX_STATICS_H
#define LINX_STATICS_H

#include "filter/field.h"

#define LINX_STATICS_PREFIX "static."
#define LINX_STATICS_MAX 256u

struct linx_static;
struct linx_statics {
	struct linx_static **all; /* not an array of structures: fields point to them, so they must not move */
	unsigned int n;
};

/*
 * Adds static.NAME, or replaces its value. 0; -EINVAL: the name has other characters than letters, digits and "_-.";
 * -E2BIG: there are LINX_STATICS_MAX fields; -ENOMEM
 */
int linx_statics_set(struct linx_statics *s, const char *name, const char *value);
/* Finds the field whose name is at the start of text; *n: length of the name. NULL: there is no such field. */
const struct linx_fld_desc *linx_statics_find(const struct linx_statics *s, const char *text, size_t *n);
void linx_statics_free(struct linx_statics *s);

#endif
