// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: other architectures lack the calls of this case
/* linx-options: -e trace=arch_prctl,kexec_file_load,uprobe -e status=failed */
/* native only (64-bit ABI): i386 has none of these calls except arch_prctl */
#include "case.h"

int main(void)
{
	gave(syscall(SYS_arch_prctl, 0x1001, -1L), "arch_prctl(ARCH_SET_GS, 0xffffffffffffffff)");
	gave(syscall(SYS_arch_prctl, 0x7777, 0x1000), "arch_prctl(0x7777 /* ARCH_??? */, 0x1000)");
	gave(syscall(SYS_kexec_file_load, -1, -1, 0L, NULL, 4L), "kexec_file_load(-1, -1, 0, NULL, KEXEC_FILE_NO_INITRAMFS)");
	gave(syscall(336), "uprobe()");
	return 0;
}
