// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=lseek,_llseek */
#include "case.h"

int main(void)
{
	int fd = need(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600)), p[2];

	need(write(fd, "0123456789", 10));
	gave(syscall(SYS_lseek, fd, 3, SEEK_SET), "lseek(%d, 3, SEEK_SET)", fd);
	gave(syscall(SYS_lseek, fd, -1L, SEEK_CUR), "lseek(%d, -1, SEEK_CUR)", fd);
	gave(syscall(SYS_lseek, fd, -4L, SEEK_END), "lseek(%d, -4, SEEK_END)", fd);
	gave(syscall(SYS_lseek, fd, 2, SEEK_DATA), "lseek(%d, 2, SEEK_DATA)", fd);
	gave(syscall(SYS_lseek, fd, -20L, SEEK_END), "lseek(%d, -20, SEEK_END)", fd);
	gave(syscall(SYS_lseek, fd, 0, 77), "lseek(%d, 0, 0x4d /* SEEK_??? */)", fd);
	need(pipe(p));
	gave(syscall(SYS_lseek, p[0], 0, SEEK_CUR), "lseek(%d, 0, SEEK_CUR)", p[0]);
#ifdef __i386__
	gave(lseek64(fd, 0x123456789, SEEK_SET) == 0x123456789 ? 0 : -1, "_llseek(%d, 4886718345, [4886718345], SEEK_SET)", fd);
#endif
	return 0;
}
