// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * LINX_IOC_FLOOR returns the floor, the time before which no more records can appear. Records that become visible later
 * are not older than the floor, on a busy CPU and on an idle one. The floor is not older than the newest record that
 * was read from the busy CPU before, except by the difference of the CPUs' clocks. Built for the 64-bit ABI only
 * (native only).
 */
#include "load.h"

#define ROUNDS 2000
#define LOOKED 200 /* the test goes on until at least that many checks found new records on the busy CPU */
#define CLOCKS_NS 2000 /* ns by which the floor may be older than the newest record, because the CPUs' clocks differ */

static struct dev d;
static uint64_t older, worst, looked;

struct mark {
	uint64_t head, time;
	uint64_t newest; /* time of the newest record read so far */
};

static void newest(const struct linx_rec *rec, void *arg)
{
	*(uint64_t *)arg = rec->time;
}

/* Checks that the first record after the position m->head is not older than m->time, the floor at that position. */
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
	dev_walk(&d, d.ring[cpu].data[0], m->head, head, newest, &m->newest);
	d.ring[cpu].cons->tail = head;
	looked += cpu;
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
	uint64_t late = 0, now, t;

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
	/* The loop has no fixed number of rounds, because in emulation it varies how often the other CPU runs. */
	for (int i = 0; i < ROUNDS || looked < LOOKED; i++) {
		t = ask();
		late += t + CLOCKS_NS < m[1].newest;
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
	/* The task that asks for the floor is in no probe. Therefore its own CPU does not make the floor older. */
	is(late, 0, "floors older than the newest record of the busy CPU");
	storm_end(&st);
	dev_stop(&d);
	now = now_ns();
	ok(ask() >= now, "with nothing running the floor is now");
	dev_close(&d);
	return tap_end();
}
