/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that may wait without end. A program that is traced or listed can hold whoever looks at it: by a path or a file
 * in a file system of its own, by a mapping of such a file, by memory that userfaultfd(2) serves, and by a lock of the
 * kernel that one of its threads keeps while it waits for such memory. Such work is done by a thread of its own; the
 * caller waits for it for a limited time.
 */
#ifndef LINX_ENGINE_ASIDE_H
#define LINX_ENGINE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Number of threads that may be held at once: those that all processes share, and a reserve for processes that hold none
 * yet, so that a few processes cannot use up the threads of the others.
 */
#define LINX_ASIDE_SHARED 256u
#define LINX_ASIDE_HELD 1024u

struct linx_aside_thread;

/* Threads of one engine. All members are zero at the beginning. Threads are made when they are needed. */
struct linx_aside {
	struct linx_aside_thread *idle;
	struct linx_aside_thread *held[LINX_ASIDE_HELD];
	unsigned int nheld;
	bool watching; /* list_fd is set */
	int list_fd; /* directory of the kernel that lists file systems; -1: it is of no use */
	unsigned long listed; /* links of the directory at the last look */
	bool may_wait; /* at the last look, work could wait without end */
};

/* A kind of work. */
struct linx_aside_work {
	void (*run)(void *job); /* uses nothing but the job, which may be a copy */
	void (*undo)(void *job); /* frees what run() allocated, if nobody waits for it any more; NULL: nothing */
	unsigned int most; /* threads that one process may hold by this work, fewer if many are held; 0: one */
	bool always; /* the work may wait for more than the file systems for which linx_aside_do() looks, such as autofs, or the peer of a socket */
};

/*
 * Does the work: directly, as long as no file system of user space or of the network is mounted on this machine and
 * nothing else could make it wait; else on a copy of the job of size bytes, which is copied back. whose: the process whose fault it is if the
 * work waits. false: it has not ended within the time limit, or the process holds too many threads by this kind of work
 * already; the job is as it was.
 */
bool linx_aside_do(struct linx_aside *a, pid_t whose, const struct linx_aside_work *work, void *job, size_t size);

/*
 * Read or write n bytes of a process's memory, as linx_aside_do() does. Return how many bytes were moved; -1: none, with errno, ETIMEDOUT if the memory waits.
 */
ssize_t linx_aside_read(struct linx_aside *a, pid_t tid, pid_t whose, void *to, uint64_t addr, size_t n);
ssize_t linx_aside_write(struct linx_aside *a, pid_t tid, pid_t whose, const void *from, uint64_t addr, size_t n);

/* Ends the idle thread. Threads that are held end by themselves, and use nothing of the caller's. */
void linx_aside_free(struct linx_aside *a);

#endif
