// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cost of the protocol of ring_proto.h for a producer: alone, beside a reader that reads each record at once, and
 * beside one that reads batches, as linxcap does. Prints lines of
 *     contend RING-BYTES ALONE EAGER BATCH
 * in nanoseconds of the producer's processor time for a record of 64 bytes.
 */
#include <linux/linx.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "kmod/shared/ring_proto.h"

#define RECORD 64u
#define RECORDS_MAX (2u << 20)
#define LAPS 64u /* upper limit of the laps around the ring */
#define BATCH (64u << 10)

struct ring {
	_Alignas(4096) struct linx_producer prod;
	_Alignas(4096) struct linx_consumer cons;
	_Alignas(4096) uint8_t *data;
	__u64 size;
	__u64 batch; /* bytes for which the reader waits before it reads; 0: it reads any number */
	bool done;
	__u64 sum; /* sum of the read bytes, so that the compiler keeps the reads */
};

static double thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void on_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static struct linx_rec *record_at(const struct ring *r, __u64 at)
{
	return (struct linx_rec *)(void *)(r->data + (at & (r->size - 1)));
}

static __u64 take(struct ring *r, __u64 tail, __u64 head)
{
	for (; tail != head; tail += RECORD)
		r->sum += record_at(r, tail)->seq;
	linx_pos_store(&r->cons.tail, tail);
	return tail;
}

static void *read_all(void *arg)
{
	struct ring *r = arg;
	__u64 tail = 0, head;

	on_cpu(1);
	do {
		bool done = __atomic_load_n(&r->done, __ATOMIC_ACQUIRE);

		head = linx_pos_load(&r->prod.half[0].head);
		if (head != tail && (done || head - tail >= r->batch || head - tail > r->size / 2))
			tail = take(r, tail, head);
		else if (done)
			break;
		else if (r->batch)
			sched_yield();
	} while (true);
	return NULL;
}

/*
 * Waits for free space and returns the position at which it ends. At least half of the ring must be free, so that the
 * cost of reading the clock does not matter.
 */
static __u64 wait_for_room(struct ring *r, __u64 head, __u64 limit, bool alone)
{
	for (;;) {
		if (alone)
			take(r, limit - r->size, head);
		limit = linx_pos_clamp(limit - r->size, head, linx_pos_load(&r->cons.tail)) + r->size;
		if (head + r->size / 2 <= limit)
			return limit;
		sched_yield();
	}
}

/*
 * Writes records as kmod/ring/ring_fast.h does: the reader's position is read again only when the known free space is
 * used up.
 */
static double produce(struct ring *r, bool alone)
{
	__u64 head = 0, limit = r->size, spent = 0;
	__u64 records = r->size / RECORD * LAPS < RECORDS_MAX ? r->size / RECORD * LAPS : RECORDS_MAX;
	double start = thread_ns(), waited = 0, from;

	for (__u64 i = 0; i < records; i++) {
		struct linx_rec *rec = record_at(r, head);

		if (head + RECORD > limit) {
			from = thread_ns();
			limit = wait_for_room(r, head, limit, alone);
			waited += thread_ns() - from;
		}
		*rec = (struct linx_rec){ .words = RECORD / 8, .kind = LINX_REC_EXIT, .seq = (__u32)i, .time = head };
		head += RECORD;
		linx_pos_store(&r->prod.half[0].head, head);
		linx_fence();
		spent += __atomic_load_n(&r->done, __ATOMIC_RELAXED); /* stands for the kernel's check for a sleeping reader */
	}
	r->sum += spent;
	return (thread_ns() - start - waited) / (double)records;
}

static double run(struct ring *r, bool alone, __u64 batch)
{
	pthread_t reader;
	double ns;

	memset(&r->prod, 0, sizeof(r->prod));
	memset(&r->cons, 0, sizeof(r->cons));
	r->batch = batch;
	r->done = false;
	if (!alone && pthread_create(&reader, NULL, read_all, r))
		exit(1);
	ns = produce(r, alone);
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
	if (!alone)
		pthread_join(reader, NULL);
	return ns;
}

int main(void)
{
	static const __u64 sizes[] = { 64 << 10, 1 << 20, 8 << 20, 64 << 20 };
	struct ring *r = aligned_alloc(4096, sizeof(*r));

	if (!r)
		return 1;
	on_cpu(0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		r->size = sizes[i];
		r->data = aligned_alloc(4096, sizes[i]);
		if (!r->data)
			return 1;
		memset(r->data, 0, sizes[i]);
		run(r, true, 0);
		printf("contend %llu", (unsigned long long)sizes[i]);
		printf(" %.1f", run(r, true, 0));
		printf(" %.1f", run(r, false, 0));
		printf(" %.1f\n", run(r, false, BATCH < sizes[i] / 4 ? BATCH : sizes[i] / 4));
		free(r->data);
	}
	free(r);
	return 0;
}
