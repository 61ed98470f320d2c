// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls with buffers far longer than a record: write, pread, writev, readv, sendmsg and recvmsg. One buffer ends in
 * unmapped memory, and one has more than 256 KiB. The value of each byte depends on its offset in the buffer.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE (1 << 20)

static uint8_t *fill(void)
{
	/* All runs use this fixed address, so that their pointers are the same. */
	uint8_t *p = mmap((void *)0x20000000, SIZE + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	uint32_t x = 1;

	if (p == MAP_FAILED || munmap(p + SIZE, 4096))
		return NULL;
	for (int i = 0; i < SIZE; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (uint8_t)(x >> 24);
	}
	return p;
}

int main(void)
{
	static uint8_t got[300000];
	int fd = open("cap_long.file", O_CREAT | O_RDWR | O_TRUNC, 0600), null = open("/dev/null", O_WRONLY), pair[2], size = SIZE;
	uint8_t *p = fill();
	struct iovec out[3], in[3];
	struct msghdr msg = { .msg_iov = out, .msg_iovlen = 3 };

	if (!p || fd < 0 || null < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	for (int i = 0; i < 3; i++) {
		out[i] = (struct iovec){ .iov_base = p + 100000 * i + 7, .iov_len = (size_t)(50000 + 10000 * i) };
		in[i] = (struct iovec){ .iov_base = got + 100000 * i, .iov_len = (size_t)(60000 - 5000 * i) };
	}
	if (write(fd, p, 200000) != 200000 || pread(fd, got, 150000, 1000) != 150000)
		return 2;
	if (writev(null, out, 3) != 180000 || preadv(fd, in, 3, 5) != 165000)
		return 3;
	if (sendmsg(pair[0], &msg, 0) != 180000)
		return 4;
	msg.msg_iov = in;
	if (recvmsg(pair[1], &msg, 0) < 20000)
		return 5;
	if (write(fd, p + SIZE - 70000, 100000) == 100000)
		return 6;
	if (write(fd, p, 400000) != 400000)
		return 7;
	unlink("cap_long.file");
	return 0;
}
