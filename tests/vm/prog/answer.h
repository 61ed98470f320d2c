/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A function that installs a seccomp filter, which answers one system call in place of the kernel. */
#ifndef LINX_TEST_ANSWER_H
#define LINX_TEST_ANSWER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

/*
 * Installs a seccomp filter that answers call nr of this thread, and of children that it creates later, with the
 * verdict (SECCOMP_RET_*). Returns 0, or -1 with errno.
 */
static inline int answer_call(unsigned int nr, unsigned int verdict)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, verdict),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

#endif
