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

/* Shared with the child, who may not make a system call between stage READY and its execve. */
struct child_gate;

struct child {
	pid_t pid; /* 0: none was started */
	struct child_gate *gate; /* NULL: it was let go */
	int go; /* write a byte: on to stage READY; close: end without execve */
	int failed; /* errno of the execve comes here, or the end of file */
	bool ended; /* the child has been reaped: status is set */
	int fifo; /* the child's real-time priority, dropped while it waits at the gate; 0: left alone */
	int status; /* wait(2) */
};

/* Path of the program; free(). NULL: *status is STATUS_NOT_FOUND or STATUS_NOT_EXECUTABLE, told. */
char *child_find(const char *name, int *status);
/* Is there a program of this name, in PATH or at this path? */
bool child_is_program(const char *name);
/* Has the program's file privileges that we lack: another owner's, another group's, or capabilities? */
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
	const struct passwd *user; /* to become; NULL: stay who we are */
	struct child_filter *filter; /* to install before the execve; NULL: none */
};

/* Ask the source for a filter of the command; free(). NULL: it needs none. */
struct child_filter *child_filter_new(struct linx *l);
/* -errno. signals is what the child undoes before its execve. It waits, asleep. */
int child_start(struct child *c, const struct child_command *command, struct signals *signals);
/* Brings it to where its next system call is execve; it burns a CPU there, so be quick. false: it has ended. */
bool child_ready(struct child *c);
/* Lets it go, and l do its part. 0: it runs; else errno of its execve, and it has ended. */
int child_release(struct child *c, struct linx *l);
/* Looks whether it has ended. */
bool child_reap(struct child *c);
/* If it was never let go: it ends without execve. */
void child_abandon(struct child *c);

#endif
