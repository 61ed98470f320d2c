// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=fcntl,fcntl64 */
#include "case.h"

/* Flag that 64-bit kernels set in every open file. */
#ifdef __aarch64__
#define LARGEFILE 0x20000
#define LARGEFILE_TEXT "0x20401"
#else
#define LARGEFILE NAME(0x8000, 0)
#define LARGEFILE_TEXT "0x8401"
#endif
#define CALL NAME("fcntl", "fcntl64")
#define FCNTL(...) syscall(NR(fcntl, fcntl64), __VA_ARGS__)

int main(void)
{
	int fd = need(open("/dev/null", O_WRONLY | O_APPEND));

	gave(FCNTL(fd, F_GETFD), CALL "(%d, F_GETFD)", fd);
	gave(FCNTL(fd, F_SETFD, FD_CLOEXEC), CALL "(%d, F_SETFD, FD_CLOEXEC)", fd);
	if (FCNTL(fd, F_GETFD) == 1)
		gave_as("0x1 (flags FD_CLOEXEC)", CALL "(%d, F_GETFD)", fd);
	if (FCNTL(fd, F_GETFL) == (O_WRONLY | O_APPEND | LARGEFILE))
		gave_as(NAME(LARGEFILE_TEXT " (flags O_WRONLY|O_APPEND|O_LARGEFILE)", "0x401 (flags O_WRONLY|O_APPEND)"),
			CALL "(%d, F_GETFL)", fd);
	gave(FCNTL(fd, F_SETFL, O_NONBLOCK), CALL "(%d, F_SETFL, O_RDONLY|O_NONBLOCK)", fd);
	gave(FCNTL(fd, F_DUPFD, 40), CALL "(%d, F_DUPFD, 40)", fd);
	gave(FCNTL(fd, F_DUPFD_CLOEXEC, 50), CALL "(%d, F_DUPFD_CLOEXEC, 50)", fd);
	gave(FCNTL(fd, F_SETOWN, 0), CALL "(%d, F_SETOWN, 0)", fd);
	gave(FCNTL(-1, 1028, 0), CALL "(-1, F_CREATED_QUERY, 0)");
	gave(FCNTL(-1, F_GETFD), CALL "(-1, F_GETFD)");
	gave(FCNTL(fd, F_GETLK, NULL), CALL "(%d, F_GETLK, NULL)", fd);
	return 0;
}
