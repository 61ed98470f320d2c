/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types: of arguments, and of the members of structures. All of them are const
 * data, made of structs/ and the list in scalars.c; a stream's table names them
 * by the words of syscalls.def.
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
	size_t size; /* bytes at data: all of the type, or fewer where a structure carries its size */
	uint64_t addr; /* where it lay; 0: not known */
};

enum linx_member_kind {
	LINX_M_ONE, /* a number, or a structure in place */
	LINX_M_PAD, /* is not shown */
	LINX_M_ARRAY, /* n of them in place */
	LINX_M_CHARS, /* n bytes, a string up to its NUL */
	LINX_M_BYTES, /* n bytes, all of them, as a string */
	LINX_M_PTR, /* pointer to one */
	LINX_M_PTRN, /* pointer to as many as the member count says */
	LINX_M_STRP, /* pointer to a string */
	LINX_M_PATHP, /* pointer to a path, which is shown whole */
	LINX_M_BUFP, /* pointer to as many bytes as the member count says */
	LINX_M_CUSTOM, /* put() writes name and all; n bytes */
};

struct linx_type_member {
	const char *name;
	const struct linx_ty *ty;
	const struct linx_flagset *set; /* names of the numbers */
	const char *count; /* name of another member */
	void (*put)(struct linx_put *p, const struct linx_obj *o, size_t at);
	uint16_t n;
	uint8_t name_len;
	uint8_t kind; /* enum linx_member_kind */
	uint8_t show; /* LINX_SHOW_* */
};
#define LINX_SHOW_NONZERO 1 /* only if it is not zero */
#define LINX_SHOW_FULL 2 /* not where structures are abbreviated: "..." stands for it and what follows */
#define LINX_SHOW_CHANGED 4 /* before and after, where the call changed it */
#define LINX_SHOW_LATER 8 /* by the function of another member */
#define LINX_SHOW_CHANGED_LATER (LINX_SHOW_CHANGED | LINX_SHOW_LATER)

#define LINX_PACKED 1
#define LINX_PACKED_X86 2 /* padded on other machines */

/* One for each of enum linx_abi. */
#define LINX_LAYOUTS 5

static inline bool linx_is_64(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_X86_64;
}

/* And not x32. */
static inline bool linx_is_32(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_I386;
}

enum linx_ty_kind {
	LINX_TY_NUM, /* a number in the register, or a member; num() */
	LINX_TY_STRUCT, /* members, or put() */
	LINX_TY_ARG, /* an argument that needs to see the whole call; arg() */
};

struct linx_ty {
	const char *name;
	uint8_t kind; /* enum linx_ty_kind */
	bool is_signed;
	uint8_t packed; /* STRUCT: LINX_PACKED*, no padding */
	uint8_t fmt; /* NUM: 'd', 'x' or 'o' where it is not by its sign */
	uint16_t size[LINX_LAYOUTS]; /* bytes; 0 of ARG */
	uint8_t align[LINX_LAYOUTS];
	uint16_t min; /* STRUCT that carries its size: the fewest bytes that the kernel takes */
	uint16_t nmembers;
	const struct linx_type_member *members;
	const struct linx_flagset *set; /* NUM: names of its values */
	void (*num)(struct linx_put *p, const struct linx_ty *ty, int64_t n);
	void (*put)(struct linx_put *p, const struct linx_obj *o); /* STRUCT: in place of the members in order */
	void (*arg)(struct linx_put *p, unsigned int i);
	/* May the argument be left out, since the kernel does not look at it? */
	bool (*hidden)(const struct linx_put *p, unsigned int i);
};

/* NULL: neither a type nor a structure. */
const struct linx_ty *linx_type_find(const char *name);
/* All of them, from 0 on; NULL: there are no more. */
const struct linx_ty *linx_type_at(size_t i);

static inline size_t linx_type_size(const struct linx_ty *ty, unsigned int abi)
{
	return ty->size[abi];
}

/* A number of so many bytes, extended as the type says. */
static inline int64_t linx_type_extend(const struct linx_ty *ty, size_t size, uint64_t raw)
{
	unsigned int shift = 64 - 8 * (unsigned int)size;

	if (!size || size >= 8)
		return (int64_t)raw;
	return ty->is_signed ? (int64_t)(raw << shift) >> shift : (int64_t)(raw << shift >> shift);
}

/* A number of so many bytes, at most 8 of them, little endian as are x86 and arm64. */
static inline uint64_t linx_load(const uint8_t *data, size_t size)
{
	uint64_t raw = 0;
	uint32_t half;
	uint16_t quarter;

	switch (size) { /* one load each: bytes that are put together in memory have to be waited for */
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

/* The number at data. */
static inline int64_t linx_type_load(const struct linx_ty *ty, unsigned int abi, const uint8_t *data)
{
	size_t size = ty->size[abi];

	return linx_type_extend(ty, size, linx_load(data, size));
}

/* The number in a register. */
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

/* All ones, in that many bytes. */
static inline uint64_t linx_ones(size_t size)
{
	return size >= 8 ? UINT64_MAX : (1ull << size * 8) - 1;
}

#endif
