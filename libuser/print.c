// SPDX-License-Identifier: LGPL-2.1-or-later
/* The printer: one buffer, used again for every event, and the format's function. */
#include <errno.h>
#include <stdlib.h>

#include "print.h"

#define STRACE_LIMIT 32u

static void (*const formats[])(struct linx_printer *p, const struct linx_event *ev) = {
	[LINX_FORMAT_TEXT] = linx_print_text,
	[LINX_FORMAT_STRACE] = linx_print_strace,
	[LINX_FORMAT_JSON] = linx_print_json,
};

/* A caller of another version knows fewer options, or more. */
static void take_opts(struct linx_printer *p, const struct linx_print_opts *opts)
{
	if (opts)
		memcpy(&p->opts, opts, opts->size < sizeof(*opts) ? opts->size : sizeof(*opts));
	p->style.strace = p->format == LINX_FORMAT_STRACE;
	p->style.verbose = p->opts.verbose;
	p->style.limit = p->opts.string_limit;
	if (!p->style.limit)
		p->style.limit = p->style.strace ? STRACE_LIMIT : UINT32_MAX;
}

int linx_printer_new(enum linx_format format, const struct linx_print_opts *opts, struct linx_printer **out)
{
	struct linx_printer *p;

	if ((unsigned int)format >= sizeof(formats) / sizeof(formats[0]))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->format = format;
	p->second = INT64_MIN;
	take_opts(p, opts);
	*out = p;
	return 0;
}

void linx_printer_free(struct linx_printer *p)
{
	if (!p)
		return;
	free(p->out.data);
	free(p->line.data);
	free(p);
}

int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len)
{
	p->out.len = 0;
	p->out.failed = false;
	formats[p->format](p, ev);
	*text = p->out.data;
	*len = p->out.len;
	return p->out.failed || p->line.failed ? -ENOMEM : 0;
}

void linx_print_clock(struct linx_printer *p, struct linx_out *o, uint64_t wall_ns)
{
	int64_t second = (int64_t)(wall_ns / 1000000000);

	if (second != p->second) {
		time_t t = (time_t)second;

		if (!localtime_r(&t, &p->tm))
			memset(&p->tm, 0, sizeof(p->tm));
		p->second = second;
	}
	linx_out_digits(o, (uint64_t)p->tm.tm_hour, 2);
	linx_out_char(o, ':');
	linx_out_digits(o, (uint64_t)p->tm.tm_min, 2);
	linx_out_char(o, ':');
	linx_out_digits(o, (uint64_t)p->tm.tm_sec, 2);
}
