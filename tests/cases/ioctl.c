// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=ioctl,pidfd_getfd */
#include "case.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
	int p[2], n, on = 1, fd = need(open("/dev/null", O_RDONLY)), pid = need(syscall(SYS_pidfd_open, getpid(), 0));
	struct winsize w;

	need(pipe(p));
	need(write(p[1], "12345", 5));
	gave(syscall(SYS_ioctl, p[0], FIONREAD, &n), "ioctl(%d, FIONREAD, [5])", p[0]);
	gave(syscall(SYS_ioctl, p[0], FIONBIO, &on), "ioctl(%d, FIONBIO, [1])", p[0]);
	gave(syscall(SYS_ioctl, p[0], FIOCLEX), "ioctl(%d, FIOCLEX)", p[0]);
	gave(syscall(SYS_ioctl, fd, TIOCGWINSZ, &w), "ioctl(%d, TIOCGWINSZ, %p)", fd, &w);
	gave(syscall(SYS_ioctl, -1, _IOC(_IOC_READ, 0xde, 0xad, 5), 0x1000), "ioctl(-1, _IOC(_IOC_READ, 0xde, 0xad, 0x5), 0x1000)");
	n = need(syscall(SYS_pidfd_getfd, pid, fd, 0));
	gave(n, "pidfd_getfd(%d, %d, 0)", pid, fd);
	return 0;
}
