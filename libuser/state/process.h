/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes of a stream, by pid. Tasks and child processes hold references: a process that
 * ended loses its pid, but stays in memory until the last reference is dropped. Texts are
 * shared by all processes that inherited them.
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
	struct linx_process_own *next; /* same bucket */
	struct linx_process_own *parent; /* a reference; NULL: not known */
	uint32_t refs;
	uint32_t children; /* processes whose parent this is */
	struct linx_task_slot *threads; /* list of its task slots, managed by state/tasks.c */
	uint32_t exec_tid; /* thread whose exec is under way; 0: none */
	bool listed; /* can be found by its pid */
	bool dead; /* ended; parent is now the process that adopted its children */
	struct linx_fs *fs; /* that of the thread announced last, a reference; NULL: not known */
	uint32_t fs_version; /* version of fs that p shows */
	struct linx_numbered init; /* number of the pid namespace whose first process this is */
	bool reaper; /* subreaper: adopts orphaned descendants */
	bool argv_of_exec; /* p.cmdline is from the EXEC record */
};

struct linx_processes {
	struct linx_process_own **buckets;
	size_t nbuckets, n;
	struct linx_fs_account fs;
	struct linx_id_map inits; /* first processes of pid namespaces */
	size_t *room; /* memory budget left, in bytes */
	uint32_t *versions; /* newest version of any task or process */
};

int linx_processes_new(struct linx_processes *t, size_t *room, uint32_t *versions);
/* Frees the table; all tasks must be gone, which hold the processes. */
void linx_processes_free(struct linx_processes *t);

/* Process with this pid; NULL: none. */
struct linx_process_own *linx_process_find(const struct linx_processes *t, uint32_t pid);
/* Bytes that one process costs of the memory budget, with the allocator's overhead. */
#define LINX_PROCESS_COST (sizeof(struct linx_process_own) + 16)
/*
 * Finds or makes the process with this pid and start time (0: not known). NULL: no memory, or
 * no room. The result is borrowed until linx_process_get().
 */
struct linx_process_own *linx_process_make(struct linx_processes *t, uint32_t pid, uint64_t start_time);
/* True if this is the process's pid and, as far as both are known, its start time. */
bool linx_process_is(const struct linx_process_own *p, uint32_t pid, uint64_t start_time);
/*
 * Makes a new process with this pid; a former owner of the pid lives on only through
 * references. NULL: no memory, or no room. The result is borrowed until linx_process_get().
 */
struct linx_process_own *linx_process_renew(struct linx_processes *t, uint32_t pid);
struct linx_process_own *linx_process_get(struct linx_process_own *p);
void linx_process_put(struct linx_processes *t, struct linx_process_own *p);
/* Takes the pid from a process, since the number may belong to another one from now on. */
void linx_process_unlist(struct linx_processes *t, struct linx_process_own *p);

/* Takes over the values of a context record of this kind and raises the version. -ENOMEM */
int linx_process_take(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *fields,
		      uint8_t kind);
/* Takes over struct linx_who of a context record of this kind. */
void linx_process_set_who(struct linx_processes *t, struct linx_process_own *p, const struct linx_who *who,
			  uint8_t kind);
/* Copies to a forked process what it inherits from its parent. Texts are shared. */
void linx_process_inherit(struct linx_processes *t, struct linx_process_own *child,
			  struct linx_process_own *parent);
/*
 * Sets the shared directory and root that the process shows, and takes a reference. NULL: none; the process
 * keeps showing the last ones.
 */
void linx_process_set_fs(struct linx_processes *t, struct linx_process_own *p, struct linx_fs *fs);
/* Sets whether the root of the process, and of those it shares it with, is a directory within a mount. */
void linx_process_set_chroot(struct linx_process_own *p, bool chroot);
/* True if a task that shares directory and root changed them since; linx_process_look() updates the process. */
static inline bool linx_process_is_behind(const struct linx_process_own *p)
{
	return p->fs && p->fs_version != p->fs->version;
}
/* Updates directory and root to those that are shared now. Call before the process is shown. */
void linx_process_look(struct linx_processes *t, struct linx_process_own *p);
/* Sets the parent by its pid. A process not known to be older than p is not taken for the parent. */
void linx_process_set_parent(struct linx_processes *t, struct linx_process_own *p, uint32_t ppid);
/*
 * Marks a process ended after its last thread, hands its children to their adoptive parent and
 * takes its pid from it.
 */
void linx_process_end(struct linx_processes *t, struct linx_process_own *p);
/* Updates the parent and p.ppid if the parent has ended: its children have been adopted. */
void linx_process_settle(struct linx_processes *t, struct linx_process_own *p);

#endif
