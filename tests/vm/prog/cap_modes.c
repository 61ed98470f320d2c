// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A 64-bit program that makes i386 calls between its own calls, also in a child. On other architectures than x86_64,
 * and as a 32-bit program, it makes only calls of its own ABI. An argument is the number of repetitions, with a pause
 * after each.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
enum { WRITE = 4, OPEN = 5, GETPID = 20, EXIT = 1 };

static long other(long nr, long a, const void *b, long c)
{
	__asm__ volatile("int $0x80" : "+a"(nr) : "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return nr;
}
#else
enum { WRITE = SYS_write, OPEN = SYS_openat, GETPID = SYS_getpid, EXIT = SYS_exit };
#define other syscall
#endif

/* Makes calls whose pointers must fit into 32 bits. */
static void with_memory(void)
{
#if defined(__x86_64__)
	char *text = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	strcpy(text, "hello\n");
	other(WRITE, 1, text, 6);
	strcpy(text, "/nowhere");
	other(OPEN, (long)text, NULL, 0);
#endif
}

int main(int argc, char **argv)
{
	other(GETPID, 0, NULL, 0);
	syscall(SYS_getpid);
	other(GETPID, 0, NULL, 0);
	other(GETPID, 0, NULL, 0);
	with_memory();
	if (!fork()) { /* the child begins in the ABI in which its parent called fork */
		syscall(SYS_getpid);
		other(GETPID, 0, NULL, 0);
		_exit(0);
	}
	wait(NULL);
	for (int n = argc > 1 ? atoi(argv[1]) : 0; n; n--) {
		syscall(SYS_getpid);
		other(GETPID, 0, NULL, 0);
		usleep(100000);
	}
	other(EXIT, 7, NULL, 0);
	return 1;
}
