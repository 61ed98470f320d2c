/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types of the running kernel and its modules, from BTF, which libbpf reads. libbpf is loaded when types are needed.
 * On a machine without libbpf the library works, but the arguments of probes and their members have no names.
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
	F(const struct btf *, btf__base_btf, (const struct btf *))                      \
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
	const struct btf *all; /* the module's BTF, which includes the kernel's; without a module the kernel's */
	uint32_t *index; /* ids of types, found by name and kind: a table with mask + 1 elements; 0: nothing there */
	uint32_t mask;
};

/*
 * A type: a pointer to a pointer to ... a base type, with "pointers" levels; 0: the base type itself. The base type is
 * the type "id" of BTF (0: void), or, if size is not 0, a number of that many bytes, which need not be in BTF.
 */
struct linx_type {
	uint32_t id;
	uint32_t pointers;
	uint32_t size;
	bool is_signed; /* with size */
	bool user; /* an object of the type is in user space */
};

/* Class of a type, after its typedefs and qualifiers. */
enum linx_type_class {
	LINX_CLASS_VOID,
	LINX_CLASS_NUMBER, /* integer or enumeration */
	LINX_CLASS_POINTER,
	LINX_CLASS_ARRAY,
	LINX_CLASS_STRUCT, /* or union */
	LINX_CLASS_OTHER, /* a function, a floating-point number, or a structure without a definition */
};

struct linx_type_facts {
	enum linx_type_class cls;
	uint64_t size; /* bytes; 0: not known */
	bool is_signed, is_bool, is_char, is_be; /* NUMBER */
	bool is_user; /* an object of the type is in user space, as BTF says (__user) */
	uint32_t elements; /* ARRAY */
	const char *name; /* STRUCT, OTHER: its tag; "": none */
	struct linx_type inner; /* POINTER: the type that it points to; ARRAY: the type of its elements */
};

struct linx_btf_member {
	struct linx_type type;
	uint64_t bit; /* place in the structure, in bits */
	uint32_t bits; /* bit-field: its width; else 0 */
};

/* Opens the types of the kernel and, unless module is NULL, of a module. -ENOENT: there are none; *err says why. */
int linx_types_open(const char *module, struct linx_types **types, struct linx_error *err);
/* For tests: makes types from BTF that the caller owns and frees later. */
int linx_types_borrow(struct btf *btf, struct linx_types **types, struct linx_error *err);
void linx_types_close(struct linx_types *types);

void linx_type_facts(const struct linx_types *types, struct linx_type type, struct linx_type_facts *facts);
/* Finds a member by name, also in unnamed members (anonymous structures). false: the type has no such member. */
bool linx_type_member(const struct linx_types *types, struct linx_type type, const char *name, struct linx_btf_member *member);
/*
 * Finds a type by its name in C, such as "struct sock" or "u32". A module's own type is found before the kernel's.
 * false: there is none.
 */
bool linx_type_named(const struct linx_types *types, const char *name, struct linx_type *type);
/* Writes the type as in C, cut to size - 1 bytes. */
void linx_type_text(const struct linx_types *types, struct linx_type type, char *to, size_t size);

/* Prototype of a function, from a FUNC_PROTO of BTF. */
struct linx_function {
	uint32_t id; /* number of the FUNC_PROTO */
	uint32_t params;
	uint32_t skipped; /* parameters in front that are hidden from users: 1 for a raw tracepoint, else 0 */
	struct linx_type ret;
};
/*
 * Finds the prototype of a function, or of a raw tracepoint, by name. In the types of a module, only functions of that
 * module are looked at: a function of the kernel with the same name is another function. false: BTF does not have it.
 */
bool linx_types_function(const struct linx_types *types, const char *name, struct linx_function *f);
bool linx_types_rawtp(const struct linx_types *types, const char *name, struct linx_function *f);
/* Returns the name of parameter n, counted from 0, and sets *type. "": it has no name. */
const char *linx_function_param(const struct linx_types *types, const struct linx_function *f, uint32_t n, struct linx_type *type);

#endif
