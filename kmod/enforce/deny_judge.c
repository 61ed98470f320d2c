// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides whether a rule holds for an operation. The context is that of enforce/deny_object.h. The work is bounded by
 * LINX_DENY_DEPTH_MAX and by the number of values in the rule; nothing sleeps, allocates or reads user memory.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "compat/compat.h"
#include "enforce/deny_call.h"
#include "enforce/deny_judge.h"
#include "enforce/deny_task.h"
#include "task/task_info.h"

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

static enum linx_deny_answer of_detail(const struct linx_deny_part *part, u64 detail)
{
	return part->what == LINX_DENY_FLAGS ? in_masks(part, detail) : in_ranges(part, detail);
}

/*
 * Has the condition the id of the task's cgroup of version 2, or of a cgroup above it? A cgroup holds references to
 * those above it.
 */
static enum linx_deny_answer in_cgroups(const struct linx_deny_part *part)
{
	struct cgroup *c;

	for (c = task_css_set(current)->dfl_cgrp; c; c = cgroup_parent(c))
		if (in_ranges(part, cgroup_id(c)) == LINX_DENY_YES)
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

/*
 * Has the condition the number of the task's network namespace? UNDECIDED: the task is ending, and has no namespaces
 * any more. Such a task opens no file and sends nothing.
 */
static enum linx_deny_answer in_net_ns(const struct linx_deny_part *part)
{
	const struct nsproxy *ns = current->nsproxy;

	return ns ? in_ranges(part, ns->net_ns->ns.inum) : LINX_DENY_UNDECIDED;
}

static enum linx_deny_answer of_creds(const struct linx_deny_part *part, const struct cred *cred)
{
	switch (part->what) {
	case LINX_DENY_UID:
		return in_ranges(part, __kuid_val(cred->uid));
	case LINX_DENY_EUID:
		return in_ranges(part, __kuid_val(cred->euid));
	case LINX_DENY_GID:
		return in_ranges(part, __kgid_val(cred->gid));
	case LINX_DENY_EGID:
		return in_ranges(part, __kgid_val(cred->egid));
	default:
		return in_masks(part, linx_cap(cred->cap_effective));
	}
}

static enum linx_deny_answer of_task(const struct linx_deny_part *part, const struct cred *cred)
{
	switch (part->what) {
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
 * Checks a condition on a file. A file that is about to be created has no inode yet: its link count is 0, and its owner
 * will be the task's fsuid.
 */
static enum linx_deny_answer of_file(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o)
{
	struct linx_judged *f = &o->files[o->at];
	const struct inode *inode;

	if (!o->nfiles)
		return LINX_DENY_NO;
	inode = f->inode;
	switch (part->what) {
	case LINX_DENY_LINKS:
		return in_ranges(part, inode ? inode->i_nlink : 0);
	case LINX_DENY_FILE_MODE:
		return in_masks(part, inode ? inode->i_mode : f->mode);
	case LINX_DENY_FILE_UID:
		return in_ranges(part, __kuid_val(inode ? inode->i_uid : current_fsuid()));
	default:
		return linx_judged_fits(set, part, f, &o->room->path);
	}
}

static enum linx_deny_answer of_attributes(const struct linx_deny_part *part, const struct linx_deny_object *o)
{
	switch (part->what) {
	case LINX_DENY_NEW_MODE:
		return o->sets & LINX_DENY_SETS_MODE ? in_masks(part, o->new_mode) : LINX_DENY_NO;
	case LINX_DENY_NEW_UID:
		return o->sets & LINX_DENY_SETS_UID ? in_ranges(part, o->new_uid) : LINX_DENY_NO;
	default:
		return o->sets & LINX_DENY_SETS_GID ? in_ranges(part, o->new_gid) : LINX_DENY_NO;
	}
}

/*
 * Compares the type of a file system up to a dot: what follows the dot is a subtype, which only the file system itself
 * uses.
 */
static enum linx_deny_answer has_type(const struct linx_deny_set *set, const struct linx_deny_part *part, const struct linx_deny_object *o)
{
	u32 len = o->fs_type ? strcspn(o->fs_type, ".") : 0, i;

	for (i = 0; len && i < part->count; i++)
		if (part->texts[i].len == len && !memcmp(set->operands + part->texts[i].text, o->fs_type, len))
			return LINX_DENY_YES;
	return LINX_DENY_NO;
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

/* Checks conditions whose numbers in enum linx_deny_what are above those on sockets. */
static enum linx_deny_answer of_others(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o)
{
	const struct nsproxy *ns = current->nsproxy;

	switch (part->what) {
	case LINX_DENY_READING:
		return in_ranges(part, o->detail);
	case LINX_DENY_TARGET_PID:
		return in_ranges(part, task_tgid_nr(o->target));
	case LINX_DENY_CAPS_GAINED:
		return in_masks(part, o->detail);
	case LINX_DENY_MNT_NS:
		return ns ? in_ranges(part, linx_task_info_mnt_ns(ns)) : LINX_DENY_UNDECIDED;
	default:
		return linx_deny_task_fits(set, part, o);
	}
}

/*
 * Checks a condition on an argument of a call. UNDECIDED: the argument has several possible values
 * (linx_deny_call_arg()), and the condition holds for some of them only.
 */
static enum linx_deny_answer of_call(const struct linx_deny_part *part, const struct linx_deny_object *o)
{
	u64 values[LINX_DENY_ARG_VALUES];
	u32 i, n = linx_deny_call_arg(o, part->what - LINX_DENY_ARG, values);
	enum linx_deny_answer all = LINX_DENY_NO, answer;

	for (i = 0; i < n; i++) {
		answer = part->test == LINX_DENY_MASK ? in_masks(part, values[i]) : in_ranges(part, values[i]);
		if (i && answer != all)
			return LINX_DENY_UNDECIDED;
		all = answer;
	}
	return all;
}

static enum linx_deny_answer part_holds(const struct linx_deny_set *set, const struct linx_deny_part *part,
					struct linx_deny_object *o)
{
	if (part->what <= LINX_DENY_CAPS)
		return of_creds(part, o->cred);
	if (part->what <= LINX_DENY_CGROUP)
		return of_task(part, o->cred);
	if (part->what >= LINX_DENY_ARG)
		return of_call(part, o);
	if (part->what < LINX_DENY_FLAGS)
		return of_file(set, part, o);
	if (linx_deny_is_detail(part->what))
		return of_detail(part, o->detail);
	if (part->what == LINX_DENY_FS_TYPE)
		return has_type(set, part, o);
	if (part->what < LINX_DENY_FAMILY)
		return of_attributes(part, o);
	return part->what < LINX_DENY_READING ? of_socket(part, o) : of_others(set, part, o);
}

/* ---- rules */

bool linx_deny_may_hold(const struct linx_deny_of_hook *of, const struct linx_deny_point *point, const struct cred *cred,
			struct pt_regs *regs)
{
	const struct linx_deny_early *e = of->early;
	enum linx_deny_answer answer;

	if (!e)
		return of->nrules;
	while (e->part) {
		if (likely(e->part->what <= LINX_DENY_CAPS))
			answer = of_creds(e->part, cred);
		else
			answer = of_detail(e->part, point->detail(regs));
		if ((answer == LINX_DENY_YES) == e->part->not) { /* the rule cannot hold: skip its other conditions */
			while (!e++->last)
				;
		} else if (e++->last) {
			return true;
		}
	}
	return false;
}

static enum linx_deny_answer holds_now(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o)
{
	const struct linx_deny_rule *r = &set->rules[rule];
	enum linx_deny_answer answer, all = LINX_DENY_YES;
	const struct linx_deny_part *part;
	u64 left;

	for (left = set->order[rule]; left; left &= left - 1) {
		part = linx_deny_next_part(set, r, left);
		answer = part_holds(set, part, o);
		if (answer == LINX_DENY_UNDECIDED)
			all = answer;
		else if ((answer == LINX_DENY_YES) == part->not)
			return LINX_DENY_NO;
	}
	return all;
}

static enum linx_deny_answer holds_for_files(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o)
{
	enum linx_deny_answer answer;

	o->at = 0;
	do {
		answer = holds_now(set, rule, o);
	} while (unlikely(answer == LINX_DENY_NO) && o->at + 1 < o->nfiles && ++o->at);
	return answer;
}

enum linx_deny_answer linx_deny_rule_holds(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o)
{
	enum linx_deny_answer answer;
	u32 i;

	for (i = 0; i < o->ncreds; i++) {
		o->cred = o->creds[i];
		answer = holds_for_files(set, rule, o);
		if (answer != LINX_DENY_NO)
			return answer;
	}
	return LINX_DENY_NO;
}

/* Adds the rules of the index that can hold for one file. Returns false if all rules of the hook have to be checked. */
static bool find_for(const struct linx_deny_index *index, struct linx_deny_object *o, struct linx_judged *f, u32 *n)
{
	enum linx_deny_answer has_place = linx_judged_place(f);
	u32 file, place = 0;

	if (has_place == LINX_DENY_UNDECIDED)
		return false;
	file = linx_place_hash(&f->id, 0);
	if (has_place == LINX_DENY_YES)
		place = linx_place_hash(&f->dir, f->name_hash);
	*n = linx_deny_index_find(index, file, has_place == LINX_DENY_YES ? &place : NULL, o->room->rules, *n, LINX_DENY_FOUND_MAX);
	return *n <= LINX_DENY_FOUND_MAX;
}

bool linx_deny_find(const struct linx_deny_index *index, struct linx_deny_object *o, u32 *n)
{
	u32 i;

	*n = 0;
	for (i = 0; index->nposts && i < o->nfiles; i++)
		if (!find_for(index, o, &o->files[i], n))
			return false;
	return true;
}
