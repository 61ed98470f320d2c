// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=open,openat,creat,close */
#include "case.h"

int main(void)
{
	int fd;

	gave(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY), "openat(AT_FDCWD, \"/dev/null\", O_RDONLY)");
	gave(syscall(SYS_openat, AT_FDCWD, "new", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640),
	     "openat(AT_FDCWD, \"new\", O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0640)");
	gave(syscall(SYS_openat, AT_FDCWD, "new", O_WRONLY | O_CREAT | O_EXCL, 0640),
	     "openat(AT_FDCWD, \"new\", O_WRONLY|O_CREAT|O_EXCL, 0640)");
	fd = syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	gave(fd, "openat(AT_FDCWD, \"/\", O_RDONLY|O_DIRECTORY)");
	gave(syscall(SYS_openat, fd, "not/there", O_WRONLY | O_APPEND), "openat(%d, \"not/there\", O_WRONLY|O_APPEND)", fd);
	gave(syscall(SYS_openat, 999, "relative", O_RDONLY), "openat(999, \"relative\", O_RDONLY)");
	gave(syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY), "openat(AT_FDCWD, NULL, O_RDONLY)");
	gave(syscall(SYS_openat, AT_FDCWD, (void *)1, O_RDONLY), "openat(AT_FDCWD, 0x1, O_RDONLY)");
	gave(syscall(SYS_openat, AT_FDCWD, "", O_PATH), "openat(AT_FDCWD, \"\", O_RDONLY|O_PATH)");
	gave(syscall(SYS_openat, AT_FDCWD, "t\303\244b\t\"\\", O_RDONLY | O_NOFOLLOW),
	     "openat(AT_FDCWD, \"t\\303\\244b\\t\\\"\\\\\", O_RDONLY|O_NOFOLLOW)");
	gave(syscall(SYS_open, "new", O_WRONLY | O_TRUNC), "open(\"new\", O_WRONLY|O_TRUNC)");
	gave(syscall(SYS_creat, "dir/new", 04755), "creat(\"dir/new\", 04755)");
	gave(syscall(SYS_close, fd), "close(%d)", fd);
	gave(syscall(SYS_close, fd), "close(%d)", fd);
	return 0;
}
