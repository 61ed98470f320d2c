// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The records of the returns of open and connect describe the opened file and the connected peer as /proc, fstat,
 * getsockname and getpeername do: with names of all lengths, depths, mounts and roots, and then while directories of
 * the file are renamed. Built for the 64-bit ABI only (native only).
 */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include "answer.h"
#include "rec.h"

#define MARK 0x4d410000U /* marks the upper half of an open's mode, or of an address length; the lower half is an index into wants */
#define MARKED(value) ((uint64_t)(MARK | (unsigned int)*count) << 32 | (value))
#define WANTS 400
#define DIR "/opened"

struct want {
	char path[PATH_MAX];
	int fd;
	bool cloexec;
	struct stat st;
	struct linx_sock sock;
};

static struct want *wants; /* shared memory */
static volatile int *count; /* shared memory: number of entries in wants */
static int proc;

/* Opens the path and notes the expected description. Returns the descriptor. */
static int see(int dir, const char *path, int flags)
{
	struct want *w = &wants[*count];
	char name[16];

	w->fd = (int)syscall(SYS_openat, dir, path, flags, MARKED(0600));
	snprintf(name, sizeof(name), "%d", w->fd);
	if (w->fd < 0 || readlinkat(proc, name, w->path, sizeof(w->path) - 1) < 0 || fstat(w->fd, &w->st))
		_exit(100 + *count % 100);
	w->cloexec = flags & O_CLOEXEC;
	++*count;
	return w->fd;
}

static void see_close(int dir, const char *path, int flags)
{
	close(see(dir, path, flags));
}

/*
 * Opens files whose names have lengths around the limits of machine words and of names that the kernel keeps inside of
 * a dentry.
 */
static void see_lengths(void)
{
	char path[PATH_MAX];

	for (int n = 1; n <= 255; n += n < 66 ? 1 : 63) {
		int at = snprintf(path, sizeof(path), DIR "/");

		memset(path + at, 'a' + n % 26, (size_t)n);
		path[at + n] = 0;
		see_close(AT_FDCWD, path, O_CREAT | O_RDWR);
		unlink(path);
	}
}

/* Opens files at increasing depths, up to the deepest possible path and beyond it. */
static void see_depths(void)
{
	char path[PATH_MAX] = DIR;

	for (int n = 0; n < 30; n++) {
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%.*s", 1 + n, "directories_within_directories");
		mkdir(path, 0700);
		see_close(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	}
	for (int n = 0; n < 13; n++) {
		size_t at = strlen(path);

		path[at] = '/';
		memset(path + at + 1, 'x', 255);
		path[at + 256] = 0;
		mkdir(path, 0700);
		see_close(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	}
}

/* Opens files that are not regular, and files with unusual names. */
static void see_kinds(void)
{
	char link[64];
	int fd, pair[2];

	see_close(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkfifo(DIR "/fifo", 0600);
	see_close(AT_FDCWD, DIR "/fifo", O_RDWR | O_CLOEXEC);
	mknod(DIR "/block", S_IFBLK | 0600, makedev(7, 0));
	see_close(AT_FDCWD, DIR "/block", O_PATH);
	see_close(AT_FDCWD, "/dev/null", O_RDWR);
	if (symlink("fifo", DIR "/link"))
		_exit(90);
	see_close(AT_FDCWD, DIR "/link", O_PATH | O_NOFOLLOW);
	see_close(AT_FDCWD, "/proc/self/status", O_RDONLY);
	see_close(AT_FDCWD, DIR, O_TMPFILE | O_RDWR);
	see_close(AT_FDCWD, DIR "/x (deleted)", O_CREAT | O_RDWR);
	fd = see(AT_FDCWD, DIR "/gone", O_CREAT | O_RDWR);
	unlink(DIR "/gone");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	see_close(AT_FDCWD, link, O_RDWR);
	mkdir(DIR "/removed", 0700);
	fd = see(AT_FDCWD, DIR "/removed", O_RDONLY | O_DIRECTORY);
	rmdir(DIR "/removed");
	see_close(fd, ".", O_RDONLY | O_DIRECTORY);
	if (pipe(pair))
		_exit(91);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", pair[0]);
	see_close(AT_FDCWD, link, O_RDONLY);
	fd = (int)syscall(SYS_memfd_create, "name", 0);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	see_close(AT_FDCWD, link, O_RDWR);
	see_close(AT_FDCWD, "/proc/self/ns/net", O_RDONLY);
}

/* Opens files in a mount of another file system, in a bind mount of a directory, and in a mount that was detached. */
static void see_mounts(void)
{
	int fd;

	mkdir(DIR "/mnt", 0700);
	mkdir(DIR "/a", 0700);
	mkdir(DIR "/a/b", 0700);
	mkdir(DIR "/a/b/c", 0700);
	mkdir(DIR "/bind", 0700);
	if (mount("none", DIR "/mnt", "tmpfs", 0, NULL) || mount(DIR "/a", DIR "/bind", NULL, MS_BIND, NULL))
		_exit(92);
	see_close(AT_FDCWD, DIR "/mnt", O_RDONLY | O_DIRECTORY);
	see_close(AT_FDCWD, DIR "/mnt/file", O_CREAT | O_RDWR);
	see_close(AT_FDCWD, DIR "/bind", O_RDONLY | O_DIRECTORY);
	see_close(AT_FDCWD, DIR "/bind/b/file", O_CREAT | O_RDWR);
	fd = see(AT_FDCWD, DIR "/bind/b/c", O_RDONLY | O_DIRECTORY);
	if (rename(DIR "/a/b/c", DIR "/c"))
		_exit(93);
	see_close(fd, ".", O_RDONLY | O_DIRECTORY);
	umount2(DIR "/mnt", MNT_DETACH);
	umount2(DIR "/bind", MNT_DETACH);
}

/* Runs in a thread that exists only to share the process's descriptor table. */
static void *sleeps(void *arg)
{
	while (!*(volatile int *)arg)
		sleep_ms(1);
	return NULL;
}

static void see_shared(void)
{
	volatile int done = 0;
	pthread_t t;

	pthread_create(&t, NULL, sleeps, (void *)&done);
	see_close(AT_FDCWD, DIR "/shared", O_CREAT | O_RDWR | O_CLOEXEC);
	see_close(AT_FDCWD, "/proc/self/status", O_RDONLY);
	done = 1;
	pthread_join(t, NULL);
}

/* Opens files below a root inside of the mount, and files outside of that root. */
static void see_jail(void)
{
	int out = open(DIR, O_RDONLY | O_DIRECTORY), top = open("/", O_RDONLY | O_DIRECTORY);

	mkdir(DIR "/jail", 0700);
	mkdir(DIR "/jail/in", 0700);
	if (chroot(DIR "/jail"))
		_exit(94);
	see_close(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	see_close(AT_FDCWD, "/in", O_RDONLY | O_DIRECTORY);
	see_close(AT_FDCWD, "/in/file", O_CREAT | O_RDWR);
	see_close(out, "outside", O_CREAT | O_RDWR);
	see_close(top, "proc/self/status", O_RDONLY);
	see_close(top, ".", O_RDONLY | O_DIRECTORY);
}

/* ---- connections */

static void see_connect(int fd, const void *to, socklen_t len)
{
	struct want *w = &wants[*count];
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} a[2];

	w->fd = fd;
	if (syscall(SYS_connect, fd, to, MARKED(len)) || fstat(fd, &w->st))
		_exit(95);
	for (int i = 0; i < 2; i++) {
		len = sizeof(a[i]);
		if (i ? getpeername(fd, (void *)&a[i], &len) : getsockname(fd, (void *)&a[i], &len))
			_exit(96);
		w->sock.family = a[i].in.sin_family;
		if (w->sock.family == AF_UNIX)
			continue;
		*(i ? &w->sock.peer_port : &w->sock.local_port) = ntohs(a[i].in.sin_port);
		if (w->sock.family == AF_INET)
			memcpy(i ? w->sock.peer : w->sock.local, &a[i].in.sin_addr, 4);
		else
			memcpy(i ? w->sock.peer : w->sock.local, &a[i].in6.sin6_addr, 16);
	}
	++*count;
}

static void see_inet(int type, const char *proto)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int l = socket(AF_INET, type, 0), c = socket(AF_INET, type, 0);
	socklen_t len = sizeof(a);

	if (bind(l, (void *)&a, len) || getsockname(l, (void *)&a, &len) || (type == SOCK_STREAM && listen(l, 1)))
		_exit(97);
	snprintf(wants[*count].sock.proto, sizeof(wants->sock.proto), "%s", proto);
	see_connect(c, &a, sizeof(a));
}

static void see_inet6(int type, const char *proto)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int l = socket(AF_INET6, type, 0), c = socket(AF_INET6, type, 0);
	socklen_t len = sizeof(a);

	if (bind(l, (void *)&a, len) || getsockname(l, (void *)&a, &len) || (type == SOCK_STREAM && listen(l, 1)))
		_exit(98);
	snprintf(wants[*count].sock.proto, sizeof(wants->sock.proto), "%s", proto);
	see_connect(c, &a, sizeof(a));
}

static void see_unix(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0rec_opened" };
	int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 11;

	if (bind(l, (void *)&a, len) || listen(l, 1))
		_exit(99);
	see_connect(c, &a, len);
}

static void child(void)
{
	proc = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	see_lengths();
	see_depths();
	see_kinds();
	see_mounts();
	see_shared();
	see_inet(SOCK_STREAM, "TCP");
	see_inet(SOCK_DGRAM, "UDP");
	see_inet6(SOCK_STREAM, "TCPv6");
	see_inet6(SOCK_DGRAM, "UDPv6");
	see_unix();
	see_jail();
	_exit(0);
}

/* ---- evaluation of the records */

static const struct linx_fd *described(const struct linx_rec *rec)
{
	const struct linx_val *v = rec_val(rec, rec->nr == SYS_openat ? LINX_FIELD_FD_RESULT : LINX_FIELD_FD);

	return v && LINX_VAL_KIND(v->info) == LINX_VAL_FD ? (const struct linx_fd *)val_bytes(v) : NULL;
}

static void check_path(const struct linx_fd *d, const struct want *w)
{
	const char *path = (const char *)(d + 1);
	size_t len = strlen(w->path), mark = strlen(" (deleted)");
	bool dead = len > mark && !strcmp(w->path + len - mark, " (deleted)") && !w->st.st_nlink;

	is(d->rdev, S_ISCHR(w->st.st_mode) || S_ISBLK(w->st.st_mode) ?
			    major(w->st.st_rdev) << 20 | minor(w->st.st_rdev) : 0, "its device");
	is(d->detail, 0, "no details");
	if (!dev_has_paths) {
		is(d->path_state, LINX_UNAVAILABLE, "a path that cannot be recorded");
		return;
	}
	is(d->path_state, LINX_WHOLE, "state of the path");
	ok(d->path_len == len && !memcmp(path, w->path, len), "path is %.60s, of %zu", w->path, len);
	if (!S_ISDIR(w->st.st_mode))
		is(!!(d->flags & LINX_FD_DELETED), dead, "deleted");
}

static void check_peer(const struct linx_fd *d, const struct want *w)
{
	const struct linx_sock *s = (const struct linx_sock *)(d + 1);

	is(d->path_state, LINX_ABSENT, "no path");
	is(d->detail, sizeof(*s), "addresses are there");
	is(s->family, w->sock.family, "family");
	is(s->local_port, w->sock.local_port, "port");
	is(s->peer_port, w->sock.peer_port, "port of the peer");
	ok(!memcmp(s->local, w->sock.local, 16), "address");
	ok(!memcmp(s->peer, w->sock.peer, 16), "address of the peer");
	ok(!w->sock.proto[0] || !memcmp(s->proto, w->sock.proto, sizeof(s->proto)), "protocol is %.32s", s->proto);
}

static void check(const struct linx_rec *rec, const struct want *w)
{
	const struct linx_fd *d = described(rec);

	if (!ok(d && rec_is_tidy(rec), "%.60s: recorded, in a tidy record", w->path))
		return;
	is(d->fd, w->fd, "number");
	is(d->dev, major(w->st.st_dev) << 20 | minor(w->st.st_dev), "device");
	is(d->ino, w->st.st_ino, "inode");
	is(d->flags & LINX_FD_CLOEXEC, w->cloexec ? LINX_FD_CLOEXEC : 0, "close-on-exec");
	is(d->pid, 0, "no process");
	if (rec->nr == SYS_openat)
		check_path(d, w);
	else
		check_peer(d, w);
}

static void check_all(bool everybody)
{
	const struct linx_rec *rec = NULL;
	struct traced t;
	int n = 0;

	*count = 0;
	memset(wants, 0, WANTS * sizeof(*wants));
	traced_everybody = everybody;
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_RESOLVED }, child);
	is(t.status, 0, "the child's exit status");
	while ((rec = rec_of(&t.log, rec, t.pid, LINX_REC_EXIT))) {
		uint64_t mark = rec->nargs > 2 ? rec_args(rec)[rec->nr == SYS_openat ? 3 : 2] : 0;

		if ((rec->nr != SYS_openat && rec->nr != SYS_connect) || (mark >> 32 & ~0xffffU) != MARK)
			continue;
		check(rec, &wants[mark >> 32 & 0xffff]);
		n++;
	}
	is(n, *count, "all were recorded");
	traced_end(&t);
	if (system("rm -rf " DIR "/*"))
		die("rm");
}

/* ---- a seccomp filter answers connect in place of the kernel: a descriptor opened with O_PATH has no peer */

#define REAL 1
#define PATH_ALONE 2

static void answered(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(4242) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), path;
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	path = open(link, O_PATH);
	if (connect(fd, (void *)&a, sizeof(a)) || path < 0 || connect(path, (void *)&a, sizeof(a)) != -1 || errno != EBADF)
		_exit(102);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || answer_call(SYS_connect, SECCOMP_RET_ERRNO | 0))
		_exit(101);
	if (syscall(SYS_connect, fd, &a, (uint64_t)REAL << 32 | sizeof(a)) ||
	    syscall(SYS_connect, path, &a, (uint64_t)PATH_ALONE << 32 | sizeof(a)))
		_exit(103);
	_exit(0);
}

static void check_answered(bool everybody)
{
	const struct linx_rec *rec = NULL;
	unsigned int n[PATH_ALONE + 1] = { 0 }, peers[PATH_ALONE + 1] = { 0 };
	struct traced t;

	traced_everybody = everybody;
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_RESOLVED }, answered);
	is(t.status, 0, "the child's exit status");
	while ((rec = rec_exit_of(&t.log, rec, t.pid, SYS_connect))) {
		uint64_t which = rec_args(rec)[2] >> 32;

		if (!which || which > PATH_ALONE)
			continue;
		n[which]++;
		peers[which] += described(rec) != NULL;
		is(rec_ret(rec), 0, "connect %d: the answer", (int)which);
	}
	is(n[REAL], 1, "a connect that a filter answers");
	is(peers[REAL], 1, "its peer");
	is(n[PATH_ALONE], 1, "the same of a descriptor for the path alone");
	is(peers[PATH_ALONE], 0, "no peer");
	traced_end(&t);
}

/* ---- directories that are renamed all the time */

#define OPENS 4000
static volatile int *opening; /* shared memory: 1: the child has begun to open files, 2: it has finished */
static const char *const names[2] = { DIR "/short", DIR "/a name that is kept outside of its entry: more than forty bytes" };

static void renames(void)
{
	on_cpu(0);
	while (*opening < 2) {
		rename(names[0], names[1]);
		rename(names[1], names[0]);
	}
	_exit(0);
}

static void opens(void)
{
	int dir = open(names[0], O_RDONLY | O_DIRECTORY);
	pid_t pid = fork();

	if (!pid)
		renames();
	for (int i = 0; i < OPENS; i++)
		close((int)syscall(SYS_openat, dir, "file", O_RDONLY));
	*opening = 2;
	_exit(reap(pid));
}

static void storm(void)
{
	const struct linx_rec *rec = NULL;
	unsigned int n[2] = { 0, 0 }, other = 0;
	struct traced t;

	mkdir(names[0], 0700);
	close(open(DIR "/short/file", O_CREAT | O_RDWR, 0600));
	*opening = 1;
	traced_everybody = true;
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_RESOLVED, .ring_size = 1 << 25 }, opens);
	is(t.status, 0, "the child's exit status");
	while ((rec = rec_exit_of(&t.log, rec, t.pid, SYS_openat))) {
		const struct linx_fd *d = described(rec);
		char want[128];
		int i;

		if (!d || strcmp(rec_str(rec, 1), "file"))
			continue;
		for (i = 0; i < 2; i++) {
			snprintf(want, sizeof(want), "%s/file", names[i]);
			if (d->path_len == strlen(want) && !memcmp(d + 1, want, strlen(want)))
				break;
		}
		if (i < 2)
			n[i]++;
		else
			other++;
	}
	if (dev_has_paths)
		is(n[0] + n[1], OPENS, "each path was one of the two: %u, %u", n[0], n[1]);
	is(other, dev_has_paths ? 0 : OPENS, "no other");
	traced_end(&t);
}

int main(void)
{
	wants = shared(WANTS * sizeof(*wants));
	count = shared(sizeof(*count));
	opening = shared(sizeof(*opening));
	if (mkdir(DIR, 0700))
		die("mkdir");
	check_all(true);
	check_all(false);
	check_answered(true);
	check_answered(false);
	storm();
	return tap_end();
}
