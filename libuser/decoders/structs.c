// SPDX-License-Identifier: LGPL-2.1-or-later
/* The types of structures as const tables, made of decoders/structs/ by the preprocessor. */
#include <stdlib.h>

#include "base/array_size.h"
#include "decoders/decoders.h"

/* A C structure for the layout of each type on each ABI: x86_64_timespec, i386_timespec, x32_timespec. */
#pragma GCC diagnostic push
#ifndef __clang__ /* clang lacks this warning, and warns about its name */
/* members of packed types have fixed offsets, whatever their alignment */
#pragma GCC diagnostic ignored "-Wpacked-not-aligned"
#endif
#define LAYOUT(name) x86_64_##name
#define LAYOUT_PICK(a, b, c) (a)
#define LAYOUT_NATURAL(n) ((n) ? (n) : 1)
#define LAYOUT_POINTER 8
#define LAYOUT_ARCH(x86, arm) (x86)
#define LAYOUT_X86 __attribute__((packed))
#include "table/flagsets.h"
#include "decoders/layout.h"
#define LAYOUT(name) i386_##name
#define LAYOUT_PICK(a, b, c) (b)
#define LAYOUT_NATURAL(n) ((n) > 4 ? 4 : (n) ? (n) : 1)
#define LAYOUT_POINTER 4
#define LAYOUT_ARCH(x86, arm) (x86)
#define LAYOUT_X86 __attribute__((packed))
#include "decoders/layout.h"
#define LAYOUT(name) x32_##name
#define LAYOUT_PICK(a, b, c) (c)
#define LAYOUT_NATURAL(n) ((n) ? (n) : 1)
#define LAYOUT_POINTER 4
#define LAYOUT_ARCH(x86, arm) (x86)
#define LAYOUT_X86 __attribute__((packed))
#include "decoders/layout.h"
#define LAYOUT(name) arm64_##name
#define LAYOUT_PICK(a, b, c) (a)
#define LAYOUT_NATURAL(n) ((n) ? (n) : 1)
#define LAYOUT_POINTER 8
#define LAYOUT_ARCH(x86, arm) (arm)
#define LAYOUT_X86
#include "decoders/layout.h"
#define LAYOUT(name) arm_##name
#define LAYOUT_PICK(a, b, c) (b)
#define LAYOUT_NATURAL(n) ((n) ? (n) : 1)
#define LAYOUT_POINTER 4
#define LAYOUT_ARCH(x86, arm) (arm)
#define LAYOUT_X86
#include "decoders/layout.h"
#pragma GCC diagnostic pop
#define SIZES(n) .size = { sizeof(x86_64_##n), sizeof(i386_##n), sizeof(x32_##n), sizeof(arm64_##n), sizeof(arm_##n) }
#define ALIGNS(n) .align = { _Alignof(x86_64_##n), _Alignof(i386_##n), _Alignof(x32_##n), \
		    _Alignof(arm64_##n), _Alignof(arm_##n) }

/* The words by which decoders/structs/ describes members. */
#define NAME(n) .name = #n, .name_len = sizeof(#n) - 1
#define M(n, t) { NAME(n), .kind = LINX_M_ONE, .ty = &linx_ty_##t },
#define MF(n, t, s) { NAME(n), .kind = LINX_M_ONE, .ty = &linx_ty_##t, .set = &linx_set_##s },
#define MX(n, t, s, how) \
	{ NAME(n), .kind = LINX_M_ONE, .ty = &linx_ty_##t, .set = s, .show = LINX_SHOW_##how },
#define A(n_, t, c) { NAME(n_), .kind = LINX_M_ARRAY, .ty = &linx_ty_##t, .n = c },
#define AF(n_, t, c, s) \
	{ NAME(n_), .kind = LINX_M_ARRAY, .ty = &linx_ty_##t, .n = c, .set = &linx_set_##s },
#define AX(n_, t, c, s, how) \
	{ NAME(n_), .kind = LINX_M_ARRAY, .ty = &linx_ty_##t, .n = c, .set = s, .show = LINX_SHOW_##how },
#define CHARS(n_, c) { NAME(n_), .kind = LINX_M_CHARS, .n = c },
#define CHARSX(n_, c, how) { NAME(n_), .kind = LINX_M_CHARS, .n = c, .show = LINX_SHOW_##how },
#define BYTES(n_, c) { NAME(n_), .kind = LINX_M_BYTES, .n = c },
#define P(n, t) { NAME(n), .kind = LINX_M_PTR, .ty = &linx_ty_##t },
#define PN(n, t, c) { NAME(n), .kind = LINX_M_PTRN, .ty = &linx_ty_##t, .count = #c },
#define STRP(n) { NAME(n), .kind = LINX_M_STRP },
#define PATHP(n) { NAME(n), .kind = LINX_M_PATHP },
#define BUFP(n, c) { NAME(n), .kind = LINX_M_BUFP, .count = #c },
#define P64(n_, t) { NAME(n_), .kind = LINX_M_PTR, .ty = &linx_ty_##t, .n = 8 },
#define PN64(n_, t, c) { NAME(n_), .kind = LINX_M_PTRN, .ty = &linx_ty_##t, .count = #c, .n = 8 },
#define STRP64(n_) { NAME(n_), .kind = LINX_M_STRP, .n = 8 },
#define PATHP64(n_) { NAME(n_), .kind = LINX_M_PATHP, .n = 8 },
#define BUFP64(n_, c) { NAME(n_), .kind = LINX_M_BUFP, .count = #c, .n = 8 },
#define PAD(t) { .kind = LINX_M_PAD, .ty = &linx_ty_##t },
#define PADN(c) { .kind = LINX_M_PAD, .n = c },
#define C(n_, c, f) { NAME(n_), .kind = LINX_M_CUSTOM, .n = c, .put = f },
#define CT(n_, t, f) { NAME(n_), .kind = LINX_M_CUSTOM, .ty = &linx_ty_##t, .put = f },

/* First inclusion of the structures: an array of members for each. */
#define STRUCT(name, ...) static const struct linx_type_member members_##name[] = { __VA_ARGS__ };
#define PACKED(name, ...) STRUCT(name, __VA_ARGS__)
#define PACKED_X86(name, ...) STRUCT(name, __VA_ARGS__)
#define ORDERED(name, function, ...) STRUCT(name, __VA_ARGS__)
#define SIZED(name, least, function, ...) STRUCT(name, __VA_ARGS__)
#define CUSTOM(name, size64, size_i386, size_x32, function)
#include "decoders/structs/all.def"
#undef STRUCT
#undef PACKED
#undef PACKED_X86
#undef ORDERED
#undef SIZED
#undef CUSTOM

/* Second inclusion: the types. */
#define TY(n, ...)                                                                    \
	const struct linx_ty linx_ty_##n = {                                          \
		.name = #n, .kind = LINX_TY_STRUCT, .members = members_##n,           \
		.nmembers = ARRAY_SIZE(members_##n), SIZES(n), ALIGNS(n), __VA_ARGS__ \
	};
#define STRUCT(name, ...) TY(name, .packed = 0)
#define PACKED(name, ...) TY(name, .packed = LINX_PACKED)
#define PACKED_X86(name, ...) TY(name, .packed = LINX_PACKED_X86)
#define ORDERED(name, function, ...) TY(name, .put = function)
#define SIZED(name, least, function, ...) TY(name, .put = function, .min = least)
#define CUSTOM(n, size64, size_i386, size_x32, function)                  \
	const struct linx_ty linx_ty_##n = {                              \
		.name = #n, .kind = LINX_TY_STRUCT, .put = function,      \
		SIZES(n), ALIGNS(n),                                      \
	};
#include "decoders/structs/all.def"
#undef STRUCT
#undef PACKED
#undef PACKED_X86
#undef ORDERED
#undef SIZED
#undef CUSTOM
#undef TY
#undef M
#undef MF
#undef MX
#undef A
#undef AF
#undef AX
#undef CHARS
#undef CHARSX
#undef BYTES
#undef P
#undef PN
#undef STRP
#undef PATHP
#undef BUFP
#undef P64
#undef PN64
#undef STRP64
#undef PATHP64
#undef BUFP64
#undef PAD
#undef PADN
#undef C
#undef CT

#define NUMA(n, a, b, c, sign, base, function, al)                                      \
	const struct linx_ty linx_ty_##n = {                                            \
		.name = #n, .kind = LINX_TY_NUM, .is_signed = sign, .fmt = base,        \
		SIZES(n), ALIGNS(n), .num = function,                                   \
	};
#define NUM(n, a, b, c, sign, base, function) NUMA(n, a, b, c, sign, base, function, 0)
#include "decoders/structs/scalars.def"
#undef NUM
#undef NUMA
#define ARGTY(n, function, hide)                                                        \
	const struct linx_ty linx_ty_##n = {                                            \
		.name = #n, .kind = LINX_TY_ARG, .arg = function, .hidden = hide,       \
	};
#include "decoders/structs/args.def"
#undef ARGTY

/* Third inclusion: an array of pointers to all types. */
static const struct linx_ty *const types[] = {
#define STRUCT(name, ...) &linx_ty_##name,
#define PACKED(name, ...) &linx_ty_##name,
#define PACKED_X86(name, ...) &linx_ty_##name,
#define ORDERED(name, function, ...) &linx_ty_##name,
#define SIZED(name, least, function, ...) &linx_ty_##name,
#define CUSTOM(name, size64, size_i386, size_x32, function) &linx_ty_##name,
#define NUM(name, a, b, c, is_signed, fmt, function) &linx_ty_##name,
#define NUMA(name, a, b, c, is_signed, fmt, function, align) &linx_ty_##name,
#define ARGTY(name, function, hidden) &linx_ty_##name,
#include "decoders/structs/args.def"
#include "decoders/structs/scalars.def"
#include "decoders/structs/all.def"
};

/* Searches all types for a name. This is slow, and done only while a table of calls is bound. */
const struct linx_ty *linx_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i]->name[0] == name[0] && !strcmp(types[i]->name, name))
			return types[i];
	return NULL;
}

const struct linx_ty *linx_type_at(size_t i)
{
	return i < ARRAY_SIZE(types) ? types[i] : NULL;
}
