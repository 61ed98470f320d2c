// SPDX-License-Identifier: LGPL-2.1-or-later
/* A test's table of calls, event assembler and record; see assembly.h. */
#include "assembly.h"

struct assembly *assembly_new(void)
{
	struct assembly *as = calloc(1, sizeof(*as));

	assert_non_null(as);
	assert_int_equal(linx_table_new_builtin(&as->table), 0);
	assert_int_equal(linx_assembler_new(NULL, as->table, &as->a), 0);
	record_init(&as->r);
	return as;
}

void assembly_free(struct assembly *as)
{
	linx_assembler_free(as->a);
	linx_table_free(as->table);
	linx_printer_free(as->printer);
	record_end(&as->r);
	free(as->copy);
	free(as);
}

static const struct linx_event *take(struct assembly *as, int ret, const struct linx_event *ev)
{
	assert_true(ret == 0 || ret == 1);
	as->ev = ret ? ev : NULL;
	return as->ev;
}

const struct linx_event *assembly_feed(struct assembly *as)
{
	struct linx_group g = record_group(&as->r);
	const struct linx_event *ev = NULL;
	int ret;

	free(as->copy);
	as->copy = malloc(g.len);
	assert_non_null(as->copy);
	memcpy(as->copy, g.rec, g.len);
	g.rec = (const struct linx_rec *)as->copy;
	ret = linx_assembler_feed(as->a, &g, &ev);
	return take(as, ret, ev);
}

const struct linx_event *assembly_more(struct assembly *as)
{
	const struct linx_event *ev = NULL;
	int ret = linx_assembler_more(as->a, &ev);

	return take(as, ret, ev);
}

const struct linx_event *assembly_event(struct assembly *as)
{
	assert_non_null(assembly_feed(as));
	return as->ev;
}

void assembly_format(struct assembly *as, enum linx_format format,
		     const struct linx_print_opts *opts)
{
	linx_printer_free(as->printer);
	assert_int_equal(linx_printer_new(format, opts, &as->printer), 0);
}

const char *assembly_print(struct assembly *as)
{
	const char *text;
	size_t len;

	assert_non_null(as->ev);
	assert_int_equal(linx_print(as->printer, as->ev, &text, &len), 0);
	assert_true(len < sizeof(as->text));
	memcpy(as->text, text, len);
	as->text[len] = '\0';
	return as->text;
}

void assembly_expect(struct assembly *as, const char *line)
{
	assembly_event(as);
	assert_string_equal(assembly_print(as), line);
}

void assembly_meet(struct assembly *as, uint32_t tid, uint32_t pid, const char *comm)
{
	struct linx_ctx ctx = record_ctx(tid, pid, 1, comm);

	as->r.pid = pid;
	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	record_str(&as->r, LINX_FIELD_EXE, "/bin/cat");
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, "cat\0/etc/passwd", 16,
		   16);
	record_str(&as->r, LINX_FIELD_CWD, "/root");
	assembly_event(as);
	as->r.pid = 0;
}

int assembly_setup(void **state)
{
	*state = assembly_new();
	return 0;
}

int assembly_teardown(void **state)
{
	assembly_free(*state);
	return 0;
}
