/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options as data: a table is used to parse options, to report wrong usage and to print --help. The completion of
 * shells and the check of the manual use the output of --help. To add an option, add a row (and a paragraph to the
 * manual).
 *
 * The directory options/ has the parser, and options that several subcommands share. It only fills settings; the code
 * that calls it acts on them.
 */
#ifndef LINXCAP_OPTIONS_H
#define LINXCAP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/message.h"

struct option;
struct option_table;

/* One use of an option on the command line. */
struct option_use {
	const struct option_table *table;
	const struct option *option;
	const char *arg; /* NULL: no argument */
	void *settings; /* the pointer given to options_parse() */
	struct problem *why; /* gets the message of a handler that refuses the option */
};

/* Return values of the function that handles an option. */
enum option_next {
	OPTION_REFUSED = -1, /* the option is wrong; why has the reason */
	OPTION_DONE = 0,
	OPTION_STOP = 1, /* ignore the rest of the command line, as after --help */
};

/* A word that is allowed as the argument of an option, and its description. */
struct option_word {
	const char *name, *text;
};

/* A row that has only a help text is a heading. An option without a help text is not listed. */
struct option {
	char letter; /* 0: none */
	const char *name; /* long name without dashes; NULL: none */
	const char *arg; /* name of the argument, as "FILE"; "[FILE]": it is optional; NULL: no argument */
	const char *help; /* a newline begins a second line */
	enum option_next (*handle)(const struct option_use *use);
	size_t at; /* offset of a member in the settings, for handlers that set one */
	unsigned int scope; /* bits that the owner of the table defines, to find options that exclude each other */
};

/* A word that users know from another program, and what to write instead. */
struct option_habit {
	const char *typed, *write; /* for example "--pid" and "write -p PID" */
};
struct option_habits {
	const struct option_habit *rows;
	unsigned int n;
};
/* Returns the hint for a user who typed an option of another program; NULL: the list has no such option. */
const char *option_habit_find(const struct option_habits *h, const char *typed);

struct option_table {
	const char *command; /* the command, as "linxcap list" */
	const char *synopsis; /* lines of usage, without the name of the command */
	const char *about; /* printed below the synopsis */
	const struct option *rows;
	unsigned int n; /* at most OPTION_ROWS_MAX */
	unsigned int without; /* rows with one of these scope bits are not options of this command */
	const struct option_habits *habits; /* hints for unknown options; NULL: none */
	bool abbreviations; /* long names may be abbreviated if that is unambiguous */
	/*
	 * Returns in *word the word with index i that is allowed as argument of o, for lists of words that stand
	 * elsewhere, as in the library. False: i is too large. NULL: no option has such a list.
	 */
	bool (*word)(const struct option *o, unsigned int i, struct option_word *word);
};
#define OPTION_ROWS_MAX 128

struct option_result {
	int next; /* index of the first word after the options */
	bool dashes; /* the word before argv[next] is "--" */
	bool stopped; /* a handler returned OPTION_STOP */
	uint64_t given[OPTION_ROWS_MAX / 64]; /* bit n: the option of row n is given */
};

/* Reads options from argv[1] on, up to the first word that is not an option. -1: why has the reason. */
int options_parse(const struct option_table *t, int argc, char **argv, void *settings,
		  struct option_result *res, struct problem *why);

/* Continues to read options at argv[res->next], and adds them to res. -1: why has the reason. */
int options_parse_on(const struct option_table *t, int argc, char **argv, void *settings,
		     struct option_result *res, struct problem *why);

/* Returns the first row that is given and has one of these scope bits; NULL: none. */
const struct option *options_given(const struct option_table *t, const struct option_result *res,
				   unsigned int scope);

/* Writes the option as "-n", or as "--for" if it has no letter, to buf, and returns buf. */
const char *option_spelling(const struct option *o, char buf[32]);

/* Writes the option's argument as --help shows it, as "json|TEMPLATE", to buf, and returns buf. */
#define OPTION_ARGUMENT_MAX 256
const char *option_argument(const struct option_table *t, const struct option *o, char buf[OPTION_ARGUMENT_MAX]);
/* Returns the index of the argument in the option's list of words; -1: the list does not have it. */
int option_word(const struct option_use *use);

/* Sets why to "WHAT: -n ARG: TODO". Returns OPTION_REFUSED. */
enum option_next option_refuse(const struct option_use *use, const char *what, const char *todo);

/* Handler for an option without an argument: sets a bool to true. */
enum option_next option_set_flag(const struct option_use *use);
/* Handler for --help: sets a bool to true, and stops reading options. */
enum option_next option_set_help(const struct option_use *use);
/* Handler for an option with a word: sets a const char * to the argument, which must not be empty. */
enum option_next option_set_word(const struct option_use *use);

/* Prints usage, description and all options. */
void options_help(const struct option_table *t, FILE *f);
/* Prints only the usage lines. */
void options_usage(const struct option_table *t, FILE *f);
/* Prints the options that have one of these scope bits. */
void options_rows(const struct option_table *t, unsigned int scope, FILE *f);

#endif
