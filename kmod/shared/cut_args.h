/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Arguments of which a compat ABI takes 32 bits: the upper half means nothing, and no record has it. */
#ifndef LINX_SHARED_CUT_ARGS_H
#define LINX_SHARED_CUT_ARGS_H

#include <linux/linx.h>
#include <linux/types.h>

/* Before Linux 5.15 move_pages() of 32-bit programs had an entry of its own, which took the number of pages as 32 bits. */
#define LINX_COMPAT_MOVE_PAGES_END_MAJOR 5
#define LINX_COMPAT_MOVE_PAGES_END_MINOR 15

/*
 * Get the arguments that the compat entry of a call of x32 takes as 32 bits, as bits: those of
 * type compat_ulong_t and the like, while its pointers, and all calls that it shares with
 * x86_64, have registers as they are. move_pages: this kernel has that compat entry.
 */
static __always_inline __u32 linx_x32_cut(__u32 nr, int move_pages)
{
	switch (nr) {
	case 512: /* rt_sigaction: size */
	case 523: /* rt_sigtimedwait: size */
		return 0x08;
	case 514: /* ioctl: arg */
	case 517: /* recvfrom: size */
		return 0x04;
	case 521: /* ptrace */
		return 0x0f;
	case 522: /* rt_sigpending: size */
	case 530: /* set_robust_list: size */
		return 0x02;
	case 528: /* kexec_load: entry, number of segments, flags */
		return 0x0b;
	case 533: /* move_pages: number of pages */
		return move_pages ? 0x02 : 0;
	case 544: /* io_submit: context */
		return 0x01;
	default:
		return 0;
	}
}

/* Get them for any ABI, which is below LINX_ABI_NR. All of a 32-bit program's are. */
static __always_inline __u32 linx_args_cut(__u32 abi, __u32 nr, int move_pages)
{
	if (abi == LINX_ABI_I386)
		return (1u << LINX_NARGS) - 1;
	return abi == LINX_ABI_X32 ? linx_x32_cut(nr, move_pages) : 0;
}

#endif
