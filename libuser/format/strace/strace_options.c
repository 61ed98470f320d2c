// SPDX-License-Identifier: LGPL-2.1-or-later
/* Copies and prepares the options of the strace format; see format/strace/strace.h. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "decoders/pidns.h"
#include "format/strace/strace.h"

static int add_fd(struct linx_fd_set *set, const char *word, size_t len)
{
	unsigned long fd = 0;
	int *fds;

	if (!len || len > 10)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)word[i]))
			return -EINVAL;
		fd = fd * 10 + (unsigned long)(word[i] - '0');
	}
	if (fd > INT_MAX)
		return -EINVAL;
	fds = realloc(set->fds, (set->n + 1) * sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	fds[set->n++] = (int)fd;
	set->fds = fds;
	return 0;
}

/* Reads a set of descriptors: "all", "none" or "3,5", perhaps with one or more ! before it. */
static int read_fds(struct linx_fd_set *set, const char *expr)
{
	int ret = 0;

	if (!expr)
		return 0;
	for (; *expr == '!'; expr++)
		set->all_but = !set->all_but;
	if (!strcmp(expr, "none"))
		return 0; /* the list stays empty */
	if (!strcmp(expr, "all")) {
		set->all_but = !set->all_but;
		return 0;
	}
	while (!ret) {
		size_t len = strcspn(expr, ",");

		ret = add_fd(set, expr, len);
		expr += len;
		if (!*expr++)
			break;
	}
	return ret;
}

bool linx_fd_set_has(const struct linx_fd_set *set, int64_t fd)
{
	for (unsigned int i = 0; i < set->n; i++)
		if (set->fds[i] == fd)
			return !set->all_but;
	return set->all_but;
}

static int read_calls(const struct linx_table *table, const char *expr, struct linx_select *sel, bool *has)
{
	struct linx_error err;

	*has = expr;
	if (!expr)
		return 0;
	return table ? linx_table_select(table, expr, sel, &err) : -EINVAL;
}

static int read_sets(struct linx_strace *s, const struct linx_strace_opts *o)
{
	int ret = read_calls(o->table, o->abbrev, &s->abbrev, &s->has_abbrev);

	if (!ret)
		ret = read_calls(o->table, o->verbose, &s->verbose, &s->has_verbose);
	if (!ret)
		ret = read_calls(o->table, o->raw, &s->raw, &s->has_raw);
	if (!ret)
		ret = read_fds(&s->dump_read, o->dump_read);
	if (!ret)
		ret = read_fds(&s->dump_write, o->dump_write);
	return ret;
}

static int copy_paths(struct linx_uses *to, const struct linx_uses *from)
{
	char **paths = calloc(from->npaths + 1, sizeof(*paths));

	to->paths = (const char *const *)paths;
	for (unsigned int i = 0; paths && i < from->npaths; i++) {
		paths[i] = strdup(from->paths[i]);
		if (!paths[i])
			return -ENOMEM;
		to->npaths++;
	}
	return paths ? 0 : -ENOMEM;
}

static int copy_uses(struct linx_strace *s, const struct linx_uses *from)
{
	int32_t *fds;

	s->chooses = from;
	if (!from)
		return 0;
	fds = calloc(from->nfds + 1, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	memcpy(fds, from->fds, from->nfds * sizeof(*fds));
	s->uses.fds = fds;
	s->uses.nfds = from->nfds;
	return copy_paths(&s->uses, from);
}

static void free_uses(struct linx_uses *u)
{
	for (unsigned int i = 0; i < u->npaths; i++)
		free((char *)u->paths[i]);
	free((void *)u->paths);
	free((void *)u->fds);
}

/* Clears the pointers to the caller's memory: from now on only the copies are used. */
static void forget_pointers(struct linx_strace_opts *o)
{
	o->table = NULL;
	o->abbrev = o->verbose = o->raw = NULL;
	o->dump_read = o->dump_write = NULL;
	o->uses = NULL;
}

int linx_strace_new(const struct linx_strace_opts *opts, struct linx_strace **out)
{
	struct linx_strace *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	ret = opts ? linx_take_opts(&s->opts, sizeof(s->opts), opts, opts->size, NULL) : 0;
	if (!ret)
		ret = read_sets(s, &s->opts);
	if (!ret)
		ret = copy_uses(s, s->opts.uses);
	if (!ret && s->opts.decode_pids & LINX_STRACE_PID_NS && !(s->pidns = linx_pidns_new()))
		ret = -ENOMEM;
	if (ret) {
		linx_strace_free(s);
		return ret;
	}
	s->tasks = s->opts.tasks;
	forget_pointers(&s->opts);
	*out = s;
	return 0;
}

void linx_strace_free(struct linx_strace *s)
{
	if (!s)
		return;
	linx_lines_free(s);
	free_uses(&s->uses);
	linx_pidns_free(s->pidns);
	free(s->dump_read.fds);
	free(s->dump_write.fds);
	free(s);
}
