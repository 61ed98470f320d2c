// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=mmap,mmap2,munmap,madvise,msync,mlock,munlock */
#include "case.h"
#include <sys/mman.h>

#define CALL NAME("mmap", "mmap2")
#define PAGE 4096UL

/* Calls mmap or mmap2. mmap2 takes the offset in pages, and strace shows it in bytes. */
static void *map(void *at, size_t len, int prot, int flags, int fd, unsigned long off)
{
	return (void *)syscall(NR(mmap, mmap2), at, len, prot, flags, fd, off / NAME(1, PAGE));
}

int main(void)
{
	int fd = need(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
	char *p, *q;

	need(ftruncate(fd, 4 * PAGE));
	p = map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	gave_address(p, CALL "(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)");
	q = map(p, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, PAGE);
	gave_address(q, CALL "(%p, 4096, PROT_READ, MAP_SHARED|MAP_FIXED, %d, 0x1000)", p, fd);
	gave((long)map(NULL, 0, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	     CALL "(NULL, 0, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)");
	gave((long)map(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, 99, 0),
	     CALL "(NULL, 4096, PROT_READ|PROT_EXEC, MAP_SHARED, 99, 0)");
	gave(syscall(SYS_madvise, p, PAGE, MADV_DONTNEED), "madvise(%p, 4096, MADV_DONTNEED)", p);
	gave(syscall(SYS_madvise, p + 1, PAGE, MADV_WILLNEED), "madvise(%p, 4096, MADV_WILLNEED)", p + 1);
	gave(syscall(SYS_msync, q, PAGE, MS_SYNC), "msync(%p, 4096, MS_SYNC)", q);
	gave(syscall(SYS_mlock, q, PAGE), "mlock(%p, 4096)", q);
	gave(syscall(SYS_munlock, q, PAGE), "munlock(%p, 4096)", q);
	gave(syscall(SYS_munmap, p, 2 * PAGE), "munmap(%p, 8192)", p);
	gave(syscall(SYS_munmap, p + 1, PAGE), "munmap(%p, 4096)", p + 1);
	return 0;
}
