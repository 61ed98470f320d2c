/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes of a stream, by pid. Their tasks and their children hold them: one
 * that ended stays, without its number, as long as somebody points to it. Texts
 * are shared by all that inherited them.
 */
#ifndef LINX_PROCESS_H
#define LINX_PROCESS_H

#include <linx/state.h>

#include "state/fs.h"
#include "base/id_map.h"

/* What the first version of linx_who had. */
#define LINX_WHO_SIZE_V1 144u

struct linx_process_own {
	struct linx_process p;
	struct linx_process_own *next; /* same bucket */
	struct linx_process_own *parent; /* held; NULL: not known */
	uint32_t refs;
	uint32_t children; /* whose parent this is */
	struct linx_task_slot *threads; /* state/tasks.c: those whose process it is */
	uint32_t exec_tid; /* thread whose exec is under way; 0: none */
	bool listed; /* has its number */
	bool dead; /* ended; parent is then who took its children over */
	struct linx_fs *fs; /* of the thread that was told of last, held; NULL: not known */
	uint32_t fs_version; /* what is shown of it here */
	struct linx_numbered init; /* the number of the pid namespace whose first process it is */
	bool reaper; /* takes over what its descendants leave behind */
	bool argv_of_exec; /* the command line is what the program was started with */
};

struct linx_processes {
	struct linx_process_own **buckets;
	size_t nbuckets, n;
	struct linx_fs_account fs;
	struct linx_id_map inits; /* first processes of pid namespaces */
	size_t *room; /* bytes that may still be kept */
	uint32_t *versions; /* the newest of any task or process */
};

int linx_processes_new(struct linx_processes *t, size_t *room, uint32_t *versions);
/* All tasks are gone. */
void linx_processes_free(struct linx_processes *t);

/* NULL: not there. */
struct linx_process_own *linx_process_find(const struct linx_processes *t, uint32_t pid);
/* Of the room for what is kept. */
#define LINX_PROCESS_COST (sizeof(struct linx_process_own) + 16)
/*
 * Find or make the one that began then (0: not known). NULL: no memory, or no
 * room. Borrowed until linx_process_get().
 */
struct linx_process_own *linx_process_make(struct linx_processes *t, uint32_t pid, uint64_t start_time);
/* Is that, as far as is known, its pid and when it began? */
bool linx_process_is(const struct linx_process_own *p, uint32_t pid, uint64_t start_time);
/* A new one of that number; one that had it before lives on in its tasks alone. */
struct linx_process_own *linx_process_renew(struct linx_processes *t, uint32_t pid);
struct linx_process_own *linx_process_get(struct linx_process_own *p);
void linx_process_put(struct linx_processes *t, struct linx_process_own *p);
/* Its number may belong to another one from now on. */
void linx_process_unlist(struct linx_processes *t, struct linx_process_own *p);

/* Take values of a context record of this kind over. -ENOMEM */
int linx_process_take(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *fields,
		      uint8_t kind);
/* The same of the part that has a structure of its own, from a record of this kind. */
void linx_process_set_who(struct linx_processes *t, struct linx_process_own *p, const struct linx_who *who,
			  uint8_t kind);
/* A forked process runs what its parent runs. */
void linx_process_inherit(struct linx_processes *t, struct linx_process_own *child,
			  struct linx_process_own *parent);
/* Which working directory and root it shows from now on. NULL: what it has of its own. */
void linx_process_set_fs(struct linx_processes *t, struct linx_process_own *p, struct linx_fs *fs);
/* Of that. */
void linx_process_set_chroot(struct linx_process_own *p, bool chroot);
/* Somebody who shares them changed them: linx_process_look() shows that. */
static inline bool linx_process_is_behind(const struct linx_process_own *p)
{
	return p->fs && p->fs_version != p->fs->version;
}
/* Before it is shown. */
void linx_process_look(struct linx_processes *t, struct linx_process_own *p);
/* Who is the parent now; NULL: not known. */
void linx_process_set_parent(struct linx_processes *t, struct linx_process_own *p, uint32_t ppid);
/* The last thread ended: whom its children belong to. */
void linx_process_end(struct linx_processes *t, struct linx_process_own *p);
/* Children of ended processes are somebody else's: settle p.ppid. */
void linx_process_settle(struct linx_processes *t, struct linx_process_own *p);

#endif
