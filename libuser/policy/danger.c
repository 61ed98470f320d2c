// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds operations that a policy would refuse to everybody who could end the policy. The rules are evaluated, outside
 * of the kernel, for the operations that are needed to log in and end a policy (policy/vital.def). See
 * linx_policy_find_danger().
 *
 * Conditions on the file, the program and the operation are compared as the module compares them, for a task of root
 * with all capabilities. Conditions that cannot be known beforehand, such as control groups and addresses, are taken to
 * hold.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/array_size.h"
#include "policy/mounts.h"
#include "policy/own.h"
#include "policy/vital.h"
#include "record/rule_names.h"

enum answer { NO, YES, MAYBE };

/* Value of a test of files, looked up once for all operations. */
struct value {
	struct stat st, directory;
	bool has_file, has_directory;
	bool unknown; /* the value could not be looked up */
	const char *name; /* name in the directory, or text of a path; NULL: the value is an open file */
	size_t name_len;
	uint64_t fs; /* file system of the directory or of the beginning of a path; see struct linx_mount */
	bool any_fs;
	struct linx_strbuf within;
};

/*
 * Values of one condition of the rule that is tried. list NULL: the condition does not compare files, or its values
 * were not looked up yet.
 */
struct values {
	struct value *list;
	uint32_t n;
};

struct search {
	const struct linx_policy *p;
	struct linx_vital vital;
	const struct linx_vital_operation *o; /* the operation that is tried */
	struct values of[LINX_DENY_RULE_CONDS];
	uint64_t *found; /* by index in vital.files: 1 + id of the rule that was last found to refuse the file */
	bool no_memory;
};

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static enum answer answer_of(bool yes)
{
	return yes ? YES : NO;
}

/* ---- values of rules ---------------------------------------------------------------------------------- */

static void look_up_path(const struct linx_policy *p, const struct linx_deny_file *f, struct value *v)
{
	char path[PATH_MAX], directory[PATH_MAX];

	snprintf(path, sizeof(path), "%.*s", (int)f->name_len, p->operands.data + f->name);
	v->has_file = !stat(path, &v->st);
	v->name_len = strlen(linx_policy_directory_of(path, directory));
	v->name = p->operands.data + f->name + f->name_len - v->name_len;
	v->has_directory = !stat(directory, &v->directory);
	v->unknown = !v->has_directory;
}

static void look_up_file(const struct linx_policy *p, const struct linx_deny_file *f, bool inside, struct value *v)
{
	struct linx_error err;

	if (f->fd == LINX_DENY_BY_PATH) {
		look_up_path(p, f, v);
		return;
	}
	v->has_file = !fstat(f->fd, &v->st);
	v->unknown = !v->has_file || (inside && linx_mounts_locate(f->fd, &v->fs, &v->within, &err));
	if (!f->name_len)
		return;
	v->has_file = false;
	v->has_directory = true;
	v->directory = v->st;
	v->name = p->operands.data + f->name;
	v->name_len = f->name_len;
}

static void look_up_text(const struct linx_policy *p, const struct linx_deny_text *x, struct value *v)
{
	struct linx_strbuf within = { 0 };
	struct linx_error err;

	v->any_fs = x->fd < 0;
	v->unknown = x->fd >= 0 && linx_mounts_locate(x->fd, &v->fs, &within, &err);
	free(within.data);
	v->name = p->operands.data + x->text;
	v->name_len = x->len;
}

/* Looks up the values of a condition, unless they were looked up before. False: no memory. */
static bool look_up(struct search *s, const struct linx_deny_cond *c, struct values *to)
{
	const void *values = s->p->operands.data + c->offset;
	bool files = c->test == LINX_DENY_PLACED || c->test == LINX_DENY_INSIDE;

	if (to->list)
		return true;
	to->list = calloc(c->count, sizeof(*to->list));
	if (!to->list) {
		s->no_memory = true;
		return false;
	}
	for (to->n = 0; to->n < c->count; to->n++)
		if (files)
			look_up_file(s->p, (const struct linx_deny_file *)values + to->n, c->test == LINX_DENY_INSIDE, &to->list[to->n]);
		else
			look_up_text(s->p, (const struct linx_deny_text *)values + to->n, &to->list[to->n]);
	return true;
}

static void forget(struct search *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->of); i++) {
		while (s->of[i].n)
			free(s->of[i].list[--s->of[i].n].within.data);
		free(s->of[i].list);
		s->of[i].list = NULL;
	}
}

/* ---- tests ------------------------------------------------------------------------------------------------ */

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

/* Is the file the one of the value, or in the same directory under the same name? */
static enum answer is_placed(const struct linx_vital_file *f, const struct value *v)
{
	const char *name = strrchr(f->real, '/') + 1;

	if (v->unknown)
		return MAYBE;
	if (v->has_file && is_same(&v->st, &f->st))
		return YES;
	return answer_of(v->name && f->has_directory && v->has_directory && strlen(name) == v->name_len &&
			 !memcmp(name, v->name, v->name_len) && is_same(&v->directory, &f->directory));
}

/* Is the file in the directory of a value? Compares paths within the file system, since mounts do not change these. */
static enum answer is_inside(struct linx_vital_file *f, const struct value *v)
{
	if (v->has_file && is_same(&v->st, &f->st))
		return YES;
	if (v->unknown || !linx_vital_locate(f))
		return MAYBE;
	if (v->fs != f->fs || v->within.len > f->within.len)
		return NO;
	return answer_of(!v->within.len || (!memcmp(v->within.data, f->within.data, v->within.len) &&
					    (v->within.len == f->within.len || f->within.data[v->within.len] == '/')));
}

static enum answer has_text(struct linx_vital_file *f, const struct value *v, unsigned int test)
{
	size_t n;

	if (v->unknown || !linx_vital_locate(f))
		return MAYBE;
	n = f->within.len;
	if ((!v->any_fs && v->fs != f->fs) || n < v->name_len || (test == LINX_DENY_IS && n != v->name_len))
		return NO;
	return answer_of(!memcmp(f->within.data + (test == LINX_DENY_ENDS ? n - v->name_len : 0), v->name, v->name_len));
}

static enum answer of_file(struct linx_vital_file *f, const struct values *values, unsigned int test)
{
	enum answer all = NO;

	for (uint32_t i = 0; i < values->n; i++) {
		const struct value *v = &values->list[i];
		enum answer a = test == LINX_DENY_PLACED ? is_placed(f, v) : test == LINX_DENY_INSIDE ? is_inside(f, v) : has_text(f, v, test);

		if (a == YES)
			return a;
		all = a == MAYBE ? a : all;
	}
	return all;
}

/*
 * Tests the programs that may do the operation, or that may have started its process. MAYBE: some match and others do
 * not.
 */
static enum answer of_programs(struct search *s, uint32_t who, const struct values *values, unsigned int test)
{
	bool some = false, others = false;

	for (uint32_t i = 0; i < s->vital.nfiles; i++) {
		enum answer a;

		if (!(s->vital.files[i].who & who))
			continue;
		a = of_file(&s->vital.files[i], values, test);
		some |= a != NO;
		others |= a != YES;
	}
	return some && others ? MAYBE : answer_of(some);
}

/*
 * Is the operation on a socket of a family other than IPv4 and IPv6? Such a socket has no address and no port that
 * rules compare.
 */
static bool has_no_host(const struct linx_vital_operation *o)
{
	for (size_t i = 0; i < LINX_VITAL_NUMBERS; i++)
		if (o->numbers[i].what == LINX_DENY_FAMILY)
			return o->numbers[i].value != AF_INET && o->numbers[i].value != AF_INET6;
	return false;
}

static enum answer of_number(const struct search *s, const struct linx_deny_cond *c, const void *values)
{
	for (size_t i = 0; i < LINX_VITAL_NUMBERS; i++) {
		const struct linx_vital_number *n = &s->o->numbers[i];

		if (n->what == c->what)
			return c->test == LINX_DENY_MASK ? in_masks(values, c->count, n->value) : in_ranges(values, c->count, n->value);
	}
	return MAYBE;
}

/* Tests a number of a file: its mode, its number of links, or its owner. */
static enum answer of_inode(const struct linx_vital_file *f, const struct linx_deny_cond *c, const void *values)
{
	if (!f)
		return NO;
	if (c->what == LINX_DENY_FILE_MODE)
		return in_masks(values, c->count, f->st.st_mode);
	return in_ranges(values, c->count, c->what == LINX_DENY_LINKS ? f->st.st_nlink : f->st.st_uid);
}

static enum answer ask(struct search *s, const struct linx_deny_cond *c, struct values *values)
{
	const void *v = s->p->operands.data + c->offset;
	struct linx_vital_file *f = s->o->file < 0 ? NULL : &s->vital.files[s->o->file];

	switch (c->what) {
	case LINX_DENY_UID:
	case LINX_DENY_EUID:
	case LINX_DENY_GID:
	case LINX_DENY_EGID:
		return in_ranges(v, c->count, 0);
	case LINX_DENY_CAPS:
		return in_masks(v, c->count, UINT64_MAX);
	case LINX_DENY_FILE:
		return !f ? NO : look_up(s, c, values) ? of_file(f, values, c->test) : MAYBE;
	case LINX_DENY_EXE:
		return look_up(s, c, values) ? of_programs(s, s->o->who, values, c->test) : MAYBE;
	case LINX_DENY_PARENT:
	case LINX_DENY_ANCESTOR:
		return look_up(s, c, values) ? of_programs(s, UINT32_MAX, values, c->test) : MAYBE;
	case LINX_DENY_LINKS:
	case LINX_DENY_FILE_MODE:
	case LINX_DENY_FILE_UID:
		return of_inode(f, c, v);
	case LINX_DENY_ADDRESS:
	case LINX_DENY_PORT:
		return has_no_host(s->o) ? NO : of_number(s, c, v);
	default:
		return of_number(s, c, v);
	}
}

static bool would_refuse(struct search *s, const struct linx_deny_rule *r)
{
	if (r->hook != s->o->check || (r->hook == LINX_DENY_CALL && r->call != s->o->call))
		return false;
	for (uint32_t i = 0; i < r->nconds; i++) {
		const struct linx_deny_cond *c = &s->p->conds[r->first + i];
		enum answer a = ask(s, c, &s->of[i]);

		if (a != MAYBE && (a == YES) == (c->flags & LINX_DENY_NOT))
			return false;
	}
	return true;
}

/* ---- all rules -------------------------------------------------------------------------------------------- */

/* Tries one rule. A file or program counts as one danger, even if several checks refuse it. True: the search ends. */
static bool try_rule(struct search *s, const struct linx_deny_rule *r, bool (*each)(const struct linx_policy_danger *d, void *ctx), void *ctx)
{
	for (uint32_t i = 0; r->action != LINX_DENY_NOTIFY && i < s->vital.noperations; i++) {
		s->o = &s->vital.operations[i];
		if (s->found[s->o->about] == r->id + 1 || !would_refuse(s, r))
			continue;
		s->found[s->o->about] = r->id + 1;
		if (each(&(struct linx_policy_danger){ (unsigned int)r->id, s->vital.files[s->o->about].path, linx_check_name(s->o->check) }, ctx))
			return true;
	}
	return false;
}

static int begin(struct search *s)
{
	int ret = linx_vital_find(&s->vital);

	s->found = ret ? NULL : calloc(s->vital.nfiles + 1, sizeof(*s->found));
	return s->found ? 0 : -ENOMEM;
}

int linx_policy_each_danger(const struct linx_policy *p, bool (*each)(const struct linx_policy_danger *d, void *ctx), void *ctx)
{
	struct search s = { .p = p };
	int ret = p->nrules ? begin(&s) : 0;
	bool ends = false;

	for (uint32_t i = 0; !ret && !ends && i < p->nrules; i++) {
		ends = try_rule(&s, &p->rules[i], each, ctx);
		forget(&s);
		ret = s.no_memory ? -ENOMEM : 0;
	}
	linx_vital_free(&s.vital);
	free(s.found);
	return ret;
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
