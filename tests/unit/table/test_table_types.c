// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tries tables of calls that no module has, with every type at every position and with every kind of capture. Whatever
 * the table in a file says about its calls, no byte outside of a record is read.
 */
#include <stdio.h>

#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/decoders/bind.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define AT 0x1000ull
#define OPTION 3 /* a first argument that is a number and not an address, like the option of prctl */

static const char *const captures[] = { "V", "IN(x)", "IN_SZ(x,4)", "IN_SZ(x,5)", "IN_N(x,4)", "INOUT_SZ(x,4)", "OUT_R(x)",
					"IN_BYTES(iovec,5)", "IN_BYTES(iovec_room,5)" };

#define CHUNK 1000u /* upper limit of the rows in one table, because of the range of call numbers */

/*
 * Makes a table of calls with that many arguments. In each call the argument at "position" has another type, beginning
 * with the type "first".
 */
static void use_table(struct assembly *as, size_t first, const char *capture, unsigned int position, unsigned int nargs)
{
	static char text[CHUNK * 200];
	size_t n = (size_t)sprintf(text, "linx-table 1\n");

	for (size_t t = first; linx_type_at(t) && t < first + CHUNK; t++) {
		n += (size_t)sprintf(text + n, "row f%zu (FILE)", t);
		for (unsigned int i = 0; i < nargs; i++)
			n += (size_t)sprintf(text + n, " a%u:%s:%s", i, i == position ? linx_type_at(t)->name : "size", i == position ? capture : "V");
		n += (size_t)sprintf(text + n, "\nnr x86_64 %zu f%zu f%zu\n", t - first, t, t);
		assert_true(n < sizeof(text) - 200);
	}
	linx_assembler_free(as->a);
	linx_table_free(as->table);
	as->a = NULL;
	assert_int_equal(linx_table_parse(text, n, &as->table, NULL), 0);
	linx_table_bind(as->table);
	assert_int_equal(linx_assembler_new(NULL, as->table, &as->a), 0);
}

static void call(struct assembly *as, int nr, unsigned int position, unsigned int nargs, uint64_t first, size_t size,
		 struct linx_printer *const *printers)
{
	uint64_t args[LINX_NARGS] = { first, AT, AT, AT, size, size };
	uint8_t data[8] = { 1, 0, 2 };
	const char *line;
	size_t len;

	record_exit(&as->r, TID, nr, 1, nargs, args);
	record_val(&as->r, (uint8_t)position, LINX_VAL_BYTES, LINX_WHOLE, data, size, (uint32_t)size);
	assembly_event(as);
	for (unsigned int k = 0; k < 2; k++)
		assert_int_equal(linx_print(printers[k], as->ev, &line, &len), 0);
}

static void every_type(void **state)
{
	static const unsigned int places[][2] = { { 0, 1 }, { 0, 6 }, { 1, 6 }, { 5, 6 } };
	struct linx_print_opts opts = { .size = sizeof(opts), .verbose = true };
	struct linx_printer *printers[2];
	struct assembly *as = *state;

	assert_int_equal(linx_printer_new(LINX_FORMAT_JSON, NULL, &printers[0]), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_STRACE, &opts, &printers[1]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(captures) * ARRAY_SIZE(places); i++) {
		const unsigned int *at = places[i % ARRAY_SIZE(places)];

		for (size_t t = 0; linx_type_at(t); t++) {
			if (t % CHUNK == 0)
				use_table(as, t, captures[i / ARRAY_SIZE(places)], at[0], at[1]);
			for (size_t size = 0; size <= 4; size += 2)
				call(as, (int)(t % CHUNK), at[0], at[1], size % 4 ? AT : OPTION, size, printers);
		}
	}
	linx_printer_free(printers[0]);
	linx_printer_free(printers[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(every_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
