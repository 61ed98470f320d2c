// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Many threads use one session of linx's device: they call ioctls, map, change mappings, poll, fork, duplicate and pass
 * on the descriptor at the same moment, with structures that two more threads overwrite all the time, while storms of
 * calls are recorded. In every order, invalid requests are refused, every sum of the session's counters matches, and
 * the module holds nothing after all descriptors are closed. Built for the 64-bit ABI only (native only).
 * usage: dev_threads [SEED [COUNT]]     COUNT: number of operations of each thread
 */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "load.h"
#include "rnd.h"

#define HANDS 5
#define RING 65536
#define RACY (1 << 19) /* bytes of memory that two threads overwrite while the kernel reads and writes it */
#define LAST _IOC_NR(LINX_IOC_INHERIT)

static struct dev d, other; /* other: another session, which lists this process */
static uint32_t table_size;
static uint8_t *racy; /* RACY bytes; nothing is mapped behind them */
static volatile int stop;
static unsigned int count = 400;
static __thread uint64_t mine; /* state of the thread's own random numbers */
/* whether this is one of the thread's last operations, which are allowed to end the recording */
static __thread bool late;

/*
 * Counters of all threads together: undocumented results, mappings with rights that they must not have, ioctls that
 * succeeded in a child, operations of each kind, ioctls of each number.
 */
static uint64_t strange, granted, answered, done[8], called[LAST + 1];

static uint64_t any(void)
{
	return rnd_next(&mine);
}

static void add(uint64_t *n)
{
	__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
}

static uint64_t any_word(void)
{
	const uint64_t words[] = { 0, 0, 0, 1, 2, 3, 0x10, 4096, RING, 65537, ~0ULL, 1ULL << 63, any() & 0xffff,
				   getpid(), (uintptr_t)racy, (uintptr_t)racy + any() % RACY,
				   (uintptr_t)racy + RACY - 4, 0xffffffff81000000 };

	return words[any() % (sizeof(words) / sizeof(*words))];
}

/* ---- threads that overwrite the structures in use */

static void *scribbler(void *arg)
{
	mine = (uintptr_t)arg * 0x9e3779b97f4a7c15ULL;
	while (!stop) {
		for (int i = 0; i < 64; i++)
			*(volatile uint64_t *)(racy + any() % 5 * 4096 + any() % 24 * 8) = any_word();
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			if (d.ring[cpu].cons)
				d.ring[cpu].cons->tail = any() % 2 ? any_word() : dev_head(&d, cpu);
		sched_yield();
	}
	return NULL;
}

/* ---- operations of the threads */

/* Fills a valid structure for ioctl nr. Structures that are not mentioned here are valid when they are empty. */
static void fill(unsigned int nr, uint8_t *p)
{
	static const uint32_t sizes[LAST + 1] = {
		sizeof(struct linx_info), sizeof(struct linx_table_buf), sizeof(struct linx_setup),
		sizeof(struct linx_select), sizeof(struct linx_filter), sizeof(struct linx_pids), 0, 0,
		sizeof(struct linx_counters), sizeof(struct linx_flush), sizeof(struct linx_floor),
		sizeof(struct linx_clock_now), 0, sizeof(struct linx_snapshot), sizeof(struct linx_sample),
		sizeof(struct linx_budget), sizeof(struct linx_priority), sizeof(struct linx_inherit),
	};

	memset(p, nr == _IOC_NR(LINX_IOC_SELECT) ? 0xff : 0, sizes[nr]);
	memcpy(p, &(uint64_t){ sizes[nr] }, 8);
	if (nr == _IOC_NR(LINX_IOC_TABLE))
		*(struct linx_table_buf *)p = (struct linx_table_buf){ .size = sizes[nr], .buf = (uintptr_t)racy + RACY / 2,
								       .buf_size = table_size };
	else if (nr == _IOC_NR(LINX_IOC_PIDS))
		*(struct linx_pids *)p = (struct linx_pids){ sizes[nr], any() % 2, (uintptr_t)racy, 2, 0 };
	else if (nr == _IOC_NR(LINX_IOC_COUNTERS))
		*(struct linx_counters *)p = (struct linx_counters){ .size = sizes[nr], .cpus = (uintptr_t)racy + 32768,
								     .cpus_count = d.cpus,
								     .calls = (uintptr_t)racy + 65536 };
	else if (nr == _IOC_NR(LINX_IOC_SNAPSHOT))
		*(struct linx_snapshot *)p = (struct linx_snapshot){ .size = sizes[nr], .buf = (uintptr_t)racy + 65536,
								     .buf_size = LINX_SNAPSHOT_MIN };
	else if (nr == _IOC_NR(LINX_IOC_SAMPLE))
		*(struct linx_sample *)p = (struct linx_sample){ sizes[nr], 0, (uintptr_t)racy + 131072 };
	else if (nr == _IOC_NR(LINX_IOC_BUDGET))
		*(struct linx_budget *)p = (struct linx_budget){ sizes[nr], 0, any() % 2 * 100000 };
	else if (nr == _IOC_NR(LINX_IOC_INHERIT))
		*(struct linx_inherit *)p = (struct linx_inherit){ sizes[nr], 0, other.fd, 0 };
}

static bool understood(int e)
{
	return e == EINVAL || e == EFAULT || e == E2BIG || e == EBUSY || e == EOPNOTSUPP || e == ESRCH ||
	       e == ENOMEM || e == EBADF;
}

/*
 * Returns a random ioctl number. FLUSH, INHERIT and FILTER may wait long, so START replaces seven of eight of them, and
 * it replaces every STOP until "late" is set.
 */
static unsigned int any_number(void)
{
	unsigned int nr = any() % (LAST + 1);
	bool waits = nr == _IOC_NR(LINX_IOC_FLUSH) || nr == _IOC_NR(LINX_IOC_INHERIT) || nr == _IOC_NR(LINX_IOC_FILTER);

	return (waits && any() % 8) || (nr == _IOC_NR(LINX_IOC_STOP) && !late) ? _IOC_NR(LINX_IOC_START) : nr;
}

static void call(void)
{
	unsigned int nr = any_number();
	uint8_t *p = racy + any() % 5 * 4096;

	fill(nr, p);
	if (nr == _IOC_NR(LINX_IOC_START) || nr == _IOC_NR(LINX_IOC_STOP) || nr == _IOC_NR(LINX_IOC_ADD_CPUS))
		p = NULL;
	if (ioctl(d.fd, _IOC(0, LINX_IOC_MAGIC, nr, 0), p) >= 0)
		add(&called[nr]);
	else if (!understood(errno)) {
		add(&strange);
		printf("# number %u: %s\n", nr, tap_errno(errno));
	}
}

/*
 * Tries a change of a mapping, and counts it if it widens the mapping's rights. Returns the address of the mapping,
 * which may have moved; NULL: it is gone.
 */
static void *change(uint8_t *p, size_t len, bool writable)
{
	static const int advice[] = { MADV_DONTNEED, MADV_WILLNEED, MADV_DOFORK,   MADV_DONTFORK, MADV_DODUMP,
				      MADV_REMOVE,   MADV_FREE,	    MADV_HUGEPAGE, MADV_MERGEABLE, MADV_WIPEONFORK,
				      MADV_COLD,     MADV_PAGEOUT };
	struct iovec from = { p, 8 }, to = { racy, 8 };
	size_t mid;
	void *q;

	switch (any() % 8) {
	case 0:
		if (!writable && !mprotect(p, len, PROT_READ | PROT_WRITE))
			add(&granted);
		return p;
	case 1:
		if (!mprotect(p, len, PROT_READ | PROT_EXEC))
			add(&granted);
		return p;
	case 2:
		q = mremap(p, len, len + d.page, MREMAP_MAYMOVE);
		if (q != MAP_FAILED)
			add(&granted);
		return p;
	case 3: /* moves the mapping; it may be refused */
		q = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (mremap(p, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, q) != MAP_FAILED)
			return q;
		munmap(q, len);
		return p;
	case 4:
		madvise(p, len, advice[any() % (sizeof(advice) / sizeof(*advice))]);
		return p;
	case 5:
		mlock(p, len);
		msync(p, len, MS_SYNC);
		return p;
	case 6:
		process_vm_readv(getpid(), &to, 1, &from, 1, 0);
		return p;
	/*
	 * unmaps the page in the middle first, then the parts beside it; meanwhile another thread may map something
	 * into the hole, which must stay mapped
	 */
	default:
		mid = len / 2 / d.page * d.page;
		munmap(p + mid, d.page);
		if (mid) {
			munmap(p, mid);
			munmap(p + mid + d.page, len - mid - d.page);
		}
		return NULL;
	}
}

static void map(void)
{
	unsigned int what = any() % 4;
	size_t len = what < LINX_MMAP_DATA ? d.page : 2 * RING;
	bool writable = what == LINX_MMAP_CONSUMER;
	void *p = dev_mmap(&d, any() % d.cpus, what, len, writable ? PROT_READ | PROT_WRITE : PROT_READ);

	if (p == MAP_FAILED) {
		if (what != LINX_MMAP_DATA2)
			add(&strange);
		return;
	}
	for (int i = any() % 4; i && p; i--)
		p = change(p, len, writable);
	if (p)
		munmap(p, len);
}

static void wait_for_it(void)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN | POLLPRI };
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	int ep;

	if (any() % 2) {
		poll(&p, 1, any() % 3);
		return;
	}
	ep = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(ep, EPOLL_CTL_ADD, d.fd, &e);
	epoll_wait(ep, &e, 1, any() % 3);
	close(ep);
}

/*
 * Forks a child, which must not have the rights of the session's owner. The child may live on while the threads
 * continue.
 */
static void child(void)
{
	struct linx_info info = { .size = sizeof(info) };
	pid_t pid = fork();
	int status;

	if (!pid) {
		int good = !ioctl(d.fd, LINX_IOC_INFO, &info) || errno != EPERM;

		good += !ioctl(d.fd, LINX_IOC_STOP, 0) || errno != EPERM;
		good += dev_mmap(&d, 0, LINX_MMAP_PRODUCER, d.page, PROT_READ) != MAP_FAILED || errno != EPERM;
		_exit(good);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status)
		add(&answered);
}

static void duplicate(void)
{
	int fd = fcntl(d.fd, any() % 2 ? F_DUPFD_CLOEXEC : F_DUPFD, 100);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, 0);
	close(fd);
}

/* Passes the descriptor through a socket, or leaves it unreceived in the socket, which is then closed. */
static void pass(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} c = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
	int s[2], fd = -1;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s))
		return;
	memcpy(CMSG_DATA(&c.head), &d.fd, sizeof(d.fd));
	sendmsg(s[0], &m, 0);
	iov.iov_base = &byte;
	if (any() % 2 && recvmsg(s[1], &m, MSG_CMSG_CLOEXEC) == 1) {
		memcpy(&fd, CMSG_DATA(&c.head), sizeof(fd));
		close(fd);
	}
	close(s[0]);
	close(s[1]);
}

/* Opens another session and closes it before or after its mappings. */
static void another(void)
{
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 8192, .mode = any() % 2 };
	struct linx_filter filter = { .size = sizeof(filter) };
	int fd = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd < 0) {
		if (errno != ENOMEM)
			add(&strange);
		return;
	}
	ioctl(fd, LINX_IOC_SETUP, &setup);
	p = mmap(NULL, d.page, PROT_READ, MAP_SHARED, fd, LINX_MMAP_OFFSET(0, LINX_MMAP_PRODUCER));
	ioctl(fd, LINX_IOC_FILTER, &filter);
	ioctl(fd, LINX_IOC_START, 0);
	close(fd);
	if (p != MAP_FAILED)
		munmap(p, d.page);
}

static void *hand(void *arg)
{
	static void (*const acts[8])(void) = { call, map, call, wait_for_it, child, duplicate, pass, another };
	/* Percentage of each kind of operation. Those that wait for RCU grace periods are slow and therefore rare. */
	static const unsigned int share[8] = { 30, 25, 15, 10, 6, 6, 6, 2 };

	mine = (uintptr_t)arg;
	for (unsigned int n = 0; n < count; n++) {
		unsigned int r = any() % 100, i = 0;

		late = n > count / 10 * 9;
		while (r >= share[i])
			r -= share[i++];
		acts[i]();
		add(&done[i]);
	}
	return NULL;
}

/* ---- the test: all threads use one session */

static void check_sums(const char *name)
{
	struct dev_counters *c = malloc(sizeof(*c));

	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		const struct linx_cpu_counters *k = &c->cpu[cpu];

		is(k->selected, k->committed + dev_lost(k), "%s: CPU %u: selected = committed + lost (%llu, %llu lost)",
		   name, cpu, (unsigned long long)k->selected, (unsigned long long)dev_lost(k));
		is(k->next_seq, k->selected, "%s: CPU %u: a number for each", name, cpu);
	}
	free(c);
}

static void round_of(const char *name, unsigned int mode)
{
	pthread_t t[HANDS + 2];
	struct storm st[2];

	stop = 0;
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING, .mode = mode, .delay_ns = 1000000,
					   .flags = LINX_SETUP_INCLUDE_SELF | LINX_SETUP_FILES | LINX_SETUP_ENTRY_TIME });
	for (unsigned int i = 0; i < 2; i++)
		storm_make(&st[i], i, 0);
	dev_want_all(&d);
	dev_apply(&d);
	for (unsigned int i = 0; i < 2; i++)
		storm_go(&st[i]);
	for (uintptr_t i = 0; i < HANDS + 2; i++)
		pthread_create(&t[i], NULL, i < HANDS ? hand : scribbler, (void *)rnd());
	for (unsigned int i = 0; i < HANDS; i++)
		pthread_join(t[i], NULL);
	stop = 1;
	pthread_join(t[HANDS], NULL);
	pthread_join(t[HANDS + 1], NULL);
	for (unsigned int i = 0; i < 2; i++)
		ok(storm_end(&st[i]) > 0, "%s: storm %u went on", name, i);
	/* another thread may have stopped the session already */
	if (ioctl(d.fd, LINX_IOC_STOP, 0) && errno != EINVAL)
		die("STOP");
	check_sums(name);
	dev_close(&d);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20261121;

	count = argc > 2 ? (unsigned int)atoi(argv[2]) : count;
	printf("# seed %llu, %d hands, %u operations each\n", (unsigned long long)seed, HANDS, count);
	rnd_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	racy = shared(2 * RACY);
	munmap(racy + RACY, RACY);
	dev_open(&other);
	dev_list(&other, getpid());
	table_size = dev_info(&other).table_size;
	round_of("discard", LINX_MODE_DISCARD);
	round_of("recorder", LINX_MODE_RECORDER);
	is(strange, 0, "answers that are none of the documented ones");
	is(granted, 0, "rights that a mapping must not have");
	is(answered, 0, "children that were answered");
	for (int i = 0; i < 8; i++)
		ok(done[i] > 0, "act %d: %llu times", i, (unsigned long long)done[i]);
	for (unsigned int i = 0; i <= LAST; i++)
		if (i != _IOC_NR(LINX_IOC_SETUP))
			ok(called[i] > 0, "number %u: %llu went well", i, (unsigned long long)called[i]);
	dev_close(&other);
	is(dev_refcount(), 0, "use count in the end");
	load_still_works();
	return tap_end();
}
