// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of every size in a small ring that is full most of the time: each record is whole, has the arguments of its
 * call byte for byte, and is counted. Built for the 64-bit ABI only (native only).
 */
#include "load.h"
#include "rec.h"

#define CALLS 10000
#define PATTERN 1200
#define SOCKADDR_MAX 128

static struct dev d;
static uint8_t pattern[PATTERN];
static unsigned int snap_str, snap_bytes;

/* Returns the content of a value of n bytes, which can be a string: the last n bytes of the pattern, before its NUL. */
static const uint8_t *string_of(unsigned int n)
{
	return pattern + PATTERN - 1 - n;
}

static void make_pattern(void)
{
	for (unsigned int i = 0; i < PATTERN - 1; i++)
		pattern[i] = 1 + i * 31 % 255;
	pattern[PATTERN - 1] = 0;
}

/* ---- calls without an effect */

static void call(unsigned int r)
{
	switch (r >> 16 & 3) {
	case 0:
		syscall(SYS_getppid);
		break;
	case 1:
		syscall(SYS_connect, -1, pattern, r % (SOCKADDR_MAX + 1));
		break;
	case 2:
		syscall(SYS_write, -1, pattern, r % 300);
		break;
	case 3:
		/* the name of a file that does not exist, so that the call fails */
		syscall(SYS_acct, string_of(r % 200));
		break;
	}
}

static pid_t caller(unsigned int cpu, volatile int *go)
{
	unsigned int r = cpu * 12345;
	pid_t pid = fork();

	if (pid)
		return pid;
	on_cpu(cpu);
	while (!*go)
		sleep_ms(1);
	for (int i = 0; i < CALLS; i++) {
		r = r * 1664525 + 1013904223;
		call(r);
		storm_pause(i);
	}
	_exit(0);
}

/* ---- evaluation of the records */

static uint64_t wrong, values;

static void complain(const struct linx_rec *rec, const char *what)
{
	if (wrong++ < 5) {
		rec_show(rec);
		printf("# %s\n", what);
	}
}

static void check_value(const struct linx_rec *rec, unsigned int arg, const uint8_t *bytes,
			unsigned int n, unsigned int limit)
{
	const struct linx_val *v = rec_val(rec, arg);
	unsigned int kept = n < limit ? n : limit;

	values++;
	if (!v)
		complain(rec, "no value");
	else if (LINX_VAL_STATE(v->info) != (n > limit ? LINX_TRUNCATED : LINX_WHOLE))
		complain(rec, "state");
	else if (v->orig != n || v->size != kept)
		complain(rec, "length");
	else if (memcmp(val_bytes(v), bytes, kept))
		complain(rec, "bytes");
}

static void check_rec(const struct linx_rec *rec)
{
	const uint64_t *args = rec_args(rec);
	const uint8_t *name;

	if (!rec_is_tidy(rec))
		complain(rec, "not full, or padding that is not zero");
	switch (rec->nr) {
	case SYS_connect:
		check_value(rec, 1, pattern, args[2], SOCKADDR_MAX);
		break;
	case SYS_write:
		check_value(rec, 1, pattern, args[2], snap_bytes);
		break;
	case SYS_acct:
		name = (const uint8_t *)args[0];
		check_value(rec, 0, name, pattern + PATTERN - 1 - name, snap_str);
		break;
	}
}

static void look(const struct linx_rec *rec, void *arg)
{
	tally_rec(rec, arg);
	if (rec_is_call(rec))
		check_rec(rec);
}

static void drain(struct tally *t)
{
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		dev_drain(&d, cpu, look, &t[cpu]);
}

/* ---- */

static void session(uint64_t ring, bool filter, const pid_t *pids)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){
			      .ring_size = ring, .snap_str = snap_str, .snap_bytes = snap_bytes });
	for (int i = 0; i < 2; i++)
		dev_list(&d, pids[i]);
	d.filter.flags = filter ? LINX_FILTER_PIDS : 0;
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, SYS_connect);
	dev_want_exit(&d, SYS_write);
	dev_want_exit(&d, SYS_acct);
	dev_want_enter(&d, SYS_acct);
	dev_want_enter(&d, SYS_connect);
	dev_apply(&d);
	dev_start(&d);
}

static void one(uint64_t ring, bool filter, bool reader)
{
	volatile int *go = shared(4096);
	pid_t pids[2] = { caller(0, go), caller(1, go) };
	struct tally t[DEV_CPUS] = { 0 };
	char name[100];

	snprintf(name, sizeof(name), "%llu bytes, %u, %u, %s, %s", (unsigned long long)ring,
		 snap_str, snap_bytes, filter ? "filter" : "no filter",
		 reader ? "reader" : "no reader");
	session(ring, filter, pids);
	wrong = values = 0;
	*go = 1;
	while (dev_listed(&d)) {
		sleep_ms(2);
		if (reader)
			drain(t);
	}
	reap(pids[0]);
	reap(pids[1]);
	drain(t);
	dev_stop(&d);
	drain(t);
	is(wrong, 0, "%s: wrong records", name);
	ok(values > 50, "%s: %llu values", name, (unsigned long long)values);
	tally_check(&d, t, name);
	munmap((void *)go, 4096);
	dev_close(&d);
}

int main(void)
{
	static const unsigned int snaps[][2] = { { 1, 0 }, { 4096, 80 }, { 100, 1000 } };

	make_pattern();
	on_cpu(0);
	for (unsigned int i = 0; i < 3; i++) {
		snap_str = snaps[i][0];
		snap_bytes = snaps[i][1];
		for (int filter = 0; filter < 2; filter++)
			for (int reader = 0; reader < 2; reader++)
				one(i == 1 ? 16384 : 8192, filter, reader);
	}
	return tap_end();
}
