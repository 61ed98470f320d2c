// SPDX-License-Identifier: LGPL-2.1-or-later
/* Polling for the next stop instead of sleeping: see engine/ptrace/spin.h. */
#include <sched.h>

#include "engine/ptrace/spin.h"

/* Longest time of polling: about the time to put a CPU to sleep and to wake it again. */
#define SPIN_NS 60000u
/* A wait that slept and was no longer than this would have been short without the sleep. */
#define SOON_NS (2 * SPIN_NS)
/* If two polls are further apart than this, another task ran on the CPU in between. */
#define PREEMPTED_NS 20000u
/* Limit of linx_spin.doubt: between two attempts to poll, 2^doubt - 1 waits sleep without polling. */
#define DOUBT_MAX 9u
#define DOUBT_STEP 2u
/* Idle instructions between two polls: each poll takes a lock that all forks and exits of the machine also take. */
#define IDLE_ROUNDS 32

void linx_spin_idle(void)
{
	for (int i = 0; i < IDLE_ROUNDS; i++) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#elif defined(__aarch64__)
		__asm__ volatile("isb" ::: "memory");
#else
		__asm__ volatile("" ::: "memory");
#endif
	}
}

void linx_spin_init(struct linx_spin *s)
{
	cpu_set_t set;

	/* A machine with more CPUs than the set can hold has more than one CPU. */
	s->able = sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) > 1;
}

/* True if this wait polls. */
static bool is_attempt(struct linx_spin *s)
{
	if (!s->able || !s->soon[s->kind])
		return false;
	if (!s->skip)
		return true;
	s->skip--;
	return false;
}

static void fail(struct linx_spin *s)
{
	s->looks = false;
	s->doubt = s->doubt + DOUBT_STEP < DOUBT_MAX ? s->doubt + DOUBT_STEP : DOUBT_MAX;
	s->skip = (1u << s->doubt) - 1;
}

bool linx_spin_again(struct linx_spin *s, uint64_t now)
{
	if (!s->since) {
		s->since = s->last = now;
		s->looks = is_attempt(s);
	}
	if (s->looks && (now - s->since >= SPIN_NS || now - s->last >= PREEMPTED_NS))
		fail(s);
	if (!s->looks)
		return false;
	s->last = now;
	return true;
}

void linx_spin_end(struct linx_spin *s, uint64_t now)
{
	if (!s->since)
		return;
	s->soon[s->kind] = now - s->since < SOON_NS;
	s->doubt -= s->looks && s->doubt;
	s->since = 0;
}
