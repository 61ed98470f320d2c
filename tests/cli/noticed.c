// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints the facts by which a program can detect its tracer, a line "name: value" for each. docs/ptrace-differences.md
 * has a row for each line that a tracer changes. "noticed user" prints the effective user alone, for a setuid copy of
 * the program.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
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

/* Returns the exit status of a child that runs act, or the signal that killed it. */
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
	syscall(SYS_getppid); /* killed here by the seccomp filter */
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
	return 0;
}
