// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names and kinds of calls in Falco's event table: see table/call_kinds.h. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "table/call_kinds.h"

static const struct {
	const char *kernel, *falco;
} names[] = {
#define CALL(kernel, falco) { #kernel, #falco },
#include "table/call_names.def"
#undef CALL
};

static const struct linx_call_kind kinds[] = {
#define CALL(name, category, direction, waiting) { #name, LINX_CATEGORY_##category, LINX_CALL_##direction, LINX_CALL_##waiting },
#include "table/call_kinds.def"
#undef CALL
};

static int compare(const void *name, const void *kind)
{
	return strcmp(name, ((const struct linx_call_kind *)kind)->name);
}

const struct linx_call_kind *linx_call_kind_find(const char *name)
{
	return bsearch(name, kinds, ARRAY_SIZE(kinds), sizeof(*kinds), compare);
}

/*
 * True if Falco may have another name for a call. Looks only at two letters to be fast, since nearly every event is
 * looked up.
 */
static bool may_differ(const char *name, size_t n)
{
	return n && (name[n - 1] == '4' || name[n - 1] == '2' || *name == '_' || *name == 'u');
}

const char *linx_falco_call_name(const char *name, size_t *n)
{
	for (size_t i = 0; may_differ(name, *n) && i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].kernel) != *n || memcmp(names[i].kernel, name, *n) != 0)
			continue;
		*n = strlen(names[i].falco);
		return names[i].falco;
	}
	return name;
}
