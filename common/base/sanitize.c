// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes text printable: see base/sanitize.h. */
#include <linx/linx.h>

#include "base/sanitize.h"

_Static_assert(PLAIN_MOST == LINX_ESCAPE_MAX, "room for an escaped byte");

size_t plain_text(char *to, size_t size, const char *text)
{
	return linx_escape(to, size, text);
}
