// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes calls, and then the corresponding operations through an io_uring, in the same order and with the same
 * descriptors.
 * usage: uring_same ring|sqpoll|async    prints the names of operations that this kernel does not have
 *        uring_same others               operations whose files have no descriptors, and commands of other files
 */
/* native only: no 32-bit variant is built, because the structures here are those of the 64-bit ABI */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "ring_ops.h"

#define OP_URING_CMD 46
#define OP_FIXED_FD_INSTALL 54 /* since Linux 6.8 */
#define OP_RECV_ZC 58 /* since Linux 6.15 */
#define OP_PIPE 62 /* since Linux 6.16 */
#define GETSOCKOPT 2 /* since Linux 6.7 */
#define SETSOCKOPT 3
#define INDEX_ALLOC ~0u

static struct ops o;
static bool by_ring;
static uint8_t entry_flags;
static uint64_t number;

static struct io_uring_sqe *entry(int opcode, int fd, const void *addr, unsigned int len, uint64_t off)
{
	struct io_uring_sqe *e = ops_entry(&o, opcode, fd, addr, len, off);

	e->flags = entry_flags;
	e->user_data = ++number;
	return e;
}

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

/* ---- each by call or by io_uring ------------------------------------------------------ */

static int make_openat(const char *path, int flags)
{
	if (!by_ring)
		return result(syscall(SYS_openat, AT_FDCWD, path, flags, 0600));
	entry(IORING_OP_OPENAT, AT_FDCWD, path, 0600, 0)->open_flags = (uint32_t)flags;
	return ops_do(&o);
}

static int make_openat2(const char *path, struct open_how *how)
{
	if (!by_ring)
		return result(syscall(SYS_openat2, AT_FDCWD, path, how, sizeof(*how)));
	entry(IORING_OP_OPENAT2, AT_FDCWD, path, sizeof(*how), (uintptr_t)how);
	return ops_do(&o);
}

static int make_socket(int family, int type)
{
	if (!by_ring)
		return result(socket(family, type, 0));
	entry(IORING_OP_SOCKET, family, NULL, 0, (uint64_t)type);
	return ops_do(&o);
}

static int make_connect(int fd, const void *to, unsigned int len)
{
	if (!by_ring)
		return result(connect(fd, to, len));
	entry(IORING_OP_CONNECT, fd, to, 0, len);
	return ops_do(&o);
}

static int make_accept(int fd, struct sockaddr_in *from)
{
	socklen_t len = sizeof(*from);

	if (!by_ring)
		return result(accept4(fd, (struct sockaddr *)from, &len, SOCK_CLOEXEC));
	entry(IORING_OP_ACCEPT, fd, from, 0, (uintptr_t)&len)->accept_flags = SOCK_CLOEXEC;
	return ops_do(&o);
}

static int make_send(int fd, const void *data, unsigned int len)
{
	if (!by_ring)
		return result(send(fd, data, len, 0));
	entry(IORING_OP_SEND, fd, data, len, 0);
	return ops_do(&o);
}

static int make_pipe(int *fds)
{
	if (!by_ring)
		return result(pipe2(fds, O_CLOEXEC));
	entry(OP_PIPE, 0, fds, 0, 0)->rw_flags = O_CLOEXEC;
	return ops_do(&o);
}

/*
 * Fills an entry that reads or sets a socket option. Writes members by their offset, since older headers lack their
 * names.
 */
static struct io_uring_sqe *option(int fd, uint32_t command, int level, int name, const void *value, unsigned int len)
{
	struct io_uring_sqe *e = entry(OP_URING_CMD, fd, NULL, 0, command);

	e->addr = (uint32_t)level | (uint64_t)(uint32_t)name << 32;
	e->file_index = len;
	memcpy((char *)e + 48, &value, sizeof(value));
	return e;
}

static int make_setsockopt(int fd, int level, int name, const void *value, unsigned int len)
{
	if (!by_ring)
		return result(setsockopt(fd, level, name, value, len));
	option(fd, SETSOCKOPT, level, name, value, len);
	return ops_do(&o);
}

/* Returns the length of the option, which is the result of the io_uring's operation; the call itself returns 0. */
static int make_getsockopt(int fd, int name, void *value, socklen_t len)
{
	if (!by_ring)
		return getsockopt(fd, SOL_SOCKET, name, value, &len) ? -errno : (int)len;
	option(fd, GETSOCKOPT, SOL_SOCKET, name, value, len);
	return ops_do(&o);
}

/* ---- the steps -------------------------------------------------------------------------- */

static void must(bool is, const char *what)
{
	if (is)
		return;
	fprintf(stderr, "uring_same: %s by %s\n", what, by_ring ? "io_uring" : "call");
	exit(1);
}

static void files(void)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC };
	int fd = make_openat("/tmp/same/link", O_RDONLY), second;

	must(fd >= 0, "openat");
	second = make_openat2("/tmp/same/dir/../target", &how);
	must(second >= 0, "openat2");
	close(second);
	close(fd);
	fd = make_openat("/tmp/same/made", O_CREAT | O_WRONLY | O_CLOEXEC);
	must(fd >= 0, "openat that creates");
	close(fd);
	must(make_openat("/tmp/same/missing", O_RDONLY) == -ENOENT, "openat of nothing");
}

static void option_of(int fd)
{
	static struct sock_filter code[] = { { 0x6, 0, 0, 0xffffffff } };
	static struct sock_fprog program = { 1, code };
	static int size = 8192, got;
	int ret = make_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));

	if (by_ring && ret == -EOPNOTSUPP) {
		puts("sockopt");
		return;
	}
	must(!ret, "setsockopt");
	must(!make_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), "setsockopt with a filter");
	must(make_setsockopt(fd, IPPROTO_TCP, 9999, &size, sizeof(size)) == -ENOPROTOOPT, "setsockopt of nothing");
	must(make_getsockopt(fd, SO_RCVBUF, &got, sizeof(got)) == sizeof(got) && got == 2 * size, "getsockopt");
	must(make_getsockopt(fd, SO_TYPE, &got, sizeof(got)) == sizeof(got) && got == SOCK_STREAM, "getsockopt of the type");
}

static void sockets(void)
{
	static struct sockaddr_un nowhere = { AF_UNIX, "/tmp/same/no-such-socket" };
	static struct sockaddr_in in, from;
	int server = make_socket(AF_INET, SOCK_STREAM), client, taken, un;
	socklen_t len = sizeof(in);

	in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	must(server >= 0 && !bind(server, (struct sockaddr *)&in, sizeof(in)) && !listen(server, 1), "a server");
	getsockname(server, (struct sockaddr *)&in, &len);
	client = make_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	must(client >= 0, "socket");
	must(!make_connect(client, &in, sizeof(in)), "connect");
	taken = make_accept(server, &from);
	must(taken >= 0, "accept");
	option_of(client);
	un = make_socket(AF_UNIX, SOCK_STREAM);
	must(make_connect(un, &nowhere, sizeof(nowhere)) == -ENOENT, "connect to nothing");
	close(un);
	close(taken);
	close(client);
	close(server);
}

static void netlink(void)
{
	struct nlmsghdr head = { .nlmsg_len = sizeof(head), .nlmsg_type = NLMSG_NOOP, .nlmsg_flags = NLM_F_REQUEST };
	int fd = make_socket(AF_NETLINK, SOCK_RAW);

	must(fd >= 0 && make_send(fd, &head, sizeof(head)) == sizeof(head), "a message by netlink");
	close(fd);
}

static void pipes(void)
{
	static int fds[2];
	int ret = make_pipe(fds);

	if (by_ring && ret == -EINVAL) {
		puts("pipe");
		return;
	}
	must(!ret, "pipe2");
	close(fds[0]);
	close(fds[1]);
}

/* ---- files that have no descriptor ------------------------------------------------------ */

static int make_direct(struct io_uring_sqe *e)
{
	e->file_index = INDEX_ALLOC;
	return ops_do(&o);
}

static int say(const char *name, int ret)
{
	printf("%s %llu %d\n", name, (unsigned long long)number, ret);
	fflush(stdout);
	return ret;
}

/* Connects a socket that has only an index in the io_uring's own table. */
static void fixed_socket(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int server = socket(AF_INET, SOCK_STREAM, 0), index, size = 16384;
	socklen_t len = sizeof(in);
	struct io_uring_sqe *e;

	if (bind(server, (struct sockaddr *)&in, sizeof(in)) || listen(server, 1))
		exit(1);
	getsockname(server, (struct sockaddr *)&in, &len);
	index = say("socket", make_direct(entry(IORING_OP_SOCKET, AF_INET, NULL, 0, SOCK_STREAM)));
	e = entry(IORING_OP_CONNECT, index, &in, 0, sizeof(in));
	e->flags |= IOSQE_FIXED_FILE;
	say("connect", ops_do(&o));
	e = option(index, SETSOCKOPT, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	e->flags |= IOSQE_FIXED_FILE;
	say("setsockopt", ops_do(&o));
	close(server);
}

static int others(void)
{
	int table[8] = { -1, -1, -1, -1, -1, -1, -1, -1 }, fd, index, size = 4096;
	struct io_uring_sqe *e;

	if (syscall(SYS_io_uring_register, o.fd, IORING_REGISTER_FILES, table, 8))
		return 1;
	index = say("openat", make_direct(entry(IORING_OP_OPENAT, AT_FDCWD, "/tmp/same/target", 0, 0)));
	e = entry(OP_FIXED_FD_INSTALL, index, NULL, 0, 0);
	e->flags |= IOSQE_FIXED_FILE;
	fd = say("dup", ops_do(&o));
	close(fd);
	fixed_socket();
	fd = open("/dev/null", O_RDWR);
	option(fd, SETSOCKOPT, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	say("io_uring_enter", ops_do(&o));
	close(fd);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	entry(OP_RECV_ZC, fd, NULL, 0, 0)->ioprio = 2; /* IORING_RECV_MULTISHOT */
	say("recvfrom", ops_do(&o));
	option(fd, 99, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	say("io_uring_enter", ops_do(&o));
	return 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	umask(0);
	mkdir("/tmp/same", 0700);
	mkdir("/tmp/same/dir", 0700);
	close(open("/tmp/same/target", O_CREAT | O_RDWR, 0600));
	close(open("/tmp/same/made", O_CREAT | O_RDWR, 0600));
	if (symlink("target", "/tmp/same/link") && errno != EEXIST)
		return 1;
	if (ops_open(&o, 8, strcmp(how, "sqpoll") ? 0 : IORING_SETUP_SQPOLL))
		return 77;
	if (!strcmp(how, "others"))
		return others();
	for (int pass = 0; pass < 2; pass++) {
		by_ring = pass;
		entry_flags = by_ring && !strcmp(how, "async") ? IOSQE_ASYNC : 0;
		files();
		sockets();
		netlink();
		pipes();
	}
	return 0;
}
