// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes i386's calls between its own, in a child too; elsewhere, and as a 32-bit program, its own alone. */
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
static void i386_getpid(void)
{
	long nr = 20;

	__asm__ volatile("int $0x80" : "+a"(nr) : : "memory", "r8", "r9", "r10", "r11");
}
#else
static void i386_getpid(void)
{
	syscall(SYS_getpid);
}
#endif

int main(void)
{
	i386_getpid();
	syscall(SYS_getpid);
	i386_getpid();
	i386_getpid();
	if (!fork()) { /* begins in the manner of its parent's fork */
		syscall(SYS_getpid);
		i386_getpid();
		_exit(0);
	}
	wait(NULL);
	i386_getpid();
	return 0;
}
