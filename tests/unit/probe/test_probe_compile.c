// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests fetch lists and prototypes made from specifications, over types that the test makes, and over those of this
 * kernel.
 */
#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/probe/compile.h"

/* Functions of libbpf that make types. */
static struct {
	struct btf *(*btf__new_empty)(void);
	int (*btf__add_int)(struct btf *, const char *, size_t, int);
	int (*btf__add_ptr)(struct btf *, int);
	int (*btf__add_array)(struct btf *, int, int, uint32_t);
	int (*btf__add_struct)(struct btf *, const char *, uint32_t);
	int (*btf__add_union)(struct btf *, const char *, uint32_t);
	int (*btf__add_field)(struct btf *, const char *, int, uint32_t, uint32_t);
	int (*btf__add_typedef)(struct btf *, const char *, int);
	int (*btf__add_const)(struct btf *, int);
	int (*btf__add_func)(struct btf *, const char *, int, int);
	int (*btf__add_func_proto)(struct btf *, int);
	int (*btf__add_func_param)(struct btf *, const char *, int);
	int (*btf__add_type_tag)(struct btf *, const char *, int);
	int (*btf__add_enum)(struct btf *, const char *, uint32_t);
	int (*btf__add_enum_value)(struct btf *, const char *, int64_t);
	struct btf *(*btf__new_empty_split)(struct btf *);
	const struct btf_type *(*btf__type_by_id)(const struct btf *, uint32_t);
	void (*btf__free)(struct btf *);
} lib;

static struct linx_types *types;
static void *handle;

static void find(const char *name, void *to)
{
	void *p = dlsym(handle, name);

	assert_non_null(p);
	memcpy(to, &p, sizeof(p));
}

/*
 * The types:
 *   typedef unsigned short __be16;
 *   struct common { __be16 port; unsigned int lo : 3, hi : 5; struct { int inner; union { long deep; }; }; };
 *   struct sock { struct common c; struct sock *next; char name[16]; char *text; bool ok; int list[4]; };
 *   struct socket { int state; struct sock *sk; };
 *   struct path { struct sock *mnt; struct sock *dentry; };   struct file { long mode; struct path f_path; };
 *   struct cred { int usage; };
 *   int f(struct sock *sk, const char *name, unsigned char b, long n, struct file *file, struct socket *so, int seventh)
 *   void g(struct common by_value, int after)
 *   long h(char __user *buf, const struct cred *cred)
 *   btf_trace_tp: void (*)(void *, struct sock *sk, int why)
 *   struct linux_binprm { long mode; struct file *file; };   int e(struct linux_binprm *bprm, enum err why, void *p)
 *   enum err { BAD = -2 }, of BTF that does not say which enumerations are signed
 *   int r(int ret, long n)
 */
static struct btf *make(void)
{
	struct btf *b;
	int i, l, c, bl, us, ui, be16, common, inner, deep, sock, psock, p, uc, name, socket, path, file, cred, proto, tag;

	handle = dlopen("libbpf.so.1", RTLD_NOW);
	assert_non_null(handle);
#define FIND(n) find(#n, &lib.n)
	FIND(btf__new_empty), FIND(btf__add_int), FIND(btf__add_ptr), FIND(btf__add_array), FIND(btf__add_struct);
	FIND(btf__add_union), FIND(btf__add_field), FIND(btf__add_typedef), FIND(btf__add_const), FIND(btf__add_func);
	FIND(btf__add_func_proto), FIND(btf__add_func_param), FIND(btf__add_type_tag);
	FIND(btf__add_enum), FIND(btf__add_enum_value), FIND(btf__new_empty_split), FIND(btf__type_by_id), FIND(btf__free);
	b = lib.btf__new_empty();
	i = lib.btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	l = lib.btf__add_int(b, "long", 8, BTF_INT_SIGNED);
	c = lib.btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	uc = lib.btf__add_int(b, "unsigned char", 1, 0);
	us = lib.btf__add_int(b, "unsigned short", 2, 0);
	ui = lib.btf__add_int(b, "unsigned int", 4, 0);
	bl = lib.btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	be16 = lib.btf__add_typedef(b, "__be16", us);

	deep = lib.btf__add_union(b, NULL, 8);
	lib.btf__add_field(b, "deep", l, 0, 0);
	inner = lib.btf__add_struct(b, NULL, 16);
	lib.btf__add_field(b, "inner", i, 0, 0);
	lib.btf__add_field(b, NULL, deep, 64, 0);
	common = lib.btf__add_struct(b, "common", 24);
	lib.btf__add_field(b, "port", be16, 0, 0);
	lib.btf__add_field(b, "lo", ui, 32, 3);
	lib.btf__add_field(b, "hi", i, 35, 5);
	lib.btf__add_field(b, NULL, inner, 64, 0);

	psock = lib.btf__add_ptr(b, 0); /* void * for now: a pointer to the structure that follows is added by its id */
	sock = psock + 4;
	p = lib.btf__add_ptr(b, sock);
	name = lib.btf__add_array(b, i, c, 16);
	tag = lib.btf__add_array(b, i, i, 4);
	assert_int_equal(lib.btf__add_struct(b, "sock", 96), sock);
	lib.btf__add_field(b, "c", common, 0, 0);
	lib.btf__add_field(b, "next", p, 24 * 8, 0);
	lib.btf__add_field(b, "name", name, 32 * 8, 0);
	lib.btf__add_field(b, "ok", bl, 56 * 8, 0);
	lib.btf__add_field(b, "list", tag, 64 * 8, 0);
	socket = lib.btf__add_struct(b, "socket", 16);
	lib.btf__add_field(b, "state", i, 0, 0);
	lib.btf__add_field(b, "sk", p, 64, 0);
	path = lib.btf__add_struct(b, "path", 16);
	lib.btf__add_field(b, "mnt", p, 0, 0);
	file = lib.btf__add_struct(b, "file", 24);
	lib.btf__add_field(b, "mode", l, 0, 0);
	lib.btf__add_field(b, "f_path", path, 64, 0);
	cred = lib.btf__add_struct(b, "cred", 4);
	lib.btf__add_field(b, "usage", i, 0, 0);

	name = lib.btf__add_ptr(b, lib.btf__add_const(b, c));
	socket = lib.btf__add_ptr(b, socket);
	file = lib.btf__add_ptr(b, file);
	proto = lib.btf__add_func_proto(b, i);
	lib.btf__add_func_param(b, "sk", p);
	lib.btf__add_func_param(b, "name", name);
	lib.btf__add_func_param(b, "b", uc);
	lib.btf__add_func_param(b, "n", l);
	lib.btf__add_func_param(b, "file", file);
	lib.btf__add_func_param(b, "so", socket);
	lib.btf__add_func_param(b, "seventh", i);
	lib.btf__add_func(b, "f", 0, proto);
	proto = lib.btf__add_func_proto(b, 0);
	lib.btf__add_func_param(b, "by_value", common);
	lib.btf__add_func_param(b, "after", i);
	lib.btf__add_func(b, "g", 0, proto);
	tag = lib.btf__add_ptr(b, lib.btf__add_type_tag(b, "user", c));
	cred = lib.btf__add_ptr(b, lib.btf__add_const(b, cred));
	proto = lib.btf__add_func_proto(b, l);
	lib.btf__add_func_param(b, "buf", tag);
	lib.btf__add_func_param(b, "cred", cred);
	lib.btf__add_func(b, "h", 0, proto);
	proto = lib.btf__add_func_proto(b, 0);
	lib.btf__add_func_param(b, NULL, psock);
	lib.btf__add_func_param(b, "sk", p);
	lib.btf__add_func_param(b, "why", i);
	lib.btf__add_typedef(b, "btf_trace_tp", lib.btf__add_ptr(b, proto));
	name = lib.btf__add_struct(b, "linux_binprm", 16);
	lib.btf__add_field(b, "mode", l, 0, 0);
	lib.btf__add_field(b, "file", file, 64, 0);
	name = lib.btf__add_ptr(b, name);
	tag = lib.btf__add_enum(b, "err", 4);
	lib.btf__add_enum_value(b, "BAD", -2);
	((struct btf_type *)(uintptr_t)lib.btf__type_by_id(b, (uint32_t)tag))->info &= 0x7fffffffu;
	proto = lib.btf__add_func_proto(b, i);
	lib.btf__add_func_param(b, "bprm", name);
	lib.btf__add_func_param(b, "why", tag);
	lib.btf__add_func_param(b, "p", psock);
	lib.btf__add_func(b, "e", 0, proto);
	proto = lib.btf__add_func_proto(b, i);
	lib.btf__add_func_param(b, "ret", i);
	lib.btf__add_func_param(b, "n", l);
	lib.btf__add_func(b, "r", 0, proto);
	return b;
}

static int make_types(void **state)
{
	(void)state;
	return linx_types_borrow(make(), &types, NULL);
}

static const char tp_text[] = "name: tp\nID: 321\nformat:\n"
			      "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			      "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
			      "\tfield:char prev_comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:0;\n"
			      "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
			      "\tfield:const void * ptr;\toffset:32;\tsize:8;\tsigned:0;\n"
			      "\tfield:__data_loc char[] filename;\toffset:40;\tsize:4;\tsigned:0;\n"
			      "\tfield:__rel_loc __u8[] data;\toffset:44;\tsize:4;\tsigned:0;\n"
			      "\tfield:__u8 addr[16];\toffset:48;\tsize:16;\tsigned:0;\n"
			      "\nprint fmt: \"field: %s\", REC->prev_comm\n";

/* Writes a fetch list, one word for each step and a blank before each value: "A0+8l8 n0". */
static void put_steps(const struct linx_probe_plan *p, char *to, size_t size)
{
	size_t n = 0;

	*to = '\0';
	for (uint32_t i = 0; i < p->nsteps; i++) {
		const struct linx_fetch_step *s = &p->steps[i];
		const char *sign = s->flags & LINX_FETCH_SIGNED ? "s" : "", *user = s->flags & LINX_FETCH_USER ? "u" : "";
		static const char *const starts[] = { "", "A", "R", "C", "G", "T" };

		if (s->op <= LINX_FETCH_RECORD)
			n += (size_t)snprintf(to + n, size - n, "%s%s%d", i ? " " : "", starts[s->op], s->imm);
		else if (s->op == LINX_FETCH_ADD)
			n += (size_t)snprintf(to + n, size - n, "+%d", s->imm);
		else if (s->op == LINX_FETCH_BITS)
			n += (size_t)snprintf(to + n, size - n, "b%u:%u%s", LINX_FETCH_BITS_FROM(s->imm), LINX_FETCH_BITS_WIDTH(s->imm), sign);
		else if (s->op == LINX_FETCH_LOAD || s->op == LINX_FETCH_CAST)
			n += (size_t)snprintf(to + n, size - n, "%c%u%s%s", s->op == LINX_FETCH_LOAD ? 'l' : 'c', s->size, sign, user);
		else if (s->op == LINX_FETCH_DATA_LOC)
			n += (size_t)snprintf(to + n, size - n, "d%d", s->imm);
		else if (s->op == LINX_FETCH_SCALAR)
			n += (size_t)snprintf(to + n, size - n, ".%u", s->arg);
		else
			n += (size_t)snprintf(to + n, size - n, "!%u%s:%u/%d", s->op, user, s->arg, s->imm);
	}
}

static int compile(const char *text, bool with_types, struct linx_probe_plan *plan, struct linx_error *err)
{
	struct linx_tp_format format;
	struct linx_probe_kernel k = { .types = with_types ? types : NULL };
	struct linx_probe_spec *s;
	int rc;

	assert_int_equal(linx_spec_parse(text, &s, err), 0);
	assert_int_equal(linx_tp_format_parse(tp_text, &format, err), 0);
	k.format = s->kind == LINX_SPEC_TRACEPOINT ? &format : NULL;
	rc = linx_probe_compile(s, &k, 7, plan, err);
	linx_spec_free(s);
	return rc;
}

static void lists_are_as_the_types_say(void **state)
{
	static const struct {
		const char *text, *steps;
		bool without;
	} all[] = {
		{ "kprobe:f(n, b, $1)", "A3.0 A2c1.1 A0!35:2/0", false },
		{ "kprobe:f(sk:x)", "A0.0", false },
		{ "kprobe:f(sk->c.port)", "A0l2.0", false },
		{ "kprobe:f(sk->next->c.inner)", "A0+24l8+8l4s.0", false },
		{ "kprobe:f(sk->c.deep, (*sk).c.deep)", "A0+16l8.0 A0+16l8.1", false },
		{ "kprobe:f(sk->c.lo, sk->c.hi)", "A0+4l4b0:3.0 A0+4l4b3:5s.1", false },
		{ "kprobe:f(sk->ok, sk->list[3], sk->next[2].ok)", "A0+56l1.0 A0+76l4s.1 A0+24l8+248l1.2", false },
		{ "kprobe:f(sk->name, sk->list, sk->c)", "A0+32!33:0/16 A0+64!34:1/16 A0!34:2/24", false },
		{ "kprobe:f(name:str, u=name:str[8]:user)", "A1!33:0/1024 A1!33u:1/8", false },
		{ "kprobe:f(name)", "A1.0", false },
		{ "kprobe:f(*name, name[3])", "A1l1s.0 A1+3l1s.1", false },
		{ "kprobe:f(sk, so, file)", "A0!35:0/0 A5+8l8!35:1/0 A4+8!36:2/0", false },
		{ "kprobe:f(sk->next)", "A0+24l8!35:0/0", false },
		{ "kprobe:f(file->f_path)", "A4+8!36:0/0", false },
		{ "kprobe:f(n:s32, b:u64, sk->list[1]:x)", "A3c4s.0 A2c1.1 A0+68l4s.2", false },
		{ "kprobe:f(((struct sock *)n)->ok, (u32)n, (char)n)", "A3+56l1.0 A3c4.1 A3c1s.2", false },
		{ "kprobe:f(*(char *)n, ((struct sock *)$2)->name)", "A3l1s.0 A1+32!33:1/16", false },
		{ "kprobe:f(%di, %r15:x, ((struct sock *)%si)->ok)", "G14.0 G0.1 G13+56l1.2", false },
		{ "kprobe:f($2:str, $3:u8, (u16)$4, %ip)", "A1!33:0/1024 A2c1.0 A3c2.1 G16.2", true },
		{ "kprobe:nowhere($1)", "A0.0", false },
		{ "kprobe:f+0x10(%di, (u8)%si, ((struct sock *)%bx)->ok)", "G14.0 G13c1.1 G5+56l1.2", false },
		{ "kprobe:f+16(task=current)", "C0.0", true },
		{ "kprobe:f+4", "", false },
		{ "kprobe:f+0(sk:x)", "A0.0", false },
		{ "kretprobe:f(sk->ok) => ret", "A0+56l1.0 R0c4s.1", false },
		{ "kretprobe:h(buf:str) => ret", "A0!33u:0/1024 R0.0", false },
		{ "kprobe:h(*buf, cred)", "A0l1su.0 A1!38:1/0", false },
		{ "kprobe:h", "A0.0 A1!38:1/0", false },
		{ "rawtp:tp(sk->ok, why)", "A0+56l1.0 A1c4s.1", false },
		{ "kprobe:g()", "", false },
		{ "kprobe:e(bprm, why, (u32)p, *(u32 *)p)", "A0+8l8+8!36:0/0 A1c4s.0 A2c4.1 A2l4.2", false },
		{ "kretprobe:r => ret", "A0c4s.0 A1.1 R0c4s.2", false },
		{ "kretprobe:r(ret)", "A0c4s.0", false },
		{ "kretprobe:r => ret if ret < -1 and n != 0x10", "A0c4s.0 A1.1 R0c4s.2", false },
		{ "kretprobe:nowhere => ret:s32", "R0c4s.0", false },
		{ "kretprobe:nowhere => (int)ret", "R0c4s.0", true },
		{ "rawtp:m:tp(why)", "A1c4s.0", false },
		{ "tracepoint:s:tp(prev_comm, prev_pid, ptr)", "T0+8!33:0/16 T0+24l4s.0 T0+32l8.1", true },
		{ "tracepoint:s:tp(filename, data, addr, common_pid)", "T0+40l4d0!33:0/1024 T0+44l4d48!34:1/1024 T0+48!34:2/16 T0+4l4s.0", true },
		{ "tracepoint:s:tp(((struct sock *)ptr)->ok)", "T0+32l8+56l1.0", false },
		{ "tracepoint:s:tp", "T0+8!33:0/16 T0+24l4s.0 T0+32l8.1 T0+40l4d0!33:3/1024 T0+44l4d48!34:4/1024 T0+48!34:5/16", true },
	};
	char steps[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_probe_plan p;
		struct linx_error err = { "" };

		if (compile(all[i].text, !all[i].without, &p, &err))
			fail_msg("%s", err.text);
		put_steps(&p, steps, sizeof(steps));
		if (strcmp(steps, all[i].steps))
			fail_msg("%s: %s, not %s", all[i].text, steps, all[i].steps);
		linx_proto_free(p.proto);
	}
}

static void wrong_arguments_are_refused(void **state)
{
	static const struct {
		const char *text, *error;
		bool without;
	} all[] = {
		{ "kprobe:f(nothing)", "position 10: f has no argument 'nothing' in this kernel", false },
		{ "kprobe:f(sk)", "position 10: without types of the kernel arguments have no names", true },
		{ "kprobe:nowhere(sk)", "the types of this kernel do not have nowhere", false },
		{ "kprobe:f(sk->nothing)", "position 12: 'struct sock' has no member 'nothing' in this kernel", false },
		{ "kprobe:f(sk.ok)", "position 12: 'struct sock *' is a pointer: use ->", false },
		{ "kprobe:f(sk->ok.x)", "position 16: '_Bool' has no members", false },
		{ "kprobe:f(sk->ok->x)", "position 16: '_Bool' is no pointer", false },
		{ "kprobe:f(b->x)", "position 11: 'unsigned char' is no pointer", false },
		{ "kprobe:f(n->x)", "the type behind this number is not known: cast it", false },
		{ "kprobe:f(sk->list[4])", "position 18: the array has 4 elements", false },
		{ "kprobe:f(seventh)", "argument 7 is not in a register", false },
		{ "kprobe:f($7)", "argument 7 is not in a register", false },
		{ "kprobe:g(after)", "argument 1 is a structure by value", false },
		{ "kretprobe:g => ret", "g returns nothing", false },
		{ "kretprobe:nowhere => ret", "the type of the result is not known here", false },
		{ "kretprobe:f => ret", "the type of the result is not known here", true },
		{ "kprobe:e((u32)*p)", "what a void * points to has no type", false },
		{ "kprobe:f(n:sock)", "the value is no struct sock or struct socket, nor a pointer to one: cast it", false },
		{ "kprobe:f(sk:path)", "the value is no struct path", false },
		{ "kprobe:f((struct nothing *)n)", "position 10: this kernel has no type 'struct nothing'", false },
		{ "kprobe:f((struct sock)n)", "only numbers and pointers can be cast to", false },
		{ "kprobe:f(%rax)", "x86_64 has no register 'rax'", false },
		{ "kretprobe:f(%ax)", "registers can be read by kprobe only", false },
		{ "kprobe:f+4(sk)", "position 12: arguments are known only where f begins; here registers are, such as %di", false },
		{ "kprobe:f+4(%di, $1)", "position 17: arguments are known only where f begins", true },
		{ "kprobe:f(sk->name:x)", "only numbers and pointers can be shown by :x", false },
		{ "tracepoint:s:tp(nothing)", "the tracepoint has no field 'nothing' in this kernel", false },
		{ "tracepoint:s:tp($1)", "a tracepoint has fields by name", false },
		{ "kprobe:f(a=name:str[4096],b=name:str[4096],c=name:str[4096],d=name:str[4096],e=name:str[1])",
		  "the values together may have more than 16384 bytes", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_probe_plan p;
		struct linx_error err = { "" };

		if (compile(all[i].text, !all[i].without, &p, &err) != -EINVAL || p.proto || !strstr(err.text, all[i].error))
			fail_msg("%s: %s", all[i].text, err.text);
	}
}

/* A capture has the text of the prototypes; read again, it gives the same text. */
static void prototypes_travel_as_text(void **state)
{
	static const char expected[] = LINX_PROBES_MAGIC
		"probe 7 kretprobe f\nspec kretprobe:f(port=sk->c.port, sk->ok, sk, name:str[32], n:x) => ret\n"
		"arg be 2 port\ntype __be16\narg bool 1 sk->ok\ntype _Bool\narg sock 256 sk\ntype struct sock *\n"
		"arg str 32 name\ntype char *\narg hex 8 n\ntype long\narg signed 4 ret\ntype int\nreturned\n";
	static const char *const damaged[] = {
		"linx-probes 2\n", LINX_PROBES_MAGIC "probe x kprobe f\n", LINX_PROBES_MAGIC "probe 4096 kprobe f\n",
		LINX_PROBES_MAGIC "probe 1 kprobe\n", LINX_PROBES_MAGIC "arg hex 8 a\n", LINX_PROBES_MAGIC "type int\n",
		LINX_PROBES_MAGIC "probe 1 kprobe f\narg hex 9 a\n", LINX_PROBES_MAGIC "probe 1 kprobe f\narg foo 8 a\n",
		LINX_PROBES_MAGIC "probe 1 kprobe f\narg hex 8 \n", LINX_PROBES_MAGIC "probe 1 kprobe f\narg str 16385 a\n",
		LINX_PROBES_MAGIC "probe 1 kprobe f\narg hex 8 a\narg hex 8 a\n", LINX_PROBES_MAGIC "probe 1 kprobe f\033[2J\n",
		LINX_PROBES_MAGIC "probe 1 kprobe f\ntype int\n", LINX_PROBES_MAGIC "probe 1 kretprobe f\nreturned\n",
	};
	struct linx_protos all = { 0 }, again = { 0 };
	struct linx_strbuf o = { 0 };
	struct linx_probe_plan p;
	struct linx_error err = { "" };

	(void)state;
	assert_int_equal(compile("kretprobe:f(port=sk->c.port, sk->ok, sk, name:str[32], n:x) => ret", true, &p, &err), 0);
	assert_int_equal(linx_protos_add(&all, p.proto), 0);
	linx_protos_put(&all, &o);
	if (o.len != strlen(expected))
		fail_msg("%.*s", (int)o.len, o.data);
	assert_memory_equal(o.data, expected, o.len);
	assert_int_equal(linx_protos_parse(&again, o.data, o.len, &err), 0);
	assert_int_equal(linx_protos_parse(&again, o.data, o.len, &err), 0);
	assert_int_equal(again.n, 1);
	assert_int_equal(linx_protos_find(&again, 7)->nscalars, 4);
	assert_int_equal(linx_proto_arg_named(linx_protos_find(&again, 7), "ret", 3)->scalar, 3);
	assert_true(linx_proto_arg_named(linx_protos_find(&again, 7), "ret", 3)->is_ret);
	o.len = 0;
	linx_protos_put(&again, &o);
	assert_memory_equal(o.data, expected, o.len);
	linx_protos_free(&again);
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		if (linx_protos_parse(&again, damaged[i], strlen(damaged[i]), &err) != -EINVAL)
			fail_msg("accepted: %s", damaged[i]);
		linx_protos_free(&again);
	}
	linx_protos_free(&all);
	free(o.data);
}

/* A return value is the one behind =>, also if an argument has its name. */
static void an_argument_may_be_called_ret(void **state)
{
	struct linx_error err = { "" };
	struct linx_probe_plan p;

	(void)state;
	assert_int_equal(compile("kretprobe:r => ret", true, &p, &err), 0);
	assert_int_equal(p.proto->nargs, 3);
	assert_string_equal(p.proto->args[0].name, "$1");
	assert_string_equal(p.proto->args[2].name, "ret");
	assert_false(p.proto->args[0].is_ret);
	assert_true(p.proto->args[2].is_ret);
	linx_proto_free(p.proto);
	assert_int_equal(compile("kretprobe:r(ret)", true, &p, &err), 0);
	assert_string_equal(p.proto->args[0].name, "ret");
	assert_false(p.proto->args[0].is_ret);
	linx_proto_free(p.proto);
}

/* The list of a name holds for one of several functions, unless it has no type of the prototype and no offset. */
static void prototypes_are_of_one_function(void **state)
{
	static const struct {
		const char *text;
		bool one;
	} all[] = {
		{ "kprobe:f(n)", true }, { "kprobe:f", true }, { "kretprobe:f() => ret", true }, { "kprobe:f()", false },
		{ "kprobe:f((int)$1)", false }, { "kretprobe:f() => ret:s32", false }, { "kprobe:nowhere($1)", false },
		{ "rawtp:tp(why)", false }, { "kprobe:f+0x10(%di)", true }, { "kprobe:nowhere+4()", true },
	};
	struct linx_error err = { "" };
	struct linx_probe_plan p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_int_equal(compile(all[i].text, true, &p, &err), 0);
		if (p.one != all[i].one)
			fail_msg("%s", all[i].text);
		linx_proto_free(p.proto);
	}
}

/* The module searches a function or tracepoint in the module that is named in front of it, and nowhere else. */
static void names_have_their_module(void **state)
{
	static const char *const all[][2] = {
		{ "kprobe:f(n)", "f" },	   { "kprobe:m:f(n)", "m:f" },
		{ "rawtp:tp(why)", "tp" }, { "rawtp:m:tp(why)", "m:tp" },
	};
	struct linx_error err = { "" };
	struct linx_probe_plan p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_int_equal(compile(all[i][0], true, &p, &err), 0);
		assert_string_equal(p.name, all[i][1]);
		linx_proto_free(p.proto);
	}
}

/*
 * The types of a module contain those of the kernel, where structures and functions of other meaning may have the same
 * names: struct own { int n; } and void same(int a) of the kernel; struct own { long head; int n; } and void same(long b,
 * int c) of the module.
 */
static void modules_have_types_of_their_own(void **state)
{
	struct btf *kernel = lib.btf__new_empty(), *module;
	int i = lib.btf__add_int(kernel, "int", 4, BTF_INT_SIGNED), l = lib.btf__add_int(kernel, "long", 8, BTF_INT_SIGNED);
	struct linx_types *all, *was = types;
	struct linx_error err = { "" };
	struct linx_probe_plan p;
	char steps[512];
	int proto;

	(void)state;
	lib.btf__add_struct(kernel, "own", 4);
	lib.btf__add_field(kernel, "n", i, 0, 0);
	proto = lib.btf__add_func_proto(kernel, 0);
	lib.btf__add_func_param(kernel, "a", i);
	lib.btf__add_func(kernel, "same", 0, proto);
	lib.btf__add_func(kernel, "only_there", 0, proto);
	module = lib.btf__new_empty_split(kernel);
	lib.btf__add_struct(module, "own", 16);
	lib.btf__add_field(module, "head", l, 0, 0);
	lib.btf__add_field(module, "n", i, 64, 0);
	proto = lib.btf__add_func_proto(module, 0);
	lib.btf__add_func_param(module, "b", l);
	lib.btf__add_func_param(module, "c", i);
	lib.btf__add_func(module, "same", 0, proto);
	assert_int_equal(linx_types_borrow(module, &all, &err), 0);
	types = all;
	if (compile("kprobe:m:same(c, ((struct own *)b)->n)", true, &p, &err))
		fail_msg("%s", err.text);
	put_steps(&p, steps, sizeof(steps));
	assert_string_equal(steps, "A1c4s.0 A0+8l4s.1");
	linx_proto_free(p.proto);
	assert_int_equal(compile("kprobe:m:only_there(a)", true, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "the types of this kernel do not have only_there"));
	types = was;
	linx_types_close(all);
	lib.btf__free(module);
	lib.btf__free(kernel);
}

/*
 * The kernel of the machine that runs the test may have BTF. If it has, its types must include the functions that users
 * are likely to probe first.
 */
static void this_kernel_has_types(void **state)
{
	static const char *const all[] = {
		"kprobe:tcp_connect(sk, sk->__sk_common.skc_dport, sk->__sk_common.skc_family)",
		"kretprobe:vfs_read(file, buf:str[64]:user, count) => ret",
		"kprobe:do_exit(current->comm, current->mm->arg_start:x, current->real_parent->tgid)",
		"lsm:bprm_check_security(bprm->filename:str, bprm:path)",
		"lsm:file_open(file, file->f_flags:x, file->f_inode->i_ino)",
		"rawtp:sched_wakeup(p->comm, p->pid)",
		"kprobe:commit_creds(new, new->uid.val)",
	};
	struct linx_types *kept = NULL; /* of every second specification */

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_probe_plan p;
		struct linx_probe_spec *s;
		struct linx_error err = { "" };

		assert_int_equal(linx_spec_parse(all[i], &s, &err), 0);
		if (linx_probe_compile_here(s, 1, i % 2 ? &kept : NULL, &p, &err))
			fail_msg("%s", err.text);
		linx_proto_free(p.proto);
		linx_spec_free(s);
	}
	linx_types_close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_as_the_types_say),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(prototypes_travel_as_text),
		cmocka_unit_test(an_argument_may_be_called_ret),
		cmocka_unit_test(prototypes_are_of_one_function),
		cmocka_unit_test(names_have_their_module),
		cmocka_unit_test(modules_have_types_of_their_own),
		cmocka_unit_test(this_kernel_has_types),
	};

	return cmocka_run_group_tests(tests, make_types, NULL);
}
