/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of arguments and of members of structures. All are const data, made of structs/ and
 * the list in scalars.c; a stream's table names them by the words of syscalls.def.
 */
#ifndef LINX_TYPE_H
#define LINX_TYPE_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct linx_put; /* value/emit.h */
struct linx_flagset; /* table/names.h */
struct linx_ty;

/* A structure of which at least the head was captured. */
struct linx_obj {
	const struct linx_ty *ty;
	const uint8_t *data;
	size_t size; /* bytes at data: the whole type, or fewer for a structure that carries its size */
	uint64_t addr; /* address in the program; 0: not known */
};

enum linx_member_kind {
	LINX_M_ONE, /* a number, or a structure in place */
	LINX_M_PAD, /* not shown */
	LINX_M_ARRAY, /* n of them in place */
	LINX_M_CHARS, /* n bytes, shown as a string up to the NUL */
	LINX_M_BYTES, /* n bytes, all shown as a string */
	LINX_M_PTR, /* pointer to one element */
	LINX_M_PTRN, /* pointer to elements, counted by another member */
	LINX_M_STRP, /* pointer to a string */
	LINX_M_PATHP, /* pointer to a path, which is never abbreviated */
	LINX_M_BUFP, /* pointer to bytes, counted by another member */
	LINX_M_CUSTOM, /* put() writes all, name included; n bytes */
};

struct linx_type_member {
	const char *name;
	const struct linx_ty *ty;
	const struct linx_flagset *set; /* names of the values */
	const char *count; /* name of the counting member */
	void (*put)(struct linx_put *p, const struct linx_obj *o, size_t at);
	uint16_t n;
	uint8_t name_len;
	uint8_t kind; /* enum linx_member_kind */
	uint8_t show; /* LINX_SHOW_* */
};
#define LINX_SHOW_NONZERO 1 /* shown only if not zero */
#define LINX_SHOW_FULL 2 /* left out where structures are abbreviated, with all that follows: "..." */
#define LINX_SHOW_CHANGED 4 /* shown before and after the call if it changed */
#define LINX_SHOW_LATER 8 /* shown by the function of another member */
#define LINX_SHOW_CHANGED_LATER (LINX_SHOW_CHANGED | LINX_SHOW_LATER)

#define LINX_PACKED 1
#define LINX_PACKED_X86 2 /* padded on other machines */

/* Number of layouts, one for each enum linx_abi. */
#define LINX_LAYOUTS 5

static inline bool linx_is_64(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_X86_64;
}

/* True for i386 and arm, not for x32. */
static inline bool linx_is_32(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_I386;
}

enum linx_ty_kind {
	LINX_TY_NUM, /* a number, in a register or a member; num() */
	LINX_TY_STRUCT, /* a structure: members, or put() */
	LINX_TY_ARG, /* an argument whose decoder needs the whole call; arg() */
};

struct linx_ty {
	const char *name;
	uint8_t kind; /* enum linx_ty_kind */
	bool is_signed;
	uint8_t packed; /* STRUCT: LINX_PACKED*, no padding */
	uint8_t fmt; /* NUM: 'd', 'x' or 'o', if is_signed does not say it */
	uint16_t size[LINX_LAYOUTS]; /* bytes; 0 for ARG */
	uint8_t align[LINX_LAYOUTS];
	uint16_t min; /* STRUCT that carries its size: least size that the kernel accepts */
	uint16_t nmembers;
	const struct linx_type_member *members;
	const struct linx_flagset *set; /* NUM: names of its values */
	void (*num)(struct linx_put *p, const struct linx_ty *ty, int64_t n);
	void (*put)(struct linx_put *p, const struct linx_obj *o); /* STRUCT: replaces the members in order */
	void (*arg)(struct linx_put *p, unsigned int i);
	/* True if the argument is left out, since the kernel ignores it. May be NULL. */
	bool (*hidden)(const struct linx_put *p, unsigned int i);
};

/* Type or structure with this name; NULL: none. */
const struct linx_ty *linx_type_find(const char *name);
/* Iterates over all types, from 0 on; NULL: no more. */
const struct linx_ty *linx_type_at(size_t i);

static inline size_t linx_type_size(const struct linx_ty *ty, unsigned int abi)
{
	return ty->size[abi];
}

/* Extends a number of size bytes as the type says. */
static inline int64_t linx_type_extend(const struct linx_ty *ty, size_t size, uint64_t raw)
{
	unsigned int shift = 64 - 8 * (unsigned int)size;

	if (!size || size >= 8)
		return (int64_t)raw;
	return ty->is_signed ? (int64_t)(raw << shift) >> shift : (int64_t)(raw << shift >> shift);
}

/* Loads a number of at most 8 bytes, little endian like x86 and arm64. */
static inline uint64_t linx_load(const uint8_t *data, size_t size)
{
	uint64_t raw = 0;
	uint32_t half;
	uint16_t quarter;

	switch (size) { /* one load each: loading bytes that were stored separately has to wait for the stores */
	case 1:
		return *data;
	case 2:
		memcpy(&quarter, data, sizeof(quarter));
		return quarter;
	case 4:
		memcpy(&half, data, sizeof(half));
		return half;
	default:
		memcpy(&raw, data, size < 8 ? size : 8);
		return raw;
	}
}

/* Loads a number of this type from memory. */
static inline int64_t linx_type_load(const struct linx_ty *ty, unsigned int abi, const uint8_t *data)
{
	size_t size = ty->size[abi];

	return linx_type_extend(ty, size, linx_load(data, size));
}

/* Number of this type in a register. */
static inline int64_t linx_type_cut(const struct linx_ty *ty, unsigned int abi, uint64_t reg)
{
	return linx_type_extend(ty, ty->size[abi], reg);
}

static inline bool linx_all_zero(const uint8_t *data, size_t n)
{
	while (n && !data[n - 1])
		n--;
	return !n;
}

/* Mask of size bytes, all ones. */
static inline uint64_t linx_ones(size_t size)
{
	return size >= 8 ? UINT64_MAX : (1ull << size * 8) - 1;
}

#endif
