/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of arguments, and of members of structures. All are const data, made from decoders/structs/ and from
 * the list in decoders/scalars.c. The table of calls of a stream names the types by the words of syscalls.def.
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

/* Structure in captured memory, of which at least the first bytes were captured. */
struct linx_obj {
	const struct linx_ty *ty;
	const uint8_t *data;
	size_t size; /* bytes at data: the size of the type, or fewer if the structure has its size as a member */
	uint64_t addr; /* address of the structure in the program; 0: not known */
};

enum linx_member_kind {
	LINX_M_ONE, /* a number, or a structure inside this one */
	LINX_M_PAD, /* padding or reserved; not shown */
	LINX_M_ARRAY, /* an array of n numbers or structures inside the structure */
	LINX_M_CHARS, /* n bytes, shown as a string up to the NUL */
	LINX_M_BYTES, /* n bytes, all shown as a string */
	LINX_M_PTR, /* pointer to one element */
	LINX_M_PTRN, /* pointer to an array; the member named by count is the number of its elements */
	LINX_M_STRP, /* pointer to a string */
	LINX_M_PATHP, /* pointer to a path, which is never abbreviated */
	LINX_M_BUFP, /* pointer to a buffer; the member named by count is the number of its bytes */
	LINX_M_CUSTOM, /* n bytes that put() writes, with the member's name */
};

struct linx_type_member {
	const char *name;
	const struct linx_ty *ty;
	const struct linx_flagset *set; /* names of the member's values; NULL: the names that ty has, if any */
	const char *count; /* of LINX_M_PTRN and LINX_M_BUFP: name of the member that counts the elements or bytes */
	void (*put)(struct linx_put *p, const struct linx_obj *o, size_t at);
	uint16_t n;
	uint8_t name_len;
	uint8_t kind; /* enum linx_member_kind */
	uint8_t show; /* LINX_SHOW_* bits */
};
#define LINX_SHOW_NONZERO 1 /* shown only if not zero */
/* if structures are abbreviated, "..." is shown in place of this member and all members after it */
#define LINX_SHOW_FULL 2
#define LINX_SHOW_CHANGED 4 /* shown before and after the call if it changed */
#define LINX_SHOW_LATER 8 /* not shown in the members' order: another member's function shows it */
#define LINX_SHOW_CHANGED_LATER (LINX_SHOW_CHANGED | LINX_SHOW_LATER)

#define LINX_PACKED 1
#define LINX_PACKED_X86 2 /* packed on x86, and padded on other machines */

/* Number of layouts of structures, one for each enum linx_abi. */
#define LINX_LAYOUTS 5

static inline bool linx_is_64(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_X86_64;
}

/* True for the ABIs with 32-bit registers: i386 and arm, not x32. */
static inline bool linx_is_32(unsigned int abi)
{
	return abi % LINX_ABI_NR == LINX_ABI_I386;
}

enum linx_ty_kind {
	LINX_TY_NUM, /* a number, in a register or in a member; num() may write it */
	LINX_TY_STRUCT, /* a structure: shown by its members, or by put() */
	LINX_TY_ARG, /* an argument whose decoder arg() needs the whole call */
};

struct linx_ty {
	const char *name;
	uint8_t kind; /* enum linx_ty_kind */
	bool is_signed;
	uint8_t packed; /* of LINX_TY_STRUCT: LINX_PACKED*, no padding between members; 0: padded */
	uint8_t fmt; /* base of a LINX_TY_NUM: 'd', 'u', 'x' or 'o'; 0: decimal, 'd' or 'u' by is_signed */
	uint16_t size[LINX_LAYOUTS]; /* bytes in each layout; 0 for LINX_TY_ARG */
	uint8_t align[LINX_LAYOUTS];
	/*
	 * of a LINX_TY_STRUCT that has its size as a member: the least size that the kernel accepts; 0: it has no such
	 * member
	 */
	uint16_t min;
	uint16_t nmembers;
	const struct linx_type_member *members;
	const struct linx_flagset *set; /* names of the values of a LINX_TY_NUM; NULL: no names */
	void (*num)(struct linx_put *p, const struct linx_ty *ty, int64_t n);
	/*
	 * of LINX_TY_STRUCT: function that writes the structure in a form of its own; NULL: its members are written in
	 * order
	 */
	void (*put)(struct linx_put *p, const struct linx_obj *o);
	void (*arg)(struct linx_put *p, unsigned int i);
	/* True if the kernel ignores the argument: it is then not shown. NULL: the kernel always uses the argument. */
	bool (*hidden)(const struct linx_put *p, unsigned int i);
};

/* Returns the type of a number, structure or argument by its name; NULL: there is no such type. */
const struct linx_ty *linx_type_find(const char *name);
/* Returns type number i, counted from 0; NULL: i is past the last type. */
const struct linx_ty *linx_type_at(size_t i);

static inline size_t linx_type_size(const struct linx_ty *ty, unsigned int abi)
{
	return ty->size[abi];
}

/* Extends a number of size bytes to 64 bits, with its sign if the type is signed. */
static inline int64_t linx_type_extend(const struct linx_ty *ty, size_t size, uint64_t raw)
{
	unsigned int shift = 64 - 8 * (unsigned int)size;

	if (!size || size >= 8)
		return (int64_t)raw;
	return ty->is_signed ? (int64_t)(raw << shift) >> shift : (int64_t)(raw << shift >> shift);
}

/* Loads a little endian number of at most 8 bytes from captured memory. */
static inline uint64_t linx_load(const uint8_t *data, size_t size)
{
	uint64_t raw = 0;
	uint32_t half;
	uint16_t quarter;

	/* one load for each size: a load of bytes that were stored one by one would wait for the stores */
	switch (size) {
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

/* Returns the number in a register, cut to the size of this type and extended. */
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

/* Returns a mask with the low 8 * size bits set. */
static inline uint64_t linx_ones(size_t size)
{
	return size >= 8 ? UINT64_MAX : (1ull << size * 8) - 1;
}

#endif
