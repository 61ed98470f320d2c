// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records the operations that a program submits through io_uring as the system calls that they stand for
 * (tables/uring.def). The ENTER record is written when the kernel has taken an entry from the submission ring. The
 * EXIT record is written when the kernel posts the result, in any task and perhaps in an interrupt. A table of
 * operations under way holds the submitting task and the call.
 *
 * Probe context: preemption off by probe_enter(). A completion may come with locks of the io_uring held, and on older
 * kernels with interrupts off. Its probe writes no context records, since these take locks of tasks.
 *
 * Files of an operation. When an operation is submitted, the kernel has not looked up its file yet: a descriptor is
 * looked up in the table of the current task, as for a system call. At the result the request has its file, and keeps
 * it open until the tracepoint has been passed (all series since 6.0 drop it after the tracepoint, when they free the
 * request). Therefore the probe takes no reference. A file that the operation opened has no pointer in the request; it
 * is found by its number, if a task with the submitter's table posts the result: the submitter itself, a worker, or the
 * thread that polls the ring. Its path needs mount_lock and rename_lock, under which the kernel takes no lock of an
 * io_uring.
 */
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include "core/clock.h"
#include "compat/io_uring.h"
#include "capture/encode.h"
#include "capture/fd.h"
#include "filter/filter.h"
#include "filter/predicate.h"
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "filter/cgroup.h"
#include "filter/rate.h"
#include "ring/side.h"
#include "table/variant.h"
#include "task/context.h"
#include "shared/uring_data.h"
#include "shared/uring_slots.h"
#include "syscall/uring.h"

#define SLOTS_LOG 11

/* Values of linx_op_slot.state. */
enum { FREE, BUSY, USED };

/*
 * An operation under way. Only the probe that has made state BUSY writes the slot; while state is USED, all other
 * members are constant.
 */
struct linx_op_slot {
	u32 state;
	u32 generation;
	const void *ctx, *req; /* kernel addresses: compared, never followed */
	u64 time, user_data;
	u32 kept; /* what this operation adds to its counter in linx_ops.kept: LINX_KEPT_ONE or LINX_KEPT_BY_REQUEST */
	struct linx_op op; /* the operation as submitted */
	s32 nr;
	u32 key;
	u32 index; /* index of this slot, plus 1 */
	u8 opcode, flags;
	bool silent; /* not recorded; in the table so that its results are not taken for those of another operation */
	bool repeats; /* may_repeat() */
};

/* Binary logarithm of the number of counters in linx_ops.kept. */
#define KEPT_LOG 13

/*
 * Last submission to an io_uring. The submitter, who writes it, holds the lock of that io_uring. Two io_urings with
 * the same hash overwrite each other's element.
 */
#define LAST_LOG 6
struct linx_op_last {
	const void *ctx, *req;
	u32 head; /* linx_submitted.head of the last submission */
};

struct linx_ops {
	struct linx_op_slot slots[1 << SLOTS_LOG];
	atomic_t kept[1 << KEPT_LOG];
	struct linx_op_last last[1 << LAST_LOG];
};

/* Numbers of the calls by ABI (index 0: the number of x86_64) and rule; -1: no such call. Constant after load. */
static s16 numbers[2][LINX_URING_RULES] __ro_after_init;
static s16 enter_nr __ro_after_init;

static s16 __init number_of(unsigned int abi, u16 row)
{
	s16 nr;

	for (nr = 0; nr < (s16)LINX_NR_OTHER; nr++)
		if (linx_uring_is_row(linx_row_of[abi][nr], row))
			return nr;
	return -1;
}

void __init linx_uring_init(void)
{
	unsigned int i;

	static_assert(sizeof(struct io_uring_sqe) == 64 && sizeof_field(struct linx_uring, entry) == 64);
	enter_nr = number_of(LINX_ABI_X86_64, LINX_ROW_ID_io_uring_enter);
	for (i = 0; i < LINX_URING_RULES; i++) {
		numbers[LINX_ABI_X86_64][i] = linx_uring_rules[i].row ? number_of(LINX_ABI_X86_64, linx_uring_rules[i].row) : enter_nr;
		numbers[LINX_ABI_I386][i] = linx_uring_rules[i].row ? number_of(LINX_ABI_I386, linx_uring_rules[i].row) : -1;
	}
}

/*
 * Returns the rule with number i, and sets *nr and *abi to the call that it stands for. NULL: the rule stands for no
 * call, and *nr is set to the number of io_uring_enter.
 */
static const struct linx_uring_rule *find_call(unsigned int i, bool compat, s32 *nr, u32 *abi)
{
	i = array_index_nospec(i, LINX_URING_RULES);
	*abi = compat && numbers[LINX_ABI_I386][i] >= 0 ? LINX_ABI_I386 : LINX_ABI_X86_64;
	*nr = numbers[*abi][i];
	if (*nr >= 0)
		return linx_uring_rules[i].row ? &linx_uring_rules[i] : NULL;
	*nr = enter_nr; /* the call does not exist on this architecture */
	return NULL;
}

bool linx_uring_selected(const struct linx_session *s)
{
	unsigned int i;
	u32 key, abi;
	s32 nr;

	for (i = 0; i < 2 * LINX_URING_RULES; i++) {
		find_call(i / 2, i & 1, &nr, &abi);
		key = linx_key(abi, nr);
		if (linx_bit(s->exit, key) || linx_bit(s->enter, key))
			return true;
	}
	return false;
}

struct linx_ops *linx_uring_ops(void)
{
	return kvzalloc(sizeof(struct linx_ops), LINX_GFP);
}

void linx_uring_forget(struct linx_ops *ops)
{
	memset(ops, 0, sizeof(*ops));
}

/* ---- operations under way ---- */

static u64 id_of(const struct linx_op_slot *slot)
{
	return (u64)slot->generation << 32 | slot->index;
}

static u32 hash_of(const void *ctx, u64 key, unsigned int bits)
{
	return hash_64((unsigned long)ctx ^ key * GOLDEN_RATIO_64, bits);
}

/* Returns the slot to look at in step i of a search for an operation. */
static struct linx_op_slot *slot_at(const struct linx_session *s, const void *ctx, const void *req, u64 user_data,
				    unsigned int i)
{
	u32 at = i < LINX_URING_TRIES ? hash_of(ctx, user_data, SLOTS_LOG) + i :
				  hash_of(ctx, (unsigned long)req, SLOTS_LOG) + i * LINX_URING_STEP;

	return &s->ops->slots[at & ((1 << SLOTS_LOG) - 1)];
}

static atomic_t *kept_of(const struct linx_session *s, const void *ctx, u64 user_data)
{
	return &s->ops->kept[hash_of(ctx, user_data, KEPT_LOG)];
}

/* Returns the number of slots in which an operation can be. */
static unsigned int tries(const void *req)
{
	return LINX_HAVE_URING_ENTRY && req ? 2 * LINX_URING_TRIES : LINX_URING_TRIES;
}

/*
 * Subtracts an operation that has ended or loses its slot from its counter in linx_ops.kept. The caller has made the
 * slot BUSY.
 */
static void slot_drop(struct linx_session *s, const struct linx_op_slot *slot)
{
	atomic_sub(slot->kept, kept_of(s, slot->ctx, slot->user_data));
}

/* Marks, in the operation's counter in linx_ops.kept, that an operation has no slot. The mark is never removed. */
static void make_unsure(struct linx_session *s, const void *ctx, u64 user_data, bool repeats)
{
	atomic_t *kept = kept_of(s, ctx, user_data);
	u32 how = repeats ? LINX_UNKEPT_SEVERAL : LINX_UNKEPT_ONE;

	if (!(atomic_read(kept) & how))
		atomic_or(how, kept);
}

/*
 * Does a new submission use the request of the slot's operation? Then that operation has ended, although its end was
 * not reported.
 */
static bool slot_is_over(const struct linx_op_slot *slot, const struct linx_submitted *sub)
{
	return LINX_HAVE_URING_ENTRY && slot->req == sub->req;
}

static bool slot_may_go(const struct linx_op_slot *slot, const struct linx_submitted *sub, bool silent, u64 now,
			unsigned int pass)
{
	return linx_uring_slot_may_go(slot_is_over(slot, sub), slot->silent, silent, slot->time, now, pass);
}

/*
 * Removes the operation of a slot that the caller has made BUSY, to make room for a new one. Returns false if the new
 * operation may not take this slot.
 */
static bool slot_clear(struct linx_session *s, const struct linx_op_slot *slot, const struct linx_submitted *sub,
		       bool silent, u64 now, unsigned int pass)
{
	if (!slot_may_go(slot, sub, silent, now, pass))
		return false;
	if (!slot_is_over(slot, sub))
		make_unsure(s, slot->ctx, slot->user_data, slot->repeats);
	slot_drop(s, slot);
	return true;
}

/* Takes a slot for a new operation and makes it BUSY; NULL: no slot is free. */
static struct linx_op_slot *slot_take(struct linx_session *s, const struct linx_submitted *sub, bool silent, u64 now)
{
	unsigned int i, nslots = tries(sub->req);
	struct linx_op_slot *slot;
	u32 state;

	for (i = 0; i < LINX_URING_PASSES * nslots; i++) {
		slot = slot_at(s, sub->ctx, sub->req, sub->user_data, i % nslots);
		state = READ_ONCE(slot->state);
		if (state == BUSY || (state == USED && !slot_may_go(slot, sub, silent, now, i / nslots)) ||
		    cmpxchg(&slot->state, state, BUSY) != state)
			continue;
		if (state == USED && !slot_clear(s, slot, sub, silent, now, i / nslots)) { /* reused by now */
			smp_store_release(&slot->state, USED);
			continue;
		}
		slot->kept = i % nslots < LINX_URING_TRIES ? LINX_KEPT_ONE : LINX_KEPT_BY_REQUEST;
		return slot;
	}
	return NULL;
}

static bool may_repeat(const struct linx_submitted *sub)
{
	return linx_uring_may_repeat(sub->opcode, sub->flags, sub->multi);
}

static bool slot_is(const struct linx_op_slot *slot, const struct linx_completed *done)
{
	if (slot->ctx != done->ctx || slot->user_data != done->user_data)
		return false;
	if (!LINX_HAVE_URING_ENTRY)
		return true;
	return done->req ? slot->req == done->req : !(done->flags & IORING_CQE_F_MORE) || slot->repeats;
}

/*
 * Work (core/probe_work.h) of several operations in a row. A call submits as many operations as its ring holds, and
 * their results are posted under a lock: ten thousands may come while the kernel runs no other task. Therefore all
 * submissions of a call share the limit of work of one probe, and so do all results that one task gets in a row on this
 * CPU. When the limit is reached, no more memory is read for them. Each operation still gets its record, and for each
 * result its operation is still searched.
 */
struct series {
	const struct task_struct *task; /* compared, never followed */
	unsigned long switches;
	u64 begun;
	u32 work;
	const void *ctx; /* submissions: address of the io_uring, compared, never followed */
	u32 left; /* submissions: how many more the call may make; too high if the call ended early at a bad entry */
};

static DEFINE_PER_CPU(struct series, submitted);
static DEFINE_PER_CPU(struct series, posted);

#define SERIES_MAX (10 * NSEC_PER_MSEC)
/* Bytes of user memory for which a record is not charged to the limit of work. Only long buffers have more bytes. */
#define BYTES_FREE 512
/*
 * Work (core/probe_work.h) that each submission may do without being charged, so that many ordinary submissions of a
 * call are recorded whole.
 */
#define SUBMISSION_FREE 10000

static void series_begin(struct series *i, u64 now)
{
	unsigned long switches = current->nvcsw + current->nivcsw;

	if (i->task != current || i->switches != switches || now - i->begun >= SERIES_MAX) {
		i->task = current;
		i->switches = switches;
		i->begun = now;
		i->work = 0;
	}
	linx_probe_goes_on(i->work);
}

/*
 * Begins to count the work of a submission. The first submission of a call sets the sum of work to 0, since the program
 * or other tasks may have run since the last call. If a call ended before all its submissions, the next calls of the
 * same io_uring add to its sum, for at most SERIES_MAX. Kernels before 6.10 report a refused linked operation twice.
 * The sum of such a call may therefore be set to 0 a second time.
 */
static void submission_begin(struct series *i, const struct linx_submitted *sub, u64 now)
{
	if (i->ctx != sub->ctx || !i->left) {
		i->task = NULL;
		i->ctx = sub->ctx;
		i->left = max(sub->batch, 1U);
	}
	i->left--;
	series_begin(i, now);
}

static void series_end(struct series *i, u32 uncounted)
{
	u32 work = linx_probe_spent() - i->work;

	i->work += work - min(work, uncounted);
}

/* Counts the user memory of a record as work. The memory in the record's PIECE records has been counted already. */
static void series_spend(u32 bytes)
{
	if (unlikely(bytes > BYTES_FREE))
		linx_probe_spend(LINX_WORK_OF_BYTE * (bytes - BYTES_FREE));
}

/* Can the result belong to an operation that has no slot, or to one whose slot is found only by its request? */
static bool may_be_another(struct linx_session *s, const struct linx_completed *done)
{
	u32 uncertain = LINX_UNKEPT_SEVERAL | LINX_KEPT_ALL_BY_REQUEST | (done->overflown ? LINX_UNKEPT_ONE : 0);

	return atomic_read(kept_of(s, done->ctx, done->user_data)) & uncertain;
}

/* Can an operation in the table have this result? If not, no search is needed. */
static bool is_kept(const struct linx_session *s, const struct linx_completed *done)
{
	return atomic_read(kept_of(s, done->ctx, done->user_data)) & LINX_KEPT_ALL;
}

/*
 * Finds the operation that a result belongs to; NULL: there is none. A result comes without a request if it is not the
 * operation's last one, or if it found no room in the program's ring. Then it is matched only if exactly one operation
 * can have it. Other results without a request belong to no operation: messages, or the notice in a full ring that the
 * memory of a zero-copy send is free. Before 6.0 no result has a request; then the result is given to the first
 * operation that the search finds.
 */
static struct linx_op_slot *slot_find(struct linx_session *s, const struct linx_completed *done)
{
	bool unsure = LINX_HAVE_URING_ENTRY && !done->req;
	struct linx_op_slot *slot, *found = NULL;
	unsigned int i, nslots = tries(done->req);

	if (unsure && (done->flags & IORING_CQE_F_NOTIF || (!done->overflown && !(done->flags & IORING_CQE_F_MORE))))
		return NULL;
	if (!is_kept(s, done))
		return NULL;
	for (i = 0; i < nslots; i++) {
		slot = slot_at(s, done->ctx, done->req, done->user_data, i);
		/* Pairs with the release in keep_op(). */
		if (smp_load_acquire(&slot->state) != USED || !slot_is(slot, done))
			continue;
		if (!unsure)
			return slot;
		if (found)
			return NULL;
		found = slot;
	}
	return found && !may_be_another(s, done) ? found : NULL;
}

/*
 * Is this the operation's last result? For a zero-copy send the first result counts as the last; the second result has
 * another request and only says that the memory is free.
 */
static bool is_last(const struct linx_op_slot *slot, const struct linx_completed *done)
{
	return !(done->flags & IORING_CQE_F_MORE) || slot->opcode == LINX_OP_SEND_ZC || slot->opcode == LINX_OP_SENDMSG_ZC;
}

/*
 * Copies the operation that a result belongs to, and frees its slot after the last result. Returns false if the result
 * belongs to no operation.
 */
static bool slot_read(struct linx_session *s, const struct linx_completed *done, struct linx_op_slot *copy)
{
	struct linx_op_slot *slot = slot_find(s, done);
	bool is;

	if (!slot || cmpxchg(&slot->state, USED, BUSY) != USED)
		return false;
	*copy = *slot;
	is = slot_is(copy, done);
	if (is && is_last(copy, done)) {
		slot_drop(s, slot);
		smp_store_release(&slot->state, FREE);
	} else {
		smp_store_release(&slot->state, USED);
	}
	return is;
}

/*
 * Forgets an older operation with the same request: the request has been reused, and its next result would be taken
 * for that of the older operation.
 */
static void forget_former(struct linx_session *s, const struct linx_submitted *sub)
{
	struct linx_completed gone = { .ctx = sub->ctx, .req = sub->req, .user_data = sub->user_data };
	struct linx_op_slot copy;
	unsigned int n = 2 * LINX_URING_TRIES;

	while (LINX_HAVE_URING_ENTRY && n-- && slot_read(s, &gone, &copy))
		;
}

/*
 * Has this submission been recorded before the kernel refused it? If not, it is stored as the last submission of its
 * io_uring. The kernel does not report the first operation of a chain twice: if that operation equals the last
 * submission, the last submission was made to an io_uring that is gone and had the same address.
 */
static bool is_known(struct linx_session *s, const struct linx_submitted *sub)
{
	struct linx_op_last *last = &s->ops->last[hash_ptr(sub->ctx, LAST_LOG)];

	if (!LINX_URING_REPORTED_TWICE)
		return false;
	if (sub->refused && sub->linked && READ_ONCE(last->ctx) == sub->ctx && READ_ONCE(last->req) == sub->req &&
	    READ_ONCE(last->head) == sub->head)
		return true;
	WRITE_ONCE(last->ctx, sub->ctx);
	WRITE_ONCE(last->req, sub->req);
	WRITE_ONCE(last->head, sub->head);
	return false;
}

/* ---- submission ---- */

/*
 * Copies the struct io_uring_sqe of a submission, reading each word once. Returns false if there is none, or if the
 * program has overwritten it: its opcode or user_data differ from the kernel's own copy.
 */
static bool copy_entry(struct linx_uring *uring, const struct linx_submitted *sub)
{
	const u64 *from = (const u64 *)sub->entry;
	u64 *to = (u64 *)uring->entry;
	unsigned int i;

	if (!from)
		return false;
	for (i = 0; i < sizeof(uring->entry) / sizeof(*to); i++)
		to[i] = READ_ONCE(from[i]);
	return uring->entry[0] == sub->opcode && to[4] == sub->user_data;
}

/* Fills the value of LINX_FIELD_URING. Returns its size. */
static u32 fill_uring(struct linx_uring *uring, const struct linx_submitted *sub)
{
	uring->user_data = sub->user_data;
	uring->opcode = sub->opcode;
	uring->flags = sub->flags;
	if (copy_entry(uring, sub)) {
		uring->state = LINX_WHOLE;
		return sizeof(*uring);
	}
	uring->state = LINX_UNAVAILABLE;
	return offsetof(struct linx_uring, entry);
}

/*
 * Can the operation run later than its submission: after others of its chain, or in a kernel thread? The first
 * operation of a chain may wait, too, if a later one has IOSQE_IO_DRAIN; this is not known yet.
 */
static bool waits(const struct linx_submitted *sub)
{
	return sub->linked || sub->flags & (IOSQE_IO_LINK | IOSQE_IO_HARDLINK | IOSQE_IO_DRAIN | IOSQE_ASYNC);
}

/* Leaves buffers, and the memory that structures point to, out of what is captured of the operation. */
static void leave_data_out(struct linx_op *op)
{
	op->flat = true;
	op->mask &= ~linx_uring_read_late(op->rule);
}

/*
 * Decides which memory is read at submission. The kernel copies paths, addresses and structures when it takes the
 * entry, but data when the operation runs: they may change until then.
 */
static void fill_memory(struct linx_op *op, const struct linx_submitted *sub, u8 in)
{
	op->registered = linx_uring_is_registered(op->uring);
	op->mask = in;
	if (op->registered || waits(sub))
		leave_data_out(op);
}

static void fill_args(struct linx_op *op, const struct linx_uring_rule *rule, const struct linx_row *row)
{
	unsigned int i;

	for (i = 0; i < LINX_NARGS; i++) {
		op->args[i] = rule->from[i] ? linx_sqe_member(op->uring, rule->from[i]) : 0;
		if (rule->from[i] == FD)
			op->file_arg = i;
	}
	op->nargs = row->nargs;
	op->made = !linx_uring_is_direct(op->uring);
}

/*
 * Fills in the task that submits the operation: the current task, which is one of the program's own or the kernel
 * thread that polls its ring.
 */
static void fill_op(struct linx_op *op, const struct linx_submitted *sub)
{
	const struct cred *cred = current_cred();

	op->kind = LINX_REC_ENTER;
	op->tid = current->pid;
	op->pid = current->tgid;
	op->uid = __kuid_val(cred->uid);
	op->gid = __kgid_val(cred->gid);
	op->euid = __kuid_val(cred->euid);
	op->egid = __kgid_val(cred->egid);
	op->files = current->files;
	op->fixed = sub->flags & IOSQE_FIXED_FILE;
	op->calm = !op->fixed; /* a fixed file is named by an index of the io_uring, not by a descriptor */
}

/*
 * Is this a command for a socket that reads or sets an option? The file is looked up here in the same way as the kernel
 * looks it up when it runs the command, a moment later.
 */
static bool is_option(const struct linx_op *op, const struct linx_submitted *sub)
{
	if (op->uring->state != LINX_WHOLE || !linx_uring_may_be_option(op->uring))
		return false;
	if (op->fixed)
		return sub->fixed && linx_sock_kind(sub->fixed).type;
	return linx_fd_socket(linx_sqe_plain(op->uring, FD)).type;
}

/* Stores the operation in the table until its result comes. Returns its id; 0: no result can be matched to it. */
static u64 keep_op(struct linx_session *s, const struct linx_submitted *sub, const struct linx_call *c, bool silent)
{
	struct linx_op_slot *slot = NULL;
	u64 id;

	/* A success that skips the completion ring is never reported by the kernel. */
	if (!(sub->flags & IOSQE_CQE_SKIP_SUCCESS) || c->op->flags & LINX_RF_IF_RESULT)
		slot = slot_take(s, sub, silent, c->now);
	if (!slot) {
		make_unsure(s, sub->ctx, sub->user_data, may_repeat(sub));
		return 0;
	}
	slot->silent = silent;
	slot->repeats = may_repeat(sub);
	slot->ctx = sub->ctx;
	slot->req = sub->req;
	slot->time = c->now;
	slot->user_data = sub->user_data;
	slot->op = *c->op;
	slot->nr = c->nr;
	slot->key = c->key;
	slot->opcode = sub->opcode;
	slot->flags = sub->flags;
	slot->index = slot - s->ops->slots + 1;
	slot->generation++;
	id = id_of(slot);
	atomic_add(slot->kept, kept_of(s, slot->ctx, slot->user_data));
	smp_store_release(&slot->state, USED); /* pairs with slot_find() */
	return id;
}

static void keep_silently(struct linx_session *s, const struct linx_submitted *sub, const struct linx_call *c)
{
	if (LINX_HAVE_URING_ENTRY)
		keep_op(s, sub, c, true);
}

/*
 * Records a submission. If the call that submits the operation has reached its limit of work, buffers and the memory
 * that structures point to are left out.
 */
static void encode_submission(struct linx_session *s, struct linx_ring *r, const struct linx_submitted *sub, struct linx_call *c,
			      struct linx_op *op)
{
	const bool flat = op->flat;
	const typeof(op->mask) mask = op->mask;

	if (unlikely(linx_probe_is_spent()))
		leave_data_out(op);
	series_spend(linx_encode_op(s, r, c, 0));
	op->flat = flat;
	op->mask = mask;
}

static void session_submit(struct linx_session *s, const struct linx_submitted *sub, struct linx_call *c,
			   struct linx_op *op, struct linx_uring *uring)
{
	const u32 by_result = LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL | LINX_FILTER_DURATION | LINX_FILTER_PREDICATE;
	struct linx_ring *r = this_cpu_ptr(s->ring);
	bool selected = linx_bit(s->exit, c->key) || linx_bit(s->enter, c->key);

	if (!READ_ONCE(s->uring) || is_known(s, sub))
		return;
	forget_former(s, sub);
	op->flags = 0;
	if (!selected || !linx_filter_task(s, current) || !linx_filter_cgroup(s) || !linx_predicate(s, c, true, 0)) {
		r->filtered += selected;
		keep_silently(s, sub, c);
		return;
	}
	op->flags = READ_ONCE(s->filter) & by_result ? LINX_RF_IF_RESULT : 0;
	linx_task_announce(s, r, c->now);
	uring->id = keep_op(s, sub, c, false);
	if (linx_rate_takes(s, r, c, true))
		encode_submission(s, r, sub, c, op);
}

static void count_nested(void)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (READ_ONCE(s->uring))
			linx_ring_nested(s->ring);
	linx_nested_end();
}

/* Returns the row of the operation's call, or the variant that its arguments select. */
static const struct linx_row *row_of(const struct linx_call *c)
{
	const struct linx_row *row = linx_table_row(c->key);

	return c->op->nargs && row->selector ? linx_variant_by_args(row, c->op->args) : row;
}

void linx_uring_submit(const struct linx_submitted *sub)
{
	const struct linx_uring_rule *rule;
	struct linx_uring uring = { 0 };
	struct linx_op op = { .uring = &uring };
	struct linx_call c = { .op = &op };
	struct linx_session *s;
	struct series *i;
	s32 nr;
	u32 abi;

	if (unlikely(!probe_enter()))
		return count_nested();
	c.now = linx_clock_now();
	i = this_cpu_ptr(&submitted);
	submission_begin(i, sub, c.now);
	this_cpu_write(posted.task, NULL); /* makes the next result begin a new series */
	fill_op(&op, sub);
	op.uring_size = fill_uring(&uring, sub);
	op.rule = linx_uring_rule_of(&uring, is_option(&op, sub));
	rule = find_call(op.rule, sub->compat, &nr, &abi);
	c.nr = nr;
	c.key = linx_key(abi, nr);
	c.row = linx_table_row(c.key);
	if (rule && uring.state == LINX_WHOLE && !linx_uring_leads_elsewhere(&uring)) {
		fill_args(&op, rule, c.row);
		c.row = row_of(&c);
		fill_memory(&op, sub, c.row->in);
	}
	list_for_each_entry_rcu(s, &linx_sessions, link)
		session_submit(s, sub, &c, &op, &uring);
	series_end(i, SUBMISSION_FREE);
	probe_leave();
}

/* ---- completion ---- */

/* Can this task read the submitter's memory? */
static bool is_here(const struct linx_op *op)
{
	return in_task() && current->mm && !(current->flags & PF_KTHREAD) && (u32)current->tgid == op->pid;
}

/*
 * Returns the arguments whose memory is captured at completion: what the call wrote, and the data that it took, which
 * the program leaves unchanged until it sees the result. Other memory may have changed, as the kernel copied it at
 * submission.
 */
static unsigned int used(const struct linx_op_slot *slot, const struct linx_row *row, s32 res)
{
	unsigned int mask = row->out | linx_uring_read_late(slot->op.rule) | linx_uring_length(slot->op.rule);

	if (!slot->op.nargs || res < 0 || slot->flags & IOSQE_BUFFER_SELECT || !is_here(&slot->op))
		return 0;
	/*
	 * MSG_TRUNC may make a socket throw data away and leave the buffer unfilled. The kind of the socket cannot be
	 * looked up here, so the buffer is not read.
	 */
	if (slot->op.registered || (slot->opcode == IORING_OP_RECV && slot->op.args[LINX_RECV_FLAGS] & MSG_TRUNC))
		mask &= ~(1 << LINX_BYTES_BUF);
	return mask;
}

static void session_complete(struct linx_session *s, struct linx_ring *r, const struct linx_completed *done, u64 now)
{
	struct linx_op_slot slot;
	struct linx_call c = { .op = &slot.op, .ret = done->res };
	struct linx_op *op = &slot.op;
	u64 entry;
	struct linx_uring uring;

	if (!READ_ONCE(s->uring) || READ_ONCE(s->owner_gone) || !slot_read(s, done, &slot) || slot.silent)
		return;
	c.nr = slot.nr;
	c.key = slot.key;
	c.row = row_of(&c);
	c.now = now;
	entry = min(slot.time, now);
	op->kind = LINX_REC_EXIT;
	op->flags = 0;
	op->calm = false;
	op->made &= is_here(op) && current->files == op->files && !irqs_disabled();
	op->file = done->file;
	op->mask = linx_probe_is_spent() ? 0 : used(&slot, c.row, done->res);
	uring = (struct linx_uring){
		.id = id_of(&slot),
		.user_data = done->user_data,
		.opcode = slot.opcode,
		.flags = slot.flags,
		.state = LINX_UNAVAILABLE,
		.cqe_flags = done->flags,
	};
	op->uring = &uring;
	op->uring_size = offsetof(struct linx_uring, entry);
	if (!linx_filter_call(s, c.ret, entry, now) || !linx_predicate(s, &c, false, entry)) {
		r->filtered++;
		return;
	}
	if (!linx_rate_takes(s, r, &c, true)) /* true: sampling does not apply to operations */
		return;
	series_spend(linx_encode_op(s, r, &c, entry));
}

void linx_uring_complete(const struct linx_completed *done)
{
	struct linx_probe_run probe;
	struct linx_session *s;
	struct linx_ring *r;
	struct series *i;

	if (unlikely(!linx_probe_begin(&probe)))
		return count_nested();
	i = this_cpu_ptr(&posted);
	if (!probe.nested) /* a nested probe reads no memory of the program, and its work is not counted */
		series_begin(i, probe.now);
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		r = linx_probe_ring(&probe, s);
		if (likely(r))
			session_complete(s, r, done, probe.now);
		else if (READ_ONCE(s->uring))
			linx_ring_nested(s->ring);
	}
	if (!probe.nested)
		series_end(i, 0);
	linx_probe_end(&probe);
}
