// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations of io_uring. Results come at any time and in any order, perhaps several for one submission; each
 * names its submission by a number. The numbers are from the stream: a hostile stream can cause wrong events, but
 * never more than SLOTS_MAX stored submissions. A submission becomes an event without a result if there is no room
 * to store it, or if another submission reuses its number.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/join.h"
#include "event/uring.h"
#include "shared/uring_facts.h"

#define SLOTS_MAX 65536u
/* IORING_CQE_F_MORE of linux/io_uring.h: more results of the same submission will follow. */
#define CQE_MORE 0x02
/*
 * Time, in ns, after which no result is expected for a submission whose number was reused: far more than the
 * difference between the clocks of two CPUs plus the duration of a probe.
 */
#define FORMER_NS 1000000u

/* ---- stored submissions -------------------------------------------------------------- */

void linx_submissions_free(struct linx_submissions *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		linx_copy_free(&s->slots[i].rec);
	for (uint32_t i = 0; i < LINX_FORMER; i++)
		linx_copy_free(&s->former[i].rec);
	free(s->slots);
}

static int grow(struct linx_submissions *s, uint32_t i)
{
	uint32_t n = s->n ? s->n : 64;
	struct linx_submission *slots;

	if (i < s->n)
		return 0;
	while (n <= i)
		n *= 2;
	slots = realloc(s->slots, n * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	memset(slots + s->n, 0, (n - s->n) * sizeof(*slots));
	s->slots = slots;
	s->n = n;
	return 0;
}

static struct linx_submission *find(struct linx_assembler *a, uint64_t id)
{
	struct linx_submissions *s = &a->submissions;
	uint32_t i = (uint32_t)id;

	if (i < s->n && s->slots[i].id == id && s->slots[i].rec.len)
		return &s->slots[i];
	for (i = s->first; i != s->next; i++)
		if (s->former[i % LINX_FORMER].id == id && s->former[i % LINX_FORMER].rec.len)
			return &s->former[i % LINX_FORMER];
	return NULL;
}

/*
 * Removes a submission that has its result. Its memory moves to a->held_entry: the event may
 * still point there.
 */
static void release(struct linx_assembler *a, struct linx_submission *sub)
{
	linx_copy_free(&a->held_entry);
	a->held_entry = linx_tasks_release(a->tasks, &sub->rec);
	sub->rec.len = 0;
}

bool linx_uring_names_index(const struct linx_event *ev)
{
	return ev->uring && ev->uring->flags & IOSQE_FIXED_FILE;
}

bool linx_uring_makes_index(const struct linx_event *ev)
{
	return ev->uring && ev->uring->state == LINX_WHOLE && linx_uring_is_direct(ev->uring);
}

/* ---- events ---------------------------------------------------------------------------- */

void linx_uring_take(struct linx_assembler *a, const struct linx_value *v)
{
	struct linx_uring *u = &a->uring, captured = { 0 };
	bool known = a->ev.uring && u->state == LINX_WHOLE;

	if (!linx_value_readable(v) || v->size < offsetof(struct linx_uring, entry))
		return;
	memcpy(&captured, v->data, v->size < sizeof(captured) ? v->size : sizeof(captured));
	if (v->size < sizeof(captured))
		captured.state = LINX_UNAVAILABLE;
	a->ev.uring = u;
	a->ev.flags |= LINX_EVENT_IO_URING;
	if (!known) {
		*u = captured;
		return;
	}
	u->cqe_flags = captured.cqe_flags; /* the only member that the result's value adds to the submission's */
}

static uint64_t id_of(const struct linx_rec *rec, size_t len, struct linx_scratch *s)
{
	struct linx_value values[LINX_DECODE_VALUES];
	uint32_t found = linx_decode_values(rec, len, s, values);
	const struct linx_value *v = &values[LINX_FIELD_URING];
	struct linx_uring u;

	if (!(found & 1u << LINX_FIELD_URING) || !linx_value_readable(v) ||
	    v->size < offsetof(struct linx_uring, entry))
		return 0;
	memcpy(&u.id, v->data, sizeof(u.id));
	return u.id;
}

static int begin(struct linx_assembler *a, const struct linx_rec *rec, size_t len, unsigned int flags, bool again)
{
	linx_event_begin(a, LINX_EVENT_SYSCALL, rec, linx_tasks_find(a->tasks, rec->tid));
	a->ev.entry = true;
	a->ev.flags |= flags;
	a->ev.again = again;
	a->ev.args_gone = rec->flags & LINX_RF_ARGS_GONE;
	linx_join_take_entry(a, rec, len);
	return linx_join_deliver(a);
}

/*
 * Makes an unfinished event of a submission and removes it. 1: deliver the event; 0: do not deliver it, since its
 * filter needs a result.
 */
static int give_up(struct linx_assembler *a, struct linx_submission *sub, unsigned int flags)
{
	const struct linx_rec *rec = linx_copy_rec(&sub->rec);
	int ret = 0;

	linx_position_set(&a->position, &sub->rec.position);
	linx_join_hold_entry(a, &sub->rec);
	if (!(rec->flags & LINX_RF_IF_RESULT) && !sub->moved)
		ret = begin(a, rec, sub->rec.len, LINX_EVENT_UNFINISHED | flags, a->entries);
	release(a, sub);
	return ret;
}

/*
 * Removes the oldest former submissions (whose numbers were reused) if their time is over, or if
 * there is no room for another one. 1: an event of one of them is in a->ev; 0: no event.
 */
static int former(struct linx_assembler *a, uint64_t time)
{
	struct linx_submissions *s = &a->submissions;

	while (s->first != s->next) {
		struct linx_submission *sub = &s->former[s->first % LINX_FORMER];

		if (sub->rec.len && sub->until > time && s->next - s->first < LINX_FORMER)
			return 0;
		s->first++;
		if (!sub->rec.len)
			continue;
		if (a->entries)
			/* entries are separate events: the submission became one when its record was fed */
			release(a, sub);
		else if (give_up(a, sub, 0))
			return 1;
	}
	return 0;
}

/*
 * Stores a submission until its result comes. *stored: false if there is no room. 1: an event of a former submission is
 * in a->ev; 0: no event; -ENOMEM.
 */
static int keep(struct linx_assembler *a, uint64_t id, const struct linx_rec *rec, size_t len, bool *stored)
{
	struct linx_submissions *s = &a->submissions;
	struct linx_copy copy = { 0 };
	uint32_t i = (uint32_t)id;
	int ret;

	*stored = false;
	if (!id || i >= SLOTS_MAX)
		return 0;
	ret = grow(s, i);
	if (!ret)
		ret = linx_tasks_keep(a->tasks, &copy, rec, len, a->position);
	if (ret || !copy.len)
		return ret;
	*stored = true;
	ret = former(a, rec->time);
	if (s->slots[i].rec.len) {
		s->slots[i].until = rec->time + FORMER_NS;
		s->former[s->next++ % LINX_FORMER] = s->slots[i];
	}
	s->slots[i] = (struct linx_submission){ .id = id, .rec = copy };
	return ret;
}

int linx_join_submit(struct linx_assembler *a, const struct linx_rec *rec, size_t len)
{
	uint64_t id = id_of(rec, len, &a->scratch[0]);
	bool stored;
	int ret = keep(a, id, rec, len, &stored);

	if (ret < 0 || (stored && !a->entries))
		return ret;
	if (rec->flags & LINX_RF_IF_RESULT)
		return 0;
	/*
	 * The submission becomes an event of its own in three cases: entries are wanted; or it has no id, and no result
	 * will come; or it could not be stored, and its result will be a separate event.
	 */
	return begin(a, rec, len, id && !stored && !a->entries ? LINX_EVENT_UNFINISHED : 0, false);
}

bool linx_uring_is_stored(struct linx_assembler *a, const struct linx_group *entry)
{
	const struct linx_submission *sub = find(a, id_of(entry->rec, entry->len, &a->scratch[0]));

	return sub && sub->rec.position.seq == entry->position.seq && sub->rec.position.cpu == entry->position.cpu;
}

int linx_join_moved_submission(struct linx_assembler *a, const struct linx_group *entry)
{
	uint64_t id = id_of(entry->rec, entry->len, &a->scratch[0]);
	struct linx_submission *sub;
	int ret;

	linx_position_set(&a->position, &entry->position);
	ret = linx_join_submit(a, entry->rec, entry->len);
	sub = find(a, id);
	if (sub)
		sub->moved = true;
	return ret;
}

int linx_join_complete(struct linx_assembler *a, const struct linx_rec *rec, size_t len)
{
	struct linx_submission *sub = find(a, id_of(rec, len, &a->scratch[0]));

	linx_event_begin(a, LINX_EVENT_SYSCALL, rec, linx_tasks_find(a->tasks, rec->tid));
	a->ev.args_gone = rec->flags & LINX_RF_ARGS_GONE;
	if (sub) {
		const struct linx_rec *entry = linx_copy_rec(&sub->rec);

		linx_join_take_entry(a, entry, sub->rec.len);
		linx_join_take_exit(a, rec, len, true);
		linx_join_hold_entry(a, &sub->rec);
	} else {
		linx_join_take_exit(a, rec, len, false);
	}
	if (sub && !(a->ev.uring && a->ev.uring->cqe_flags & CQE_MORE)) {
		linx_join_note_entry(a, &sub->rec.position);
		release(a, sub);
	}
	return linx_join_deliver(a);
}

int linx_join_submitted(struct linx_assembler *a)
{
	struct linx_submissions *s = &a->submissions;

	for (; s->first != s->next; s->first++)
		if (s->former[s->first % LINX_FORMER].rec.len && !a->entries &&
		    give_up(a, &s->former[s->first % LINX_FORMER], LINX_EVENT_CUT))
			return 1;
	while (s->at < s->n) {
		struct linx_submission *sub = &s->slots[s->at++];

		if (sub->rec.len && give_up(a, sub, LINX_EVENT_CUT))
			return 1;
	}
	s->at = 0;
	return 0;
}
