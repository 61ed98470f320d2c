// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=/xattr */
#include "case.h"
#include <sys/xattr.h>

#define KEY "trusted.linx"

int main(void)
{
	int fd = need(open("f", O_CREAT | O_WRONLY, 0600));
	char buf[64];

	gave(syscall(SYS_setxattr, "f", KEY, "va\0ue", 5, XATTR_CREATE), "setxattr(\"f\", \"" KEY "\", \"va\\0ue\", 5, XATTR_CREATE)");
	gave(syscall(SYS_setxattr, "f", KEY, "value", 5, XATTR_CREATE), "setxattr(\"f\", \"" KEY "\", \"value\", 5, XATTR_CREATE)");
	gave(syscall(SYS_fsetxattr, fd, KEY, "other", 5, XATTR_REPLACE), "fsetxattr(%d, \"" KEY "\", \"other\", 5, XATTR_REPLACE)", fd);
	gave(syscall(SYS_getxattr, "f", KEY, buf, 64), "getxattr(\"f\", \"" KEY "\", \"other\", 64)");
	gave(syscall(SYS_fgetxattr, fd, KEY, buf, 2), "fgetxattr(%d, \"" KEY "\", %p, 2)", fd, buf);
	gave(syscall(SYS_lgetxattr, "g", KEY, NULL, 0), "lgetxattr(\"g\", \"" KEY "\", NULL, 0)");
	gave(syscall(SYS_listxattr, "f", buf, 64), "listxattr(\"f\", \"" KEY "\\0\", 64)");
	gave(syscall(SYS_removexattr, "f", KEY), "removexattr(\"f\", \"" KEY "\")");
	gave(syscall(SYS_fremovexattr, -1, KEY), "fremovexattr(-1, \"" KEY "\")");
	return 0;
}
