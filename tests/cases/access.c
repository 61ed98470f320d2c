// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=access,faccessat,faccessat2 */
#include "case.h"

int main(void)
{
	gave(syscall(SYS_access, "/", F_OK), "access(\"/\", F_OK)");
	gave(syscall(SYS_access, "/not/there", R_OK | W_OK | X_OK), "access(\"/not/there\", R_OK|W_OK|X_OK)");
	gave(syscall(SYS_access, (void *)1, R_OK), "access(0x1, R_OK)");
	gave(syscall(SYS_access, NULL, R_OK), "access(NULL, R_OK)");
	gave(syscall(SYS_faccessat, AT_FDCWD, "/dev/null", W_OK), "faccessat(AT_FDCWD, \"/dev/null\", W_OK)");
	gave(syscall(SYS_faccessat, 99, "here", X_OK), "faccessat(99, \"here\", X_OK)");
	gave(syscall(SYS_faccessat2, AT_FDCWD, "/dev/null", R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW),
	     "faccessat2(AT_FDCWD, \"/dev/null\", R_OK, AT_SYMLINK_NOFOLLOW|AT_EACCESS)");
	return 0;
}
