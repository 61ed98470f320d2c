// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=readlink,readlinkat */
#include "case.h"

int main(void)
{
	char buf[100], self[100];
	long n;

	/* a static program reads its own path before main() */
	n = need(readlink("/proc/self/exe", self, sizeof(self)));
	gave(n, "readlink(\"/proc/self/exe\", \"%.*s\", 4096)", (int)n, self);
	gave(n, "readlink(\"/proc/self/exe\", \"%.*s\", 100)", (int)n, self);
	need(symlink("where/to", "link"));
	gave(syscall(SYS_readlink, "link", buf, 100), "readlink(\"link\", \"where/to\", 100)");
	gave(syscall(SYS_readlink, "link", buf, 5), "readlink(\"link\", \"where\", 5)");
	gave(syscall(SYS_readlink, "not/there", buf, 100), "readlink(\"not/there\", %p, 100)", buf);
	gave(syscall(SYS_readlink, NULL, buf, 100), "readlink(NULL, %p, 100)", buf);
	gave(syscall(SYS_readlinkat, AT_FDCWD, "link", buf, 100), "readlinkat(AT_FDCWD, \"link\", \"where/to\", 100)");
	gave(syscall(SYS_readlinkat, 99, "link", buf, -1), "readlinkat(99, \"link\", %p, 4294967295)", buf);
	return 0;
}
