// SPDX-License-Identifier: GPL-2.0-only
/*
 * What structures point to. Probe context, preemption off, as all of capture.c.
 *
 * Pointers and lengths come from the copies of the structures in the record,
 * which nobody else can write. But for the length of a LENP no user memory is
 * read twice: a task that changes it meanwhile can only make the record wrong
 * about itself. The work is bounded by the record's budget, which every
 * structure takes from, by the number of values and by the depth.
 */
#include "capture.h"
#include "fd.h"
#include "session.h"
#include "shape.h"
#include "table.h"

/* Values in a record, so that a hostile array costs no more than that many faults. */
#define VALUES_MAX 160

#define PTR(off64, off32) LINX_MEMBER(off64, 8, off32, 4)
#define LONG(off64, off32) LINX_MEMBER(off64, 8, off32, 4)
#define INT(off64, off32) LINX_MEMBER(off64, 4, off32, 4)
#define U64(off) LINX_MEMBER(off, 8, off, 8)
#define U32(off) LINX_MEMBER(off, 4, off, 4)
#define U16(off) LINX_MEMBER(off, 2, off, 2)
#define U8(off) LINX_MEMBER(off, 1, off, 1)
#define ARGN(k) LINX_MEMBER(k, LINX_MEMBER_ARGN, k, LINX_MEMBER_ARGN)
#define RESULT LINX_MEMBER(0, LINX_MEMBER_RESULT, 0, LINX_MEMBER_RESULT)
#define IS(n) LINX_MEMBER(n, 0, n, 0)
#define WHEN(member, bits, equals) .when = member, .mask = bits, .value = equals

#define FOLLOW(kind_, dir_, ptr_, len_, what_, ...) \
	{ .kind = LINX_FOLLOW_##kind_, .dir = LINX_DIR_##dir_, .ptr = ptr_, .len = len_, .what = what_, __VA_ARGS__ },
#define STRP(dir, ptr, ...) FOLLOW(STR, dir, ptr, IS(0), 0, __VA_ARGS__)
#define BUFP(dir, ptr, len, unit, ...) FOLLOW(BUF, dir, ptr, len, unit, __VA_ARGS__)
#define PARTP(ptr, len) FOLLOW(PART, OUT, ptr, len, 1)
#define BITSP(dir, ptr, len) FOLLOW(BITS, dir, ptr, len, 0)
#define LENP(dir, ptr, len) FOLLOW(LENP, dir, ptr, len, 0)
#define ONEP(dir, ptr, shape, ...) FOLLOW(ONE, dir, ptr, IS(1), LINX_SHAPE_##shape, __VA_ARGS__)
#define ARRP(dir, ptr, len, shape, ...) FOLLOW(ARR, dir, ptr, len, LINX_SHAPE_##shape, __VA_ARGS__)
#define FILLED(len) FOLLOW(LIMIT, OUT, IS(0), len, 1)
#define SIZED(add_, len, unit, ...) FOLLOW(SIZE, IN, IS(0), len, unit, .add = add_, __VA_ARGS__)

#define SHAPE(name, size64, size_i386, size_x32, ...) static const struct linx_follow follow_##name[] = { __VA_ARGS__ };
#include "tables/shapes.def"
#undef SHAPE

const struct linx_shape linx_shapes[LINX_SHAPE_NR] = {
#define SHAPE(name, size64, size_i386, size_x32, ...)                        \
	[LINX_SHAPE_##name] = {                                              \
		.size = { size64, size_i386, size_x32 },                     \
		.count = sizeof(follow_##name) / sizeof(struct linx_follow), \
		.follow = follow_##name,                                     \
	},
#include "tables/shapes.def"
#undef SHAPE
};

/* A member of the structure; false: what was captured ends before it. */
static __always_inline bool member(const struct linx_frame *t, const struct linx_path *path, u64 where, u64 *value)
{
	u32 m = path->abi == LINX_ABI_X86_64 ? where : where >> 32;
	u32 at = LINX_MEMBER_AT(m), width = LINX_MEMBER_WIDTH(m);
	const u8 *p = t->data + at;

	if (likely(width == 8 && at + 8 <= t->size))
		*value = *(const u64 *)p;
	else if (!width)
		*value = at;
	else if (width == LINX_MEMBER_ARGN)
		*value = path->args[at];
	else if (width == LINX_MEMBER_RESULT)
		*value = path->args[-1];
	else if (at + width > t->size)
		return false;
	else
		*value = width == 4 ? *(const u32 *)p : width == 2 ? *(const u16 *)p : *p;
	return true;
}

static bool applies(const struct linx_frame *t, const struct linx_path *path, const struct linx_follow *fo)
{
	u64 when;

	return member(t, path, fo->when, &when) && !(((u32)when ^ fo->value) & fo->mask);
}

void linx_shape_extend(struct linx_fill *f, const struct linx_path *path, u32 shape, struct linx_val *v, u64 addr)
{
	const struct linx_follow *fo = linx_shapes[shape].follow;
	struct linx_frame t;
	u64 len;

	if (!linx_shape_sized(shape) || LINX_VAL_STATE(v->info) != LINX_WHOLE)
		return;
	t.data = linx_val_memory(v, &t.size);
	if ((!fo->mask || applies(&t, path, fo)) && member(&t, path, fo->len, &len))
		linx_capture_more(f, v, addr, min_t(u64, len, U32_MAX) * fo->what + fo->add, LINX_STRUCT_MAX);
}

/* The structures at data become those whose members are followed next. false: there are none. */
static bool enter(struct linx_frame *t, u8 abi, u32 id, const u8 *data, u32 size, bool single, u64 filled)
{
	const struct linx_shape *shape = linx_shapes + id;

	t->data = data;
	t->size = size;
	t->left = 1;
	if (!single) {
		t->size = shape->size[abi];
		t->left = size / t->size;
	}
	t->shape = shape;
	t->next = shape->follow;
	t->end = shape->follow + shape->count;
	t->filled = filled;
	return t->left;
}

/* How many bytes a pointer with this length points to, and how many of them are kept. */
static __always_inline u64 extent(const struct linx_fill *f, struct linx_frame *t, u8 abi, const struct linx_follow *fo,
				  u64 len, u32 *keep)
{
	u64 n = min_t(u64, len, U32_MAX);
	u32 there = 0;

	*keep = f->s->snap_bytes;
	switch (fo->kind) {
	case LINX_FOLLOW_BUF:
		return n * fo->what;
	case LINX_FOLLOW_PART:
		n = min(n, t->filled);
		t->filled -= n;
		return n;
	case LINX_FOLLOW_LENP:
		*keep = LINX_STRUCT_MAX;
		linx_user_read(&there, len, sizeof(there));
		return there;
	case LINX_FOLLOW_BITS:
		*keep = LINX_STRUCT_MAX;
		return linx_bits_bytes(n, abi);
	default:
		*keep = LINX_STRUCT_MAX;
		return n * linx_shape_size(fo->what, abi);
	}
}

/* The short way, if the memory and the room for it are there; else the long one. */
static __always_inline struct linx_val *capture_mem(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep)
{
	u32 count = min3(len, (u64)keep, (u64)f->budget);
	u8 info = LINX_VAL_INFO(LINX_VAL_MEM, count < len ? LINX_TRUNCATED : LINX_WHOLE);
	struct linx_val *v = (struct linx_val *)f->p;
	u8 *end;

	if (unlikely(f->end - f->p < count + sizeof(*v) + 2 * sizeof(u64)))
		return linx_capture_mem(f, arg, addr, len, keep);
	end = linx_user_mem(
		f->p, addr,
		LINX_VAL_HEAD(count + sizeof(u64), arg, info, min_t(u64, len, U32_MAX - sizeof(u64)) + sizeof(u64)));
	if (unlikely(!end))
		return linx_capture_mem(f, arg, addr, len, keep);
	f->p = end;
	f->budget -= count;
	f->head->nvals++;
	return v;
}

/* A pointer that is not null. Returns what is to be looked at next: t, or what the pointer points to. */
static __always_inline struct linx_frame *follow(struct linx_fill *f, struct linx_frame *t,
						 const struct linx_path *path, const struct linx_follow *fo, u64 addr)
{
	bool single = fo->kind == LINX_FOLLOW_ONE;
	struct linx_val *v;
	const u8 *data;
	u32 keep;
	u64 len;

	if (fo->kind == LINX_FOLLOW_STR) {
		linx_capture_memstr(f, path->arg, addr);
		return t;
	}
	if (!member(t, path, fo->len, &len))
		return t;
	len = extent(f, t, path->abi, fo, len, &keep);
	if (!len)
		return t;
	v = capture_mem(f, path->arg, addr, len, keep);
	if (v && unlikely(f->s->fd_max))
		linx_fd_scan(f, path->abi, fo, t, v);
	if (!v || fo->kind < LINX_FOLLOW_ONE || !(linx_shapes + fo->what)->count)
		return t;
	if (single)
		linx_shape_extend(f, path, fo->what, v, addr);
	data = linx_val_memory(v, &keep);
	if (t + 1 < f->frames + LINX_FRAMES && enter(t + 1, path->abi, fo->what, data, keep, single, t->filled))
		t++;
	return t;
}

/*
 * The rest of an array of buffers and nothing else (iovec), which is what is
 * followed most: as follow() does it, with nothing to decide for each of them.
 */
static void follow_buffers(struct linx_fill *f, struct linx_frame *t, u8 arg, const struct linx_follow *fo)
{
	const u8 *ptr = t->data + LINX_MEMBER_AT(fo->ptr), *len = t->data + LINX_MEMBER_AT(fo->len);
	u32 left = t->left, size = t->size, keep = f->s->snap_bytes;
	bool part = fo->kind == LINX_FOLLOW_PART;
	u64 filled = t->filled, addr, n;

	for (; left; left--, ptr += size, len += size) {
		addr = *(const u64 *)ptr;
		n = min_t(u64, *(const u64 *)len, U32_MAX);
		if (part && addr) {
			n = min(n, filled);
			filled -= n;
		}
		if (!addr || !n)
			continue;
		if (f->head->nvals >= VALUES_MAX || !f->budget || !linx_capture_room(f))
			return;
		capture_mem(f, arg, addr, n, keep);
	}
}

/* Is this member the only one, of a buffer of single bytes, in the layout of x86_64? */
static bool are_buffers(const struct linx_frame *t, const struct linx_path *path, const struct linx_follow *fo)
{
	return t->shape->count == 1 && (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART) &&
	       path->abi == LINX_ABI_X86_64 && !fo->mask && fo->what == 1 && t->size == 2 * sizeof(u64);
}

void linx_shape_follow(struct linx_fill *f, const struct linx_path *path, u32 shape, const u8 *data, u32 size,
		       bool single, u64 filled)
{
	struct linx_frame *t = f->frames;
	const struct linx_follow *fo;
	u64 value;

	if (!enter(t, path->abi, shape, data, size, single, filled))
		return;
	for (;;) {
		if (t->next == t->end) {
			if (--t->left) {
				t->data += t->size;
				t->next = t->shape->follow;
			} else if (t-- == f->frames) {
				return;
			}
			continue;
		}
		fo = t->next++;
		if (!(fo->dir & path->dirs) || (unlikely(fo->mask) && !applies(t, path, fo)))
			continue;
		if (are_buffers(t, path, fo)) {
			follow_buffers(f, t, path->arg, fo);
			t->left = 1;
			continue;
		}
		if (unlikely(fo->kind == LINX_FOLLOW_LIMIT)) {
			if (member(t, path, fo->len, &value))
				t->filled = value;
			continue;
		}
		if (!member(t, path, fo->ptr, &value) || !value)
			continue;
		if (f->head->nvals >= VALUES_MAX || !f->budget || !linx_capture_room(f))
			return;
		t = follow(f, t, path, fo, value);
	}
}
