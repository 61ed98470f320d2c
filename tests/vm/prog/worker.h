/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes (workers) that make a known number of calls, and a session that counts them, for tests of filters. */
#ifndef WORKER_H
#define WORKER_H

#include "rec.h"

static struct dev d;

/* ---- processes that wait for a request and then make calls */

struct worker {
	pid_t pid;
	volatile int *go;
};

static inline void calls(int n)
{
	while (n--)
		syscall(SYS_getppid);
}

/* Forks n children, one after the other. The return of fork in the child does not count as a call. */
static inline void forks(int n)
{
	pid_t pid;

	while (n--) {
		pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static inline struct worker worker(void (*fn)(int), int arg)
{
	struct worker w = { .go = shared(4096) };

	w.pid = fork();
	if (w.pid)
		return w;
	while (!*w.go)
		sleep_ms(1);
	fn(arg);
	_exit(0);
}

static inline void let(struct worker *w)
{
	*w->go = 1;
	is(reap(w->pid), 0, "a worker's end");
	munmap((void *)w->go, 4096);
}

/* ---- a session */

static inline void session(unsigned int setup_flags, unsigned int flags)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20, .flags = setup_flags });
	d.filter.flags = flags;
	dev_want_exit(&d, SYS_getppid);
}

static inline void run(void)
{
	dev_apply(&d);
	dev_start(&d);
}

static struct dev_log log_;

/* Stops the session and expects that many recorded calls, and that many calls that the filter left out. */
static inline void expect(const char *name, unsigned int recorded, unsigned int filtered)
{
	struct dev_counters *c = malloc(sizeof(*c));
	const struct linx_rec *rec = NULL;
	unsigned int n = 0, out = 0, lost = 0;

	dev_stop(&d);
	log_.len = 0;
	dev_drain_all(&d, &log_);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT)))
		n++;
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_ENTER)))
		n++;
	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		out += c->cpu[cpu].filtered;
		lost += dev_lost(&c->cpu[cpu]);
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]),
		   "%s: CPU %u: selected", name, cpu);
	}
	is(n, recorded, "%s: recorded", name);
	is(out, filtered, "%s: filtered", name);
	is(lost, 0, "%s: lost", name);
	free(c);
	dev_close(&d);
}

#endif
