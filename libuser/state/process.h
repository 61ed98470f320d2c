/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Table of the processes of a stream, by pid. Tasks and child processes hold references to a
 * process. A process that ended can no longer be found by its pid, but stays in memory until the
 * last reference is dropped. Texts are shared by all processes that inherited them.
 */
#ifndef LINX_PROCESS_H
#define LINX_PROCESS_H

#include <linx/state.h>

#include "state/fs.h"
#include "base/id_map.h"

/* Size of the first version of struct linx_who. */
#define LINX_WHO_SIZE_V1 144u

struct linx_process_own {
	struct linx_process p;
	struct linx_process_own *next; /* next in the same bucket of the hash table */
	struct linx_process_own *parent; /* the parent process, a counted reference; NULL: not known */
	uint32_t refs;
	uint32_t children; /* number of processes whose parent this is */
	struct linx_task_slot *threads; /* list of the slots of the process's tasks, managed by state/tasks.c */
	uint32_t exec_tid; /* tid of the thread that is in exec; 0: no thread */
	bool listed; /* the process is in the table, and can be found by its pid */
	bool dead; /* the process has ended; parent is now the process that adopted its children */
	/* directory and root of the thread that was recorded last: a counted reference; NULL: not known */
	struct linx_fs *fs;
	uint32_t fs_version; /* version of fs when it was copied to p */
	struct linx_numbered init; /* inode of the pid namespace, if this is the first process of one */
	bool reaper; /* the process is a subreaper: it adopts orphaned descendants */
	bool argv_of_exec; /* p.cmdline is from an EXEC record */
};

struct linx_processes {
	struct linx_process_own **buckets;
	size_t nbuckets, n;
	struct linx_fs_account fs;
	struct linx_id_map inits; /* first processes of pid namespaces, by inode of the namespace */
	size_t *room; /* memory budget left, in bytes */
	uint32_t *versions; /* newest version of any task or process */
};

int linx_processes_new(struct linx_processes *t, size_t *room, uint32_t *versions);
/* Frees the table; the tasks, which hold references to the processes, must have been freed. */
void linx_processes_free(struct linx_processes *t);

/* Finds the process with this pid; NULL: there is no such process. */
struct linx_process_own *linx_process_find(const struct linx_processes *t, uint32_t pid);
/* Part of the memory budget that one process takes, in bytes, with the allocator's overhead. */
#define LINX_PROCESS_COST (sizeof(struct linx_process_own) + 16)
/*
 * Finds or makes the process with this pid and start time (0: not known). NULL: no memory, or
 * no room. The result is borrowed until linx_process_get().
 */
struct linx_process_own *linx_process_make(struct linx_processes *t, uint32_t pid, uint64_t start_time);
/* True if p has this pid and this start time; a start time that is not known (0) matches any start time. */
bool linx_process_is(const struct linx_process_own *p, uint32_t pid, uint64_t start_time);
/*
 * Makes a new process with this pid. A former process with the pid can no longer be found, and stays
 * in memory while it has references. NULL: no memory, or no room. The result is borrowed until
 * linx_process_get().
 */
struct linx_process_own *linx_process_renew(struct linx_processes *t, uint32_t pid);
struct linx_process_own *linx_process_get(struct linx_process_own *p);
void linx_process_put(struct linx_processes *t, struct linx_process_own *p);
/* Removes the process from the table, so that its pid may belong to another process. */
void linx_process_unlist(struct linx_processes *t, struct linx_process_own *p);

/* Sets texts and executable of a process from the values of a TASK, FORK or EXEC record; raises its version. -ENOMEM */
int linx_process_take(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *fields,
		      uint8_t kind);
/* Sets ids, namespaces and flags of the process from the struct linx_who of a TASK, FORK or EXEC record (kind). */
void linx_process_set_who(struct linx_processes *t, struct linx_process_own *p, const struct linx_who *who,
			  uint8_t kind);
/* Gives a forked process the members that it inherits from its parent, such as exe and pgid. Texts are shared. */
void linx_process_inherit(struct linx_processes *t, struct linx_process_own *child,
			  struct linx_process_own *parent);
/*
 * Sets the entry of working directory and root that the process shows, and adds a reference to it. fs: NULL means no
 * entry; the process then still shows the values of its last entry.
 */
void linx_process_set_fs(struct linx_processes *t, struct linx_process_own *p, struct linx_fs *fs);
/* Sets whether the root of the process, and of all processes that share it, is a directory inside a mount. */
void linx_process_set_chroot(struct linx_process_own *p, bool chroot);
/* True if the shared working directory or root changed since it was copied: linx_process_look() copies it again. */
static inline bool linx_process_is_behind(const struct linx_process_own *p)
{
	return p->fs && p->fs_version != p->fs->version;
}
/* Copies the shared working directory and root to the process if they changed. Call it before the process is shown. */
void linx_process_look(struct linx_processes *t, struct linx_process_own *p);
/* Sets the parent by its pid. If the process with that pid is not known to be older than p, the parent is unknown. */
void linx_process_set_parent(struct linx_processes *t, struct linx_process_own *p, uint32_t ppid);
/*
 * Marks a process as ended, when its last thread has ended: its children get the process that
 * adopts them as parent, and it can no longer be found by its pid.
 */
void linx_process_end(struct linx_processes *t, struct linx_process_own *p);
/* Updates the parent and p.ppid if the parent has ended, and its children have been adopted. */
void linx_process_settle(struct linx_processes *t, struct linx_process_own *p);

#endif
