// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints one line for each event, in a format of the library. */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "trace/destinations/view.h"
#include "trace/settings.h"

/* Bytes of a buffer that are shown with --http: as many as are recorded without it. */
#define BUFFER_SHOWN 80u

struct text {
	struct view view;
	struct linx_printer *printer;
	bool hide_certificate; /* the certificate is printed on standard error, and not as an event */
};

static unsigned int terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

/* Returns how many bytes of a buffer are shown; 0: all that were recorded. With --http more are recorded than shown. */
static unsigned int shown_bytes(const struct settings *s)
{
	if (s->look.string_limit)
		return s->look.string_limit;
	if (s->config.given)
		return s->config.str_max_size;
	return s->what.http ? BUFFER_SHOWN : 0;
}

static int new_printer(struct text *t, const struct settings *s, struct problem *why)
{
	struct linx_line_opts line = {
		.size = sizeof(line),
		.template_text = s->look.line,
		.max_string = s->look.string_limit ? 0 : 1 + (size_t)s->config.str_max_size,
		.max_text = 1 + (size_t)s->config.rich_value_size,
	};
	const struct linx_format_info format = settings_format(s);
	const int terminal = t->view.to->terminal;
	struct linx_print_opts opts = {
		.size = sizeof(opts),
		.line = &line,
		.colour = settings_colour(s, terminal >= 0),
		.verbose = s->look.verbose,
		.durations = s->look.durations,
		.tids = true,
		.time_mode = s->look.times,
		.string_limit = shown_bytes(s),
		.fds = s->look.fds,
		.files = s->what.files && format.files,
		.cmdline_limit = s->look.cmdline_limit,
		.files_limit = s->look.files_limit,
	};

	if (terminal >= 0 && format.terminal)
		opts.width = terminal_width(terminal);
	t->hide_certificate = format.terminal;
	/*
	 * In strace's format the line of a return depends on whether the call's entry had a line. Therefore the printer
	 * needs the entries before the part that --from chooses, too.
	 */
	t->view.base.follows = s->look.format == LINX_FORMAT_STRACE;
	return linx_printer_new(s->look.format, &opts, &t->printer) ? problem_set(why, "out of memory") : 0;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct text *t = (struct text *)d;
	enum linx_event_kind kind = linx_event_get_kind(ev);
	const char *text;
	size_t len;
	int rc;

	if (kind == LINX_EVENT_CERTIFICATE && t->hide_certificate)
		return 0;
	rc = linx_print(t->printer, ev, &text, &len);
	if (rc < 0 || d->outside)
		return rc;
	if (len && (kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_HTTP))
		*counts = true;
	return view_put(&t->view, text, len);
}

static void release(struct destination *d)
{
	struct text *t = (struct text *)d;

	linx_printer_free(t->printer);
	view_close(&t->view);
	free(t);
}

static struct destination *open_text(const struct destination_env *e, struct problem *why)
{
	const enum linx_text_form form = (enum linx_text_form)settings_format(e->settings).form;
	struct text *t = problem_alloc(sizeof(*t), why);

	if (!t)
		return NULL;
	if (!view_open(&t->view, &destination_text, e, form, why) && !new_printer(t, e->settings, why))
		return &t->view.base;
	release(&t->view.base);
	return NULL;
}

const struct destination_ops destination_text = {
	.instead = true,
	.shown_alone = true,
	.open = open_text,
	.take = take,
	.flush = view_flush,
	.look = view_look,
	.finish = view_finish,
	.explain = view_explain,
	.free = release,
};
