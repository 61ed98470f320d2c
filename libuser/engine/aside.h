/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that can wait without end. A program that is traced or listed can hold a thread that looks at it: by a path or a
 * file in a file system that the program itself serves, by a mapping of such a file, by memory that userfaultfd(2)
 * serves, and by a lock of the kernel that one of its threads keeps while it waits for such memory. A separate thread
 * therefore does such work, and the caller waits for it for a limited time. The thread is "held" if it still waits
 * after that.
 */
#ifndef LINX_ENGINE_ASIDE_H
#define LINX_ENGINE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Numbers of threads that all processes together may hold. A process that holds a thread already gets another one only
 * while fewer than LINX_ASIDE_SHARED are held. A process that holds no thread gets one while fewer than LINX_ASIDE_HELD
 * are held. A few processes thus cannot use up the threads of the others.
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
	int list_fd; /* directory of the kernel that lists file systems; -1: it cannot be used, and any work may wait */
	unsigned long listed; /* links of the directory at the last look */
	bool may_wait; /* at the last look, work could wait without end */
};

/* A kind of work. */
struct linx_aside_work {
	void (*run)(void *job); /* does the work; uses no memory but *job, which can be a copy */
	/* frees what run() allocated, if nobody waits for the work any more; NULL: run() allocates nothing */
	void (*undo)(void *job);
	/* limit of the threads that one process may hold by this work, lower if many threads are held; 0 means 1 */
	unsigned int most;
	/*
	 * the work can also wait for things that linx_aside_do() does not look for, such as autofs or the peer of a
	 * socket
	 */
	bool always;
};

/*
 * Does the work. The caller's thread does it if nothing can make it wait: no file system in user space or of the
 * network is mounted on this machine. Else another thread does it on a copy of the job, of size bytes, which is copied
 * back. whose: the process that is to blame if the work waits. false: the work has not ended within the time limit, or
 * the process already holds too many threads by this kind of work, or there is no memory; *job is unchanged.
 */
bool linx_aside_do(struct linx_aside *a, pid_t whose, const struct linx_aside_work *work, void *job, size_t size);

/*
 * Read or write n bytes of a process's memory, as a piece of work of linx_aside_do(). Return how many bytes were moved;
 * -1: no bytes were moved, and errno is set. ETIMEDOUT: the access has not ended within the time limit. It may wait
 * for another program, as a file system in user space or a handler of userfaultfd(2).
 */
ssize_t linx_aside_read(struct linx_aside *a, pid_t tid, pid_t whose, void *to, uint64_t addr, size_t n);
ssize_t linx_aside_write(struct linx_aside *a, pid_t tid, pid_t whose, const void *from, uint64_t addr, size_t n);

/* Ends the idle thread. Threads that are held end by themselves, and use no memory of the caller. */
void linx_aside_free(struct linx_aside *a);

#endif
