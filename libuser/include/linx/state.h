/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: who made an event, and which files that process held at that moment.
 *
 * The library keeps tasks, processes and tables of descriptors from what the
 * stream tells, and never looks anywhere else. What these functions give is
 * borrowed from the event, as it was when the event happened, and is not to be
 * written to; structures may grow at their end. What is not known says so: a
 * state, a NULL, a number whose comment says which one means that.
 *
 * Who renders texts again and again keeps them: the same task with the same
 * version, process with the same version, table with the same generation is
 * the same as before, to the last byte; that holds for all sections of a file.
 */
#ifndef LINX_STATE_H
#define LINX_STATE_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that belong to a process. */
struct linx_text {
	const char *data; /* with a NUL behind it that len does not count; NULL: see state */
	uint32_t len;
	uint8_t state; /* enum linx_state; 0: nothing was told of it yet */
};

/* linx_process.flags */
#define LINX_PROCESS_KERNEL 0x1u /* a kernel thread */
#define LINX_PROCESS_SCRIPT 0x2u /* exe is the interpreter of the script that was executed */
#define LINX_PROCESS_MEMFD 0x4u /* exe lies in a memfd, not in a file system */
#define LINX_PROCESS_DELETED 0x8u /* exe had no name any more when it was looked at */
#define LINX_PROCESS_CHROOT 0x10u /* its root is a directory within a mount, not the root of one */
#define LINX_PROCESS_INFO 0x20u /* pgid to ns are known */

/* Ids are of the initial namespaces. */
struct linx_process {
	uint32_t pid;
	uint32_t version; /* raised whenever something here changes */
	uint32_t flags; /* LINX_PROCESS_* */
	uint32_t ppid; /* 0: not known, or there is none (pid 1 and 2) */
	uint64_t start_time; /* ns since boot; with the pid it names a process for good */
	uint64_t start_ns; /* wall clock; 0: not known */
	char comm[16]; /* of its first thread; empty: not known */
	struct linx_text exe; /* path of the executable */
	struct linx_text cmdline; /* argv: strings, each with its NUL, as exec left them */
	struct linx_text env; /* likewise; with linx_live_opts.envp */
	struct linx_text cwd; /* of the thread that was told of last, as its root sees it */
	struct linx_text cgroup; /* path below the root of its hierarchy */
	struct linx_text container; /* id of the container, from the names in cgroup, which who makes that chooses; ABSENT: in none */
	const char *runtime; /* "docker", "containerd", "kubernetes", "podman", "cri-o", "lxc", "nspawn"; NULL: not known, or in none */
	uint64_t exe_dev, exe_ino; /* 0, 0: not known */
	/* With LINX_PROCESS_INFO: */
	uint32_t pgid, sid; /* 0: of the kernel */
	uint32_t tty; /* controlling terminal, major << 20 | minor; 0: none */
	uint32_t loginuid, session_id; /* of audit; UINT32_MAX: not set */
	uint32_t ns_pid; /* its pid in its own pid namespace */
	uint32_t ns[LINX_NS_NR]; /* inode numbers, as /proc/PID/ns shows; 0: not known */
};

/* linx_task.flags */
#define LINX_TASK_CREDS 0x1u /* suid to caps are known */

/* A thread. Ids are of the initial namespaces. */
struct linx_task {
	uint32_t tid, pid, ppid, uid, gid, euid, egid;
	uint32_t version; /* raised whenever something here changes, but for what process points to */
	uint64_t start_time; /* ns since boot; with the tid it names a task for good */
	char comm[16];
	bool stale; /* context was lost since, or the event is older than what is known */
	uint32_t flags; /* LINX_TASK_* */
	const struct linx_process *process; /* never NULL */
	struct linx_task_own *own; /* the library's own */
	uint32_t ns_tid; /* its tid in its own pid namespace; 0: not known */
	/* With LINX_TASK_CREDS: */
	uint32_t suid, sgid, fsuid, fsgid;
	uint64_t cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
};

/* Who made an event, as it was when that happened; of an exec: after it. NULL: not known. */
LINX_API const struct linx_task *linx_event_borrow_task(const struct linx_event *ev);
LINX_API const struct linx_process *linx_event_borrow_process(const struct linx_event *ev);
/*
 * Its ancestors: n 0 the process itself, 1 its parent ... NULL: not known, or
 * there is none. An ancestor that has ended is not there any more.
 */
LINX_API const struct linx_process *linx_event_borrow_ancestor(const struct linx_event *ev, unsigned int n);

/* ---- descriptors --------------------------------------------------------------- */

/* The descriptors of a task, with linx_live_opts.files, or of a capture that has them. */
struct linx_files;

/* NULL: nothing is known of them. */
LINX_API const struct linx_files *linx_event_borrow_files(const struct linx_event *ev);
/* Tables of the same generation, of whatever task, are the same. */
LINX_API uint64_t linx_files_get_generation(const struct linx_files *f);
LINX_API unsigned int linx_files_get_count(const struct linx_files *f);
/*
 * False: descriptors may be missing or out of date. Records of this table were
 * lost, or what it was before the stream could tell is not known.
 */
LINX_API bool linx_files_is_complete(const struct linx_files *f);
/*
 * The descriptor with the least number above after; begin with -1. 0, or
 * -ENOENT: there are no more. Of *d field, entry mean nothing; path and info
 * are borrowed as the table is.
 */
LINX_API int linx_files_next(const struct linx_files *f, int32_t after, struct linx_descriptor *d);
/* 0, or -ENOENT: not open, as far as is known. */
LINX_API int linx_files_find(const struct linx_files *f, int32_t fd, struct linx_descriptor *d);

#ifdef __cplusplus
}
#endif

#endif
