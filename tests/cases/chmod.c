// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=chmod,fchmod,fchmodat,umask */
#include "case.h"

int main(void)
{
	int fd = need(open("a", O_CREAT | O_WRONLY, 0600));

	gave(syscall(SYS_chmod, "a", 0644), "chmod(\"a\", 0644)");
	gave(syscall(SYS_chmod, "b", 04711), "chmod(\"b\", 04711)");
	gave(syscall(SYS_fchmod, fd, 0), "fchmod(%d, 000)", fd);
	gave(syscall(SYS_fchmod, -1, 0600), "fchmod(-1, 0600)");
	gave(syscall(SYS_fchmodat, AT_FDCWD, "a", 0600), "fchmodat(AT_FDCWD, \"a\", 0600)");
	if (syscall(SYS_umask, 027) == 022)
		gave_as("022", "umask(027)");
	return 0;
}
