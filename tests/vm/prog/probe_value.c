// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values of probes that a program makes hard to read: deep and long paths, paths beside renames, parts of sockets, and
 * memory of a task that is being switched; and calls that a program keeps under way. Built for the 64-bit ABI only
 * (native only).
 *
 * usage: probe_value probed.ko
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "deep.h"
#include "probe.h"

#define AT_PLACE 64 /* most probes at a function */
#define PATHS 4 /* values of a probe, as many as fit */

static struct dev_log log_of;

static void setup(struct dev *d, unsigned int flags)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 4 << 20 });
	d->filter.flags = flags;
	dev_apply(d);
	log_of.len = 0;
}

static void finish(struct dev *d)
{
	struct tally t[DEV_CPUS] = { 0 };

	dev_stop(d);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_walk(d, d->ring[cpu].data[0], d->ring[cpu].cons->tail, dev_head(d, cpu), tally_rec, &t[cpu]);
	tally_check(d, t, "sums");
	dev_drain_all(d, &log_of);
	dev_close(d);
}

/* Goes to the next hit of the log. */
static const struct linx_hit *next_hit(const struct linx_rec **rec)
{
	while ((*rec = dev_next(&log_of, *rec)))
		if (hit_of(*rec))
			return hit_of(*rec);
	return NULL;
}

/* Runs a child, whose hits are recorded from when it goes on. */
static void record_child(struct dev *d, void (*work)(void))
{
	int go[2];
	pid_t pid;
	char c;

	if (pipe(go))
		die("pipe");
	pid = fork();
	if (!pid) {
		if (read(go[0], &c, 1) != 1)
			die("pipe");
		work();
		_exit(0);
	}
	dev_list(d, pid);
	dev_start(d);
	if (write(go[1], "", 1) != 1)
		die("pipe");
	is(reap(pid), 0, "the child's work");
}

/* ---- paths */

static void open_here(void)
{
	int fd = open("file", O_CREAT | O_RDWR, 0600);

	if (fd < 0)
		die("file");
	close(fd);
}

/* Adds n times the path that vfs_open() gets. */
static void want_paths(struct dev *d, unsigned int number, unsigned int n)
{
	struct fetch f = { 0 };

	for (unsigned int i = 0; i < n; i++) {
		fetch_step(&f, LINX_FETCH_ARG, 0, 0, 0, 0);
		fetch_step(&f, LINX_FETCH_PATH, 0, 0, i, 0);
	}
	probe_add(d, LINX_PROBE_FUNCTION, number, "vfs_open", &f);
}

static bool ends_in(const struct linx_val *v, const char *end)
{
	size_t n = strlen(end);

	return v->size >= n && !memcmp((const char *)(v + 1) + v->size - n, end, n);
}

static void enter(const char *name, int levels, size_t letters)
{
	if (chdir("/tmp") || (mkdir(name, 0700) && errno != EEXIST) || chdir(name) || !go_down(levels, letters))
		die("%s", name);
}

/* All probes at a function do together what one probe may do, so that a program cannot hold the CPU. */
static void shares(void)
{
	unsigned int whole = 0, ends = 0, left_out = 0, hits = 0;
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	struct dev d, other;

	enter("many", 300, 1);
	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	want_paths(&d, 0, PATHS);
	record_child(&d, open_here);
	finish(&d);
	while ((h = next_hit(&rec))) {
		const struct linx_val *v = hit_values(h);

		for (unsigned int i = 0; i < PATHS; i++, v = val_next(v))
			whole += LINX_VAL_STATE(v->info) == LINX_WHOLE && v->size == strlen("/tmp/many/file") + 600 && ends_in(v, "/d/file");
	}
	is(whole, PATHS, "one probe: whole paths");

	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	for (unsigned int i = 0; i < AT_PLACE; i++)
		want_paths(&d, i, PATHS);
	is(-probe_try(&d, LINX_PROBE_RETURN, AT_PLACE, "vfs_open", NULL, NULL), E2BIG, "one more at the function");
	setup(&other, 0);
	is(-probe_try(&other, LINX_PROBE_FUNCTION, 0, "vfs_open", NULL, NULL), E2BIG, "one more of another session");
	is(probe_try(&other, LINX_PROBE_FUNCTION, 0, "vfs_read", NULL, NULL), 0, "one at another function");
	dev_close(&other);
	record_child(&d, open_here);
	finish(&d);
	for (rec = NULL; (h = next_hit(&rec)); hits++) {
		const struct linx_val *v = hit_values(h);

		ends += LINX_VAL_STATE(v->info) == LINX_TRUNCATED && ends_in(v, "/d/file");
		for (unsigned int i = 1; i < PATHS; i++) {
			v = val_next(v);
			left_out += LINX_VAL_STATE(v->info) == LINX_UNAVAILABLE && !v->size;
		}
	}
	is(hits, AT_PLACE, "64 probes: hits");
	is(ends, AT_PLACE, "64 probes: of the first path the end is read");
	is(left_out, (PATHS - 1) * AT_PLACE, "64 probes: others are left out");
	setup(&d, 0);
	is(probe_try(&d, LINX_PROBE_FUNCTION, 0, "vfs_open", NULL, NULL), 0, "the function is free again");
	dev_close(&d);
}

/* A path that is longer than any buffer, and one of many names. */
static void long_paths(void)
{
	static const struct {
		const char *name;
		int levels;
		unsigned int letters, state, size;
	} all[] = { { "long", 20, 250, LINX_TRUNCATED, 0 }, { "deep", 700, 1, LINX_WHOLE, 1414 } };
	const struct linx_rec *rec;
	const struct linx_val *v;
	const struct linx_hit *h;
	struct dev d;

	for (unsigned int i = 0; i < 2; i++) {
		enter(all[i].name, all[i].levels, all[i].letters);
		setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
		want_paths(&d, 0, 1);
		record_child(&d, open_here);
		finish(&d);
		rec = NULL;
		h = next_hit(&rec);
		if (!h)
			die("%s: no hit", all[i].name);
		v = hit_values(h);
		is(LINX_VAL_STATE(v->info), all[i].state, "%s path: state", all[i].name);
		ok(ends_in(v, "d/file"), "%s path: its end", all[i].name);
		ok(all[i].size ? v->size == all[i].size : v->size > 3500 && v->size <= 4096, "%s path: %u bytes", all[i].name, v->size);
		is(*(const char *)(v + 1), '/', "%s path: begins with a name", all[i].name);
	}
}

#define OPENS 3000
#define RENAMERS 3

static void open_often(void)
{
	for (unsigned int i = 0; i < OPENS; i++) {
		int fd = open("/dev/zero", O_RDONLY);

		if (fd < 0)
			die("/dev/zero");
		close(fd);
	}
}

/* Renames a file of its own to and fro without a pause. */
static void rename_for_ever(unsigned int n)
{
	char a[40], b[40];
	int fd;

	sprintf(a, "/tmp/renamed-a%u", n);
	sprintf(b, "/tmp/renamed-b%u", n);
	fd = open(a, O_CREAT | O_RDWR, 0600);
	if (fd < 0)
		die("%s", a);
	for (;;)
		if (rename(a, b) || rename(b, a))
			die("rename");
}

static void renames(void)
{
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	unsigned int whole = 0;
	pid_t pids[RENAMERS];
	struct dev d;

	for (unsigned int i = 0; i < RENAMERS; i++) {
		pids[i] = fork();
		if (!pids[i])
			rename_for_ever(i);
	}
	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	want_paths(&d, 0, 1);
	record_child(&d, open_often);
	finish(&d);
	for (unsigned int i = 0; i < RENAMERS; i++) {
		kill(pids[i], SIGKILL);
		reap(pids[i]);
	}
	while ((h = next_hit(&rec)))
		whole += val_is(hit_values(h), LINX_VAL_STR, LINX_WHOLE, "/dev/zero", 9);
	is(whole, OPENS, "beside renames: whole paths");
}

#define LEVELS 100 /* between two directories that are renamed: reading them takes longer than a rename */
#define PATH_OF(p, x) "/tmp/torn/p" p "%.*s/x" x "/file"

static int top, deep; /* the directories above p1 and above x1 */

static void move(int dir, const char *from, const char *to)
{
	if (renameat(dir, from, dir, to))
		die("%s to %s", from, to);
}

/* Renames p1/.../x1 to p2/.../x1, to p2/.../x2 and back, so that the path p1/.../x2 never exists. */
static void move_for_ever(void)
{
	for (;;) {
		move(top, "p1", "p2");
		move(deep, "x1", "x2");
		move(deep, "x2", "x1");
		move(top, "p2", "p1");
	}
}

static void open_file_often(void)
{
	for (unsigned int i = 0; i < OPENS; i++)
		open_here();
}

/*
 * Two directories of one path are renamed, one after the other. A path that is read as whole has names that it had at
 * one moment, also if it is read the same twice.
 */
static void torn(void)
{
	static const char *const right[] = { PATH_OF("1", "1"), PATH_OF("2", "1"), PATH_OF("2", "2") };
	unsigned int hits = 0, whole = 0, wrong = 0, others = 0;
	const struct linx_rec *rec = NULL;
	char want[3][400], between[2 * LEVELS];
	const struct linx_hit *h;
	struct dev d;
	pid_t pid;

	for (unsigned int i = 0; i < sizeof(between); i += 2)
		memcpy(between + i, "/d", 2);
	for (unsigned int i = 0; i < 3; i++)
		snprintf(want[i], sizeof(want[i]), right[i], (int)sizeof(between), between);
	enter("torn", 0, 0);
	top = open(".", O_RDONLY | O_DIRECTORY);
	if (top < 0 || mkdir("p1", 0700) || chdir("p1") || !go_down(LEVELS, 1))
		die("torn");
	deep = open(".", O_RDONLY | O_DIRECTORY);
	if (deep < 0 || mkdir("x1", 0700) || chdir("x1"))
		die("torn");
	pid = fork();
	if (!pid)
		move_for_ever();
	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	want_paths(&d, 0, 1);
	record_child(&d, open_file_often);
	finish(&d);
	kill(pid, SIGKILL);
	reap(pid);
	close(top);
	close(deep);
	while ((h = next_hit(&rec))) {
		const struct linx_val *v = hit_values(h);
		bool is_right = false;

		hits++;
		others += LINX_VAL_STATE(v->info) != LINX_WHOLE && LINX_VAL_STATE(v->info) != LINX_TRUNCATED;
		if (LINX_VAL_STATE(v->info) != LINX_WHOLE)
			continue;
		for (unsigned int i = 0; i < 3; i++)
			is_right |= val_is(v, LINX_VAL_STR, LINX_WHOLE, want[i], strlen(want[i]));
		whole++;
		wrong += !is_right;
	}
	is(hits, OPENS, "a path is renamed: hits (%u whole)", whole);
	ok(whole > 0, "a path is renamed: some are whole");
	is(wrong, 0, "a path is renamed: whole paths that never existed");
	is(others, 0, "a path is renamed: values without a path");
}

static void rename_it(void)
{
	probed_write("renaming", 1);
}

/*
 * The CPU of a rename can stand still in the middle of it, while a path is read any number of times: the name of the
 * directory that is being renamed is left out. A rename of another file does not matter.
 */
static void half_renamed(void)
{
	static const struct {
		unsigned int state;
		const char *path, *name;
	} want[] = {
		{ LINX_TRUNCATED, "/file", "in the middle of a rename" },
		{ LINX_WHOLE, "/dir/file", "during a rename of another file" },
		{ LINX_WHOLE, "/dir/file", "beside no rename" },
	};
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	struct fetch f = { 0 };
	struct dev d;

	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	fetch_step(&f, LINX_FETCH_ARG, 0, 0, 0, 0);
	fetch_step(&f, LINX_FETCH_DENTRY, 0, 0, 0, 0);
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed", &f);
	record_child(&d, rename_it);
	finish(&d);
	for (unsigned int i = 0; i < 3; i++) {
		h = next_hit(&rec);
		ok(h && val_is(hit_values(h), LINX_VAL_STR, want[i].state, want[i].path, strlen(want[i].path)), "%s: %s: %.*s", want[i].name,
		   want[i].path, h ? (int)hit_values(h)->size : 0, h ? (const char *)(hit_values(h) + 1) : "");
	}
	ok(!next_hit(&rec), "no other hit");
}

/* ---- a socket that waits for its last packets is a part of one */

static void loopback_up(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		die("lo");
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		die("lo up");
	close(fd);
}

static void close_first(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4322), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(4323), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), s;

	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) || listen(listener, 1) || bind(c, (struct sockaddr *)&from, sizeof(from)) ||
	    connect(c, (struct sockaddr *)&to, sizeof(to)) || (s = accept(listener, NULL, NULL)) < 0)
		die("connection");
	close(c);
	close(s);
}

static void mini_sockets(void)
{
	const struct linx_sock *sock;
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	struct fetch f = { 0 };
	struct dev d;

	loopback_up();
	setup(&d, 0);
	fetch_step(&f, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&f, LINX_FETCH_SOCK, 0, 0, 0, 0);
	probe_add(&d, LINX_PROBE_RETURN, 0, "inet_twsk_alloc", &f);
	d.filter.flags = 0;
	record_child(&d, close_first);
	finish(&d);
	h = next_hit(&rec);
	if (!h)
		die("no connection waits");
	is(LINX_VAL_STATE(hit_values(h)->info), LINX_WHOLE, "waiting socket: state of the value");
	sock = (const struct linx_sock *)(hit_values(h) + 1);
	is(sock->family, AF_INET, "waiting socket: family");
	is(sock->state, 6, "waiting socket: TIME_WAIT");
	is(sock->type, 0, "waiting socket: no type");
	is(sock->protocol, 0, "waiting socket: no protocol");
	is(sock->local_port, 4323, "waiting socket: local port");
	is(sock->peer_port, 4322, "waiting socket: peer's port");
	is(*(const __u32 *)sock->peer, htonl(INADDR_LOOPBACK), "waiting socket: peer");
	is(*(const __u32 *)sock->local, htonl(INADDR_LOOPBACK), "waiting socket: local address");
	ok(!strcmp(sock->proto, "TCP"), "waiting socket: protocol %s", sock->proto);
}

/* ---- calls of other tasks take no instances */

#define WAITING 1100 /* more than instances of a kretprobe */
#define READS 50

static int held[2];
static unsigned int *began;

static void *wait_there(void *arg)
{
	char c;

	__atomic_add_fetch(began, 1, __ATOMIC_SEQ_CST);
	while (read(held[0], &c, 1) < 0)
		;
	return arg;
}

/* Returns true if all threads of a process sleep. */
static bool all_sleep(pid_t pid)
{
	char path[300], line[300];
	struct dirent *e;
	bool yes = true;
	DIR *dir;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		die("%s", path);
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", pid, e->d_name);
		f = fopen(path, "re");
		yes &= f && fgets(line, sizeof(line), f) && strstr(line, ") S ");
		if (f)
			fclose(f);
	}
	closedir(dir);
	return yes;
}

static pid_t hold(void)
{
	pid_t pid;

	began = shared(sizeof(*began));
	if (pipe(held))
		die("pipe");
	pid = fork();
	if (!pid) {
		pthread_attr_t small;
		pthread_t t;

		close(held[1]);
		pthread_attr_init(&small);
		pthread_attr_setstacksize(&small, 65536);
		for (unsigned int i = 0; i < WAITING; i++)
			if (pthread_create(&t, &small, wait_there, NULL))
				die("thread %u", i);
		for (;;)
			pause();
	}
	while (__atomic_load_n(began, __ATOMIC_SEQ_CST) < WAITING || !all_sleep(pid))
		sleep_ms(20);
	return pid;
}

static void read_often(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	char buf[10];

	for (unsigned int i = 0; i < READS; i++)
		if (read(fd, buf, sizeof(buf)) != sizeof(buf))
			die("/dev/zero");
	close(fd);
}

static void returns(void)
{
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	struct linx_probe_counters c;
	struct fetch f = { 0 };
	unsigned int reads = 0;
	pid_t pid, holder;
	struct dev d;
	int go[2];
	char word;

	setup(&d, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	fetch_step(&f, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&f, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	probe_add(&d, LINX_PROBE_RETURN, 0, "vfs_read", &f);
	if (pipe(go))
		die("pipe");
	pid = fork();
	if (!pid) {
		if (read(go[0], &word, 1) != 1)
			die("pipe");
		read_often();
		_exit(0);
	}
	dev_list(&d, pid);
	dev_start(&d);
	holder = hold();
	if (write(go[1], "", 1) != 1)
		die("pipe");
	is(reap(pid), 0, "the child reads");
	probe_counts(&d, 0, 1, 0, &c);
	is(c.missed, 0, "calls of others under way: none of the child's is missed");
	ok(c.filtered >= WAITING, "calls of others under way: %llu filtered", (unsigned long long)c.filtered);
	kill(holder, SIGKILL);
	reap(holder);
	finish(&d);
	while ((h = next_hit(&rec)))
		reads += hit_scalars(h)[0] == 10;
	is(reads, READS, "calls of others under way: reads of the child");
}

/* ---- the memory of a task while another one's is there */

#ifdef __x86_64__
#define PAGE_AT 0x10000000ul
#define SWITCHES 200

/*
 * Yields the CPU to the other of two tasks until both have been switched off it SWITCHES times. done: number of tasks
 * that have been, shared by both.
 */
static void yield_often(unsigned int *done)
{
	unsigned int *page = mmap((void *)PAGE_AT, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	struct rusage used = { 0 };

	if (page == MAP_FAILED)
		die("mmap");
	*page = getpid();
	on_cpu(0);
	while (used.ru_nivcsw < SWITCHES) {
		sched_yield();
		getrusage(RUSAGE_SELF, &used);
	}
	__atomic_add_fetch(done, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(done, __ATOMIC_RELAXED) < 2)
		sched_yield();
	_exit(0);
}

static void switched(void)
{
	unsigned int *done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int hits = 0, wrong = 0, own;
	const struct linx_rec *rec = NULL;
	const struct linx_hit *h;
	struct fetch f = { 0 };
	pid_t pids[2];
	struct dev d;

	if (done == MAP_FAILED)
		die("mmap");
	setup(&d, 0);
	fetch_step(&f, LINX_FETCH_CURRENT, 0, 0, 0, 0); /* an address of the kernel: its highest bit is 1 */
	fetch_step(&f, LINX_FETCH_BITS, 0, 0, 0, LINX_FETCH_BITS_IMM(63, 1));
	fetch_step(&f, LINX_FETCH_ADD, 0, 0, 0, PAGE_AT - 1);
	fetch_step(&f, LINX_FETCH_BYTES, 0, LINX_FETCH_USER, 0, sizeof(own));
	probe_add(&d, LINX_PROBE_RETURN, 0, "switch_mm_irqs_off", &f);
	dev_start(&d);
	for (unsigned int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (!pids[i])
			yield_often(done);
	}
	for (unsigned int i = 0; i < 2; i++)
		reap(pids[i]);
	munmap(done, sizeof(*done));
	finish(&d);
	while ((h = next_hit(&rec))) {
		const struct linx_val *v = hit_values(h);

		if (rec->pid != (unsigned int)pids[0] && rec->pid != (unsigned int)pids[1])
			continue;
		hits++;
		memcpy(&own, v + 1, sizeof(own));
		wrong += LINX_VAL_STATE(v->info) == LINX_WHOLE && own && own != rec->pid;
	}
	ok(hits > 100, "a task is switched: %u hits", hits);
	is(wrong, 0, "a task is switched: values of the other task's memory");
}
#else
static void switched(void)
{
}
#endif

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: probe_value probed.ko");
	probed_load(argv[1]);
	half_renamed();
	is(probed_unload(), 0, "the probed module can be unloaded");
	shares();
	long_paths();
	renames();
	torn();
	mini_sockets();
	returns();
	switched();
	return tap_end();
}
