// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random workloads that count their own calls, while random sessions of all ring sizes, modes, filters and reading
 * speeds record them: each session has selected exactly the calls that were made, and every sum of its counters
 * matches. The seed is printed. Built for the 64-bit ABI only (native only).
 * usage: ring_account [SEED [ROUNDS]]
 */
#include <linux/filter.h>
#include "load.h"
#include "rnd.h"

#define WORKERS_MAX 12
#define SESSIONS_MAX 3

/* ---- the calls */

enum { GETPPID, CLOSE, WRITE, ACCESS, OPENAT, CALLS };
static const struct {
	int nr;
	bool fails;
} calls[CALLS] = {
	[GETPPID] = { SYS_getppid, false }, [CLOSE] = { SYS_close, true },   [WRITE] = { SYS_write, true },
	[ACCESS] = { SYS_faccessat, true }, [OPENAT] = { SYS_openat, true },
};

static void call(unsigned int i, const char *text, unsigned int n)
{
	switch (i) {
	case GETPPID:
		syscall(SYS_getppid);
		break;
	case CLOSE:
		syscall(SYS_close, -1);
		break;
	case WRITE:
		syscall(SYS_write, -1, text, n);
		break;
	case ACCESS:
		syscall(SYS_faccessat, AT_FDCWD, "/nothing/at all", 0);
		break;
	case OPENAT:
		syscall(SYS_openat, AT_FDCWD, "/nothing/at all", 0);
		break;
	}
}

struct worker {
	pid_t pid;
	struct work {
		volatile int go;
		/*
		 * calls: number of calls that the worker makes; mix: bit set of the kinds of calls; moves: number of
		 * calls between two moves to another CPU, 0: no moves
		 */
		unsigned int calls, mix, moves;
		uint64_t made[CALLS];
	} *work;
};

static unsigned int ncpus;

static void work(struct work *w)
{
	static char text[300];

	while (!w->go)
		syscall(SYS_sched_yield);
	for (unsigned int n = 0; n < w->calls; n++) {
		unsigned int i = rnd() % CALLS;

		if (w->moves && n % w->moves == 0)
			on_cpu(rnd() % ncpus);
		if (!(w->mix >> i & 1))
			i = GETPPID;
		call(i, text, rnd() % sizeof(text));
		w->made[i]++;
		storm_pause(n);
	}
	syscall(SYS_exit_group, 0);
}

static void hire(struct worker *w, unsigned int most)
{
	w->work = shared(sizeof(*w->work));
	w->work->calls = 1 + rnd() % most;
	w->work->mix = rnd();
	w->work->moves = chance(50) ? 1 + rnd() % 500 : 0;
	rnd();
	w->pid = fork();
	if (w->pid < 0)
		die("fork");
	if (!w->pid) {
		rnd_state ^= getpid() * 0x9e3779b97f4a7c15ULL;
		on_cpu(rnd() % ncpus);
		work(w->work);
	}
}

/* ---- the sessions */

struct session {
	struct dev d;
	struct tally t[DEV_CPUS];
	/* bit sets of calls that are selected at entry and at return, and of listed workers */
	unsigned int enter, exit, listed;
	unsigned int result; /* LINX_FILTER_FAILED, LINX_FILTER_SUCCESSFUL or 0 */
	int only; /* the only call that the predicate accepts; -1: no predicate */
	unsigned int temper; /* percentage of the rounds in which the reader reads */
	char name[120];
};

static void choose_filter(struct session *s)
{
	static struct sock_filter program[4];

	s->d.filter.flags = LINX_FILTER_PIDS | s->result;
	if (s->only < 0)
		return;
	program[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	program[1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[s->only].nr, 0, 1);
	program[2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 1);
	program[3] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	s->d.filter.flags |= LINX_FILTER_PREDICATE;
	s->d.filter.program = (uintptr_t)program;
	s->d.filter.program_len = 4;
}

static void begin(struct session *s, unsigned int i, const struct worker *w, unsigned int workers)
{
	static const unsigned int results[] = { 0, 0, LINX_FILTER_FAILED, LINX_FILTER_SUCCESSFUL };
	struct linx_setup u = {
		.ring_size = 8192u << rnd() % 9,
		.mode = chance(30) ? LINX_MODE_RECORDER : LINX_MODE_DISCARD,
		.flags = chance(30) ? LINX_SETUP_ENTRY_TIME : 0,
		.reserve_percent = rnd() % 51,
		.snap_bytes = rnd() % 500,
		.delay_ns = rnd() % 3000000,
	};

	memset(s, 0, sizeof(*s));
	s->enter = chance(50) ? rnd() : 0;
	s->exit = rnd() | 1 << rnd() % CALLS;
	s->listed = rnd();
	s->result = results[rnd() % 4];
	s->only = chance(30) ? (int)(rnd() % CALLS) : -1;
	s->temper = chance(30) ? 0 : rnd() % 101;
	snprintf(s->name, sizeof(s->name), "session %u: %llu bytes, mode %u, reads %u%%, filter %#x, only %d", i,
		 (unsigned long long)u.ring_size, u.mode, s->temper, s->result, s->only);
	dev_open(&s->d);
	dev_setup(&s->d, u);
	for (unsigned int k = 0; k < workers; k++)
		if (s->listed >> k & 1)
			dev_list(&s->d, w[k].pid);
	for (unsigned int k = 0; k < CALLS; k++) {
		if (s->enter >> k & 1)
			dev_want_enter(&s->d, calls[k].nr);
		if (s->exit >> k & 1)
			dev_want_exit(&s->d, calls[k].nr);
	}
	choose_filter(s);
	dev_apply(&s->d);
	dev_start(&s->d);
}

/* Returns how often session s must have selected call k of a worker. */
static uint64_t expected(const struct session *s, unsigned int k, const struct worker *w, unsigned int workers)
{
	uint64_t made = 0, n = 0;

	for (unsigned int i = 0; i < workers; i++)
		made += s->listed >> i & 1 ? w[i].work->made[k] : 0;
	if (s->only >= 0 && s->only != (int)k)
		return 0;
	n += s->enter >> k & 1 ? made : 0;
	if (s->result && (s->result == LINX_FILTER_FAILED) != calls[k].fails)
		return n;
	return n + (s->exit >> k & 1 ? made : 0);
}

static uint64_t found, last_seq;

static void count(const struct linx_rec *rec, void *arg)
{
	uint64_t *wrong = arg;

	if (rec->kind == LINX_REC_PAD || rec->kind == LINX_REC_GAP || rec->kind == LINX_REC_PIECE)
		return;
	*wrong += found && rec->seq <= last_seq;
	last_seq = rec->seq;
	found++;
}

/* Reads the records of one CPU in the half that FLUSH froze. Returns their number. */
static uint64_t read_half(struct session *s, unsigned int cpu, unsigned int half)
{
	const struct linx_positions *p = &s->d.ring[cpu].prod->half[half];
	uint64_t wrong = 0;

	found = 0;
	dev_walk(&s->d, s->d.ring[cpu].data[half], p->tail, p->head, count, &wrong);
	is(wrong, 0, "%s: CPU %u: order", s->name, cpu);
	return found;
}

/*
 * Checks a session in recorder mode. FLUSH was never called before, so all remaining records lie in the half that the
 * first FLUSH freezes.
 */
static void check_recorder(struct session *s, const struct dev_counters *c)
{
	struct linx_flush u = { .size = sizeof(u) };

	if (ioctl(s->d.fd, LINX_IOC_FLUSH, &u))
		die("FLUSH");
	for (unsigned int cpu = 0; cpu < s->d.cpus; cpu++) {
		const struct linx_cpu_counters *k = &c->cpu[cpu];

		if (!s->d.ring[cpu].prod)
			continue;
		is(k->selected, k->committed + dev_lost(k), "%s: CPU %u: selected", s->name, cpu);
		is(k->committed, read_half(s, cpu, u.half) + k->overwritten,
		   "%s: CPU %u: committed = there + overwritten", s->name, cpu);
	}
}

/* Checks a session in discard mode: records that were read, and records that the reader never reached. */
static void check_discard(struct session *s, const struct dev_counters *c)
{
	uint64_t read[DEV_CPUS] = { 0 };

	for (unsigned int cpu = 0; cpu < s->d.cpus; cpu++)
		read[cpu] = s->t[cpu].records;
	tally_drain(&s->d, s->t);
	tally_check(&s->d, s->t, s->name);
	for (unsigned int cpu = 0; cpu < s->d.cpus; cpu++)
		ok(c->cpu[cpu].committed >= read[cpu], "%s: CPU %u: %llu delivered, %llu unread", s->name, cpu,
		   (unsigned long long)read[cpu], (unsigned long long)(c->cpu[cpu].committed - read[cpu]));
}

static void end(struct session *s, const struct worker *w, unsigned int workers)
{
	struct dev_counters *c = malloc(sizeof(*c));

	dev_stop(&s->d);
	dev_counters(&s->d, c);
	for (unsigned int k = 0; k < CALLS; k++) {
		const struct linx_call_counters *n = &c->calls[LINX_ABI_X86_64][calls[k].nr];

		is(n->selected, expected(s, k, w, workers), "%s: call %u: selected = made", s->name, k);
		is(n->selected, n->committed + n->lost, "%s: call %u: selected = committed + lost", s->name, k);
	}
	if (s->d.recorder)
		check_recorder(s, c);
	else
		check_discard(s, c);
	free(c);
	dev_close(&s->d);
}

static void watch(struct session *s, unsigned int sessions, struct worker *w, unsigned int workers)
{
	for (unsigned int i = 0; i < workers; i++)
		w[i].work->go = 1;
	for (unsigned int left = workers; left;) {
		sleep_ms(1 + rnd() % 5);
		for (unsigned int i = 0; i < sessions; i++)
			if (!s[i].d.recorder && chance(s[i].temper))
				tally_drain(&s[i].d, s[i].t);
		while (left && waitpid(-1, NULL, WNOHANG) > 0)
			left--;
	}
}

static void one_round(unsigned int most)
{
	static struct session s[SESSIONS_MAX];
	struct worker w[WORKERS_MAX];
	unsigned int workers = 1 + rnd() % (2 * ncpus < WORKERS_MAX ? 2 * ncpus : WORKERS_MAX);
	unsigned int sessions = 1 + rnd() % SESSIONS_MAX;

	for (unsigned int i = 0; i < workers; i++)
		hire(&w[i], most);
	for (unsigned int i = 0; i < sessions; i++)
		begin(&s[i], i, w, workers);
	watch(s, sessions, w, workers);
	for (unsigned int i = 0; i < sessions; i++)
		end(&s[i], w, workers);
	for (unsigned int i = 0; i < workers; i++)
		munmap(w[i].work, sizeof(*w[i].work));
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : now_ns() ^ (uint64_t)time(NULL) << 20;
	unsigned int rounds = argc > 2 ? atoi(argv[2]) : 6;

	printf("# again with: ring_account %llu %u\n", (unsigned long long)seed, rounds);
	fflush(stdout);
	rnd_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	ncpus = sysconf(_SC_NPROCESSORS_ONLN);
	for (unsigned int i = 0; i < rounds; i++)
		one_round(3000);
	return tap_end();
}
