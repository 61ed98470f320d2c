// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=pread64,pwrite64 */
#include "case.h"

int main(void)
{
	int fd = need(open("file", O_RDWR | O_CREAT | O_TRUNC | O_LARGEFILE, 0600));
	char buf[16];

	gave(pwrite64(fd, "far away", 8, 0x123456789), "pwrite64(%d, \"far away\", 8, 4886718345)", fd);
	gave(pread64(fd, buf, sizeof(buf), 0x123456789), "pread64(%d, \"far away\", 16, 4886718345)", fd);
	gave(pread64(fd, buf, 3, 1), "pread64(%d, \"\\0\\0\\0\", 3, 1)", fd);
	gave(pread64(fd, buf, 3, -1), "pread64(%d, %p, 3, -1)", fd, buf);
	gave(pwrite64(-1, "x", 1, 0), "pwrite64(-1, \"x\", 1, 0)");
	return 0;
}
