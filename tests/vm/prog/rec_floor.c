// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FLOOR: what becomes visible after it is not older than what it said, on a CPU
 * that is busy and on one that is not. native only
 */
#include "load.h"

#define ROUNDS 2000

static struct dev d;
static uint64_t older, worst;

struct mark {
	uint64_t head, time;
};

/* The oldest record from a position on must not be older than the floor of then. */
static void check(unsigned int cpu, struct mark *m)
{
	const struct linx_rec *rec;
	uint64_t head = dev_head(&d, cpu);

	if (head == m->head)
		return;
	rec = (const struct linx_rec *)(d.ring[cpu].data[0] + m->head % d.ring_size);
	if (rec->time < m->time) {
		older++;
		if (m->time - rec->time > worst)
			worst = m->time - rec->time;
	}
	d.ring[cpu].cons->tail = head;
	m->head = head;
}

static uint64_t ask(void)
{
	struct linx_floor u = { .size = sizeof(u) };

	if (ioctl(d.fd, LINX_IOC_FLOOR, &u))
		die("FLOOR");
	return u.time;
}

int main(void)
{
	struct storm st;
	struct mark m[2] = { { 0 } };
	uint64_t late = 0, now, t = 0;

	on_cpu(0);
	storm_make(&st, 1, 0);
	dev_open(&d);
	dev_setup(&d,
		  (struct linx_setup){ .ring_size = 4 << 20, .flags = LINX_SETUP_INCLUDE_SELF });
	dev_list(&d, st.pid);
	dev_list(&d, getpid());
	storm_select(&d);
	dev_start(&d);
	storm_go(&st);
	for (int i = 0; i < ROUNDS; i++) {
		now = now_ns();
		t = ask();
		late += t + 1000000000 < now;
		for (unsigned int cpu = 0; cpu < 2; cpu++) {
			check(cpu, &m[cpu]);
			m[cpu].head = dev_head(&d, cpu);
			m[cpu].time = t;
		}
		if (i % 8 == 0)
			syscall(SYS_getppid);
		for (int spin = 0; spin < i * 37 % 20; spin++)
			cpu_relax();
	}
	is(older, 0, "records older than the floor that was given before (worst by %llu ns)",
	   (unsigned long long)worst);
	ok(d.ring[1].prod->half[0].head > 48 * ROUNDS, "there were records to look at");
	/* A CPU that is in a probe, with nothing new to show for long, holds it back: seldom. */
	ok(late < ROUNDS / 10, "floors that are of no use, a second old: %llu",
	   (unsigned long long)late);
	storm_end(&st);
	dev_stop(&d);
	now = now_ns();
	ok(ask() >= now, "with nothing running the floor is now");
	dev_close(&d);
	return tap_end();
}
