// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of paths that the kernel takes long to compute: those of a file below as many directories as a path may have.
 * If a call has many descriptors of such a file, their descriptions end when the bound of a probe's work is exceeded,
 * and the set of open descriptor numbers is recorded instead. A snapshot of all open descriptors is taken in short
 * steps, and records no more paths if they take too long. Built for the 64-bit ABI only (native only).
 * rec_chain hold N: N processes with such files, and one that calls getpgid all the time, until the file stop exists.
 */
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include "rec.h"

#define LEVELS 2000
#define FILES 250

static int top; /* descriptor of the innermost directory */

/* Makes a path of directories of one letter each, nearly as long as a path may be. */
static void make_chain(void)
{
	if (mkdir("/tmp/chain", 0700) || chdir("/tmp/chain"))
		die("/tmp/chain");
	for (int i = 0; i < LEVELS; i++)
		if (mkdir("d", 0700) || chdir("d"))
			die("directory %d", i);
	top = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0 || chdir("/tmp"))
		die("the last directory");
}

/* Returns how long the kernel takes to compute one path when nothing disturbs it. */
static uint64_t path_ns(int fd)
{
	char name[64], path[4096];
	uint64_t least = UINT64_MAX;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	for (int i = 0; i < 5; i++) {
		uint64_t begun = now_ns(), took;

		if (readlink(name, path, sizeof(path)) < 0)
			die("%s", name);
		took = now_ns() - begun;
		least = took < least ? took : least;
	}
	return least;
}

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

/* Forks while a second thread exists, so that the fork records the whole descriptor table. */
static void target(void)
{
	int fd = openat(top, "file", O_RDONLY | O_CREAT, 0600);
	pthread_t t;
	pid_t pid;

	for (int i = 0; i < FILES; i++)
		if (fd < 0 || dup2(fd, 20 + i) < 0)
			_exit(2);
	if (pthread_create(&t, NULL, sleeps, NULL))
		_exit(3);
	pid = fork();
	if (!pid)
		_exit(0);
	_exit(reap(pid));
}

/* ---- a snapshot of a process that has many descriptors with long paths */

#define MANY 3000
#define SLOW 200000 /* ns; if computing a path takes longer, the snapshot records no more paths */

struct walk {
	/*
	 * steps: number of ioctls that took the snapshot; recorded: number of recorded descriptors; whole, gone: how
	 * many of these have a path, and how many have none
	 */
	unsigned int steps, recorded, whole, gone;
	uint64_t longest, all;
	bool ended; /* whether the last record of the table is marked as the last */
};

static pid_t hold_many(int n)
{
	struct rlimit max = { MANY + 100, MANY + 100 };
	int ready[2], fd;
	pid_t pid;
	char c;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (!pid) {
		fd = openat(top, "file", O_RDONLY | O_CREAT, 0600);
		if (fd < 0 || setrlimit(RLIMIT_NOFILE, &max))
			_exit(2);
		for (int i = 0; i < n; i++)
			if (dup2(fd, 50 + i) < 0)
				_exit(3);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(4);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		die("the process with %d files", n);
	close(ready[0]);
	return pid;
}

static void look(struct walk *w, const uint8_t *buf, uint64_t used, pid_t pid)
{
	const struct linx_rec *rec;

	for (uint64_t at = 0; at < used; at += LINX_REC_LEN(rec)) {
		const struct linx_files_change *change;
		const struct linx_val *v;

		rec = (const struct linx_rec *)(buf + at);
		if (rec->kind != LINX_REC_FILES || rec->tid != (uint32_t)pid)
			continue;
		change = (const struct linx_files_change *)(rec + 1);
		v = (const struct linx_val *)(change + 1);
		w->ended |= change->flags & LINX_FILES_LAST;
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			const struct linx_fd *fd = (const struct linx_fd *)val_bytes(v);

			if (fd->fd < 50)
				continue;
			w->recorded++;
			w->whole += fd->path_state == LINX_WHOLE;
			w->gone += fd->path_state == LINX_UNAVAILABLE;
		}
	}
}

static struct walk walk(struct dev *d, pid_t pid)
{
	static uint64_t buf[(1 << 20) / 8];
	struct linx_snapshot u = { .size = sizeof(u), .buf = (uintptr_t)buf, .buf_size = sizeof(buf) };
	struct walk w = { 0 };

	do {
		uint64_t begun = now_ns(), took;

		if (ioctl(d->fd, LINX_IOC_SNAPSHOT, &u))
			die("SNAPSHOT");
		took = now_ns() - begun;
		w.longest = took > w.longest ? took : w.longest;
		w.all += took;
		w.steps++;
		look(&w, (const uint8_t *)buf, u.used, pid);
	} while (u.cursor[0]);
	printf("# %u steps in %llu ms, the longest %llu; %u recorded, %u with their path\n", w.steps,
	       (unsigned long long)w.all / 1000000, (unsigned long long)w.longest / 1000000, w.recorded, w.whole);
	return w;
}

static void nothing(int sig)
{
	(void)sig;
}

static void snapshot(uint64_t each)
{
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };
	pid_t pid = hold_many(MANY);
	struct walk w, hurried;
	struct dev d;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_FILES, .ring_size = 1 << 20 });
	dev_start(&d);
	w = walk(&d, pid);
	is(w.recorded, MANY, "all are recorded");
	ok(w.ended, "and that these are all");
	ok(w.whole > 3 && (w.whole < MANY / 2 || each < SLOW), "some with their path, and not all if they take long");
	is(w.whole + w.gone, MANY, "of the others it is unavailable");
	ok(w.all < each * MANY / 2 || each < SLOW, "not as long as the paths would take");
	ok(w.steps > 1, "in steps");
	signal(SIGALRM, nothing);
	setitimer(ITIMER_REAL, &often, NULL);
	hurried = walk(&d, pid);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	is(hurried.recorded, MANY, "all are recorded, whatever signals come");
	ok(hurried.steps > w.steps, "a signal ends a step");
	dev_stop(&d);
	dev_close(&d);
	kill(pid, SIGKILL);
	reap(pid);
}

/* ---- a recording */

#define HELD 200
#define CALLS 8 /* calls in a millisecond */

/*
 * Makes calls, until the file "stop" exists, in a new process, which a snapshot describes after the processes that have
 * many descriptors.
 */
static void call(void)
{
	unsigned long calls = 0;
	pid_t pid = fork();

	if (pid) {
		is(reap(pid), 0, "who calls");
		return;
	}
	for (; access("stop", F_OK); calls++) {
		sleep_ms(1);
		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getpgid, 0);
	}
	printf("# %lu calls\n", calls * CALLS);
	fflush(stdout);
	_exit(0);
}

static int hold(int n)
{
	pid_t *pids = calloc((size_t)n, sizeof(*pids));

	if (!pids)
		die("calloc");
	make_chain();
	for (int i = 0; i < n; i++)
		pids[i] = hold_many(HELD);
	fprintf(stderr, "ready\n");
	call();
	for (int i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		reap(pids[i]);
	}
	free(pids);
	return tap_end();
}

int main(int argc, char **argv)
{
	const struct linx_rec *rec = NULL, *open = NULL;
	unsigned int whole = 0, recorded = 0;
	pid_t child = 0;
	struct traced t;
	uint64_t each;

	if (dev_lacks_paths())
		return 77;
	if (argc == 3 && !strcmp(argv[1], "hold"))
		return hold(atoi(argv[2]));
	make_chain();
	each = path_ns(top);
	printf("# %llu us for a path\n", (unsigned long long)each / 1000);
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_FILES }, target);
	is(t.status, 0, "the process");
	rec = rec_of(&t.log, NULL, t.pid, LINX_REC_FORK);
	while (rec && rec_ctx(rec)->flags & LINX_CTX_THREAD)
		rec = rec_of(&t.log, rec, t.pid, LINX_REC_FORK);
	if (ok(rec != NULL, "a fork"))
		child = rec_ctx(rec)->tid;
	for (rec = NULL; child && (rec = rec_of(&t.log, rec, child, LINX_REC_FILES));) {
		const struct linx_files_change *change = (const struct linx_files_change *)(rec + 1);
		const struct linx_val *v = (const struct linx_val *)(change + 1);

		if (change->op == LINX_FILES_OPEN)
			open = rec;
		if (change->op != LINX_FILES_TOLD)
			continue;
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			recorded++;
			whole += ((const struct linx_fd *)val_bytes(v))->path_state == LINX_WHOLE;
		}
	}
	printf("# %u recorded, %u of them with their path\n", recorded, whole);
	ok(whole > 3 && whole < FILES, "some have their path, not all");
	ok(recorded < FILES, "nor are all recorded");
	ok(open != NULL, "which are open is recorded instead");
	traced_end(&t);
	snapshot(each);
	return tap_end();
}
