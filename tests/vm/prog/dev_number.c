// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread that calls exec gives up its thread id long before the new program begins, if the old program had much
 * memory. In between, another process on the session's list forks a child that gets this id. The process of the exec
 * must stay on the list, and its records must stay right. The same holds if the child ends at once and the leader of
 * the process that calls exec has ended long before.
 *
 * Also, a process whose memory takes long to free stays on the list until its end is recorded, both in the session that
 * lists it first and in a session that takes the list over.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include "worker.h"

/* bytes of memory that take longer to free than the time slice that an emulator with one thread gives each CPU */
#define MEMORY (200u << 20)
#define CALLS 100
#define ROUNDS 20

/* Shared memory: the id of the thread that calls exec, and the id of the child, which is to be the same number. */
static volatile pid_t *thread_tid, *child_tid;

/* Returns the state of the leader thread of process pid as /proc/PID/stat shows it: R, S, Z ... */
static char first_state(pid_t pid)
{
	char path[64], text[256] = "", *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || close(fd))
		return '?';
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : '?';
}

static void *execs(void *alone)
{
	while (alone && first_state(getpid()) != 'Z')
		sleep_ms(1);
	*thread_tid = syscall(SYS_gettid);
	while (!*child_tid) /* 0: the process that forks is not ready yet */
		sleep_ms(1);
	execl("/job/prog/dev_helper", "dev_helper", "calls", NULL);
	_exit(1);
	return alone;
}

static char *much_memory(void)
{
	char *p = MAP_FAILED;

	if (!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		p = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		_exit(2);
	return p;
}

static void execer(int alone)
{
	char *p = much_memory();
	pthread_t t;

	if (pthread_create(&t, NULL, execs, alone ? p : NULL))
		_exit(2);
	if (alone)
		syscall(SYS_exit, 0);
	sleep_ms(600000);
}

/*
 * Returns whether process pid has a thread with number tid. tgkill(2) looks the thread up each time. /proc/PID/task/TID
 * does not: if its first lookup happens during the exec, the kernel finds the thread by its old number, caches the
 * entry under the new one, and the directory stays until the process is reaped.
 */
static bool is_there(pid_t pid, pid_t tid)
{
	return !syscall(SYS_tgkill, pid, tid, 0);
}

/* Makes pid the next process id that the kernel assigns. */
static void ask_for(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	char text[16];

	if (fd < 0 || write(fd, text, snprintf(text, sizeof(text), "%d", pid - 1)) < 0 || close(fd))
		_exit(3);
}

static bool ends_at_once; /* whether the child ends at once */

static void follower(int pid)
{
	pid_t child;

	while (!*thread_tid)
		sleep_ms(1);
	*child_tid = -1;
	while (is_there(pid, *thread_tid))
		;
	ask_for(*thread_tid);
	child = fork();
	if (!child && ends_at_once)
		_exit(0);
	if (!child) {
		sleep_ms(1000); /* during this time the new program begins */
		calls(CALLS);
		_exit(0);
	}
	*child_tid = child;
	_exit(reap(child));
}

/*
 * Runs one process that calls exec and one that forks, and records both with their children, as strace -f does. Returns
 * their pids; their records are in log_. alone: the leader has ended before the exec, and the child ends at once.
 */
static void play(unsigned int i, bool alone, pid_t *executes, pid_t *forks_one)
{
	struct worker a, b;

	*thread_tid = *child_tid = 0;
	ends_at_once = alone;
	a = worker(execer, alone);
	b = worker(follower, a.pid);
	session(0, LINX_FILTER_PIDS | LINX_FILTER_THREADS | LINX_FILTER_FOLLOW);
	dev_apply(&d);
	dev_list(&d, a.pid);
	dev_list(&d, b.pid);
	run();
	*a.go = 1;
	let(&b);
	let(&a);
	is(dev_listed(&d), 0, "round %u: listed after all have ended", i);
	dev_stop(&d);
	log_.len = 0;
	dev_drain_all(&d, &log_);
	dev_close(&d);
	*executes = a.pid;
	*forks_one = b.pid;
}

/*
 * Returns whether the child got the thread's id before the exec was recorded. In that case checks that all calls of the
 * child and its end are recorded.
 */
static bool round_of(unsigned int i)
{
	const struct linx_rec *rec = NULL, *forked, *exec;
	pid_t executes, forks_one;
	unsigned int n = 0;
	bool met;

	play(i, false, &executes, &forks_one);
	forked = rec_of(&log_, NULL, forks_one, LINX_REC_FORK);
	exec = rec_of(&log_, NULL, executes, LINX_REC_EXEC);
	if (!ok(forked && exec && rec_ctx(exec)->code == (__u32)*thread_tid, "round %u: fork and exec are recorded", i))
		return false;
	met = *child_tid == *thread_tid && forked->time < exec->time;
	printf("# round %u: %s\n", i, met ? "the number was given away before" : "no such number, or too late");
	while ((rec = rec_exit_of(&log_, rec, *child_tid, SYS_getppid)))
		n++;
	is(n, CALLS, "round %u: the child's calls", i);
	ok(rec_of(&log_, NULL, *child_tid, LINX_REC_TASK_EXIT) != NULL, "round %u: the child's end", i);
	return met;
}

/*
 * Returns whether another task had got the thread's id, and had ended, before the exec was recorded. Checks that the
 * new program is recorded all the same.
 */
static bool round_alone(unsigned int i)
{
	const struct linx_rec *ended, *exec, *call;
	pid_t executes, forks_one;
	bool met;

	play(i, true, &executes, &forks_one);
	exec = rec_of(&log_, NULL, executes, LINX_REC_EXEC);
	if (!ok(exec != NULL, "round %u: the exec is recorded", i))
		return false;
	/* the call may be a record of another CPU, and so precede the exec in the log */
	call = rec_exit_of(&log_, NULL, executes, SYS_getppid);
	ok(call && call->time > exec->time, "round %u: a call of the new program", i);
	ended = rec_of(&log_, NULL, *child_tid, LINX_REC_TASK_EXIT);
	met = *child_tid == *thread_tid && ended && ended->time < exec->time;
	printf("# round %u: %s\n", i, met ? "the number was used before" : "no such number, or too late");
	return met;
}

static void until_met(const char *what, bool (*round)(unsigned int i))
{
	unsigned int met = 0;

	printf("# %s\n", what);
	for (unsigned int i = 0; i < ROUNDS && met < 3; i++)
		met += round(i);
	is(met, 3, "%s: rounds in which it was met", what);
}

static void ender(int n)
{
	much_memory();
	calls(n);
}

/* Waits until the session's list of processes is empty. From then on the reader must get all records of the process. */
static void check_end(void)
{
	struct worker a = worker(ender, CALLS);

	session(0, LINX_FILTER_PIDS | LINX_FILTER_THREADS | LINX_FILTER_FOLLOW);
	dev_apply(&d);
	dev_list(&d, a.pid);
	run();
	*a.go = 1;
	while (dev_listed(&d))
		;
	log_.len = 0;
	dev_drain_all(&d, &log_);
	ok(rec_of(&log_, NULL, a.pid, LINX_REC_TASK_EXIT) != NULL, "an end is recorded before its task leaves the list");
	let(&a);
	dev_stop(&d);
	dev_close(&d);
}

/*
 * Number of sessions that are opened in advance, so that they can take the list over while the process ends. With
 * KCSAN, opening a session takes longer than a task takes to end.
 */
#define HEIRS 8

static void begin_heirs(struct dev *heirs, unsigned int flags)
{
	for (unsigned int i = 0; i < HEIRS; i++) {
		struct dev *b = &heirs[i];

		dev_open(b);
		dev_setup(b, (struct linx_setup){ .ring_size = 1 << 16 });
		b->filter.flags = flags;
		dev_want_exit(b, SYS_getsid);
		dev_apply(b);
		dev_start(b);
	}
}

static void end_heirs(struct dev *heirs)
{
	for (unsigned int i = 0; i < HEIRS; i++) {
		dev_stop(&heirs[i]);
		dev_close(&heirs[i]);
	}
}

/*
 * Several sessions, one after the other, take over the first session's list of processes. Like the first session, each
 * of them must keep the process on its list until the end of the process is recorded.
 */
static void check_end_taken_over(unsigned int flags)
{
	static struct dev heirs[HEIRS];
	struct worker a = worker(ender, CALLS);
	unsigned int looks = 0, missed = 0;

	session(0, flags);
	dev_apply(&d);
	dev_list(&d, a.pid);
	run();
	begin_heirs(heirs, flags);
	*a.go = 1;
	while (dev_listed(&d)) {
		struct linx_inherit u = { .size = sizeof(u), .session = d.fd };
		struct dev *b = &heirs[looks % HEIRS];
		bool listed;

		if (looks && b == heirs) {
			end_heirs(heirs);
			begin_heirs(heirs, flags);
		}
		looks++;
		if (ioctl(b->fd, LINX_IOC_INHERIT, &u))
			die("INHERIT");
		listed = dev_listed(b);
		missed += !listed && dev_listed(&d);
	}
	ok(looks > 1, "flags %#x: taken over %u times", flags, looks);
	is(missed, 0, "flags %#x: times that its end was missed", flags);
	let(&a);
	end_heirs(heirs);
	dev_stop(&d);
	dev_close(&d);
}

int main(void)
{
	thread_tid = shared(4096);
	child_tid = thread_tid + 1;
	until_met("given away", round_of);
	until_met("used in between", round_alone);
	check_end();
	check_end_taken_over(LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	check_end_taken_over(LINX_FILTER_PIDS | LINX_FILTER_FOLLOW | LINX_FILTER_THREADS);
	return tap_end();
}
