/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows the pointers in the structures of a record, one member in each turn of a loop. The stack of nested structures
 * is kept in a map. shared/extent.h says how many bytes a member points to. Values come in the order of
 * libuser/engine/walk/follow.c.
 */
#ifndef LINX_BPF_FOLLOW_H
#define LINX_BPF_FOLLOW_H

#include "fd/fd_rules.h"
#include "call/http.h"

/* Upper limit for the members that are looked at for one record. */
#define STEPS_MAX 4096u
/* Most rules for its own length (members of kind LINX_FOLLOW_SIZE) that a structure can have. */
#define SIZES_MAX 2u
#define UNREADABLE_LENGTH (~0ull)
/* A value of frame.data: the structure is the array of the call's arguments. */
#define IN_ARGS (~0ull)

/* Reads a member's value. Returns false if the captured bytes end before the member. */
static __noinline bool get_member(struct cpu *x, __u64 where, __u64 *value)
{
	struct work *w = x->w;
	struct frame *t = frame_now(x);
	struct shape *s = shape_get(t->shape);
	bool native = w->abi == 0 || (s && s->size[w->abi & 3] != s->size[LINX_ABI_I386]);
	__u32 m = native ? where : where >> 32, at = LINX_MEMBER_AT(m), width = LINX_MEMBER_WIDTH(m);
	__u64 v = 0, there = 1;

	if (!width)
		v = at;
	else if (width == LINX_MEMBER_ARGN)
		v = arg_n(x, at);
	else if (width == LINX_MEMBER_RESULT)
		v = w->ret;
	else if (at + width > t->size)
		there = 0;
	else if (t->data == IN_ARGS)
		v = arg_n(x, at / 8);
	else
		v = load(x, t->data + at, width);
	*value = opaque(x, v);
	return opaque(x, there);
}

static __always_inline bool applies(struct cpu *x, const struct linx_follow *fo)
{
	__u64 when;

	return !fo->mask || (get_member(x, fo->when, &when) && !((when ^ fo->value) & fo->mask));
}

/* Enters the structures of shape id in the size bytes at data: their members are followed next. */
static __noinline int enter_shape(struct cpu *x, __u32 id, __u64 data, __u64 size)
{
	struct work *w = x->w;
	__u64 filled = w->depth ? frame_now(x)->filled : (__u64)w->ret;
	struct shape *s = shape_get(id);
	struct frame *t;

	if (!s || !s->count)
		return 0;
	/*
	 * If this pointer was the last one of the current structure, the frame is reused for what the pointer points
	 * to. Therefore a linked list needs only one frame.
	 */
	if (w->depth && frame_now(x)->next >= frame_now(x)->end && frame_now(x)->left == 1)
		w->depth--;
	if (w->depth >= LINX_FRAMES_MAX)
		return 0;
	w->depth++;
	t = frame_now(x);
	t->shape = id;
	t->data = data;
	t->size = w->single ? size : s->size[w->abi & 3];
	t->left = w->single ? 1 : t->size ? size / t->size : 0;
	t->next = s->first;
	t->end = s->first + s->count;
	t->filled = filled;
	if (!t->left)
		w->depth--;
	return 0;
}

/*
 * Captures the rest of a structure whose first part says how long the whole structure is. val: offset in the ring of
 * the newest value, which holds the first part.
 */
static __noinline int extend(struct cpu *x, __u32 shape, __u64 val, __u64 addr)
{
	struct work *w = x->w;
	struct shape *s = shape_get(shape);
	__u64 head = load(x, val, 8), size = head & 0xffff, skip = (head >> 27 & 0x1f) == LINX_VAL_MEM ? 8 : 0;
	__u64 had = size - skip, len = 0, more, got, state = LINX_WHOLE;
	struct linx_follow *fo;
	__u32 at, depth = w->depth;

	at = s ? s->first : 0;
	fo = s && s->count ? bpf_map_lookup_elem(&follows, &at) : 0;
	if (!fo || fo->kind != LINX_FOLLOW_SIZE || (head >> 24 & 7) != LINX_WHOLE || depth >= LINX_FRAMES_MAX)
		return 0;
	w->depth++;
	frame_now(x)->shape = shape;
	frame_now(x)->data = val + 8 + skip;
	frame_now(x)->size = had;
	for (__u32 i = 0; i < SIZES_MAX && at < s->first + s->count; i++, at++) {
		fo = bpf_map_lookup_elem(&follows, &at);
		if (!fo || fo->kind != LINX_FOLLOW_SIZE)
			break;
		if (!applies(x, fo))
			continue;
		if (get_member(x, fo->len, &len))
			len = min_u64(len, 0xffffffff) * fo->what + fo->add;
		break;
	}
	w->depth = depth;
	if (len <= had)
		return 0;
	more = min_u64(len, min_u64(LINX_STRUCT_MAX, w->budget + had)) - had;
	more = opaque(x, min_u64(more, w->end - (val + 8 + skip) - had));
	got = opaque(x, read_user(x, val + 8 + skip + had, addr + had, more));
	if (got < more)
		state = LINX_UNREADABLE;
	else if (had + more < len)
		state = LINX_TRUNCATED;
	val_finish(x, val, (head >> 16 & 0xff) | ((head >> 24 & 0xf8) | state) << 8, size + got,
		   min_u64(len, 0xffffffff) + skip);
	w->budget -= min_u64(got, w->budget);
	return 0;
}

/* Returns how many bytes a member points to, and sets *keep to how many of them are recorded. */
static __always_inline __u64 member_extent(struct cpu *x, const struct linx_follow *fo, __u64 len, __u64 *keep)
{
	__u32 there = 0;

	*keep = 0;
	if (fo->kind == LINX_FOLLOW_LENP) {
		if (bpf_probe_read_user(&there, sizeof(there), (void *)len))
			return UNREADABLE_LENGTH;
		len = there;
	}
	return linx_member_extent(fo, len, x->w->abi, config.snap_bytes, &frame_now(x)->filled, keep);
}

/* Captures the memory that a pointer points to. The pointer is not null. */
static __noinline int follow_pointer(struct cpu *x, const struct linx_follow *fo, __u64 addr)
{
	struct work *w = x->w;
	__u64 len, keep, val = w->at, size;
	__u32 arg = w->arg;

	if (fo->kind == LINX_FOLLOW_STR)
		return capture_str(x, WHAT(arg, LINX_VAL_MEMSTR), addr);
	if (!get_member(x, fo->len, &len))
		return 0;
	len = opaque(x, member_extent(x, fo, len, &keep));
	keep = opaque(x, keep);
	if (!len)
		return 0;
	if (len == UNREADABLE_LENGTH)
		return put_unreadable_mem(x, arg, addr);
	if (w->unfilled && fo->kind == LINX_FOLLOW_PART)
		return put_unfilled(x, WHAT(arg, LINX_VAL_MEM), addr, len);
	capture(x, WHAT(arg, LINX_VAL_MEM), addr, len, keep);
	if ((fo->kind == LINX_FOLLOW_PART || fo->kind == LINX_FOLLOW_BUF) && KEEPS_HTTP && x->http && w->http.on)
		http_look(x, val, addr, len);
	if (DESCRIBES_FDS && !w->full)
		scan_member(x, fo, val);
	if (w->full || fo->kind < LINX_FOLLOW_ONE)
		return 0;
	w->single = fo->kind == LINX_FOLLOW_ONE;
	if (w->single)
		extend(x, fo->what, val, addr);
	size = load(x, val, 2) - 8;
	return enter_shape(x, fo->what, val + 16, size);
}

/*
 * Returns the next member of the current structure. NULL: no member is left. Then the next structure of the array
 * becomes the current one or, after the last one, the structure that pointed to the array.
 */
static __always_inline struct linx_follow *next_member(struct cpu *x)
{
	struct frame *t = frame_now(x);
	__u32 at = t->next;

	if (at < t->end) {
		t->next++;
		return bpf_map_lookup_elem(&follows, &at);
	}
	if (--t->left) {
		struct shape *s = shape_get(t->shape);

		t->data += t->size;
		t->next = s ? s->first : t->end;
	} else {
		x->w->depth--;
	}
	return 0;
}

/*
 * Looks at the next argument. If the table describes the call's arguments as members of a structure (LINX_COPY_ARGS at
 * this argument), enters that structure. Returns false if there are no more arguments.
 */
static __always_inline bool next_args(struct cpu *x)
{
	struct work *w = x->w;
	__u32 arg = w->args_seen++, def;

	if (arg >= LINX_NARGS)
		return false;
	def = x->row->arg[arg];
	if (!(w->mask & 1u << arg) || LINX_ARGDEF_COPY(def) != LINX_COPY_ARGS)
		return true;
	w->arg = arg;
	w->single = 1;
	enter_shape(x, LINX_ARGDEF_WHAT(def), IN_ARGS, sizeof(w->args));
	return true;
}

/*
 * Looks at the next value of the record and, if the value holds structures with pointers, enters these structures.
 * After the last value it goes on with next_args(). Returns false if no value and no argument is left.
 */
static __always_inline bool next_value(struct cpu *x)
{
	struct work *w = x->w;
	__u64 head, at = w->value_at;
	__u32 arg, def, cap;

	if (!w->values_left)
		return next_args(x);
	w->values_left--;
	head = load(x, at, 8);
	w->value_at = at + 8 + align8(head & 0xffff);
	arg = head >> 16 & 0xff;
	if (arg >= LINX_NARGS || !(x->row->follow & 1u << arg))
		return true;
	def = x->row->arg[arg];
	cap = LINX_ARGDEF_COPY(def);
	w->arg = arg;
	w->single = cap == LINX_COPY_ONE || cap == LINX_COPY_SZ;
	enter_shape(x, LINX_ARGDEF_WHAT(def), at + 8, head & 0xffff);
	return true;
}

STEP(follow_step)
{
	struct work *w = x->w;
	struct linx_follow *fo;
	__u64 value;

	if (!w->depth)
		return !next_value(x);
	fo = next_member(x);
	if (!fo || !(fo->dir & w->dirs) || !applies(x, fo))
		return 0;
	if (fo->kind == LINX_FOLLOW_LIMIT) {
		if (get_member(x, fo->len, &value))
			frame_now(x)->filled = value;
		return 0;
	}
	if (!get_member(x, fo->ptr, &value) || !value)
		return 0;
	if (w->nvals >= LINX_VALUES_MAX || !w->budget || !room_left(w))
		return 1;
	follow_pointer(x, fo, value);
	return 0;
}

/* Follows the pointers in n values of the record; the first of them begins at offset "first" in the ring. */
static __always_inline int follow_values(struct cpu *x, __u64 first, __u32 n)
{
	x->w->value_at = first;
	x->w->values_left = n;
	x->w->depth = x->w->args_seen = 0;
	repeat(STEPS_MAX, follow_step, x);
	return 0;
}

#endif
