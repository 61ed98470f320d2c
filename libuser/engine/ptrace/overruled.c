// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks whose own seccomp filter may overrule that of the command: see engine/ptrace/overruled.h. */
#include <linux/seccomp.h>
#include <sys/ptrace.h>

#include "engine/ptrace/overruled.h"
#include "engine/ptrace/tracee.h"

bool linx_overruled_concerns(uint32_t abi, uint32_t nr)
{
	switch (abi) {
	case LINX_ABI_I386:
		return nr == 354;
	case LINX_ABI_ARM64:
		return nr == 277;
	case LINX_ABI_ARM:
		return nr == 383;
	default:
		return nr == 317;
	}
}

/*
 * Marks the other threads of the process, which get the filter, too. Those that run are made to stop: their next
 * stop may never come otherwise.
 */
static void mark_threads(struct linx_engine_ptrace *p, const struct linx_tracee *of)
{
	LINX_EACH_TRACEE(p, t, bucket) {
		if (t->tgid != of->tgid || t->overruled)
			continue;
		t->overruled = true;
		if (t->stopped)
			continue;
		linx_tracee_set_starting(p, t, true);
		ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	}
}

void linx_overruled_note(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_call *c = &t->call;
	uint64_t flags = c->args[LINX_OVERRULED_FLAGS];

	if (!t->filtered || !linx_overruled_concerns(c->abi, (uint32_t)c->nr) ||
	    !(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
		return;
	t->overruled = true;
	if (flags & SECCOMP_FILTER_FLAG_TSYNC)
		mark_threads(p, t);
}
