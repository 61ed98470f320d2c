// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: other architectures lack the calls of this case
/* linx-options: -e trace=arch_prctl,memfd_secret,kexec_file_load -e status=failed */
#include "case.h"
#include <asm/prctl.h>

int main(void)
{
#ifdef __x86_64__
	gave(syscall(SYS_arch_prctl, ARCH_GET_GS, NULL), "arch_prctl(ARCH_GET_GS, NULL)");
	gave(syscall(SYS_kexec_file_load, -1, -1, 3L, "x=", 8L), "kexec_file_load(-1, -1, 3, \"x=\\0\", KEXEC_FILE_DEBUG)");
#endif
	gave(syscall(SYS_arch_prctl, 0x9999, 0x1234L), "arch_prctl(0x9999 /* ARCH_??? */, 0x1234)");
	gave(syscall(SYS_memfd_secret, 0x77), "memfd_secret(0x77)");
	return 0;
}
