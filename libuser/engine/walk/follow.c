// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Follows pointers in captured structures. Pointers and lengths come from the copies in the record. No user
 * memory is read twice, except a length that lies in memory.
 */
#include <string.h>

#include "engine/walk/fds.h"
#include "engine/walk/follow.h"
#include "engine/walk/value.h"

/* An array of structures whose members are being followed. */
struct frame {
	const struct linx_shape *shape;
	const struct linx_follow *next, *end; /* members that were not followed yet */
	const uint8_t *data; /* the current structure: its bytes in the record */
	__u64 filled; /* bytes that the call put into its buffers, less those of the buffers captured so far */
	uint32_t size; /* bytes of one structure */
	uint32_t left; /* structures of the array still to follow, including this one */
};

/*
 * True if the kernel takes the native structure. Some calls of x32 have no compat entry, so their structures
 * are those of x86_64: then the size is not that of i386.
 */
static bool is_native(const struct frame *t, uint32_t abi)
{
	return abi == 0 || t->shape->size[abi] != t->shape->size[LINX_ABI_I386];
}

/* Gets a member's value. false: the captured bytes end before it. */
static bool get_member(const struct frame *t, const struct linx_walker_path *path, uint64_t where, uint64_t *value)
{
	uint32_t m = (uint32_t)(is_native(t, path->call->abi % LINX_ABI_NR) ? where : where >> 32);
	uint32_t at = LINX_MEMBER_AT(m), width = LINX_MEMBER_WIDTH(m);

	*value = 0;
	if (!width)
		*value = at;
	else if (width == LINX_MEMBER_ARGN)
		*value = path->call->args[at % LINX_NARGS];
	else if (width == LINX_MEMBER_RESULT)
		*value = (uint64_t)path->call->ret;
	else if (at + width > t->size)
		return false;
	else
		memcpy(value, t->data + at, width);
	return true;
}

static bool applies(const struct frame *t, const struct linx_walker_path *path, const struct linx_follow *fo)
{
	uint64_t when;

	return !fo->mask || (get_member(t, path, fo->when, &when) && !((when ^ fo->value) & fo->mask));
}

static void extend(struct linx_walker *w, const struct linx_walker_path *path, uint32_t shape, struct linx_val *v,
		   uint64_t addr)
{
	struct frame t = { .shape = linx_shape_get(shape) };
	const struct linx_follow *fo = t.shape->follow, *end = fo + t.shape->count;
	uint64_t len;

	if (!t.shape->count || fo->kind != LINX_FOLLOW_SIZE || LINX_VAL_STATE(v->info) != LINX_WHOLE)
		return;
	t.data = linx_walker_memory(v, &t.size);
	while (!applies(&t, path, fo))
		if (++fo == end || fo->kind != LINX_FOLLOW_SIZE)
			return;
	if (get_member(&t, path, fo->len, &len))
		linx_walker_more(w, v, addr, linx_min_u64(len, UINT32_MAX) * fo->what + fo->add,
				 LINX_STRUCT_MAX);
}

void linx_walker_extend(struct linx_walker *w, const struct linx_walker_call *c, uint32_t shape, struct linx_val *v,
			uint64_t addr)
{
	const struct linx_walker_path path = { .call = c };

	extend(w, &path, shape, v, addr);
}

/* Makes the structures at data the current frame. false: there are no structures. */
static bool enter(struct frame *t, uint32_t abi, uint32_t id, const uint8_t *data, uint32_t size, bool single,
		  uint64_t filled)
{
	t->shape = linx_shape_get(id);
	t->data = data;
	t->size = single ? size : t->shape->size[abi];
	t->left = single ? 1 : t->size ? size / t->size : 0;
	t->next = t->shape->follow;
	t->end = t->next + t->shape->count;
	t->filled = filled;
	return t->left;
}

/* Stands for a length in memory that could not be read. */
#define EXTENT_UNREADABLE UINT64_MAX

static uint64_t extent_of(struct linx_walker *w, struct frame *t, uint32_t abi, const struct linx_follow *fo,
			  uint64_t len, uint32_t *keep)
{
	uint32_t there = 0;
	__u64 kept, n;

	if (fo->kind == LINX_FOLLOW_LENP) {
		if (w->read(w->ctx, &there, len, sizeof(there)) != sizeof(there))
			return EXTENT_UNREADABLE;
		len = there;
	}
	n = linx_member_extent(fo, len, abi, w->opts->snap_bytes, &t->filled, &kept);
	*keep = (uint32_t)kept;
	return n;
}

/* Captures the memory behind a pointer that is not null. Returns the frame to continue with. */
static struct frame *follow(struct linx_walker *w, struct frame *frames, struct frame *t,
			    const struct linx_walker_path *path, const struct linx_follow *fo, uint64_t addr)
{
	bool single = fo->kind == LINX_FOLLOW_ONE;
	uint32_t abi = path->call->abi % LINX_ABI_NR, keep;
	const uint8_t *data;
	struct linx_val *v;
	uint64_t len;

	if (fo->kind == LINX_FOLLOW_STR) {
		linx_walker_memstr(w, path->arg, addr);
		return t;
	}
	if (!get_member(t, path, fo->len, &len))
		return t;
	len = extent_of(w, t, abi, fo, len, &keep);
	if (!len)
		return t;
	if (path->call->discards && fo->kind == LINX_FOLLOW_PART) {
		linx_walker_unfilled(w, path->arg, LINX_VAL_MEM, addr, len);
		return t;
	}
	if (len == EXTENT_UNREADABLE) {
		linx_walker_value(w, path->arg, LINX_VAL_MEM, LINX_UNREADABLE, &addr, sizeof(addr));
		return t;
	}
	v = linx_walker_mem(w, path->arg, addr, len, keep);
	if (v && w->fds)
		linx_walker_scan_fds(w, path->call, fo, t->shape, t->data, v);
	if (v && (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART))
		linx_walker_captured_buffer(w);
	if (!v || fo->kind < LINX_FOLLOW_ONE || !linx_shape_get(fo->what)->count)
		return t;
	if (single)
		extend(w, path, fo->what, v, addr);
	data = linx_walker_memory(v, &keep);
	/*
	 * If this was the last pointer of a structure, its frame is reused for the target: linked lists need no depth.
	 */
	if (t->next == t->end && t->left == 1) {
		if (!enter(t, abi, fo->what, data, keep, single, t->filled)) {
			t->left = 1;
			t->next = t->end;
		}
		return t;
	}
	if (t + 1 < frames + LINX_FRAMES_MAX && enter(t + 1, abi, fo->what, data, keep, single, t->filled))
		t++;
	return t;
}

/* Returns the next member. NULL: this structure has no member left, and *t is the frame to continue with, or NULL. */
static const struct linx_follow *next_member(struct frame *frames, struct frame **t)
{
	struct frame *now = *t;

	if (now->next != now->end)
		return now->next++;
	if (--now->left) {
		now->data += now->size;
		now->next = now->shape->follow;
	} else {
		*t = now == frames ? NULL : now - 1;
	}
	return NULL;
}

void linx_walker_follow(struct linx_walker *w, const struct linx_walker_path *path, uint32_t shape, const uint8_t *data,
			uint32_t size, bool single)
{
	struct frame frames[LINX_FRAMES_MAX], *t = frames;
	const struct linx_follow *fo;
	uint64_t value;

	if (!enter(t, path->call->abi % LINX_ABI_NR, shape, data, size, single, (uint64_t)path->call->ret))
		return;
	while (t) {
		fo = next_member(frames, &t);
		if (!fo || !(fo->dir & path->dirs) || !applies(t, path, fo))
			continue;
		if (fo->kind == LINX_FOLLOW_LIMIT) {
			if (get_member(t, path, fo->len, &value))
				t->filled = value;
			continue;
		}
		if (!get_member(t, path, fo->ptr, &value) || !value)
			continue;
		if (w->head->nvals >= LINX_VALUES_MAX || (!w->budget && !linx_walker_goes_on(w)) || !linx_walker_room(w))
			return;
		t = follow(w, frames, t, path, fo, value);
	}
}
