/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the returns of calls in a session that writes no record (LINX_BPF_COUNT). The library loads linx_count or
 * linx_held_count in place of the programs that write records. The array wants[] then has only values LINX_BPF_TALLY_*.
 */
#ifndef LINX_BPF_COUNT_H
#define LINX_BPF_COUNT_H

#include "filter/filter.h"
#include "base/arch.h"

/*
 * Counted returns by row and key, see linx_bpf_tally_at(). The counts are global data, not a map: an address in data is
 * only computed, but an element of a map has to be looked up.
 */
__u64 tallies[LINX_BPF_TALLIES];

/* Counts a return that the filters leave out. */
static __noinline int tally_filtered(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);

	if (place && is_running())
		add_atomic(&place->c.filtered, 1);
	return 0;
}

/*
 * Do the filters let a return be counted? The filters are those of record_exit(), except that no times are known. The
 * return of a fork in the child does not count, since it is not a call of the child.
 */
static __always_inline bool tally_passes(struct task_struct *task, __u32 want, __s64 ret)
{
	__u32 filter = settings()->filter;
	bool bad = failed(ret);

	if (want & LINX_BPF_TALLY_FORK && !ret)
		return false;
	if (!(filter & LINX_BPF_STOPPED) && ask_filters(task) == TASK_PASSES && !(filter & (bad ? LINX_FILTER_SUCCESSFUL : LINX_FILTER_FAILED)))
		return true;
	tally_filtered();
	return false;
}

/* Adds to the count of a call. The addition is atomic, as tasks can preempt each other here, and CPUs can share a row. */
static __always_inline void tally_add(struct task_struct *task, __u64 key)
{
	__u64 at = linx_bpf_tally_at(cpu_of_current(task), key);

	pin(at);
	add_atomic(&tallies[at % LINX_BPF_TALLIES], 1);
}

/*
 * Counts a return of any call. It is a function apart from count_exit(), so that count_exit() need not save registers.
 */
static __noinline int tally_any(__s64 nr, __s64 ret)
{
	struct task_struct *task = current_task();
	__u32 key = key_of(task, &nr), want = wants_of(key);

	if (want && !is_owner(task) && (want == LINX_BPF_TALLY_ALL || tally_passes(task, want, ret)))
		tally_add(task, key);
	return 0;
}

/* Counts a return. Native calls of the tables that need no further test, the most frequent ones, are counted here. */
static __always_inline int count_exit(struct task_struct *task, __u64 nr, const __s64 *ret)
{
	__u32 want;

	pin(nr);
	if (is_foreign(task) || nr >= LINX_NR_OTHER)
		return tally_any((__s32)nr, *ret);
	want = wants[nr];
	if (!want || MEMBER(task, tgid) == (int)config.owner)
		return 0;
	if (want != LINX_BPF_TALLY_ALL)
		return tally_any((__s32)nr, *ret);
	tally_add(task, nr);
	return 0;
}

SEC("tp_btf/sys_exit")
int linx_count(__u64 *ctx)
{
	const struct pt_regs *regs = (void *)ctx[0];

	hold_first();
	count_exit(current_task(), NR_OF(regs), (__s64 *)&ctx[1]);
	return release_unwanted();
}

#endif
