// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap config check FILE...`: checks configurations. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "config/config.h"
#include "options/options.h"

struct settings {
	bool help;
};

static const struct option rows[] = {
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap config check",
	.synopsis = "FILE...",
	.about = "Reads configurations and says what is wrong with them, without tracing. Several\n"
		 "files are read as one configuration.\n",
	.rows = rows,
	.n = 1,
};

static int check(char **files, int n)
{
	static const struct listener user = { 0 };
	struct config c;
	struct problem why;
	int rc = 0;

	config_init(&c);
	for (int i = 0; !rc && i < n; i++)
		rc = config_read(&c, files[i], &user, &why);
	if (!rc && c.entries && c.drop_failed)
		say_at(SAY_WARNING, "drop_failed: lines of returns, (<), alone: the result decides which calls are shown");
	config_free(&c);
	if (rc)
		return say_status(STATUS_USAGE, "%s", why.text);
	for (int i = 0; i < n; i++)
		printf("%s: good\n", files[i]);
	return STATUS_OK;
}

int cmd_config(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	int status = STATUS_OK;

	if (argc < 2 || (strcmp(argv[1], "check") != 0 && argv[1][0] != '-'))
		return say_status(STATUS_USAGE, "missing word: config: write 'linxcap config check FILE'");
	if (argv[1][0] != '-') {
		argc--;
		argv++;
	}
	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (!res.stopped && res.next == argc)
		return say_status(STATUS_USAGE, "missing file: config check: write 'linxcap config check FILE'");
	cmd_begin_output();
	if (s.help)
		options_help(&table, stdout);
	else
		status = check(argv + res.next, argc - res.next);
	return status == STATUS_OK ? cmd_end_output() : status;
}
