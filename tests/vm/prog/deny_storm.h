/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that try a refused operation as often as they can, beside programs that take processor time. The caller reads
 * the records meanwhile. At the end each refusal must have been counted, and be a record or counted as lost.
 */
#ifndef DENY_STORM_H
#define DENY_STORM_H

#include <sys/prctl.h>
#include "deny.h"

#define STORM_PROGRAMS 16u

struct deny_storm {
	const char *path; /* a file that rule 0 of the loaded set, and no other, refuses to open, with EPERM */
	uint32_t programs, each; /* number of programs, and of opens that each of them tries */
	uint32_t load; /* number of programs that only compute and make calls that nothing refuses; both at most STORM_PROGRAMS */
	bool read; /* the records are read meanwhile */
	/* Results. */
	uint64_t ns; /* from the first open to the last */
	uint64_t refused; /* opens that failed as the rule says */
	uint64_t counted; /* refusals that the rule counted */
	uint64_t records, others; /* REFUSED records; records of these programs of other kinds, except those that report losses */
	uint64_t lost; /* records that found no room */
	pid_t pids[STORM_PROGRAMS];
};

/* Memory that the programs share. */
struct storm_state {
	_Atomic uint32_t ready, done;
	_Atomic bool go, end;
	_Atomic uint64_t refused;
};

static inline void storm_wait(_Atomic bool *flag)
{
	while (!*flag)
		sleep_ms(1);
}

static inline void storm_try(const struct deny_storm *s, struct storm_state *state)
{
	uint64_t refused = 0;

	close(open(s->path, O_RDONLY | O_CLOEXEC)); /* the first refusal has a context record of its own */
	state->ready++;
	storm_wait(&state->go);
	for (uint32_t i = 0; i < s->each; i++)
		refused += open(s->path, O_RDONLY | O_CLOEXEC) < 0 && errno == EPERM;
	state->refused += refused;
	state->done++;
	storm_wait(&state->end); /* an exit would be a record of another kind */
}

static inline void storm_load(struct storm_state *state)
{
	volatile uint32_t work = 0;

	state->ready++;
	while (!state->end) {
		for (int i = 0; i < 10000; i++)
			work += i;
		close(open("/dev/null", O_RDONLY | O_CLOEXEC));
	}
}

static inline void storm_count(const struct linx_rec *rec, void *arg)
{
	struct deny_storm *s = arg;

	if (rec->kind == LINX_REC_REFUSED)
		s->records++;
	for (uint32_t i = 0; i < s->programs + s->load && rec->kind != LINX_REC_REFUSED && rec->kind != LINX_REC_GAP; i++)
		s->others += rec->pid == (uint32_t)s->pids[i]; /* other tasks, as of the kernel, begin and end meanwhile */
}

static inline void storm_read(struct dev *d, struct deny_storm *s)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_drain(d, cpu, storm_count, s);
}

static inline uint64_t storm_lost(struct dev *d)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t lost = 0;

	dev_counters(d, c);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		lost += dev_lost(&c->cpu[cpu]);
	free(c);
	return lost;
}

static inline pid_t storm_fork(const struct deny_storm *s, struct storm_state *state, bool load)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (load)
		storm_load(state);
	else
		storm_try(s, state);
	_exit(0);
}

static inline void deny_storm(struct dev *d, struct deny_storm *s)
{
	struct storm_state *state = shared(sizeof(*state));
	uint32_t n = s->programs + s->load;
	uint64_t counted, lost, begin;

	for (uint32_t i = 0; i < n; i++)
		s->pids[i] = storm_fork(s, state, i >= s->programs);
	while (state->ready < n)
		sleep_ms(1);
	storm_read(d, s);
	s->records = s->others = 0;
	lost = storm_lost(d);
	counted = deny_count(d, 0).refused;
	begin = now_ns();
	state->go = true;
	while (state->done < s->programs) {
		if (s->read)
			storm_read(d, s);
		sleep_ms(1);
	}
	s->ns = now_ns() - begin;
	storm_read(d, s);
	s->lost = storm_lost(d) - lost;
	s->counted = deny_count(d, 0).refused - counted;
	s->refused = state->refused;
	state->end = true;
	for (uint32_t i = 0; i < n; i++)
		reap(-1);
	munmap(state, sizeof(*state));
}

static inline double deny_storm_rate(const struct deny_storm *s)
{
	return (double)s->refused * 1e9 / (double)s->ns;
}

#endif
