// SPDX-License-Identifier: LGPL-2.1-or-later
/* Conditions and templates over hits of probes. A value that is not whole passes no condition. */
#include "assembly.h"
#include <linx/aggregate.h>
#include "libuser/base/array_size.h"
#include "libuser/probe/hit.h"

static const char list[] =
	"linx-probes 1\n"
	"probe 0 kretprobe vfs_open\n"
	"arg path 4096 path\n"
	"arg be 2 port\n"
	"arg signed 4 sk->n\n"
	"arg sock 256 sk\n"
	"arg signed 4 ret\n"
	"returned\n"
	"arg unsigned 8 count\n"
	"arg hex 8 pointer\n";

static struct linx_protos protos;

static bool holds(const struct linx_event *ev, const char *text)
{
	struct linx_condition *c;
	struct linx_error err;
	bool met;

	if (linx_condition_new(text, &c, &err))
		fail_msg("%s: %s", text, err.text);
	met = linx_condition_match(c, ev);
	linx_condition_free(c);
	return met;
}

static void hit(struct assembly *as, uint64_t states, uint8_t path_state)
{
	const struct linx_hit h = { .probe = 0, .scalars = 5, .states = states };
	const uint64_t words[] = { 0xbb01, 7, (uint64_t)-2, UINT64_MAX, 0xffff888000001000 };
	const struct linx_sock s = { .family = 2, .state = 1, .local_port = 1, .peer_port = 2, .local = { 10, 0, 0, 1 },
				     .peer = { 10, 0, 0, 2 }, .protocol = 6, .proto = "TCP" };

	linx_assembler_protos(as->a, &protos);
	assembly_meet(as, 7, 7, "curl");
	record_hit(&as->r, 7, &h, as->r.time + 1000 - 5, words);
	record_val(&as->r, 0, LINX_VAL_STR, path_state, "/etc/passwd", 11, path_state == LINX_WHOLE ? 11 : 400);
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &s, sizeof(s), sizeof(s));
	assembly_event(as);
}

static void test_fields(void **state)
{
	static const char *const met[] = {
		"linx.kind = probe", "probe.name = vfs_open", "linx.probe.name startswith vfs_", "probe.arg.port = 443",
		"probe.arg[port] > 400", "linx.probe.arg[port] < 500", "probe.arg[sk->n] = 7", "probe.arg.path endswith /passwd",
		"probe.arg.path = /etc/passwd", "probe.ret = -2", "probe.ret < 0", "probe.duration = 5", "probe.duration < 1us",
		"probe.arg.count > 1000000", "probe.arg.count >= 0xffffffffffffffff", "probe.arg.count = 18446744073709551615",
		"probe.arg.pointer > 0", "probe.arg.pointer >= 0xffff888000000000", "probe.arg.pointer < 0xffff888000002000",
		"probe.ret < 0xffffffffffffffff",
		"probe.arg.sk contains 10.0.0.2:2", "not probe.arg.other exists", "linx.comm = curl", "proc.name = curl",
	};
	static const char *const unmet[] = {
		"linx.type = openat", "probe.arg.port = 444", "probe.arg.other = 1", "probe.name = vfs_read", "linx.kind = syscall",
		"linx.duration > 1s", "evt.type = open", "probe.arg.count < 0", "probe.arg.count <= 1000000", "probe.arg.pointer < 0",
		"probe.arg.pointer > 0xffffffffffffffff", "probe.arg.port > 0xffffffffffffffff",
	};
	struct assembly *as = *state;

	hit(as, 0x11111, LINX_WHOLE);
	for (size_t i = 0; i < ARRAY_SIZE(met); i++)
		if (!holds(as->ev, met[i]))
			fail_msg("%s does not hold", met[i]);
	for (size_t i = 0; i < ARRAY_SIZE(unmet); i++)
		if (holds(as->ev, unmet[i]))
			fail_msg("%s holds", unmet[i]);
}

static void test_not_whole(void **state)
{
	static const char *const unmet[] = { "probe.arg.port >= 0", "probe.arg.port exists", "probe.arg.path startswith /etc", "probe.ret exists" };
	struct assembly *as = *state;

	hit(as, 0x316, LINX_TRUNCATED);
	assert_true(holds(as->ev, "probe.arg[sk->n] = 7"));
	for (size_t i = 0; i < ARRAY_SIZE(unmet); i++)
		if (holds(as->ev, unmet[i]))
			fail_msg("%s holds", unmet[i]);
}

/* The event of a call has none of the fields of probes. */
static void test_call(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, 7, NR_READ, -2, ARGS(1, 2, 3));
	assembly_event(as);
	assert_false(holds(as->ev, "probe.name exists or probe.ret exists or probe.duration exists or probe.arg.fd exists"));
}

static void test_line(void **state)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = "%linx.type[value] %linx.probe.name %linx.probe.arg[port] %linx.probe.arg[count] %linx.args" };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };
	struct assembly *as = *state;

	assembly_format(as, LINX_FORMAT_LINE, &opts);
	hit(as, 0x11111, LINX_WHOLE);
	assert_string_equal(assembly_print(as), "(probe) (vfs_open) (443) (18446744073709551615) (path=/etc/passwd, port=443, "
						"sk->n=7, sk=TCP:[10.0.0.1:1->10.0.0.2:2], count=18446744073709551615, "
						"pointer=18446612682070036480)\n");
	record_exit(&as->r, 7, NR_READ, -2, ARGS(1, 2, 3));
	assembly_event(as);
	assert_string_equal(assembly_print(as), "(read) () () () (fd=1, buf=0x2, count=3)\n");
}

/* Numbers above INT64_MAX are in no sum, maximum or percentile, all of which are signed: they count as missing. */
static void test_columns(void **state)
{
	static const struct linx_column columns[] = {
		{ .kind = LINX_COLUMN_MAX, .field = "probe.arg.port" },
		{ .kind = LINX_COLUMN_MAX, .field = "probe.arg.count" },
		{ .kind = LINX_COLUMN_PERCENTILE, .field = "probe.arg.pointer", .percent = 50 },
	};
	const struct linx_aggregate_opts opts = { .size = sizeof(opts), .columns = columns, .ncolumns = ARRAY_SIZE(columns) };
	struct assembly *as = *state;
	struct linx_aggregate *a;
	struct linx_cell cell;

	assert_int_equal(linx_aggregate_new(&opts, &a, NULL), 0);
	hit(as, 0x11111, LINX_WHOLE);
	assert_int_equal(linx_aggregate_add(a, as->ev), 0);
	assert_int_equal(linx_aggregate_sort(a, &(struct linx_aggregate_sorting){ .size = sizeof(struct linx_aggregate_sorting) }), 1);
	assert_int_equal(linx_aggregate_get_cell(a, 0, 0, &cell), 0);
	assert_int_equal(cell.num, 443);
	for (unsigned int i = 1; i < ARRAY_SIZE(columns); i++) {
		assert_int_equal(linx_aggregate_get_cell(a, 0, i, &cell), 0);
		assert_int_equal(cell.type, LINX_CELL_NONE);
		assert_int_equal(linx_aggregate_get_missing(a, i), 1);
	}
	linx_aggregate_free(a);
}

static int setup(void **state)
{
	(void)state;
	return linx_protos_parse(&protos, list, strlen(list), NULL);
}

static int teardown(void **state)
{
	(void)state;
	linx_protos_free(&protos);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(test_fields), ASSEMBLY_TEST(test_not_whole), ASSEMBLY_TEST(test_call), ASSEMBLY_TEST(test_line), ASSEMBLY_TEST(test_columns),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
