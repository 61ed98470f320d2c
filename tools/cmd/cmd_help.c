// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `linxcap help [SUBCOMMAND|all]`, and the texts of --help, which are made from the tables of options and
 * subcommands.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "trace/settings.h"

void cmd_begin_output(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int cmd_end_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return STATUS_OK;
	/* EPIPE is not an error: the reader has closed the pipe */
	if (errno == EPIPE)
		return STATUS_OK;
	return say_status(STATUS_FAILURE, "cannot write: standard output: %s", strerror(errno));
}

static const struct {
	const char *write, *text;
} examples[] = {
	{ "linxcap -- ls /etc", "what a command does" },
	{ "linxcap -e openat -e status=failed -- ls", "the files that it does not find" },
	{ "linxcap -p 812 -f -T", "a process, its children, durations" },
	{ "linxcap -c --for 10s", "the machine: a table of its calls" },
	{ "linxcap -w boot.linx --for 1m", "record now ..." },
	{ "linxcap -r boot.linx linx.comm = sshd", "... and look later, at what matters" },
};

/* Prints the names of all subcommands, in lines of at most 80 columns. */
static void print_subcommands(void)
{
	const struct subcommand *c;
	int column = printf("Subcommands:");

	for (unsigned int i = 0; (c = subcommand_get(i)); i++) {
		if (column + 1 + strlen(c->name) > 80)
			column = printf("\n            ") - 1;
		column += printf(" %s", c->name);
	}
}

/* Prints help that fits a screen of 80 columns and 40 lines. */
int cmd_print_help(void)
{
	cmd_begin_output();
	printf("Records system calls: who made them, with which arguments, what came of them.\n\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(examples); i++)
		printf("  %-42s%s\n", examples[i].write, examples[i].text);
	putchar('\n');
	options_usage(&trace_options, stdout);
	putchar('\n');
	options_rows(&trace_options, SCOPE_FIRST, stdout);
	putchar('\n');
	print_subcommands();
	printf("\nAll options: linxcap --help all. The manual, with more examples: man linxcap\n");
	return cmd_end_output();
}

int cmd_print_help_all(void)
{
	const struct subcommand *c;

	cmd_begin_output();
	options_help(&trace_options, stdout);
	printf("\nSubcommands:\n");
	for (unsigned int i = 0; (c = subcommand_get(i)); i++)
		printf("  %-28s%s\n", c->name, c->help);
	printf("\nThe manual, with examples: man linxcap\n");
	return cmd_end_output();
}

int cmd_print_trace_help(const struct option_table *t)
{
	cmd_begin_output();
	options_help(t, stdout);
	printf("\nThe manual, with examples: man linxcap-%s\n", t->command + strlen("linxcap "));
	return cmd_end_output();
}

int cmd_help(int argc, char **argv)
{
	char *help[] = { argv[1], "--help", NULL };
	const struct subcommand *c;

	if (argc == 1 || !strcmp(argv[1], "help") || argv[1][0] == '-')
		return cmd_print_help();
	if (!strcmp(argv[1], "all"))
		return cmd_print_help_all();
	c = subcommand_find(argv[1]);
	return c ? c->run(2, help) : STATUS_USAGE;
}

int cmd_print_json(cJSON *root)
{
	char *text = root ? cJSON_Print(root) : NULL;

	cJSON_Delete(root);
	if (!text)
		return say_status(STATUS_FAILURE, "out of memory");
	puts(text);
	cJSON_free(text);
	return STATUS_OK;
}
