// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=read,write */
#include "case.h"

int main(void)
{
	char buf[100];
	int p[2];

	need(pipe(p));
	gave(syscall(SYS_write, p[1], "hello\n", 6), "write(%d, \"hello\\n\", 6)", p[1]);
	gave(syscall(SYS_read, p[0], buf, 100), "read(%d, \"hello\\n\", 100)", p[0]);
	gave(syscall(SYS_write, p[1], "\0\1\0017\t\"\\\377\033", 9), "write(%d, \"\\0\\1\\0017\\t\\\"\\\\\\377\\33\", 9)", p[1]);
	gave(syscall(SYS_read, p[0], buf, 3), "read(%d, \"\\0\\1\\1\", 3)", p[0]);
	gave(syscall(SYS_read, p[0], buf, 0), "read(%d, \"\", 0)", p[0]);
	gave(syscall(SYS_write, p[1], "0123456789012345678901234567890123456789", 40),
	     "write(%d, \"01234567890123456789012345678901\"..., 40)", p[1]);
	gave(syscall(SYS_read, p[0], buf, 38), "read(%d, \"7\\t\\\"\\\\\\377\\03301234567890123456789012345\"..., 38)", p[0]);
	gave(syscall(SYS_read, -1, buf, 100), "read(-1, %p, 100)", buf);
	gave(syscall(SYS_write, p[1], (void *)1, 5), "write(%d, 0x1, 5)", p[1]);
	gave(syscall(SYS_read, p[0], (void *)1, 5), "read(%d, 0x1, 5)", p[0]);
	gave(syscall(SYS_write, p[1], NULL, 0), "write(%d, NULL, 0)", p[1]);
	need(close(p[1]));
	gave(syscall(SYS_read, p[0], buf, 100), "read(%d, \"23456789\", 100)", p[0]);
	gave(syscall(SYS_read, p[0], buf, 100), "read(%d, \"\", 100)", p[0]);
	return 0;
}
