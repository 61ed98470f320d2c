// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints every call of every ABI with random registers and memory, and with the types of a random table. JSON stays
 * valid, text is one line, and no byte is read that was not captured, whatever a decoder takes the memory for.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/decoders/bind.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define ROUNDS 24
#define ROUNDS_CHEAP 6
#define MEMORY 600u
#define MOST_CALLS 1024
#define COMMANDS 48

/* The seed is fixed, so that every run has the same random numbers. */
static uint64_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % below;
}

/* Fills memory with bytes that are often zero, small, or pointers to other memory. */
static void fill(uint8_t *data, size_t size)
{
	uint64_t addr;

	for (size_t i = 0; i < size; i++)
		data[i] = any(3) ? (uint8_t)any(9) : any(2) ? 0 : (uint8_t)any(256);
	for (size_t i = 0; i + 8 <= size; i += 8) {
		if (any(6))
			continue;
		addr = 0x1000ull * (1 + any(8));
		memcpy(data + i, &addr, 8);
	}
}

/* Returns an address of captured memory, a command, or a random number. */
static uint64_t any_arg(unsigned int i)
{
	switch (any(5)) {
	case 0:
	case 1:
		return 0x1000ull * (1 + i);
	case 2:
		return any(COMMANDS);
	case 3:
		return any(MEMORY);
	default:
		return (uint64_t)any(UINT32_MAX) << 32 | any(UINT32_MAX);
	}
}

static void put_values(struct assembly *as, const uint64_t *args, unsigned int nargs)
{
	uint8_t data[MEMORY + 8];

	for (unsigned int i = 0; i < nargs; i++) {
		size_t size = any(4) ? any(MEMORY) : any(16);

		fill(data, size);
		if (any(4))
			record_val(&as->r, (uint8_t)i, LINX_VAL_BYTES, any(5) ? LINX_WHOLE : LINX_TRUNCATED, data, size,
				   (uint32_t)size + (any(2) ? 0 : any(900)));
	}
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t addr = 0x1000ull * (1 + any(8));
		size_t size = any(MEMORY);

		memcpy(data, &addr, 8);
		fill(data + 8, size);
		record_val(&as->r, (uint8_t)any(nargs ? nargs : 1), any(4) ? LINX_VAL_MEM : LINX_VAL_MEMSTR, LINX_WHOLE,
			   data, size + 8, (uint32_t)size + 8);
	}
	(void)args;
}

static void record_any(struct assembly *as, int nr, unsigned int nargs)
{
	uint64_t args[LINX_NARGS] = { 0 };
	int64_t ret = any(3) ? (int64_t)any(40) : -(int64_t)(1 + any(40));

	for (unsigned int i = 0; i < nargs; i++)
		args[i] = any_arg(i);
	if (!any(2)) {
		record_enter(&as->r, TID, nr, nargs, args);
		put_values(as, args, nargs);
		assembly_feed(as);
	}
	record_exit(&as->r, TID, nr, ret, nargs, args);
	put_values(as, args, nargs);
}

static void is_json(const char *text, size_t len)
{
	cJSON *json = cJSON_ParseWithLength(text, len);

	if (!json)
		fail_msg("no JSON: %.*s", (int)len, text);
	cJSON_Delete(json);
}

static void is_a_line(const char *text, size_t len)
{
	const char *end = len ? memchr(text, '\n', len) : NULL;

	if (len && end != text + len - 1)
		fail_msg("no line: %.*s", (int)len, text);
}

static void print_all(struct linx_printer *const *printers, const struct linx_event *ev)
{
	const char *text;
	size_t len;

	for (unsigned int k = 0; k < 4; k++) {
		assert_int_equal(linx_print(printers[k], ev, &text, &len), 0);
		if (k == 0)
			is_json(text, len);
		else
			is_a_line(text, len);
	}
}

static void new_printers(struct linx_printer **printers)
{
	struct linx_print_opts verbose = { .size = sizeof(verbose), .verbose = true, .string_limit = 8 };

	assert_int_equal(linx_printer_new(LINX_FORMAT_JSON, NULL, &printers[0]), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_STRACE, NULL, &printers[1]), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_STRACE, &verbose, &printers[2]), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_TEXT, NULL, &printers[3]), 0);
}

static void free_printers(struct linx_printer **printers)
{
	for (unsigned int k = 0; k < 4; k++)
		linx_printer_free(printers[k]);
}

/*
 * Returns the number of records of each call: fewer in `make check`, because sanitizers take half a minute for all of
 * them.
 */
static unsigned int rounds(void)
{
	return getenv("LINX_CHEAP") ? ROUNDS_CHEAP : ROUNDS;
}

static void every_call(struct assembly *as, unsigned int abi)
{
	const unsigned int most = rounds();
	struct linx_printer *printers[4];

	new_printers(printers);
	as->r.abi = (uint8_t)abi;
	for (int nr = 0; nr < MOST_CALLS; nr++) {
		const struct linx_table_call *call = linx_table_lookup(as->table, abi, nr);

		for (unsigned int i = 0; call && i < most; i++) {
			seed = (uint64_t)nr * 1000 + i;
			record_any(as, nr, call->row->nargs);
			if (assembly_feed(as))
				print_all(printers, as->ev);
		}
	}
	free_printers(printers);
}

static void calls_of_x86_64(void **state)
{
	every_call(*state, LINX_ABI_X86_64);
}

static void calls_of_i386(void **state)
{
	every_call(*state, LINX_ABI_I386);
}

static void calls_of_x32(void **state)
{
	every_call(*state, LINX_ABI_X32);
}

/* ---- tables of calls whose types suit no call ------------------------------------------ */

static const char *const captures[] = {
	"V", "IN", "IN_N(x,%u)", "IN_SZ(x,%u)", "OUT", "OUT_N(x,%u)", "OUT_SZ(x,%u)", "OUT_R(x,%u)", "INOUT", "INOUT_N(x,%u)",
	"INOUT_SZ(x,%u)", "OUT_LENP(x,%u)", "IN_BITS(x,%u)", "ERR", "BY", "STR",
};
#define CAPTURES ARRAY_SIZE(captures)

/*
 * Writes the library's own table, but with other types of arguments, beginning with the type "first", and with any kind
 * of capture.
 */
static size_t write_table(const struct linx_table *t, size_t first, size_t ntypes, char *text, size_t room)
{
	size_t n = (size_t)snprintf(text, room, "%s", LINX_TABLE_MAGIC);

	for (int nr = 0; nr < MOST_CALLS; nr++) {
		const struct linx_table_call *call = linx_table_lookup(t, LINX_ABI_X86_64, nr);
		const struct linx_table_row *row = call ? call->row : NULL;

		if (!row || strcmp(row->id, call->name) != 0)
			continue;
		n += (size_t)snprintf(text + n, room - n, "row %s (%s)", row->id, row->classes);
		for (unsigned int i = 0; i < row->nargs; i++) {
			n += (size_t)snprintf(text + n, room - n, " %s:%s:", row->args[i].name,
					      linx_type_at((first + (size_t)nr + 41 * i) % ntypes)->name);
			n += (size_t)snprintf(text + n, room - n, captures[any(CAPTURES)], any(LINX_NARGS));
		}
		n += (size_t)snprintf(text + n, room - n, "\nnr x86_64 %d %s %s\n", nr, row->id, row->id);
		assert_true(n < room);
	}
	return n;
}

static void take_table(struct assembly *as, const char *text, size_t len)
{
	struct linx_error err;

	linx_assembler_free(as->a);
	linx_table_free(as->table);
	as->table = NULL;
	as->a = NULL;
	if (linx_table_parse(text, len, &as->table, &err))
		fail_msg("%s", err.text);
	linx_table_bind(as->table);
	assert_int_equal(linx_assembler_new(NULL, as->table, &as->a), 0);
}

/*
 * Only each ALIKE-th call without a decoder of its own is tried with a type, because all calls of this kind are treated
 * alike.
 */
#define ALIKE 16u

/* Tries each type at each argument of each call that has a decoder of its own. */
static void every_type(void **state)
{
	static char text[1 << 18];
	struct assembly *as = *state;
	struct linx_printer *printers[4];
	struct linx_table *own;
	size_t ntypes = 0;

	assert_int_equal(linx_table_new_builtin(&own), 0);
	new_printers(printers);
	while (linx_type_at(ntypes))
		ntypes++;
	for (size_t first = 0; first < ntypes; first++) {
		seed = first;
		take_table(as, text, write_table(own, first, ntypes, text, sizeof(text)));
		for (int nr = 0; nr < MOST_CALLS; nr++) {
			const struct linx_table_call *call = linx_table_lookup(as->table, LINX_ABI_X86_64, nr);

			if (!call || (!(call->row->desc && call->row->desc->args) && ((size_t)nr + first) % ALIKE))
				continue;
			record_any(as, nr, call->row->nargs);
			if (assembly_feed(as))
				print_all(printers, as->ev);
		}
	}
	free_printers(printers);
	linx_table_free(own);
}

/*
 * A decoder that gets a number in place of a structure, or an argument of a type that it does not expect, prints the
 * argument by its type in the table.
 */
static void no_structure(void **state)
{
	static const char table[] = "linx-table 1\n"
				    "row io_uring_setup (DESC) n:int:V buf:long:IN_SZ(x,0)\n"
				    "row adjtimex (CLOCK) buf:path:OUT_R(path,0)\n"
				    "nr x86_64 425 io_uring_setup io_uring_setup\n"
				    "nr x86_64 159 adjtimex adjtimex\n";
	struct assembly *as = *state;

	take_table(as, table, sizeof(table) - 1);
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	record_enter(&as->r, TID, 425, ARGS(1, 0x1007));
	record_mem(&as->r, 0, LINX_VAL_MEM, 0x1000, "ABCDEFGH", 8, 8);
	assembly_feed(as);
	record_exit(&as->r, TID, 425, -EINVAL, ARGS(1, 0x1007));
	assembly_expect(as, "io_uring_setup(1, 4103)                 = -1 EINVAL (Invalid argument)\n");
	record_exit(&as->r, TID, 159, 0, ARGS(0x1000));
	assembly_expect(as, "adjtimex(\"\")                            = 0 (TIME_OK)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(calls_of_x86_64),
		ASSEMBLY_TEST(calls_of_i386),
		ASSEMBLY_TEST(calls_of_x32),
		ASSEMBLY_TEST(every_type),
		ASSEMBLY_TEST(no_structure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
