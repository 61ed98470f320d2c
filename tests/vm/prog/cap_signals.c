// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes calls that signals interrupt, or that a seccomp filter answers in place of the kernel.
 * usage: cap_signals killed|handler|restart|seccomp
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ready[2], never[2]; /* pipes: "ready" announces that the child is about to block; "never" stays empty */

static void nap(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static pid_t child_that(void (*block)(void))
{
	pid_t pid = fork();
	char c = 'r';

	if (pid == 0) {
		if (write(ready[1], &c, 1) == 1)
			block();
		_exit(0);
	}
	if (pid < 0 || read(ready[0], &c, 1) != 1)
		exit(2);
	nap(400);
	return pid;
}

static void in_read(void)
{
	char c;

	if (read(never[0], &c, 1) != 1)
		_exit(9);
}

static void in_pause(void)
{
	pause();
}

static void in_poll(void)
{
	struct timespec t = { 1, 500000000 };

	nanosleep(&t, NULL);
	poll(NULL, 0, 1500);
}

static void killed(void)
{
	const int sig[] = { SIGTERM, SIGKILL, SIGSEGV };

	for (int i = 0; i < 3; i++) {
		pid_t pid = child_that(i == 1 ? in_pause : in_read);

		kill(pid, sig[i]);
		waitpid(pid, NULL, 0);
	}
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		getppid();
}

static void handler(void)
{
	struct sigaction restarts = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct sigaction plain = { .sa_handler = on_signal };
	struct itimerval soon = { .it_value = { 0, 200000 } };
	char c;

	sigaction(SIGUSR1, &restarts, NULL);
	raise(SIGUSR1);
	sigaction(SIGALRM, &plain, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	pause();
	setitimer(ITIMER_REAL, &soon, NULL);
	nap(5000);
	sigaction(SIGALRM, &restarts, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	if (fork() == 0) {
		nap(900);
		_exit(write(never[1], "w", 1) != 1);
	}
	if (read(never[0], &c, 1) != 1)
		exit(3);
	wait(NULL);
}

static void restart(void)
{
	pid_t pid = child_that(in_poll);

	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	kill(pid, SIGCONT);
	nap(1900);
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	kill(pid, SIGCONT);
	waitpid(pid, NULL, 0);
}

/* Installs a seccomp filter by which mkdirat fails with EPERM, and getppid with an unusual error number. */
static void denied(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMFILE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(*code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		exit(4);
	for (int i = 0; i < 3; i++) {
		syscall(SYS_mkdirat, AT_FDCWD, "/tmp/denied", 0700);
		syscall(SYS_getppid);
		access("/tmp", R_OK);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = { { "killed", killed }, { "handler", handler }, { "restart", restart }, { "seccomp", denied } };

	sigset_t chld;

	/* SIGCHLD is blocked, because under a tracer even an ignored signal interrupts calls */
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (pipe(ready) || pipe(never))
		return 1;
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(argv[1], modes[i].name))
			continue;
		modes[i].run();
		return 0;
	}
	return 1;
}
