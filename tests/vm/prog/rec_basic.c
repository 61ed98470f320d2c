// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process makes known calls and notes the expected record of each, at entry and at return. The records must be
 * exactly those. Built for the 64-bit ABI only (native only).
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "raw.h"
#include "rec.h"

#define SNAP_STR 64
#define SNAP_BYTES 80

/* ---- expectations: written by the child, read by the parent */

enum when { IN = 1, OUT = 2, BOTH = IN | OUT };

struct want_val {
	uint8_t when, arg, kind, state;
	uint32_t orig, size;
	uint8_t bytes[160];
};

struct want {
	const char *name;
	int nr, abi, nargs, nvals;
	uint64_t args[6];
	long ret;
	bool no_return;
	struct want_val val[4];
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

static struct want *want(int abi, int nr, int nargs, const uint64_t *args, long ret)
{
	struct want *w = &wants[*count];

	*w = (struct want){ .name = name, .nr = nr, .abi = abi, .nargs = nargs, .ret = ret };
	memcpy(w->args, args, sizeof(w->args));
	++*count;
	return w;
}

/* Adds a value that the record of the last noted call must have. */
static void val(enum when when, int arg, int kind, int state, uint64_t orig, const void *bytes,
		uint32_t size)
{
	struct want *w = &wants[*count - 1];

	w->val[w->nvals++] = (struct want_val){ when, arg, kind, state, orig, size, { 0 } };
	memcpy(w->val[w->nvals - 1].bytes, bytes, size);
}

static void str(int arg, const char *s)
{
	uint32_t n = strlen(s);

	val(BOTH, arg, LINX_VAL_STR, n > SNAP_STR ? LINX_TRUNCATED : LINX_WHOLE, n, s,
	    n > SNAP_STR ? SNAP_STR : n);
}

static void bytes(enum when when, int arg, const void *p, uint64_t n)
{
	val(when, arg, LINX_VAL_BYTES, n > SNAP_BYTES ? LINX_TRUNCATED : LINX_WHOLE,
	    n > ~0u ? ~0u : n, p, n > SNAP_BYTES ? SNAP_BYTES : n);
}

/* ---- raw calls */

#define ARGS(...) ((const uint64_t[6]){ __VA_ARGS__ })
#define P(p) ((uintptr_t)(p))

static long call(int nr, int nargs, const uint64_t *args)
{
	long ret = raw(nr, args);

	want(LINX_ABI_X86_64, nr, nargs, args, ret);
	return ret;
}

#ifdef __x86_64__
static long call_i386(int nr, int nargs, const uint64_t *args)
{
	uint64_t low[6];
	long ret = (int)raw_i386(nr, args);

	for (int i = 0; i < 6; i++)
		low[i] = (uint32_t)args[i];
	want(LINX_ABI_I386, nr, nargs, low, ret);
	return ret;
}
#endif

/* ---- the calls */

static char buf[1000], in[1000], longs[400];
static char *page; /* a page with an inaccessible page behind it */
static long null_fd;

static void path(const char *text, size_t n)
{
	memset(longs, 0, sizeof(longs));
	memcpy(longs, text, n);
	for (size_t i = strlen(text); i < n; i++)
		longs[i] = 'a' + i % 26;
	call(SYS_openat, 4, ARGS(AT_FDCWD, P(longs), O_RDWR, 0));
	str(1, longs);
}

static void do_strings(void)
{
	name = "no argument";
	call(SYS_getppid, 0, ARGS(0));
	name = "close of nothing";
	call(SYS_close, 1, ARGS(~0ULL));
	name = "a whole string";
	strcpy(in, "/dev/null");
	null_fd = call(SYS_openat, 4, ARGS(AT_FDCWD, P(in), O_RDWR, 0));
	str(1, "/dev/null");
	name = "a string one short of the limit";
	path("/n", SNAP_STR - 1);
	name = "a string as long as the limit";
	path("/n", SNAP_STR);
	name = "a string one too long";
	path("/n", SNAP_STR + 1);
	name = "a string far too long";
	path("/n", 300);
	name = "an empty string";
	path("", 0);
	name = "no string";
	call(SYS_openat, 4, ARGS(AT_FDCWD, 0, O_RDWR, 0));
	name = "a string that is not there";
	call(SYS_openat, 4, ARGS(AT_FDCWD, P(page + 4096), O_RDWR, 0));
	val(BOTH, 1, LINX_VAL_STR, LINX_UNREADABLE, ~0u, "", 0);
	name = "a string that runs off its page";
	memcpy(page + 4088, "/dev/nul", 8);
	call(SYS_openat, 4, ARGS(AT_FDCWD, P(page + 4088), O_RDWR, 0));
	val(BOTH, 1, LINX_VAL_STR, LINX_UNREADABLE, ~0u, "/dev/nul", 8);
	name = "a string that just ends on its page";
	memcpy(page + 4086, "/dev/null", 10);
	call(SYS_openat, 4, ARGS(AT_FDCWD, P(page + 4086), O_RDWR, 0));
	str(1, "/dev/null");
	name = "two strings";
	strcpy(buf, "/nothing/a");
	strcpy(in, "/nothing/b");
	call(SYS_renameat, 4, ARGS(AT_FDCWD, P(buf), AT_FDCWD, P(in)));
	str(1, "/nothing/a");
	str(3, "/nothing/b");
}

static void do_writes(void)
{
	for (unsigned int i = 0; i < sizeof(in); i++)
		in[i] = i * 7;
	name = "a short buffer";
	call(SYS_write, 3, ARGS(null_fd, P(in), 5));
	bytes(BOTH, 1, in, 5);
	name = "a buffer as long as the limit";
	call(SYS_write, 3, ARGS(null_fd, P(in), SNAP_BYTES));
	bytes(BOTH, 1, in, SNAP_BYTES);
	name = "a long buffer";
	call(SYS_write, 3, ARGS(null_fd, P(in), 200));
	bytes(BOTH, 1, in, 200);
	name = "a buffer of 4 GB and 5";
	call(SYS_write, 3, ARGS(null_fd, P(in), (1ULL << 32) + 5));
	bytes(BOTH, 1, in, (1ULL << 32) + 5);
	name = "a buffer of nothing";
	call(SYS_write, 3, ARGS(null_fd, P(in), 0));
	bytes(BOTH, 1, in, 0);
	name = "no buffer";
	call(SYS_write, 3, ARGS(null_fd, 0, 5));
	name = "a buffer that runs off its page";
	call(SYS_write, 3, ARGS(null_fd, P(page + 4088), 40));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_UNREADABLE, 40, page + 4088, 8);
	name = "a buffer that is not there";
	call(SYS_write, 3, ARGS(null_fd, P(page + 4096), 40));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_UNREADABLE, 40, "", 0);
	name = "a buffer at a kernel address";
	call(SYS_write, 3, ARGS(null_fd, 0xffffffff81000000, 40));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_UNREADABLE, 40, "", 0);
}

static void do_reads(void)
{
	int fds[2];

	name = "a pair of descriptors";
	call(SYS_pipe2, 2, ARGS(P(fds), O_CLOEXEC));
	bytes(OUT, 0, fds, 8);
	name = "pipe to an address that is none";
	call(SYS_pipe2, 2, ARGS(8, 0));
	name = "write to a pipe";
	call(SYS_write, 3, ARGS(fds[1], P(in), 300));
	bytes(BOTH, 1, in, 300);
	name = "read of less than asked for";
	call(SYS_read, 3, ARGS(fds[0], P(buf), 11));
	bytes(OUT, 1, in, 11);
	name = "read of more than is kept";
	call(SYS_read, 3, ARGS(fds[0], P(buf), 1000));
	bytes(OUT, 1, in + 11, 289);
	name = "read at the end";
	call(SYS_close, 1, ARGS(fds[1]));
	call(SYS_read, 3, ARGS(fds[0], P(buf), 1000));
	bytes(OUT, 1, "", 0);
	name = "read that fails has no value";
	call(SYS_read, 3, ARGS(~0ULL, P(buf), 1000));
	name = "failed read of a name";
	call(SYS_getcwd, 2, ARGS(P(buf), 1));
}

static void do_xattr(void)
{
	strcpy(in, "/tmp/rec_basic.file");
	strcpy(in + 100, "trusted.linx");
	strcpy(in + 200, "0123456789");
	name = "open for an attribute";
	call(SYS_openat, 4, ARGS(AT_FDCWD, P(in), O_RDWR | O_CREAT, 0600));
	str(1, in);
	name = "setxattr";
	call(SYS_setxattr, 5, ARGS(P(in), P(in + 100), P(in + 200), 10, 0));
	str(0, in);
	str(1, in + 100);
	bytes(BOTH, 2, in + 200, 10);
	if (wants[*count - 1].ret)
		return; /* this file system has no extended attributes: the calls below would fail and show nothing */
	name = "getxattr that asks for the size";
	call(SYS_getxattr, 4, ARGS(P(in), P(in + 100), P(buf), 0));
	str(0, in);
	str(1, in + 100);
	bytes(OUT, 2, "", 0);
	name = "getxattr";
	call(SYS_getxattr, 4, ARGS(P(in), P(in + 100), P(buf), 100));
	str(0, in);
	str(1, in + 100);
	bytes(OUT, 2, in + 200, 10);
}

static void do_messages(void)
{
	char *end = page + 4096;
	int s[2];

	name = "socketpair";
	call(SYS_socketpair, 4, ARGS(AF_UNIX, SOCK_DGRAM, 0, P(s)));
	bytes(OUT, 3, s, 8);
	name = "sendto";
	call(SYS_sendto, 6, ARGS(s[0], P(in), 100, 0, 0, 0));
	bytes(BOTH, 1, in, 100);
	name = "recvfrom with MSG_TRUNC: not beyond its buffer";
	call(SYS_recvfrom, 6, ARGS(s[1], P(end - 20), 20, MSG_TRUNC, 0, 0));
	bytes(OUT, 1, in, 20);
	expect(wants[*count - 1].ret == 100);
	name = "recvfrom that fails";
	call(SYS_recvfrom, 6, ARGS(s[1], P(buf), 20, MSG_DONTWAIT, 0, 0));
}

static void sockaddr(enum when when, int arg, const void *p, uint32_t n)
{
	val(when, arg, LINX_VAL_BYTES, LINX_WHOLE, n, p, n);
}

/* Makes a socket name of the greatest length, which leaves no room for a NUL at its end. */
static void long_path(char *to)
{
	memset(to, 'x', sizeof(((struct sockaddr_un *)0)->sun_path));
	memcpy(to, "/tmp/", 5);
}

/* Removes files that an earlier run left. */
static void clean_up(void)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1] = "";

	long_path(path);
	unlink(path);
	unlink("/tmp/rec_basic.file");
}

static void do_addresses(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t room = 128, len;
	long fd;

	long_path(un.sun_path);
	memcpy(in, &un, sizeof(un));
	name = "socket";
	fd = call(SYS_socket, 3, ARGS(AF_UNIX, SOCK_STREAM, 0));
	name = "connect with 110 bytes of address";
	call(SYS_connect, 3, ARGS(fd, P(in), sizeof(un)));
	sockaddr(BOTH, 1, &un, sizeof(un));
	name = "bind to 110 bytes of address";
	call(SYS_bind, 3, ARGS(fd, P(in), sizeof(un)));
	sockaddr(BOTH, 1, &un, sizeof(un));
	name = "getsockname";
	memset(buf, 0, sizeof(buf));
	len = room;
	call(SYS_getsockname, 3, ARGS(fd, P(buf), P(&len)));
	sockaddr(OUT, 1, buf, len);
	val(IN, 2, LINX_VAL_BYTES, LINX_WHOLE, 4, &room, 4);
	val(OUT, 2, LINX_VAL_BYTES, LINX_WHOLE, 4, &len, 4);
	expect(len >= sizeof(un));
	name = "bind with a length beyond any address";
	call(SYS_bind, 3, ARGS(fd, P(in), 1000));
	val(BOTH, 1, LINX_VAL_BYTES, LINX_TRUNCATED, 1000, in, 128);
}

static void do_children(void)
{
	uint64_t args[6] = { SIGCHLD };
	int status = 0;
	long pid;

	name = "clone";
	pid = raw(SYS_clone, args);
	if (!pid)
		raw(SYS_exit_group, ARGS(7));
	want(LINX_ABI_X86_64, SYS_clone, 5, args, pid);
	name = "wait4";
	call(SYS_wait4, 4, ARGS(pid, P(&status), 0, 0));
	bytes(OUT, 1, &status, 4);
	expect(status == 0x700);
	name = "wait4 that fails";
	call(SYS_wait4, 4, ARGS(~0ULL, P(&status), 0, 0));
}

static void do_unknown(void)
{
	const uint64_t *a = ARGS(1, 2, 3, ~0ULL, 5, 0x123456789abcdefULL);

	name = "an unknown number";
	call(9999, 6, a);
	name = "a number in a hole of the table";
	call(400, 6, a);
	name = "number 1023";
	call(1023, 6, a);
	name = "number 1024";
	call(1024, 6, a);
	name = "number -1";
	call(-1, 6, a);
#ifdef __x86_64__
	name = "number 0x7fffffff: the x32 bit is set";
	raw(0x7fffffff, a);
	want(LINX_ABI_X32, 0x3fffffff, 6, a, -ENOSYS);
#endif
	name = "number 0x80000000";
	raw(0x80000000, a);
	want(LINX_ABI_X86_64, 0x80000000, 6, a, -ENOSYS);
#ifdef __x86_64__
	name = "x32 getpid";
	want(LINX_ABI_X32, 39, 0, a, raw(0x40000000 + 39, a));
	expect(wants[*count - 1].ret == -ENOSYS);
#endif
}

#ifdef __x86_64__
static char *low; /* memory below 4 GB */

static void do_i386(void)
{
	strcpy(low, "/dev/null");
	name = "int 0x80: getpid";
	call_i386(20, 0, ARGS(0));
	name = "int 0x80: open";
	call_i386(5, 3, ARGS(P(low), O_RDONLY, 0));
	str(0, "/dev/null");
	name = "int 0x80: write, garbage in the upper halves";
	call_i386(4, 3,
		  ARGS(0xdeadbeef00000000 | null_fd, 0x1234567800000000 | P(low),
		       0xff00000000000004));
	bytes(BOTH, 1, low, 4);
	name = "int 0x80: an unknown number";
	call_i386(9999, 6, ARGS(1ULL << 32 | 1, 2, 3, 4, 5, ~0ULL));
}
#endif

static void target(void)
{
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page + 4096, 4096);
	page[0] = 1;
	memset(in, 1, sizeof(in));
	memset(buf, 1, sizeof(buf));
	memset(longs, 1, sizeof(longs));
#ifdef __x86_64__
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
#endif
	name = "start";
	call(SYS_dup, 1, ARGS(~0ULL)); /* from this call on, calls are noted in wants */
	do_strings();
	do_writes();
	do_reads();
	do_xattr();
	do_messages();
	do_addresses();
	do_children();
	do_unknown();
#ifdef __x86_64__
	do_i386();
#endif
	name = "end";
	want(LINX_ABI_X86_64, SYS_exit_group, 1, ARGS(failures), 0)->no_return = true;
	raw(SYS_exit_group, ARGS(failures));
}

/* ---- comparison */

static void check_val(const struct linx_rec *rec, const struct want *w, const struct want_val *v,
		      const char *at)
{
	const struct linx_val *got = rec_val(rec, v->arg);

	if (!ok(got != NULL, "%s, %s: argument %d has a value", w->name, at, v->arg))
		return;
	is(got->info, LINX_VAL_INFO(v->kind, v->state), "%s, %s: argument %d: kind and state",
	   w->name, at, v->arg);
	is(got->orig, v->orig, "%s, %s: argument %d: original length", w->name, at, v->arg);
	if (is(got->size, v->size, "%s, %s: argument %d: bytes kept", w->name, at, v->arg))
		is(memcmp(val_bytes(got), v->bytes, v->size), 0, "%s, %s: argument %d: bytes",
		   w->name, at, v->arg);
}

static void check_rec(const struct linx_rec *rec, const struct want *w, enum when when)
{
	const char *at = when == IN ? "entry" : "return";
	int nvals = 0;

	is(rec->kind, when == IN ? LINX_REC_ENTER : LINX_REC_EXIT, "%s, %s: kind", w->name, at);
	is(rec_number(rec), w->nr, "%s, %s: number", w->name, at);
	is(rec->abi, w->abi, "%s, %s: ABI", w->name, at);
	is(rec->flags, 0, "%s, %s: flags", w->name, at);
	if (is(rec->nargs, w->nargs, "%s, %s: arguments", w->name, at))
		is(memcmp(rec_args(rec), w->args, w->nargs * 8), 0, "%s, %s: their values", w->name,
		   at);
	if (when == OUT)
		is(rec_ret(rec), w->ret, "%s: result", w->name);
	for (int i = 0; i < w->nvals; i++)
		if (w->val[i].when & when && ++nvals)
			check_val(rec, w, &w->val[i], at);
	is(rec->nvals, nvals + !!rec_val(rec, LINX_FIELD_NR), "%s, %s: values", w->name, at);
	ok(rec_is_tidy(rec), "%s, %s: the record is full, its padding zero", w->name, at);
}

/*
 * Checks the records of the child that the recorded process creates: they are the entry of its exit_group and its end,
 * and no return from clone.
 */
static void check_grandchild(const struct traced *t)
{
	const struct linx_rec *rec = rec_of(&t->log, NULL, t->pid, LINX_REC_FORK);
	pid_t pid;

	if (!ok(rec != NULL, "a FORK record"))
		return;
	pid = rec_ctx(rec)->tid;
	rec = rec_of(&t->log, NULL, pid, 0);
	ok(rec && rec->kind == LINX_REC_ENTER && rec->nr == SYS_exit_group && rec_args(rec)[0] == 7,
	   "the child's return from clone is not recorded, its exit_group is its first record");
	rec = rec_of(&t->log, rec, pid, 0);
	ok(rec && rec->kind == LINX_REC_TASK_EXIT, "its end is the next");
	if (rec)
		is(rec_ctx(rec)->code, 0x700, "its exit code");
	ok(!rec_of(&t->log, rec, pid, 0), "and then nothing");
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
		if (wants[i].no_return)
			break;
		rec = next_call(t, rec);
		if (ok(rec != NULL, "%s: a return", wants[i].name))
			check_rec(rec, &wants[i], OUT);
		rec = next_call(t, rec);
	}
	ok(rec && rec->nr == SYS_exit_group, "up to the end");
	ok(!next_call(t, rec), "and then nothing");
}

static void run(bool everybody)
{
	struct traced t;

	printf("# %s\n", everybody ? "everybody" : "one process and its descendants");
	traced_everybody = everybody;
	*count = 0;
	clean_up();
	traced_run(&t, (struct linx_setup){ .snap_str = SNAP_STR, .snap_bytes = SNAP_BYTES },
		   target);
	is(t.status, 0, "the child's own expectations");
	check_all(&t);
	check_grandchild(&t);
	is(rec_of(&t.log, NULL, t.pid, 0)->kind, LINX_REC_TASK, "the first record describes the task");
	traced_end(&t);
}

int main(void)
{
	on_cpu(0);
	wants = shared(100 * sizeof(*wants));
	count = shared(sizeof(*count));
	run(false);
	run(true);
	return tap_end();
}
