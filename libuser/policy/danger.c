// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a policy would lock out: its rules are tried, outside of the kernel, on the programs without which nobody gets
 * into this machine or can end the policy. See linx_policy_find_danger().
 *
 * What a rule tests of the file and of the operation is compared exactly as the module compares it. Who acts is root with
 * all capabilities. What depends on the time (control groups, namespaces) is taken to hold.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array_size.h"
#include "policy/own.h"
#include "record/rule_names.h"

#define SSHD "/usr/sbin/sshd"
#define SSH_PORT 22u
#define SELF "/proc/self/exe"
#define TCP 6u

static const char *const programs[] = {
	"/bin/sh", "/bin/bash", "/bin/login", "/sbin/agetty", SSHD, "/usr/lib/openssh/sshd-session", "/usr/libexec/openssh/sshd-session",
	"/sbin/init", "/usr/bin/linxcap", SELF,
};
static const char *const libraries[] = {
	"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6",
	"/lib64/libc.so.6", "/usr/lib/libc.so.6", "/lib/ld-musl-x86_64.so.1",
};

/* An operation on a file that is tried. */
struct trial {
	const struct linx_policy *p;
	unsigned int check; /* enum linx_deny_hook */
	uint64_t flags;
	uint64_t port; /* port of a socket; else 0 */
	struct stat file;
	struct stat above[LINX_DENY_DEPTH_MAX]; /* directories from the file's own up to the root of the file system */
	unsigned int depth;
	char path[PATH_MAX]; /* the file's real path */
	struct linx_strbuf within; /* path of the file within its file system */
};

enum answer { NO, YES, MAYBE };

static enum answer in_ranges(const struct linx_deny_range *r, uint32_t n, uint64_t value)
{
	for (uint32_t i = 0; i < n; i++)
		if (value >= r[i].from && value <= r[i].to)
			return YES;
	return NO;
}

static enum answer in_masks(const struct linx_deny_mask *m, uint32_t n, uint64_t value)
{
	for (uint32_t i = 0; i < n; i++)
		if ((value & m[i].mask) == m[i].value)
			return YES;
	return NO;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* True if the file is the one at a path, or has the path's place. */
static bool is_at_path(const struct trial *t, const struct linx_deny_file *f)
{
	const char *name = strrchr(t->path, '/') + 1, *last;
	char path[PATH_MAX], directory[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%.*s", (int)f->name_len, t->p->operands.data + f->name);
	if (!stat(path, &st) && is_same(&st, &t->file))
		return true;
	last = linx_policy_directory_of(path, directory);
	return t->depth && !strcmp(last, name) && !stat(directory, &st) && is_same(&st, &t->above[0]);
}

/* True if the file is the one of a value, or has its place, or with "inside" is in its directory. */
static bool is_placed(const struct trial *t, const struct linx_deny_file *f, bool inside)
{
	const char *name = strrchr(t->path, '/') + 1;
	struct stat st;

	if (f->fd == LINX_DENY_BY_PATH)
		return is_at_path(t, f);
	if (fstat(f->fd, &st))
		return true;
	if (f->name_len)
		return t->depth && is_same(&st, &t->above[0]) && strlen(name) == f->name_len &&
		       !memcmp(t->p->operands.data + f->name, name, f->name_len);
	for (unsigned int i = 0; inside && i < t->depth; i++)
		if (is_same(&st, &t->above[i]))
			return true;
	return is_same(&st, &t->file);
}

static bool has_text(const struct trial *t, const struct linx_deny_text *x, unsigned int test)
{
	const char *text = t->p->operands.data + x->text, *path = t->within.data;
	size_t n = t->within.len;
	struct stat st;

	if (x->fd >= 0 && (fstat(x->fd, &st) || st.st_dev != t->file.st_dev))
		return false;
	if (n < x->len || (test == LINX_DENY_IS && n != x->len))
		return false;
	return !memcmp(path + (test == LINX_DENY_ENDS ? n - x->len : 0), text, x->len);
}

static enum answer of_file(const struct trial *t, const struct linx_deny_cond *c, const char *values)
{
	for (uint32_t i = 0; i < c->count; i++) {
		const struct linx_deny_file *f = (const struct linx_deny_file *)(const void *)values + i;
		const struct linx_deny_text *x = (const struct linx_deny_text *)(const void *)values + i;
		bool placed = c->test == LINX_DENY_PLACED || c->test == LINX_DENY_INSIDE;

		if (placed ? is_placed(t, f, c->test == LINX_DENY_INSIDE) : has_text(t, x, c->test))
			return YES;
	}
	return NO;
}

static enum answer ask(const struct trial *t, const struct linx_deny_cond *c)
{
	const char *values = t->p->operands.data + c->offset;
	const void *v = values;

	switch (c->what) {
	case LINX_DENY_UID:
	case LINX_DENY_EUID:
	case LINX_DENY_GID:
	case LINX_DENY_EGID:
		return in_ranges(v, c->count, 0);
	case LINX_DENY_CAPS:
		return in_masks(v, c->count, UINT64_MAX);
	case LINX_DENY_FILE:
		return of_file(t, c, values);
	case LINX_DENY_LINKS:
		return in_ranges(v, c->count, t->file.st_nlink);
	case LINX_DENY_FILE_MODE:
		return in_masks(v, c->count, t->file.st_mode);
	case LINX_DENY_FILE_UID:
		return in_ranges(v, c->count, t->file.st_uid);
	case LINX_DENY_FLAGS:
		return in_masks(v, c->count, t->flags);
	case LINX_DENY_PORT:
		return in_ranges(v, c->count, t->port);
	case LINX_DENY_PROTOCOL:
		return in_ranges(v, c->count, TCP);
	case LINX_DENY_TYPE:
		return in_ranges(v, c->count, SOCK_STREAM);
	default:
		return MAYBE;
	}
}

static bool would_refuse(const struct trial *t, const struct linx_deny_rule *r)
{
	if (r->hook != t->check || r->action == LINX_DENY_NOTIFY)
		return false;
	for (uint32_t i = r->first; i < r->first + r->nconds; i++) {
		const struct linx_deny_cond *c = &t->p->conds[i];
		enum answer a = ask(t, c);

		if (a != MAYBE && (a == YES) == (c->flags & LINX_DENY_NOT))
			return false;
	}
	return true;
}

/* ---- the programs ----------------------------------------------------------------------------------- */

/* Finds the directories above a file, as far as its file system goes. */
static void walk_up(struct trial *t)
{
	char directory[PATH_MAX];
	int up;

	linx_policy_directory_of(t->path, directory);
	t->depth = 0;
	for (up = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC); up >= 0 && t->depth < LINX_DENY_DEPTH_MAX;) {
		struct stat *st = &t->above[t->depth];
		int next;

		if (fstat(up, st) || st->st_dev != t->file.st_dev || (t->depth && is_same(st, st - 1)))
			break;
		t->depth++;
		next = openat(up, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(up);
		up = next;
	}
	if (up >= 0)
		close(up);
}

/* Looks a program up. False: it is not there. */
static bool look_up(struct trial *t, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct linx_error err;
	bool there = false;

	if (fd < 0)
		return false;
	t->within.len = 0;
	if (realpath(path, t->path) && !fstat(fd, &t->file) && !linx_policy_path_within(fd, &t->within, &err)) {
		walk_up(t);
		there = true;
	}
	close(fd);
	return there;
}

struct search {
	struct trial t;
	const char *path; /* the program as it is called */
	uint64_t rule; /* the rule that was found for this program last: it is one danger, whatever its checks */
	bool (*each)(const struct linx_policy_danger *d, void *ctx); /* true: the search ends */
	void *ctx;
};

static bool try_rules(struct search *s, unsigned int check, uint64_t flags)
{
	s->t.check = check;
	s->t.flags = flags;
	for (uint32_t i = 0; i < s->t.p->nrules; i++) {
		const struct linx_deny_rule *r = &s->t.p->rules[i];

		if (r->id == s->rule || !would_refuse(&s->t, r))
			continue;
		s->rule = r->id;
		if (s->each(&(struct linx_policy_danger){ (unsigned int)r->id, s->path, linx_check_name(check) }, s->ctx))
			return true;
	}
	return false;
}

static bool try_program(struct search *s, const char *path, bool executes)
{
	if (!path || !look_up(&s->t, path))
		return false;
	s->path = !strcmp(path, SELF) ? s->t.path : path;
	s->rule = UINT64_MAX;
	return (executes && try_rules(s, LINX_DENY_EXEC, 0)) || try_rules(s, LINX_DENY_FILE_OPEN, O_RDONLY) ||
	       try_rules(s, LINX_DENY_MMAP, PROT_READ) || try_rules(s, LINX_DENY_MMAP, PROT_READ | PROT_EXEC);
}

/* Would sshd be able to listen? */
static bool try_sshd(struct search *s)
{
	s->path = SSHD;
	s->rule = UINT64_MAX;
	s->t.port = SSH_PORT;
	return !access(SSHD, F_OK) && try_rules(s, LINX_DENY_BIND, 0);
}

static bool try_all(struct search *s)
{
	const struct passwd *root = getpwuid(0);
	bool found = false;

	for (size_t i = 0; !found && i < ARRAY_SIZE(programs); i++)
		found = try_program(s, programs[i], true);
	for (size_t i = 0; !found && i < ARRAY_SIZE(libraries); i++)
		found = try_program(s, libraries[i], false);
	return found || try_program(s, root ? root->pw_shell : NULL, true) || try_sshd(s);
}

int linx_policy_each_danger(const struct linx_policy *p, bool (*each)(const struct linx_policy_danger *d, void *ctx), void *ctx)
{
	struct search *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->t.p = p;
	s->each = each;
	s->ctx = ctx;
	try_all(s);
	free(s->t.within.data);
	free(s);
	return 0;
}

/* The wanted danger. */
struct wanted {
	struct linx_policy *p;
	unsigned int left; /* dangers to be skipped */
	struct linx_policy_danger *found;
	bool is_found;
};

static bool is_wanted(const struct linx_policy_danger *d, void *ctx)
{
	struct wanted *w = ctx;

	if (w->p->items[d->rule].observe || w->left--)
		return false;
	w->is_found = true;
	*w->found = *d;
	free(w->p->danger);
	w->p->danger = strdup(d->program);
	w->found->program = w->p->danger;
	return true;
}

LINX_API int linx_policy_find_danger(struct linx_policy *p, unsigned int i, struct linx_policy_danger *danger)
{
	struct wanted w = { p, i, danger, false };
	int ret = linx_policy_each_danger(p, is_wanted, &w);

	if (ret || !w.is_found)
		return ret;
	return danger->program ? 1 : -ENOMEM;
}
