// SPDX-License-Identifier: LGPL-2.1-or-later
/* What tests/bench/ptrace traces: getppid so often, or a file opened, read and closed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int one_file(void)
{
	char bytes[512];
	int fd = open("/etc/passwd", O_RDONLY);

	return fd < 0 || read(fd, bytes, sizeof(bytes)) < 0 || close(fd);
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0;
	int files = n && !strcmp(argv[1], "files");

	if (n <= 0) {
		fprintf(stderr, "usage: traced getppid|files TIMES\n");
		return 2;
	}
	while (n--) {
		if (!files)
			syscall(SYS_getppid);
		else if (one_file())
			return 1;
	}
	return 0;
}
