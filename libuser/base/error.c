// SPDX-License-Identifier: LGPL-2.1-or-later
/* Error texts: only linx_fail() fills a struct linx_error. */
#include <stdarg.h>
#include <stdio.h>
#include "base/error.h"

int linx_fail(struct linx_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}
