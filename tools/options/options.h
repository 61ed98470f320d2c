/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options as data: a table of rows for parsing, usage errors and --help. Completion and the check of the
 * manual read --help. To add an option, add a row (and a paragraph to the manual).
 *
 * The room options/ holds the parser and options of several subcommands. It stores the settings; higher rooms
 * carry them out.
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
	const char *arg; /* NULL: none */
	void *settings; /* the pointer given to options_parse() */
	struct problem *why; /* for a handler that refuses its option */
};

/* Return values of a handler. */
enum option_next {
	OPTION_REFUSED = -1, /* why is set */
	OPTION_DONE = 0,
	OPTION_STOP = 1, /* the rest of the line is ignored, as after --help */
};

/* A word that an option takes, and its meaning. */
struct option_word {
	const char *name, *text;
};

/* A row with nothing but a help text is a heading; a row without a help text is not listed. */
struct option {
	char letter; /* 0: none */
	const char *name; /* without dashes; NULL: none */
	const char *arg; /* "FILE"; "[FILE]": may be left out; NULL: the option takes none */
	const char *help; /* a newline continues it on another line */
	enum option_next (*handle)(const struct option_use *use);
	size_t at; /* offset in the settings, for handlers that use it */
	unsigned int scope; /* bits of the table's owner: kinds of options that exclude each other */
};

/* A word of another program, and its equivalent here. */
struct option_habit {
	const char *typed, *write; /* "--pid", "write -p PID" */
};
struct option_habits {
	const struct option_habit *rows;
	unsigned int n;
};
/* Finds the hint for a word of other programs; NULL: there is none. */
const char *option_habit_find(const struct option_habits *h, const char *typed);

struct option_table {
	const char *command; /* "linxcap list" */
	const char *synopsis; /* lines, without the command */
	const char *about; /* printed below the synopsis */
	const struct option *rows;
	unsigned int n; /* at most OPTION_ROWS_MAX */
	const struct option_habits *habits; /* for unknown names and letters; NULL: none */
	bool abbreviations; /* long names may be abbreviated while they are unique */
	/*
	 * Gets word i, from 0, for the argument of o from a list elsewhere. False: past the last. NULL: there
	 * are no such lists.
	 */
	bool (*word)(const struct option *o, unsigned int i, struct option_word *word);
};
#define OPTION_ROWS_MAX 128

struct option_result {
	int next; /* index of the first word after the options */
	bool dashes; /* "--" came before the argument */
	bool stopped; /* a handler returned OPTION_STOP */
	uint64_t given[OPTION_ROWS_MAX / 64]; /* a bit for each row */
};

/* Reads argv[1] and on up to the first word after the options. -1: why is set. */
int options_parse(const struct option_table *t, int argc, char **argv, void *settings,
		  struct option_result *res, struct problem *why);

/* Reads the words from res->next on, in addition to what res has. */
int options_parse_on(const struct option_table *t, int argc, char **argv, void *settings,
		     struct option_result *res, struct problem *why);

/* Finds the first given row with one of these scope bits; NULL: none. */
const struct option *options_given(const struct option_table *t, const struct option_result *res,
				   unsigned int scope);

/* Writes "-n", or "--for" without a letter; valid until the next call with this buf. */
const char *option_spelling(const struct option *o, char buf[32]);

/* Writes the argument as in --help: "json|TEMPLATE" for an option with words. */
#define OPTION_ARGUMENT_MAX 96
const char *option_argument(const struct option_table *t, const struct option *o, char buf[OPTION_ARGUMENT_MAX]);
/* Index of the argument among the option's words; -1: none. */
int option_word(const struct option_use *use);

/* Refuse the argument: "what: -n abc: todo". */
enum option_next option_refuse(const struct option_use *use, const char *what, const char *todo);

/* Handlers for simple options: a bool that becomes true, a const char * that becomes the argument. */
enum option_next option_set_flag(const struct option_use *use);
/* Sets a flag and ends the reading of options: --help. */
enum option_next option_set_help(const struct option_use *use);
enum option_next option_set_word(const struct option_use *use);

/* Prints usage, about and all rows. */
void options_help(const struct option_table *t, FILE *f);
/* Prints the synopsis alone. */
void options_usage(const struct option_table *t, FILE *f);
/* Prints the rows that have one of these scope bits. */
void options_rows(const struct option_table *t, unsigned int scope, FILE *f);

#endif
