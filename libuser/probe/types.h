/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of the running kernel and its modules, from BTF. libbpf reads BTF; it is opened when it is needed, so that the
 * library works without it. Probes then have no names of arguments and members.
 */
#ifndef LINX_PROBE_TYPES_H
#define LINX_PROBE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/btf.h>

#include "base/error.h"

struct btf;

/* Functions of libbpf that are used, with their types. They exist in libbpf 1.0 and later. */
#define LINX_TYPES_FUNCTIONS(F)                                                         \
	F(struct btf *, btf__load_vmlinux_btf, (void))                                  \
	F(struct btf *, btf__load_module_btf, (const char *, struct btf *))             \
	F(void, btf__free, (struct btf *))                                              \
	F(__s32, btf__find_by_name_kind, (const struct btf *, const char *, __u32))     \
	F(__u32, btf__type_cnt, (const struct btf *))                                   \
	F(const struct btf_type *, btf__type_by_id, (const struct btf *, __u32))        \
	F(const char *, btf__name_by_offset, (const struct btf *, __u32))

struct linx_types {
	void *handle; /* result of dlopen() for libbpf */
#define MEMBER(result, name, args) result(*name) args;
	LINX_TYPES_FUNCTIONS(MEMBER)
#undef MEMBER
	struct btf *kernel, *module; /* module: NULL if there is none */
	const struct btf *all; /* the module's, which contains the kernel's, or else the kernel's */
};

/*
 * A type: pointers times a pointer to id. id 0 is void. With size, the type is a number of that many bytes, instead of
 * id, that BTF need not know.
 */
struct linx_type {
	uint32_t id;
	uint32_t pointers;
	uint32_t size;
	bool is_signed; /* with size */
	bool user; /* memory of the type is the task's */
};

/* Class of a type without names, qualifiers and the like. */
enum linx_type_class {
	LINX_CLASS_VOID,
	LINX_CLASS_NUMBER, /* integer or enumeration */
	LINX_CLASS_POINTER,
	LINX_CLASS_ARRAY,
	LINX_CLASS_STRUCT, /* or union */
	LINX_CLASS_OTHER, /* function, floating point, a structure that is only declared */
};

struct linx_type_facts {
	enum linx_type_class cls;
	uint64_t size; /* bytes; 0: not known */
	bool is_signed, is_bool, is_char, is_be; /* NUMBER */
	bool is_user; /* BTF marks memory of the type as the task's */
	uint32_t elements; /* ARRAY */
	const char *name; /* STRUCT, OTHER: its tag; "": none */
	struct linx_type inner; /* POINTER, ARRAY: what it points to, or consists of */
};

struct linx_btf_member {
	struct linx_type type;
	uint64_t bit; /* place in the structure, in bits */
	uint32_t bits; /* bit-field: its width; else 0 */
};

/* Opens the types of the kernel and, unless module is NULL, of a module. -ENOENT: there are none, with a text. */
int linx_types_open(const char *module, struct linx_types **types, struct linx_error *err);
/* Makes types of BTF of the caller, who keeps it, for tests. */
int linx_types_borrow(struct btf *btf, struct linx_types **types, struct linx_error *err);
void linx_types_close(struct linx_types *types);

void linx_type_facts(const struct linx_types *types, struct linx_type type, struct linx_type_facts *facts);
/* Finds a member by name, also in structures without a name. false: the type has no such member. */
bool linx_type_member(const struct linx_types *types, struct linx_type type, const char *name, struct linx_btf_member *member);
/* Finds a type by its name in C, such as "struct sock" or "u32". false: there is none. */
bool linx_type_named(const struct linx_types *types, const char *name, struct linx_type *type);
/* Writes the type as in C, cut to size. */
void linx_type_text(const struct linx_types *types, struct linx_type type, char *to, size_t size);

/* Prototype of a function: a struct linx_function of a FUNC_PROTO. */
struct linx_function {
	uint32_t id; /* number of the FUNC_PROTO */
	uint32_t params;
	uint32_t skipped; /* parameters before the first that users see: of a raw tracepoint 1 */
	struct linx_type ret;
};
/* Finds a function; of a raw tracepoint its prototype. false: there is none. */
bool linx_types_function(const struct linx_types *types, const char *name, struct linx_function *f);
bool linx_types_rawtp(const struct linx_types *types, const char *name, struct linx_function *f);
/* Returns the name of a parameter, from 0 on, and its type. "": it has no name. */
const char *linx_function_param(const struct linx_types *types, const struct linx_function *f, uint32_t n, struct linx_type *type);

#endif
