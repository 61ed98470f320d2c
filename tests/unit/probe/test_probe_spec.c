// SPDX-License-Identifier: LGPL-2.1-or-later
/* The language of probes: the meaning of specifications, and errors that show the place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/probe/spec.h"

/* Writes a specification as the parser understood it, each argument in brackets with its steps in their order. */
static void put_arg(const struct linx_spec_arg *a, char *to, size_t size)
{
	static const char *const forms[] = { "", ":x", ":n", ":str", ":bytes", ":path", ":sock", ":cred", ":sockaddr" };
	static const enum linx_spec_form order[] = { LINX_FORM_TYPE, LINX_FORM_HEX,  LINX_FORM_NUMBER, LINX_FORM_STR,	 LINX_FORM_BYTES,
						     LINX_FORM_PATH, LINX_FORM_SOCK, LINX_FORM_CRED,   LINX_FORM_SOCKADDR };
	static const char *const roots[] = { "", "$", "ret", "current", "%" };
	size_t n = 0;

	n += (size_t)snprintf(to, size, "[%s=%s", a->name, roots[a->root]);
	if (a->root == LINX_ROOT_NUMBER)
		n += (size_t)snprintf(to + n, size - n, "%u", a->number);
	else if (a->root == LINX_ROOT_NAME || a->root == LINX_ROOT_REG)
		n += (size_t)snprintf(to + n, size - n, "%s", a->word);
	for (size_t i = 0; i < a->nsteps; i++) {
		const struct linx_spec_step *s = &a->steps[i];

		if (s->op == LINX_SPEC_INDEX)
			n += (size_t)snprintf(to + n, size - n, " [%u]", s->number);
		else if (s->op == LINX_SPEC_CAST)
			n += (size_t)snprintf(to + n, size - n, " (%s/%u)", s->word, s->number);
		else
			n += (size_t)snprintf(to + n, size - n, " %s%s", s->op == LINX_SPEC_DOT ? "." : s->op == LINX_SPEC_ARROW ? "->" : "*",
					      s->word ? s->word : "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i] == a->form)
			n += (size_t)snprintf(to + n, size - n, "%s", forms[i]);
	if (a->size)
		n += (size_t)snprintf(to + n, size - n, "%s%u", a->is_signed ? "s" : "u", a->size);
	if (a->bound)
		n += (size_t)snprintf(to + n, size - n, "/%u", a->bound);
	snprintf(to + n, size - n, "%s]", a->user ? ":user" : "");
}

static void put(const struct linx_probe_spec *s, char *to, size_t size)
{
	size_t n = (size_t)snprintf(to, size, "%s %s%s%s", linx_spec_kind_word(s->kind), s->module ? s->module : "", s->module ? ":" : "",
				    s->name);

	if (s->offset)
		n += (size_t)snprintf(to + n, size - n, "+%llu", (unsigned long long)s->offset);
	n += (size_t)snprintf(to + n, size - n, "%s", s->has_args ? " " : "");
	for (size_t i = 0; i < s->nargs; i++) {
		put_arg(&s->args[i], to + n, size - n);
		n += strlen(to + n);
	}
}

static void specifications_mean(void **state)
{
	static const char *const all[][2] = {
		{ "kprobe:tcp_connect", "kprobe tcp_connect" },
		{ "kprobe:tcp_connect()", "kprobe tcp_connect " },
		{ "kprobe:tcp_connect(sk)", "kprobe tcp_connect [sk=sk]" },
		{ " kprobe : tcp_connect ( sk ) ", "kprobe tcp_connect [sk=sk]" },
		{ "kprobe:nf_tables:nft_do_chain(pkt)", "kprobe nf_tables:nft_do_chain [pkt=pkt]" },
		{ "kprobe:foo.isra.0+0x10($1, $6)", "kprobe foo.isra.0+16 [$1=$1][$6=$6]" },
		{ "kprobe:f(sk->__sk_common.skc_dport)", "kprobe f [sk->__sk_common.skc_dport=sk ->__sk_common .skc_dport]" },
		{ "kprobe:f(port=sk->__sk_common.skc_dport:x)", "kprobe f [port=sk ->__sk_common .skc_dport:x]" },
		{ "kprobe:f(*p, **p, *p->q, (*p).q, a[3].b[0x10])",
		  "kprobe f [*p=p *][**p=p * *][*p->q=p ->q *][(*p).q=p * .q][a[3].b[0x10]=a [3] .b [16]]" },
		{ "kprobe:f(current->mm->arg_start, current)",
		  "kprobe f [current->mm->arg_start=current ->mm ->arg_start][current=current]" },
		{ "kprobe:f(((struct sock *)$1)->sk_family)", "kprobe f [((struct sock *)$1)->sk_family=$1 (struct sock/1) ->sk_family]" },
		{ "kprobe:f((unsigned  int)%ax, (u32)$2)", "kprobe f [(unsigned  int)%ax=%ax (unsigned int/0)][(u32)$2=$2 (u32/0)]" },
		{ "kprobe:f(name:str, name2:str[16], b:bytes[8]:user, n:s32, m:u8)",
		  "kprobe f [name=name:str][name2=name2:str/16][b=b:bytes/8:user][n=n:ns4][m=m:nu1]" },
		{ "kprobe:f(f:path, s:sock, a:user:sockaddr, c:cred)", "kprobe f [f=f:path][s=s:sock][a=a:sockaddr:user][c=c:cred]" },
		{ "kretprobe:vfs_read(file, buf:str:user) => ret", "kretprobe vfs_read [file=file][buf=buf:str:user][ret=ret]" },
		{ "kretprobe:f => *ret:x", "kretprobe f[*ret=ret *:x]" },
		{ "tracepoint:sched:sched_switch(prev_comm, next_pid)", "tracepoint sched:sched_switch [prev_comm=prev_comm][next_pid=next_pid]" },
		{ "rawtp:sched_wakeup(p->pid)", "rawtp sched_wakeup [p->pid=p ->pid]" },
		{ "lsm:bprm_check_security(bprm->filename:str)", "lsm bprm_check_security [bprm->filename=bprm ->filename:str]" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_probe_spec *s;
		struct linx_error err = { "" };

		if (linx_spec_parse(all[i][0], &s, &err))
			fail_msg("%s", err.text);
		put(s, text, sizeof(text));
		assert_string_equal(text, all[i][1]);
		assert_string_equal(s->text, all[i][0]);
		linx_spec_free(s);
	}
}

static void errors_show_the_place(void **state)
{
	static const struct {
		const char *text, *error;
	} all[] = {
		{ "", "position 1: kprobe:, kretprobe:, tracepoint:, rawtp: or lsm: expected" },
		{ "kprobes:f", "position 1: kprobe:" },
		{ "kprobe f", "position 8: ':' expected" },
		{ "kprobe:", "position 8: name of a function expected" },
		{ "kprobe:tcp_*", "position 12: patterns are not possible: name one function" },
		{ "kprobe:f g", "position 10: the specification should end here" },
		{ "kprobe:f+g", "position 10: number expected" },
		{ "kprobe:f+12g", "position 10: this is no number" },
		{ "kprobe:f+0x1000000", "position 10: number is above 16777215" },
		{ "kprobe:m:f:g", "position 11: the specification should end here" },
		{ "kprobe:f(", "position 10: argument expected" },
		{ "kprobe:f(a", "position 11: ',' or ')' expected" },
		{ "kprobe:f(a,)", "position 12: argument expected" },
		{ "kprobe:f(a b)", "position 12: ',' or ')' expected" },
		{ "kprobe:f(a->)", "position 13: name of a member expected" },
		{ "kprobe:f(a[x])", "position 12: number expected" },
		{ "kprobe:f(a[1)", "position 13: ']' expected" },
		{ "kprobe:f($0)", "position 11: arguments are counted from $1 on" },
		{ "kprobe:f($13)", "position 11: number is above 12" },
		{ "kprobe:f(a:foo)", "position 12: unknown hint" },
		{ "kprobe:f(a:x:str)", "position 14: only one hint besides :user is possible" },
		{ "kprobe:f(a:user:user)", "position 17: the hint stands here twice" },
		{ "kprobe:f(a:bytes)", "position 17: :bytes needs a number of bytes" },
		{ "kprobe:f(a:str[0])", "position 16: the bound is 0" },
		{ "kprobe:f(a:str[4097])", "position 16: number is above 4096" },
		{ "kprobe:f((struct sock * a)", "position 18: ')' expected" },
		{ "kprobe:f(a,b,a)", "position 14: two arguments are called a" },
		{ "kprobe:f(x=a,b,x=c)", "position 18: two arguments are called x" },
		{ "kretprobe:f => r=ret", "position 18: the return value has no other name than ret" },
		{ "kretprobe:f(ret) => ret", "two arguments are called ret" },
		{ "kprobe:f => ret", "position 10: only kretprobe has a return value" },
		{ "kretprobe:f => foo", "position 16: behind '=>' the value is called ret" },
		{ "kretprobe:f+1", "position 12: the specification should end here" },
		{ "tracepoint:sched_switch", "position 24: a tracepoint needs its subsystem" },
		{ "rawtp:a:b:c", "position 10: the specification should end here" },
		{ "kprobe:f(a,b,c,d,e,f,g,h,i,j,k,l,m)", "position 34: a probe has at most 12 arguments" },
		{ "kprobe:f((((((((((((((((((a))))))))))))))))))", "position 26: more than 16 parentheses" },
		{ "kprobe:f(a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z)", "position 59: more than 24 steps" },
		{ "kprobe:f\n", "not printable" },
		{ "kprobe:f\xc3\xa4", "not printable" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_probe_spec *s = NULL;
		struct linx_error err = { "" };

		if (linx_spec_parse(all[i].text, &s, &err) != -EINVAL || s || !strstr(err.text, all[i].error))
			fail_msg("%s: %s", all[i].text, err.text);
	}
}

static void long_texts_are_refused(void **state)
{
	static char text[LINX_SPEC_TEXT_MAX + 2];
	struct linx_probe_spec *s;
	struct linx_error err = { "" };

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "kprobe:", 7);
	assert_int_equal(linx_spec_parse(text, &s, &err), -EINVAL);
	assert_non_null(strstr(err.text, "longer than 4096 bytes"));
	text[LINX_SPEC_TEXT_MAX] = '\0';
	assert_int_equal(linx_spec_parse(text, &s, &err), -EINVAL);
	assert_non_null(strstr(err.text, "longer than 127 bytes"));
	text[7 + LINX_SPEC_WORD_MAX] = '\0';
	assert_int_equal(linx_spec_parse(text, &s, &err), 0);
	linx_spec_free(s);
}

static void hooks_have_functions(void **state)
{
	char to[64];

	(void)state;
	assert_true(linx_spec_hook_function("bprm_check_security", to, sizeof(to)));
	assert_string_equal(to, "security_bprm_check");
	assert_true(linx_spec_hook_function("file_open", to, sizeof(to)));
	assert_string_equal(to, "security_file_open");
	assert_false(linx_spec_hook_function("file_open", to, 18));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specifications_mean),
		cmocka_unit_test(errors_show_the_place),
		cmocka_unit_test(long_texts_are_refused),
		cmocka_unit_test(hooks_have_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
