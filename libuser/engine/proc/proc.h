/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts of a task, from /proc: read at its stops, while it cannot change. */
#ifndef LINX_ENGINE_PTRACE_PROC_H
#define LINX_ENGINE_PTRACE_PROC_H

#include <linux/linx_record.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LINX_PROC_PATH 128

/* Read the first bytes of /proc/TID/name, and a NUL behind them. Length, or -1. */
ssize_t linx_proc_file(pid_t tid, const char *name, char *buf, size_t room);
/*
 * Read /proc/TID/stat into buf. Returns where the fields behind the name begin, the first of which is the third: the
 * name may contain anything. NULL: the task has gone.
 */
const char *linx_proc_stat(pid_t tid, char *buf, size_t room);
/* Read at most most bytes, malloc()ed. NULL: it cannot be read. */
char *linx_proc_whole(pid_t tid, const char *name, size_t most, size_t *len);
/* Read a link, malloc()ed. */
char *linx_proc_link(pid_t tid, const char *name);

/* Facts of a task. Strings are owned by it. */
struct linx_proc {
	struct linx_ctx ctx;
	struct linx_who who;
	struct linx_exe_id exe_id;
	bool has_exe, has_cwd;
	char *exe, *cwd, *cgroup; /* NULL: not known */
	char *cmdline, *environ;
	size_t cmdline_len, environ_len;
	uint64_t ignored, caught; /* signals */
};

/* Read the numbers: ctx and, but for namespaces, who. tgid 0: it is to be found out. false: the task has gone. */
bool linx_proc_read(struct linx_proc *f, pid_t tgid, pid_t tid);
/* Read the numbers of a task's namespaces. false: its children, or itself after an exec, are in others. */
bool linx_proc_namespaces(pid_t tid, uint32_t ns[LINX_NS_NR]);
/* Read paths, command line and, on request, environment. */
void linx_proc_read_names(struct linx_proc *f, pid_t tid, bool env);
void linx_proc_free(struct linx_proc *f);
/* How long a task has run so far, in ns; 0: not known. */
uint64_t linx_proc_ran(pid_t tid);
/* Id of the process that a thread belongs to; 0: gone. */
pid_t linx_proc_tgid(pid_t tid);
/* Process that traces this one, 0: none; -1: not known. */
pid_t linx_proc_tracer(pid_t tid);
pid_t linx_proc_parent(pid_t tid);
/* Does a task have more seccomp filters than another one? Before Linux 5.9: any at all. */
bool linx_proc_more_filters(pid_t tid, pid_t than);
/* Name under which the kernel executed the program, malloc()ed; NULL: not known. */
char *linx_proc_execfn(pid_t tid);
#define LINX_PROC_DEVICE 0x80u /* beside LINX_FDS_*: which device it is, also if nothing else is to be told */
/*
 * Tell what a descriptor refers to, in at most room bytes: a struct linx_fd, its details and its path. what: LINX_FDS_*, LINX_PROC_DEVICE.
 * 0: it is not open, or nothing of that is to be told of it.
 */
size_t linx_proc_fd(pid_t tgid, pid_t tid, int fd, unsigned int what, uint8_t *to, size_t room);

/* Most bytes that linx_proc_sock() writes: a UNIX socket's name is behind the structure. */
#define LINX_PROC_SOCK (sizeof(struct linx_sock) + 108)

/*
 * Addresses of a process's socket with that inode, by a descriptor of our own for it (Linux 5.6), which is closed at once.
 * Bytes written at to, LINX_PROC_SOCK at most. 0: it cannot be had.
 */
size_t linx_proc_sock(pid_t tgid, int fd, uint64_t ino, uint8_t *to);
/* Has the socket of a process this family, AF_*? */
bool linx_proc_sock_family(pid_t tgid, int fd, int family);

#endif
