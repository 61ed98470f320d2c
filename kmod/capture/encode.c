// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the record of a system call from the call's row in the call table (tables/syscalls.def), argument by argument.
 * This file has the general encoder, which can write the record of any call, also of those that fast paths handle.
 * Probe context, preemption off. Most calls have no pointer arguments: writing their record takes a fixed number of
 * stores. capture/user_mem.c reads the memory behind pointers.
 */
#include <linux/net.h>
#include <linux/nospec.h>
#include <linux/socket.h>
#include "capture/user_mem.h"
#include "capture/encode.h"
#include "capture/fd.h"
#include "capture/fd_fast.h"
#include "capture/follow.h"
#include "capture/http.h"
#include "capture/encode_fast.h"
#include "shared/abi_facts.h"
#include "shared/cut_args.h"
#include "shared/uring_facts.h"

/* Upper limit for the bytes that one value takes in addition to the captured memory: its heads and its padding. */
#define PER_VALUE (sizeof(struct linx_val) + sizeof(struct linx_strv) + 8)

void linx_cut_args(u32 key, u64 *args)
{
	/*
	 * linx_key() masks call numbers. Therefore key % LINX_NR_MAX is in bounds even when the CPU executes
	 * speculatively.
	 */
	u32 cut = linx_args_cut(key / LINX_NR_MAX, key % LINX_NR_MAX, LINX_HAS_COMPAT_MOVE_PAGES);
	unsigned int i;

	for (i = 0; i < LINX_NARGS; i++)
		if (cut & 1 << i)
			args[i] = (u32)args[i];
}

/* Adds a vector of strings to f->longs, from where linx_capture_long() copies it when all other values are written. */
static void add_long(struct linx_fill *f, const struct linx_call *c, unsigned int def, u8 arg, u64 addr)
{
	if (f->nlongs == ARRAY_SIZE(f->longs))
		return;
	f->longs[f->nlongs++] = (struct linx_long_value){
		.arg = arg,
		.width = c->key < LINX_NR_MAX ? 8 : 4 /* the native ABI, or a compat ABI */,
		.keep = !(def & LINX_ARGDEF_ENVP) || f->s->flags & LINX_SETUP_ENVP,
		.addr = addr,
	};
}

/* Adds to f->longs a buffer that is recorded whole, even above the limit for buffers. linx_capture_long() copies it. */
static void add_block(struct linx_fill *f, u8 arg, u64 addr, u64 len)
{
	if (f->nlongs == ARRAY_SIZE(f->longs))
		return;
	f->longs[f->nlongs++] = (struct linx_long_value){
		.arg = arg,
		.keep = true,
		.bytes = true,
		.addr = addr,
		.left = len,
	};
}

/*
 * Captures a buffer whose length the program passes in memory: in bytes or, for an array of structures, in structures.
 */
static void capture_lenp(struct linx_fill *f, const u64 *args, u64 ret, u32 abi, unsigned int def, u8 i)
{
	u32 len = 0, what = LINX_ARGDEF_WHAT(def);
	bool at = LINX_ARGDEF_COPY(def) == LINX_COPY_AT;

	if (linx_user_read(&len, args[LINX_ARGDEF_N(def)] + (at ? what : 0), sizeof(len)) != sizeof(len))
		linx_put_bytes(f, i, LINX_VAL_BYTES, LINX_UNREADABLE, NULL, 0);
	else if (!at && what)
		linx_capture_bytes(f, i, args[i], (u64)len * linx_shape_size(what, abi), LINX_STRUCT_MAX);
	else if (linx_capture_bytes(f, i, args[i], def & LINX_ARGDEF_RESULT ? min_t(u64, len, ret) : len,
				    linx_snap(f->s, def)) &&
		 linx_is_buffer(def))
		linx_captured_buffer(f);
}

/*
 * Captures the buffer that argument i points to, for a call with f->special set. LINX_SPECIAL_UNFILLED: the call wrote
 * nothing into its buffers; LINX_SPECIAL_HTTP: its buffers may hold an HTTP header. Returns false, and captures
 * nothing, if the argument does not point to a buffer for which f->special is meant.
 */
static noinline bool capture_special(struct linx_fill *f, const struct linx_call *c, const u64 *args, u8 i)
{
	unsigned int def = c->row->arg[i];
	u64 len = linx_length(def, args, c->ret);

	if (f->special == LINX_SPECIAL_UNFILLED) {
		if (!(c->row->out & 1 << i))
			return false;
		linx_put_unfilled(f, i, LINX_VAL_BYTES, args[i], len);
		return true;
	}
	if (def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH))
		return false;
	linx_http_put(f, i, LINX_VAL_BYTES, args[i], len);
	return true;
}

/* Captures the memory that argument i points to. */
static __always_inline void capture_arg(struct linx_fill *f, const struct linx_call *c, const u64 *args, u8 i)
{
	unsigned int def = c->row->arg[i];
	u32 abi = c->key / LINX_NR_MAX, keep;
	struct linx_val *v;
	u64 len;

	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_STR:
		linx_capture_str(f, i, args[i]);
		break;
	case LINX_COPY_STRV:
		add_long(f, c, def, i, args[i]);
		break;
	case LINX_COPY_LENP:
	case LINX_COPY_AT:
		capture_lenp(f, args, c->ret, abi, def, i);
		break;
	case LINX_COPY_ARGS:
		break;
	default:
		if (unlikely(f->special) && LINX_ARGDEF_COPY(def) == LINX_COPY_BUF && capture_special(f, c, args, i))
			break;
		len = linx_extent(f->s, def, abi, args, c->ret, &keep);
		if (LINX_ARGDEF_COPY(def) == LINX_COPY_ALL && len > keep) {
			add_block(f, i, args[i], len);
			break;
		}
		v = linx_capture_bytes(f, i, args[i], len, keep);
		if (v && linx_is_buffer(def))
			linx_captured_buffer(f);
		if (unlikely(c->row->follow & 1 << i) && v && LINX_ARGDEF_COPY(def) == LINX_COPY_ONE)
			linx_shape_extend(f, &(struct linx_path){ .abi = abi, .args = args }, LINX_ARGDEF_WHAT(def), v,
					  args[i]);
	}
}

/* Captures the memory that structures in the nvals values from v on point to. Adds new values behind all others. */
static void follow_values(struct linx_fill *f, const struct linx_row *row, u8 abi, const u64 *args, u64 ret, u8 dirs,
			  const struct linx_val *v, unsigned int nvals)
{
	struct linx_path path = { .abi = abi, .dirs = dirs, .args = args };
	unsigned int def, cap;

	for (; nvals; nvals--, v = linx_val_next(v)) {
		if (!(row->follow & 1 << v->arg))
			continue;
		path.arg = v->arg;
		def = LINX_ROW_ARG(row, v->arg);
		cap = LINX_ARGDEF_COPY(def);
		linx_shape_follow(f, &path, LINX_ARGDEF_WHAT(def), (const u8 *)(v + 1), v->size,
				  cap == LINX_COPY_ONE || cap == LINX_COPY_SZ, ret);
	}
}

/* Captures the memory that arguments point to, if the call's row describes all arguments together as a structure. */
static void follow_args(struct linx_fill *f, const struct linx_call *c, const u64 *args, unsigned int mask, u8 dirs)
{
	struct linx_path path = { .abi = c->key / LINX_NR_MAX, .dirs = dirs, .args = args };
	unsigned int def;

	for (; mask; mask &= mask - 1) {
		path.arg = __ffs(mask);
		def = LINX_ROW_ARG(c->row, path.arg);
		if (unlikely(LINX_ARGDEF_COPY(def) == LINX_COPY_ARGS))
			linx_shape_follow(f, &path, LINX_ARGDEF_WHAT(def), (const u8 *)args, LINX_NARGS * sizeof(u64),
					  true, c->ret);
	}
}

/*
 * Captures the rest of cut buffers in pieces, for the values of the head record from v on. place: index of the value v
 * in the head record, from 0 on.
 */
static noinline void add_rest(struct linx_fill *f, const u64 *args, struct linx_val *v, unsigned int place)
{
	for (; place < f->head->nvals && !f->full; place++, v = (struct linx_val *)linx_val_next(v))
		if (test_bit(place, f->buffers) && LINX_VAL_STATE(v->info) == LINX_TRUNCATED)
			linx_capture_rest(f, v, place + 1, v->arg < LINX_NARGS ? args[v->arg] : 0);
}

/* Did a receiving call with these MSG_* flags remove data from the socket fd and copy nothing? */
static bool discards(const struct linx_call *c, u32 flags, s32 fd)
{
	return unlikely(flags & MSG_TRUNC) && c->ret > 0 && linx_sock_discards(linx_fd_socket(fd), flags);
}

/* Does discards() hold for the call? False for calls that send, as they ignore MSG_TRUNC. */
static bool call_discards(const struct linx_call *c, const u64 *args)
{
	return linx_fd_resolved(c->key) == LINX_RESOLVED_MESSAGE && !linx_http_sends(c->key) &&
	       discards(c, args[linx_message_flags(c->row->nargs)], args[0]);
}

/*
 * Does discards() hold for the operation of i386's socketcall(2)? v: the first value of the record, which holds the
 * operation's arguments.
 */
static bool socketcall_discards(const struct linx_call *c, const u64 *args, const struct linx_val *v)
{
	const u32 *words = (const u32 *)(v + 1);
	u32 flags;

	if (!linx_socketcall_receives(args[0], &flags))
		return false;
	return v->arg == 1 && v->size > flags * sizeof(*words) && discards(c, words[flags], words[0]);
}

/*
 * Does the call have an ENTER record that holds its arguments? kind: kind of the record that is being written. True
 * only for an EXIT record, if entries of the call are selected and not sampled. The answer is wrong for three kinds of
 * calls, whose descriptors are then not recorded: a call that seccomp refused, a call that began before the selection,
 * and a call whose entry record was lost (ring or budget). For an io_uring operation, an array of zeroes stands for
 * args: an argument counts here only if it points to memory that is read and written, and no operation has such an
 * argument.
 */
static bool has_entry(const struct linx_session *s, const struct linx_call *c, u8 kind, const u64 *args)
{
	static const u64 none[LINX_NARGS];

	return kind == LINX_REC_EXIT && linx_selects_entry(s, c->row, c->key, c->op ? none : args);
}

/* Sets f->special for socketcall(2), whose arguments are in memory. v: the first value, which holds them. */
static noinline void begin_in_memory(struct linx_fill *f, const struct linx_call *c, const u64 *args, const struct linx_val *v)
{
	if (socketcall_discards(c, args, v))
		f->special = LINX_SPECIAL_UNFILLED;
	else if (f->s->http && v->arg == 1)
		linx_http_begin_in_memory(f, c, args[0], (const u32 *)(v + 1), v->size);
}

/*
 * Captures option and length of a getsockopt that was made by io_uring. The operation holds the length as a number, the
 * system call holds a pointer to it. The value is written as for the system call, so that a reader decodes both in the
 * same way.
 */
static noinline void capture_option(struct linx_fill *f, const struct linx_call *c, const u64 *args, unsigned int mask)
{
	bool done = f->rec->kind == LINX_REC_EXIT;
	u32 len = done ? c->ret : args[LINX_URING_OPTLEN], size = LINX_ARGDEF_WHAT(c->row->arg[LINX_URING_OPTVAL]);

	if (mask & 1 << LINX_URING_OPTVAL && args[LINX_URING_OPTVAL]) {
		size = size ? linx_shape_size(size, c->key / LINX_NR_MAX) : 1;
		linx_capture_bytes(f, LINX_URING_OPTVAL, args[LINX_URING_OPTVAL], (u64)len * size,
				   linx_snap(f->s, c->row->arg[LINX_URING_OPTVAL]));
	}
	if (mask & 1 << LINX_URING_OPTLEN)
		linx_put_bytes(f, LINX_URING_OPTLEN, LINX_VAL_BYTES, LINX_WHOLE, &len, sizeof(len));
}

/*
 * Captures the memory that the arguments in the mask point to. A null pointer gets no value, as the argument itself
 * is recorded. args is the copy in the record, which no other task can change.
 */
static void capture(struct linx_fill *f, const struct linx_call *c, const u64 *args, unsigned int mask, u8 dirs)
{
	struct linx_val *first = (struct linx_val *)f->p;
	unsigned int follow = c->op && c->op->flat ? 0 : c->row->follow & mask, had = f->head->nvals, i;

	f->entered = unlikely(f->s->fd_max) && has_entry(f->s, c, f->rec->kind, args);
	if (unlikely(f->s->snap_long)) {
		bitmap_zero(f->buffers, BITS_PER_TYPE(f->buffers));
		f->rest = LINX_PIECES_MAX;
	}
	if (unlikely(c->op) && c->op->rule == LINX_URING_GETSOCKOPT) {
		capture_option(f, c, args, mask);
		mask &= ~LINX_URING_OPTIONS;
	}
	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		if (args[i])
			capture_arg(f, c, args, i);
	}
	if (follow) {
		if (unlikely(linx_fd_resolved(c->key) == LINX_RESOLVED_SOCKETCALL) && f->head->nvals > had)
			begin_in_memory(f, c, args, first);
		follow_values(f, c->row, c->key / LINX_NR_MAX, args, c->ret, dirs, first,
			      f->head->nvals - had);
		follow_args(f, c, args, follow, dirs);
	}
	if (unlikely(f->s->fd_max))
		linx_fd_put(f, c, args, (const u8 *)first);
	if (unlikely(f->nlongs))
		linx_capture_long(f);
	if (unlikely(f->s->snap_long))
		add_rest(f, args, first, had);
}

/* Returns the number of bytes in the n values from v on, without their heads. */
static u32 bytes_of(const struct linx_val *v, unsigned int n)
{
	u32 bytes = 0;

	for (; n; n--, v = linx_val_next(v))
		bytes += v->size;
	return bytes;
}

u8 *linx_follow_few(const struct linx_session *s, struct linx_ring *r, const struct linx_row *row, struct linx_rec *rec,
		    const u64 *args, const u8 *first, u8 *end)
{
	struct linx_fill *f = &r->fill;
	u64 ret = args[-1];

	f->head = rec;
	f->p = end;
	f->end = (u8 *)rec + LINX_FIXED_MAX + s->follow_room;
	f->budget = s->user_max - bytes_of((const struct linx_val *)first, rec->nvals);
	f->fast_room = f->full = false;
	f->special = 0;
	follow_values(f, row, rec->abi, args, ret, IS_ERR_VALUE(ret) ? LINX_WHEN_IN : LINX_WHEN_IN | LINX_WHEN_OUT,
		      (const struct linx_val *)first, rec->nvals);
	return f->p;
}

u64 linx_fast_other(const struct linx_session *s, u32 def, u32 abi, const u64 *args, unsigned int i)
{
	u32 keep;
	u64 len = linx_extent(s, def, abi, args, args[-1], &keep);

	if (min_t(u64, len, keep) > s->fast_value_bytes || (LINX_ARGDEF_COPY(def) == LINX_COPY_ALL && len > keep))
		return LINX_NO_HEAD;
	if (len <= keep)
		return LINX_VAL_HEAD(len, i, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), len);
	return LINX_VAL_HEAD(keep, i, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_TRUNCATED), min_t(u64, len, U32_MAX));
}

/* Was a value between first and end cut? The general encoder would continue it in pieces. */
static noinline bool is_cut(const u8 *first, const u8 *end)
{
	const struct linx_val *v = (const struct linx_val *)first;

	for (; (const u8 *)v < end; v = linx_val_next(v))
		if (LINX_VAL_STATE(v->info) == LINX_TRUNCATED)
			return true;
	return false;
}

/*
 * Does a value between first and end need the general encoder, for its pieces or as a part of an HTTP header? Called
 * only in sessions with linx_session.values_looked_at.
 */
static noinline bool is_for_general(struct linx_session *s, const struct linx_rec *rec, u32 key, const u8 *first, const u8 *end)
{
	if (s->snap_long && is_cut(first, end))
		return true;
	return s->http && rec->kind == LINX_REC_EXIT && linx_http_concerns(s, key, (const u64 *)(rec + 1) + 1, first, end);
}

/*
 * Writes the values of a record whose fixed part ends at p, and publishes the record. The slow path of a call
 * (syscall/slow.c) tries this before the general encoder, for example when several sessions run. The ring has room for
 * the values. Returns false if the general encoder has to write the record; then nothing was counted.
 */
static bool fast_end(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, struct linx_rec *rec,
		      u64 *args, u8 *p, unsigned int mask, bool follow)
{
	u8 *first = p, *end = linx_fast_values(s, c->row, rec, rec->abi, args, p, mask);

	if (unlikely(!end || end - p > s->user_max))
		return false;
	if (follow)
		end = linx_follow_few(s, r, c->row, rec, args, p, end);
	if (unlikely(s->values_looked_at) && is_for_general(s, rec, c->key, p, end))
		return false;
	if (unlikely(s->flags & LINX_SETUP_FDS)) {
		p = end;
		end = linx_fd_put_fast(s, r, rec, c->row, c->key, args, first, p);
		if (!end || end - p > s->fd_max)
			return false;
	}
	linx_fast_len(rec, end - (u8 *)rec);
	rec->time = linx_ring_time(r, c->now);
	if (linx_fast_end(s, r, c->key, end - (u8 *)rec, rec->time))
		linx_wake_look(s, r);
	return true;
}

static_assert(LINX_RESOLVED_NONE == 0 && LINX_RESOLVED_SOCKETCALL != 0); /* emits_first() returns these as a bool */

/*
 * Can only the general encoder write the record of this return, because its values are not those of the call's row in
 * the call table? The record can have one value more, about a file or socket (LINX_SETUP_RESOLVED), or lack one,
 * because MSG_TRUNC made a receive leave its buffer unfilled.
 */
static bool emits_first(const struct linx_session *s, const struct linx_call *c)
{
	enum linx_resolved what = linx_fd_resolved(c->key);
	bool resolved = s->flags & LINX_SETUP_RESOLVED;
	u64 args[LINX_NARGS];

	if (what == LINX_RESOLVED_NONE || what == LINX_RESOLVED_SOCKETCALL)
		return what;
	if (what != LINX_RESOLVED_MESSAGE)
		/* with LINX_SETUP_FDS this descriptor is recorded together with all others of the call */
		return resolved && !(s->flags & LINX_SETUP_FDS);
	linx_put_args(c->key, c->regs, args);
	return args[linx_message_flags(c->row->nargs)] & MSG_TRUNC || (resolved && linx_fd_is_netlink(args[0]));
}

/* Adds the bytes that the call's descriptors need to *room. Returns false if the fast path cannot record them. */
static __always_inline bool room_for_fds(const struct linx_session *s, const struct linx_call *c, u64 *room)
{
	enum linx_fd_place place;

	if (likely(!(s->flags & LINX_SETUP_FDS)))
		return true;
	place = linx_fd_place(c->key);
	*room += place == LINX_FD_IN_REGISTERS ? LINX_FD_FAST_MAX * LINX_FD_FAST_ROOM : 0;
	return place != LINX_FD_ELSEWHERE;
}

static bool fast_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	const struct linx_row *row = c->row;
	u64 room = row->follow ? s->follow_room : linx_row_plain(row) ? 0 : s->fast_values_room;
	struct linx_rec *rec;
	u64 *body;
	u8 *p;

	if (unlikely(emits_first(s, c)))
		return false;
	if (!s->fast_allowed || c->scalars || linx_nameless(c) || (!linx_row_plain(row) && (!row->exit_few || row->exit_few > s->fast_values)))
		return false;
	if (!room_for_fds(s, c, &room) || !linx_fast_room(r, LINX_FIXED_MAX + room))
		return false;
	rec = linx_fast_rec(r);
	body = (u64 *)(rec + 1);
	linx_fast_head(rec, r, LINX_REC_EXIT, 0, 0, c->key / LINX_NR_MAX, c->key % LINX_NR_MAX,
			row->nargs);
	body[0] = c->ret;
	linx_fast_args(c->key, row->nargs, c->regs, body + 1);
	p = (u8 *)(body + 1 + row->nargs);
	if (entry) {
		rec->flags = linx_entry_flags(s);
		*(u64 *)p = entry;
		p += sizeof(u64);
	} else if (unlikely(s->entry_slots)) {
		rec->flags = LINX_RF_NO_SLOT;
	}
	return fast_end(s, r, c, rec, body + 1, p, row->in | (IS_ERR_VALUE(c->ret) ? row->err : row->out),
			 row->follow);
}

/* fast_enter() relies on this order: each fast path below LINX_FAST_VARIANT can write all values of an entry. */
static_assert(LINX_FAST_VARIANT > LINX_FAST_BUF && LINX_FAST_VARIANT > LINX_FAST_ADDR && LINX_FAST_VARIANT > LINX_FAST_STR &&
	      LINX_FAST_VARIANT > LINX_FAST_FIX && LINX_FAST_VARIANT > LINX_FAST_ARR && LINX_FAST_VARIANT > LINX_FAST_STAT &&
	      LINX_FAST_VARIANT > LINX_FAST_FEW && LINX_FAST_VARIANT > LINX_FAST_MORE && LINX_FAST_VARIANT < LINX_FAST_SLOW);

static bool fast_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	const struct linx_row *row = c->row;
	u64 room = s->fast_values_room;
	struct linx_rec *rec;
	u64 *body;

	if (row->enter_fast >= LINX_FAST_VARIANT || !s->fast_allowed || c->scalars || linx_nameless(c) || row->enter_few > s->fast_values)
		return false;
	if (!room_for_fds(s, c, &room) || !linx_fast_room(r, LINX_FIXED_MAX + room))
		return false;
	rec = linx_fast_rec(r);
	body = (u64 *)(rec + 1);
	linx_fast_head(rec, r, LINX_REC_ENTER, 0, 0, c->key / LINX_NR_MAX, c->key % LINX_NR_MAX,
			row->nargs);
	linx_fast_args(c->key, row->nargs, c->regs, body);
	return fast_end(s, r, c, rec, body, (u8 *)(body + row->nargs), row->in, false);
}

/*
 * Begins a record with room for its fixed part and for the values of the arguments in the mask. NULL: the record is
 * lost. Only this function looks up whether the call may use the reserved share of the ring.
 */
static __always_inline struct linx_fill *begin(struct linx_session *s, struct linx_ring *r, const struct linx_call *c,
					       u8 kind, unsigned int mask)
{
	u32 worst = LINX_FIXED_MAX + (mask ? s->user_max + LINX_NARGS * PER_VALUE : 0) +
		    (c->row->follow & mask ? LINX_FOLLOW_MAX : 0) + s->fd_max +
		    (c->op ? sizeof(struct linx_val) + sizeof(struct linx_uring) : LINX_NUMBER_SIZE + LINX_POINTER_SIZE);

	return linx_rec_begin(s, r, kind, c->now, worst, linx_bit(s->prio, c->key), c->key, c->key, c->row->nargs);
}

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	struct linx_fill *f;
	u64 *args;

	if (fast_enter(s, r, c))
		return;
	f = begin(s, r, c, LINX_REC_ENTER, c->scalars ? 0 : c->row->in);
	if (unlikely(!f))
		return;
	args = (u64 *)f->p;
	linx_put_args(c->key, c->regs, args);
	f->p += c->row->nargs * 8;
	if (linx_nameless(c))
		linx_put_number(f, c->nr);
	linx_put_pointer(f, c->regs);
	if (unlikely(c->scalars)) {
		f->rec->flags |= LINX_RF_SCALARS;
		linx_rec_commit(f);
		return;
	}
	if (unlikely(c->row->flags & LINX_ROW_SIGRETURN))
		linx_put_sigmask(f, c->regs, c->key / LINX_NR_MAX, c->nr != LINX_NR_I386_SIGRETURN);
	if (c->row->in || unlikely(s->fd_max))
		capture(f, c, args, c->row->in, LINX_WHEN_IN);
	linx_rec_commit(f);
}

void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	unsigned int mask = c->scalars ? 0 : c->row->in | (IS_ERR_VALUE(c->ret) ? c->row->err : c->row->out);
	struct linx_fill *f;
	u64 *args;

	if (fast_exit(s, r, c, entry))
		return;
	f = begin(s, r, c, LINX_REC_EXIT, mask);
	if (unlikely(!f))
		return;
	*(s64 *)f->p = c->ret;
	args = (u64 *)f->p + 1;
	linx_put_args(c->key, c->regs, args);
	if (unlikely(c->row->flags & LINX_ROW_EXEC) && !IS_ERR_VALUE(c->ret)) {
		f->rec->nargs = 0;
		f->rec->flags |= LINX_RF_ARGS_GONE;
		mask = 0;
	}
	f->p = (u8 *)(args + f->rec->nargs);
	if (entry) {
		f->rec->flags |= linx_entry_flags(s);
		*(u64 *)f->p = entry;
		f->p += 8;
	} else if (unlikely(s->entry_slots)) {
		f->rec->flags |= LINX_RF_NO_SLOT;
	}
	if (linx_nameless(c))
		linx_put_number(f, c->nr);
	linx_put_pointer(f, c->regs);
	if (unlikely(c->scalars)) {
		f->rec->flags |= LINX_RF_SCALARS;
	} else if (mask || unlikely(s->fd_max)) {
		if (call_discards(c, args))
			f->special = LINX_SPECIAL_UNFILLED;
		else if (unlikely(s->http))
			linx_http_begin(f, c, args);
		capture(f, c, args, mask, IS_ERR_VALUE(c->ret) ? LINX_WHEN_IN : LINX_WHEN_IN | LINX_WHEN_OUT);
		if (unlikely(f->special == LINX_SPECIAL_HTTP))
			linx_http_end(f);
	}
	linx_rec_commit(f);
}

u32 linx_encode_op(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	const struct linx_op *op = c->op;
	bool done = op->kind == LINX_REC_EXIT;
	u8 mask = c->scalars ? 0 : op->mask;
	struct linx_fill *f = begin(s, r, c, op->kind, mask);
	u64 *args;

	if (unlikely(!f))
		return 0;
	f->rec->flags |= LINX_RF_URING | op->flags | (op->nargs ? 0 : LINX_RF_ARGS_GONE) |
			 (entry ? LINX_RF_ENTRY_TIME : 0) | (c->scalars ? LINX_RF_SCALARS : 0);
	f->rec->nargs = op->nargs;
	f->rec->tid = op->tid;
	f->rec->pid = op->pid;
	args = (u64 *)f->p + done;
	if (done)
		*(s64 *)f->p = c->ret;
	memcpy(args, op->args, op->nargs * sizeof(*args));
	f->p = (u8 *)(args + op->nargs);
	if (entry) {
		*(u64 *)f->p = entry;
		f->p += sizeof(entry);
	}
	linx_put_bytes(f, LINX_FIELD_URING, LINX_VAL_BYTES, LINX_WHOLE, op->uring, op->uring_size);
	if (unlikely(s->http) && mask)
		linx_http_begin(f, c, args);
	if (mask || (unlikely(s->fd_max) && op->nargs && !c->scalars))
		capture(f, c, args, mask, done ? LINX_WHEN_OUT : LINX_WHEN_IN);
	if (unlikely(f->special == LINX_SPECIAL_HTTP))
		linx_http_end(f);
	linx_rec_commit(f);
	return s->user_max - f->budget;
}
