// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Several sessions record at the same time, each by the fast path where possible. Sessions with the same selection of
 * calls record the same bytes, and each session records exactly the calls that it selects. Built for the 64-bit ABI
 * only (native only).
 */
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include "rec.h"

/* ---- sessions that select the same calls */

#define TURNS 20

/* Makes calls of all shapes of record: registers, strings, buffers, structures, sets, vectors, messages, forks. */
static void calls_of_all_shapes(void)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/tmp/nobody" };
	char buf[200] = "some bytes";
	struct iovec iov[2] = { { buf, 10 }, { buf + 10, 100 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct timeval none = { 0, 0 };
	int pair[2], fd, sock;
	struct stat st;
	fd_set set;

	for (int i = 0; i < TURNS; i++) {
		syscall(SYS_getppid);
		fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
		if (read(fd, buf, 1 + (unsigned int)i) < 0 || fstat(fd, &st) || stat("/etc/passwd", &st))
			_exit(1);
		syscall(SYS_pread64, fd, NULL, 10, 0);
		close(fd);
		open("/not/there", O_RDONLY | O_CLOEXEC);
		sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		connect(sock, (struct sockaddr *)&nobody, sizeof(nobody));
		close(sock);
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) || sendmsg(pair[0], &msg, 0) < 0 ||
		    readv(pair[1], iov, 2) < 0)
			_exit(2);
		FD_ZERO(&set);
		FD_SET(pair[0], &set);
		select(pair[0] + 1, NULL, &set, NULL, &none);
		close(pair[0]);
		close(pair[1]);
		prctl(PR_SET_NAME, i % 2 ? "odd" : "even");
		umask(i);
		if (!fork())
			syscall(SYS_exit_group, i);
		wait(NULL);
	}
	_exit(0);
}

/* Returns copies of a task's records without what may differ between sessions: record numbers and times. */
static struct dev_log records_of(struct dev *d, pid_t tid)
{
	struct dev_log log = { 0 }, own = { 0 };
	const struct linx_rec *rec = NULL;

	dev_drain_all(d, &log);
	while ((rec = rec_of(&log, rec, tid, 0))) {
		struct linx_rec *copy;

		dev_keep(rec, &own);
		copy = (struct linx_rec *)(own.bytes + own.len - LINX_REC_LEN(rec));
		copy->seq = 0;
		copy->time = 0;
		if (copy->flags & LINX_RF_ENTRY_TIME)
			((uint64_t *)rec_args(copy))[copy->nargs] = 0;
		/* the record has the task's resource usage, which grows with each tick */
		if (copy->kind == LINX_REC_TASK_EXIT)
			memset(copy + 1, 0, LINX_REC_LEN(copy) - sizeof(*copy));
	}
	free(log.bytes);
	return own;
}

static pid_t child_that(void (*fn)(void), int go)
{
	pid_t pid = fork();
	char c;

	if (pid)
		return pid;
	on_cpu(1);
	if (read(go, &c, 1) == 1)
		fn();
	_exit(99);
}

static void begin_same(struct dev *d, uint32_t flags, pid_t only)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 4 << 20, .flags = flags });
	if (only) {
		dev_list(d, only);
		d->filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	}
	dev_want_all(d);
	dev_apply(d);
	dev_start(d);
}

static uint64_t lost_of(struct dev *d)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t n = 0;

	dev_counters(d, c);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		n += dev_lost(&c->cpu[cpu]);
	free(c);
	return n;
}

/* Compares two sessions without a filter and one with a list of processes, which records no context of other tasks. */
static void same(const char *what, uint32_t flags)
{
	struct dev_log first, more;
	struct dev devs[3];
	uint64_t made;
	pid_t pid;
	int go[2];

	if (pipe(go))
		die("pipe");
	pid = child_that(calls_of_all_shapes, go[0]);
	for (int i = 0; i < 3; i++)
		begin_same(&devs[i], flags, i == 2 ? pid : 0);
	if (write(go[1], "", 1) != 1)
		die("write");
	is(reap(pid), 0, "%s: the process", what);
	for (int i = 0; i < 3; i++) {
		dev_stop(&devs[i]);
		is(lost_of(&devs[i]), 0, "%s: session %d has lost nothing", what, i);
	}
	made = calls_selected(&devs[2], SYS_getppid);
	is(made, 2 * TURNS, "%s: entries and returns of getppid", what);
	first = records_of(&devs[0], pid);
	for (int i = 1; i < 3; i++) {
		more = records_of(&devs[i], pid);
		ok(first.len == more.len && !memcmp(first.bytes, more.bytes, more.len), "%s: session %d has the same %zu bytes, of %zu",
		   what, i, more.len, first.len);
		free(more.bytes);
	}
	free(first.bytes);
	for (int i = 0; i < 3; i++)
		dev_close(&devs[i]);
	close(go[0]);
	close(go[1]);
}

/* ---- sessions of which each selects a different call */

static const int calls[] = { SYS_getppid, SYS_getuid, SYS_getgid, SYS_geteuid, SYS_getegid,
			     SYS_getsid, SYS_gettid, SYS_getpid, SYS_times,   SYS_personality };
#define OWN ((int)(sizeof(calls) / sizeof(calls[0])))
#define ROUNDS 3

static int steps[2];

/* Makes calls[i] 100 * (i + 1) times in each round. */
static void each_in_rounds(void)
{
	char c;

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < OWN; i++)
			for (int n = 0; n < 100 * (i + 1); n++)
				syscall(calls[i], -1, 0);
		if (write(steps[1], "", 1) != 1 || read(steps[1], &c, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static uint64_t calls_in(struct dev *d, int nr)
{
	struct dev_log log = { 0 };
	const struct linx_rec *rec = NULL;
	uint64_t n = 0;

	dev_drain_all(d, &log);
	while ((rec = rec_of(&log, rec, 0, LINX_REC_EXIT)))
		n += rec_number(rec) == nr ? 1 : 1000000;
	free(log.bytes);
	return n;
}

static void next_round(void)
{
	char c;

	if (read(steps[0], &c, 1) != 1)
		die("the process ended early");
}

static void let_go(void)
{
	if (write(steps[0], "", 1) != 1)
		die("write");
}

/*
 * Opens more sessions than the probes have slots for. Half of the sessions end after the first round, and one of the
 * others then selects another call.
 */
static void own(void)
{
	struct dev devs[OWN];
	pid_t pid;
	int go[2];

	if (pipe(go) || socketpair(AF_UNIX, SOCK_STREAM, 0, steps))
		die("pipe");
	pid = child_that(each_in_rounds, go[0]);
	for (int i = 0; i < OWN; i++) {
		dev_open(&devs[i]);
		dev_setup(&devs[i], (struct linx_setup){ .ring_size = 1 << 20 });
		dev_list(&devs[i], pid);
		devs[i].filter.flags = LINX_FILTER_PIDS;
		dev_want_exit(&devs[i], (unsigned int)calls[i]);
		dev_apply(&devs[i]);
		dev_start(&devs[i]);
	}
	if (write(go[1], "", 1) != 1)
		die("write");
	next_round();
	for (int i = 0; i < OWN; i++)
		is(calls_in(&devs[i], calls[i]), 100 * (i + 1), "round 1: calls of session %d", i);
	for (int i = 0; i < OWN; i += 2)
		dev_stop(&devs[i]);
	let_go();
	next_round();
	for (int i = 0; i < OWN; i++)
		is(calls_in(&devs[i], calls[i]), i % 2 ? 100 * (i + 1) : 0, "round 2: calls of session %d", i);
	memset(devs[1].select.exit, 0, sizeof(devs[1].select.exit));
	dev_want_exit(&devs[1], (unsigned int)calls[3]);
	dev_apply(&devs[1]);
	let_go();
	next_round();
	for (int i = 1; i < OWN; i += 2)
		is(calls_in(&devs[i], calls[i == 1 ? 3 : i]), 100 * (i == 1 ? 4 : i + 1), "round 3: calls of session %d", i);
	let_go();
	is(reap(pid), 0, "the process");
	for (int i = 0; i < OWN; i++)
		dev_close(&devs[i]);
}

int main(void)
{
	on_cpu(0);
	same("plain", 0);
	same("with what calls resolved to", LINX_SETUP_RESOLVED);
	same("with files", LINX_SETUP_RESOLVED | LINX_SETUP_FILES);
	same("with entry times", LINX_SETUP_ENTRY_TIME);
	same("with descriptors", LINX_SETUP_FD_PATHS);
	own();
	return tap_end();
}
