// SPDX-License-Identifier: LGPL-2.1-or-later
/* Syncs completed files, and runs commands for them: see files/post_rotate.h. */
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files/post_rotate.h"
#include "base/message.h"
#include "files/fsync_thread.h"

#define AFTER_MOST 4
#define AFTER_PATIENCE_MS 5000

struct post_rotate_job {
	struct post_rotate_job *next;
	struct settle *settle; /* running sync of the file to disk; NULL: it has ended */
	bool report;
	pid_t pid; /* process of the command; 0: not started yet */
	char path[];
};

static int spawn(const struct after *a, struct post_rotate_job *job)
{
	char *argv[] = { (char *)a->command, job->path, NULL };
	int rc, ahead = getpriority(PRIO_PROCESS, 0);
	posix_spawnattr_t attr;
	sigset_t set;

	/* the command must not inherit that this process ignores these signals */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	/* The command of -z runs with nice value 0 if --ahead has made ours negative. */
	if (ahead < 0)
		setpriority(PRIO_PROCESS, 0, 0);
	rc = posix_spawnp(&job->pid, argv[0], NULL, &attr, argv, environ);
	if (ahead < 0)
		setpriority(PRIO_PROCESS, 0, ahead);
	posix_spawnattr_destroy(&attr);
	if (rc)
		say("cannot execute: -z %s: %s: not run for %s", a->command, strerror(rc), job->path);
	return rc;
}

static void report_status(const struct after *a, const struct post_rotate_job *job, int status)
{
	if (WIFSIGNALED(status))
		say("failed: -z %s %s: killed by signal %d", a->command, job->path, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		say("failed: -z %s %s: exit status %d", a->command, job->path, WEXITSTATUS(status));
}

/*
 * True if the command has ended. waitpid() looks for the process of this command alone: the traced command is also a
 * child of linxcap, and must not be reaped here.
 */
static bool has_ended(const struct after *a, const struct post_rotate_job *job)
{
	int status = 0;

	if (waitpid(job->pid, &status, WNOHANG) == 0)
		return false;
	report_status(a, job, status);
	return true;
}

/* Reports the result of the sync. False: it failed, so no command is run for the file. */
static bool is_on_disk(struct after *a, const struct post_rotate_job *job, int error)
{
	if (error) {
		a->failed = true;
		say("cannot write: %s: %s: kept%s%s", job->path, strerror(-error),
		    a->command ? ", and not given to -z " : "", a->command ? a->command : "");
	} else if (job->report) {
		say_at(SAY_INFO, "complete: %s", job->path);
	}
	return !error;
}

static bool has_settled(struct after *a, struct post_rotate_job *job, bool *there)
{
	*there = true;
	if (!job->settle)
		return true;
	if (!fsync_done(job->settle))
		return false;
	*there = is_on_disk(a, job, fsync_end(job->settle));
	job->settle = NULL;
	return true;
}

/* Advances a job as far as possible. True: it is done. *running: number of commands that run, updated. */
static bool is_over(struct after *a, struct post_rotate_job *job, unsigned int *running)
{
	bool there;

	if (!has_settled(a, job, &there))
		return false;
	if (!there || !a->command)
		return true;
	if (job->pid)
		return has_ended(a, job);
	if (*running >= AFTER_MOST)
		return false;
	*running += 1;
	return spawn(a, job) != 0;
}

static unsigned int count_running(const struct after *a)
{
	unsigned int n = 0;

	for (const struct post_rotate_job *job = a->jobs; job; job = job->next)
		n += job->pid != 0;
	return n;
}

static void drop(struct post_rotate_job **at)
{
	struct post_rotate_job *job = *at;

	*at = job->next;
	free(job);
}

void post_rotate_look(struct after *a)
{
	struct post_rotate_job **at = &a->jobs;
	unsigned int running = count_running(a);

	while (*at) {
		if (is_over(a, *at, &running))
			drop(at);
		else
			at = &(*at)->next;
	}
}

/* Syncs a file in this thread, since there is no memory for a job, and runs no command for it. */
static void fsync_alone(struct after *a, const char *path, int fd)
{
	int rc = fsync_now(fd);

	a->failed = a->failed || rc;
	say("out of memory: %s: %s%s%s", path, rc ? strerror(-rc) : "complete", a->command ? ", and not given to -z " : "",
	    a->command ? a->command : "");
}

static struct post_rotate_job *make_job(const char *path, int fd, bool report)
{
	struct post_rotate_job *job = calloc(1, sizeof(*job) + strlen(path) + 1);

	if (!job)
		return NULL;
	job->report = report;
	strcpy(job->path, path);
	job->settle = fsync_begin(fd);
	if (job->settle)
		return job;
	free(job);
	return NULL;
}

void post_rotate_file(struct after *a, const char *path, int fd, bool report)
{
	struct post_rotate_job *job = make_job(path, fd, report), **last = &a->jobs;

	if (!job) {
		fsync_alone(a, path, fd);
		return;
	}
	while (*last)
		last = &(*last)->next;
	*last = job;
	post_rotate_look(a);
}

static void report_waiting(const struct after *a)
{
	if (a->jobs->settle)
		say("waits for the disk: %s: interrupt to leave it", a->jobs->path);
	else
		say("waits for the end of: -z %s %s: interrupt to leave it", a->command, a->jobs->path);
}

static void leave(const struct after *a, struct post_rotate_job *job)
{
	if (job->settle) {
		say("left: %s: it may not be on the disk yet", job->path);
		fsync_leave(job->settle);
	}
	if (a->command)
		say("%s: -z %s %s", job->pid ? "left running" : "not run", a->command, job->path);
}

void post_rotate_close(struct after *a, struct signals *signals)
{
	struct pollfd p = { .fd = signals->fd, .events = POLLIN };
	bool again = signals_stopping(), reported = false;

	for (post_rotate_look(a); a->jobs && !(again ? signals_giving_up() : signals_stopping()); post_rotate_look(a)) {
		if (!poll(&p, 1, reported ? -1 : AFTER_PATIENCE_MS)) {
			report_waiting(a);
			reported = true;
		}
		signals_absorb(signals);
	}
	while (a->jobs) {
		leave(a, a->jobs);
		drop(&a->jobs);
	}
}
