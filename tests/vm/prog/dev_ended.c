// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The threads of a process need not end in the order in which the module records their ends. Here one thread begins to
 * end, is delayed by the kernel's walk over the robust locks that it holds, and is overtaken by the last thread. The
 * process stays on the session's list of processes until both ends are recorded, and only the later one of these two
 * records is marked as the end of the process's last thread. So a reader that sees an empty list has all records. If
 * many threads end at once, exactly one of their ends is marked as the last.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include "worker.h"

#define THREADS 24
#define ROUNDS 4
#define LOCKS 2000 /* the kernel walks over 2048 locks at most */
#define APART (64 << 10) /* distance of the locks: more than the kernel maps at one page fault */

struct lock {
	struct robust_list list;
	volatile __u32 word;
};

static struct ends {
	volatile int go;
	struct lock first; /* the lock at which the kernel's walk begins */
} *ends;

static bool leader_waits;
static struct robust_list_head locks = { .futex_offset = offsetof(struct lock, word) };

/* Makes a list of held robust locks. The kernel's walk over it takes a page fault for each lock. */
static void take_locks(void)
{
	int fd = memfd_create("locks", MFD_CLOEXEC);
	struct lock *lock;
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)LOCKS * APART))
		_exit(2);
	p = mmap(NULL, (size_t)LOCKS * APART, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		_exit(2);
	locks.list.next = &ends->first.list;
	ends->first.list.next = (void *)p;
	for (unsigned int i = 0; i < LOCKS; i++) {
		lock = (void *)(p + (size_t)i * APART);
		lock->list.next = i + 1 < LOCKS ? (void *)(p + (size_t)(i + 1) * APART) : &locks.list;
	}
	madvise(p, (size_t)LOCKS * APART, MADV_DONTNEED);
}

static void end_slowly(void)
{
	take_locks();
	ends->first.word = syscall(SYS_gettid);
	syscall(SYS_set_robust_list, &locks, sizeof(locks));
	ends->go = 1;
	syscall(SYS_exit, 0);
}

static void end_overtaking(void)
{
	while (!ends->go || !(ends->first.word & FUTEX_OWNER_DIED))
		;
	syscall(SYS_exit, 0);
}

static void *thread(void *arg)
{
	if (leader_waits)
		end_overtaking();
	end_slowly();
	return arg;
}

static void two(int unused)
{
	pthread_t t;

	(void)unused;
	if (pthread_create(&t, NULL, thread, NULL))
		_exit(2);
	if (leader_waits)
		end_slowly();
	end_overtaking();
}

/*
 * Returns for how many threads of the process the log has records of their end; *last is the record that is marked as
 * the process's last, *lasts the number of such records.
 */
static unsigned int ends_recorded(pid_t pid, const struct linx_rec **last, unsigned int *lasts)
{
	const struct linx_rec *rec = NULL;
	unsigned int n = 0;

	*lasts = 0;
	*last = NULL;
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_TASK_EXIT))) {
		if (rec_ctx(rec)->pid != (__u32)pid)
			continue;
		n++;
		if (rec_ctx(rec)->flags & LINX_CTX_GROUP_DEAD) {
			*last = rec;
			++*lasts;
		}
	}
	return n;
}

/* Checks that no end of another thread has a later time than the one that is marked as the last. */
static void check_ends(const char *what, pid_t pid, unsigned int threads)
{
	const struct linx_rec *rec = NULL, *last;
	unsigned int lasts, later = 0;

	is(dev_listed(&d), 0, "%s: listed when all have ended", what);
	dev_drain_all(&d, &log_);
	is(ends_recorded(pid, &last, &lasts), threads, "%s: ends that are recorded", what);
	if (is(lasts, 1, "%s: of these, said to be the last", what))
		while ((rec = rec_of(&log_, rec, 0, LINX_REC_TASK_EXIT)))
			later += rec_ctx(rec)->pid == (__u32)pid && rec->time > last->time;
	is(later, 0, "%s: ends after that of the last", what);
	dev_stop(&d);
	dev_close(&d);
}

static struct worker begin(void (*fn)(int), unsigned int filter)
{
	struct worker w;

	memset(ends, 0, sizeof(*ends));
	w = worker(fn, 0);
	session(LINX_SETUP_SIGNALS, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW | filter);
	dev_apply(&d);
	dev_list(&d, w.pid);
	run();
	log_.len = 0;
	*w.go = 1;
	return w;
}

/* Waits until the session's list of processes is empty. From then on the reader must get all records of the process. */
static void until_ended(const char *what, pid_t pid, unsigned int threads)
{
	while (dev_listed(&d))
		;
	check_ends(what, pid, threads);
	waitpid(pid, NULL, 0);
}

static void overtaken(const char *what, unsigned int filter, bool leader)
{
	leader_waits = leader;
	until_ended(what, begin(two, filter).pid, 2);
}

static void *sleeps(void *arg)
{
	sleep_ms(600000);
	return arg;
}

static void many(int unused)
{
	char *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	pthread_attr_t attr;
	pthread_t t;

	(void)unused;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	if (p == MAP_FAILED)
		_exit(2);
	for (unsigned int i = 1; i < THREADS; i++)
		if (pthread_create(&t, &attr, sleeps, NULL))
			_exit(2);
	ends->go = 1;
	sleep_ms(600000);
}

/* Kills a process whose threads then all end at once, on both CPUs. */
static void at_once(unsigned int filter)
{
	struct worker w = begin(many, filter);

	while (!ends->go)
		sleep_ms(1);
	kill(w.pid, SIGKILL);
	until_ended(filter ? "threads, killed" : "process, killed", w.pid, THREADS);
}

int main(void)
{
	ends = shared(4096);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		printf("# round %u\n", i);
		overtaken("process, leader waits", 0, true);
		overtaken("process, thread waits", 0, false);
		overtaken("threads, leader waits", LINX_FILTER_THREADS, true);
		overtaken("threads, thread waits", LINX_FILTER_THREADS, false);
		at_once(0);
		at_once(LINX_FILTER_THREADS);
	}
	return tap_end();
}
