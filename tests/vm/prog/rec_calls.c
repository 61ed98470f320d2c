// SPDX-License-Identifier: LGPL-2.1-or-later
/* native only: no 32-bit variant is built, because the 64-bit program makes the calls of both ABIs */
/*
 * Unprivileged processes, which only their resource limits restrict, make any system call of both ABIs with any
 * arguments, in memory that another thread changes meanwhile. Sessions of all kinds record them. Every record must be
 * whole, in order and filled by its values, and all losses must be counted.
 * usage: rec_calls [SEED [PHASES]]
 */
#include <grp.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include "raw.h"
#include "load.h"
#include "rec.h"
#include "rnd.h"

#define NOBODY 60000 /* uid of the first storm process; each storm has a uid of its own */
#define ARENA_SIZE (1 << 17)
#define PHASE_MS 1500
#define PATIENCE_MS 60000
#define STORMS 4

#ifdef __x86_64__
#define HAVE_I386 true
#define IS_PAUSE(nr) ((nr) == SYS_pause)
#else
#define HAVE_I386 false
#define IS_PAUSE(nr) false
#define MAP_32BIT 0
#define raw_i386 raw
#endif

/* ---- arguments: memory below 4 GB, so that 32-bit calls can point to it */

static uint8_t *arena;

static uint64_t any_address(void)
{
	uint64_t in = (uintptr_t)arena + rnd() % ARENA_SIZE;

	/*
	 * Some of the alternatives: addresses just before the arena's end, after which nothing is mapped, then NULL and
	 * 1, kernel addresses, and the first non-canonical address.
	 */
	return ONE_OF(in & ~7ULL, in & ~7ULL, in & ~7ULL, in & ~4095ULL, in, (uintptr_t)arena + ARENA_SIZE - rnd() % 20, 0, 1,
		      0xffffffff81000000, ~0ULL - rnd() % 5000, 1ULL << 47, rnd());
}

static uint64_t any_number(void)
{
	return ONE_OF(0, 1, 2, rnd() % 16, rnd() % 100, 1ULL << rnd() % 64, 4096, 65536, ~0ULL, (uint32_t)-100, -100,
		      0x7fffffff, 0x80000000, rnd() & 0xffff, rnd(), getpid(), rnd() % 24, rnd() % 24);
}

static uint64_t any_argument(void)
{
	return chance(45) ? any_address() : any_number();
}

/* Fills memory with pointers, lengths and texts, so that with some chance it is a valid structure of any kind. */
static void fill_some(void)
{
	static const char *const texts[] = { "/proc/self/comm", "f", "/dev/null", "./d/../f", "/tmp", "socket", "/bin/true", "" };
	uint8_t *p = arena + (rnd() % (ARENA_SIZE - 64) & ~7ULL);
	uint64_t word;

	if (chance(25)) {
		strcpy((char *)p, texts[rnd() % 8]);
		return;
	}
	for (unsigned int i = 0; i < 8; i++) {
		word = any_argument();
		memcpy(p + 8 * i, &word, 8);
	}
}

static void *changes(void *arg)
{
	for (;;)
		fill_some();
	return arg;
}

/* Returns whether the call ends or stops its process at once; such calls are made rarely. */
static bool ends(unsigned int nr, bool compat)
{
	if (compat)
		return nr == 1 || nr == 29 || nr == 72 || nr == 119 || nr == 173 || nr == 179 || nr == 252;
	return nr == SYS_exit || nr == SYS_exit_group || IS_PAUSE(nr) || nr == SYS_rt_sigreturn || nr == SYS_rt_sigsuspend;
}

static void any_call(void)
{
	bool compat = HAVE_I386 && chance(30);
	uint64_t a[6], nr = chance(98) ? rnd() % (compat ? 475 : 470) : ONE_OF(rnd(), 512 + rnd() % 36, 1 << 30, 1023, 1024);

	if (ends(nr, compat) && !chance(3))
		return;
	for (unsigned int i = 0; i < 6; i++)
		a[i] = any_argument();
	if (chance(70))
		a[0] = chance(50) ? rnd() % 24 : a[0]; /* often a descriptor */
	if (compat)
		raw_i386(nr, a);
	else
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- storms: one process or many, without privileges, that make random calls */

static void open_some(void)
{
	struct io_uring_params p = { 0 };
	int pair[2];

	for (int fd = 3; fd < 64; fd++)
		close(fd);
	if (open("f", O_RDWR | O_CREAT, 0600) < 0 || open(".", O_RDONLY) < 0 || pipe(pair))
		_exit(1);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	socket(AF_INET, SOCK_STREAM, 0);
	socket(AF_INET6, SOCK_DGRAM, 0);
	socket(AF_NETLINK, SOCK_RAW, 0);
	epoll_create1(0);
	eventfd(0, 0);
	timerfd_create(CLOCK_MONOTONIC, 0);
	memfd_create("memory", 0);
	syscall(SYS_io_uring_setup, 8, &p);
	open("/proc/self/maps", O_RDONLY);
	open("/dev/zero", O_RDWR);
}

static void limit(int what, rlim_t n)
{
	struct rlimit r = { n, n };

	if (setrlimit(what, &r))
		_exit(2);
}

static void become(uid_t who)
{
	limit(RLIMIT_AS, 200 << 20);
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_NPROC, 40);
	limit(RLIMIT_MEMLOCK, 1 << 20);
	limit(RLIMIT_MSGQUEUE, 100000);
	limit(RLIMIT_SIGPENDING, 100);
	limit(RLIMIT_CORE, 0);
	if (setgroups(0, NULL) || setgid(who) || setuid(who))
		_exit(3);
}

static void woken(int sig)
{
	(void)sig;
}

struct storm_seen {
	volatile pid_t first; /* pid of the first process of the storm's pid namespace */
	volatile int began;
};

/* Redirects standard output, so that random writes and truncations do not damage the test's own output. */
static void no_output(void)
{
	int fd = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3; i++)
		if (dup2(fd, i) != i)
			_exit(8);
}

/*
 * Makes random calls for ever as the user "who". The caller is the first process of a pid namespace: when it ends, the
 * kernel also ends all processes that the random calls made.
 */
static void storm_alone(struct storm_seen *seen, uid_t who)
{
	struct sigaction sa = { .sa_handler = woken };
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } };
	char dir[64];
	pthread_t t;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		_exit(4);
	snprintf(dir, sizeof(dir), "/tmp/calls-%llx", (unsigned long long)rnd());
	if (mkdir(dir, 0700) || chown(dir, who, who) || chdir(dir))
		_exit(5);
	become(who);
	no_output();
	open_some();
	for (unsigned int i = 0; i < 3000; i++)
		fill_some();
	sigaction(SIGALRM, &sa, NULL); /* interrupts blocking calls */
	if (chance(70) && pthread_create(&t, NULL, changes, NULL))
		_exit(6);
	setitimer(ITIMER_REAL, &often, NULL);
	seen->began = 1;
	munmap((void *)((uintptr_t)seen & -4096UL), 4096);
	for (;;)
		any_call();
}

/* Moves the calling process into new namespaces, and forks the storm's process in them. */
static void storm_within(struct storm_seen *all, unsigned int i)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET))
		_exit(7);
	pid = fork();
	if (!pid)
		/* each storm has a user of its own, to which the limit of processes applies */
		storm_alone(&all[i], NOBODY + i);
	all[i].first = pid;
	reap(pid); /* the status does not matter, since the process may have made a call that ended it */
	_exit(0);
}

/* ---- the records */

static uint64_t untidy;

static size_t values_at(const struct linx_rec *rec)
{
	if (rec_is_call(rec) || rec_is_context(rec))
		return (const uint8_t *)rec_first(rec) - (const uint8_t *)rec;
	if (rec->kind == LINX_REC_SIGNAL)
		return sizeof(*rec) + sizeof(struct linx_signal);
	return rec->kind == LINX_REC_FILES ? sizeof(*rec) + sizeof(struct linx_files_change) : 0;
}

static bool is_tidy(const struct linx_rec *rec)
{
	size_t at = values_at(rec);

	for (unsigned int i = 0; at && i < rec->nvals; i++) {
		const struct linx_val *v = (const struct linx_val *)((const uint8_t *)rec + at);
		unsigned int state_of = LINX_VAL_STATE(v->info), kind = LINX_VAL_KIND(v->info);

		if (at + sizeof(*v) > LINX_REC_LEN(rec) || !kind || kind > LINX_VAL_FD || !state_of || state_of > LINX_ABSENT)
			return false;
		if (state_of == LINX_WHOLE && v->orig != v->size && kind != LINX_VAL_STRV && kind != LINX_VAL_FD &&
		    !(rec->flags & LINX_RF_MORE))
			return false;
		at += sizeof(*v) + (v->size + 7u) / 8 * 8;
	}
	return !at || at == LINX_REC_LEN(rec);
}

static void look(const struct linx_rec *rec, void *arg)
{
	tally_rec(rec, arg);
	if (!is_tidy(rec) && untidy++ < 5)
		rec_show(rec);
}

struct session {
	struct dev d;
	struct tally t[DEV_CPUS];
	char name[80];
};

static void begin(struct session *s, unsigned int phase)
{
	struct linx_setup u = {
		.ring_size = 1u << (13 + rnd() % 11),
		.mode = chance(20) ? LINX_MODE_RECORDER : LINX_MODE_DISCARD,
		.flags = LINX_SETUP_INCLUDE_SELF | (rnd() & 0x7fd),
		.snap_bytes = rnd() % 4000,
		.snap_str = rnd() % 5000,
		.delay_ns = rnd() % 3000000,
		.slots = rnd() % 100,
	};

	memset(s, 0, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "phase %u: rings of %llu, mode %u, flags %#x", phase,
		 (unsigned long long)u.ring_size, u.mode, u.flags);
	printf("# %s\n", s->name);
	fflush(stdout);
	dev_open(&s->d);
	dev_setup(&s->d, u);
	dev_want_all(&s->d);
	if (chance(30))
		s->d.filter.flags = rnd() % 2 ? LINX_FILTER_FAILED : LINX_FILTER_UID;
	s->d.filter.uid_min = NOBODY;
	s->d.filter.uid_max = NOBODY + STORMS - 1;
	dev_apply(&s->d);
	dev_start(&s->d);
}

static void drain(struct session *s)
{
	for (unsigned int cpu = 0; !s->d.recorder && cpu < s->d.cpus; cpu++)
		dev_drain(&s->d, cpu, look, &s->t[cpu]);
}

/* Checks the frozen halves of recorder mode, record by record. */
static void look_at_halves(struct session *s)
{
	struct linx_flush u = { .size = sizeof(u) };

	if (ioctl(s->d.fd, LINX_IOC_FLUSH, &u))
		die("FLUSH");
	for (unsigned int cpu = 0; cpu < s->d.cpus; cpu++) {
		const struct linx_positions *p = &s->d.ring[cpu].prod->half[u.half];
		struct tally t = { .next_seq = UINT64_MAX };

		dev_walk(&s->d, s->d.ring[cpu].data[u.half], p->tail, p->head, look, &t);
		/* one record per CPU may be wrong: the first, which has no predecessor */
		ok(t.wrong <= 1, "%s: CPU %u: records in order", s->name, cpu);
	}
}

static void end(struct session *s)
{
	dev_stop(&s->d);
	drain(s);
	if (s->d.recorder)
		look_at_halves(s);
	else
		tally_check(&s->d, s->t, s->name);
	dev_close(&s->d);
}

static bool all_began(const struct storm_seen *seen)
{
	for (unsigned int i = 0; i < STORMS; i++)
		if (!seen[i].began)
			return false;
	return true;
}

static void one_phase(unsigned int phase)
{
	static struct session s;
	struct storm_seen *seen = shared(STORMS * sizeof(*seen));
	uint64_t until = 0, limit = now_ns() + PATIENCE_MS * 1000000ULL;
	pid_t pids[STORMS];

	begin(&s, phase);
	for (unsigned int i = 0; i < STORMS; i++) {
		rnd();
		pids[i] = fork();
		if (!pids[i])
			storm_within(seen, i);
	}
	for (; now_ns() < (until ? until : limit); sleep_ms(2)) {
		drain(&s);
		if (!until && all_began(seen))
			until = now_ns() + PHASE_MS * 1000000ULL;
	}
	ok(until, "%s: all storms began", s.name);
	for (unsigned int i = 0; i < STORMS; i++) {
		if (!seen[i].first || (kill(seen[i].first, SIGKILL) && errno != ESRCH))
			die("kill of storm %u", i);
		is(reap(pids[i]), 0, "%s: storm %u", s.name, i);
	}
	end(&s);
	munmap(seen, STORMS * sizeof(*seen));
	is(untidy, 0, "%s: records that their values do not fill", s.name);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : now_ns() ^ (uint64_t)time(NULL) << 20;
	unsigned int phases = argc > 2 ? atoi(argv[2]) : 4;

	printf("# again with: rec_calls %llu %u\n", (unsigned long long)seed, phases);
	rnd_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	arena = mmap(NULL, ARENA_SIZE + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (arena == MAP_FAILED || munmap(arena + ARENA_SIZE, 4096))
		die("mmap");
	for (unsigned int i = 0; i < phases; i++)
		one_phase(i);
	load_still_works();
	return tap_end();
}
