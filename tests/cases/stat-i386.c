// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=stat,lstat,fstat,oldstat,oldlstat,oldfstat,statfs64,fstatfs64,truncate64,ftruncate64 */
/* i386 only: structures without large file sizes, and calls that take a number in two halves */
#include "case.h"

#define ABBREV "{st_mode=S_IFREG|0640, st_size=5, ...}"

static char st[400];

/* Expects the result of an old stat call. If the inode number exceeds 16 bits, the call fails and writes nothing. */
static void gave_old(long ret, const char *call)
{
	if (ret)
		gave(ret, "%s, %p)", call, st);
	else
		gave(ret, "%s, " ABBREV ")", call);
}

int main(void)
{
	char old[30];
	int fd = need(open("five", O_CREAT | O_RDWR | O_TRUNC, 0640));

	need(write(fd, "12345", 5));
	gave(syscall(SYS_stat, "five", st), "stat(\"five\", " ABBREV ")");
	gave(syscall(SYS_lstat, "five", st), "lstat(\"five\", " ABBREV ")");
	gave(syscall(SYS_fstat, fd, st), "fstat(%d, " ABBREV ")", fd);
	gave_old(syscall(SYS_oldstat, "five", st), "oldstat(\"five\"");
	gave_old(syscall(SYS_oldlstat, "five", st), "oldlstat(\"five\"");
	snprintf(old, sizeof(old), "oldfstat(%d", fd);
	gave_old(syscall(SYS_oldfstat, fd, st), old);
	gave(syscall(SYS_oldfstat, -1, st), "oldfstat(-1, %p)", st);
	gave(syscall(SYS_statfs64, "/not/there", 84, st), "statfs64(\"/not/there\", 84, %p)", st);
	gave(syscall(SYS_fstatfs64, -1, 7, st), "fstatfs64(-1, 7, %p)", st);
	gave(syscall(SYS_truncate64, "five", 1, 2), "truncate64(\"five\", 8589934593)");
	gave(syscall(SYS_ftruncate64, fd, -1, -1), "ftruncate64(%d, 18446744073709551615)", fd);
	return 0;
}
