// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empty programs at each entry and each return of a call: the minimal cost of tracing by eBPF. The second pair of
 * programs is attached to perf events, as linx's programs are from Linux 7.0 on, and runs with preemption disabled.
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
