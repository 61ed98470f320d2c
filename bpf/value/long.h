/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that continue in further records (pieces): vectors of strings, and long blocks. The rules are those of
 * libuser/engine/walk/long.c.
 */
#ifndef LINX_BPF_LONG_H
#define LINX_BPF_LONG_H

#include "value/value.h"

#define PIECE_FIXED (sizeof(struct linx_rec) + sizeof(struct linx_piece))

static __always_inline struct long_value *long_at(struct cpu *x, __u32 i)
{
	return &x->w->longs[i & 1];
}

/*
 * Returns the value that is being written and that PIECE records may continue. A record has at most two such values;
 * w->arg is the index of this one.
 */
static __always_inline struct long_value *long_now(struct cpu *x)
{
	return long_at(x, x->w->arg);
}

static __always_inline struct long_value *add_long(struct cpu *x, __u32 arg, __u32 kind, __u64 addr)
{
	struct long_value *l = long_at(x, x->w->nlongs);

	if (x->w->nlongs >= 2)
		return 0;
	x->w->nlongs++;
	__builtin_memset(l, 0, sizeof(*l));
	l->arg = arg;
	l->kind = kind;
	l->addr = addr;
	l->keep = 1;
	l->state = LINX_WHOLE;
	return l;
}

static __always_inline bool vec_read(struct long_value *l, __u64 *to)
{
	__u64 at = l->addr + (__u64)l->count * l->width;

	*to = 0;
	return !(l->width == 8 ? bpf_probe_read_user(to, 8, (void *)at) : bpf_probe_read_user(to, 4, (void *)at));
}

/* Reads the next pointer of the vector. Returns false if there is no further pointer, or if it cannot be read. */
static __always_inline bool next_str(struct long_value *l)
{
	__u64 str;

	if (l->str)
		return true;
	if (!vec_read(l, &str))
		l->state = LINX_UNREADABLE;
	if (!str) {
		l->done = 1;
		return false;
	}
	l->str = str;
	l->count++;
	return true;
}

STEP(fill_str)
{
	struct work *w = x->w;
	struct long_value *l = long_now(x);
	__u64 left = w->fill_cap - w->fill_n, size;
	__u8 *p;
	long n;

	if (w->fill_n >= w->fill_cap || l->done)
		return 1;
	if (l->count >= LINX_STRV_KEEP_MAX && !l->str) {
		l->full = 1;
		return 1;
	}
	if (!next_str(l))
		return 1;
	p = ring_at(x, w->fill_to + w->fill_n, LINX_REC_USER_MAX + 8);
	size = left + 1;
	pin(size);
	if (!p || size > LINX_REC_USER_MAX + 8)
		return 1;
	n = read_str(p, size, l->str);
	if (n < 0) {
		l->state = LINX_UNREADABLE;
		l->done = 1;
		return 1;
	}
	if ((__u64)n == size) {
		l->str += left;
		w->fill_n = w->fill_cap;
		return 1;
	}
	l->str = 0;
	l->stored++;
	w->fill_n += n;
	return 0;
}

static __always_inline int fill_block(struct cpu *x)
{
	struct work *w = x->w;
	struct long_value *l = long_now(x);
	__u64 wanted = min_u64(w->fill_cap, l->left), got = read_user(x, w->fill_to, l->addr, wanted);

	l->addr += got;
	l->left -= got;
	if (got < wanted)
		l->state = LINX_UNREADABLE;
	l->done = got < wanted || !l->left;
	w->fill_n = got;
	return 0;
}

/*
 * Writes as much of the current value (long_now()) as fits into cap bytes at offset "to" in the ring. Returns how many
 * bytes were written.
 */
static __noinline __u64 fill_long(struct cpu *x, __u64 to, __u64 cap)
{
	struct work *w = x->w;

	w->fill_to = to;
	w->fill_cap = min_u64(cap, LINX_REC_USER_MAX);
	w->fill_n = 0;
	if (long_now(x)->width)
		repeat(LINX_STRV_KEEP_MAX + 1, fill_str, x);
	else
		fill_block(x);
	return w->fill_n;
}

/*
 * Captures up to LINX_STRV_UNREAD pointers of the vector. The first one is that of the string that could not be read.
 */
static __always_inline int keep_pointers(struct cpu *x)
{
	struct long_value *l = long_now(x);
	__u64 size = LINX_STRV_UNREAD * l->width;

	if (room_left(x->w))
		capture(x, WHAT(l->arg, LINX_VAL_MEM), l->addr + (__u64)(l->count - 1) * l->width, size, size);
	return 0;
}

static __noinline int long_head(struct cpu *x, __u32 i, __u64 cap)
{
	struct work *w = x->w;
	struct long_value *l = long_at(x, i);
	__u64 fixed = l->width ? sizeof(struct linx_strv) : 0, avail, n = 0, most;

	w->arg = i;
	if (!has_room(w, fixed + 64))
		return 0;
	l->val = w->at;
	most = (w->end - w->at - 8) & ~7ull;
	avail = opaque(x, min_u64(cap, min_u64(most, w->budget)));
	if (l->keep && avail > fixed)
		n = fill_long(x, w->at + 8 + fixed, avail - fixed);
	l->total = fixed + n;
	val_end(x, WHAT(l->arg, 0), 0, l->total, 0);
	if (l->width && l->state == LINX_UNREADABLE && l->str)
		keep_pointers(x);
	return 0;
}

/*
 * Drops old records of a flight recorder to make room for the next piece, as long as the record with its pieces takes
 * no more than half of the ring.
 */
static __always_inline void room_for_piece(struct cpu *x)
{
	struct work *w = x->w;
	__u64 need = w->done + (w->at - w->rec) + config.rec_limit + config.keep;

	if (need > config.ring_size / 2)
		return;
	make_room(x, need);
	w->room = config.ring_size - (positions(x)->head - x->c->tail) - config.keep;
}

/* Returns how many bytes the next piece may have; 0: there must be no further piece. */
static __always_inline __u64 piece_cap(const struct work *w, const struct long_value *l)
{
	__u64 used = w->done + (w->at - w->rec), left = w->room > used ? w->room - used : 0;
	__u64 cap = min_u64(LINX_REC_USER_MAX, LINX_PIECES_MAX - l->total);

	cap = min_u64(cap, config.rec_limit - PIECE_FIXED);
	return left < PIECE_FIXED + 64 ? 0 : min_u64(cap, (left - PIECE_FIXED) & ~7ull);
}

/* Ends the record written so far; a piece of it follows. */
static __always_inline void continue_record(struct cpu *x)
{
	struct work *w = x->w;

	w->flags |= LINX_RF_MORE;
	if (!w->head_len)
		w->head_len = w->at - w->rec;
	close_record(x, (__u32)(x->c->selected - 1));
	next_record(w);
	w->kind = LINX_REC_PIECE;
	w->nargs = w->flags = w->nvals = w->abi = 0;
	w->at = w->rec + PIECE_FIXED;
}

STEP(put_piece)
{
	struct work *w = x->w;
	struct long_value *l = long_now(x);
	__u64 cap, n, at;
	__u8 *last;

	if (!l->val || !l->keep || l->done || l->full || l->total >= LINX_PIECES_MAX)
		return 1;
	if (IS_RECORDER)
		room_for_piece(x);
	cap = opaque(x, piece_cap(w, l));
	if (!cap)
		return 1;
	continue_record(x);
	at = w->at;
	n = opaque(x, fill_long(x, at, cap));
	put_word(x, w->rec + sizeof(struct linx_rec), l->total | n << 32 | (__u64)l->arg << 48);
	last = ring_at(x, at + (n & ~7ull), 8);
	if (last && n & 7)
		*(volatile __u64 *)last &= (1ull << (n & 7) * 8) - 1;
	w->at = at + align8(n);
	l->total += n;
	return 0;
}

STEP(count_str)
{
	struct long_value *l = long_now(x);
	__u64 str;

	if (!vec_read(l, &str)) {
		l->state = LINX_UNREADABLE;
		return 1;
	}
	if (!str)
		return 1;
	l->count++;
	return 0;
}

/*
 * Writes a word at offset "at" in the ring. If the record is closed and the offset lies behind the ring's end, the
 * bytes at this offset have been copied to the begin of the ring. Then the word is written to the copy, too.
 */
static __always_inline void patch(struct cpu *x, __u64 at, __u64 word, bool closed)
{
	put_word(x, at, word);
	if (closed && at >= config.ring_size)
		put_word(x, at - config.ring_size, word);
}

static __noinline int patch_head(struct cpu *x)
{
	struct long_value *l = long_now(x);
	__u64 unread = l->done && l->state == LINX_UNREADABLE ? l->str : 0, orig, size;
	bool closed = x->w->head_len != 0;
	__u8 *p;

	if (l->width && !l->done) {
		repeat(LINX_STRV_COUNT_MAX, count_str, x);
		l->done = !l->str && l->count == l->stored;
	}
	if (!l->done && l->state == LINX_WHOLE)
		l->state = LINX_TRUNCATED;
	orig = l->width ? (l->state == LINX_WHOLE ? l->total : 0xffffffff) : min_u64(l->total + l->left, 0xffffffff);
	if (l->width) {
		patch(x, l->val + 8, l->count | (__u64)l->stored << 32, closed);
		patch(x, l->val + 16, unread, closed);
	}
	p = ring_at(x, l->val, 8);
	if (!p)
		return 0;
	size = *(volatile __u64 *)p & 0xffffff;
	patch(x, l->val, size | (__u64)(l->kind << 3 | l->state) << 24 | orig << 32, closed);
	return 0;
}

/* Writes the values that may continue in PIECE records: the first part of each, then the pieces of each. */
static __noinline int put_longs(struct cpu *x)
{
	struct work *w = x->w;

	for (__u32 i = 0; i < 2; i++)
		if (i < w->nlongs)
			long_head(x, i, config.user_max / 4);
	for (__u32 i = 0; i < 2; i++) {
		if (i >= w->nlongs || !long_at(x, i)->val)
			continue;
		w->arg = i;
		repeat(LINX_PIECES_MAX / 8192, put_piece, x);
		patch_head(x);
	}
	return 0;
}

#endif
