// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * linxcap without a subcommand: records and shows events, or reads a capture. `linxcap http`, `stat`, `top`, `flame`
 * and `serve` run the same function.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cmd/cmd.h"
#include "trace/trace.h"

/*
 * Opens the log for messages of linxcap itself if the configuration names one, and sets which messages are written.
 * Returns an exit status.
 */
static int open_log(const struct config *c)
{
	int fd = -1;

	if (!c->given)
		return STATUS_OK;
	if (c->log_file)
		fd = open(c->log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (c->log_file && fd < 0)
		return say_status(STATUS_FAILURE, "cannot write: %s: %s", c->log_file, strerror(errno));
	say_to((enum say_level)c->log_level, fd);
	return STATUS_OK;
}

static int trace(const struct settings *s)
{
	int status = open_log(&s->config);

	if (status != STATUS_OK)
		return status;
	say_at(SAY_DEBUG, "calls: %s; condition: %s", s->what.calls ? s->what.calls : "all",
	       s->what.condition ? s->what.condition : "none");
	return s->where.read_path ? replay_run(s) : live_run(s);
}

static int help(const struct settings *s)
{
	if (s->look.table.on_screen)
		return cmd_print_trace_help(&top_options);
	if (s->look.flame.alone)
		return cmd_print_trace_help(&flame_options);
	if (s->look.page.alone)
		return cmd_print_trace_help(&serve_options);
	if (s->look.table.alone)
		return cmd_print_trace_help(&stat_options);
	if (s->look.http_alone)
		return cmd_print_trace_help(&http_options);
	return s->action == ACTION_HELP ? cmd_print_help() : cmd_print_help_all();
}

static int run(const struct settings *s)
{
	switch (s->action) {
	case ACTION_HELP:
	case ACTION_HELP_ALL:
		return help(s);
	case ACTION_VERSION:
		return cmd_print_version();
	default:
		return trace(s);
	}
}

static int run_words(struct settings *s, int argc, char **argv)
{
	s->argc = argc;
	s->argv = argv;
	return run(s);
}

int cmd_trace(int argc, char **argv)
{
	struct settings settings;
	struct problem why;
	int status;

	if (settings_read(&settings, argc, argv, &why))
		status = say_status(STATUS_USAGE, "%s", why.text);
	else
		status = run_words(&settings, argc, argv);
	settings_free(&settings);
	return status;
}
