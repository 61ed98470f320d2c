// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests the marks of incomplete values in JSON. Such a value has its state beside it, and the state is in the flags of
 * the event. No whole value has a mark.
 */
#include <cjson/cJSON.h>
#include "assembly.h"

#define TID 100

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void call(struct assembly *as, int nr, int64_t ret, unsigned int nargs, const uint64_t *args)
{
	record_exit(&as->r, TID, nr, ret, nargs, args);
}

/* Feeds the prepared record. Its line has to contain the text "part". */
static void expect(struct assembly *as, const char *part)
{
	cJSON *json;

	if (as->r.len)
		assembly_event(as);
	assembly_print(as);
	json = cJSON_Parse(as->text);
	assert_non_null(json);
	cJSON_Delete(json);
	if (!strstr(as->text, part))
		fail_msg("%s\nis not in\n%s", part, as->text);
}

static void lacks(const struct assembly *as, const char *part)
{
	if (strstr(as->text, part))
		fail_msg("%s\nis in\n%s", part, as->text);
}

/* Feeds a bind() to an address of n bytes, of which only the first "kept" are captured. */
static void bind_to(struct assembly *as, const void *addr, uint32_t kept, uint32_t n)
{
	call(as, 49, -22, ARGS(3, 0x1000, n));
	record_val(&as->r, 1, LINX_VAL_BYTES, kept < n ? LINX_TRUNCATED : LINX_WHOLE, addr, kept, n);
}

static void a_cut_address_says_so(void **state)
{
	struct assembly *as = *state;
	uint8_t addr[128] = { 77 };

	bind_to(as, addr, 128, 1000); /* longer than any address */
	expect(as, "\"state\":\"truncated\",\"len\":1000}");
	expect(as, "\"flags\":[\"truncated\"]");
	addr[0] = 1;
	addr[2] = '/';
	bind_to(as, addr, 128, 200);
	expect(as, "\"umyaddr\":{\"family\":\"AF_UNIX\",\"path\":\"/\",\"state\":\"truncated\",\"len\":200}");
	bind_to(as, addr, 128, 128);
	expect(as, "\"path\":\"/\"}");
	expect(as, "\"flags\":[]");
}

/* An address whose own bytes claim a greater length than the call passed is not marked as truncated. */
static void an_address_that_promises_more_is_whole(void **state)
{
	struct assembly *as = *state;
	uint8_t packet[20] = { 17 }, ax25[16] = { 3 };

	packet[11] = 100;
	bind_to(as, packet, 20, 20);
	expect(as, "\"sll_addr\":[0,0,0,0,0,0,0,0]}");
	expect(as, "\"flags\":[]");
	ax25[12] = 3;
	bind_to(as, ax25, 16, 16);
	expect(as, "\"flags\":[]");
	lacks(as, "\"state\"");
	bind_to(as, packet, 20, 100);
	expect(as, "\"state\":\"truncated\",\"len\":100}");
	expect(as, "\"flags\":[\"truncated\"]");
}

static void a_full_place_has_its_last_byte(void **state)
{
	struct assembly *as = *state;
	uint8_t addr[88] = { 9 };

	memset(addr + 2, '7', 16);
	bind_to(as, addr, 18, 18);
	expect(as, "\"x25_addr\":\"7777777777777777\"");
	addr[0] = 38;
	memset(addr + 2, 'h', 14);
	memset(addr + 24, 'n', 64);
	bind_to(as, addr, 88, 88);
	expect(as, "\"salg_type\":\"hhhhhhhhhhhhhh\"");
	expect(as, "\"salg_name\":\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\"");
}

static void families_that_were_bytes(void **state)
{
	struct assembly *as = *state;
	const uint32_t tipc[] = { 30 | 2 << 16 | 3u << 24, 18888, 17, 0 };
	const uint8_t nl[12] = { 16, 0, 5, 0, 9 };

	bind_to(as, tipc, 16, 16);
	expect(as, "{\"family\":\"AF_TIPC\",\"addrtype\":{\"value\":2,\"text\":\"TIPC_SERVICE_ADDR\"},"
		   "\"scope\":{\"value\":3,\"text\":\"TIPC_NODE_SCOPE\"},\"type\":18888,\"instance\":17,\"domain\":0}");
	bind_to(as, nl, 12, 12);
	expect(as, "\"pad\":5,\"pid\":9,");
}

static void unreadable_memory_has_its_address(void **state)
{
	struct assembly *as = *state;

	call(as, NR_OPENAT, -14, ARGS(AT_FDCWD_ARG, 0xdead000, 0, 0));
	record_val(&as->r, 1, LINX_VAL_STR, LINX_UNREADABLE, "", 0, 0);
	expect(as, "\"filename\":{\"value\":null,\"state\":\"unreadable\",\"len\":null,\"addr\":233492480}");
	expect(as, "\"flags\":[\"unreadable\"]");
	call(as, NR_NANOSLEEP, -14, ARGS(0xdead000, 0));
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_UNREADABLE, "", 0, 16);
	expect(as, "\"rqtp\":{\"value\":null,\"state\":\"unreadable\",\"len\":null,\"addr\":233492480}");
}

static void numbers_have_their_sign(void **state)
{
	struct assembly *as = *state;

	call(as, 140, -22, ARGS(UINT32_MAX, 0)); /* getpriority */
	expect(as, "\"which\":-1,");
	call(as, 41, -22, ARGS((uint64_t)-2, 1, UINT32_MAX)); /* socket */
	expect(as, "\"family\":-2,");
	expect(as, "\"protocol\":-1}");
	call(as, 41, -22, ARGS(2, 1, UINT32_MAX));
	expect(as, "\"protocol\":-1}");
}

static void names_are_names(void **state)
{
	struct assembly *as = *state;

	call(as, 29, 5, ARGS(0, 4096, 01600)); /* shmget */
	expect(as, "{\"value\":896,\"names\":[\"IPC_CREAT\"]}");
	call(as, NR_MMAP, -22, ARGS(0, 4096, 3, 0x40022 | 21u << 26, UINT64_MAX, 0));
	expect(as, "\"MAP_HUGETLB\"]}");
}

/*
 * Some calls take an offset in two arguments. The argument with the lower half is shown as the whole offset, and the
 * one with the upper half as the content of its register.
 */
static void halves_are_there(void **state)
{
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	call(as, 180, 0, ARGS(3, 0x1000, 0, 5, 1));
	expect(as, "\"poslo\":4294967301,\"poshi\":1}");
}

static void a_set_that_stays_is_there_once(void **state)
{
	struct assembly *as = *state;
	const uint64_t set = 1 << 3, none = 0;

	for (unsigned int k = 0; k < 2; k++) {
		record_enter(&as->r, TID, 23, ARGS(4, 0x1000, 0, 0, 0));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
		assert_null(assembly_feed(as));
		call(as, 23, 1, ARGS(4, 0x1000, 0, 0, 0));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, k ? &none : &set, 8, 8);
		expect(as, k ? "\"inp\":{\"before\":[3],\"after\":[]}" : "\"inp\":[3],");
	}
}

/*
 * After a loss the recorded entry may belong to another exec. The file name is shown without a mark nevertheless,
 * because the EXEC record has the name that the exec itself copied.
 */
static void exec_shows_its_file(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "true");

	as->r.time = 100;
	record_enter(&as->r, TID, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	record_str(&as->r, 0, "/bin/true");
	assert_null(assembly_feed(as));
	linx_assembler_lost(as->a, 1000, false);
	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	record_str(&as->r, LINX_FIELD_FILENAME, "/bin/true");
	assembly_event(as);
	as->r.flags = LINX_RF_ARGS_GONE;
	call(as, NR_EXECVE, 0, ARGS(0, 0, 0));
	expect(as, "\"filename\":\"/bin/true\"");
}

/*
 * A worker thread of io_uring starts without a FORK record. The event of its end shows the thread's name nevertheless.
 */
static void a_task_never_announced_has_a_name_at_its_end(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(777, TID, 42, "iou-wrk-100");

	record_context(&as->r, LINX_REC_TASK_EXIT, 777, &ctx);
	expect(as, "\"ppid\":42,\"uid\":");
	expect(as, "\"comm\":\"iou-wrk-100\",\"exe\":null,\"cmdline\":null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cut_address_says_so),
		TEST(an_address_that_promises_more_is_whole),
		TEST(a_full_place_has_its_last_byte),
		TEST(families_that_were_bytes),
		TEST(unreadable_memory_has_its_address),
		TEST(numbers_have_their_sign),
		TEST(names_are_names),
		TEST(halves_are_there),
		TEST(a_set_that_stays_is_there_once),
		TEST(exec_shows_its_file),
		TEST(a_task_never_announced_has_a_name_at_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
