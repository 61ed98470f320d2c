// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads values about a task from /proc: see engine/proc/proc.h. */
#include <ctype.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/namespace.h"
#include "engine/proc/proc.h"

/*
 * Number of threads of linx_aside_do() that may wait at once for the command line of one process. It is above 1, since
 * each program that the process executes can make another thread wait.
 */
#define MOST_TEXTS 16u

/* Finds the text behind "name:\t" in a line of /proc/TID/status. NULL: there is no such line. */
static const char *find_line(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, name, n) && p[n] == ':')
			return p + n + 1 + strspn(p + n + 1, " \t");
	}
	return NULL;
}

static uint64_t get_number(const char *text, const char *name, int base)
{
	const char *p = find_line(text, name);

	return p ? strtoull(p, NULL, base) : 0;
}

/* Returns the last number of a line that has one number for each pid namespace. */
static uint32_t last_number(const char *text, const char *name)
{
	const char *p = find_line(text, name);
	uint32_t n = 0;

	while (p && isdigit((unsigned char)*p)) {
		n = (uint32_t)strtoul(p, (char **)&p, 10);
		p += *p == '\t';
	}
	return n;
}

static void read_ids(const char *text, const char *name, uint32_t ids[4])
{
	const char *p = find_line(text, name);

	memset(ids, 0, 4 * sizeof(*ids));
	if (p)
		sscanf(p, "%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32, &ids[0], &ids[1], &ids[2], &ids[3]);
}

static void take_status(struct linx_proc *f, const char *text)
{
	struct linx_who *who = &f->who;
	uint32_t uid[4], gid[4];

	read_ids(text, "Uid", uid);
	read_ids(text, "Gid", gid);
	f->ctx.uid = uid[0];
	f->ctx.euid = uid[1];
	who->suid = uid[2];
	who->fsuid = uid[3];
	f->ctx.gid = gid[0];
	f->ctx.egid = gid[1];
	who->sgid = gid[2];
	who->fsgid = gid[3];
	f->ctx.ppid = (uint32_t)get_number(text, "PPid", 10);
	who->cap_inheritable = get_number(text, "CapInh", 16);
	who->cap_permitted = get_number(text, "CapPrm", 16);
	who->cap_effective = get_number(text, "CapEff", 16);
	who->cap_bounding = get_number(text, "CapBnd", 16);
	who->cap_ambient = get_number(text, "CapAmb", 16);
	who->ns_tid = last_number(text, "NSpid");
	who->ns_pid = last_number(text, "NStgid");
	f->ignored = get_number(text, "SigIgn", 16);
	f->caught = get_number(text, "SigCgt", 16);
}

/* Converts a device number of /proc/PID/stat, which has the kernel's own encoding, to that of linx_file_id. */
static uint32_t device_of(uint32_t tty)
{
	uint32_t minor_nr = (tty & 0xff) | (tty >> 12 & 0xfff00), major_nr = tty >> 8 & 0xfff;

	return major_nr << 20 | minor_nr;
}

uint64_t linx_proc_ticks_ns(uint64_t ticks)
{
	long hz = sysconf(_SC_CLK_TCK);

	return ticks * (1000000000ull / (uint64_t)(hz > 0 ? hz : 100));
}

static bool read_stat(struct linx_proc *f, pid_t tid)
{
	char text[1024];
	const char *fields = linx_proc_stat(tid, text, sizeof(text)), *name;
	unsigned long long start = 0;
	int pgid = 0, sid = 0, tty = 0;
	size_t n;

	if (!fields)
		return false;
	name = strchr(text, '(') + 1;
	n = (size_t)(fields - strlen(") ") - name);
	n = n < sizeof(f->ctx.comm) - 1 ? n : sizeof(f->ctx.comm) - 1;
	memset(f->ctx.comm, 0, sizeof(f->ctx.comm));
	memcpy(f->ctx.comm, name, n);
	if (sscanf(fields, "%*c %*d %d %d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &pgid,
		   &sid, &tty, &start) != 4)
		return false;
	f->who.pgid = (uint32_t)pgid;
	f->who.sid = (uint32_t)sid;
	f->who.tty = device_of((uint32_t)tty);
	f->ctx.start_time = linx_proc_ticks_ns(start);
	return true;
}

static uint64_t start_of(pid_t tid)
{
	struct linx_proc f = { .has_exe = false };

	return read_stat(&f, tid) ? f.ctx.start_time : 0;
}

static uint32_t read_id(pid_t tid, const char *name)
{
	char text[32];

	return linx_proc_file(tid, name, text, sizeof(text)) > 0 ? (uint32_t)strtoul(text, NULL, 10) : UINT32_MAX;
}

bool linx_proc_namespaces(pid_t tid, uint32_t ns[LINX_NS_NR])
{
	static const char *const names[LINX_NS_NR] = {
		[LINX_NS_MNT] = "mnt",	     [LINX_NS_PID] = "pid", [LINX_NS_NET] = "net",   [LINX_NS_UTS] = "uts",
		[LINX_NS_IPC] = "ipc",	     [LINX_NS_USER] = "user", [LINX_NS_CGROUP] = "cgroup", [LINX_NS_TIME] = "time",
	};

	for (unsigned int i = 0; i < LINX_NS_NR; i++)
		ns[i] = linx_namespace_of(tid, names[i]);
	return linx_namespace_of(tid, "pid_for_children") == ns[LINX_NS_PID] &&
	       linx_namespace_of(tid, "time_for_children") == ns[LINX_NS_TIME];
}

bool linx_proc_read(struct linx_proc *f, pid_t tgid, pid_t tid)
{
	char text[4096];

	*f = (struct linx_proc){ .ctx = { .tid = (uint32_t)tid, .pid = (uint32_t)tgid } };
	if (!read_stat(f, tid))
		return false;
	if (linx_proc_file(tid, "status", text, sizeof(text)) <= 0)
		return false;
	take_status(f, text);
	if (!tgid)
		f->ctx.pid = (uint32_t)(tgid = (pid_t)get_number(text, "Tgid", 10));
	f->who.process_start = tid == tgid ? f->ctx.start_time : start_of(tgid);
	f->who.loginuid = read_id(tid, "loginuid");
	f->who.session_id = read_id(tid, "sessionid");
	return true;
}

/*
 * Reads the path in the unified hierarchy of cgroups. If that is the root, reads the first path of another
 * hierarchy that is not the root.
 */
static char *read_cgroup(pid_t tid)
{
	size_t len;
	char *text = linx_proc_whole(tid, "cgroup", 65536, &len), *found = NULL, *line, *next, *path;

	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		if (!path || (found && !strcmp(path + 1, "/")))
			continue;
		if (!found || !strcmp(found, "/") || !strncmp(line, "0::", 3)) {
			free(found);
			found = strdup(path + 1);
		}
	}
	free(text);
	return found;
}

static void read_exe(struct linx_proc *f, pid_t tid)
{
	static const char deleted[] = " (deleted)";
	char path[LINX_PROC_PATH];
	struct stat st;
	size_t n;

	f->exe = linx_proc_link(tid, "exe");
	snprintf(path, sizeof(path), "/proc/%d/exe", tid);
	f->has_exe = f->exe && linx_proc_stat_file(path, &st);
	if (!f->has_exe)
		return;
	f->exe_id = (struct linx_exe_id){
		.file = { .dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev), .ino = st.st_ino },
		.mtime = st.st_mtim.tv_sec * 1000000000ll + st.st_mtim.tv_nsec,
		.ctime = st.st_ctim.tv_sec * 1000000000ll + st.st_ctim.tv_nsec,
	};
	n = strlen(f->exe);
	if (!strncmp(f->exe, "/memfd:", 7))
		f->who.flags |= LINX_WHO_MEMFD;
	else if (!st.st_nlink && n >= sizeof(deleted) && !strcmp(f->exe + n - (sizeof(deleted) - 1), deleted))
		f->who.flags |= LINX_WHO_DELETED;
}

/*
 * A job for linx_aside_do(): reads values for which a file system of the task's own, or the task's memory, can make the
 * reader wait.
 */
struct texts {
	pid_t tid;
	bool env, layer;
	char *cmdline, *environ;
	size_t cmdline_len, environ_len;
};

static void read_texts(void *job)
{
	struct texts *t = job;
	char path[LINX_PROC_PATH];
	struct statfs fs;

	snprintf(path, sizeof(path), "/proc/%d/exe", t->tid);
	/* /proc does not show in which layer of an overlay an executable lies. */
	t->layer = !statfs(path, &fs) && fs.f_type != OVERLAYFS_SUPER_MAGIC;
	t->cmdline = linx_proc_whole(t->tid, "cmdline", LINX_PIECES_MAX, &t->cmdline_len);
	if (t->env)
		t->environ = linx_proc_whole(t->tid, "environ", LINX_PIECES_MAX, &t->environ_len);
}

static void free_texts(void *job)
{
	struct texts *t = job;

	free(t->cmdline);
	free(t->environ);
}

void linx_proc_read_names(struct linx_proc *f, struct linx_aside *a, pid_t tid, bool env)
{
	static const struct linx_aside_work work = { .run = read_texts, .undo = free_texts, .most = MOST_TEXTS };
	struct texts t = { .tid = tid, .env = env };

	read_exe(f, tid);
	f->cwd = linx_proc_link(tid, "cwd");
	f->has_cwd = f->cwd;
	f->cgroup = read_cgroup(tid);
	if (!linx_aside_do(a, (pid_t)f->ctx.pid, &work, &t, sizeof(t)))
		return;
	if (f->has_exe && t.layer)
		f->who.flags |= LINX_WHO_LAYER;
	f->cmdline = t.cmdline;
	f->cmdline_len = t.cmdline_len;
	f->environ = t.environ;
	f->environ_len = t.environ_len;
}

void linx_proc_free(struct linx_proc *f)
{
	free(f->exe);
	free(f->cwd);
	free(f->cgroup);
	free(f->cmdline);
	free(f->environ);
}

uint64_t linx_proc_ran(pid_t tid)
{
	char text[96];

	return linx_proc_file(tid, "schedstat", text, sizeof(text)) > 0 ? strtoull(text, NULL, 10) : 0;
}

static pid_t status_number(pid_t tid, const char *name, pid_t missing)
{
	char text[4096];

	return linx_proc_file(tid, "status", text, sizeof(text)) > 0 ? (pid_t)get_number(text, name, 10) : missing;
}

pid_t linx_proc_tgid(pid_t tid)
{
	return status_number(tid, "Tgid", 0);
}

pid_t linx_proc_tracer(pid_t tid)
{
	return status_number(tid, "TracerPid", -1);
}

pid_t linx_proc_parent(pid_t tid)
{
	return status_number(tid, "PPid", 0);
}

bool linx_proc_has_ended(pid_t tid)
{
	char text[1024];
	const char *state = linx_proc_stat(tid, text, sizeof(text));

	return !state || *state == 'Z' || *state == 'X';
}

static pid_t count_filters(pid_t tid)
{
	pid_t n = status_number(tid, "Seccomp_filters", 0);

	return n ? n : status_number(tid, "Seccomp", 0);
}

bool linx_proc_more_filters(pid_t tid, pid_t than)
{
	return count_filters(tid) > count_filters(than);
}
