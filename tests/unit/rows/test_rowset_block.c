// SPDX-License-Identifier: LGPL-2.1-or-later
/* Packed blocks: unpacking returns the packed rows, and damaged or false blocks are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <zstd.h>

#include <linx/rowset.h>

#define ROWS 300u

static struct linx_rowset *new_set(enum linx_rowset_format format)
{
	const struct linx_rowset_opts opts = { .size = sizeof(opts), .format = format };
	struct linx_rowset *set;

	assert_int_equal(linx_rowset_new(&opts, &set), 0);
	return set;
}

static void add_note(struct linx_rowset *set, unsigned int i)
{
	char args[64];
	const struct linx_rowset_note note = { .size = sizeof(note), .kind = LINX_EVENT_GAP, .placed = i % 3, .cpu = i % 4, .part = i % 2,
					       .session = 77, .seq = i, .time_ns = 1000 + i, .machine = "web-1", .args = args };

	snprintf(args, sizeof(args), "{\"lost\":%u}", i % 7 ? i : 3);
	assert_int_equal(linx_rowset_add_note(set, &note), 0);
}

/* Makes a packed block; the caller frees it. */
static char *make_block(size_t *len)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_PACKED);
	struct linx_rowset_end end;
	char *copy;

	for (unsigned int i = 0; i < ROWS; i++)
		add_note(set, i);
	assert_int_equal(linx_rowset_make(set, &end), 0);
	copy = malloc(end.len);
	memcpy(copy, end.data, end.len);
	*len = end.len;
	linx_rowset_free(set);
	return copy;
}

static const struct linx_rowset_block want = { .size = sizeof(want), .machine = "web-1", .session = 77, .from_ns = 1001, .to_ns = 1000 + ROWS - 1, .rows = ROWS };

static void test_rows_come_through(void **state)
{
	struct linx_rowset *direct = new_set(LINX_ROWSET_NATIVE), *carried = new_set(LINX_ROWSET_NATIVE);
	struct linx_rowset_end a, b;
	size_t len;
	char *block = make_block(&len);

	(void)state;
	for (unsigned int i = 0; i < ROWS; i++)
		add_note(direct, i);
	assert_int_equal(linx_rowset_add_block(carried, &want, block, len), 0);
	assert_int_equal(linx_rowset_get_pending(carried), ROWS);
	assert_int_equal(linx_rowset_make(direct, &a), 0);
	assert_int_equal(linx_rowset_make(carried, &b), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	linx_rowset_free(direct);
	linx_rowset_free(carried);
	free(block);
}

static void test_lies_are_refused(void **state)
{
	struct linx_rowset_block lies[] = { want, want, want, want, want, want };
	struct linx_rowset *set = new_set(LINX_ROWSET_PARQUET);
	size_t len;
	char *block = make_block(&len);

	(void)state;
	lies[0].machine = "web-2";
	lies[1].machine = "web-";
	lies[2].session = 78;
	lies[3].from_ns = 1002;
	lies[4].to_ns -= 1;
	lies[5].rows -= 1;
	for (unsigned int i = 0; i < 6; i++)
		assert_int_equal(linx_rowset_add_block(set, &lies[i], block, len), -EBADMSG);
	lies[0].rows = LINX_ROWSET_GROUP + 1;
	assert_int_equal(linx_rowset_add_block(set, &lies[0], block, len), -EINVAL);
	assert_int_equal(linx_rowset_get_pending(set), 0);
	assert_int_equal(linx_rowset_add_block(set, &want, block, len), 0);
	linx_rowset_free(set);
	free(block);
}

/* Compresses any bytes, which need not be a valid block. */
static size_t pack(char *to, size_t room, const void *data, size_t len)
{
	size_t n = ZSTD_compress(to, room, data, len, 1);

	assert_false(ZSTD_isError(n));
	return n;
}

/* Unpacks the two frames of a block; the caller frees the result. *counts: bytes of the first one. */
static char *unpack(const char *block, size_t len, size_t *plain, size_t *counts)
{
	size_t first = ZSTD_findFrameCompressedSize(block, len), columns;
	char *raw;

	assert_true(first < len && ZSTD_findFrameCompressedSize(block + first, len - first) == len - first);
	*counts = (size_t)ZSTD_getFrameContentSize(block, first);
	columns = (size_t)ZSTD_getFrameContentSize(block + first, len - first);
	*plain = *counts + columns;
	raw = malloc(*plain);
	assert_int_equal(ZSTD_decompress(raw, *counts, block, first), *counts);
	assert_int_equal(ZSTD_decompress(raw + *counts, columns, block + first, len - first), columns);
	return raw;
}

/* Every byte of the block is changed, and the block is cut at every length: nothing is read outside, and few changes are valid. */
static void test_damage_is_refused(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_NATIVE);
	struct linx_rowset_end end;
	size_t len, plain, counts, room, taken = 0;
	char *block = make_block(&len), *raw = unpack(block, len, &plain, &counts), *packed;

	(void)state;
	room = ZSTD_compressBound(plain);
	packed = malloc(room);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(linx_rowset_add_block(set, &want, block, i), -EBADMSG);
	for (size_t i = 0; i < plain; i++) {
		char was = raw[i];

		raw[i] ^= (char)(1 << i % 8);
		if (!linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, plain))) {
			taken++;
			/* a block that is taken was understood: its rows make the same block again */
			assert_int_equal(linx_rowset_make(set, &end), 0);
			assert_int_equal(end.len, plain);
			assert_memory_equal(end.data, raw, plain);
		}
		raw[i] = was;
		linx_rowset_clear(set);
		if (i % 16 == 0)
			assert_int_equal(linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, i + 1 < plain ? i + 1 : i)), -EBADMSG);
	}
	/*
	 * Some damaged blocks are valid, since a changed number or letter is only another value. Most are refused,
	 * since names, types, lengths, machine, session and marks of null are checked.
	 */
	assert_true(taken > 0 && taken < plain * 3 / 4);
	linx_rowset_free(set);
	free(block);
	free(raw);
	free(packed);
}

/* Checks a block of two frames, which are raw[0, at) and raw[at, plain), in memory of "room" bytes. */
static int check_divided(struct linx_rowset *set, const char *raw, size_t plain, size_t at, size_t room, struct linx_rowset_native *out)
{
	char *packed = malloc(2 * room);
	size_t n = pack(packed, room, raw, at);
	int ret;

	n += pack(packed + n, room, raw + at, plain - at);
	ret = linx_rowset_check_block(set, &want, packed, n, out);
	if (!ret && out->packed)
		assert_int_equal((const char *)out->packed - packed + (ptrdiff_t)out->packed_len, n);
	free(packed);
	return ret;
}

/*
 * A block is checked without being added. Its columns can be passed on as they were packed, if they have a frame of their
 * own. A block of one frame, as earlier versions have made them, and a block that is divided elsewhere have the columns
 * unpacked alone.
 */
static void test_columns_are_passed_on(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_NATIVE);
	struct linx_rowset_block lie = want;
	struct linx_rowset_native out;
	size_t len, plain, counts, room;
	char *block = make_block(&len), *raw = unpack(block, len, &plain, &counts), *packed;

	(void)state;
	room = ZSTD_compressBound(plain);
	packed = malloc(room);
	assert_int_equal(linx_rowset_check_block(set, &want, block, len, &out), 0);
	assert_int_equal(out.columns, (uint8_t)raw[0]);
	assert_int_equal(out.len, plain - counts);
	assert_memory_equal(out.data, raw + counts, out.len);
	assert_ptr_equal((const char *)out.packed + out.packed_len, block + len);
	assert_int_equal(ZSTD_getFrameContentSize(out.packed, out.packed_len), out.len);
	assert_int_equal(linx_rowset_check_block(set, &want, packed, pack(packed, room, raw, plain), &out), 0);
	assert_null(out.packed);
	assert_int_equal(out.len, plain - counts);
	assert_memory_equal(out.data, raw + counts, out.len);
	for (size_t at = 1; at < counts + 40; at++) {
		assert_int_equal(check_divided(set, raw, plain, at, room, &out), 0);
		assert_int_equal(out.packed != NULL, at == counts);
	}
	lie.session = 78;
	assert_int_equal(linx_rowset_check_block(set, &lie, block, len, &out), -EBADMSG);
	assert_int_equal(linx_rowset_check_block(set, &want, block, len - 1, &out), -EBADMSG);
	assert_int_equal(linx_rowset_get_pending(set), 0);
	linx_rowset_free(set);
	free(block);
	free(raw);
	free(packed);
}

/*
 * Makes a frame of one block that is not compressed, at most 128 KiB: magic number, descriptor (a content size of 4 bytes,
 * and a window), the logarithm of the window, content size, and the head of the block, which is the last one.
 */
static size_t frame_with_window(char *to, unsigned int log, const char *data, size_t len)
{
	const uint32_t magic = ZSTD_MAGICNUMBER, size = (uint32_t)len, head = size << 3 | 1;

	memcpy(to, &magic, 4);
	to[4] = (char)(2 << 6);
	to[5] = (char)((log - 10) << 3);
	memcpy(to + 6, &size, 4);
	memcpy(to + 10, &head, 3);
	memcpy(to + 13, data, len);
	return 13 + len;
}

/* A frame that asks for a window of 128 MiB is refused, since readers do not make it, and so is a third frame. */
static void test_frames_that_others_do_not_read(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_NATIVE);
	size_t len, plain, counts, room, n = 0;
	char *block = make_block(&len), *raw = unpack(block, len, &plain, &counts), *packed;
	struct linx_rowset_native out;

	(void)state;
	assert_true(plain < 128u << 10);
	room = ZSTD_compressBound(plain) * 3;
	packed = malloc(room);
	n = frame_with_window(packed, 26, raw, plain);
	assert_int_equal(linx_rowset_check_block(set, &want, packed, n, &out), 0);
	n = frame_with_window(packed, 27, raw, plain);
	assert_int_equal(linx_rowset_check_block(set, &want, packed, n, &out), -EBADMSG);
	n = 0;
	for (size_t at = 0; at < 3; at++)
		n += pack(packed + n, room - n, raw + at, at < 2 ? 1 : plain - 2);
	assert_int_equal(linx_rowset_check_block(set, &want, packed, n, &out), -EBADMSG);
	linx_rowset_free(set);
	free(block);
	free(raw);
	free(packed);
}

/* Reads a length of Native at *at; here each is below 128. */
static size_t take_len(const char *raw, size_t *at)
{
	return (uint8_t)raw[(*at)++];
}

/*
 * Cuts the columns of pods off a block of Native, as an earlier version made it. They are the last ones, and in rows of
 * notes they have no values, which are a mark and an empty text each.
 */
static size_t cut_columns_of_pods(char *raw, size_t len)
{
	static const char *const names[] = { "labels", "workload", "workload_kind", "pod", "namespace", "container_name" };

	for (unsigned int i = 0; i < 6; i++) {
		size_t at;

		len -= 2 + strlen(names[i]) + strlen("Nullable(String)") + 2 * (size_t)ROWS;
		at = len;
		assert_int_equal(take_len(raw, &at), strlen(names[i]));
		assert_memory_equal(raw + at, names[i], strlen(names[i]));
	}
	raw[0] = (char)(raw[0] - 6);
	return len;
}

/* A block without the columns of pods is taken, and one with another number of columns is not. */
static void test_blocks_of_an_earlier_version(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_NATIVE);
	size_t len, plain, counts, old, room;
	char *block = make_block(&len), *raw = unpack(block, len, &plain, &counts), *whole = malloc(plain), *packed;
	struct linx_rowset_native out;
	struct linx_rowset_end end;

	(void)state;
	room = ZSTD_compressBound(plain);
	packed = malloc(room);
	memcpy(whole, raw, plain);
	old = cut_columns_of_pods(raw, plain);
	/* the missing columns are added, so that the block has those of this version */
	assert_int_equal(check_divided(set, raw, old, counts, room, &out), 0);
	assert_null(out.packed);
	assert_int_equal(out.columns, (uint8_t)whole[0]);
	assert_int_equal(out.len, plain - counts);
	assert_memory_equal(out.data, whole + counts, out.len);
	free(whole);
	assert_int_equal(linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, old)), 0);
	assert_int_equal(linx_rowset_make(set, &end), 0);
	assert_int_equal(end.len, plain);
	raw[0]--;
	assert_int_equal(linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, old)), -EBADMSG);
	raw[0] = (char)(raw[0] + 2);
	assert_int_equal(linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, old)), -EBADMSG);
	raw[0] = (char)(raw[0] + 5); /* all columns are named, and the last ones are missing */
	assert_int_equal(linx_rowset_add_block(set, &want, packed, pack(packed, room, raw, old)), -EBADMSG);
	linx_rowset_free(set);
	free(block);
	free(raw);
	free(packed);
}

static void test_bombs_are_refused(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_PARQUET);
	size_t len = (size_t)LINX_ROWSET_BLOCK_MAX + 1, room = ZSTD_compressBound(len), n;
	char *zero = calloc(1, len), *packed = malloc(room);

	(void)state;
	n = pack(packed, room, zero, len);
	assert_int_equal(linx_rowset_add_block(set, &want, packed, n), -EBADMSG);
	linx_rowset_free(set);
	free(zero);
	free(packed);
}

/* Makes a packed block of n rows, each with the same text: "letter", len times. The caller frees the block. */
static char *make_long_block(uint32_t n, size_t len, char letter, size_t *packed)
{
	struct linx_rowset_note note = { .size = sizeof(note), .kind = LINX_EVENT_GAP, .placed = true, .session = 77, .machine = "web-1" };
	struct linx_rowset *set = new_set(LINX_ROWSET_PACKED);
	char *text = malloc(len + 1), *copy;
	struct linx_rowset_end end;

	memset(text, letter, len);
	text[len] = '\0';
	note.args = text;
	for (uint32_t i = 0; i < n; i++) {
		note.seq = i;
		note.time_ns = 1001;
		assert_int_equal(linx_rowset_add_note(set, &note), 0);
	}
	/* the reported size counts a text in each row that has it, although the set stores equal texts once */
	assert_true(linx_rowset_get_bytes(set) >= n * len && linx_rowset_get_bytes(set) <= n * (len + 250));
	assert_int_equal(linx_rowset_make(set, &end), 0);
	copy = malloc(end.len);
	memcpy(copy, end.data, end.len);
	*packed = end.len;
	linx_rowset_free(set);
	free(text);
	return copy;
}

/*
 * Adds a block of "rows" rows. If the block does not fit, ends the row group, adds the block to a new one and returns
 * true.
 */
static bool add_to_file(struct linx_rowset *set, const char *block, size_t len, uint32_t rows)
{
	const struct linx_rowset_block long_want = { .size = sizeof(long_want), .machine = "web-1", .session = 77, .from_ns = 1001, .to_ns = 1001, .rows = rows };
	struct linx_rowset_end end;
	int ret = linx_rowset_add_block(set, &long_want, block, len);

	if (!ret)
		return false;
	assert_int_equal(ret, -ENOBUFS);
	assert_int_equal(linx_rowset_make(set, &end), 0);
	assert_int_equal(linx_rowset_get_pending(set), 0);
	assert_int_equal(linx_rowset_add_block(set, &long_want, block, len), 0);
	return true;
}

/* A block that does not fit into a row group any more ends the group, even if the group is not full. */
static void test_a_block_that_does_not_fit(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_PARQUET);
	size_t len, small_len;
	char *block = make_long_block(30000, 3, 'a', &len), *small = make_long_block(10, 3, 'a', &small_len);

	(void)state;
	assert_false(add_to_file(set, block, len, 30000));
	assert_false(add_to_file(set, small, small_len, 10));
	assert_false(add_to_file(set, block, len, 30000));
	assert_true(add_to_file(set, block, len, 30000));
	assert_false(add_to_file(set, small, small_len, 10));
	assert_int_equal(linx_rowset_get_pending(set), 30010);
	assert_int_equal(linx_rowset_get_count(set), 90020);
	linx_rowset_free(set);
	free(block);
	free(small);
}

/*
 * Blocks of a few kilobytes unpack to many megabytes of equal texts. A row group is limited to the size of one block.
 */
static void test_blocks_that_unpack_well(void **state)
{
	struct linx_rowset *set = new_set(LINX_ROWSET_PARQUET);
	size_t len, other_len, size = 1000000;
	char *block = make_long_block(31, size, 'a', &len), *other = make_long_block(1, 600000, 'b', &other_len);
	unsigned int ended = 0;

	(void)state;
	for (unsigned int i = 0; i < 9; i++) {
		ended += add_to_file(set, block, len, 31);
		assert_true(linx_rowset_get_pending(set) * size <= LINX_ROWSET_BLOCK_MAX);
	}
	assert_int_equal(ended, 2);
	/* both texts together are longer than DICTIONARY_MAX, so the dictionary of their column is given up */
	add_to_file(set, other, other_len, 1);
	add_to_file(set, other, other_len, 1);
	assert_int_equal(linx_rowset_get_count(set), 9 * 31 + 2);
	linx_rowset_free(set);
	free(block);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_come_through),
		cmocka_unit_test(test_lies_are_refused),
		cmocka_unit_test(test_damage_is_refused),
		cmocka_unit_test(test_columns_are_passed_on),
		cmocka_unit_test(test_frames_that_others_do_not_read),
		cmocka_unit_test(test_blocks_of_an_earlier_version),
		cmocka_unit_test(test_bombs_are_refused),
		cmocka_unit_test(test_a_block_that_does_not_fit),
		cmocka_unit_test(test_blocks_that_unpack_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
