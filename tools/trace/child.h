/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command after "--". This process searches it in PATH itself, so that the command makes exactly one execve.
 * The command is started, and held just before that execve until tracing runs.
 *
 *	this process            child
 *	child_start()           reads from a pipe, asleep
 *	linx_start()
 *	child_ready()           returns from read, not listed yet: not recorded;
 *	                        polls shared memory, without system calls
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
	pid_t pid; /* 0: no child was started */
	struct child_gate *gate; /* memory shared with the child; NULL: the child was released */
	int go; /* pipe: a byte moves the child to stage READY; if it is closed, the child ends without execve */
	int failed; /* pipe from the child: the errno of a failed execve, or end of file after a successful one */
	bool ended; /* the child has been reaped: status is set */
	int fifo; /* real-time priority that the child gets back when it is released; 0: its policy was not changed */
	int status; /* status of the ended child, as from waitpid(2) */
};

/*
 * Finds a program; the caller frees the returned path. NULL: an error was printed, and *status is STATUS_NOT_FOUND
 * or STATUS_NOT_EXECUTABLE.
 */
char *child_find(const char *name, int *status);
/* True if name is an executable file: one in PATH, or this path if it contains a slash. */
bool child_is_program(const char *name);
/*
 * True if execve of this file gains privileges: it is setuid or setgid to another user or group, or has file
 * capabilities.
 */
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

/* Returns the filter that the source wants in the command; the caller frees it. NULL: the source wants no filter. */
struct child_filter *child_filter_new(struct linx *l);
/*
 * Starts the child, which then sleeps in a read. signals: the handlers and the mask that the child restores before its
 * execve. 0 or -errno.
 */
int child_start(struct child *c, const struct child_command *command, struct signals *signals);
/*
 * Brings the child to the point where its next system call is execve. There it spins on a CPU until child_release(),
 * which should follow soon. False: the child has ended.
 */
bool child_ready(struct child *c);
/*
 * Lets the child call execve, and the engine of l resume it if needed. 0: the program runs; otherwise the errno of
 * the execve, and the child has ended.
 */
int child_release(struct child *c, struct linx *l);
/* Reaps the child if it has ended. Returns whether it has. */
bool child_reap(struct child *c);
/* Kills a child that was not released, before its execve. */
void child_abandon(struct child *c);

#endif
