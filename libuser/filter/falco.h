/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of filter/falco.def: value i of a field, from 0; false: there is none. */
#ifndef LINX_FALCO_H
#define LINX_FALCO_H

#include "filter/field.h"

#define FALCO(name, argument, kind, function, where, example, text)                                              \
	bool linx_falco_##function(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, \
				   struct linx_fld_value *v);
#include "filter/falco.def"
#undef FALCO

#define FALCO_GET(name)                                                                                        \
	bool linx_falco_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, \
			       struct linx_fld_value *v)
/* Begins the getter of a field with one value and no argument. */
#define FALCO_ONE()     \
	do {            \
		(void)f; \
		if (i)  \
			return false; \
	} while (0)

static inline bool linx_falco_text(struct linx_fld_value *v, const char *s, size_t n)
{
	v->has_text = s;
	v->s = s;
	v->n = n;
	return s;
}

static inline bool linx_falco_number(struct linx_fld_value *v, int64_t n)
{
	v->has_num = true;
	v->num = n;
	return true;
}

/* Makes the text of the scratch buffer the value. */
static inline bool linx_falco_scratch(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	return !e->scratch->failed && linx_falco_text(v, e->scratch->data ? e->scratch->data : "", e->scratch->len);
}

/* The name of a user or a group. False: not known. */
bool linx_falco_account(const struct linx_fld_env *e, uint32_t id, bool group, struct linx_fld_value *v);
/* In the scratch buffer: a path as it was given, made whole; dfd is the argument that tells what a relative one counts from. */
bool linx_falco_put_whole(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n);
/* The call's place of an argument by its name in the table; -1: it has none. */
int linx_falco_place(const struct linx_event *ev, const char *name);
/* The place of the path that an open is given; -1: this is no open. */
int linx_falco_open_path(const struct linx_event *ev);
/* Flags of an open. False: not known, or no open. */
bool linx_falco_open_flags(const struct linx_event *ev, uint64_t *flags);

#endif
