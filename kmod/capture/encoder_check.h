/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks that the fast path and the general encoder write the same bytes. In a module built for tests with
 * LINX_BOTH_ENCODERS=1, the general encoder writes each record of the fast path again before it is published, and
 * both are compared byte by byte. encoder_check.c
 *
 * In every other build these functions are empty and add no instruction.
 */
#ifndef LINX_KMOD_ENCODER_CHECK_H
#define LINX_KMOD_ENCODER_CHECK_H

#include <linux/types.h>

struct bpf_prog;
struct linx_ring;
struct linx_session;

/* Readers that return all bytes or none. */
enum linx_check_reader {
	LINX_READER_GENERAL, /* linx_user_read(), which may return fewer bytes */
	LINX_READER_SIMPLE,
	LINX_READER_WORDS,
	LINX_READER_LARGE,
};

#ifdef LINX_BOTH_ENCODERS
#define LINX_CHECKS_ENCODERS true

int linx_check_init(void);
/* Called when no probe runs any more. */
void linx_check_exit(void);

/* Called when the fast path begins a record, or begins its values again. Probe context, as all below. */
void linx_check_begin(void);

/*
 * Readers of user memory end with these and return their result. The bytes that the fast path read are kept and given
 * to the general encoder, since another thread may have changed the memory in between.
 *
 * to has room for size bytes, and got of them were read.
 */
u32 linx_check_read(void *to, u64 addr, u32 size, u32 got);
/*
 * Ends a read of all bytes or none, in place of linx_check_read(). end: the first byte behind them; NULL: not all
 * bytes were present. Zeroes pad the last word.
 */
u8 *linx_check_whole(enum linx_check_reader reader, u8 *to, u64 addr, u32 size, u8 *end);
/* Ends a read of a string at to. n: the result of linx_user_str(). */
long linx_check_str(void *to, u64 addr, u32 max, long n);
/* Ends a read that only finds the length of a string. */
long linx_check_strlen(u64 addr, long n);

/* The tests of a program have accepted the data or not. The program itself is run and must give the same answer. */
void linx_check_tests(const struct bpf_prog *prog, const void *data, bool accepted);

/* The fast path's record of len bytes is complete but not counted yet. */
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
