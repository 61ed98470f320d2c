// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Measures how long a program can make a probe of the module keep its CPU, with eight sessions that select everything:
 * paths in mounts above very many others, descriptor tables with high numbers, processes of very many threads, long
 * lists of arguments, long buffers, and deep cgroups, for which sessions search a list. Each call is made without and
 * with the sessions, and the difference is the time of its probes. Built for x86_64 only, for the 64-bit ABI only
 * (native only, x86 only).
 * usage: rec_bound              in real time, with room for a busy machine
 *        rec_bound exact        where one instruction takes one nanosecond (tests/vm/exec --icount)
 *        rec_bound exact WORD   only those calls whose name has this word and that need no mounts
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include "deep.h"
#include "rec.h"
#include "ring_ops.h"

#define SESSIONS 8
#define ROUNDS 5

/* Longest time of one probe, in ns: on the clock of QEMU's -icount, and in real time, which the emulator stretches. */
#define EXACT_LIMIT 2000000
#define LIMIT 60000000

static uint64_t limit;
static uint32_t snap_bytes = 4096; /* the sessions' limit of captured bytes per value */
static uint32_t http_bytes; /* the sessions' limit for HTTP headers; 0: sessions do not look for headers */
static bool uring; /* whether the sessions record operations of io_uring */
static const char *only; /* name of the only call to measure; NULL: all calls */

static struct dev devs[SESSIONS];

static bool search_cgroups; /* the sessions have a list of cgroups and select no_call() alone */
/* list of cgroup words, separated by NULs: as many as the module searches for in a cgroup's path of DEPTH levels */
static char cgroup_words[49 * 3];

static void begin_sessions(pid_t pid)
{
	for (unsigned int i = 0; i < SESSIONS; i++) {
		struct dev *d = &devs[i];

		dev_open(d);
		dev_setup(d, (struct linx_setup){ .ring_size = 2 << 20, .snap_bytes = snap_bytes, .snap_str = 4096,
						  .flags = LINX_SETUP_FILES | LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS |
							   LINX_SETUP_ENVP | LINX_SETUP_RESOLVED |
							   (http_bytes ? LINX_SETUP_HTTP : 0) | (uring ? LINX_SETUP_URING : 0),
						  .http_bytes = http_bytes });
		dev_list(d, pid);
		d->filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
		if (search_cgroups) {
			d->filter.flags |= LINX_FILTER_CGROUPS;
			d->filter.cgroups = (uintptr_t)cgroup_words;
			d->filter.cgroups_len = sizeof(cgroup_words);
		}
		if (search_cgroups)
			dev_want_enter(d, LINX_NR_OTHER);
		else
			dev_want_all(d);
		dev_apply(d);
		dev_start(d);
	}
}

/* Drains all sessions and keeps the records of the first. */
static void drain_sessions(struct dev_log *log)
{
	dev_drain_all(&devs[0], log);
	for (unsigned int i = 1; i < SESSIONS; i++)
		for (unsigned int cpu = 0; cpu < devs[i].cpus; cpu++)
			dev_drain(&devs[i], cpu, dev_ignore, NULL);
}

static void end_sessions(void)
{
	for (unsigned int i = 0; i < SESSIONS; i++) {
		dev_stop(&devs[i]);
		dev_close(&devs[i]);
	}
}

/* ---- a process that makes one call at a time on request */

struct call {
	const char *name;
	void (*prepare)(void);
	long (*make)(void);
	void (*undo)(void);
	/*
	 * limit of the call's whole time, as a multiple of the longest time of one probe: 2 if its entry has a probe,
	 * too
	 */
	unsigned int limits;
};

static struct talk {
	volatile int turn; /* odd: the target process is to act; even: the measuring process is */
	volatile uint64_t took;
	volatile long ret;
} *talk;

static void wait_while(int turn)
{
	while (talk->turn == turn)
		syscall(SYS_futex, (uintptr_t)&talk->turn, FUTEX_WAIT, turn, NULL, NULL, 0);
}

static void hand_over(void)
{
	int turn = talk->turn;

	talk->turn = turn + 1;
	syscall(SYS_futex, (uintptr_t)&talk->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
	wait_while(turn + 1);
}

/*
 * Makes the call on request. This must be the only process for whose wake-up the measuring process waits: a wake-up
 * after a probe, in a deep cgroup, takes longer than the probe.
 */
static void __attribute__((noreturn)) target(const struct call *c)
{
	uint64_t begun;

	wait_while(0);
	if (c->prepare)
		c->prepare();
	for (;;) {
		sleep_ms(5); /* during this time the measuring process begins to wait */
		begun = now_ns();
		talk->ret = c->make();
		talk->took = now_ns() - begun;
		if (c->undo)
			c->undo();
		hand_over();
	}
}

/*
 * Returns the shortest of several measured times of the call, in ns. log: NULL, or a log for the records of the
 * sessions, which then record during the calls.
 */
static uint64_t least(struct dev_log *log)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		hand_over();
		best = talk->took < best ? talk->took : best;
		if (log)
			drain_sessions(log);
	}
	return best;
}

static void measure(const struct call *c, struct dev_log *log)
{
	uint64_t alone, traced;
	pid_t pid;

	if (only && !strstr(c->name, only))
		return;
	talk->turn = 0;
	pid = fork();
	if (!pid)
		target(c);
	alone = least(NULL);
	begin_sessions(pid);
	traced = least(log);
	end_sessions();
	kill(pid, SIGKILL);
	reap(pid);
	printf("# %s: %llu us alone, %llu us more in %d sessions, result %ld\n", c->name, (unsigned long long)alone / 1000,
	       (unsigned long long)(traced > alone ? traced - alone : 0) / 1000, SESSIONS, talk->ret);
	ok(traced < alone + limit * c->limits, "%s: bounded", c->name);
}

/* ---- mounts above each other */

#define MOUNTS_DEEP 40000
#define MOUNTS_SOME 100

static int top; /* descriptor of the directory in which the last mount is */

static int make_chain(const char *where, unsigned int mounts)
{
	int below, fd;

	mkdir(where, 0700);
	below = open(where, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (below < 0)
		die("%s", where);
	for (unsigned int i = 0; i < mounts; i++) {
		fd = (int)syscall(SYS_open_tree, below, "", 0x1000 /* AT_EMPTY_PATH */ | 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_move_mount, fd, "", below, "", 0x44 /* AT_EMPTY_PATH for both descriptors */))
			die("mount %u", i);
		close(below);
		below = fd;
	}
	return below;
}

static void with_files(void)
{
	int fd = openat(top, "file", O_RDONLY | O_CREAT, 0600);

	for (int i = 0; i < 250; i++)
		if (fd < 0 || dup2(fd, 20 + i) < 0)
			_exit(2);
}

static long chdir_to_top(void)
{
	return fchdir(top);
}

static long open_file(void)
{
	return openat(top, "file", O_RDONLY | O_CREAT, 0600);
}

static void close_it(void)
{
	close((int)talk->ret);
}

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

static void with_files_shared(void)
{
	pthread_t t;

	with_files();
	if (pthread_create(&t, NULL, sleeps, NULL))
		_exit(3);
}

static long fork_one(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		syscall(SYS_exit_group, 0);
	return pid;
}

static void reap_it(void)
{
	waitpid((pid_t)talk->ret, NULL, 0);
}

/* ---- directories as deep as a path may be */

static void go_deep(void)
{
	if (chdir("/tmp") || !go_down(2030, 1))
		_exit(2);
}

static long chdir_here(void)
{
	return chdir(".");
}

/* ---- tables of descriptors */

static unsigned int far; /* the greatest descriptor number */

static void reach_far(void)
{
	struct rlimit max = { far + 1, far + 1 };
	pthread_t t;

	if (setrlimit(RLIMIT_NOFILE, &max) || dup2(0, (int)far) < 0)
		_exit(2);
	if (pthread_create(&t, NULL, sleeps, NULL))
		_exit(3);
}

static long close_a_range(void)
{
	return syscall(SYS_close_range, 1000, 2000, 0);
}

/* ---- arguments */

static char **many_strings;

static void make_strings(void)
{
	char *empty = strdup("");

	many_strings = calloc(100001, sizeof(char *));
	for (int i = 0; many_strings && i < 100000; i++)
		many_strings[i] = empty;
}

static void make_long_strings(void)
{
	char *string = malloc(100000);

	memset(string, 'x', 99999);
	string[99999] = 0;
	many_strings = calloc(17, sizeof(char *));
	for (int i = 0; i < 16; i++)
		many_strings[i] = string;
}

static long exec_fails(void)
{
	return syscall(SYS_execve, "/nowhere", many_strings, many_strings);
}

static long mount_long(void)
{
	return syscall(SYS_mount, many_strings[0], many_strings[1], many_strings[2], 0, many_strings[3]);
}

/* ---- buffers */

static struct iovec long_buffers[160];

/* Makes a vector of a hundred buffers of 1 MiB that share the same memory. */
static void make_long_buffers(void)
{
	char *p = malloc(1 << 20);

	memset(p, 'b', 1 << 20);
	for (int i = 0; i < 100; i++)
		long_buffers[i] = (struct iovec){ p, 1 << 20 };
}

/* Writes a buffer of 1 MiB to descriptor -1: the call fails before it touches the buffer. */
static long write_long(void)
{
	return syscall(SYS_write, -1, long_buffers[0].iov_base, 1 << 20);
}

static long write_many_long(void)
{
	return syscall(SYS_writev, -1, long_buffers, 100);
}

/* Makes a vector of 160 buffers of "bytes" bytes, each in an unreadable page of its own. */
static void make_unreadable_by(size_t bytes)
{
	char *p = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 160; i++)
		long_buffers[i] = (struct iovec){ p + i * 4096, bytes };
}

static void make_unreadable(void) { make_unreadable_by(64); }

static void make_pages_unreadable(void) { make_unreadable_by(4096); }

static long write_unreadable(void)
{
	return syscall(SYS_writev, -1, long_buffers, 160);
}

/* Sends messages that have unreadable names, buffers and control data. */
static long send_unreadable(void)
{
	static struct mmsghdr messages[64];

	for (int i = 0; i < 64; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_name = long_buffers[i].iov_base, .msg_namelen = 4096,
						       .msg_iov = long_buffers[i + 64].iov_base, .msg_iovlen = 256,
						       .msg_control = long_buffers[i].iov_base, .msg_controllen = 4096 };
	return sendmmsg(-1, messages, 64, 0);
}

/* Operations that one call submits. The kernel does not schedule meanwhile, so the time of their probes adds up. */
#define OPERATIONS 1024
/*
 * limit of the time of all these probes together, as a multiple of the longest time of one probe (2 ms). That is 50 us
 * for each operation, at 1 ns for an instruction; a single operation takes 1,000 us
 */
#define MOST_OF_OPERATIONS 25

static struct ops operations;

static void make_operations(void)
{
	struct io_uring_sqe *entry;

	if (ops_open(&operations, OPERATIONS, IORING_SETUP_SUBMIT_ALL))
		return;
	for (int i = 0; i < OPERATIONS; i++) {
		entry = ops_next(&operations);
		entry->opcode = IORING_OP_WRITEV;
		entry->fd = -1;
		entry->addr = (uintptr_t)long_buffers;
		entry->len = 160;
		ops_push(&operations);
	}
}

static void make_unreadable_operations(void)
{
	make_unreadable();
	make_operations();
}

static void make_long_operations(void)
{
	make_long_buffers();
	make_operations();
}

static long submit_operations(void)
{
	return operations.fd < 0 ? -1 : ops_enter(&operations, OPERATIONS, 0);
}

/* Frees the completion entries for the next round. */
static void take_results(void)
{
	struct io_uring_cqe cqe;

	if (operations.fd < 0)
		return;
	while (ops_result(&operations, &cqe))
		;
	for (int i = 0; i < OPERATIONS; i++)
		ops_push(&operations);
}

/* Passes bpf(2) a structure with pointers to unreadable strings. The kernel refuses it because of its other members. */
static long link_unreadable(void)
{
	static struct {
		uint32_t prog_fd, target_fd, attach_type, flags, multi_flags, cnt;
		uint64_t syms, addrs, cookies, none[2];
	} attr = { .attach_type = 42 /* BPF_TRACE_KPROBE_MULTI */, .cnt = 160 };
	static uint64_t strings[160];

	for (int i = 0; i < 160; i++)
		strings[i] = (uintptr_t)long_buffers[i].iov_base;
	attr.prog_fd = ~0U;
	attr.syms = (uintptr_t)strings;
	return syscall(SYS_bpf, 28 /* BPF_LINK_CREATE */, &attr, sizeof(attr));
}

/* Calls select(2) with large sets. The kernel itself examines only as many bits as the table has descriptors. */
static long select_none(void)
{
	static uint64_t sets[3][512];
	struct timeval now = { 0 };

	return syscall(SYS_select, 512 * 64, sets[0], sets[1], sets[2], &now);
}

/* A socket pair through which one message with very many headers is sent. */
static int pipeline[2];

static void make_messages(const char *message, size_t len)
{
	char *p = malloc(http_bytes);

	for (uint32_t i = 0; i < http_bytes; i++)
		p[i] = message[i % len];
	long_buffers[0] = (struct iovec){ p, http_bytes };
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pipeline))
		_exit(1);
}

/*
 * The next two functions fill a message with very many HTTP headers: the shortest possible headers, and headers whose
 * first line is parsed to the greatest length.
 */
static void make_pipeline(void)
{
	make_messages("HTTP/1.\n\n", 9);
}

static void make_wordy_pipeline(void)
{
	static const char message[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABCDE a-target-of-24-letters-- HTTP/\n\n";

	make_messages(message, sizeof(message) - 1);
}

static long send_pipeline(void)
{
	return send(pipeline[0], long_buffers[0].iov_base, long_buffers[0].iov_len, 0);
}

static void take_pipeline(void)
{
	recv(pipeline[1], long_buffers[0].iov_base, long_buffers[0].iov_len, 0);
}

/* Makes one header in which each line almost has the name of the field for the length of the body. */
static void make_long_header(void)
{
	static const char line[] = "\nCONTENT-LENGTx";
	char *p;

	make_pipeline();
	p = long_buffers[0].iov_base;
	for (uint32_t i = 0; i < http_bytes; i++)
		p[i] = line[i % (sizeof(line) - 1)];
	memcpy(p, "GET / HTTP/1.1", 14);
	memcpy(p + http_bytes - 2, "\n\n", 2);
}

/*
 * Makes a socket that takes only a part of the first buffer: the call never reads the other buffers, which are
 * unreadable.
 */
static void make_socket_unreadable(void)
{
	make_unreadable();
	long_buffers[0] = (struct iovec){ calloc(1, 1 << 20), 1 << 20 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pipeline))
		_exit(1);
}

static long write_socket(void)
{
	return writev(pipeline[0], long_buffers, 160);
}

static void empty_socket(void)
{
	while (read(pipeline[1], long_buffers[0].iov_base, 1 << 20) > 0)
		;
}

/* ---- threads */

static unsigned int threads;

static __attribute__((noreturn)) int waits(void *arg)
{
	(void)arg;
	for (;;)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
}

/*
 * Makes the threads, which share all that tasks can share. They only sleep; therefore a few words of stack are enough
 * for each.
 */
static void make_threads(void)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	const size_t size = 512;
	char *stacks = malloc(size * threads);

	for (unsigned int i = 0; i < threads; i++)
		if (!stacks || clone(waits, stacks + size * (i + 1), flags, NULL) < 0)
			_exit(4);
}

static char cgroup[64];

static long move_group(void)
{
	static int there;
	char path[128], pid[16];
	int fd;

	there = !there;
	snprintf(path, sizeof(path), "%s/%s/cgroup.procs", cgroup, there ? "a" : "b");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (fd < 0 || write(fd, pid, strlen(pid)) < 0)
		return -errno;
	close(fd);
	return 0;
}

static bool make_cgroups(void)
{
	char path[128];

	snprintf(cgroup, sizeof(cgroup), "/tmp/cgroup");
	mkdir(cgroup, 0700);
	if (mount("none", cgroup, "cgroup2", 0, NULL))
		return false;
	for (const char *name = "ab"; *name; name++) {
		snprintf(path, sizeof(path), "%s/%c", cgroup, *name);
		if (mkdir(path, 0700) && errno != EEXIST)
			return false;
	}
	return true;
}

#define DEPTH 250 /* levels of directories in a cgroup path of 500 bytes */

/* Moves this process into the cgroup of that name below the working directory. */
static void enter_group(const char *name)
{
	char path[40], pid[16];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", name);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (mkdir(name, 0700) && errno != EEXIST)
		_exit(5);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, pid, strlen(pid)) < 0)
		_exit(6);
	close(fd);
}

static void enter_deep_group(void)
{
	if (chdir(cgroup) || !go_down(DEPTH - 1, 1))
		_exit(5);
	enter_group("a");
}

static void enter_deep_group_and_go_deep(void)
{
	enter_deep_group();
	go_deep();
}

/* Makes a call of a number that no table has, so that all sessions handle it in one loop. */
static long no_call(void)
{
	return syscall(5000);
}

/* Gives the sessions a list of words for cgroups, of which only the last one occurs in the cgroup's path. */
static void want_search(void)
{
	for (size_t i = 0; i < sizeof(cgroup_words); i += 3)
		strcpy(cgroup_words + i, "*#");
	strcpy(cgroup_words + sizeof(cgroup_words) - 3, "*/");
	search_cgroups = true;
}

static void enter_next_group(void)
{
	static int n;
	char name[16];

	snprintf(name, sizeof(name), "%d", ++n);
	enter_group(name);
}

/* ---- paths that a probe does not resolve */

static const struct linx_val *fd_of(const struct dev_log *log, int field)
{
	const struct linx_rec *rec = NULL;
	const struct linx_val *v;

	while ((rec = rec_of(log, rec, 0, LINX_REC_EXIT)))
		if (rec_number(rec) == SYS_openat && (v = rec_val(rec, (unsigned int)field)))
			return v;
	return NULL;
}

static void check_file(const struct dev_log *log, bool deep)
{
	const struct linx_val *v = fd_of(log, LINX_FIELD_FD_RESULT);
	const struct linx_fd *fd;
	struct stat st;

	if (!ok(v != NULL, "the file that is opened is recorded") || fstatat(top, "file", &st, 0))
		return;
	fd = (const struct linx_fd *)val_bytes(v);
	is(fd->path_state, deep ? LINX_UNAVAILABLE : LINX_WHOLE, "its path");
	is((long long)fd->ino, (long long)st.st_ino, "its inode");
	is(fd->dev >> 20, major(st.st_dev), "its device");
}

static void check_directory(const struct dev_log *log, bool deep)
{
	const struct linx_rec *rec = NULL;
	const struct linx_val *v = NULL;
	struct stat st;

	while ((rec = rec_of(log, rec, 0, LINX_REC_TASK)))
		v = rec_val(rec, LINX_FIELD_CWD);
	if (!ok(v != NULL, "a directory is recorded") || fstat(top, &st))
		return;
	if (deep) {
		const struct linx_file_id *id = (const struct linx_file_id *)val_bytes(v);

		is(LINX_VAL_STATE(v->info), LINX_UNAVAILABLE, "its path");
		if (is(v->size, sizeof(*id), "what is recorded instead"))
			is((long long)id->ino, (long long)st.st_ino, "its inode");
	} else {
		is(LINX_VAL_STATE(v->info), LINX_WHOLE, "its path");
	}
}

/*
 * Makes a directory in the last mount the root, so that d_path() does not stop at that mount for a file that lies
 * beside the root.
 */
static void enter_jail(void)
{
	mkdirat(top, "jail", 0700);
	if (fchdir(top) || chroot("jail"))
		_exit(2);
}

static void enter_jail_with_files(void)
{
	with_files_shared();
	enter_jail();
}

/*
 * Measures three calls on top of n mounts: chdir to the last mount, an open of a file there, and a fork of a process
 * that has many files there open. The time is bounded, and the path is recorded as far as the bound allows.
 */
static void measure_at_top(const struct call calls[3], unsigned int n)
{
	static void (*const checks[3])(const struct dev_log *log, bool deep) = { check_directory, check_file, NULL };

	for (int i = 0; i < 3; i++) {
		struct dev_log log = { 0 };

		measure(&calls[i], &log);
		if (checks[i])
			checks[i](&log, n > 256);
		free(log.bytes);
	}
}

static void mounts(const char *where, unsigned int n)
{
	static const struct call plain[3] = {
		{ "chdir", NULL, chdir_to_top, NULL, 1 },
		{ "open", NULL, open_file, close_it, 2 },
		{ "fork of 250 files", with_files_shared, fork_one, reap_it, 1 },
	};
	static const struct call beside[3] = {
		{ "chdir beside the root", enter_jail, chdir_to_top, NULL, 1 },
		{ "open beside the root", enter_jail, open_file, close_it, 2 },
		{ "fork of 250 files beside the root", enter_jail_with_files, fork_one, reap_it, 1 },
	};

	printf("# %u mounts\n", n);
	top = make_chain(where, n);
	measure_at_top(plain, n);
	measure_at_top(beside, n);
}

static void set_limit(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("%s", path);
	close(fd);
}

int main(int argc, char **argv)
{
	static const struct call deep = { "chdir in a deep directory", go_deep, chdir_here, NULL, 1 },
				 range = { "close_range of a far table", reach_far, close_a_range, NULL, 1 },
				 far_fork = { "fork of a far table", reach_far, fork_one, reap_it, 1 },
				 strings = { "exec with empty strings", make_strings, exec_fails, NULL, 2 },
				 long_strings = { "exec with long strings", make_long_strings, exec_fails, NULL, 2 },
				 long_mount = { "mount with long strings", make_long_strings, mount_long, NULL, 2 },
				 long_write = { "write of a long buffer", make_long_buffers, write_long, NULL, 1 },
				 long_vector = { "writev of long buffers", make_long_buffers, write_many_long, NULL, 1 },
				 unreadable = { "writev of what cannot be read", make_unreadable, write_unreadable, NULL, 1 },
				 unreadable_pages = { "writev of pages that cannot be read", make_pages_unreadable, write_unreadable, NULL, 1 },
				 unreadable_messages = { "sendmmsg of what cannot be read", make_pages_unreadable, send_unreadable, NULL, 1 },
				 many_unreadable = { "io_uring_enter with 1024 writevs of what cannot be read", make_unreadable_operations, submit_operations, take_results, MOST_OF_OPERATIONS },
				 many_long = { "io_uring_enter with 1024 writevs of long buffers", make_long_operations, submit_operations, take_results, MOST_OF_OPERATIONS },
				 unreadable_link = { "bpf with strings that cannot be read", make_unreadable, link_unreadable, NULL, 2 },
				 sets = { "select of large sets", NULL, select_none, NULL, 2 },
				 headers = { "send of many headers", make_pipeline, send_pipeline, take_pipeline, 1 },
				 wordy_headers = { "send of headers with long first lines", make_wordy_pipeline, send_pipeline, take_pipeline, 1 },
				 long_header = { "send of a long header", make_long_header, send_pipeline, take_pipeline, 1 },
				 unreadable_socket = { "writev to a socket of what cannot be read", make_socket_unreadable, write_socket, empty_socket, 1 },
				 move = { "a process to another cgroup", make_threads, move_group, NULL, 1 },
				 deep_group = { "chdir in a deep directory, in a deep cgroup", enter_deep_group_and_go_deep, chdir_here, NULL, 1 },
				 search = { "a call in another deep cgroup", enter_deep_group, no_call, enter_next_group, 1 };
	uint64_t features;
	bool exact = argc > 1 && !strcmp(argv[1], "exact");
	struct dev_log log = { 0 };

	only = argc > 2 ? argv[2] : NULL;
	limit = exact ? EXACT_LIMIT : LIMIT;
	talk = shared(4096);
	if (dev_lacks_paths())
		return 77;
	dev_open(&devs[0]);
	features = dev_info(&devs[0]).features;
	dev_close(&devs[0]);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("a namespace of mounts");
	if (only) {
		/* a guest that has just started does not know the length of a second until its clock is calibrated */
		sleep_ms(20000);
	} else {
		mounts("/tmp/some", MOUNTS_SOME);
		mounts("/tmp/deep", MOUNTS_DEEP);
	}
	measure(&deep, &log);
	set_limit("/proc/sys/fs/nr_open", "1073741816");
	set_limit("/proc/sys/kernel/threads-max", "200000");
	set_limit("/proc/sys/kernel/pid_max", "400000");
	far = (1u << 22) - 1;
	measure(&far_fork, &log);
	far = exact ? (1u << 27) - 1 : far;
	measure(&range, &log);
	measure(&strings, &log);
	measure(&long_strings, &log);
	measure(&long_mount, &log);
	snap_bytes = LINX_PIECES_MAX;
	measure(&long_write, &log);
	measure(&long_vector, &log);
	snap_bytes = 4096;
	measure(&unreadable, &log);
	measure(&unreadable_pages, &log);
	measure(&unreadable_messages, &log);
	uring = features & LINX_FEAT_URING;
	measure(&many_unreadable, &log);
	measure(&many_long, &log);
	uring = false;
	measure(&unreadable_link, &log);
	measure(&sets, &log);
	http_bytes = 16384;
	measure(&headers, &log);
	measure(&wordy_headers, &log);
	measure(&long_header, &log);
	measure(&unreadable_socket, &log);
	http_bytes = 0;
	threads = exact ? 100000 : 5000;
	if (make_cgroups()) {
		measure(&move, &log);
		measure(&deep_group, &log);
		want_search();
		measure(&search, &log);
	}
	free(log.bytes);
	return tap_end();
}
