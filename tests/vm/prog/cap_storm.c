// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes that make calls as fast as they can.
 * usage: cap_storm PROCESSES CALLS [FORKS]: each makes CALLS calls and FORKS children that end at once. With CALLS 0
 * they run until killed.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void storm(long calls, long forks)
{
	for (long i = 0; !calls || i < calls; i++) {
		syscall(SYS_getppid);
		if (i < forks && fork() == 0)
			_exit(0);
		if (i % 16 == 0 && access("/nowhere/to/be/found", R_OK) == 0)
			_exit(1);
	}
	while (wait(NULL) > 0)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	int processes = argc > 1 ? atoi(argv[1]) : 2, status, bad = 0;

	for (int i = 0; i < processes; i++)
		if (fork() == 0)
			storm(argc > 2 ? atol(argv[2]) : 10000, argc > 3 ? atol(argv[3]) : 0);
	while (wait(&status) > 0)
		bad |= status;
	return bad != 0;
}
