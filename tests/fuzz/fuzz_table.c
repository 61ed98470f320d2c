// SPDX-License-Identifier: LGPL-2.1-or-later
/* A call table as a capture file may hold it, and behind a NUL an expression that selects from it. */
#include <stdlib.h>
#include <string.h>
#include "event.h"

static void walk(const struct linx_table *t)
{
	struct linx_call_info info;
	size_t sum = 0;

	for (unsigned int i = 0; !linx_table_get_call(t, i, &info); i++) {
		/* Records tell an ABI by its place among those of the machine. */
		const struct linx_call *call = linx_table_lookup(t, info.abi % LINX_ABI_NR, info.nr);

		if (!call || strcmp(call->name, info.name) != 0)
			abort();
		sum += strlen(info.row) + strlen(info.classes);
		for (unsigned int k = 0; k < info.nargs; k++)
			sum += strlen(info.args[k].name) + strlen(info.args[k].type) +
			       strlen(info.args[k].capture);
	}
	if (sum == SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	size_t len = nul ? (size_t)(nul - data) : size;
	struct linx_error err = { "" };
	struct linx_select sel;
	struct linx_table *t;
	char *expr;

	if (linx_table_parse((const char *)data, len, &t, &err)) {
		if (!err.text[0])
			abort();
		return 0;
	}
	walk(t);
	expr = nul ? strndup((const char *)nul + 1, size - len - 1) : NULL;
	if (expr && linx_table_select(t, expr, &sel, &err) && !err.text[0])
		abort();
	free(expr);
	linx_table_free(t);
	return 0;
}
