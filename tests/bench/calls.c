/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cost of a system call: loops of one call each, timed by the guest's clock. Under QEMU's -icount one nanosecond is one
 * instruction. Prints a line "NAME INSTRUCTIONS CALLS BYTES" for each: the cost of one call (the median of ROUNDS
 * rounds, so that the few that hold a timer tick do not count), the number of calls in all, and, for structures, how
 * many bytes of the caller's memory a record of the return has.
 *
 * At real-time priority on one CPU nothing else runs inside a round. Between the loops the program sleeps, so that the
 * reader of a tracer catches up: a call whose event is dropped would look cheap.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
/*
 * Calls in a round. A connect takes two random numbers, one from a batch that the kernel makes for 24 calls and one
 * from a batch for 48 calls. The number of calls is a multiple of 24 and 48: otherwise the kernel would make one batch
 * more in some rounds than in others, which costs 15 instructions for each of 200 calls.
 */
#define CALLS_PER_ROUND (5 * 48)
#define PAUSE_NS (400 * 1000 * 1000)
#define REST_NS (20 * 1000 * 1000)
#define A_FILE "/etc/passwd" /* every guest has this file, on its root file system */

static int zero, null, udp, bound, ready, epoll, tty;
static char buf[4096];
static struct sockaddr_in discard_port, bound_port;

static void die(const char *what)
{
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Each call has a loop of its own, because an indirect call per turn would be part of the figure. */
#define LOOP(name, expr)                         \
	static void name(unsigned int n)         \
	{                                        \
		while (n--)                      \
			expr;                    \
	}

static void open_close(unsigned int n)
{
	while (n--)
		syscall(SYS_close, (int)syscall(SYS_openat, AT_FDCWD, A_FILE, O_RDONLY, 0));
}

static struct stat st;

LOOP(get_parent, syscall(SYS_getppid))
LOOP(close_bad, syscall(SYS_close, -1))
LOOP(read_64, syscall(SYS_read, zero, buf, 64))
LOOP(write_64, syscall(SYS_write, null, buf, 64))
LOOP(write_4k, syscall(SYS_write, null, buf, 4096))
LOOP(stat_file, syscall(SYS_newfstatat, AT_FDCWD, A_FILE, &st, 0))
LOOP(connect_udp, syscall(SYS_connect, udp, &discard_port, sizeof(discard_port)))

/* Objects for calls that copy structures. prepare_structures() makes their files and memory. */
static struct timespec resolution, none;
static struct epoll_event event;
static struct iovec three[3] = { { buf, 16 }, { buf, 40 }, { buf, 58 } };
static struct iovec out_two[2] = { { buf, 64 }, { buf, 68 } };
static char in_buf[64], in_name[16], in_control[32];
static struct iovec in_two[2] = { { in_buf, 32 }, { in_buf + 32, 32 } };
static union {
	struct cmsghdr head;
	char bytes[32]; /* CMSG_SPACE(sizeof(struct in_pktinfo)) */
} out_control;
static struct msghdr out_msg, in_msg;
static struct futex_waitv waiters[2];
static struct clone_args no_clone;
static struct pollfd polled[2];
static fd_set reads, writes;
static struct timeval no_time;
static struct linger linger;
static struct termios termios;

static void receive(unsigned int n)
{
	while (n--) {
		in_msg.msg_namelen = sizeof(in_name);
		in_msg.msg_controllen = sizeof(in_control);
		syscall(SYS_recvmsg, bound, &in_msg, MSG_PEEK);
	}
}

static void select_two(unsigned int n)
{
	while (n--) {
		FD_SET(ready, &reads);
		FD_SET(ready, &writes);
		syscall(SYS_select, 64, &reads, &writes, NULL, &no_time);
	}
}

LOOP(stat_fd, syscall(SYS_fstat, zero, &st))
LOOP(get_resolution, syscall(SYS_clock_getres, CLOCK_MONOTONIC, &resolution))
LOOP(wait_event, syscall(SYS_epoll_wait, epoll, &event, 1, 0))
LOOP(write_three, syscall(SYS_writev, null, three, 3))
/* the kernel refuses this call only after it has read the message; therefore the message is recorded */
LOOP(send_message, syscall(SYS_sendmsg, udp, &out_msg, MSG_OOB))
LOOP(wait_futexes, syscall(SYS_futex_waitv, waiters, 2, 0, &none, CLOCK_MONOTONIC))
LOOP(clone_nothing, syscall(SYS_clone3, &no_clone, sizeof(no_clone)))
LOOP(poll_two, syscall(SYS_poll, polled, 2, 0))
LOOP(set_linger, syscall(SYS_setsockopt, udp, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
LOOP(get_termios, syscall(SYS_ioctl, tty, TCGETS, &termios))

/*
 * Objects for typical work of programs, several calls in each turn. prepare_work() makes their files. The executed
 * program is at the same addresses each time: otherwise the number of its page tables would vary, and to clear one
 * costs thousands of instructions.
 */
#define MAP_SIZE 65536u
static int to_echo[2], from_echo[2], pair[2];
static struct iovec in_one = { in_buf, sizeof(in_buf) };
static struct msghdr one_msg = { .msg_iov = &in_one, .msg_iovlen = 1 };
static const char *self;

static void ping_pong(unsigned int n)
{
	while (n--) {
		syscall(SYS_write, to_echo[1], buf, 1);
		syscall(SYS_read, from_echo[0], buf, 1);
	}
}

static void read_events(unsigned int n)
{
	static const uint64_t one = 1;
	uint64_t count;

	while (n--) {
		syscall(SYS_write, ready, &one, sizeof(one));
		syscall(SYS_epoll_wait, epoll, &event, 1, -1);
		syscall(SYS_read, ready, &count, sizeof(count));
	}
}

static void stat_many(unsigned int n)
{
	static const char *const paths[] = { A_FILE,	  "/etc", "/nowhere", "/proc/self/status",
					     "/dev/null", "/",	  "/etc/x/y", "/tmp" };

	while (n--)
		syscall(SYS_newfstatat, AT_FDCWD, paths[n % 8], &st, AT_SYMLINK_NOFOLLOW);
}

static void receive_one(unsigned int n)
{
	while (n--) {
		syscall(SYS_write, pair[0], buf, sizeof(in_buf));
		syscall(SYS_recvmsg, pair[1], &one_msg, 0);
	}
}

static void map_unmap(unsigned int n)
{
	while (n--)
		syscall(SYS_munmap, syscall(SYS_mmap, NULL, MAP_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MAP_SIZE);
}

static void run_program(unsigned int n)
{
	char *const args[] = { (char *)self, "-x", NULL };

	while (n--) {
		pid_t pid = vfork();

		if (!pid) {
			execve(self, args, args + 2);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
}

LOOP(wake_nobody, syscall(SYS_futex, buf, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0))

static const struct loop {
	const char *name;
	void (*run)(unsigned int n);
	unsigned int bytes; /* bytes of the caller's memory in a record of the return */
	/*
	 * divides the number of turns in a round, for a loop that needs a pause before each round: with all turns too
	 * many rounds would contain a clock tick; 0: all turns and no such pauses
	 */
	unsigned int fewer;
} calls[] = {
	{ "getppid", get_parent, 0, 0 },	{ "close", close_bad, 0, 0 },	  { "read64", read_64, 0, 0 },
	{ "write64", write_64, 0, 0 },	{ "write4k", write_4k, 0, 0 },	  { "openclose", open_close, 0, 0 },
	{ "newfstatat", stat_file, 0, 0 }, { "connect", connect_udp, 0, 0 },	  { NULL, NULL, 0, 0 },
}, structures[] = {
	{ "getppid", get_parent, 0, 0 },
	{ "fstat", stat_fd, 120, 0 },
	{ "clock_getres", get_resolution, 16, 0 },
	{ "epoll_wait", wait_event, 12, 0 },
	{ "writev", write_three, 3 * 16 + 16 + 40 + 58, 0 },
	{ "sendmsg", send_message, 56 + 16 + 2 * 16 + 64 + 68 + 32, 0 },
	{ "recvmsg", receive, 56 + 16 + 2 * 16 + 64 + 24, 0 },
	{ "futex_waitv", wait_futexes, 2 * 24 + 16, 0 },
	{ "clone3", clone_nothing, 88, 0 },
	{ "select", select_two, 2 * 8 + 16, 0 },
	{ "poll", poll_two, 2 * 8, 0 },
	{ "setsockopt", set_linger, 8, 0 },
	{ "ioctl", get_termios, 36, 0 },
	{ NULL, NULL, 0, 0 },
}, work[] = {
	{ "pingpong", ping_pong, 0, 0 },  { "epollread", read_events, 0, 0 }, { "futex", wake_nobody, 0, 0 },
	{ "stats", stat_many, 0, 0 },     { "recvmsg", receive_one, 0, 0 },   { "exec", run_program, 0, 10 },
	{ "mmap", map_unmap, 0, 4 },      { NULL, NULL, 0, 0 },
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(const struct loop *loop, unsigned int n)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS }, rest = { .tv_nsec = REST_NS };
	uint64_t took[ROUNDS];

	n = loop->fewer && n > loop->fewer ? n / loop->fewer : n;
	nanosleep(&pause, NULL);
	loop->run(n); /* warms up the caches, and makes the tracer record this task's context */
	for (unsigned int r = 0; r < ROUNDS; r++) {
		uint64_t start;

		if (loop->fewer)
			nanosleep(&rest, NULL); /* lets the kernel free what the round left behind, or each later round costs more */
		start = now_ns();
		loop->run(n);
		took[r] = now_ns() - start;
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%s %.1f %u %u\n", loop->name, (double)took[ROUNDS / 2] / n, n * (ROUNDS + 1), loop->bytes);
	fflush(stdout);
}

static void prepare(void)
{
	struct sched_param sp = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &sp))
		die("sched_setscheduler");
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (zero < 0 || null < 0 || udp < 0)
		die("/dev/zero, /dev/null or a socket");
	discard_port.sin_family = AF_INET;
	discard_port.sin_port = htons(9);
	discard_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(buf, 'x', sizeof(buf));
	if (access(A_FILE, R_OK) || connect(udp, (struct sockaddr *)&discard_port, sizeof(discard_port)))
		die(A_FILE " or the loopback interface");
}

/* Makes a datagram that waits to be received, with its sender's address and a control message. */
static void prepare_receiver(void)
{
	socklen_t len = sizeof(bound_port);
	int on = 1;

	bound = socket(AF_INET, SOCK_DGRAM, 0);
	bound_port.sin_family = AF_INET;
	bound_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bound < 0 || bind(bound, (struct sockaddr *)&bound_port, len) ||
	    getsockname(bound, (struct sockaddr *)&bound_port, &len) ||
	    setsockopt(bound, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)) ||
	    sendto(bound, buf, sizeof(in_buf), 0, (struct sockaddr *)&bound_port, len) != sizeof(in_buf))
		die("a datagram");
	in_msg = (struct msghdr){ .msg_name = in_name, .msg_namelen = sizeof(in_name), .msg_iov = in_two, .msg_iovlen = 2,
				  .msg_control = in_control, .msg_controllen = sizeof(in_control) };
	if (recvmsg(bound, &in_msg, MSG_PEEK) != sizeof(in_buf) || in_msg.msg_controllen != 24)
		die("its control message");
}

static void prepare_sender(void)
{
	out_control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)), .cmsg_level = IPPROTO_IP,
					     .cmsg_type = IP_PKTINFO };
	out_msg = (struct msghdr){ .msg_name = &discard_port, .msg_namelen = sizeof(discard_port), .msg_iov = out_two,
				   .msg_iovlen = 2, .msg_control = &out_control, .msg_controllen = sizeof(out_control) };
	if (!sendmsg(udp, &out_msg, MSG_OOB) || errno != EOPNOTSUPP)
		die("sendmsg that fails");
}

static void prepare_structures(void)
{
	ready = eventfd(1, 0);
	epoll = epoll_create1(0);
	event.events = EPOLLIN;
	if (ready < 0 || ready >= 64 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &event) ||
	    epoll_wait(epoll, &event, 1, 0) != 1)
		die("an event");
	for (unsigned int i = 0; i < 2; i++) {
		waiters[i] = (struct futex_waitv){ .val = 1, .uaddr = (uintptr_t)(buf + 4 * i), .flags = FUTEX_32 };
		polled[i] = (struct pollfd){ .fd = ready, .events = POLLIN };
	}
	no_clone.flags = CLONE_THREAD; /* refused without CLONE_SIGHAND */
	if (syscall(SYS_clone3, &no_clone, sizeof(no_clone)) != -1)
		die("clone3 that fails");
	tty = posix_openpt(O_RDWR | O_NOCTTY);
	if (tty < 0 || ioctl(tty, TCGETS, &termios))
		die("a terminal");
	prepare_receiver();
	prepare_sender();
}

/* Echoes each byte until end of file, which comes when the parent ends. */
static void echo(void)
{
	char c;

	close(to_echo[1]);
	while (read(to_echo[0], &c, 1) == 1)
		if (write(from_echo[1], &c, 1) != 1)
			break;
	_exit(0);
}

static void prepare_work(const char *program)
{
	pid_t pid;

	self = program;
	ready = eventfd(0, 0);
	epoll = epoll_create1(0);
	event.events = EPOLLIN;
	if (ready < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &event) ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || pipe(to_echo) || pipe(from_echo) || personality(ADDR_NO_RANDOMIZE) < 0)
		die("an event, sockets, pipes or addresses that stay");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		echo();
}

/*
 * usage: calls [-s|-w] [CALLS-PER-ROUND]
 *        calls -x
 * Measures the eight calls of docs/performance.md, with -s calls that copy structures, with -w typical work of
 * programs. With -x the program does nothing: the measured exec executes it.
 */
int main(int argc, char **argv)
{
	const char *option = argc > 1 && argv[1][0] == '-' ? argv[1] : NULL;
	unsigned int n = argc > 1 + !!option ? strtoul(argv[1 + !!option], NULL, 10) : CALLS_PER_ROUND;
	const struct loop *l = calls;

	if (option && !strcmp(option, "-x"))
		return 0;
	if (!n)
		return 2;
	prepare();
	if (option && !strcmp(option, "-s")) {
		prepare_structures();
		l = structures;
	} else if (option) {
		prepare_work(argv[0]);
		l = work;
	}
	for (; l->name; l++)
		measure(l, n);
	return 0;
}
