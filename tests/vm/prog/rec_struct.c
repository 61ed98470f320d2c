// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process makes calls with structures and notes the values that each record must have: arguments, and memory that
 * members point to. Then it makes calls with random pointers, lengths and structures, in memory that its parent shares:
 * each captured value must equal that memory, and its state must be true. Built for the 64-bit ABI only (native only).
 */
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include "raw.h"
#include "rec.h"
#include "rnd.h"

#define SNAP_STR 64
#define SNAP_BYTES 40
#define STATMOUNT 457
#define SETXATTRAT 463
/* Captured bytes of struct stat: all except the unused words at its end. */
#define STAT_SIZE (offsetof(struct stat, st_ctim) + sizeof(struct timespec))
#define VALUES_MAX 160 /* upper limit of values in a record, the constant of that name in kmod/capture/follow.c */

/* ---- expectations: written by the child, read by the parent */

enum when { IN = 1, OUT = 2, BOTH = IN | OUT };

struct want_val {
	uint8_t when, arg, kind, state;
	uint32_t orig, size; /* bytes of the memory; the recorded value also has its address */
	uint64_t addr; /* for values of kind MEM and MEMSTR */
	uint8_t bytes[256];
};

struct want {
	const char *name;
	int nr, abi, nvals;
	bool some; /* the record may have more values than the expected ones */
	struct want_val val[8];
};

static struct want *wants; /* shared memory */
static volatile int *count; /* shared memory: number of entries in wants */
static const char *name = "?";
static int failures; /* failures of the child, which may not print, because that would make calls */

static void expect(bool good)
{
	if (!good && failures < 100)
		failures++;
}

#define ARGS(...) ((const uint64_t[6]){ __VA_ARGS__ })
#define P(p) ((uintptr_t)(p))

static struct want *begin(int abi, int nr)
{
	wants[*count] = (struct want){ .name = name, .nr = nr, .abi = abi };
	return &wants[(*count)++];
}

static long call(int nr, const uint64_t *args)
{
	begin(LINX_ABI_X86_64, nr);
	return raw(nr, args);
}

#ifdef __x86_64__
static long call_i386(int nr, const uint64_t *args)
{
	begin(LINX_ABI_I386, nr);
	return (int)raw_i386(nr, args);
}
#endif

/* Adds a value that the record of the last noted call must have. */
static struct want_val *val(enum when when, int arg, int kind, int state, uint64_t orig,
			    const void *bytes, uint32_t size)
{
	struct want *w = &wants[*count - 1];
	struct want_val *v = &w->val[w->nvals++];

	*v = (struct want_val){ when, arg, kind, state, orig, size, 0, { 0 } };
	memcpy(v->bytes, bytes, size < sizeof(v->bytes) ? size : sizeof(v->bytes));
	return v;
}

/* Expects a structure that is captured whole. */
static void whole(enum when when, int arg, const void *p, uint32_t n)
{
	val(when, arg, LINX_VAL_BYTES, LINX_WHOLE, n, p, n);
}

/* Expects memory that a member of a structure points to. */
static void mem(enum when when, int arg, int state, const void *addr, uint64_t orig, uint32_t size)
{
	val(when, arg, LINX_VAL_MEM, state, orig, addr, size)->addr = P(addr);
}

static void mem_whole(enum when when, int arg, const void *addr, uint32_t n)
{
	mem(when, arg, LINX_WHOLE, addr, n, n);
}

/* ---- the calls */

static char *page; /* a page with an inaccessible page behind it */
static char buf[8][64];
static int pipes[2], unix_fds[2], dir_fd, tcp_fd;
#define DENTS_MAX 65536
static uint8_t *dents; /* shared memory */
static volatile long *dents_len; /* shared memory */

static void do_fixed(void)
{
	struct timespec ts[2] = { { 1, 2000000000 }, { 3, 4 } };
	static struct stat st;

	name = "a structure that a call fills";
	call(SYS_clock_getres, ARGS(CLOCK_MONOTONIC, P(ts)));
	whole(OUT, 1, ts, sizeof(ts[0]));
	name = "fstat";
	call(SYS_fstat, ARGS(0, P(&st)));
	whole(OUT, 1, &st, STAT_SIZE);
	name = "fstat that fails";
	call(SYS_fstat, ARGS(~0ULL, P(&st)));
	name = "a structure and another one that only a failure fills";
	ts[0].tv_nsec = 2000000000;
	call(SYS_nanosleep, ARGS(P(&ts[0]), P(&ts[1])));
	whole(BOTH, 0, &ts[0], sizeof(ts[0]));
	whole(OUT, 1, &ts[1], sizeof(ts[1]));
	name = "the same that succeeds";
	ts[0] = (struct timespec){ 0, 0 };
	call(SYS_nanosleep, ARGS(P(&ts[0]), P(&ts[1])));
	whole(BOTH, 0, &ts[0], sizeof(ts[0]));
	name = "a structure that is not there";
	call(SYS_nanosleep, ARGS(P(page + 4096), 0));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 16, "", 0);
	name = "a structure that runs off its page";
	call(SYS_nanosleep, ARGS(P(page + 4084), 0));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 16, page + 4084, 12);
	name = "a structure at the end of its page";
	memset(page + 4080, 0xff, 16);
	call(SYS_nanosleep, ARGS(P(page + 4080), 0));
	whole(BOTH, 0, page + 4080, 16);
	name = "a structure at a kernel address";
	call(SYS_nanosleep, ARGS(0xffffffff81000000, 0));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 16, "", 0);
}

static void do_arrays(void)
{
#ifdef SYS_poll
	struct pollfd p[3] = { { pipes[0], POLLIN, 0 }, { pipes[1], POLLOUT, 0 }, { -1, 0, 0 } };
	uint64_t set[2] = { 1ULL << pipes[1] };
#endif
	struct epoll_event ev[4];
	uint32_t gids[4];
	long ep, n;

	name = "epoll_create1";
	ep = call(SYS_epoll_create1, ARGS(0));
	name = "epoll_ctl";
	ev[0] = (struct epoll_event){ .events = EPOLLOUT, .data.u64 = 0x1122334455667788 };
	call(SYS_epoll_ctl, ARGS(ep, EPOLL_CTL_ADD, pipes[1], P(ev)));
	whole(BOTH, 3, ev, sizeof(ev[0]));
	name = "epoll_pwait: as many as the result says";
	n = call(SYS_epoll_pwait, ARGS(ep, P(ev), 4, 0, 0, 8));
	whole(OUT, 1, ev, n * sizeof(ev[0]));
	expect(n == 1);
#ifdef SYS_poll
	name = "poll: read at entry, and at return";
	call(SYS_poll, ARGS(P(p), 3, 0));
	whole(OUT, 0, p, sizeof(p));
	p[1].revents = 0;
	whole(IN, 0, p, sizeof(p));
	name = "poll of none";
	call(SYS_poll, ARGS(P(p), 0, 0));
	whole(BOTH, 0, p, 0);
	name = "select: bits in longs";
	call(SYS_select, ARGS(70, 0, P(set), 0, P((uint64_t[2]){ 0 })));
	wants[*count - 1].some = true;
	whole(BOTH, 2, set, sizeof(set));
	name = "select with a negative number";
	call(SYS_select, ARGS(~0ULL, 0, P(page + 4092), 0, 0));
	val(BOTH, 2, LINX_VAL_BYTES, LINX_UNREADABLE, 0xffffffff / 64 * 8 + 8, page + 4092, 4);
#endif
	name = "setgroups with 2^31 of them";
	call(SYS_setgroups, ARGS(0x80000000, P(page)));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_TRUNCATED, ~0u, page, 4096);
	name = "getgroups that asks how many";
	call(SYS_getgroups, ARGS(0, P(gids)));
	whole(OUT, 1, gids, 0);
}

static void do_vectors(void)
{
	struct iovec v[3] = { { "first", 5 }, { NULL, 0 }, { "second", 6 } };

	name = "writev";
	call(SYS_writev, ARGS(pipes[1], P(v), 3));
	whole(BOTH, 1, v, sizeof(v));
	mem_whole(BOTH, 1, v[0].iov_base, 5);
	mem_whole(BOTH, 1, v[2].iov_base, 6);
	name = "readv: each gets its part of the result";
	v[0] = (struct iovec){ buf[0], 4 };
	v[1] = (struct iovec){ buf[1], 20 };
	v[2] = (struct iovec){ buf[2], 20 };
	call(SYS_readv, ARGS(pipes[0], P(v), 3));
	whole(BOTH, 1, v, sizeof(v));
	mem_whole(OUT, 1, buf[0], 4);
	mem_whole(OUT, 1, buf[1], 7);
	expect(!memcmp(buf[1], "tsecond", 7));
	name = "readv that fails";
	call(SYS_readv, ARGS(~0ULL, P(v), 3));
	whole(BOTH, 1, v, sizeof(v));
}

/* Makes calls with invalid vectors. They are captured within their own bounds, and their lengths are not trusted. */
static void do_bad_vectors(void)
{
	struct iovec *v = (struct iovec *)(page + 4096) - 2;

	v[0] = (struct iovec){ page + 4096, 30 };
	v[1] = (struct iovec){ v, 32 };
	name = "a buffer that is not there, and one that is the vector itself";
	call(SYS_writev, ARGS(~0ULL, P(v), 2));
	whole(BOTH, 1, v, 32);
	mem(BOTH, 1, LINX_UNREADABLE, page + 4096, 30, 0);
	mem_whole(BOTH, 1, v, 32);
	v[0] = (struct iovec){ page + 4000, (1ULL << 32) + 5 };
	v[1] = (struct iovec){ (void *)0xffffffff81000000, ~0ULL };
	name = "lengths beyond everything, and a vector that ends with its page";
	call(SYS_writev, ARGS(~0ULL, P(v), 4));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_UNREADABLE, 64, v, 32);
	mem(BOTH, 1, LINX_TRUNCATED, page + 4000, ~0u, SNAP_BYTES);
	mem(BOTH, 1, LINX_UNREADABLE, (void *)0xffffffff81000000, ~0u, 0);
	name = "2^60 elements: the size does not wrap around";
	call(SYS_writev, ARGS(~0ULL, P(v), 1ULL << 60));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_UNREADABLE, ~0u, v, 32);
	mem(BOTH, 1, LINX_TRUNCATED, page + 4000, ~0u, SNAP_BYTES);
	mem(BOTH, 1, LINX_UNREADABLE, (void *)0xffffffff81000000, ~0u, 0);
	for (unsigned int i = 0; i < 256; i++)
		((struct iovec *)page)[i] = (struct iovec){ page, 1 };
	name = "2^32 + 1 elements: no more values than are good for anybody";
	call(SYS_writev, ARGS(~0ULL, P(page), (1ULL << 32) + 1));
	wants[*count - 1].some = true;
	val(BOTH, 1, LINX_VAL_BYTES, LINX_TRUNCATED, ~0u, page, 4096);
}

static void do_messages(void)
{
	struct iovec v[2] = { { "one", 3 }, { "two2", 4 } },
		     r[2] = { { buf[0], 2 }, { buf[1], 60 } };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "x" };
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)control;
	struct msghdr m = {
		.msg_iov = v, .msg_iovlen = 2, .msg_control = c, .msg_controllen = sizeof(control)
	};
	struct msghdr bad;

	*c = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	name = "sendmsg";
	expect(call(SYS_sendmsg, ARGS(unix_fds[0], P(&m), 0)) == 7);
	whole(BOTH, 1, &m, sizeof(m));
	mem_whole(BOTH, 1, v, sizeof(v));
	mem_whole(BOTH, 1, "one", 3);
	wants[*count - 1].val[2].addr = P(v[0].iov_base);
	mem_whole(BOTH, 1, v[1].iov_base, 4);
	mem_whole(BOTH, 1, control, sizeof(control));
	bad = m;
	bad.msg_name = &un;
	bad.msg_namelen = 3;
	bad.msg_iov = (void *)(page + 4096);
	bad.msg_controllen = 0;
	name = "sendmsg with a vector that is not there";
	call(SYS_sendmsg, ARGS(unix_fds[0], P(&bad), 0));
	whole(BOTH, 1, &bad, sizeof(bad));
	mem_whole(BOTH, 1, &un, 3);
	mem(BOTH, 1, LINX_UNREADABLE, page + 4096, 32, 0);
	m.msg_iov = r;
	name = "recvmsg: its vector at entry, what it filled at return";
	whole((call(SYS_recvmsg, ARGS(unix_fds[1], P(&m), 0)), OUT), 1, &m, sizeof(m));
	mem_whole(BOTH, 1, r, sizeof(r));
	mem_whole(OUT, 1, buf[0], 2);
	mem_whole(OUT, 1, buf[1], 5);
	mem_whole(OUT, 1, control, sizeof(control));
	wants[*count - 1].some = true;
}

static void do_multi(void)
{
	struct iovec v[2] = { { "abc", 3 }, { "defgh", 5 } },
		     r[2] = { { buf[0], 30 }, { buf[1], 30 } };
	struct mmsghdr m[3] = { { .msg_hdr = { .msg_iov = &v[0], .msg_iovlen = 1 } },
				{ .msg_hdr = { .msg_iov = &v[1], .msg_iovlen = 1 } } };

	name = "sendmmsg";
	expect(call(SYS_sendmmsg, ARGS(unix_fds[0], P(m), 2, 0)) == 2);
	whole(OUT, 1, m, 2 * sizeof(m[0]));
	for (int i = 0; i < 2; i++) {
		mem_whole(BOTH, 1, &v[i], sizeof(v[i]));
		mem_whole(BOTH, 1, v[i].iov_base, v[i].iov_len);
	}
	wants[*count - 1].some = true;
	m[0].msg_hdr.msg_iov = &r[0];
	m[1].msg_hdr.msg_iov = &r[1];
	name = "recvmmsg: each by its own length";
	expect(call(SYS_recvmmsg, ARGS(unix_fds[1], P(m), 2, MSG_DONTWAIT, 0)) == 2);
	whole(OUT, 1, m, 2 * sizeof(m[0]));
	mem_whole(OUT, 1, buf[0], 3);
	mem_whole(OUT, 1, buf[1], 5);
	wants[*count - 1].some = true;
}

/* A call that discards data leaves its buffers unwritten, so their bytes are not captured. */
static void do_discarded(void)
{
	struct iovec v[3] = { { buf[0], 2 }, { NULL, 0 }, { buf[1], 60 } };
	struct mmsghdr m = { .msg_hdr = { .msg_iov = v, .msg_iovlen = 3 } };

	name = "recvfrom of TCP that throws away";
	expect(call(SYS_recvfrom, ARGS(tcp_fd, P(buf[2]), 20, MSG_TRUNC, 0, 0)) == 20);
	val(OUT, 1, LINX_VAL_BYTES, LINX_UNAVAILABLE, 20, "", 0);
	name = "the same that only looks";
	expect(call(SYS_recvfrom, ARGS(tcp_fd, P(buf[2]), 64, MSG_TRUNC | MSG_PEEK, 0, 0)) == 64);
	val(OUT, 1, LINX_VAL_BYTES, LINX_UNAVAILABLE, 64, "", 0);
	name = "recvmsg of TCP that throws away";
	expect(call(SYS_recvmsg, ARGS(tcp_fd, P(&m.msg_hdr), MSG_TRUNC)) == 62);
	whole(OUT, 1, &m.msg_hdr, sizeof(m.msg_hdr));
	mem_whole(BOTH, 1, v, sizeof(v));
	mem(OUT, 1, LINX_UNAVAILABLE, buf[0], 2, 0);
	mem(OUT, 1, LINX_UNAVAILABLE, buf[1], 60, 0);
	wants[*count - 1].some = true;
	name = "recvmmsg of TCP that throws away";
	expect(call(SYS_recvmmsg, ARGS(tcp_fd, P(&m), 1, MSG_TRUNC, 0)) == 1);
	whole(OUT, 1, &m, sizeof(m));
	mem_whole(BOTH, 1, v, sizeof(v));
	mem(OUT, 1, LINX_UNAVAILABLE, buf[0], 2, 0);
	mem(OUT, 1, LINX_UNAVAILABLE, buf[1], 60, 0);
	wants[*count - 1].some = true;
	name = "recvfrom of TCP that keeps";
	expect(call(SYS_recvfrom, ARGS(tcp_fd, P(buf[2]), 20, 0, 0, 0)) == 20);
	val(OUT, 1, LINX_VAL_BYTES, LINX_WHOLE, 20, buf[2], 20);
	name = "a datagram for the next one";
	expect(call(SYS_sendto, ARGS(unix_fds[0], P("datagram"), 8, 0, 0, 0)) == 8);
	wants[*count - 1].some = true;
	name = "recvmsg of a datagram, cut";
	v[2].iov_len = 3;
	expect(call(SYS_recvmsg, ARGS(unix_fds[1], P(&m.msg_hdr), MSG_TRUNC)) == 8);
	whole(OUT, 1, &m.msg_hdr, sizeof(m.msg_hdr));
	mem_whole(BOTH, 1, v, sizeof(v));
	mem_whole(OUT, 1, "da", 2);
	wants[*count - 1].val[2].addr = P(buf[0]);
	mem_whole(OUT, 1, "tag", 3);
	wants[*count - 1].val[3].addr = P(buf[1]);
	wants[*count - 1].some = true;
}

/* Reads keys into buffers; the kernel writes nothing to a buffer that is too small for the whole key. */
static void do_keys(void)
{
	char *text = page + 3000;
	long key;

	name = "a key";
	key = call(SYS_add_key, ARGS(P("user"), P("linx"), P("0123456789"), 10, KEY_SPEC_PROCESS_KEYRING));
	wants[*count - 1].some = true;
	memset(text, 'x', 64);
	name = "KEYCTL_READ without room for it";
	expect(call(SYS_keyctl, ARGS(KEYCTL_READ, key, P(text), 9, 0)) == 10);
	val(OUT, 2, LINX_VAL_BYTES, LINX_WHOLE, 0, "", 0);
	name = "KEYCTL_READ";
	expect(call(SYS_keyctl, ARGS(KEYCTL_READ, key, P(text), 10, 0)) == 10);
	val(OUT, 2, LINX_VAL_BYTES, LINX_WHOLE, 10, "0123456789", 10);
	name = "KEYCTL_DESCRIBE without room for it";
	expect(call(SYS_keyctl, ARGS(KEYCTL_DESCRIBE, key, P(text), 1, 0)) > 10);
	val(OUT, 2, LINX_VAL_BYTES, LINX_WHOLE, 0, "", 0);
	name = "syslog that reads nothing";
	expect(call(SYS_syslog, ARGS(10, P(text), 64)) > 64);
	call(SYS_syslog, ARGS(9, P(text), 64));
	memset(text, 0x11, 64);
}

static void do_sized(void)
{
	uint32_t *attr = (uint32_t *)buf[0];

	memset(buf, 0x55, sizeof(buf));
	attr[0] = 48; /* struct mnt_id_req begins with its size */
	name = "a structure that begins with its size";
	call(STATMOUNT, ARGS(P(attr), 0, 0, ~0u));
	whole(BOTH, 0, attr, 48);
	attr[0] = 1;
	name = "a size below the least";
	call(STATMOUNT, ARGS(P(attr), 0, 0, ~0u));
	whole(BOTH, 0, attr, 8);
	attr = (uint32_t *)(page + 4080);
	attr[0] = 0xfffffff0;
	name = "a size of 4 GB at the end of a page";
	call(STATMOUNT, ARGS(P(attr), 0, 0, ~0u));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 0xfffffff0, attr, 16);
	attr[2] = 100;
	name = "a size of which only the first part is there";
	call(STATMOUNT, ARGS(P(&attr[2]), 0, 0, ~0u));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 100, &attr[2], 8);
	name = "a size of which not even that is there";
	call(STATMOUNT, ARGS(P(page + 4094), 0, 0, ~0u));
	val(BOTH, 0, LINX_VAL_BYTES, LINX_UNREADABLE, 8, page + 4094, 2);
	name = "a size that is an argument";
	call(SYS_mount_setattr, ARGS(~0ULL, 0, 0, P(buf[1]), 24));
	whole(BOTH, 3, buf[1], 24);
	name = "an argument of 2^63";
	call(SYS_mount_setattr, ARGS(~0ULL, 0, 0, P(page), 1ULL << 63));
	val(BOTH, 3, LINX_VAL_BYTES, LINX_TRUNCATED, ~0u, page, 4096);
	name = "a length of 4 bytes, followed by flags";
	memcpy(buf[2], (const uint64_t[]){ P(buf[3]), 5 | 1ull << 32 }, 16);
	call(SETXATTRAT, ARGS(~0ULL, 0, 0, 0, P(buf[2]), 16));
	whole(BOTH, 4, buf[2], 16);
	mem_whole(BOTH, 4, buf[3], 5);
	name = "a message: a long and bytes";
	call(SYS_msgsnd, ARGS(~0ULL, P(buf[1]), 5, 0));
	whole(BOTH, 1, buf[1], 13);
}

static void do_choices(void)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
	struct sock_filter code[2] = { { 6, 0, 0, 0xffff }, { 6, 0, 0, 0 } };
	struct sock_fprog prog = { 2, code };
	struct timespec ts = { 0, 1 };
	int n = 3;

	name = "fcntl without a pointer";
	call(SYS_fcntl, ARGS(0, F_GETFD, P(&lock)));
	name = "fcntl with a lock";
	call(SYS_fcntl, ARGS(~0ULL, F_SETLK, P(&lock)));
	whole(BOTH, 2, &lock, sizeof(lock));
	name = "a command of which only the lower half counts";
	call(SYS_fcntl, ARGS(~0ULL, 1ULL << 32 | F_SETLK, P(&lock)));
	whole(BOTH, 2, &lock, sizeof(lock));
	name = "futex that waits";
	call(SYS_futex, ARGS(P(&n), FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 4, P(&ts)));
	whole(BOTH, 3, &ts, sizeof(ts));
	name = "futex that wakes";
	call(SYS_futex, ARGS(P(&n), FUTEX_WAKE, 1, P(&ts)));
	name = "ioctl of the old style";
	call(SYS_ioctl, ARGS(pipes[0], 0x541b /* FIONREAD */, P(&n)));
	whole(OUT, 2, &n, sizeof(n));
	name = "ioctl that fails";
	call(SYS_ioctl, ARGS(~0ULL, 0x541b, P(&n)));
	name = "ioctl whose number has its size";
	call(SYS_ioctl, ARGS(~0ULL, _IOC(_IOC_WRITE, 0x99, 1, 23), P(buf[2])));
	whole(BOTH, 2, buf[2], 23);
	name = "ioctl that would only read";
	call(SYS_ioctl, ARGS(~0ULL, _IOC(_IOC_READ, 0x99, 1, 23), P(buf[2])));
	name = "ioctl without an argument";
	call(SYS_ioctl, ARGS(~0ULL, _IO(0x99, 1), P(buf[2])));
	strcpy(buf[3], "a name");
	name = "quotactl with a string";
	call(SYS_quotactl, ARGS(0x80000200 /* Q_QUOTAON */, 0, 0, P(buf[3])));
	val(BOTH, 3, LINX_VAL_STR, LINX_WHOLE, 6, "a name", 6);
	name = "prctl that fills one";
	call(SYS_prctl, ARGS(16 /* PR_GET_NAME */, P(buf[4])));
	whole(OUT, 1, buf[4], 16);
	name = "two arguments decide: a filter";
	call(SYS_setsockopt, ARGS(~0ULL, SOL_SOCKET, SO_ATTACH_FILTER, P(&prog), sizeof(prog)));
	whole(BOTH, 3, &prog, sizeof(prog));
	mem_whole(BOTH, 3, code, sizeof(code));
	name = "and no filter";
	call(SYS_setsockopt, ARGS(~0ULL, 77, SO_ATTACH_FILTER, P(&prog), sizeof(prog)));
	whole(BOTH, 3, &prog, sizeof(prog));
}

#ifdef __x86_64__
static char *low; /* memory below 4 GB */

static void do_i386_discarded(void)
{
	name = "int 0x80: recv within socketcall that throws away";
	memcpy(low, ((uint32_t[4]){ tcp_fd, P(low + 100), 5, MSG_TRUNC }), 16);
	expect(call_i386(102, ARGS(10, P(low))) == 5);
	whole(BOTH, 1, low, 16);
	mem(OUT, 1, LINX_UNAVAILABLE, low + 100, 5, 0);
	name = "int 0x80: recvmsg within socketcall that throws away";
	memcpy(low, ((uint32_t[3]){ tcp_fd, P(low + 200), MSG_TRUNC }), 12);
	memcpy(low + 200, ((uint32_t[7]){ 0, 0, P(low + 300), 1 }), 28);
	memcpy(low + 300, ((uint32_t[2]){ P(low + 100), 6 }), 8);
	expect(call_i386(102, ARGS(17, P(low))) == 6);
	whole(BOTH, 1, low, 12);
	mem_whole(BOTH, 1, low + 300, 8);
	mem(OUT, 1, LINX_UNAVAILABLE, low + 100, 6, 0);
	wants[*count - 1].some = true;
	name = "int 0x80: recvfrom that throws away";
	expect(call_i386(371, ARGS(tcp_fd, P(low + 100), 7, MSG_TRUNC, 0, 0)) == 7);
	val(OUT, 1, LINX_VAL_BYTES, LINX_UNAVAILABLE, 7, "", 0);
}

/* Makes i386 calls, also with a structure within another. */
static void do_i386(void)
{
	struct {
		uint32_t base, len;
	} *v = (void *)low;

	name = "int 0x80: ugetrlimit";
	call_i386(191, ARGS(7 /* RLIMIT_NOFILE */, P(low)));
	whole(OUT, 1, low, 8);
	v[0].base = P(low + 100);
	v[0].len = 3;
	v[1].base = 0xfffff000;
	v[1].len = 0xffffffff;
	name = "int 0x80: writev, garbage in the upper halves";
	call_i386(146, ARGS(0xffffffff, 0xdead00000000 | P(v), 0xbeef00000002));
	whole(BOTH, 1, v, 16);
	mem_whole(BOTH, 1, low + 100, 3);
	mem(BOTH, 1, LINX_UNREADABLE, (void *)0xfffff000, ~0u, 0);
	name = "int 0x80: fcntl64 with a lock of 64 bits";
	call_i386(221, ARGS(0xffffffff, 13 /* F_SETLK64 */, P(low)));
	whole(BOTH, 2, low, 24);
	memcpy(low + 100, "the message", 12);
	memcpy(low, ((uint32_t[6]){ ~0u, P(low + 100), 11, 0, P(low + 100), 3 }), 24);
	name = "int 0x80: sendto within socketcall";
	call_i386(102, ARGS(11, P(low)));
	whole(BOTH, 1, low, 24);
	mem_whole(BOTH, 1, low + 100, 11);
	wants[*count - 1].some = true;
	name = "int 0x80: socketcall of an unknown call";
	call_i386(102, ARGS(99, P(low)));
	name = "int 0x80: msgsnd within ipc";
	call_i386(117, ARGS(11, 0xffffffff, 7, 0, P(low + 100), 0));
	mem_whole(BOTH, 4, low + 100, 11);
	name = "int 0x80: semtimedop within ipc";
	call_i386(117, ARGS(4, 0xffffffff, 2, 0, P(low + 100), P(low)));
	mem_whole(BOTH, 4, low + 100, 12);
	mem_whole(BOTH, 4, low, 8);
	do_i386_discarded();
}
#endif

/* Makes calls whose buffers are longer than a record, so that the rest follows in pieces. */
static void do_long(void)
{
	name = "a directory";
	*dents_len = call(SYS_getdents64, ARGS(dir_fd, P(dents), DENTS_MAX));
	wants[*count - 1].some = true;
	expect(*dents_len > LINX_REC_USER_MAX);
}

/* Fills a directory with more entries than one record holds. */
static void fill_directory(void)
{
	char path[] = "/tmp/rec_struct.dir/a-file-with-a-name-of-some-length-000";

	mkdir("/tmp/rec_struct.dir", 0700);
	for (int i = 0; i < 400; i++) {
		snprintf(path + sizeof(path) - 4, 4, "%03d", i);
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	dir_fd = open("/tmp/rec_struct.dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Returns an end of a connection with much data to read. */
static int connected(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int l = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0), fd;
	socklen_t len = sizeof(to);

	expect(!ioctl(l, SIOCSIFFLAGS, &lo) && !bind(l, (struct sockaddr *)&to, len) && !listen(l, 1) &&
	       !getsockname(l, (struct sockaddr *)&to, &len) && !connect(s, (struct sockaddr *)&to, len));
	fd = accept(l, NULL, NULL);
	expect(fd >= 0 && write(s, dents, 4096) == 4096);
	return fd;
}

static void target(void)
{
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(page, 0x11, 4096);
	munmap(page + 4096, 4096);
	memset(buf, 1, sizeof(buf));
	fill_directory();
	memset(dents, 0, DENTS_MAX); /* makes the pages present */
	expect(!pipe(pipes) && !socketpair(AF_UNIX, SOCK_DGRAM, 0, unix_fds));
	tcp_fd = connected();
#ifdef __x86_64__
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_POPULATE, -1, 0);
#endif
	name = "start";
	call(SYS_dup, ARGS(~0ULL)); /* from this call on, calls are noted in wants */
	do_fixed();
	do_arrays();
	do_vectors();
	do_bad_vectors();
	do_messages();
	do_multi();
	do_discarded();
	do_keys();
	do_sized();
	do_choices();
#ifdef __x86_64__
	do_i386();
#endif
	do_long();
	raw(SYS_exit_group, ARGS(failures));
}

/* ---- comparison */

static bool is_mem(int kind)
{
	return kind == LINX_VAL_MEM || kind == LINX_VAL_MEMSTR;
}

static uint64_t mem_addr(const struct linx_val *v)
{
	uint64_t addr;

	memcpy(&addr, val_bytes(v), sizeof(addr));
	return addr;
}

/* Returns the value that the expectation describes, or NULL. */
static const struct linx_val *find_val(const struct linx_rec *rec, const struct want_val *w)
{
	const struct linx_val *v = rec_first(rec);

	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
		if (v->arg == w->arg && LINX_VAL_KIND(v->info) == w->kind &&
		    (!is_mem(w->kind) || mem_addr(v) == w->addr))
			return v;
	return NULL;
}

static void check_val(const struct linx_rec *rec, const struct want *w, const struct want_val *v,
		      const char *at)
{
	const struct linx_val *got = find_val(rec, v);
	uint32_t skip = is_mem(v->kind) ? 8 : 0, n = v->size;

	if (!ok(got != NULL, "%s, %s: argument %d has a value of kind %d", w->name, at, v->arg,
		v->kind))
		return;
	is(LINX_VAL_STATE(got->info), v->state, "%s, %s: argument %d: state", w->name, at, v->arg);
	is(got->orig, v->orig > ~0u - skip ? ~0u : v->orig + skip,
	   "%s, %s: argument %d: original length", w->name, at, v->arg);
	if (n > sizeof(v->bytes))
		n = sizeof(v->bytes);
	if (is(got->size, v->size + skip, "%s, %s: argument %d: bytes kept", w->name, at, v->arg))
		is(memcmp(val_bytes(got) + skip, v->bytes, n), 0, "%s, %s: argument %d: bytes",
		   w->name, at, v->arg);
}

static void check_rec(const struct linx_rec *rec, const struct want *w, enum when when)
{
	const char *at = when == IN ? "entry" : "return";
	int nvals = 0;

	is(rec->kind, when == IN ? LINX_REC_ENTER : LINX_REC_EXIT, "%s, %s: kind", w->name, at);
	is(rec->nr, w->nr, "%s, %s: number", w->name, at);
	is(rec->abi, w->abi, "%s, %s: ABI", w->name, at);
	for (int i = 0; i < w->nvals; i++)
		if (w->val[i].when & when && ++nvals)
			check_val(rec, w, &w->val[i], at);
	if (!w->some)
		is(rec->nvals, nvals, "%s, %s: values", w->name, at);
	ok(rec->nvals <= VALUES_MAX, "%s, %s: no more than %d values", w->name, at, VALUES_MAX);
	ok(rec_is_tidy(rec), "%s, %s: the record is full, its padding zero", w->name, at);
}

/* Returns the next record of the process that is a call. */
static const struct linx_rec *next_call(const struct traced *t, const struct linx_rec *rec)
{
	do
		rec = rec_of(&t->log, rec, t->pid, 0);
	while (rec && !rec_is_call(rec));
	return rec;
}

static void check_all(const struct traced *t)
{
	const struct linx_rec *rec = NULL;

	do
		rec = next_call(t, rec);
	while (rec && !(rec->kind == LINX_REC_ENTER && rec->nr == SYS_dup));
	for (int i = 0; i < *count && rec; i++) {
		check_rec(rec, &wants[i], IN);
		rec = next_call(t, rec);
		if (ok(rec != NULL, "%s: a return", wants[i].name))
			check_rec(rec, &wants[i], OUT);
		rec = next_call(t, rec);
	}
	ok(rec && rec->nr == SYS_exit_group, "up to the end");
}

static void check_long(const struct traced *t)
{
	const struct linx_rec *rec = rec_exit_of(&t->log, NULL, t->pid, SYS_getdents64);
	static uint8_t got[DENTS_MAX];

	if (!ok(rec && rec_val(rec, 1), "a directory: it has a value"))
		return;
	is(rec_val(rec, 1)->info, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE),
	   "a directory: kind and state");
	is(rec_val(rec, 1)->orig, *dents_len, "a directory: its length");
	is(rec_whole(&t->log, rec, 1, 0, got, sizeof(got)), *dents_len,
	   "a directory: with all pieces");
	is(memcmp(got, dents, *dents_len), 0, "a directory: its entries");
}

/* Checks that in a session with entry times each return has a time of entry that is not later than the return. */
static void check_times(const struct traced *t)
{
	const struct linx_rec *rec = NULL;
	unsigned int known = 0, wrong = 0, n = 0;

	while ((rec = rec_of(&t->log, rec, t->pid, LINX_REC_EXIT))) {
		n++;
		known += rec->flags & LINX_RF_ENTRY_TIME;
		wrong += rec->flags & LINX_RF_ENTRY_TIME && rec_entry_time(rec) > rec->time;
	}
	/* The first return may lack its time of entry, because its call began before the session. */
	ok(n > 100 && known + 1 >= n, "entry times: %u of %u are known", known, n);
	is(wrong, 0, "entry times: none is after the return");
}

static void run(bool everybody, unsigned int flags)
{
	struct traced t;

	printf("# %s%s%s\n", everybody ? "everybody" : "one process and its descendants",
	       flags & LINX_SETUP_ENTRY_TIME ? ", with entry times" : "", flags & LINX_SETUP_RESOLVED ? ", resolved" : "");
	traced_everybody = everybody;
	*count = 0;
	traced_run(&t, (struct linx_setup){ .snap_str = SNAP_STR, .snap_bytes = SNAP_BYTES, .flags = flags },
		   target);
	is(t.status, 0, "the child's own expectations");
	check_all(&t);
	check_long(&t);
	if (flags & LINX_SETUP_ENTRY_TIME)
		check_times(&t);
	traced_end(&t);
}

/* ---- single calls of a child, recorded with no filter but the child's pid */

struct single {
	struct dev d;
	struct dev_log log;
	pid_t pid;
};

static void single_run(struct single *t, struct linx_setup setup, void (*select)(struct dev *d),
		       void (*fn)(void))
{
	memset(t, 0, sizeof(*t));
	t->pid = fork();
	if (!t->pid) {
		on_cpu(1);
		raise(SIGSTOP);
		fn();
		raw(SYS_exit_group, ARGS(0));
	}
	waitpid(t->pid, NULL, WUNTRACED);
	dev_open(&t->d);
	dev_setup(&t->d, setup);
	dev_list(&t->d, t->pid);
	t->d.filter.flags = LINX_FILTER_PIDS;
	select(&t->d);
	dev_apply(&t->d);
	dev_start(&t->d);
	kill(t->pid, SIGCONT);
	reap(t->pid);
	dev_stop(&t->d);
	dev_drain_all(&t->d, &t->log);
}

static void single_end(struct single *t)
{
	free(t->log.bytes);
	dev_close(&t->d);
}

/* ---- a ring so small that a record cannot hold all that a vector points to */

static void tiny_target(void)
{
	static struct iovec v[64];

	for (unsigned int i = 0; i < 64; i++)
		v[i] = (struct iovec){ buf, sizeof(buf) };
	raw(SYS_writev, ARGS(~0ULL, P(v), 64));
}

static void tiny_select(struct dev *d)
{
	dev_want_exit(d, SYS_writev);
}

static void run_tiny(void)
{
	const struct linx_rec *rec;
	struct single t;

	printf("# a tiny ring\n");
	single_run(
		&t,
		(struct linx_setup){ .ring_size = 8192, .snap_str = SNAP_STR, .snap_bytes = 4096 },
		tiny_select, tiny_target);
	rec = rec_exit_of(&t.log, NULL, t.pid, SYS_writev);
	if (ok(rec != NULL, "the record is there")) {
		ok(LINX_REC_LEN(rec) <= 4096, "it is no longer than half of the ring");
		ok(rec->nvals > 1, "it has values of members");
		ok(rec_is_tidy(rec), "the record is full, its padding zero");
	}
	single_end(&t);
}

/* ---- an argument vector that has one string, longer than the ring, and is followed by unmapped memory */

static void cut_target(void)
{
	static char text[64 << 10];
	char **argv;

	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page + 4096, 4096);
	argv = (char **)(page + 4096) - 1;
	memset(text, 'x', sizeof(text) - 1);
	*argv = text;
	raw(SYS_execve, ARGS(P("/none"), P(argv), 0));
}

static void cut_select(struct dev *d)
{
	dev_want_exit(d, SYS_execve);
}

static void run_cut(void)
{
	const struct linx_rec *rec;
	const struct linx_val *v;
	struct linx_strv strv;
	struct single t;

	printf("# a vector cut within a string\n");
	single_run(&t, (struct linx_setup){ .ring_size = 8192, .snap_str = SNAP_STR, .snap_bytes = SNAP_BYTES },
		   cut_select, cut_target);
	rec = rec_exit_of(&t.log, NULL, t.pid, SYS_execve);
	v = rec ? rec_val(rec, 1) : NULL;
	if (ok(v && v->size > sizeof(strv), "it has bytes")) {
		memcpy(&strv, val_bytes(v), sizeof(strv));
		is(v->info, LINX_VAL_INFO(LINX_VAL_STRV, LINX_UNREADABLE), "its kind and state");
		is(strv.stored, 0, "strings that are whole");
		is(strv.unread, 0, "that it goes on is no string that cannot be read");
	}
	single_end(&t);
}

/* ---- calls whose entries are recorded only where an argument is both read and written */

/*
 * Number of times that the calls are made in a row: from the second time on the task has a slot for its entry times,
 * and the module takes another path.
 */
#define CHOSEN_ROUNDS 50

static void chosen_target(void)
{
	for (unsigned int i = 0; i < CHOSEN_ROUNDS; i++) {
		raw(SYS_ioctl, ARGS(~0ULL, _IOC(_IOC_WRITE, 0x99, 1, 8), P(buf)));
		raw(SYS_ioctl, ARGS(~0ULL, _IOC(_IOC_READ | _IOC_WRITE, 0x99, 1, 8), P(buf)));
		raw(SYS_fcntl, ARGS(~0ULL, F_GETFD));
	}
}

static void chosen_select(struct dev *d)
{
	d->select.flags = LINX_SELECT_CHOSEN;
	dev_want_enter(d, SYS_ioctl);
	dev_want_exit(d, SYS_ioctl);
	dev_want_enter(d, SYS_fcntl);
}

static void run_chosen(unsigned int flags)
{
	static const struct {
		int kind, nr;
	} want[] = { { LINX_REC_EXIT, SYS_ioctl },
		     { LINX_REC_ENTER, SYS_ioctl },
		     { LINX_REC_EXIT, SYS_ioctl },
		     { LINX_REC_ENTER, SYS_fcntl } };
	const unsigned int steps = sizeof(want) / sizeof(want[0]);
	const struct linx_rec *rec = NULL;
	unsigned int i, right = 0;
	struct single t;

	printf("# chosen entries%s\n", flags & LINX_SETUP_ENTRY_TIME ? ", and times of entries" : "");
	single_run(&t,
		   (struct linx_setup){
			   .ring_size = 1 << 20, .snap_str = SNAP_STR, .snap_bytes = SNAP_BYTES, .flags = flags },
		   chosen_select, chosen_target);
	for (i = 0; i < CHOSEN_ROUNDS * steps; i++) {
		do
			rec = rec_of(&t.log, rec, t.pid, 0);
		while (rec && !rec_is_call(rec));
		if (!rec || rec->kind != want[i % steps].kind || rec->nr != want[i % steps].nr)
			break;
		right++;
	}
	is(right, CHOSEN_ROUNDS * steps, "records in a row that are those which were chosen");
	single_end(&t);
}

/* ---- the signal mask that sigreturn restores from the stack */

static void handler(int sig)
{
	(void)sig;
}

#define MASK (1ULL << (SIGHUP - 1) | 1ULL << 59)

static void mask_target(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, 60);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
}

static void mask_select(struct dev *d)
{
	dev_want_enter(d, SYS_rt_sigreturn);
}

#ifdef __x86_64__
/*
 * Makes an i386 sigreturn with a stack above 4 GB; the kernel looks for the signal frame there. Except for the mask the
 * frame is invalid.
 */
static void high_mask_target(void)
{
	uint64_t mask = MASK;

	asm volatile("sub $4096, %%rsp; mov %1, 248(%%rsp); int $0x80; add $4096, %%rsp" : : "a"(173), "r"(mask) : "memory");
}

static void high_mask_select(struct dev *d)
{
	dev_bit(d->select.enter, LINX_ABI_I386, 173 /* rt_sigreturn */);
}
#endif

static void run_mask(const char *what, void (*select)(struct dev *d), void (*target)(void))
{
	const uint64_t want = MASK;
	const struct linx_val *v;
	const struct linx_rec *rec;
	struct single t;

	printf("# %s\n", what);
	single_run(&t, (struct linx_setup){ .ring_size = 1 << 20 }, select, target);
	rec = rec_of(&t.log, NULL, t.pid, LINX_REC_ENTER);
	v = rec ? rec_val(rec, LINX_FIELD_SIGMASK) : NULL;
	if (ok(v != NULL, "the record has a mask")) {
		is(v->info, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), "its kind and state");
		is(v->size, sizeof(want), "its size");
		is(memcmp(val_bytes(v), &want, sizeof(want)), 0, "its bits");
	}
	single_end(&t);
}

/* ---- at random */

#define PAGES 16
#define REGION (PAGES * 4096)
#define CALLS 3000

static uint8_t *region; /* shared memory; some of its pages are inaccessible to the child */
static bool hole[PAGES];

static uint64_t rnd_addr(void)
{
	switch (rnd() % 16) {
	case 0:
		return rnd();
	case 1:
		return P(region + rnd() % PAGES * 4096 + 4096 - rnd() % 64);
	default:
		return P(region + rnd() % REGION / 8 * 8);
	}
}

static uint64_t rnd_word(void)
{
	static const uint64_t odd[] = { 0,	    1,		2,     3,   8,
					1ULL << 31, 1ULL << 32, ~0ULL, ~0u, 1ULL << 63 };

	switch (rnd() % 4) {
	case 0:
		return odd[rnd() % (sizeof(odd) / sizeof(odd[0]))];
	case 1:
		return rnd() % 100 | rnd() % 50 << 32;
	default:
		return rnd_addr();
	}
}

/* Calls that take many pointers. With the first argument below each call fails before it writes to any memory. */
static const struct {
	int nr;
	uint64_t first; /* argument 0 */
	uint64_t limit; /* upper limit of argument 1; 0: no limit */
} random_calls[] = {
	{ SYS_writev, -1, 0 },
	{ SYS_readv, -1, 0 },
	{ SYS_sendmsg, -1, 0 },
	{ SYS_recvmsg, -1, 0 },
	{ SYS_sendmmsg, -1, 0 },
	{ SYS_ioctl, -1, 0 },
	{ SYS_fcntl, -1, 40 },
	{ SYS_setsockopt, -1, 2 },
	{ SYS_getsockopt, -1, 2 },
	{ SYS_io_submit, 1, 0 },
	{ SYS_semtimedop, -1, 0 },
	{ SYS_msgsnd, -1, 0 },
	{ SYS_epoll_ctl, -1, 0 },
	{ SYS_timerfd_settime, -1, 0 },
	{ SYS_mq_timedsend, -1, 0 },
	{ SYS_io_uring_register, -1, 35 },
	{ SYS_process_vm_writev, -1, 0 },
	{ SYS_mount_setattr, -1, 0 },
	{ SYS_sched_setattr, -1, 0 },
	{ SYS_fsconfig, -1, 8 },
	{ SYS_getdents64, -1, 0 },
};

static void random_target(void)
{
	volatile uint8_t *first = region; /* the reads below make the pages present */
	uint64_t args[6];

	for (unsigned int i = 0; i < PAGES; i++)
		if (hole[i])
			munmap(region + i * 4096, 4096);
		else
			first[i * 4096];
	for (unsigned int i = 0; i < CALLS; i++) {
		unsigned int k = rnd() % (sizeof(random_calls) / sizeof(random_calls[0]));

		for (unsigned int j = 0; j < 6; j++)
			args[j] = rnd_word();
		args[0] = random_calls[k].first;
		if (random_calls[k].limit)
			args[1] = rnd() % random_calls[k].limit;
		if (random_calls[k].nr == SYS_ioctl && rnd() % 2)
			args[1] = (rnd() % 4 << 30) | (rnd() & 0x3fffffff);
		raw(random_calls[k].nr, args);
	}
	raw(SYS_exit_group, ARGS(0));
}

/* Mappings outside of the region. A truncated address of the region may point into one of them. */
static struct {
	uint64_t from, to;
} mapped[64];
static unsigned int mapped_nr;

/* Reads the list of mappings before the fork; the child has the same mappings. */
static void read_mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512], may;

	if (!f)
		die("/proc/self/maps");
	for (mapped_nr = 0; fgets(line, sizeof(line), f) && mapped_nr < 64;)
		if (sscanf(line, "%lx-%lx %c", (unsigned long *)&mapped[mapped_nr].from,
			   (unsigned long *)&mapped[mapped_nr].to, &may) == 3 && may == 'r')
			mapped_nr++;
	fclose(f);
}

static bool in_region(uint64_t addr)
{
	return addr - P(region) < REGION;
}

/* Returns whether the child can read this byte. */
static bool readable(uint64_t addr)
{
	if (in_region(addr))
		return !hole[(addr - P(region)) / 4096];
	for (unsigned int i = 0; i < mapped_nr; i++)
		if (addr >= mapped[i].from && addr < mapped[i].to)
			return true;
	return false;
}

static uint64_t addr_of(const struct linx_rec *rec, const struct linx_val *v)
{
	return is_mem(LINX_VAL_KIND(v->info)) ? mem_addr(v) : rec_args(rec)[v->arg];
}

/* Returns why the recorded value is wrong, or NULL. A string is compared as the bytes up to and including its NUL. */
static const char *wrong_value(const struct linx_rec *rec, const struct linx_val *v)
{
	uint32_t kind = LINX_VAL_KIND(v->info), state = LINX_VAL_STATE(v->info),
		 skip = is_mem(kind) ? 8 : 0;
	uint64_t addr = addr_of(rec, v);
	uint32_t n = v->size - skip;
	bool str = kind == LINX_VAL_STR || kind == LINX_VAL_MEMSTR;

	if (v->size < skip || v->arg >= rec->nargs)
		return "is malformed";
	for (uint32_t i = 0; i < n; i++)
		if (!readable(addr + i))
			return "has bytes that nobody could read";
	if (n && in_region(addr) && memcmp(val_bytes(v) + skip, (void *)addr, n) != 0)
		return "is not what stood there";
	if (str && state == LINX_WHOLE && (!readable(addr + n) || (in_region(addr) && *(uint8_t *)(addr + n))))
		return "is called whole, but does not end there";
	if (state == LINX_UNREADABLE)
		return in_region(addr + n) && readable(addr + n) ? "is called unreadable, but is there" : NULL;
	if (state == LINX_TRUNCATED)
		return v->orig > v->size ? NULL : "is called truncated, but is not";
	return state == LINX_WHOLE && v->orig == v->size ?
		       NULL :
		       "has no state, or is not as long as it says";
}

static void check_random(const struct traced *t)
{
	const struct linx_rec *rec = NULL;
	unsigned int calls = 0, values = 0, nested = 0, bad = 0;

	while ((rec = next_call(t, rec))) {
		const struct linx_val *v = rec_first(rec);

		if (rec->nr == SYS_munmap || rec->nr == SYS_exit_group || rec->nr == SYS_read)
			continue;
		calls++;
		bad += !rec_is_tidy(rec) || rec->nvals > VALUES_MAX;
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			const char *wrong = wrong_value(rec, v);

			values++;
			nested += is_mem(LINX_VAL_KIND(v->info));
			if (wrong && bad++ < 10) {
				rec_show(rec);
				printf("# argument %u, kind %u, state %u, size %u of %u, at %#llx, %s\n",
				       v->arg, LINX_VAL_KIND(v->info), LINX_VAL_STATE(v->info),
				       v->size, v->orig, (unsigned long long)addr_of(rec, v), wrong);
			}
		}
	}
	is(calls, 2 * CALLS, "entries and returns of random calls");
	ok(values > CALLS, "%u values in them", values);
	ok(nested > CALLS, "%u of members", nested);
	is(bad, 0, "of these, wrong ones");
}

static void run_random(bool everybody, unsigned int flags)
{
	struct traced t;

	printf("# at random, %s%s\n", everybody ? "everybody" : "one process", flags ? ", with entry times" : "");
	traced_everybody = everybody;
	for (unsigned int i = 0; i < PAGES; i++)
		hole[i] = i % 5 == 3;
	for (unsigned int i = 0; i < REGION / 8; i++)
		((uint64_t *)region)[i] = rnd_word();
	read_mapped();
	traced_run(&t,
		   (struct linx_setup){
			   .ring_size = 64 << 20, .snap_str = SNAP_STR, .snap_bytes = SNAP_BYTES, .flags = flags },
		   random_target);
	check_random(&t);
	traced_end(&t);
}

/* Maps shared memory between two inaccessible pages. */
static void *guarded(size_t size)
{
	char *p = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mmap(p + size, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		die("mmap");
	return p + size;
}

int main(void)
{
	on_cpu(0);
	wants = shared(200 * sizeof(*wants));
	count = shared(sizeof(*count));
	dents = shared(DENTS_MAX);
	dents_len = shared(sizeof(*dents_len));
	region = guarded(REGION);
	run(false, 0);
	run(true, 0);
	run(false, LINX_SETUP_ENTRY_TIME);
	run(true, LINX_SETUP_ENTRY_TIME);
	run(true, LINX_SETUP_RESOLVED);
	run_tiny();
	run_cut();
	run_chosen(0);
	run_chosen(LINX_SETUP_ENTRY_TIME);
	run_mask("sigreturn", mask_select, mask_target);
#ifdef __x86_64__
	run_mask("sigreturn by int 0x80", high_mask_select, high_mask_target);
#endif
	run_random(false, 0);
	run_random(true, 0);
	run_random(true, LINX_SETUP_ENTRY_TIME);
	return tap_end();
}
