/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads files of rules as one set, and reports their errors.
 *
 * The directory rules/ reads rules, and looks up the addresses of hosts that they name.
 */
#ifndef LINXCAP_RULE_FILES_H
#define LINXCAP_RULE_FILES_H

#include <linx/rules.h>

#include "base/message.h"

#define RULE_FILES_MAX 64u /* most words that name a file or a directory */
#define RULE_PATHS_MAX 256u /* most files, including those in directories */

/*
 * Switches rules on or off, whatever their files say. Either all rules with a name, in which * matches any text, or all
 * rules with a tag.
 */
struct rule_switch {
	const char *rule, *tag; /* one of them is NULL */
	bool on;
};

/* A field that is used as %static.NAME, and its value. */
struct rule_static {
	const char *name, *value;
};

/* An addition to the alerts of selected rules: a text after the output, or a field. */
struct rule_addition {
	const char *where; /* position in a file, for messages */
	struct linx_rules_choice choice;
	const char *field; /* name of the field; NULL: a text is added to the output */
	const char *text; /* the text, or the field's value; NULL: the suggested fields, or the event's own value */
};

/* The files of a set of rules, and changes to their rules. */
struct rule_source {
	const char *files[RULE_FILES_MAX]; /* a directory stands for its *.yaml and *.yml files, sorted by name */
	unsigned int n;
	unsigned int may_lack; /* how many of the first paths may be missing, or be directories without rules */
	const struct rule_switch *switches; /* applied in this order */
	unsigned int nswitches;
	const struct rule_static *statics; /* sorted by name */
	unsigned int nstatics;
	const struct rule_addition *additions; /* applied in this order */
	unsigned int nadditions;
	bool suggest_containers; /* the suggested fields include those of containers */
};

/* Paths of files, after directories were expanded. */
struct rule_paths {
	char *paths[RULE_PATHS_MAX];
	unsigned int n;
};
/*
 * Appends the paths of rule files to l. Each word is the path of a file, or a directory that has rule files. may_lack:
 * a word may name a missing file, or a directory without rules. -1: why has the reason. The caller calls
 * rule_paths_free() in any case.
 */
int rule_paths_list(struct rule_paths *l, const char *const *words, unsigned int n, bool may_lack, struct problem *why);
void rule_paths_free(struct rule_paths *l);

/*
 * Reads and compiles files of rules. least: rules that are less urgent are not used; all: warnings about unused lists
 * and macros are printed, too. NULL: why has the first error, and any others were printed.
 */
struct linx_rules *rule_files_read(const struct rule_source *from, enum linx_rule_priority least, bool all, struct problem *why);

/*
 * Computes a hash of the paths and modification times of the files. The hash changes with each change of a file. False:
 * a file is missing, perhaps because it is being replaced at this moment.
 */
bool rule_files_stamp(const struct rule_source *from, uint64_t *stamp);

#endif
