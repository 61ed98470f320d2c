// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tries every order in which the steps of the ring's protocols can take effect,
 * under three memory models. A protocol as it is must hold; without any one of
 * its barriers, a bug must show. The protocols are A, B and C of ring_proto.h, and
 * those of docs/concurrency.md for a ring that is opened, for the flight
 * recorder's halves, for the floor and for the start, stop, orphaning and
 * sealing of a session. Exhaustive: a step takes effect once, at
 * one moment, and all choices of the next step are tried.
 *
 *   TSO       a store may take effect after later loads (x86)
 *   WEAK      any two steps may change places, unless a barrier, the same place
 *             in memory or a store that depends on a load forbids it (ARMv8)
 *   LANGUAGE  as WEAK, and a conditional store may take effect before the load
 *             on which its condition depends (relaxed accesses of C)
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum model { TSO, WEAK, LANGUAGE, MODELS };
static const char *const model_names[] = { "TSO", "WEAK", "LANGUAGE" };

/*
 * Kinds of steps. GRACE: a grace period; when it has taken effect, the probe (thread 0) has made either all of its
 * steps or none. INTERRUPT: an interrupt of the probe's CPU, which has then made all its earlier steps in program
 * order, and none of the later ones. Both are fences for the thread that requests them. LOCK: takes a mutex that nobody
 * holds, in one step that reads and writes it; UNLOCK: frees it. Steps before a LOCK may take effect after it, and steps
 * after an UNLOCK before it.
 */
enum kind { LOAD, STORE, FENCE, GRACE, INTERRUPT, LOCK, UNLOCK };
enum order { RELAXED, ACQUIRE, RELEASE };
enum var { DATA, HEAD, TAIL, ARMED, AREA, LIMIT, OTHER, BUSY, CLOCK, MUTEX, NVARS };

#define NREGS 4
#define MAX_OPS 8
#define THREADS 3

struct op {
	enum kind kind;
	enum var var;
	int value; /* value that a step STORE writes */
	int reg; /* register that a step LOAD sets, 1 to NREGS - 1; 0: none */
	enum order order;
	int guard; /* register that must not be 0 for this step to have an effect; 0: the step always has */
	int guard_value;
};

struct thread {
	struct op ops[MAX_OPS];
	int n;
};

struct state {
	int mem[NVARS];
	int regs[THREADS][NREGS];
	bool done[THREADS][MAX_OPS];
	/*
	 * LANGUAGE: value that a register was guessed to get, because a store that depends on it was made early; -1:
	 * none
	 */
	int guessed[THREADS][NREGS];
};

struct protocol {
	const char *name;
	struct thread threads[THREADS];
	bool (*broken)(const struct state *s);
	bool of_machine; /* the order comes from the machine; therefore the model LANGUAGE does not weaken it */
};

static enum model models_of(const struct protocol *p)
{
	return p->of_machine ? LANGUAGE : MODELS;
}

/* ---- steps that may change places ----------------------------------------------------- */

static bool is_fence(const struct op *op)
{
	return op->kind == FENCE || op->kind == GRACE || op->kind == INTERRUPT;
}

/* Returns whether the later step may take effect before the earlier one. */
static bool may_pass(enum model model, const struct op *earlier, const struct op *later)
{
	if (is_fence(earlier) || is_fence(later))
		return false;
	if (earlier->var == later->var)
		return false;
	if (model == TSO)
		return earlier->kind == STORE && later->kind == LOAD;
	if (earlier->order == ACQUIRE || later->order == RELEASE)
		return false;
	if (model == WEAK && later->kind == STORE && later->guard && earlier->kind == LOAD &&
	    earlier->reg == later->guard)
		return false;
	return true;
}

/* Returns whether a step of this kind can take effect now; "done" has the steps that the probe has made. */
static bool may_happen(enum kind kind, const struct thread *probe, const bool *done)
{
	int n = 0, first = 0;

	for (int i = 0; i < probe->n; i++)
		n += done[i];
	while (first < probe->n && done[first])
		first++;
	return kind == GRACE ? n == 0 || n == probe->n : kind != INTERRUPT || n == first;
}

static bool ready(enum model model, const struct protocol *p, const struct state *s, int who, int i)
{
	const struct thread *t = &p->threads[who];

	if (s->done[who][i] || !may_happen(t->ops[i].kind, &p->threads[0], s->done[0]))
		return false;
	if (t->ops[i].kind == LOCK && s->mem[MUTEX])
		return false;
	for (int j = 0; j < i; j++)
		if (!s->done[who][j] && !may_pass(model, &t->ops[j], &t->ops[i]))
			return false;
	return true;
}

static bool loaded(const struct thread *t, const struct state *s, int who, int reg)
{
	for (int i = 0; i < t->n; i++)
		if (t->ops[i].kind == LOAD && t->ops[i].reg == reg)
			return s->done[who][i];
	return true;
}

/* ---- one step -------------------------------------------------------------------------- */

/*
 * Lets step i of thread who take effect. Returns false if this order is impossible, because a store was made early by a
 * wrong guess.
 */
static bool take_effect(const struct thread *t, struct state *s, int who, int i)
{
	const struct op *op = &t->ops[i];

	s->done[who][i] = true;
	switch (op->kind) {
	case LOAD: /* a load whose condition is false only sets a register that nobody reads */
		s->regs[who][op->reg] = s->mem[op->var];
		return s->guessed[who][op->reg] < 0 || s->guessed[who][op->reg] == s->mem[op->var];
	case STORE:
		if (op->guard && !loaded(t, s, who, op->guard))
			s->guessed[who][op->guard] = op->guard_value;
		else if (op->guard && s->regs[who][op->guard] != op->guard_value)
			return true;
		s->mem[op->var] = op->value;
		return true;
	case LOCK:
	case UNLOCK:
		s->mem[MUTEX] = op->kind == LOCK;
		return true;
	default:
		return true;
	}
}

struct run {
	const struct protocol *p;
	enum model model;
	unsigned long paths;
	bool broken;
};

static void explore(struct run *r, const struct state *s)
{
	bool end = true;

	for (int who = 0; who < THREADS; who++)
		for (int i = 0; i < r->p->threads[who].n; i++) {
			struct state next = *s;

			if (!ready(r->model, r->p, s, who, i))
				continue;
			end = false;
			if (take_effect(&r->p->threads[who], &next, who, i))
				explore(r, &next);
		}
	if (!end)
		return;
	r->paths++;
	r->broken |= r->p->broken(s);
}

static struct run check(const struct protocol *p, enum model model)
{
	struct run r = { .p = p, .model = model };
	struct state s;

	memset(&s, 0, sizeof(s));
	memset(s.guessed, -1, sizeof(s.guessed));
	explore(&r, &s);
	return r;
}

/* ---- the protocols ----------------------------------------------------------------------- */

#define load(v, r, o)                                        \
	{                                                    \
		.kind = LOAD, .var = v, .reg = r, .order = o \
	}
#define store(v, x, o)                                          \
	{                                                       \
		.kind = STORE, .var = v, .value = x, .order = o \
	}
#define store_if(v, x, g, gv)                                                      \
	{                                                                          \
		.kind = STORE, .var = v, .value = x, .guard = g, .guard_value = gv \
	}
#define fence()               \
	{                     \
		.kind = FENCE \
	}
#define grace()               \
	{                     \
		.kind = GRACE \
	}
#define interrupt()               \
	{                         \
		.kind = INTERRUPT \
	}
#define lock()                                               \
	{                                                    \
		.kind = LOCK, .var = MUTEX, .order = ACQUIRE \
	}
#define unlock()                                               \
	{                                                      \
		.kind = UNLOCK, .var = MUTEX, .order = RELEASE \
	}

/*
 * Returns whether protocol A is violated. The producer commits two records; the reader reads the position once, and
 * must then see the data of all records before that position.
 */
static bool a_broken(const struct state *s)
{
	int head = s->regs[1][1], data = s->regs[1][2];

	return head > 0 && data < head;
}

static const struct protocol commit = {
	.name = "A commit",
	.threads = {
		{ .n = 4, .ops = { store(DATA, 1, RELAXED), store(HEAD, 1, RELEASE), store(DATA, 2, RELAXED),
				   store(HEAD, 2, RELEASE) } },
		{ .n = 2, .ops = { load(HEAD, 1, ACQUIRE), load(DATA, 2, RELAXED) } },
	},
	.broken = a_broken,
};

/*
 * Returns whether protocol B is violated. A place in the ring holds 0. The reader reads the place and frees it, and the
 * producer then writes 1 to it, which the reader must not have read.
 */
static bool b_broken(const struct state *s)
{
	return s->regs[0][1] != 0;
}

static const struct protocol consume = {
	.name = "B consume",
	.threads = {
		{ .n = 2, .ops = { load(DATA, 1, RELAXED), store(TAIL, 1, RELEASE) } },
		{ .n = 2, .ops = { load(TAIL, 1, ACQUIRE), store_if(DATA, 1, 1, 1) } },
	},
	.broken = b_broken,
};

/*
 * Returns whether protocol C is violated: the reader sleeps, since it saw no record, and the producer does not wake it,
 * since it did not see that the reader is armed (waits for a wake-up).
 */
static bool c_broken(const struct state *s)
{
	bool sleeps = s->regs[1][1] == 0, woken = s->regs[0][1] == 1;

	return sleeps && !woken;
}

static const struct protocol wake = {
	.name = "C wake",
	.threads = {
		{ .n = 4, .ops = { store(DATA, 1, RELAXED), store(HEAD, 1, RELEASE), fence(), load(ARMED, 1, RELAXED) } },
		{ .n = 3, .ops = { store(ARMED, 1, RELAXED), fence(), load(HEAD, 1, ACQUIRE) } },
	},
	.broken = c_broken,
};

/*
 * Returns whether protocol C is violated if it runs twice: the reader sleeps, although it has not seen both records,
 * and is not woken. The producer disarms the reader that it wakes; a woken reader arms itself again before it checks
 * for records.
 */
static bool c2_broken(const struct state *s)
{
	bool sleeps = s->regs[1][2] < 2, woken = s->regs[0][2] == 2;

	return sleeps && !woken;
}

static const struct protocol wake_again = {
	.name = "C wake again",
	.threads = {
		{ .n = 6, .ops = { store(HEAD, 1, RELEASE), fence(), load(ARMED, 1, RELAXED), store(HEAD, 2, RELEASE),
				   fence(), load(ARMED, 2, RELAXED) } },
		{ .n = 6, .ops = { store(ARMED, 1, RELAXED), fence(), load(HEAD, 1, ACQUIRE), store(ARMED, 2, RELAXED),
				   fence(), load(HEAD, 2, ACQUIRE) } },
	},
	.broken = c2_broken,
};

/*
 * Returns whether a probe saw the pointer to its CPU's new ring, but not all of the ring's content. A CPU gets its ring
 * while probes run there.
 */
static bool open_broken(const struct state *s)
{
	return s->regs[0][1] == 1 && s->regs[0][2] != 1;
}

static const struct protocol open_ring = {
	.name = "open a ring",
	.threads = {
		{ .n = 2, .ops = { load(AREA, 1, ACQUIRE), load(DATA, 2, RELAXED) } },
		{ .n = 2, .ops = { store(DATA, 1, RELAXED), store(AREA, 1, RELEASE) } },
	},
	.broken = open_broken,
};

/*
 * Returns whether the change of the flight recorder's halves fails. Half 0 (DATA) is being written; half 1 (OTHER) was
 * frozen and is read to its end; then half 1 is emptied (TAIL) and becomes the written half (AREA). After the grace
 * period the owner reads half 0. The probe, at any time, writes a record over the former content of the half that it
 * finds.
 */
static bool flip_broken(const struct state *s)
{
	int half = s->regs[0][1], emptied = s->regs[0][2];
	int frozen = s->regs[1][1], written = s->regs[1][2];

	if (frozen) /* overwritten while the owner was reading it */
		return true;
	return half ? !emptied : !written;
}

static const struct protocol flip = {
	.name = "flip halves",
	.threads = {
		{ .n = 4, .ops = { load(AREA, 1, ACQUIRE), load(TAIL, 2, RELAXED), store_if(DATA, 1, 1, 0),
				   store_if(OTHER, 1, 1, 1) } },
		{ .n = 5, .ops = { load(OTHER, 1, RELAXED), store(TAIL, 1, RELAXED), store(AREA, 1, RELEASE), grace(),
				   load(DATA, 2, RELAXED) } },
	},
	.broken = flip_broken,
};

/*
 * Returns whether the change of halves fails in eBPF programs, for which the owner cannot wait by a grace period: a
 * program first stores that it is at work (BUSY), and then reads which half is written. Once the owner finds no program
 * at work, half 0 does not change any more. Volatile loads, and addresses that depend on them, are ordered by the
 * machine, because no compiler reorders them.
 */
static bool flip_busy_broken(const struct state *s)
{
	bool idle = !s->regs[1][2], before = !s->regs[0][1];

	return s->regs[1][1] || (idle && before && !s->regs[1][3]);
}

static const struct protocol flip_busy = {
	.name = "flip halves of programs",
	.threads = {
		{ .n = 6, .ops = { store(BUSY, 1, RELAXED), fence(), load(AREA, 1, RELAXED), store_if(DATA, 1, 1, 0),
				   store_if(OTHER, 1, 1, 1), store(BUSY, 0, RELEASE) } },
		{ .n = 5, .ops = { load(OTHER, 1, RELAXED), store(AREA, 1, RELEASE), fence(), load(BUSY, 2, ACQUIRE),
				   load(DATA, 3, RELAXED) } },
	},
	.broken = flip_busy_broken,
	.of_machine = true,
};

/*
 * Returns whether the limits stay open for a half that is no longer written. The probe of a flight recorder opens its
 * limits (LIMIT) for the half that it found and then checks whether the owner has flipped the halves meanwhile (AREA);
 * the owner closes the limits after the flip. If the probe sees no flip, the owner must see the open limits and close
 * them.
 */
static bool limits_broken(const struct state *s)
{
	return s->mem[LIMIT] && !s->regs[0][1];
}

static const struct protocol limits = {
	.name = "flip limits",
	.threads = {
		{ .n = 3, .ops = { store(LIMIT, 1, RELAXED), fence(), load(AREA, 1, RELAXED) } },
		{ .n = 3, .ops = { store(AREA, 1, RELAXED), fence(), store(LIMIT, 0, RELAXED) } },
	},
	.broken = limits_broken,
};

/*
 * Returns whether the floor (a time before which no more records appear) is wrong. The owner reads the clock,
 * interrupts the CPU, checks whether a probe is at work there and reads the ring. If neither a probe is at work nor a
 * record there, each later record must not be older than the floor. The third thread is the clock. The order of head is
 * not needed here, because protocol A covers it.
 */
static bool floor_broken(const struct state *s)
{
	int record = s->regs[0][1], floor = s->regs[1][1], busy = s->regs[1][2], seen = s->regs[1][3];

	return !busy && !seen && record < floor;
}

static const struct protocol the_floor = {
	.name = "floor",
	.threads = {
		{ .n = 4, .ops = { store(BUSY, 1, RELAXED), load(CLOCK, 1, RELAXED), store(HEAD, 1, RELAXED),
				   store(BUSY, 0, RELEASE) } },
		{ .n = 4, .ops = { load(CLOCK, 1, RELAXED), interrupt(), load(BUSY, 2, ACQUIRE), load(HEAD, 3, RELAXED) } },
		{ .n = 2, .ops = { store(CLOCK, 1, RELAXED), store(CLOCK, 2, RELAXED) } },
	},
	.broken = floor_broken,
};

/*
 * Returns whether a probe finds a session by its slot (AREA), but not all of its settings (DATA), which the owner made
 * before linx_session_start() stored the slot. The probe's load of the slot is an acquire, since the addresses of the
 * settings depend on it.
 */
static bool start_broken(const struct state *s)
{
	return s->regs[0][1] && !s->regs[0][2];
}

static const struct protocol start = {
	.name = "start",
	.threads = {
		{ .n = 2, .ops = { load(AREA, 1, ACQUIRE), load(DATA, 2, RELAXED) } },
		{ .n = 2, .ops = { store(DATA, 1, RELAXED), store(AREA, 1, RELEASE) } },
	},
	.broken = start_broken,
};

/*
 * Returns whether a stop fails. A probe that finds the session (AREA is 0) writes a record (HEAD) and requests a
 * wake-up, whose timer is then queued (LIMIT). The owner takes the session off the list, waits for a grace period,
 * cancels the timer, writes the last gap record over what it knows of the ring (TAIL) and marks the session as stopped
 * (OTHER). Afterwards the session is freed: no probe may have written without the owner's knowledge, and no timer may
 * be queued. A reader that sees the mark finds the last gap record.
 */
static bool stop_broken(const struct state *s)
{
	bool written_later = s->mem[HEAD] != s->regs[1][1];
	bool end_missed = s->regs[2][1] && !s->regs[2][2];

	return written_later || s->mem[LIMIT] || end_missed;
}

static const struct protocol stop = {
	.name = "stop",
	.threads = {
		{ .n = 3, .ops = { load(AREA, 1, RELAXED), store_if(HEAD, 1, 1, 0), store_if(LIMIT, 1, 1, 0) } },
		{ .n = 6, .ops = { store(AREA, 1, RELAXED), grace(), load(HEAD, 1, RELAXED), store(TAIL, 1, RELAXED),
				   store(LIMIT, 0, RELAXED), store(OTHER, 1, RELEASE) } },
		{ .n = 2, .ops = { load(OTHER, 1, ACQUIRE), load(TAIL, 2, RELAXED) } },
	},
	.broken = stop_broken,
};

/*
 * Returns whether a session whose owner has ended goes on to select calls (AREA). The owner's last probe marks the end
 * (BUSY) and clears the selection. A process that shares the owner's memory makes a selection meanwhile, and clears it
 * if it sees the mark.
 */
static bool orphan_broken(const struct state *s)
{
	return s->mem[AREA];
}

static const struct protocol orphan = {
	.name = "orphan",
	.threads = {
		{ .n = 3, .ops = { store(BUSY, 1, RELAXED), fence(), store(AREA, 0, RELAXED) } },
		{ .n = 4, .ops = { store(AREA, 1, RELAXED), fence(), load(BUSY, 1, RELAXED), store_if(AREA, 0, 1, 1) } },
	},
	.broken = orphan_broken,
};

/*
 * Returns whether a session selects more (AREA) than it did when it was sealed (BUSY). Another thread of the reader
 * widens the selection unless it sees the seal; both hold the session's mutex. What the session selects when the seal
 * has been taken is also what it selects at the end.
 */
static bool seal_broken(const struct state *s)
{
	return s->mem[AREA] != s->regs[1][1];
}

static const struct protocol seal = {
	.name = "seal",
	.threads = {
		{ .n = 1, .ops = { load(AREA, 1, RELAXED) } },
		{ .n = 4, .ops = { lock(), store(BUSY, 1, RELAXED), unlock(), load(AREA, 1, RELAXED) } },
		{ .n = 4, .ops = { lock(), load(BUSY, 1, RELAXED), store_if(AREA, 1, 1, 0), unlock() } },
	},
	.broken = seal_broken,
};

/* ---- checks of each protocol with all of its barriers, and without each of them ----------- */

/* Copies the protocol without its n-th barrier. Returns false if it has fewer barriers. */
static bool without(const struct protocol *p, int n, struct protocol *out, char *what, size_t size)
{
	*out = *p;
	for (int who = 0; who < THREADS; who++)
		for (int i = 0; i < p->threads[who].n; i++) {
			struct op *op = &out->threads[who].ops[i];

			if (!is_fence(op) && op->order == RELAXED)
				continue;
			if (n-- > 0)
				continue;
			snprintf(what, size, "thread %d, step %d (%s)", who, i,
				 op->kind == FENCE     ? "fence" :
				 op->kind == GRACE     ? "grace period" :
				 op->kind == INTERRUPT ? "interrupt" :
				 op->kind == LOCK      ? "lock" :
				 op->order == ACQUIRE ? "acquire" :
							"release");
			if (is_fence(op) || op->kind == LOCK)
				memmove(op, op + 1, (size_t)(MAX_OPS - 1 - i) * sizeof(*op)),
					out->threads[who].n--;
			else
				op->order = RELAXED;
			return true;
		}
	return false;
}

static int as_it_is(const struct protocol *p)
{
	int failed = 0;

	for (enum model m = TSO; m < models_of(p); m++) {
		struct run r = check(p, m);

		printf("%s: %s under %s, %lu paths\n", p->name, r.broken ? "BROKEN" : "holds",
		       model_names[m], r.paths);
		failed += r.broken || r.paths < 2;
	}
	return failed;
}

/*
 * Checks for each barrier that some model shows a bug without it. fences_only: only fences must be needed. Protocol C
 * is checked in this way, because protocol A covers its order of head.
 */
static int each_removed(const struct protocol *p, bool fences_only)
{
	struct protocol less;
	char what[64];
	int failed = 0;

	for (int n = 0; without(p, n, &less, what, sizeof(what)); n++) {
		const char *by = NULL;

		for (enum model m = TSO; m < models_of(p) && !by; m++)
			if (check(&less, m).broken)
				by = model_names[m];
		if (!by && fences_only && !strstr(what, "fence"))
			continue;
		printf("%s without %s: %s%s\n", p->name, what,
		       by ? "broken, as it should be, under " : "STILL HOLDS", by ? by : "");
		failed += !by;
	}
	return failed;
}

/* Steps that must not be made earlier: a model shows a bug if the step "from" is made before the step "to". */
static const struct move {
	const struct protocol *p;
	int who, from, to;
	const char *what;
} moves[] = {
	{ &start, 1, 1, 0, "the slot before the settings" },
	{ &stop, 1, 4, 1, "the timer cancelled before the grace period" },
	{ &stop, 1, 2, 1, "the ring read before the grace period" },
	{ &stop, 1, 5, 3, "the end marked before the last record" },
	{ &orphan, 0, 2, 0, "the selection cleared before the mark" },
	{ &orphan, 1, 2, 0, "the mark read before the selection is made" },
	{ &seal, 2, 1, 0, "the seal read without the mutex" },
	{ &seal, 1, 2, 1, "the mutex freed before the seal is taken" },
};

static int moved(const struct move *m)
{
	struct protocol p = *m->p;
	struct op *ops = p.threads[m->who].ops, op = ops[m->from];
	const char *by = NULL;

	memmove(ops + m->to + 1, ops + m->to, (size_t)(m->from - m->to) * sizeof(op));
	ops[m->to] = op;
	for (enum model k = TSO; k < models_of(&p) && !by; k++)
		if (check(&p, k).broken)
			by = model_names[k];
	printf("%s with %s: %s%s\n", p.name, m->what, by ? "broken, as it should be, under " : "STILL HOLDS", by ? by : "");
	return !by;
}

int main(void)
{
	const struct protocol *const lives[] = { &start, &stop, &orphan, &seal };
	int failed = 0;

	failed += as_it_is(&commit) + each_removed(&commit, false);
	failed += as_it_is(&consume) + each_removed(&consume, false);
	failed += as_it_is(&wake) + each_removed(&wake, true);
	failed += as_it_is(&wake_again);
	failed += as_it_is(&open_ring) + each_removed(&open_ring, false);
	failed += as_it_is(&flip) + each_removed(&flip, false);
	failed += as_it_is(&flip_busy) + each_removed(&flip_busy, false);
	failed += as_it_is(&limits) + each_removed(&limits, false);
	failed += as_it_is(&the_floor) + each_removed(&the_floor, false);
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		failed += as_it_is(lives[i]) + each_removed(lives[i], false);
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		failed += moved(&moves[i]);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
