/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers that depend on the seed alone, not on the C library. */
#ifndef RND_H
#define RND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the next number of xorshift64 by Marsaglia. The state may be any number but 0. */
static inline uint64_t rnd_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t rnd_state = 88172645463325252; /* state of all functions below */

static inline uint64_t rnd(void)
{
	return rnd_next(&rnd_state);
}

static inline bool chance(unsigned int percent)
{
	return rnd() % 100 < percent;
}

static inline uint64_t one_of(const uint64_t *list, size_t n)
{
	return list[rnd() % n];
}

#define ONE_OF(...) one_of((const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

#endif
