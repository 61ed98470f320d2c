// SPDX-License-Identifier: LGPL-2.1-or-later
/* native only: no 32-bit variant is built, because the ioctls of 32-bit programs are the same */
/*
 * Every allocation and every copy to or from user space in a call on linx's device is made to fail, one after the other
 * (/proc/self/fail-nth). The call then returns ENOMEM or EFAULT and has left nothing behind, so that it succeeds when
 * it is repeated at once; or it succeeds although the allocation or copy failed. The kernel needs fault injection, and
 * debugfs mounted.
 * usage: dev_inject
 */
#include "load.h"

#define POINTS_MAX 3000 /* upper limit of the fault points (allocations and copies) in one call */
#define RECORD_EVERY 16 /* fault points between two checks by a recording; a check after each would take too long */
#define CALLS 20 /* calls that are recorded to check that the session still works */

/* ---- failing */

static int nth_fd = -1;

static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/*
	 * A fault that was planned before may still be pending, and then hits the copy of text. That uses the fault up,
	 * so that the second write succeeds.
	 */
	if (pwrite(nth_fd, text, len, 0) != len && pwrite(nth_fd, text, len, 0) != len)
		die("fail-nth");
}

/* Returns whether the planned fault happened, and cancels it otherwise. */
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
static uint64_t *words; /* memory of one 64-bit word for each call number, used for several structures */

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
	/* The filter has no program, because the kernel would log a failed allocation of a program. */
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

/* ---- steps of a session; each step needs the ones before it */

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
	bool fresh; /* a second call of the step would do something else; so each of its faults needs a new session */
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

/* Runs the steps from "from" up to, but not including, "to", without faults. */
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

/* ---- a step fails at each of its fault points, one after the other */

struct outcome {
	unsigned int points, refused, survived, odd;
};

/* Makes the step's call fail at its fault point n and then repeats it. Returns false if the call has fewer points. */
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
	/* the setup was complete before the copy of its answer failed, so its repetition returns EBUSY */
	if (s->call() < 0 && (s->call != do_setup || errno != EBUSY))
		o->odd++, printf("# %s, again after point %u: %s\n", s->name, n, strerror(errno));
	return true;
}

/* Makes CALLS calls, stops the session, and returns whether it selected exactly "want" events. */
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

/* Returns whether each call is recorded twice, at its entry and at its return. */
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

/*
 * Makes step i fail at each of its fault points in turn. After every RECORD_EVERY points, and at the end, checks that
 * the session still records.
 */
static void each_point(unsigned int i, const char *what)
{
	const struct step *s = &steps[i];
	unsigned int start = index_of(do_start), dead = 0;
	struct outcome o = { 0 };
	bool more = true;

	printf("# %s: %s\n", what, s->name); /* names the step, for the case that it never ends */
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

/*
 * Closes a recording session again and again, each time with a fault at the next fault point of close(), which stops
 * the recording, removes the probes and frees the memory. No close() may fail.
 */
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

/* ---- a running session continues unchanged when a change of it fails */

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

/* Changes of a running session that attach probes of entries. A fault in this makes the change fail. */
static const struct change {
	const char *name;
	long (*before)(void), (*call)(void);
	uint64_t had, has; /* events that are selected for CALLS calls, before and after the change */
} changes[] = {
	/* the change replaces returns by entries, so the number of events stays the same */
	{ "SELECT", returns_alone, entries_alone, CALLS, CALLS },
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

/* ---- failed ioctls leave nothing behind */

/* Checks that no failed session is still charged: new sessions can use all of the memory that sessions may have. */
static void nothing_charged(void)
{
	uint64_t left, pair;
	int fds[40], n = 0;

	set_memory_percent(1);
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
	set_memory_percent(25);
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
	/* the first start of the loaded module allocates memory that all later sessions share */
	each_point(index_of(do_start), "the module's first");
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
