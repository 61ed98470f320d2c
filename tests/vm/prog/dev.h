/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to linx's device, /dev/linxcap, for tests, without the library liblinx: open, set up, map, control, count,
 * read. A step that fails ends the test. Each struct dev has one session and one reader.
 */
#ifndef DEV_H
#define DEV_H

#include <fcntl.h>
#include <linux/linx.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include "tap.h"

#define DEV_CPUS 8

struct dev_ring {
	struct linx_producer *prod; /* NULL: the CPU has no ring */
	struct linx_consumer *cons;
	uint8_t *data[2];
};

struct dev {
	int fd;
	unsigned int cpus;
	size_t page;
	uint64_t ring_size;
	bool recorder;
	struct dev_ring ring[DEV_CPUS];
	struct linx_select select;
	struct linx_filter filter;
};

/*
 * whether the last opened module records paths: with PREEMPT_RT it records no paths, nor other facts that need a
 * sleeping lock
 */
static bool dev_has_paths __attribute__((unused));

static inline struct linx_info dev_info(struct dev *d)
{
	struct linx_info info = { .size = sizeof(info) };

	if (ioctl(d->fd, LINX_IOC_INFO, &info))
		die("INFO");
	return info;
}

static inline void dev_open(struct dev *d)
{
	struct linx_info info;

	memset(d, 0, sizeof(*d));
	d->fd = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	if (d->fd < 0)
		die("open " LINX_DEVICE);
	info = dev_info(d);
	dev_has_paths = info.features & LINX_FEAT_PATHS;
	d->cpus = info.cpus;
	d->page = info.page_size;
	if (d->cpus > DEV_CPUS)
		die("%u CPUs are too many for this test", d->cpus);
	d->select.size = sizeof(d->select);
	d->filter.size = sizeof(d->filter);
}

static inline void *dev_mmap(struct dev *d, unsigned int cpu, int what, size_t len, int prot)
{
	return mmap(NULL, len, prot, MAP_SHARED, d->fd, LINX_MMAP_OFFSET(cpu, what));
}

static inline void *dev_must_map(struct dev *d, unsigned int cpu, int what, size_t len, int prot)
{
	void *p = dev_mmap(d, cpu, what, len, prot);

	if (p == MAP_FAILED)
		die("mmap of CPU %u, what %d", cpu, what);
	return p;
}

/* Maps the CPU's ring. Returns false if the CPU has no ring. */
static inline bool dev_map_cpu(struct dev *d, unsigned int cpu)
{
	struct dev_ring *r = &d->ring[cpu];
	void *p;

	if (r->prod)
		return true;
	p = dev_mmap(d, cpu, LINX_MMAP_PRODUCER, d->page, PROT_READ);
	if (p == MAP_FAILED)
		return false;
	r->cons = dev_must_map(d, cpu, LINX_MMAP_CONSUMER, d->page, PROT_READ | PROT_WRITE);
	r->data[0] = dev_must_map(d, cpu, LINX_MMAP_DATA, 2 * d->ring_size, PROT_READ);
	if (d->recorder)
		r->data[1] = dev_must_map(d, cpu, LINX_MMAP_DATA2, 2 * d->ring_size, PROT_READ);
	r->prod = p;
	return true;
}

static inline void dev_setup(struct dev *d, struct linx_setup setup)
{
	setup.size = sizeof(setup);
	if (ioctl(d->fd, LINX_IOC_SETUP, &setup))
		die("SETUP with rings of %llu bytes", (unsigned long long)setup.ring_size);
	d->ring_size = setup.ring_size;
	d->recorder = setup.mode == LINX_MODE_RECORDER;
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_map_cpu(d, cpu);
}

static inline void dev_unmap(struct dev *d)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++) {
		struct dev_ring *r = &d->ring[cpu];

		if (!r->prod)
			continue;
		munmap(r->prod, d->page);
		munmap(r->cons, d->page);
		munmap(r->data[0], 2 * d->ring_size);
		if (r->data[1])
			munmap(r->data[1], 2 * d->ring_size);
		memset(r, 0, sizeof(*r));
	}
}

static inline void dev_close(struct dev *d)
{
	dev_unmap(d);
	close(d->fd);
	d->fd = -1;
}

/*
 * Prints a note and returns true if this module records no paths. A program that tests paths should then exit with
 * status 77.
 */
static inline bool dev_lacks_paths(void)
{
	struct dev d;

	dev_open(&d);
	dev_close(&d);
	if (!dev_has_paths)
		printf("1..0 # SKIP PREEMPT_RT: no paths\n");
	return !dev_has_paths;
}

/* Sets the module's limit of the memory of all sessions, in percent of RAM. */
static inline void set_memory_percent(unsigned int percent)
{
	FILE *f = fopen("/sys/module/linx/parameters/memory_percent", "we");

	if (!f || fprintf(f, "%u", percent) < 0 || fclose(f))
		die("memory_percent");
}

/* ---- selection of calls */

static inline void dev_bit(__u64 (*bits)[LINX_NR_WORDS], unsigned int abi, unsigned int nr)
{
	bits[abi][nr / 64] |= 1ULL << (nr % 64);
}

/* The next functions add calls to the selection, which takes effect with dev_apply(). */
static inline void dev_want_exit(struct dev *d, unsigned int nr)
{
	dev_bit(d->select.exit, LINX_ABI_X86_64, nr);
}

static inline void dev_want_enter(struct dev *d, unsigned int nr)
{
	dev_bit(d->select.enter, LINX_ABI_X86_64, nr);
}

static inline void dev_want_all(struct dev *d)
{
	memset(d->select.enter, 0xff, sizeof(d->select.enter));
	memset(d->select.exit, 0xff, sizeof(d->select.exit));
}

static inline void dev_apply(struct dev *d)
{
	if (ioctl(d->fd, LINX_IOC_FILTER, &d->filter))
		die("FILTER %#x", d->filter.flags);
	if (ioctl(d->fd, LINX_IOC_SELECT, &d->select))
		die("SELECT");
}

static inline int dev_try_list(struct dev *d, const __s32 *pids, unsigned int n, unsigned int flags)
{
	struct linx_pids u = {
		.size = sizeof(u), .flags = flags, .pids = (uintptr_t)pids, .count = n
	};

	return ioctl(d->fd, LINX_IOC_PIDS, &u);
}

static inline void dev_list(struct dev *d, pid_t pid)
{
	__s32 nr = pid;

	if (dev_try_list(d, &nr, 1, 0))
		die("PIDS %d", pid);
}

static inline void dev_start(struct dev *d)
{
	if (ioctl(d->fd, LINX_IOC_START, 0))
		die("START");
}

static inline void dev_stop(struct dev *d)
{
	if (ioctl(d->fd, LINX_IOC_STOP, 0))
		die("STOP");
}

/* ---- counters */

struct dev_counters {
	struct linx_cpu_counters cpu[DEV_CPUS];
	struct linx_call_counters calls[LINX_ABI_NR][LINX_NR_MAX];
	unsigned int listed;
};

static inline void dev_counters(struct dev *d, struct dev_counters *c)
{
	struct linx_counters u = { .size = sizeof(u),
				   .cpus = (uintptr_t)c->cpu,
				   .cpus_count = d->cpus,
				   .calls = (uintptr_t)c->calls };

	memset(c, 0, sizeof(*c));
	if (ioctl(d->fd, LINX_IOC_COUNTERS, &u))
		die("COUNTERS");
	c->listed = u.listed;
}

static inline unsigned int dev_listed(struct dev *d)
{
	struct linx_counters u = { .size = sizeof(u) };

	if (ioctl(d->fd, LINX_IOC_COUNTERS, &u))
		die("COUNTERS");
	return u.listed;
}

static inline uint64_t dev_lost(const struct linx_cpu_counters *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < LINX_LOST_MAX; i++)
		sum += c->lost[i];
	return sum;
}

/* Returns how often call nr was selected, over all CPUs. */
static inline uint64_t calls_selected(struct dev *d, unsigned int nr)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t n;

	dev_counters(d, c);
	n = c->calls[LINX_ABI_X86_64][nr].selected;
	free(c);
	return n;
}

/* ---- reading; discard mode */

static inline uint64_t dev_head(const struct dev *d, unsigned int cpu)
{
	return __atomic_load_n(&d->ring[cpu].prod->half[0].head, __ATOMIC_ACQUIRE);
}

typedef void dev_fn(const struct linx_rec *rec, void *arg);

/* Calls fn with each record of data in [tail, head). An impossible length ends the test. */
static inline void dev_walk(const struct dev *d, const uint8_t *data, uint64_t tail, uint64_t head,
			    dev_fn *fn, void *arg)
{
	const struct linx_rec *rec;

	if (head - tail > d->ring_size) {
		printf("not ok - head %#llx is more than a ring beyond tail %#llx\n",
		       (unsigned long long)head, (unsigned long long)tail);
		exit(1);
	}
	for (; tail != head; tail += LINX_REC_LEN(rec)) {
		rec = (const struct linx_rec *)(data + tail % d->ring_size);
		if (LINX_REC_LEN(rec) < sizeof(*rec) || LINX_REC_LEN(rec) > head - tail || LINX_REC_LEN(rec) > LINX_REC_MAX) {
			printf("not ok - a record at %#llx, head %#llx, has length %u\n",
			       (unsigned long long)tail, (unsigned long long)head, LINX_REC_LEN(rec));
			exit(1);
		}
		fn(rec, arg);
	}
}

/* Calls fn with each unread record of the CPU's ring and frees the ring's space. Returns the number of bytes. */
static inline uint64_t dev_drain(struct dev *d, unsigned int cpu, dev_fn *fn, void *arg)
{
	struct dev_ring *r = &d->ring[cpu];
	uint64_t head, tail;

	if (!r->prod)
		return 0;
	head = dev_head(d, cpu);
	tail = r->cons->tail;
	dev_walk(d, r->data[0], tail, head, fn, arg);
	__atomic_store_n(&r->cons->tail, head, __ATOMIC_RELEASE);
	return head - tail;
}

static inline void dev_ignore(const struct linx_rec *rec, void *arg)
{
	(void)rec;
	(void)arg;
}

/* A copy of the unread records of all CPUs, those of one CPU after those of another. */
struct dev_log {
	uint8_t *bytes;
	size_t len, room;
	size_t begins[DEV_CPUS]; /* offset at which the records of each CPU begin, as of the last drain */
};

static inline void dev_keep(const struct linx_rec *rec, void *arg)
{
	struct dev_log *log = arg;

	if (log->len + LINX_REC_LEN(rec) > log->room) {
		log->room = log->room ? 2 * log->room : 1 << 20;
		log->bytes = realloc(log->bytes, log->room);
		if (!log->bytes)
			die("realloc");
	}
	memcpy(log->bytes + log->len, rec, LINX_REC_LEN(rec));
	log->len += LINX_REC_LEN(rec);
}

static inline void dev_drain_all(struct dev *d, struct dev_log *log)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++) {
		log->begins[cpu] = log->len;
		dev_drain(d, cpu, dev_keep, log);
	}
}

/* Returns the CPU in whose ring a record of the last drain was. */
static inline unsigned int dev_cpu_of(const struct dev *d, const struct dev_log *log, const struct linx_rec *rec)
{
	unsigned int cpu = d->cpus - 1;

	while (cpu && log->begins[cpu] > (size_t)((const uint8_t *)rec - log->bytes))
		cpu--;
	return cpu;
}

/* Returns the record after rec, the first for NULL, and NULL after the last. */
static inline const struct linx_rec *dev_next(const struct dev_log *log, const struct linx_rec *rec)
{
	const uint8_t *p = rec ? (const uint8_t *)rec + LINX_REC_LEN(rec) : log->bytes;

	return p < log->bytes + log->len ? (const struct linx_rec *)p : NULL;
}

/* Returns the module's reference count. */
static inline int dev_refcount(void)
{
	FILE *f = fopen("/sys/module/linx/refcnt", "re");
	int n = -1;

	if (!f || fscanf(f, "%d", &n) != 1)
		die("refcnt");
	fclose(f);
	return n;
}

/* ---- time and CPUs */

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static inline void sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static inline void on_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity to CPU %u", cpu);
}

/* Allocates memory that children share. */
static inline void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Returns the exit status of a child, or -signal. */
static inline int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid %d", pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
