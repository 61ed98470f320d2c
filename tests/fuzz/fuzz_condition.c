// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes conditions and templates. If a text is refused, the error is one line. If a condition is accepted, its program
 * has valid jumps and an end.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/filter/program.h"

static struct linx_table *table(void)
{
	static struct linx_table *t;

	if (!t && linx_table_new_builtin(&t))
		abort();
	return t;
}

static bool is_inside(const struct linx_program *p, unsigned int at, unsigned int offset)
{
	return at + 1 + offset < p->len;
}

static void check(const struct linx_program *p)
{
	for (unsigned int i = 0; i < p->len; i++) {
		const struct sock_filter *f = &p->insns[i];

		if (BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) == BPF_JA && !is_inside(p, i, f->k))
			abort();
		if (BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA &&
		    (!is_inside(p, i, f->jt) || !is_inside(p, i, f->jf)))
			abort();
		if (BPF_CLASS(f->code) == BPF_LD && (f->k % 4 || f->k >= sizeof(struct linx_predicate_data)))
			abort();
	}
	if (p->len && BPF_CLASS(p->insns[p->len - 1].code) != BPF_RET)
		abort();
}

static void check_reason(const struct linx_error *err)
{
	if (!err->text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_error err = { "" };
	struct linx_condition *c;
	struct linx_program p;
	struct linx_select sel;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	if (linx_condition_new(text, &c, &err)) {
		check_reason(&err);
	} else {
		if (linx_table_select(table(), "all", &sel, NULL))
			abort();
		linx_program_compile(c, table(), &sel, &p);
		check(&p);
		free(p.insns);
		linx_condition_free(c);
	}
	err.text[0] = '\0';
	if (linx_template_check(text, &err))
		check_reason(&err);
	free(text);
	return 0;
}
