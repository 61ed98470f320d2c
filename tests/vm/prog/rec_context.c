// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Context records, which describe a task: one is written before the task's first record, one after each change of the
 * task, and one at its end. Built for the 64-bit ABI only (native only).
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include "rec.h"

#define STACK 65536

static volatile pid_t *pids; /* shared memory */

enum { THREAD, VFORKED, KILLED, CRASHED, RENAMER };

static char comm_path[64];

/* Makes a call with argument n that nothing else makes, as a mark in the stream. */
static void mark(int n)
{
	syscall(SYS_dup, -n);
}

static int thread(void *arg)
{
	(void)arg;
	syscall(SYS_dup, -50);
	syscall(SYS_exit, 3);
	return 0;
}

/* Runs in a thread: renames the leader. */
static int renamer(void *arg)
{
	int fd = syscall(SYS_openat, AT_FDCWD, comm_path, O_WRONLY);

	(void)arg;
	syscall(SYS_write, fd, "by another", 10);
	syscall(SYS_exit, 0);
	return 0;
}

static void make_thread(int (*fn)(void *))
{
	static char stack[STACK];
	volatile pid_t tid = 1;

	pids[fn == thread ? THREAD : RENAMER] =
		clone(fn, stack + STACK,
		      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			      CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
		      NULL, NULL, NULL, &tid);
	while (tid)
		syscall(SYS_sched_yield);
}

static void make_children(void)
{
	pid_t pid;

	pid = vfork();
	if (!pid)
		_exit(4);
	pids[VFORKED] = pid;
	reap(pid);
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	pids[KILLED] = pid;
	kill(pid, SIGKILL);
	reap(pid);
	pid = fork();
	if (!pid) {
		*(volatile int *)8 = 1;
		_exit(1);
	}
	pids[CRASHED] = pid;
	reap(pid);
}

static void target(void)
{
	snprintf(comm_path, sizeof(comm_path), "/proc/%d/comm", getpid());
	mark(1);
	mark(2);
	prctl(PR_SET_NAME, "first name");
	mark(3);
	syscall(SYS_chdir, "/proc");
	mark(4);
	make_thread(thread);
	make_children();
	make_thread(renamer);
	mark(5);
	syscall(SYS_setresgid, 11, 12, 13);
	syscall(SYS_setresuid, 21, 22, 23);
	mark(6);
	mark(7);
	syscall(SYS_setresuid, 24, 24, 24);
	mark(8);
	_exit(0x42);
}

/*
 * Returns the newest TASK record of the process before mark n; *count is the number of such records since the previous
 * mark.
 */
static const struct linx_rec *announced_before(const struct traced *t, int n, int *count)
{
	const struct linx_rec *end = traced_mark(t, n), *rec = traced_mark(t, n - 1), *task = NULL;

	for (*count = 0; end && (rec = rec_of(&t->log, rec, t->pid, 0)) && rec != end;)
		if (rec->kind == LINX_REC_TASK && ++*count)
			task = rec;
	ok(end != NULL, "mark %d is there", n);
	return task;
}

static void check_ids(const struct linx_ctx *c, unsigned int uid, unsigned int euid,
		      unsigned int gid, unsigned int egid, int n)
{
	is(c->uid, uid, "mark %d: uid", n);
	is(c->euid, euid, "mark %d: euid", n);
	is(c->gid, gid, "mark %d: gid", n);
	is(c->egid, egid, "mark %d: egid", n);
}

/* Returns CLOCK_BOOTTIME, the clock of a task's start, which advances while the machine sleeps. */
static uint64_t boottime_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void check_first(const struct traced *t)
{
	const struct linx_rec *rec = rec_of(&t->log, NULL, t->pid, 0);
	const struct linx_val *v = rec_val(rec, LINX_FIELD_ARGV);
	const struct linx_ctx *c = rec_ctx(rec);

	is(rec->kind, LINX_REC_TASK, "the first record of the process");
	is(c->tid, t->pid, "first: tid");
	is(c->pid, t->pid, "first: pid");
	is(c->ppid, getpid(), "first: ppid");
	is(c->flags, 0, "first: flags");
	is(c->code, 0, "first: code");
	ok(c->start_time > 0 && c->start_time < boottime_ns(), "first: start time");
	ok(!strcmp(c->comm, "rec_context"), "first: comm %s", c->comm);
	ok(rec_path_is(rec, LINX_FIELD_EXE, "/job/prog/rec_context"), "first: executable %s",
	   rec_str(rec, LINX_FIELD_EXE));
	ok(rec_path_is(rec, LINX_FIELD_CWD, "/tmp"), "first: directory %s",
	   rec_str(rec, LINX_FIELD_CWD));
	if (ok(v != NULL, "first: a command line"))
		ok(v->info == LINX_VAL_INFO(LINX_VAL_STRINGS, LINX_WHOLE) && v->size == v->orig &&
			   strstr((const char *)val_bytes(v), "rec_context"),
		   "first: the command line is whole");
	ok(rec_is_tidy(rec), "first: the record is full");
}

static void check_changes(const struct traced *t)
{
	const struct linx_rec *rec;
	int n;

	rec = announced_before(t, 2, &n);
	is(n, 0, "nothing has changed: nothing recorded");
	rec = announced_before(t, 3, &n);
	ok(n >= 1 && !strcmp(rec_ctx(rec)->comm, "first name"), "prctl(PR_SET_NAME): recorded");
	ok(rec && rec->seq < traced_mark(t, 3)->seq, "and before the next");
	rec = announced_before(t, 4, &n);
	ok(n >= 1 && rec_path_is(rec, LINX_FIELD_CWD, "/proc"), "chdir: recorded");
	rec = announced_before(t, 5, &n);
	ok(n >= 1 && !strcmp(rec_ctx(rec)->comm, "by another"), "renamed by another: recorded");
	rec = announced_before(t, 6, &n);
	if (ok(n >= 1, "setresgid, setresuid: recorded"))
		check_ids(rec_ctx(rec), 21, 22, 11, 12, 6);
	rec = announced_before(t, 7, &n);
	is(n, 0, "nothing has changed again: nothing recorded");
	rec = announced_before(t, 8, &n);
	is(n, 0, "a setresuid that failed: nothing recorded");
}

static void check_fork(const struct traced *t, int which, const char *name, unsigned int flags,
		       unsigned int code)
{
	const struct linx_rec *rec = NULL, *end;
	pid_t tid = pids[which];

	while ((rec = rec_of(&t->log, rec, t->pid, LINX_REC_FORK)))
		if (rec_ctx(rec)->tid == (uint32_t)tid)
			break;
	if (!ok(rec != NULL, "%s: a FORK record", name))
		return;
	is(rec_ctx(rec)->pid, which == THREAD ? t->pid : tid, "%s: pid", name);
	is(rec_ctx(rec)->ppid, which == THREAD ? getpid() : t->pid, "%s: ppid", name);
	is(rec_ctx(rec)->flags, flags, "%s: flags", name);
	end = rec_of(&t->log, rec, tid, LINX_REC_TASK_EXIT);
	if (!ok(end != NULL, "%s: an end", name))
		return;
	is(rec_ctx(end)->code, code, "%s: status", name);
	is(rec_ctx(end)->flags, which == THREAD ? 0 : LINX_CTX_GROUP_DEAD,
	   "%s: the last thread or not", name);
	is(rec_ctx(end)->start_time, rec_ctx(rec)->start_time, "%s: the same start time in both",
	   name);
	ok(!rec_of(&t->log, NULL, tid, LINX_REC_TASK), "%s: recorded by FORK, not again", name);
	ok(!rec_of(&t->log, end, tid, 0), "%s: nothing after the end", name);
}

#define LONG 100000

/* Runs a program with a long command line, which the record of the exec has and later context records do not repeat. */
static void long_line(void)
{
	static char words[2][LONG];

	memset(words[0], 'a', LONG - 1);
	memset(words[1], 'b', LONG - 1);
	execl("/job/prog/rec_context", "rec_context", "again", words[0], words[1], NULL);
}

static void moves(void)
{
	mark(11);
	syscall(SYS_chdir, "/proc");
	mark(12);
	_exit(0x43);
}

static void check_long_line(const struct traced *t)
{
	const struct linx_rec *exec = rec_of(&t->log, NULL, t->pid, LINX_REC_EXEC), *rec;
	static uint8_t bytes[3 * LONG];
	int n;

	ok(exec && rec_whole(&t->log, exec, LINX_FIELD_ARGV, 0, bytes, sizeof(bytes)) > 2 * LONG, "a long line: recorded by its exec");
	rec = announced_before(t, 12, &n);
	if (!ok(n >= 1 && rec_val(rec, LINX_FIELD_ARGV), "a long line: recorded again"))
		return;
	is(rec_val(rec, LINX_FIELD_ARGV)->info, LINX_VAL_INFO(LINX_VAL_STRINGS, LINX_TRUNCATED), "again: as far as the record goes");
	ok(rec_val(rec, LINX_FIELD_ARGV)->orig > 2 * LONG, "again: its length");
	is(rec->flags & LINX_RF_MORE, 0, "again: no pieces");
}

int main(int argc, char **argv)
{
	struct traced t;

	if (argc > 1 && !strcmp(argv[1], "again"))
		moves();

	on_cpu(0);
	if (chdir("/tmp"))
		die("chdir");
	pids = shared(4096);
	traced_run(&t, (struct linx_setup){ 0 }, target);
	is(t.status, 0x42, "the process");
	check_first(&t);
	check_changes(&t);
	check_fork(&t, THREAD, "thread", 
		   LINX_CTX_THREAD | LINX_CTX_VM_SHARED | LINX_CTX_FILES_SHARED | LINX_CTX_FS_SHARED, 0x300);
	check_fork(&t, VFORKED, "vfork", LINX_CTX_VM_SHARED, 0x400);
	check_fork(&t, KILLED, "killed", 0, SIGKILL);
	check_fork(&t, CRASHED, "crashed", 0, SIGSEGV);
	traced_end(&t);
	traced_run(&t, (struct linx_setup){ 0 }, long_line);
	is(t.status, 0x43, "the process with a long line");
	check_long_line(&t);
	traced_end(&t);
	return tap_end();
}
