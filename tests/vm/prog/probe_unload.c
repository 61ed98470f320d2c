// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A module is unloaded while its functions and its tracepoint are probed, in several states of a session, and loaded
 * again: its probes end, and find nothing in another module that has its addresses. Built for the 64-bit ABI only
 * (native only).
 *
 * usage: probe_unload probed.ko
 */
#include "probe.h"

#define CYCLES 12
#define PROBES 6

static const char *module;

static void arm(struct dev *d)
{
	struct fetch f = { 0 }, ret = { 0 }, reg = { 0 };

	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_apply(d);
	fetch_arg(&f, 0, 0);
	fetch_step(&f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(&f, LINX_FETCH_STR, 0, 0, 0, 100);
	fetch_step(&ret, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&ret, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	fetch_step(&reg, LINX_FETCH_REG, 0, 0, 0, 1);
	fetch_step(&reg, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	probe_add(d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed", &f);
	probe_add(d, LINX_PROBE_RETURN, 1, "probed:linx_probed", &ret);
	probe_add(d, LINX_PROBE_FUNCTION, 2, "probed:linx_twin", &reg);
	is(tracepoint_try(d, 3, "probed:linx_probed", &f), 0, "the module's tracepoint");
	probe_add(d, LINX_PROBE_FUNCTION, 4, "vfs_write", NULL); /* stays */
	probe_add(d, LINX_PROBE_FUNCTION, 5, "probed:linx_probed_interrupt", &f);
}

static void check(struct dev *d, const unsigned long *want, const char *name)
{
	struct tally t[DEV_CPUS] = { 0 };
	struct linx_probe_counters c[PROBES];

	dev_stop(d);
	tally_drain(d, t);
	tally_check(d, t, name);
	probe_counts(d, 0, PROBES, 0, c);
	for (int i = 0; i < PROBES; i++) {
		if (want && i < 4)
			is(c[i].selected, want[i], "%s: probe %d: selected", name, i);
		is(c[i].committed + probe_lost(&c[i]), c[i].selected, "%s: probe %d: sum", name, i);
		is(c[i].flags & LINX_PROBE_GONE, i == 4 ? 0 : LINX_PROBE_GONE, "%s: probe %d: gone", name, i);
	}
	ok(c[4].selected > 0, "%s: a probe of the kernel goes on", name);
}

/* Unloads the module after its probes were armed and hit. Then loads it and calls its functions again. */
static void unload_while_hooked(void)
{
	static const unsigned long want[] = { 20, 20, 40, 20 };
	struct dev d;

	probed_load(module);
	arm(&d);
	dev_start(&d);
	probed_call(20);
	is(probed_unload(), 0, "unloaded while hooked");
	probed_load(module);
	probed_call(20);
	check(&d, want, "hooked");
	dev_close(&d);
	is(probed_unload(), 0, "unloaded");
}

/* Unloads the module after its probes were armed, and before the session is started. */
static void unload_before_start(void)
{
	static const unsigned long want[4];
	struct dev d;

	probed_load(module);
	arm(&d);
	is(probed_unload(), 0, "unloaded before START");
	probed_load(module);
	dev_start(&d);
	probed_call(20);
	check(&d, want, "before START");
	dev_close(&d);
	is(probed_unload(), 0, "unloaded");
}

/* Runs in a child: calls functions of the module "probed" as long as the module is loaded. */
static void call_on(void)
{
	static const char path[] = "/sys/module/probed/parameters/calls";
	int fd;

	for (;;) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "10", 2) < 0)
			sched_yield();
		close(fd);
	}
}

/* Loads and unloads the module while interrupts and a task hit its probes, and sessions come and go. */
static void unload_under_load(void)
{
	pid_t pid = fork();
	struct dev d;
	int err;

	if (!pid)
		call_on();
	for (int i = 0; i < CYCLES; i++) {
		probed_load(module);
		arm(&d);
		dev_start(&d);
		probed_write("storm", 1000000);
		do
			err = probed_unload();
		while (err == EWOULDBLOCK);
		is(err, 0, "cycle %d: unloaded under load", i);
		if (i % 2)
			check(&d, NULL, "under load");
		dev_close(&d);
	}
	kill(pid, SIGKILL);
	reap(pid);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: probe_unload probed.ko");
	module = argv[1];
	unload_while_hooked();
	unload_before_start();
	unload_under_load();
	return tap_end();
}
