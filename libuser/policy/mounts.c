// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads mounts, and locates files in their file systems: see policy/mounts.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/mounts.h"

#define OWN_LIST "/proc/self/mountinfo"
#define FIRST_LIST "/proc/1/mountinfo"

/* Replaces the escapes of mountinfo in a text, such as \040, by the bytes that they stand for. */
static char *unescape(char *text)
{
	char *to = text;

	for (const char *s = text; *s; to++) {
		unsigned int byte;
		int used = 0;

		if (*s == '\\' && sscanf(s, "\\%3o%n", &byte, &used) == 1 && used == 4) {
			*to = (char)byte;
			s += used;
		} else {
			*to = *s++;
		}
	}
	*to = '\0';
	return text;
}

static bool read_mount(char *line, struct linx_mount *m)
{
	char *rest = line, *word;

	*m = (struct linx_mount){ 0 };
	for (unsigned int i = 0; (word = strsep(&rest, " ")); i++) {
		unsigned int major = 0, minor = 0;

		if (i == 0)
			m->id = atoi(word);
		else if (i == 2 && sscanf(word, "%u:%u", &major, &minor) == 2)
			m->fs = (uint64_t)major << 32 | minor;
		else if (i == 3)
			m->root = unescape(word);
		else if (i == 4)
			m->point = unescape(word);
		else if (i > 5 && !strcmp(word, "-"))
			break;
	}
	m->type = strsep(&rest, " ");
	return m->point && m->type;
}

static int each_of(const char *list, int (*each)(const struct linx_mount *m, void *ctx), void *ctx, struct linx_error *err)
{
	FILE *f = fopen(list, "re");
	struct linx_mount m;
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!f)
		return linx_fail(err, -errno, "%s: %s", list, strerror(errno));
	while (!ret && getline(&line, &size, f) > 0)
		if (read_mount(line, &m))
			ret = each(&m, ctx);
	free(line);
	fclose(f);
	return ret;
}

int linx_mounts_each(int (*each)(const struct linx_mount *m, void *ctx), void *ctx, struct linx_error *err)
{
	return each_of(OWN_LIST, each, ctx, err);
}

bool linx_path_is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strcmp(directory, "/") || (!strncmp(path, directory, n) && (!path[n] || path[n] == '/'));
}

int linx_path_of(int fd, char to[PATH_MAX], struct linx_error *err)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, to, PATH_MAX - 1);
	if (n < 0)
		return linx_fail(err, -errno, "%s: %s", link, strerror(errno));
	to[n] = '\0';
	return 0;
}

/* Gets the number of the mount through which a descriptor was opened. -errno */
static int mount_of(int fd, struct linx_error *err)
{
	char name[64], *line = NULL;
	int id = -1;
	size_t size = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	f = fopen(name, "re");
	if (!f)
		return linx_fail(err, -errno, "%s: %s", name, strerror(errno));
	while (id < 0 && getline(&line, &size, f) > 0)
		sscanf(line, "mnt_id: %d", &id);
	free(line);
	fclose(f);
	return id < 0 ? linx_fail(err, -ENODATA, "%s has no line mnt_id", name) : id;
}

/* Search for a mount: by its number or, with id -1, the last mount in the list that covers the path. */
struct search {
	int id;
	const char *path;
	uint64_t fs;
	char *root, *point; /* freed by the caller of the search */
};

static int look_at(const struct linx_mount *m, void *ctx)
{
	struct search *s = ctx;

	if (s->id >= 0 ? s->id != m->id : !linx_path_is_below(s->path, m->point) || (s->point && strlen(m->point) < strlen(s->point)))
		return 0;
	free(s->root);
	free(s->point);
	s->fs = m->fs;
	s->root = strdup(m->root);
	s->point = strdup(m->point);
	if (!s->root || !s->point)
		return -ENOMEM;
	return s->id >= 0;
}

/* Appends the path within the file system of the mount that was found. -ENOENT: no mount was found. */
static int put_within(const struct search *s, struct linx_strbuf *to, struct linx_error *err)
{
	if (!s->point)
		return linx_fail(err, -ENOENT, "%.200s: its mount is not in /proc/self/mountinfo", s->path);
	if (!linx_path_is_below(s->path, s->point))
		return linx_fail(err, -ENOENT, "%.200s: the directory was moved meanwhile", s->path);
	linx_strbuf_str(to, strcmp(s->root, "/") ? s->root : "");
	linx_strbuf_str(to, s->path + (strcmp(s->point, "/") ? strlen(s->point) : 0));
	while (to->len && to->data[to->len - 1] == '/')
		to->len--;
	return to->failed ? linx_fail(err, -ENOMEM, "out of memory") : 0;
}

static int search(struct search *s, const char *list, struct linx_strbuf *to, struct linx_error *err)
{
	int ret = each_of(list, look_at, s, err);

	ret = ret == -ENOMEM ? linx_fail(err, ret, "out of memory") : ret < 0 ? ret : put_within(s, to, err);
	free(s->root);
	free(s->point);
	return ret;
}

int linx_mounts_locate(int fd, uint64_t *fs, struct linx_strbuf *to, struct linx_error *err)
{
	char path[PATH_MAX];
	struct search s = { .id = mount_of(fd, err), .path = path };
	int ret = s.id < 0 ? s.id : linx_path_of(fd, path, err);

	if (!ret)
		ret = search(&s, OWN_LIST, to, err);
	*fs = s.fs;
	return ret;
}

/* ---- the first process's mounts -------------------------------------------------------------------- */

static bool read_whole(const char *path, struct linx_strbuf *to)
{
	FILE *f = fopen(path, "re");
	char part[4096];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		linx_strbuf_mem(to, part, n);
	fclose(f);
	return true;
}

static bool same_place(uint64_t fs, const struct linx_strbuf *at, uint64_t other_fs, const struct linx_strbuf *other)
{
	return fs == other_fs && at->len == other->len && (!at->len || !memcmp(at->data, other->data, at->len));
}

/*
 * Does this process have a root directory other than that of the first process? Compares the lists of mounts, since
 * some machines hide the link to the root of the first process from everybody. Returns 1; 0: no, or not known; or
 * -ENOMEM.
 */
static int has_other_root(void)
{
	struct linx_strbuf here = { 0 }, there = { 0 };
	struct search own = { .id = -1, .path = "/" }, first = own;
	struct linx_error why;
	int ret = search(&own, OWN_LIST, &here, &why);

	if (ret == -ENOENT) { /* the root is a directory in which nothing is mounted */
		ret = 1;
	} else if (!ret) {
		ret = search(&first, FIRST_LIST, &there, &why);
		ret = ret ? ret : !same_place(own.fs, &here, first.fs, &there);
	}
	free(here.data);
	free(there.data);
	return ret == -ENOMEM || ret > 0 ? ret : 0;
}

int linx_mounts_are_meant(void)
{
	struct linx_strbuf own = { 0 }, first = { 0 };
	int ret = has_other_root();

	if (ret)
		return ret;
	ret = !read_whole(OWN_LIST, &own) || !read_whole(FIRST_LIST, &first) || (own.len == first.len && !memcmp(own.data, first.data, own.len));
	if (own.failed || first.failed)
		ret = -ENOMEM;
	free(own.data);
	free(first.data);
	return ret;
}

int linx_mounts_check_first(int fd, struct linx_error *err)
{
	struct linx_strbuf here = { 0 }, there = { 0 };
	char path[PATH_MAX];
	struct search s = { .id = -1, .path = path };
	uint64_t fs;
	int ret = linx_path_of(fd, path, err);

	if (!ret)
		ret = linx_mounts_locate(fd, &fs, &here, err);
	if (!ret)
		ret = search(&s, FIRST_LIST, &there, err);
	if (!ret && !same_place(fs, &here, s.fs, &there))
		ret = linx_fail(err, -EXDEV, "%.200s: the first process of the machine has another mount there: rules would be about other "
				"files (a service: ProtectHome=, PrivateTmp=, ProtectKernelModules= and the like)", path);
	free(here.data);
	free(there.data);
	return ret;
}

static int is_point(const struct linx_mount *m, void *ctx)
{
	const char *point = ctx;

	return !strcmp(m->point, point);
}

bool linx_mounts_first_has(const char *point)
{
	struct linx_error err;

	return each_of(FIRST_LIST, is_point, (void *)(uintptr_t)point, &err) != 0;
}
