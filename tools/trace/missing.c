// SPDX-License-Identifier: LGPL-2.1-or-later
/* Warnings about calls and operations that a source cannot record: see trace/missing.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "trace/missing.h"
#include "trace/source.h"

/* The engine that can record without CAP_SYS_PTRACE, but needs it to read the memory of processes that it finds. */
#define READS_MEMORY "bpf"
/* Link in /proc/PID/fd of a descriptor from io_uring_setup(2). */
#define RING "anon_inode:[io_uring]"

bool missing_uring(const struct linx *l)
{
	/*
	 * True if the kernel has an io_uring that the source cannot record. A call with 0 entries always fails: with
	 * ENOSYS only if the kernel has no io_uring.
	 */
	return !linx_get_stream_info(l)->io_uring && (syscall(SYS_io_uring_setup, 0, NULL) >= 0 || errno != ENOSYS);
}

static bool is_ring(int dir, const char *name)
{
	char link[sizeof(RING)];
	ssize_t n = readlinkat(dir, name, link, sizeof(link));

	return n == sizeof(RING) - 1 && !memcmp(link, RING, sizeof(RING) - 1);
}

static bool has_ring(const char *pid)
{
	char path[64];
	struct dirent *d;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (d = readdir(dir)))
		found = is_ring(dirfd(dir), d->d_name);
	if (dir)
		closedir(dir);
	return found;
}

static bool machine_has_ring(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	bool found = false;

	while (dir && !found && (d = readdir(dir)))
		found = isdigit((unsigned char)d->d_name[0]) && has_ring(d->d_name);
	if (dir)
		closedir(dir);
	return found;
}

/*
 * True if a traced process has an io_uring open. Without a list of processes, any process of the machine counts. For a
 * command, this process is checked, since the command will inherit its descriptors.
 */
static bool traced_have_ring(const struct settings *s)
{
	char pid[32];

	if (!source_lists(s))
		return machine_has_ring();
	for (size_t i = 0; i < s->what.attach.n; i++) {
		snprintf(pid, sizeof(pid), "%d", s->what.attach.pids[i]);
		if (has_ring(pid))
			return true;
	}
	return s->what.command && has_ring("self");
}

/* True if the trace has an event for each io_uring_setup(2) of a traced program. */
static bool sees_setups(const struct settings *s)
{
	bool all = !s->what.calls && !s->what.condition && !s->where.rules.from.n && !s->how.nsamples && !s->what.min_duration_ns &&
		   s->what.status != LINX_STATUS_FAILED;

	return all && !s->where.write_path && s->how.mode != LINX_RECORDER;
}

static void say_uring(struct missing *m, const struct linx *l)
{
	const struct linx_stream_info *info = linx_get_stream_info(l);

	m->uring = false;
	if (source_stops_tasks(l))
		say_at(SAY_WARNING, "not recorded: operations of io_uring, which a traced program uses: engine %s cannot ('linxcap doctor' says which can)",
		       info->engine);
	else
		say_at(SAY_WARNING, "not recorded: operations of io_uring: engine %s cannot on kernel %s", info->engine, info->release);
}

/* True if rules may use paths of files, or if cgroups or containers select processes. */
static bool wants_paths(const struct settings *s)
{
	return s->where.rules.from.n || s->what.who.ncgroups || s->what.who.ncontainers;
}

void missing_begin(struct missing *m, const struct settings *s, const struct linx *l)
{
	const struct linx_stream_info *info = linx_get_stream_info(l);

	if (wants_paths(s) && info->no_paths)
		say_at(SAY_WARNING, "not known to rules and filters: paths of files, cgroups, containers: engine %s cannot record them on a "
				    "kernel with PREEMPT_RT; --engine bpf can",
		       info->engine);
	if (!strcmp(info->engine, READS_MEMORY) && !capabilities_have(CAP_SYS_PTRACE))
		say_at(SAY_WARNING, "not known: command lines of programs that were started before this one: CAP_SYS_PTRACE is missing, without which engine %s cannot "
				    "read their memory",
		       info->engine);
	if (info->reduced)
		say_at(SAY_WARNING, "not recorded: more than 256 strings, members of structures or names of a path: engine %s cannot on kernel %s",
		       info->engine, info->release);
	m->uring = source_wants_uring(s) && missing_uring(l);
	/* An engine that stops tasks finds the rings of attached processes, and those that are set up, by itself. */
	if (m->uring && !source_stops_tasks(l) && (!sees_setups(s) || traced_have_ring(s)))
		say_uring(m, l);
}

void missing_look(struct missing *m, const struct linx *l)
{
	if (m->uring && linx_get_stream_info(l)->uring_missed)
		say_uring(m, l);
}

void missing_event(struct missing *m, const struct linx *l, const struct linx_event *ev)
{
	const char *name;
	int64_t ret;

	if (!m->uring || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || linx_event_get_ret(ev, &ret) || ret < 0)
		return;
	name = linx_event_get_name(ev);
	if (name && !strcmp(name, "io_uring_setup"))
		say_uring(m, l);
}
