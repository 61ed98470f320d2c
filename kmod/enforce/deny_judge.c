// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides whether a rule holds for an operation. The context is that of enforce/deny_object.h. The work is bounded by
 * LINX_DENY_DEPTH_MAX and by the number of values in the rule; nothing sleeps, allocates or reads user memory.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "compat/compat.h"
#include "enforce/deny_judge.h"

static enum linx_deny_answer in_ranges(const struct linx_deny_part *part, u64 n)
{
	u32 i;

	for (i = 0; i < part->count; i++)
		if (n >= part->ranges[i].from && n <= part->ranges[i].to)
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

static enum linx_deny_answer in_masks(const struct linx_deny_part *part, u64 n)
{
	u32 i;

	for (i = 0; i < part->count; i++)
		if ((n & part->masks[i].mask) == part->masks[i].value)
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

/* The cgroup of version 2, or one above it. Every cgroup above a task's is kept by it. */
static enum linx_deny_answer in_cgroups(const struct linx_deny_part *part)
{
	struct cgroup *c;

	for (c = task_css_set(current)->dfl_cgrp; c; c = cgroup_parent(c))
		if (in_ranges(part, cgroup_id(c)) == LINX_DENY_YES)
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

/* A task that is ending has no namespaces any more; it opens and sends nothing. */
static enum linx_deny_answer in_net_ns(const struct linx_deny_part *part)
{
	const struct nsproxy *ns = current->nsproxy;

	return ns ? in_ranges(part, ns->net_ns->ns.inum) : LINX_DENY_UNDECIDED;
}

static enum linx_deny_answer of_task(const struct linx_deny_part *part)
{
	const struct cred *cred = current_cred();

	switch (part->what) {
	case LINX_DENY_UID:
		return in_ranges(part, __kuid_val(cred->uid));
	case LINX_DENY_EUID:
		return in_ranges(part, __kuid_val(cred->euid));
	case LINX_DENY_GID:
		return in_ranges(part, __kgid_val(cred->gid));
	case LINX_DENY_EGID:
		return in_ranges(part, __kgid_val(cred->egid));
	case LINX_DENY_CAPS:
		return in_masks(part, linx_cap(cred->cap_effective));
	case LINX_DENY_USER_NS:
		return in_ranges(part, cred->user_ns->ns.inum);
	case LINX_DENY_PID_NS:
		return in_ranges(part, task_active_pid_ns(current)->ns.inum);
	case LINX_DENY_NET_NS:
		return in_net_ns(part);
	default:
		return in_cgroups(part);
	}
}

/*
 * Could a file whose place is not known for certain be one of the condition? Only in a directory that the condition
 * names or, if not even the directory is known, on a file system that it names.
 */
static bool may_be_near(const struct linx_deny_part *part, const struct linx_deny_object *o, bool dir_known)
{
	u32 i;

	for (i = 0; i < part->nplaces; i++)
		if (dir_known ? linx_ident_same(&part->places[i].id, &o->dir) : part->places[i].id.dev == o->id.dev)
			return true;
	return false;
}

/* The file itself, or what has its place. */
static enum linx_deny_answer is_placed(const struct linx_deny_part *part, struct linx_deny_object *o)
{
	enum linx_deny_answer place;
	const struct linx_deny_place *p = NULL;

	if (linx_deny_place_find(part, &o->id, 0, NULL))
		return LINX_DENY_YES;
	place = linx_deny_object_place(o);
	if (place == LINX_DENY_UNDECIDED)
		return may_be_near(part, o, o->dir_known) ? LINX_DENY_UNDECIDED : LINX_DENY_NO;
	if (place != LINX_DENY_YES)
		return place;
	while ((p = linx_deny_place_find(part, &o->dir, o->name_hash, p)))
		if (p->name_len == o->name_len && !memcmp(p->name, o->room->name, p->name_len))
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

static bool is_listed(const struct linx_deny_part *part, const struct linx_ident *id)
{
	return linx_deny_place_find(part, id, 0, NULL);
}

static enum linx_deny_answer is_inside(const struct linx_deny_part *part, struct linx_deny_object *o)
{
	u32 i;

	if (is_listed(part, &o->id))
		return LINX_DENY_YES;
	linx_deny_object_walk(o);
	for (i = 0; i < o->depth; i++)
		if (is_listed(part, &o->room->above[i]))
			return LINX_DENY_YES;
	return o->whole || !may_be_near(part, o, false) ? LINX_DENY_NO : LINX_DENY_UNDECIDED;
}

/* Where directories compare names in their own way, letters of either case are the same. */
static bool bytes_same(const char *a, const char *b, u32 len, bool folds)
{
	u32 i;

	if (!folds)
		return !memcmp(a, b, len);
	for (i = 0; i < len; i++)
		if (tolower(a[i]) != tolower(b[i]))
			return false;
	return true;
}

static enum linx_deny_answer has_path(const struct linx_deny_set *set, const struct linx_deny_part *part,
				      struct linx_deny_object *o)
{
	const struct linx_deny_text *t;
	const char *text;
	u32 i;

	for (i = 0; i < part->count; i++) {
		t = &part->texts[i];
		if (part->devs[i] && part->devs[i] != o->id.dev)
			continue;
		if (linx_deny_object_path(o) != LINX_DENY_YES)
			return LINX_DENY_UNDECIDED;
		text = (const char *)set->operands + t->text;
		if (t->len > o->path_len || (part->test == LINX_DENY_IS && t->len != o->path_len))
			continue;
		if (bytes_same(part->test == LINX_DENY_ENDS ? o->path + o->path_len - t->len : o->path, text, t->len, o->folds))
			return LINX_DENY_YES;
	}
	return LINX_DENY_NO;
}

static enum linx_deny_answer of_file(const struct linx_deny_set *set, const struct linx_deny_part *part,
				     struct linx_deny_object *o)
{
	if (!o->inode)
		return LINX_DENY_NO;
	switch (part->what) {
	case LINX_DENY_LINKS:
		return in_ranges(part, o->inode->i_nlink);
	case LINX_DENY_FILE_MODE:
		return in_masks(part, o->inode->i_mode);
	case LINX_DENY_FILE_UID:
		return in_ranges(part, __kuid_val(o->inode->i_uid));
	default:
		break;
	}
	switch (part->test) {
	case LINX_DENY_PLACED:
		return is_placed(part, o);
	case LINX_DENY_INSIDE:
		return is_inside(part, o);
	default:
		return has_path(set, part, o);
	}
}

static bool is_within(const struct linx_deny_net *net, const u8 *host)
{
	u32 whole = net->prefix / 8, rest = net->prefix % 8;

	if (memcmp(net->address, host, whole))
		return false;
	return !rest || !((net->address[whole] ^ host[whole]) & (0xff00 >> rest & 0xff));
}

static enum linx_deny_answer in_nets(const struct linx_deny_part *part, const struct linx_deny_object *o)
{
	u32 i;

	if (o->has_host != LINX_DENY_YES)
		return o->has_host;
	for (i = 0; i < part->count; i++)
		if (is_within(&part->nets[i], o->host))
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

static enum linx_deny_answer of_socket(const struct linx_deny_part *part, const struct linx_deny_object *o)
{
	switch (part->what) {
	case LINX_DENY_FAMILY:
		return in_ranges(part, o->family);
	case LINX_DENY_TYPE:
		return in_ranges(part, o->type);
	case LINX_DENY_PROTOCOL:
		return in_ranges(part, o->protocol);
	case LINX_DENY_PORT:
		return o->has_host ? in_ranges(part, o->port) : LINX_DENY_NO;
	default:
		return in_nets(part, o);
	}
}

static enum linx_deny_answer part_holds(const struct linx_deny_set *set, const struct linx_deny_part *part,
					struct linx_deny_object *o)
{
	if (part->what <= LINX_DENY_CGROUP)
		return of_task(part);
	switch (part->what) {
	case LINX_DENY_FLAGS:
		return in_masks(part, o->detail);
	case LINX_DENY_READING:
		return in_ranges(part, o->detail);
	default:
		return part->what < LINX_DENY_FAMILY ? of_file(set, part, o) : of_socket(part, o);
	}
}

enum linx_deny_answer linx_deny_rule_holds(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o)
{
	const struct linx_deny_rule *r = &set->rules[rule];
	enum linx_deny_answer answer, all = LINX_DENY_YES;
	u32 i;

	for (i = r->first; i < r->first + r->nconds; i++) {
		answer = part_holds(set, &set->parts[i], o);
		if (answer == LINX_DENY_UNDECIDED)
			all = answer;
		else if ((answer == LINX_DENY_YES) == set->parts[i].not)
			return LINX_DENY_NO;
	}
	return all;
}

bool linx_deny_find(const struct linx_deny_set *set, struct linx_deny_object *o, u32 *n)
{
	const struct linx_deny_index *index = &set->index[o->hook];
	enum linx_deny_answer has_place;
	u32 file, place = 0;

	*n = 0;
	if (!o->inode || !index->nposts)
		return true;
	has_place = linx_deny_object_place(o);
	if (has_place == LINX_DENY_UNDECIDED)
		return false;
	file = linx_place_hash(&o->id, 0);
	if (has_place == LINX_DENY_YES)
		place = linx_place_hash(&o->dir, o->name_hash);
	*n = linx_deny_index_find(index, file, has_place == LINX_DENY_YES ? &place : NULL, o->room->rules, LINX_DENY_FOUND_MAX);
	return *n <= LINX_DENY_FOUND_MAX;
}
