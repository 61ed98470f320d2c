// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes the table of calls in a capture file, followed by a NUL and an expression that selects calls from it. One
 * return of each call is printed, so that decoders get types that do not suit their calls.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/decoders/bind.h"
#include "libuser/event/assembler.h"
#include "libuser/event/event.h"
#include "kmod/shared/ring_proto.h"

static void walk(const struct linx_table *t)
{
	struct linx_call_info info;
	size_t sum = 0;

	for (unsigned int i = 0; !linx_table_get_call(t, i, &info); i++) {
		/* info.abi counts the ABIs of all machines; the lookup takes an index into the ABIs of one machine. */
		const struct linx_table_call *call = linx_table_lookup(t, info.abi % LINX_ABI_NR, info.nr);

		if (!call || strcmp(call->name, info.name) != 0)
			abort();
		sum += strlen(info.row) + strlen(info.classes);
		for (unsigned int k = 0; k < info.nargs; k++)
			sum += strlen(info.args[k].name) + strlen(info.args[k].type) +
			       strlen(info.args[k].capture);
	}
	if (sum == SIZE_MAX)
		abort();
}

/*
 * Size in bytes of the memory to which each argument register points. Some words of it point to the memory of the next
 * argument.
 */
#define MEMORY 400u
#define ADDR(i) (0x10000ull * ((i) + 1))

struct call_record {
	struct linx_rec rec;
	int64_t ret;
	uint64_t args[LINX_NARGS];
	struct {
		struct linx_val head;
		uint64_t addr;
		uint8_t bytes[MEMORY - 8];
	} values[LINX_NARGS];
};

static void make_record(struct call_record *r, const struct linx_table_call *call, int64_t ret)
{
	*r = (struct call_record){
		.rec = { .nargs = LINX_NARGS, .words = sizeof(*r) / 8, .kind = LINX_REC_EXIT, .tid = 1, .nr = (uint32_t)call->nr & 0x3ff,
			 .pid = 1, .abi = call->abi & 3, .nvals = LINX_NARGS },
		.ret = ret,
	};
	for (unsigned int i = 0; i < LINX_NARGS; i++) {
		r->args[i] = i & 1 ? ADDR(i) + MEMORY - 17 : ADDR(i);
		r->values[i].head = (struct linx_val){ .size = MEMORY, .arg = (uint8_t)i, .info = LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE), .orig = MEMORY };
		r->values[i].addr = ADDR(i);
		memset(r->values[i].bytes, 2, sizeof(r->values[i].bytes));
		for (size_t at = 0; at + 8 <= sizeof(r->values[i].bytes); at += 24)
			memcpy(r->values[i].bytes + at, &r->args[i ^ 1], 8);
	}
}

/* Prints a copy of the record in memory of exactly its length, so that a sanitizer detects an access beyond it. */
static void print_record(struct linx_assembler *a, struct linx_printer *const *printers, const struct call_record *r)
{
	struct call_record *copy = malloc(sizeof(*copy));
	struct linx_group g = { .rec = &copy->rec, .len = sizeof(*copy) };
	const struct linx_event *ev;
	const char *text;
	size_t len;
	int ret;

	memcpy(copy, r, sizeof(*copy));
	for (ret = linx_assembler_feed(a, &g, &ev); ret == 1; ret = linx_assembler_more(a, &ev))
		for (unsigned int i = 0; i < 4; i++)
			if (linx_print(printers[i], ev, &text, &len))
				abort();
	if (ret < 0)
		abort();
	free(copy);
}

/* Upper limit of the calls that are printed, because a table may be long. */
#define PRINTED 64u

static void print(struct linx_table *t)
{
	static struct linx_printer *printers[4];
	struct linx_call_info info;
	struct linx_assembler *a;
	struct call_record r;

	for (unsigned int i = 0; i < 4; i++)
		if (!printers[i] && linx_printer_new((enum linx_format)i, NULL, &printers[i]))
			abort();
	if (linx_assembler_new(NULL, t, &a))
		abort();
	for (unsigned int i = 0; i < PRINTED && !linx_table_get_call(t, i, &info); i++) {
		const struct linx_table_call *call = linx_table_lookup(t, info.abi % LINX_ABI_NR, info.nr);

		for (int64_t ret = -22; ret <= 22; ret += 22) {
			make_record(&r, call, ret);
			print_record(a, printers, &r);
		}
	}
	linx_assembler_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	size_t len = nul ? (size_t)(nul - data) : size;
	struct linx_error err = { "" };
	struct linx_select sel;
	struct linx_table *t;
	char *expr;

	if (linx_table_parse((const char *)data, len, &t, &err)) {
		if (!err.text[0])
			abort();
		return 0;
	}
	linx_table_bind(t);
	walk(t);
	print(t);
	expr = nul ? strndup((const char *)nul + 1, size - len - 1) : NULL;
	if (expr && linx_table_select(t, expr, &sel, &err) && !err.text[0])
		abort();
	free(expr);
	linx_table_free(t);
	return 0;
}
