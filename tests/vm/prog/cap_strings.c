// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Strings with bytes that could break a line, a JSON object or a terminal, in every place that a program can choose:
 * its name, paths, arguments. Also a string of 128 KiB, and an empty argument vector. The program does this only with
 * the argument "go". Without it, as when it executes itself, it ends at once. Built for the 64-bit ABI only
 * (native only).
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include "load.h"

#define LONG ((128 << 10) - 1) /* length of the longest argument that the kernel accepts, without its NUL */

static void run(char *const argv[])
{
	pid_t pid = fork();

	if (!pid) {
		execve("/proc/self/exe", argv, (char *[]){ "A=\n\033[2J", NULL });
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	static char large[LONG + 1];
	static const char path[] = "/tmp/a\n\033]0;title\a\377\302\303\244\342\200\256b\r\"\\)";
	int fd;

	if (argc != 2 || strcmp(argv[1], "go") != 0)
		return 0;
	prctl(PR_SET_NAME, "a) \n\033[31m\377", 0, 0, 0);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	if (fd < 0 || write(fd, "\n\033[2J\377", 6) != 6)
		return 1;
	mkdir("/tmp/d\n\033\377", 0700);
	if (chdir("/tmp/d\n\033\377"))
		return 1;
	memset(large, 'x', LONG);
	memcpy(large, "\n\033[2J\377", 6);
	run((char *[]){ "a\n)", "", "\033[2J", "\377\302", "\"\\", NULL });
	run((char *[]){ "long", large, "last", NULL });
	run((char *[]){ NULL });
	unlink(path);
	return 0;
}
