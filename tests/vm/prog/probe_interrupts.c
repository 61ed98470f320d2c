// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Hits of functions that interrupts and softirqs call, a hundred thousand in a second, on a CPU whose calls are recorded
 * too. Each hit is recorded in its order, or counted, and under 0.01 % are lost as nested. Built for the 64-bit ABI only
 * (native only).
 *
 * usage: probe_interrupts probed.ko
 */
#include "probe.h"

#define HITS 100000
#define RING (32u << 20)
#define CPU 1

/* Counts of a CPU, and the next argument of each probe: [0] in interrupts, [1] in softirqs. */
struct seen {
	struct tally tally;
	uint64_t next[2], hits[2], context[2], wrong;
};

static void see(const struct linx_rec *rec, void *arg)
{
	const struct linx_hit *h = hit_of(rec);
	struct seen *s = arg;

	tally_rec(rec, &s->tally);
	if (!h)
		return;
	s->wrong += h->probe > 1 || hit_scalars(h)[0] < s->next[h->probe];
	s->next[h->probe] = hit_scalars(h)[0] + 1;
	s->hits[h->probe]++;
	s->context[h->probe] |= 1 << h->context;
}

static void drain(struct dev *d, struct seen *s)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_drain(d, cpu, see, &s[cpu]);
}

static void storm_and_hits(__u32 flags, const char *name)
{
	struct seen *s = calloc(DEV_CPUS, sizeof(*s));
	struct tally t[DEV_CPUS];
	struct linx_probe_counters c[2];
	struct fetch f = { 0 };
	unsigned long made[3];
	struct storm st;
	uint64_t calls, begun, took;
	struct dev d;

	storm_make(&st, CPU, 0);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = flags, .ring_size = RING });
	storm_select_all(&d);
	fetch_arg(&f, 0, 0);
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed_interrupt", &f);
	probe_add(&d, LINX_PROBE_FUNCTION, 1, "probed:linx_probed_softirq", &f);
	dev_start(&d);
	storm_go(&st);
	begun = now_ns();
	probed_write("storm", HITS);
	do {
		drain(&d, s);
		probed_made(made);
	} while (made[1] + made[2] < HITS);
	took = now_ns() - begun;
	calls = storm_end(&st);
	dev_stop(&d);
	drain(&d, s);
	for (unsigned int cpu = 0; cpu < DEV_CPUS; cpu++)
		t[cpu] = s[cpu].tally;
	tally_check(&d, t, name);
	probe_counts(&d, 0, 2, 0, c);
	for (int i = 0; i < 2; i++) {
		is(c[i].selected, HITS / 2, "%s: probe %d: each hit is selected", name, i);
		is(c[i].committed + probe_lost(&c[i]), c[i].selected, "%s: probe %d: sum", name, i);
		is(s[CPU].hits[i], c[i].committed, "%s: probe %d: read = committed", name, i);
		is(c[i].lost[LINX_LOST_NESTED], probe_lost(&c[i]), "%s: probe %d: no other loss", name, i);
		is(s[CPU].context[i], 1 << (i ? LINX_HIT_SOFTIRQ : LINX_HIT_HARDIRQ), "%s: probe %d: context", name, i);
	}
	printf("# %s: %d hits in %llu ms, %llu calls, %llu nested\n", name, HITS, (unsigned long long)took / 1000000,
	       (unsigned long long)calls, (unsigned long long)(probe_lost(&c[0]) + probe_lost(&c[1])));
	ok(probe_lost(&c[0]) + probe_lost(&c[1]) < HITS / 10000, "%s: under 0.01 %% are lost as nested", name);
	is(s[CPU].wrong, 0, "%s: hits in their order", name);
	is(s[CPU].tally.kind[LINX_REC_EXIT], calls, "%s: each call is recorded", name);
	ok(calls > 1000, "%s: the calls went on", name);
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
