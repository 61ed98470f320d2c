/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of rules, read as one set, and what is wrong with them. */
#ifndef LINXCAP_RULE_FILES_H
#define LINXCAP_RULE_FILES_H

#include <linx/rules.h>

#include "base/message.h"

/*
 * Reads and compiles files. Warnings are said; with all, also that nothing names a list or macro.
 * NULL: why has the first error, and the others were said.
 */
struct linx_rules *rule_files_read(const char *const *files, unsigned int n, enum linx_rule_priority least, bool all,
				   struct problem *why);

#endif
