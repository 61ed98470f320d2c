// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=chown,lchown,fchown,fchownat,chown32,lchown32,fchown32 */
#include "case.h"

int main(void)
{
	int fd = need(open("a", O_CREAT | O_WRONLY, 0600));

	gave(syscall(NR(chown, chown32), "a", 1, 2), NAME("chown", "chown32") "(\"a\", 1, 2)");
	gave(syscall(NR(chown, chown32), "b", -1, 100000), NAME("chown", "chown32") "(\"b\", -1, 100000)");
	gave(syscall(NR(lchown, lchown32), "a", 0, -1), NAME("lchown", "lchown32") "(\"a\", 0, -1)");
	gave(syscall(NR(fchown, fchown32), fd, 0, 0), NAME("fchown", "fchown32") "(%d, 0, 0)", fd);
	gave(syscall(SYS_fchownat, AT_FDCWD, "a", 3, 4, AT_SYMLINK_NOFOLLOW),
	     "fchownat(AT_FDCWD, \"a\", 3, 4, AT_SYMLINK_NOFOLLOW)");
#ifdef __i386__
	gave(syscall(SYS_chown, "a", 5, 0xffff), "chown(\"a\", 5, -1)");
	gave(syscall(SYS_lchown, "a", 0xffff, 6), "lchown(\"a\", -1, 6)");
	gave(syscall(SYS_fchown, fd, 0xffff, 0xffff), "fchown(%d, -1, -1)", fd);
#endif
	return 0;
}
