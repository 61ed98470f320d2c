// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thousand probes on functions work at the same time, and 200 probes, half of them on functions and half on returns. A
 * session accepts probes up to the limit of their number or of the memory. Built for the 64-bit ABI only (native only).
 */
#include "probe_names.h"

#define FUNCTIONS 1000
#define HALF 100

static char names[FUNCTIONS][PROBE_NAME];

static void setup(struct dev *d)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_apply(d);
}

/* Adds n probes of the list, from the index "from" on, with numbers from "first" on. Returns how many were refused. */
static unsigned int arm(struct dev *d, unsigned int kind, unsigned int first, unsigned int from, unsigned int n)
{
	struct fetch f = { 0 };
	unsigned int refused = 0;

	fetch_arg(&f, 0, 0);
	for (unsigned int i = 0; i < n; i++) {
		int err = probe_try(d, kind, first + i, names[from + i], &f, NULL);

		if (err)
			printf("# %s: %s\n", names[from + i], strerror(-err));
		refused += err != 0;
	}
	return refused;
}

static void sums(struct dev *d, unsigned int n, const char *name)
{
	struct linx_probe_counters *c = calloc(n, sizeof(*c));
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t read = 0, committed = 0, wrong = 0, hit = 0;

	tally_drain(d, t);
	tally_check(d, t, name);
	probe_counts(d, 0, n, 0, c);
	for (unsigned int i = 0; i < n; i++) {
		committed += c[i].committed;
		wrong += c[i].committed + probe_lost(&c[i]) != c[i].selected;
		hit += c[i].selected > 0;
	}
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		read += t[cpu].kind[LINX_REC_PROBE];
	printf("# %s: %llu of %u probes were hit\n", name, (unsigned long long)hit, n);
	is(read, committed, "%s: read = committed", name);
	is(wrong, 0, "%s: wrong sums", name);
	free(c);
}

static void work(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		reap(pid);
	}
}

static void thousand(void)
{
	unsigned int refused;
	struct dev d;

	setup(&d);
	refused = arm(&d, LINX_PROBE_FUNCTION, 0, 0, FUNCTIONS);
	dev_start(&d);
	work();
	dev_stop(&d);
	printf("# %u of %u functions are refused\n", refused, FUNCTIONS);
	ok(refused < 20, "nearly all functions that ftrace can hook");
	sums(&d, FUNCTIONS, "a thousand functions");
	dev_close(&d);
}

static void two_hundred(void)
{
	struct dev d;

	setup(&d);
	ok(arm(&d, LINX_PROBE_FUNCTION, 0, 0, HALF) < 5, "functions");
	ok(arm(&d, LINX_PROBE_RETURN, HALF, HALF, HALF) < 10, "returns");
	dev_start(&d);
	work();
	dev_stop(&d);
	sums(&d, 2 * HALF, "two hundred probes");
	dev_close(&d);
}

/* Adds as many probes as there are numbers. A function has at most 64 probes, so that they go round the list of names. */
static void too_many(void)
{
	unsigned int n = 0, i = 0;
	struct dev d;
	int err = 0;

	setup(&d);
	for (; n < LINX_PROBES_MAX && (!err || err == -EADDRNOTAVAIL); i++) {
		err = probe_try(&d, LINX_PROBE_FUNCTION, n, names[i % FUNCTIONS], NULL, NULL);
		n += !err;
	}
	ok(n == LINX_PROBES_MAX || err == -ENOMEM, "%u probes: %s", n, strerror(-err));
	is(-probe_try(&d, LINX_PROBE_FUNCTION, LINX_PROBES_MAX, "vfs_read", NULL, NULL), EINVAL, "one more");
	dev_close(&d);
}

int main(void)
{
	probe_names(names, FUNCTIONS);
	thousand();
	two_hundred();
	too_many();
	return tap_end();
}
