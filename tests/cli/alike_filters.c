// SPDX-License-Identifier: LGPL-2.1-or-later
/* Seccomp filters of the program's own, each in a child, and other ways to catch calls. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "alike.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

static uint32_t action;

static int install(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* A byte that makes each call of a task with syscall user dispatch raise SIGSYS while it is 1. */
static volatile char block;

static void on_sys(int sig, siginfo_t *info, void *context)
{
	(void)context;
	block = 0;
	say("SIGSYS", "%d, code %d, errno %d, call %d, of %#x", sig, info->si_code, info->si_errno, info->si_syscall, info->si_arch);
}

static void catch_sys(void)
{
	struct sigaction act = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &act, NULL);
}

static void call_filtered(void)
{
	long result;

	if (install())
		_exit(9);
	if (action == (SECCOMP_RET_TRAP | 5))
		catch_sys();
	result = syscall(SYS_getsid, 0);
	say("filtered", "%s", result < 0 ? error_name(errno) : "works");
}

static void dispatch(void)
{
	long result;

	catch_sys();
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, &block)) {
		say("dispatch", "%s", error_name(errno));
		return;
	}
	block = 1;
	result = syscall(SYS_getsid, 0);
	say("dispatch", "%d", (int)result);
	say("after the dispatch", "%d", syscall(SYS_getppid) > 0);
}

#ifdef __x86_64__
/* Calls the kernel's old entry page, which seccomp filters see as a call. */
static void vsyscall(void)
{
	time_t (*old)(time_t *) = (time_t(*)(time_t *))0xffffffffff600400ul;
	time_t now = time(NULL);

	say("vsyscall", "%d", old(NULL) - now <= 60);
	say("vsyscall, again", "%d", old(NULL) - now <= 60);
	say("a call after it", "%d", getppid() > 0);
}
#endif

void alike_filters(void)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_ALLOW,	SECCOMP_RET_LOG,	  SECCOMP_RET_ERRNO | 7, SECCOMP_RET_TRACE | 1, SECCOMP_RET_TRACE | 0x786c,
		SECCOMP_RET_TRAP | 5,	SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS,
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		action = actions[i];
		say("filter", "%#x", action);
		say_end_of("ends", call_filtered);
	}
	say_end_of("user dispatch", dispatch);
#ifdef __x86_64__
	say_end_of("vsyscall page", vsyscall);
#endif
}
