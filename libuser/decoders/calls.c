// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds how a call is written, from the lines of decoders/calls.def. */
#include <stdlib.h>

#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

static const struct linx_call_desc descs[] = {
#define CALL(row, nargs, function, style, set) { #row, nargs, function, LINX_RET_##style, set },
#include "decoders/calls.def"
#undef CALL
};

static int cmp_desc(const void *name, const void *desc)
{
	return strcmp(name, ((const struct linx_call_desc *)desc)->row);
}

const struct linx_call_desc *linx_call_find(const char *row_id, unsigned int nargs)
{
	const struct linx_call_desc *desc =
		bsearch(row_id, descs, ARRAY_SIZE(descs), sizeof(descs[0]), cmp_desc);

	/*
	 * a table from a file may have fewer arguments; the description is used only for a call that has all of
	 * them
	 */
	return desc && nargs >= desc->nargs ? desc : NULL;
}
