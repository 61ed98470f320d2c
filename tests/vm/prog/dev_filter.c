// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Filters of a session (by processes, descendants, names, users), with processes that make a known number of calls:
 * exactly the selected calls are recorded, and all others are counted as filtered. Built for the 64-bit ABI only
 * (native only).
 */
#include <elf.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include "worker.h"

#define HELPER "/job/prog/dev_helper"

/* ---- processes */

static void processes(void)
{
	struct worker a = worker(calls, 100), b = worker(calls, 70);

	session(0, LINX_FILTER_PIDS);
	dev_list(&d, a.pid);
	run();
	is(dev_listed(&d), 1, "include: listed");
	let(&a);
	let(&b);
	is(dev_listed(&d), 0, "include: listed after its end");
	expect("include", 100, 70);

	a = worker(calls, 100);
	b = worker(calls, 70);
	session(0, LINX_FILTER_PIDS_NOT);
	dev_list(&d, a.pid);
	run();
	let(&a);
	let(&b);
	expect("exclude", 70, 100);

	a = worker(calls, 100);
	session(0, LINX_FILTER_PIDS);
	dev_list(&d, a.pid);
	run();
	is(dev_try_list(&d, &a.pid, 1, LINX_PID_REMOVE), 0, "remove");
	is(dev_listed(&d), 0, "remove: listed");
	let(&a);
	expect("remove", 0, 100);

	a = worker(calls, 10);
	session(0, LINX_FILTER_PIDS);
	run();
	let(&a);
	expect("include without a list", 0, 10);
}

/* Sets a filter during the recording and removes it. */
static void while_running(void)
{
	struct worker w[3];

	for (int i = 0; i < 3; i++)
		w[i] = worker(calls, 10 + i);
	session(0, 0);
	run();
	let(&w[0]);
	d.filter.flags = LINX_FILTER_PIDS;
	dev_apply(&d);
	let(&w[1]);
	d.filter.flags = 0;
	dev_apply(&d);
	let(&w[2]);
	expect("while running", 10 + 12, 11);
}

static void self(void)
{
	session(0, 0);
	run();
	calls(5);
	expect("the owner", 0, 5);
	session(LINX_SETUP_INCLUDE_SELF, 0);
	run();
	calls(5);
	expect("the owner, included", 5, 0);
}

/* ---- threads */

static volatile pid_t *tids; /* shared memory: ids of the threads */

static void *thread(void *arg)
{
	long n = (long)arg;

	tids[n] = syscall(SYS_gettid);
	while (!tids[0])
		sleep_ms(1);
	calls(30 + n);
	return NULL;
}

static void three_threads(int n)
{
	pthread_t t[4];

	for (long i = 1; i < 4; i++)
		pthread_create(&t[i], NULL, thread, (void *)i);
	for (int i = 1; i < 4; i++)
		pthread_join(t[i], NULL);
	calls(n);
}

static void threads(void)
{
	struct worker a;
	__s32 tid;

	memset((void *)tids, 0, 4096);
	a = worker(three_threads, 5);
	*a.go = 1;
	while (!tids[1] || !tids[2] || !tids[3])
		sleep_ms(1);
	session(0, LINX_FILTER_PIDS | LINX_FILTER_THREADS);
	run();
	tid = tids[2];
	dev_list(&d, tid);
	tids[0] = 1;
	let(&a);
	is(dev_listed(&d), 0, "one thread: listed after its end");
	expect("one thread", 32, 31 + 33 + 5);

	memset((void *)tids, 0, 4096);
	a = worker(three_threads, 5);
	*a.go = 1;
	while (!tids[1] || !tids[2] || !tids[3])
		sleep_ms(1);
	session(0, LINX_FILTER_PIDS);
	tid = tids[2];
	dev_list(&d, tid);
	run();
	tids[0] = 1;
	let(&a);
	is(dev_listed(&d), 0, "process by a thread's number: listed after its end");
	expect("process by a thread's number", 31 + 32 + 33 + 5, 0);
}

/* ---- descendants */

static int thread_calls(void *arg)
{
	calls((long)arg);
	syscall(SYS_exit, 0);
	return 0;
}

static void start_thread(long n)
{
	static char stack[65536];
	volatile pid_t tid = 1;

	clone(thread_calls, stack + sizeof(stack),
	      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		      CLONE_CHILD_CLEARTID,
	      (void *)n, NULL, NULL, &tid);
	while (tid)
		syscall(SYS_sched_yield);
}

/*
 * Pipes for families of processes. The orphaned grandchild waits until "orphans" has no writer. Each process of a
 * family holds "alive" open until it ends: so the parent can wait for the ends of all.
 */
static int orphans[2], alive[2];

static void wait_for_end(int fd)
{
	char c;

	while (read(fd, &c, 1) > 0)
		;
	close(fd);
}

/*
 * Makes n calls in the process itself, 10 in a child, 5 in a child of vfork, 7 in a thread, 11 in an orphaned
 * grandchild, 1 after an exec.
 */
static void family(int n)
{
	pid_t pid;

	calls(n);
	if (!(pid = fork())) {
		calls(10);
		_exit(0);
	}
	reap(pid);
	if (!(pid = vfork())) {
		calls(5);
		_exit(0);
	}
	reap(pid);
	start_thread(7);
	if (!(pid = fork())) {
		if (!fork()) {
			close(orphans[1]);
			wait_for_end(orphans[0]);
			calls(11);
			_exit(0);
		}
		_exit(0);
	}
	reap(pid);
	if (!(pid = fork())) {
		execl(HELPER, "dev_helper", "calls", NULL);
		_exit(1);
	}
	reap(pid);
}

static struct worker family_of(int n)
{
	struct worker w;

	if (pipe(orphans) || pipe(alive))
		abort();
	w = worker(family, n);
	close(orphans[0]);
	close(alive[1]);
	return w;
}

static void let_orphans_end(void)
{
	close(orphans[1]);
	wait_for_end(alive[0]);
}

static void descendants(unsigned int flags, const char *name, unsigned int recorded,
			unsigned int filtered)
{
	struct worker a = family_of(3);

	session(0, LINX_FILTER_PIDS | flags);
	dev_apply(&d);
	dev_list(&d, a.pid);
	run();
	let(&a);
	if (flags & LINX_FILTER_FOLLOW)
		is(dev_listed(&d), 1, "%s: the orphan is still listed", name);
	let_orphans_end();
	is(dev_listed(&d), 0, "%s: listed after all have ended", name);
	expect(name, recorded, filtered);
}

/* Excludes a process. Its children must be excluded, too. */
static void follow_not(void)
{
	struct worker a = family_of(3);

	session(0, LINX_FILTER_PIDS_NOT | LINX_FILTER_FOLLOW);
	dev_list(&d, a.pid);
	run();
	let(&a);
	let_orphans_end();
	expect("not a process and its descendants", 0, 37);
}

/* ---- names and users */

static void named(int which)
{
	static const char *const names[] = { "alpha", "beta", "fifteen-letters", "fifteen-letter" };

	prctl(PR_SET_NAME, names[which]);
	calls(10 + which);
}

static void comms(unsigned int flags, const char *name, unsigned int recorded,
		  unsigned int filtered)
{
	struct worker w[4];

	for (int i = 0; i < 4; i++)
		w[i] = worker(named, i);
	session(0, flags);
	d.filter.ncomms = 2;
	memcpy(d.filter.comms[0], "beta", 4);
	memcpy(d.filter.comms[1], "fifteen-letters!", 16);
	run();
	for (int i = 0; i < 4; i++)
		let(&w[i]);
	expect(name, recorded, filtered);
}

static void as_user(int uid)
{
	if (syscall(SYS_setresuid, uid, uid, uid))
		_exit(1);
	calls(uid ? 9 : 8);
}

static void users(unsigned int min, unsigned int max, const char *name, unsigned int recorded,
		  unsigned int filtered)
{
	struct worker a = worker(as_user, 0), b = worker(as_user, 1000);

	session(0, LINX_FILTER_UID);
	d.filter.uid_min = min;
	d.filter.uid_max = max;
	run();
	let(&a);
	let(&b);
	expect(name, recorded, filtered);
}

static void leaves(int n)
{
	if (setresuid(1000, 0, 0))
		_exit(1);
	calls(n);
	tids[0] = 1;
	while (!tids[1])
		sleep_ms(1);
	if (setresuid(0, 0, 0))
		_exit(2);
	calls(n);
}

/*
 * A process changes to another user than the selected one. The call by which it does that, its new credentials and its
 * end are recorded, even if the filter is set again meanwhile.
 */
static void leaving(bool again)
{
	struct worker a = worker(leaves, 3);
	const struct linx_rec *rec = NULL;
	unsigned int ends = 0;
	uint32_t uid = 1;

	session(0, LINX_FILTER_UID);
	d.filter.uid_min = d.filter.uid_max = 1000;
	dev_want_exit(&d, SYS_setresuid);
	run();
	memset((void *)tids, 0, 4096);
	*a.go = 1;
	while (!tids[0])
		sleep_ms(1);
	if (again)
		dev_apply(&d);
	tids[1] = 1;
	let(&a);
	expect("a user that is left", 1 + 3 + 1, 3);
	while ((rec = rec_of(&log_, rec, (uint32_t)a.pid, LINX_REC_TASK)))
		uid = rec_ctx(rec)->uid;
	is(uid, 0, "a user that is left: who it is then");
	while ((rec = rec_of(&log_, rec, (uint32_t)a.pid, LINX_REC_TASK_EXIT)))
		ends++;
	is(ends, 1, "a user that is left: the end");
}

/* ---- an exec that fails after the old program has been replaced */

#define BROKEN "/tmp/broken"

/* Makes an executable whose only segment lies outside of the address range of user memory. */
static void make_broken(void)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr segment;
		char rest[4096];
	} file = { 0 };
	int self = open("/proc/self/exe", O_RDONLY), to = open(BROKEN, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (read(self, &file.head, sizeof(file.head)) != (ssize_t)sizeof(file.head))
		die("/proc/self/exe");
	file.head.e_type = ET_EXEC;
	file.head.e_phoff = sizeof(file.head);
	file.head.e_phnum = 1;
	file.segment = (Elf64_Phdr){ PT_LOAD, PF_R | PF_X, 0, 0xffff800000000000, 0, 4096, 4096, 4096 };
	if (write(to, &file, sizeof(file)) != (ssize_t)sizeof(file))
		die(BROKEN);
	close(to);
	close(self);
}

static void *execs(void *path)
{
	tids[1] = syscall(SYS_gettid);
	while (!tids[0])
		sleep_ms(1);
	execl(path, path, "calls", NULL);
	return path;
}

static void *sleeps(void *arg)
{
	tids[2] = syscall(SYS_gettid);
	for (;;)
		pause();
	return arg;
}

static void exec_beside(int works)
{
	pthread_t t;

	pthread_create(&t, NULL, execs, works ? HELPER : BROKEN);
	if (works)
		pthread_create(&t, NULL, sleeps, NULL);
	for (;;)
		pause();
}

/*
 * A thread's exec fails. When the thread ends it has the number of its process's leader, and no record announced that
 * change.
 */
static void failed_exec(void)
{
	struct pollfd p = { .events = POLLPRI };
	struct worker a;
	int status;

	memset((void *)tids, 0, 4096);
	a = worker(exec_beside, 0);
	*a.go = 1;
	while (!tids[1])
		sleep_ms(1);
	session(LINX_SETUP_SIGNALS, LINX_FILTER_PIDS | LINX_FILTER_THREADS);
	run();
	p.fd = d.fd;
	dev_list(&d, tids[1]);
	dev_list(&d, a.pid);
	tids[0] = 1;
	is(waitpid(a.pid, &status, 0), a.pid, "an exec that fails: the process");
	is(WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGSEGV, "an exec that fails: its end");
	is(dev_listed(&d), 0, "an exec that fails: listed");
	is(poll(&p, 1, 1000), 1, "an exec that fails: the reader is notified");
	expect("an exec that fails", 0, 0);
	ok(rec_of(&log_, NULL, (uint32_t)a.pid, LINX_REC_TASK_EXIT) != NULL, "an exec that fails: ends are recorded");
}

/* Returns whether the leader has ended. An exec by another thread waits for that. */
static bool first_has_ended(pid_t pid)
{
	char name[64], line[256] = "";
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/stat", pid, pid);
	f = fopen(name, "r");
	if (!f || !fgets(line, sizeof(line), f))
		line[0] = 0;
	if (f)
		fclose(f);
	return strstr(line, ") Z ");
}

/*
 * Reads the session's list of processes when the leader of a listed process has ended, and the thread of that process
 * that calls exec has not yet taken over the leader's id.
 */
static void exec_that_waits(void)
{
	struct worker a, b = worker(calls, 1);
	int status;

	memset((void *)tids, 0, 4096);
	a = worker(exec_beside, 1);
	*a.go = 1;
	while (!tids[1] || !tids[2])
		sleep_ms(1);
	session(0, LINX_FILTER_PIDS | LINX_FILTER_THREADS);
	run();
	dev_list(&d, tids[1]);
	dev_list(&d, a.pid);
	is(ptrace(PTRACE_SEIZE, tids[2], 0, PTRACE_O_TRACEEXIT), 0, "an exec that waits: a thread is held");
	tids[0] = 1;
	is(waitpid(tids[2], &status, __WALL), tids[2], "an exec that waits: for its end");
	while (!first_has_ended(a.pid))
		sleep_ms(1);
	dev_list(&d, b.pid);
	is(dev_listed(&d), 2, "an exec that waits: listed with another one");
	is(ptrace(PTRACE_CONT, tids[2], 0, 0), 0, "an exec that waits: the thread goes");
	is(waitpid(tids[2], &status, __WALL), tids[2], "an exec that waits: no longer");
	is(reap(a.pid), 0, "an exec that waits: the end");
	is(dev_listed(&d), 1, "an exec that waits: listed after it");
	let(&b);
	expect("an exec that waits", 2, 0);
}

/* ---- the list of processes by which a recording session filters, and processes that have ended */

/*
 * Adds a process to the list while it ends. In the end the process is not listed, and the reader is notified of the
 * empty list, whether the addition succeeded or failed.
 */
static void the_dying(void)
{
	struct pollfd p = { .events = POLLPRI };
	unsigned int listed = 0, unnotified = 0, stuck = 0;
	__s32 pid;

	session(0, LINX_FILTER_PIDS);
	run();
	p.fd = d.fd;
	for (int i = 0; i < 400; i++) {
		pid = fork();
		if (!pid) {
			for (int spin = 0; spin < i % 40; spin++)
				cpu_relax();
			_exit(0);
		}
		for (int spin = 0; spin < i / 10; spin++)
			cpu_relax();
		if (!dev_try_list(&d, &pid, 1, 0)) {
			listed++;
			reap(pid);
			stuck += dev_listed(&d) != 0;
			unnotified += poll(&p, 1, 0) != 1 || !(p.revents & POLLPRI);
		} else {
			reap(pid);
		}
	}
	ok(listed > 0, "the dying: %u of 400 were listed", listed);
	is(stuck, 0, "the dying: still listed after their end");
	is(unnotified, 0, "the dying: ends that the reader was not notified of");
	expect("the dying", 0, 0);
}

static void the_dead(void)
{
	struct worker a = worker(calls, 1), b = worker(calls, 1);
	__s32 pid;
	int ret;

	session(0, LINX_FILTER_PIDS);
	dev_list(&d, a.pid);
	let(&a); /* the process ends before the start, so that no probe records its end */
	pid = fork();
	if (!pid)
		_exit(0);
	sleep_ms(100); /* during this time the process becomes a zombie */
	ret = dev_try_list(&d, &pid, 1, 0);
	ok((ret && errno == ESRCH) || dev_listed(&d) <= 1,
	   "a zombie is not listed, or not counted");
	dev_list(&d, b.pid);
	run();
	is(dev_listed(&d), 1, "who ended before the start is not listed after it");
	let(&b);
	is(dev_listed(&d), 0, "all have ended");
	reap(pid);
	expect("the dead", 1, 0);
}

/*
 * Tries to add processes to the list, and fails. Such a list must not notify the reader that its last process has
 * ended.
 */
static void the_unknown(void)
{
	struct pollfd p = { .events = POLLPRI };
	struct worker a = worker(calls, 1);
	__s32 pids[2] = { a.pid };

	pids[1] = fork();
	if (!pids[1])
		_exit(0);
	reap(pids[1]);
	session(0, LINX_FILTER_PIDS);
	run();
	p.fd = d.fd;
	fails(dev_try_list(&d, pids, 2, 0), ESRCH, "one of two is unknown");
	is(dev_listed(&d), 0, "the other is not listed");
	is(poll(&p, 1, 0), 0, "nor is the reader notified of an end");
	dev_list(&d, a.pid);
	fails(dev_try_list(&d, pids, 2, 0), ESRCH, "one of two is unknown, with a list");
	is(poll(&p, 1, 0), 0, "one is listed");
	let(&a);
	is(poll(&p, 1, 10000), 1, "it has ended");
	expect("the unknown", 1, 0);
}

int main(void)
{
	on_cpu(0);
	tids = shared(4096);
	processes();
	while_running();
	self();
	threads();
	descendants(0, "a process alone", 3 + 7, 10 + 5 + 11 + 1);
	descendants(LINX_FILTER_FOLLOW, "a process and its descendants", 3 + 10 + 5 + 7 + 11 + 1,
		    0);
	descendants(LINX_FILTER_FOLLOW | LINX_FILTER_THREADS, "a thread and its descendants", 37,
		    0);
	descendants(LINX_FILTER_THREADS, "a thread alone", 3, 34);
	follow_not();
	comms(LINX_FILTER_COMM, "comm", 11 + 12, 10 + 13);
	comms(LINX_FILTER_COMM_NOT, "not comm", 10 + 13, 11 + 12);
	users(1000, 1000, "uid 1000", 9, 8);
	users(0, 999, "uids below 1000", 8, 9);
	users(1001, ~0u, "other uids", 0, 17);
	leaving(false);
	leaving(true);
	make_broken();
	failed_exec();
	exec_that_waits();
	the_dead();
	the_unknown();
	the_dying();
	return tap_end();
}
