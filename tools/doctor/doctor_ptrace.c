// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The check of the engine ptrace, which needs no module: it traces a child and records one of its system calls. See
 * doctor/doctor.h.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linx/linx.h>

#include "doctor/doctor.h"
#include "trace/missing.h"

#define TRIAL_MS 2000
#define CALLS_MAX 100 /* most events that are read before the call of the child comes */

/* Starts a child that makes calls until it is killed. It is also killed if this process crashes. */
static pid_t start_child(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	for (;;) {
		syscall(SYS_getppid);
		nanosleep(&pause, NULL);
	}
}

/* Waits until a call of the child is recorded. 1: one was; 0: none came; otherwise -errno. */
static int see_call(struct linx *l, pid_t pid)
{
	const struct linx_event *ev;
	int rc = linx_select(l, "getppid"), left = CALLS_MAX;

	if (rc >= 0)
		rc = linx_add_pid(l, pid);
	if (rc >= 0)
		rc = linx_start(l);
	while (rc >= 0 && left-- && (rc = linx_next(l, &ev, TRIAL_MS)) > 0)
		if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL)
			return 1;
	return rc < 0 ? rc : 0;
}

static void trace_child(struct linx *l, pid_t pid, struct finding *f)
{
	int rc = pid < 0 ? -EAGAIN : see_call(l, pid);

	if (rc > 0)
		doctor_found(f, DOCTOR_OK, "commands and processes can be traced without the module (--engine ptrace)%s",
			     missing_uring(l) ? ", without operations of io_uring" : "");
	else
		doctor_found(f, DOCTOR_NOTE, "a child could not be traced: %s",
			     pid < 0 ? strerror(errno) : rc < 0 ? linx_error_text(l) : "no event came of its calls");
}

/*
 * Runs the check. The engine learns of stops of the child by SIGCHLD, which must be blocked until the engine is
 * closed.
 */
void doctor_ptrace(const struct doctor *d, struct finding *f)
{
	struct linx_live_opts live = { .size = sizeof(live) };
	struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live, .fd = -1 };
	struct linx_error error = { "" };
	sigset_t child, before;
	struct linx *l;
	pid_t pid;

	if (d->other) {
		doctor_found(f, DOCTOR_NOTE, "not tried: it is about another root");
		return;
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	if (linx_open_engine("ptrace", &opts, &l, &error) < 0) {
		doctor_found(f, DOCTOR_NOTE, "%s", error.text);
	} else {
		pid = start_child();
		trace_child(l, pid, f);
		if (pid > 0)
			kill(pid, SIGKILL);
		linx_close(l);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}
