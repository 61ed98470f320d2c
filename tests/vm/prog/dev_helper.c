// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Helper that other programs of this folder execute, as 64-bit and as 32-bit program.
 * usage: dev_helper open | true | exit N | sleep MS | calls | args...
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Returns the errno of opening the device as exit status. */
static int do_open(void)
{
	return open("/dev/linxcap", O_RDWR) < 0 ? errno : 0;
}

static int do_sleep(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	return nanosleep(&t, NULL);
}

/* Makes the calls of the native ABI that rec_abi expects. */
static int do_calls(void)
{
	static char text[] = "from the helper";

	syscall(SYS_getppid);
	syscall(SYS_write, -1L, text, (long)sizeof(text));
	syscall(SYS_lseek, -1L, -2L, 7L);
	syscall(SYS_faccessat, (long)AT_FDCWD, "/nothing/here", 4L);
	syscall(3000L, -1L, 2L, 3L, 4L, 5L, 6L);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "true";

	if (!strcmp(verb, "open"))
		return do_open();
	if (!strcmp(verb, "exit") && argc > 2)
		return atoi(argv[2]);
	if (!strcmp(verb, "sleep") && argc > 2)
		return do_sleep(atoi(argv[2]));
	if (!strcmp(verb, "calls"))
		return do_calls();
	return 0;
}
