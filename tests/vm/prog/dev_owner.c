// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A session of linx's device ends with its owner, the address space that opened the device, even if other processes
 * hold the session's file. It ends when the owner calls exec and when the owner's process ends, but not when one of its
 * threads ends. Built for the 64-bit ABI only (native only).
 *
 * A process that shares the owner's memory (CLONE_VM) without being a thread of it may still query the session, and
 * observes its end.
 */
#include <pthread.h>
#include "load.h"

#define RING 65536
#define STACK 65536
#define MANY 16 /* number of sessions whose rings need more memory than all sessions together may have */

struct witness {
	/* ready 1: the witness runs; look 1: the owner has ended, and the witness examines the session */
	volatile int ready, look;
	volatile int done;
	volatile int revents;
	volatile uint64_t before, after; /* number of selected calls at two moments while a storm of calls runs */
};

static struct dev d;
static struct witness *w;
static struct storm storm;

static uint64_t selected(void)
{
	static struct linx_cpu_counters c[DEV_CPUS];
	struct linx_counters u = { .size = sizeof(u), .cpus = (uintptr_t)c, .cpus_count = d.cpus };
	uint64_t n = 0;

	if (ioctl(d.fd, LINX_IOC_COUNTERS, &u))
		return ~0ULL;
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		n += c[cpu].selected;
	return n;
}

static int witness(void *arg)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN };
	struct timespec t = { .tv_nsec = 100000000 };

	(void)arg;
	w->ready = 1;
	while (!w->look)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	poll(&p, 1, 1000); /* the executed program must live longer than this wait */
	w->revents = p.revents;
	nanosleep(&t, NULL); /* during this time all probes end that began before */
	w->before = selected();
	nanosleep(&t, NULL);
	w->after = selected();
	w->done = 1;
	syscall(SYS_exit, 0);
	return 0;
}

/* Opens a session that records the storm, with a witness process that shares the memory of this process. */
static void become_owner(void)
{
	static char stack[STACK];

	dev_open(&d);
	fcntl(d.fd, F_SETFD, 0);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING,
					   .delay_ns = 50000000000ULL,
					   .watermark_percent = 99 });
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	if (clone(witness, stack + STACK, CLONE_VM | SIGCHLD, NULL) < 0)
		die("clone");
	while (!w->ready)
		sleep_ms(1);
}

static void owner_execs(void)
{
	become_owner();
	w->look = 1;
	execl("/job/prog/dev_helper", "dev_helper", "sleep", "2500", NULL);
	_exit(9);
}

static void owner_exits(void)
{
	become_owner();
	w->look = 1;
	_exit(0);
}

static void *run_exec(void *arg)
{
	(void)arg;
	execl("/job/prog/dev_helper", "dev_helper", "sleep", "2500", NULL);
	return NULL;
}

/* Calls exec in a thread that did not open the device. */
static void thread_execs(void)
{
	pthread_t t;

	become_owner();
	w->look = 1;
	pthread_create(&t, NULL, run_exec, NULL);
	pause();
}

static void check(const char *name, void (*owner)(void))
{
	pid_t pid;

	w = shared(sizeof(*w));
	storm_make(&storm, 1, 0);
	storm_go(&storm);
	pid = fork();
	if (!pid) {
		owner();
		_exit(8);
	}
	for (int i = 0; i < 800 && !w->done; i++)
		sleep_ms(10);
	ok(w->done, "%s: the witness has spoken", name);
	ok(w->revents & POLLHUP, "%s: poll reports POLLHUP (revents %#x)", name, w->revents);
	is(w->before != ~0ULL, 1, "%s: the counters can be read", name);
	is(w->after, w->before, "%s: nothing more is selected", name);
	is(reap(pid), 0, "%s: the owner's end", name);
	storm_end(&storm);
}

/* Runs in a thread that ends at once, which does not end the session. */
static void *idle_thread(void *arg)
{
	return arg;
}

static void thread_ends(void)
{
	struct pollfd p = { .events = POLLIN };
	uint64_t before;
	pthread_t t;
	pid_t pid;

	storm_make(&storm, 1, 0);
	storm_go(&storm);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING,
					   .delay_ns = 50000000000ULL,
					   .watermark_percent = 99 });
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	pthread_create(&t, NULL, idle_thread, NULL);
	pthread_join(t, NULL);
	pid = fork();
	if (!pid)
		_exit(0);
	reap(pid);
	before = selected();
	sleep_ms(100);
	ok(selected() > before, "a thread and a child have ended: recording goes on");
	p.fd = d.fd;
	poll(&p, 1, 0);
	ok(!(p.revents & POLLHUP), "and poll reports no end");
	dev_stop(&d);
	dev_close(&d);
	storm_end(&storm);
}

/* Runs a fixed loop, whose time says how fast the machine is now. */
static uint64_t loop_ns(void)
{
	volatile uint32_t sum = 0;
	uint64_t begun = now_ns();

	for (uint32_t i = 0; i < 100000; i++)
		sum += i;
	return now_ns() - begun;
}

/*
 * Returns the time of 1000 calls, in thousandths of the time of a fixed loop. Both are the shortest of many rounds, in turn,
 * so that other work of the machine makes both of them slow.
 */
static uint64_t call_cost(void)
{
	uint64_t calls = UINT64_MAX, loop = UINT64_MAX, ns;

	for (int round = 0; round < 40; round++) {
		ns = loop_ns();
		loop = ns < loop ? ns : loop;
		ns = now_ns();
		for (int i = 0; i < 1000; i++)
			syscall(SYS_getppid);
		ns = now_ns() - ns;
		calls = ns < calls ? ns : calls;
	}
	return calls * 1000 / loop;
}

/* The owner ends while its child holds the session's file: calls become as fast as they were without a session. */
static void orphan(void)
{
	uint64_t before = call_cost(), during, after;
	pid_t owner, child;

	w = shared(sizeof(*w));
	owner = fork();
	if (!owner) {
		dev_open(&d);
		dev_setup(&d, (struct linx_setup){ .ring_size = RING });
		dev_want_all(&d);
		dev_apply(&d);
		dev_start(&d);
		child = fork();
		if (!child) {
			while (!w->done)
				sleep_ms(10);
			_exit(0);
		}
		w->ready = child;
		while (!w->look)
			sleep_ms(1);
		_exit(0);
	}
	while (!w->ready)
		sleep_ms(1);
	during = call_cost();
	w->look = 1;
	reap(owner);
	sleep_ms(200);
	after = call_cost();
	printf("# 1000 calls, in thousandths of a loop: %llu before, %llu in the session, %llu after its owner's end\n", (unsigned long long)before,
	       (unsigned long long)during, (unsigned long long)after);
	ok(during > before + before / 8, "a session costs something");
	ok(after < before + (during - before) / 3, "none that its owner has left to a child");
	w->done = 1;
}

/* Opens and sets up a session. Returns 0; or ENOMEM if SETUP fails, after closing the session. */
static int try_setup(struct dev *to, uint64_t ring)
{
	struct linx_setup u = { .size = sizeof(u), .ring_size = ring };

	dev_open(to);
	if (!ioctl(to->fd, LINX_IOC_SETUP, &u))
		return 0;
	dev_close(to);
	return ENOMEM;
}

/*
 * Sets up sessions until their rings have taken all memory that sessions may have, and leaves them to a child. Of three
 * sessions, the first records, the second has not started, and the third has stopped.
 */
static void take_all(uint64_t ring)
{
	int n = 0;

	while (n < MANY && !try_setup(&d, ring)) {
		dev_want_exit(&d, SYS_getppid);
		dev_apply(&d);
		if (n % 3 != 1)
			dev_start(&d);
		if (n % 3 == 2)
			dev_stop(&d);
		n++;
	}
	if (!fork()) {
		while (!w->done)
			sleep_ms(10);
		_exit(0);
	}
	w->ready = n;
	while (!w->look)
		sleep_ms(1);
	_exit(0);
}

/* The owner of sessions ends while its child holds their files: the memory of the rings can be used again. */
static void orphaned_rings(void)
{
	uint64_t ring = 65536, max;
	int err = ENOMEM;
	pid_t owner;

	w = shared(sizeof(*w));
	dev_open(&d);
	max = dev_info(&d).memory_max;
	while (8 * ring * d.cpus < max)
		ring *= 2;
	dev_close(&d);
	owner = fork();
	if (!owner)
		take_all(ring);
	while (!w->ready)
		sleep_ms(1);
	ok(w->ready >= 3 && w->ready < MANY, "%d sessions take all memory, with rings of %llu MB", w->ready, (unsigned long long)ring >> 20);
	is(try_setup(&d, ring), ENOMEM, "there is none for another session");
	w->look = 1;
	reap(owner);
	for (int i = 0; i < 800 && err; i++) {
		sleep_ms(10);
		err = try_setup(&d, ring);
	}
	is(err, 0, "there is, when the owner has ended, though a child holds the files");
	if (!err)
		dev_close(&d);
	w->done = 1;
}

int main(void)
{
	on_cpu(0);
	orphan();
	orphaned_rings();
	check("exec", owner_execs);
	check("exit", owner_exits);
	check("exec of a thread", thread_execs);
	thread_ends();
	return tap_end();
}
