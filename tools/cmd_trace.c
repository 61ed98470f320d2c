// SPDX-License-Identifier: LGPL-2.1-or-later
/* What linxcap does without a subcommand: record, show, replay. */
#include "cmd.h"
#include "stats.h"
#include "trace.h"

int trace_account(const struct settings *s, const struct linx_certificate *c, uint64_t events)
{
	struct problem why;

	if (c && !s->quiet)
		report_certificate(c);
	if (s->stats && stats_write(c, events, s->stats_path, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return STATUS_OK;
}

static int run(const struct settings *s)
{
	switch (s->want) {
	case WANT_HELP:
		return cmd_print_help();
	case WANT_VERSION:
		return cmd_print_version();
	default:
		return s->read_path ? replay_run(s) : live_run(s);
	}
}

int cmd_trace(int argc, char **argv)
{
	struct settings settings;
	struct problem why;
	int status;

	if (settings_read(&settings, argc, argv, &why))
		status = say_status(STATUS_USAGE, "%s", why.text);
	else
		status = run(&settings);
	settings_free(&settings);
	return status;
}
