// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes pids. If the style wants it, command names follow (strace -Y), and the pids in the initial pid namespace
 * (strace --decode-pids=pidns).
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "decoders/decoders.h"
#include "decoders/pidns.h"
#include "state/tasks.h"

#define COMM_SIZE 16

/*
 * Reads the command name of a running process that the stream does not describe. Returns its length; 0: not
 * known.
 */
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
	/* the newline behind the name is not part of it */
	return n > 0 ? (size_t)n - 1 : 0;
}

static size_t comm_of(const struct linx_put *p, int64_t pid, char *comm)
{
	const struct linx_task_slot *slot = p->ev->tasks ? linx_tasks_find(p->ev->tasks, (uint32_t)pid) : NULL;
	size_t n;

	if (!slot || !slot->known)
		return p->st->live ? running_comm(pid, comm) : 0;
	n = strnlen(slot->task.comm, COMM_SIZE);
	memcpy(comm, slot->task.comm, n);
	return n;
}

static void put_comm(struct linx_put *p, int64_t pid)
{
	char comm[COMM_SIZE];
	size_t n = comm_of(p, pid, comm);

	if (!n)
		return;
	linx_strbuf_char(p->o, '<');
	linx_strbuf_angle(p->o, comm, n, p->st->hex);
	linx_strbuf_char(p->o, '>');
}

/* Writes the translated pid in a comment. A number below -1 is that of a process group. */
static void put_translation(struct linx_put *p, int64_t pid)
{
	uint32_t number = (uint32_t)(pid < 0 ? -pid : pid);
	uint32_t ours = pid > 0 || pid < -1 ? linx_pidns_find(p->st->pidns, p->ev, number) : 0;
	char text[48];

	if (!ours || ours == number)
		return;
	snprintf(text, sizeof(text), "%s%u in strace's PID NS", pid < 0 ? "-" : "", ours);
	linx_put_comment(p, text);
}

void linx_put_pid(struct linx_put *p, int64_t pid)
{
	linx_put_i64(p, pid);
	if (p->st->pids & LINX_STRACE_PID_COMM && pid > 0)
		put_comm(p, pid);
	if (p->st->pidns)
		put_translation(p, pid);
}

void linx_num_pid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_pid(p, n);
}
