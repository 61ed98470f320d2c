// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap version`: prints the versions of the command, the library, the record format and the loaded module. */
#include <stdio.h>
#include <string.h>
#include <linx/linx.h>

#include "cmd/cmd.h"
#include "options/options.h"

#define MODULE_VERSION "/sys/module/linx/version"

struct settings {
	bool help;
};

static const struct option rows[] = {
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap version",
	.synopsis = "",
	.about = "Versions of the command, the library, the record format and the loaded module.\n",
	.rows = rows,
	.n = 1,
};

/* Reads the version of the loaded module, as "0.1.0"; if it is not loaded, sets buf to "not loaded". */
static void read_module_version(char *buf, int size)
{
	FILE *f = fopen(MODULE_VERSION, "re");

	if (!f || !fgets(buf, size, f))
		snprintf(buf, (size_t)size, "not loaded");
	buf[strcspn(buf, "\n")] = 0;
	if (f)
		fclose(f);
}

int cmd_print_version(void)
{
	char module[64];

	cmd_begin_output();
	read_module_version(module, sizeof(module));
	printf("linxcap %s\nlibrary %s\nrecord format %u.%u\nmodule %s\n", LINX_VERSION,
	       linx_version(), LINX_FORMAT_MAJOR, LINX_FORMAT_MINOR, module);
	return cmd_end_output();
}

int cmd_version(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;

	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (res.next < argc && !res.stopped)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap version' takes none",
				  argv[res.next]);
	if (!s.help)
		return cmd_print_version();
	cmd_begin_output();
	options_help(&table, stdout);
	return cmd_end_output();
}
