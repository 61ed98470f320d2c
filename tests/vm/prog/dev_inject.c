// SPDX-License-Identifier: LGPL-2.1-or-later
// native only: one reader is enough
/*
 * Every allocation and every copy to or from user space that a call on the
 * device makes is made to fail, one after the other (/proc/self/fail-nth): the
 * call then says ENOMEM or EFAULT and has left nothing behind, so that it
 * succeeds at once when asked again; or it does without. The kernel has to be
 * one with fault injection, and debugfs mounted.
 * usage: dev_inject
 */
#include "load.h"

#define POINTS_MAX 3000 /* that a call can have */
#define RECORD_EVERY 16 /* points, since a start is dear */
#define CALLS 20 /* that a session records, to see that it works */

/* ---- failing */

static int nth_fd = -1;

static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/* What was left to fail may be the copy of this very number; then nothing is. */
	if (pwrite(nth_fd, text, len, 0) != len && pwrite(nth_fd, text, len, 0) != len)
		die("fail-nth");
}

/* Has it failed what it was to fail? Whatever is left is called off. */
static bool fired(void)
{
	char text[16] = "";
	bool yes = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;

	arm(0);
	return yes;
}

/* ---- the calls */

static struct dev d;
static struct linx_info info;
static uint8_t *table, *snapshot;
static struct dev_counters *counters;
static uint64_t *words; /* of every call one, for every purpose */

static long do_open(void)
{
	d.fd = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	return d.fd;
}

static long do_info(void)
{
	info.size = sizeof(info);
	return ioctl(d.fd, LINX_IOC_INFO, &info);
}

static long do_table(void)
{
	struct linx_table_buf u = { .size = sizeof(u), .buf = (uintptr_t)table, .buf_size = info.table_size };

	return ioctl(d.fd, LINX_IOC_TABLE, &u);
}

static struct linx_setup setup;

static long do_setup(void)
{
	long ret;

	setup.size = sizeof(setup);
	ret = ioctl(d.fd, LINX_IOC_SETUP, &setup);
	d.ring_size = setup.ring_size;
	d.recorder = setup.mode == LINX_MODE_RECORDER;
	return ret;
}

static long do_map(void)
{
	static const size_t sizes[] = { 1, 1, 0, 0 };
	struct dev_ring *r = &d.ring[0];
	void **at[] = { (void **)&r->prod, (void **)&r->cons, (void **)&r->data[0], (void **)&r->data[1] };

	for (int what = 0; what < (d.recorder ? 4 : 3); what++) {
		size_t len = sizes[what] ? d.page : 2 * d.ring_size;
		int prot = what == LINX_MMAP_CONSUMER ? PROT_READ | PROT_WRITE : PROT_READ;

		if (*at[what])
			continue;
		*at[what] = dev_mmap(&d, 0, what, len, prot);
		if (*at[what] == MAP_FAILED) {
			*at[what] = NULL;
			return -1;
		}
	}
	return 0;
}

static long do_select(void)
{
	dev_want_exit(&d, SYS_dup);
	dev_want_enter(&d, SYS_dup);
	return ioctl(d.fd, LINX_IOC_SELECT, &d.select);
}

static long do_filter(void)
{
	/* Without a program: where the kernel allocates that, it logs what fails. */
	d.filter.flags = LINX_FILTER_PIDS;
	return ioctl(d.fd, LINX_IOC_FILTER, &d.filter);
}

static long do_pids(void)
{
	__s32 pid = getpid();

	return dev_try_list(&d, &pid, 1, 0);
}

static long do_sample(void)
{
	struct linx_sample u = { .size = sizeof(u), .every = (uintptr_t)words };

	memset(words, 0, LINX_ABI_NR * LINX_NR_MAX * sizeof(*words));
	return ioctl(d.fd, LINX_IOC_SAMPLE, &u);
}

static long do_budget(void)
{
	struct linx_budget u = { .size = sizeof(u), .per_second = 1000000 };

	return ioctl(d.fd, LINX_IOC_BUDGET, &u);
}

static long do_priority(void)
{
	static struct linx_priority u = { .size = sizeof(u), .flags = LINX_PRIORITY_CLASS };

	return ioctl(d.fd, LINX_IOC_PRIORITY, &u);
}

static long do_start(void)
{
	return ioctl(d.fd, LINX_IOC_START, 0);
}

static long do_snapshot(void)
{
	struct linx_snapshot u = { .size = sizeof(u), .buf = (uintptr_t)snapshot, .buf_size = LINX_SNAPSHOT_MIN };

	return ioctl(d.fd, LINX_IOC_SNAPSHOT, &u);
}

static long do_counters(void)
{
	struct linx_counters u = { .size = sizeof(u),
				   .cpus = (uintptr_t)counters->cpu,
				   .cpus_count = d.cpus,
				   .calls = (uintptr_t)counters->calls,
				   .sampled = (uintptr_t)words,
				   .sampled_calls = (uintptr_t)words };

	return ioctl(d.fd, LINX_IOC_COUNTERS, &u);
}

static long do_floor(void)
{
	struct linx_floor u = { .size = sizeof(u) };

	return ioctl(d.fd, LINX_IOC_FLOOR, &u);
}

static long do_clock(void)
{
	struct linx_clock_now u = { .size = sizeof(u) };

	return ioctl(d.fd, LINX_IOC_CLOCK, &u);
}

static long do_poll(void)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN };

	return poll(&p, 1, 0) < 0 ? -1 : 0;
}

static long do_flush(void)
{
	struct linx_flush u = { .size = sizeof(u) };

	return ioctl(d.fd, LINX_IOC_FLUSH, &u);
}

static long do_add_cpus(void)
{
	return ioctl(d.fd, LINX_IOC_ADD_CPUS, 0);
}

static long do_stop(void)
{
	return ioctl(d.fd, LINX_IOC_STOP, 0);
}

/* ---- a session, from its opening on: what each step needs is what came before it */

static void power(bool on)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, on ? "1" : "0", 1) != 1)
		die("CPU 1");
	close(fd);
}

static void more_cpus(void)
{
	power(true);
}

struct step {
	const char *name;
	long (*call)(void);
	void (*before)(void);
	bool fresh; /* it does not do the same the second time: each time in a new session */
};

static const struct step steps[] = {
	{ "open", do_open, NULL, true },
	{ "INFO", do_info, NULL, false },
	{ "TABLE", do_table, NULL, false },
	{ "SETUP", do_setup, NULL, true },
	{ "ADD_CPUS", do_add_cpus, more_cpus, true },
	{ "mmap", do_map, NULL, true },
	{ "PIDS", do_pids, NULL, true },
	{ "SELECT", do_select, NULL, false },
	{ "FILTER", do_filter, NULL, false },
	{ "SAMPLE", do_sample, NULL, true },
	{ "BUDGET", do_budget, NULL, true },
	{ "PRIORITY", do_priority, NULL, false },
	{ "START", do_start, NULL, true },
	{ "SELECT, running", do_select, NULL, false },
	{ "FILTER, running", do_filter, NULL, false },
	{ "SAMPLE, running", do_sample, NULL, false },
	{ "SNAPSHOT", do_snapshot, NULL, false },
	{ "COUNTERS", do_counters, NULL, false },
	{ "FLOOR", do_floor, NULL, false },
	{ "CLOCK", do_clock, NULL, false },
	{ "poll", do_poll, NULL, false },
	{ "FLUSH", do_flush, NULL, false },
	{ "STOP", do_stop, NULL, true },
};
#define STEPS (sizeof(steps) / sizeof(*steps))

static bool applies(const struct step *s)
{
	return s->call != do_flush || setup.mode == LINX_MODE_RECORDER;
}

static void begin(void)
{
	memset(&d, 0, sizeof(d));
	d.fd = -1;
	d.cpus = info.cpus;
	d.page = info.page_size;
	d.select.size = sizeof(d.select);
	d.filter.size = sizeof(d.filter);
}

/* Steps from to one that is left out; without faults. */
static void go(unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		if (!applies(&steps[i]))
			continue;
		if (steps[i].before)
			steps[i].before();
		if (steps[i].call() < 0)
			die("%s", steps[i].name);
	}
}

static void finish(void)
{
	dev_unmap(&d);
	if (d.fd >= 0 && close(d.fd))
		die("close");
}

/* ---- one point of a step after the other */

struct outcome {
	unsigned int points, refused, survived, odd;
};

/* The call fails at its point n; then it is made again. false: it has no such point. */
static bool fail_at(const struct step *s, unsigned int n, struct outcome *o)
{
	long ret;
	int e;

	arm(n);
	ret = s->call();
	e = errno;
	if (!fired()) {
		if (ret < 0)
			o->odd++, printf("# %s, point %u, not reached: %s\n", s->name, n, strerror(e));
		return false;
	}
	o->points++;
	if (ret >= 0) {
		o->survived++;
		return true;
	}
	o->refused++;
	if (e != ENOMEM && e != EFAULT)
		o->odd++, printf("# %s, point %u: %s\n", s->name, n, strerror(e));
	if (s->call() < 0 && (s->call != do_setup || errno != EBUSY)) /* all was done but for the answer */
		o->odd++, printf("# %s, again after point %u: %s\n", s->name, n, strerror(errno));
	return true;
}

/* Of the calls that this process makes while the session runs, so many are selected. */
static bool selects(uint64_t want)
{
	uint64_t sum = 0, committed = 0;

	for (int i = 0; i < CALLS; i++)
		syscall(SYS_dup, -1);
	if (do_stop() || do_counters())
		return false;
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		const struct linx_cpu_counters *k = &counters->cpu[cpu];

		if (k->selected != k->committed + dev_lost(k))
			return false;
		committed += k->committed;
	}
	sum = counters->calls[LINX_ABI_X86_64][SYS_dup].selected;
	return sum == want && committed >= sum;
}

/* Each at its entry and its return. */
static bool records_all(void)
{
	return selects(2 * CALLS);
}

static unsigned int index_of(long (*call)(void))
{
	for (unsigned int i = 0; i < STEPS; i++)
		if (steps[i].call == call)
			return i;
	die("no such step");
}

/* One point after the other; now and then, and in the end, the session has to record. */
static void each_point(unsigned int i, const char *what)
{
	const struct step *s = &steps[i];
	unsigned int start = index_of(do_start), dead = 0;
	struct outcome o = { 0 };
	bool more = true;

	printf("# %s: %s\n", what, s->name); /* where it stands, if it never ends */
	fflush(stdout);
	for (unsigned int n = 1; more && n < POINTS_MAX; n++) {
		if (n == 1 || s->fresh) {
			power(s->call != do_add_cpus);
			begin();
			go(0, i);
			if (s->before)
				s->before();
		}
		more = fail_at(s, n, &o);
		if (s->call != do_stop && (!more || (s->fresh && n % RECORD_EVERY == 0))) {
			go(i + 1, i < start ? start + 1 : i);
			dead += !records_all();
		}
		if (!more || s->fresh)
			finish();
	}
	power(true);
	ok(!more, "%s: %s: %u points, %u refused, %u done without", what, s->name, o.points, o.refused, o.survived);
	is(o.odd, 0, "%s: %s: answers other than ENOMEM and EFAULT, or not the same again", what, s->name);
	is(dead, 0, "%s: %s: sessions that did not work then", what, s->name);
}

/* The last close stops, unhooks and frees: it cannot be refused. */
static void close_fails(const char *what)
{
	unsigned int points = 0, odd = 0;
	bool more = true;

	for (unsigned int n = 1; more && n < POINTS_MAX; n++) {
		begin();
		go(0, index_of(do_start) + 1);
		dev_unmap(&d);
		arm(n);
		odd += close(d.fd) != 0;
		more = fired();
		points += more;
	}
	ok(!more, "%s: close of one that runs: %u points", what, points);
	is(odd, 0, "%s: close of one that runs: never refused", what);
}

/* ---- what runs goes on as before if a change of it fails */

static long returns_alone(void)
{
	dev_want_exit(&d, SYS_dup);
	return ioctl(d.fd, LINX_IOC_SELECT, &d.select);
}

static long entries_alone(void)
{
	memset(d.select.exit, 0, sizeof(d.select.exit));
	dev_want_enter(&d, SYS_dup);
	return ioctl(d.fd, LINX_IOC_SELECT, &d.select);
}

static long each_second(void)
{
	struct linx_sample u = { .size = sizeof(u), .every = (uintptr_t)words };
	uint16_t *every = (uint16_t *)words;

	memset(words, 0, LINX_ABI_NR * LINX_NR_MAX * sizeof(*words));
	every[LINX_ABI_X86_64 * LINX_NR_MAX + SYS_dup] = 2;
	return do_select() < 0 ? -1 : ioctl(d.fd, LINX_IOC_SAMPLE, &u);
}

/* Entries are hooked by the change alone, which is where it fails. */
static const struct change {
	const char *name;
	long (*before)(void), (*call)(void);
	uint64_t had, has; /* events that are selected of CALLS */
} changes[] = {
	{ "SELECT", returns_alone, entries_alone, CALLS, CALLS }, /* half of each: none */
	{ "SAMPLE", each_second, do_sample, CALLS / 2, 2 * CALLS },
};

static void change_fails(const struct change *c)
{
	unsigned int refused = 0, wrong = 0;
	bool more = true;

	printf("# a change that fails: %s\n", c->name);
	for (unsigned int n = 1; more && n < POINTS_MAX; n++) {
		long ret;

		begin();
		go(0, index_of(do_select));
		if (c->before() < 0 || do_start() < 0)
			die("%s", c->name);
		arm(n);
		ret = c->call();
		more = fired();
		refused += ret < 0;
		wrong += !selects(ret < 0 ? c->had : c->has);
		finish();
	}
	ok(!more && refused, "%s of one that runs: %u times refused", c->name, refused);
	is(wrong, 0, "%s of one that runs: what is selected then is neither the old nor the new", c->name);
}

static void whole_session(const char *what, struct linx_setup u, bool every)
{
	setup = u;
	setup.ring_size = 16384;
	setup.flags |= LINX_SETUP_INCLUDE_SELF;
	for (unsigned int i = every ? 0 : index_of(do_setup); i < STEPS; i++)
		if (applies(&steps[i]) && (every || steps[i].call == do_setup || steps[i].call == do_add_cpus ||
					   steps[i].call == do_flush || steps[i].call == do_map))
			each_point(i, what);
	close_fails(what);
}

/* ---- nothing is left behind */

static void set_percent(unsigned int percent)
{
	FILE *f = fopen("/sys/module/linx/parameters/memory_percent", "we");

	if (!f || fprintf(f, "%u", percent) < 0 || fclose(f))
		die("memory_percent");
}

/* All that sessions may have can be had, to the last ring: no refused one still counts. */
static void nothing_charged(void)
{
	uint64_t left, pair;
	int fds[40], n = 0;

	set_percent(1);
	begin();
	go(0, 2);
	left = info.memory_max;
	close(d.fd);
	for (setup = (struct linx_setup){ .ring_size = 1 << 26 }; setup.ring_size >= 8192 && n < 40; setup.ring_size /= 2) {
		pair = 2 * setup.ring_size;
		if (pair > left)
			continue;
		begin();
		go(0, 1);
		if (fails(do_setup(), 0, "a session of %llu bytes, of %llu that are left", (unsigned long long)pair,
			  (unsigned long long)left))
			left -= pair;
		fds[n++] = d.fd;
	}
	while (n)
		close(fds[--n]);
	set_percent(25);
}

int main(void)
{
	nth_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0) {
		printf("this kernel injects no faults (CONFIG_FAULT_INJECTION)\n");
		return 77;
	}
	on_cpu(0);
	begin();
	go(0, 2);
	close(d.fd);
	table = shared(info.table_size);
	snapshot = shared(LINX_SNAPSHOT_MIN);
	counters = shared(sizeof(*counters));
	words = shared(LINX_ABI_NR * LINX_NR_MAX * sizeof(*words));
	setup = (struct linx_setup){ .ring_size = 16384, .flags = LINX_SETUP_INCLUDE_SELF };
	each_point(index_of(do_start), "the module's first"); /* what all sessions share is made there */
	whole_session("discard",
		      (struct linx_setup){ .flags = LINX_SETUP_FILES | LINX_SETUP_ENTRY_TIME | LINX_SETUP_SIGNALS |
						    LINX_SETUP_URING },
		      true);
	whole_session("recorder", (struct linx_setup){ .mode = LINX_MODE_RECORDER }, false);
	whole_session("throttle", (struct linx_setup){ .mode = LINX_MODE_THROTTLE }, false);
	setup = (struct linx_setup){ .ring_size = 16384, .flags = LINX_SETUP_INCLUDE_SELF };
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		change_fails(&changes[i]);
	nothing_charged();
	load_still_works();
	return tap_end();
}
