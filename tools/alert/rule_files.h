/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of rules, read as one set, and what is wrong with them. */
#ifndef LINXCAP_RULE_FILES_H
#define LINXCAP_RULE_FILES_H

#include <linx/rules.h>

#include "base/message.h"

/*
 * Reads and compiles files; a folder stands for its *.yaml and *.yml in the order of their names. Warnings are said; with all, also that nothing names a list or macro.
 * NULL: why has the first error, and the others were said.
 */
struct linx_rules *rule_files_read(const char *const *files, unsigned int n, enum linx_rule_priority least, bool all,
				   struct problem *why);

/*
 * Which files these are, and when each was written, as a number: another one if something has changed. False: a file
 * is not there, perhaps for a moment, while it is being replaced.
 */
bool rule_files_stamp(const char *const *files, unsigned int n, uint64_t *stamp);

#endif
