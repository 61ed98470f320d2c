// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls whose text depends on the kind of their descriptor: an ioctl command that terminals and sound cards share, and
 * a signal whose siginfo names a descriptor. The signal is refused, because its target does not exist.
 */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int ioctl(int fd, unsigned long cmd, ...);

int main(void)
{
	struct termios termios;
	int tty = open("/dev/ptmx", O_RDWR | O_NOCTTY), null = open("/dev/null", O_RDWR);
	siginfo_t info = { .si_signo = SIGIO, .si_code = SI_SIGIO };

	info.si_fd = null;
	if (tty < 0 || null < 0 || ioctl(tty, TCGETS, &termios) || ioctl(tty, TCSETS, &termios))
		return 1;
	ioctl(null, TCSETS, &termios);
	/* repeats the calls quickly, so that the module's fast path records most of them, and not only its slow path */
	for (int i = 0; i < 50; i++) {
		syscall(SYS_rt_sigqueueinfo, 0x7ffffff0, SIGIO, &info);
		syscall(SYS_rt_tgsigqueueinfo, 0x7ffffff0, 0x7ffffff0, SIGIO, &info);
	}
	return 0;
}
