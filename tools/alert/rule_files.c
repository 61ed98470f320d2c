// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of rules: see alert/rule_files.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "alert/rule_files.h"

/* Files of all folders together. */
#define FILES_MAX 256u

struct file_list {
	char *paths[FILES_MAX];
	unsigned int n;
};

static void free_list(struct file_list *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		free(l->paths[i]);
}

static int add_file(struct file_list *l, const char *folder, const char *name, struct problem *why)
{
	char *path = NULL;

	if (l->n == FILES_MAX)
		return problem_set(why, "too many files of rules: at most %u", FILES_MAX);
	if (asprintf(&path, "%s%s%s", folder, *folder ? "/" : "", name) < 0)
		return problem_set(why, "out of memory");
	l->paths[l->n++] = path;
	return 0;
}

static int is_yaml(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct file_list *l, const char *path, struct problem *why)
{
	struct dirent **names;
	int n = scandir(path, &names, is_yaml, by_bytes), rc = 0;

	if (n < 0)
		return problem_set(why, "%s: cannot be read: %s", path, strerror(errno));
	if (!n)
		rc = problem_set(why, "no rules: %s: put files there whose names end in .yaml", path);
	for (int i = 0; i < n; i++) {
		if (!rc)
			rc = add_file(l, path, names[i]->d_name, why);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* The files that words name. -1: why is set; the list is to be freed in any case. */
static int list_files(struct file_list *l, const char *const *words, unsigned int n, struct problem *why)
{
	struct stat st;
	int rc = 0;

	l->n = 0;
	for (unsigned int i = 0; i < n && !rc; i++)
		if (!stat(words[i], &st) && S_ISDIR(st.st_mode))
			rc = add_folder(l, words[i], why);
		else
			rc = add_file(l, "", words[i], why);
	return rc;
}

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211u;
	return h;
}

bool rule_files_stamp(const char *const *files, unsigned int n, uint64_t *stamp)
{
	struct problem why;
	struct file_list l;
	struct stat st;
	uint64_t h = 14695981039346656037u;
	bool good = !list_files(&l, files, n, &why);

	for (unsigned int i = 0; good && i < l.n; i++) {
		good = !stat(l.paths[i], &st);
		h = mix(h, l.paths[i], strlen(l.paths[i]) + 1);
		if (good)
			h = mix(h, &st.st_mtim, sizeof(st.st_mtim));
	}
	free_list(&l);
	if (good)
		*stamp = h;
	return good;
}

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
	struct linx_rules *r = NULL;
	struct file_list l;
	bool good = !list_files(&l, files, n, why);

	if (good)
		problem_set(why, "out of memory");
	if (!good || linx_rules_new(&r)) {
		free_list(&l);
		return NULL;
	}
	for (unsigned int i = 0; i < l.n; i++)
		good &= !linx_rules_load(r, l.paths[i]);
	free_list(&l);
	good = good && !linx_rules_compile(r, least);
	say_problems(r, all, why);
	if (good)
		return r;
	linx_rules_free(r);
	return NULL;
}
