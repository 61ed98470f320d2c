// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=clone,clone3,exit -e signal=none */
/*
 * Children with CLONE_UNTRACED, which a tracer must trace nevertheless. The flags are in a register, in private memory
 * that the program can only read, or in shared memory that it can only read. A tracer must not change, neither for the
 * parent nor for the child: registers, the flags, and the memory below the stack pointer, where the tracer may put a
 * copy of the flags.
 */
#include "case.h"
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PATTERN 0x5a
#define ROOM 16384

static char below[ROOM];
static int go[2];

#ifdef __x86_64__
/*
 * Makes a call on a stack of its own; the lower half of it lies below the stack pointer. *a: the first argument;
 * afterwards the content of the argument's register after the call.
 */
static long call_on(long nr, long *a, long b)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;

	__asm__ volatile("mov %%rsp, %%r12; mov %[sp], %%rsp; syscall; mov %%r12, %%rsp"
			 : "+a"(nr), "+D"(*a)
			 : "S"(b), "d"(0l), "r"(r10), "r"(r8), [sp] "r"(below + ROOM / 2)
			 : "rcx", "r11", "r12", "memory");
	return nr;
}
#else
static long call_on(long nr, long *a, long b)
{
	return syscall(nr, *a, b, 0, 0, 0);
}
#endif

static bool is_untouched(void)
{
	for (size_t i = 0; i < ROOM / 2; i++)
		if (below[i] != PATTERN)
			return false;
	return true;
}

/*
 * Runs in a child: waits for release(), so that its calls never overlap with the parent's. as_it_was: the call that
 * made the child has changed neither the register of its first argument nor the memory below the stack pointer. The
 * exit status is 7 if as_it_was is true, otherwise 8.
 */
static void child(bool as_it_was)
{
	char c;

	need(read(go[0], &c, 1));
	syscall(SYS_exit, as_it_was ? 7 : 8);
}

static void release(int pid)
{
	struct pollfd ended = { .events = POLLIN };

	ended.fd = need(syscall(SYS_pidfd_open, pid, 0));
	need(write(go[1], "", 1));
	need(poll(&ended, 1, -1));
	close(ended.fd);
	gave_as("?", "exit(7)");
	need(waitpid(pid, NULL, __WALL));
}

static int make(long nr, long a, long b)
{
	long after = a;
	int pid = need(call_on(nr, &after, b));
	bool as_it_was = after == a && is_untouched();

	if (!pid)
		child(as_it_was);
	need(as_it_was ? 0 : -1);
	return pid;
}

static void make_by_clone3(const char *args, size_t size)
{
	char *before = malloc(size);
	int pid;

	memcpy(before, args, size);
	pid = make(SYS_clone3, (long)args, (long)size);
	need(memcmp(before, args, size) ? -1 : 0);
	gave(pid, "clone3({flags=CLONE_UNTRACED, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, %zu)", size);
	release(pid);
}

int main(void)
{
	const struct clone_args args = { .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };
	char *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pid;

	need(pipe(go));
	memset(below, PATTERN, sizeof(below));
	pid = make(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0);
	gave(pid, "clone(child_stack=NULL, flags=CLONE_UNTRACED|SIGCHLD)");
	release(pid);
	memcpy(private, &args, sizeof(args));
	need(mprotect(private, 4096, PROT_READ));
	make_by_clone3(private, sizeof(args));
	memcpy(shared, &args, sizeof(args));
	need(mprotect(shared, 4096, PROT_READ));
	make_by_clone3(shared, sizeof(args));
	/* The kernel refuses these flags with and without a tracer. */
	pid = syscall(SYS_clone, CLONE_UNTRACED | CLONE_THREAD, NULL, NULL, NULL, NULL);
	gave(pid, "clone(child_stack=NULL, flags=CLONE_THREAD|CLONE_UNTRACED)");
	return 0;
}
