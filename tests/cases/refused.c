// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getppid,getpgid,getsid -e signal=none */
/*
 * Calls that the program's own seccomp filter refuses: with an error number, or because the filter asks a tracer
 * (SECCOMP_RET_TRACE) and the program has none. A tracer does not change the results of these calls.
 */
#include "case.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#define REFUSES(nr, action) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, action)

static struct sock_filter insns[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	REFUSES(SYS_getppid, SECCOMP_RET_TRACE),
	REFUSES(SYS_getpgid, SECCOMP_RET_TRACE | 7),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* Expects that a call was refused with ENOSYS: the filter asks a tracer about it, and the program has no tracer. */
static void refused(long result, const char *text)
{
	if (result != -1 || errno != ENOSYS) {
		fprintf(stderr, "%s was made\n", text);
		_exit(1);
	}
	gave(result, "%s", text);
}

int main(void)
{
	struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	if (syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		case_skip("no seccomp filter");
	for (int i = 0; i < 2; i++) {
		refused(syscall(SYS_getppid), "getppid()");
		refused(syscall(SYS_getpgid, 0), "getpgid(0)");
	}
	gave(syscall(SYS_getsid, 0), "getsid(0)");
	return 0;
}
