// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Probes on instructions within a function. linx_probed_within() of the module probed has its argument in a register and
 * adds 5 to it; probes before and after that see both values, in a task, in interrupts and in softirqs. Places that
 * cannot be probed are refused. Built for the 64-bit ABI only (native only).
 *
 * usage: probe_offset probed.ko
 */
#include "probe.h"

#define NAME "probed:linx_probed_within"
#define CALLS 50
#define STORM 400

#ifdef __x86_64__
#define REGISTER 10 /* ax */
#else
#define REGISTER 9 /* x9 */
#endif

static struct dev_log log_of;
static unsigned long within[2];

static void setup(struct dev *d)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_apply(d);
	log_of.len = 0;
}

static int place_try(struct dev *d, unsigned int kind, unsigned int number, const char *name, unsigned long offset,
		     const struct fetch *f)
{
	struct linx_probe u = { .size = sizeof(u), .kind = kind, .number = number, .name = (uintptr_t)name, .name_len = strlen(name),
				.offset = offset, .nsteps = f ? f->n : 0, .steps = f ? (uintptr_t)f->steps : 0 };

	return ioctl(d->fd, LINX_IOC_PROBE, &u) ? -errno : 0;
}

/* Reads the offsets of the two instructions in the function. */
static void read_within(void)
{
	FILE *f = fopen("/sys/module/probed/parameters/within", "re");

	if (!f || fscanf(f, "%lu,%lu", &within[0], &within[1]) != 2)
		die("probed: within");
	fclose(f);
	ok(within[0] && within[1] > within[0], "the module has the two instructions, at %lu and %lu", within[0], within[1]);
}

/* Returns the number of bytes from the begin of the function to the next symbol of its module. */
static unsigned long size_of_function(void)
{
	unsigned long address, begin = 0, next = ~0ul;
	char name[256], type;
	FILE *f;

	for (int second = 0; second < 2; second++) {
		f = fopen("/proc/kallsyms", "re");
		if (!f)
			die("/proc/kallsyms");
		while (fscanf(f, "%lx %c %255s%*[^\n]", &address, &type, name) == 3) {
			if (!second && !strcmp(name, "linx_probed_within"))
				begin = address;
			else if (second && address > begin && address < next)
				next = address;
		}
		fclose(f);
	}
	return next - begin;
}

/* Number of hits of each probe and context. */
struct seen {
	unsigned long hits[3][4], wrong;
};

/*
 * Counts the hits. The register has the argument before the addition, in probe 0, and 5 more after it, in probe 1. Each
 * call hits probe 0, then probe 1, with nothing of its context in between.
 */
static void look(struct seen *s)
{
	__u64 before[4] = { 0 };

	for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));) {
		const struct linx_hit *h = hit_of(rec);

		if (!h || h->probe > 2 || h->context > 3) {
			s->wrong += h != NULL;
			continue;
		}
		s->hits[h->probe][h->context]++;
		if (h->probe == 0)
			before[h->context] = hit_scalars(h)[0];
		if (h->probe == 1)
			s->wrong += hit_scalars(h)[0] != before[h->context] + 5 || h->states != LINX_WHOLE;
	}
}

static void add_all(struct dev *d)
{
	struct fetch f = { 0 };

	fetch_step(&f, LINX_FETCH_REG, 0, 0, 0, REGISTER);
	fetch_step(&f, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	for (unsigned int i = 0; i < 2; i++)
		is(place_try(d, LINX_PROBE_FUNCTION, i, NAME, within[i], &f), 0, "a probe within a function, %u", i);
	probe_add(d, LINX_PROBE_FUNCTION, 2, NAME, NULL);
}

static void in_tasks(void)
{
	struct linx_probe_counters c[3];
	struct seen s = { 0 };
	unsigned long n = 0;
	struct dev d;

	setup(&d);
	add_all(&d);
	dev_start(&d);
	probed_call(CALLS);
	probed_write("calls", 7); /* hits of the owner are left out */
	dev_stop(&d);
	dev_drain_all(&d, &log_of);
	look(&s);
	probe_counts(&d, 0, 3, 0, c);
	for (int i = 0; i < 3; i++) {
		is(s.hits[i][LINX_HIT_TASK], CALLS, "task: probe %d: hits", i);
		is(c[i].selected, CALLS, "task: probe %d: selected", i);
		is(c[i].committed, CALLS, "task: probe %d: committed", i);
		is(c[i].filtered, 7, "task: probe %d: filtered", i);
		is(c[i].missed, 0, "task: probe %d: missed", i);
		is(!!(c[i].flags & LINX_PROBE_AT_LEAST), i < 2, "task: probe %d: exact only at the begin", i);
	}
	is(s.wrong, 0, "task: registers after the addition");
	for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));)
		if (hit_of(rec) && hit_of(rec)->probe == 0)
			s.wrong += hit_scalars(hit_of(rec))[0] != n++;
	is(s.wrong, 0, "task: the register has the argument");
	dev_close(&d);
}

static void in_interrupts(void)
{
	struct linx_probe_counters c[3];
	struct seen s = { 0 };
	unsigned long made[3];
	struct dev d;

	setup(&d);
	add_all(&d);
	dev_start(&d);
	probed_write("storm", STORM);
	do
		probed_made(made);
	while (made[1] + made[2] < STORM);
	dev_stop(&d);
	dev_drain_all(&d, &log_of);
	look(&s);
	probe_counts(&d, 0, 3, 0, c);
	for (int i = 0; i < 3; i++) {
		is(c[i].selected, STORM, "interrupts: probe %d: selected", i);
		is(c[i].committed + probe_lost(&c[i]), STORM, "interrupts: probe %d: sum", i);
		is(probe_lost(&c[i]), 0, "interrupts: probe %d: lost", i);
		is(s.hits[i][LINX_HIT_HARDIRQ], STORM / 2, "interrupts: probe %d: hits in interrupts", i);
		is(s.hits[i][LINX_HIT_SOFTIRQ], STORM / 2, "interrupts: probe %d: hits in softirqs", i);
	}
	is(s.wrong, 0, "interrupts: registers");
	dev_close(&d);
}

static void refused(void)
{
	struct fetch arg = { 0 };
	struct dev d;

	setup(&d);
	fetch_arg(&arg, 0, 0);
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, NAME, within[0] + 1, NULL), EILSEQ, "in the middle of an instruction");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, NAME, size_of_function(), NULL), ERANGE, "the begin of the next function");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, NAME, 0xffffff, NULL), ERANGE, "far behind the function");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, NAME, 1ull << 32, NULL), EINVAL, "an offset that no function has");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, NAME, within[0], &arg), EINVAL, "an argument within a function");
	is(-place_try(&d, LINX_PROBE_RETURN, 0, NAME, within[0], NULL), EINVAL, "a return within a function");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, "linx:linx_probe_begin", 4, NULL), EADDRNOTAVAIL, "within a function of linx");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, "kprobe_dispatcher", 4, NULL), EADDRNOTAVAIL, "within a function of kprobes");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, "jiffies", 4, NULL), EADDRNOTAVAIL, "within a variable");
	is(-place_try(&d, LINX_PROBE_FUNCTION, 0, "no_such_function_here", 4, NULL), ENOENT, "within no function");
	dev_close(&d);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: probe_offset probed.ko");
	probed_load(argv[1]);
	read_within();
	refused();
	in_tasks();
	in_interrupts();
	is(probed_unload(), 0, "the probed module can be unloaded");
	return tap_end();
}
