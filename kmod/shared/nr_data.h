/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Initializer of an array [LINX_ABI_NR][LINX_NR_MAX]: the LINX_ROW_ID_* (row of tables/syscalls.def) of each call, by
 * ABI and call number.
 */
#define NR(nr, name, row) [nr] = LINX_ROW_ID_##row,
#define NR_FAR(nr, name, row)
#ifdef __aarch64__
	[LINX_ABI_ARM64 % LINX_ABI_NR] = {
#include "tables/nr/arm64.def"
	},
	[LINX_ABI_ARM % LINX_ABI_NR] = {
#include "tables/nr/arm.def"
	},
#else
	[LINX_ABI_X86_64] = {
#include "tables/nr/x86_64.def"
	},
	[LINX_ABI_I386] = {
#include "tables/nr/i386.def"
	},
	[LINX_ABI_X32] = {
#include "tables/nr/x32.def"
	},
#endif
#undef NR_FAR
#undef NR
