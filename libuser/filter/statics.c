// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fields with the same value for each event: see filter/statics.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter/statics.h"

struct linx_static {
	struct linx_fld_desc desc; /* name: the whole name, "static.NAME" */
	char *value;
	char name[];
};

static bool get(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)
{
	const struct linx_static *x = (const struct linx_static *)f->desc;

	(void)e;
	FLD_ONE();
	return linx_fld_set_text(v, x->value, strlen(x->value));
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!is_letter(s[i]) && s[i] != '.' && s[i] != '-')
			return false;
	return n && s[0] != '.' && s[n - 1] != '.';
}

static struct linx_static *make(const char *name)
{
	size_t prefix = strlen(LINX_STATICS_PREFIX);
	struct linx_static *x = calloc(1, sizeof(*x) + prefix + strlen(name) + 1);

	if (!x)
		return NULL;
	strcpy(stpcpy(x->name, LINX_STATICS_PREFIX), name);
	x->desc = (struct linx_fld_desc){ .name = x->name, .kind = LINX_FLD_STRING, .is_falco = true, .get = get };
	return x;
}

/* Finds a field by its name without LINX_STATICS_PREFIX; NULL: there is no such field. */
static struct linx_static *find(const struct linx_statics *s, const char *name)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (!strcmp(s->all[i]->name + strlen(LINX_STATICS_PREFIX), name))
			return s->all[i];
	return NULL;
}

static int add(struct linx_statics *s, struct linx_static *x)
{
	struct linx_static **all;

	if (s->n == LINX_STATICS_MAX)
		return -E2BIG;
	all = realloc(s->all, (s->n + 1) * sizeof(struct linx_static *));
	if (!all)
		return -ENOMEM;
	s->all = all;
	all[s->n++] = x;
	return 0;
}

int linx_statics_set(struct linx_statics *s, const char *name, const char *value)
{
	struct linx_static *x = find(s, name), *made = NULL;
	char *copy;
	int ret = 0;

	if (!is_name(name))
		return -EINVAL;
	copy = strdup(value);
	if (!x)
		x = made = make(name);
	if (copy && made)
		ret = add(s, made);
	if (!copy || !x || ret) {
		free(copy);
		free(made);
		return ret ? ret : -ENOMEM;
	}
	free(x->value);
	x->value = copy;
	return 0;
}

/* Finds the longest name if several are at the start of text, since a name can be the beginning of another name. */
const struct linx_fld_desc *linx_statics_find(const struct linx_statics *s, const char *text, size_t *n)
{
	const struct linx_fld_desc *found = NULL;

	for (unsigned int i = 0; i < s->n; i++) {
		size_t len = strlen(s->all[i]->name);

		if (strncmp(text, s->all[i]->name, len) != 0 || is_letter(text[len]) || (found && len < *n))
			continue;
		found = &s->all[i]->desc;
		*n = len;
	}
	return found;
}

void linx_statics_free(struct linx_statics *s)
{
	for (unsigned int i = 0; i < s->n; i++) {
		free(s->all[i]->value);
		free(s->all[i]);
	}
	free(s->all);
	*s = (struct linx_statics){ 0 };
}
