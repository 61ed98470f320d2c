/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of rules, read as one set, and what is wrong with them.
 *
 * The room rules/ reads rules and finds the addresses of hosts that they name.
 */
#ifndef LINXCAP_RULE_FILES_H
#define LINXCAP_RULE_FILES_H

#include <linx/rules.h>

#include "base/message.h"

#define RULE_FILES_MAX 64u /* words that name files or folders */
#define RULE_PATHS_MAX 256u /* files, with those of folders */

/* Rules that are switched on or off, whatever their files say: by name, in which * is any text, or by tag. */
struct rule_switch {
	const char *rule, *tag; /* one is NULL */
	bool on;
};

/* Files and folders that a set of rules is read from. */
struct rule_source {
	const char *files[RULE_FILES_MAX]; /* a folder stands for its *.yaml and *.yml in the order of their names */
	unsigned int n;
	unsigned int may_lack; /* the first so many paths may be missing, or folders without rules */
	const struct rule_switch *switches; /* in their order */
	unsigned int nswitches;
};

/* Paths behind such words. */
struct rule_paths {
	char *paths[RULE_PATHS_MAX];
	unsigned int n;
};
/* Adds them. -1: why is set; to be freed in any case. may_lack: what is not there is passed over. */
int rule_paths_list(struct rule_paths *l, const char *const *words, unsigned int n, bool may_lack, struct problem *why);
void rule_paths_free(struct rule_paths *l);

/*
 * Reads and compiles files. Warnings are said; with all, also that nothing names a list or macro.
 * NULL: why has the first error, and the others were said.
 */
struct linx_rules *rule_files_read(const struct rule_source *from, enum linx_rule_priority least, bool all, struct problem *why);

/*
 * Which files these are, and when each was written, as a number: another one if something has changed. False: a file
 * is not there, perhaps for a moment, while it is being replaced.
 */
bool rule_files_stamp(const struct rule_source *from, uint64_t *stamp);

#endif
