// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: injects instructions, and makes calls in the way of other programs
/*
 * Programs that count their own calls exactly while they try to make one that nobody records: calls at the end of a
 * process, in children of every kind, under numbers that no call has, and through tracers and filters. Prints for each
 * kind of call its name and how many were made. Built for the 64-bit ABI only (native only).
 * usage: evade_made ends|vforks|leaders|clones|returns|traced|dispatched|answered N
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "answer.h"
#include "raw.h"

#define NONE (-1) /* a number that no call has */

/* the counted calls; this program makes them only by call() and by its tracers, which count each of them */
enum { PPID, PGID, SID, NOTHING, COUNTED };
static const long numbers[COUNTED] = { SYS_getppid, SYS_getpgid, SYS_getsid, NONE };
static const char *const names[COUNTED] = { "getppid", "getpgid", "getsid", "syscall_-1" };

struct made {
	atomic_long calls[COUNTED];
};

static struct made *made; /* shared by all processes */
static int rounds;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void call(unsigned int which)
{
	static const uint64_t none[6];

	raw(numbers[which], none);
	made->calls[which]++;
}

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	return pid;
}

/* Waits for all children, also those that send no signal. */
static void reap_all(void)
{
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
}

static void pause_us(long us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
}

/* ---- a process ends while its threads make calls, each of which makes a file one byte longer */

#define APPENDS 300 /* number of a thread's calls at most, so that a slow machine makes no more than a fast one */

static int file;

static void *append(void *arg)
{
	for (int i = 0; i < APPENDS; i++)
		syscall(SYS_pwrite64, file, "", 1, 0);
	for (;;)
		pause();
	return arg;
}

static void end_process(int how)
{
	switch (how % 4) {
	case 0:
		execl("/proc/self/exe", "evade_made", NULL);
		break;
	case 1:
		syscall(SYS_exit_group, 0);
		break;
	case 2:
		kill(getpid(), SIGKILL);
		break;
	default:
		__builtin_trap();
	}
	_exit(1);
}

static void *end_later(void *how)
{
	pause_us(500 + (long)how * 137 % 3000);
	end_process((int)(long)how / 2);
	return how;
}

static void ends(void)
{
	char path[] = "/tmp/evade_made.XXXXXX";
	struct stat st;
	pthread_t t;

	close(mkstemp(path));
	file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	for (long i = 0; i < rounds; i++) {
		if (child()) {
			reap_all();
			continue;
		}
		for (int k = 0; k < 4; k++)
			pthread_create(&t, NULL, append, NULL);
		if (i % 2)
			end_later((void *)i);
		pthread_create(&t, NULL, end_later, (void *)i);
		append(NULL);
	}
	if (fstat(file, &st))
		fail("fstat");
	printf("pwrite64 %lld\n", (long long)st.st_size);
}

/* ---- children that share memory with a parent that waits for them */

static char stack[65536] __attribute__((aligned(16)));

static int in_clone(void *arg)
{
	call(PPID);
	syscall(SYS_exit, 0);
	return arg != NULL;
}

static void in_vfork(int how)
{
	call(PPID);
	if (how == 0)
		syscall(SYS_exit_group, 0);
	if (how == 1)
		kill(getpid(), SIGKILL);
	execl("/proc/self/exe", "evade_made", NULL);
	_exit(1);
}

__attribute__((noinline)) static void one_vfork(int how)
{
	static const int silent = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS | CLONE_SIGHAND;

	if (how == 3)
		clone(in_clone, stack + sizeof(stack), silent, NULL);
	else if (!vfork())
		in_vfork(how);
}

static void vforks(void)
{
	for (int i = 0; i < rounds; i++)
		one_vfork(i % 4);
	reap_all();
}

/* ---- threads of a process whose first thread has ended */

static void *outlive(void *arg)
{
	for (int i = 0; i < 20; i++)
		call(PPID);
	if (!child()) {
		call(SID);
		_exit(0);
	}
	pause_us(2000);
	for (int i = 0; i < 20; i++)
		call(PGID);
	return arg;
}

static void leaders(void)
{
	pthread_t t;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* children of the threads may live longer than these */
	for (int i = 0; i < rounds; i++) {
		if (child())
			continue;
		for (int k = 0; k < 4; k++)
			pthread_create(&t, NULL, outlive, NULL);
		syscall(SYS_exit, 0);
	}
	reap_all();
}

/* ---- clone3 with flags that change the child's parent, namespaces or shared resources; orphaned grandchildren */

static const uint64_t flags[] = {
	0, CLONE_UNTRACED, CLONE_PARENT, CLONE_PARENT | CLONE_UNTRACED, CLONE_FILES, CLONE_FS, CLONE_VFORK, CLONE_IO,
	CLONE_SYSVSEM, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWPID, CLONE_NEWUSER | CLONE_NEWNS,
	CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET,
};

static void in_clone3(void)
{
	call(PPID);
	if (!child()) {
		setsid();
		call(SID);
		if (!child()) {
			call(PGID);
			_exit(0);
		}
		_exit(0);
	}
	if (getpid() == 1)
		reap_all(); /* the end of pid 1 would kill its descendants before they have made their calls */
	_exit(0);
}

static void clones(void)
{
	struct clone_args args;
	long pid, begun = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (int i = 0; i < rounds; i++) {
		memset(&args, 0, sizeof(args));
		args.flags = flags[(size_t)i % (sizeof(flags) / sizeof(flags[0]))];
		args.exit_signal = args.flags & CLONE_PARENT ? 0 : SIGCHLD;
		pid = syscall(SYS_clone3, &args, sizeof(args));
		if (!pid)
			in_clone3();
		begun += pid > 0;
		reap_all();
	}
	while (made->calls[PGID] < begun) /* some of the calling processes are no children of this one, so not reaped */
		sched_yield();
}

/* ---- a number that no call has, beside the returns from signals, which have that number too */

static void on_signal(int sig)
{
	(void)sig;
	call(NOTHING);
}

static void returns(void)
{
	signal(SIGUSR1, on_signal);
	for (int i = 0; i < rounds; i++) {
		call(NOTHING);
		raise(SIGUSR1);
		call(PPID);
	}
	if (child()) {
		reap_all();
		return;
	}
	call(PPID);
	syscall(SYS_rt_sigreturn); /* reads a frame that nobody has written */
	_exit(0);
}

/* ---- calls for which the tracee has no code, and calls that its tracer changes */

static void next_stop(pid_t pid, enum __ptrace_request how)
{
	int status;

	if (ptrace(how, pid, 0, 0) || waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		fail("the tracee does not stop");
}

static void set(pid_t pid, struct user_regs_struct regs, long number)
{
	regs.orig_rax = (unsigned long)number;
	if (ptrace(PTRACE_SETREGS, pid, 0, &regs))
		fail("PTRACE_SETREGS");
}

static pid_t tracee(void)
{
	pid_t pid = child();

	if (pid) {
		waitpid(pid, NULL, 0);
		return pid;
	}
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	for (;;)
		syscall(SYS_sched_yield);
}

/* Makes a tracee that is after its instruction "syscall" execute that instruction again, with another call. */
static void inject(pid_t pid, struct user_regs_struct regs, unsigned int which, bool steps)
{
	regs.rip -= 2;
	regs.rax = (unsigned long)numbers[which];
	regs.rdi = 0;
	set(pid, regs, NONE);
	next_stop(pid, steps ? PTRACE_SINGLESTEP : PTRACE_SYSCALL);
	if (!steps)
		next_stop(pid, PTRACE_SYSCALL);
	made->calls[which]++;
}

/* Lets the tracee stop at the entry of a call, and turns that call into another one. */
static void change(pid_t pid, unsigned int which)
{
	struct user_regs_struct regs;

	next_stop(pid, PTRACE_SYSCALL);
	if (ptrace(PTRACE_GETREGS, pid, 0, &regs))
		fail("PTRACE_GETREGS");
	regs.rdi = 0;
	set(pid, regs, numbers[which]);
	next_stop(pid, PTRACE_SYSCALL);
	made->calls[which]++;
}

static void traced(void)
{
	struct user_regs_struct regs;
	pid_t pid = tracee();

	next_stop(pid, PTRACE_SYSCALL);
	next_stop(pid, PTRACE_SYSCALL);
	if (ptrace(PTRACE_GETREGS, pid, 0, &regs))
		fail("PTRACE_GETREGS");
	for (int i = 0; i < rounds; i++)
		inject(pid, regs, i % 2 ? PPID : SID, i % 3);
	set(pid, regs, NONE);
	for (int i = 0; i < rounds; i++)
		change(pid, i % 2 ? PPID : PGID);
	kill(pid, SIGKILL);
	reap_all();
}

/* ---- calls that the kernel turns into signals, beside calls from a place that is excepted */

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

extern char excepted[], excepted_end[];
__asm__(".text\nexcepted:\n\tsyscall\n\tret\nexcepted_end:\n");

static char dispatches;

static void from_excepted(unsigned int which)
{
	long ret;

	__asm__ volatile("call excepted" : "=a"(ret) : "a"(numbers[which]), "D"(0) : "rcx", "r11", "memory");
	made->calls[which]++;
}

static void on_dispatch(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	dispatches = 0;
	uc->uc_mcontext.gregs[REG_RAX] = 0;
	from_excepted(PGID);
}

static void dispatched(void)
{
	struct sigaction act = { .sa_sigaction = on_dispatch, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &act, NULL);
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, excepted, excepted_end - excepted, &dispatches))
		return; /* the kernel has no such dispatch: no call is made */
	for (int i = 0; i < rounds; i++) {
		dispatches = 1;
		syscall(SYS_getsid, 0); /* becomes a signal, and does not count as a call */
		dispatches = 1;
		from_excepted(PPID);
		dispatches = 0;
	}
}

/* ---- calls that seccomp filters answer in place of the kernel, in several threads */

static void *answered_thread(void *arg)
{
	for (int i = 0; i < rounds; i++) {
		call(PGID);
		call(SID);
		call(PPID);
	}
	return arg;
}

static void answered(void)
{
	pthread_t t[3];

	signal(SIGSYS, SIG_IGN);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (answer_call(SYS_getpgid, SECCOMP_RET_ERRNO | EPERM) || answer_call(SYS_getsid, SECCOMP_RET_TRACE | 1))
		fail("seccomp");
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, answered_thread, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "ends", ends },     { "vforks", vforks }, { "leaders", leaders },	  { "clones", clones },
	{ "returns", returns }, { "traced", traced }, { "dispatched", dispatched }, { "answered", answered },
};

static void run(const char *what)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, what))
			return kinds[i].run();
	fprintf(stderr, "evade_made: no such kind: %s\n", what);
	exit(2);
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return 0; /* executed by a child */
	if (argc != 3)
		return 2;
	rounds = atoi(argv[2]);
	made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		fail("mmap");
	run(argv[1]);
	for (unsigned int i = 0; i < COUNTED; i++)
		if (made->calls[i])
			printf("%s %ld\n", names[i], (long)made->calls[i]);
	return 0;
}
