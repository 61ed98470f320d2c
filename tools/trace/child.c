// SPDX-License-Identifier: LGPL-2.1-or-later
/* The traced command: see trace/child.h. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "trace/child.h"
#include "base/message.h"

/* Checks whether a file can be executed. Returns 0 or an errno value. */
static int check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? errno : 0;
}

/*
 * Searches for a program in the directories of dirs (joined by ':'; an empty one is the current directory). Returns its
 * path, which the caller frees. NULL: *error is the errno value.
 */
static char *search(const char *dirs, const char *name, int *error)
{
	*error = ENOENT;
	for (;;) {
		int n = (int)strcspn(dirs, ":"), rc;
		char *path;

		if (asprintf(&path, "%.*s%s%s", n, dirs, n ? "/" : "", name) < 0) {
			*error = ENOMEM;
			return NULL;
		}
		rc = check_executable(path);
		if (!rc)
			return path;
		/* A file without execute permission sets the error, and the search continues, as in execvp(3). */
		if (rc == EACCES)
			*error = rc;
		free(path);
		if (!dirs[n])
			return NULL;
		dirs += n + 1;
	}
}

char *child_find(const char *name, int *status)
{
	const char *dirs = getenv("PATH");
	char *path = NULL;
	int error;

	if (!strchr(name, '/')) {
		path = search(dirs ? dirs : "/bin:/usr/bin", name, &error);
	} else {
		error = check_executable(name);
		if (!error)
			path = strdup(name);
	}
	if (path)
		return path;
	if (error == ENOENT || error == ENOTDIR)
		*status = say_status(STATUS_NOT_FOUND, "command not found: %s: %s", name,
				     strchr(name, '/') ? "there is no such file" :
							 "it is in no directory of PATH");
	else
		*status = say_status(STATUS_NOT_EXECUTABLE, "cannot execute: %s: %s", name,
				     strerror(error));
	return NULL;
}

bool child_is_program(const char *name)
{
	const char *dirs = getenv("PATH");
	char *path;
	bool found;
	int error;

	if (strchr(name, '/'))
		return !check_executable(name);
	path = search(dirs ? dirs : "/bin:/usr/bin", name, &error);
	found = path;
	free(path);
	return found;
}

bool child_gains(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	return (st.st_mode & S_ISUID && st.st_uid != geteuid()) || (st.st_mode & S_ISGID && st.st_gid != getegid()) ||
	       getxattr(path, "security.capability", NULL, 0) > 0;
}

/*
 * Number of times that the child reads the gate's stage before it checks whether its parent still lives: some seconds.
 */
#define GATE_LOOKS (1u << 30)
/* Interval, in ms, at which the result of the command's execve is checked. */
#define ANSWER_MS 1

enum stage { STAGE_HELD = 0, STAGE_READY, STAGE_GO };

struct child_gate {
	_Atomic int stage;
};

static bool gate_opens(struct child_gate *gate)
{
	for (unsigned int i = 0; i < GATE_LOOKS; i++)
		if (atomic_load_explicit(&gate->stage, memory_order_acquire) == STAGE_GO)
			return true;
	return false;
}

static void report(const struct child *c, int error)
{
	if (write(c->failed, &error, sizeof(error)) < 0)
		_exit(STATUS_FAILURE);
	_exit(STATUS_NOT_EXECUTABLE);
}

static bool become(const struct passwd *user)
{
	return !user || (!initgroups(user->pw_name, user->pw_gid) && !setregid(user->pw_gid, user->pw_gid) &&
			 !setreuid(user->pw_uid, user->pw_uid));
}

struct child_filter *child_filter_new(struct linx *l)
{
	struct child_filter *f = malloc(sizeof(*f));
	int n = f ? linx_get_command_filter(l, f->at, BPF_MAXINSNS) : 0;

	if (n <= 0) {
		free(f);
		return NULL;
	}
	f->n = (unsigned short)n;
	return f;
}

/*
 * Installs the seccomp filter. Without CAP_SYS_ADMIN that needs no_new_privs, under which setuid programs get no
 * privileges. Nothing is lost by that, since they get none under a tracer without privileges either. If the
 * installation fails, the program runs without the filter, and each of its system calls stops for the tracer.
 *
 * Before Linux 5.16 a filter also changes how the CPU may speculate, unless it is installed with SPEC_ALLOW. That
 * change slows the program down, and the program can notice it.
 */
static void install(const struct child_filter *f)
{
	struct sock_fprog prog = { .len = f->n, .filter = (struct sock_filter *)f->at };
	const unsigned long flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog) && errno == EACCES &&
	    !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/* Does the work of the child, up to and including its execve. */
_Noreturn static void child_main(const struct child *c, const struct child_command *command)
{
	pid_t parent = getppid();
	bool became = become(command->user);
	int error = errno;
	ssize_t n;
	char byte;

	do
		n = read(c->go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(STATUS_FAILURE);
	if (command->filter)
		install(command->filter);
	atomic_store_explicit(&c->gate->stage, STAGE_READY, memory_order_release);
	while (!gate_opens(c->gate))
		if (getppid() != parent)
			_exit(STATUS_FAILURE);
	if (became) {
		execve(command->path, command->argv, command->env);
		error = errno;
	}
	report(c, error);
	_exit(STATUS_NOT_EXECUTABLE);
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int open_pipes(int go[2], int failed[2])
{
	int rc;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (!pipe2(failed, O_CLOEXEC))
		return 0;
	rc = -errno;
	close_pair(go);
	return rc;
}

static void gate_free(struct child *c)
{
	munmap(c->gate, sizeof(*c->gate));
	c->gate = NULL;
}

int child_start(struct child *c, const struct child_command *command, struct signals *signals)
{
	int go[2], failed[2], rc;

	rc = open_pipes(go, failed);
	if (rc)
		return rc;
	c->gate = mmap(NULL, sizeof(*c->gate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	c->pid = c->gate == MAP_FAILED ? -1 : fork();
	if (c->pid < 0) {
		rc = -errno;
		c->pid = 0;
		close_pair(go);
		close_pair(failed);
		return rc;
	}
	c->go = go[!!c->pid];
	c->failed = failed[!c->pid];
	/* The child must not keep the write end of go: after a crash of this process it would wait for ever. */
	close(go[!c->pid]);
	close(failed[!!c->pid]);
	if (!c->pid) {
		signals_release(signals);
		child_main(c, command);
	}
	return 0;
}

static void wait_for(struct child *c)
{
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->ended = true;
}

/*
 * Takes the child off SCHED_FIFO while it waits at the gate. If the child shares the only CPU with this process, the
 * child would spin there for ever, and this process could not open the gate. This process changes the child's policy,
 * since the child must make no system call at that point.
 */
static void leave_realtime(struct child *c)
{
	static const struct sched_param none;
	struct sched_param param;
	cpu_set_t cpus;

	/*
	 * with more than one CPU the child keeps its policy, since this process may lack the right to restore it later
	 */
	if (sched_getaffinity(0, sizeof(cpus), &cpus) || CPU_COUNT(&cpus) > 1)
		return;
	if (sched_getscheduler(c->pid) == SCHED_FIFO && !sched_getparam(c->pid, &param) &&
	    !sched_setscheduler(c->pid, SCHED_OTHER, &none))
		c->fifo = param.sched_priority;
}

static void back_to_realtime(struct child *c)
{
	struct sched_param param = { .sched_priority = c->fifo };

	if (c->fifo && !c->ended && sched_setscheduler(c->pid, SCHED_FIFO, &param))
		say_at(SAY_WARNING, "the command runs without its real-time priority of %d: %s", c->fifo, strerror(errno));
}

bool child_ready(struct child *c)
{
	/* the sleep lets the child run even if this process has a higher priority */
	static const struct timespec interval = { .tv_nsec = 20000 };
	bool written;

	leave_realtime(c);
	/* SIGPIPE is ignored, so the write fails if the child was killed */
	written = write(c->go, "", 1) == 1;
	while (!written || atomic_load_explicit(&c->gate->stage, memory_order_acquire) != STAGE_READY) {
		if (child_reap(c))
			return false;
		nanosleep(&interval, NULL);
	}
	return true;
}

/*
 * Waits for the result of the child's execve. If the engine traces with ptrace, it must resume the child for that, and
 * does so in linx_listed().
 */
static ssize_t read_answer(const struct child *c, struct linx *l, int *error)
{
	struct pollfd answer = { .fd = c->failed, .events = POLLIN };

	while (poll(&answer, 1, ANSWER_MS) <= 0)
		linx_listed(l);
	return read(c->failed, error, sizeof(*error));
}

int child_release(struct child *c, struct linx *l)
{
	int error = 0;
	ssize_t n;

	back_to_realtime(c);
	atomic_store_explicit(&c->gate->stage, STAGE_GO, memory_order_release);
	gate_free(c);
	close(c->go);
	n = read_answer(c, l, &error);
	close(c->failed);
	if (n != sizeof(error))
		return 0;
	while (!child_reap(c))
		linx_listed(l);
	return error;
}

bool child_reap(struct child *c)
{
	siginfo_t info = { 0 };

	if (!c->pid || c->ended)
		return c->ended;
	/* waitid() also reports stops of a child under ptrace(2), which only the code that traces the child handles */
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) || !info.si_pid || info.si_code == CLD_TRAPPED)
		return false;
	/* from here on the pid may be reused, so no signal may be forwarded to it */
	signals_set_command(0);
	wait_for(c);
	return true;
}

void child_abandon(struct child *c)
{
	if (!c->pid || !c->gate)
		return;
	close(c->go);
	close(c->failed);
	if (!c->ended) {
		/* the child may already be past the gate */
		kill(c->pid, SIGKILL);
		wait_for(c);
	}
	gate_free(c);
}
