/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Shapes (layouts of structures) as data, made from tables/shapes.def: sizes on each ABI, and the pointer members that
 * are followed. One file of each engine includes this, and no other header does, as its macros have short names.
 */
#ifndef LINX_SHARED_SHAPE_DATA_H
#define LINX_SHARED_SHAPE_DATA_H

#include "shared/ids.h"
#include "shared/row.h"

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
	{ .kind = LINX_FOLLOW_##kind_, .dir = LINX_WHEN_##dir_, .ptr = ptr_, .len = len_, .what = what_, __VA_ARGS__ },
#define STRP(dir, ptr, ...) FOLLOW(STR, dir, ptr, IS(0), 0, __VA_ARGS__)
#define BUFP(dir, ptr, len, unit, ...) FOLLOW(BUF, dir, ptr, len, unit, __VA_ARGS__)
#define PARTP(ptr, len) FOLLOW(PART, OUT, ptr, len, 1)
#define BITSP(dir, ptr, len) FOLLOW(BITS, dir, ptr, len, 0)
#define LENP(dir, ptr, len) FOLLOW(LENP, dir, ptr, len, 1)
#define LENUP(dir, ptr, len, unit, ...) FOLLOW(LENP, dir, ptr, len, unit, __VA_ARGS__)
#define ONEP(dir, ptr, shape, ...) FOLLOW(ONE, dir, ptr, IS(1), LINX_SHAPE_##shape, __VA_ARGS__)
#define ARRP(dir, ptr, len, shape, ...) FOLLOW(ARR, dir, ptr, len, LINX_SHAPE_##shape, __VA_ARGS__)
#define ALLP(dir, ptr, len, shape, ...) FOLLOW(ALL, dir, ptr, len, LINX_SHAPE_##shape, __VA_ARGS__)
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

#endif
