// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A task of high priority repeatedly interrupts another task on its CPU. The interrupted task renames a directory, or
 * changes its own name under a lock of the task; with PREEMPT_RT it is interrupted even while it holds the lock. Every
 * rule must be decided nevertheless, and signals must be sent.
 * usage: deny_waits [shared] shared: others trace the functions, so that nobody can wait: only signals are tried
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include <sched.h>
#include <sys/prctl.h>
#include "deny.h"
#include "deny_scene.h"

/* Opens of the task of high priority. */
#define OPENS 3000
#define OTHER FREE "/other"
#define LOW FREE "/low"

static struct dev d;
static struct deny b;

static void rename_storm(void)
{
	for (;;) {
		rename(LOW, LOW ".new");
		rename(LOW ".new", LOW);
	}
}

static void name_storm(void)
{
	for (;;)
		prctl(PR_SET_NAME, "storm", 0, 0, 0);
}

static void rise(void)
{
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 50 }))
		die("priority");
}

/*
 * Opens a file that no rule names, OPENS times, with a short sleep before each open. Returns how often the open failed.
 */
static int opens(void)
{
	int failed = 0, fd;

	rise();
	for (int i = 0; i < OPENS; i++) {
		usleep(50);
		fd = open(OTHER, O_RDONLY | O_CLOEXEC);
		failed += fd < 0;
		close(fd);
	}
	return failed < 255 ? failed : 255;
}

static pid_t start(void (*storm)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		storm();
	}
	return pid;
}

static void nothing_refused(const char *name)
{
	struct linx_deny_counters c = deny_count(&d, 0);

	ok(!c.refused && !c.undecided, "%s: refused %llu, undecided %llu", name, (unsigned long long)c.refused, (unsigned long long)c.undecided);
}

/* Rules need the place of the opened file (a directory above it, its name), while another task renames a directory. */
static void renames(void)
{
	pid_t pid = start(rename_storm);

	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_INSIDE, VAULT);
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_place(&b, FREE, "nothing");
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_text(&b, LINX_DENY_ENDS, "/nothing", -1);
	deny_must_load(&d, &b);
	is(scene_run(opens), 0, "opens while another task renames");
	nothing_refused("... a directory");
	kill(pid, SIGKILL);
	reap(pid);
}

/* Runs the opens as a child of the storm. */
static int opens_below(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return 255;
	if (!pid)
		_exit(opens());
	while (!waitpid(pid, &status, WNOHANG))
		prctl(PR_SET_NAME, "storm", 0, 0, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void names(void)
{
	pid_t pid = start(name_storm); /* the CPU has other work, too */

	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM)->what = LINX_DENY_PARENT;
	deny_must_load(&d, &b);
	is(scene_run(opens_below), 0, "opens while the parent holds its lock");
	nothing_refused("... a parent");
	kill(pid, SIGKILL);
	reap(pid);
}

static int killed(void)
{
	scene_open(SECRET);
	return 0;
}

static int handled;

static void handle(int signo)
{
	handled = signo;
}

/* Returns 0 if the open is refused and the signal has been handled when the open returns; otherwise 1. */
static int signalled(void)
{
	signal(SIGUSR1, handle);
	return scene_open(SECRET) == EPERM && handled == SIGUSR1 ? 0 : 1;
}

static int high_killed(void)
{
	rise();
	return killed();
}

static void signals(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_KILL_TASK, 0);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	for (int i = 0; i < 200; i++)
		if (scene_run(i % 2 ? killed : high_killed) != -SIGKILL)
			ok(false, "process %d was not killed", i);
	is((long long)deny_count(&d, 0).signalled, 200, "processes that were killed");
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_SIGNAL, SIGUSR1);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	is(scene_run(signalled), 0, "a signal that the process handles");
}

int main(int argc, char **argv)
{
	on_cpu(0);
	scene_build();
	scene_write(OTHER, "other");
	scene_write(LOW, "low");
	deny_session(&d, 1 << 16);
	signals();
	if (argc == 1 || strcmp(argv[1], "shared") != 0) {
		renames();
		names();
	}
	dev_close(&d);
	scene_end();
	return tap_end();
}
