// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls that the engines of linx (module, bpf, ptrace) could record by different rules: arguments that a compat ABI
 * truncates, pages, options of prctl(2), a socket that could not be connected. Exit status 3: this kernel accepts calls
 * of the ABI x32, which the program then does not make.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "raw.h"

#ifdef __x86_64__
#define X32_BIT 0x40000000
#define X32_FIRST 512
#define X32_LAST 547

/*
 * Makes x32 calls, which the kernel refuses; the records show the arguments that it would have used. Returns 3 if this
 * kernel accepts x32 calls.
 */
static int make_x32_calls(void)
{
	static const uint64_t wide[] = { 0x100000002, 0x100000002, 0x100000002, 0x100000002, 0x100000002, 0x100000002 };

	if (raw(X32_BIT + 39, wide) != -ENOSYS) /* getpid */
		return 3;
	for (long nr = X32_FIRST; nr <= X32_LAST; nr++)
		raw(X32_BIT + nr, wide);
	return 0;
}
#else
static int make_x32_calls(void)
{
	return 0;
}
#endif

static void ask_for_pages(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), length = 20 * page + 1;
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char there[32];

	memset(memory, 1, length);
	mincore(memory, length, there);
}

static void set_options(void)
{
	char name[16];

	prctl(PR_GET_NAME, name);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_CAPBSET_READ, 0, 0, 0, 0);
	prctl(PR_SET_NAME, "renamed");
}

static void connect_in_vain(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	connect(fd, (const void *)&to, sizeof(to));
	to.sin_family = AF_UNSPEC;
	connect(fd, (const void *)&to, sizeof(to));
	close(fd);
}

int main(void)
{
	ask_for_pages();
	set_options();
	connect_in_vain();
	return make_x32_calls();
}
