// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls whose numbers, names or arguments differ between x86_64 and i386, and
 * an exec into the other ABI (usage: cap_abi [PROGRAM]).
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FAR 0x123456789LL

static void large_offsets(int fd)
{
	char c;

	if (ftruncate64(fd, FAR) || truncate64("/tmp/abi", FAR + 1))
		exit(1);
	lseek64(fd, FAR - 1, SEEK_SET);
	if (pread64(fd, &c, 1, FAR - 2) != 1 || pwrite64(fd, "p", 1, FAR) != 1)
		exit(2);
	posix_fallocate64(fd, 0, 4096);
	posix_fadvise64(fd, FAR, 10, POSIX_FADV_DONTNEED);
	readahead(fd, FAR, 1);
	sync_file_range(fd, 0, FAR, SYNC_FILE_RANGE_WRITE);
}

static void sockets(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(4711) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), pair[2];
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 5))
		exit(3);
	getsockname(fd, (struct sockaddr *)&a, &len);
	connect(-1, (struct sockaddr *)&a, sizeof(a));
	close(fd);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || send(pair[0], "hello", 5, 0) != 5 ||
	    recv(pair[1], &a, sizeof(a), 0) != 5)
		exit(4);
	shutdown(pair[0], SHUT_RDWR);
}

static void plain(int fd)
{
	struct utsname u;
	struct statfs64 s;
	struct stat st;

	uname(&u);
	getuid();
	getegid();
	setuid(0);
	stat("/tmp/abi", &st);
	fstatfs64(fd, &s);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_DUPFD, 20);
	mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 4096);
	chown("/tmp/abi", 0, -1);
	syscall(SYS_getppid);
	syscall(1023, 1, 2, 3, 4, 5, 6);
}

int main(int argc, char **argv)
{
	int fd = open("/tmp/abi", O_RDWR | O_CREAT | O_TRUNC | O_LARGEFILE, 0644);

	large_offsets(fd);
	plain(fd);
	sockets();
	unlink("/tmp/abi");
	if (argc > 1)
		execv(argv[1], argv + 1);
	return 0;
}
