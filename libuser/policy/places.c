// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks up the files, directories and control groups that conditions of a policy name. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/own.h"

/* A line of /proc/self/mountinfo. The texts lie in the line, with their escapes replaced. */
struct mount {
	int id;
	char *root; /* directory of the file system that is mounted */
	char *point;
	char *type;
};

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

/* Opens a path, and keeps the descriptor as long as the policy. Returns the descriptor, or -errno with an error text. */
static int keep_open(struct linx_policy *p, const char *path, int flags, struct linx_error *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC | flags);

	if (fd < 0)
		return linx_fail(err, -errno, "%.200s: %s", path, strerror(errno));
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

static int check_directory_of(const char *path, struct linx_error *err)
{
	char directory[PATH_MAX];
	struct stat st;

	linx_policy_directory_of(path, directory);
	if (stat(directory, &st))
		return linx_fail(err, -errno, "%.200s: %s", directory, strerror(errno));
	return S_ISDIR(st.st_mode) ? 0 : linx_fail(err, -ENOTDIR, "%.200s: %s", directory, strerror(ENOTDIR));
}

/* Opens the directory of a path. *last: what follows the last slash of the path. */
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

/* The module looks the file up when the rules are loaded: thousands of descriptors would be too many for most processes. */
int linx_policy_place(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	struct linx_deny_file place = { .fd = LINX_DENY_BY_PATH };
	const char *last;
	int ret = check_path(path, err);

	if (ret)
		return ret;
	if (!strcmp(path, "/"))
		return linx_policy_directory(p, path, values, err);
	last = strrchr(path, '/') + 1;
	ret = check_directory_of(path, err);
	if (ret)
		return ret;
	if (!*last || !strcmp(last, ".") || !strcmp(last, ".."))
		return linx_fail(err, -EINVAL, "%.200s: the path has no name of a file at its end", path);
	if (strlen(last) > NAME_MAX)
		return linx_fail(err, -EINVAL, "%.200s...: the name is too long", path);
	place.name_len = (uint32_t)strlen(path);
	ret = add_text(p, path, place.name_len, &place.name, err);
	if (!ret)
		linx_policy_value(values, &place, sizeof(place));
	return ret;
}

bool linx_policy_is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* ---- mounts --------------------------------------------------------------------------------- */

/* Replaces the escapes of mountinfo in a text: \040 and the like stand for a byte. */
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

static bool read_mount(char *line, struct mount *m)
{
	char *rest = line, *word;

	*m = (struct mount){ 0 };
	for (unsigned int i = 0; (word = strsep(&rest, " ")); i++) {
		if (i == 0)
			m->id = atoi(word);
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

/*
 * Calls each() for each mount of this process, until it returns a value other than 0, which is returned. -errno: the list
 * cannot be read.
 */
static int for_each_mount(int (*each)(const struct mount *m, void *ctx), void *ctx, struct linx_error *err)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	struct mount m;
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!f)
		return linx_fail(err, -errno, "/proc/self/mountinfo: %s", strerror(errno));
	while (!ret && getline(&line, &size, f) > 0)
		if (read_mount(line, &m))
			ret = each(&m, ctx);
	free(line);
	fclose(f);
	return ret;
}

/* True if path is below the directory, or is the directory itself. */
static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strcmp(directory, "/") || (!strncmp(path, directory, n) && (!path[n] || path[n] == '/'));
}

struct below {
	struct linx_policy *p;
	struct linx_policy_values *values;
	const char *directory;
	struct linx_error *err;
};

/* Adds the root of a file system that is mounted below the directory. */
static int add_mount(const struct mount *m, void *ctx)
{
	const struct below *b = ctx;
	int fd;

	if (!is_below(m->point, b->directory) || !strcmp(m->point, b->directory))
		return 0;
	fd = keep_open(b->p, m->point, 0, NULL);
	if (fd == -ENOMEM || fd == -EMFILE || fd == -ENFILE)
		return linx_fail(b->err, fd, "%.200s: %s", m->point, strerror(-fd));
	/* Other errors mean that nobody reaches it by this path: another mount hides it, or its server is gone. */
	if (fd >= 0)
		linx_policy_value(b->values, &(struct linx_deny_file){ .fd = fd }, sizeof(struct linx_deny_file));
	return 0;
}

/* Gets the path that the kernel has for a descriptor, in this process's mount namespace. */
static int real_path(int fd, char *to, size_t size, struct linx_error *err)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, to, size - 1);
	if (n < 0)
		return linx_fail(err, -errno, "%s: %s", link, strerror(errno));
	to[n] = '\0';
	return 0;
}

int linx_policy_inside(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	char directory[PATH_MAX];
	struct below b = { p, values, directory, err };
	int ret = linx_policy_directory(p, path, values, err);

	if (!ret)
		ret = real_path(p->fds[p->nfds - 1], directory, sizeof(directory), err);
	return ret ? ret : for_each_mount(add_mount, &b, err);
}

struct search {
	int id;
	const char *type;
	char *root, *point; /* freed by the caller of the search */
};

static int is_searched(const struct mount *m, void *ctx)
{
	struct search *s = ctx;

	if (s->type ? strcmp(s->type, m->type) != 0 : s->id != m->id)
		return 0;
	s->root = strdup(m->root);
	s->point = strdup(m->point);
	return s->root && s->point ? 1 : -ENOMEM;
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

int linx_policy_path_within(int fd, struct linx_strbuf *to, struct linx_error *err)
{
	struct search s = { .id = mount_of(fd, err) };
	char path[PATH_MAX];
	int ret = s.id < 0 ? s.id : real_path(fd, path, sizeof(path), err);

	if (!ret)
		ret = for_each_mount(is_searched, &s, err);
	if (!ret)
		ret = linx_fail(err, -ENOENT, "%.200s: its mount is not in /proc/self/mountinfo", path);
	if (ret == -ENOMEM)
		linx_fail(err, ret, "out of memory");
	if (ret == 1 && !is_below(path, s.point))
		ret = linx_fail(err, -ENOENT, "%.200s: the directory was moved meanwhile", path);
	if (ret == 1) {
		linx_strbuf_str(to, strcmp(s.root, "/") ? s.root : "");
		linx_strbuf_str(to, path + (strcmp(s.point, "/") ? strlen(s.point) : 0));
		while (to->len && to->data[to->len - 1] == '/')
			to->len--;
		ret = to->failed ? linx_fail(err, -ENOMEM, "out of memory") : 0;
	}
	free(s.root);
	free(s.point);
	return ret;
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

/* Finds a mount whose place begins with the text. */
static int begins_so(const struct mount *m, void *ctx)
{
	const char *path = ctx;

	return !strncmp(m->point, path, strlen(path));
}

int linx_policy_begin(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err)
{
	struct linx_strbuf within = { 0 };
	const char *last;
	int fd, ret = check_path(path, err);

	if (!ret)
		ret = for_each_mount(begins_so, (void *)(uintptr_t)path, err);
	if (ret == 1)
		return linx_fail(err, -EINVAL, "%.200s: other file systems are mounted at places that begin so: name directories, with a / at the end", path);
	if (ret)
		return ret;
	fd = open_directory_of(p, path, &last, err);
	if (fd < 0)
		return fd;
	ret = linx_policy_path_within(fd, &within, err);
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

int linx_policy_cgroup(const char *path, uint64_t *id, struct linx_error *err)
{
	struct search s = { .type = "cgroup2" };
	char name[PATH_MAX];
	struct stat st;
	int ret = check_path(path, err);

	if (!ret)
		ret = for_each_mount(is_searched, &s, err);
	if (ret == 1) {
		snprintf(name, sizeof(name), "%s%s", s.point, path);
		ret = stat(name, &st) ? linx_fail(err, -errno, "%.200s: %s", name, strerror(errno)) : 0;
		*id = ret ? 0 : st.st_ino;
	} else if (!ret) {
		ret = linx_fail(err, -ENOENT, "control groups of version 2 are not mounted here");
	} else if (ret == -ENOMEM) {
		linx_fail(err, ret, "out of memory");
	}
	free(s.root);
	free(s.point);
	return ret;
}
