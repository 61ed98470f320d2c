/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path and the general encoder write the same bytes. A module that is
 * built for tests with LINX_BOTH_ENCODERS=1 sees to it: each record of the fast
 * path is written a second time by the general encoder before it is published,
 * and the two are compared byte by byte. encoder_check.c
 *
 * In every other build all of this is empty, and not an instruction differs.
 */
#ifndef LINX_KMOD_ENCODER_CHECK_H
#define LINX_KMOD_ENCODER_CHECK_H

#include <linux/types.h>

struct bpf_prog;
struct linx_ring;
struct linx_session;

/* Readers that give all bytes or none. */
enum linx_check_reader {
	LINX_READER_GENERAL, /* linx_user_read(), which may get less */
	LINX_READER_SIMPLE,
	LINX_READER_WORDS,
	LINX_READER_LARGE,
};

#ifdef LINX_BOTH_ENCODERS
#define LINX_CHECKS_ENCODERS true

int linx_check_init(void);
/* No probe runs any more. */
void linx_check_exit(void);

/* The fast path begins a record, or the values of one anew. Probe context, as all below. */
void linx_check_begin(void);

/*
 * Readers of user memory end with these and return what they return: what the
 * fast path read is kept, and given to the general encoder in place of what it
 * read itself, since another thread may have changed the memory in between.
 *
 * Up to size bytes are at to, got of them were there.
 */
u32 linx_check_read(void *to, u64 addr, u32 size, u32 got);
/*
 * Reads of all or nothing end with this instead of linx_check_read(); end: the first byte
 * behind them, or NULL if not all was there. Padded with zeroes to the next word.
 */
u8 *linx_check_whole(enum linx_check_reader reader, u8 *to, u64 addr, u32 size, u8 *end);
/* A string at to, as linx_user_str() returns its length. */
long linx_check_str(void *to, u64 addr, u32 max, long n);
/* The length of a string that is not copied. */
long linx_check_strlen(u64 addr, long n);

/* The tests of a program accept the data, or not: the program itself has to say the same. */
void linx_check_tests(const struct bpf_prog *prog, const void *data, bool accepted);

/* The fast path's record of len bytes is complete, but not counted yet. */
void linx_check_record(struct linx_session *s, struct linx_ring *r, u32 len, u64 time);

#else
#define LINX_CHECKS_ENCODERS false

static inline int linx_check_init(void)
{
	return 0;
}

static inline void linx_check_exit(void)
{
}

static __always_inline void linx_check_begin(void)
{
}

static __always_inline u32 linx_check_read(void *to, u64 addr, u32 size, u32 got)
{
	return got;
}

static __always_inline u8 *linx_check_whole(enum linx_check_reader reader, u8 *to, u64 addr, u32 size,
						     u8 *end)
{
	return end;
}

static __always_inline long linx_check_str(void *to, u64 addr, u32 max, long n)
{
	return n;
}

static __always_inline long linx_check_strlen(u64 addr, long n)
{
	return n;
}

static __always_inline void linx_check_tests(const struct bpf_prog *prog, const void *data, bool accepted)
{
}

static __always_inline void linx_check_record(struct linx_session *s, struct linx_ring *r, u32 len, u64 time)
{
}

#endif

#endif
