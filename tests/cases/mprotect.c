// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=mprotect -e status=failed */
#include "case.h"
#include <sys/mman.h>

int main(void)
{
	gave(syscall(SYS_mprotect, 4096, 4096, PROT_READ | PROT_EXEC), "mprotect(0x1000, 4096, PROT_READ|PROT_EXEC)");
	gave(syscall(SYS_mprotect, 1, 4096, PROT_NONE), "mprotect(0x1, 4096, PROT_NONE)");
	gave(syscall(SYS_mprotect, NULL, 8192, PROT_READ | PROT_WRITE | PROT_GROWSDOWN),
	     "mprotect(NULL, 8192, PROT_READ|PROT_WRITE|PROT_GROWSDOWN)");
	return 0;
}
