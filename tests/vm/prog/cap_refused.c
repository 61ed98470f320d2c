// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads an eBPF program that returns an uninitialised register. The verifier refuses it and writes its log to memory.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	static char log[4096];
	struct bpf_insn program[] = { { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insn_cnt = 1;
	attr.insns = (uintptr_t)program;
	attr.license = (uintptr_t) "GPL";
	attr.log_level = 1;
	attr.log_size = sizeof(log);
	attr.log_buf = (uintptr_t)log;
	if (syscall(SYS_bpf, BPF_PROG_LOAD, &attr, 120) != -1 || errno != EACCES)
		return 1;
	return !strstr(log, "R0 !read_ok");
}
