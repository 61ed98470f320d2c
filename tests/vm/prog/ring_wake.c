// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conditions under which a reader that sleeps in poll or epoll on linx's device is woken, and conditions under which it
 * is not. Built for the 64-bit ABI only (native only).
 */
#include <sys/epoll.h>
#include "load.h"

#define RING 65536
#define MS 1000000ULL
#define ROUNDS 20000
#define SPINS 300

static struct dev d;

/* ---- a process on CPU 1 that makes calls on request */

struct puppet {
	volatile unsigned int want, done; /* number of calls that it has to make, and that it has made */
	volatile int quit;
	int bell[2]; /* pipe; a byte in it makes the process read "want" */
};

static struct puppet *puppet;
static pid_t puppet_pid;
static bool unfiltered; /* the session has no filter; therefore the module takes its faster path */
static bool puppet_spins = true; /* the process spins while it waits for a request; otherwise it sleeps until a byte arrives */

static void puppet_run(void)
{
	char c;

	close(puppet->bell[1]);
	on_cpu(1);
	while (!puppet->quit) {
		while (puppet->done != puppet->want) {
			syscall(SYS_getppid);
			puppet->done++;
		}
		if (puppet_spins)
			syscall(SYS_sched_yield);
		else if (syscall(SYS_read, puppet->bell[0], &c, 1) != 1)
			break;
	}
	syscall(SYS_exit_group, 0);
}

static void puppet_make(void)
{
	puppet = shared(sizeof(*puppet));
	if (pipe(puppet->bell))
		die("pipe");
	puppet_pid = fork();
	if (!puppet_pid)
		puppet_run();
}

static void puppet_calls(unsigned int n)
{
	puppet->want += n;
	while (puppet->done != puppet->want)
		sched_yield();
}

static void puppet_call(void)
{
	puppet->want++;
	if (!puppet_spins && write(puppet->bell[1], "", 1) != 1)
		die("write");
}

static void puppet_end(void)
{
	puppet->quit = 1;
	close(puppet->bell[1]);
	close(puppet->bell[0]);
	reap(puppet_pid);
}

/* ---- a session that records the process */

/* Sets up a session on the device, which is open. */
static void session_begin(uint64_t delay_ns, unsigned int percent, uint64_t ring)
{
	dev_setup(&d, (struct linx_setup){ .ring_size = ring,
					   .delay_ns = delay_ns,
					   .watermark_percent = percent });
	puppet_make();
	dev_list(&d, puppet_pid);
	if (unfiltered)
		storm_select_all(&d);
	else
		storm_select(&d);
	dev_start(&d);
}

static void session(uint64_t delay_ns, unsigned int percent, uint64_t ring)
{
	dev_open(&d);
	session_begin(delay_ns, percent, ring);
}

static void session_end(void)
{
	puppet_end();
	dev_stop(&d);
	dev_close(&d);
}

static uint64_t wakeups(void)
{
	static struct dev_counters c;
	uint64_t n = 0;

	dev_counters(&d, &c);
	for (unsigned int i = 0; i < d.cpus; i++)
		n += c.cpu[i].wakeups;
	return n;
}

static void drain(void)
{
	for (unsigned int i = 0; i < d.cpus; i++)
		dev_drain(&d, i, dev_ignore, NULL);
}

/* time in ns of the event for which the reader waits; on a busy machine the wait may begin later */
static uint64_t began;

/* Waits in poll(). Returns the milliseconds since the event; *revents holds the returned poll events. */
static unsigned int wait_for(int timeout_ms, short *revents)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN | POLLPRI };

	poll(&p, 1, timeout_ms);
	*revents = p.revents;
	return (now_ns() - began) / MS;
}

struct whose {
	unsigned int own, others; /* records of the puppet or of a call; all others */
};

static void count_whose(const struct linx_rec *rec, void *arg)
{
	struct whose *w = arg;

	if ((pid_t)rec->pid == puppet_pid || rec->kind == LINX_REC_EXIT)
		w->own++;
	else
		w->others++;
}

/* Consumes all records. Returns whether there were some, all of them of other tasks than the puppet, and none of a call. */
static bool drain_others(void)
{
	struct whose w = { 0, 0 };

	for (unsigned int i = 0; i < d.cpus; i++)
		dev_drain(&d, i, count_whose, &w);
	return w.others && !w.own;
}

/*
 * Expects that the reader sleeps for "ms" milliseconds. A session without a list also records the forks and ends of all
 * other tasks, such as threads of the kernel that a guest makes and ends at any time: a wait that such records ended
 * begins anew.
 */
static void asleep(int ms, const char *what)
{
	uint64_t before;
	short re;

	do {
		before = wakeups();
		wait_for(ms, &re);
	} while ((re == POLLIN || wakeups() != before) && unfiltered && drain_others());
	is(re, 0, "%s", what);
	is(wakeups(), before, "%s: no wake-ups", what);
}

static void helper_calls(unsigned int after_ms, unsigned int n)
{
	began = now_ns();
	if (fork())
		return;
	sleep_ms(after_ms);
	puppet->want += n;
	_exit(0);
}

/* ---- */

static void delay(void)
{
	unsigned int ms;
	short re;

	session(200 * MS, 50, RING);
	asleep(300, "delay: nothing happens, nobody is woken");
	helper_calls(100, 1);
	ms = wait_for(10000, &re);
	is(re, POLLIN, "delay: woken");
	ok(ms >= 290 && ms < 5000, "delay: 100 ms to the record, 200 ms of delay: %u ms", ms);
	wait_for(1000, &re);
	is(re, POLLIN, "delay: still true until it is consumed");
	drain();
	asleep(400, "delay: consumed, asleep again");
	began = now_ns();
	puppet_calls(1);
	ms = wait_for(10000, &re);
	ok(re == POLLIN && ms >= 200 && ms < 5000,
	   "delay: a record that was there before poll: %u ms", ms);
	wait(NULL);
	session_end();
}

static void watermark(void)
{
	unsigned int ms;
	short re;

	session(60000 * MS, 50, RING);
	puppet_calls(100);
	ms = wait_for(500, &re);
	is(re, 0, "watermark: a hundred calls do not wake");
	helper_calls(50, RING / 2 / STORM_CALL_LEN);
	ms = wait_for(20000, &re);
	is(re, POLLIN, "watermark: half of the ring wakes");
	ok(ms < 10000, "watermark: and early: %u ms", ms);
	ms = wait_for(1000, &re);
	ok(re == POLLIN, "watermark: still true until it is consumed");
	drain();
	asleep(300, "watermark: consumed, asleep again");
	wait(NULL);
	session_end();
}

static void idle(void)
{
	short re;

	session(10 * MS, 25, RING);
	puppet_calls(1);
	wait_for(1000, &re);
	drain();
	asleep(2000, "idle: poll sleeps");
	session_end();
}

/* A reader that polls and drains while records arrive steadily is woken about once in each delay. */
static void batches(void)
{
	uint64_t end, polls = 0;
	short re;

	session(100 * MS, 90, 1 << 20);
	if (!fork()) {
		on_cpu(1);
		for (int i = 0; i < 1500; i++) {
			puppet->want++;
			sleep_ms(1);
		}
		_exit(0);
	}
	end = now_ns() + 1500 * MS;
	while (now_ns() < end) {
		wait_for(1000, &re);
		drain();
		polls++;
	}
	ok(polls >= 1 && polls <= 60, "trickle: 1.5 s with a delay of 100 ms: %llu returns of poll",
	   (unsigned long long)polls);
	wait(NULL);
	session_end();
}

static void epoll_add(int ep, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	if (epoll_ctl(ep, EPOLL_CTL_ADD, d.fd, &ev))
		die("epoll_ctl");
}

/* Waits by epoll. early: the device is added to the epoll set before the session is set up. */
static void epolls(bool early)
{
	struct epoll_event got;
	int ep = epoll_create1(EPOLL_CLOEXEC);

	dev_open(&d);
	if (early)
		epoll_add(ep, EPOLLIN);
	session_begin(50 * MS, 50, RING);
	if (!early)
		epoll_add(ep, EPOLLIN);
	is(epoll_wait(ep, &got, 1, 200), 0, "epoll: idle");
	for (int i = 0; i < 3; i++) {
		helper_calls(20, 1);
		is(epoll_wait(ep, &got, 1, 10000), 1, "epoll: woken, time %d", i);
		is(got.events, EPOLLIN, "epoll: events");
		is(epoll_wait(ep, &got, 1, 1000), 1, "epoll: until it is consumed");
		drain();
		is(epoll_wait(ep, &got, 1, 0), 0, "epoll: consumed");
		wait(NULL);
	}
	close(ep);
	session_end();
}

/*
 * Waits by edge-triggered epoll: one wake-up, then none until the reader has drained the ring and new records have
 * arrived.
 */
static void edges(uint64_t delay_ns)
{
	struct epoll_event got;
	int ep = epoll_create1(EPOLL_CLOEXEC);

	session(delay_ns, 50, RING);
	epoll_add(ep, EPOLLIN | EPOLLET);
	for (int i = 0; i < 3; i++) {
		helper_calls(20, 1);
		is(epoll_wait(ep, &got, 1, 20000), 1, "edge, delay %llu: woken, time %d",
		   (unsigned long long)delay_ns, i);
		wait(NULL);
		sleep_ms(20);
		drain();
	}
	close(ep);
	session_end();
}

static void endings(void)
{
	unsigned int ms;
	pid_t pid;
	short re;

	session(60000 * MS, 90, RING);
	wait_for(100, &re);
	is(re, 0, "end: asleep");
	began = now_ns();
	pid = fork();
	if (!pid) {
		sleep_ms(100);
		puppet->quit = 1;
		_exit(0);
	}
	ms = wait_for(10000, &re);
	ok(re == POLLPRI && ms < 5000, "end: the last listed process has ended: %#x after %u ms",
	   re, ms);
	is(dev_listed(&d), 0, "end: listed");
	wait_for(0, &re);
	is(re, POLLPRI, "end: remains so");
	reap(pid);
	puppet_end();
	dev_stop(&d);
	wait_for(0, &re);
	ok(re & POLLHUP, "end: stopped: %#x", re);
	dev_close(&d);
}

static int stop_later(void *arg)
{
	(void)arg;
	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	ioctl(d.fd, LINX_IOC_STOP, 0);
	syscall(SYS_exit, 0);
	return 0;
}

/* STOP by another thread wakes the thread in poll. */
static void stopped_asleep(void)
{
	static char stack[65536];
	unsigned int ms;
	short re;

	session(60000 * MS, 90, RING);
	began = now_ns();
	clone(stop_later, stack + sizeof(stack),
	      CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD, NULL);
	ms = wait_for(30000, &re);
	ok(re & POLLHUP && ms < 25000, "STOP wakes who sleeps in poll: %#x after %u ms", re, ms);
	puppet_end();
	dev_close(&d);
}

static void count_exit(const struct linx_rec *rec, void *arg)
{
	*(unsigned int *)arg += rec->kind == LINX_REC_EXIT;
}

/*
 * Makes one call for each wake-up, with delay 0: a lost wake-up would cost seconds. The calling process sleeps or spins
 * between two calls, because an emulator with one thread for both CPUs switches between them at once when the process
 * sleeps, or with the next tick when it spins.
 */
static void ping_pong(bool spin, unsigned int rounds)
{
	unsigned int slow = 0, wrong = 0, i, n;
	short re;

	puppet_spins = spin;
	session(0, 50, RING);
	puppet_call(); /* the first call also records the context, and that record may wake the reader */
	while (puppet->done != puppet->want)
		sched_yield();
	drain();
	for (i = 0; i < rounds && slow < 3; i++) {
		puppet_call();
		n = 0;
		do {
			wait_for(5000, &re);
			for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
				dev_drain(&d, cpu, count_exit, &n);
		} while (re == POLLIN && unfiltered && !n); /* woken by a record of another task, as in asleep() */
		slow += re != POLLIN;
		wrong += n != 1;
	}
	is(slow, 0, "ping-pong: lost wake-ups in %u rounds", i);
	is(wrong, 0, "ping-pong: rounds that did not find just one record");
	session_end();
}

int main(void)
{
	on_cpu(0);
	for (int i = 0; i < 2; i++) {
		unfiltered = i;
		delay();
		watermark();
		idle();
	}
	unfiltered = false; /* epoll is woken only by records of the listed process */
	batches();
	epolls(false);
	epolls(true);
	edges(0);
	edges(50 * MS);
	endings();
	stopped_asleep();
	unfiltered = true;
	ping_pong(false, ROUNDS / 2);
	ping_pong(true, SPINS);
	unfiltered = false;
	ping_pong(false, ROUNDS / 2);
	return tap_end();
}
