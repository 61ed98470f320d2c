// SPDX-License-Identifier: LGPL-2.1-or-later
/* Threads for work that may wait without end: see engine/aside.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "engine/aside.h"
#include "engine/proc/proc.h"

/*
 * Time limit of a piece of work, in ms. A thread is held when its work still waits after this limit, and the caller has
 * given the work up. The limit is divided by one more than the number of held threads, so that many processes that hold
 * threads delay the other processes little more than one such process does. The divisor is at most LIMIT_PARTS, since a
 * thread needs a moment to run.
 */
#define LIMIT_MS 1000u
#define LIMIT_PARTS LINX_ASIDE_SHARED
/*
 * Share of the free shared threads that a process may hold by one kind of work if it holds a thread already: one thread
 * in PART, but at least one. A process holds a thread while work for it waits there after the time limit.
 */
#define PART 16u
#define STACK_SIZE ((size_t)128 << 10)
/*
 * Limit of the threads that may wait for the memory of one process. While a thread waits for it, other threads read or
 * write only those pages of the process that are present, so that they do not wait, too.
 */
#define MOST_TRANSFERS 16u

/* The thread owns this structure once the caller has left it. */
struct linx_aside_thread {
	pthread_mutex_t lock;
	pthread_cond_t asked, done;
	pid_t tid, whose;
	bool working; /* the job has not ended */
	atomic_bool inside; /* the thread is in the job's own function */
	bool held; /* the caller has given up the job, and the thread still waits */
	bool left; /* the caller no longer needs the thread */
	struct linx_aside_work work;
	void *job;
	size_t room;
};

static void free_thread(struct linx_aside_thread *t)
{
	pthread_cond_destroy(&t->asked);
	pthread_cond_destroy(&t->done);
	pthread_mutex_destroy(&t->lock);
	free(t->job);
	free(t);
}

static void *run(void *arg)
{
	struct linx_aside_thread *t = arg;

	pthread_mutex_lock(&t->lock);
	t->tid = (pid_t)syscall(SYS_gettid);
	for (;;) {
		while (!t->working && !t->left)
			pthread_cond_wait(&t->asked, &t->lock);
		if (!t->working)
			break;
		t->inside = true;
		pthread_mutex_unlock(&t->lock);
		t->work.run(t->job);
		t->inside = false;
		pthread_mutex_lock(&t->lock);
		t->working = false;
		if (t->held && t->work.undo)
			t->work.undo(t->job);
		pthread_cond_signal(&t->done);
	}
	pthread_mutex_unlock(&t->lock);
	free_thread(t);
	return NULL;
}

static struct linx_aside_thread *new_thread(void)
{
	struct linx_aside_thread *t = calloc(1, sizeof(*t));
	pthread_condattr_t monotonic;
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int rc;

	if (!t)
		return NULL;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->asked, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (!rc)
		return t;
	free_thread(t);
	return NULL;
}

static void leave(struct linx_aside_thread *t)
{
	pthread_mutex_lock(&t->lock);
	t->left = true;
	pthread_cond_signal(&t->asked);
	pthread_mutex_unlock(&t->lock);
}

/*
 * True if the thread waits in the kernel within the job's own function. A thread that has not begun the job, that only
 * waits for a CPU, or that waits for the lock after the job, does not count.
 */
static bool is_asleep(const struct linx_aside_thread *t)
{
	char text[1024];
	const char *state;

	if (!t->inside)
		return false;
	state = linx_proc_stat(t->tid, text, sizeof(text));
	return t->inside && (!state || *state != 'R');
}

/*
 * Waits until the thread has done its work. The caller has locked t->lock. false: the thread is held, since it still
 * waits in the kernel after the time limit.
 */
static bool wait_for(struct linx_aside_thread *t, unsigned int ms)
{
	struct timespec until;

	while (t->working) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += ms % 1000 * 1000000L;
		until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		while (t->working && pthread_cond_timedwait(&t->done, &t->lock, &until) != ETIMEDOUT)
			;
		if (t->working && is_asleep(t))
			return false;
	}
	return true;
}

/*
 * Removes threads that have ended their work from the list of held threads. Returns how many threads the process
 * "whose" holds by work of this kind; work NULL: by work of any kind.
 */
static unsigned int holds(struct linx_aside *a, pid_t whose, const struct linx_aside_work *work)
{
	unsigned int n = 0;
	bool working;

	for (unsigned int i = 0; i < a->nheld;) {
		struct linx_aside_thread *t = a->held[i];

		pthread_mutex_lock(&t->lock);
		working = t->working;
		pthread_mutex_unlock(&t->lock);
		n += working && t->whose == whose && (!work || t->work.run == work->run);
		if (working) {
			i++;
			continue;
		}
		a->held[i] = a->held[--a->nheld];
		leave(t);
	}
	return n;
}

/* True if a process may hold one more thread by work of this kind. */
static bool may_hold(struct linx_aside *a, pid_t whose, const struct linx_aside_work *work)
{
	unsigned int own = holds(a, whose, NULL), left, share;

	if (!own)
		return a->nheld < LINX_ASIDE_HELD;
	if (a->nheld >= LINX_ASIDE_SHARED)
		return false;
	left = (LINX_ASIDE_SHARED - a->nheld) / PART;
	share = work->most < left ? work->most : left;
	return holds(a, whose, work) < (share ? share : 1);
}

static bool make_room(struct linx_aside_thread *t, size_t size)
{
	void *more;

	if (size <= t->room)
		return true;
	more = realloc(t->job, size);
	if (!more)
		return false;
	t->job = more;
	t->room = size;
	return true;
}

/* ---- what may wait ----------------------------------------------------------------------- */

/*
 * Directory of the kernel with an entry for each file system that caches pages. The entry of a disk has the number of
 * the device as its name, such as "8:1". Names for file systems in user space or of the network begin with "0:", "9p"
 * or the like, or end with "-fuseblk".
 */
#define LIST "/sys/devices/virtual/bdi"

static bool is_local(const char *name)
{
	if (!strncmp(name, "btrfs-", 6) || !strncmp(name, "mtd-", 4) || *name == '.')
		return true;
	return *name >= '1' && *name <= '9' && strchr(name, ':') && !strchr(name, '-');
}

/* True if the directory lists a file system that can make its readers wait, or if the directory cannot be read. */
static bool lists_remote(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	bool found = !dir;
	struct dirent *d;

	while (dir && !found && (d = readdir(dir)))
		found = !is_local(d->d_name);
	if (dir)
		closedir(dir);
	else if (own >= 0)
		close(own);
	return found;
}

/* True if programs without privileges may serve page faults of the kernel (userfaultfd(2)). */
static bool faults_are_served(void)
{
	int fd = open("/proc/sys/vm/unprivileged_userfaultfd", O_RDONLY | O_CLOEXEC);
	char c = '0';

	if (fd < 0)
		return false;
	if (read(fd, &c, 1) != 1)
		c = '1';
	close(fd);
	return c != '0';
}

static void watch(struct linx_aside *a)
{
	a->watching = true;
	a->list_fd = faults_are_served() ? -1 : open(LIST, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * True if a program without privileges can make others wait without end: a file system in user space or of the network
 * is mounted somewhere, or this is not known. Each entry adds a link to the directory LIST, whose number of links thus
 * shows a change.
 */
static bool may_wait(struct linx_aside *a)
{
	struct stat st;

	if (!a->watching)
		watch(a);
	if (a->list_fd < 0 || fstat(a->list_fd, &st))
		return true;
	if (st.st_nlink != a->listed) {
		a->may_wait = lists_remote(a->list_fd);
		a->listed = st.st_nlink;
	}
	return a->may_wait;
}

/* ---- work -------------------------------------------------------------------------------- */

bool linx_aside_do(struct linx_aside *a, pid_t whose, const struct linx_aside_work *work, void *job, size_t size)
{
	struct linx_aside_thread *t;
	bool ended;

	if (!work->always && !may_wait(a)) {
		work->run(job);
		return true;
	}
	if (a->nheld && !may_hold(a, whose, work))
		return false;
	if (!a->idle)
		a->idle = new_thread();
	t = a->idle;
	if (!t || !make_room(t, size))
		return false;
	pthread_mutex_lock(&t->lock);
	memcpy(t->job, job, size);
	t->work = *work;
	t->whose = whose;
	t->working = true;
	pthread_cond_signal(&t->asked);
	ended = wait_for(t, LIMIT_MS / (a->nheld < LIMIT_PARTS ? 1 + a->nheld : LIMIT_PARTS));
	if (ended)
		memcpy(job, t->job, size);
	t->held = !ended;
	pthread_mutex_unlock(&t->lock);
	if (ended)
		return true;
	a->held[a->nheld++] = t;
	a->idle = NULL;
	return false;
}

void linx_aside_free(struct linx_aside *a)
{
	for (unsigned int i = 0; i < a->nheld; i++)
		leave(a->held[i]);
	if (a->idle)
		leave(a->idle);
	if (a->watching && a->list_fd >= 0)
		close(a->list_fd);
	memset(a, 0, sizeof(*a));
}

/* ---- memory ---------------------------------------------------------------------------- */

/* A transfer of memory, whose bytes follow it. */
struct transfer {
	pid_t tid;
	bool writes;
	bool cautious; /* moves nothing if a page is not present */
	int error;
	uint64_t addr;
	size_t size;
	ssize_t done;
	uint8_t data[];
};

/*
 * Reads memory that a process may write or execute but not read. The processor can read such a page. The kernel
 * therefore reads it through /proc/TID/mem, but not in process_vm_readv(2). Memory of memfd_secret(2) stays unreadable.
 */
static ssize_t read_by_force(pid_t tid, void *to, uint64_t addr, size_t n)
{
	char path[LINX_PROC_PATH];
	ssize_t got;
	int fd;

	if (addr > INT64_MAX)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = pread(fd, to, n, (off_t)addr);
	close(fd);
	return got;
}

static ssize_t move(pid_t tid, bool writes, void *own, uint64_t addr, size_t n)
{
	struct iovec here = { own, n }, there = { (void *)(uintptr_t)addr, n };
	ssize_t done = writes ? process_vm_writev(tid, &here, 1, &there, 1, 0) :
				process_vm_readv(tid, &here, 1, &there, 1, 0), more;
	size_t first = done > 0 ? (size_t)done : 0;
	int error = errno;

	if (writes || first == n || (done < 0 && error != EFAULT))
		return done;
	more = read_by_force(tid, (uint8_t *)own + first, addr + first, n - first);
	errno = error;
	return more > 0 ? (ssize_t)first + more : done;
}

/* True if all pages of the range are present. They may be gone again a moment later. */
static bool is_present(pid_t tid, uint64_t addr, size_t n)
{
	const uint64_t size = (uint64_t)sysconf(_SC_PAGESIZE), first = addr / size, last = (addr + n - 1) / size;
	char path[LINX_PROC_PATH];
	uint64_t entry = 0;
	bool present = true;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (uint64_t i = first; fd >= 0 && present && i <= last; i++)
		present = pread(fd, &entry, sizeof(entry), (off_t)(i * sizeof(entry))) == sizeof(entry) && entry >> 63;
	if (fd >= 0)
		close(fd);
	return fd >= 0 && present;
}

static void run_transfer(void *job)
{
	struct transfer *t = job;

	t->error = ETIMEDOUT;
	t->done = -1;
	if (t->cautious && !is_present(t->tid, t->addr, t->size))
		return;
	t->done = move(t->tid, t->writes, t->data, t->addr, t->size);
	t->error = errno;
}

static ssize_t transfer(struct linx_aside *a, pid_t tid, pid_t whose, bool writes, void *own, uint64_t addr, size_t n)
{
	static const struct linx_aside_work work = { .run = run_transfer, .most = MOST_TRANSFERS };
	struct transfer *t;
	ssize_t done = -1;
	int error = ETIMEDOUT;

	if (!may_wait(a))
		return move(tid, writes, own, addr, n);
	t = malloc(sizeof(*t) + n);
	if (!t)
		return -1;
	*t = (struct transfer){ .tid = tid, .writes = writes, .addr = addr, .size = n, .cautious = holds(a, whose, &work) };
	if (writes)
		memcpy(t->data, own, n);
	else
		memset(t->data, 0, n);
	if (linx_aside_do(a, whose, &work, t, sizeof(*t) + n)) {
		done = t->done;
		error = t->error;
	}
	if (!writes && done > 0)
		memcpy(own, t->data, (size_t)done);
	free(t);
	errno = error;
	return done;
}

ssize_t linx_aside_read(struct linx_aside *a, pid_t tid, pid_t whose, void *to, uint64_t addr, size_t n)
{
	return transfer(a, tid, whose, false, to, addr, n);
}

ssize_t linx_aside_write(struct linx_aside *a, pid_t tid, pid_t whose, const void *from, uint64_t addr, size_t n)
{
	return transfer(a, tid, whose, true, (void *)(uintptr_t)from, addr, n);
}
