// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=pipe,pipe2,dup,dup2,dup3 */
#include "case.h"

int main(void)
{
	int p[2];
	long r;

	r = syscall(SYS_pipe, p);
	gave(r, "pipe([%d, %d])", p[0], p[1]);
	r = syscall(SYS_pipe2, p, O_CLOEXEC | O_NONBLOCK);
	gave(r, "pipe2([%d, %d], O_NONBLOCK|O_CLOEXEC)", p[0], p[1]);
	gave(syscall(SYS_pipe2, NULL, 0), "pipe2(NULL, 0)");
	gave(syscall(SYS_pipe2, p, O_APPEND), "pipe2(%p, O_APPEND)", p);
	gave(syscall(SYS_dup, p[0]), "dup(%d)", p[0]);
	gave(syscall(SYS_dup, -1), "dup(-1)");
	gave(syscall(SYS_dup2, p[0], 30), "dup2(%d, 30)", p[0]);
	gave(syscall(SYS_dup3, p[0], 31, O_CLOEXEC), "dup3(%d, 31, O_CLOEXEC)", p[0]);
	gave(syscall(SYS_dup3, p[0], p[0], 0), "dup3(%d, %d, 0)", p[0], p[0]);
	return 0;
}
