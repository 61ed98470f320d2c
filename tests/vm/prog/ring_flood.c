// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A flood of cheap calls on a CPU whose ring is far too small for them: calls of
 * class PRIO and context records have a share of it to themselves, and none is
 * lost. native only
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "load.h"

#define FLOOD 300000 /* calls, by default */
#define RARE 40 /* processes that live and die meanwhile */
#define RING (1u << 20)
#define CPU 1

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

/* What an investigation cannot do without, on the same CPU. */
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

static void check(struct dev *d, unsigned long n)
{
	struct dev_counters *c = malloc(sizeof(*c));

	dev_counters(d, c);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++) {
		is(c->cpu[cpu].lost_context, 0, "CPU %u: context records lost", cpu);
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]), "CPU %u: selected", cpu);
	}
	for (unsigned int i = 0; i < sizeof(prio) / sizeof(prio[0]); i++) {
		const struct linx_call_counters *call = &c->calls[LINX_ABI_X86_64][prio[i]];

		ok(call->selected >= RARE, "call %u: %llu selected", prio[i], (unsigned long long)call->selected);
		is(call->lost, 0, "call %u: lost", prio[i]);
	}
	is(c->calls[LINX_ABI_X86_64][SYS_getppid].selected, 2 * n, "the flood: selected, entries and returns");
	ok(c->calls[LINX_ABI_X86_64][SYS_getppid].lost > n / 4, "the flood: %llu lost",
	   (unsigned long long)c->calls[LINX_ABI_X86_64][SYS_getppid].lost);
	free(c);
}

/* usage: ring_flood [CALLS] */
int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : FLOOD;
	struct tally t[DEV_CPUS] = { 0 };
	volatile int *go = shared(4096);
	pid_t a, b;
	struct dev d;

	on_cpu(0);
	a = fork();
	if (!a)
		flood(go, n);
	b = fork();
	if (!b)
		lives(go);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING });
	dev_want_all(&d);
	dev_apply(&d);
	dev_start(&d);
	*go = 1;
	/* A reader that is slow: what it leaves is what the flood fills. */
	for (int status; !waitpid(a, &status, WNOHANG) || !waitpid(b, &status, WNOHANG);) {
		sleep_ms(100);
		tally_drain(&d, t);
	}
	waitpid(b, NULL, 0);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, "flood");
	check(&d, n);
	dev_close(&d);
	return tap_end();
}
