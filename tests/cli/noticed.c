// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints the facts by which a program can detect its tracer, a line "name: value" for each. docs/ptrace-differences.md
 * has a row for each line that a tracer changes. "noticed user" prints the effective user alone, for a setuid copy of
 * the program.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILTER_LEN 16

static void say(const char *name, const char *value)
{
	printf("%s: %s\n", name, value);
	fflush(stdout);
}

static const char *outcome(long result)
{
	return result >= 0 ? "works" : strerrorname_np(errno);
}

/* Returns the exit status of a child that runs act, or 128 + the signal that killed it. */
static int in_child(int (*act)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(act());
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void say_outcome_of(const char *name, int (*act)(void))
{
	int status = in_child(act);

	say(name, status > 128 ? strsignal(status - 128) :
		  status       ? strerrorname_np(status) :
				 "works");
}

static void tracer(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	int pid = -1;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "TracerPid: %d", &pid);
	if (f)
		fclose(f);
	say("TracerPid", pid ? "its number" : "0");
}

static int be_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0) ? errno : 0;
}

static void trace_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	say("PTRACE_SEIZE of a child", outcome(ptrace(PTRACE_SEIZE, pid, 0, 0)));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int be_strict(void)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		return errno;
	syscall(SYS_getppid); /* seccomp kills the process at this call */
	return 0;
}

static long install_filter(void)
{
	static struct sock_filter insns[FILTER_LEN];
	struct sock_fprog prog = { FILTER_LEN, insns };

	for (int i = 0; i < FILTER_LEN; i++)
		insns[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static int filter_privileged(void)
{
	return install_filter() ? errno : 0;
}

static int *installed;

static int filter_often(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	while (!install_filter())
		++*installed;
	return errno;
}

/*
 * Installs filters until the kernel refuses one, and counts them: it limits the sum of instructions over all filters of
 * a task.
 */
static void count_filters(void)
{
	char number[16];

	installed = mmap(NULL, sizeof(*installed), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	in_child(filter_often);
	snprintf(number, sizeof(number), "%d", *installed);
	say("seccomp, filters of 16 instructions", number);
}

static void parent(void)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", getppid());
	f = fopen(path, "r");
	if (f && !fgets(name, sizeof(name), f))
		name[0] = 0;
	if (f)
		fclose(f);
	say("its parent", strcmp(name, "linxcap\n") ? "its starter" : "linxcap");
}

/* The program has been started in a session of its own: setsid(2), then execve(2). */
static void session(void)
{
	say("the leader of a session that is made for it", getsid(0) == getpid() ? "itself" : "linxcap");
}

/* Returns the letter of a process's state; 0: it is not known. */
static char state_of(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (f)
		fclose(f);
	return state;
}

static void stopped_child(void)
{
	pid_t pid = fork();
	char state[2] = "";

	if (!pid) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	state[0] = state_of(pid);
	say("the state of a stopped child", state);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Returns whether a signal is pending for a process. An ignored signal is pending only until a tracer has seen it. */
static bool is_pending(pid_t pid)
{
	unsigned long long of_thread = 0, of_process = 0;
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "SigPnd: %llx", &of_thread);
		sscanf(line, "ShdPnd: %llx", &of_process);
	}
	if (f)
		fclose(f);
	return of_thread || of_process;
}

/*
 * Waits for a child to sleep in a call, sends it a signal that is ignored, and waits until a tracer, if there is one, has
 * handled the signal: the child then sleeps again, or has ended.
 */
static void disturb(pid_t pid)
{
	char state;

	for (int seen = 0; seen < 20; seen = state_of(pid) == 'S' ? seen + 1 : 0)
		usleep(1000);
	kill(pid, SIGURG);
	do {
		usleep(1000);
		state = state_of(pid);
	} while (is_pending(pid) || (state != 'S' && state != 'Z'));
}

#define WAIT_SECONDS 500

/* Each function waits for a byte on a socket or for its signal, at most for some minutes. */
static int wait_by_epoll(int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int poller = epoll_create1(0);

	epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
	return epoll_wait(poller, &event, 1, WAIT_SECONDS * 1000);
}

static int wait_by_recv(int fd)
{
	struct timeval limit = { .tv_sec = WAIT_SECONDS };
	char byte;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return recv(fd, &byte, 1, 0);
}

static int wait_by_sigtimedwait(int fd)
{
	struct timespec limit = { .tv_sec = WAIT_SECONDS };
	sigset_t set;

	(void)fd;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &limit);
}

/* Ends a wait after a signal that the waiting process ignores. */
static void disturbed_wait(const char *name, int (*wait_for)(int fd))
{
	int fds[2], status;
	sigset_t set, old;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (!pid)
		_exit(wait_for(fds[0]) > 0 ? 0 : errno);
	disturb(pid);
	if (write(fds[1], "", 1) != 1)
		return;
	kill(pid, SIGUSR2);
	waitpid(pid, &status, 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fds[0]);
	close(fds[1]);
	say(name, !WIFEXITED(status) ? "killed" : WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "0");
}

#define WRITTEN (1 << 18)

static void disturbed_write(void)
{
	static char bytes[WRITTEN];
	int p[2], status;
	pid_t pid;

	if (pipe(p))
		return;
	pid = fork();
	if (!pid)
		_exit(write(p[1], bytes, WRITTEN) == WRITTEN ? 0 : 1);
	disturb(pid);
	close(p[1]);
	while (read(p[0], bytes, WRITTEN) > 0)
		;
	close(p[0]);
	waitpid(pid, &status, 0);
	say("a long write to a pipe, at an ignored signal", status ? "part of it" : "all");
}

static int make_by_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	return pid < 0 ? errno : 0;
}

/* Makes this process restrict itself by Landlock, if the kernel has it. */
static int restrict_itself(void)
{
	uint64_t handled = 1;
	long fd = syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);

	if (fd < 0)
		return ENOSYS;
	return syscall(SYS_landlock_restrict_self, fd, 0) ? errno : 0;
}

static void restricted(void)
{
	int status = in_child(restrict_itself);

	if (status != ENOSYS)
		say("landlock_restrict_self without no_new_privs", status ? strerrorname_np(status) : "works");
}

int main(int argc, char **argv)
{
	char number[16];

	if (argc > 1 && !strcmp(argv[1], "user")) {
		say("the user of a setuid program", geteuid() ? "the caller" : "its owner");
		return 0;
	}
	tracer();
	snprintf(number, sizeof(number), "%d", prctl(PR_GET_SECCOMP));
	say("PR_GET_SECCOMP", number);
	snprintf(number, sizeof(number), "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say("PR_GET_NO_NEW_PRIVS", number);
	say_outcome_of("PTRACE_TRACEME", be_traced);
	trace_child();
	say_outcome_of("seccomp, strict mode", be_strict);
	say_outcome_of("seccomp, a filter without no_new_privs", filter_privileged);
	count_filters();
	restricted();
	parent();
	session();
	stopped_child();
	disturbed_wait("epoll_wait with a time limit, at an ignored signal", wait_by_epoll);
	disturbed_wait("recv with a time limit, at an ignored signal", wait_by_recv);
	disturbed_wait("sigtimedwait with a time limit, at an ignored signal", wait_by_sigtimedwait);
	disturbed_write();
	say_outcome_of("clone3 of an undumpable process", make_by_clone3);
	return 0;
}
