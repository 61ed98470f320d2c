// SPDX-License-Identifier: LGPL-2.1-or-later
/* Children made in unusual ways, and programs whose memory no tracer without privileges may read. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alike.h"

extern char **environ;

/* Makes a call that the seccomp filter of a tracer stops. Runs in a child. */
static int opens(void)
{
	return open("/dev/null", O_RDONLY) < 0 ? errno : 0;
}

static void clone_by(const char *name, unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(opens());
	if (pid < 0)
		say(name, "%s", error_name(errno));
	else
		say_end(name, (pid_t)pid);
}

static void clone3_by(const char *name, struct clone_args *args)
{
	long pid = syscall(SYS_clone3, args, sizeof(*args));

	if (!pid)
		_exit(opens());
	if (pid < 0)
		say(name, "%s", error_name(errno));
	else
		say_end(name, (pid_t)pid);
}

/* Passes clone3() a structure in shared memory that can only be read, at the end of its page. */
static void clone3_of_shared_memory(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct clone_args *args = (struct clone_args *)(page + 4096 - sizeof(*args));

	*args = (struct clone_args){ .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };
	mprotect(page, 4096, PROT_READ);
	clone3_by("clone3, untraced, shared", args);
}

#ifdef __x86_64__
static void by_int80(const char *name, unsigned long flags)
{
	long pid = 120; /* clone */

	__asm__ volatile("int $0x80" : "+a"(pid) : "b"(flags | SIGCHLD), "c"(0l), "d"(0l), "S"(0l), "D"(0l) : "memory", "r8", "r9", "r10", "r11");
	if (!pid)
		_exit(opens());
	if (pid < 0)
		say(name, "%s", error_name((int)-pid));
	else
		say_end(name, (pid_t)pid);
}
#else
static void by_int80(const char *name, unsigned long flags)
{
	(void)name;
	(void)flags;
}
#endif

/* Makes a 32-bit clone(). A kernel without support of 32-bit programs kills the task that makes the call. */
static void clone_of_32_bits(void)
{
	by_int80("int 0x80", 0);
	by_int80("int 0x80, untraced", CLONE_UNTRACED);
}

static int open_and_leave(void *unused)
{
	(void)unused;
	return opens();
}

/* Makes a child that runs in its parent's memory while the parent waits, as after vfork(). */
static void clone_like_vfork(const char *name, int flags)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(open_and_leave, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | flags | SIGCHLD, NULL);

	if (pid < 0)
		say(name, "%s", error_name(errno));
	else
		say_end(name, pid);
}

static void *nothing(void *unused)
{
	return unused;
}

static void threads(const char *name)
{
	pthread_t t;
	int rc = 0;

	for (int i = 0; !rc && i < 5; i++) {
		rc = pthread_create(&t, NULL, nothing, NULL);
		if (!rc)
			pthread_join(t, NULL);
	}
	say(name, "%s", error_name(rc));
}

static void spawn(const char *name, const char *program)
{
	char *argv[] = { (char *)program, "e", NULL };
	pid_t pid;
	int rc = posix_spawn(&pid, program, NULL, NULL, argv, environ);

	if (rc)
		say(name, "%s", error_name(rc));
	else
		say_end(name, pid);
}

static void undumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	threads("threads of an undumpable process");
	spawn("programs of an undumpable process", "/bin/true");
	clone_by("fork of an undumpable process", 0);
	clone_by("untraced child of an undumpable process", CLONE_UNTRACED);
}

static void own_namespaces(void)
{
	say("unshare", "%s", error_name(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) ? errno : 0));
	clone_by("child in a user namespace", 0);
	threads("threads in a user namespace");
}

void alike_children(void)
{
	struct clone_args args = { .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };

	clone_by("clone", 0);
	clone_by("clone, untraced", CLONE_UNTRACED);
	clone_by("clone, with the tracer", CLONE_PTRACE);
	clone_by("clone, with the tracer, untraced", CLONE_PTRACE | CLONE_UNTRACED);
	clone_like_vfork("clone, like vfork", 0);
	clone_like_vfork("clone, like vfork, untraced", CLONE_UNTRACED);
	clone3_by("clone3, untraced", &args);
	args.flags |= CLONE_PTRACE;
	clone3_by("clone3, with the tracer, untraced", &args);
	clone3_of_shared_memory();
	say_end_of("calls of 32 bits", clone_of_32_bits);
	threads("threads");
	spawn("a program", "/bin/true");
	spawn("a program that nobody may read", access("./hidden", X_OK) ? "/proc/self/exe" : "./hidden");
	spawn("no program", "./none");
	say_end_of("undumpable", undumpable);
	say_end_of("namespaces", own_namespaces);
}
