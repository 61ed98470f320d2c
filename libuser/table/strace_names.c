// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the names of arguments in strace; see table/strace_names.h. */
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "table/strace_names.h"

#define ARGS_MAX 6u

static const struct names {
	const char *row, *name[ARGS_MAX];
} table[] = {
#define NAMES(row, ...) { #row, { __VA_ARGS__ } },
#include "table/strace_names.def"
#undef NAMES
};

static int compare(const void *row, const void *names)
{
	return strcmp(row, ((const struct names *)names)->row);
}

const char *linx_strace_name(const char *row, unsigned int i)
{
	const struct names *found = bsearch(row, table, ARRAY_SIZE(table), sizeof(*table), compare);

	return found && i < ARGS_MAX ? found->name[i] : NULL;
}
