// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=link,linkat,symlink,symlinkat,unlink,unlinkat */
#include "case.h"

int main(void)
{
	close(need(open("a", O_CREAT | O_WRONLY, 0600)));
	gave(syscall(SYS_link, "a", "b"), "link(\"a\", \"b\")");
	gave(syscall(SYS_link, "a", "b"), "link(\"a\", \"b\")");
	gave(syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, "c", AT_SYMLINK_FOLLOW),
	     "linkat(AT_FDCWD, \"a\", AT_FDCWD, \"c\", AT_SYMLINK_FOLLOW)");
	gave(syscall(SYS_symlink, "target of it", "s"), "symlink(\"target of it\", \"s\")");
	gave(syscall(SYS_symlinkat, "target", 99, "t"), "symlinkat(\"target\", 99, \"t\")");
	gave(syscall(SYS_unlink, "a"), "unlink(\"a\")");
	gave(syscall(SYS_unlink, "a"), "unlink(\"a\")");
	gave(syscall(SYS_unlinkat, AT_FDCWD, "b", 0), "unlinkat(AT_FDCWD, \"b\", 0)");
	gave(syscall(SYS_unlinkat, AT_FDCWD, "c", AT_REMOVEDIR), "unlinkat(AT_FDCWD, \"c\", AT_REMOVEDIR)");
	gave(syscall(SYS_unlinkat, AT_FDCWD, NULL, 0), "unlinkat(AT_FDCWD, NULL, 0)");
	return 0;
}
