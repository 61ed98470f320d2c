// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shapes (layouts of structures in user memory) from tables/shapes.def, and what is computed of their members at load
 * for the fast path of capture/encode_fast_members.c. Constant data; no locks.
 */
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include "shared/shape_data.h"
#include "table/layout.h"
#include "table/table.h"

#define SHAPE_MEMBERS 4 /* most members of a shape on the fast path: see LINX_SHAPE_ROOM */
#define MEMBERS_MAX 128

struct linx_member linx_members[MEMBERS_MAX] __ro_after_init;
u8 linx_member_of[LINX_SHAPE_NR] __ro_after_init;
u16 linx_simple_from[LINX_SHAPE_NR] __ro_after_init;

static u32 __init width_of(u64 m)
{
	return LINX_MEMBER_WIDTH((u32)m);
}

static u32 __init end_of(u64 m)
{
	return width_of(m) ? LINX_MEMBER_AT(m) + width_of(m) : 0;
}

static bool __init is_plain(const struct linx_follow *fo)
{
	const struct linx_shape *inner;
	u32 width = width_of(fo->len);

	if ((fo->kind != LINX_FOLLOW_ARR && fo->kind != LINX_FOLLOW_ONE) || width_of(fo->ptr) != 8)
		return false;
	inner = &linx_shapes[fo->what];
	if ((width && width != 4 && width != 8) || (fo->mask && width_of(fo->when) != 4))
		return false;
	return !inner->count || (fo->kind == LINX_FOLLOW_ARR && linx_shape_buffers(inner));
}

bool __init linx_shape_plain(u32 id)
{
	const struct linx_shape *shape = &linx_shapes[id];
	u32 i, arrays = 0;

	if (linx_shape_buffers(shape))
		return true;
	for (i = 0; i < shape->count; i++) {
		if (!is_plain(&shape->follow[i]))
			return false;
		arrays += linx_shapes[shape->follow[i].what].count;
	}
	return shape->count <= SHAPE_MEMBERS && arrays <= 1;
}

static struct linx_member __init member_from(const struct linx_follow *fo)
{
	u32 width = width_of(fo->len);

	return (struct linx_member){
		.ptr = LINX_MEMBER_AT(fo->ptr),
		.len = width ? LINX_MEMBER_AT(fo->len) : 0,
		.when = fo->mask ? LINX_MEMBER_AT(fo->when) : 0,
		.end = max3(end_of(fo->ptr), end_of(fo->len), fo->mask ? end_of(fo->when) : 0),
		.unit = linx_shapes[fo->what].size[LINX_ABI_X86_64],
		.most = (LINX_SIMPLE_MAX - 1) / linx_shapes[fo->what].size[LINX_ABI_X86_64],
		.inner = linx_shapes[fo->what].count ? fo->what : 0,
		.dir = fo->dir,
		.count = width ? 0 : LINX_MEMBER_AT(fo->len),
		.mask = fo->mask,
		.value = fo->value,
		.len_mask = width == 8 ? U64_MAX : width == 4 ? U32_MAX : 0,
	};
}

static bool __init is_simple(const struct linx_member *m)
{
	return m->len_mask && !m->mask;
}

void __init linx_members_init(void)
{
	u32 id, i, n = 0;

	for (id = 1; id < LINX_SHAPE_NR; id++) {
		const struct linx_shape *shape = &linx_shapes[id];

		if (!linx_shape_plain(id) || linx_shape_buffers(shape) || WARN_ON(n + shape->count > MEMBERS_MAX))
			continue;
		linx_member_of[id] = n;
		for (i = 0; i < shape->count; i++) {
			linx_members[n] = member_from(&shape->follow[i]);
			linx_simple_from[id] = max_t(u16, linx_simple_from[id], is_simple(&linx_members[n]) ? linx_members[n].end : U16_MAX);
			n++;
		}
	}
}
