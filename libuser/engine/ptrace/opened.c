// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds out whether an open creates its file. The answer may be wrong: another program may create or remove the file
 * between the look and the call, and an absolute symbolic link is followed from this process's root.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array_size.h"
#include "engine/ptrace/opened.h"
#include "engine/walk/walker.h"
#include "shared/ids.h"

/* Places of an open's arguments; -1: the open has no such argument. */
struct places {
	uint16_t row;
	int8_t dfd, path, flags;
	bool in_memory; /* the flags are the first member of a structure */
};

static const struct places *places_of(const struct linx_walker_call *c)
{
	static const struct places all[] = {
		{ LINX_ROW_ID_open, -1, 0, 1, false },
		{ LINX_ROW_ID_openat, 0, 1, 2, false },
		{ LINX_ROW_ID_openat2, 0, 1, 2, true },
		{ LINX_ROW_ID_creat, -1, 0, -1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].row == c->row->id)
			return &all[i];
	return NULL;
}

static bool flags_of(struct linx_engine_ptrace *p, const struct linx_tracee *t, const struct places *at, uint64_t *flags)
{
	if (at->flags < 0)
		*flags = O_CREAT;
	else if (at->in_memory)
		return linx_tracee_read(p, t->tid, flags, t->call.args[at->flags], sizeof(*flags)) == sizeof(*flags);
	else
		*flags = t->call.args[at->flags];
	return true;
}

/* A job for linx_aside_do(). */
struct look {
	char name[64 + PATH_MAX];
	int error;
};

static void run_look(void *job)
{
	struct look *l = job;
	struct stat st;

	l->error = stat(l->name, &st) ? errno : 0;
}

/* Returns LINX_FD_FOUND if the path is there, LINX_FD_CREATED if it is not; 0: not known. */
static uint16_t look_up(struct linx_engine_ptrace *p, const struct linx_tracee *t, const struct places *at)
{
	static const struct linx_aside_work work = { .run = run_look, .always = true };
	int fd = at->dfd < 0 ? AT_FDCWD : (int)t->call.args[at->dfd];
	char path[PATH_MAX];
	struct look l;
	uint32_t n;

	n = linx_tracee_read(p, t->tid, path, t->call.args[at->path], sizeof(path));
	if (!memchr(path, '\0', n) || !*path)
		return 0;
	memset(&l, 0, sizeof(l));
	if (*path == '/')
		snprintf(l.name, sizeof(l.name), "/proc/%d/root%s", t->tid, path);
	else if (fd == AT_FDCWD)
		snprintf(l.name, sizeof(l.name), "/proc/%d/cwd/%s", t->tid, path);
	else
		snprintf(l.name, sizeof(l.name), "/proc/%d/fd/%d/%s", t->tid, fd, path);
	if (!linx_aside_do(&p->aside, t->tgid, &work, &l, sizeof(l)))
		return 0;
	return l.error == ENOENT ? LINX_FD_CREATED : l.error ? 0 : LINX_FD_FOUND;
}

void linx_opened_note(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct places *at = places_of(&t->call);
	uint64_t flags;

	t->origin = 0;
	if (!at || !flags_of(p, t, at, &flags))
		return;
	if (!(flags & O_CREAT))
		t->origin = LINX_FD_FOUND;
	else
		t->origin = flags & O_EXCL ? LINX_FD_CREATED : look_up(p, t, at);
}
