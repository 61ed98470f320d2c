// SPDX-License-Identifier: LGPL-2.1-or-later
/* The printer: one buffer, used again for every event, and the format's function. */
#include <errno.h>
#include <stdlib.h>

#include "array_size.h"
#include "error.h"
#include "line.h"
#include "kept.h"
#include "print.h"
#include "put_fd.h"
#include "strace.h"

#define STRACE_LIMIT 32u

static void (*const formats[])(struct linx_printer *p, const struct linx_event *ev) = {
	[LINX_FORMAT_TEXT] = linx_print_text,
	[LINX_FORMAT_STRACE] = linx_print_strace,
	[LINX_FORMAT_JSON] = linx_print_json,
	[LINX_FORMAT_LINE] = linx_print_line,
};

static void set_style(struct linx_printer *p)
{
	p->cuts = p->opts.colour || p->opts.width;
	p->usual = !p->cuts && (p->opts.time_mode == 0 || p->opts.time_mode == 2);
	p->style.strace = p->format == LINX_FORMAT_STRACE;
	p->style.verbose = p->opts.verbose;
	p->style.limit = p->opts.string_limit;
	p->style.fds = p->opts.fds;
	p->style.bare = p->style.names = p->format == LINX_FORMAT_LINE;
	if (!p->style.limit)
		p->style.limit = p->style.strace ? STRACE_LIMIT : UINT32_MAX;
	if (p->opts.line && p->format == LINX_FORMAT_LINE && p->opts.line->max_string)
		p->style.limit = (unsigned int)(p->opts.line->max_string - 1 < UINT32_MAX ? p->opts.line->max_string - 1 : UINT32_MAX);
	if (!p->strace)
		return;
	if (p->strace->opts.strings)
		p->style.limit = p->strace->opts.strings - 1;
	p->style.xlat = (uint8_t)p->strace->opts.names;
	p->style.hex = (uint8_t)p->strace->opts.hex;
	p->style.pids = p->strace->opts.decode_pids;
	p->style.pidns = p->strace->pidns;
	p->style.names = p->strace->opts.arg_names;
	p->style.ifnames = p->style.live = p->joins;
}

int linx_printer_new(enum linx_format format, const struct linx_print_opts *opts,
		     struct linx_printer **out)
{
	struct linx_printer *p;
	int ret;

	if ((unsigned int)format >= ARRAY_SIZE(formats))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->format = format;
	ret = opts ? linx_take_opts(&p->opts, sizeof(p->opts), opts, opts->size, NULL) : 0;
	if (!ret && format == LINX_FORMAT_STRACE)
		ret = linx_strace_new(p->opts.strace, &p->strace);
	if (!ret && format == LINX_FORMAT_LINE)
		ret = linx_line_new(p->opts.line, &p->lines);
	if (!ret && p->opts.files) {
		p->files = calloc(LINX_FILES_TEXTS, sizeof(*p->files));
		ret = p->files ? 0 : -ENOMEM;
	}
	if (ret) {
		linx_printer_free(p);
		return ret;
	}
	p->joins = p->opts.strace;
	p->opts.strace = NULL;
	set_style(p);
	p->opts.line = NULL;
	p->style.kept = calloc(1, sizeof(*p->style.kept)); /* without memory nothing is kept */
	if (p->style.strace && p->style.fds & LINX_SHOW_FD_SOCKET)
		p->style.socks = linx_sock_names_new(); /* without memory sockets are asked for each time */
	*out = p;
	return 0;
}

void linx_printer_free(struct linx_printer *p)
{
	if (!p)
		return;
	free(p->out.data);
	free(p->line.data);
	free(p->aux.data);
	for (unsigned int i = 0; p->files && i < LINX_FILES_TEXTS; i++)
		free(p->files[i].out.data);
	free(p->files);
	linx_sock_names_free(p->style.socks);
	free(p->style.kept);
	linx_strace_free(p->strace);
	linx_line_free(p->lines);
	free(p);
}

int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len)
{
	p->out.len = 0;
	p->out.failed = false;
	formats[p->format](p, ev);
	*text = p->out.data ? p->out.data : "";
	*len = p->out.len;
	return p->out.failed || p->line.failed ? -ENOMEM : 0;
}
