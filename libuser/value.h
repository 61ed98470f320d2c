/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the arguments of an event mean: the part of rendering that all formats share. */
#ifndef LINX_VALUE_H
#define LINX_VALUE_H

#include "decode.h"
#include "names.h"
#include "types.h"

/* The type of an argument after other arguments had their say. */
struct linx_meaning {
	enum linx_type type;
	enum linx_width width;
	const struct linx_flagset *set; /* LINX_TYPE_FLAGS */
	bool hidden; /* the kernel does not look at it */
};
static inline struct linx_meaning linx_meaning_of(enum linx_type type, enum linx_width width)
{
	return (struct linx_meaning){ .type = type, .width = width };
}
struct linx_meaning linx_arg_meaning(const struct linx_event *ev, unsigned int i);

/* fcntl's arg by its cmd, prctl's by its option; value_option.c. */
struct linx_meaning linx_fcntl_meaning(int64_t cmd);
struct linx_meaning linx_prctl_meaning(const struct linx_event *ev, unsigned int i);
/* Bits of the arguments that the option takes. */
unsigned int linx_prctl_used(const struct linx_event *ev);

/* The register, cut and extended as that width is. */
int64_t linx_arg_int(const struct linx_event *ev, unsigned int i, enum linx_width width);
/* A 64-bit offset of which argument i is the low half. */
int64_t linx_arg_offset(const struct linx_event *ev, unsigned int i);

/*
 * What argument i pointed to, if that was captured and says something: what
 * the call left there where it writes, else what it found. NULL: nothing.
 */
const struct linx_value *linx_arg_target(const struct linx_event *ev, unsigned int i);
/* Of an argument that is both read and written: what was there before, if that is known. */
const struct linx_value *linx_arg_before(const struct linx_event *ev, unsigned int i);
/* A buffer that the call filled with nothing. */
bool linx_arg_empty(const struct linx_event *ev, unsigned int i);
/* Neither its register nor its target is known. */
bool linx_arg_gone(const struct linx_event *ev, unsigned int i);
/* Bytes to show: a path that the kernel wrote may end in a NUL, which is not part of it. */
uint32_t linx_value_text_size(const struct linx_value *v, enum linx_type type);

/* The errno of a failed call; 0: it succeeded, or has not returned. */
unsigned int linx_event_errno(const struct linx_event *ev);
/* 512 to 516: the call did not really end. */
bool linx_errno_restarts(unsigned int err);

/* LINX_TYPE_FUTEX_BITSET, all ones */
#define LINX_FUTEX_MATCH_ANY "FUTEX_BITSET_MATCH_ANY"

/* A socket address, taken apart. */
struct linx_sockaddr {
	unsigned int family;
	const char *family_name; /* NULL: a number without a name */
	enum {
		LINX_SA_RAW,
		LINX_SA_NONE,
		LINX_SA_UNIX,
		LINX_SA_INET,
		LINX_SA_INET6,
		LINX_SA_NETLINK
	} shape;
	unsigned int port; /* INET, INET6 */
	char addr[48]; /* INET, INET6 */
	uint32_t flowinfo, scope; /* INET6 */
	uint32_t pid, groups; /* NETLINK */
	const char *
		path; /* UNIX: without the NUL of an abstract name; RAW: the bytes after the family */
	uint32_t path_len;
	bool abstract;
};
/* False: too short even for a family. */
bool linx_sockaddr_decode(const struct linx_value *v, struct linx_sockaddr *sa);

#endif
