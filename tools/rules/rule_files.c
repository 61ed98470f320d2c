// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads files of rules: see rules/rule_files.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array_size.h"
#include "rules/rule_files.h"

void rule_paths_free(struct rule_paths *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		free(l->paths[i]);
}

static int add_file(struct rule_paths *l, const char *folder, const char *name, struct problem *why)
{
	char *path = NULL;

	if (l->n == RULE_PATHS_MAX)
		return problem_set(why, "too many files of rules: at most %u", RULE_PATHS_MAX);
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

static int add_folder(struct rule_paths *l, const char *path, bool may_lack, struct problem *why)
{
	struct dirent **names;
	int n = scandir(path, &names, is_yaml, by_bytes), rc = 0;

	if (n < 0)
		return problem_set(why, "%s: cannot be read: %s", path, strerror(errno));
	if (!n && !may_lack)
		rc = problem_set(why, "no rules: %s: put files there whose names end in .yaml", path);
	for (int i = 0; i < n; i++) {
		if (!rc)
			rc = add_file(l, path, names[i]->d_name, why);
		free(names[i]);
	}
	free(names);
	return rc;
}

int rule_paths_list(struct rule_paths *l, const char *const *words, unsigned int n, bool may_lack, struct problem *why)
{
	struct stat st;
	int rc = 0;

	for (unsigned int i = 0; i < n && !rc; i++) {
		bool there = !stat(words[i], &st);

		if (there && S_ISDIR(st.st_mode))
			rc = add_folder(l, words[i], may_lack, why);
		else if (there || !may_lack || errno != ENOENT)
			rc = add_file(l, "", words[i], why);
	}
	return rc;
}

static int list_source(struct rule_paths *l, const struct rule_source *from, struct problem *why)
{
	l->n = 0;
	return rule_paths_list(l, from->files, from->may_lack, true, why) ||
	       rule_paths_list(l, from->files + from->may_lack, from->n - from->may_lack, false, why);
}

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211u;
	return h;
}

bool rule_files_stamp(const struct rule_source *from, uint64_t *stamp)
{
	struct problem why;
	struct rule_paths l;
	struct stat st;
	uint64_t h = 14695981039346656037u;
	bool good = !list_source(&l, from, &why);

	for (unsigned int i = 0; good && i < l.n; i++) {
		good = !stat(l.paths[i], &st);
		h = mix(h, l.paths[i], strlen(l.paths[i]) + 1);
		if (good)
			h = mix(h, &st.st_mtim, sizeof(st.st_mtim));
	}
	rule_paths_free(&l);
	if (good)
		*stamp = h;
	return good;
}

/* Sets *to to "FILE:LINE:COLUMN: rule 'NAME': SENTENCE (CODE)". */
static void put_problem(const struct linx_rules_problem *p, struct problem *to)
{
	char place[32] = "";

	if (p->line)
		snprintf(place, sizeof(place), ":%u:%u", p->line, p->column);
	problem_set(to, "%s%s: %s%s%s (%s)", p->file, place, p->item ? p->item : "", p->item ? ": " : "", p->text, p->code);
}

/*
 * True for a warning about an unused list or macro. Such warnings are usual in libraries of rules, since other files
 * use their lists and macros.
 */
static bool is_note(const struct linx_rules_problem *p)
{
	return !strncmp(p->code, "LOAD_UNUSED", strlen("LOAD_UNUSED"));
}

/*
 * Prints all problems except the first error, which goes to *first for the caller to print. Unused lists and macros are
 * printed only if "all" is true.
 */
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

static void flip(struct linx_rules *r, const struct rule_switch *s)
{
	if (!linx_rules_enable(r, s->rule, s->tag, s->on))
		say_at(SAY_WARNING, "no rule has the %s %s: nothing is %s", s->rule ? "name" : "tag", s->rule ? s->rule : s->tag,
		       s->on ? "enabled" : "disabled");
}

static void put_label(FILE *f, const char *name)
{
	for (; *name; name++)
		fputc(*name == '.' ? '_' : *name, f);
}

/* Appends a field as "container_id=%container.id", with a blank before it unless it is the first. */
static void put_suggested(FILE *f, const char *prefix, const char *name)
{
	if (ftell(f))
		fputc(' ', f);
	put_label(f, prefix);
	put_label(f, name);
	fprintf(f, "=%%%s%s", prefix, name);
}

/*
 * Returns the text of the suggested fields, in Falco's order: the static fields, then those that Falco's container
 * plugin suggests. The caller frees it. NULL: no memory.
 */
static char *suggested_text(const struct rule_source *from)
{
	static const char *const of_containers[] = {
		"container.id", "container.name", "container.image.repository", "container.image.tag", "k8s.pod.name", "k8s.ns.name",
	};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (unsigned int i = 0; i < from->nstatics; i++)
		put_suggested(f, "static.", from->statics[i].name);
	for (size_t i = 0; from->suggest_containers && i < ARRAY_SIZE(of_containers); i++)
		put_suggested(f, "", of_containers[i]);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

static int add_one(struct linx_rules *r, const struct rule_source *from, const struct rule_addition *x, struct linx_error *why)
{
	char *suggested = NULL;
	int ret = 0;

	if (x->field)
		return linx_rules_add_field(r, &x->choice, x->field, x->text, why);
	if (x->text)
		return linx_rules_append_output(r, &x->choice, x->text, why);
	suggested = suggested_text(from);
	if (!suggested || *suggested)
		ret = suggested ? linx_rules_append_output(r, &x->choice, suggested, why) : -ENOMEM;
	free(suggested);
	return ret;
}

/* Adds the static fields, and all texts and fields that are added to outputs. -1: why has the reason. */
static int add_all(struct linx_rules *r, const struct rule_source *from, struct problem *why)
{
	struct linx_error error = { "out of memory" };

	for (unsigned int i = 0; i < from->nstatics; i++)
		if (linx_rules_set_static(r, from->statics[i].name, from->statics[i].value))
			return problem_set(why, "static.%s: cannot be defined", from->statics[i].name);
	for (unsigned int i = 0; i < from->nadditions; i++)
		if (add_one(r, from, &from->additions[i], &error))
			return problem_set(why, "%s: %s", from->additions[i].where, error.text);
	return 0;
}

struct linx_rules *rule_files_read(const struct rule_source *from, enum linx_rule_priority least, bool all, struct problem *why)
{
	struct linx_rules *r = NULL;
	struct rule_paths l;
	bool good = !list_source(&l, from, why);

	if (good && !l.n)
		good = problem_set(why, "no rules: %s: it is not there, or has none", from->n ? from->files[0] : "rules_files") == 0;
	if (good)
		problem_set(why, "out of memory");
	if (!good || linx_rules_new(&r)) {
		rule_paths_free(&l);
		return NULL;
	}
	if (add_all(r, from, why)) {
		rule_paths_free(&l);
		linx_rules_free(r);
		return NULL;
	}
	for (unsigned int i = 0; i < l.n; i++)
		good &= !linx_rules_load(r, l.paths[i]);
	rule_paths_free(&l);
	for (unsigned int i = 0; good && i < from->nswitches; i++)
		flip(r, &from->switches[i]);
	good = good && !linx_rules_compile(r, least);
	say_problems(r, all, why);
	if (good)
		return r;
	linx_rules_free(r);
	return NULL;
}
