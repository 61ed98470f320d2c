/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inline part of capture/user_mem.c, for little memory that is present. Probe context; the caller has disabled page
 * faults. Where these functions fail, the slow path reads the memory.
 */
#ifndef LINX_KMOD_USER_MEM_FAST_H
#define LINX_KMOD_USER_MEM_FAST_H

#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/word-at-a-time.h>
#include "capture/user_mem.h"
#include "capture/encoder_check.h"
#include "compat/compat.h"
#include "table/table.h"

/*
 * Does the same as the kernel's has_zero(). The compiler may fail to inline that function, but no function may be
 * called between user_access_begin() and user_access_end().
 */
static __always_inline unsigned long linx_has_zero(unsigned long word, unsigned long *bits, const struct word_at_a_time *c)
{
	*bits = (word - c->one_bits) & ~word & c->high_bits;
	return *bits;
}

/* Does the same as linx_user_simple() for any size, not inlined. */
u8 *linx_user_large(u8 *p, u64 addr, u32 size);

/*
 * Reads size bytes of user memory to p, and pads them with zeroes to a whole word. size is below LINX_SIMPLE_MAX.
 * Returns the end; NULL: not all bytes are present. If the last bytes are less than a word, the word that ends with the
 * last byte is read, so that no memory behind that byte is touched.
 */
static __always_inline u8 *linx_user_simple(u8 *p, u64 addr, u32 size)
{
	const u8 __user *from = (const u8 __user *)addr;
	u32 rest = size & 15, low;
	long i = -(long)(size - rest);
	u8 *const to = p;
	u64 word;
	u8 byte;

	if (!linx_read_begin(from, LINX_SIMPLE_MAX))
		return linx_check_whole(LINX_READER_SIMPLE, to, addr, size, NULL);
	p -= i;
	from -= i;
	for (; i; i += 16) {
		unsafe_get_user(*(u64 *)(p + i), (u64 __user *)(from + i), fault);
		unsafe_get_user(*(u64 *)(p + i + 8), (u64 __user *)(from + i + 8), fault);
	}
	if (!rest)
		goto whole;
	if (rest & 8) {
		unsafe_get_user(*(u64 *)p, (u64 __user *)from, fault);
		p += 8;
		from += 8;
	}
	rest &= 7;
	if (rest) {
		if (likely(size >= 8)) {
			unsafe_get_user(word, (u64 __user *)(from + rest - 8), fault);
			word >>= -(8 * rest) & 63; /* the shift is 64 - 8 * rest, modulo 64 */
		} else {
			word = 0;
			if (rest & 4) {
				unsafe_get_user(low, (u32 __user *)from, fault);
				word = low;
			}
			for (i = rest & 4; i < rest; i++) {
				unsafe_get_user(byte, from + i, fault);
				word |= (u64)byte << 8 * i;
			}
		}
		*(u64 *)p = word;
		p += 8;
	}
whole:
	user_access_end();
	return linx_check_whole(LINX_READER_SIMPLE, to, addr, size, p);
fault:
	user_access_end();
	return linx_check_whole(LINX_READER_SIMPLE, to, addr, size, NULL);
}

/* Reads like linx_user_simple(); size is a multiple of 8, and small. */
static __always_inline u8 *linx_user_words(u8 *p, u64 addr, u64 size)
{
	const u8 __user *from = (const u8 __user *)addr;
	u64 i;

	if (!linx_read_begin(from, LINX_SIMPLE_MAX))
		return linx_check_whole(LINX_READER_WORDS, p, addr, size, NULL);
	if (likely(size)) /* mostly one word */
		unsafe_get_user(*(u64 *)p, (u64 __user *)from, fault);
	for (i = 8; i < size; i += 8)
		unsafe_get_user(*(u64 *)(p + i), (u64 __user *)(from + i), fault);
	user_access_end();
	return linx_check_whole(LINX_READER_WORDS, p, addr, size, p + size);
fault:
	user_access_end();
	return linx_check_whole(LINX_READER_WORDS, p, addr, size, NULL);
}

/* Reads like linx_user_simple(), for any size. From LINX_SIMPLE_MAX on, the architecture's own copy is faster. */
static __always_inline u8 *linx_user_whole(u8 *p, u64 addr, u32 size)
{
	return likely(size < LINX_SIMPLE_MAX) ? linx_user_simple(p, addr, size) : linx_user_large(p, addr, size);
}

/*
 * Reads a string to p by words, if it ends within max bytes and within the page where it begins. Pads the last word
 * with zeroes. Returns the length; below zero: the string does not end in these bytes, or cannot be read. The room at p
 * is max bytes and a word.
 */
static __always_inline long linx_user_text(u8 *p, u64 addr, u32 max)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	const u8 __user *from = (const u8 __user *)addr;
	long i, end = PAGE_SIZE - offset_in_page(addr);
	unsigned long word, bits;

	if (!linx_read_begin(from, end))
		return -1;
	end = min_t(long, end - 7, max);
	for (i = 0; i < end; i += 8) {
		unsafe_get_user(word, (unsigned long __user *)(from + i), fault);
		if (linx_has_zero(word, &bits, &constants)) {
			user_access_end();
			bits = create_zero_mask(prep_zero_mask(word, bits, &constants));
			*(unsigned long *)(p + i) = word & zero_bytemask(bits);
			return linx_check_str(p, addr, max, i + find_zero(bits));
		}
		*(unsigned long *)(p + i) = word;
	}
fault:
	user_access_end();
	return -1;
}

#endif
