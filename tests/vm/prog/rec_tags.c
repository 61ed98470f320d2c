// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opens a file by a path that ends at memory with another tag (MTE, arm64). Prints nothing. Status 0: the file was
 * opened, 77: this machine has no tags.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef __aarch64__

/*
 * The path has 12 bytes with its NUL. From offset 4 of the memory it reaches to offset 16, where the next tag begins;
 * the second word of 8 bytes that a reader loads crosses this border.
 */
#define PATH "/etc/passwd"
#define PATH_AT 4
#define GRANULE 16

#ifndef PROT_MTE
#define PROT_MTE 0x20
#endif
#define HAS_TAGS (1UL << 18) /* HWCAP2_MTE */
#define ALL_TAGS_BUT_0 (0xfffeUL << 3)
#define CHECK_AT_ONCE (1UL << 1) /* PR_MTE_TCF_SYNC */

static char *tagged(char *p, uint64_t tag)
{
	p = (char *)((uintptr_t)p | tag << 56);
	__asm__ volatile(".arch armv8.5-a+memtag\n\tstg %0, [%0]" : : "r"(p) : "memory");
	return p;
}

int main(void)
{
	char *page, *path;
	int fd;

	if (!(getauxval(AT_HWCAP2) & HAS_TAGS))
		return puts("this machine has no memory tags"), 77;
	if (prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | CHECK_AT_ONCE | ALL_TAGS_BUT_0, 0, 0, 0))
		return perror("prctl"), 1;
	page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE | PROT_MTE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return perror("mmap"), 1;
	path = tagged(page, 1) + PATH_AT;
	tagged(page + GRANULE, 2);
	memcpy(path, PATH, sizeof(PATH));
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return perror(PATH), 1;
	return 0;
}

#else

int main(void)
{
	puts("only arm64 has memory tags");
	return 77;
}

#endif
