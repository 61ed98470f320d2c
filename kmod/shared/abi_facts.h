/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Numbers of the kernel's ABI that each writer of records needs: the module, the eBPF programs, and the library's
 * walker (libuser/engine/walk/), which makes records in user space.
 *
 * LINX_MASK_*: offset of the signal mask in a signal frame (asm/sigframe.h), counted from the stack pointer at
 * sigreturn. In the old frame of i386 the mask stands in two places, and the code that calls sigreturn (sa_restorer)
 * has popped one more word from the stack.
 */
#ifndef LINX_ABI_FACTS_H
#define LINX_ABI_FACTS_H

#define LINX_SOCKADDR_MAX 128u /* sizeof(struct __kernel_sockaddr_storage) */
#define LINX_NR_I386_SIGRETURN 119 /* number of sigreturn(2) on i386, which returns from an old frame */

#if defined(__aarch64__) || defined(__TARGET_ARCH_arm64)
#define LINX_MASK_64 168u
#define LINX_MASK_X32 0u
#define LINX_MASK_32 232u
#define LINX_MASK_OLD_LOW 104u
#define LINX_MASK_OLD_HIGH 108u
#else
#define LINX_MASK_64 296u
#define LINX_MASK_X32 280u
#define LINX_MASK_32 248u
#define LINX_MASK_OLD_LOW 80u
#define LINX_MASK_OLD_HIGH 712u
#endif

#endif
