// SPDX-License-Identifier: LGPL-2.1-or-later
/* Commands for complete files: see after.h. */
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "after.h"
#include "say.h"

#define AFTER_MOST 4
#define AFTER_PATIENCE_MS 5000

struct after_job {
	struct after_job *next;
	pid_t pid; /* 0: it waits for its turn */
	char path[];
};

static int spawn(const struct after *a, struct after_job *job)
{
	char *argv[] = { (char *)a->command, job->path, NULL };
	int rc, ahead = getpriority(PRIO_PROCESS, 0);
	posix_spawnattr_t attr;
	sigset_t set;

	/* We ignore them; the command should not. */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	/* Nor is it to run ahead of others, as we do (--ahead). */
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

static void tell_status(const struct after *a, const struct after_job *job, int status)
{
	if (WIFSIGNALED(status))
		say("failed: -z %s %s: killed by signal %d", a->command, job->path, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		say("failed: -z %s %s: exit status %d", a->command, job->path, WEXITSTATUS(status));
}

/* By its pid: any child of ours would be the command that is traced as well. */
static bool has_ended(const struct after *a, const struct after_job *job)
{
	int status = 0;

	if (!job->pid || waitpid(job->pid, &status, WNOHANG) == 0)
		return false;
	tell_status(a, job, status);
	return true;
}

static void drop(struct after_job **at)
{
	struct after_job *job = *at;

	*at = job->next;
	free(job);
}

void after_look(struct after *a)
{
	struct after_job **at = &a->jobs;
	unsigned int running = 0;

	/* Those that run stand before those that wait. */
	while (*at && running < AFTER_MOST) {
		if (has_ended(a, *at) || (!(*at)->pid && spawn(a, *at))) {
			drop(at);
			continue;
		}
		running++;
		at = &(*at)->next;
	}
}

void after_file(struct after *a, const char *path)
{
	struct after_job *job, **last = &a->jobs;

	if (!a->command)
		return;
	job = malloc(sizeof(*job) + strlen(path) + 1);
	if (!job) {
		say("out of memory: -z %s: not run for %s", a->command, path);
		return;
	}
	job->pid = 0;
	job->next = NULL;
	strcpy(job->path, path);
	while (*last)
		last = &(*last)->next;
	*last = job;
	after_look(a);
}

void after_close(struct after *a, struct signals *signals)
{
	struct pollfd p = { .fd = signals->fd, .events = POLLIN };
	bool again = signals_stopping(), told = false;

	for (after_look(a); a->jobs && !(again ? signals_giving_up() : signals_stopping()); after_look(a)) {
		if (!poll(&p, 1, told ? -1 : AFTER_PATIENCE_MS)) {
			say("waits for the end of: -z %s %s: interrupt to leave it", a->command, a->jobs->path);
			told = true;
		}
		signals_absorb(signals);
	}
	while (a->jobs) {
		say("%s: -z %s %s", a->jobs->pid ? "left running" : "not run", a->command, a->jobs->path);
		drop(&a->jobs);
	}
}
