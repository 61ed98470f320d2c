// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=rename,renameat,renameat2 */
#include "case.h"
#include <linux/fs.h>

int main(void)
{
	close(need(open("a", O_CREAT | O_WRONLY, 0600)));
	gave(syscall(SYS_rename, "a", "b"), "rename(\"a\", \"b\")");
	gave(syscall(SYS_rename, "a", "c"), "rename(\"a\", \"c\")");
	gave(syscall(SYS_rename, "b", NULL), "rename(\"b\", NULL)");
	gave(syscall(SYS_rename, (void *)1, "b"), "rename(0x1, \"b\")");
	gave(syscall(SYS_renameat, AT_FDCWD, "b", AT_FDCWD, "c"), "renameat(AT_FDCWD, \"b\", AT_FDCWD, \"c\")");
	gave(syscall(SYS_renameat2, AT_FDCWD, "c", 99, "d", RENAME_NOREPLACE),
	     "renameat2(AT_FDCWD, \"c\", 99, \"d\", RENAME_NOREPLACE)");
	gave(syscall(SYS_renameat2, AT_FDCWD, "c", AT_FDCWD, "d", RENAME_NOREPLACE | RENAME_EXCHANGE),
	     "renameat2(AT_FDCWD, \"c\", AT_FDCWD, \"d\", RENAME_NOREPLACE|RENAME_EXCHANGE)");
	return 0;
}
