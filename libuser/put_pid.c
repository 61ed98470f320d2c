// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers of processes, with the names of their commands if they are asked for (strace -Y). */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "decoders.h"
#include "tasks.h"

#define COMM_SIZE 16

/* Of a process that the stream does not tell of, as it is now. 0: not known. */
static size_t running_comm(int64_t pid, char *comm)
{
	char path[48];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/comm", (long long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, comm, COMM_SIZE);
	close(fd);
	/* It ends with a newline. */
	return n > 0 ? (size_t)n - 1 : 0;
}

static size_t comm_of(const struct linx_put *p, int64_t pid, char *comm)
{
	const struct linx_slot *slot = p->ev->tasks ? linx_tasks_find(p->ev->tasks, (uint32_t)pid) : NULL;
	size_t n;

	if (!slot || !slot->known)
		return p->st->live ? running_comm(pid, comm) : 0;
	n = strnlen(slot->task.comm, COMM_SIZE);
	memcpy(comm, slot->task.comm, n);
	return n;
}

void linx_put_pid(struct linx_put *p, int64_t pid)
{
	char comm[COMM_SIZE];
	size_t n;

	linx_put_i64(p, pid);
	if (p->json || !(p->st->pids & LINX_STRACE_PID_COMM) || pid <= 0)
		return;
	n = comm_of(p, pid, comm);
	if (!n)
		return;
	linx_out_char(p->o, '<');
	linx_out_angle(p->o, comm, n, p->st->hex);
	linx_out_char(p->o, '>');
}

void linx_num_pid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_pid(p, n);
}
