// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compiles arguments to fetch lists, which are steps that an engine runs at each hit; see probe/compile.h.
 *
 * An expression such as "a->b.c" is compiled from its root, one operator at a time. The steps compiled so far give
 * either a value of the type walk.type, or the address of an object of that type. An object is loaded only when its
 * value is needed. Therefore each "->" costs at most one load, and the language needs no operator "&".
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/array_size.h"
#include "probe/agree.h"
#include "probe/compile.h"
#include "probe/refusal.h"
#include "probe/symbols.h"
#include "probe/tests.h"
#include "shared/probe_fetch.h"

#define SOCKADDR_BYTES 128u

/* Registers of x86_64 in the order of struct pt_regs. A step LINX_FETCH_REG has the index. */
static const char *const x86_registers[] = { "r15", "r14", "r13", "r12", "bp", "bx", "r11",	"r10", "r9",	"r8", "ax",
					     "cx",  "dx",  "si",  "di",	 "orig_ax", "ip", "cs", "flags", "sp", "ss" };

struct walk {
	const struct linx_probe_spec *spec;
	const struct linx_probe_kernel *kernel;
	const struct linx_spec_arg *arg;
	struct linx_probe_plan *plan;
	struct linx_error *err;
	uint32_t at; /* position in the specification's text, for messages */
	bool has_function;
	struct linx_function function;

	struct linx_type type;
	bool is_address; /* the steps so far give the address of an object of the type; else its value */
	bool is_user; /* the address, or the value if it is a pointer, is one of user space */
	uint64_t bit; /* if bits is not 0: the bit-field's first bit, counted from the address */
	uint32_t bits;
	const struct linx_tp_field *field; /* the value is this tracepoint's field, not cast; NULL: it is not one */
};

__attribute__((format(printf, 2, 3))) static int fail(struct walk *w, const char *fmt, ...)
{
	char why[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return linx_spec_fail(w->spec, w->at, w->err, "%s", why);
}

static int step(struct walk *w, struct linx_fetch_step s)
{
	if (w->plan->nsteps == LINX_FETCH_STEPS_MAX)
		return fail(w, "the probe reads too much: more than %u steps", LINX_FETCH_STEPS_MAX);
	w->plan->steps[w->plan->nsteps++] = s;
	return 0;
}

/* Adds n to the address: in the last step if that is an addition, else in a new step. */
static int add(struct walk *w, uint64_t n)
{
	struct linx_fetch_step *last = w->plan->nsteps ? &w->plan->steps[w->plan->nsteps - 1] : NULL;

	if (!n)
		return 0;
	if (n > INT32_MAX)
		return fail(w, "the member is too far from the begin of its structure");
	if (last && last->op == LINX_FETCH_ADD && (uint64_t)last->imm + n <= INT32_MAX) {
		last->imm += (int32_t)n;
		return 0;
	}
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_ADD, .imm = (int32_t)n });
}

static int load(struct walk *w, uint64_t size, bool is_signed)
{
	uint8_t flags = (uint8_t)((is_signed && size < 8 ? LINX_FETCH_SIGNED : 0) | (w->is_user ? LINX_FETCH_USER : 0));

	w->is_address = false;
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_LOAD, .size = (uint8_t)size, .flags = flags });
}

static void describe(struct walk *w, char *to, size_t size)
{
	if (w->field)
		snprintf(to, size, "%s", w->field->type);
	else
		linx_type_text(w->kernel->types, w->type, to, size);
}

/* ---- steps ------------------------------------------------------------------------------- */

/* Makes the steps give the pointer's value. It is loaded if they give its address. An array's address is its value. */
static int pointer_value(struct walk *w, struct linx_type_facts *f)
{
	char text[64];

	linx_type_facts(w->kernel->types, w->type, f);
	if (f->cls == LINX_CLASS_ARRAY && w->is_address)
		return 0;
	if (f->cls == LINX_CLASS_POINTER || (f->cls == LINX_CLASS_NUMBER && f->size == 8))
		return w->is_address ? load(w, 8, false) : 0;
	describe(w, text, sizeof(text));
	return fail(w, "'%s' is no pointer", text);
}

/* Follows a pointer or an array: the steps now give the address of its target, or of its first element. */
static int follow(struct walk *w)
{
	struct linx_type_facts f, inner;
	int rc = pointer_value(w, &f);

	if (rc)
		return rc;
	if (f.cls == LINX_CLASS_NUMBER)
		return fail(w, "the type behind this number is not known: cast it, such as (struct sock *)$1");
	w->type = f.inner;
	w->is_address = true;
	linx_type_facts(w->kernel->types, w->type, &inner);
	w->is_user = inner.is_user || (w->is_user && f.cls == LINX_CLASS_ARRAY);
	w->bits = 0;
	return 0;
}

static int member(struct walk *w, const char *name)
{
	struct linx_btf_member m;
	struct linx_type_facts f;
	char text[64];

	linx_type_facts(w->kernel->types, w->type, &f);
	describe(w, text, sizeof(text));
	if (f.cls == LINX_CLASS_POINTER)
		return fail(w, "'%s' is a pointer: use ->", text);
	if (f.cls != LINX_CLASS_STRUCT || !w->is_address)
		return fail(w, "'%s' has no members", text);
	if (!linx_type_member(w->kernel->types, w->type, name, &m))
		return fail(w, "'%s' has no member '%.64s' in this kernel", text, name);
	linx_type_facts(w->kernel->types, m.type, &f);
	w->type = m.type;
	w->bits = m.bits;
	w->bit = 0;
	if (!m.bits)
		return add(w, m.bit / 8);
	/* A bit-field is read from one aligned word of its type's size, the word in which it begins. */
	if (!f.size || f.size > 8 || m.bit % (f.size * 8) + m.bits > f.size * 8)
		return fail(w, "the bit-field '%.64s' lies in two words", name);
	w->bit = m.bit % (f.size * 8);
	return add(w, m.bit / (f.size * 8) * f.size);
}

static int indexed(struct walk *w, uint32_t n)
{
	struct linx_type_facts f, inner;
	int rc;

	linx_type_facts(w->kernel->types, w->type, &f);
	if (f.cls == LINX_CLASS_ARRAY && f.elements && n >= f.elements)
		return fail(w, "the array has %u elements, counted from 0 on", f.elements);
	rc = follow(w);
	if (rc)
		return rc;
	linx_type_facts(w->kernel->types, w->type, &inner);
	if (!inner.size)
		return fail(w, "the size of the elements is not known");
	return add(w, n * inner.size);
}

static int scalar_value(struct walk *w, const struct linx_type_facts *f)
{
	int rc;

	if (w->is_address) {
		rc = load(w, f->size, f->is_signed && !w->bits);
		if (rc || !w->bits)
			return rc;
		rc = step(w, (struct linx_fetch_step){ .op = LINX_FETCH_BITS, .flags = f->is_signed ? LINX_FETCH_SIGNED : 0,
						       .imm = LINX_FETCH_BITS_IMM((int32_t)w->bit, (int32_t)w->bits) });
		w->bits = 0;
		return rc;
	}
	if (f->size == 8 || f->cls == LINX_CLASS_POINTER)
		return 0;
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_CAST, .size = (uint8_t)f->size,
						 .flags = f->is_signed ? LINX_FETCH_SIGNED : 0 });
}

static int cast(struct walk *w, const struct linx_spec_step *s)
{
	struct linx_type_facts f;
	struct linx_type to;
	int rc = 0;

	if (!linx_type_named(w->kernel->types, s->word, &to))
		return fail(w, w->kernel->types ? "this kernel has no type '%.64s'" : "without types of the kernel there is no '%.64s'",
			    s->word);
	linx_type_facts(w->kernel->types, w->type, &f);
	if (f.cls == LINX_CLASS_STRUCT || f.cls == LINX_CLASS_OTHER || (f.cls == LINX_CLASS_VOID && w->is_address))
		return fail(w, f.cls == LINX_CLASS_VOID ? "what a void * points to has no type: cast the pointer, such as *(u32 *)p" :
							  "a structure cannot be cast");
	if (f.cls != LINX_CLASS_ARRAY && f.cls != LINX_CLASS_VOID)
		rc = scalar_value(w, &f);
	w->is_address = false;
	w->field = NULL;
	w->type = to;
	w->type.pointers += s->number;
	linx_type_facts(w->kernel->types, w->type, &f);
	if (f.cls != LINX_CLASS_POINTER && f.cls != LINX_CLASS_NUMBER)
		return fail(w, "only numbers and pointers can be cast to");
	return rc;
}

static int walk_step(struct walk *w, const struct linx_spec_step *s)
{
	int rc;

	w->at = s->at;
	switch (s->op) {
	case LINX_SPEC_ARROW:
		rc = follow(w);
		return rc ? rc : member(w, s->word);
	case LINX_SPEC_DOT:
		return member(w, s->word);
	case LINX_SPEC_INDEX:
		return indexed(w, s->number);
	case LINX_SPEC_DEREF:
		return follow(w);
	default:
		return cast(w, s);
	}
}

/* ---- roots ------------------------------------------------------------------------------- */

static bool is_function(const struct linx_probe_spec *s)
{
	return s->kind == LINX_SPEC_KPROBE || s->kind == LINX_SPEC_KRETPROBE || s->kind == LINX_SPEC_LSM;
}

/* Appends the step that gets argument n of the function, counted from 0. */
static int root_argument(struct walk *w, uint32_t n)
{
	uint32_t most = is_function(w->spec) ? 6 : 12;
	struct linx_type_facts f;
	struct linx_type t;

	if (w->spec->kind == LINX_SPEC_TRACEPOINT)
		return fail(w, "a tracepoint has fields by name, no $%u; rawtp: has arguments", n + 1);
	if (n >= most)
		return fail(w, "argument %u is not in a register: only the first %u can be read", n + 1, most);
	w->type = (struct linx_type){ .size = 8 };
	for (uint32_t i = 0; w->has_function && i <= n && i < w->function.params; i++) {
		linx_function_param(w->kernel->types, &w->function, i, &t);
		linx_type_facts(w->kernel->types, t, &f);
		/* A structure by value takes none, one or two registers: those of later arguments are not known. */
		if (is_function(w->spec) && (f.cls == LINX_CLASS_STRUCT || f.cls == LINX_CLASS_OTHER || f.size > 8))
			return fail(w, "argument %u is a structure by value: it and those behind it cannot be read", i + 1);
		w->type = t;
	}
	if (n >= w->function.params && w->has_function)
		w->type = (struct linx_type){ .size = 8 };
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_ARG, .imm = (int32_t)n });
}

/* Appends the steps that get the address of a tracepoint's field, or of its data if the field holds their offset. */
static int root_field(struct walk *w, const char *name)
{
	const struct linx_tp_field *f = w->kernel->format ? linx_tp_format_field(w->kernel->format, name) : NULL;
	int rc;

	if (!f)
		return fail(w, "the tracepoint has no field '%.64s' in this kernel", name);
	w->field = f;
	w->is_address = true;
	w->type = (struct linx_type){ .size = f->is_array || f->size > 8 || f->size & (f->size - 1) ? 1 : f->size,
				      .is_signed = f->is_signed };
	rc = step(w, (struct linx_fetch_step){ .op = LINX_FETCH_RECORD });
	if (!rc)
		rc = add(w, f->offset);
	if (rc || f->place == LINX_TP_HERE)
		return rc;
	rc = step(w, (struct linx_fetch_step){ .op = LINX_FETCH_LOAD, .size = 4 });
	if (rc)
		return rc;
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_DATA_LOC,
						 .imm = f->place == LINX_TP_REL_LOC ? (int32_t)f->offset + 4 : 0 });
}

static int root_register(struct walk *w, const char *name)
{
	unsigned int n = 0;
	char *end;

	w->type = (struct linx_type){ .size = 8 };
	if (w->spec->kind == LINX_SPEC_KRETPROBE || !is_function(w->spec))
		return fail(w, "registers can be read by kprobe only");
	if (w->kernel->machine == LINX_PROBE_X86_64) {
		while (n < ARRAY_SIZE(x86_registers) && strcmp(x86_registers[n], name))
			n++;
		if (n == ARRAY_SIZE(x86_registers))
			return fail(w, "x86_64 has no register '%.64s' (without r in front: ax, di, ..., r8 to r15, ip, sp)", name);
	} else if (!strcmp(name, "sp") || !strcmp(name, "pc") || !strcmp(name, "pstate")) {
		n = name[0] == 's' ? 31 : name[1] == 'c' ? 32 : 33;
	} else {
		n = name[0] == 'x' && name[1] >= '0' && name[1] <= '9' ? (unsigned int)strtoul(name + 1, &end, 10) : 99;
		if (n > 30 || *end)
			return fail(w, "arm64 has no register '%.64s' (x0 to x30, sp, pc, pstate)", name);
	}
	return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_REG, .imm = (int32_t)n });
}

static int root_name(struct walk *w, const char *name)
{
	struct linx_type t;

	if (w->spec->kind == LINX_SPEC_TRACEPOINT)
		return root_field(w, name);
	if (!w->kernel->types)
		return fail(w, "without types of the kernel arguments have no names: use $1 or %%reg with a cast");
	if (!w->has_function)
		return fail(w, "the types of this kernel do not have %.64s: use $1 or %%reg with a cast", w->spec->name);
	for (uint32_t i = 0; i < w->function.params; i++)
		if (!strcmp(linx_function_param(w->kernel->types, &w->function, i, &t), name))
			return root_argument(w, i);
	return fail(w, "%.64s has no argument '%.64s' in this kernel", w->spec->name, name);
}

static int root(struct walk *w)
{
	const struct linx_spec_arg *a = w->arg;
	struct linx_type_facts f;

	w->at = a->at;
	if (w->spec->offset && (a->root == LINX_ROOT_NAME || a->root == LINX_ROOT_NUMBER))
		return fail(w, "arguments are known only where %.64s begins; here registers are, such as %%di", w->spec->name);
	switch (a->root) {
	case LINX_ROOT_NUMBER:
		return root_argument(w, a->number - 1);
	case LINX_ROOT_REG:
		return root_register(w, a->word);
	case LINX_ROOT_NAME:
		return root_name(w, a->word);
	case LINX_ROOT_CURRENT:
		w->type = (struct linx_type){ .size = 8 };
		if (w->kernel->types && linx_type_named(w->kernel->types, "struct task_struct", &w->type))
			w->type.pointers = 1;
		return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_CURRENT });
	default:
		if (!w->has_function && a->form == LINX_FORM_TYPE && !a->nsteps)
			return fail(w, "the type of the result is not known here: => ret:s32, ret:s64 or ret:x");
		w->type = w->has_function ? w->function.ret : (struct linx_type){ .size = 8, .is_signed = true };
		linx_type_facts(w->kernel->types, w->type, &f);
		if (f.cls == LINX_CLASS_VOID)
			return fail(w, "%.64s returns nothing", w->spec->name);
		if (f.cls == LINX_CLASS_STRUCT || f.size > 8)
			return fail(w, "%.64s returns a structure, which cannot be read", w->spec->name);
		return step(w, (struct linx_fetch_step){ .op = LINX_FETCH_RET });
	}
}

/* ---- ends -------------------------------------------------------------------------------- */

/* Appends the argument to the prototype, and the step "op", which records its value, to the fetch list. */
static int finish(struct walk *w, enum linx_probe_form form, uint8_t op, uint32_t size)
{
	struct linx_proto *p = w->plan->proto;
	bool memory = op == LINX_FETCH_STR || op == LINX_FETCH_BYTES;
	char type[96];
	int rc;

	describe(w, type, sizeof(type));
	rc = linx_proto_add(p, w->arg->name, strlen(w->arg->name), form, size, type);
	if (rc)
		return rc == -E2BIG ? fail(w, "a probe has at most %u arguments", LINX_PROBE_ARGS_MAX) :
				      linx_fail(w->err, rc, "probe: no memory");
	p->args[p->nargs - 1].is_ret = w->arg->root == LINX_ROOT_RET;
	return step(w, (struct linx_fetch_step){ .op = op, .flags = memory && w->is_user ? LINX_FETCH_USER : 0,
						 .arg = (uint8_t)(op == LINX_FETCH_SCALAR ? p->nscalars - 1 : p->nargs - 1),
						 .imm = memory ? (int32_t)size : 0 });
}

static int finish_scalar(struct walk *w, const struct linx_type_facts *f, enum linx_probe_form form)
{
	int rc;

	if (w->arg->user && w->is_address)
		w->is_user = true;
	rc = scalar_value(w, f);
	return rc ? rc : finish(w, form, LINX_FETCH_SCALAR, (uint32_t)f->size);
}

static int finish_memory(struct walk *w, enum linx_probe_form form, uint32_t most)
{
	if (w->arg->user)
		w->is_user = true;
	return finish(w, form, form == LINX_AS_STR ? LINX_FETCH_STR : LINX_FETCH_BYTES,
		      most < LINX_FETCH_BYTES_MAX ? most : LINX_FETCH_BYTES_MAX);
}

/* Structures of the kernel that can be recorded. op needs the address of the structure to which the members lead. */
static const struct {
	const char *name;
	enum linx_probe_form form;
	uint8_t op;
	const char *members[2]; /* to follow, in this order; if the first is NULL, op reads the structure itself */
} known[] = {
	{ "sock", LINX_AS_SOCK, LINX_FETCH_SOCK, { NULL } },
	{ "socket", LINX_AS_SOCK, LINX_FETCH_SOCK, { "sk" } },
	{ "path", LINX_AS_PATH, LINX_FETCH_PATH, { NULL } },
	{ "file", LINX_AS_PATH, LINX_FETCH_PATH, { "f_path" } },
	{ "dentry", LINX_AS_PATH, LINX_FETCH_DENTRY, { NULL } },
	{ "cred", LINX_AS_CRED, LINX_FETCH_CRED, { NULL } },
	{ "linux_binprm", LINX_AS_PATH, LINX_FETCH_PATH, { "file", "f_path" } },
};

/* Follows the members of known[n] and records the value. shown: the type that the prototype names. */
static int finish_known(struct walk *w, size_t n, struct linx_type shown)
{
	uint32_t size = known[n].form == LINX_AS_CRED ? sizeof(struct linx_cred) :
			known[n].form == LINX_AS_SOCK ? LINX_FETCH_SOCK_MAX : LINX_FETCH_PATH_MAX;
	struct linx_type_facts f;
	int rc = 0;

	for (size_t i = 0; !rc && i < 2 && known[n].members[i]; i++) {
		linx_type_facts(w->kernel->types, w->type, &f);
		if (f.cls == LINX_CLASS_POINTER)
			rc = follow(w);
		if (!rc)
			rc = member(w, known[n].members[i]);
	}
	if (rc)
		return rc;
	linx_type_facts(w->kernel->types, w->type, &f);
	if (f.cls == LINX_CLASS_POINTER)
		rc = follow(w);
	w->type = shown;
	return rc ? rc : finish(w, known[n].form, known[n].op, size);
}

/* Returns the index in known[] of the structure that the type is, or points to; -1: it is not in known[]. */
static int find_known(const struct walk *w, bool *pointer)
{
	struct linx_type_facts f;

	linx_type_facts(w->kernel->types, w->type, &f);
	*pointer = f.cls == LINX_CLASS_POINTER;
	if (*pointer)
		linx_type_facts(w->kernel->types, f.inner, &f);
	for (size_t i = 0; f.cls == LINX_CLASS_STRUCT && i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, f.name))
			return (int)i;
	return -1;
}

static int finish_hinted_structure(struct walk *w, enum linx_probe_form form)
{
	static const char *const wanted[LINX_PROBE_FORMS] = {
		[LINX_AS_SOCK] = "struct sock or struct socket",
		[LINX_AS_PATH] = "struct path, struct file, struct dentry or struct linux_binprm",
		[LINX_AS_CRED] = "struct cred",
	};
	struct linx_type shown = w->type;
	bool pointer;
	int n = find_known(w, &pointer), rc = 0;

	if (n < 0 || known[n].form != form)
		return fail(w, "the value is no %s, nor a pointer to one: cast it", wanted[form]);
	if (pointer)
		rc = follow(w);
	return rc ? rc : finish_known(w, (size_t)n, shown);
}

/* Records a value without a hint, such as ":str": its type decides in which form. */
static int finish_by_type(struct walk *w)
{
	struct linx_type_facts f, inner;
	bool pointer;
	int n;

	if (w->field && w->field->is_array) {
		uint32_t most = w->field->place == LINX_TP_HERE ? w->field->size : LINX_FETCH_BYTES_MAX / 4;

		return finish_memory(w, w->field->is_char ? LINX_AS_STR : LINX_AS_BYTES, most);
	}
	if (w->field && (w->field->size > 8 || w->field->size & (w->field->size - 1)))
		return finish_memory(w, LINX_AS_BYTES, w->field->size);
	n = find_known(w, &pointer);
	if (n >= 0)
		return finish_hinted_structure(w, known[n].form);
	linx_type_facts(w->kernel->types, w->type, &f);
	switch (f.cls) {
	case LINX_CLASS_NUMBER:
		return finish_scalar(w, &f, w->field && w->field->is_pointer ? LINX_AS_HEX :
				     f.is_bool ? LINX_AS_BOOL : f.is_be && f.size > 1 ? LINX_AS_BE :
				     f.is_signed ? LINX_AS_SIGNED : LINX_AS_UNSIGNED);
	case LINX_CLASS_POINTER:
		return finish_scalar(w, &f, LINX_AS_HEX);
	case LINX_CLASS_ARRAY:
		linx_type_facts(w->kernel->types, f.inner, &inner);
		if (!f.size)
			return fail(w, "the length of the array is not in its type: use :str or :bytes[N]");
		return finish_memory(w, inner.is_char ? LINX_AS_STR : LINX_AS_BYTES,
				     f.size < UINT32_MAX ? (uint32_t)f.size : UINT32_MAX);
	case LINX_CLASS_STRUCT:
		if (!f.size || !w->is_address)
			return fail(w, "the structure has no bytes that can be read");
		return finish_memory(w, strncmp(f.name, "sockaddr", 8) ? LINX_AS_BYTES : LINX_AS_SOCKADDR,
				     f.size < UINT32_MAX ? (uint32_t)f.size : UINT32_MAX);
	default:
		return fail(w, "the type has no value: use a member, or a pointer to it");
	}
}

/* Records :str, :bytes or :sockaddr: the target of a pointer, or the array or structure itself. */
static int finish_hinted_memory(struct walk *w, enum linx_probe_form form, uint32_t most)
{
	struct linx_type_facts f, inner;
	int rc = 0;

	linx_type_facts(w->kernel->types, w->type, &f);
	if (w->field && (w->field->is_array || w->field->size > 8))
		return finish_memory(w, form, most);
	if (f.cls == LINX_CLASS_STRUCT || f.cls == LINX_CLASS_ARRAY) {
		if (!w->is_address)
			return fail(w, "the value is no pointer");
	} else {
		rc = pointer_value(w, &f);
		linx_type_facts(w->kernel->types, f.inner, &inner);
		w->is_user = f.cls == LINX_CLASS_POINTER && inner.is_user;
	}
	return rc ? rc : finish_memory(w, form, most);
}

static int finish_hex(struct walk *w)
{
	struct linx_type_facts f;

	linx_type_facts(w->kernel->types, w->type, &f);
	if ((f.cls != LINX_CLASS_NUMBER && f.cls != LINX_CLASS_POINTER) || (w->field && w->field->is_array))
		return fail(w, "only numbers and pointers can be shown by :x");
	return finish_scalar(w, &f, LINX_AS_HEX);
}

static int finish_number(struct walk *w)
{
	struct linx_type_facts f;
	int rc;

	linx_type_facts(w->kernel->types, w->type, &f);
	if ((f.cls != LINX_CLASS_NUMBER && f.cls != LINX_CLASS_POINTER) || (w->field && w->field->is_array))
		return fail(w, "only numbers and pointers can be shown as a number");
	if (w->arg->user && w->is_address)
		w->is_user = true;
	rc = scalar_value(w, &f);
	w->type = (struct linx_type){ .size = w->arg->size, .is_signed = w->arg->is_signed };
	w->field = NULL;
	linx_type_facts(w->kernel->types, w->type, &f);
	return rc ? rc : finish_scalar(w, &f, w->arg->is_signed ? LINX_AS_SIGNED : LINX_AS_UNSIGNED);
}

static int finish_arg(struct walk *w)
{
	const struct linx_spec_arg *a = w->arg;

	switch (a->form) {
	case LINX_FORM_TYPE:
		return finish_by_type(w);
	case LINX_FORM_HEX:
		return finish_hex(w);
	case LINX_FORM_NUMBER:
		return finish_number(w);
	case LINX_FORM_STR:
		return finish_hinted_memory(w, LINX_AS_STR, a->bound ? a->bound : LINX_FETCH_BYTES_MAX / 4);
	case LINX_FORM_BYTES:
		return finish_hinted_memory(w, LINX_AS_BYTES, a->bound);
	case LINX_FORM_SOCKADDR:
		return finish_hinted_memory(w, LINX_AS_SOCKADDR, SOCKADDR_BYTES);
	case LINX_FORM_SOCK:
		return finish_hinted_structure(w, LINX_AS_SOCK);
	case LINX_FORM_PATH:
		return finish_hinted_structure(w, LINX_AS_PATH);
	default:
		return finish_hinted_structure(w, LINX_AS_CRED);
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static int compile_arg(struct walk *w, const struct linx_spec_arg *a)
{
	int rc;

	w->arg = a;
	w->type = (struct linx_type){ 0 };
	w->is_address = w->is_user = false;
	w->bits = 0;
	w->field = NULL;
	rc = root(w);
	for (size_t i = 0; !rc && i < a->nsteps; i++)
		rc = walk_step(w, &a->steps[i]);
	w->at = a->at;
	return rc ? rc : finish_arg(w);
}

/* Returns true if the specification records the return value, which is the last argument then and called ret. */
static bool records_ret(const struct linx_probe_spec *s)
{
	return s->nargs && s->args[s->nargs - 1].root == LINX_ROOT_RET;
}

/*
 * Compiles all arguments of a function or fields of a tracepoint, for a specification without parentheses. The first
 * argument of a function that cannot be read is left out with all later ones; of the fields, only those that cannot be.
 */
static int compile_own(struct walk *w)
{
	const struct linx_tp_format *format = w->kernel->format;
	struct linx_spec_arg a = { .root = LINX_ROOT_NAME };
	struct linx_error ignored;
	struct linx_error *err = w->err;
	struct linx_type t;
	char number[12];
	uint32_t n = format ? format->n : w->has_function ? w->function.params : 0;
	int rc = 0;

	w->err = &ignored;
	for (uint32_t i = 0; !rc && i < n && w->plan->proto->nargs < LINX_PROBE_ARGS_MAX - 1; i++) {
		uint32_t before = w->plan->nsteps;
		const char *name = format ? format->fields[i].name : linx_function_param(w->kernel->types, &w->function, i, &t);

		if (!*name || (format && format->fields[i].is_common))
			continue;
		a.name = a.word = (char *)(uintptr_t)name;
		if (!strcmp(name, "ret") && records_ret(w->spec)) {
			snprintf(number, sizeof(number), "$%u", i + 1);
			a.name = number;
		}
		rc = compile_arg(w, &a);
		if (rc == -EINVAL) {
			w->plan->nsteps = before;
			rc = 0;
			if (!format)
				break;
		}
	}
	w->err = err;
	return rc;
}

/* Returns true if a type of the list comes from the function's prototype, by the name of a parameter. */
static bool uses_prototype(const struct walk *w)
{
	const struct linx_probe_spec *s = w->spec;

	if (!w->has_function || !is_function(s))
		return false;
	for (size_t i = 0; i < s->nargs; i++)
		if (s->args[i].root == LINX_ROOT_NAME || (s->args[i].root == LINX_ROOT_RET && s->args[i].form == LINX_FORM_TYPE))
			return true;
	return !s->has_args && w->plan->proto->nargs;
}

static int compile_args(struct walk *w)
{
	const struct linx_probe_spec *s = w->spec;
	int rc = s->has_args || s->offset ? 0 : compile_own(w);

	for (size_t i = 0; !rc && i < s->nargs; i++)
		rc = compile_arg(w, &s->args[i]);
	return rc;
}

static int name_plan(struct walk *w)
{
	static const uint32_t to[LINX_SPEC_KINDS] = {
		[LINX_SPEC_KPROBE] = LINX_PROBE_FUNCTION,      [LINX_SPEC_KRETPROBE] = LINX_PROBE_RETURN,
		[LINX_SPEC_TRACEPOINT] = LINX_PROBE_TRACEPOINT, [LINX_SPEC_RAWTP] = LINX_PROBE_RAWTP,
		[LINX_SPEC_LSM] = LINX_PROBE_FUNCTION,
	};
	const struct linx_probe_spec *s = w->spec;
	struct linx_probe_plan *p = w->plan;
	size_t n;

	p->kind = to[s->kind];
	p->offset = s->offset;
	if (s->kind == LINX_SPEC_LSM)
		return linx_spec_hook_function(s->name, p->name, sizeof(p->name)) ? 0 : fail(w, "the name is too long");
	n = (size_t)snprintf(p->name, sizeof(p->name), "%s%s%s", s->module ? s->module : "", s->module ? ":" : "", s->name);
	return n < sizeof(p->name) ? 0 : fail(w, "the name is too long");
}

/* Makes the prototype, whose name is the one that hits are shown by: FUNCTION+0xOFFSET for a place within a function. */
static struct linx_proto *new_proto(const struct walk *w, uint32_t number)
{
	const struct linx_probe_spec *s = w->spec;
	char name[sizeof(w->plan->name) + sizeof("+0xffffffffffffffff")];

	if (s->offset)
		snprintf(name, sizeof(name), "%s+0x%llx", w->plan->name, (unsigned long long)s->offset);
	else
		snprintf(name, sizeof(name), "%s", s->kind == LINX_SPEC_LSM ? s->name : w->plan->name);
	return linx_proto_new(number, linx_spec_kind_word(s->kind), name, s->text);
}

static void find_function(struct walk *w)
{
	const struct linx_types *t = w->kernel->types;
	char name[LINX_PROBE_NAME_MAX + 1];

	if (!t || w->spec->kind == LINX_SPEC_TRACEPOINT)
		return;
	if (w->spec->kind == LINX_SPEC_RAWTP)
		w->has_function = linx_types_rawtp(t, w->spec->name, &w->function);
	else if (w->spec->kind == LINX_SPEC_LSM)
		w->has_function = linx_spec_hook_function(w->spec->name, name, sizeof(name)) && linx_types_function(t, name, &w->function);
	else
		w->has_function = linx_types_function(t, w->spec->name, &w->function);
}

int linx_probe_compile(const struct linx_probe_spec *spec, const struct linx_probe_kernel *kernel, uint32_t number,
		       struct linx_probe_plan *plan, struct linx_error *err)
{
	struct walk w = { .spec = spec, .kernel = kernel, .plan = plan, .err = err };
	struct linx_fetch_sum sum;
	uint32_t at;
	int rc;

	*plan = (struct linx_probe_plan){ 0 };
	rc = name_plan(&w);
	if (rc)
		return rc;
	plan->tp_id = kernel->format ? kernel->format->id : 0;
	plan->proto = new_proto(&w, number);
	if (!plan->proto)
		return linx_fail(err, -ENOMEM, "probe: no memory");
	find_function(&w);
	rc = compile_args(&w);
	plan->one = !rc && (spec->offset || uses_prototype(&w));
	if (!rc && linx_fetch_check(plan->steps, plan->nsteps, plan->kind, &sum, &at))
		rc = fail(&w, "the values together may have more than %u bytes: give them bounds, such as :str[256]", LINX_REC_USER_MAX);
	if (!rc)
		rc = linx_tests_compile(spec, plan, err);
	if (rc) {
		linx_proto_free(plan->proto);
		plan->proto = NULL;
	}
	return rc;
}

/* ---- this machine ------------------------------------------------------------------------ */

/* Does the specification need BTF: for a function's argument by name, a member, or a cast to other than a number? */
static bool needs_types(const struct linx_probe_spec *s)
{
	if (s->kind == LINX_SPEC_TRACEPOINT && !s->has_args)
		return false;
	for (size_t i = 0; i < s->nargs; i++) {
		const struct linx_spec_arg *a = &s->args[i];

		if (a->root == LINX_ROOT_CURRENT || (a->root == LINX_ROOT_NAME && s->kind != LINX_SPEC_TRACEPOINT))
			return true;
		for (size_t k = 0; k < a->nsteps; k++)
			if (a->steps[k].op != LINX_SPEC_CAST || strchr(a->steps[k].word, ' ') || a->steps[k].number)
				return true;
	}
	return false;
}

static bool prototypes_agree(const struct linx_types *types, const char *module)
{
	struct utsname u;

	return !uname(&u) && linx_types_agree(types, module, &(struct linx_agree_place){ .root = "", .release = u.release });
}

/* Opens the types of the module that the specification names, or else the kernel's, which are kept in *kept if it is given. */
static int open_types(const struct linx_probe_spec *spec, struct linx_types **kept, struct linx_types **types, struct linx_error *err)
{
	const char *module = spec->kind == LINX_SPEC_TRACEPOINT ? NULL : spec->module;
	int rc;

	if (module || !kept)
		return linx_types_open(module, types, err);
	rc = *kept ? 0 : linx_types_open(NULL, kept, err);
	*types = rc ? NULL : *kept;
	return rc;
}

/* Does this kernel have no function of the name, as far as it shows its symbols? */
static bool is_absent(const struct linx_probe_spec *spec)
{
	char hook[LINX_PROBE_NAME_MAX + 1];
	const char *name = spec->name;
	struct linx_symbols *symbols;
	uint64_t address;
	size_t n;

	if (!is_function(spec))
		return false;
	if (spec->kind == LINX_SPEC_LSM) {
		if (!linx_spec_hook_function(name, hook, sizeof(hook)))
			return false;
		name = hook;
	}
	if (linx_symbols_read("/proc/kallsyms", &symbols))
		return false;
	n = linx_symbols_functions(symbols, spec->module, name, &address, 1);
	linx_symbols_free(symbols);
	return !n;
}

int linx_probe_compile_here(const struct linx_probe_spec *spec, uint32_t number, struct linx_types **kept, struct linx_probe_plan *plan,
			    struct linx_error *err)
{
#ifdef __aarch64__
	struct linx_probe_kernel kernel = { .machine = LINX_PROBE_ARM64 };
#else
	struct linx_probe_kernel kernel = { .machine = LINX_PROBE_X86_64 };
#endif
	struct linx_tp_format *format = NULL;
	struct linx_types *types = NULL;
	int rc = 0;

	plan->proto = NULL;
	if (spec->kind == LINX_SPEC_TRACEPOINT) {
		format = malloc(sizeof(*format));
		rc = format ? linx_tp_format_read(spec->module, spec->name, format, err) : linx_fail(err, -ENOMEM, "probe: no memory");
	}
	if (!rc) {
		rc = open_types(spec, kept, &types, err);
		if (rc == -ENOENT && !needs_types(spec))
			rc = 0;
	}
	kernel.types = types;
	kernel.format = format;
	if (!rc)
		rc = linx_probe_compile(spec, &kernel, number, plan, err);
	/* The types lack a function that does not exist, too. That it does not exist says more. */
	if ((rc == -EINVAL || rc == -ENOENT) && is_absent(spec))
		rc = linx_probe_refused(spec->text, -ENOENT, err);
	if (!rc && plan->one)
		plan->one = !prototypes_agree(types, spec->module);
	if (!kept || types != *kept)
		linx_types_close(types);
	free(format);
	return rc;
}

/* ---- prototypes as text ------------------------------------------------------------------ */

static void put_params(const struct walk *w, struct linx_strbuf *o)
{
	const struct linx_tp_format *format = w->kernel->format;
	uint32_t n = format ? format->n : w->function.params;
	bool first = true;
	struct linx_type t;
	char text[96];

	for (uint32_t i = 0; i < n; i++) {
		const char *name, *type = text;

		if (format && format->fields[i].is_common)
			continue;
		if (format) {
			name = format->fields[i].name;
			type = format->fields[i].type;
		} else {
			name = linx_function_param(w->kernel->types, &w->function, i, &t);
			linx_type_text(w->kernel->types, t, text, sizeof(text));
		}
		if (!first)
			linx_strbuf_str(o, ", ");
		first = false;
		linx_strbuf_str(o, type);
		if (*name && type[strlen(type) - 1] != '*')
			linx_strbuf_char(o, ' ');
		linx_strbuf_str(o, name);
	}
}

int linx_probe_prototype(const struct linx_probe_spec *spec, const struct linx_probe_kernel *kernel, struct linx_strbuf *o,
			 struct linx_error *err)
{
	struct walk w = { .spec = spec, .kernel = kernel, .err = err };
	char text[96];

	find_function(&w);
	if (!w.has_function && !kernel->format)
		return linx_fail(err, -ENOENT, "%.64s: the types of this kernel do not have it", spec->name);
	if (spec->module) {
		linx_strbuf_str(o, spec->module);
		linx_strbuf_char(o, ':');
	}
	linx_strbuf_str(o, spec->name);
	linx_strbuf_char(o, '(');
	put_params(&w, o);
	linx_strbuf_char(o, ')');
	if (w.has_function && is_function(spec)) {
		linx_type_text(kernel->types, w.function.ret, text, sizeof(text));
		linx_strbuf_str(o, " => ");
		linx_strbuf_str(o, text);
	}
	return 0;
}
