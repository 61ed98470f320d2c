/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records operations of io_uring as the system calls that they stand for. kmod/syscall/uring.c describes the rules and
 * their reasons. This needs Linux 6.0 or later, where the programs can read the kernel's requests.
 */
#ifndef LINX_BPF_URING_H
#define LINX_BPF_URING_H

#include "call/call.h"
#include "filter/filter.h"
#include "call/rate.h"
#include "shared/uring_facts.h"
#include "shared/uring_slots.h"
#include "task/task.h"

#define URING_SLOTS (1u << LINX_BPF_URING_SLOTS_LOG)
#define URING_PLACES (2 * LINX_URING_TRIES)

enum { URING_FREE, URING_BUSY, URING_USED };

/* Flags of rings, and opcodes, that older copies of linux/io_uring.h lack. */
#define SETUP_SQE128 (1u << 10)
#define SETUP_NO_SQARRAY (1u << 16)
#define SETUP_SQE_MIXED (1u << 19)
#define SETUP_SQ_REWIND (1u << 20)
#define OP_NOP128 63u
#define OP_URING_CMD128 64u

/* Bits of a pointer to a file in an io_uring's own table that are flags. */
#define FIXED_FILE_FLAGS 7ull

/* Indices of arguments: the buffer, in each call that has one, and the flags of recvfrom. */
#define BYTES_BUF 1
#define RECV_FLAGS 3

MAP_OF(uring_opcodes, MAP_ARRAY, 1, 0, __u32, struct linx_bpf_opcode);
MAP_OF(uring_slots, MAP_ARRAY, 1, 0, __u32, struct uring_slot);
MAP_OF(uring_kept, MAP_ARRAY, 1, 0, __u32, __u32);
MAP_OF(uring_last, MAP_ARRAY, 1, 0, __u32, struct uring_last);

/* ---- operations under way ------------------------------------------------------------ */

static __always_inline __u32 uring_hash(__u64 ctx, __u64 key, __u32 bits)
{
	return ((ctx ^ key * 0x61c8864680b583ebull) * 0x61c8864680b583ebull) >> (64 - bits);
}

static __always_inline struct uring_slot *slot_of(__u32 at)
{
	at &= URING_SLOTS - 1;
	return bpf_map_lookup_elem(&uring_slots, &at);
}

/*
 * Returns the index of the slot to look at in step i of a search. The first steps go by user_data, which every result
 * has, the later ones by the kernel's request, which is unique.
 */
static __always_inline __u32 slot_place(const struct uring_work *u, __u32 i)
{
	if (i < LINX_URING_TRIES)
		return (uring_hash(u->ctx, u->user_data, LINX_BPF_URING_SLOTS_LOG) + i) & (URING_SLOTS - 1);
	return (uring_hash(u->ctx, u->req, LINX_BPF_URING_SLOTS_LOG) + i * LINX_URING_STEP) & (URING_SLOTS - 1);
}

static __always_inline __u32 *kept_of(__u64 ctx, __u64 user_data)
{
	__u32 at = uring_hash(ctx, user_data, LINX_BPF_URING_KEPT_LOG);

	return bpf_map_lookup_elem(&uring_kept, &at);
}

static __always_inline __u32 kept_now(__u64 ctx, __u64 user_data)
{
	__u32 *kept = kept_of(ctx, user_data);

	return kept ? *(volatile __u32 *)kept : 0;
}

/* Makes the state of a slot visible to other CPUs, after all earlier writes to the slot. */
static __always_inline void slot_show(struct uring_slot *s, __u32 state)
{
	volatile __u32 was = __sync_lock_test_and_set(&s->state, state);

	(void)was;
}

/* Subtracts an ended operation from its counter in uring_kept. The caller has set the slot's state to URING_BUSY. */
static __noinline int slot_drop(const struct uring_op *op)
{
	__u32 *kept = kept_of(op->ctx, op->user_data);

	if (kept)
		add_atomic(kept, -op->kept);
	return 0;
}

/*
 * Marks, in the operation's counter in uring_kept, that an operation has no slot. The mark is never removed, since a
 * result without a request may belong to that operation.
 */
static __noinline int make_unsure(__u64 ctx, __u64 user_data, __u32 repeats)
{
	__u32 *kept = kept_of(ctx, user_data), how = repeats ? LINX_UNKEPT_SEVERAL : LINX_UNKEPT_ONE;

	if (kept && !(*(volatile __u32 *)kept & how))
		__sync_fetch_and_or(kept, how);
	return 0;
}

static __always_inline bool slot_may_go(const struct uring_slot *s, const struct uring_work *u, __u64 now, __u32 pass)
{
	return linx_uring_slot_may_go(s->op.req == u->req, s->op.silent, u->silent, s->op.time, now, pass);
}

/*
 * Removes the operation in the slot if the new one may take the slot. Returns false if the new operation may not take
 * the slot. The caller has set the slot's state to URING_BUSY.
 */
static __noinline bool slot_clear(struct uring_slot *s, const struct uring_work *u, __u64 now, __u32 pass)
{
	if (!slot_may_go(s, u, now, pass))
		return false;
	if (s->op.req != u->req)
		make_unsure(s->op.ctx, s->op.user_data, s->op.repeats);
	slot_drop(&s->op);
	return true;
}

STEP(take_slot)
{
	struct uring_work *u = &x->w->uring;
	__u32 n = i & (URING_PLACES - 1), pass = i / URING_PLACES, at = slot_place(u, n), state;
	struct uring_slot *s = slot_of(at);

	if (!s)
		return 1;
	state = *(volatile __u32 *)&s->state;
	if (state == URING_BUSY || (state == URING_USED && !slot_may_go(s, u, x->w->time, pass)) ||
	    __sync_val_compare_and_swap(&s->state, state, URING_BUSY) != state)
		return 0;
	/* Another operation may have got the slot since the test. */
	if (state == URING_USED && !slot_clear(s, u, x->w->time, pass)) {
		slot_show(s, URING_USED);
		return 0;
	}
	s->op.kept = n < LINX_URING_TRIES ? LINX_KEPT_ONE : LINX_KEPT_BY_REQUEST;
	u->found = at + 1;
	return 1;
}

static __always_inline bool slot_is(const struct uring_op *op, const struct uring_work *u)
{
	if (op->ctx != u->ctx || op->user_data != u->user_data)
		return false;
	return u->req ? op->req == u->req : !(u->cqe_flags & IORING_CQE_F_MORE) || op->repeats;
}

/*
 * Looks at one slot for the operation of a result. The kernel orders a result after its submission. Therefore what was
 * written to the slot at the submission is visible here.
 */
STEP(find_slot)
{
	struct uring_work *u = &x->w->uring;
	__u32 at = slot_place(u, i);
	struct uring_slot *s = slot_of(at);

	if (!s || *(volatile __u32 *)&s->state != URING_USED || !slot_is(&s->op, u))
		return 0;
	u->several = u->found != 0;
	u->found = at + 1;
	return !u->unsure || u->several;
}

/* Can the result belong to an operation that has no slot, or to one that a search by user_data cannot find? */
static __always_inline bool may_be_another(const struct uring_work *u)
{
	__u32 uncertain = LINX_UNKEPT_SEVERAL | LINX_KEPT_ALL_BY_REQUEST | (u->overflown ? LINX_UNKEPT_ONE : 0);

	return kept_now(u->ctx, u->user_data) & uncertain;
}

/*
 * Returns the slot of the operation that a result belongs to; NULL: there is none, or it is not certain. The kernel
 * does not pass the request to the tracepoint (u->req is 0) if more results of the operation follow, or if the
 * completion queue has no room for the result. Such a result is searched by user_data, and matched only if exactly one
 * operation can have it. A result without a request that is not of this kind belongs to no operation; neither does the
 * notice (IORING_CQE_F_NOTIF) that the memory of a zero-copy send is free.
 */
static __noinline struct uring_slot *slot_find(struct cpu *x)
{
	struct uring_work *u = &x->w->uring;

	u->unsure = !u->req;
	u->found = u->several = 0;
	if (u->unsure && (u->cqe_flags & IORING_CQE_F_NOTIF || (!u->overflown && !(u->cqe_flags & IORING_CQE_F_MORE))))
		return 0;
	repeat(opaque(x, u->unsure ? LINX_URING_TRIES : URING_PLACES), find_slot, x);
	if (!u->found || u->several || (u->unsure && may_be_another(u)))
		return 0;
	return slot_of(u->found - 1);
}

/*
 * Is this the operation's last result? A zero-copy send has two results. The first one counts as the last, since the
 * second one only says that the memory may be reused.
 */
static __always_inline bool is_last(const struct uring_work *u)
{
	return !(u->cqe_flags & IORING_CQE_F_MORE) || u->op.opcode == LINX_OP_SEND_ZC || u->op.opcode == LINX_OP_SENDMSG_ZC;
}

/*
 * Copies the operation that a result belongs to to u->op, and frees its slot after the last result. Returns false if
 * the operation is not found.
 */
static __noinline bool slot_read(struct cpu *x)
{
	struct uring_work *u = &x->w->uring;
	struct uring_slot *s = slot_find(x);
	bool is;

	if (!s || __sync_val_compare_and_swap(&s->state, URING_USED, URING_BUSY) != URING_USED)
		return false;
	bpf_probe_read_kernel(&u->op, sizeof(u->op), &s->op);
	is = slot_is(&u->op, u);
	if (is && is_last(u)) {
		slot_drop(&s->op);
		slot_show(s, URING_FREE);
	} else {
		slot_show(s, URING_USED);
	}
	return is;
}

STEP(forget_one)
{
	return !slot_read(x);
}

/*
 * Forgets an older operation with the same request: the request has been reused, and the result of the new operation
 * would be taken for that of the older one.
 */
static __always_inline void forget_former(struct cpu *x)
{
	struct uring_work *u = &x->w->uring;

	u->cqe_flags = u->overflown = 0;
	if (kept_now(u->ctx, u->user_data) & LINX_KEPT_ALL)
		repeat(URING_PLACES, forget_one, x);
}

/*
 * Was this submission recorded already, before the kernel refused it? Before Linux 6.10 the kernel reports linked
 * operations as submitted first, and may refuse them later. The second report then has the same head of the submission
 * queue as the first one. In io_urings that rewind their queue (since 7.0) every submission has the same head, and such
 * a report is not noticed. Stores the submission as the last one of its io_uring.
 */
static __always_inline bool is_known(struct uring_work *u)
{
	__u32 at = uring_hash(u->ctx, 0, LINX_BPF_URING_LAST_LOG);
	struct uring_last *last = bpf_map_lookup_elem(&uring_last, &at);

	if (!last || GET(u->ctx, io_ring_ctx, flags) & SETUP_SQ_REWIND)
		return false;
	if (u->refused && u->linked && last->ctx == u->ctx && last->req == u->req && last->head == u->head)
		return true;
	last->ctx = u->ctx;
	last->req = u->req;
	last->head = u->head;
	return false;
}

/*
 * Stores the operation in a slot until its result comes. silent: the operation is not recorded. judged: its result
 * decides whether it is recorded. Returns the id for its records; 0: no result can be matched to it.
 */
static __noinline __u64 keep_op(struct cpu *x, __u32 silent, __u32 judged)
{
	struct uring_work *u = &x->w->uring;
	struct uring_slot *s;
	__u32 *kept, was, generation;

	u->silent = u->op.silent = silent;
	u->found = 0;
	/* An entry with this flag needs no slot, since its success is never reported. */
	if (!(u->flags & IOSQE_CQE_SKIP_SUCCESS) || judged)
		repeat(LINX_URING_PASSES * URING_PLACES, take_slot, x);
	s = u->found ? slot_of(u->found - 1) : 0;
	if (!s) {
		make_unsure(u->ctx, u->user_data, u->op.repeats);
		return 0;
	}
	was = s->op.kept;
	generation = s->op.generation + 1;
	bpf_probe_read_kernel(&s->op, sizeof(s->op), &u->op);
	s->op.kept = was;
	s->op.generation = generation;
	kept = kept_of(u->ctx, u->user_data);
	if (kept)
		add_atomic(kept, was);
	slot_show(s, URING_USED);
	return (__u64)generation << 32 | u->found;
}

/* ---- the kernel's structures ----------------------------------------------------------- */

static __always_inline __u64 request_flags(__u64 req)
{
	struct io_kiocb *narrow = (void *)req;
	struct io_kiocb___wide *wide = (void *)req;

	return bpf_core_field_size(narrow->flags) == 8 ? BPF_CORE_READ(wide, flags) : BPF_CORE_READ(narrow, flags);
}

static __always_inline bool is_compat(__u64 ctx)
{
	struct io_ring_ctx *bit = (void *)ctx;
	struct io_ring_ctx___bits *bits = (void *)ctx;

	if (bpf_core_field_exists(bit->compat))
		return BPF_CORE_READ_BITFIELD_PROBED(bit, compat);
	return bpf_core_field_exists(bits->int_flags) && BPF_CORE_READ(bits, int_flags) & config.uring_compat;
}

/* Copies to *u what the programs need of a request that the kernel has prepared or refused. */
static __always_inline void take_request(struct uring_work *u, __u64 req, bool refused)
{
	struct io_ring_ctx *ctx = GET(req, io_kiocb, ctx);
	__u64 flags = request_flags(req);

	u->req = req;
	u->ctx = (__u64)ctx;
	u->user_data = GET(req, io_kiocb, cqe.user_data);
	u->opcode = GET(req, io_kiocb, opcode);
	u->flags = (__u8)flags; /* the lowest eight bits are the flags of the submission queue entry */
	u->multi = flags >> (config.uring_multi & 63) & 1;
	u->compat = is_compat(u->ctx);
	u->refused = refused;
	u->linked = BPF_CORE_READ(ctx, submit_state.link.head) != 0;
	u->head = GET(ctx, io_ring_ctx, cached_sq_head);
}

/*
 * Returns the kernel address of the submission queue entry that the kernel took last; 0: there is none. The submitting
 * task holds the io_uring's lock. The entry's index is read from memory to which the user program can write.
 */
static __always_inline __u64 last_entry(struct cpu *x)
{
	struct uring_work *u = &x->w->uring;
	__u64 array = opaque(x, (__u64)GET(u->ctx, io_ring_ctx, sq_array)), sqes = opaque(x, (__u64)GET(u->ctx, io_ring_ctx, sq_sqes));
	__u32 entries = GET(u->ctx, io_ring_ctx, sq_entries), flags = GET(u->ctx, io_ring_ctx, flags), at = u->head - 1;
	bool wide = flags & SETUP_SQE_MIXED && (u->opcode == OP_NOP128 || u->opcode == OP_URING_CMD128);

	at = (at - wide) & (entries - 1);
	if (!entries)
		return 0;
	if (!(flags & SETUP_NO_SQARRAY) &&
	    (bpf_probe_read_kernel(&at, sizeof(at), (void *)(array + at * 4ull)) || at >= entries))
		return 0;
	return sqes + (flags & SETUP_SQE128 ? at * 2ull : at) * sizeof(struct io_uring_sqe);
}

/*
 * Copies the submission queue entry, reading each word once. If its opcode or user_data differ from the kernel's own
 * copy, the user program has overwritten the entry, which is then marked as unavailable. For an unknown opcode the
 * kernel's copy is 0.
 */
static __always_inline void take_entry(struct uring_work *u, __u64 entry)
{
	const __u64 *words = (const __u64 *)u->value.entry;
	bool there = entry && !bpf_probe_read_kernel(u->value.entry, sizeof(u->value.entry), (void *)entry);

	if (there && u->refused && !u->opcode && (__u8)words[0] >= config.uring_opcodes)
		u->opcode = (__u8)words[0];
	u->value.id = 0;
	u->value.user_data = u->user_data;
	u->value.opcode = u->opcode;
	u->value.flags = u->flags;
	u->value.reserved = 0;
	u->value.cqe_flags = 0;
	u->value.state = there && (__u8)words[0] == u->opcode && words[4] == u->user_data ? LINX_WHOLE : LINX_UNAVAILABLE;
}

/* ---- records ----------------------------------------------------------------------------- */

/* Sets *f to a file that the caller knows to be open. */
static __always_inline void look_at_file(struct found *f, __u64 file)
{
	f->slot = 0;
	f->file = file;
	f->cloexec = 0;
	look_at(f, GET(file, file, f_path.dentry), GET(file, file, f_path.mnt));
}

/*
 * Returns the file at an index of the io_uring's own table; 0: the index stands for no file. The submitting task holds
 * the lock under which the table changes.
 */
static __always_inline __u64 fixed_file(__u64 ring, __u32 index)
{
	struct io_ring_ctx___files *old = (void *)ring;
	struct io_ring_ctx___nodes *new = (void *)ring;
	struct io_rsrc_node *node = 0;
	__u64 at = 0;

	if (bpf_core_field_exists(new->file_table.data)) {
		if (index < BPF_CORE_READ(new, file_table.data.nr))
			bpf_probe_read_kernel(&node, sizeof(node), BPF_CORE_READ(new, file_table.data.nodes) + index);
		return node ? BPF_CORE_READ(node, file_ptr) & ~FIXED_FILE_FLAGS : 0;
	}
	if (!bpf_core_field_exists(old->file_table.files) || !bpf_core_field_exists(old->nr_user_files))
		return 0;
	if (index < BPF_CORE_READ(old, nr_user_files))
		bpf_probe_read_kernel(&at, sizeof(at), BPF_CORE_READ(old, file_table.files) + index);
	return at & ~FIXED_FILE_FLAGS;
}

/*
 * Is this a command that reads or sets an option of a socket? The file is looked up here, since the kernel looks it
 * up only when it runs the command.
 */
static __noinline bool is_option(struct cpu *x)
{
	struct uring_work *u = &x->w->uring;
	__u32 fd = linx_sqe_plain(&u->value, FD);
	__u64 file;

	if (u->value.state != LINX_WHOLE || !linx_uring_may_be_option(&u->value))
		return false;
	x->w->found.magic = 0;
	if (u->flags & IOSQE_FIXED_FILE) {
		file = fixed_file(u->ctx, fd);
		if (!file)
			return false;
		look_at_file(&x->w->found, file);
	} else if (!find_file(x, fd)) {
		return false;
	}
	return sock_of(&x->w->found) != 0;
}

static __always_inline struct linx_bpf_opcode *opcode_of(const struct uring_work *u)
{
	__u32 at = u->rule * 2 + (u->compat & 1);
	struct linx_bpf_opcode *o = bpf_map_lookup_elem(&uring_opcodes, &at);

	at = 0; /* the row of IORING_OP_NOP, which does not stand for a call */
	return o ? o : bpf_map_lookup_elem(&uring_opcodes, &at);
}

/*
 * Can the operation run later than its submission? It can if it is part of a chain, waits for all earlier operations
 * (IOSQE_IO_DRAIN) or runs in a kernel thread.
 */
static __always_inline bool waits(const struct uring_work *u)
{
	return u->linked || u->flags & (IOSQE_IO_LINK | IOSQE_IO_HARDLINK | IOSQE_IO_DRAIN | IOSQE_ASYNC);
}

/*
 * Sets the arguments of the call that the submission queue entry stands for, and decides whether the memory that they
 * point to may be read.
 */
static __always_inline void fill_args(struct cpu *x, const struct linx_bpf_opcode *o)
{
	struct uring_work *u = &x->w->uring;

	for (int i = 0; i < LINX_NARGS; i++) {
		u->op.args[i] = o->from[i] ? linx_sqe_member(&u->value, o->from[i]) : 0;
		if (o->from[i] == FD)
			u->op.file_arg = i;
	}
	u->op.made = !linx_uring_is_direct(&u->value);
	u->op.nargs = x->row->nargs & 7;
	u->op.registered = linx_uring_is_registered(&u->value);
	u->op.flat = u->op.registered || waits(u);
}

static __always_inline void fill_op(struct cpu *x, const struct linx_bpf_opcode *o)
{
	struct uring_work *u = &x->w->uring;

	__builtin_memset(&u->op, 0, sizeof(u->op));
	u->op.ctx = u->ctx;
	u->op.req = u->req;
	u->op.time = x->w->time;
	u->op.user_data = u->user_data;
	u->op.key = o->key;
	u->op.nr = o->nr;
	u->op.tid = x->w->tid;
	u->op.pid = x->w->pid;
	u->op.opcode = u->opcode;
	u->op.flags = u->flags;
	u->op.repeats = linx_uring_may_repeat(u->opcode, u->flags, u->multi);
	u->op.rule = u->rule;
	u->op.fixed = u->flags & IOSQE_FIXED_FILE;
	u->op.files = (__u64)MEMBER(x->task, files);
	if (o->ruled && u->value.state == LINX_WHOLE && !linx_uring_leads_elsewhere(&u->value))
		fill_args(x, o);
}

/*
 * Sets the call that the operation stands for: its row in the table of calls, and what is recorded of it. Returns
 * false if this machine has no such call.
 */
static __always_inline bool begin_op(struct cpu *x, __u32 key, __s32 nr)
{
	struct linx_bpf_call *call = bpf_map_lookup_elem(&calls, &key);
	struct work *w = x->w;

	if (!call)
		return false;
	x->row = &call->row;
	w->key = key;
	w->number = nr;
	w->want = call->want;
	w->every = call->every;
	w->http_call = call->http;
	w->ret = 0;
	return true;
}

/* Sets the row of the call to the variant that the operation's arguments select. */
static __always_inline void choose_op_row(struct cpu *x)
{
	if (!x->row->selector || !x->w->uring.op.nargs)
		return;
	for (int i = 0; i < LINX_NARGS; i++)
		x->w->args[i] = x->w->uring.op.args[i];
	choose_row(x, x->row->selector);
}

/*
 * Captures option and length of a getsockopt that was made by io_uring. The operation holds the length as a number, the
 * system call holds a pointer to it. The length is written as in a record of the system call: as 4 bytes of memory.
 */
static __noinline int capture_option(struct cpu *x, __u32 mask, __u32 done)
{
	struct work *w = x->w;
	__u32 len = done ? (__u32)w->ret : (__u32)w->args[LINX_URING_OPTLEN], def = x->row->arg[LINX_URING_OPTVAL];
	__u32 shape = LINX_ARGDEF_WHAT(def);

	if (mask & 1u << LINX_URING_OPTVAL && w->args[LINX_URING_OPTVAL])
		capture(x, WHAT(LINX_URING_OPTVAL, LINX_VAL_BYTES), w->args[LINX_URING_OPTVAL],
			(__u64)len * (shape ? linx_shape_size(shape, w->abi) : 1), snap_of(def));
	return mask & 1u << LINX_URING_OPTLEN ? put_number(x, WHAT(LINX_URING_OPTLEN, LINX_VAL_BYTES), len, 4) : 0;
}

/* Requests a descriptor that the operation made, if this rule finds one. */
STEP(made_step)
{
	struct linx_fd_rule *r = rule_of(x, i);

	if (!r || (!linx_fd_rule_is_result(r->kind) && r->kind != LINX_FD_RULE_BEHIND))
		return 0;
	if (linx_fd_rule_looks(r->kind) || rule_holds(x, r))
		apply(x, r);
	return 0;
}

/* Writes the values of all descriptors that the operation made. */
static __noinline int put_made_fds(struct cpu *x)
{
	if (config.flags & LINX_BPF_RESOLVED && x->row->resolved == LINX_RESOLVED_OPENED)
		request(x, x->w->ret, FIELD(LINX_FIELD_FD_RESULT, RECORD_PATH), 0);
	if (x->row->pairs)
		repeat(LINX_NARGS, pair_step, x);
	if (x->row->nrules)
		repeat(x->row->nrules, made_step, x);
	repeat(x->w->nrequests, put_step, x);
	return 0;
}

/*
 * Returns which facts of the file that the request holds are recorded (RECORD_*): the addresses of a socket, as for the
 * system call, and all facts of a file that is given by an index of the io_uring's own table.
 */
static __always_inline __u32 parts_of_file(struct cpu *x)
{
	const struct uring_op *op = &x->w->uring.op;
	__u32 what = x->row->resolved, parts = 0;

	if (config.flags & LINX_BPF_RESOLVED && (what == LINX_RESOLVED_PEER || what == LINX_RESOLVED_MESSAGE) &&
	    linx_has_resolved(what, x->w->ret) && (what == LINX_RESOLVED_PEER || is_netlink(x)))
		parts = RECORD_DETAILS;
	if (op->fixed && DESCRIBES_FDS)
		parts |= (config.flags & LINX_BPF_FD_PATHS ? RECORD_PATH : 0) |
			 (config.flags & LINX_BPF_FD_DETAILS ? RECORD_DETAILS : 0);
	return parts;
}

/*
 * Looks up the file that the record describes: the one that the operation opened, else the one that its request holds.
 * Returns what is recorded of the file (RECORD_*), and sets *fd and *field for its value. 0: nothing. In sessions that
 * record all descriptors, put_made_fds() finds the opened file.
 */
static __noinline __u32 find_op_file(struct cpu *x, __s32 *fd, __u32 *field)
{
	const struct uring_op *op = &x->w->uring.op;
	__u32 arg = op->file_arg & 7;

	if (x->row->resolved == LINX_RESOLVED_OPENED) {
		*fd = x->w->ret;
		*field = LINX_FIELD_FD_RESULT;
		return !DESCRIBES_FDS && op->made && *fd >= 0 && find_file(x, *fd) ? RECORD_PATH : 0;
	}
	*fd = arg_n(x, arg);
	*field = LINX_FIELD_FD + arg;
	if (!x->w->uring.file)
		return 0;
	look_at_file(&x->w->found, x->w->uring.file);
	return parts_of_file(x);
}

/*
 * Writes the value of the operation's file, or of the file that it opened. opaque() hides from the verifier which file
 * was found, so that the verifier checks put_found() only once, not for each kind of file.
 */
static __noinline int put_op_file(struct cpu *x)
{
	__u32 field = 0, parts;
	__s32 fd = 0;

	x->w->fd_left = fds_room();
	x->w->fd_kept = 0;
	parts = opaque(x, find_op_file(x, &fd, &field));
	field = opaque(x, field);
	fd = opaque(x, fd);
	return parts ? put_found(x, fd, field, parts) : 0;
}

/* Captures the memory that the arguments in the mask point to. */
static __always_inline void capture_op(struct cpu *x, __u32 mask, bool done)
{
	const struct uring_op *op = &x->w->uring.op;
	struct work *w = x->w;

	w->values_at = w->at;
	w->values_before = w->nvals;
	w->nrequests = 0;
	w->mask = mask;
	w->dirs = done ? LINX_WHEN_OUT : LINX_WHEN_IN;
	w->unfilled = 0;
	if (KEEPS_HTTP && mask)
		http_begin_op(x, w->http_call, op->flags & IOSQE_FIXED_FILE, done);
	if (op->rule == LINX_URING_GETSOCKOPT) {
		capture_option(x, mask, done);
		w->mask &= ~LINX_URING_OPTIONS;
	}
	if (w->mask)
		repeat(x->row->nargs, capture_arg, x);
	if (!op->flat && x->row->follow & mask)
		follow_values(x, w->values_at, w->nvals - w->values_before);
	if (KEEPS_HTTP && mask && w->http.on)
		http_end(x);
	if (!done && DESCRIBES_FDS && !op->fixed && op->nargs)
		put_fds(x);
	if (done && DESCRIBES_FDS && op->made && w->ret >= 0 && op->nargs)
		put_made_fds(x);
	if (w->nlongs)
		put_longs(x);
}

/* Writes a record of the operation: ENTER at its submission, or EXIT at its result (done). done: a constant. */
static __always_inline void record_op(struct cpu *x, __u32 mask, __u32 flags, bool done)
{
	struct uring_work *u = &x->w->uring;
	struct work *w = x->w;
	__u8 *p;

	for (int i = 0; i < LINX_NARGS; i++)
		w->args[i] = u->op.args[i];
	set_number(w);
	if (!rec_begin(x, done ? LINX_REC_EXIT : LINX_REC_ENTER, w->want & LINX_BPF_PRIO, w->key))
		return;
	p = ring_at(x, w->at, 64);
	if (!p)
		return;
	if (done) {
		*(volatile __u64 *)p = w->ret;
		p += 8;
		w->at += 8;
	}
	put_args(x, p);
	w->nargs = u->op.nargs & 7;
	w->at += w->nargs * 8;
	if (done) {
		put_word(x, w->at, min_u64(u->op.time, w->time));
		w->at += 8;
	}
	w->flags = LINX_RF_URING | flags | (w->nargs ? 0 : LINX_RF_ARGS_GONE) | (done ? LINX_RF_ENTRY_TIME : 0) |
		   (w->scalars ? LINX_RF_SCALARS : 0);
	put_kernel(x, WHAT(LINX_FIELD_URING, LINX_VAL_BYTES), &u->value,
		   u->value.state == LINX_WHOLE ? sizeof(u->value) : __builtin_offsetof(struct linx_uring, entry));
	if (done && !w->scalars && (DESCRIBES_FDS || config.flags & LINX_BPF_RESOLVED) && u->op.nargs)
		put_op_file(x);
	if (!w->scalars)
		capture_op(x, mask, done);
	rec_commit(x, w->key);
}

/*
 * Returns a mask of the arguments whose memory is read at submission. The bytes of a write or send are left out if the
 * operation may run later, since they can change until then, or if they are in a registered buffer.
 */
static __always_inline __u32 submitted_mask(struct cpu *x)
{
	const struct uring_op *op = &x->w->uring.op;
	__u32 mask = op->nargs ? x->row->in : 0;

	return op->flat ? mask & ~linx_uring_read_late(op->rule) : mask;
}

static __always_inline int record_submission(struct cpu *x)
{
	const __u32 by_result = LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL | LINX_FILTER_DURATION;
	struct uring_work *u = &x->w->uring;
	struct work *w = x->w;
	bool selected = w->want & (LINX_BPF_WANT_ENTER | LINX_BPF_WANT_EXIT);
	__u32 judged = settings()->filter & by_result || settings()->judged ? LINX_RF_IF_RESULT : 0;

	if (!selected || is_owner(x->task) || !task_passes(x, x->task)) {
		x->c->filtered += selected && !is_owner(x->task);
		keep_op(x, 1, 0);
		return 0;
	}
	announce(x, x->task);
	begin_task(w, x->task);
	u->value.id = keep_op(x, 0, judged);
	if (rate_takes(x, true))
		record_op(x, submitted_mask(x), judged, false);
	return 0;
}

/*
 * Handles a submission in the task that makes it: the submitter, or the kernel thread that polls the submission queue.
 */
static __noinline int handle_submission(__u64 req, __u64 entry, bool refused)
{
	struct linx_bpf_opcode *o;
	struct cpu x = { .http = 1 };

	hold_cpu();
	x.task = current_task();
	if (cpu_begin(&x)) {
		struct uring_work *u = &x.w->uring;

		x.w->time = time_now(x.c);
		begin_task(x.w, x.task);
		take_request(u, req, refused);
		take_entry(u, refused ? entry : last_entry(&x));
		u->rule = linx_uring_rule_of(&u->value, is_option(&x));
		o = opcode_of(u);
		if (is_running() && !is_known(u) && o && begin_op(&x, o->key, o->nr)) {
			forget_former(&x);
			fill_op(&x, o);
			choose_op_row(&x);
			record_submission(&x);
		}
		keep_task(&x);
		cpu_end(x.c, x.number);
	}
	release_cpu();
	return 0;
}

/*
 * Can this task read the submitter's memory? Results are posted by tasks only, never by interrupts, since Linux 5.16.
 */
static __always_inline bool is_here(struct cpu *x)
{
	return MEMBER(x->task, mm) && !(MEMBER(x->task, flags) & PF_KTHREAD) &&
	       (__u32)MEMBER(x->task, tgid) == x->w->uring.op.pid;
}

/*
 * Returns a mask of the arguments whose memory is read at the result: memory that the call filled, and the bytes of a
 * write or send, which the program must leave unchanged until then.
 */
static __always_inline __u32 completed_mask(struct cpu *x)
{
	const struct uring_op *op = &x->w->uring.op;
	__u32 mask = x->row->out | linx_uring_read_late(op->rule) | linx_uring_length(op->rule);

	if (!op->nargs || x->w->ret < 0 || op->flags & IOSQE_BUFFER_SELECT || !is_here(x))
		return 0;
	/*
	 * With MSG_TRUNC a socket may throw data away without filling the buffer. The buffer is not read, since the
	 * socket cannot be looked up here.
	 */
	if (op->registered || (op->opcode == IORING_OP_RECV && op->args[RECV_FLAGS] & MSG_TRUNC))
		mask &= ~(1u << BYTES_BUF);
	return mask;
}

static __always_inline int record_result(struct cpu *x, __s32 res)
{
	struct uring_work *u = &x->w->uring;
	struct work *w = x->w;

	if (!begin_op(x, u->op.key, u->op.nr))
		return 0;
	choose_op_row(x);
	u->op.made &= is_here(x) && (__u64)MEMBER(x->task, files) == u->op.files;
	w->tid = u->op.tid & 0x3fffff;
	w->pid = u->op.pid & 0x3fffff;
	w->ret = res;
	w->begin = min_u64(u->op.time, w->time);
	if (!result_passes(w)) {
		x->c->filtered++;
		return 0;
	}
	if (!rate_takes(x, true))
		return 0;
	u->value.id = (__u64)u->op.generation << 32 | u->found;
	u->value.user_data = u->user_data;
	u->value.opcode = u->op.opcode;
	u->value.flags = u->op.flags;
	u->value.reserved = 0;
	u->value.state = LINX_UNAVAILABLE;
	u->value.cqe_flags = u->cqe_flags;
	record_op(x, completed_mask(x), 0, true);
	return 0;
}

static __noinline int handle_result(__u64 ctx, __u64 req, const struct io_uring_cqe *cqe, bool overflown)
{
	struct cpu x = { .http = 1 };

	hold_cpu();
	x.task = current_task();
	if (cpu_begin(&x)) {
		struct uring_work *u = &x.w->uring;

		x.w->time = time_now(x.c);
		u->ctx = ctx;
		u->req = req;
		u->user_data = cqe->user_data;
		u->file = req ? (__u64)GET(req, io_kiocb, file) : 0;
		u->cqe_flags = cqe->flags;
		u->overflown = overflown;
		if (is_running() && slot_read(&x) && !u->op.silent)
			record_result(&x, cqe->res);
		keep_task(&x);
		cpu_end(x.c, x.number);
	}
	release_cpu();
	return 0;
}

#endif
