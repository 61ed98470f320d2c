// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * List of output formats. It is the only such list: command, completion, manual and Python bindings read the list or
 * are compared with it.
 */
#include <errno.h>

#include "base/array_size.h"
#include "format/printer.h"

/* Operations of the formats, indexed by enum linx_format. */
static const struct linx_format_ops *const formats[] = {
	[LINX_FORMAT_TEXT] = &linx_format_text,
	[LINX_FORMAT_STRACE] = &linx_format_strace,
	[LINX_FORMAT_JSON] = &linx_format_json,
	[LINX_FORMAT_LINE] = &linx_format_line,
};

const struct linx_format_ops *linx_format_ops(unsigned int format)
{
	return format < ARRAY_SIZE(formats) ? formats[format] : NULL;
}

LINX_API int linx_get_format(unsigned int i, struct linx_format_info *info)
{
	const struct linx_format_ops *ops = linx_format_ops(i);

	if (!ops)
		return -ENOENT;
	*info = ops->info;
	return 0;
}
