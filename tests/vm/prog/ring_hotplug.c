// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CPUs go offline and online during recordings: programs are recorded as before, a CPU that came online can be given a
 * ring, and every event is counted. Built for the 64-bit ABI only (native only).
 */
#include <pthread.h>
#include <stdatomic.h>
#include "load.h"

#define ONLINE "/sys/devices/system/cpu/cpu1/online"

static struct dev d;

static void set_online(bool on)
{
	int fd = open(ONLINE, O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("CPU 1 cannot be switched off here\n");
		exit(77);
	}
	if (write(fd, on ? "1" : "0", 1) != 1)
		die("CPU 1 %s", on ? "online" : "offline");
	close(fd);
}

/* ---- counters are read all the time, and never show an impossible value */

static atomic_bool counting;
static pthread_t counter;
static unsigned int between_ms; /* pause in ms of the thread that reads the counters, so that other threads run */

struct count {
	unsigned long reads, huge, fallen;
};

static void *count(void *arg)
{
	struct linx_counters u = { .size = sizeof(u), .cpus_count = ((struct dev *)arg)->cpus };
	struct linx_cpu_counters now[DEV_CPUS] = { 0 };
	struct count *n = calloc(1, sizeof(*n));
	uint64_t before[DEV_CPUS] = { 0 };

	u.cpus = (uintptr_t)now;
	for (; atomic_load(&counting); n->reads++) {
		if (ioctl(((struct dev *)arg)->fd, LINX_IOC_COUNTERS, &u))
			die("COUNTERS");
		for (unsigned int cpu = 0; cpu < u.cpus_count; cpu++) {
			n->huge += now[cpu].bytes >> 63;
			n->fallen += now[cpu].next_seq < before[cpu];
			before[cpu] = now[cpu].next_seq;
		}
		if (between_ms)
			sleep_ms(between_ms);
	}
	return n;
}

static void begin_counting(unsigned int ms)
{
	between_ms = ms;
	atomic_store(&counting, true);
	if (pthread_create(&counter, NULL, count, &d))
		die("a thread");
}

static void end_counting(const char *what)
{
	struct count *n;
	void *ret;

	atomic_store(&counting, false);
	pthread_join(counter, &ret);
	n = ret;
	ok(n->reads && !n->huge && !n->fallen, "%s: counters read %lu times, more bytes than can be %lu times, next number fell %lu times",
	   what, n->reads, n->huge, n->fallen);
	free(n);
}

/* Takes a CPU offline: its ring stays readable, and its storm of calls continues on another CPU. */
static void under_storm(void)
{
	struct tally t[DEV_CPUS] = { 0 };
	struct storm st[2];
	uint64_t made, head;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
	for (unsigned int i = 0; i < 2; i++) {
		storm_make(&st[i], i, 0);
		dev_list(&d, st[i].pid);
	}
	storm_select(&d);
	dev_start(&d);
	begin_counting(1);
	storm_go(&st[0]);
	storm_go(&st[1]);
	for (int i = 0; i < 5; i++) {
		sleep_ms(60);
		set_online(false);
		head = dev_head(&d, 1);
		sleep_ms(60);
		is(dev_head(&d, 1), head, "round %d: nothing is written for a CPU that is off", i);
		tally_drain(&d, t);
		is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 0, "round %d: no CPU to add", i);
		set_online(true);
		tally_drain(&d, t);
	}
	made = storm_end(&st[0]) + storm_end(&st[1]);
	tally_drain(&d, t);
	set_online(false);
	dev_stop(&d);
	end_counting("off and on");
	tally_drain(&d, t);
	tally_check(&d, t, "off and on");
	set_online(true);
	is(calls_selected(&d, SYS_getppid), made, "off and on: selected is what was made");
	dev_close(&d);
}

static void storm_on_1(uint64_t n)
{
	struct storm st;

	storm_make(&st, 1, n);
	dev_list(&d, st.pid);
	storm_go(&st);
	is(storm_end(&st), n, "calls made");
}

/* Brings a CPU online that has no ring: its losses are counted, and its calls are recorded from when it gets a ring. */
static void comes_later(void)
{
	struct dev_counters *c = malloc(sizeof(*c));
	struct tally t[DEV_CPUS] = { 0 };
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 1 << 20 };
	uint64_t lost;

	set_online(false);
	dev_open(&d);
	is(ioctl(d.fd, LINX_IOC_SETUP, &setup), 0, "SETUP with CPU 1 off");
	is(setup.ring_cpus, 1, "CPUs with a ring");
	d.ring_size = setup.ring_size;
	ok(dev_map_cpu(&d, 0), "CPU 0 can be mapped");
	ok(!dev_map_cpu(&d, 1) && errno == ENXIO, "CPU 1 cannot: %s", tap_errno(errno));
	storm_select(&d);
	dev_start(&d);
	set_online(true);
	storm_on_1(500);
	dev_counters(&d, c);
	lost = c->cpu[1].lost[LINX_LOST_NO_RING];
	ok(lost >= 500, "without a ring: %llu lost", (unsigned long long)lost);
	is(c->cpu[1].selected, lost, "without a ring: selected");
	is(c->cpu[1].flags, 0, "without a ring: flags");
	begin_counting(1);
	is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 1, "ADD_CPUS");
	is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 0, "ADD_CPUS again");
	ok(dev_map_cpu(&d, 1), "CPU 1 can be mapped now");
	storm_on_1(500);
	dev_stop(&d);
	end_counting("added");
	tally_drain(&d, t);
	tally_check(&d, t, "added");
	is(t[1].kind[LINX_REC_EXIT], 500, "added: calls recorded");
	is(t[1].gaps, 1, "added: one gap reports what was before");
	dev_counters(&d, c);
	is(c->cpu[1].lost[LINX_LOST_NO_RING], lost, "added: lost no more");
	is(c->cpu[1].flags, LINX_CPU_RING, "added: flags");
	free(c);
	dev_close(&d);
}

/*
 * Brings a CPU online that has no ring and no memory for a cgroup's path: there a filter by cgroups leaves out nothing.
 */
static void comes_under_a_list(void)
{
	static const char words[] = "/no/such/cgroup";
	struct dev_counters *c = malloc(sizeof(*c));
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 1 << 20 };
	uint64_t lost;

	dev_open(&d);
	if (!(dev_info(&d).features & LINX_FEAT_CGROUPS)) {
		dev_close(&d);
		free(c);
		return;
	}
	set_online(false);
	is(ioctl(d.fd, LINX_IOC_SETUP, &setup), 0, "list of cgroups: SETUP with CPU 1 off");
	d.ring_size = setup.ring_size;
	dev_map_cpu(&d, 0);
	d.filter.flags = LINX_FILTER_PIDS | LINX_FILTER_CGROUPS;
	d.filter.cgroups = (uintptr_t)words;
	d.filter.cgroups_len = sizeof(words);
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	set_online(true);
	storm_on_1(500);
	dev_counters(&d, c);
	lost = c->cpu[1].lost[LINX_LOST_NO_RING];
	ok(lost >= 500, "list of cgroups, without a ring: %llu lost", (unsigned long long)lost);
	is(c->cpu[1].filtered, 0, "list of cgroups, without a ring: filtered");
	is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 1, "list of cgroups: ADD_CPUS");
	storm_on_1(500);
	dev_stop(&d);
	dev_counters(&d, c);
	is(c->cpu[1].lost[LINX_LOST_NO_RING], lost, "list of cgroups, with a ring: lost no more");
	is(c->cpu[1].filtered, dev_has_paths ? 500 : 0, "list of cgroups, with a ring: filtered");
	free(c);
	dev_close(&d);
}

/*
 * Adds a ring for a CPU that comes online after SETUP and FLUSH of a session in recorder mode. The new ring continues
 * with the half that the other rings write.
 */
static void recorder(void)
{
	struct linx_flush flush = { .size = sizeof(flush) };
	struct dev_counters *c = malloc(sizeof(*c));
	struct linx_setup setup = { .size = sizeof(setup),
				    .ring_size = 65536,
				    .mode = LINX_MODE_RECORDER };

	set_online(false);
	dev_open(&d);
	is(ioctl(d.fd, LINX_IOC_SETUP, &setup), 0, "recorder: SETUP with CPU 1 off");
	storm_select(&d);
	dev_start(&d);
	is(ioctl(d.fd, LINX_IOC_FLUSH, &flush), 0, "recorder: FLUSH");
	set_online(true);
	is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 1,
	   "recorder: ADD_CPUS while the second half is written");
	storm_on_1(100);
	is(ioctl(d.fd, LINX_IOC_FLUSH, &flush), 0, "recorder: FLUSH");
	is(flush.half, 1, "recorder: the second half");
	d.ring_size = setup.ring_size;
	d.recorder = true;
	dev_map_cpu(&d, 1);
	ok(d.ring[1].prod->half[1].head - d.ring[1].prod->half[1].tail >= 100 * STORM_CALL_LEN,
	   "recorder: it holds the calls");
	dev_stop(&d);
	dev_counters(&d, c);
	is(c->cpu[1].selected, c->cpu[1].committed + dev_lost(&c->cpu[1]), "recorder: selected");
	free(c);
	dev_close(&d);
}

/* Calls ADD_CPUS beyond the memory limit: the call fails and changes nothing, and nothing stays allocated. */
static void no_memory(void)
{
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 4096 };
	struct tally t[DEV_CPUS] = { 0 };
	struct dev other;
	uint64_t max;

	set_online(false);
	set_memory_percent(1);
	dev_open(&d);
	max = dev_info(&d).memory_max;
	while (setup.ring_size * 2 < max)
		setup.ring_size *= 2;
	is(ioctl(d.fd, LINX_IOC_SETUP, &setup), 0, "no memory: a ring of more than half of it");
	d.ring_size = setup.ring_size;
	dev_map_cpu(&d, 0);
	storm_select(&d);
	dev_start(&d);
	set_online(true);
	for (int i = 0; i < 3; i++)
		fails(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), ENOMEM, "no memory: ADD_CPUS");
	setup = (struct linx_setup){ .size = sizeof(setup), .ring_size = 65536 };
	dev_open(&other);
	is(ioctl(other.fd, LINX_IOC_SETUP, &setup), 0,
	   "no memory: another session still gets what is left");
	dev_close(&other);
	storm_on_1(100);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, "no memory");
	dev_close(&d);
	set_memory_percent(25);
}

/*
 * Calls SETUP again and again while another thread reads the counters. Each SETUP must fail and free its first ring,
 * because the memory limit leaves no room for the second one.
 */
static void counters_beside_setup(void)
{
	struct linx_setup setup;
	uint64_t size = 4096;

	set_memory_percent(1);
	dev_open(&d);
	while (size * 2 < dev_info(&d).memory_max)
		size *= 2;
	begin_counting(0);
	for (int i = 0; i < 200; i++) {
		setup = (struct linx_setup){ .size = sizeof(setup), .ring_size = size };
		if (!ioctl(d.fd, LINX_IOC_SETUP, &setup) || errno != ENOMEM)
			die("SETUP with rings of %llu bytes", (unsigned long long)size);
	}
	end_counting("beside 200 SETUPs without memory");
	dev_close(&d);
	set_memory_percent(25);
}

int main(void)
{
	on_cpu(0);
	under_storm();
	comes_later();
	comes_under_a_list();
	recorder();
	no_memory();
	counters_beside_setup();
	return tap_end();
}
