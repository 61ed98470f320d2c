// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getcwd,chdir,fchdir */
#include "case.h"

int main(void)
{
	int fd = need(open("/", O_RDONLY | O_DIRECTORY));
	char buf[100];

	gave(syscall(SYS_chdir, "/tmp"), "chdir(\"/tmp\")");
	gave(syscall(SYS_getcwd, buf, 100), "getcwd(\"/tmp\", 100)");
	gave(syscall(SYS_getcwd, buf, 2), "getcwd(%p, 2)", buf);
	gave(syscall(SYS_chdir, "/not/there"), "chdir(\"/not/there\")");
	gave(syscall(SYS_fchdir, fd), "fchdir(%d)", fd);
	gave(syscall(SYS_fchdir, 99), "fchdir(99)");
	gave(syscall(SYS_getcwd, buf, 100), "getcwd(\"/\", 100)");
	gave(syscall(SYS_getcwd, NULL, 0), "getcwd(NULL, 0)");
	return 0;
}
