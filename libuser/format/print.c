// SPDX-License-Identifier: LGPL-2.1-or-later
/* The printer: an output format, and one buffer that is used for every event. */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "value/cache.h"
#include "format/printer.h"

int linx_printer_new(enum linx_format format, const struct linx_print_opts *opts,
		     struct linx_printer **out)
{
	const struct linx_format_ops *ops = linx_format_ops(format);
	struct linx_printer *p;
	int ret;

	if (!ops)
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->format = ops;
	ret = opts ? linx_take_opts(&p->opts, sizeof(p->opts), opts, opts->size, NULL) : 0;
	p->style.verbose = p->opts.verbose;
	p->style.limit = p->opts.string_limit ? p->opts.string_limit : UINT32_MAX;
	p->style.fds = p->opts.fds;
	if (!ret)
		ret = ops->begin(p);
	if (ret) {
		linx_printer_free(p);
		return ret;
	}
	p->opts.strace = NULL;
	p->opts.line = NULL;
	p->style.cache = calloc(1, sizeof(*p->style.cache)); /* if this fails, there is no cache */
	*out = p;
	return 0;
}

void linx_printer_free(struct linx_printer *p)
{
	if (!p)
		return;
	if (p->format->end)
		p->format->end(p);
	free(p->out.data);
	free(p->aux.data);
	free(p->style.cache);
	linx_kinds_free(&p->shown);
	free(p);
}

int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len)
{
	p->out.len = 0;
	p->out.failed = false;
	p->format->print(p, ev);
	*text = p->out.data ? p->out.data : "";
	*len = p->out.len;
	return p->out.failed || p->line.failed ? -ENOMEM : 0;
}
