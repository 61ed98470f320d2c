// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captured values: nothing beyond a record is read, and a truncated value never counts as whole. */
#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 100

static void begin_write(struct assembly *as)
{
	record_exit(&as->r, TID, NR_WRITE, 5, ARGS(1, 0x1000, 5));
}

static const struct linx_value *value_of(struct assembly *as)
{
	return &assembly_event(as)->in[1];
}

static void every_state_is_passed_on(void **state)
{
	struct assembly *as = *state;

	for (uint8_t s = LINX_WHOLE; s <= LINX_ABSENT; s++) {
		begin_write(as);
		record_val(&as->r, 1, LINX_VAL_BYTES, s, "hello", 5, 5);
		assert_int_equal(value_of(as)->state, s);
		assert_int_equal(as->ev->in[1].size, s >= LINX_UNAVAILABLE ? 0 : 5);
	}
}

static void unknown_states_and_kinds_are_unavailable(void **state)
{
	struct assembly *as = *state;
	static const struct {
		uint8_t kind, state;
	} bad[] = { { 1, 0 }, { 1, 7 }, { 0, 1 }, { 30, 1 }, { 31, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin_write(as);
		record_val(&as->r, 1, bad[i].kind, bad[i].state, "hello", 5, 5);
		assert_int_equal(value_of(as)->state, LINX_UNAVAILABLE);
		assert_int_equal(as->ev->in[1].size, 0);
	}
}

static void a_value_beyond_the_record_is_unavailable(void **state)
{
	struct assembly *as = *state;
	struct linx_val *v;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "hello", 5, 5);
	v = (struct linx_val *)((uint8_t *)as->r.words + as->r.len - 16);
	v->size = 9;
	assert_int_equal(value_of(as)->state, LINX_UNAVAILABLE);
	v->size = 65535;
	assert_int_equal(value_of(as)->state, LINX_UNAVAILABLE);
}

static void more_values_than_there_are(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "hello", 5, 5);
	record_head(&as->r)->nvals = 255;
	assert_int_equal(value_of(as)->state, LINX_WHOLE);
	/* The header of the value does not fit into the record any more. */
	record_head(&as->r)->words -= 2;
	as->r.len -= 16;
	assert_int_equal(value_of(as)->state, 0);
}

static void fields_without_a_place_are_skipped(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_val(&as->r, 200, LINX_VAL_BYTES, LINX_WHOLE, "beyond", 6, 6);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "hello", 5, 5);
	assert_memory_equal(value_of(as)->data, "hello", 5);
}

static void less_than_the_original_is_truncated(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "hello", 5, 6);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
}

static void more_arguments_than_fit(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_head(&as->r)->nargs = 7;
	assembly_event(as);
	assert_int_equal(as->ev->nargs, 0);
	assert_false(as->ev->has_ret);
	/* The record has seven arguments. The library uses the first six. */
	record_exit(&as->r, TID, NR_WRITE, 5, ARGS(1, 2, 3, 4, 5, 6, 7));
	assembly_event(as);
	assert_int_equal(as->ev->nargs, 6);
	assert_int_equal(as->ev->ret, 5);
}

static void entry_time_needs_its_place(void **state)
{
	struct assembly *as = *state;

	as->r.flags = LINX_RF_ENTRY_TIME;
	begin_write(as);
	assembly_event(as);
	assert_false(as->ev->has_entry_time);
	assert_int_equal(as->ev->nargs, 0);
}

static void pieces_are_joined(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "one ", 4, 13);
	record_piece(&as->r, 1, 4, "two three", 9);
	assert_int_equal(value_of(as)->state, LINX_WHOLE);
	assert_int_equal(as->ev->in[1].size, 13);
	assert_memory_equal(as->ev->in[1].data, "one two three", 13);
}

static void a_missing_piece_cuts(void **state)
{
	struct assembly *as = *state;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "one ", 4, 17);
	record_piece(&as->r, 1, 4, "two ", 4);
	record_piece(&as->r, 1, 12, "five", 4);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
	assert_int_equal(as->ev->in[1].size, 8);
	assert_memory_equal(as->ev->in[1].data, "one two ", 8);
}

static void pieces_of_nothing_are_ignored(void **state)
{
	struct assembly *as = *state;
	struct linx_rec *piece;

	begin_write(as);
	record_piece(&as->r, 1, 0, "stray", 5);
	assert_int_equal(value_of(as)->state, 0);
	/* A piece claims more bytes than it has. */
	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "one ", 4, 8);
	piece = (struct linx_rec *)((uint8_t *)as->r.words + as->r.len);
	record_piece(&as->r, 1, 4, "two ", 4);
	((struct linx_piece *)(piece + 1))->size = 60000;
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
	assert_int_equal(as->ev->in[1].size, 4);
}

static void put_strv(struct assembly *as, uint32_t count, uint32_t stored, const char *text,
		     size_t size)
{
	uint8_t bytes[64];
	struct linx_strv head = { count, stored, 0 };

	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), text, size);
	/* ends the pending exec of an earlier call of this function */
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(1, 2, 3));
	assembly_event(as);
	record_enter(&as->r, TID, NR_EXECVE, ARGS(1, 2, 3));
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_WHOLE, bytes, sizeof(head) + size, (uint32_t)(sizeof(head) + size));
	linx_assembler_entries(as->a, true);
}

static void vectors_are_whole_only_with_all_strings(void **state)
{
	struct assembly *as = *state;

	put_strv(as, 2, 2, "a\0b", 4);
	assert_int_equal(value_of(as)->state, LINX_WHOLE);
	put_strv(as, 3, 2, "a\0b", 4);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
	put_strv(as, 3, 3, "a\0b", 4);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
	put_strv(as, 2, 2, "a\0b", 3);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
	put_strv(as, 0, 0, "", 0);
	assert_int_equal(value_of(as)->state, LINX_WHOLE);
	put_strv(as, UINT32_MAX, UINT32_MAX, "a\0b", 4);
	assert_int_equal(value_of(as)->state, LINX_TRUNCATED);
}

static void a_vector_without_its_head_is_unavailable(void **state)
{
	struct assembly *as = *state;

	linx_assembler_entries(as->a, true);
	record_enter(&as->r, TID, NR_EXECVE, ARGS(1, 2, 3));
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_WHOLE, "abc", 3, 3);
	assert_int_equal(value_of(as)->state, LINX_UNAVAILABLE);
}

static void public_accessors_return_the_same(void **state)
{
	struct assembly *as = *state;
	struct linx_value v;
	uint64_t arg;
	int64_t ret;

	begin_write(as);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "hello", 5, 5);
	assembly_event(as);
	assert_int_equal(linx_event_get_value(as->ev, 1, &v), 0);
	assert_int_equal(v.size, 5);
	assert_int_equal(linx_event_get_value(as->ev, 0, &v), -ENODATA);
	assert_int_equal(linx_event_get_value(as->ev, 999, &v), -ENODATA);
	assert_int_equal(linx_event_get_value(as->ev, LINX_FIELD_EXE, &v), -ENODATA);
	assert_int_equal(linx_event_get_arg(as->ev, 2, &arg), 0);
	assert_int_equal(arg, 5);
	assert_int_equal(linx_event_get_arg(as->ev, 3, &arg), -EINVAL);
	assert_int_equal(linx_event_get_ret(as->ev, &ret), 0);
	assert_int_equal(ret, 5);
	assert_string_equal(linx_event_get_name(as->ev), "write");
	assert_null(linx_event_get_comm(as->ev));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(every_state_is_passed_on),
		ASSEMBLY_TEST(unknown_states_and_kinds_are_unavailable),
		ASSEMBLY_TEST(a_value_beyond_the_record_is_unavailable),
		ASSEMBLY_TEST(more_values_than_there_are),
		ASSEMBLY_TEST(fields_without_a_place_are_skipped),
		ASSEMBLY_TEST(less_than_the_original_is_truncated),
		ASSEMBLY_TEST(more_arguments_than_fit),
		ASSEMBLY_TEST(entry_time_needs_its_place),
		ASSEMBLY_TEST(pieces_are_joined),
		ASSEMBLY_TEST(a_missing_piece_cuts),
		ASSEMBLY_TEST(pieces_of_nothing_are_ignored),
		ASSEMBLY_TEST(vectors_are_whole_only_with_all_strings),
		ASSEMBLY_TEST(a_vector_without_its_head_is_unavailable),
		ASSEMBLY_TEST(public_accessors_return_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
