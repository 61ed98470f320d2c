/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations that the decoders of ioctl(2) share. */
#ifndef LINX_IOCTL_H
#define LINX_IOCTL_H

#include "decoders/decoders.h"

/* Directions of the data in a command's number, seen from the program: it writes, it reads, or both. */
#define LINX_IOC_W 1
#define LINX_IOC_R 2
#define LINX_IOC_WR 3

static inline unsigned int linx_ioc_dir(uint32_t cmd)
{
	return cmd >> 30;
}

static inline unsigned int linx_ioc_size(uint32_t cmd)
{
	return cmd >> 16 & 0x3fff;
}

static inline unsigned int linx_ioc_type(uint32_t cmd)
{
	return cmd >> 8 & 0xff;
}

static inline unsigned int linx_ioc_nr(uint32_t cmd)
{
	return cmd & 0xff;
}

enum linx_ioctl_what {
	LINX_IOCTL_RAW, /* not decoded: a number in base 16 */
	LINX_IOCTL_NOARG,
	LINX_IOCTL_ADDR,
	LINX_IOCTL_VAL,
	LINX_IOCTL_SET,
	LINX_IOCTL_GET,
	LINX_IOCTL_JOIN,
	LINX_IOCTL_TURN,
	LINX_IOCTL_FN,
};

/* Description of how a command is written: a row of kmod/tables/ioctls.def. */
struct linx_ioctl {
	const char *name;
	uint16_t code; /* the lowest 16 bits of the command */
	uint16_t bytes; /* size in the command's number; 0: the size of size_ty */
	uint16_t least; /* least size in the command's number that the row is for; 0: the row is for one size */
	uint8_t dir;
	uint8_t what; /* enum linx_ioctl_what: kind of the argument */
	const struct linx_ty *size_ty;
	const struct linx_ty *ty;
	const struct linx_flagset *set;
	/* names of the members shown before and after the call, NULL ends a list; NULL: all members */
	const char *const *in, *const *out;
	void (*put)(struct linx_put *p, uint32_t cmd, uint64_t arg);
};

/* Returns the row by which a command is decoded on an ABI; NULL: there is no such row. */
const struct linx_ioctl *linx_ioctl_find(uint32_t cmd, unsigned int abi);
/* Returns the name of the command whose whole number on an ABI is cmd; NULL: no command has that number. */
const char *linx_ioctl_name(uint32_t cmd, unsigned int abi);
/* Returns row n, for tests; NULL: there are no more. */
const struct linx_ioctl *linx_ioctl_nth(unsigned int n);
/* Returns a command's number on an ABI. For a structure that grew, the number has the size known here. */
uint32_t linx_ioctl_number(const struct linx_ioctl *c, unsigned int abi);

/* Writes a command: by its name, "TCGETS", or by the parts of its number. */
void linx_put_ioctl_cmd(struct linx_put *p, uint32_t cmd);
/* Decodes the commands of input devices that have a parameter in their number. */
void linx_ioctl_evdev(struct linx_put *p, uint32_t cmd, uint64_t arg);

/* ---- functions that decoders of ioctls share ---------------------------------------------- */

/*
 * Writes a byte as a character in quotes. A byte of the string named is shown as a backslash and the
 * letter at its place in letters, another byte that is not printable ASCII as \xNN.
 */
void linx_ioctl_put_char(struct linx_put *p, uint8_t c, const char *named, const char *letters);
/* Marks the end of the arguments that are known at entry, unless it is already marked. */
void linx_ioctl_known(struct linx_put *p);
/*
 * Fills *o with a structure in captured memory: linx_ioctl_before() as the call found it, linx_ioctl_after() as the
 * call left it. False: the structure was not captured.
 */
bool linx_ioctl_before(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		       struct linx_obj *o);
bool linx_ioctl_after(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		      struct linx_obj *o);
/*
 * True if linx_ioctl_after() would find the memory. For callers that must write something before they call it.
 */
bool linx_ioctl_both(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
/*
 * Writes a structure before the call and, if the call succeeded, after it: {...} => {...}. in, out: names of
 * the members shown; NULL: all.
 */
void linx_ioctl_turn(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out);
/* Writes a structure like linx_ioctl_turn(), but in one pair of braces. */
void linx_ioctl_join(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out);
/*
 * linx_ioctl_get() writes a structure that the call stores, or its address if the call failed. linx_ioctl_set() writes
 * a structure that the call reads.
 */
void linx_ioctl_get(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr);
void linx_ioctl_set(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr);
/* Writes a structure in braces, with the members "names" in that order. NULL: all members, in the order of the type. */
void linx_ioctl_put(struct linx_put *p, const struct linx_obj *o, const char *const *names);
/* Writes an array member, with its name, but only its first count elements. */
void linx_put_upto(struct linx_put *p, const struct linx_obj *o, const char *name, uint64_t count);
/* Returns the address in the program's memory at which a member of the structure lies. */
uint64_t linx_member_addr(const struct linx_put *p, const struct linx_obj *o, const char *name);
/* True if any byte of the member is not zero. */
bool linx_member_any(const struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes " => 2" behind a number, the member that was written last, if the call changed it: {a=1 => 2}. */
void linx_put_changed(struct linx_put *p, const struct linx_obj *before, const struct linx_obj *o, const char *name);
/* True if all elements that would be shown, of the array of n elements at "at", were captured. */
bool linx_array_there(struct linx_put *p, uint64_t at, uint64_t n, size_t size);
/* Writes a member, unless it is zero. */
void linx_put_nonzero(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes memory as a string in which each byte is \xNN. */
void linx_put_hexp(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes the string in n bytes, up to its NUL and without a limit. */
void linx_put_cstring(struct linx_put *p, const uint8_t *data, size_t n);
/* Writes the string in n bytes at addr, at most as many bytes as the style's limit. */
void linx_put_cstringp(struct linx_put *p, uint64_t addr, uint64_t n);

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

extern const char *const linx_v4l2_tuner_names[];

#define IOCTLFN(function) void function(struct linx_put *p, uint32_t cmd, uint64_t arg);
#include "decoders/ioctl/ioctl_functions.def"
#undef IOCTLFN

#endif
