// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks whose own seccomp filter may overrule that of the command: see engine/ptrace/overruled.h. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

	if (!t->filtered || !linx_overruled_concerns(c->abi, (uint32_t)c->nr))
		return;
	t->overruled |= (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
	if (t->overruled && flags & SECCOMP_FILTER_FLAG_TSYNC) /* the threads get all filters of the task */
		mark_threads(p, t);
}

/*
 * Tries, in a child, to install a filter with a listener: a task can have only one. Exit status 1: this task has one
 * already. The child has no exit signal, so that the caller's process does not see its end.
 */
static bool ask_child(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { .len = 1, .filter = &allow };
	pid_t pid = (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0);
	int status = 0;

	if (!pid) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog) < 0 &&
		      errno == EBUSY);
	}
	while (pid > 0 && waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

bool linx_overruled_from_start(void)
{
	return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER && ask_child();
}
