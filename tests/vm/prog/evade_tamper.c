// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Interferes with a recording in the ways that linx notices. usage: evade_tamper [nobody] unload NAME | attach PID |
 * seize PID | write PID. "nobody" gives up all rights first. Exit status 0: the kernel did what was asked.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Writes the first byte of the stack, which it has just read. */
static int write_to(pid_t pid)
{
	char path[64], line[256], byte;
	unsigned long start = 0;
	struct iovec own = { &byte, 1 }, other;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "[stack]"))
			sscanf(line, "%lx", &start);
	if (f)
		fclose(f);
	other = (struct iovec){ (void *)start, 1 };
	if (process_vm_readv(pid, &own, 1, &other, 1, 0) != 1)
		return -1;
	return process_vm_writev(pid, &own, 1, &other, 1, 0) == 1 ? 0 : -1;
}

static int attach(pid_t pid)
{
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -1;
	waitpid(pid, NULL, __WALL);
	return (int)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc > 1 && !strcmp(argv[1], "nobody")) {
		if (setgid(65534) || setuid(65534))
			return 2;
		argc--;
		argv++;
	}
	if (argc < 3)
		return 2;
	pid = (pid_t)atoi(argv[2]);
	if (!strcmp(argv[1], "unload"))
		return syscall(SYS_delete_module, argv[2], O_NONBLOCK) ? 1 : 0;
	if (!strcmp(argv[1], "attach"))
		return attach(pid) ? 1 : 0;
	if (!strcmp(argv[1], "seize"))
		return ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? 1 : 0;
	return write_to(pid) ? 1 : 0;
}
