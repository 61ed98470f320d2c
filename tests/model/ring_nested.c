// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Probes that interrupt others on one CPU, as in kmod/ring/side.c. Tries all ways in which interrupts, softirqs, an NMI
 * and a probe inside a probe of the same context can come between the steps of a probe and of each other. After each
 * way every record is in the ring once, complete, in the order of the times, or counted as lost. With any one of the
 * mutations below, some way must show a fault: so each rule of the design is needed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE (-1)
#define PENDING 0x100
#define LEVELS 3 /* 0: task, 1: softirq, 2: interrupt */
#define RECORDS 12
#define DEPTH 6

enum mutation {
	AS_IT_IS,
	LEAVES_AT_ONCE, /* the outermost probe does not test for pending records */
	SETS_NOTHING, /* a nested probe does not set the mark of pending records */
	SPLIT_STEP, /* the decrement is a load and a store, between which an interrupt can come */
	INTERRUPTS_ON, /* records are moved from the side rings while interrupts may add others */
	CLEARS_LATE, /* the mark of pending records is cleared after they have been moved */
	CLOCK_RUNS, /* a nested probe does not set the time at which the clock of the interrupted probe stops */
	STOPS_FIRST, /* a nested probe stops the clock before it sets the mark of pending records */
	LOOKS_ONCE, /* a probe does not check, after it has read the clock, whether the clock was stopped meanwhile */
	BASE_FIRST, /* the base of the clock is read before the counter */
	ONE_RING, /* one side ring for all contexts */
	NO_LEVELS, /* a probe inside a probe of the same context is not refused */
	BY_CONTEXT, /* records are moved from one side ring after the other, not in the order of their times */
	IN_PLACE, /* a nested probe writes to the ring itself, not to a side ring */
	LEVEL_FIRST, /* an outermost probe is no longer one of its context while it moves records */
	MUTATIONS
};
static const char *const names[] = { "as it is", "leaves at once", "sets nothing", "split step", "interrupts on", "clears late",
	"clock runs", "stops first", "looks once", "base first", "one ring", "no levels", "by context", "in place", "level first" };

/* Ways in which a probe reads the clock: before or after it fills its record, by the counter or by the kernel's clock. */
enum way { AT_END, AT_BEGIN, BY_KERNEL, WAYS };

enum step {
	ENTER, READ_1, READ_2, READ_3, FILL_1, FILL_2, READ_LATE_1, READ_LATE_2, READ_LATE_3, PUBLISH, LEAVE, LEAVE_2,
	AGAIN, GO_ON, CLEAR, MOVE, MOVE_2, CLEAR_2, LEAVE_AGAIN, /* the end of an outermost probe */
	N_CLOCK, N_MARK, N_STOP, N_FILL_1, N_FILL_2, N_COMMIT, N_END, /* a nested probe */
	DONE
};

struct rec {
	int time, parts; /* parts: 2 when the record is complete */
};

struct ring {
	struct rec recs[RECORDS];
	int head;
};

struct probe {
	enum step step;
	int level, time, seen;
	bool first;
};

struct state {
	int on, stopped, clock; /* clock: rises with each step */
	unsigned int levels; /* bit n: a probe runs in context n */
	struct ring ring, side[LEVELS];
	int last_time, lost, begun, clamped;
	struct probe stack[DEPTH];
	int depth; /* probes under way */
	int left[LEVELS], left_nmi, left_same; /* numbers of probes that can still begin */
	int was; /* SPLIT_STEP: the value that was loaded */
	bool broken;
};

static enum mutation mutation;
static enum way way;
static unsigned long paths, faults;

static struct ring *side_of(struct state *s, int level)
{
	return &s->side[mutation == ONE_RING ? 1 : level];
}

static bool reads_now(enum step step)
{
	return (way == AT_END) == (step >= READ_LATE_1);
}

/* Makes one of the three steps in which the outermost probe reads its clock. */
static void read_clock(struct state *s, struct probe *p, int part)
{
	if (way == BY_KERNEL) {
		if (part == 0)
			p->seen = s->stopped;
		else if (part == 1)
			p->time = p->seen ? p->seen : s->clock;
		else if (s->stopped && s->stopped < p->time && mutation != LOOKS_ONCE)
			p->time = s->stopped;
		return;
	}
	if (part == (mutation == BASE_FIRST ? 1 : 0))
		p->time = s->clock;
	else if (part < 2)
		p->seen = s->stopped;
	else if (p->seen)
		p->time = p->seen;
}

static void publish(struct state *s, struct rec rec)
{
	if (rec.time < s->last_time) {
		s->clamped++; /* the record is older than the last one, and is written with a wrong time */
		rec.time = s->last_time;
	}
	if (rec.parts != 2)
		s->broken = true;
	s->last_time = rec.time;
	s->ring.recs[s->ring.head++] = rec;
}

static void move_all(struct state *s)
{
	int at[LEVELS] = { 0 };

	for (;;) {
		int best = 0;

		for (int i = 1; i < LEVELS; i++)
			if (at[i] < s->side[i].head &&
			    (!best || (mutation != BY_CONTEXT && s->side[i].recs[at[i]].time < s->side[best].recs[at[best]].time)))
				best = i;
		if (!best)
			return;
		publish(s, s->side[best].recs[at[best]++]);
	}
}

static void empty(struct state *s)
{
	for (int i = 0; i < LEVELS; i++)
		s->side[i].head = 0;
}

static void begin(struct state *s, int level)
{
	s->stack[s->depth++] = (struct probe){ .level = level };
	s->begun++;
}

/* Counts a record as lost: of a probe in an NMI, or of one inside a probe of the same context. */
static void refused(struct state *s)
{
	s->begun++;
	s->lost++;
}

static void enter(struct state *s, struct probe *p)
{
	bool nested = s->on != NONE;

	s->on++;
	if (p->level)
		s->levels |= 1u << p->level;
	p->step = !nested || mutation == IN_PLACE ? READ_1 : N_CLOCK;
}

/*
 * Ends a probe that has published its record. With the mutation IN_PLACE nested probes also call this function, which
 * then only decrements.
 */
static void leave(struct state *s, struct probe *p, int value)
{
	s->on = value;
	p->step = s->on == NONE || mutation == LEAVES_AT_ONCE || mutation == IN_PLACE ? DONE : AGAIN;
	if (mutation == LEAVES_AT_ONCE)
		s->on &= ~PENDING;
	if (mutation == LEAVES_AT_ONCE && s->on == (NONE & ~PENDING))
		s->on = NONE;
	if (p->step == DONE || mutation == LEVEL_FIRST)
		s->levels &= ~(1u << p->level);
}

/* Makes one step of the probe on top of the stack. */
static void outer_step(struct state *s, struct probe *p)
{
	struct rec *rec = &s->ring.recs[s->ring.head];

	switch (p->step) {
	case READ_1:
	case READ_2:
	case READ_3:
		if (reads_now(p->step))
			read_clock(s, p, (int)p->step - READ_1);
		break;
	case FILL_1:
		*rec = (struct rec){ .parts = 1 };
		break;
	case FILL_2:
		rec->parts++;
		break;
	case READ_LATE_1:
	case READ_LATE_2:
	case READ_LATE_3:
		if (reads_now(p->step))
			read_clock(s, p, (int)p->step - READ_LATE_1);
		break;
	case PUBLISH:
		rec->time = p->time;
		publish(s, *rec);
		break;
	case LEAVE:
		s->was = s->on;
		if (mutation != SPLIT_STEP)
			return leave(s, p, s->on - 1);
		break;
	case LEAVE_2:
		return leave(s, p, s->was - 1);
	case AGAIN:
		s->on++;
		break;
	case GO_ON:
		s->stopped = 0;
		break;
	case CLEAR:
		if (mutation != CLEARS_LATE)
			s->on &= ~PENDING;
		break;
	case MOVE:
		move_all(s);
		if (mutation != INTERRUPTS_ON)
			empty(s);
		break;
	case MOVE_2:
		if (mutation == INTERRUPTS_ON)
			empty(s);
		break;
	case CLEAR_2:
		if (mutation == CLEARS_LATE)
			s->on &= ~PENDING;
		break;
	default: /* LEAVE_AGAIN */
		s->on--;
		p->step = s->on == NONE ? DONE : AGAIN;
		if (p->step == DONE)
			s->levels &= ~(1u << p->level);
		return;
	}
	p->step++;
}

static void mark(struct state *s, struct probe *p)
{
	if (mutation == STOPS_FIRST && p->step == N_MARK) {
		if (p->first)
			s->stopped = p->time;
	} else if (p->step == N_MARK || mutation == STOPS_FIRST) {
		if (mutation != SETS_NOTHING)
			s->on |= PENDING;
	} else if (p->first && mutation != CLOCK_RUNS) {
		s->stopped = p->time;
	}
}

static void nested_step(struct state *s, struct probe *p)
{
	struct ring *side = side_of(s, p->level);

	switch (p->step) {
	case N_CLOCK:
		p->first = !(s->on & PENDING);
		p->time = s->clock;
		break;
	case N_MARK:
	case N_STOP:
		mark(s, p);
		break;
	case N_FILL_1:
		side->recs[side->head] = (struct rec){ .time = p->time, .parts = 1 };
		break;
	case N_FILL_2:
		side->recs[side->head].parts++;
		break;
	case N_COMMIT:
		side->head++;
		break;
	default: /* N_END */
		s->levels &= ~(1u << p->level);
		s->on--;
		p->step = DONE;
		return;
	}
	p->step++;
}

/*
 * Returns true if the reader sees an idle CPU although a record waits in a side ring. The floor (the time before which
 * no more records appear) is wrong if that happens.
 */
static bool strands(const struct state *s)
{
	for (int i = 0; i < LEVELS; i++)
		if (s->on == NONE && s->side[i].head)
			return true;
	return false;
}

static bool ends_wrong(const struct state *s)
{
	return s->broken || s->clamped || s->on != NONE || s->stopped || s->levels || s->ring.head + s->lost != s->begun;
}

/* Returns true if functions that the probe calls in this step can hit a probe: it fills a record, or moves records. */
static bool calls_functions(enum step step)
{
	return step == FILL_2 || step == N_FILL_2 || step == MOVE;
}

static void explore(const struct state *from);

static void then(struct state *next)
{
	next->clock++;
	if (strands(next))
		next->broken = true;
	explore(next);
}

/*
 * Tries each probe that can begin now: in a context that interrupts the present one, in an NMI, or in the same context.
 */
static void interrupts(const struct state *from)
{
	int level = from->depth ? from->stack[from->depth - 1].level : 0;
	struct state next;

	for (int i = from->depth ? level + 1 : 0; i < LEVELS; i++) {
		if (!from->left[i])
			continue;
		next = *from;
		next.left[i]--;
		begin(&next, i);
		then(&next);
	}
	if (!from->depth)
		return;
	if (from->left_nmi) {
		next = *from;
		next.left_nmi--;
		refused(&next);
		then(&next);
	}
	if (from->left_same && calls_functions(from->stack[from->depth - 1].step)) {
		next = *from;
		next.left_same--;
		/* each record that is moved would make one more, without end */
		next.broken |= level && !(from->levels & 1u << level);
		if (mutation == NO_LEVELS)
			begin(&next, level);
		else
			refused(&next);
		then(&next);
	}
}

static void explore(const struct state *from)
{
	struct state next;
	struct probe *p;

	if (faults && mutation)
		return; /* the mutation has been caught */
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
	if (p->step == ENTER)
		enter(&next, p);
	else if (p->step < N_CLOCK)
		outer_step(&next, p);
	else
		nested_step(&next, p);
	if (p->step == DONE)
		next.depth--;
	then(&next);
}

/* Explores all ways with so many probes of each kind. */
static void run(int tasks, int softirqs, int irqs, int nmis, int same)
{
	struct state s = { .on = NONE, .clock = 1, .left = { tasks, softirqs, irqs }, .left_nmi = nmis, .left_same = same };

	for (way = 0; way < WAYS; way++)
		explore(&s);
}

static void run_all(void)
{
	paths = faults = 0;
	run(1, 1, 1, 1, 0);
	run(1, 1, 1, 0, 1);
	run(1, 0, 2, 0, 0);
	run(1, 2, 1, 0, 0);
	run(2, 1, 0, 0, 0);
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
