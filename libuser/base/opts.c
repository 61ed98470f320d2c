// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of a caller who was built with another version of the library. */
#include <errno.h>
#include <string.h>
#include "base/error.h"

/*
 * Copies the options of a caller. The options of an older caller are shorter. The options of a newer caller are longer,
 * and the part that this library does not know must be zero.
 */
int linx_take_opts(void *to, size_t known, const void *from, size_t given, struct linx_error *err)
{
	const uint8_t *extra = from;

	if (given < sizeof(size_t))
		return linx_fail(err, -EINVAL, "options without their size");
	for (size_t i = known; i < given; i++)
		if (extra[i])
			return linx_fail(err, -E2BIG, "options of a newer version of the library");
	memcpy(to, from, given < known ? given : known);
	return 0;
}
