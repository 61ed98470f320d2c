// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Context records: the credentials, session, namespaces, cgroup and directory of a task equal the content of /proc at
 * the same moment, after each call that changes one of them. Built for the 64-bit ABI only (native only).
 */
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include "rec.h"

enum { STEPS = 12 };

/* Content of the task's files in /proc, as read by the target itself. */
struct said {
	struct linx_who who;
	char cwd[256], cgroup[256];
};
static struct said *said; /* shared memory, STEPS elements */
static int steps;

static void slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

/* Returns the hexadecimal or decimal number after a label of /proc/self/status. */
static unsigned long long status(const char *text, const char *label, int base, int skip)
{
	const char *at = strstr(text, label);
	char *end = (char *)at + strlen(label);
	unsigned long long n = 0;

	do
		n = strtoull(end, &end, base);
	while (skip-- > 0);
	return n;
}

static unsigned int ns_inum(const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &st) ? 0 : (unsigned int)st.st_ino;
}

static unsigned int file_number(const char *path)
{
	char text[64];

	slurp(path, text, sizeof(text));
	return text[0] ? (unsigned int)strtoul(text, NULL, 10) : UINT32_MAX;
}

static void say_ids(struct linx_who *w, const char *text)
{
	w->suid = (uint32_t)status(text, "\nUid:", 10, 2);
	w->fsuid = (uint32_t)status(text, "\nUid:", 10, 3);
	w->sgid = (uint32_t)status(text, "\nGid:", 10, 2);
	w->fsgid = (uint32_t)status(text, "\nGid:", 10, 3);
	w->cap_inheritable = status(text, "\nCapInh:", 16, 0);
	w->cap_permitted = status(text, "\nCapPrm:", 16, 0);
	w->cap_effective = status(text, "\nCapEff:", 16, 0);
	w->cap_bounding = status(text, "\nCapBnd:", 16, 0);
	w->cap_ambient = status(text, "\nCapAmb:", 16, 0);
}

static void say(void)
{
	static const char *const names[LINX_NS_NR] = { "mnt", "pid", "net", "uts", "ipc", "user", "cgroup", "time" };
	struct said *s = &said[steps++];
	static char text[8192];
	char *at;

	slurp("/proc/self/status", text, sizeof(text));
	say_ids(&s->who, text);
	s->who.pgid = (uint32_t)getpgid(0);
	s->who.sid = (uint32_t)getsid(0);
	s->who.ns_tid = s->who.ns_pid = (uint32_t)getpid();
	s->who.loginuid = file_number("/proc/self/loginuid");
	s->who.session_id = file_number("/proc/self/sessionid");
	for (int i = 0; i < LINX_NS_NR; i++)
		s->who.ns[i] = ns_inum(names[i]);
	if (!getcwd(s->cwd, sizeof(s->cwd)))
		s->cwd[0] = '\0';
	slurp("/proc/self/cgroup", text, sizeof(text));
	at = strstr(text, "0::");
	if (at)
		snprintf(s->cgroup, sizeof(s->cgroup), "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
	syscall(SYS_dup, -steps); /* a mark in the stream; the new context is recorded before it */
}

static void target(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0xff, 0xff, 0xf }, { 0 } };

	say();
	setsid();
	say();
	if (unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWCGROUP))
		die("unshare");
	say();
	if (chdir("/proc"))
		die("chdir");
	say();
	prctl(PR_CAPBSET_DROP, 5, 0, 0, 0);
	say();
	syscall(SYS_capset, &head, data);
	say();
	_exit(0);
}

/* Returns the newest context record of the process before mark n. */
static const struct linx_rec *announced_before(const struct traced *t, int n)
{
	const struct linx_rec *end = traced_mark(t, n), *rec = NULL, *task = NULL;

	while (end && (rec = rec_of(&t->log, rec, t->pid, 0)) && rec != end)
		if (rec->kind == LINX_REC_TASK)
			task = rec;
	return task;
}

static void compare_caps(const struct linx_who *got, const struct linx_who *want, int n)
{
	is(got->cap_effective, want->cap_effective, "step %d: effective", n);
	is(got->cap_permitted, want->cap_permitted, "step %d: permitted", n);
	is(got->cap_inheritable, want->cap_inheritable, "step %d: inheritable", n);
	is(got->cap_bounding, want->cap_bounding, "step %d: bounding", n);
	is(got->cap_ambient, want->cap_ambient, "step %d: ambient", n);
}

static void compare(const struct traced *t, int n)
{
	const struct said *s = &said[n - 1];
	const struct linx_rec *rec = announced_before(t, n);
	const struct linx_val *v = rec ? rec_val(rec, LINX_FIELD_WHO) : NULL;
	const struct linx_who *w = v ? (const void *)val_bytes(v) : NULL;

	if (!ok(w && v->size >= sizeof(*w), "step %d: recorded", n))
		return;
	is(w->process_start, rec_ctx(rec)->start_time, "step %d: start of the process", n);
	ok(w->files && w->fs && w->files != w->fs, "step %d: files, fs", n);
	is(w->pgid, s->who.pgid, "step %d: process group", n);
	is(w->sid, s->who.sid, "step %d: session", n);
	is(w->loginuid, s->who.loginuid, "step %d: loginuid", n);
	is(w->session_id, s->who.session_id, "step %d: audit session", n);
	is(w->ns_pid, s->who.ns_pid, "step %d: pid in its namespace", n);
	is(w->suid, s->who.suid, "step %d: suid", n);
	is(w->fsgid, s->who.fsgid, "step %d: fsgid", n);
	for (int i = 0; i < LINX_NS_NR; i++)
		is(w->ns[i], s->who.ns[i], "step %d: namespace %d", n, i);
	compare_caps(w, &s->who, n);
	ok(rec_path_is(rec, LINX_FIELD_CWD, s->cwd), "step %d: directory %s", n,
	   rec_str(rec, LINX_FIELD_CWD));
}

/* Shared memory: pid of a child that makes no call while its parent gives it another process group. */
static pid_t *group_child;

static void give_group(void)
{
	int ready[2], go[2];
	char c = 0;
	pid_t pid;

	if (pipe(ready) || pipe(go))
		die("pipe");
	pid = fork();
	if (!pid) {
		if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(1);
		syscall(SYS_dup, -3);
		_exit(0);
	}
	if (read(ready[0], &c, 1) != 1)
		die("read");
	*group_child = pid;
	usleep(100000); /* during this time the child begins to sleep in its read */
	if (setpgid(pid, pid) || setpgid(pid, getpgrp())) /* changes the group twice; the last change is checked */
		die("setpgid");
	syscall(SYS_dup, -1);
	if (setpgid(pid, pid))
		die("setpgid");
	syscall(SYS_dup, -2);
	if (write(go[1], &c, 1) != 1)
		die("write");
	_exit(reap(pid));
}

/*
 * Checks that the child's new process group is recorded at once, in the parent's call that set it. With PREEMPT_RT a
 * task cannot record another task's context; there the group is recorded before the child's next call.
 */
static void group_is_announced(void)
{
	const struct linx_rec *rec, *end;
	const struct linx_val *v = NULL;
	struct traced t;

	group_child = shared(sizeof(*group_child));
	traced_run(&t, (struct linx_setup){ 0 }, give_group);
	is(t.status, 0, "setpgid of a child");
	rec = traced_mark(&t, 1);
	end = dev_has_paths ? traced_mark(&t, 2) : rec_exit_of(&t.log, NULL, *group_child, SYS_dup);
	if (ok(rec && end, "setpgid of a child: both marks") &&
	    ok((rec = rec_of(&t.log, rec, *group_child, LINX_REC_TASK)) && rec->seq < end->seq, "... recorded before the next call"))
		v = rec_val(rec, LINX_FIELD_WHO);
	is(v ? ((const struct linx_who *)(const void *)val_bytes(v))->pgid : 0, *group_child, "... its group");
	is(rec ? rec_ctx(rec)->tid : 0, *group_child, "... and whose it is");
	traced_end(&t);
}

int main(void)
{
	struct traced t;

	on_cpu(0);
	said = shared(STEPS * sizeof(*said));
	traced_run(&t, (struct linx_setup){ 0 }, target);
	is(t.status, 0, "the process");
	for (int n = 1; n <= 6; n++)
		compare(&t, n);
	traced_end(&t);
	group_is_announced();
	return tap_end();
}
