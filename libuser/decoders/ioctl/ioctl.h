/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations shared by the decoders of ioctl. */
#ifndef LINX_IOCTL_H
#define LINX_IOCTL_H

#include "decoders/decoders.h"

/* Directions in the number of a command, as the caller sees them. */
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

/* A row of kmod/tables/ioctls.def. */
struct linx_ioctl {
	const char *name;
	uint16_t code; /* the lowest 16 bits of the command */
	uint16_t bytes; /* size in the command, if it differs from that of size_ty */
	uint16_t least; /* 0; else any size from this one on belongs to the row */
	uint8_t dir;
	uint8_t what; /* enum linx_ioctl_what */
	const struct linx_ty *size_ty;
	const struct linx_ty *ty;
	const struct linx_flagset *set;
	const char *const *in, *const *out; /* members; NULL: all */
	void (*put)(struct linx_put *p, uint32_t cmd, uint64_t arg);
};

/* Finds the row that decodes a command on that ABI. NULL: there is none. */
const struct linx_ioctl *linx_ioctl_find(uint32_t cmd, unsigned int abi);
/* Name of the row with exactly this number on that ABI. NULL: there is none. */
const char *linx_ioctl_name(uint32_t cmd, unsigned int abi);
/* Gets row n, for tests. NULL: no more. */
const struct linx_ioctl *linx_ioctl_nth(unsigned int n);
/* The command's number on that ABI; for a structure that grows, with the known size. */
uint32_t linx_ioctl_number(const struct linx_ioctl *c, unsigned int abi);

/* Writes the name of a command, "TCGETS", or its parts. */
void linx_put_ioctl_cmd(struct linx_put *p, uint32_t cmd);
/* Decodes commands of input devices whose numbers hold a parameter. */
void linx_ioctl_evdev(struct linx_put *p, uint32_t cmd, uint64_t arg);

/* ---- pieces of decoders ------------------------------------------------------------------- */

/* Marks the end of the arguments known at entry, if it is not marked yet. */
void linx_ioctl_known(struct linx_put *p);
/* Get memory as the call found it; as the call left it. False: not captured. */
bool linx_ioctl_before(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		       struct linx_obj *o);
bool linx_ioctl_after(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		      struct linx_obj *o);
/* True if linx_ioctl_after() will find the memory, for callers that must write something before. */
bool linx_ioctl_both(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
/* Writes {before} and, if the call succeeded, " => {after}". Lists of members: NULL for all. */
void linx_ioctl_turn(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out);
/* {before, after} */
void linx_ioctl_join(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out);
/* Writes the structure that the call fills, or its address if the call failed. */
void linx_ioctl_get(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr);
void linx_ioctl_set(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr);
/* Writes braces and members; NULL: all, in the type's order. */
void linx_ioctl_put(struct linx_put *p, const struct linx_obj *o, const char *const *names);
/* Writes the first count elements of an array member, with its name. */
void linx_put_upto(struct linx_put *p, const struct linx_obj *o, const char *name, uint64_t count);
/* Address of a member of a captured object. */
uint64_t linx_member_addr(const struct linx_put *p, const struct linx_obj *o, const char *name);
/* True if a byte of the member is not zero. */
bool linx_member_any(const struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes {a=1 => 2}: the change of a number, when all other members were already shown. */
void linx_put_changed(struct linx_put *p, const struct linx_obj *before, const struct linx_obj *o, const char *name);
/* True if the shown ones of n elements are captured. */
bool linx_array_there(struct linx_put *p, uint64_t at, uint64_t n, size_t size);
/* Writes a member only if it is not zero. */
void linx_put_nonzero(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes bytes between quotes, each as \xNN. */
void linx_put_hexp(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a string that ends within the bytes, all of it. */
void linx_put_cstring(struct linx_put *p, const uint8_t *data, size_t n);
/* Writes a string within n bytes of memory, up to the limit of strings. */
void linx_put_cstringp(struct linx_put *p, uint64_t addr, uint64_t n);

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

extern const char *const linx_v4l2_tuner_names[];

#define IOCTLFN(function) void function(struct linx_put *p, uint32_t cmd, uint64_t arg);
#include "decoders/ioctl/ioctl_functions.def"
#undef IOCTLFN

#endif
