// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A flood of cheap calls on a CPU whose ring is far too small for them. Calls of class PRIO and context records have a
 * reserved share of the ring, and none of them is lost. A session may reserve that share for other calls instead. Built
 * for the 64-bit ABI only (native only).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "load.h"

#define FLOOD 300000 /* default number of calls */
#define RARE 40 /* number of processes that are created, and end, during the flood */
#define RING (1u << 20)
#define CPU 1
#define BEHIND 20000 /* calls that are lost before the reader reads */

static const unsigned int prio[] = { SYS_execve, SYS_connect, SYS_setuid, SYS_exit_group, SYS_clone };

static void flood(volatile int *go, unsigned long n)
{
	on_cpu(CPU);
	while (!*go)
		sleep_ms(1);
	while (n--)
		syscall(SYS_getppid);
	_exit(0);
}

/* Makes the calls for which a part of the ring is reserved (PRIO, and getsid), on the same CPU as the flood. */
static void one_life(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	char *const argv[] = { "true", NULL };
	pid_t pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	if (connect(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&to, sizeof(to)))
		_exit(1);
	syscall(SYS_setuid, 0);
	syscall(SYS_getsid, 0);
	execv("/bin/true", argv);
	_exit(1);
}

static void lives(volatile int *go)
{
	on_cpu(CPU);
	while (!*go)
		sleep_ms(1);
	for (int i = 0; i < RARE; i++)
		one_life();
	_exit(0);
}

/* Reserves the ring's share for getsid instead of for calls of class PRIO. */
static void prefer(struct dev *d)
{
	struct linx_priority p = { .size = sizeof(p) };

	p.calls[LINX_ABI_X86_64][SYS_getsid / 64] = 1ULL << SYS_getsid % 64;
	if (ioctl(d->fd, LINX_IOC_PRIORITY, &p))
		die("PRIORITY");
}

static void refused(struct dev *d)
{
	struct linx_priority p = { .size = sizeof(p), .flags = 2 };

	fails(ioctl(d->fd, LINX_IOC_PRIORITY, &p), EINVAL, "priority: unknown flags");
	p.flags = LINX_PRIORITY_CLASS;
	fails(ioctl(d->fd, LINX_IOC_PRIORITY, &p), 0, "priority: what holds anyway");
}

static void check(struct dev *d, unsigned long n, bool own)
{
	struct dev_counters *c = malloc(sizeof(*c));
	const struct linx_call_counters *preferred;
	uint64_t lost = 0;

	dev_counters(d, c);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++) {
		is(c->cpu[cpu].lost_context, 0, "CPU %u: context records lost", cpu);
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]), "CPU %u: selected", cpu);
	}
	for (unsigned int i = 0; i < sizeof(prio) / sizeof(prio[0]); i++) {
		const struct linx_call_counters *call = &c->calls[LINX_ABI_X86_64][prio[i]];

		ok(call->selected >= RARE, "call %u: %llu selected", prio[i], (unsigned long long)call->selected);
		lost += call->lost;
	}
	preferred = &c->calls[LINX_ABI_X86_64][SYS_getsid];
	is(preferred->selected, 2 * RARE, "getsid: selected, entries and returns");
	if (own) {
		is(preferred->lost, 0, "getsid of the session's own set: lost");
		ok(lost, "%llu others lost", (unsigned long long)lost);
	} else {
		is(lost, 0, "calls of class PRIO: lost");
	}
	is(c->calls[LINX_ABI_X86_64][SYS_getppid].selected, 2 * n, "the flood: selected, entries and returns");
	ok(c->calls[LINX_ABI_X86_64][SYS_getppid].lost > n / 4, "the flood: %llu lost",
	   (unsigned long long)c->calls[LINX_ABI_X86_64][SYS_getppid].lost);
	free(c);
}

static void flooded(unsigned long n, bool own)
{
	struct tally t[DEV_CPUS] = { 0 };
	volatile int *go = shared(4096);
	uint64_t seen = 0;
	pid_t a, b;
	struct dev d;

	a = fork();
	if (!a)
		flood(go, n);
	b = fork();
	if (!b)
		lives(go);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING });
	dev_want_all(&d);
	refused(&d);
	if (own)
		prefer(&d);
	dev_apply(&d);
	dev_start(&d);
	*go = 1;
	/* The reader waits for both processes, so it always comes too late, however fast this machine is. */
	for (int status; !waitpid(a, &status, WNOHANG) || !waitpid(b, &status, WNOHANG);) {
		sleep_ms(1);
		if (d.ring[CPU].prod->lost - seen < BEHIND)
			continue;
		seen = d.ring[CPU].prod->lost;
		tally_drain(&d, t);
	}
	tally_drain(&d, t); /* makes room for the last gap */
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, own ? "flood, own set" : "flood");
	check(&d, n, own);
	dev_close(&d);
}

/* usage: ring_flood [CALLS] */
int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : FLOOD;

	on_cpu(0);
	flooded(n, false);
	flooded(n, true);
	return tap_end();
}
