// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ends of processes: by a signal, with a core dump, of threads, and of a pid namespace. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alike.h"

static int signal_to_die_by;

static void die(void)
{
	raise(signal_to_die_by);
}

static void die_with_core(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CORE, &limit);
	*(volatile int *)8 = 0;
}

static void die_by_the_kernel(void)
{
	*(volatile int *)8 = 0;
}

static void abort_itself(void)
{
	abort();
}

static void *exit_process(void *unused)
{
	(void)unused;
	_exit(6);
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* A thread ends the process while the leader and other threads wait. */
static void end_by_thread(void)
{
	pthread_t t;

	for (int i = 0; i < 20; i++)
		pthread_create(&t, NULL, wait_for_ever, NULL);
	pthread_create(&t, NULL, exit_process, NULL);
	wait_for_ever(NULL);
}

static void *end_later(void *unused)
{
	usleep(20000);
	_exit(5);
	return unused;
}

/* The leader thread ends before the other threads of its process. */
static void leader_ends_first(void)
{
	pthread_t t;

	pthread_create(&t, NULL, end_later, NULL);
	pthread_exit(NULL);
}

static void *kill_thread(void *unused)
{
	syscall(SYS_tgkill, getpid(), gettid(), SIGSEGV);
	return unused;
}

static void die_in_a_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, kill_thread, NULL);
	wait_for_ever(NULL);
}

static void die_with_the_parent(void)
{
	int p[2];
	pid_t child;
	char c;

	if (pipe(p))
		_exit(9);
	if (!fork()) {
		child = fork();
		if (!child) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (write(p[1], "", 1) != 1)
				_exit(9);
			wait_for_ever(NULL);
		}
		read(p[0], &c, 1);
		_exit(0);
	}
	close(p[1]);
	wait(NULL);
	/* the pipe closes when the grandchild has ended, too */
	while (read(p[0], &c, 1) > 0)
		;
}

/* The first process of a pid namespace ends while other processes of the namespace live. */
static void end_of_a_namespace(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWUSER | CLONE_NEWPID))
		_exit(77);
	pid = fork();
	if (!pid) {
		for (int i = 0; i < 5; i++)
			if (!fork())
				wait_for_ever(NULL);
		_exit(getpid() == 1 ? 3 : 4);
	}
	say_end("first process of a pid namespace", pid);
}

static void say_usage(void)
{
	struct rusage usage;
	int status = 0;
	siginfo_t info = { .si_pid = 0 };
	pid_t pid = fork();

	if (!pid)
		_exit(300 & 0xff);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	say("waitid, WNOWAIT", "%d: code %d, status %d", info.si_pid == pid, info.si_code, info.si_status);
	say("wait4", "%d: %#x", wait4(pid, &status, 0, &usage) == pid, (unsigned int)status);
	say("wait without a child", "%d", (int)wait(NULL));
}

static void reap_by_ignoring(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid)
		_exit(0);
	say("wait for an ignored child", "%d", (int)waitpid(pid, NULL, 0));
	signal(SIGCHLD, SIG_DFL);
}

void alike_ends(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGTRAP, SIGUSR1, SIGSYS };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		signal_to_die_by = signals[i];
		say_end_of("killed by itself", die);
	}
	say_end_of("killed by the kernel", die_by_the_kernel);
	say_end_of("with a core dump", die_with_core);
	say_end_of("abort", abort_itself);
	say_end_of("exit by a thread", end_by_thread);
	say_end_of("the leader ends first", leader_ends_first);
	say_end_of("killed in a thread", die_in_a_thread);
	say_end_of("killed with the parent", die_with_the_parent);
	say_end_of("pid namespace", end_of_a_namespace);
	say_usage();
	reap_by_ignoring();
}
