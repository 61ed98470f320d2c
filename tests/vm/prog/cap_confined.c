// SPDX-License-Identifier: LGPL-2.1-or-later
// native only: no 32-bit variant is built, because it would run the same command
/*
 * Runs a command under a seccomp filter, as the runtime of a container does: the filter allows every call, or refuses
 * ioctl() with EPERM.
 * usage: cap_confined allow|refuse COMMAND ARG...
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "answer.h"

int main(int argc, char **argv)
{
	if (argc < 3 || answer_call(SYS_ioctl, strcmp(argv[1], "refuse") ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM)) {
		perror("cap_confined");
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
