// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Hits of functions that interrupts and softirqs call, a hundred thousand in a second, on a CPU whose calls are recorded
 * too, and on which a task hits a probe all the time. Each hit is recorded in its order, or counted, and under 0.01 % are
 * lost as nested; of the hits of the task, none. Built for the 64-bit ABI only (native only).
 *
 * usage: probe_interrupts probed.ko
 */
#include "probe.h"

#define HITS 100000
#define RING (32u << 20)
#define CPU 1

/* Calls of the probed function that one write of the task makes. */
#define BURST 500

/* Counts of a CPU, and the next argument of each probe: [0] in interrupts, [1] in softirqs, [2] in a task. */
struct seen {
	struct tally tally;
	uint64_t next[3], hits[3], context[3], wrong;
};

static void see(const struct linx_rec *rec, void *arg)
{
	const struct linx_hit *h = hit_of(rec);
	struct seen *s = arg;

	tally_rec(rec, &s->tally);
	if (!h)
		return;
	if (h->probe > 2 || hit_scalars(h)[0] < s->next[h->probe] || (h->probe == 2 && hit_scalars(h)[1] != 3)) {
		s->wrong++;
		return;
	}
	s->next[h->probe] = hit_scalars(h)[0] + 1;
	if (h->probe == 2)
		s->next[2] %= BURST;
	s->hits[h->probe]++;
	s->context[h->probe] |= 1 << h->context;
}

static void drain(struct dev *d, struct seen *s)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_drain(d, cpu, see, &s[cpu]);
}

/* Starts a process on the CPU that calls linx_probed(), BURST times in a row, until *stop is set. */
static pid_t caller_start(const volatile int *stop)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	on_cpu(CPU);
	while (!*stop)
		probed_write("calls", BURST);
	_exit(0);
}

static void storm_and_hits(__u32 flags, const char *name)
{
	struct seen *s = calloc(DEV_CPUS, sizeof(*s));
	volatile int *stop = shared(sizeof(*stop));
	struct tally t[DEV_CPUS];
	struct linx_probe_counters c[3];
	struct fetch f = { 0 };
	unsigned long before[3], made[3];
	struct storm st;
	uint64_t calls, begun, took;
	struct dev d;
	pid_t caller;

	probed_made(before);
	storm_make(&st, CPU, 0);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = flags, .ring_size = RING });
	storm_select_all(&d);
	fetch_arg(&f, 0, 0);
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed_interrupt", &f);
	probe_add(&d, LINX_PROBE_FUNCTION, 1, "probed:linx_probed_softirq", &f);
	fetch_arg(&f, 2, 1);
	probe_add(&d, LINX_PROBE_FUNCTION, 2, "probed:linx_probed", &f);
	dev_start(&d);
	storm_go(&st);
	caller = caller_start(stop);
	begun = now_ns();
	probed_write("storm", HITS);
	do {
		drain(&d, s);
		probed_made(made);
	} while (made[1] + made[2] < HITS);
	took = now_ns() - begun;
	*stop = 1;
	calls = storm_end(&st);
	is(reap(caller), 0, "%s: the task that hits a probe", name);
	probed_made(made);
	dev_stop(&d);
	drain(&d, s);
	for (unsigned int cpu = 0; cpu < DEV_CPUS; cpu++)
		t[cpu] = s[cpu].tally;
	tally_check(&d, t, name);
	probe_counts(&d, 0, 3, 0, c);
	for (int i = 0; i < 3; i++) {
		static const unsigned int contexts[] = { LINX_HIT_HARDIRQ, LINX_HIT_SOFTIRQ, LINX_HIT_TASK };

		is(c[i].selected, i == 2 ? made[0] - before[0] : HITS / 2, "%s: probe %d: each hit is selected", name, i);
		is(c[i].committed + probe_lost(&c[i]), c[i].selected, "%s: probe %d: sum", name, i);
		is(s[CPU].hits[i], c[i].committed, "%s: probe %d: read = committed", name, i);
		is(c[i].lost[LINX_LOST_NESTED], probe_lost(&c[i]), "%s: probe %d: no other loss", name, i);
		is(s[CPU].context[i], 1 << contexts[i], "%s: probe %d: context", name, i);
	}
	is(probe_lost(&c[2]), 0, "%s: no hit of the task is lost", name);
	printf("# %s: %d hits in %llu ms, %lu of a task, %llu calls, %llu nested\n", name, HITS, (unsigned long long)took / 1000000,
	       made[0] - before[0], (unsigned long long)calls, (unsigned long long)(probe_lost(&c[0]) + probe_lost(&c[1])));
	ok(probe_lost(&c[0]) + probe_lost(&c[1]) < HITS / 10000, "%s: under 0.01 %% are lost as nested", name);
	is(s[CPU].wrong, 0, "%s: hits in their order", name);
	is(s[CPU].tally.kind[LINX_REC_EXIT], calls, "%s: each call is recorded", name);
	ok(calls > 1000, "%s: the calls went on", name);
	munmap((void *)stop, sizeof(*stop));
	free(s);
	dev_close(&d);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: probe_interrupts probed.ko");
	probed_load(argv[1]);
	on_cpu(0);
	storm_and_hits(0, "fast path");
	storm_and_hits(LINX_SETUP_ENTRY_TIME, "entry times");
	storm_and_hits(LINX_SETUP_POINTER, "slow path");
	is(probed_unload(), 0, "the probed module can be unloaded");
	return tap_end();
}
