/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that use an io_uring without liburing, one entry at a time. */
#ifndef RING_OPS_H
#define RING_OPS_H

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ops {
	int fd;
	struct io_uring_params p;
	uint8_t *sq, *cq;
	struct io_uring_sqe *entries;
};

static inline uint32_t *ops_sq(const struct ops *o, uint32_t at)
{
	return (uint32_t *)(o->sq + at);
}

static inline uint32_t *ops_cq(const struct ops *o, uint32_t at)
{
	return (uint32_t *)(o->cq + at);
}

/* Creates the io_uring. Returns 0, or -1 if this kernel refuses. */
static inline int ops_open(struct ops *o, unsigned int entries, unsigned int flags)
{
	memset(o, 0, sizeof(*o));
	o->p.flags = flags;
	o->p.cq_entries = flags & IORING_SETUP_CQSIZE ? entries : 0;
	o->fd = (int)syscall(SYS_io_uring_setup, entries, &o->p);
	if (o->fd < 0)
		return -1;
	o->sq = mmap(NULL, o->p.sq_off.array + o->p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, o->fd,
		     IORING_OFF_SQ_RING);
	o->cq = mmap(NULL, o->p.cq_off.cqes + o->p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE,
		     MAP_SHARED, o->fd, IORING_OFF_CQ_RING);
	o->entries = mmap(NULL, o->p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED,
			  o->fd, IORING_OFF_SQES);
	return o->sq == MAP_FAILED || o->cq == MAP_FAILED || o->entries == MAP_FAILED ? -1 : 0;
}

/* Returns the next submission entry, zeroed. ops_push() submits it. */
static inline struct io_uring_sqe *ops_next(struct ops *o)
{
	uint32_t tail = *ops_sq(o, o->p.sq_off.tail), i = tail & (o->p.sq_entries - 1);

	memset(&o->entries[i], 0, sizeof(o->entries[i]));
	ops_sq(o, o->p.sq_off.array)[i] = i;
	return &o->entries[i];
}

/* Returns the next submission entry with the members that most operations use. ops_push() submits it. */
static inline struct io_uring_sqe *ops_entry(struct ops *o, int opcode, int fd, const void *addr, unsigned int len, uint64_t off)
{
	struct io_uring_sqe *e = ops_next(o);

	e->opcode = (uint8_t)opcode;
	e->fd = fd;
	e->addr = (uintptr_t)addr;
	e->len = len;
	e->off = off;
	return e;
}

static inline void ops_push(struct ops *o)
{
	__atomic_fetch_add(ops_sq(o, o->p.sq_off.tail), 1, __ATOMIC_RELEASE);
}

static inline int ops_enter(struct ops *o, unsigned int submit, unsigned int wait)
{
	unsigned int flags = wait ? IORING_ENTER_GETEVENTS : 0;

	if (o->p.flags & IORING_SETUP_SQPOLL) {
		submit = 0;
		if (*ops_sq(o, o->p.sq_off.flags) & IORING_SQ_NEED_WAKEUP)
			flags |= IORING_ENTER_SQ_WAKEUP;
	}
	return (int)syscall(SYS_io_uring_enter, o->fd, submit, wait, flags, NULL, 0);
}

/* Takes a completion entry. Returns false if there is none. */
static inline int ops_result(struct ops *o, struct io_uring_cqe *cqe)
{
	uint32_t *head = ops_cq(o, o->p.cq_off.head);

	if (*head == __atomic_load_n(ops_cq(o, o->p.cq_off.tail), __ATOMIC_ACQUIRE))
		return 0;
	*cqe = ((struct io_uring_cqe *)(o->cq + o->p.cq_off.cqes))[*head & (o->p.cq_entries - 1)];
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return 1;
}

/* Submits the prepared entry and waits for its result. */
static inline int ops_do(struct ops *o)
{
	struct io_uring_cqe cqe;

	ops_push(o);
	do {
		if (ops_enter(o, 1, 1) < 0 && errno != EINTR) {
			perror("io_uring_enter");
			exit(1);
		}
	} while (!ops_result(o, &cqe));
	return cqe.res;
}

#endif
