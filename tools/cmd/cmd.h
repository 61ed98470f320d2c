/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subcommands: each is one file cmd_<name>.c, and one row in cmd/subcommands.def.
 *
 * The directory cmd/ has main(), the table of subcommands, and the small subcommands. The work of the large ones is
 * done in other directories of tools/.
 */
#ifndef LINXCAP_CMD_H
#define LINXCAP_CMD_H

#include <cjson/cJSON.h>
#include <stdio.h>

/*
 * The functions of the subcommands. argv[0] is the name of the subcommand; the result is the exit status.
 * cmd_trace() also runs if there is no subcommand.
 */
#define SUBCOMMAND(name, function, help) int function(int argc, char **argv);
#include "cmd/subcommands.def"
#undef SUBCOMMAND

struct option_table;
struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};
/* Returns the subcommand with index i; NULL: i is too large. */
const struct subcommand *subcommand_get(unsigned int i);
/* Finds a subcommand by name. NULL: there is none; an error was printed, with a similar name if there is one. */
const struct subcommand *subcommand_find(const char *name);

/* Prints the text of --help, which fits on a screen, or of --help all. Returns an exit status. */
int cmd_print_help(void);
int cmd_print_help_all(void);
/* Prints the help of a subcommand that has options of a trace. Returns an exit status. */
int cmd_print_trace_help(const struct option_table *t);
/* Prints the text of --version. Returns an exit status. */
int cmd_print_version(void);
/* Prepares output to standard output through stdio: a write error is reported by a function and not by a signal. */
void cmd_begin_output(void);
/* Flushes standard output, and reports write errors such as a full disk. Returns an exit status. */
int cmd_end_output(void);

/* Prints root, and frees it. root NULL: out of memory. Returns an exit status. */
int cmd_print_json(cJSON *root);

#endif
