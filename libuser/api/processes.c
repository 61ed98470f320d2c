// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of processes of a source, which are recorded or left out, and tasks whose events are skipped until exec. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "api/source.h"

/* A reference to a task, by which one can see if the task still lives even if its number was reused. */
struct anchor {
	int fd;
	bool is_pidfd;
};

/*
 * Opens a reference to a task: a pidfd, or for a thread on older kernels, which have no pidfds of threads, its
 * directory in /proc.
 */
static int anchor_open(struct anchor *a, int pid)
{
	char path[32];

	a->is_pidfd = true;
	a->fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (a->fd >= 0)
		return 0;
	if (errno != EINVAL && errno != ENOENT)
		return -errno;
	a->is_pidfd = false;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	a->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return a->fd >= 0 ? 0 : -ESRCH;
}

static bool anchor_lives(const struct anchor *a)
{
	struct pollfd p = { .fd = a->fd, .events = POLLIN };
	char state;
	int fd;

	if (a->is_pidfd)
		return poll(&p, 1, 0) == 0;
	fd = openat(a->fd, "stat", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	state = read(fd, &state, 1) == 1;
	close(fd);
	return state;
}

/* Sets the error text for a process that cannot be put on the list: the engine's own, unless the process has ended. */
static int no_process(struct linx *l, int pid, int code)
{
	if (code != -ESRCH && l->e->err.text[0])
		return linx_engine_failed(l, code);
	if (code == -ESRCH || code == -ENOENT)
		return linx_fail(&l->err, -ESRCH, "no process %d", pid);
	return linx_fail(&l->err, code, "process %d: %s", pid, strerror(-code));
}

/*
 * Reports, after processes were added to the list, that entries may be joined with returns of other calls. With
 * LINX_FILTER_PIDS_NOT these processes are no longer recorded, so returns of their calls may be missing. With
 * LINX_FILTER_PIDS nothing is reported, since no entries of these processes were recorded before.
 */
static void doubt_left_out(struct linx *l, uint64_t since)
{
	if (l->selection.filter.flags & LINX_FILTER_PIDS_NOT)
		linx_doubt_entries(l, since);
}

/* Sets the filter to record only processes on the list, unless it is set to leave out the processes on the list. */
static int record_listed(struct linx *l)
{
	struct linx_filter f = l->selection.filter;

	f.flags |= f.flags & LINX_FILTER_PIDS_NOT ? 0 : LINX_FILTER_PIDS;
	return f.flags == l->selection.filter.flags ? 0 : linx_apply_filter(l, &f);
}

static int list_pid(struct linx *l, int pid)
{
	struct anchor a;
	uint64_t since;
	int ret = anchor_open(&a, pid);

	if (ret)
		return no_process(l, pid, ret);
	since = linx_now_or(l, 0);
	l->e->err.text[0] = '\0';
	ret = l->e->ops->pids(l->e, &pid, 1, false);
	if (!ret && !anchor_lives(&a)) {
		l->e->ops->pids(l->e, &pid, 1, true);
		ret = -ESRCH;
	}
	doubt_left_out(l, since);
	close(a.fd);
	if (ret)
		return no_process(l, pid, ret);
	ret = record_listed(l);
	if (ret)
		l->e->ops->pids(l->e, &pid, 1, true);
	else
		l->lists_pids = true;
	return ret;
}

LINX_API int linx_add_pid(struct linx *l, int pid)
{
	if (!l->e->ops->pids)
		return linx_not_live(l, "process list");
	if (pid <= 0)
		return no_process(l, pid, -ESRCH);
	return list_pid(l, pid);
}

LINX_API int linx_get_command_filter(struct linx *l, struct sock_filter *filter, unsigned int room)
{
	int ret;

	if (!l->e->ops->pids)
		return linx_not_live(l, "process list");
	if (!l->e->ops->command)
		return 0;
	ret = l->e->ops->command(l->e, filter, room);
	return ret < 0 ? linx_engine_failed(l, ret) : ret;
}

LINX_API int linx_inherit_pids(struct linx *l, const struct linx *from)
{
	uint64_t since;
	int ret;

	if (!l->e->ops->inherit || from->e->ops != l->e->ops)
		return linx_not_live(l, "process list");
	since = linx_now_or(l, 0);
	ret = l->e->ops->inherit(l->e, from->e);
	doubt_left_out(l, since);
	return ret < 0 ? linx_engine_failed(l, ret) : 0;
}

LINX_API int linx_listed(struct linx *l)
{
	int ret;

	if (!l->e->ops->listed)
		return linx_not_live(l, "process list");
	ret = l->e->ops->listed(l->e);
	return ret < 0 ? linx_engine_failed(l, ret) : ret;
}

/* True if the caller's pid namespace is the initial one, whose numbers are in the records; always true for a file. */
static bool numbers_as_records(const struct linx *l)
{
	const struct linx_stream_info *info = &l->e->ops->header(l->e)->info;
	struct stat st;

	return !info->live || (!stat("/proc/self/ns/pid", &st) && st.st_ino == info->pid_ns);
}

LINX_API int linx_skip_until_exec(struct linx *l, uint32_t tid)
{
	int ret;

	if (!numbers_as_records(l))
		return linx_fail(&l->err, -EOPNOTSUPP,
				 "task %u: its number in the initial pid namespace is not known",
				 tid);
	ret = linx_assembler_skip(l->a, tid);
	return ret ? linx_fail(&l->err, ret, "out of memory") : 0;
}
