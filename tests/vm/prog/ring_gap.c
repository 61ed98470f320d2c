// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A session in discard mode gets more records than its ring can hold. The number of selected calls equals the programs'
 * own count; each of these calls was recorded or counted as lost; the gap records in the stream add up to the losses;
 * and the reserve keeps room for context records. Built for the 64-bit ABI only (native only).
 */
#include "load.h"

#define CALLS 20000

enum reader { NONE, SLOW };

static struct dev d;

/* Waits until each ring has lost some records, then reads at intervals until the storms are over. */
static void read_slowly(struct storm *st, struct tally *t)
{
	for (int i = 0; i < 2; i++)
		while (!__atomic_load_n(&d.ring[i].prod->lost, __ATOMIC_RELAXED) && !storm_over(&st[i]))
			sleep_ms(1);
	while (!storm_over(&st[0]) || !storm_over(&st[1])) {
		sleep_ms(5);
		tally_drain(&d, t);
	}
}

static void prepare(uint64_t ring, bool filter, struct storm *st)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = ring });
	for (unsigned int i = 0; i < 2; i++) {
		storm_make(&st[i], i, CALLS);
		dev_list(&d, st[i].pid);
	}
	if (filter)
		storm_select(&d);
	else
		storm_select_all(&d);
	dev_start(&d);
}

static void overload(uint64_t ring, enum reader reader, bool filter)
{
	struct tally t[DEV_CPUS] = { 0 };
	struct dev_counters *c = malloc(sizeof(*c));
	struct storm st[2];
	uint64_t made = 0;
	char name[60];

	snprintf(name, sizeof(name), "%llu bytes, %s, %s", (unsigned long long)ring,
		 reader ? "slow reader" : "no reader", filter ? "filter" : "no filter");
	prepare(ring, filter, st);
	storm_go(&st[0]);
	storm_go(&st[1]);
	if (reader == SLOW)
		read_slowly(st, t);
	made = storm_end(&st[0]) + storm_end(&st[1]);
	tally_drain(&d, t);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, name);
	is(calls_selected(&d, SYS_getppid), made, "%s: selected is what was made", name);
	dev_counters(&d, c);
	for (int i = 0; i < 2; i++) {
		ok(c->cpu[i].lost[LINX_LOST_FULL] > 0, "%s: CPU %d lost some", name, i);
		is(t[i].lost[LINX_LOST_FULL], d.ring[i].prod->lost,
		   "%s: CPU %d: the producer page shows the same", name, i);
	}
	free(c);
	dev_close(&d);
}

/*
 * Stops a session whose ring is full and that no reader empties: the ring must still have room for the gap record that
 * ends the stream.
 */
static void stop_when_full(bool filter)
{
	struct tally t[DEV_CPUS] = { 0 };
	struct storm st[2];

	prepare(8192, filter, st);
	storm_go(&st[0]);
	storm_go(&st[1]);
	storm_end(&st[0]);
	storm_end(&st[1]);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, "full at STOP");
	for (unsigned int i = 0; i < 2; i++)
		ok(t[i].lost[LINX_LOST_FULL] > 0, "full at STOP: CPU %u lost some", i);
	dev_close(&d);
}

#define FAMILY 10

/* Forks a child on CPU 1, whose ring has long been full; the child executes a program and ends. */
static void family(void)
{
	for (int i = 0; i < FAMILY; i++) {
		pid_t pid = fork();

		if (!pid) {
			execl("/job/prog/dev_helper", "dev_helper", "true", NULL);
			_exit(9);
		}
		reap(pid);
	}
	_exit(0);
}

static pid_t family_make(volatile int *go)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	on_cpu(1);
	while (!*go)
		sleep_ms(1);
	family();
	return 0;
}

static void reserve(bool filter)
{
	struct dev_counters *c = malloc(sizeof(*c));
	struct tally t[DEV_CPUS] = { 0 };
	volatile int *go = shared(sizeof(*go));
	pid_t pid = family_make(go);
	struct storm st;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 65536, .reserve_percent = 20 });
	storm_make(&st, 1, CALLS);
	dev_list(&d, st.pid);
	dev_list(&d, pid);
	dev_want_exit(&d, SYS_getppid);
	d.filter.flags = filter ? LINX_FILTER_PIDS | LINX_FILTER_FOLLOW : 0;
	dev_apply(&d);
	dev_start(&d);
	storm_go(&st);
	storm_end(&st);
	dev_counters(&d, c);
	ok(c->cpu[1].lost[LINX_LOST_FULL] > 1000, "the ring is full of calls");
	is(c->cpu[1].lost_context, 0, "no context lost before");
	*go = 1;
	reap(pid);
	tally_drain(&d, t);
	dev_stop(&d);
	tally_drain(&d, t);
	is(t[1].kind[LINX_REC_FORK], FAMILY, "forks recorded in a full ring");
	is(t[1].kind[LINX_REC_EXEC], FAMILY, "execs recorded in a full ring");
	is(t[1].kind[LINX_REC_TASK_EXIT], FAMILY + 2, "exits recorded in a full ring");
	dev_counters(&d, c);
	is(c->cpu[1].lost_context, 0, "context lost with a reserve of 12.8 KB");
	tally_check(&d, t, "reserve");
	free(c);
	dev_close(&d);
}

int main(void)
{
	on_cpu(0);
	for (int filter = 0; filter < 2; filter++) {
		overload(8192, NONE, filter);
		overload(8192, SLOW, filter);
		overload(65536, NONE, filter);
		overload(65536, SLOW, filter);
		stop_when_full(filter);
		reserve(filter);
	}
	return tap_end();
}
