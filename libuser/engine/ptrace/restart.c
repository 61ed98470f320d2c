// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls that a stop would end with EINTR: see engine/ptrace/restart.h. */
#include "engine/ptrace/restart.h"

#ifdef __x86_64__

#include <errno.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>

/* The kernel's ERESTARTNOHAND: if no handler runs, the call is made again, else it fails with EINTR. */
#define RESTART_NO_HANDLER 514
/* Code segment of 32-bit programs. */
#define CS_32 0x23u
#define X32_BIT 0x40000000u

/* The argument that limits the time of a call. */
enum limit {
	NEVER, /* the call has no time limit */
	POSITIVE, /* an int; a negative one means no limit */
	POINTER, /* a pointer to the limit; a null pointer means no limit */
	EXT_ARG, /* flags of io_uring_enter(2): the limit is in memory if they have the bit */
};

struct waits {
	uint32_t nr;
	enum limit limit;
	unsigned int arg;
};

static const struct waits waits_64[] = {
	{ 65, NEVER, 0 }, /* semop */
	{ 128, POINTER, 2 }, /* rt_sigtimedwait */
	{ 208, POINTER, 4 }, /* io_getevents */
	{ 220, POINTER, 3 }, /* semtimedop */
	{ 232, POSITIVE, 3 }, /* epoll_wait */
	{ 281, POSITIVE, 3 }, /* epoll_pwait */
	{ 333, POINTER, 4 }, /* io_pgetevents */
	{ 426, EXT_ARG, 3 }, /* io_uring_enter */
	{ 441, POINTER, 3 }, /* epoll_pwait2 */
	{ X32_BIT | 523, POINTER, 2 }, /* rt_sigtimedwait */
};

static const struct waits waits_32[] = {
	{ 177, POINTER, 2 }, /* rt_sigtimedwait */
	{ 247, POINTER, 4 }, /* io_getevents */
	{ 256, POSITIVE, 3 }, /* epoll_wait */
	{ 319, POSITIVE, 3 }, /* epoll_pwait */
	{ 385, POINTER, 4 }, /* io_pgetevents */
	{ 416, POINTER, 4 }, /* io_pgetevents_time64 */
	{ 420, POINTER, 3 }, /* semtimedop_time64 */
	{ 421, POINTER, 2 }, /* rt_sigtimedwait_time64 */
	{ 426, EXT_ARG, 3 }, /* io_uring_enter */
	{ 441, POINTER, 3 }, /* epoll_pwait2 */
};

static bool is_limited(const struct waits *w, uint64_t arg)
{
	switch (w->limit) {
	case POSITIVE:
		return (int32_t)arg >= 0;
	case POINTER:
		return arg;
	case EXT_ARG:
		return arg & IORING_ENTER_EXT_ARG;
	default:
		return false;
	}
}

static bool waits_unlimited(const struct user_regs_struct *r)
{
	const uint64_t args_64[] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8 };
	const uint64_t args_32[] = { r->rbx, r->rcx, r->rdx, r->rsi, r->rdi };
	bool compat = r->cs == CS_32;
	const struct waits *all = compat ? waits_32 : waits_64;
	size_t n = compat ? sizeof(waits_32) / sizeof(*all) : sizeof(waits_64) / sizeof(*all);
	const uint64_t *args = compat ? args_32 : args_64;

	for (size_t i = 0; i < n; i++)
		if (all[i].nr == (uint32_t)r->orig_rax)
			return !is_limited(&all[i], args[all[i].arg]);
	return false;
}

void linx_restart_call(pid_t tid)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, tid, 0, &r) || (int64_t)r.orig_rax < 0 || (int32_t)r.rax != -EINTR)
		return;
	if (waits_unlimited(&r))
		ptrace(PTRACE_POKEUSER, tid, (long)offsetof(struct user, regs.rax), (long)-RESTART_NO_HANDLER);
}

#else

void linx_restart_call(pid_t tid)
{
	(void)tid;
}

#endif
