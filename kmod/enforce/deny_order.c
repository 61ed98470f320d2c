// SPDX-License-Identifier: GPL-2.0-only
/* In which order the conditions of rules are asked: see linx_deny_set.order. Process context, may sleep. */
#include <linux/mm.h>
#include <linux/slab.h>
#include "core/ring.h"
#include "enforce/deny_order.h"

/* How much work a condition is. Those on credentials need nothing of the operation. */
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

static u64 on_creds(u64 order)
{
	return order & ((1ULL << LINX_DENY_RULE_CONDS) - 1);
}

/* Most rules of a hook that are asked twice, if their credentials fit. */
#define BY_CREDS_MAX 16

/* Stores the conditions on credentials of a hook's rules. Returns their number; 0: a rule has none. */
static u32 list_creds(const struct linx_deny_set *set, const struct linx_deny_of_hook *of, struct linx_deny_by_creds *to)
{
	u32 i, n = 0;
	u64 left;

	for (i = 0; i < of->nrules; i++) {
		left = on_creds(set->order[of->rules[i]]);
		if (!left)
			return 0;
		for (; left; left &= left - 1)
			to[n++].part = linx_deny_next_part(set, &set->rules[of->rules[i]], left);
		to[n - 1].last = true;
	}
	return n;
}

int linx_deny_sort_creds(const struct linx_deny_set *set, struct linx_deny_of_hook *of)
{
	if (of->nrules > BY_CREDS_MAX)
		return 0;
	of->by_creds = kvcalloc(of->nrules * LINX_DENY_RULE_CONDS + 1, sizeof(*of->by_creds), LINX_GFP);
	if (!of->by_creds)
		return -ENOMEM;
	if (!list_creds(set, of, of->by_creds)) {
		kvfree(of->by_creds);
		of->by_creds = NULL;
	}
	return 0;
}
