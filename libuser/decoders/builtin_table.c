// SPDX-License-Identifier: LGPL-2.1-or-later
/* Gives the table of calls that the library was built with to callers that have no stream. */
#include "decoders/bind.h"
#include "base/error.h"
#include "table/table.h"

int linx_table_new_builtin(struct linx_table **out)
{
	struct linx_error err;
	size_t len;
	const char *text = linx_table_builtin_text(&len);
	int ret = linx_table_parse(text, len, out, &err);

	if (!ret)
		linx_table_bind(*out);
	return ret;
}
