// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of descriptors of every kind: each is described as by /proc, fstat, getsockname and getpeername. Then other
 * threads close and replace descriptors all the time: the module keeps no reference that would make a file system busy.
 * Built for the 64-bit ABI only (native only).
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include "rec.h"

#define MARK 0x4d41524bULL /* third argument of fcntl(F_GETFD): marks a call; its lower bits are an index into wants */
#define WANTS 40

struct want {
	char name[32], path[4200], detail[200];
	int fd, type;
	bool cloexec, deleted;
	struct stat st;
	struct linx_sock sock;
};

static struct want *wants; /* shared memory */
static volatile int *count; /* shared memory: number of entries in wants */

/* Notes the expected description and makes the call whose record must hold it. */
static struct want *note(const char *name, int fd, int type)
{
	struct want *w = &wants[*count];
	char link[64];

	snprintf(w->name, sizeof(w->name), "%s", name);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	w->fd = fd;
	w->type = type;
	if (fd < 0 || readlink(link, w->path, sizeof(w->path) - 1) < 0 || fstat(fd, &w->st))
		_exit(50 + *count);
	w->deleted = strstr(w->path, " (deleted)");
	w->cloexec = fcntl(fd, F_GETFD) & FD_CLOEXEC;
	return w;
}

static void ask(struct want *w)
{
	syscall(SYS_fcntl, w->fd, F_GETFD, MARK << 32 | (w - wants));
	++*count;
}

static void see(const char *name, int fd, int type)
{
	ask(note(name, fd, type));
}

static void see_files(void)
{
	char path[] = "/tmp/fd/file \"<>\n\303\251", deep[4096] = "/tmp/fd";

	mkdir("/tmp/fd", 0700);
	see("a file", open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600), LINX_FD_FILE);
	see("a directory", open("/tmp/fd", O_RDONLY), LINX_FD_DIR);
	see("only its path", open(path, O_PATH), LINX_FD_FILE);
	symlink("file", "/tmp/fd/link");
	see("a link", open("/tmp/fd/link", O_PATH | O_NOFOLLOW), LINX_FD_LINK);
	mkfifo("/tmp/fd/fifo", 0600);
	see("a named pipe", open("/tmp/fd/fifo", O_RDWR), LINX_FD_PIPE);
	see("a device", open("/dev/null", O_RDWR), LINX_FD_CHAR);
	mknod("/tmp/fd/block", S_IFBLK | 0600, makedev(7, 0));
	see("a block device, its path alone", open("/tmp/fd/block", O_PATH), LINX_FD_BLOCK);
	see("a file of /proc", open("/proc/self/status", O_RDONLY), LINX_FD_FILE);
	unlink(path);
	see("a deleted file", 0 + open("/tmp/fd/x (deleted)", O_CREAT | O_RDWR, 0600),
	    LINX_FD_FILE);
	wants[*count - 1].deleted = false; /* false, since " (deleted)" is the end of the file's own name */
	unlink("/tmp/fd/x (deleted)");
	see("no name any more", wants[*count - 1].fd, LINX_FD_FILE);
	see("no name from the start", open("/tmp", O_TMPFILE | O_RDWR, 0600), LINX_FD_FILE);
	see("memory", (int)syscall(SYS_memfd_create, "name", 0), LINX_FD_FILE);
	for (int i = 0; i < 14; i++) {
		strcat(deep, "/");
		memset(deep + strlen(deep), 'a' + i, 250);
		mkdir(deep, 0700);
	}
	see("a long path", open(deep, O_RDONLY), LINX_FD_DIR);
}

/* Checks that the master of a terminal is described with the terminal's number. */
static void see_terminal(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	unsigned int number;

	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		_exit(43);
	snprintf(wants[*count].detail, sizeof(wants->detail), "tty-index:\t%u\n", number);
	see("a terminal's master", master, LINX_FD_CHAR);
}

static void see_anonymous(void)
{
	sigset_t set;
	int fds[2];

	if (pipe(fds))
		_exit(40);
	see("a pipe", fds[0], LINX_FD_PIPE);
	see("epoll", epoll_create1(0), LINX_FD_ANON);
	see("a timer", timerfd_create(CLOCK_MONOTONIC, 0), LINX_FD_ANON);
	snprintf(wants[*count].detail, sizeof(wants->detail), "eventfd-count:               2a\n");
	see("eventfd", eventfd(42, 0), LINX_FD_EVENTFD);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	snprintf(wants[*count].detail, sizeof(wants->detail), "sigmask:\t0000000000000200\n");
	see("signalfd", signalfd(-1, &set, 0), LINX_FD_SIGNALFD);
	see("pidfd", (int)syscall(SYS_pidfd_open, getpid(), 0), LINX_FD_PIDFD);
	see("a namespace", open("/proc/self/ns/net", O_RDONLY), LINX_FD_FILE);
}

/* Stores the addresses of a socket that getsockname and getpeername return as the expected ones. */
static void name_inet(struct want *w)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a[2];
	uint8_t *to[2] = { w->sock.local, w->sock.peer };
	uint16_t *port[2] = { &w->sock.local_port, &w->sock.peer_port };
	socklen_t len;

	memset(a, 0, sizeof(a));
	len = sizeof(a[0]);
	getsockname(w->fd, (struct sockaddr *)&a[0], &len);
	w->sock.family = a[0].in.sin_family;
	len = sizeof(a[1]);
	if (getpeername(w->fd, (struct sockaddr *)&a[1], &len))
		memset(&a[1], 0, sizeof(a[1]));
	for (int i = 0; i < 2; i++) {
		*port[i] = ntohs(a[i].in.sin_port);
		if (w->sock.family == AF_INET6)
			memcpy(to[i], &a[i].in6.sin6_addr, 16);
		else
			memcpy(to[i], &a[i].in.sin_addr, 4);
	}
}

static void see_socket(const char *name, int fd, int type, const char *proto)
{
	struct want *w = note(name, fd, LINX_FD_SOCKET);

	w->sock.type = type;
	snprintf(w->sock.proto, sizeof(w->sock.proto), "%s", proto);
	name_inet(w);
	ask(w);
}

static void see_inet(int family, const char *tcp, const char *udp)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *sa = family == AF_INET ? (struct sockaddr *)&a : (struct sockaddr *)&a6;
	socklen_t len = family == AF_INET ? sizeof(a) : sizeof(a6);
	int l = socket(family, SOCK_STREAM, 0), c = socket(family, SOCK_STREAM, 0), u, s;

	see_socket("new", l, SOCK_STREAM, tcp);
	if (bind(l, sa, len) || listen(l, 5) || getsockname(l, sa, &len))
		_exit(41);
	see_socket("listens", l, SOCK_STREAM, tcp);
	if (connect(c, sa, len))
		_exit(42);
	s = accept(l, NULL, NULL);
	see_socket("connected", c, SOCK_STREAM, tcp);
	see_socket("accepted", s, SOCK_STREAM, tcp);
	u = socket(family, SOCK_DGRAM, 0);
	if (connect(u, sa, len))
		_exit(43);
	see_socket("datagrams", u, SOCK_DGRAM, udp);
}

static struct want *see_unix(const char *name, int fd, int type)
{
	struct want *w = note(name, fd, LINX_FD_SOCKET);
	struct sockaddr_un a;
	socklen_t len = sizeof(a);

	w->sock.family = AF_UNIX;
	w->sock.type = type;
	getsockname(fd, (struct sockaddr *)&a, &len);
	w->sock.name_len = len - offsetof(struct sockaddr_un, sun_path);
	memcpy(w->detail, a.sun_path, w->sock.name_len);
	return w;
}

static uint64_t inode(int fd)
{
	struct stat st;

	fstat(fd, &st);
	return st.st_ino;
}

static void see_local(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/tmp/fd/socket" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0abstract" };
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(nl);
	int pair[2], l = socket(AF_UNIX, SOCK_SEQPACKET, 0), n;
	struct want *w;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		_exit(44);
	w = see_unix("a pair", pair[0], SOCK_STREAM);
	w->sock.peer_ino = inode(pair[1]);
	ask(w);
	close(pair[1]);
	ask(see_unix("its end is closed", pair[0], SOCK_STREAM));
	bind(l, (struct sockaddr *)&a, sizeof(a));
	ask(see_unix("has a path", l, SOCK_SEQPACKET));
	l = socket(AF_UNIX, SOCK_DGRAM, 0);
	bind(l, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 9);
	ask(see_unix("has an abstract name", l, SOCK_DGRAM));
	n = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	bind(n, (struct sockaddr *)&nl, sizeof(nl));
	getsockname(n, (struct sockaddr *)&nl, &len);
	w = note("netlink", n, LINX_FD_SOCKET);
	w->sock.family = AF_NETLINK;
	w->sock.type = SOCK_RAW;
	w->sock.portid = nl.nl_pid;
	snprintf(w->sock.proto, sizeof(w->sock.proto), "NETLINK");
	ask(w);
}

static void child(void)
{
	see_files();
	see_terminal();
	see_anonymous();
	see_inet(AF_INET, "TCP", "UDP");
	see_inet(AF_INET6, "TCPv6", "UDPv6");
	see_local();
	_exit(0);
}

/* ---- checks of the descriptions in the records */

static const struct linx_fd *fd_of(const struct linx_rec *rec, int fd, const struct linx_val **val)
{
	const struct linx_val *v = rec_first(rec);
	const struct linx_fd *found = NULL;

	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
		const struct linx_fd *d = (const struct linx_fd *)val_bytes(v);

		if (LINX_VAL_KIND(v->info) != LINX_VAL_FD || d->fd != fd)
			continue;
		ok(!found, "a descriptor is recorded once");
		found = d;
		*val = v;
	}
	return found;
}

static const char *details(const struct linx_fd *d)
{
	return (const char *)(d + 1);
}

static const char *path(const struct linx_fd *d)
{
	return details(d) + (d->detail + 7u) / 8 * 8;
}

static void check_socket(const struct linx_fd *d, const struct want *w)
{
	const struct linx_sock *s = (const struct linx_sock *)details(d);

	if (!is(d->detail, sizeof(*s) + w->sock.name_len, "%s: addresses are there", w->name))
		return;
	is(s->family, w->sock.family, "%s: family", w->name);
	is(s->type, w->sock.type, "%s: type", w->name);
	is(s->local_port, w->sock.local_port, "%s: port", w->name);
	is(s->peer_port, w->sock.peer_port, "%s: port of the peer", w->name);
	ok(!memcmp(s->local, w->sock.local, 16), "%s: address", w->name);
	ok(!memcmp(s->peer, w->sock.peer, 16), "%s: address of the peer", w->name);
	is(s->peer_ino, dev_has_paths ? w->sock.peer_ino : 0, "%s: inode of the peer", w->name);
	is(s->portid, dev_has_paths ? w->sock.portid : 0, "%s: port id", w->name);
	ok(!memcmp(s + 1, w->detail, w->sock.name_len), "%s: name", w->name);
	ok(!w->sock.proto[0] || !strcmp(s->proto, w->sock.proto), "%s: protocol is %s", w->name,
	   s->proto);
}

static void check(const struct linx_rec *rec, const struct want *w, pid_t pid, bool paths)
{
	const struct linx_val *v;
	const struct linx_fd *d = fd_of(rec, w->fd, &v);
	int dead = w->path[0] && w->deleted ? LINX_FD_DELETED : 0;

	if (!ok(d, "%s: is recorded", w->name))
		return;
	ok(rec_is_tidy(rec), "%s: the record is tidy", w->name);
	is(v->arg, LINX_FIELD_FD, "%s: as argument 0", w->name);
	is(d->type, w->type, "%s: type", w->name);
	is(d->flags, (w->cloexec ? LINX_FD_CLOEXEC : 0) | (paths && dev_has_paths ? dead : 0), "%s: flags", w->name);
	is(d->dev, major(w->st.st_dev) << 20 | minor(w->st.st_dev), "%s: device", w->name);
	is(d->ino, w->st.st_ino, "%s: inode", w->name);
	is(d->rdev, major(w->st.st_rdev) << 20 | minor(w->st.st_rdev), "%s: its device", w->name);
	is(d->pid, w->type == LINX_FD_PIDFD ? pid : 0, "%s: process", w->name);
	if (paths && !dev_has_paths) {
		is(d->path_state, LINX_UNAVAILABLE, "%s: state of the path that cannot be recorded", w->name);
		is(d->path_len, 0, "%s: no path", w->name);
	} else if (paths) {
		is(d->path_state, LINX_WHOLE, "%s: state of the path", w->name);
		ok(d->path_len == strlen(w->path) && !memcmp(path(d), w->path, d->path_len),
		   "%s: path is %.*s", w->name, d->path_len < 200 ? d->path_len : 200, path(d));
	}
	if (w->type == LINX_FD_SOCKET)
		check_socket(d, w);
	else if (!dev_has_paths)
		is(d->detail, 0, "%s: no details", w->name);
	else
		ok(d->detail >= strlen(w->detail) &&
			   !memcmp(details(d), w->detail, strlen(w->detail)),
		   "%s: details are %.*s", w->name, d->detail, details(d));
}

static void check_all(struct traced *t, bool paths)
{
	const struct linx_rec *rec = NULL;
	int n = 0;

	while ((rec = rec_of(&t->log, rec, t->pid, LINX_REC_ENTER))) {
		if (rec->nr != SYS_fcntl || rec_args(rec)[2] >> 32 != MARK)
			continue;
		check(rec, &wants[(uint32_t)rec_args(rec)[2]], t->pid, paths);
		n++;
	}
	is(n, *count, "all descriptors were asked for");
}

/* ---- descriptors in results, pairs and arrays, and the working directory */

/* Makes calls with a set of descriptors, with a control message that is sent, and with one that is received. */
static void child_sets(const int *fds, int n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { .head = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct timespec now = { 0, 0 };
	int pair[2];
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fds[1], &set);
	syscall(SYS_pselect6, fds[1] + 1, NULL, &set, NULL, &now, NULL);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	control.head.cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(&control.head), (int[]){ n, fds[0] }, 2 * sizeof(int));
	syscall(SYS_sendmsg, pair[0], &m, 0);
	syscall(SYS_recvmsg, pair[1], &m, 0);
}

static void child_calls(void)
{
	struct timespec now = { 0, 0 };
	struct pollfd p[3];
	int fds[2], n;

	chdir("/proc");
	n = open("self/status", O_RDONLY);
	syscall(SYS_dup3, n, 100, 0);
	syscall(SYS_dup3, 1, 100, 0);
	syscall(SYS_close, 100);
	syscall(SYS_pipe2, fds, 0);
	for (int i = 0; i < 3; i++)
		p[i] = (struct pollfd){ .fd = i < 2 ? fds[i] : -1 };
	syscall(SYS_ppoll, p, 3, &now, NULL, 0);
	syscall(SYS_close, 12345);
	child_sets(fds, n);
	_exit(n < 0);
}

static bool describes(const struct linx_rec *rec, int fd, unsigned int field, const char *want)
{
	const struct linx_val *v;
	const struct linx_fd *d = rec ? fd_of(rec, fd, &v) : NULL;

	if (d && !dev_has_paths)
		return v->arg == field && d->path_state == LINX_UNAVAILABLE;
	return d && v->arg == field && d->path_len >= strlen(want) &&
	       !memcmp(path(d), want, strlen(want));
}

static const struct linx_rec *nth(struct traced *t, unsigned int kind, int nr, int n)
{
	const struct linx_rec *rec = NULL;

	while ((rec = rec_of(&t->log, rec, t->pid, kind)))
		if (rec->nr == nr && !n--)
			return rec;
	return NULL;
}

static void check_sets(struct traced *t, int fd, const char *status)
{
	const struct linx_rec *select_in = nth(t, LINX_REC_ENTER, SYS_pselect6, 0);
	const struct linx_rec *pipe_out = nth(t, LINX_REC_EXIT, SYS_pipe2, 0);
	const struct linx_rec *send_in = nth(t, LINX_REC_ENTER, SYS_sendmsg, 0);
	const struct linx_rec *recv_out = nth(t, LINX_REC_EXIT, SYS_recvmsg, 0);
	const struct linx_val *v;
	const int *ends;

	if (!ok(select_in && pipe_out && send_in && recv_out, "all were recorded"))
		return;
	ends = (const int *)val_bytes(rec_val(pipe_out, 0));
	ok(!fd_of(select_in, ends[0], &v), "not in the set");
	ok(describes(select_in, ends[1], LINX_FIELD_FD_MEMORY, "pipe:["), "in the set");
	ok(describes(send_in, fd, LINX_FIELD_FD_MEMORY, status), "sent");
	ok(describes(send_in, ends[0], LINX_FIELD_FD_MEMORY, "pipe:["), "sent too");
	/* The numbers after the pipe are those of the socket pair (+1, +2) and of the received descriptors (+3, +4). */
	ok(describes(recv_out, ends[1] + 3, LINX_FIELD_FD_MEMORY, status), "received");
	ok(describes(recv_out, ends[1] + 4, LINX_FIELD_FD_MEMORY, "pipe:["), "received too");
}

static void check_calls(struct traced *t)
{
	const struct linx_rec *open_in = nth(t, LINX_REC_ENTER, SYS_openat, 0);
	const struct linx_rec *open_out = nth(t, LINX_REC_EXIT, SYS_openat, 0);
	const struct linx_rec *pipe_out = nth(t, LINX_REC_EXIT, SYS_pipe2, 0);
	const struct linx_rec *poll_in = nth(t, LINX_REC_ENTER, SYS_ppoll, 0);
	const struct linx_rec *bad = nth(t, LINX_REC_ENTER, SYS_close, 1);
	char status[32];
	const struct linx_val *v;
	int fd = open_out ? rec_ret(open_out) : -1;

	snprintf(status, sizeof(status), "/proc/%d/status", t->pid);
	if (dev_has_paths)
		ok(describes(open_in, LINX_FD_CWD, LINX_FIELD_FD, "/proc"), "the working directory");
	else
		ok(open_in && !fd_of(open_in, LINX_FD_CWD, &v), "the working directory, which cannot be recorded");
	ok(open_out && !fd_of(open_out, LINX_FD_CWD, &v), "not again at return");
	ok(describes(open_out, fd, LINX_FIELD_FD_RESULT, status), "a result");
	ok(!fd_of(nth(t, LINX_REC_ENTER, SYS_dup3, 0), 100, &v), "not open yet");
	ok(describes(nth(t, LINX_REC_EXIT, SYS_dup3, 0), 100, LINX_FIELD_FD_RESULT, status), "a copy");
	ok(describes(nth(t, LINX_REC_ENTER, SYS_dup3, 1), 100, LINX_FIELD_FD + 1, status),
	   "before it is replaced");
	ok(!dev_has_paths || !describes(nth(t, LINX_REC_EXIT, SYS_dup3, 1), 100, LINX_FIELD_FD_RESULT, status),
	   "and after");
	ok(nth(t, LINX_REC_ENTER, SYS_close, 0) && nth(t, LINX_REC_ENTER, SYS_close, 0)->nvals == 1,
	   "recorded before it is closed");
	ok(pipe_out && pipe_out->nvals == 3, "both ends of a pipe");
	ok(bad && !bad->nvals, "nothing to record of what is not open");
	check_sets(t, fd, status);
	if (poll_in && pipe_out) {
		const int *ends = (const int *)val_bytes(rec_val(pipe_out, 0));

		ok(describes(poll_in, ends[0], LINX_FIELD_FD_MEMORY, "pipe:["), "one end in an array");
		ok(describes(poll_in, ends[1], LINX_FIELD_FD_MEMORY, "pipe:["), "and the other");
	}
}

/* ---- descriptors of another process, which are described only if the kernel lets the caller see them */

static void child_foreign(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fds[2], ep = epoll_create1(0), other;
	pid_t root = getppid();
	uint32_t slot[3];

	if (pipe(fds) || epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev))
		_exit(1);
	slot[0] = (uint32_t)ep;
	slot[1] = (uint32_t)fds[0];
	slot[2] = 0;
	other = (int)syscall(SYS_pidfd_open, root, 0);
	if (syscall(SYS_kcmp, getpid(), root, 0 /* KCMP_FILE */, fds[1], 1) < 0)
		_exit(2);
	if (syscall(SYS_kcmp, getpid(), getpid(), 7 /* KCMP_EPOLL_TFD */, fds[0], slot))
		_exit(3);
	if (syscall(SYS_pidfd_getfd, other, 1, 0) < 0)
		_exit(4);
	if (setuid(65534))
		_exit(5);
	if (syscall(SYS_kcmp, root, getpid(), 0, 1, fds[1]) != -1 || errno != EPERM)
		_exit(6);
	if (syscall(SYS_pidfd_getfd, other, 1, 0) != -1 || errno != EPERM)
		_exit(7);
	_exit(0);
}

static unsigned int described_of_others(const struct linx_rec *rec)
{
	const struct linx_val *v = rec ? rec_first(rec) : NULL;
	unsigned int n = 0;

	for (unsigned int i = 0; rec && i < rec->nvals; i++, v = val_next(v))
		n += LINX_VAL_KIND(v->info) == LINX_VAL_FD &&
		     ((const struct linx_fd *)val_bytes(v))->flags & LINX_FD_FOREIGN;
	return n;
}

static void check_foreign(struct traced *t)
{
	static const struct {
		const char *what;
		int nr, n;
		unsigned int described;
	} calls[] = {
		{ "kcmp", SYS_kcmp, 0, 2 },
		{ "kcmp of what epoll watches", SYS_kcmp, 1, 2 },
		{ "pidfd_getfd", SYS_pidfd_getfd, 0, 1 },
		{ "kcmp, refused, of which one is its own", SYS_kcmp, 2, 1 },
		{ "pidfd_getfd, refused", SYS_pidfd_getfd, 1, 0 },
	};

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct linx_rec *in = nth(t, LINX_REC_ENTER, calls[i].nr, calls[i].n);
		const struct linx_rec *out = nth(t, LINX_REC_EXIT, calls[i].nr, calls[i].n);

		if (!ok(in && out, "%s: was recorded", calls[i].what))
			continue;
		is(described_of_others(in), 0, "%s: nothing before the kernel allows it", calls[i].what);
		is(described_of_others(out), dev_has_paths ? calls[i].described : 0, "%s: recorded at return", calls[i].what);
	}
}

/* ---- descriptors that are opened and closed concurrently */

#define LOW 200
#define NUMBERS 4
static volatile bool *go;

static void *change(void *arg)
{
	char name[32];

	for (unsigned int i = (uintptr_t)arg; *go; i++) {
		int fd;

		snprintf(name, sizeof(name), "/tmp/busy/%u", i % 3);
		fd = open(name, O_CREAT | O_RDWR, 0600);
		dup2(fd, LOW + i % NUMBERS);
		close(fd);
		if (i % 5 == 0)
			close(LOW + i % NUMBERS);
		if (i % 7 == 0)
			unlink(name);
		if (i % 11 == 0) {
			fd = socket(AF_UNIX, SOCK_STREAM, 0);
			dup2(fd, LOW + i % NUMBERS);
			close(fd);
		}
	}
	return NULL;
}

static void *use(void *arg)
{
	struct pollfd p[NUMBERS];
	char c;

	(void)arg;
	while (*go) {
		for (int i = 0; i < NUMBERS; i++) {
			p[i] = (struct pollfd){ .fd = LOW + i, .events = POLLIN };
			syscall(SYS_fcntl, LOW + i, F_GETFL);
			syscall(SYS_pread64, LOW + i, &c, 1, 0);
		}
		poll(p, NUMBERS, 0);
	}
	return NULL;
}

static void child_busy(void)
{
	pthread_t t[4];

	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, i < 2 ? change : use, (void *)i);
	sleep_ms(4000);
	*go = false;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	_exit(0);
}

/* Checks that every description is complete, although other threads close and replace the descriptors meanwhile. */
static void check_busy(struct traced *t)
{
	const struct linx_rec *rec = NULL;
	unsigned long n = 0, bad = 0;

	while ((rec = rec_of(&t->log, rec, 0, 0))) {
		const struct linx_val *v = rec_first(rec);

		if (!rec_is_call(rec))
			continue;
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			const struct linx_fd *d = (const struct linx_fd *)val_bytes(v);

			if (LINX_VAL_KIND(v->info) != LINX_VAL_FD)
				continue;
			n++;
			if (v->size != path(d) - (const char *)d + d->path_len ||
			    d->path_state != (dev_has_paths ? LINX_WHOLE : LINX_UNAVAILABLE) || !d->ino)
				bad++;
		}
		bad += !rec_is_tidy(rec);
	}
	ok(n > 1000, "%lu descriptors were recorded", n);
	is(bad, 0, "all of them complete");
}

#define BOTH (LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS)

int main(void)
{
	struct traced t;

	wants = shared(WANTS * sizeof(*wants));
	count = shared(sizeof(*count));
	go = shared(sizeof(*go));
	*go = true;
	traced_run(&t, (struct linx_setup){ .flags = BOTH, .snap_bytes = 64 }, child);
	is(t.status, 0, "the child's exit status");
	check_all(&t, true);
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_FD_PATHS, .snap_bytes = 64 },
		   child_calls);
	is(t.status, 0, "the child's exit status");
	check_calls(&t);
	traced_run(&t, (struct linx_setup){ .flags = BOTH, .snap_bytes = 64 }, child_foreign);
	is(t.status, 0, "the child's exit status");
	check_foreign(&t);
	if (mkdir("/tmp/busy", 0700) || mount("none", "/tmp/busy", "tmpfs", 0, NULL))
		die("mount");
	traced_run(&t, (struct linx_setup){ .flags = BOTH, .ring_size = 1 << 25 }, child_busy);
	is(t.status, 0, "the child's exit status");
	check_busy(&t);
	fails(umount("/tmp/busy"), 0, "nobody holds a file any more");
	return tap_end();
}
