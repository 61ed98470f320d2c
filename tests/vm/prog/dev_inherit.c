// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A session takes over the list of processes of another session (LINX_IOC_INHERIT), while these processes fork as fast
 * as they can, and misses no process. Families are chains: each process makes a few calls, forks the next one and ends.
 * The processes count their own calls, and the second session must have selected that number. Built for the 64-bit ABI
 * only (native only).
 */
#include <stddef.h>
#include <sys/prctl.h>
#include "dev.h"

#define FAMILIES 6
#define ROUNDS 25

static struct family {
	volatile int stop, counting;
	uint64_t made; /* number of getsid() calls of all processes since counting began */
	uint64_t links; /* number of processes that all chains have had */
} *family;

/* Runs as one process of a chain: forks the next one and ends at once, so that no parent waits for its child. */
static void link_of_chain(void)
{
	for (;;) {
		if (family->counting) {
			syscall(SYS_getsid, 0);
			__atomic_fetch_add(&family->made, 1, __ATOMIC_RELAXED);
		}
		__atomic_fetch_add(&family->links, 1, __ATOMIC_RELAXED);
		if (family->stop || fork())
			_exit(0);
	}
}

/* Makes a process that starts FAMILIES chains of processes when *begin is closed. Returns its pid. */
static pid_t make_family(int *begin)
{
	int go[2];
	pid_t pid;
	char c;

	if (pipe(go))
		die("pipe");
	pid = fork();
	if (!pid) {
		close(go[1]);
		if (read(go[0], &c, 1) != 0)
			_exit(9);
		for (unsigned int i = 1; i < FAMILIES; i++)
			if (!fork())
				break;
		link_of_chain();
	}
	close(go[0]);
	*begin = go[1];
	return pid;
}

static void select_one(struct dev *d, unsigned int nr)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 20 });
	d->filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	dev_want_exit(d, nr);
	dev_apply(d);
}

static int inherit(struct dev *d, int from, unsigned int flags)
{
	struct linx_inherit u = { .size = sizeof(u), .session = from, .flags = flags };

	return ioctl(d->fd, LINX_IOC_INHERIT, &u);
}

/* Reaps ended processes, which are reparented to this one, until all chains together have had "links" processes. */
static void reap_until(uint64_t links)
{
	while (__atomic_load_n(&family->links, __ATOMIC_RELAXED) < links) {
		sleep_ms(1);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void round_of(unsigned int i)
{
	struct dev a, b;
	int begin;
	pid_t pid;

	memset(family, 0, sizeof(*family));
	pid = make_family(&begin);
	select_one(&a, SYS_getppid);
	dev_list(&a, pid);
	dev_start(&a);
	close(begin);
	reap_until(20);
	select_one(&b, SYS_getsid);
	dev_start(&b);
	is(inherit(&b, a.fd, 0), 0, "round %u: taken over", i);
	dev_close(&a);
	family->counting = 1;
	reap_until(__atomic_load_n(&family->links, __ATOMIC_RELAXED) + 50);
	family->stop = 1;
	reap_all();
	ok(family->made > FAMILIES, "round %u: %llu calls", i, (unsigned long long)family->made);
	is(calls_selected(&b, SYS_getsid), family->made, "round %u: all of them are those of the second session", i);
	is(dev_listed(&b), 0, "round %u: nobody is left on its list", i);
	dev_close(&b);
}

static void refused(void)
{
	struct dev a, b;
	int null = open("/dev/null", O_RDONLY);

	select_one(&a, SYS_getppid);
	select_one(&b, SYS_getppid);
	fails(inherit(&b, -1, 0), EBADF, "no descriptor");
	fails(inherit(&b, null, 0), EINVAL, "a descriptor of something else");
	fails(inherit(&b, b.fd, 0), EINVAL, "its own");
	fails(inherit(&b, a.fd, 1), EINVAL, "unknown flags");
	is(inherit(&b, a.fd, 0), 0, "one that lists nobody");
	dev_list(&a, getpid());
	is(inherit(&b, a.fd, 0), 0, "one that lists us");
	is(dev_listed(&b), 1, "listed");
	a.filter.flags |= LINX_FILTER_THREADS;
	dev_apply(&a);
	fails(inherit(&b, a.fd, 0), EINVAL, "one that lists threads");
	dev_close(&a);
	dev_close(&b);
	close(null);
}

int main(void)
{
	family = shared(sizeof(*family));
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	refused();
	for (unsigned int i = 0; i < ROUNDS; i++)
		round_of(i);
	return tap_end();
}
