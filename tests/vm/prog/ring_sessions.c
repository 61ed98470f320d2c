// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Concurrent sessions, each with its own rings, selection and filter: a session that is full, or that ends, does not
 * affect another session. Built for the 64-bit ABI only (native only).
 */
#include "load.h"

static struct storm a, b;

static void open_on(struct dev *d, uint64_t ring, pid_t first, pid_t second)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = ring });
	dev_list(d, first);
	if (second)
		dev_list(d, second);
	d->filter.flags = LINX_FILTER_PIDS;
}

/*
 * Stops and drains a session and checks its counts. Returns the number of getppid records. Sets *selected to the number
 * of selected calls.
 */
static uint64_t finish(struct dev *d, const char *name, uint64_t *selected)
{
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t n = 0;

	tally_drain(d, t);
	dev_stop(d);
	tally_drain(d, t);
	tally_check(d, t, name);
	*selected = calls_selected(d, SYS_getppid);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		n += t[cpu].kind[LINX_REC_EXIT];
	dev_close(d);
	return n;
}

/*
 * Runs three sessions: one with a small ring that fills up, one with a large ring, and one that selects another call.
 */
static void three(void)
{
	struct dev small, large, other;
	uint64_t made_a, made_b, n, selected;

	storm_make(&a, 0, 5000);
	storm_make(&b, 1, 20000);
	open_on(&small, 8192, a.pid, 0);
	open_on(&large, 4 << 20, a.pid, b.pid);
	open_on(&other, 65536, b.pid, 0);
	dev_want_exit(&small, SYS_getppid);
	dev_want_exit(&large, SYS_getppid);
	dev_want_enter(&large, SYS_getppid);
	dev_want_enter(&other, SYS_exit_group);
	dev_apply(&small);
	dev_apply(&large);
	dev_apply(&other);
	dev_start(&small);
	dev_start(&large);
	dev_start(&other);
	storm_go(&a);
	storm_go(&b);
	made_a = storm_end(&a);
	n = finish(&small, "small", &selected);
	is(selected, made_a, "small: selected is what its process made");
	ok(n < made_a, "small: %llu of them read", (unsigned long long)n);
	made_b = storm_end(&b);
	n = finish(&large, "large", &selected);
	is(selected, 2 * (made_a + made_b), "large: entries and returns of both");
	is(n, made_a + made_b, "large: returns read");
	n = finish(&other, "other", &selected);
	is(selected + n, 0, "other: none of these calls");
}

/* Opens and closes sessions while one records, whose counts must stay exact. */
static void come_and_go(void)
{
	struct dev d, passing;
	uint64_t made, n, selected;

	storm_make(&a, 1, 60000);
	open_on(&d, 8 << 20, a.pid, 0);
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	storm_go(&a);
	for (int i = 0; i < 12; i++) {
		open_on(&passing, 8192 << (i % 3), getppid(), 0);
		passing.filter.flags = i % 2 ? LINX_FILTER_PIDS : 0;
		dev_want_all(&passing);
		dev_apply(&passing);
		dev_start(&passing);
		sleep_ms(5);
		if (i % 3)
			dev_stop(&passing);
		dev_close(&passing);
	}
	made = storm_end(&a);
	n = finish(&d, "the one that stays", &selected);
	is(selected, made, "the one that stays: selected is what was made");
	is(n, made, "the one that stays: all of it read");
}

/* Changes the selection of a running session. */
static void change(void)
{
	struct dev d;
	uint64_t selected, before;
	struct dev_counters *c = malloc(sizeof(*c));

	storm_make(&a, 1, 0);
	open_on(&d, 8 << 20, a.pid, 0);
	dev_want_exit(&d, SYS_sched_yield);
	dev_apply(&d);
	dev_start(&d);
	storm_go(&a);
	sleep_ms(50);
	dev_counters(&d, c);
	is(c->calls[LINX_ABI_X86_64][SYS_getppid].selected, 0, "change: not selected at first");
	memset(d.select.exit, 0, sizeof(d.select.exit));
	dev_want_exit(&d, SYS_getppid);
	dev_want_enter(&d, SYS_getppid);
	dev_apply(&d);
	sleep_ms(100);
	dev_counters(&d, c);
	before = c->calls[LINX_ABI_X86_64][SYS_getppid].selected;
	ok(before > 0, "change: selected now");
	memset(&d.select.enter, 0, sizeof(d.select.enter));
	memset(&d.select.exit, 0, sizeof(d.select.exit));
	dev_apply(&d);
	sleep_ms(30);
	dev_counters(&d, c);
	before = c->calls[LINX_ABI_X86_64][SYS_getppid].selected;
	sleep_ms(60);
	storm_end(&a);
	finish(&d, "change", &selected);
	is(selected, before, "change: not selected any more");
	free(c);
}

/*
 * Opens sessions of ever smaller rings until the memory limit of all sessions is reached. The limit also covers what a
 * session has for each CPU beside the ring, at least 64 KB of counters.
 */
static void until_no_memory(void)
{
	enum { BESIDE = 64 << 10, MOST = 16 };
	struct dev many[MOST];
	uint64_t max = 0, sum = 0, size = 1 << 28;
	int n = 0;

	set_memory_percent(1);
	while (n < MOST && size >= 4096) {
		struct linx_setup setup = { .size = sizeof(setup) };

		dev_open(&many[n]);
		max = dev_info(&many[n]).memory_max;
		for (; size >= many[n].page; size /= 2) {
			setup.ring_size = size;
			if (!ioctl(many[n].fd, LINX_IOC_SETUP, &setup))
				break;
			ok(errno == ENOMEM || errno == EINVAL, "no memory: rings of %llu bytes are refused", (unsigned long long)size);
		}
		if (size >= many[n].page)
			sum += many[n].cpus * (size + BESIDE);
		n++;
	}
	ok(n < MOST, "no memory: %d sessions", n);
	ok(sum <= max && sum > max / 2, "no memory: %llu bytes of %llu", (unsigned long long)sum, (unsigned long long)max);
	while (n)
		dev_close(&many[--n]);
	set_memory_percent(25);
}

int main(void)
{
	on_cpu(0);
	three();
	come_and_go();
	change();
	until_no_memory();
	return tap_end();
}
