// SPDX-License-Identifier: GPL-2.0-only
/*
 * Side rings: see ring/side.h. A nested probe appends to the side ring of its context, from the start of the ring on;
 * no probe of that context can interrupt it. The outermost probe empties the side rings with interrupts off, so that no
 * other probe uses them then. After that, records are written from the start of the side rings again.
 *
 * No record in the ring of the CPU is older than the one before it. If an interrupted probe has not read the clock yet,
 * its record gets the time of the first pending record (linx_clock_stop()), since the event of the interrupted probe
 * happened before the interrupt.
 */
#include <linux/irqflags.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core/clock.h"
#include "ring/ring_fast.h"
#include "ring/side.h"

/* Bytes of a side ring: hundreds of records of signals, a thousand hits of probes. */
#define SIDE_SIZE (64u << 10)
/* Longest record in a side ring. */
#define SIDE_REC_MAX (4u << 10)

/*
 * Stands before each record of a side ring, and holds what linx_rec_begin() needs to write that record to the ring of
 * the CPU.
 */
struct entry {
	s32 call;
	u32 prio;
};

/* Bit n: a probe runs in context n (linx_probe.level) on this CPU. Bit 0 is not used. */
static DEFINE_PER_CPU(unsigned int, levels_on);

#define LEVEL_NMI 3

/* Returns the level of the context that has this preempt_count(). */
static unsigned int level_of(unsigned long count)
{
	if (count & NMI_MASK)
		return LEVEL_NMI;
	return count & HARDIRQ_MASK ? 2 : !!(count & SOFTIRQ_OFFSET);
}

/* Returns preempt_count() of the code that a trap has interrupted. */
static unsigned long count_below_trap(void)
{
	unsigned long count = preempt_count();

	return IS_ENABLED(CONFIG_X86) && count & NMI_MASK ? count - NMI_OFFSET - HARDIRQ_OFFSET : count;
}

/*
 * On PREEMPT_RT softirqs run in threads. They cannot interrupt a probe, whose preemption is off, so that their probes
 * have the level of tasks.
 */
static unsigned int context_of(unsigned int level)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && !level && in_serving_softirq() ? 1 : level;
}

/*
 * Begins a nested probe. If no record was pending, the clock of the outermost probe is stopped. A probe that interrupts
 * this function may find LINX_PROBE_PENDING set, and then leaves the clock alone. Otherwise it sets LINX_PROBE_PENDING
 * and stops the clock itself, and this function then replaces that later time by its own.
 */
static void begin_nested(struct linx_probe_run *p)
{
	bool first = !(raw_cpu_read(linx_probe_on) & LINX_PROBE_PENDING);

	p->work = linx_probe_spent();
	linx_probe_begins();
	p->now = linx_clock_nested();
	this_cpu_or(linx_probe_on, LINX_PROBE_PENDING);
	if (first)
		linx_clock_stop(p->now);
}

static bool begin_at(struct linx_probe_run *p, unsigned int level)
{
	bool nested = !probe_enter();

	p->nested = nested;
	p->level = level;
	p->context = context_of(level);
	if (p->level == LEVEL_NMI || raw_cpu_read(levels_on) & BIT(p->level) || (nested && !p->level))
		return false;
	if (p->level)
		this_cpu_or(levels_on, BIT(p->level));
	if (nested)
		begin_nested(p);
	else
		p->now = linx_clock_now();
	return true;
}

bool linx_probe_begin(struct linx_probe_run *p)
{
	return begin_at(p, level_of(preempt_count()));
}

bool linx_probe_begin_in_trap(struct linx_probe_run *p)
{
	return begin_at(p, level_of(count_below_trap()));
}

/*
 * The end of an outermost probe moves pending records, and calls functions of the kernel for that. If such a function
 * is probed, its hit must not be recorded, since its record would be pending again, without end. Therefore this
 * context's probe counts as under way until the records have been moved.
 */
void linx_probe_end(const struct linx_probe_run *p)
{
	if (!p->nested)
		probe_leave();
	if (p->level)
		this_cpu_and(levels_on, ~BIT(p->level)); /* the context has preemption off */
	if (!p->nested)
		return;
	linx_probe_goes_on(p->work);
	linx_nested_end();
}

struct linx_fill *linx_side_begin(struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst, bool prio,
				  int call, u32 key, u32 nargs)
{
	struct linx_area *a = &r->areas[0];
	struct entry *entry = (struct entry *)(a->data + a->head);
	u64 room = r->size - a->head;
	struct linx_fill *f = &r->fill;

	if (room < sizeof(*entry) + LINX_FIXED_MAX) {
		linx_ring_nested(s->ring);
		return NULL;
	}
	*entry = (struct entry){ .call = call, .prio = prio };
	*f = (struct linx_fill){ .s = s, .r = r, .area = a, .time = time, .call = call, .prio = prio, .slow = true };
	f->budget = s->user_max;
	f->head = f->rec = (struct linx_rec *)(entry + 1);
	f->p = (u8 *)(f->rec + 1);
	f->end = (u8 *)f->rec + min_t(u64, room - sizeof(*entry), worst);
	linx_rec_head(f->rec, current, kind, 0, time, key, nargs);
	return f;
}

bool linx_side_commit(struct linx_fill *f)
{
	if (f->full) {
		linx_ring_nested(f->s->ring);
		return false;
	}
	f->r->last_time = f->time;
	f->area->head += sizeof(struct entry) + LINX_REC_LEN(f->rec);
	return true;
}

/* Writes a record of a side ring to the ring of this CPU, or counts it there as lost. */
static void move(struct linx_session *s, struct linx_ring *main, const struct entry *entry)
{
	const struct linx_rec *rec = (const struct linx_rec *)(entry + 1);
	u32 len = LINX_REC_LEN(rec), key = linx_key(rec->abi, rec->nr);
	struct linx_fill *f = linx_rec_begin(s, main, rec->kind, rec->time, len, entry->prio, entry->call, key, rec->nargs);

	if (!f)
		return;
	if (f->end - (u8 *)f->rec < len) {
		f->full = f->slow = true;
	} else {
		memcpy(f->rec, rec, len);
		f->rec->seq = (u32)f->seq;
		f->rec->time = f->time;
		f->p = (u8 *)f->rec + len;
	}
	linx_rec_commit(f);
}

/*
 * Returns the oldest record that has not been moved yet, and sets *from to the number of its side ring. at: position of
 * each side ring. NULL: all records have been moved.
 */
static const struct entry *oldest(const struct linx_side *side, const u64 *at, unsigned int *from)
{
	const struct entry *entry, *first = NULL;
	unsigned int i;

	for (i = 0; i < LINX_SIDES; i++) {
		if (at[i] == side->ring[i].areas[0].head)
			continue;
		entry = (const struct entry *)(side->ring[i].areas[0].data + at[i]);
		if (first && ((const struct linx_rec *)(first + 1))->time <= ((const struct linx_rec *)(entry + 1))->time)
			continue;
		first = entry;
		*from = i;
	}
	return first;
}

/* Moves all records of the side rings to the ring of this CPU, in the order of their times. */
static void move_all(struct linx_session *s, struct linx_ring *main, struct linx_side *side)
{
	const struct entry *entry;
	u64 at[LINX_SIDES] = { 0 };
	unsigned long irqs;
	unsigned int i;

	local_irq_save(irqs);
	while ((entry = oldest(side, at, &i))) {
		move(s, main, entry);
		at[i] += sizeof(*entry) + LINX_REC_LEN((const struct linx_rec *)(entry + 1));
	}
	for (i = 0; i < LINX_SIDES; i++) {
		struct linx_ring *r = &side->ring[i];

		r->areas[0].head = 0;
		main->filtered += r->filtered;
		r->filtered = 0;
	}
	local_irq_restore(irqs);
}

/*
 * Moves the records that are pending when the function begins. Interrupts go on meanwhile, and find this probe still
 * under way. Each record of theirs sets LINX_PROBE_PENDING again; a record that is not moved here is moved by the next
 * call.
 */
static void move_pending(void)
{
	struct linx_session *s;
	struct linx_side *side;

	linx_clock_go_on();
	this_cpu_and(linx_probe_on, ~LINX_PROBE_PENDING);
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		side = smp_load_acquire(&this_cpu_ptr(s->ring)->side);
		if (side)
			move_all(s, this_cpu_ptr(s->ring), side);
	}
}

void linx_pending_leave(void)
{
	do {
		this_cpu_inc(linx_probe_on); /* takes back the decrement of probe_leave() or of this loop */
		move_pending();
		smp_wmb(); /* pairs with linx_probe_busy() */
	} while (this_cpu_dec_return(linx_probe_on) != LINX_PROBE_NONE);
	preempt_enable_notrace();
}

static int side_fill(struct linx_session *s, struct linx_ring *main, struct linx_ring *r, int node)
{
	r->areas[0].data = kvzalloc_node(SIDE_SIZE, LINX_GFP, node);
	r->scratch = kmalloc_node(LINX_RING_SCRATCH, LINX_GFP, node);
	r->size = SIDE_SIZE;
	r->rec_limit = SIDE_REC_MAX;
	r->main = main;
	return r->areas[0].data && r->scratch ? 0 : -ENOMEM;
}

static void side_free(struct linx_side *side)
{
	unsigned int i;

	for (i = 0; side && i < LINX_SIDES; i++) {
		kvfree(side->ring[i].areas[0].data);
		kfree(side->ring[i].scratch);
	}
	kvfree(side);
}

u64 linx_side_cost(void)
{
	return sizeof(struct linx_side) + LINX_SIDES * (SIDE_SIZE + LINX_RING_SCRATCH);
}

int linx_side_alloc(struct linx_session *s, struct linx_ring *main, int cpu)
{
	struct linx_side *side = kvzalloc_node(sizeof(*side), LINX_GFP, cpu_to_node(cpu));
	unsigned int i;
	int err = side ? 0 : -ENOMEM;

	for (i = 0; i < LINX_SIDES && !err; i++)
		err = side_fill(s, main, &side->ring[i], cpu_to_node(cpu));
	if (err)
		side_free(side);
	else
		smp_store_release(&main->side, side); /* pairs with linx_probe_ring() and move_pending() */
	return err;
}

void linx_side_free(struct linx_ring *main)
{
	side_free(main->side);
	main->side = NULL;
}
