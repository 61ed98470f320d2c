// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=select,mmap,waitpid */
/* i386 only: select and mmap take one pointer to all of their arguments, and no other ABI has waitpid */
#include "case.h"
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	unsigned long args[6] = { 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 };
	long at = syscall(SYS_mmap, args);

	gave_address((void *)at, "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)");
	gave(syscall(SYS_mmap, 1), "mmap(0x1)");
	gave_as("0 (Timeout)", "select(0, NULL, NULL, NULL, {tv_sec=0, tv_usec=0})");
	need(syscall(SYS_select, (long[]){ 0, 0, 0, 0, (long)(long[]){ 0, 0 } }));
	gave(syscall(SYS_waitpid, -1, NULL, WNOHANG), "waitpid(-1, NULL, WNOHANG)");
	return 0;
}
