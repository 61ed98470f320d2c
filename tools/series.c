// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of files, and which of them go: see series.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <linx/linx.h>

#include "series.h"

#define NAME_MAX_LEN 512
#define NUMBERED ".%06llu"

/* Conversions become stars; what means something to fnmatch(3) is quoted. */
static char *make_glob(const char *base, bool timed)
{
	char *glob = malloc(2 * strlen(base) + 32), *to = glob;

	for (; glob && *base; base++) {
		if (timed && base[0] == '%' && base[1]) {
			base++;
			if (*base == '%')
				*to++ = '%';
			else if (to == glob || to[-1] != '*')
				*to++ = '*';
			continue;
		}
		if (strchr("*?[\\", *base))
			*to++ = '\\';
		*to++ = *base;
	}
	if (glob)
		*to = 0;
	return glob;
}

int series_open(struct series *s, const char *path, struct problem *why)
{
	const char *slash = strrchr(path, '/');

	*s = (struct series){ .timed = false };
	s->dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	s->base = strdup(slash ? slash + 1 : path);
	if (!s->dir || !s->base)
		return problem_set(why, "out of memory");
	s->timed = strchr(s->base, '%') != NULL;
	s->glob = make_glob(s->base, s->timed);
	if (!s->glob)
		return problem_set(why, "out of memory");
	return 0;
}

void series_close(struct series *s)
{
	free(s->dir);
	free(s->base);
	free(s->glob);
	*s = (struct series){ .timed = false };
}

/* A number behind the name; behind one made of the time only if that was there already. */
static bool is_ours(const struct series *s, const char *name)
{
	const char *dot = strrchr(name, '.');
	char head[NAME_MAX_LEN];

	if (s->timed && !fnmatch(s->glob, name, FNM_PERIOD))
		return true;
	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
		return false;
	snprintf(head, sizeof(head), "%.*s", (int)(dot - name), name);
	return s->timed ? !fnmatch(s->glob, head, FNM_PERIOD) : !strcmp(head, s->base);
}

static uint64_t number_of(const struct series *s, const char *name)
{
	return strtoull(name + strlen(s->base) + 1, NULL, 10);
}

static uint64_t highest_number(const struct series *s)
{
	DIR *dir = opendir(s->dir);
	struct dirent *e;
	uint64_t most = 0;

	while (dir && (e = readdir(dir)))
		if (is_ours(s, e->d_name) && number_of(s, e->d_name) > most)
			most = number_of(s, e->d_name);
	if (dir)
		closedir(dir);
	return most;
}

static char *join(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static bool is_there(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static char *timed_name(const struct series *s, struct problem *why)
{
	char name[NAME_MAX_LEN], *path, *more;
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	if (!strftime(name, sizeof(name), s->base, &tm)) {
		problem_set(why, "impossible name: -w %s", s->base);
		return NULL;
	}
	path = join(s->dir, name);
	for (unsigned int n = 1; path && is_there(path); n++) {
		if (asprintf(&more, "%s/%s.%u", s->dir, name, n) < 0)
			more = NULL;
		free(path);
		path = more;
	}
	return path;
}

char *series_next(const struct series *s, struct problem *why)
{
	char *path;

	problem_set(why, "out of memory");
	if (s->timed)
		return timed_name(s, why);
	if (asprintf(&path, "%s/%s" NUMBERED, s->dir, s->base, (unsigned long long)highest_number(s) + 1) < 0)
		return NULL;
	return path;
}

/* ---- which go */

struct oldest {
	char name[NAME_MAX_LEN];
	struct timespec time;
	uint64_t files; /* of the series */
};

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* The name alone must not be enough to be removed: it has to be a capture, or empty. */
static bool is_capture(int dir, const char *name, const struct stat *st)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct linx *l = NULL;
	int rc;

	if (fd < 0)
		return false;
	rc = st->st_size ? linx_open_file(fd, name, &l, NULL) : 0;
	linx_close(l);
	close(fd);
	return !rc;
}

static void find_oldest(const struct series *s, DIR *dir, const char *current, struct oldest *o)
{
	const char *slash = strrchr(current, '/');
	struct dirent *e;
	struct stat st;

	*o = (struct oldest){ .files = 0 };
	while ((e = readdir(dir))) {
		if (!is_ours(s, e->d_name) || fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		o->files++;
		if (!strcmp(e->d_name, slash ? slash + 1 : current) ||
		    (*o->name && (is_older(&o->time, &st.st_mtim) ||
				  (!is_older(&st.st_mtim, &o->time) && strverscmp(o->name, e->d_name) < 0))) ||
		    !is_capture(dirfd(dir), e->d_name, &st))
			continue;
		snprintf(o->name, sizeof(o->name), "%s", e->d_name);
		o->time = st.st_mtim;
	}
}

static bool remove_oldest(const struct series *s, uint64_t most, const char *current)
{
	DIR *dir = opendir(s->dir);
	struct oldest o;
	bool removed;

	if (!dir)
		return false;
	find_oldest(s, dir, current, &o);
	removed = o.files > most && *o.name && !unlinkat(dirfd(dir), o.name, 0);
	closedir(dir);
	return removed;
}

bool series_remove_oldest(const struct series *s, const char *current)
{
	return remove_oldest(s, 0, current);
}

void series_prune(const struct series *s, uint64_t most, const char *current)
{
	while (remove_oldest(s, most, current))
		;
}
