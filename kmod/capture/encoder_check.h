/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks that the fast path and the general encoder write the same bytes. In a module built for tests with
 * LINX_BOTH_ENCODERS=1, before a record of the fast path is published, the general encoder writes the record again, and
 * both are compared byte by byte. Implemented in capture/encoder_check.c.
 *
 * In every other build these functions are empty and add no instruction.
 */
#ifndef LINX_KMOD_ENCODER_CHECK_H
#define LINX_KMOD_ENCODER_CHECK_H

#include <linux/types.h>

struct bpf_prog;
struct linx_ring;
struct linx_session;

/* Functions that read user memory. All but the first return all bytes or none. */
enum linx_check_reader {
	LINX_READER_GENERAL, /* linx_user_read(), which may return fewer bytes */
	LINX_READER_SIMPLE,
	LINX_READER_WORDS,
	LINX_READER_LARGE,
};

#ifdef LINX_BOTH_ENCODERS
#define LINX_CHECKS_ENCODERS true

int linx_check_init(void);
/* Frees the memory of the check. Called when no probe runs any more. */
void linx_check_exit(void);

/*
 * Forgets the kept reads of user memory. Called when the fast path begins a record, or writes the values of a record
 * again. Probe context, as all functions below.
 */
void linx_check_begin(void);

/*
 * Each function that reads user memory calls one of the four functions below at its end, and returns its result. The
 * four functions keep the bytes that the fast path read, and give these bytes to the general encoder, since another
 * thread may have changed the memory in between.
 *
 * linx_check_read() is for a read of size bytes from user address addr into the buffer "to". got: number of bytes that
 * were read, from the first one on.
 */
u32 linx_check_read(void *to, u64 addr, u32 size, u32 got);
/*
 * linx_check_whole() is for a read of all size bytes or none. end: the end of the bytes in "to", with their zero
 * padding to a whole word; NULL: not all bytes were present.
 */
u8 *linx_check_whole(enum linx_check_reader reader, u8 *to, u64 addr, u32 size, u8 *end);
/*
 * linx_check_str() is for a read of the string at user address addr into the buffer "to". n: result of the read, as
 * that of linx_user_str().
 */
long linx_check_str(void *to, u64 addr, u32 max, long n);
/*
 * linx_check_strlen() is for a function that looks only for the length of the string at user address addr. n: the
 * length that it found, without the NUL; -1: it found none.
 */
long linx_check_strlen(u64 addr, long n);

/*
 * Runs the program prog on the data and compares its answer with "accepted", the answer of the fast path, which applied
 * the program's tests without running the program.
 */
void linx_check_tests(const struct bpf_prog *prog, const void *data, bool accepted);

/* Compares the fast path's record of len bytes with the general encoder's. Called before the record is counted. */
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
