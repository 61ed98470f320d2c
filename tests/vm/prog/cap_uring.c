// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes operations through an io_uring without liburing. Prints a line for each operation: its name as a call, its
 * result, and the value that distinguishes it from other operations.
 * usage: cap_uring [sqpoll | alike | shared | zero-copy | skipping | renewed | late | interrupted]
 */
/* native only: no 32-bit variant is built, because the structures here are those of the 64-bit ABI */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include "ring_ops.h"

static struct ops o;
static uint64_t number = 1000;

static struct io_uring_sqe *entry(int opcode, int fd, const void *addr, unsigned int len, uint64_t off)
{
	struct io_uring_sqe *e = ops_entry(&o, opcode, fd, addr, len, off);

	e->user_data = ++number;
	return e;
}

static int done(const char *name, const char *what)
{
	int res = ops_do(&o);

	printf("%s %llu %d %s\n", name, (unsigned long long)number, res, what);
	fflush(stdout);
	return res;
}

static void files(void)
{
	static char buf[64];
	struct iovec iov = { buf, 5 };
	static struct statx stx;
	int fd;

	entry(IORING_OP_OPENAT, AT_FDCWD, "/tmp/through-a-ring", 0600, 0)->open_flags = O_CREAT | O_RDWR;
	fd = done("openat", "/tmp/through-a-ring");
	entry(IORING_OP_WRITE, fd, "hidden words", 12, 0);
	done("write", "hidden words");
	entry(IORING_OP_READ, fd, buf, 6, 0);
	done("read", "hidden");
	entry(IORING_OP_READV, fd, &iov, 1, 7);
	done("readv", "-");
	entry(IORING_OP_FSYNC, fd, NULL, 0, 0);
	done("fsync", "-");
	entry(IORING_OP_STATX, AT_FDCWD, "/tmp/through-a-ring", STATX_SIZE, (uintptr_t)&stx);
	done("statx", "/tmp/through-a-ring");
	entry(IORING_OP_CLOSE, fd, NULL, 0, 0);
	done("close", "-");
	entry(IORING_OP_RENAMEAT, AT_FDCWD, "/tmp/through-a-ring", (uint32_t)AT_FDCWD, (uintptr_t)"/tmp/renamed");
	done("renameat2", "/tmp/through-a-ring");
	entry(IORING_OP_UNLINKAT, AT_FDCWD, "/tmp/renamed", 0, 0);
	done("unlinkat", "/tmp/renamed");
	entry(IORING_OP_OPENAT, AT_FDCWD, "/tmp/renamed", 0, 0);
	done("openat", "/tmp/renamed");
	entry(IORING_OP_MKDIRAT, AT_FDCWD, "/tmp/ring-dir", 0700, 0);
	done("mkdirat", "/tmp/ring-dir");
}

static void sockets(void)
{
	static struct sockaddr_un un = { AF_UNIX, "/tmp/no-such-socket" };
	static char buf[16];
	int s[2], c = socket(AF_UNIX, SOCK_STREAM, 0);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		exit(1);
	entry(IORING_OP_SEND, s[0], "sent", 4, 0);
	done("sendto", "sent");
	entry(IORING_OP_RECV, s[1], buf, sizeof(buf), 0);
	done("recvfrom", "sent");
	entry(IORING_OP_CONNECT, c, &un, 0, sizeof(un));
	done("connect", "/tmp/no-such-socket");
	close(c);
	close(s[0]);
	close(s[1]);
}

/* Makes operations that correspond to no syscall, and operations that the kernel refuses. */
static void others(void)
{
	entry(IORING_OP_NOP, -1, NULL, 0, 0);
	done("io_uring_enter", "-");
	entry(IORING_OP_OPENAT, AT_FDCWD, (void *)8, 0, 0);
	done("openat", "null");
	entry(250, -1, NULL, 0, 0);
	done("io_uring_enter", "-");
}

/* Makes more results than the completion ring has room for. */
static void overflow(void)
{
	struct io_uring_cqe cqe;
	unsigned int left = 16;

	for (int batch = 0; batch < 2; batch++) {
		for (int i = 0; i < 8; i++) {
			entry(IORING_OP_NOP, -1, NULL, 0, 0);
			ops_push(&o);
			printf("io_uring_enter %llu 0 -\n", (unsigned long long)number);
		}
		if (ops_enter(&o, 8, 0) < 0)
			exit(1);
	}
	while (left) {
		left -= (unsigned int)ops_result(&o, &cqe);
		if (left && *ops_cq(&o, o.p.cq_off.head) == *ops_cq(&o, o.p.cq_off.tail))
			ops_enter(&o, 0, 1);
	}
}

/* Takes n results from the completion ring without submitting anything. */
static void reap(int n)
{
	struct io_uring_cqe cqe;

	for (; n; n -= ops_result(&o, &cqe))
		if (*ops_cq(&o, o.p.cq_off.head) == *ops_cq(&o, o.p.cq_off.tail))
			ops_enter(&o, 0, 1);
}

#define ALIKE 192

/* Makes pending reads that all have the same user_data. Each reads a different byte from the pipe. */
static int alike(void)
{
	static char bytes[ALIKE], letters[ALIKE];
	int fds[2];

	if (ops_open(&o, 256, 0))
		return 77;
	if (pipe(fds))
		return 1;
	for (int i = 0; i < ALIKE; i++) {
		entry(IORING_OP_READ, fds[0], &bytes[i], 1, 0)->user_data = 1;
		ops_push(&o);
		letters[i] = (char)('a' + i % 24);
	}
	if (ops_enter(&o, ALIKE, 0) != ALIKE || write(fds[1], letters, ALIKE) != ALIKE)
		return 1;
	reap(ALIKE);
	close(o.fd);
	return 0;
}

/*
 * Runs alike() twice, each time with a ring of its own: the session keeps the pending operations of the two rings in
 * different entries of its table, although their user_data is the same.
 */
static int alike_in_rings(void)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++)
		rc = alike();
	return rc;
}

static void submit(int n)
{
	if (ops_enter(&o, (unsigned int)n, 0) != n)
		exit(1);
}

static void start_read(int *fds, uint64_t user_data)
{
	static char byte;

	if (pipe(fds))
		exit(1);
	entry(IORING_OP_READ, fds[0], &byte, 1, 0)->user_data = user_data;
	ops_push(&o);
	submit(1);
}

static void end_read(const int *fds)
{
	if (write(fds[1], "r", 1) != 1)
		exit(1);
	reap(1);
}

#define ACCEPT_MULTISHOT 1 /* IORING_ACCEPT_MULTISHOT, which headers before Linux 5.19 lack */
#define OP_MSG_RING 40 /* since Linux 5.18 */
#define OP_SEND_ZC 47 /* since Linux 6.0 */

/* Submits an accept of connections to the abstract address of that name. */
static struct sockaddr_un accept_at(const char *name, uint64_t user_data)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int from = socket(AF_UNIX, SOCK_STREAM, 0);
	struct io_uring_sqe *e;

	strcpy(un.sun_path + 1, name); /* an abstract name, outside any directory */
	if (bind(from, (struct sockaddr *)&un, sizeof(un)) || listen(from, 8))
		exit(1);
	e = entry(IORING_OP_ACCEPT, from, NULL, 0, 0);
	e->ioprio = ACCEPT_MULTISHOT;
	e->user_data = user_data;
	ops_push(&o);
	submit(1);
	return un;
}

/* Connects n sockets to the address. */
static void connect_to(struct sockaddr_un un, int n)
{
	while (n--) {
		if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&un, sizeof(un)))
			exit(1);
		reap(1);
	}
}

/*
 * Accepts connections while a read with the same user_data is pending. Results of a multishot accept have no request of
 * their own.
 */
static void accepted_beside_a_read(void)
{
	int fds[2];

	start_read(fds, 7);
	connect_to(accept_at("cap_uring", 7), 2);
	end_read(fds);
}

/* Accepts connections while a receive with the same user_data is pending; this receive might be multishot, too. */
static void accepted_beside_a_receive(void)
{
	static char byte;
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		exit(1);
	entry(IORING_OP_RECV, s[0], &byte, 1, 0)->user_data = 6;
	ops_push(&o);
	submit(1);
	connect_to(accept_at("cap_uring2", 6), 1);
	if (write(s[1], "r", 1) != 1)
		exit(1);
	reap(1);
}

/*
 * Makes a write that waits in a chain for the operation before it, and is then refused. Then makes an fadvise and a
 * send whose fields mean something else than the arguments of the corresponding syscalls: fadvise has a length of 64
 * bits, and the kernel selects the buffer of the send.
 */
static void said_otherwise(void)
{
	static char file[] = "/tmp/advised";
	int fd = open(file, O_CREAT | O_RDWR, 0600);
	struct io_uring_sqe *e;

	e = entry(IORING_OP_NOP, -1, NULL, 0, 0);
	e->flags = IOSQE_IO_LINK;
	ops_push(&o);
	entry(IORING_OP_WRITEV, fd, (void *)8, 1, 0)->user_data = 10;
	ops_push(&o);
	ops_enter(&o, 2, 0);
	reap(2);
	e = entry(IORING_OP_FADVISE, fd, (void *)(1ull << 33), 0, 0);
	e->fadvise_advice = 4; /* POSIX_FADV_DONTNEED */
	e->user_data = 11;
	ops_do(&o);
	e = entry(IORING_OP_SEND, fd, "not sent", 8, 0);
	e->flags = IOSQE_BUFFER_SELECT;
	e->user_data = 12;
	ops_do(&o);
}

/* Sends a message to the ring from another ring. The message has the user_data of a pending read. */
static void message_beside_a_read(void)
{
	struct ops target = o, sender;
	int fds[2];

	start_read(fds, 8);
	if (ops_open(&sender, 8, 0))
		exit(1);
	o = sender;
	entry(OP_MSG_RING, target.fd, NULL, 99, 8)->user_data = 9;
	if (ops_do(&o))
		exit(1);
	o = target;
	reap(1);
	end_read(fds);
}

/*
 * Makes more results than the completion ring has room for, all with one user_data. The request of such a result may
 * stay unknown, but later results must be matched to the right requests. Each read has another length.
 */
static void overflow_alike(void)
{
	int zeros = open("/dev/zero", O_RDONLY);
	static char bytes[64];

	if (ops_open(&o, 8, IORING_SETUP_CQSIZE))
		exit(1);
	for (int batch = 0; batch < 3; batch++) {
		for (unsigned int i = 0; i < 8; i++) {
			entry(IORING_OP_READ, zeros, bytes, (unsigned int)batch * 8 + i + 1, 0)->user_data = 5;
			ops_push(&o);
		}
		submit(8);
		if (batch)
			reap(batch == 1 ? 16 : 8);
	}
}

/*
 * Makes an operation fail that posts only failures (IOSQE_CQE_SKIP_SUCCESS), while the completion ring has no room. It
 * has the same user_data as a pending read.
 */
static void failure_beside_a_read(void)
{
	int zeros = open("/dev/zero", O_RDONLY), fds[2];
	struct io_uring_sqe *e;
	static char bytes[64];

	if (ops_open(&o, 8, IORING_SETUP_CQSIZE))
		exit(1);
	start_read(fds, 13);
	for (unsigned int i = 0; i < 8; i++) {
		entry(IORING_OP_READ, zeros, bytes, 1, 0)->user_data = 14;
		ops_push(&o);
	}
	submit(8);
	e = entry(IORING_OP_READ, -1, bytes, 1, 0);
	e->flags = IOSQE_CQE_SKIP_SUCCESS;
	e->user_data = 13;
	ops_push(&o);
	submit(1);
	reap(9);
	end_read(fds);
}

/*
 * Makes operations that have an index into the ring's own file table, which is empty, in place of a descriptor, and
 * operations that fail because an earlier operation of their chain failed.
 */
static void numbers_of_its_own(void)
{
	static char file[] = "/tmp/advised";
	int fd = open(file, O_CREAT | O_RDWR, 0600);
	struct io_uring_sqe *e;

	if (ops_open(&o, 8, 0))
		exit(1);
	e = entry(IORING_OP_CLOSE, 0, NULL, 0, 0);
	e->file_index = 1;
	e->user_data = 15;
	ops_do(&o);
	e = entry(IORING_OP_SPLICE, 1, NULL, 1, ~0ull);
	e->splice_off_in = ~0ull;
	e->splice_fd_in = 0;
	e->splice_flags = SPLICE_F_FD_IN_FIXED;
	e->user_data = 16;
	ops_do(&o);
	entry(IORING_OP_NOP, -1, NULL, 0, 0)->flags = IOSQE_IO_LINK;
	ops_push(&o);
	e = entry(IORING_OP_WRITEV, fd, (void *)8, 1, 0);
	e->flags = IOSQE_CQE_SKIP_SUCCESS;
	e->user_data = 17;
	ops_push(&o);
	ops_enter(&o, 2, 0);
	reap(2);
}

static int shared(void)
{
	if (ops_open(&o, 8, 0))
		return 77;
	accepted_beside_a_read();
	accepted_beside_a_receive();
	said_otherwise();
	message_beside_a_read();
	overflow_alike();
	failure_beside_a_read();
	numbers_of_its_own();
	return 0;
}

/*
 * The session has a table for user_data that may belong to several operations. Sends that post no successful results
 * (IOSQE_CQE_SKIP_SUCCESS), more than the table has room for, are made before an accept in another ring. The accept
 * must find room in the table nevertheless.
 */
#define SKIPPED 40000
#define BATCH 64

static int skipping(void)
{
	struct ops server;

	if (ops_open(&server, 8, 0) || ops_open(&o, BATCH, 0))
		return 77;
	for (int i = 0; i < SKIPPED; i += BATCH) {
		for (int k = 0; k < BATCH; k++) {
			entry(IORING_OP_SEND, -1, "s", 1, 0)->flags = IOSQE_CQE_SKIP_SUCCESS;
			ops_push(&o);
		}
		submit(BATCH);
		reap(BATCH);
	}
	o = server;
	connect_to(accept_at("cap_uring3", 18), 4);
	return 0;
}

/*
 * Rings are created one after the other, each perhaps in the freed memory of the one before. Each ring makes one valid
 * operation and one that is refused.
 */
#define RENEWED 200

static int renewed(void)
{
	for (int i = 0; i < 2 * RENEWED; i++) {
		if (ops_open(&o, 1, 0))
			return 77;
		entry(i % 2 ? 250 : IORING_OP_NOP, -1, NULL, 0, 0)->user_data = 19 + (uint64_t)(i % 2);
		ops_do(&o);
		munmap(o.sq, o.p.sq_off.array + o.p.sq_entries * 4);
		munmap(o.cq, o.p.cq_off.cqes + o.p.cq_entries * sizeof(struct io_uring_cqe));
		munmap(o.entries, o.p.sq_entries * sizeof(struct io_uring_sqe));
		close(o.fd);
	}
	return 0;
}

/*
 * More operations than the session can remember at a time. Each has a second result, posted when the kernel has freed
 * its buffer.
 */
#define ZERO_COPY 2200

static int zero_copy(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(2077) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_cqe cqe;
	char byte;

	if (ops_open(&o, 8, 0))
		return 77;
	if (bind(s, (struct sockaddr *)&in, sizeof(in)) || connect(s, (struct sockaddr *)&in, sizeof(in)))
		return 1;
	for (int i = 0; i < ZERO_COPY; i++) {
		entry(OP_SEND_ZC, s, "z", 1, 0);
		ops_push(&o);
		submit(1);
		while (!ops_result(&o, &cqe))
			ops_enter(&o, 0, 1);
		if (cqe.res != 1 || read(s, &byte, 1) != 1)
			return 1;
		if (cqe.flags & IORING_CQE_F_MORE)
			reap(1);
	}
	return 0;
}

/*
 * Submits a chain of a read and a write with the same buffer. The buffer holds "former" at the submission, and the read
 * replaces that before the write runs.
 */
static void behind_a_read(int opcode, uint64_t user_data)
{
	char buf[] = "former";
	struct iovec iov = { buf, 6 };
	int from = open("/tmp/words", O_CREAT | O_RDWR | O_TRUNC, 0600), to = open("/dev/null", O_WRONLY);
	bool vector = opcode == IORING_OP_WRITEV;

	if (write(from, "latter", 6) != 6)
		exit(1);
	entry(IORING_OP_READ, from, buf, 6, 0)->flags = IOSQE_IO_LINK;
	ops_push(&o);
	entry(opcode, to, vector ? (void *)&iov : buf, vector ? 1 : 6, 0)->user_data = user_data;
	ops_push(&o);
	submit(2);
	reap(2);
	close(from);
	close(to);
}

/* Writes from pages that are registered as a fixed buffer, while another mapping lies at their address. */
static void from_elsewhere(uint64_t user_data)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/tmp/pinned", O_CREAT | O_RDWR | O_TRUNC, 0600);
	struct iovec iov = { page, 4096 };
	char back[6] = "";

	strcpy(page, "pinned");
	if (syscall(SYS_io_uring_register, o.fd, IORING_REGISTER_BUFFERS, &iov, 1))
		exit(1);
	mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(page, "decoy!");
	entry(IORING_OP_WRITE_FIXED, fd, page, 6, 0)->user_data = user_data;
	ops_push(&o);
	submit(1);
	reap(1);
	if (pread(fd, back, 6, 0) != 6 || memcmp(back, "pinned", 6))
		exit(1);
	close(fd);
}

/* Submits a write that waits for room in the pipe, and changes its buffer meanwhile. */
static void changed_meanwhile(uint64_t user_data)
{
	static char block[4096], word[] = "former";
	int fds[2];

	if (pipe2(fds, O_NONBLOCK))
		exit(1);
	while (write(fds[1], block, sizeof(block)) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
	entry(IORING_OP_WRITE, fds[1], word, 6, 0)->user_data = user_data;
	ops_push(&o);
	submit(1);
	memcpy(word, "latter", 6);
	while (read(fds[0], block, sizeof(block)) == sizeof(block))
		;
	reap(1);
	close(fds[0]);
	close(fds[1]);
}

/*
 * Submits a chain whose first operation has to wait for a pending read, because the next one drains (IOSQE_IO_DRAIN).
 * Its buffer changes meanwhile.
 */
static void before_a_drain(uint64_t user_data)
{
	static char word[] = "former", byte;
	struct iovec iov = { word, 6 };
	int fds[2], to = open("/dev/null", O_WRONLY);
	struct io_uring_sqe *e;

	if (pipe(fds))
		exit(1);
	entry(IORING_OP_READ, fds[0], &byte, 1, 0);
	ops_push(&o);
	submit(1);
	e = entry(IORING_OP_WRITEV, to, &iov, 1, 0);
	e->flags = IOSQE_IO_LINK;
	e->user_data = user_data;
	ops_push(&o);
	entry(IORING_OP_NOP, -1, NULL, 0, 0)->flags = IOSQE_IO_DRAIN;
	ops_push(&o);
	submit(2);
	memcpy(word, "latter", 6);
	if (write(fds[1], "x", 1) != 1)
		exit(1);
	reap(3);
	close(fds[0]);
	close(fds[1]);
	close(to);
}

/*
 * Changes data after the submission: the kernel reads it when it executes an operation, not when it takes the
 * submission entry.
 */
static int late(void)
{
	if (ops_open(&o, 8, 0))
		return 77;
	behind_a_read(IORING_OP_WRITE, 30);
	behind_a_read(IORING_OP_WRITEV, 31);
	from_elsewhere(32);
	changed_meanwhile(33);
	before_a_drain(34);
	return 0;
}

#define REGISTER_RING_FDS 20
#define ENTER_REGISTERED_RING 0x10
#define USE_REGISTERED_RING 0x80000000u
#define SETUP_NO_MMAP 0x4000
#define SETUP_REGISTERED_FD_ONLY 0x8000

/*
 * Makes calls with an index into the task's table of registered rings; the index is also the number of a descriptor of
 * another file. Prints which of these calls the kernel supports.
 */
static int registered(void)
{
	struct {
		uint32_t offset, resv;
		uint64_t data;
	} update = { .offset = ~0u };
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct io_uring_params p = { .flags = SETUP_NO_MMAP | SETUP_REGISTERED_FD_ONLY };
	uint64_t memory = (uintptr_t)pages;

	if (ops_open(&o, 8, 0))
		return 77;
	update.data = (uint64_t)o.fd;
	if (syscall(SYS_io_uring_register, o.fd, REGISTER_RING_FDS, &update, 1) == 1 &&
	    !syscall(SYS_io_uring_enter, update.offset, 0, 0, ENTER_REGISTERED_RING, NULL, 0))
		puts("enter");
	if (syscall(SYS_io_uring_register, update.offset, USE_REGISTERED_RING | IORING_REGISTER_PERSONALITY, NULL, 0) > 0)
		puts("register");
	memcpy((char *)&p + 112, &memory, sizeof(memory)); /* cq_off.user_addr */
	memory += 4096;
	memcpy((char *)&p + 72, &memory, sizeof(memory)); /* sq_off.user_addr */
	if (syscall(SYS_io_uring_setup, 4, &p) >= 0)
		puts("setup");
	return 0;
}

#define ROUNDS 300

/*
 * Makes operations that interrupts end: the timer's, for a timeout, and the network's softirq, for a receive. Prints how
 * many of each ended so.
 */
static int interrupted(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct { int64_t sec, nsec; } time = { 0, 100000 };
	socklen_t len = sizeof(to);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), timeouts = 0, received = 0;
	char byte;

	if (ops_open(&o, 8, 0))
		return 77;
	if (bind(fd, (struct sockaddr *)&to, len) || getsockname(fd, (struct sockaddr *)&to, &len))
		return 1;
	for (int i = 0; i < ROUNDS; i++) {
		struct io_uring_cqe cqe;

		entry(IORING_OP_TIMEOUT, -1, &time, 1, 0);
		ops_push(&o);
		entry(IORING_OP_RECV, fd, &byte, 1, 0);
		ops_push(&o);
		submit(2);
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, len) != 1)
			return 1;
		for (int left = 2; left;) {
			if (!ops_result(&o, &cqe)) {
				ops_enter(&o, 0, 1);
				continue;
			}
			timeouts += cqe.res == -ETIME;
			received += cqe.res == 1;
			left--;
		}
	}
	printf("%d %d\n", timeouts, received);
	return 0;
}

int main(int argc, char **argv)
{
	int sqpoll = argc > 1 && !strcmp(argv[1], "sqpoll");

	if (argc > 1 && !strcmp(argv[1], "alike"))
		return alike_in_rings();
	if (argc > 1 && !strcmp(argv[1], "shared"))
		return shared();
	if (argc > 1 && !strcmp(argv[1], "zero-copy"))
		return zero_copy();
	if (argc > 1 && !strcmp(argv[1], "skipping"))
		return skipping();
	if (argc > 1 && !strcmp(argv[1], "renewed"))
		return renewed();
	if (argc > 1 && !strcmp(argv[1], "late"))
		return late();
	if (argc > 1 && !strcmp(argv[1], "registered"))
		return registered();
	if (argc > 1 && !strcmp(argv[1], "interrupted"))
		return interrupted();
	if (ops_open(&o, 8, sqpoll ? IORING_SETUP_SQPOLL : 0)) {
		perror("io_uring_setup");
		return 77;
	}
	files();
	sockets();
	others();
	if (!sqpoll) {
		close(o.fd);
		if (ops_open(&o, 8, IORING_SETUP_CQSIZE))
			return 1;
		overflow();
	}
	return 0;
}
