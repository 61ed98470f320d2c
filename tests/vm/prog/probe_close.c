// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sessions with probes on busy functions are stopped, closed and killed at any moment, two at a time, while both CPUs
 * make calls; between them the module is unloaded and loaded. Built for the 64-bit ABI only (native only).
 */
#include "probe.h"
#include "rnd.h"

#define CYCLES 3
#define ROUNDS 4
#define PROBES 9

static void load(void)
{
	int fd = open("/job/linx.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die("loading linx.ko");
	close(fd);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "linx", O_NONBLOCK) ? errno : 0;
}

static void arm(struct dev *d)
{
	struct fetch f = { 0 }, path = { 0 }, ret = { 0 };

	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 18 });
	dev_want_exit(d, SYS_getppid);
	d->filter.flags = LINX_FILTER_COMM_NOT;
	d->filter.ncomms = 1;
	strcpy(d->filter.comms[0], "nobody");
	dev_apply(d);
	fetch_arg(&f, 0, 0);
	fetch_arg(&f, 1, 1);
	fetch_step(&path, LINX_FETCH_ARG, 0, 0, 0, 0);
	fetch_step(&path, LINX_FETCH_PATH, 0, 0, 0, 0);
	fetch_step(&ret, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&ret, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	probe_add(d, LINX_PROBE_FUNCTION, 0, "vfs_read", &f);
	probe_add(d, LINX_PROBE_FUNCTION, 1, "try_to_wake_up", &f);
	probe_add(d, LINX_PROBE_FUNCTION, 2, "vfs_open", &path);
	probe_add(d, LINX_PROBE_FUNCTION, 3, "update_process_times", &f); /* in interrupts */
	probe_add(d, LINX_PROBE_RETURN, 4, "vfs_read", &ret);
	probe_add(d, LINX_PROBE_RETURN, 5, "do_wait", &ret); /* sleeps for long */
	probe_add(d, LINX_PROBE_RAWTP, 6, "sched_switch", &f);
	probe_add(d, LINX_PROBE_RAWTP, 7, "sys_enter", &f);
	probe_add(d, LINX_PROBE_FUNCTION, 8, "copy_from_kernel_nofault", &f); /* a probe itself calls this function */
}

/* Ends a session in one of several ways. */
static void end(struct dev *d, unsigned int how)
{
	switch (how % 4) {
	case 0:
		dev_stop(d);
		dev_close(d);
		break;
	case 1:
		dev_close(d);
		break;
	case 2:
		_exit(0); /* with mappings */
	default:
		raise(SIGKILL);
	}
}

static void session(unsigned int seed)
{
	struct dev d;

	rnd_state += seed * 7919;
	arm(&d);
	if (rnd() % 8)
		dev_start(&d);
	for (uint64_t until = now_ns() + rnd() % 100000000; now_ns() < until;)
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			dev_drain(&d, cpu, dev_ignore, NULL);
	end(&d, rnd());
	_exit(0);
}

/* Runs in a child: opens, reads, waits and wakes without end. */
static void load_on(unsigned int cpu)
{
	char buf[100];
	pid_t pid;
	int fd;

	on_cpu(cpu);
	for (;;) {
		for (int i = 0; i < 100; i++) {
			fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
			if (read(fd, buf, sizeof(buf)) < 0)
				_exit(1);
			close(fd);
			syscall(SYS_getppid);
		}
		pid = fork();
		if (!pid)
			_exit(0);
		reap(pid);
	}
}

/* Runs one whole session, whose sums have to be exact, with probes on functions that a probe itself uses. */
static void sums(void)
{
	struct linx_probe_counters c[PROBES];
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t read = 0, committed = 0;
	struct dev d;

	arm(&d);
	dev_start(&d);
	for (uint64_t until = now_ns() + 500000000; now_ns() < until;)
		tally_drain(&d, t);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, "sums");
	probe_counts(&d, 0, PROBES, 0, c);
	for (int i = 0; i < PROBES; i++) {
		printf("# probe %d: %llu selected, %llu committed, %llu nested, %llu missed\n", i,
		       (unsigned long long)c[i].selected, (unsigned long long)c[i].committed,
		       (unsigned long long)c[i].lost[LINX_LOST_NESTED], (unsigned long long)c[i].missed);
		ok(c[i].selected, "probe %d is hit", i);
		is(c[i].committed + probe_lost(&c[i]), c[i].selected, "probe %d: sum", i);
		committed += c[i].committed;
	}
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		read += t[cpu].kind[LINX_REC_PROBE];
	is(read, committed, "all probes: read = committed");
	dev_close(&d);
}

int main(void)
{
	pid_t loads[2], pids[2];
	unsigned int seed = 1;

	for (unsigned int i = 0; i < 2; i++) {
		loads[i] = fork();
		if (!loads[i])
			load_on(i);
	}
	sums();
	for (int cycle = 0; cycle < CYCLES; cycle++) {
		for (int round = 0; round < ROUNDS; round++) {
			for (int i = 0; i < 2; i++) {
				pids[i] = fork();
				if (!pids[i])
					session(seed + i);
			}
			seed += 2;
			if (round % 2)
				kill(pids[round / 2 % 2], SIGKILL);
			reap(pids[0]);
			reap(pids[1]);
		}
		is(unload(), 0, "cycle %d: rmmod under load", cycle);
		load();
	}
	for (unsigned int i = 0; i < 2; i++) {
		kill(loads[i], SIGKILL);
		reap(loads[i]);
	}
	load_still_works();
	return tap_end();
}
