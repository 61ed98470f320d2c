// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap strace`: takes strace's options, and prints strace's output. */
#include "cmd/cmd.h"
#include "strace/strace_cmd.h"

static int print_help(void)
{
	cmd_begin_output();
	options_help(&strace_options, stdout);
	return cmd_end_output();
}

static int run(struct strace_settings *s)
{
	if (s->help)
		return print_help();
	return s->version ? cmd_print_version() : strace_run(s);
}

/* Runs the subcommand. Wrong options end with status 1, as in strace, not with STATUS_USAGE. */
int cmd_strace(int argc, char **argv)
{
	struct strace_settings settings;
	struct problem why;
	int status;

	if (strace_settings_read(&settings, argc, argv, &why))
		status = say_status(STATUS_FAILURE, "%s", why.text);
	else
		status = run(&settings);
	strace_settings_free(&settings);
	return status;
}
