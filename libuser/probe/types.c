// SPDX-License-Identifier: LGPL-2.1-or-later
/* Types from BTF; see probe/types.h. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/symbol.h"
#include "probe/types.h"

/* Most typedefs, qualifiers and the like to follow from a type id: in damaged BTF they can form a loop. */
#define CHAIN_MAX 32u

/* Kinds that linux/btf.h of older systems does not have. */
#define KIND_FLOAT 16u
#define KIND_TYPE_TAG 18u
#define KIND_ENUM64 19u

static int open_library(struct linx_types **types, struct linx_error *err)
{
	struct linx_types *t = calloc(1, sizeof(*t));

	*types = NULL;
	if (!t)
		return linx_fail(err, -ENOMEM, "types of the kernel: no memory");
#define ROW(result, name, args) { #name, &t->name },
	const struct linx_symbol symbols[] = { LINX_TYPES_FUNCTIONS(ROW) };
#undef ROW
	t->handle = linx_symbols_load("types of the kernel", symbols, ARRAY_SIZE(symbols), err);
	if (!t->handle) {
		free(t);
		return -ENOENT;
	}
	*types = t;
	return 0;
}

static uint32_t kind_of(const struct btf_type *b)
{
	return BTF_INFO_KIND(b->info);
}

static const char *name_at(const struct linx_types *t, uint32_t offset)
{
	const char *name = t->btf__name_by_offset(t->all, offset);

	return name ? name : "";
}

/* ---- an index of names -------------------------------------------------------------------- */

/* Returns the place at which a search for a name begins, by FNV-1a. */
static uint32_t place_of(const struct linx_types *t, const char *name, uint32_t kind)
{
	uint32_t hash = 2166136261u ^ kind;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return (hash ^ hash >> 16) & t->mask;
}

/*
 * Makes the index of types by name and kind. libbpf looks at each type for each search, of which the kernel has over
 * 100,000: a thousand probes would take seconds. For a module the index has the module's own types alone. 0 or -ENOMEM.
 */
static int make_index(struct linx_types *t, struct linx_error *err)
{
	const struct btf *base = t->btf__base_btf(t->all);
	uint32_t first = base ? t->btf__type_cnt(base) : 1, n = t->btf__type_cnt(t->all), size = 16, at;

	while (size / 2 < n - first)
		size *= 2;
	t->index = calloc(size, sizeof(*t->index));
	if (!t->index)
		return linx_fail(err, -ENOMEM, "types of the kernel: no memory");
	t->mask = size - 1;
	for (uint32_t id = first; id < n; id++) {
		const struct btf_type *b = t->btf__type_by_id(t->all, id);
		const char *name = b ? name_at(t, b->name_off) : "";

		if (!*name)
			continue;
		/* of types with the same name and kind, a search finds the one with the lowest id first, as in libbpf */
		for (at = place_of(t, name, kind_of(b)); t->index[at]; at = (at + 1) & t->mask)
			;
		t->index[at] = id;
	}
	return 0;
}

/* Finds a type of a kind by name, among the module's own types if there is a module. Returns its id; 0: there is none. */
static uint32_t find_own(const struct linx_types *t, const char *name, uint32_t kind)
{
	const struct btf_type *b;
	uint32_t id;

	for (uint32_t at = place_of(t, name, kind); (id = t->index[at]); at = (at + 1) & t->mask) {
		b = t->btf__type_by_id(t->all, id);
		if (kind_of(b) == kind && !strcmp(name_at(t, b->name_off), name))
			return id;
	}
	return 0;
}

int linx_types_open(const char *module, struct linx_types **types, struct linx_error *err)
{
	int rc = open_library(types, err);
	struct linx_types *t = *types;

	if (rc)
		return rc;
	t->kernel = t->btf__load_vmlinux_btf();
	if (!t->kernel)
		rc = linx_fail(err, -ENOENT, "types of the kernel: /sys/kernel/btf/vmlinux cannot be read; use $1 or %%reg with a cast");
	t->all = t->kernel;
	if (!rc && module) {
		t->module = t->btf__load_module_btf(module, t->kernel);
		t->all = t->module;
		if (!t->module)
			rc = linx_fail(err, -ENOENT, "types of module %.64s: /sys/kernel/btf/%.64s cannot be read (no such module, or its "
					"kernel has no BTF of modules); use $1 or %%reg with a cast", module, module);
	}
	if (!rc)
		rc = make_index(t, err);
	if (rc) {
		linx_types_close(t);
		*types = NULL;
	}
	return rc;
}

int linx_types_borrow(struct btf *btf, struct linx_types **types, struct linx_error *err)
{
	int rc = open_library(types, err);

	if (rc)
		return rc;
	(*types)->all = btf;
	rc = make_index(*types, err);
	if (rc) {
		linx_types_close(*types);
		*types = NULL;
	}
	return rc;
}

void linx_types_close(struct linx_types *t)
{
	if (!t)
		return;
	free(t->index);
	if (t->module)
		t->btf__free(t->module);
	if (t->kernel)
		t->btf__free(t->kernel);
	dlclose(t->handle);
	free(t);
}

/* ---- types ------------------------------------------------------------------------------- */

/* Finds a type of a kind by name, among the module's own types first. libbpf searches them last. */
static uint32_t find_any(const struct linx_types *t, const char *name, uint32_t kind)
{
	const struct btf *base = t->btf__base_btf(t->all);
	uint32_t own = find_own(t, name, kind);
	__s32 id = own || !base ? 0 : t->btf__find_by_name_kind(base, name, kind);

	return id > 0 ? (uint32_t)id : own;
}

static bool is_qualifier(uint32_t kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
	       kind == KIND_TYPE_TAG;
}

/*
 * Follows typedefs, qualifiers and type tags to the type itself. NULL: it is void, or they form a loop. Sets *be if one
 * of the typedefs is __be16, __be32 or __be64, and *user if one of the tags is "user" (__user: memory of user space).
 */
static const struct btf_type *strip(const struct linx_types *t, uint32_t id, bool *be, bool *user)
{
	for (unsigned int i = 0; id && i < CHAIN_MAX; i++) {
		const struct btf_type *b = t->btf__type_by_id(t->all, id);

		if (!b || !is_qualifier(kind_of(b)))
			return b;
		if (kind_of(b) == BTF_KIND_TYPEDEF && !strncmp(name_at(t, b->name_off), "__be", 4))
			*be = true;
		if (kind_of(b) == KIND_TYPE_TAG && !strcmp(name_at(t, b->name_off), "user"))
			*user = true;
		id = b->type;
	}
	return NULL;
}

static void facts_of_int(const struct btf_type *b, struct linx_type_facts *f)
{
	__u32 how = *(const __u32 *)(b + 1);

	f->cls = LINX_CLASS_NUMBER;
	f->size = b->size;
	f->is_signed = BTF_INT_ENCODING(how) & BTF_INT_SIGNED;
	f->is_bool = BTF_INT_ENCODING(how) & BTF_INT_BOOL;
}

/*
 * Has an enumeration numbers below 0? BTF that knows marks it; older BTF marks none, and there numbers that are error
 * codes show it: greater ones may be unsigned.
 */
static bool is_signed_enum(const struct btf_type *b)
{
	const struct btf_enum *e = (const void *)(b + 1);

	if (BTF_INFO_KFLAG(b->info))
		return true;
	for (uint32_t i = 0; kind_of(b) == BTF_KIND_ENUM && i < BTF_INFO_VLEN(b->info); i++)
		if (e[i].val < 0 && e[i].val >= -4095)
			return true;
	return false;
}

static void facts_of(const struct linx_types *t, const struct btf_type *b, struct linx_type_facts *f)
{
	const struct btf_array *a = (const void *)(b + 1);
	struct linx_type_facts inner;

	switch (kind_of(b)) {
	case BTF_KIND_INT:
		facts_of_int(b, f);
		f->is_char = b->size == 1 && !f->is_bool && !strcmp(name_at(t, b->name_off), "char");
		break;
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		f->cls = LINX_CLASS_NUMBER;
		f->size = b->size;
		f->is_signed = is_signed_enum(b);
		break;
	case BTF_KIND_PTR:
		f->cls = LINX_CLASS_POINTER;
		f->size = 8;
		f->inner.id = b->type;
		break;
	case BTF_KIND_ARRAY:
		f->cls = LINX_CLASS_ARRAY;
		f->elements = a->nelems;
		f->inner.id = a->type;
		/* The size of an array of arrays is found by the innermost type. An array of itself has no size. */
		if (t->btf__type_by_id(t->all, a->type) != b) {
			const struct btf_type *e;
			bool be, user;
			uint64_t n = a->nelems;
			unsigned int i = 0;

			for (e = strip(t, a->type, &be, &user); e && kind_of(e) == BTF_KIND_ARRAY && i < CHAIN_MAX; i++) {
				a = (const void *)(e + 1);
				n = n < 1u << 24 ? n * a->nelems : 0;
				e = strip(t, a->type, &be, &user);
			}
			if (e && kind_of(e) != BTF_KIND_ARRAY) {
				inner = (struct linx_type_facts){ 0 };
				facts_of(t, e, &inner);
				f->size = n < 1u << 24 ? n * inner.size : 0;
			}
		}
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		f->cls = LINX_CLASS_STRUCT;
		f->size = b->size;
		f->name = name_at(t, b->name_off);
		break;
	default:
		f->cls = LINX_CLASS_OTHER;
		f->name = name_at(t, b->name_off);
	}
}

void linx_type_facts(const struct linx_types *types, struct linx_type type, struct linx_type_facts *f)
{
	const struct btf_type *b;

	*f = (struct linx_type_facts){ .cls = LINX_CLASS_VOID, .name = "" };
	if (type.pointers) {
		f->cls = LINX_CLASS_POINTER;
		f->size = 8;
		f->inner = type;
		f->inner.pointers--;
		return;
	}
	if (type.size) {
		f->cls = LINX_CLASS_NUMBER;
		f->size = type.size;
		f->is_signed = type.is_signed;
		return;
	}
	b = types ? strip(types, type.id, &f->is_be, &type.user) : NULL;
	f->is_user = type.user;
	if (!b)
		return;
	facts_of(types, b, f);
	f->inner.user = type.user && f->cls == LINX_CLASS_ARRAY;
}

static bool member_of(const struct linx_types *t, const struct btf_type *s, const char *name, unsigned int depth,
		      struct linx_btf_member *to)
{
	const struct btf_member *m = (const void *)(s + 1);
	bool kflag = BTF_INFO_KFLAG(s->info), be, user;
	uint32_t n = BTF_INFO_VLEN(s->info);

	for (uint32_t i = 0; i < n; i++) {
		const char *own = name_at(t, m[i].name_off);
		uint64_t bit = kflag ? BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset;
		const struct btf_type *inner;

		if (*own) {
			if (strcmp(own, name))
				continue;
			*to = (struct linx_btf_member){ .type.id = m[i].type, .bit = bit };
			to->bits = kflag ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;
			return true;
		}
		inner = depth ? strip(t, m[i].type, &be, &user) : NULL;
		if (!inner || (kind_of(inner) != BTF_KIND_STRUCT && kind_of(inner) != BTF_KIND_UNION))
			continue;
		if (member_of(t, inner, name, depth - 1, to)) {
			to->bit += bit;
			return true;
		}
	}
	return false;
}

bool linx_type_member(const struct linx_types *types, struct linx_type type, const char *name, struct linx_btf_member *member)
{
	const struct btf_type *b;
	bool be = false;

	if (!types || type.size || type.pointers)
		return false;
	b = strip(types, type.id, &be, &type.user);
	if (!b || (kind_of(b) != BTF_KIND_STRUCT && kind_of(b) != BTF_KIND_UNION) || !member_of(types, b, name, 8, member))
		return false;
	member->type.user = type.user;
	return true;
}

/* Types of numbers whose names are known here: without BTF, and also where BTF has another name for the type. */
static const struct {
	const char *name;
	uint32_t size;
	bool is_signed;
} numbers[] = {
	{ "u8", 1, false },  { "u16", 2, false }, { "u32", 4, false },		{ "u64", 8, false },
	{ "s8", 1, true },   { "s16", 2, true },  { "s32", 4, true },		{ "s64", 8, true },
	{ "char", 1, true }, { "short", 2, true }, { "int", 4, true },		{ "long", 8, true },
	{ "unsigned char", 1, false }, { "unsigned short", 2, false }, { "unsigned int", 4, false }, { "unsigned", 4, false },
	{ "unsigned long", 8, false }, { "long long", 8, true }, { "unsigned long long", 8, false }, { "bool", 1, false },
};

bool linx_type_named(const struct linx_types *types, const char *name, struct linx_type *type)
{
	static const struct {
		const char *word;
		uint32_t kind;
	} kinds[] = { { "struct ", BTF_KIND_STRUCT }, { "union ", BTF_KIND_UNION }, { "enum ", BTF_KIND_ENUM } };
	uint32_t kind = BTF_KIND_TYPEDEF;

	*type = (struct linx_type){ 0 };
	if (!strcmp(name, "void"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(name, numbers[i].name)) {
			type->size = numbers[i].size;
			type->is_signed = numbers[i].is_signed;
			return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(name, kinds[i].word, strlen(kinds[i].word))) {
			kind = kinds[i].kind;
			name += strlen(kinds[i].word);
			break;
		}
	type->id = types ? find_any(types, name, kind) : 0;
	return type->id;
}

/* ---- text -------------------------------------------------------------------------------- */

/* Returns what precedes a type's name in C: "struct ", or "" for a typedef or number. NULL: the type has no name. */
static const char *tag_word(uint32_t kind, bool is_union)
{
	switch (kind) {
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		return "enum ";
	case BTF_KIND_FWD:
		return is_union ? "union " : "struct ";
	case BTF_KIND_INT:
	case BTF_KIND_TYPEDEF:
	case KIND_FLOAT:
		return "";
	default:
		return NULL;
	}
}

void linx_type_text(const struct linx_types *types, struct linx_type type, char *to, size_t size)
{
	char stars[12] = "", dims[32] = "", number[12];
	const char *word = "", *name = "void";
	uint32_t id = type.id, n = 0;

	while (n < type.pointers && n < 8)
		stars[n++] = '*';
	if (type.size) {
		snprintf(number, sizeof(number), "%c%u", type.is_signed ? 's' : 'u', type.size * 8);
		name = number;
		id = 0;
	}
	for (unsigned int i = 0; types && id && i < CHAIN_MAX; i++) {
		const struct btf_type *b = types->btf__type_by_id(types->all, id);
		const struct btf_array *a;

		if (!b)
			break;
		word = tag_word(kind_of(b), BTF_INFO_KFLAG(b->info));
		if (word) {
			name = name_at(types, b->name_off);
			break;
		}
		word = "";
		id = b->type;
		if (kind_of(b) == BTF_KIND_PTR && n < 8) {
			stars[n++] = '*';
		} else if (kind_of(b) == BTF_KIND_ARRAY) {
			a = (const void *)(b + 1);
			id = a->type;
			if (strlen(dims) + 14 < sizeof(dims))
				snprintf(dims + strlen(dims), sizeof(dims) - strlen(dims), "[%u]", a->nelems);
		} else if (!is_qualifier(kind_of(b)) && kind_of(b) != BTF_KIND_PTR) {
			name = "(function)";
			break;
		}
	}
	snprintf(to, size, "%s%s%s%s%s", word, *name ? name : "(unnamed)", n ? " " : "", stars, dims);
}

/* ---- functions --------------------------------------------------------------------------- */

static bool take_proto(const struct linx_types *t, uint32_t id, struct linx_function *f)
{
	const struct btf_type *b = t->btf__type_by_id(t->all, id);

	if (!b || kind_of(b) != BTF_KIND_FUNC_PROTO)
		return false;
	*f = (struct linx_function){ .id = id, .params = BTF_INFO_VLEN(b->info), .ret.id = b->type };
	return true;
}

bool linx_types_function(const struct linx_types *types, const char *name, struct linx_function *f)
{
	uint32_t id = find_own(types, name, BTF_KIND_FUNC);

	return id && take_proto(types, types->btf__type_by_id(types->all, id)->type, f);
}

/*
 * Takes the parameters from the function __traceiter_NAME, which calls the probes of the tracepoint; its first one is
 * private data. If BTF does not have the function, they are taken from the type btf_trace_NAME, a pointer to a function
 * with the same parameters without names.
 */
bool linx_types_rawtp(const struct linx_types *types, const char *name, struct linx_function *f)
{
	const struct btf_type *b;
	char text[160];
	uint32_t id;

	snprintf(text, sizeof(text), "__traceiter_%.127s", name);
	if (!linx_types_function(types, text, f)) {
		snprintf(text, sizeof(text), "btf_trace_%.127s", name);
		id = find_own(types, text, BTF_KIND_TYPEDEF);
		b = id ? types->btf__type_by_id(types->all, id) : NULL;
		b = b ? types->btf__type_by_id(types->all, b->type) : NULL;
		if (!b || kind_of(b) != BTF_KIND_PTR || !take_proto(types, b->type, f))
			return false;
	}
	if (!f->params)
		return false;
	f->skipped = 1;
	f->params--;
	return true;
}

const char *linx_function_param(const struct linx_types *types, const struct linx_function *f, uint32_t n, struct linx_type *type)
{
	const struct btf_type *b = types->btf__type_by_id(types->all, f->id);
	const struct btf_param *p = (const struct btf_param *)(b + 1) + f->skipped + n;

	*type = (struct linx_type){ .id = p->type };
	return name_at(types, p->name_off);
}
