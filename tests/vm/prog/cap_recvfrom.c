// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Receives datagrams by recvfrom(2) without an address buffer, and with one that has no room, room for a part, or room
 * for all of the sender's address. Each address buffer holds another address before. First of all the program makes
 * calls with descriptors that it inherited. usage: cap_recvfrom FD [DIRECTORY'S-FD]
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void receive(int s, const struct sockaddr_in *self, socklen_t room)
{
	struct sockaddr_in decoy = { .sin_family = AF_INET, .sin_port = htons(53) };
	char buf[8];

	decoy.sin_addr.s_addr = inet_addr("1.1.1.1");
	if (sendto(s, "word", 4, 0, (const struct sockaddr *)self, sizeof(*self)) != 4 ||
	    syscall(SYS_recvfrom, s, buf, sizeof(buf), 0, &decoy, &room) != 4 || room != sizeof(*self))
		exit(1);
}

/* Makes directories by mkdirat and removes them again. */
static void make_directories(int fd)
{
	for (int i = 0; i < 40; i++)
		if (mkdirat(fd, "made", 0700) || unlinkat(fd, "made", AT_REMOVEDIR))
			exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in self = { .sin_family = AF_INET, .sin_port = htons(4712) };
	int s = socket(AF_INET, SOCK_DGRAM, 0), fd = argc > 1 ? atoi(argv[1]) : 0, n;
	char buf[8];

	if (argc > 2)
		make_directories(atoi(argv[2]));
	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (ioctl(fd, FIONREAD, &n) || bind(s, (struct sockaddr *)&self, sizeof(self)))
		return 1;
	receive(s, &self, 0);
	receive(s, &self, 4);
	receive(s, &self, sizeof(self));
	if (sendto(s, "last", 4, 0, (struct sockaddr *)&self, sizeof(self)) != 4 ||
	    syscall(SYS_recvfrom, s, buf, sizeof(buf), 0, NULL, NULL) != 4)
		return 1;
	return syscall(SYS_recvfrom, s, buf, sizeof(buf), MSG_DONTWAIT, NULL, NULL) != -1;
}
