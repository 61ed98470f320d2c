// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arrays that grow: see base/array.h. */
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

int linx_array_room(void **array, uint32_t *cap, uint32_t n, size_t size)
{
	uint32_t more = *cap ? 2 * *cap : 16;
	void *p;

	if (n < *cap)
		return 0;
	p = reallocarray(*array, more, size);
	if (!p)
		return -ENOMEM;
	*array = p;
	*cap = more;
	return 0;
}
