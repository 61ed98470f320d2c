// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Bad requests for probes, one member at a time; then random fetch lists, most of them well formed, whose addresses are
 * any numbers: whatever the module accepts is hit, and gives whole records and exact sums. Built for the 64-bit ABI only
 * (native only).
 *
 * usage: probe_hostile probed.ko [ROUNDS]
 */
#include "probe.h"
#include "rnd.h"

#define PROBES 60 /* of a round */
#define CALLS 3

static void setup(struct dev *d, size_t ring)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = ring });
	dev_apply(d);
}

/* ---- one wrong member */

static struct linx_probe good(void)
{
	static const char name[] = "vfs_read";
	static const struct linx_fetch_step steps[] = { { LINX_FETCH_ARG, 0, 0, 0, 0 }, { LINX_FETCH_SCALAR, 0, 0, 0, 0 } };

	return (struct linx_probe){ .size = sizeof(struct linx_probe), .kind = LINX_PROBE_FUNCTION, .number = 5,
				    .name = (uintptr_t)name, .name_len = sizeof(name) - 1, .nsteps = 2,
				    .steps = (uintptr_t)steps };
}

static void refused(struct dev *d, struct linx_probe u, int want, const char *what)
{
	fails(ioctl(d->fd, LINX_IOC_PROBE, &u), want, "%s", what);
}

#define REFUSED(want, what, ...) \
	do { \
		struct linx_probe u = good(); \
		__VA_ARGS__; \
		refused(&d, u, want, what); \
	} while (0)

/* An event that has the number is not taken for one that has the name. */
static void others(struct dev *d, unsigned int number)
{
	struct linx_probe u = good();
	int err;

	u.kind = LINX_PROBE_TRACEPOINT;
	u.nsteps = 0;
	u.offset = number;
	err = ioctl(d->fd, LINX_IOC_PROBE, &u) ? errno : 0;
	ok(err == ENOENT || err == EADDRNOTAVAIL, "number %u of another event: %s", number, strerror(err));
}

static void names(struct dev *dev)
{
	static const char *const bad[] = { "", "a b", "vfs_read\n", "*", "vfs_*", ":vfs_read", "vfs_read:", "a:b:c", "../x",
					   "vfs_read()", "\xff\xff", "%s%n" };
	struct dev d = *dev;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		REFUSED(EINVAL, "a bad name", u.name = (uintptr_t)bad[i], u.name_len = strlen(bad[i]));
	REFUSED(EINVAL, "a NUL in the name", u.name = (uintptr_t)"vfs_read\0x", u.name_len = 10);
	REFUSED(EINVAL, "a long name", u.name_len = 256);
	REFUSED(EINVAL, "an endless name", u.name_len = 0xffffffff);
	REFUSED(EFAULT, "a name at NULL", u.name = 0);
	REFUSED(EFAULT, "a name in the kernel", u.name = 0xffffffff81000000);
	REFUSED(EINVAL, "a tracepoint's name with two colons", u.kind = LINX_PROBE_RAWTP, u.name = (uintptr_t)"a:b:c", u.name_len = 5);
	REFUSED(ENOENT, "no such module of a tracepoint", u.kind = LINX_PROBE_RAWTP, u.name = (uintptr_t)"nomod:sys_enter", u.name_len = 15);
	REFUSED(ENOSYS, "a tracepoint's record without its number", u.kind = LINX_PROBE_TRACEPOINT, u.nsteps = 0);
	REFUSED(ENOENT, "a number without a tracepoint", u.kind = LINX_PROBE_TRACEPOINT, u.nsteps = 0, u.offset = 0xffffff);
	for (unsigned int i = 1; i < 400; i++) /* the numbers of other events, among them ftrace's own */
		others(&d, i);
	REFUSED(EINVAL, "an argument of a record", u.kind = LINX_PROBE_TRACEPOINT, u.offset = 1);
	REFUSED(ENOENT, "no such module", u.name = (uintptr_t)"nomod:vfs_read", u.name_len = 14);
}

static void members(struct dev *dev)
{
	static const struct { __u16 code; __u8 jt, jf; __u32 k; } beyond[] = { { 0x20, 0, 0, sizeof(struct linx_probe_data) },
									      { 0x06, 0, 0, 1 } };
	struct dev d = *dev;

	REFUSED(EINVAL, "an unknown flag", u.flags = 4);
	REFUSED(EINVAL, "kind 0", u.kind = 0);
	REFUSED(EINVAL, "kind 5", u.kind = 5);
	REFUSED(EINVAL, "number 4096", u.number = LINX_PROBES_MAX);
	REFUSED(EINVAL, "number -1", u.number = 0xffffffff);
	REFUSED(EINVAL, "a reserved member", u.reserved = 1);
	REFUSED(E2BIG, "too many steps", u.nsteps = LINX_FETCH_STEPS_MAX + 1);
	REFUSED(E2BIG, "endless steps", u.nsteps = 0xffffffff);
	REFUSED(EFAULT, "steps at NULL", u.steps = 0);
	REFUSED(EFAULT, "steps in the kernel", u.steps = 0xffffffff81000000);
	REFUSED(EINVAL, "half a list", u.nsteps = 1);
	REFUSED(EINVAL, "a program of no length", u.program = u.steps);
	REFUSED(EINVAL, "a length without a program", u.program_len = 1);
	REFUSED(EINVAL, "a long program", u.program = u.steps, u.program_len = 5000);
	REFUSED(EINVAL, "a program that loads beyond its data", u.program = (uintptr_t)beyond, u.program_len = 2);
	REFUSED(EFAULT, "a program at no memory", u.program = 8, u.program_len = 2);
	REFUSED(EINVAL, "an argument within the function", u.offset = 4);
	REFUSED(ERANGE, "an offset behind the function", u.offset = 0xffffff, u.nsteps = 0);
	REFUSED(EINVAL, "a huge offset", u.offset = 1ull << 40);
	REFUSED(EINVAL, "a return within a function", u.kind = LINX_PROBE_RETURN, u.offset = 4);
	REFUSED(EINVAL, "a raw tracepoint with an offset", u.kind = LINX_PROBE_RAWTP, u.offset = 4);
	REFUSED(EINVAL, "a step of another kind", u.kind = LINX_PROBE_FUNCTION,
		u.steps = (uintptr_t)&(struct linx_fetch_step[]){ { LINX_FETCH_RET, 0, 0, 0, 0 }, { LINX_FETCH_SCALAR, 0, 0, 0, 0 } });
	refused(&d, good(), 0, "a good one");
	refused(&d, good(), EEXIST, "the same number");
}

static void counters(struct dev *d)
{
	struct linx_probe_counters c[2];
	struct linx_probe_counts u = { .size = sizeof(u), .first = 5, .count = 2, .counters = (uintptr_t)c };

	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), 0, "counters");
	u.flags = 2;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), EINVAL, "counters: unknown flag");
	u.flags = 0;
	u.count = 0;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), EINVAL, "counters: of none");
	u.count = 0xffffffff;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), EINVAL, "counters: endless");
	u.count = LINX_PROBES_MAX;
	u.counters = 0;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), EFAULT, "counters: to NULL");
	u.counters = (uintptr_t)c;
	u.count = 2;
	u.first = LINX_PROBES_MAX;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), EINVAL, "counters: of a number that cannot be");
	u.first = LINX_PROBES_MAX - 1;
	fails(ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u), 0, "counters: beyond the last number");
	ok(!c[0].selected && !c[1].selected, "counters: of no probe");
}

static void order(void)
{
	struct linx_probe u = good();
	struct linx_seal seal = { .size = sizeof(seal) };
	struct dev d;

	dev_open(&d);
	fails(ioctl(d.fd, LINX_IOC_PROBE, &u), EINVAL, "before SETUP");
	dev_close(&d);
	setup(&d, 65536);
	if (ioctl(d.fd, LINX_IOC_SEAL, &seal))
		die("SEAL");
	fails(ioctl(d.fd, LINX_IOC_PROBE, &u), EPERM, "sealed");
	dev_close(&d);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 65536, .flags = LINX_SETUP_COUNT });
	fails(ioctl(d.fd, LINX_IOC_PROBE, &u), EINVAL, "a session that only counts");
	dev_close(&d);
}

/* ---- random lists */

static void random_way(struct fetch *f)
{
	unsigned int size = ONE_OF(1, 2, 4, 8);

	switch (rnd() % 5) {
	case 0:
		return fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, ONE_OF(0, 8, 16, 24, 0x7fffffff, 0x80000000, -1, rnd()));
	case 1:
	case 2:
		return fetch_step(f, LINX_FETCH_LOAD, size, rnd() & 3, 0, 0);
	case 3:
		return fetch_step(f, LINX_FETCH_CAST, size, rnd() & 1, 0, 0);
	default:
		return fetch_step(f, LINX_FETCH_BITS, 0, rnd() & 1, 0, LINX_FETCH_BITS_IMM(rnd() % 32, 1 + rnd() % 32));
	}
}

/* Makes a list of random values, which is usually well formed. Sometimes one of its bytes is changed. */
static void random_list(struct fetch *f)
{
	unsigned int scalars = 0, values = 0, left = 1 + rnd() % 6, end;

	while (left-- && f->n < 80) {
		fetch_step(f, ONE_OF(LINX_FETCH_ARG, LINX_FETCH_ARG, LINX_FETCH_ARG, LINX_FETCH_CURRENT), 0, 0, 0, 0);
		if (f->steps[f->n - 1].op == LINX_FETCH_ARG)
			f->steps[f->n - 1].imm = rnd() % 6;
		for (unsigned int ways = rnd() % 4; ways; ways--)
			random_way(f);
		end = LINX_FETCH_SCALAR + rnd() % 7;
		if (end == LINX_FETCH_SCALAR)
			fetch_step(f, end, 0, 0, scalars++, 0);
		else if (end == LINX_FETCH_STR || end == LINX_FETCH_BYTES)
			fetch_step(f, end, 0, ONE_OF(0, LINX_FETCH_USER), values++, 1 + ONE_OF(0, 7, 63, 64, 1000, 4095));
		else
			fetch_step(f, end, 0, 0, values++, 0);
	}
	if (chance(20))
		((uint8_t *)f->steps)[rnd() % (f->n * sizeof(*f->steps))] = rnd();
}

struct sum {
	struct tally *t;
	uint64_t hits[PROBES], wrong;
};

/* Checks that the values of a hit end where its record ends. */
static void see(const struct linx_rec *rec, void *arg)
{
	const struct linx_hit *h = hit_of(rec);
	const uint8_t *end = (const uint8_t *)rec + LINX_REC_LEN(rec);
	const struct linx_val *v;
	struct sum *s = arg;

	tally_rec(rec, s->t);
	if (!h)
		return;
	s->hits[h->probe % PROBES]++;
	v = hit_values(h);
	for (unsigned int i = 0; i < rec->nvals && (const uint8_t *)(v + 1) <= end; i++)
		v = val_next(v);
	s->wrong += (const uint8_t *)v != end || h->probe >= PROBES || h->scalars > LINX_PROBE_ARGS_MAX || h->reserved;
}

static void random_round(unsigned int *accepted)
{
	static const char *const name[] = { "probed:linx_probed", "vfs_read", "probed:linx_twin", "vfs_write" };
	struct tally t[DEV_CPUS] = { 0 };
	struct sum s = { 0 };
	struct dev d;

	setup(&d, ONE_OF(8192, 65536, 1 << 20));
	for (unsigned int i = 0; i < PROBES; i++) {
		struct fetch f = { 0 };

		random_list(&f);
		*accepted += !probe_try(&d, ONE_OF(LINX_PROBE_FUNCTION, LINX_PROBE_FUNCTION, LINX_PROBE_RETURN, rnd()), i,
					name[rnd() % 4], &f, NULL);
	}
	dev_start(&d);
	probed_call(CALLS);
	dev_stop(&d);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		s.t = &t[cpu];
		dev_drain(&d, cpu, see, &s);
	}
	tally_check(&d, t, "random lists");
	is(s.wrong, 0, "random lists: records whose values do not fit");
	for (unsigned int i = 0; i < PROBES; i++) {
		struct linx_probe_counters c;

		probe_counts(&d, i, 1, 0, &c);
		if (c.selected != c.committed + probe_lost(&c) || s.hits[i] != c.committed)
			ok(false, "random lists: probe %u: %llu selected, %llu committed, %llu lost, %llu read", i,
			   (unsigned long long)c.selected, (unsigned long long)c.committed,
			   (unsigned long long)probe_lost(&c), (unsigned long long)s.hits[i]);
	}
	dev_close(&d);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 3 ? atoi(argv[2]) : 10, accepted = 0;
	struct dev d;

	if (argc < 2)
		die("usage: probe_hostile probed.ko [ROUNDS]");
	probed_load(argv[1]);
	setup(&d, 65536);
	names(&d);
	members(&d);
	counters(&d);
	dev_close(&d);
	order();
	for (unsigned int i = 0; i < rounds; i++)
		random_round(&accepted);
	ok(accepted > rounds * PROBES / 2, "%u of %u random lists were accepted", accepted, rounds * PROBES);
	is(probed_unload(), 0, "the probed module can be unloaded");
	return tap_end();
}
