/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command of -- CMD: found in PATH by us, so that it makes exactly one
 * execve, started, and held just before that until tracing runs.
 *
 *	us                      child
 *	child_start()           reads from a pipe, asleep
 *	linx_start()
 *	child_ready()           returns from read, not listed yet: not recorded;
 *	                        looks at shared memory, without system calls
 *	linx_add_pid()
 *	child_release()         execve: the first call that is recorded
 */
#ifndef LINXCAP_CHILD_H
#define LINXCAP_CHILD_H

#include <linux/filter.h>
#include <linx/linx.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/signals.h"

/* Memory shared with the child, which may make no system call between stage READY and its execve. */
struct child_gate;

struct child {
	pid_t pid; /* 0: none was started */
	struct child_gate *gate; /* NULL: the child was released */
	int go; /* pipe: a byte moves the child to stage READY; closing ends it without execve */
	int failed; /* pipe: errno of a failed execve, or end of file */
	bool ended; /* the child has been reaped: status is set */
	int fifo; /* the child's real-time priority, dropped while it waits at the gate; 0: left alone */
	int status; /* wait(2) */
};

/*
 * Finds the program; the caller frees the path. NULL: *status is STATUS_NOT_FOUND or STATUS_NOT_EXECUTABLE,
 * reported.
 */
char *child_find(const char *name, int *status);
/* True if there is a program of this name, in PATH or at this path. */
bool child_is_program(const char *name);
/* True if the program's file has privileges that we lack: another owner's, another group's, or capabilities. */
bool child_gains(const char *path);
struct passwd;
/* A seccomp filter; see linx_get_command_filter(3). */
struct child_filter {
	unsigned short n;
	struct sock_filter at[BPF_MAXINSNS];
};

struct child_command {
	const char *path;
	char **argv;
	char **env;
	const struct passwd *user; /* user to become; NULL: unchanged */
	struct child_filter *filter; /* filter to install before the execve; NULL: none */
};

/* Get the source's filter for the command; the caller frees it. NULL: it needs none. */
struct child_filter *child_filter_new(struct linx *l);
/* Start the child, which waits asleep. signals: restored before its execve. -errno. */
int child_start(struct child *c, const struct child_command *command, struct signals *signals);
/*
 * Bring the child to the point where its next system call is execve. It uses a CPU fully there, so be quick.
 * false: it has ended.
 */
bool child_ready(struct child *c);
/* Release the child, and let l do its part. 0: it runs; else errno of its execve, and it has ended. */
int child_release(struct child *c, struct linx *l);
/* Check whether it has ended. */
bool child_reap(struct child *c);
/* End a child that was not released, without execve. */
void child_abandon(struct child *c);

#endif
