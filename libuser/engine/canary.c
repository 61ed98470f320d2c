// SPDX-License-Identifier: LGPL-2.1-or-later
/* The thread that makes canaries: see engine/canary.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/canary.h"
#include "engine/engine.h"

/*
 * Intervals, in ms, at which the thread looks at all CPUs (a round): ROUND_MS while records are delivered; QUIET_MS
 * while no records are delivered, and before the first round; REST_MS while the machine is idle.
 */
#define ROUND_MS 1000
#define QUIET_MS 15000
#define REST_MS 60000
/*
 * Part of the interval by which the kernel may delay the thread's wake-up, to join it with that of another timer. On an
 * idle machine the thread then wakes up no CPU by itself.
 */
#define SLACK_PART 4
/*
 * Number of rounds after which a canary (a call that must be counted) is made on a busy CPU even if the CPU delivers
 * records.
 */
#define CANARY_LEAST_OFTEN 10
/*
 * Number of times that a canary, a call that must be counted, is made before it counts as missed. A single try can fail
 * without interference: the page of a CPU has only the number of the last canary there, and another session of this
 * process may have made its own canary in between.
 */
#define TRIES 3
/* Interval, in ms, at which linx_canary_stop() moves a thread away from a CPU on which it does not get to run. */
#define STOP_MS 20
/* A CPU was idle if it was busy for at most this many ticks of 10 ms, and for one tick more in each second. */
#define IDLE_TICKS 1
/* Bytes of a line of /proc/stat about a CPU: its name, and ten numbers of at most 20 digits. */
#define STAT_LINE 256
/* Ticks of a CPU in a round if they are not known: more than those of an idle CPU. */
#define UNKNOWN_TICKS (10 * REST_MS)

/* A set of CPUs. The kernel refuses a smaller set than one for all CPUs that it can have. */
struct cpus {
	unsigned long bits[LINX_CAP_CPUS_MAX / (8 * sizeof(unsigned long))];
};

enum { HEARD, MISSED, NOT_CALLED };

struct cpu {
	_Atomic(const struct linx_producer *) page; /* NULL: the CPU has no ring */
	_Atomic bool news; /* the CPU's canary was missed, and linx_canary_take() has not reported it */

	/* Used by the thread alone. */
	bool missed; /* the last canary was missed */
	uint64_t ticks; /* for how many ticks the CPU was busy, at this round */
	uint64_t ticks_before; /* value of ticks at the round before */
	uint64_t quiet_ticks, quiet_ns; /* ticks and time when the CPU last delivered records or had a canary */
	uint64_t written; /* bytes that had been written to the ring at the last round */
	unsigned int rounds; /* number of rounds since the last canary */
};

struct linx_canary {
	unsigned int ncpus;
	int news_fd, wake_fd; /* eventfds: readable if there is news; to wake the thread */
	pid_t reader; /* thread whose affinity says where canaries may run */
	pid_t owner; /* process that has the thread; a forked child has none; 0: the thread does not run */
	pthread_t thread;
	_Atomic pid_t tid;
	_Atomic bool stopping, has_news;
	/* delivered: records were delivered since the last round; sleeping: the next delivery is to wake the thread */
	_Atomic bool delivered, sleeping;
	int stat_fd; /* /proc/stat; -1: it cannot be read, and every CPU counts as busy */
	uint64_t round_ns, before_ns; /* times of this round and of the round before */
	char *text; /* buffer for /proc/stat */
	size_t text_size;
	struct cpu cpus[];
};

/* ---- sets of CPUs ----------------------------------------------------------------- */

#define WORD (8 * sizeof(unsigned long))

static void add_cpu(struct cpus *s, unsigned int cpu)
{
	if (cpu < LINX_CAP_CPUS_MAX)
		s->bits[cpu / WORD] |= 1ul << cpu % WORD;
}

static void remove_cpu(struct cpus *s, unsigned int cpu)
{
	if (cpu < LINX_CAP_CPUS_MAX)
		s->bits[cpu / WORD] &= ~(1ul << cpu % WORD);
}

static bool has_cpu(const struct cpus *s, unsigned int cpu)
{
	return cpu < LINX_CAP_CPUS_MAX && s->bits[cpu / WORD] >> cpu % WORD & 1;
}

/* Gets the CPUs on which a thread may run; an empty set if the thread is gone. */
static struct cpus affinity_of(pid_t tid)
{
	struct cpus s = { { 0 } };

	if (syscall(SYS_sched_getaffinity, tid, sizeof(s), &s) < 0)
		memset(&s, 0, sizeof(s));
	return s;
}

static bool set_affinity(pid_t tid, const struct cpus *s)
{
	return !syscall(SYS_sched_setaffinity, tid, sizeof(*s), s);
}

/* Removes from the set the CPUs in a file, which lists them as in "1-3,5". */
static void remove_listed(struct cpus *s, const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned int first, last;
	int n;

	if (!f)
		return;
	while ((n = fscanf(f, "%u-%u", &first, &last)) > 0) {
		for (last = n == 1 ? first : last; first <= last && first < LINX_CAP_CPUS_MAX; first++)
			remove_cpu(s, first);
		if (fgetc(f) != ',')
			break;
	}
	fclose(f);
}

/*
 * Gets the CPUs on which canaries may be made now. They are read anew each time, since cpusets and the list of isolated
 * CPUs can change.
 */
static struct cpus allowed(const struct linx_canary *c)
{
	static const struct cpus none;
	struct cpus s = affinity_of(c->reader);

	if (!memcmp(&s, &none, sizeof(s)))
		s = affinity_of(c->owner); /* the thread has ended: the affinity of the main thread counts */
	remove_listed(&s, "/sys/devices/system/cpu/isolated");
	remove_listed(&s, "/sys/devices/system/cpu/nohz_full");
	return s;
}

/* ---- a canary --------------------------------------------------------------------- */

static bool is_counted(const struct linx_producer *page, uint64_t canary)
{
	return __atomic_load_n(&page->canary, __ATOMIC_ACQUIRE) == canary;
}

static bool stays_on(unsigned int cpu)
{
	struct cpus s = affinity_of(0), only = { { 0 } };

	add_cpu(&only, cpu);
	return !memcmp(&s, &only, sizeof(s));
}

/*
 * Makes a canary on a CPU, a call that must then be counted in the CPU's page. NOT_CALLED: the CPU went offline, or a
 * cpuset moved the thread away, so that the call shows nothing about the CPU.
 */
static int call_on(unsigned int cpu, const struct linx_producer *page)
{
	struct cpus only = { { 0 } };
	uint32_t number = 0;
	unsigned int on;

	add_cpu(&only, cpu);
	if (!set_affinity(0, &only))
		return NOT_CALLED;
	for (unsigned int i = 0; i < TRIES; i++) {
		if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
			number++;
		on = cpu;
		syscall(SYS_getcpu, &on, NULL, LINX_CANARY | number);
		if (is_counted(page, LINX_CANARY | number))
			return HEARD;
		if (on != cpu || !stays_on(cpu))
			return NOT_CALLED;
	}
	return MISSED;
}

static void raise_event(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* the count is at its limit: the descriptor is readable without another event */
}

static void clear_event(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return; /* nothing was counted */
}

static void send_canary(struct linx_canary *c, unsigned int i)
{
	struct cpu *p = &c->cpus[i];
	int result = call_on(i, p->page);

	if (result == NOT_CALLED || atomic_load(&c->stopping))
		return;
	if (result == MISSED && !p->missed) {
		atomic_store(&p->news, true);
		atomic_store(&c->has_news, true);
		raise_event(c->news_fd);
	}
	p->missed = result == MISSED;
	p->rounds = 0;
}

/* ---- rounds over the CPUs ----------------------------------------------------------- */

/* Reads /proc/stat. Returns its text, or NULL. */
static char *read_stat(struct linx_canary *c)
{
	ssize_t n = c->stat_fd < 0 ? -1 : pread(c->stat_fd, c->text, c->text_size - 1, 0);

	if (n <= 0)
		return NULL;
	c->text[n] = '\0';
	return c->text;
}

/*
 * Sets for how many ticks each CPU was busy so far. Offline CPUs have no line in the file. If the file cannot be read,
 * every CPU counts as busy.
 */
static void read_ticks(struct linx_canary *c)
{
	unsigned long long user, nice, system;
	char *line = read_stat(c);
	unsigned int cpu;

	for (unsigned int i = 0; i < c->ncpus; i++) {
		c->cpus[i].ticks_before = c->cpus[i].ticks;
		c->cpus[i].ticks += line ? 0 : UNKNOWN_TICKS;
	}
	/* The first line has the sums over all CPUs. */
	while (line && (line = strchr(line, '\n')) && !strncmp(++line, "cpu", 3))
		if (sscanf(line, "cpu%u %llu %llu %llu", &cpu, &user, &nice, &system) == 4 && cpu < c->ncpus)
			c->cpus[cpu].ticks = user + nice + system;
}

static bool was_busy(uint64_t ticks, uint64_t ns)
{
	return ticks > IDLE_TICKS + ns / 1000000000;
}

static void begin_quiet(const struct linx_canary *c, struct cpu *p)
{
	p->quiet_ticks = p->ticks;
	p->quiet_ns = c->round_ns;
}

static bool is_due(const struct linx_canary *c, struct cpu *p, const struct linx_producer *page)
{
	uint64_t written = __atomic_load_n(&page->half[0].head, __ATOMIC_RELAXED) +
			   __atomic_load_n(&page->half[1].head, __ATOMIC_RELAXED);
	bool delivers = written != p->written;

	p->written = written;
	if (delivers && p->rounds++ < CANARY_LEAST_OFTEN) {
		begin_quiet(c, p);
		return false;
	}
	return was_busy(p->ticks - p->quiet_ticks, c->round_ns - p->quiet_ns);
}

/* Begins a round. Returns whether a CPU was busy since the last round. */
static bool begin_round(struct linx_canary *c)
{
	bool busy = false;

	c->before_ns = c->round_ns;
	c->round_ns = linx_clock_ns(CLOCK_MONOTONIC);
	read_ticks(c);
	for (unsigned int i = 0; i < c->ncpus; i++)
		busy |= was_busy(c->cpus[i].ticks - c->cpus[i].ticks_before, c->round_ns - c->before_ns);
	return busy;
}

/* Makes canaries on the CPUs where they are due. Returns whether a CPU was busy since the last round. */
static bool do_round(struct linx_canary *c)
{
	bool busy = begin_round(c), known = false;
	struct cpus may = { { 0 } };

	for (unsigned int i = 0; i < c->ncpus && !atomic_load(&c->stopping); i++) {
		struct cpu *p = &c->cpus[i];
		const struct linx_producer *page = p->page;

		if (!page || !is_due(c, p, page))
			continue;
		if (!known)
			may = allowed(c);
		known = true;
		if (has_cpu(&may, i))
			send_canary(c, i);
		begin_quiet(c, p);
	}
	if (known)
		set_affinity(0, &may);
	return busy;
}

/* ---- the thread --------------------------------------------------------------------- */

/* Waits until the thread is woken, or "ms" milliseconds have passed. Returns whether it was woken. */
static bool wait_ms(struct linx_canary *c, int ms)
{
	struct pollfd p = { .fd = c->wake_fd, .events = POLLIN };

	prctl(PR_SET_TIMERSLACK, ms * 1000000ul / SLACK_PART, 0, 0, 0);
	if (poll(&p, 1, ms) <= 0)
		return false;
	clear_event(c->wake_fd);
	return true;
}

/*
 * Waits "ms" milliseconds for the next round. may_wake: records that are delivered meanwhile shorten a long wait, since
 * the machine is at work again. False: the thread is to end.
 */
static bool wait_for_round(struct linx_canary *c, int ms, bool may_wake)
{
	atomic_store(&c->sleeping, may_wake && ms > ROUND_MS); /* before delivered is read: see linx_canary_wake() */
	if (atomic_load(&c->sleeping) && atomic_load(&c->delivered))
		ms = ROUND_MS;
	if (wait_ms(c, ms) && !atomic_load(&c->stopping))
		wait_ms(c, ROUND_MS);
	atomic_store(&c->sleeping, false);
	return !atomic_load(&c->stopping);
}

/*
 * Drops the capabilities of this thread. Each thread has its own: this one would keep capabilities that the reader
 * drops later.
 */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	syscall(SYS_capset, &head, none);
}

static void *run(void *data)
{
	bool busy, delivered, first = true;
	struct linx_canary *c = data;
	int ms = QUIET_MS;

	drop_capabilities();
	atomic_store(&c->tid, (pid_t)syscall(SYS_gettid));
	begin_round(c);
	for (unsigned int i = 0; i < c->ncpus; i++)
		begin_quiet(c, &c->cpus[i]);
	while (wait_for_round(c, ms, !first)) {
		delivered = atomic_exchange(&c->delivered, false);
		busy = do_round(c);
		ms = delivered && !first ? ROUND_MS : busy ? QUIET_MS : REST_MS;
		first = false;
	}
	return NULL;
}

/* ---- interface ---------------------------------------------------------------------- */

int linx_canary_new(unsigned int ncpus, struct linx_canary **out)
{
	struct linx_canary *c = calloc(1, sizeof(*c) + ncpus * sizeof(c->cpus[0]));

	if (!c)
		return -ENOMEM;
	c->ncpus = ncpus;
	c->text_size = (size_t)STAT_LINE * (ncpus + 1);
	c->text = malloc(c->text_size);
	c->stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	c->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!c->text || c->news_fd < 0 || c->wake_fd < 0) {
		linx_canary_free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void linx_canary_set_page(struct linx_canary *c, unsigned int cpu, const struct linx_producer *page)
{
	if (c && cpu < c->ncpus)
		atomic_store(&c->cpus[cpu].page, page);
}

int linx_canary_start(struct linx_canary *c)
{
	sigset_t all, before;
	int rc;

	if (!c || c->owner)
		return 0;
	c->reader = (pid_t)syscall(SYS_gettid);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	c->owner = getpid();
	rc = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		c->owner = 0;
	return -rc;
}

/*
 * Stops the thread. A task of a higher scheduling class can keep it from running on its CPU. The thread is then moved
 * to another CPU, so that it can end.
 */
void linx_canary_stop(struct linx_canary *c)
{
	struct timespec until;
	struct cpus all;

	if (!c || c->owner != getpid())
		return;
	atomic_store(&c->stopping, true);
	raise_event(c->wake_fd);
	memset(&all, 0xff, sizeof(all));
	do {
		if (c->tid)
			set_affinity(c->tid, &all);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += STOP_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	} while (pthread_timedjoin_np(c->thread, NULL, &until) == ETIMEDOUT);
	c->owner = 0;
}

void linx_canary_free(struct linx_canary *c)
{
	if (!c)
		return;
	linx_canary_stop(c);
	if (c->stat_fd >= 0)
		close(c->stat_fd);
	if (c->news_fd >= 0)
		close(c->news_fd);
	if (c->wake_fd >= 0)
		close(c->wake_fd);
	free(c->text);
	free(c);
}

int linx_canary_fd(const struct linx_canary *c)
{
	return c ? c->news_fd : -1;
}

bool linx_canary_has_news(const struct linx_canary *c)
{
	return c && atomic_load_explicit(&c->has_news, memory_order_relaxed);
}

int linx_canary_take(struct linx_canary *c, uint64_t now, struct linx_snap *to)
{
	struct linx_tamper tamper = { .what = LINX_TAMPER_MISSED };
	int rc = 0;

	clear_event(c->news_fd);
	atomic_store(&c->has_news, false);
	for (unsigned int i = 0; i < c->ncpus && !rc; i++) {
		if (!atomic_exchange(&c->cpus[i].news, false))
			continue;
		tamper.cpu = i;
		rc = linx_snap_report(to, &tamper, 0, 0, now);
	}
	return rc;
}

void linx_canary_wake(struct linx_canary *c)
{
	if (!c || atomic_load_explicit(&c->delivered, memory_order_relaxed))
		return;
	atomic_store(&c->delivered, true); /* before sleeping is read: see wait_for_round() */
	if (atomic_exchange(&c->sleeping, false))
		raise_event(c->wake_fd);
}
