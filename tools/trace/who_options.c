// SPDX-License-Identifier: LGPL-2.1-or-later
/* --comm, --cgroup and --container: see trace/who_options.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "config/config_filter.h"
#include "trace/who_options.h"

static struct who_settings *who_of(const struct option_use *use)
{
	return &((struct settings *)use->settings)->what.who;
}

/* True if the word can be put between the quotes of a condition without escapes. */
static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s == '"' || *s == '\\' || (unsigned char)*s < ' ')
			return false;
	return true;
}

static enum option_next add(const struct option_use *use, const char **words, unsigned int *n)
{
	if (*n == ARRAY_SIZE(who_of(use)->comms))
		return option_refuse(use, "too many", "write at most 16");
	if (!*use->arg || !is_plain(use->arg))
		return option_refuse(use, "not a name", "write one without quotes, backslashes and control characters");
	words[(*n)++] = use->arg;
	return OPTION_DONE;
}

enum option_next who_option_comm(const struct option_use *use)
{
	if (strlen(use->arg) > COMM_MAX)
		return option_refuse(use, "too long", "the kernel keeps 15 bytes of a name: write these");
	return add(use, who_of(use)->comms, &who_of(use)->ncomms);
}

enum option_next who_option_cgroup(const struct option_use *use)
{
	if (*use->arg != '/' || !use->arg[1] || use->arg[strlen(use->arg) - 1] == '/')
		return option_refuse(use, "not a path of a cgroup", "write it as /proc/PID/cgroup has it: /system.slice/ssh.service");
	return add(use, who_of(use)->cgroups, &who_of(use)->ncgroups);
}

enum option_next who_option_container(const struct option_use *use)
{
	return add(use, who_of(use)->containers, &who_of(use)->ncontainers);
}

/*
 * Least number of hexadecimal digits that is taken for the beginning of a container id, and not for a name. Users copy
 * at least so many, and no container runtime makes names of this form.
 */
#define ID_SHOWN 12u

static const char *container_test(const char *word)
{
	size_t n = strspn(word, "0123456789abcdef");

	return n >= ID_SHOWN && !word[n] ? "linx.container startswith \"%s\"" :
					   "linx.container startswith \"%s\" or linx.container.name = \"%s\"";
}

static const char *cgroup_test(const char *word)
{
	(void)word;
	return "linx.cgroup = \"%s\" or linx.cgroup startswith \"%s/\"";
}

static const char *comm_test(const char *word)
{
	(void)word;
	return "linx.comm = \"%s\"";
}

/*
 * Writes a test for each word, joined by "or". The text that test() returns is the format of a test, which uses the
 * word once or twice.
 */
static void put_any(FILE *f, const char *const *words, unsigned int n, const char *(*test)(const char *word), bool *more)
{
	if (!n)
		return;
	fputs(*more ? " and (" : "(", f);
	for (unsigned int i = 0; i < n; i++) {
		fputs(i ? " or " : "", f);
		fprintf(f, test(words[i]), words[i], words[i]);
	}
	fputc(')', f);
	*more = true;
}

/* Returns a condition that joins FILTER, which may be NULL, and the options; the caller frees it. NULL: no memory. */
static char *condition_beside(const struct settings *s, const char *filter)
{
	const struct who_settings *w = &s->what.who;
	bool more = filter;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	if (filter)
		fprintf(f, "(%s)", filter);
	put_any(f, w->comms, s->where.read_path ? w->ncomms : 0, comm_test, &more);
	put_any(f, w->cgroups, w->ncgroups, cgroup_test, &more);
	put_any(f, w->containers, w->ncontainers, container_test, &more);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

char *who_condition(const struct settings *s)
{
	return s->what.who.ncgroups || s->what.who.ncontainers ? condition_beside(s, NULL) : NULL;
}

int who_add_condition(struct settings *s, struct problem *why)
{
	const struct who_settings *w = &s->what.who;
	struct linx_condition *c;
	struct linx_error error;
	char *text;

	if (w->ncomms && s->config.given)
		return problem_set(why, "not together: --comm and --config, which has names of its own");
	if (!w->ncgroups && !w->ncontainers && !(s->where.read_path && w->ncomms))
		return 0;
	text = condition_beside(s, s->what.condition);
	if (!text)
		return problem_set(why, "out of memory");
	free(s->what.condition);
	s->what.condition = text;
	if (linx_condition_new(text, &c, &error))
		return problem_set(why, "%s", error.text);
	s->what.needs = linx_condition_get_needs(c);
	linx_condition_free(c);
	return 0;
}
