/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes that make a known number of calls, and checks that each call is recorded or counted as lost. */
#ifndef LOAD_H
#define LOAD_H

#include "dev.h"

struct storm_shared {
	volatile int go, stop;
	volatile uint64_t made; /* number of getppid() calls made so far */
};

/* Bytes of the record of a storm's call: getppid has no arguments. */
#define STORM_CALL_LEN (sizeof(struct linx_rec) + sizeof(__s64))

/* A process on one CPU that calls getppid() limit times, or until the flag stop is set. */
struct storm {
	struct storm_shared *s;
	pid_t pid;
	uint64_t limit; /* number of calls to make; 0: until stop is set */
};

/*
 * Executes, rarely, an instruction by which an emulator that has one thread for both CPUs switches to the other CPU.
 * Without it the emulator switches only at the next tick.
 */
static inline void storm_pause(uint64_t n)
{
	if (n % 32 == 0)
		cpu_relax();
}

static inline void storm_run(struct storm_shared *s, uint64_t limit)
{
	uint64_t n = 0;

	while (!s->go)
		syscall(SYS_sched_yield);
	while (n < limit && !s->stop) {
		syscall(SYS_getppid);
		storm_pause(++n);
	}
	s->made = n;
	syscall(SYS_exit_group, 0);
}

static inline void storm_make(struct storm *st, unsigned int cpu, uint64_t limit)
{
	st->s = shared(sizeof(*st->s));
	st->limit = limit;
	st->pid = fork();
	if (st->pid < 0)
		die("fork");
	if (st->pid)
		return;
	on_cpu(cpu);
	storm_run(st->s, limit ? limit : UINT64_MAX);
}

static inline void storm_go(struct storm *st)
{
	st->s->go = 1;
}

/* Waits for the end of a storm that has a limit, and stops one that has none. Returns how many calls it made. */
static inline uint64_t storm_end(struct storm *st)
{
	uint64_t made;

	if (!st->limit)
		st->s->stop = 1;
	reap(st->pid);
	made = st->s->made;
	munmap(st->s, sizeof(*st->s));
	return made;
}

static inline bool storm_over(const struct storm *st)
{
	return st->s->made != 0;
}

/* Selects the getppid() calls of the listed processes only. */
static inline void storm_select(struct dev *d)
{
	d->filter.flags = LINX_FILTER_PIDS;
	dev_want_exit(d, SYS_getppid);
	dev_apply(d);
}

/*
 * Selects all getppid() calls except those of this process, without a list of processes, so that the module takes a
 * faster path. Only the storms make such calls while a test runs.
 */
static inline void storm_select_all(struct dev *d)
{
	d->filter.flags = 0;
	dev_want_exit(d, SYS_getppid);
	dev_apply(d);
}

/* ---- counts that a reader makes of the records of one CPU */

struct tally {
	uint64_t records; /* records of selected calls */
	uint64_t bytes; /* bytes of the records of selected calls, and of the PIECE records that continue them */
	uint64_t context;
	uint64_t gaps; /* GAP records */
	uint64_t lost[LINX_LOST_MAX], lost_context; /* losses that the GAP records report */
	uint64_t next_seq;
	uint64_t time;
	uint64_t kind[32];
	uint64_t wrong;
	bool more; /* a PIECE record that continues this record must follow */
};

static inline void tally_wrong(struct tally *t, const struct linx_rec *rec, const char *what)
{
	if (t->wrong++ < 5)
		printf("# kind %u, seq %llu (expected %llu), time %llu (before: %llu): %s\n",
		       rec->kind, (unsigned long long)rec->seq,
		       (unsigned long long)t->next_seq, (unsigned long long)rec->time,
		       (unsigned long long)t->time, what);
}

static inline void tally_gap(struct tally *t, const struct linx_rec *rec)
{
	const struct linx_gap *gap = (const struct linx_gap *)(rec + 1);
	uint64_t sum = 0;

	for (int i = 0; i < LINX_LOST_MAX; i++) {
		t->lost[i] += gap->lost[i];
		sum += gap->lost[i];
	}
	t->lost_context += gap->lost_context;
	t->gaps++;
	if (gap->first_seq != t->next_seq || rec->seq != (uint32_t)(gap->first_seq + sum) || !sum)
		tally_wrong(t, rec, "the gap does not report what is missing");
	if (gap->last_time < gap->first_time || gap->first_time < t->time)
		tally_wrong(t, rec, "the gap's times are out of order");
	t->next_seq = gap->first_seq + sum;
}

static inline void tally_rec(const struct linx_rec *rec, void *arg)
{
	struct tally *t = arg;

	if (rec->time < t->time)
		tally_wrong(t, rec, "time steps back");
	t->kind[rec->kind & 31]++;
	if (t->more != (rec->kind == LINX_REC_PIECE))
		tally_wrong(t, rec, "a piece without a head, or a head without its piece");
	t->more = rec->flags & LINX_RF_MORE;
	if (rec->kind == LINX_REC_GAP) {
		tally_gap(t, rec);
	} else if (rec->kind == LINX_REC_PIECE) {
		t->bytes += LINX_REC_LEN(rec);
		if (rec->seq + 1 != (uint32_t)t->next_seq)
			tally_wrong(t, rec, "a piece of another record");
	} else if (rec->kind != LINX_REC_PAD) {
		t->records++;
		t->bytes += LINX_REC_LEN(rec);
		t->context += rec->kind >= LINX_REC_TASK && rec->kind <= LINX_REC_TASK_EXIT;
		if (rec->seq != (uint32_t)t->next_seq)
			tally_wrong(t, rec, "sequence");
		/*
		 * Counting goes on from the number of a record with a wrong number, so that one missing record is
		 * reported once.
		 */
		t->next_seq += (uint32_t)(rec->seq - (uint32_t)t->next_seq) + 1;
	}
	t->time = rec->time;
}

static inline void tally_drain(struct dev *d, struct tally *t)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_drain(d, cpu, tally_rec, &t[cpu]);
}

/* Checks that all counts of each CPU agree, after stop and drain in discard mode. */
static inline void tally_check(struct dev *d, const struct tally *t, const char *name)
{
	struct dev_counters *c = malloc(sizeof(*c));

	dev_counters(d, c);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++) {
		const struct linx_cpu_counters *k = &c->cpu[cpu];

		if (!d->ring[cpu].prod)
			continue;
		is(k->selected, k->committed + dev_lost(k),
		   "%s: CPU %u: selected = committed + lost (%llu lost)", name, cpu,
		   (unsigned long long)dev_lost(k));
		is(t[cpu].records, k->committed, "%s: CPU %u: read = committed", name, cpu);
		is(t[cpu].bytes, k->bytes, "%s: CPU %u: bytes", name, cpu);
		for (int i = 0; i < LINX_LOST_MAX; i++)
			if (k->lost[i] || t[cpu].lost[i])
				is(t[cpu].lost[i], k->lost[i],
				   "%s: CPU %u: gaps report what was lost, cause %d", name, cpu, i);
		is(t[cpu].lost_context, k->lost_context, "%s: CPU %u: lost context", name, cpu);
		is(t[cpu].next_seq, k->next_seq, "%s: CPU %u: the stream ends at next_seq", name,
		   cpu);
		is(k->next_seq, k->selected, "%s: CPU %u: a number for each selected", name, cpu);
		is(t[cpu].wrong, 0, "%s: CPU %u: records out of order", name, cpu);
	}
	free(c);
}

/* Runs a whole session, in which every call of a storm must be recorded. */
static inline void load_still_works(void)
{
	struct dev d;
	struct tally t[DEV_CPUS] = { 0 };
	struct storm st;
	uint64_t made;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
	storm_make(&st, 1, 1000);
	dev_list(&d, st.pid);
	storm_select(&d);
	dev_start(&d);
	storm_go(&st);
	made = storm_end(&st);
	dev_stop(&d);
	tally_drain(&d, t);
	tally_check(&d, t, "after it all");
	is(t[1].kind[LINX_REC_EXIT], made, "after it all: calls recorded");
	dev_close(&d);
}

#endif
