// SPDX-License-Identifier: LGPL-2.1-or-later
/* fifo PRIORITY COMMAND...: runs the command under SCHED_FIFO with this priority, on CPU 0 alone. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sched_param param = { 0 };
	cpu_set_t cpus;

	if (argc < 3)
		return 2;
	param.sched_priority = atoi(argv[1]);
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || sched_setscheduler(0, SCHED_FIFO, &param)) {
		perror("fifo");
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
