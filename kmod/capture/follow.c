// SPDX-License-Identifier: GPL-2.0-only
/*
 * Captures the memory that pointers in captured structures point to. Probe context, preemption off.
 *
 * Pointers and lengths are taken from the copies of the structures in the record, which no other task can write. User
 * memory is read once. The exception is a length that a member points to (LINX_FOLLOW_LENP): a task that changes it
 * meanwhile only makes its own record wrong. Three limits bound the work: the bytes of memory that the record may hold
 * (linx_fill.budget), the number of values, and the depth of structures.
 */
#include "capture/user_mem_fast.h"
#include "compat/compat.h"
#include "capture/fd.h"
#include "capture/follow.h"
#include "capture/http.h"
#include "core/probe_work.h"
#include "table/layout.h"
#include "core/session.h"
#include "table/table.h"

/*
 * Does the structure of an x32 call have the layout of x86_64? For a call that has no compat entry for x32, the kernel
 * uses its native structure. The shape of such a structure has different sizes on x32 and i386.
 */
static __always_inline bool native(const struct linx_frame *t, u32 abi)
{
	return t->shape->size[abi] != t->shape->size[LINX_ABI_I386];
}

/*
 * Sets *value to what "where" stands for, which is made by LINX_MEMBER(): a member of the structure, a constant, an
 * argument or the result of the call. Returns false if the captured bytes of the structure end before the member.
 */
static __always_inline bool member(const struct linx_frame *t, const struct linx_path *path, u64 where, u64 *value)
{
	u32 m = path->abi == LINX_ABI_X86_64 || native(t, path->abi) ? where : where >> 32;
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

/* Does the condition of a member (mask, value and when of struct linx_follow) hold? True without a condition. */
static bool applies(const struct linx_frame *t, const struct linx_path *path, const struct linx_follow *fo)
{
	u64 when;

	return member(t, path, fo->when, &when) && !((when ^ fo->value) & fo->mask);
}

void linx_shape_extend(struct linx_fill *f, const struct linx_path *path, u32 shape, struct linx_val *v, u64 addr)
{
	const struct linx_follow *fo = linx_shapes[shape].follow, *end = fo + linx_shapes[shape].count;
	struct linx_frame t;
	u64 len;

	if (!linx_shape_sized(shape) || LINX_VAL_STATE(v->info) != LINX_WHOLE)
		return;
	t.shape = linx_shapes + shape;
	t.data = linx_val_memory(v, &t.size);
	while (fo->mask && !applies(&t, path, fo))
		if (++fo == end || fo->kind != LINX_FOLLOW_SIZE)
			return;
	if (member(&t, path, fo->len, &len))
		linx_capture_more(f, v, addr, min_t(u64, len, U32_MAX) * fo->what + fo->add, LINX_STRUCT_MAX);
}

/*
 * Sets the frame t to the structures of shape id in the size bytes at data, so that their members are followed next.
 * single: the bytes are one structure, of any size; else an array of structures. Returns false if there is no whole
 * structure.
 */
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

/* Returned by extent() if a length that stands in user memory (LINX_FOLLOW_LENP) could not be read. */
#define EXTENT_UNREADABLE U64_MAX

/*
 * Returns how many bytes a pointer member points to, and sets *keep to how many of them are captured at most. fo: the
 * member. len: what member() returned for fo->len.
 */
static __always_inline u64 extent(const struct linx_fill *f, struct linx_frame *t, u8 abi, const struct linx_follow *fo,
				  u64 len, u32 *keep)
{
	u64 kept, n;
	u32 there;

	if (fo->kind == LINX_FOLLOW_LENP) {
		if (unlikely(linx_user_read(&there, len, sizeof(there)) != sizeof(there)))
			return EXTENT_UNREADABLE;
		len = there;
	}
	n = linx_member_extent(fo, len, abi, f->s->snap_bytes, &t->filled, &kept);
	*keep = kept;
	return n;
}

/* Writes a value that holds only the address and reads no memory, as the probe has reached its limit of work. */
static noinline void put_spent(struct linx_fill *f, u32 arg, u8 kind, u64 addr)
{
	linx_put_bytes(f, arg, kind, LINX_UNAVAILABLE, &addr, sizeof(addr));
	f->budget = 0;
}

/*
 * Captures memory by linx_capture_mem(), which also handles memory that is partly unreadable. Returns false if the
 * record has no room.
 */
static bool put_slow(struct linx_fill *f, u32 arg, u64 addr, u64 len, u32 keep)
{
	struct linx_val *v = linx_capture_mem(f, arg, addr, len, keep);

	f->unreadable = v && LINX_VAL_STATE(v->info) == LINX_UNREADABLE;
	return v;
}

/*
 * Captures keep of len bytes at addr as a value, in a few stores if the memory is present and there is room. Returns
 * false if the record takes no more values. Not inline, since it is called in several places.
 */
static noinline bool put_mem(struct linx_fill *f, u32 arg, u64 addr, u64 len, u32 keep)
{
	u32 budget = f->budget, count = min3(len, (u64)keep, (u64)budget);
	u64 orig = min_t(u64, len, U32_MAX - sizeof(u64)) + sizeof(u64);
	u64 head = LINX_VAL_HEAD(count + sizeof(u64), arg, LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE), orig);
	u8 *p = f->p, *end = NULL;
	bool faulted = false;

	if (unlikely(f->head->nvals >= LINX_VALUES_MAX || (!budget && !f->s->snap_long)))
		return false;
	if (likely(count < LINX_SIMPLE_MAX && f->end - p >= LINX_SIMPLE_MAX + 4 * sizeof(u64))) {
		if (count < len)
			head += (u64)(LINX_TRUNCATED - LINX_WHOLE) << 24;
		*(u64 *)p = head;
		*(u64 *)(p + sizeof(u64)) = addr;
		linx_faults_off();
		end = linx_user_simple(p + 2 * sizeof(u64), addr, count);
		linx_faults_on();
		faulted = !end;
	}
	if (unlikely(!end)) {
		/*
		 * Finding out how much of a value is readable takes much work, and unreadable values often follow each
		 * other. Therefore the limit of work is checked here, too.
		 */
		if ((faulted || f->unreadable) && linx_probe_is_spent()) {
			put_spent(f, arg, LINX_VAL_MEM, addr);
			return false;
		}
		return linx_capture_room(f) && put_slow(f, arg, addr, len, keep);
	}
	f->p = end;
	f->budget = budget - count;
	f->head->nvals++;
	return true;
}

/*
 * Captures the buffer that a member of a structure points to, for a call with f->special set. LINX_SPECIAL_UNFILLED:
 * the call wrote nothing into its buffers; LINX_SPECIAL_HTTP: its buffers may hold an HTTP header. fo describes the
 * member. Returns false, and captures nothing, if the member does not point to a buffer for which f->special is meant.
 */
static noinline bool put_special(struct linx_fill *f, const struct linx_path *path, const struct linx_follow *fo, u64 addr,
				 u64 len)
{
	if (f->special == LINX_SPECIAL_UNFILLED) {
		if (fo->kind != LINX_FOLLOW_PART)
			return false;
		linx_put_unfilled(f, path->arg, LINX_VAL_MEM, addr, len);
		return true;
	}
	if (fo->kind != LINX_FOLLOW_PART && fo->kind != LINX_FOLLOW_BUF)
		return false;
	linx_http_put(f, path->arg, LINX_VAL_MEM, addr, len);
	return true;
}

/* follow() relies on this order: a member of kind LINX_FOLLOW_ONE or above points to structures with a shape. */
static_assert(LINX_FOLLOW_ONE > LINX_FOLLOW_STR && LINX_FOLLOW_ONE > LINX_FOLLOW_BUF && LINX_FOLLOW_ONE > LINX_FOLLOW_PART &&
	      LINX_FOLLOW_ONE > LINX_FOLLOW_BITS && LINX_FOLLOW_ONE > LINX_FOLLOW_LENP &&
	      LINX_FOLLOW_ONE > LINX_FOLLOW_ALL && LINX_FOLLOW_ONE > LINX_FOLLOW_LIMIT &&
	      LINX_FOLLOW_ONE > LINX_FOLLOW_SIZE && LINX_FOLLOW_ONE < LINX_FOLLOW_ARR);

/*
 * Captures the memory that a member points to. addr: the member's value, not null. Returns the frame with which to
 * continue: t, or a frame with the structures just captured, so that their members are followed first.
 */
static __always_inline struct linx_frame *follow(struct linx_fill *f, struct linx_frame *t,
						 const struct linx_path *path, const struct linx_follow *fo, u64 addr)
{
	bool single = fo->kind == LINX_FOLLOW_ONE;
	struct linx_val *v;
	const u8 *data;
	u32 keep;
	u64 len;

	if (fo->kind == LINX_FOLLOW_STR) {
		if (unlikely(linx_probe_is_spent()))
			put_spent(f, path->arg, LINX_VAL_MEMSTR, addr);
		else
			linx_capture_memstr(f, path->arg, addr);
		return t;
	}
	if (!member(t, path, fo->len, &len))
		return t;
	len = extent(f, t, path->abi, fo, len, &keep);
	if (!len)
		return t;
	if (unlikely(f->special) && put_special(f, path, fo, addr, len))
		return t;
	if (unlikely(len == EXTENT_UNREADABLE)) {
		linx_put_bytes(f, path->arg, LINX_VAL_MEM, LINX_UNREADABLE, &addr, sizeof(addr));
		return t;
	}
	v = (struct linx_val *)f->p;
	if (!put_mem(f, path->arg, addr, len, keep))
		return t;
	if (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART)
		linx_captured_buffer(f);
	if (unlikely(f->s->flags & LINX_SETUP_FDS))
		linx_fd_scan(f, path->abi, fo, t, v);
	if (fo->kind < LINX_FOLLOW_ONE || !(linx_shapes + fo->what)->count)
		return t;
	if (single)
		linx_shape_extend(f, path, fo->what, v, addr);
	data = linx_val_memory(v, &keep);
	/* The last member of the last structure reuses the frame. Therefore a linked list needs only one frame. */
	if (t->next == t->end && t->left == 1) {
		if (!enter(t, path->abi, fo->what, data, keep, single, t->filled)) {
			t->left = 1;
			t->next = t->end;
		}
		return t;
	}
	if (t + 1 < f->frames + LINX_FRAMES_MAX && enter(t + 1, path->abi, fo->what, data, keep, single, t->filled))
		t++;
	return t;
}

/* Captures the buffers of an array such as struct iovec[], the most frequent case. left: number of elements at data. */
static void follow_buffers(struct linx_fill *f, u8 arg, const struct linx_follow *fo, const u8 *data, u32 left, u64 filled)
{
	const u64 *ptr = (const u64 *)(data + LINX_MEMBER_AT(fo->ptr)), *len = (const u64 *)(data + LINX_MEMBER_AT(fo->len));
	u32 keep = f->s->snap_bytes;
	u64 n;

	for (; left; left--, ptr += 2, len += 2) {
		n = *len;
		if (fo->kind == LINX_FOLLOW_PART && *ptr) {
			n = min(n, filled);
			filled -= n;
		}
		if (!*ptr || !n)
			continue;
		if (!put_mem(f, arg, *ptr, min_t(u64, n, U32_MAX), keep))
			return;
		linx_captured_buffer(f);
	}
}

void linx_shape_follow(struct linx_fill *f, const struct linx_path *path, u32 shape, const u8 *data, u32 size,
		       bool single, u64 filled)
{
	struct linx_frame *t = f->frames;
	const struct linx_follow *fo;
	u64 value;

	if (!enter(t, path->abi, shape, data, size, single, filled))
		return;
	f->unreadable = false;
	if (path->abi == LINX_ABI_X86_64 && !(f->s->flags & LINX_SETUP_FDS) && !f->special && linx_shape_buffers(t->shape)) {
		if (t->next->dir & path->dirs)
			follow_buffers(f, path->arg, t->next, data, t->left, filled);
		return;
	}
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
		if (unlikely(fo->kind == LINX_FOLLOW_LIMIT)) {
			if (member(t, path, fo->len, &value))
				t->filled = value;
			continue;
		}
		if (!member(t, path, fo->ptr, &value) || !value)
			continue;
		if (f->head->nvals >= LINX_VALUES_MAX || (!f->budget && (!f->s->snap_long || linx_probe_is_spent())) ||
		    !linx_capture_room(f))
			return;
		t = follow(f, t, path, fo, value);
	}
}
