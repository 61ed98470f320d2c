// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lifetime of rules, while two processes, one on each CPU, are refused as often as they can: sets are swapped, the
 * session is closed or stopped, the reader is killed, the module is unloaded, again and again.
 * Built for the 64-bit ABI only (native only; x86 only).
 * usage: deny_lifetime [CYCLES]
 */
#include <sys/prctl.h>
#include "deny.h"
#include "deny_scene.h"

/* Shared with the processes that are refused. */
static struct counts {
	_Atomic uint64_t refused, got, other;
	char pad[64];
} *counts; /* [2], by CPU */

static pid_t stormers[2];
static struct dev d;
static struct deny b;

static void storm(unsigned int cpu)
{
	int fd;

	on_cpu(cpu);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fd = open(SECRET, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			counts[cpu].got++;
			close(fd);
		} else if (errno == EACCES) {
			counts[cpu].refused++;
		} else {
			counts[cpu].other++;
		}
	}
}

static uint64_t refused(void) { return counts[0].refused + counts[1].refused; }
static uint64_t got(void) { return counts[0].got + counts[1].got; }

/* Waits until both processes have been through another n operations, or for a minute. */
static void pass(uint64_t n)
{
	uint64_t from[2] = { counts[0].refused + counts[0].got, counts[1].refused + counts[1].got }, end = now_ns() + 60000000000ull;

	for (int i = 0; i < 2; i++)
		while (counts[i].refused + counts[i].got < from[i] + n && now_ns() < end)
			sched_yield();
}

static void protect(uint16_t value)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, value);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
}

static void load(void)
{
	int fd = open("/job/linx.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "enforce=1", 0))
		die("loading linx.ko");
	close(fd);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "linx", O_NONBLOCK) ? errno : 0;
}

/* Swaps sets of rules. No operation passes meanwhile. */
static void swaps(int cycles)
{
	uint64_t before, n = 0, sum = 0;

	deny_session(&d, 1 << 16);
	protect(EACCES);
	pass(10);
	before = got();
	n = refused();
	for (int i = 0; i < cycles * 5; i++) {
		protect(EACCES);
		if (i % 10 == 0)
			pass(1);
	}
	pass(1000);
	is((long long)got(), (long long)before, "nobody got through while sets were swapped");
	sum = refused() - n;
	ok(sum > 1000, "refused meanwhile: %llu", (unsigned long long)sum);
	is(unload(), EWOULDBLOCK, "rmmod while rules are loaded");
	dev_close(&d);
	pass(10);
	ok(got() > before, "they get through when the session is closed");
}

/* Checks that counts of rules agree with the results that the processes had. */
static void exact(void)
{
	uint64_t n, counted;

	deny_session(&d, 1 << 16);
	n = refused();
	protect(EACCES);
	pass(5000);
	counted = deny_count(&d, 0).refused;
	deny_must_load(&d, &b);
	pass(2);
	n = refused() - n;
	ok(counted >= 10000 && counted <= n, "counted %llu of %llu", (unsigned long long)counted, (unsigned long long)n);
	dev_close(&d);
}

static int reader(void)
{
	deny_session(&d, 1 << 16);
	protect(EACCES);
	pass(10);
	kill(getpid(), SIGKILL);
	return 0;
}

/* Ends rules in one of several ways, and unloads the module at once. */
static void cycle(int how)
{
	uint64_t before;
	pid_t pid;

	load();
	if (how % 4 == 3) {
		pid = fork();
		if (!pid)
			_exit(reader());
		is(reap(pid), -SIGKILL, "cycle %d: a reader that is killed", how);
	} else {
		deny_session(&d, 1 << 16);
		before = refused();
		protect(EACCES);
		pass(20);
		ok(refused() > before, "cycle %d: rules are in force", how);
		if (how % 4 == 0)
			dev_stop(&d);
		if (how % 4 == 1)
			deny_must_load(&d, &b);
		dev_close(&d);
	}
	for (int i = 0; i < 1000 && unload() == EWOULDBLOCK; i++)
		sleep_ms(10); /* the killed reader's session ends in a work queue */
	ok(access("/sys/module/linx", F_OK), "cycle %d: unloaded", how);
	before = got();
	pass(5);
	ok(got() > before, "cycle %d: nothing refuses", how);
}

int main(int argc, char **argv)
{
	int cycles = argc > 1 ? atoi(argv[1]) : 20;

	scene_build();
	counts = shared(4096);
	for (unsigned int i = 0; i < 2; i++) {
		stormers[i] = fork();
		if (!stormers[i])
			storm(i);
	}
	deny_enforce("1");
	swaps(cycles);
	exact();
	is(unload(), 0, "rmmod of what was loaded");
	for (int i = 0; i < cycles; i++)
		cycle(i);
	is((long long)(counts[0].other + counts[1].other), 0, "other results");
	for (unsigned int i = 0; i < 2; i++) {
		kill(stormers[i], SIGKILL);
		reap(stormers[i]);
	}
	load();
	scene_end();
	return tap_end();
}
