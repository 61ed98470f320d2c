// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Joins the entry and the return of a call to one event. The rules of pairing follow from
 * measurements on real kernels (docs/kernels.md):
 *   - a child's return from the fork or clone of its parent has no entry; engines do not record it;
 *   - a successful exec may return under another ABI's number, and its registers are gone;
 *   - sigreturn returns as number -1;
 *   - a call that seccomp refuses has a return, but no entry.
 */
#include <errno.h>
#include <string.h>

#include "base/attributes.h"
#include "event/join.h"
#include "event/raced.h"
#include "event/subcall.h"
#include "table/subcall_names.h"

/* Largest copy of an entry record, in bytes, whose memory the task keeps for its next call. */
#define KEEP_MAX 1024u

static unsigned int classes(const struct linx_table_call *call)
{
	return call ? call->row->class_mask : 0;
}

static enum linx_dir direction(const struct linx_table_call *call, unsigned int arg)
{
	return call && arg < call->row->nargs ? call->row->args[arg].dir : LINX_DIR_NONE;
}

/* Returns a bit mask of the arguments that the call may write. */
static uint32_t writes(const struct linx_table_call *call)
{
	return call ? call->row->writes : 0;
}

static bool only_writes(const struct linx_table_call *call, unsigned int arg)
{
	enum linx_dir dir = direction(call, arg);

	return dir == LINX_DIR_OUT || dir == LINX_DIR_ERR;
}

void linx_join_name(struct linx_assembler *a, const struct linx_rec *rec)
{
	struct linx_event *ev = &a->ev;

	ev->nr = linx_rec_number(rec);
	ev->abi = rec->abi;
	ev->call = linx_table_lookup(a->table, rec->abi, ev->nr);
	if (!ev->call)
		linx_event_name_unknown(ev);
}

/* Copies the arguments that were recorded; the rest of to[] becomes zero. */
static inline void take_registers(uint64_t to[LINX_NARGS], const struct linx_regs *regs)
{
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		to[i] = i < regs->nargs ? linx_reg_at(regs, i) : 0;
}

/* Sets the call of the event and its arguments, from the registers of the record. */
static void set_call(struct linx_assembler *a, const struct linx_rec *rec,
		     const struct linx_regs *regs)
{
	struct linx_event *ev = &a->ev;

	linx_join_name(a, rec);
	ev->nargs = regs->nargs;
	take_registers(ev->args, regs);
	for (unsigned int i = 0; rec->abi == LINX_ABI_I386 && i < LINX_NARGS; i++)
		ev->args[i] &= UINT32_MAX;
}

/* True if a call that is in the table is selected. */
static bool selects(const struct linx_assembler *a, const struct linx_table_call *call)
{
	if (classes(call) & LINX_CLASS_NORETURN)
		return linx_select_enter(&a->sel, call->abi, call->nr);
	return linx_select_exit(&a->sel, call->abi, call->nr);
}

static bool is_selected(const struct linx_assembler *a)
{
	const struct linx_event *ev = &a->ev;

	if (!a->selecting)
		return true;
	if (ev->call)
		return selects(a, ev->call);
	/*
	 * Number -1 without an entry is the return of a sigreturn: a call with that number
	 * would have its entry recorded.
	 */
	if (a->entries && !ev->entry && ev->nr == -1 && !ev->has_entry_time)
		return false;
	return linx_select_unnamed(&a->sel, ev->abi);
}

/* Filters the complete event in a->ev. 1: deliver it; 0: not selected. */
static int deliver(struct linx_assembler *a)
{
	unsigned int nr;

	if (!is_selected(a))
		return 0;
	if (!a->ev.call || !a->ev.call->row->subcalls)
		return 1;
	linx_subcall(a->table, &a->ev, &a->subcall);
	nr = a->ev.call == &a->subcall ? (unsigned int)a->subcall.nr : linx_subcall_whole(a->ev.call->name);
	return !a->selecting || linx_select_exit(&a->sel, a->ev.abi, (int32_t)nr);
}

/* Result of reading the values of a record. Passed by value, so that it stays in registers. */
struct taken {
	uint32_t seen; /* bit mask of the arguments and fields (enum linx_field) that have a value */
	uint32_t had_entry; /* bit mask of the arguments that had a value from the entry record already */
	bool nested; /* some values of the record are nested in others */
};

/* Returns the member of ev that an argument's value is stored in; NULL: the entry record has set the member already. */
static inline struct linx_value *member_for(struct linx_event *ev, bool entry, uint32_t written, unsigned int i)
{
	if (written >> i & 1)
		return &ev->out[i];
	return entry || !ev->in[i].state ? &ev->in[i] : NULL;
}

/* Adds an argument's value to the captured memory, in which decoders follow pointers. */
static inline void note_memory(struct linx_assembler *a, bool entry, unsigned int i, struct linx_value v)
{
	struct linx_extent *e;

	if (a->mem.n >= a->mem.cap && !linx_mem_grow(&a->mem))
		return;
	e = &a->mem.pieces[a->mem.n++];
	e->addr = a->ev.args[i];
	e->v = v;
	e->arg = (uint8_t)i;
	e->entry = entry;
	e->over = false;
}

/*
 * Stores a value that belongs to no argument: sigreturn's mask, an io_uring operation, the mark that a tracer changed
 * the call, or the address where the program continues.
 */
static void take_field(struct linx_assembler *a, unsigned int field, struct linx_value v)
{
	int64_t n;

	if (field == LINX_FIELD_SIGMASK) {
		if (!(classes(a->ev.call) & LINX_CLASS_SIGRETURN))
			return;
		a->ev.field[field] = v;
		a->fields |= 1u << field;
	} else if (field == LINX_FIELD_URING) {
		linx_uring_take(a, &v);
	} else if (field == LINX_FIELD_CHANGED) {
		a->ev.flags |= LINX_EVENT_CHANGED;
	} else if (field == LINX_FIELD_POINTER && linx_value_int(&v, 0, 8, false, &n)) {
		a->ev.pointer = (uint64_t)n;
	}
}

static struct taken take_value(struct linx_assembler *a, bool entry, uint32_t written, unsigned int i,
			       struct linx_value v, struct taken t)
{
	struct linx_value *member;

	t.seen |= 1u << i;
	if (i >= LINX_NARGS) {
		take_field(a, i, v);
		return t;
	}
	member = member_for(&a->ev, entry, written, i);
	a->ev.late |= v.state == LINX_LATE;
	if (member)
		*member = v;
	else
		linx_raced_merge(&a->ev, i, v);
	t.had_entry |= member ? 0 : 1u << i;
	note_memory(a, entry, i, v);
	return t;
}

LINX_NOINLINE static struct taken take_joined(struct linx_assembler *a, const struct linx_rec *rec, size_t len,
					   bool entry, uint32_t written, struct linx_scratch *s)
{
	struct linx_value values[LINX_DECODE_VALUES];
	struct taken t = { .nested = true };

	for (uint32_t left = linx_decode_values(rec, len, s, values); left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		t = take_value(a, entry, written, i, values[i], t);
	}
	return t;
}

/* Stores the value at this offset of a record. For values that need all checks, or that belong to no argument. */
LINX_NOINLINE static struct taken take_checked(struct linx_assembler *a, const struct linx_rec *rec, size_t at, bool entry,
					    uint32_t written, struct taken t)
{
	struct linx_walk w = { .at = at, .end = LINX_REC_LEN(rec), .left = 1 };
	unsigned int i;

	linx_walk_next(rec, &w);
	i = w.head.arg;
	if (linx_walk_is_nested(&w))
		t.nested = true;
	else if (i < LINX_DECODE_VALUES && !(t.seen >> i & 1))
		t = take_value(a, entry, written, i, linx_value_checked(linx_walk_read(rec, &w)), t);
	return t;
}

/*
 * Fast path for a record that is not continued by pieces. Its values are stored in one pass over the record; of
 * several values of one argument the first counts. Nearly every value needs no further checks and is copied directly.
 */
static inline struct taken take_plain(struct linx_assembler *a, const struct linx_rec *rec, size_t at, bool entry,
				      uint32_t written)
{
	struct linx_walk w = linx_walk_at(rec, at);
	struct taken t = { 0 };

	while (linx_walk_next(rec, &w)) {
		unsigned int i = w.head.arg;
		struct linx_value *member = NULL;

		if (i < LINX_NARGS && linx_walk_is_plain(&w) && !(t.seen >> i & 1))
			member = member_for(&a->ev, entry, written, i);
		if (member) {
			*member = linx_walk_plain(rec, &w);
			note_memory(a, entry, i, linx_walk_plain(rec, &w));
			t.seen |= 1u << i;
		} else {
			t = take_checked(a, rec, w.here, entry, written, t);
		}
	}
	return t;
}

/* Stores the values of a record in a->ev. at: offset of the first value. */
static inline struct taken take_values(struct linx_assembler *a, const struct linx_rec *rec, size_t at, bool entry,
				       uint32_t written, size_t len, struct linx_scratch *s)
{
	struct taken t = len > LINX_REC_LEN(rec) ? take_joined(a, rec, len, entry, written, s) :
						   take_plain(a, rec, at, entry, written);

	if (t.nested)
		linx_decode_nested(rec, len, s, &a->mem, &a->fds);
	return t;
}

/* Stores an entry record in a->ev: the call, its registers, and the memory at its arguments as it was at entry. */
LINX_NOINLINE static void take_entry(struct linx_assembler *a, const struct linx_rec *rec, size_t len,
				  struct linx_scratch *s)
{
	struct linx_regs regs = linx_decode_regs(rec, false);

	set_call(a, rec, &regs);
	a->fds.entered = true;
	take_values(a, rec, regs.values_at, true, 0, len, s);
}

/* Sets ev->resumed to the call that a restart_syscall(2) continues. */
static void take_resumed(struct linx_event *ev, const struct linx_task_slot *slot)
{
	if (slot && ev->call && ev->call->row->restarts)
		ev->resumed = slot->restart;
}

/* Returns the process of a task; NULL: no record about the task has been seen yet. */
static struct linx_process_own *process_of(const struct linx_task_slot *slot)
{
	return slot->known ? slot->process : NULL;
}

static void begin_exec(struct linx_task_slot *slot)
{
	slot->skip_until_exec = false;
	if (process_of(slot))
		process_of(slot)->exec_tid = slot->task.tid;
}

static void end_exec(struct linx_task_slot *slot)
{
	slot->skip_until_exec = false;
	if (process_of(slot))
		process_of(slot)->exec_tid = 0;
}

/* Frees the task's stored EXEC record, if there is one, since the exec call is over. */
static void drop_exec(struct linx_assembler *a, struct linx_task_slot *slot)
{
	struct linx_copy copy;

	if (!slot->exec.cap)
		return;
	copy = linx_tasks_release(a->tasks, &slot->exec);
	linx_copy_free(&copy);
}

/*
 * Makes an unfinished event of the task's call that has not returned, when rec, a later record of the task, shows that
 * the return was lost. rec waits in a->rest to be fed again. False: the event is not to be delivered.
 */
LINX_NOINLINE static bool emit_unended(struct linx_assembler *a, const struct linx_rec *rec, size_t len,
				    struct linx_task_slot *slot)
{
	struct linx_group rest = { .rec = rec, .len = len, .position = a->position };

	if (!linx_join_unfinished(a, slot)) {
		linx_position_set(&a->position, &rest.position);
		return false;
	}
	a->rest = rest;
	return true;
}

int linx_join_enter(struct linx_assembler *a, const struct linx_rec *rec, size_t len)
{
	struct linx_task_slot *slot = linx_tasks_get(a->tasks, rec->tid);
	unsigned int class = classes(linx_table_lookup(a->table, rec->abi, linx_rec_number(rec)));
	bool returns = !(class & LINX_CLASS_NORETURN);
	bool waits;
	int ret;

	if (slot) {
		if (slot->pending.len && emit_unended(a, rec, len, slot))
			return 1;
		slot->pending.len = 0;
		slot->unkept = false;
		drop_exec(a, slot);
		if (class & LINX_CLASS_EXEC)
			begin_exec(slot);
		else if (process_of(slot) && process_of(slot)->exec_tid == rec->tid)
			end_exec(slot); /* an exec is still open: its return was lost */
		ret = returns ? linx_tasks_keep(a->tasks, &slot->pending, rec, len, a->position) : 0;
		slot->unkept = returns && !slot->pending.len;
		if (ret)
			return ret;
	}
	waits = slot && slot->pending.len;
	if ((waits && !a->entries) || (slot && slot->skip_until_exec))
		return 0;
	/* The entry makes an event: entries are wanted, the call never returns, or the entry could not be stored. */
	linx_event_begin(a, LINX_EVENT_SYSCALL, rec, slot);
	a->ev.entry = true;
	a->ev.flags |= returns && !waits && !a->entries ? LINX_EVENT_UNFINISHED : 0;
	take_entry(a, rec, len, &a->scratch[0]);
	take_resumed(&a->ev, slot);
	return deliver(a);
}

/*
 * True if entry and return have the same arguments, as entry and return of one call always have: neither the kernel nor
 * the program, which waits for the call, changes the saved registers.
 */
static bool same_registers(const struct linx_rec *enter, const struct linx_rec *exit)
{
	struct linx_regs x = linx_decode_regs(enter, false), y = linx_decode_regs(exit, true);

	for (unsigned int i = 0; i < x.nargs && i < y.nargs; i++)
		if (linx_reg_at(&x, i) != linx_reg_at(&y, i))
			return false;
	return true;
}

/*
 * True if the return belongs to the stored entry of its task. If it does not, two records were lost: the return of that
 * entry, and the entry of this return.
 */
static bool pairs(const struct linx_assembler *a, const struct linx_rec *enter,
		  const struct linx_rec *exit)
{
	int32_t entered = linx_rec_number(enter), returned = linx_rec_number(exit);
	const struct linx_table_call *call = linx_table_lookup(a->table, enter->abi, entered);
	unsigned int class = classes(call);

	if (returned == -1 && (class & LINX_CLASS_SIGRETURN || (call && call->row->trampoline)))
		return true;
	if (exit->flags & LINX_RF_ARGS_GONE && class & LINX_CLASS_EXEC)
		return true;
	return entered == returned && enter->abi == exit->abi &&
	       (exit->flags & LINX_RF_ARGS_GONE || same_registers(enter, exit));
}

/* True if the memory of arguments i and k overlaps, so that the output for k may have overwritten the input for i. */
static bool is_over(const struct linx_event *ev, unsigned int i, unsigned int k)
{
	const struct linx_value *in = &ev->in[i];
	/* A string's NUL counts: the string may have been longer. */
	uint64_t size = in->size + (in->kind == LINX_VAL_STR && in->state == LINX_WHOLE);

	return ev->args[i] == ev->args[k] || ev->args[k] - ev->args[i] < size ||
	       ev->args[i] - ev->args[k] < ev->out[k].orig;
}

/*
 * Marks inputs unavailable that the call may have overwritten with its output. Without an entry
 * record, inputs are read at return, which is too late for a sigprocmask with one buffer for both
 * sets, or a readlink into the buffer of its path. in, out: bit masks of arguments.
 */
static void check_overwritten(struct linx_event *ev, uint32_t in, uint32_t out)
{
	for (uint32_t left = in; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		for (unsigned int k = 0; k < ev->nargs; k++) {
			if (!(out & 1u << k) || i >= ev->nargs || !is_over(ev, i, k))
				continue;
			ev->in[i].state = LINX_UNAVAILABLE;
			ev->in[i].size = ev->in[i].orig = 0;
		}
	}
}

static bool overlap(const struct linx_extent *x, const struct linx_extent *y)
{
	return x->addr < y->addr + y->v.size && y->addr < x->addr + x->v.size;
}

/*
 * Marks captured memory of input arguments unavailable if the call wrote there: a pointer in an
 * input structure may point into the buffer of another argument's output.
 */
LINX_NOINLINE static void drop_overwritten(struct linx_assembler *a)
{
	for (unsigned int i = 0; i < a->mem.n; i++) {
		struct linx_extent *in = &a->mem.pieces[i];
		bool gone = false;

		if (in->entry || writes(a->ev.call) >> in->arg & 1)
			continue;
		for (unsigned int k = 0; k < a->mem.n; k++) {
			struct linx_extent *out = &a->mem.pieces[k];

			if (out->entry || !only_writes(a->ev.call, out->arg) || !overlap(in, out))
				continue;
			out->over = true;
			gone = true;
		}
		if (!gone)
			continue;
		in->v.state = LINX_UNAVAILABLE;
		in->v.size = in->v.orig = 0;
	}
}

/*
 * Cuts an output to the size of its buffer. At return, the length argument (a pointer) holds the size that the output
 * would need; at entry it held the size of the buffer.
 */
static void cut_to_room(struct linx_event *ev, unsigned int arg)
{
	const struct linx_arg *to = &ev->call->row->args[arg];
	const struct linx_value *in = &ev->in[to->len_arg];
	struct linx_value *out = &ev->out[arg];
	uint32_t room;

	if (!linx_value_whole(in) || in->size != sizeof(room))
		return;
	memcpy(&room, in->data, sizeof(room));
	if (out->state != LINX_WHOLE || out->size <= room)
		return;
	out->size = room;
	out->state = LINX_TRUNCATED;
}

/*
 * Returns the result of a call, with a 32-bit error sign-extended. i386 calls, sigreturn and
 * modify_ldt have results of 32 bits.
 */
static int64_t result(const struct linx_table_call *call, unsigned int abi, int64_t ret)
{
	bool is_error = (int32_t)ret < 0 && (int32_t)ret >= -4095;

	return is_error && (abi == LINX_ABI_I386 || (call && call->row->short_result)) ? (int32_t)ret : ret;
}

static inline void take_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len,
			     const struct linx_regs *regs, const struct linx_table_call *call, int64_t ret)
{
	struct linx_event *ev = &a->ev;
	uint32_t written = writes(call), in, out;
	struct taken t;

	ev->has_ret = regs->has_ret;
	ev->ret = ret;
	t = take_values(a, rec, regs->values_at, false, written, len, &a->scratch[0]);
	out = t.seen & written;
	if (!out)
		return;
	in = t.seen & ~(written | t.had_entry) & ((1u << LINX_NARGS) - 1);
	for (uint32_t left = out & call->row->lengths; left; left &= left - 1)
		cut_to_room(ev, (unsigned int)__builtin_ctz(left));
	if (in) {
		check_overwritten(ev, in, out);
		drop_overwritten(a);
	}
}

/*
 * Removes the stored entry record of a call from its task. A large copy moves to a->held_entry: the event may still
 * point into it.
 */
static void release_entry(struct linx_assembler *a, struct linx_task_slot *slot)
{
	if (slot->pending.cap > KEEP_MAX) {
		linx_copy_free(&a->held_entry);
		a->held_entry = linx_tasks_release(a->tasks, &slot->pending);
	}
	slot->pending.len = 0;
}

/* Adds the values of the EXEC record to the event of a successful exec. */
LINX_NOINLINE static void attach_exec(struct linx_assembler *a, struct linx_task_slot *slot)
{
	struct linx_event *ev = &a->ev;
	const struct linx_rec *rec;

	linx_copy_free(&a->held_exec);
	a->held_exec = linx_tasks_release(a->tasks, &slot->exec);
	rec = linx_copy_rec(&a->held_exec);
	if (!rec)
		return;
	ev->ctx = linx_decode_ctx(rec);
	a->fields |= linx_decode_values(rec, a->held_exec.len, &a->scratch[2], ev->field);
	linx_raced_exec(ev);
}

/* Marks all inputs LINX_LATE: it is not known whether they changed during the call. */
static void make_late(struct linx_event *ev)
{
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		if (linx_value_readable(&ev->in[i])) {
			ev->in[i].state = LINX_LATE;
			ev->late = true;
		}
}

/*
 * Marks an event whose entry may belong to an earlier call than its return. Values become LINX_LATE, and descriptors
 * captured at entry are dropped, since their numbers may refer to other files at return. ev->late is set even if the
 * event has neither values nor descriptors.
 */
static void make_maybe_mismatched(struct linx_assembler *a)
{
	make_late(&a->ev);
	linx_mem_doubt_entry(&a->mem);
	linx_fds_drop_entry(&a->fds);
	a->ev.late = true;
}

/* Sets the event's time of entry, or its CPU time, from a return record, which has at most one of the two. */
static inline void take_times(struct linx_event *ev, const struct linx_rec *rec, const struct linx_regs *regs)
{
	if (!regs->has_entry_time)
		return;
	ev->has_ran = rec->flags & LINX_RF_CPU_TIME;
	ev->ran_ns = rec->time - regs->entry_time;
	ev->has_entry_time = !ev->has_ran;
	ev->entry_time = regs->entry_time;
}

/* True if, between the records enter and exit, a return and another entry of the same call may be missing. */
static bool is_maybe_mismatched(const struct linx_assembler *a, const struct linx_rec *enter, const struct linx_rec *exit)
{
	return enter->time <= a->lost_until || (enter->time <= a->doubt_until && exit->time >= a->doubt_since);
}

/* Joins the entry and the return of a call in a->ev. enter NULL: there is only the return. */
LINX_NOINLINE static void join(struct linx_assembler *a, const struct linx_rec *rec, size_t len, struct linx_task_slot *slot,
			    const struct linx_rec *enter)
{
	bool sure = enter && !is_maybe_mismatched(a, enter, rec);
	struct linx_event *ev = &a->ev;
	struct linx_regs regs = linx_decode_regs(rec, true);

	linx_event_begin(a, LINX_EVENT_SYSCALL, rec, slot);
	take_times(ev, rec, &regs);
	if (enter) {
		take_entry(a, enter, slot->pending.len, &a->scratch[1]);
		linx_join_note_entry(a, &slot->pending.position);
		linx_join_hold_entry(a, &slot->pending);
	}
	if (sure) {
		ev->has_entry_time = true;
		ev->entry_time = enter->time;
	}
	if (!enter) {
		set_call(a, rec, &regs);
		ev->args_gone = rec->flags & LINX_RF_ARGS_GONE;
	}
	ev->flags |= rec->flags & LINX_RF_SCALARS ? LINX_EVENT_SCALARS : 0;
	take_exit(a, rec, len, &regs, ev->call, result(ev->call, ev->abi, regs.ret));
	if (enter && !sure)
		make_maybe_mismatched(a);
	/*
	 * The stored entry is released even if the return is another call's, since the entry's own return was lost
	 * then.
	 */
	if (slot)
		release_entry(a, slot);
}

static void note_restart(struct linx_task_slot *slot, const struct linx_table_call *call, int64_t ret)
{
	if (!call || !call->row->restarts)
		slot->restart = ret == LINX_RESTARTBLOCK ? call : NULL;
}

/*
 * Skips a return of a call that is not selected: updates the state of its task, and reads no values. False: not
 * skipped, since the slow path must decide.
 */
static bool pass_over(struct linx_assembler *a, const struct linx_rec *rec, struct linx_task_slot *slot)
{
	const struct linx_table_call *call = linx_table_lookup(a->table, rec->abi, rec->nr);
	const struct linx_rec *enter = slot ? linx_copy_rec(&slot->pending) : NULL;

	if (!call || classes(call) & LINX_CLASS_EXEC || selects(a, call) || (slot && slot->exec.cap) ||
	    (enter && (enter->nr != rec->nr || enter->abi != rec->abi)))
		return false;
	if (!slot)
		return true;
	slot->unkept = false;
	note_restart(slot, call, result(call, rec->abi, linx_decode_ret(rec)));
	release_entry(a, slot);
	return true;
}

void linx_join_selected(struct linx_assembler *a)
{
	const struct linx_table_call *call;

	memset(a->skippable, 0, sizeof(a->skippable));
	for (unsigned int abi = 0; a->selecting && abi < LINX_ABI_NR; abi++)
		for (unsigned int nr = 0; nr < LINX_NR_MAX; nr++) {
			call = linx_table_lookup(a->table, abi, (int32_t)nr);
			if (call && !(classes(call) & LINX_CLASS_EXEC) && !selects(a, call))
				a->skippable[abi][nr / 64] |= 1ull << (nr % 64);
		}
}

bool linx_join_is_idle(struct linx_assembler *a, uint32_t tid)
{
	const struct linx_task_slot *slot = linx_tasks_find(a->tasks, tid);

	a->idle_known = !a->dying && (!slot || !(slot->pending.len || slot->unkept || slot->exec.cap || slot->restart));
	a->idle_tid = tid;
	return a->idle_known;
}

/*
 * True if the entry or EXEC record of the call could not be stored for lack of memory. For a task
 * without a slot in the table of tasks: true if calls like this have an entry record, and the
 * table was full for some task.
 */
static bool is_unkept(struct linx_assembler *a, struct linx_task_slot *slot)
{
	bool unkept = slot ? slot->unkept : classes(a->ev.call) & (LINX_CLASS_ENTRY | LINX_CLASS_ENTRYBY) && linx_tasks_was_full(a->tasks);

	if (slot)
		slot->unkept = false;
	return unkept;
}

/* Finishes the event of a return: compares a connect's peer, remembers a call to be restarted, and ends an exec. */
LINX_NOINLINE static int end_call(struct linx_assembler *a, const struct linx_rec *rec, struct linx_task_slot *slot)
{
	struct linx_event *ev = &a->ev;
	bool exec;

	if (ev->call && ev->call->row->connects)
		linx_raced_peer(ev);
	if (is_unkept(a, slot))
		make_late(ev);
	if (!slot)
		return deliver(a);
	take_resumed(ev, slot);
	note_restart(slot, ev->call, ev->ret);
	exec = classes(ev->call) & LINX_CLASS_EXEC;
	if (exec && rec->flags & LINX_RF_ARGS_GONE)
		attach_exec(a, slot);
	drop_exec(a, slot);
	if (exec)
		end_exec(slot);
	return slot->skip_until_exec ? 0 : deliver(a);
}

/*
 * Returns the call of a return record if the fast path can handle the record, as it can for nearly all: the call is in
 * the table, its task is known and has no stored entry or EXEC record, and the record has no flags (such as times) and
 * no pieces. NULL: take the slow path.
 */
static inline const struct linx_table_call *simple_call(const struct linx_assembler *a, const struct linx_rec *rec, size_t len,
						  const struct linx_task_slot *slot)
{
	const struct linx_table_call *call = linx_table_lookup(a->table, rec->abi, rec->nr);

	if (rec->flags || len != LINX_REC_LEN(rec) || rec->abi == LINX_ABI_I386 || !slot || slot->pending.len ||
	    slot->exec.cap || slot->skip_until_exec || slot->unkept || !call || call->row->special)
		return NULL;
	return call;
}

/* Fast path of join() and end_call(). The call is selected: pass_over() has skipped calls that are not. */
static inline int join_simple(struct linx_assembler *a, const struct linx_rec *rec, struct linx_task_slot *slot,
			      const struct linx_table_call *call)
{
	struct linx_event *ev = &a->ev;
	struct linx_regs regs = linx_decode_regs(rec, true);

	linx_event_clear(a, LINX_EVENT_SYSCALL, rec, slot);
	ev->nr = rec->nr;
	ev->abi = rec->abi;
	ev->call = call;
	ev->nargs = regs.nargs;
	take_registers(ev->args, &regs);
	take_exit(a, rec, LINX_REC_LEN(rec), &regs, call, regs.ret);
	slot->restart = regs.ret == LINX_RESTARTBLOCK ? call : NULL;
	a->same = slot;
	return 1;
}

int linx_join_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len)
{
	struct linx_task_slot *slot = a->same;
	const struct linx_table_call *call;
	const struct linx_rec *enter;

	if (rec->flags & LINX_RF_URING)
		return linx_join_complete(a, rec, len);
	if (!slot || slot->task.tid != rec->tid)
		slot = linx_tasks_find(a->tasks, rec->tid);
	if (a->selecting && pass_over(a, rec, slot))
		return 0;
	call = simple_call(a, rec, len, slot);
	if (call)
		return join_simple(a, rec, slot, call);
	enter = slot ? linx_copy_rec(&slot->pending) : NULL;
	if (enter && !pairs(a, enter, rec)) {
		if (emit_unended(a, rec, len, slot))
			return 1;
		enter = NULL;
	}
	join(a, rec, len, slot, enter);
	return end_call(a, rec, slot);
}

void linx_join_take_entry(struct linx_assembler *a, const struct linx_rec *rec, size_t len)
{
	take_entry(a, rec, len, &a->scratch[1]);
}

void linx_join_take_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len, bool has_entry)
{
	struct linx_regs regs = linx_decode_regs(rec, true);

	a->ev.has_entry_time = regs.has_entry_time;
	a->ev.entry_time = regs.entry_time;
	if (!has_entry)
		set_call(a, rec, &regs);
	take_exit(a, rec, len, &regs, a->ev.call, result(a->ev.call, a->ev.abi, regs.ret));
}

int linx_join_deliver(struct linx_assembler *a)
{
	return deliver(a);
}

/* Makes an unfinished event of an entry record. slot NULL: the task is not known. */
static void make_unfinished(struct linx_assembler *a, const struct linx_copy *entry, struct linx_task_slot *slot)
{
	const struct linx_rec *rec = linx_copy_rec(entry);

	linx_event_begin(a, LINX_EVENT_SYSCALL, rec, slot);
	linx_position_set(&a->position, &entry->position);
	linx_join_hold_entry(a, entry);
	a->ev.entry = true;
	a->ev.flags |= LINX_EVENT_UNFINISHED;
	a->ev.again = a->entries;
	take_entry(a, rec, entry->len, &a->scratch[1]);
	take_resumed(&a->ev, slot);
}

int linx_join_unfinished(struct linx_assembler *a, struct linx_task_slot *slot)
{
	if (!slot->pending.len || slot->skip_until_exec)
		return 0;
	make_unfinished(a, &slot->pending, slot);
	release_entry(a, slot);
	return deliver(a);
}

int linx_join_orphan(struct linx_assembler *a, struct linx_copy *entry)
{
	make_unfinished(a, entry, NULL);
	linx_copy_free(&a->held_entry);
	a->held_entry = *entry;
	*entry = (struct linx_copy){ 0 };
	return deliver(a);
}

int linx_join_moved_unfinished(struct linx_assembler *a, const struct linx_group *entry, struct linx_task_slot *slot, unsigned int flags)
{
	linx_event_begin(a, LINX_EVENT_SYSCALL, entry->rec, slot);
	linx_position_set(&a->position, &entry->position);
	a->entry = *entry;
	a->entry_of = a->position;
	a->ev.entry = true;
	a->ev.flags |= LINX_EVENT_UNFINISHED | flags;
	a->ev.again = a->entries;
	a->ev.args_gone = entry->rec->flags & LINX_RF_ARGS_GONE;
	take_entry(a, entry->rec, entry->len, &a->scratch[1]);
	return slot && slot->skip_until_exec ? 0 : deliver(a);
}

int linx_join_moved(struct linx_assembler *a, const struct linx_group *entry, struct linx_task_slot *slot)
{
	int ret = linx_tasks_keep(a->tasks, &slot->pending, entry->rec, entry->len, entry->position);

	slot->unkept = !slot->pending.len;
	if (ret || !a->entries || slot->skip_until_exec)
		return ret;
	linx_event_begin(a, LINX_EVENT_SYSCALL, entry->rec, slot);
	linx_position_set(&a->position, &entry->position);
	a->ev.entry = true;
	take_entry(a, entry->rec, entry->len, &a->scratch[0]);
	return deliver(a);
}
