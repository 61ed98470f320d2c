/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of rules, read as one set, and their mistakes.
 *
 * The room rules/ reads rules and finds the addresses of hosts that they name.
 */
#ifndef LINXCAP_RULE_FILES_H
#define LINXCAP_RULE_FILES_H

#include <linx/rules.h>

#include "base/message.h"

#define RULE_FILES_MAX 64u /* most words that name files or folders */
#define RULE_PATHS_MAX 256u /* most files, including those of folders */

/* A choice of rules to be switched on or off against their files: by name, in which * is any text, or by tag. */
struct rule_switch {
	const char *rule, *tag; /* one of both is NULL */
	bool on;
};

/* A field static.NAME, and its value. */
struct rule_static {
	const char *name, *value;
};

/* An addition to the alerts of chosen rules: a text behind the output, or a field. */
struct rule_addition {
	const char *where; /* its place in a file, for messages */
	struct linx_rules_choice choice;
	const char *field; /* NULL: a text behind the output */
	const char *text; /* field NULL: NULL stands for the suggested fields. Otherwise NULL: the value of the field of this name */
};

/* Files and folders of a set of rules. */
struct rule_source {
	const char *files[RULE_FILES_MAX]; /* a folder stands for its *.yaml and *.yml in the order of their names */
	unsigned int n;
	unsigned int may_lack; /* number of first paths that may be missing, or be folders without rules */
	const struct rule_switch *switches; /* in their order */
	unsigned int nswitches;
	const struct rule_static *statics; /* sorted by name */
	unsigned int nstatics;
	const struct rule_addition *additions; /* in their order */
	unsigned int nadditions;
	bool suggest_containers; /* fields of containers are among the suggested ones */
};

/* Paths of the files that words stand for. */
struct rule_paths {
	char *paths[RULE_PATHS_MAX];
	unsigned int n;
};
/*
 * Adds the files of words. -1: why is set. The caller frees the paths in any case. may_lack: number of first
 * words that may be missing.
 */
int rule_paths_list(struct rule_paths *l, const char *const *words, unsigned int n, bool may_lack, struct problem *why);
void rule_paths_free(struct rule_paths *l);

/*
 * Reads and compiles files. Warnings are printed; with all, also those about unused lists and macros. NULL:
 * why has the first error, and the others were printed.
 */
struct linx_rules *rule_files_read(const struct rule_source *from, enum linx_rule_priority least, bool all, struct problem *why);

/*
 * Computes a number from the names and times of the files: it differs after any change. False: a file is
 * missing, perhaps for a moment, while it is being replaced.
 */
bool rule_files_stamp(const struct rule_source *from, uint64_t *stamp);

#endif
