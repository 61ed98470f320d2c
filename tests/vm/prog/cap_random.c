// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes every call of the table of calls, of both ABIs, with random arguments: pointers into memory of every kind, at
 * and across its ends, and to unmapped memory; huge counts; structures that overlap. Built for x86_64 only, whose table
 * it has, and for the 64-bit ABI only, which makes the i386 calls as well (native only, x86 only).
 *
 * The captured values are compared with the memory before and after the call: no other bytes may be recorded, no
 * readable memory may be marked unreadable, and no value that has to be captured may be missing without a state.
 *
 * usage: cap_random [SEED [COUNT]]       records itself and checks the recording
 *        cap_random calls SEED COUNT     only makes the calls
 */
#include <grp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include "raw.h"
#include "cap_random.h"
#include "rec.h"

#define COUNT 6000
#define NOBODY 65534
#define SNAP_BYTES 80
#define DIFF_ROOM (256u << 20)

/* One call that was made. It has the offset, in a buffer, of a copy of the arena's bytes that the call changed. */
struct made {
	uint64_t args[6];
	long ret;
	uint32_t diff, diffs;
	pid_t tid;
	int nr;
	uint16_t row;
	uint8_t abi;
	bool begun, done;
};

struct diff {
	uint16_t at, len; /* offset within the arena, and number of bytes */
	uint8_t bytes[];
};

struct shared {
	volatile unsigned int next; /* index of the call that is being made */
	unsigned int count;
	uint64_t seed;
	uint32_t diff_end;
	struct made made[];
};

static struct shared *sh;
static uint8_t *diffs;
static uint8_t before[ARENA], after[ARENA];

/* ---- the program that makes the calls */

static void woken(int sig)
{
	(void)sig;
}

static void take_signals(void)
{
	struct sigaction sa = { .sa_handler = woken };

	for (int sig = 1; sig < 65; sig++)
		/*
		 * succeeds for all signals but SIGKILL and SIGSTOP, which cannot be caught, and two that the C library
		 * uses
		 */
		sigaction(sig, &sa, NULL);
}

static void limit(int what, rlim_t n)
{
	struct rlimit l = { n, n };

	setrlimit(what, &l);
}

static void become_nobody(void)
{
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_MEMLOCK, 1 << 20);
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		_exit(3);
}

/* Opens one descriptor of each kind, under the numbers that arguments often have. */
static void open_things(void)
{
	int fds[2];

	syscall(SYS_close_range, 0, ~0u, 0);
	for (int i = 0; i < 3; i++)
		open("/dev/null", O_RDWR);
	if (pipe(fds) || socketpair(AF_UNIX, SOCK_DGRAM, 0, fds))
		_exit(4);
	epoll_create1(0);
	eventfd(0, EFD_NONBLOCK);
	open("/tmp", O_RDWR | O_TMPFILE, 0600);
	open("/", O_RDONLY | O_DIRECTORY);
	socket(AF_INET, SOCK_DGRAM, 0);
	socket(AF_NETLINK, SOCK_RAW, 0);
	timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	inotify_init1(IN_NONBLOCK);
}

static void make_arena(void)
{
	char *at = (char *)ARENA_AT;

	if (mmap(at, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at ||
	    mmap(at, GOOD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at ||
	    mprotect(at + CONST_PAGE * PAGE, PAGE, PROT_READ | PROT_WRITE) ||
	    mmap(at + LAZY_PAGE * PAGE, LAZY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		    MAP_FAILED)
		_exit(5);
	random_fill(sh->seed, CONST_INDEX, (uint8_t *)at + CONST_PAGE * PAGE, PAGE);
	if (mprotect(at + CONST_PAGE * PAGE, PAGE, PROT_READ) || munmap(at + HOLE_1 * PAGE, PAGE) ||
	    munmap(at + HOLE_2 * PAGE, PAGE))
		_exit(6);
}

/* Saves the bytes of the accessible and of the untouched pages that the call has changed. */
static void keep_changes(struct made *m)
{
	static const struct {
		unsigned int from, to;
	} parts[] = { { 0, GOOD }, { LAZY_PAGE * PAGE, LAZY_PAGE * PAGE + LAZY } };
	const uint8_t *now = (uint8_t *)ARENA_AT;

	m->diff = sh->diff_end;
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int at = parts[i].from; at < parts[i].to; at += 64) {
			struct diff *d = (struct diff *)(diffs + sh->diff_end);

			if (!memcmp(now + at, before + at, 64))
				continue;
			if (sh->diff_end + 128 > DIFF_ROOM)
				_exit(7);
			d->at = at;
			d->len = 64;
			memcpy(d->bytes, now + at, 64);
			sh->diff_end += sizeof(*d) + 64;
			m->diffs++;
		}
	}
}

static void make_call(unsigned int index)
{
	struct made *m = &sh->made[index];
	struct random_call c;

	random_call(sh->seed, index, &c);
	*m = (struct made){ .nr = c.nr, .row = c.row, .abi = c.abi, .tid = (pid_t)syscall(SYS_gettid) };
	memcpy(m->args, c.args, sizeof(m->args));
	random_image(sh->seed, index, before);
	memcpy((void *)ARENA_AT, before, GOOD);
	syscall(SYS_madvise, ARENA_AT + LAZY_PAGE * PAGE, LAZY, MADV_DONTNEED);
	m->begun = true;
	sh->next = index;
	m->ret = c.abi == LINX_ABI_I386 ? raw_i386(c.nr, m->args) : raw(c.nr, m->args);
	keep_changes(m);
	m->done = true;
}

static void make_calls(unsigned int from)
{
	on_cpu(1);
	take_signals();
	make_arena();
	become_nobody();
	for (unsigned int i = from; i < sh->count; i++) {
		if (i == from || i % 200 == 0)
			open_things();
		make_call(i);
	}
	sh->next = sh->count;
	_exit(0);
}

/* ---- interruption of calls that block */

/*
 * Interrupts the waiting task by a signal. After 40 vain rounds it kills the task, which may be stopped or have blocked
 * all signals.
 */
static void nudge(pid_t pid, unsigned int waited)
{
	static int sig = 1;

	if (waited > 40) {
		kill(pid, SIGKILL);
		return;
	}
	sig = sig % 31 + 1;
	if (sig == SIGKILL || sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)
		sig = SIGUSR1;
	kill(pid, sig);
}

/* Watches the program until it ends for any reason. */
static void watch(pid_t pid)
{
	unsigned int last = ~0u, waited = 0;

	while (waitpid(pid, NULL, WNOHANG) != pid) {
		sleep_ms(4);
		waited = sh->next == last ? waited + 1 : 0;
		last = sh->next;
		if (waited > 1)
			nudge(pid, waited);
	}
}

/*
 * Watches the program that makes the calls. If a call ends it, a new program continues with the next call, up to 200
 * programs. Returns the number of programs.
 */
static unsigned int run_all(pid_t first)
{
	unsigned int programs = 1;
	pid_t pid = first;

	for (;;) {
		watch(pid);
		if (sh->next >= sh->count || programs == 200)
			return programs;
		programs++;
		pid = fork();
		if (!pid)
			make_calls(sh->next + 1);
		if (pid < 0)
			die("fork");
	}
}

static void make_shared(uint64_t seed, unsigned int count)
{
	sh = shared(sizeof(*sh) + count * sizeof(struct made));
	diffs = shared(DIFF_ROOM);
	sh->seed = seed;
	sh->count = count;
}

/* ---- checks of the records */

static unsigned int complaints, values[8], checked, missing;

static void complain(const struct made *m, const struct linx_rec *rec, const struct linx_val *v, const char *what)
{
	if (complaints++ >= 20)
		return;
	printf("# %s: call %u, %s(", what, (unsigned int)(m - sh->made), random_row_name(m->row));
	for (int i = 0; i < 6; i++)
		printf("%s%#llx", i ? ", " : "", (unsigned long long)m->args[i]);
	printf(") = %ld of abi %u, %s, argument %u, kind %u, state %u, size %u, orig %u\n", m->ret, m->abi,
	       rec->kind == LINX_REC_ENTER ? "entry" : "return", v ? v->arg : 99, v ? LINX_VAL_KIND(v->info) : 0,
	       v ? LINX_VAL_STATE(v->info) : 0, v ? v->size : 0, v ? v->orig : 0);
}

enum there { NOTHING, SOMETHING, ABSENT_NOW, UNKNOWN };

/*
 * Looks up the byte at an address of the program in a copy of its memory. A page that was never touched may be absent.
 */
static enum there look(const uint8_t *image, uint64_t addr, uint8_t *byte)
{
	uint64_t at = addr - ARENA_AT;

	if (addr < 65536 || addr >= 1ULL << 47)
		return NOTHING;
	if (at >= ARENA)
		return UNKNOWN;
	*byte = image[at];
	if (at / PAGE >= LAZY_PAGE && at < LAZY_PAGE * PAGE + LAZY)
		return ABSENT_NOW;
	return at < GOOD || at / PAGE == CONST_PAGE ? SOMETHING : NOTHING;
}

/*
 * Returns true if a byte of this memory, or of the string in it, is unreadable. Only then may the value have the state
 * "unreadable".
 */
static bool has_gap(const uint8_t *image, uint64_t addr, uint64_t len, bool string)
{
	uint8_t byte;

	for (uint64_t i = 0; i < len; i++) {
		if (look(image, addr + i, &byte) != SOMETHING)
			return true;
		if (string && !byte)
			return false;
	}
	return false;
}

/* Reports a wrong value, with the place of its first wrong byte. */
static void complain_at(const struct made *m, const struct linx_rec *rec, const struct linx_val *v, uint64_t addr,
			const char *what)
{
	char text[80];

	snprintf(text, sizeof(text), "%s, at %#llx", what, (unsigned long long)addr);
	complain(m, rec, v, text);
}

static void check_bytes(const struct made *m, const struct linx_rec *rec, const struct linx_val *v, uint64_t addr,
			const uint8_t *data, uint32_t size, uint64_t orig, bool string)
{
	const uint8_t *image = rec->kind == LINX_REC_ENTER ? before : after;
	unsigned int state = LINX_VAL_STATE(v->info);
	uint8_t byte = 0;
	enum there is;

	values[state]++;
	for (uint32_t i = 0; i < size; i++) {
		is = look(image, addr + i, &byte);
		if (is == UNKNOWN)
			return;
		if (is == NOTHING)
			return complain_at(m, rec, v, addr + i, "memory that nobody can read");
		if (byte != data[i])
			return complain_at(m, rec, v, addr + i, "bytes that were not there");
		if (string && !byte)
			return complain(m, rec, v, "a string beyond its end");
	}
	if (state == LINX_WHOLE && size != orig)
		complain(m, rec, v, "whole, and not all of it");
	if (state == LINX_TRUNCATED && size >= orig)
		complain(m, rec, v, "truncated, and all of it");
	is = look(image, addr + size, &byte);
	if (state == LINX_WHOLE && string && is != UNKNOWN && (is == NOTHING || byte))
		complain(m, rec, v, "a whole string without an end");
	/*
	 * orig is 0 if the length of the memory could not be read. Then it is not known how much of the memory has to
	 * be readable.
	 */
	if (state == LINX_UNREADABLE && orig && !has_gap(image, addr, string ? 1 << 16 : orig, string))
		complain_at(m, rec, v, addr, "unreadable, and it is there");
	if (state < LINX_WHOLE || state > LINX_ABSENT)
		complain(m, rec, v, "no state");
}

static void check_value(const struct made *m, const struct linx_rec *rec, const struct linx_val *v)
{
	const uint8_t *data = val_bytes(v);
	uint64_t addr;

	switch (LINX_VAL_KIND(v->info)) {
	case LINX_VAL_MEM:
	case LINX_VAL_MEMSTR:
		memcpy(&addr, data, 8);
		check_bytes(m, rec, v, addr, data + 8, v->size - 8, v->orig == ~0u ? v->orig : v->orig - 8,
			    LINX_VAL_KIND(v->info) == LINX_VAL_MEMSTR);
		break;
	case LINX_VAL_BYTES:
	case LINX_VAL_STR:
		if (v->arg < 6)
			check_bytes(m, rec, v, m->args[v->arg], data, v->size, v->orig,
				    LINX_VAL_KIND(v->info) == LINX_VAL_STR);
		break;
	}
}

/*
 * Complains about arguments whose memory must always be captured and that have no value in the record. The state of the
 * value does not matter.
 */
static void check_present(const struct made *m, const struct linx_rec *rec)
{
	if (rec->flags & LINX_RF_ARGS_GONE)
		return;
	for (unsigned int i = 0; i < rec->nargs; i++) {
		if (!random_is_read(m->row, i) || !rec_args(rec)[i] || rec_val(rec, i))
			continue;
		missing++;
		complain(m, rec, NULL, "nothing of an argument");
	}
}

static void check_record(const struct made *m, const struct linx_rec *rec)
{
	const struct linx_val *v = rec_first(rec);

	if (!rec_is_tidy(rec))
		return complain(m, rec, NULL, "values that do not fill their record");
	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
		check_value(m, rec, v);
	check_present(m, rec);
}

/*
 * Returns whether the call continues as restart_syscall, after a signal without a handler. That call writes the
 * remaining time to the same place as the first return did.
 */
static bool goes_on(const struct traced *t, const struct linx_rec *rec)
{
	const struct linx_rec *next = rec;

	if (rec->kind != LINX_REC_EXIT || rec_ret(rec) != -516 /* ERESTART_RESTARTBLOCK */)
		return false;
	do
		next = rec_of(&t->log, next, rec->tid, 0);
	while (next && !rec_is_call(next));
	return next && rec_number(next) == SYS_restart_syscall;
}

/*
 * Compares the recorded result with the one that the program got. Where the program gets EINTR, a probe sees the
 * kernel's internal restart code.
 */
static bool same_result(long recorded, long seen)
{
	return (int)recorded == (int)seen || (seen == -EINTR && recorded <= -512 && recorded >= -516);
}

static bool is_of(const struct made *m, const struct linx_rec *rec)
{
	const uint64_t *args = rec_args(rec);

	if (!rec_is_call(rec) || rec->tid != (uint32_t)m->tid || rec_number(rec) != m->nr || rec->abi != m->abi ||
	    (rec->kind == LINX_REC_EXIT && m->done && !same_result(rec_ret(rec), m->ret)))
		return false;
	for (unsigned int i = 0; i < rec->nargs; i++)
		if (args[i] != (m->abi == LINX_ABI_I386 ? (uint32_t)m->args[i] : m->args[i]))
			return false;
	return true;
}

static void images_of(const struct made *m, unsigned int index)
{
	uint32_t at = m->diff;

	random_image(sh->seed, index, before);
	memcpy(after, before, ARENA);
	for (uint32_t i = 0; i < m->diffs; i++) {
		const struct diff *d = (const struct diff *)(diffs + at);

		memcpy(after + d->at, d->bytes, d->len);
		at += sizeof(*d) + d->len;
	}
}

/* Checks the entry record and the return record of each call, in the order in which the calls were made. */
static void check_all(const struct traced *t)
{
	const struct linx_rec *rec = NULL, *next;
	unsigned int lost = 0;

	for (unsigned int i = 0; i < sh->count; i++) {
		const struct made *m = &sh->made[i];

		if (!m->begun || !m->done)
			continue;
		for (next = rec; (next = dev_next(&t->log, next)) && !is_of(m, next);)
			;
		if (!next) {
			complain(m, rec, NULL, "no record");
			lost++;
			continue;
		}
		rec = next;
		images_of(m, i);
		checked++;
		check_record(m, rec);
		if (rec->kind != LINX_REC_ENTER)
			continue;
		while ((next = dev_next(&t->log, next)) && !(is_of(m, next) && next->kind == LINX_REC_EXIT))
			;
		if (!next) {
			complain(m, rec, NULL, "no return");
			continue;
		}
		rec = next;
		if (!goes_on(t, rec))
			check_record(m, rec);
	}
	is(lost, 0, "calls without a record");
}

static void record(unsigned int flags)
{
	struct linx_setup setup = { .ring_size = 64 << 20, .snap_bytes = SNAP_BYTES, .flags = flags };
	struct traced t = { 0 };
	unsigned int programs;
	int go[2];

	if (pipe(go))
		die("pipe");
	t.pid = fork();
	if (!t.pid) {
		char c;

		if (read(go[0], &c, 1) == 1)
			make_calls(0);
		_exit(99);
	}
	dev_open(&t.d);
	dev_setup(&t.d, setup);
	dev_list(&t.d, getpid());
	dev_list(&t.d, t.pid);
	t.d.filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	dev_want_all(&t.d);
	dev_apply(&t.d);
	dev_start(&t.d);
	if (write(go[1], "", 1) != 1)
		die("write");
	programs = run_all(t.pid);
	dev_stop(&t.d);
	dev_drain(&t.d, 1, dev_keep, &t.log);
	check_all(&t);
	printf("# %u programs, %u calls checked; values: %u whole, %u truncated, %u unreadable, %u late\n", programs, checked,
	       values[LINX_WHOLE], values[LINX_TRUNCATED], values[LINX_UNREADABLE], values[LINX_LATE]);
	ok(programs < 200, "the calls can be made");
	ok(checked > sh->count * 9 / 10, "%u of %u calls are checked", checked, sh->count);
	is(complaints, 0, "what is recorded of memory is true");
	is(missing, 0, "what is captured has a state");
}

int main(int argc, char **argv)
{
	bool only = argc > 1 && !strcmp(argv[1], "calls");
	uint64_t seed = argc > 1 + only ? strtoull(argv[1 + only], NULL, 0) : now_ns() | 1;
	unsigned int count = argc > 2 + only ? (unsigned int)strtoul(argv[2 + only], NULL, 0) : COUNT;
	pid_t pid;

	make_shared(seed, count);
	printf("# seed %#llx, %u calls\n", (unsigned long long)seed, count);
	fflush(stdout);
	on_cpu(0);
	if (!only) {
		record(0);
		return tap_end();
	}
	pid = fork();
	if (!pid)
		make_calls(0);
	return run_all(pid) == 200;
}
