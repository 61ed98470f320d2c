// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Passes descriptors through a socket: first those of two files whose paths have the greatest length, then that of a
 * file with a short path. Prints the inode of the last file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a file below sixteen directories with long names. */
static int open_deep(const char *top)
{
	char name[250];
	int dir = AT_FDCWD, below;

	memset(name, 'd', sizeof(name));
	memcpy(name, top, strlen(top));
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 16; i++) {
		if (mkdirat(dir, name, 0700))
			exit(1);
		below = openat(dir, name, O_PATH | O_DIRECTORY);
		if (dir != AT_FDCWD)
			close(dir);
		dir = below;
	}
	return openat(dir, "file", O_CREAT | O_RDWR, 0600);
}

int main(void)
{
	int sockets[2], fds[3] = { open_deep("one"), open_deep("two"), open("/etc/passwd", O_RDONLY) };
	union {
		char buf[CMSG_SPACE(sizeof(fds))];
		struct cmsghdr head;
	} control = { .head = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(fds)) } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.buf) };
	struct stat st;

	memcpy(CMSG_DATA(&control.head), fds, sizeof(fds));
	if (fstat(fds[2], &st) || socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets))
		return 1;
	printf("%d %llu\n", fds[2], (unsigned long long)st.st_ino);
	fflush(stdout);
	return sendmsg(sockets[0], &msg, 0) != 1;
}
