// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of rules: see alert/rule_files.h. */
#include <stdio.h>
#include <string.h>

#include "alert/rule_files.h"

/* "FILE:LINE:COLUMN: rule 'NAME': SENTENCE (CODE)" */
static void put_problem(const struct linx_rules_problem *p, struct problem *to)
{
	char place[32] = "";

	if (p->line)
		snprintf(place, sizeof(place), ":%u:%u", p->line, p->column);
	problem_set(to, "%s%s: %s%s%s (%s)", p->file, place, p->item ? p->item : "", p->item ? ": " : "", p->text, p->code);
}

/* Libraries of rules have lists and macros that others are to use. */
static bool is_note(const struct linx_rules_problem *p)
{
	return !strncmp(p->code, "LOAD_UNUSED", strlen("LOAD_UNUSED"));
}

/* Says all but the first error, which the caller says. */
static void say_problems(const struct linx_rules *r, bool all, struct problem *first)
{
	struct linx_rules_problem p;
	struct problem text;
	bool failed = false;

	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++) {
		put_problem(&p, &text);
		if (p.error && !failed)
			*first = text;
		else if (p.error || all || !is_note(&p))
			say_at(p.error ? SAY_ERROR : SAY_WARNING, "%s", text.text);
		failed |= p.error;
	}
}

struct linx_rules *rule_files_read(const char *const *files, unsigned int n, enum linx_rule_priority least, bool all,
				   struct problem *why)
{
	struct linx_rules *r;
	bool good;

	problem_set(why, "out of memory");
	if (linx_rules_new(&r))
		return NULL;
	good = true;
	for (unsigned int i = 0; i < n; i++)
		good &= !linx_rules_load(r, files[i]);
	good = good && !linx_rules_compile(r, least);
	say_problems(r, all, why);
	if (good)
		return r;
	linx_rules_free(r);
	return NULL;
}
