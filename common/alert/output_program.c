// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sends alerts to the standard input of a program, one per line. The words of the option are its arguments; no shell is
 * used. The program is started for the first alert. If it has ended when a later alert comes, it is started again, but
 * at most once per second.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alert/output.h"

#define WORDS_MAX 64

struct program {
	char *words; /* each word followed by a NUL */
	char *argv[WORDS_MAX + 1];
	pid_t pid; /* 0: the program does not run */
	int fd; /* pipe to the standard input of the program; -1: it does not run */
	time_t started;
};

static int split(struct program *p, struct problem *why)
{
	char *save = NULL, *word = strtok_r(p->words, " ", &save);
	unsigned int n = 0;

	for (; word && n < WORDS_MAX; word = strtok_r(NULL, " ", &save))
		p->argv[n++] = word;
	if (!n || word)
		return problem_set(why, "%s: program:: write program:CMD ARG..., at most %d words", n ? "too many words" : "missing command",
				   WORDS_MAX);
	return 0;
}

static int open_program(struct alert_output *o, const char *arg, struct problem *why)
{
	struct program *p = calloc(1, sizeof(*p));

	if (!p || !(p->words = strdup(arg))) {
		free(p);
		return problem_set(why, "out of memory");
	}
	p->fd = -1;
	if (split(p, why)) {
		free(p->words);
		free(p);
		return -1;
	}
	alert_output_keep(o, p);
	return 0;
}

static void end(struct program *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/*
 * Starts the program. It inherits standard output and standard error, and no other descriptor of this process. 0 or
 * a positive errno value.
 */
static int spawn(struct program *p, int in)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int rc;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(&p->pid, p->argv[0], &files, &attr, p->argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc;
}

/* Starts the program. 0, or a positive errno value; EAGAIN: it still runs, or was started in this second. */
static int start(struct program *p)
{
	time_t now = time(NULL);
	int ends[2], rc;

	if (p->pid && waitpid(p->pid, NULL, WNOHANG) == p->pid)
		p->pid = 0;
	if (p->started == now || p->pid)
		return EAGAIN;
	if (pipe2(ends, O_CLOEXEC))
		return errno;
	p->started = now;
	rc = spawn(p, ends[0]);
	close(ends[0]);
	p->fd = ends[1];
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	if (!rc)
		return 0;
	p->pid = 0;
	end(p);
	return rc;
}

/*
 * Sends an alert. A program that has ended is started again, at most once per second, and then gets the whole
 * alert. 0, or a positive errno value: the alert is lost, even if a part of it was written.
 */
static int send_program(struct alert_output *o, const struct alert_line *line)
{
	struct program *p = alert_output_state(o);
	int rc = p->fd < 0 ? start(p) : 0;

	if (!rc)
		rc = alert_output_write(o, p->fd, line->line);
	if (rc != EPIPE)
		return rc;
	end(p);
	alert_output_anew(o);
	rc = start(p);
	return rc ? rc : alert_output_write(o, p->fd, line->line);
}

/* Closes the pipe, and waits at most a second for the program's end. */
static void close_program(struct alert_output *o)
{
	struct program *p = alert_output_state(o);

	end(p);
	for (int i = 0; p->pid && i < 100 && !waitpid(p->pid, NULL, WNOHANG); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	free(p->words);
	free(p);
}

const struct alert_way alert_way_program = {
	.prefix = "program:", .open = open_program, .send = send_program, .close = close_program
};
