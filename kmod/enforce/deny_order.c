// SPDX-License-Identifier: GPL-2.0-only
/* Finds the order in which the conditions of rules are checked: see linx_deny_set.order. Process context, may sleep. */
#include <linux/mm.h>
#include <linux/slab.h>
#include "core/ring.h"
#include "enforce/deny_object.h"
#include "enforce/deny_order.h"

/*
 * How much work it is to check a condition, least first. CREDS: conditions on credentials, which need nothing of the
 * operation.
 */
enum { COST_CREDS, COST_SCALAR, COST_NEAR, COST_FAR, COSTS };

static_assert(COSTS * LINX_DENY_RULE_CONDS == 64);

static u32 cost_of(u32 what)
{
	switch (what) {
	case LINX_DENY_UID:
	case LINX_DENY_EUID:
	case LINX_DENY_GID:
	case LINX_DENY_EGID:
	case LINX_DENY_CAPS:
		return COST_CREDS;
	case LINX_DENY_CGROUP:
	case LINX_DENY_FILE:
	case LINX_DENY_EXE:
		return COST_NEAR;
	case LINX_DENY_PARENT:
	case LINX_DENY_ANCESTOR:
	case LINX_DENY_TARGET:
		return COST_FAR;
	default:
		return COST_SCALAR;
	}
}

u64 linx_deny_order(const struct linx_deny_set *set, const struct linx_deny_rule *r)
{
	u64 order = 0;
	u32 i;

	for (i = 0; i < r->nconds; i++)
		order |= 1ULL << (cost_of(set->parts[r->first + i].what) * LINX_DENY_RULE_CONDS + i);
	return order;
}

/* Does each function of a hook have linx_deny_point.detail? */
static bool has_detail(u32 hook)
{
	u32 i, n = 0;

	for (i = 0; i < linx_deny_npoints; i++) {
		if (linx_deny_points[i].hook != hook)
			continue;
		if (!linx_deny_points[i].detail)
			return false;
		n++;
	}
	return n;
}

/*
 * Largest number of rules that a hook with early conditions can have. A rule whose early conditions hold is checked
 * twice, which would take too long with more rules.
 */
#define EARLY_MAX 16

/*
 * Stores the early conditions of a rule in to[]: those that need only credentials and, if detail is set,
 * linx_deny_point.detail. Returns their number.
 */
static u32 list_rule(const struct linx_deny_set *set, u32 rule, bool detail, struct linx_deny_early *to)
{
	const struct linx_deny_part *part;
	u32 n = 0;
	u64 left;

	for (left = set->order[rule]; left; left &= left - 1) {
		part = linx_deny_next_part(set, &set->rules[rule], left);
		if (cost_of(part->what) == COST_CREDS || (detail && linx_deny_is_detail(part->what)))
			to[n++].part = part;
	}
	if (n)
		to[n - 1].last = true;
	return n;
}

int linx_deny_sort_early(struct linx_deny_set *set, u32 hook)
{
	struct linx_deny_of_hook *of = &set->of[hook];
	bool detail = has_detail(hook);
	u32 i, n = 0, more;

	if (of->nrules > EARLY_MAX)
		return 0;
	of->early = kvcalloc(of->nrules * LINX_DENY_RULE_CONDS + 1, sizeof(*of->early), LINX_GFP);
	if (!of->early)
		return -ENOMEM;
	for (i = 0; i < of->nrules; i++, n += more) {
		more = list_rule(set, of->rules[i], detail, of->early + n);
		if (more)
			continue;
		kvfree(of->early);
		of->early = NULL;
		return 0;
	}
	return 0;
}
