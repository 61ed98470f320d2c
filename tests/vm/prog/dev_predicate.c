// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The filter program of a session, which is classic BPF: each word of its input has the documented value, its result
 * decides whether a call is recorded, and programs are refused that could read other memory, never end or make no
 * sense. Built for the 64-bit ABI only (native only).
 */
#include <linux/filter.h>
#include <stddef.h>
#include <linux/bpf_common.h>
#include "worker.h"

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct linx_predicate_data, member))
#define HIGH(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct linx_predicate_data, member) + 4)
#define YES BPF_STMT(BPF_RET | BPF_K, 1)
#define NO BPF_STMT(BPF_RET | BPF_K, 0)

static int set(const struct sock_filter *program, unsigned int n, unsigned int flags)
{
	struct linx_filter f = {
		.size = sizeof(f), .flags = flags, .program = (uintptr_t)program, .program_len = n,
	};

	return ioctl(d.fd, LINX_IOC_FILTER, &f) ? errno : 0;
}

/* ---- refused programs */

#define REFUSED(want, name, ...)                                                                      \
	do {                                                                                          \
		struct sock_filter program[] = { __VA_ARGS__ };                                       \
		is(set(program, sizeof(program) / sizeof(program[0]), LINX_FILTER_PREDICATE), want, name); \
	} while (0)

static void loads(void)
{
	REFUSED(EINVAL, "a word behind the data", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(struct linx_predicate_data)), YES);
	REFUSED(EINVAL, "a word that is not aligned", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), YES);
	REFUSED(EINVAL, "a word at the end of memory", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffffffc), YES);
	REFUSED(EINVAL, "the kernel's own numbers", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_AD_OFF + SKF_AD_CPU), YES);
	REFUSED(EINVAL, "the network header", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF), YES);
	REFUSED(EINVAL, "half a word", BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), YES);
	REFUSED(EINVAL, "a byte", BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), YES);
	REFUSED(EINVAL, "a word at a place of its choice", BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), YES);
	REFUSED(EINVAL, "the length", BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), YES);
	REFUSED(EINVAL, "the length to X", BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), YES);
	REFUSED(EINVAL, "the header's length", BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), YES);
	REFUSED(EINVAL, "what a load becomes", BPF_STMT(BPF_LDX | BPF_W | BPF_ABS, 0), YES);
	REFUSED(EINVAL, "scratch memory that is not there", BPF_STMT(BPF_ST, 16), YES);
	REFUSED(EINVAL, "scratch memory that nothing was put in", BPF_STMT(BPF_LD | BPF_MEM, 1), YES);
}

static void shapes(void)
{
	static struct sock_filter large[BPF_MAXINSNS + 1];

	REFUSED(EINVAL, "no end", LOAD(nr));
	REFUSED(EINVAL, "a jump behind the end", BPF_STMT(BPF_JMP | BPF_JA, 1), YES);
	REFUSED(EINVAL, "a jump backwards", LOAD(nr), BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)-2), YES);
	REFUSED(EINVAL, "a branch behind the end", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 200), YES);
	REFUSED(EINVAL, "division by zero", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), YES);
	REFUSED(EINVAL, "a remainder", BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), YES);
	REFUSED(EINVAL, "an operation of eBPF", { .code = BPF_JMP | 0x80 }, YES);
	REFUSED(EINVAL, "an operation that is none", { .code = 0xffff }, YES);
	for (unsigned int i = 0; i < BPF_MAXINSNS + 1; i++)
		large[i] = (struct sock_filter)YES;
	is(set(large, BPF_MAXINSNS + 1, LINX_FILTER_PREDICATE), EINVAL, "too long");
	is(set(large, 65536 + 1, LINX_FILTER_PREDICATE), EINVAL, "longer than a length may be");
	is(set(large, BPF_MAXINSNS, LINX_FILTER_PREDICATE), 0, "as long as it may be");
	is(set(large, 0, LINX_FILTER_PREDICATE), EINVAL, "empty");
	is(set(large, 1, 0), EINVAL, "a program that is not asked for");
	is(set((void *)8, 1, LINX_FILTER_PREDICATE), EFAULT, "at an address that is none");
	is(set((void *)0xffffffff81000000, 1, LINX_FILTER_PREDICATE), EFAULT, "in the kernel");
	is(set(NULL, 0, 0), 0, "none again");
}

/* Gives the module random bytes as programs. Each is accepted or refused, and nothing else happens. */
static void random_ones(void)
{
	unsigned int accepted = 0, x = 12345;
	struct sock_filter f[8];

	for (int round = 0; round < 20000; round++) {
		unsigned char *bytes = (unsigned char *)f;

		for (size_t i = 0; i < sizeof(f); i++)
			bytes[i] = (unsigned char)((x = x * 1103515245 + 12345) >> 16) & (i % 8 < 2 ? 0x07 : i % 8 < 4 ? 3 : 0x1f);
		for (int i = 0; i < 8; i++)
			f[i].code &= 0xff;
		f[7] = (struct sock_filter)YES;
		accepted += !set(f, 8, LINX_FILTER_PREDICATE);
	}
	ok(accepted > 0 && accepted < 20000, "random programs: %u of 20000 accepted", accepted);
	is(set(NULL, 0, 0), 0, "none again");
}

/* ---- decisions of filter programs that the module accepts */

static void closes(int n)
{
	while (n--)
		syscall(SYS_close, -5L);
}

/*
 * Makes fifty calls of close(-5) under the program: if all is true, all of them must be recorded and none counted as
 * filtered, else the reverse.
 */
static void decides(const char *name, const struct sock_filter *program, unsigned int n, bool all)
{
	struct worker w = worker(closes, 50);

	session(LINX_SETUP_ENTRY_TIME, LINX_FILTER_PREDICATE | LINX_FILTER_PIDS);
	d.filter.program = (uintptr_t)program;
	d.filter.program_len = n;
	dev_want_exit(&d, SYS_close);
	dev_list(&d, w.pid);
	run();
	let(&w);
	expect(name, all ? 50 : 0, all ? 0 : 50);
}
#define DECIDES(all, name, ...)                                                              \
	do {                                                                                 \
		struct sock_filter program[] = { __VA_ARGS__ };                              \
		decides(name, program, sizeof(program) / sizeof(program[0]), all);           \
	} while (0)
#define EQUALS(load, k) load, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(k), 0, 1), YES, NO

static void words(void)
{
	DECIDES(true, "always", YES);
	DECIDES(false, "never", NO);
	DECIDES(true, "number", EQUALS(LOAD(nr), SYS_close));
	DECIDES(false, "another number", EQUALS(LOAD(nr), SYS_read));
	DECIDES(true, "abi", EQUALS(LOAD(abi), LINX_ABI_X86_64));
	DECIDES(true, "flags", EQUALS(LOAD(flags), 0));
	DECIDES(true, "uid", EQUALS(LOAD(uid), getuid()));
	DECIDES(true, "egid", EQUALS(LOAD(egid), getegid()));
	DECIDES(true, "result", EQUALS(LOAD(ret), -EBADF));
	DECIDES(true, "result's sign", EQUALS(HIGH(ret), -1));
	DECIDES(false, "another result", EQUALS(LOAD(ret), 0));
	DECIDES(true, "argument", EQUALS(LOAD(args[0]), -5));
	DECIDES(true, "duration", HIGH(duration), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), YES, NO);
	DECIDES(true, "scratch and arithmetic", LOAD(nr), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_IMM, 0),
		BPF_STMT(BPF_LD | BPF_MEM, 3), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 7),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close + 7, 0, 1), YES, NO);
	DECIDES(false, "division by a zero that only shows when it runs", BPF_STMT(BPF_LDX | BPF_IMM, 0), LOAD(nr),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), YES);
}

/* ---- filter programs that the module's fast path runs */

#define TESTS 8 /* greatest number of tests in a random program */
#define ROUNDS 60

static void getsids(int n)
{
	while (n--)
		syscall(SYS_getsid, -5L);
}

static void reads(int n)
{
	while (n--)
		syscall(SYS_read, -5L, NULL, 0L);
}

/*
 * Calls that a random program decides about: at their returns, at their entries, and returns with a buffer that may
 * begin an HTTP header.
 */
static const struct {
	const char *name;
	void (*make)(int n);
	uint32_t nr, setup;
	int ret;
	bool entries;
} fast_calls[] = {
	{ "returns", getsids, SYS_getsid, 0, -ESRCH, false },
	{ "entries", getsids, SYS_getsid, 0, 0, true },
	{ "returns of reads", reads, SYS_read, LINX_SETUP_HTTP, -EBADF, false },
};

/* Interprets a program of random_tests() as the kernel would. Returns whether it accepts the data. */
static bool runs_to_yes(const struct sock_filter *f, const struct linx_predicate_data *data)
{
	uint32_t a = 0;

	for (;; f++) {
		bool holds;

		if (BPF_CLASS(f->code) == BPF_RET)
			return f->k;
		if (BPF_CLASS(f->code) == BPF_LD) {
			memcpy(&a, (const char *)data + f->k, sizeof(a));
			continue;
		}
		switch (BPF_OP(f->code)) {
		case BPF_JEQ:
			holds = a == f->k;
			break;
		case BPF_JGT:
			holds = a > f->k;
			break;
		case BPF_JGE:
			holds = a >= f->k;
			break;
		default:
			holds = a & f->k;
		}
		f += holds ? f->jt : f->jf;
	}
}

static uint32_t chance(uint32_t below)
{
	static uint32_t x = 4711;

	x = x * 1103515245 + 12345;
	return (x >> 12) % below;
}

/*
 * Makes a program of alternating loads and tests, which ends with two return instructions: accept and reject. All jumps
 * lead forward to a random instruction, which may be a test that follows another load. Constants are the loaded word
 * itself, its neighbours, or single bits. Returns the number of instructions.
 */
static unsigned int random_tests(struct sock_filter *f, const struct linx_predicate_data *data)
{
	static const uint8_t words[] = {
		offsetof(struct linx_predicate_data, nr), offsetof(struct linx_predicate_data, abi),
		offsetof(struct linx_predicate_data, flags), offsetof(struct linx_predicate_data, pid),
		offsetof(struct linx_predicate_data, tid), offsetof(struct linx_predicate_data, uid),
		offsetof(struct linx_predicate_data, egid), offsetof(struct linx_predicate_data, ret),
		offsetof(struct linx_predicate_data, ret) + 4, offsetof(struct linx_predicate_data, args),
	};
	static const uint16_t ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	unsigned int n = 1 + chance(TESTS), usual = chance(2);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int ahead = 2 * (n - i);
		uint32_t at = words[chance(sizeof(words))], k;

		if (usual) /* the program loads only words that the fast path has at hand */
			at = (const uint32_t[]){ offsetof(struct linx_predicate_data, nr), offsetof(struct linx_predicate_data, flags),
						 offsetof(struct linx_predicate_data, pid), offsetof(struct linx_predicate_data, uid),
						 offsetof(struct linx_predicate_data, ret) }[chance(5)];
		memcpy(&k, (const char *)data + at, sizeof(k));
		k = chance(4) ? k + chance(3) - 1 : 1u << chance(32);
		f[2 * i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
		f[2 * i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | ops[chance(4)] | BPF_K, k, (uint8_t)chance(ahead),
							    (uint8_t)chance(ahead));
	}
	f[2 * n] = (struct sock_filter)YES;
	f[2 * n + 1] = (struct sock_filter)NO;
	return 2 * n + 2;
}

/*
 * Makes fifty calls in a session without entry times whose only filter is a random program. All of them must be
 * recorded if the program accepts them, and all must be filtered if not.
 */
static void decides_fast(unsigned int round, unsigned int kind)
{
	struct worker w = worker(fast_calls[kind].make, 50);
	struct linx_predicate_data data = {
		.nr = (int32_t)fast_calls[kind].nr, .flags = fast_calls[kind].entries ? LINX_PREDICATE_ENTRY : 0,
		.pid = (uint32_t)w.pid, .tid = (uint32_t)w.pid, .uid = getuid(), .gid = getgid(), .euid = geteuid(), .egid = getegid(),
		.ret = fast_calls[kind].ret, .args = { (uint64_t)-5L }, .duration = UINT64_MAX,
	};
	struct sock_filter program[2 * TESTS + 2];
	char name[64];
	bool all;

	session(fast_calls[kind].setup, LINX_FILTER_PREDICATE);
	d.filter.program = (uintptr_t)program;
	d.filter.program_len = random_tests(program, &data);
	all = runs_to_yes(program, &data);
	if (fast_calls[kind].entries)
		dev_want_enter(&d, fast_calls[kind].nr);
	else
		dev_want_exit(&d, fast_calls[kind].nr);
	run();
	let(&w);
	snprintf(name, sizeof(name), "random tests %u of %s, %u instructions, %s", round, fast_calls[kind].name,
		 d.filter.program_len, all ? "yes" : "no");
	expect(name, all ? 50 : 0, all ? 0 : 50);
}

int main(void)
{
	dev_open(&d);
	if (!(dev_info(&d).features & LINX_FEAT_PREDICATE))
		die("no LINX_FEAT_PREDICATE");
	loads();
	shapes();
	random_ones();
	dev_close(&d);
	words();
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (unsigned int kind = 0; kind < sizeof(fast_calls) / sizeof(fast_calls[0]); kind++)
			decides_fast(round, kind);
	return tap_end();
}
