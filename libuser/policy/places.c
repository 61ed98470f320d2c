// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks up the files, directories and control groups that conditions of a policy name. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/error.h"
#include "policy/mounts.h"
#include "policy/own.h"

uint32_t linx_policy_operand(struct linx_policy *p, const void *data, size_t n)
{
	static const char zeroes[8];
	size_t at = (p->operands.len + 7) & ~(size_t)7;

	if (at + n > LINX_DENY_OPERANDS_MAX)
		return UINT32_MAX;
	linx_strbuf_mem(&p->operands, zeroes, at - p->operands.len);
	linx_strbuf_mem(&p->operands, data, n);
	return p->operands.failed ? UINT32_MAX : (uint32_t)at;
}

/* Appends a text to the operands. 0: *at is its offset; -ENOMEM, -E2BIG */
static int add_text(struct linx_policy *p, const char *text, size_t n, __u64 *at, struct linx_error *err)
{
	uint32_t offset = linx_policy_operand(p, text, n);

	*at = offset;
	if (offset != UINT32_MAX)
		return 0;
	if (p->operands.failed)
		return linx_fail(err, -ENOMEM, "out of memory");
	return linx_fail(err, -E2BIG, "the rules compare with more than %u bytes of values", LINX_DENY_OPERANDS_MAX);
}

/*
 * Checks that the first process of the machine sees the same file at the path of an open file. Most processes run in
 * the mount namespace of the first process.
 */
static int check_first(struct linx_policy *p, int fd, struct linx_error *err)
{
	int ret = p->mounts == LINX_POLICY_MOUNTS_UNKNOWN ? linx_mounts_are_meant() : 0;

	if (ret < 0)
		return linx_fail(err, ret, "out of memory");
	if (p->mounts == LINX_POLICY_MOUNTS_UNKNOWN)
		p->mounts = ret ? LINX_POLICY_MOUNTS_FIRST : LINX_POLICY_MOUNTS_OWN;
	return p->mounts == LINX_POLICY_MOUNTS_OWN ? linx_mounts_check_first(fd, err) : 0;
}

/* Opens a path, and keeps the descriptor as long as the policy. Returns the descriptor, or -errno with an error text. */
static int keep_open(struct linx_policy *p, const char *path, int flags, struct linx_error *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC | flags), ret;

	if (fd < 0)
		return linx_fail(err, -errno, "%.200s: %s", path, strerror(errno));
	ret = check_first(p, fd, err);
	if (ret) {
		close(fd);
		return ret;
	}
	if (linx_array_room((void **)&p->fds, &p->fd_cap, p->nfds, sizeof(*p->fds))) {
		close(fd);
		return linx_fail(err, -ENOMEM, "out of memory");
	}
	p->fds[p->nfds++] = fd;
	return fd;
}

static int check_path(const char *path, struct linx_error *err)
{
	if (*path != '/')
		return linx_fail(err, -EINVAL, "%.200s: a path begins with / here", path);
	if (strlen(path) >= PATH_MAX)
		return linx_fail(err, -EINVAL, "%.200s...: the path is too long", path);
	return 0;
}

const char *linx_policy_directory_of(const char *path, char directory[PATH_MAX])
{
	const char *last = strrchr(path, '/');

	snprintf(directory, PATH_MAX, "%.*s", last > path ? (int)(last - path) : 1, path);
	return last + 1;
}

static int check_file(struct linx_policy *p, const char *path, int flags, struct linx_error *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC | flags), ret;

	if (fd < 0)
		return linx_fail(err, -errno, "%.200s: %s", path, strerror(errno));
	ret = check_first(p, fd, err);
	close(fd);
	return ret;
}

/*
 * Checks the directory of a file that the module will look up. The file itself need not exist, since the rule is also
 * about its name in the directory.
 */
static int check_place(struct linx_policy *p, const char *path, struct linx_error *err)
{
	char directory[PATH_MAX];
	int ret;

	linx_policy_directory_of(path, directory);
	ret = check_file(p, directory, O_DIRECTORY, err);
	if (ret || p->mounts != LINX_POLICY_MOUNTS_OWN)
		return ret;
	ret = check_file(p, path, 0, err); /* something may be mounted over the file */
	return ret == -ENOENT ? 0 : ret;
}

/* Opens the directory of a path. *last: the part of the path after the last slash. */
static int open_directory_of(struct linx_policy *p, const char *path, const char **last, struct linx_error *err)
{
	char directory[PATH_MAX];

	*last = linx_policy_directory_of(path, directory);
	return keep_open(p, directory, O_DIRECTORY, err);
}

int linx_policy_directory(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	int fd = check_path(path, err);

	if (!fd)
		fd = keep_open(p, path, O_DIRECTORY, err);
	if (fd >= 0)
		linx_policy_value(values, &(struct linx_deny_file){ .fd = fd }, sizeof(struct linx_deny_file));
	return fd < 0 ? fd : 0;
}

static bool has_name(const char *path)
{
	const char *last = strrchr(path, '/') + 1;

	return *last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0;
}

/* Adds a name in a directory, and the file that has this name when the rules are loaded. */
static int add_named(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	struct linx_deny_file place = { .fd = LINX_DENY_BY_PATH };
	const char *last = strrchr(path, '/') + 1;
	int ret = check_place(p, path, err);

	if (ret)
		return ret;
	if (!has_name(path))
		return linx_fail(err, -EINVAL, "%.200s: the path has no name of a file at its end", path);
	if (strlen(last) > NAME_MAX)
		return linx_fail(err, -EINVAL, "%.200s...: the name is too long", path);
	place.name_len = (uint32_t)strlen(path);
	ret = add_text(p, path, place.name_len, &place.name, err);
	if (!ret)
		linx_policy_value(values, &place, sizeof(place));
	return ret;
}

#define LINKS_MAX 40

/*
 * Replaces the path of a symbolic link by the path that it leads to. 1: the path was a symbolic link; 0: it was not;
 * -errno
 */
static int follow(char path[PATH_MAX], struct linx_error *err)
{
	char target[PATH_MAX], whole[2 * PATH_MAX], directory[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	linx_policy_directory_of(path, directory);
	snprintf(whole, sizeof(whole), "%s%s%s", *target == '/' ? "" : directory, *target == '/' ? "" : "/", target);
	for (size_t len = strlen(whole); len > 1 && whole[len - 1] == '/'; len--)
		whole[len - 1] = '\0';
	if (strlen(whole) >= PATH_MAX)
		return linx_fail(err, -ENAMETOOLONG, "%.200s: the link leads to a path that is too long", path);
	if (has_name(whole))
		strcpy(path, whole);
	else if (!realpath(whole, path))
		return linx_fail(err, -errno, "%.200s: %s", whole, strerror(errno));
	return strcmp(path, "/") != 0;
}

/*
 * Adds paths, which the module looks up when the rules are loaded, and no descriptors: thousands of them would be too
 * many for most processes. For a link, each path that it leads to is added, too, since an open of the link opens the
 * file at that path.
 */
int linx_policy_place(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	char at[PATH_MAX];
	int links = 0, ret = check_path(path, err);

	if (ret)
		return ret;
	if (!strcmp(path, "/"))
		return linx_policy_directory(p, path, values, err);
	strcpy(at, path);
	do {
		ret = add_named(p, at, values, err);
		if (ret && links)
			return linx_fail(err, ret, "%.200s: the link leads to a place that cannot be judged: %.200s: %s", path, at, strerror(-ret));
		if (!ret)
			ret = follow(at, err);
	} while (ret == 1 && links++ < LINKS_MAX);
	return ret == 1 ? linx_fail(err, -ELOOP, "%.200s: %s", path, strerror(ELOOP)) : ret;
}

bool linx_policy_is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* ---- directories and what is mounted there --------------------------------------------------------- */

struct below {
	struct linx_policy *p;
	struct linx_policy_values *values;
	const char *directory;
	struct linx_error *err;
};

/* Adds the root of a file system that is mounted below the directory. */
static int add_mount(const struct linx_mount *m, void *ctx)
{
	const struct below *b = ctx;
	struct linx_error why = { "" };
	int fd;

	if (!linx_path_is_below(m->point, b->directory) || !strcmp(m->point, b->directory))
		return 0;
	fd = keep_open(b->p, m->point, 0, &why);
	/*
	 * -ENOENT, -ENOTDIR: another mount hides this one, so nobody reaches it by its path. Other errors may occur in
	 * this process alone.
	 */
	if (fd == -EXDEV && !linx_mounts_first_has(m->point))
		return 0; /* other processes see files of the surrounding file system there */
	if (fd < 0 && fd != -ENOENT && fd != -ENOTDIR)
		return linx_fail(b->err, fd, "%s: it is mounted there, and its files would be left out", why.text);
	if (fd >= 0)
		linx_policy_value(b->values, &(struct linx_deny_file){ .fd = fd }, sizeof(struct linx_deny_file));
	return 0;
}

int linx_policy_inside(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	char directory[PATH_MAX];
	struct below b = { p, values, directory, err };
	int ret = linx_policy_directory(p, path, values, err);

	if (!ret)
		ret = linx_path_of(p->fds[p->nfds - 1], directory, err);
	return ret ? ret : linx_mounts_each(add_mount, &b, err);
}

/* ---- texts ------------------------------------------------------------------------------------- */

static int add_text_value(struct linx_policy *p, int fd, const char *text, size_t n, struct linx_policy_values *values,
			  struct linx_error *err)
{
	struct linx_deny_text t = { .fd = fd, .len = (uint32_t)n };
	int ret;

	if (!n || n > LINX_DENY_TEXT_MAX)
		return linx_fail(err, -EINVAL, "%.40s: a part of a path has 1 to %u bytes here", n ? text : "''", LINX_DENY_TEXT_MAX);
	ret = add_text(p, text, n, &t.text, err);
	if (!ret)
		linx_policy_value(values, &t, sizeof(t));
	return ret;
}

/* True if the mount's directory begins with the text. */
static int begins_so(const struct linx_mount *m, void *ctx)
{
	const char *path = ctx;

	return !strncmp(m->point, path, strlen(path));
}

int linx_policy_begin(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	struct linx_strbuf within = { 0 };
	const char *last;
	uint64_t fs;
	int fd, ret = check_path(path, err);

	if (!ret)
		ret = linx_mounts_each(begins_so, (void *)(uintptr_t)path, err);
	if (ret == 1)
		return linx_fail(err, -EINVAL, "%.200s: other file systems are mounted at places that begin so: name directories, with a / at the end", path);
	if (ret)
		return ret;
	fd = open_directory_of(p, path, &last, err);
	if (fd < 0)
		return fd;
	ret = linx_mounts_locate(fd, &fs, &within, err);
	if (!ret) {
		linx_strbuf_char(&within, '/');
		linx_strbuf_str(&within, last);
		ret = within.failed ? linx_fail(err, -ENOMEM, "out of memory") :
				      add_text_value(p, fd, within.data, within.len, values, err);
	}
	free(within.data);
	return ret;
}

int linx_policy_end(struct linx_policy *p, const char *before, const char *text, struct linx_policy_values *values, struct linx_error *err)
{
	struct linx_strbuf whole = { 0 };
	int ret;

	linx_strbuf_str(&whole, before);
	linx_strbuf_str(&whole, text);
	ret = whole.failed ? linx_fail(err, -ENOMEM, "out of memory") : add_text_value(p, -1, whole.len ? whole.data : "", whole.len, values, err);
	free(whole.data);
	return ret;
}

static int is_cgroups(const struct linx_mount *m, void *ctx)
{
	char **point = ctx;

	if (strcmp(m->type, "cgroup2") != 0)
		return 0;
	*point = strdup(m->point);
	return *point ? 1 : -ENOMEM;
}

/*
 * True if a part of the path is the group of a unit, which systemd makes anew at each start. The new group has another
 * number, since the kernel never uses the number of a group again.
 */
static bool is_of_unit(const char *path)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

	for (const char *end; *path; path = end + strspn(end, "/")) {
		end = path + strcspn(path, "/");
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			size_t n = strlen(kinds[i]);

			if ((size_t)(end - path) > n && !strncmp(end - n, kinds[i], n))
				return true;
		}
	}
	return false;
}

int linx_policy_cgroup(const char *path, uint64_t *id, struct linx_error *err)
{
	char name[PATH_MAX], *point = NULL;
	struct stat st;
	int ret = check_path(path, err);

	if (!ret && is_of_unit(path))
		return linx_fail(err, -EINVAL, "%.200s: systemd makes this group anew at each start, and the rule would be about the old one: give the unit a slice of its own (Slice=), and name that", path);
	if (!ret)
		ret = linx_mounts_each(is_cgroups, &point, err);
	if (ret == 1) {
		snprintf(name, sizeof(name), "%s%s", point, path);
		ret = stat(name, &st) ? linx_fail(err, -errno, "%.200s: %s", name, strerror(errno)) : 0;
		*id = ret ? 0 : st.st_ino;
	} else if (!ret) {
		ret = linx_fail(err, -ENOENT, "control groups of version 2 are not mounted here");
	} else if (ret == -ENOMEM) {
		linx_fail(err, ret, "out of memory");
	}
	free(point);
	return ret;
}
