// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * eBPF programs that interrupt others on one CPU, as in bpf/ring/side.h, where no code can switch interrupts off. Tries
 * all ways in which interrupts, softirqs and a program inside a program of the same context can come between the steps
 * of a program and of each other. After each way every record is in the ring once, complete and in its order, or counted
 * as lost. A reader that asks at any moment whether the programs of an earlier moment have ended gets no false yes. With
 * any one of the mutations below, some way must show a fault: so each rule of the design is needed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/bpf/shared.h"

#define LEVELS 3 /* 0: task, 1: softirq, 2: interrupt */
#define RECORDS 12
#define DEPTH 6

enum mutation {
	AS_IT_IS,
	LEAVES_AT_ONCE, /* the program does not move records that wait */
	BUSY_ALONE, /* a CPU with waiting records only does not count as at work */
	SUBTRACTS_FIRST, /* a record is moved after it was subtracted */
	FREES_LATE, /* the position of a side ring is stored after the subtraction */
	MOVES_ONCE, /* only records that wait at the begin of moving are moved */
	CLEARS, /* the number of waiting records is set to 0 after moving, by a load and a store */
	SPLIT_STEP, /* the end is a load and a store */
	RESETS_ALWAYS, /* an appending program sets both positions to 0, whatever is left in the side ring */
	MOVER_RESETS, /* the moving program sets the positions of an empty side ring to 0 */
	ONE_RING, /* one side ring for all contexts */
	NO_LEVELS, /* a program inside a program of the same context is not refused */
	LEVEL_FIRST, /* a program is no longer one of its context while it moves records */
	BY_CONTEXT, /* records are moved from one side ring after the other, not in the order of their times */
	NO_CLAMP, /* a moved record keeps its time, even if it is before that of the interrupted program's record */
	READER_BUSY, /* the reader takes a CPU with waiting records only for idle */
	MUTATIONS
};
static const char *const names[] = { "as it is", "leaves at once", "busy alone", "subtracts first", "frees late",
	"moves once", "clears", "split step", "resets always", "mover resets", "one ring", "no levels", "level first", "by context",
	"no clamp", "reader busy" };

enum step {
	ENTER, TEST, SET, CLOCK, FILL_1, FILL_2, PUBLISH, LEAVE, LEAVE_2,
	PICK, SUBTRACT_FIRST, COPY, FREE, SUBTRACT, FREE_LATE, RESET_1, RESET_2, CLEAR_1, CLEAR_2, /* moving */
	N_CLOCK, N_RESET, N_FILL_1, N_FILL_2, N_COMMIT, N_ADD, N_END, /* a program that has interrupted another */
	END, DONE
};

struct rec {
	int time, event, parts; /* event: when the program began; parts: 2 when the record is complete */
	bool moved;
};

struct ring {
	struct rec recs[RECORDS];
	int head, tail;
};

struct program {
	enum step step;
	int level, event, time;
	int from, goal; /* the side ring from which it moves; MOVES_ONCE: records that it will move */
	__u64 was; /* the word that was loaded: SPLIT_STEP and CLEARS */
};

struct state {
	__u64 word; /* linx_bpf_cpu.begun */
	int clock; /* rises with each step */
	unsigned int levels;
	struct ring ring, side[LEVELS];
	int last_time, lost, begun;
	struct program stack[DEPTH];
	int depth; /* programs under way */
	int left[LEVELS], left_same, left_reads; /* numbers of programs, and questions of the reader, that can still begin */
	__u64 before; /* the word as the reader read it, and when; 0: it has not */
	int asked;
	bool broken;
};

static enum mutation mutation;
static unsigned long paths, faults;

static struct ring *side_of(struct state *s, int level)
{
	return &s->side[mutation == ONE_RING ? 1 : level];
}

static void publish(struct state *s, struct rec rec)
{
	const struct rec *last = s->ring.head ? &s->ring.recs[s->ring.head - 1] : NULL;

	/* the interrupted program's event is before that of a record that was moved behind its own */
	s->broken |= rec.parts != 2 || (last && rec.time < last->time && !(rec.moved && !last->moved && last->event <= rec.event));
	s->broken |= last && rec.time < s->last_time && mutation == NO_CLAMP;
	s->last_time = rec.time > s->last_time ? rec.time : s->last_time;
	s->ring.recs[s->ring.head++] = rec;
}

static void begin(struct state *s, int level)
{
	s->stack[s->depth++] = (struct program){ .level = level, .event = s->clock };
	s->begun++;
}

static enum step refuse(struct state *s)
{
	s->lost++;
	return DONE;
}

static int oldest(struct state *s)
{
	int best = 0;

	for (int i = 1; i < LEVELS; i++) {
		const struct ring *r = &s->side[i];

		if (r->tail != r->head &&
		    (!best || (mutation != BY_CONTEXT && r->recs[r->tail].time < s->side[best].recs[s->side[best].tail].time)))
			best = i;
	}
	return best;
}

/* Returns the step after a record was moved and subtracted. */
static enum step after_move(const struct state *s, const struct program *p)
{
	if (mutation == MOVES_ONCE && !p->goal)
		return END;
	return s->word & LINX_BPF_WAITING ? PICK : mutation == MOVER_RESETS ? RESET_1 : mutation == CLEARS ? CLEAR_1 : END;
}

/* Makes one step of a program that moves records, and returns the next one. */
static enum step move_step(struct state *s, struct program *p)
{
	struct ring *r = &s->side[p->from];
	struct rec rec;

	switch (p->step) {
	case PICK:
		p->from = oldest(s);
		p->goal--;
		s->broken |= !p->from;
		return !p->from ? END : mutation == SUBTRACTS_FIRST ? SUBTRACT_FIRST : COPY;
	case SUBTRACT_FIRST:
		s->word -= LINX_BPF_WAITS;
		return COPY;
	case COPY:
		rec = r->recs[r->tail];
		rec.moved = true;
		publish(s, rec);
		return mutation == FREES_LATE ? SUBTRACT : FREE;
	case FREE:
		r->tail++;
		return mutation == SUBTRACTS_FIRST ? after_move(s, p) : SUBTRACT;
	case SUBTRACT:
		if (mutation != CLEARS)
			s->word -= LINX_BPF_WAITS;
		else if (oldest(s))
			return PICK;
		else
			return CLEAR_1;
		return mutation == FREES_LATE ? FREE_LATE : after_move(s, p);
	case FREE_LATE:
		r->tail++;
		return after_move(s, p);
	case RESET_1:
		if (r->head != r->tail)
			return END;
		r->head = 0;
		return RESET_2;
	case RESET_2:
		r->tail = 0;
		return END;
	case CLEAR_1:
		p->was = s->word;
		return CLEAR_2;
	default: /* CLEAR_2 */
		s->word = p->was & ~LINX_BPF_WAITING;
		return END;
	}
}

static enum step leave(struct state *s, struct program *p, __u64 word)
{
	s->word = word;
	if (mutation == LEVEL_FIRST)
		s->levels &= ~(1u << p->level);
	p->goal = (int)((word & LINX_BPF_WAITING) / LINX_BPF_WAITS);
	return word & LINX_BPF_WAITING && mutation != LEAVES_AT_ONCE ? PICK : END;
}

/* Makes one step of a program that is the only one at work on the CPU, and returns the next one. */
static enum step outer_step(struct state *s, struct program *p)
{
	struct rec *rec = &s->ring.recs[s->ring.head];

	switch (p->step) {
	case ENTER:
		if (p->level && s->levels & 1u << p->level && mutation != NO_LEVELS)
			return refuse(s);
		s->levels |= p->level ? 1u << p->level : 0;
		return TEST;
	case TEST:
		if (!(s->word & (mutation == BUSY_ALONE ? LINX_BPF_BUSY : LINX_BPF_AT_WORK)))
			return SET;
		return p->level ? N_CLOCK : refuse(s);
	case SET:
		s->word += LINX_BPF_BEGINS + LINX_BPF_BUSY;
		return CLOCK;
	case CLOCK:
		p->time = s->clock;
		return FILL_1;
	case FILL_1:
		*rec = (struct rec){ .parts = 1, .time = p->time, .event = p->event };
		return FILL_2;
	case FILL_2:
		rec->parts++;
		return PUBLISH;
	case PUBLISH:
		publish(s, *rec);
		return LEAVE;
	case LEAVE:
		p->was = s->word;
		return mutation == SPLIT_STEP ? LEAVE_2 : leave(s, p, s->word - LINX_BPF_BUSY);
	case LEAVE_2:
		return leave(s, p, p->was - LINX_BPF_BUSY);
	default: /* END */
		s->levels &= ~(1u << p->level);
		return DONE;
	}
}

/* Makes one step of a program that has interrupted another one, and returns the next one. */
static enum step nested_step(struct state *s, struct program *p)
{
	struct ring *r = side_of(s, p->level);

	switch (p->step) {
	case N_CLOCK:
		p->time = s->clock;
		return N_RESET;
	case N_RESET:
		if (r->head == r->tail || mutation == RESETS_ALWAYS)
			r->head = r->tail = 0;
		return N_FILL_1;
	case N_FILL_1:
		r->recs[r->head] = (struct rec){ .time = p->time, .event = p->event, .parts = 1 };
		return N_FILL_2;
	case N_FILL_2:
		r->recs[r->head].parts++;
		return N_COMMIT;
	case N_COMMIT:
		r->head++;
		return N_ADD;
	case N_ADD:
		s->word += LINX_BPF_WAITS;
		return N_END;
	default: /* N_END */
		s->levels &= ~(1u << p->level);
		return DONE;
	}
}

static enum step next_step(struct state *s, struct program *p)
{
	if (p->step >= PICK && p->step <= CLEAR_2)
		return move_step(s, p);
	return p->step >= N_CLOCK && p->step <= N_END ? nested_step(s, p) : outer_step(s, p);
}

/* Is there a record, not yet in the ring, with a time before that at which the reader asked? */
static bool is_owed(const struct state *s)
{
	for (int i = 1; i < LEVELS; i++)
		for (int k = s->side[i].tail; k < s->side[i].head; k++)
			if (s->side[i].recs[k].time < s->asked)
				return true;
	for (int i = 0; i < s->depth; i++) {
		const struct program *p = &s->stack[i];

		if (((p->step > CLOCK && p->step <= PUBLISH) || (p->step > N_CLOCK && p->step <= N_COMMIT)) && p->time < s->asked)
			return true;
	}
	return false;
}

static bool says_ended(const struct state *s)
{
	return linx_bpf_have_ended(s->before, s->word) ||
	       (mutation == READER_BUSY && !(s->word & LINX_BPF_BUSY));
}

/* Returns true if the CPU counts as idle although a record waits in a side ring. */
static bool strands(const struct state *s)
{
	for (int i = 1; i < LEVELS; i++)
		if (!(s->word & LINX_BPF_AT_WORK) && s->side[i].head != s->side[i].tail)
			return true;
	return false;
}

static bool ends_wrong(const struct state *s)
{
	return s->broken || s->word & LINX_BPF_AT_WORK || s->levels & ~1u || s->ring.head + s->lost != s->begun;
}

static void explore(const struct state *from);

static void then(struct state *next)
{
	next->clock++;
	next->broken |= strands(next) || (next->asked && says_ended(next) && is_owed(next));
	explore(next);
}

/* Returns true if functions that a program calls in this step can be probed: it fills a record, or moves records. */
static bool calls_functions(enum step step)
{
	return step == FILL_2 || step == N_FILL_2 || step == COPY;
}

/* Tries what can come now: a program that interrupts the present one, or of the same context, or the reader's question. */
static void interrupts(const struct state *from)
{
	const struct program *p = from->depth ? &from->stack[from->depth - 1] : NULL;
	struct state next;

	for (int i = p ? p->level + 1 : 0; i < LEVELS; i++) {
		if (!from->left[i])
			continue;
		next = *from;
		next.left[i]--;
		begin(&next, i);
		then(&next);
	}
	if (p && from->left_same && calls_functions(p->step)) {
		next = *from;
		next.left_same--;
		/* each record that is moved would make one more, without end */
		next.broken |= p->level && !(from->levels & 1u << p->level);
		begin(&next, p->level);
		then(&next);
	}
	if (from->left_reads) {
		next = *from;
		next.left_reads--;
		next.before = from->word;
		next.asked = from->clock;
		then(&next);
	}
}

static void explore(const struct state *from)
{
	struct state next;
	struct program *p;

	if (faults && mutation)
		return; /* the mutation has been caught */
	if (from->broken || from->ring.head > RECORDS - 2) {
		faults++;
		return;
	}
	interrupts(from);
	if (!from->depth) {
		for (int i = 0; i < LEVELS; i++)
			if (from->left[i])
				return; /* the run goes on */
		paths++;
		faults += ends_wrong(from);
		return;
	}
	next = *from;
	p = &next.stack[next.depth - 1];
	p->step = next_step(&next, p);
	if (p->step == DONE)
		next.depth--;
	then(&next);
}

/* Explores all ways with so many programs of each kind. */
static void run(int tasks, int softirqs, int irqs, int same, int reads)
{
	const struct state s = { .clock = 1, .left = { tasks, softirqs, irqs }, .left_same = same, .left_reads = reads };

	explore(&s);
}

static void run_all(void)
{
	paths = faults = 0;
	run(1, 1, 1, 1, 0);
	run(1, 0, 2, 0, 0);
	run(1, 2, 1, 0, 0);
	run(2, 1, 1, 0, 0);
	run(0, 1, 2, 0, 0);
	run(1, 1, 0, 0, 1);
	run(2, 0, 1, 0, 1);
}

int main(void)
{
	int failed = 0;

	for (mutation = 0; mutation < MUTATIONS; mutation++) {
		run_all();
		printf("%s: %lu paths, %s\n", names[mutation], paths, faults ? "a fault" : "no fault");
		failed += mutation ? !faults : faults || paths < 1000;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
