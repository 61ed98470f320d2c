// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Throttle mode, in which programs wait for the reader when a ring is half full. With a slow reader nothing is lost.
 * With a stopped reader the programs continue, and their calls are counted as lost. The reader, tasks that it exempts
 * and traced tasks never wait. Signals, close and unloading of the module end each wait. Built for the 64-bit ABI only
 * (native only).
 */
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include "load.h"

#define CALLS 20000
#define RING 65536

static struct dev d;
static struct storm st[2];

static void begin(struct linx_setup setup)
{
	setup.mode = LINX_MODE_THROTTLE;
	setup.ring_size = RING;
	dev_open(&d);
	dev_setup(&d, setup);
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
}

static void storms(uint64_t limit)
{
	for (unsigned int i = 0; i < 2; i++)
		storm_make(&st[i], i, limit);
}

static void go(void)
{
	storm_go(&st[0]);
	storm_go(&st[1]);
}

static struct linx_counters counters(void)
{
	struct linx_counters u = { .size = sizeof(u) };

	if (ioctl(d.fd, LINX_IOC_COUNTERS, &u))
		die("COUNTERS");
	return u;
}

static uint64_t waits(void)
{
	return counters().throttled;
}

static uint64_t lost_by(enum linx_lost cause)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t sum = 0;

	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		sum += c->cpu[cpu].lost[cause];
	free(c);
	return sum;
}

/* Stops the session, reads all records, and checks every count. */
static void account(struct tally *t, uint64_t made, const char *name)
{
	tally_drain(&d, t);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, name);
	is(calls_selected(&d, SYS_getppid), made, "%s: selected is what was made", name);
}

static bool over(void)
{
	return storm_over(&st[0]) && storm_over(&st[1]);
}

/* time in ns after which kmod/ring/throttle.c treats a reader that reads nothing as stopped */
#define STALL_NS 100000000u
#define ATTEMPTS 10

/*
 * Reads only when a task waits for the reader. Returns the longest time of one round, by which the caller notices that
 * the reader did not run for too long, such as when the host paused the guest.
 */
static uint64_t read_slowly(struct tally *t)
{
	uint64_t longest = 0, begin = now_ns(), before = 0;

	while (!over()) {
		while (waits() == before && !over()) {
			begin = now_ns();
			sleep_ms(1);
		}
		sleep_ms(3);
		before = waits(); /* a task that begins to wait from here on, maybe after its ring was read, is noticed */
		tally_drain(&d, t);
		if (now_ns() - begin > longest)
			longest = now_ns() - begin;
	}
	return longest;
}

/* Tests a slow reader. If the machine kept the reader from running, the attempt proves nothing and is repeated. */
static void slow_reader(void)
{
	uint64_t made, lost, longest;
	unsigned int attempt = 0;

	do {
		struct tally t[DEV_CPUS] = { 0 };

		if (attempt)
			dev_close(&d);
		begin((struct linx_setup){ 0 });
		storms(CALLS);
		go();
		longest = read_slowly(t);
		made = storm_end(&st[0]) + storm_end(&st[1]);
		account(t, made, "slow reader");
		lost = lost_by(LINX_LOST_FULL) + lost_by(LINX_LOST_THROTTLE_CAP);
	} while (lost && longest > STALL_NS && ++attempt < ATTEMPTS);
	is(lost, 0, "slow reader: nothing is lost (longest round %llu ns)", (unsigned long long)longest);
	ok(waits() > 10, "slow reader: tasks waited (%llu times)", (unsigned long long)waits());
	ok(counters().throttled_ns > 0, "slow reader: the time is reported");
	dev_close(&d);
}

/* The reader reads nothing: after one wait for each ring the calls are lost and the programs continue. */
static void still_reader(void)
{
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t made;

	begin((struct linx_setup){ 0 });
	storms(CALLS);
	go();
	made = storm_end(&st[0]) + storm_end(&st[1]);
	ok(waits() >= 1 && waits() <= 8, "still reader: few waits (%llu)", (unsigned long long)waits());
	ok(lost_by(LINX_LOST_FULL) > CALLS, "still reader: the rest is lost");
	account(t, made, "still reader");
	dev_close(&d);
}

/* A reader that claims to have read unwritten records is treated as stopped. */
static void lying_reader(void)
{
	uint64_t made, tails[DEV_CPUS];
	struct tally t[DEV_CPUS] = { 0 };

	begin((struct linx_setup){ 0 });
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		tails[cpu] = d.ring[cpu].cons->tail;
		d.ring[cpu].cons->tail = ~0ull - 1;
	}
	storms(CALLS);
	go();
	made = storm_end(&st[0]) + storm_end(&st[1]);
	ok(waits() >= 1 && waits() <= 8, "lying reader: few waits (%llu)", (unsigned long long)waits());
	ok(lost_by(LINX_LOST_FULL) > CALLS, "lying reader: the rest is lost");
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		d.ring[cpu].cons->tail = tails[cpu];
	account(t, made, "lying reader");
	dev_close(&d);
}

static void small_cap(void)
{
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t made;

	begin((struct linx_setup){ .throttle_cap_ns = 1000 });
	storms(CALLS);
	go();
	while (!over() && !lost_by(LINX_LOST_THROTTLE_CAP))
		sleep_ms(1);
	made = storm_end(&st[0]) + storm_end(&st[1]);
	account(t, made, "cap of 1 us");
	ok(lost_by(LINX_LOST_THROTTLE_CAP) > 0, "cap of 1 us: what is lost beyond the cap says so");
	dev_close(&d);
}

/* ---- tasks that never wait */

static void nobody_waited(const char *who, uint64_t made)
{
	struct tally t[DEV_CPUS] = { 0 };

	is(waits(), 0, "%s: never waits", who);
	ok(lost_by(LINX_LOST_FULL) > 0, "%s: its calls are lost instead", who);
	account(t, made, who);
	dev_close(&d);
}

static void owner(void)
{
	uint64_t n;

	begin((struct linx_setup){ .flags = LINX_SETUP_INCLUDE_SELF });
	for (n = 0; n < CALLS / 10; n++)
		syscall(SYS_getppid);
	nobody_waited("the reader itself", n);
}

static void group(void)
{
	begin((struct linx_setup){ .flags = LINX_SETUP_EXEMPT_GROUP });
	storms(CALLS / 10);
	go();
	nobody_waited("its process group", storm_end(&st[0]) + storm_end(&st[1]));
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("writing %s", path);
	close(fd);
}

/* Returns the inode of the cgroup's directory, which is its id. */
static uint64_t make_cgroup(const char *path)
{
	struct stat s;

	mkdir("/tmp/cgroup2", 0700);
	if (mount("none", "/tmp/cgroup2", "cgroup2", 0, NULL) && errno != EBUSY)
		die("mounting cgroup2");
	if ((mkdir(path, 0700) && errno != EEXIST) || stat(path, &s))
		die("%s", path);
	return s.st_ino;
}

static void join(const char *path, pid_t pid)
{
	char file[100], text[20];

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	snprintf(text, sizeof(text), "%d", (int)pid);
	write_file(file, text);
}

/*
 * Three tasks: one is in the exempt cgroup, one in a child of it, and one in neither; only the last one waits for the
 * reader.
 */
static void cgroup(void)
{
	__u64 ids[2] = { 1ULL << 40, make_cgroup("/tmp/cgroup2/fed") };
	struct linx_setup setup = { .exempt = (uintptr_t)ids, .exempt_count = 2 };
	struct tally t[DEV_CPUS] = { 0 };

	make_cgroup("/tmp/cgroup2/fed/child");
	begin(setup);
	storms(CALLS / 10);
	join("/tmp/cgroup2/fed", st[0].pid);
	join("/tmp/cgroup2/fed/child", st[1].pid);
	go();
	nobody_waited("an exempt cgroup", storm_end(&st[0]) + storm_end(&st[1]));

	make_cgroup("/tmp/cgroup2/other");
	begin(setup);
	storms(CALLS / 10);
	join("/tmp/cgroup2/other", st[0].pid);
	go();
	storm_end(&st[0]);
	storm_end(&st[1]);
	ok(waits() > 0, "another cgroup: it waits");
	account(t, 2 * CALLS / 10, "another cgroup");
	dev_close(&d);
}

static void traced(void)
{
	begin((struct linx_setup){ 0 });
	storms(CALLS / 10);
	for (int i = 0; i < 2; i++)
		if (ptrace(PTRACE_SEIZE, st[i].pid, 0, 0))
			die("PTRACE_SEIZE");
	go();
	nobody_waited("who is traced", storm_end(&st[0]) + storm_end(&st[1]));
}

/* ---- events that end a wait: the reader continues, but never frees enough space */

static void give_one_back(const struct linx_rec *rec, void *arg)
{
	uint64_t *len = arg;

	*len = *len ?: LINX_REC_LEN(rec);
}

/*
 * Frees the space of one record in each ring at intervals, so that tasks keep waiting, until tasks have waited "until"
 * times.
 */
static void trickle(uint64_t until)
{
	uint64_t first = waits();

	while (waits() - first < until) {
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
			uint64_t len = 0;

			if (!d.ring[cpu].prod)
				continue;
			dev_walk(&d, d.ring[cpu].data[0], d.ring[cpu].cons->tail, dev_head(&d, cpu), give_one_back,
				 &len);
			__atomic_store_n(&d.ring[cpu].cons->tail, d.ring[cpu].cons->tail + len, __ATOMIC_RELEASE);
		}
		sleep_ms(1);
	}
}

static void killed(void)
{
	begin((struct linx_setup){ 0 });
	storms(0);
	go();
	trickle(2);
	kill(st[0].pid, SIGKILL);
	kill(st[1].pid, SIGTERM);
	is(reap(st[0].pid), -SIGKILL, "killed while it waits");
	is(reap(st[1].pid), -SIGTERM, "ended while it waits");
	dev_close(&d);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "linx", O_NONBLOCK) ? errno : 0;
}

static void load(void)
{
	int fd = open("/job/linx.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die("loading linx.ko");
	close(fd);
}

static void closed(bool stop)
{
	uint64_t before;

	/*
	 * creates the calling processes before the session is opened: later they would inherit the descriptor and so
	 * keep the session open
	 */
	storms(0);
	begin((struct linx_setup){ .throttle_cap_ns = 1000000000 });
	go();
	trickle(2);
	if (stop)
		dev_stop(&d);
	dev_close(&d);
	is(unload(), 0, "unloaded while tasks wait%s", stop ? ", after STOP" : "");
	before = st[0].s->stop;
	is(storm_end(&st[0]) > 0 && storm_end(&st[1]) > 0 && !before, true, "who waited goes on");
	load();
}

/*
 * A throttled task is the only one that still holds the session's descriptor, and the call for which it waits closes
 * it.
 */
static void closed_by_a_waiter(void)
{
	volatile int *ready = shared(sizeof(*ready));
	pid_t pid;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .mode = LINX_MODE_THROTTLE, .ring_size = RING });
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, SYS_close);
	dev_apply(&d);
	pid = fork();
	if (!pid) {
		while (!*ready)
			sleep_ms(1);
		for (int i = 0; i < CALLS / 20; i++)
			syscall(SYS_getppid);
		syscall(SYS_close, d.fd);
		_exit(7);
	}
	dev_start(&d);
	dev_unmap(&d);
	close(d.fd);
	*ready = 1;
	is(reap(pid), 7, "a task that waits closes the last descriptor");
	is(unload(), 0, "and the module can go");
	load();
}

int main(void)
{
	slow_reader();
	still_reader();
	lying_reader();
	small_cap();
	owner();
	group();
	cgroup();
	traced();
	killed();
	for (int i = 0; i < 5; i++) {
		closed(true);
		closed(false);
	}
	closed_by_a_waiter();
	return tap_end();
}
