// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that do nothing, at each entry of a call and at each return: what nobody can do without. The others hang at events
 * of perf, as those of linx do from Linux 7.0 on, and run with preemption off.
 */
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

SEC("tp_btf/sys_exit")
int empty_exit(__u64 *ctx)
{
	return 0;
}

SEC("tp_btf/sys_enter")
int empty_enter(__u64 *ctx)
{
	return 0;
}

SEC("tp/raw_syscalls/sys_exit")
int held_exit(void *ctx)
{
	return 0;
}

SEC("tp/raw_syscalls/sys_enter")
int held_enter(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
