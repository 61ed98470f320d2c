/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subcommands: one file cmd_<name>.c each, one row each in cmd/subcommands.def.
 *
 * The room cmd/ holds main(), the table of subcommands and the small ones; the work of
 * the large ones is done in the rooms below.
 */
#ifndef LINXCAP_CMD_H
#define LINXCAP_CMD_H

#include <cjson/cJSON.h>
#include <stdio.h>

/*
 * argv[0] is the name of the subcommand; they return the exit status. cmd_trace() is also what runs without one.
 */
#define SUBCOMMAND(name, function, help) int function(int argc, char **argv);
#include "cmd/subcommands.def"
#undef SUBCOMMAND

struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};
/* Gets a subcommand by index; NULL: past the last. */
const struct subcommand *subcommand_get(unsigned int i);
/* Finds a subcommand. NULL: there is none; reported, with the nearest name. */
const struct subcommand *subcommand_find(const char *name);

/* Prints the text of --help, which fits a screen, or that of --help all. Returns an exit status. */
int cmd_print_help(void);
int cmd_print_help_all(void);
/* Prints the options of linxcap http, which has those of a trace. */
int cmd_print_http_help(void);
/* Prints the text of --version. Returns an exit status. */
int cmd_print_version(void);
/* Begins output to standard output through stdio. A reader that goes away does not kill us. */
void cmd_begin_output(void);
/* Ends standard output: a full disk shows here. Returns an exit status. */
int cmd_end_output(void);

/* Writes root, if it is not NULL (no memory), to standard output and frees it. Returns an exit status. */
int cmd_print_json(cJSON *root);

#endif
