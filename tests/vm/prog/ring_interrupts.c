// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records that interrupts and softirqs write, a hundred thousand in a second, on a CPU whose calls are recorded too:
 * some of them interrupt the writing of a call's record, or of each other. Each has its sequence number and its place
 * in the order of time, and none is lost. Built for the 64-bit ABI only (native only).
 *
 * usage: ring_interrupts hits.ko
 */
#include <fcntl.h>
#include "load.h"

#define HITS 100000
#define RING (32u << 20)
#define CPU 1

static unsigned long sent(void)
{
	FILE *f = fopen("/sys/module/hits/parameters/sent", "re");
	unsigned long in_interrupts, in_softirqs;

	if (!f || fscanf(f, "%lu,%lu", &in_interrupts, &in_softirqs) != 2)
		die("hits: sent");
	fclose(f);
	return in_interrupts + in_softirqs;
}

static void load_hits(const char *path, pid_t pid)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char parameters[100];

	snprintf(parameters, sizeof(parameters), "pid=%d cpu=%d limit=%d signo=%d", pid, CPU, HITS, SIGWINCH);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		die("%s", path);
	close(fd);
}

/* Records signals and the calls of a storm in one mode of the fast path, and checks all sums. */
static void storm_and_hits(const char *module, __u32 flags, const char *name)
{
	struct tally t[DEV_CPUS] = { 0 };
	struct dev_counters *c = malloc(sizeof(*c));
	struct storm st;
	uint64_t made, begun, took, nested;
	struct dev d;

	signal(SIGWINCH, SIG_IGN); /* the storm inherits this, so that the sender's probe records the signal */
	storm_make(&st, CPU, 0);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_SIGNALS | flags, .ring_size = RING });
	storm_select_all(&d);
	dev_start(&d);
	storm_go(&st);
	begun = now_ns();
	load_hits(module, st.pid);
	while (sent() < HITS)
		tally_drain(&d, t);
	took = now_ns() - begun;
	made = storm_end(&st);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, name);
	dev_counters(&d, c);
	nested = c->cpu[CPU].lost[LINX_LOST_NESTED];
	printf("# %s: %d signals in %llu ms, %llu calls, %llu nested\n", name, HITS, (unsigned long long)took / 1000000,
	       (unsigned long long)made, (unsigned long long)nested);
	is(t[CPU].kind[LINX_REC_SIGNAL] + nested, HITS, "%s: each signal is recorded or counted", name);
	ok(nested < HITS / 10000, "%s: %llu of %d lost as nested", name, (unsigned long long)nested, HITS);
	is(t[CPU].kind[LINX_REC_EXIT], made, "%s: each call is recorded", name);
	ok(made > 1000, "%s: the calls went on", name);
	free(c);
	dev_close(&d);
	if (syscall(SYS_delete_module, "hits", O_NONBLOCK))
		die("rmmod hits");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: ring_interrupts hits.ko");
	on_cpu(0);
	storm_and_hits(argv[1], 0, "fast path");
	storm_and_hits(argv[1], LINX_SETUP_ENTRY_TIME, "entry times");
	storm_and_hits(argv[1], LINX_SETUP_POINTER, "slow path");
	return tap_end();
}
