// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A producer and a consumer thread use one ring for a while, only by means of ring_proto.h. Every record is checked, no
 * record is lost except those that the producer counted, and a sleeping consumer is always woken. This program is also
 * run under -fsanitize=thread.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <linux/linx.h>
#include "kmod/shared/ring_proto.h"

#ifdef __SANITIZE_THREAD__
/*
 * ThreadSanitizer does not know fences. This one is a locked instruction on a variable that only the thread uses: a
 * fence for the machine, but no order for the sanitizer.
 */
static _Thread_local int fence_here;
#undef linx_fence
#define linx_fence() __atomic_fetch_add(&fence_here, 1, __ATOMIC_SEQ_CST)
#endif

#define SIZE 16384u
#define RECORDS 1000000u
#define PATIENCE 100 /* number of times that a full ring is checked before the record is dropped */
#define WAKE_MS 10000

#define CHECK(x)                                                                     \
	do {                                                                         \
		if (!(x)) {                                                          \
			printf("line %d: %s (%s)\n", __LINE__, #x, strerror(errno)); \
			exit(EXIT_FAILURE);                                          \
		}                                                                    \
	} while (0)

struct ring {
	_Alignas(64) struct linx_positions prod;
	_Alignas(64) struct linx_consumer cons;
	_Alignas(64) int armed;
	int event; /* eventfd that stands for irq_work */
	uint8_t *data;
	/* used only by the producer */
	uint64_t head, tail, seq, lost;
	/* used only by the consumer */
	uint64_t got, missed, sleeps;
	bool done; /* set before the last wake-up; no more records follow */
};

static uint8_t *map_twice(void)
{
	int fd = memfd_create("ring", 0);
	uint8_t *p = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(fd >= 0 && p != MAP_FAILED && !ftruncate(fd, SIZE));
	for (int i = 0; i < 2; i++)
		CHECK(mmap(p + i * SIZE, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			   0) != MAP_FAILED);
	close(fd);
	return p;
}

static uint32_t length_of(uint64_t seq)
{
	return (uint32_t)sizeof(struct linx_rec) + (uint32_t)(seq * 2654435761u >> 7) % 60 * 8;
}

/* ---- producer ---------------------------------------------------------------------- */

static void wake(struct ring *r)
{
	uint64_t one = 1;

	/*
	 * pairs with the fence of sleep_until_more(): either this load sees the consumer armed, or the consumer sees
	 * the new head
	 */
	linx_fence();
	if (!__atomic_load_n(&r->armed, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&r->armed, 0, __ATOMIC_RELAXED);
	CHECK(write(r->event, &one, sizeof(one)) == sizeof(one));
}

static bool room_for(struct ring *r, uint32_t len, int looks)
{
	for (int i = 0; i < looks; i++) {
		r->tail = linx_pos_clamp(r->tail, r->head, linx_pos_load(&r->cons.tail)); /* protocol B */
		if (len <= linx_ring_room(SIZE, r->head, r->tail, 0))
			return true;
		if (looks > 1)
			sched_yield();
	}
	return false;
}

static void put(struct ring *r, uint64_t seq)
{
	uint32_t len = length_of(seq);
	struct linx_rec *rec;

	/*
	 * Waits long for room most of the time, so that the ring is used; now and then only once, so that records are
	 * lost.
	 */
	if (!room_for(r, len, seq / 1000 % 8 ? PATIENCE : 1)) {
		r->lost++;
		return;
	}
	rec = (void *)(r->data + r->head % SIZE);
	memset(rec, (int)(seq & 0xff), len);
	rec->words = len / 8;
	rec->seq = (uint32_t)seq;
	r->head += len;
	linx_pos_store(&r->prod.head, r->head); /* protocol A */
	wake(r);
}

static void *produce(void *arg)
{
	struct ring *r = arg;
	uint64_t one = 1;

	for (r->seq = 0; r->seq < RECORDS; r->seq++) {
		put(r, r->seq);
		if (r->seq % 5000 < 8) /* lets the consumer run, so that it empties the ring and sleeps */
			sched_yield();
	}
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
	CHECK(write(r->event, &one, sizeof(one)) == sizeof(one));
	return NULL;
}

/* ---- consumer ------------------------------------------------------------------------ */

static void check_record(struct ring *r, const struct linx_rec *rec, uint64_t avail, uint64_t *next)
{
	const uint8_t *bytes = (const void *)(rec + 1);

	CHECK(linx_rec_fits(rec, avail));
	CHECK(rec->seq >= *next && LINX_REC_LEN(rec) == length_of(rec->seq));
	for (uint32_t i = 0; i < LINX_REC_LEN(rec) - sizeof(*rec); i++)
		CHECK(bytes[i] == (uint8_t)rec->seq);
	r->missed += rec->seq - *next;
	*next = rec->seq + 1;
	r->got++;
}

static bool take(struct ring *r, uint64_t *tail, uint64_t *next)
{
	uint64_t head = linx_pos_load(&r->prod.head), from = *tail; /* protocol A */

	CHECK(head - *tail <= SIZE);
	while (*tail != head) {
		const struct linx_rec *rec = (const void *)(r->data + *tail % SIZE);

		check_record(r, rec, head - *tail, next);
		*tail += LINX_REC_LEN(rec);
	}
	if (*tail != from)
		linx_pos_store(&r->cons.tail, *tail); /* protocol B */
	return *tail != from;
}

/*
 * Waits like poll(): arms the wake-up, then a fence, then checks again, then sleeps. The test fails if the wake-up does
 * not arrive.
 */
static void sleep_until_more(struct ring *r, uint64_t tail)
{
	struct pollfd p = { .fd = r->event, .events = POLLIN };
	uint64_t n;

	__atomic_store_n(&r->armed, 1, __ATOMIC_RELAXED);
	linx_fence(); /* fence of protocol C */
	if (linx_pos_load(&r->prod.head) != tail)
		return;
	r->sleeps++;
	CHECK(poll(&p, 1, WAKE_MS) == 1);
	CHECK(read(r->event, &n, sizeof(n)) == sizeof(n));
}

static void consume(struct ring *r)
{
	uint64_t tail = 0, next = 0;

	for (;;) {
		bool done = __atomic_load_n(&r->done, __ATOMIC_ACQUIRE);

		if (take(r, &tail, &next))
			continue;
		if (done)
			break;
		sleep_until_more(r, tail);
	}
	r->missed += RECORDS - next;
}

int main(void)
{
	static struct ring r;
	pthread_t t;

	r.data = map_twice();
	r.event = eventfd(0, 0);
	CHECK(r.event >= 0 && !pthread_create(&t, NULL, produce, &r));
	consume(&r);
	CHECK(!pthread_join(t, NULL));
	printf("%llu records read, %llu lost, consumer slept %llu times\n",
	       (unsigned long long)r.got, (unsigned long long)r.lost, (unsigned long long)r.sleeps);
	CHECK(r.got + r.lost == RECORDS && r.missed == r.lost && r.got > 0 && r.sleeps > 0);
	return EXIT_SUCCESS;
}
