// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The reader's position is written by a reader that may be hostile: it can be any number at any time. The position that
 * the producer accepts from it never decreases, never exceeds the committed position, and never frees space that the
 * reader has not released.
 */
#include "kmod/shared/ring_proto.h"
#include "tests/model/check.h"

static __u64 seed = 88172645463325252ull;

static __u64 any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

/* Returns a random number. Numbers near a, near b and near the ends of the range come more often than by chance. */
static __u64 any_near(__u64 a, __u64 b)
{
	__u64 off = any() % 33 - 16;

	switch (any() % 6) {
	case 0:
		return a + off;
	case 1:
		return b + off;
	case 2:
		return off;
	case 3:
		return a + any() % (b - a + 1);
	case 4:
		return a + (1ull << (any() % 64)) + off;
	default:
		return any();
	}
}

static void one_clamp(__u64 believed, __u64 committed, __u64 claimed)
{
	__u64 got = linx_pos_clamp(believed, committed, claimed);
	bool within = claimed - believed <= committed - believed;

	CHECK(got == (within ? claimed : believed));
	CHECK(got - believed <= committed - believed);
	CHECK(linx_pos_clamp(got, committed, got) == got);
}

/* Tries all combinations of numbers in a small range, at any place among the 64-bit numbers. */
static void small_circle(void)
{
	static const __u64 origins[] = { 0, 1ull << 32, 1ull << 63, -16ull };

	for (size_t o = 0; o < 4; o++)
		for (__u64 b = 0; b < 32; b++)
			for (__u64 c = b; c < 32; c++)
				for (__u64 x = 0; x < 64; x++)
					one_clamp(origins[o] + b, origins[o] + c,
						  origins[o] + x - 16);
}

static void room(void)
{
	for (int i = 0; i < 1000000; i++) {
		__u64 size = 1ull << (12 + any() % 20), tail = any(), used = any() % (size + 1),
		      keep = any() % size;
		__u64 free_bytes = linx_ring_room(size, tail + used, tail, keep);

		CHECK(free_bytes <= size);
		CHECK(free_bytes == (used + keep < size ? size - used - keep : 0));
	}
}

/*
 * A producer that works like the module's. Each byte of the ring stores the position for which it was written. It may
 * be overwritten only after the reader has released it, by a position within the allowed range.
 */
#define SIZE 256u

static void writes_over(void)
{
	static __u64 holds[SIZE];
	__u64 head = -4096ull, believed = head, given = head;

	for (int i = 0; i < 2000000; i++) {
		__u64 claimed = any_near(believed, head), len = 8 + any() % 8 * 8;

		if (claimed - given <= head - given)
			given = claimed; /* the greatest position that the reader has released */
		believed = linx_pos_clamp(believed, head, claimed);
		CHECK(given == believed);
		CHECK(head - believed <= SIZE);
		if (len > linx_ring_room(SIZE, head, believed, any() % 64))
			continue;
		for (__u64 n = 0; n < len; n++) {
			/* position for which the byte was written, plus 1; 0: not written yet */
			__u64 *held = &holds[(head + n) % SIZE];

			CHECK(!*held || *held - 1 - believed >= head - believed);
			*held = head + n + 1;
		}
		head += len;
	}
}

static void records(void)
{
	struct linx_rec rec = { 0 };

	for (__u64 len = 0; len < 8 << 13; len += 8)
		for (__u64 avail = 0; avail < 200; avail += 8) {
			rec.words = (__u32)len / 8;
			CHECK(linx_rec_fits(&rec, avail) ==
			      (len >= 24 && len <= LINX_REC_MAX && len <= avail));
			CHECK(linx_rec_fits(&rec, len) ==
			      (len >= 24 && len <= LINX_REC_MAX));
		}
	CHECK(linx_rec_limit(8192) == 4096);
	CHECK(linx_rec_limit(1 << 20) == LINX_REC_MAX);
}

int main(void)
{
	small_circle();
	for (int i = 0; i < 5000000; i++) {
		__u64 believed = any_near(0, 1),
		      committed = believed + any() % (1ull << (any() % 64));

		one_clamp(believed, committed, any_near(believed, committed));
	}
	room();
	writes_over();
	records();
	return EXIT_SUCCESS;
}
