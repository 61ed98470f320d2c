// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=mkdir,mkdirat,rmdir */
#include "case.h"

int main(void)
{
	gave(syscall(SYS_mkdir, "d", 0755), "mkdir(\"d\", 0755)");
	gave(syscall(SYS_mkdir, "d", 01777), "mkdir(\"d\", 01777)");
	gave(syscall(SYS_mkdir, "", 0), "mkdir(\"\", 000)");
	gave(syscall(SYS_mkdirat, AT_FDCWD, "d/e", 0700), "mkdirat(AT_FDCWD, \"d/e\", 0700)");
	gave(syscall(SYS_mkdirat, 99, "e", 0700), "mkdirat(99, \"e\", 0700)");
	gave(syscall(SYS_rmdir, "d"), "rmdir(\"d\")");
	gave(syscall(SYS_rmdir, "d/e"), "rmdir(\"d/e\")");
	gave(syscall(SYS_rmdir, NULL), "rmdir(NULL)");
	return 0;
}
