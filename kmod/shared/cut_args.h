/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Finds arguments that a compat ABI takes as 32 bits. The kernel ignores the upper half, and records leave it out. */
#ifndef LINX_SHARED_CUT_ARGS_H
#define LINX_SHARED_CUT_ARGS_H

#include <linux/linx.h>
#include <linux/types.h>

/*
 * Up to Linux 5.14, move_pages() of 32-bit programs had a compat entry in the kernel, which took the number of pages as
 * 32 bits. LINX_COMPAT_MOVE_PAGES_END_* is the version of the first kernel without that entry.
 */
#define LINX_COMPAT_MOVE_PAGES_END_MAJOR 5
#define LINX_COMPAT_MOVE_PAGES_END_MINOR 15

/*
 * Returns, as bits, the arguments that the compat entry of an x32 call takes as 32 bits: those of type compat_ulong_t
 * and similar ones. Pointers have 64 bits, and so have all arguments of calls that x32 shares with x86_64. move_pages:
 * this kernel has the compat entry of move_pages().
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

/*
 * Returns, as bits, the arguments that a call takes as 32 bits. abi: below LINX_ABI_NR. On i386 these are all
 * arguments.
 */
static __always_inline __u32 linx_args_cut(__u32 abi, __u32 nr, int move_pages)
{
	if (abi == LINX_ABI_I386)
		return (1u << LINX_NARGS) - 1;
	return abi == LINX_ABI_X32 ? linx_x32_cut(nr, move_pages) : 0;
}

#endif
