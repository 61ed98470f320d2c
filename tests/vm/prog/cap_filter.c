// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attaches BPF filters of three lengths to a socket: the first is recorded whole, the other two are longer than a
 * record can be. Built for the 64-bit ABI only (native only).
 */
#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	static const unsigned short lengths[] = { 600, 2000, 4096 };
	static struct sock_filter code[4096];
	int udp = socket(AF_INET, SOCK_DGRAM, 0);

	for (int i = 0; i < 4096; i++)
		code[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (unsigned int)i);
	for (int i = 0; i < 3; i++) {
		struct sock_fprog prog = { lengths[i], code };

		/* The call may fail for lack of kernel memory. Its record is checked, not its result. */
		setsockopt(udp, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
	}
	return udp < 0;
}
