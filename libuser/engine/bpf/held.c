// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Perf events, at which programs run with preemption off. From Linux 7.0 on a task can be preempted inside a program
 * at a BTF tracepoint. The kernel then skips all other runs of that program on that CPU until the task runs again.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/bpf/bpf.h"
#include "engine/live.h"

/*
 * FSCONFIG_CMD_CREATE of <linux/mount.h>, which some versions of libc do not allow to be included together with their
 * own <sys/mount.h>.
 */
#define FSCONFIG_CMD_CREATE_ 6

/*
 * The perf event of each program that can run at a perf event. For all other programs the kernel has no perf event, or
 * one that passes fewer values than their tracepoint.
 */
static const char *const events[LINX_BPF_PROGRAMS] = {
	[LINX_BPF_EXIT] = "raw_syscalls/sys_exit",
	[LINX_BPF_ENTER] = "raw_syscalls/sys_enter",
	[LINX_BPF_URING_SUBMIT] = "io_uring/io_uring_submit_req",
	[LINX_BPF_URING_COMPLETE] = "io_uring/io_uring_complete",
	[LINX_BPF_URING_OVERFLOW] = "io_uring/io_uring_cqe_overflow",
};

/*
 * Returns a descriptor of a tracefs that is mounted nowhere; -1: the kernel does not allow it, or the process lacks
 * the rights.
 */
static int open_tracefs(void)
{
	int fs = (int)syscall(SYS_fsopen, "tracefs", 1u), mount = -1;

	if (fs < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE_, NULL, NULL, 0))
		mount = (int)syscall(SYS_fsmount, fs, 1u, 0u);
	close(fs);
	return mount;
}

/* Returns the number of an event from the tracefs at dir and root; 0: it is not there. */
static unsigned int read_id(int dir, const char *root, const char *event)
{
	char path[128], text[16] = "";
	unsigned int id = 0;
	int fd;

	snprintf(path, sizeof(path), "%sevents/%s/id", root, event);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) <= 0 || sscanf(text, "%u", &id) != 1)
		id = 0;
	close(fd);
	return id;
}

unsigned int linx_bpf_event_id(const char *event)
{
	unsigned int id = read_id(AT_FDCWD, "/sys/kernel/tracing/", event);
	int mount;

	if (!id)
		id = read_id(AT_FDCWD, "/sys/kernel/debug/tracing/", event);
	if (id)
		return id;
	mount = open_tracefs();
	if (mount < 0)
		return 0;
	id = read_id(mount, "", event);
	close(mount);
	return id;
}

/*
 * Opens a perf event. Returns its descriptor, or -errno. A program that is attached to it runs on all CPUs, whatever
 * CPU the event is opened for.
 */
static int open_event(const char *event)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = linx_bpf_event_id(event),
	};
	int fd;

	if (!attr.config)
		return -ENOENT;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

uint32_t linx_bpf_how_held(const struct linx_engine_bpf *b)
{
	if (b->reduced || linx_live_kernel_before(7, 0))
		return 0;
	for (unsigned int i = 0; i < LINX_BPF_PROGRAMS; i++) {
		int fd;

		if (!events[i])
			continue;
		fd = open_event(events[i]);
		if (fd < 0)
			return LINX_BPF_EARLY;
		close(fd);
	}
	return LINX_BPF_HELD;
}

struct bpf_link *linx_bpf_attach(const struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	struct bpf_link *link;
	int fd;

	if (!(b->config.flags & LINX_BPF_HELD) || !events[i])
		return b->lib.bpf_program__attach(b->programs[i]);
	fd = open_event(events[i]);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = b->lib.bpf_program__attach_perf_event(b->programs[i], fd);
	if (!link)
		close(fd);
	return link; /* the link owns the descriptor */
}
