/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values about a task, read from /proc. A tracee is stopped while they are read, so that they cannot change. */
#ifndef LINX_ENGINE_PTRACE_PROC_H
#define LINX_ENGINE_PTRACE_PROC_H

#include <linux/linx_record.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "engine/aside.h"

#define LINX_PROC_PATH 128

/* Reads the first bytes of /proc/TID/name, and appends a NUL. Returns the length, or -1. */
ssize_t linx_proc_file(pid_t tid, const char *name, char *buf, size_t room);
/*
 * Reads /proc/TID/stat into buf. Returns the begin of the third field, behind the name: the name may contain anything.
 * NULL: the task has gone.
 */
const char *linx_proc_stat(pid_t tid, char *buf, size_t room);
/*
 * Reads a file of /proc/TID, but no more bytes of it than "most". The caller frees the result. NULL: the file cannot be
 * read.
 */
char *linx_proc_whole(pid_t tid, const char *name, size_t most, size_t *len);
/* Reads the target of a symbolic link of /proc/TID. The caller frees the result. NULL: it cannot be read. */
char *linx_proc_link(pid_t tid, const char *name);

/*
 * Gets what stat(2) returns for a file, as far as the kernel knows it. The file system is not asked, since it may be
 * one of the task's own that never answers. path is a link of /proc/TID to an open file.
 */
bool linx_proc_stat_file(const char *path, struct stat *st);

/* Values about a task. The structure owns the strings. */
struct linx_proc {
	struct linx_ctx ctx;
	struct linx_who who;
	struct linx_exe_id exe_id;
	bool has_exe, has_cwd;
	char *exe, *cwd, *cgroup; /* NULL: not known */
	char *cmdline, *environ;
	size_t cmdline_len, environ_len;
	uint64_t ignored, caught; /* signal masks, as in /proc/TID/status */
};

/*
 * Reads the members ctx and who of *f, but not the namespaces in who. tgid 0: not known, it is looked up. false: the
 * task has gone.
 */
bool linx_proc_read(struct linx_proc *f, pid_t tgid, pid_t tid);
/*
 * Reads the inode numbers of a task's namespaces. false: the children of the task, or the task itself after an exec,
 * will be in other namespaces.
 */
bool linx_proc_namespaces(pid_t tid, uint32_t ns[LINX_NS_NR]);
/*
 * Reads the paths and the command line of task tid; env: also the environment. If linx_aside_do() gives up, command
 * line and environment are not known.
 */
void linx_proc_read_names(struct linx_proc *f, struct linx_aside *a, pid_t tid, bool env);
void linx_proc_free(struct linx_proc *f);
/* Converts a number of ticks, in which /proc counts times, to ns. */
uint64_t linx_proc_ticks_ns(uint64_t ticks);
/* Returns the CPU time of a task so far, in ns; 0: not known. */
uint64_t linx_proc_ran(pid_t tid);
/* Returns the id of the process that a thread belongs to; 0: the thread has gone. */
pid_t linx_proc_tgid(pid_t tid);
/* Returns the process that traces this task; 0: none; -1: not known. */
pid_t linx_proc_tracer(pid_t tid);
pid_t linx_proc_parent(pid_t tid);
/* True if the task has ended: it is gone, or a zombie. */
bool linx_proc_has_ended(pid_t tid);
/* True if a task has more seccomp filters than another one. Before Linux 5.9: true if it has any. */
bool linx_proc_more_filters(pid_t tid, pid_t than);
/* Returns the name under which the kernel executed the program; the caller frees it. NULL: not known. */
char *linx_proc_execfn(struct linx_aside *a, pid_t tid);
#define LINX_PROC_DEVICE 0x80u /* with LINX_FDS_*: report the device number, even if nothing else is reported */
/*
 * Describes a descriptor in at most room bytes: a struct linx_fd, its details and its path. what: LINX_FDS_*,
 * LINX_PROC_DEVICE. Returns the bytes written; 0: the descriptor is not open, or has nothing of what is asked for.
 */
size_t linx_proc_fd(struct linx_aside *a, pid_t tgid, pid_t tid, int fd, unsigned int what, uint8_t *to, size_t room);
/* True if the process has a descriptor of an io_uring. */
bool linx_proc_has_uring(pid_t tgid);

/* Limit of the bytes that linx_proc_sock() writes: the structure and the name of a UNIX socket. */
#define LINX_PROC_SOCK (sizeof(struct linx_sock) + 108)

/*
 * Writes the addresses of a process's socket, which has this descriptor and inode. Meanwhile this process has a
 * descriptor for the socket (needs Linux 5.6). Returns the bytes written at "to", LINX_PROC_SOCK at most. 0: the
 * addresses are not available. Called in a job of linx_aside_do(): a thread that sends keeps the socket's lock for as
 * long as its memory waits. If the process closes the socket meanwhile, this process closes it last, and waits for the
 * peer under SO_LINGER.
 */
size_t linx_proc_sock(pid_t tgid, int fd, uint64_t ino, uint8_t *to);
/*
 * True if a task's descriptor is a socket of the protocol with that name. This process makes no descriptor for the
 * socket.
 */
bool linx_proc_sock_is(struct linx_aside *a, pid_t tgid, pid_t tid, int fd, const char *proto);

#endif
