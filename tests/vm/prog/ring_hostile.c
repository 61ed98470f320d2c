// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A reader writes random values, at random times, to the page of the ring that it may write, which has its read
 * position. It may lose its own records, and does no other harm. Built for the 64-bit ABI only (native only).
 */
#include <pthread.h>
#include "load.h"
#include "rnd.h"

#define SECONDS 3
#define GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))

static struct dev d;
static volatile int stop;

/* Returns a value that is likely to do harm as a position: near the head, the ring's size, or an end of the range. */
static uint64_t nasty(uint64_t *state, unsigned int cpu)
{
	uint64_t head = dev_head(&d, cpu), r = rnd_next(state);

	switch (r % 8) {
	case 0:
		return head;
	case 1:
		return head + 8 * (r >> 8 & 0xff);
	case 2:
		return head - 8 * (r >> 8 & 0xff);
	case 3:
		return head - d.ring_size * (r >> 8 & 3);
	case 4:
		return head - (r >> 8) % d.ring_size;
	case 5:
		return (r >> 8 & 1) - 1;
	case 6:
		return 1ULL << (r >> 8 & 63);
	default:
		return r;
	}
}

static void *scribbler(void *arg)
{
	uint64_t state = (uintptr_t)arg * 0x9e3779b97f4a7c15ULL;

	while (!stop)
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
			volatile uint64_t *page = (volatile uint64_t *)d.ring[cpu].cons;

			page[0] = nasty(&state, cpu);
			page[rnd_next(&state) % (d.page / 8)] = rnd_next(&state);
		}
	return NULL;
}

static void *asker(void *arg)
{
	static struct dev_counters c;
	struct linx_floor floor = { .size = sizeof(floor) };
	struct pollfd p = { .fd = d.fd, .events = POLLIN };

	while (!stop) {
		poll(&p, 1, 1);
		if (ioctl(d.fd, LINX_IOC_FLOOR, &floor))
			die("FLOOR");
		dev_counters(&d, &c);
	}
	return arg;
}

/* Attacks two running storms for some seconds. */
static void attack(void)
{
	pthread_t t[4];

	for (long i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, scribbler, (void *)(i + 1));
	pthread_create(&t[3], NULL, asker, NULL);
	sleep_ms(SECONDS * 1000);
	stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static void count(const struct linx_rec *rec, void *arg)
{
	(void)rec;
	++*(uint64_t *)arg;
}

/*
 * Follows the reader's protocol again and must find whole records. Before that, the head must pass the position that
 * the kernel may have accepted during the attack, which can lie beyond the head that this process saw.
 */
static void recovers(void)
{
	uint64_t n[2] = { 0 };

	for (int i = 0; i < 20; i++) {
		for (unsigned int cpu = 0; cpu < 2; cpu++)
			__atomic_store_n(&d.ring[cpu].cons->tail, dev_head(&d, cpu),
					 __ATOMIC_RELEASE);
		sleep_ms(2);
	}
	for (int i = 0; i < 2000 && (n[0] < 1000 || n[1] < 1000); i++) {
		for (unsigned int cpu = 0; cpu < 2; cpu++)
			dev_drain(&d, cpu, count, &n[cpu]);
		sleep_ms(2);
	}
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		ok(n[cpu] >= 1000, "CPU %u: records come again: %llu", cpu,
		   (unsigned long long)n[cpu]);
}

static void account(uint64_t made)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t selected = 0;

	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		const struct linx_cpu_counters *k = &c->cpu[cpu];
		uint64_t head = dev_head(&d, cpu);

		is(k->selected, k->committed + dev_lost(k), "CPU %u: selected = committed + lost",
		   cpu);
		is(k->next_seq, k->selected, "CPU %u: a number for each", cpu);
		ok(k->committed > 0, "CPU %u: %llu committed, %llu lost", cpu,
		   (unsigned long long)k->committed, (unsigned long long)dev_lost(k));
		ok(head >= k->bytes && (head - k->bytes) % GAP_LEN == 0,
		   "CPU %u: the head has moved by what was committed, and gaps", cpu);
		is(dev_lost(k), d.ring[cpu].prod->lost, "CPU %u: the producer page", cpu);
	}
	selected = c->calls[LINX_ABI_X86_64][SYS_getppid].selected;
	is(selected, made, "selected is what was made");
	free(c);
}

static void attacked(uint64_t ring, bool filter)
{
	struct storm st[2];
	uint64_t made;

	stop = 0;
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = ring, .delay_ns = 1000000 });
	for (unsigned int i = 0; i < 2; i++) {
		storm_make(&st[i], i, 0);
		dev_list(&d, st[i].pid);
	}
	if (filter)
		storm_select(&d);
	else
		storm_select_all(&d);
	dev_start(&d);
	storm_go(&st[0]);
	storm_go(&st[1]);
	attack();
	recovers();
	made = storm_end(&st[0]) + storm_end(&st[1]);
	dev_stop(&d);
	account(made);
	dev_close(&d);
}

int main(void)
{
	attacked(8192, true);
	attacked(8192, false);
	attacked(65536, false);
	return tap_end();
}
