// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=stat,lstat,fstat,newfstatat,fstatat64,stat64,statx,statfs -e status=failed */
#include "case.h"
#include <sys/statfs.h>

int main(void)
{
	static char buf[512];

	gave(syscall(NR(stat, stat64), "/not/there", buf), NAME("stat", "stat64") "(\"/not/there\", %p)", buf);
	gave(syscall(NR(newfstatat, fstatat64), 99, "x", buf, AT_SYMLINK_NOFOLLOW),
	     NAME("newfstatat", "fstatat64") "(99, \"x\", %p, AT_SYMLINK_NOFOLLOW)", buf);
	gave(syscall(SYS_statx, AT_FDCWD, "/not/there", AT_STATX_DONT_SYNC, 0x7ff, buf),
	     "statx(AT_FDCWD, \"/not/there\", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, %p)", buf);
	gave(syscall(SYS_statfs, "/not/there", buf), "statfs(\"/not/there\", %p)", buf);
	return 0;
}
