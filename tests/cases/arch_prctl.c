// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=arch_prctl,brk,memfd_secret,kexec_file_load */
#include "case.h"
#include <asm/prctl.h>

int main(void)
{
	uintptr_t end = (uintptr_t)sbrk(0);

	gave_address((void *)end, "brk(NULL)");
	need(syscall(SYS_brk, NULL) != (long)end);
	gave_address((void *)end, "brk(0x1000)");
	need(syscall(SYS_brk, 0x1000L) != (long)end);
#ifdef __x86_64__
	unsigned long base = 0;

	run(syscall(SYS_arch_prctl, ARCH_GET_FS, &base));
	shows("arch_prctl(ARCH_GET_FS, [%#lx])", base);
	gave(syscall(SYS_arch_prctl, ARCH_GET_GS, NULL), "arch_prctl(ARCH_GET_GS, NULL)");
	gave(syscall(SYS_arch_prctl, ARCH_SET_GS, 0L), "arch_prctl(ARCH_SET_GS, 0)");
	gave(syscall(SYS_kexec_file_load, -1, -1, 3L, "x=", 8L), "kexec_file_load(-1, -1, 3, \"x=\\0\", 0x8 /* KEXEC_FILE_??? */)");
#endif
	gave(syscall(SYS_arch_prctl, 0x9999, 0x1234L), "arch_prctl(0x9999 /* ARCH_??? */, 0x1234)");
	gave(syscall(SYS_memfd_secret, 0x77), "memfd_secret(0x77 /* FD_??? */)");
	return 0;
}
