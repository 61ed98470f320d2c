// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of changes of descriptor tables: if they are applied in the order of their times, exactly the descriptors are
 * open that /proc/self/fd lists at the end. Each step is a process that closes all but the first three descriptors,
 * changes its table, and lists the open descriptors when it ends. Built for the 64-bit ABI only (native only).
 */
#include <dirent.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "messages.h"
#include "raw.h"
#include "rec.h"

#define FIRST 3
#define CLOEXEC 4 /* CLOSE_RANGE_CLOEXEC, since 5.11 */
/* Numbers of SO_PASSPIDFD, SO_PEERPIDFD and SCM_PIDFD, which headers before Linux 6.5 lack. */
#define PASSPIDFD 76
#define PEERPIDFD 77
#define PIDFD_MESSAGE 4

struct step {
	const char *name;
	bool (*run)(void); /* returns false if this kernel cannot do the step */
	unsigned int pidfds; /* number of pidfds that the step receives */
};

#define STEPS 29
#define OPEN_MAX 256

/* Results that a step stores at its end, for the comparison. */
static struct noted {
	pid_t pid, beside;
	bool tried;
	unsigned int n;
	int fd[OPEN_MAX];
} *noted; /* shared memory, one element for each step */

/*
 * ---- descriptors that a supervisor installs: its answer is the call's result, and the supervisor's own call is not
 * recorded
 */

#define SOL_SCTP 132
#define PEELOFF 102
#define PEELOFF_FLAGS 122

#define MAP_CREATE_COMMON 0x10000 /* BPF_MAP_CREATE|BPF_COMMON_ATTRS, since 7.2 */
#define PROG_TEST_RUN 10

static volatile int listener;
static pthread_t supervisor;
static bool silent; /* whether the supervisor answers 0 instead of the descriptor's number */

static void *answers(void *arg)
{
	struct seccomp_notif n = { 0 };
	struct seccomp_notif_addfd add = { .flags = silent ? 0 : SECCOMP_ADDFD_FLAG_SEND };
	struct seccomp_notif_resp none = { .error = silent ? 0 : -EINVAL };

	while (!listener)
		sleep_ms(1);
	must(!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n));
	add.id = none.id = n.id;
	/* the flag SECCOMP_ADDFD_FLAG_SEND, which adds and answers in one step, exists only since 5.14 */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 || silent)
		must(!ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &none));
	return arg;
}

/* Lets the supervisor answer the next call of this number by this thread. */
static bool answer(unsigned int nr)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(filter) / sizeof(filter[0]), filter };

	if (pthread_create(&supervisor, NULL, answers, NULL))
		return false;
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	return listener > 0;
}

static bool answered(int fd)
{
	pthread_join(supervisor, NULL);
	must(fd < 0 || fd == listener + 1);
	return fd > 0;
}

static bool peeloff(void)
{
	must(answer(SYS_getsockopt));
	return answered((int)syscall(SYS_getsockopt, 0, SOL_SCTP, PEELOFF, NULL, NULL));
}

static bool peeloff_flags(void)
{
	must(answer(SYS_getsockopt));
	return answered((int)syscall(SYS_getsockopt, 0, SOL_SCTP, PEELOFF_FLAGS, NULL, NULL));
}

static bool bpf_common(void)
{
	must(answer(SYS_bpf));
	return answered((int)syscall(SYS_bpf, MAP_CREATE_COMMON, NULL, 0, NULL, 0));
}

/* Loads a BPF program by means of a BPF program of type SYSCALL, as bpftool's loaders do. */
static bool bpf_run(void)
{
	silent = true;
	must(answer(SYS_bpf));
	must(!syscall(SYS_bpf, PROG_TEST_RUN, NULL, 0));
	pthread_join(supervisor, NULL);
	return true;
}

/* ---- ioctls */

#define SIOCUNIXFILE 0x89e0
#define MNT_PREVIOUS 0x8010b70c /* NS_MNT_GET_PREV, since 6.12 */

static bool socket_file(void)
{
	struct sockaddr_un name = { AF_UNIX, "/tmp/rec_files" };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	must(!bind(s, (struct sockaddr *)&name, sizeof(name)) && ioctl(s, SIOCUNIXFILE) == s + 1);
	return !unlink(name.sun_path);
}

static bool other_mounts(void)
{
	int own;

	must(!unshare(CLONE_NEWNS));
	own = open("/proc/self/ns/mnt", O_RDONLY);
	return ioctl(own, MNT_PREVIOUS, NULL) == own + 1;
}

/* ---- int $0x80 from 64-bit code: the kernel takes the lower halves of registers, whatever the upper ones hold */

#ifdef __x86_64__
#define UPPER 0xdeadbeef00000000ULL

static uint32_t *low; /* memory below 4 GiB */

static uint32_t at(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static long call_32(long nr, uint32_t a, uint32_t b, uint32_t c)
{
	return raw_i386(nr, (uint64_t[6]){ UPPER | a, UPPER | b, UPPER | c, UPPER, UPPER, UPPER });
}

static long socketcall(uint32_t what, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	memcpy(low + 512, (uint32_t[]){ a, b, c, d }, 4 * sizeof(a));
	return call_32(102, what, at(low + 512), 0);
}

static bool pipe_32(void)
{
	must(!call_32(42, at(low), 0, 0));
	return true;
}

static bool pipe2_32(void)
{
	must(!call_32(331, at(low), O_CLOEXEC, 0));
	return true;
}

static bool pair_32(void)
{
	must(!socketcall(SYS_SOCKETPAIR, AF_UNIX, SOCK_STREAM, 0, at(low)));
	return true;
}

static bool dup_32(void)
{
	must(call_32(221, 0, F_DUPFD, 20) == 20);
	must(call_32(221, 1, F_DUPFD_CLOEXEC, 30) == 30);
	return true;
}

static bool close_32(void)
{
	for (int i = 0; i < 6; i++)
		must(dup(0) == FIRST + i);
	must(!call_32(6, FIRST + 1, 0, 0));
	must(!call_32(436, FIRST + 3, FIRST + 4, 0));
	return true;
}

/* Sends a descriptor through the pair. Returns the address of the 32-bit struct msghdr by which it can be received. */
static uint32_t send_one(int pair[2])
{
	uint32_t *iov = low + 16, *control = low + 32;

	memcpy(low, (uint32_t[]){ 0, 0, at(iov), 1, at(control), 16, 0 }, 7 * sizeof(*low));
	memcpy(iov, (uint32_t[]){ at(low + 64), 1 }, 2 * sizeof(*low));
	memcpy(control, (uint32_t[]){ 16, SOL_SOCKET, SCM_RIGHTS, 1 }, 4 * sizeof(*low));
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	must(call_32(370, (uint32_t)pair[0], at(low), 0) == 1);
	return at(low);
}

static bool receive_32(void)
{
	int pair[2];
	uint32_t msg = send_one(pair);

	must(call_32(372, (uint32_t)pair[1], msg, 0) == 1 && low[35] == FIRST + 2);
	return true;
}

static bool receive_socketcall(void)
{
	int pair[2];
	uint32_t msg = send_one(pair);

	must(socketcall(SYS_RECVMSG, (uint32_t)pair[1], msg, 0, 0) == 1 && low[35] == FIRST + 2);
	return true;
}

static bool peer_socketcall(void)
{
	int pair[2];
	uint32_t *value = low, *len = low + 1;

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	*len = sizeof(*value);
	low[516] = at(len);
	if (socketcall(SYS_GETSOCKOPT, (uint32_t)pair[0], SOL_SOCKET, PEERPIDFD, at(value)))
		return false;
	must(*value == FIRST + 2);
	return true;
}

/*
 * Extracts an SCTP association into a socket of its own (SCTP_SOCKOPT_PEELOFF), by socketcall. The supervisor answers
 * the call.
 */
static bool peeloff_socketcall(void)
{
	must(answer(102));
	return answered((int)socketcall(SYS_GETSOCKOPT, 0, SOL_SCTP, PEELOFF, 0));
}
#endif

/* ---- pidfds received from sockets */

static bool peer_pidfd(void)
{
	int pair[2], fd = -1;
	socklen_t len = sizeof(fd);

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (getsockopt(pair[0], SOL_SOCKET, PEERPIDFD, &fd, &len))
		return false;
	must(fd == FIRST + 2);
	return true;
}

static bool message_pidfd(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	int pair[2], on = 1;

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (setsockopt(pair[1], SOL_SOCKET, PASSPIDFD, &on, sizeof(on)))
		return false;
	must(write(pair[0], &byte, 1) == 1);
	must(recvmsg(pair[1], &m, 0) == 1 && control.head.cmsg_type == PIDFD_MESSAGE);
	must(*(int *)CMSG_DATA(&control.head) == FIRST + 2);
	return true;
}

/* ---- ranges of a table that two threads share */

#define MANY 100000 /* number of descriptors; to close them takes long */
#define AT 10 /* first of the MANY descriptors, and of the descriptors that another thread opens again */
#define REOPENED 40 /* number of descriptors that are opened again; only ONE_BY_ONE of them get a record each */
#define ONE_BY_ONE 32

static volatile bool over;
static pid_t beside; /* process or thread that shares the table; 0: none */

static void *waits(void *arg)
{
	while (!over)
		sleep_ms(1);
	return arg;
}

static bool mark_shared(void)
{
	pthread_t t;
	int err;

	for (int i = 0; i < REOPENED; i++)
		must(dup(0) == FIRST + i);
	must(!pthread_create(&t, NULL, waits, NULL));
	err = close_range_(FIRST, ~0U, CLOEXEC);
	over = true;
	pthread_join(t, NULL);
	return !err;
}

static void *reopens(void *stay)
{
	on_cpu(0);
	while (lseek(AT, 0, SEEK_CUR) >= 0 || errno != EBADF)
		;
	for (int i = 0; i < REOPENED; i++)
		must(dup2(0, AT + i) == AT + i);
	return stay ? waits(NULL) : NULL;
}

/*
 * Closes a range of descriptors while another thread opens some of the closed ones again, from AT on. stay: that thread
 * still exists when the call returns.
 */
static bool close_with(bool stay)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, reopens, stay ? &t : NULL));
	must(!close_range_(FIRST, ~0U, 0));
	over = true;
	pthread_join(t, NULL);
	return true;
}

static bool close_shared(void)
{
	return close_with(true);
}

static bool close_left(void)
{
	return close_with(false);
}

/*
 * Closes a range while a process shares the table; when the call returns, that process has ended and its number is
 * free.
 */
static bool close_beside(void)
{
	signal(SIGCHLD, SIG_IGN);
	beside = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!beside) {
		reopens(NULL);
		_exit(0);
	}
	must(beside > 0 && !close_range_(FIRST, ~0U, 0));
	while (!kill(beside, 0))
		sleep_ms(1);
	return true;
}

/* ---- the steps */

#define ROUNDS 3

static const struct step small[STEPS] = {
#ifdef __x86_64__
	{ "pipe of i386", pipe_32, 0 },
	{ "pipe2 of i386", pipe2_32, 0 },
	{ "socketpair of i386", pair_32, 0 },
	{ "fcntl of i386", dup_32, 0 },
	{ "close and close_range of i386", close_32, 0 },
	{ "recvmsg of i386", receive_32, 0 },
	{ "recvmsg of socketcall", receive_socketcall, 0 },
	{ "a pidfd from getsockopt of socketcall", peer_socketcall, 1 },
	{ "getsockopt of socketcall that makes one", peeloff_socketcall, 0 },
#endif
	{ "getsockopt that makes one", peeloff, 0 },
	{ "another getsockopt that makes one", peeloff_flags, 0 },
	{ "a map of bpf with the attributes of all commands", bpf_common, 0 },
	{ "a program of bpf that makes one", bpf_run, 0 },
	{ "the file of a socket", socket_file, 0 },
	{ "a namespace of mounts", other_mounts, 0 },
	{ "a pidfd from getsockopt", peer_pidfd, 1 },
	{ "a pidfd with a message", message_pidfd, 1 },
	{ "a message that cannot be written", message_constant, 0 },
	{ "a control message whose head cannot be written", message_headless, 0 },
	{ "the second of two messages cannot be written", messages_partly, 0 },
	{ "more messages than are looked at", messages_many, 0 },
	{ "more descriptors than are described", messages_full, 0 },
	{ "a message whose name has no length", message_over_length, 0 },
	{ "a control message under the name", message_under_name, 0 },
	{ "a control message whose pointer is under the name", message_without_pointer, 0 },
	{ "a control message under its header", message_under_header, 0 },
	{ "a control message under the next one's bytes", messages_under_data, 0 },
	{ "a control message under the time", messages_under_time, 0 },
	{ "a range that is marked", mark_shared, 0 },
};

static const struct step large[STEPS] = {
	[0 ... ROUNDS - 1] = { "a range that is closed", close_shared, 0 },
	[ROUNDS ... 2 * ROUNDS - 1] = { "a range that is closed, by then alone", close_left, 0 },
	[2 * ROUNDS ... 3 * ROUNDS - 1] = { "a range that is closed, beside a process", close_beside, 0 },
};

static const struct step *steps;

static void list(struct noted *to)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	must(d != NULL);
	while ((e = readdir(d))) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] == '.' || fd < FIRST || fd == dirfd(d))
			continue;
		must(to->n < OPEN_MAX);
		to->fd[to->n++] = fd;
	}
	closedir(d);
}

static void child(void)
{
	for (unsigned int i = 0; i < STEPS && steps[i].run; i++) {
		pid_t pid = fork();

		if (pid) {
			noted[i].pid = pid;
			must(!reap(pid));
			continue;
		}
		if (steps == small)
			must(!close_range_(FIRST, ~0U, 0));
		noted[i].tried = steps[i].run();
		noted[i].beside = beside;
		list(&noted[i]);
		_exit(0);
	}
	_exit(0);
}

/* ---- evaluation of the records */

#define NUMBERS 2048

/* The open descriptors of one table, with their descriptions, as the records describe them. */
struct table {
	bool open[NUMBERS];
	unsigned int ops[LINX_FILES_OPEN + 1], marked, pidfds, strange;
};

static void apply_described(struct table *t, const struct linx_rec *rec, const struct linx_val *v)
{
	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
		const struct linx_fd *fd = (const struct linx_fd *)val_bytes(v);

		if (LINX_VAL_KIND(v->info) != LINX_VAL_FD || fd->fd < 0 || fd->fd >= NUMBERS) {
			t->strange++;
			continue;
		}
		t->open[fd->fd] = true;
		t->marked += t->ops[LINX_FILES_MARKED] && !t->ops[LINX_FILES_OPEN] && fd->flags & LINX_FD_CLOEXEC;
		t->pidfds += fd->type == LINX_FD_PIDFD;
	}
}

static void apply(struct table *t, const struct linx_rec *rec)
{
	const struct linx_files_change *c = (const struct linx_files_change *)(rec + 1);
	const struct linx_val *v = (const struct linx_val *)(c + 1);

	if (c->op > LINX_FILES_OPEN) {
		t->strange++;
		return;
	}
	t->ops[c->op]++;
	if (c->op == LINX_FILES_TOLD)
		apply_described(t, rec, v);
	for (unsigned int fd = c->first; c->op == LINX_FILES_CLOSED && fd <= c->last && fd < NUMBERS; fd++)
		t->open[fd] = false;
	for (unsigned int fd = FIRST; c->op == LINX_FILES_OPEN && fd < v->size * 8u && fd < NUMBERS; fd++)
		t->open[fd] = val_bytes(v)[fd / 8] >> fd % 8 & 1;
}

/* Compares two records by time. Records of the same time stay in the order in which their ring has them. */
static int compare(const void *a, const void *b)
{
	const struct linx_rec *const *x = a, *const *y = b;

	if ((*x)->time != (*y)->time)
		return (*x)->time < (*y)->time ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

static void replay(struct traced *t, const struct noted *of, struct table *to)
{
	static const struct linx_rec *recs[10000];
	const struct linx_rec *rec = NULL;
	unsigned int n = 0;

	while ((rec = rec_of(&t->log, rec, 0, LINX_REC_FILES)))
		if ((rec->pid == (uint32_t)of->pid || rec->pid == (uint32_t)of->beside) && n < sizeof(recs) / sizeof(recs[0]))
			recs[n++] = rec;
	qsort(recs, n, sizeof(recs[0]), compare);
	for (unsigned int i = 0; i < n; i++)
		apply(to, recs[i]);
}

static void compare_tables(const char *name, const struct table *got, const struct noted *want)
{
	bool open[NUMBERS] = { false };
	unsigned int differ = 0;

	for (unsigned int i = 0; i < want->n; i++)
		open[want->fd[i]] = true;
	for (unsigned int fd = FIRST; fd < NUMBERS; fd++)
		if (open[fd] != got->open[fd] && differ++ < 3)
			printf("# %s: %u is %s, the records say %s\n", name, fd, open[fd] ? "open" : "closed",
			       open[fd] ? "closed" : "open");
	is(differ, 0, "%s: what is open", name);
	is(got->strange, 0, "%s: records that are none", name);
}

/* Returns whether the record of the process's recvmsg call has the received pidfd as well. */
static bool is_recorded_with(struct traced *t, pid_t pid)
{
	const struct linx_rec *rec = rec_exit_of(&t->log, NULL, pid, SYS_recvmsg);
	const struct linx_val *v = rec ? rec_val(rec, LINX_FIELD_FD_MEMORY) : NULL;

	return v && ((const struct linx_fd *)val_bytes(v))->type == LINX_FD_PIDFD;
}

static void check(struct traced *t, unsigned int i)
{
	const char *name = steps[i].name;
	struct table got = { 0 };

	if (!noted[i].tried) {
		printf("# %s: not tried, this kernel has none\n", name);
		return;
	}
	replay(t, &noted[i], &got);
	compare_tables(name, &got, &noted[i]);
	is(got.pidfds, steps[i].pidfds, "%s: pidfds", name);
	if (steps[i].run == message_pidfd)
		ok(is_recorded_with(t, noted[i].pid), "%s: recorded with the call", name);
	if (steps[i].run != mark_shared)
		return;
	is(got.ops[LINX_FILES_MARKED], 1, "%s: it is recorded", name);
	is(got.ops[LINX_FILES_OPEN], 1, "%s: which are open", name);
	is(got.marked, ONE_BY_ONE, "%s: of them recorded one by one", name);
}

static void run(const struct step *what)
{
	struct traced t;

	steps = what;
	memset(noted, 0, STEPS * sizeof(*noted));
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_FILES | LINX_SETUP_FD_PATHS, .ring_size = 1 << 25 }, child);
	is(t.status, 0, "the child's exit status");
	for (unsigned int i = 0; i < STEPS && steps[i].run; i++)
		check(&t, i);
	traced_end(&t);
}

int main(void)
{
	struct rlimit files = { AT + MANY + 100, AT + MANY + 100 };

#ifdef __x86_64__
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		die("mmap");
#endif
	noted = shared(STEPS * sizeof(*noted));
	run(small);
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit");
	for (int i = 0; i < MANY; i++)
		if (dup2(0, AT + i) < 0)
			die("dup2");
	run(large);
	return tap_end();
}
