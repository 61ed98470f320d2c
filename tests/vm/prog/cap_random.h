/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random calls and the memory of their arguments. The n-th call depends only on the seed and on n, so that the checking
 * program can compute it again. Calls that would end the test are left out, and listed with the reason.
 */
#ifndef CAP_RANDOM_H
#define CAP_RANDOM_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "rnd.h"

/* Address of the arena, the memory of all arguments: below 4 GiB, so that calls of both ABIs reach it. */
#define ARENA_AT 0x10000000ULL
#define PAGE 4096u
#define GOOD (4 * PAGE) /* bytes that can be read and written */
#define HOLE_1 4
#define CONST_PAGE 5 /* page that can only be read */
/* Page 6 is mapped, but cannot be read. */
#define LAZY_PAGE 7 /* two pages that no access has made present when the call begins */
#define LAZY (2 * PAGE)
#define HOLE_2 9
#define ARENA (10 * PAGE)
#define CONST_INDEX ~0u

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the table */

struct random_row {
	const char *name;
	struct {
		const char *name, *type, *capture;
	} args[6];
};

enum random_row_id {
#define SYSCALL(row, classes, args) RANDOM_##row,
#include "kmod/tables/syscalls.def"
#undef SYSCALL
};

#define ARG(name, type, capture) { #name, #type, #capture },
#define SYSCALL(row, classes, args) { #row, { args } },
static const struct random_row random_rows[] = {
#include "kmod/tables/syscalls.def"
};
#undef SYSCALL
#undef ARG

struct random_nr {
	int nr;
	uint16_t row;
};

#define NR(number, name, row) { number, RANDOM_##row },
static const struct random_nr random_64[] = {
#include "kmod/tables/nr/x86_64.def"
};
static const struct random_nr random_32[] = {
#include "kmod/tables/nr/i386.def"
};
#undef NR

/* One value of the argument that selects what the other arguments of a call are. */
struct random_choice {
	uint16_t row;
	uint8_t arg, shift, low; /* low: for a KEY2, the argument that holds the lower half */
	bool key, two;
	uint32_t value;
};

#define KEY(row, k, shift, mask) { RANDOM_##row, k, shift, 0, true, false, 0 },
#define KEY2(row, high, lower) { RANDOM_##row, high, 0, lower, true, true, 0 },
#define CHOICE(row, value, arg, capture) { RANDOM_##row, 0, 0, 0, false, false, value },
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
static const struct random_choice random_choices[] = {
#include "kmod/tables/choices.def"
};
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC

static const struct {
	const char *row, *why;
} random_excluded[] = {
	{ "exit", "ends the program" },
	{ "exit_group", "ends the program" },
	{ "fork", "makes another program that goes on here" },
	{ "vfork", "makes another program that goes on here" },
	{ "clone", "makes another program that goes on here" },
	{ "i386_clone", "makes another program that goes on here" },
	{ "clone3", "makes another program that goes on here" },
	{ "rt_sigreturn", "goes on anywhere" },
	{ "sigreturn", "goes on anywhere" },
	{ "uprobe", "ends a program that has no such probe" },
	{ "uretprobe", "ends a program that has no such probe" },
	{ "kill", "hits whom it hits" },
	{ "tkill", "hits whom it hits" },
	{ "tgkill", "hits whom it hits" },
	{ "rt_sigqueueinfo", "hits whom it hits" },
	{ "rt_tgsigqueueinfo", "hits whom it hits" },
	{ "pidfd_send_signal", "hits whom it hits" },
	{ "rt_sigaction", "takes away what wakes the program" },
	{ "sigaction", "takes away what wakes the program" },
	{ "signal", "takes away what wakes the program" },
	{ "rt_sigprocmask", "takes away what wakes the program" },
	{ "sigprocmask", "takes away what wakes the program" },
	{ "ssetmask", "takes away what wakes the program" },
	{ "mmap", "changes the memory that is the truth" },
	{ "old_mmap", "changes the memory that is the truth" },
	{ "mmap2", "changes the memory that is the truth" },
	{ "munmap", "changes the memory that is the truth" },
	{ "mremap", "changes the memory that is the truth" },
	{ "mprotect", "changes the memory that is the truth" },
	{ "pkey_mprotect", "changes the memory that is the truth" },
	{ "madvise", "changes the memory that is the truth" },
	{ "process_madvise", "changes the memory that is the truth" },
	{ "remap_file_pages", "changes the memory that is the truth" },
	{ "mseal", "changes the memory that is the truth" },
	{ "map_shadow_stack", "changes the memory that is the truth" },
	{ "shmat", "changes the memory that is the truth" },
	{ "shmdt", "changes the memory that is the truth" },
	{ "ipc", "changes the memory that is the truth (shmat)" },
	{ "brk", "changes the memory that is the truth" },
	{ "io_submit", "changes the memory later" },
	{ "rseq", "has the kernel write to memory at any time" },
	{ "arch_prctl", "takes away the program's registers" },
	{ "set_thread_area", "takes away the program's registers" },
	{ "modify_ldt", "takes away the program's registers" },
	{ "seccomp", "ends the program at its next call" },
	{ "ptrace", "stops the program for good" },
	{ "setrlimit", "leaves the program nothing" },
	{ "prlimit64", "leaves the program nothing" },
	{ "sched_setaffinity", "mixes the order of records" },
	{ "reboot", "would end the guest, if it got as far" },
};

static inline bool random_may(unsigned int row)
{
	for (size_t i = 0; i < COUNT_OF(random_excluded); i++)
		if (!strcmp(random_excluded[i].row, random_rows[row].name))
			return false;
	return true;
}

static inline const char *random_row_name(unsigned int row)
{
	return random_rows[row].name;
}

/* Returns true if the kernel reads memory through this argument whenever the argument is not null. */
static inline bool random_is_read(unsigned int row, unsigned int arg)
{
	const char *capture = random_rows[row].args[arg].capture;

	return capture && (!strcmp(capture, "STR") || !strncmp(capture, "IN(", 3) || !strncmp(capture, "INOUT(", 6) ||
			   !strncmp(capture, "IN_FIX(", 7) || !strncmp(capture, "INOUT_FIX(", 10));
}

/* ---- numbers */

static inline void random_begin(uint64_t seed, uint64_t index)
{
	rnd_state = (seed + index + 1) * 0x9e3779b97f4a7c15ULL;
	rnd_state = (rnd_state ^ rnd_state >> 29) * 0xbf58476d1ce4e5b9ULL | 1;
}

/* Returns an address in the arena, mostly near the end of one of its parts. */
static inline uint64_t random_inside(void)
{
	static const unsigned int ends[] = { GOOD, (CONST_PAGE + 1) * PAGE, LAZY_PAGE * PAGE + LAZY, CONST_PAGE * PAGE,
					     LAZY_PAGE * PAGE };

	switch (rnd() % 8) {
	case 0:
		return ARENA_AT + rnd() % ARENA;
	case 1:
	case 2:
		return ARENA_AT + ends[rnd() % COUNT_OF(ends)] - ONE_OF(0, 1, 3, 4, 7, 8, 12, 15, 16, 24, 56, 64, 100, 112, 200);
	case 3:
		return ARENA_AT + rnd() % 4 * PAGE - ONE_OF(1, 4, 8, 16, 24, 56, 64) * !!(rnd() % 4);
	default:
		return ARENA_AT + rnd() % (GOOD - 600) / 8 * 8;
	}
}

static inline uint64_t random_pointer(void)
{
	return rnd() % 12 ? random_inside() :
			    ONE_OF(0, 0, 1, 8, 4096, 0xffffffff81000000, 1ULL << 63, ~0ULL, ~0ULL - 4095, 0xfffffff8);
}

static inline uint64_t random_count(void)
{
	return ONE_OF(0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 8, 10, 16, 16, 24, 32, 40, 56, 64, 80, 81, 100, 128, 256, 1000, 1024,
		      4096, 4097, 5000, 16384, 65536, 1 << 20, 0x7fffffff, 0x80000000, ~0u, 1ULL << 32, 1ULL << 62, ~0ULL, rnd());
}

static inline uint64_t random_word(void)
{
	return ONE_OF(0, 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 16, 17, 20, 29, ~0u, ~0ULL, 0x80000, 0x800, 0x400, rnd() % 64,
		      rnd() % 64, rnd() % 512, 1ULL << rnd() % 64, rnd(), rnd() & 0xffff, random_pointer(), random_count());
}

/* ---- memory */

/* Fills a structure with pointers and lengths of both widths, small numbers and text. */
static inline void random_fill(uint64_t seed, unsigned int index, uint8_t *to, unsigned int size)
{
	static const char text[] = "abcdefg/hijk.lm\0";
	uint64_t word;

	random_begin(seed ^ 0x5555, index);
	for (unsigned int at = 0; at < size; at += 8) {
		switch (rnd() % 8) {
		case 0:
		case 1:
			word = random_pointer();
			break;
		case 2:
			word = (uint32_t)random_inside() | random_count() << 32;
			break;
		case 3:
			word = (uint32_t)random_count() | (uint64_t)(uint32_t)random_inside() << 32;
			break;
		case 4:
			memcpy(&word, text + rnd() % 9, sizeof(word));
			break;
		case 5:
			word = random_count() & (rnd() % 2 ? ~0ULL : 0xffff);
			break;
		default:
			word = random_word();
		}
		memcpy(to + at, &word, sizeof(word));
	}
}

/* Computes the content of the whole arena at the beginning of this call. Untouched pages are zero. */
static inline void random_image(uint64_t seed, unsigned int index, uint8_t *image)
{
	memset(image, 0, ARENA);
	random_fill(seed, index, image, GOOD);
	random_fill(seed, CONST_INDEX, image + CONST_PAGE * PAGE, PAGE);
}

/* ---- calls */

struct random_call {
	uint64_t args[6];
	int nr;
	uint16_t row;
	uint8_t abi;
};

static inline bool random_is(const char *word, const char *one_of)
{
	size_t len = strlen(word);

	for (const char *p = strstr(one_of, word); p; p = strstr(p + 1, word))
		if ((p == one_of || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}

static inline uint64_t random_arg(const char *type, const char *capture)
{
	if (!type)
		return rnd();
	if (strcmp(capture, "V") != 0)
		return rnd() % 10 ? random_pointer() : random_word();
	if (random_is(type, "fd dirfd foreign_fd"))
		return rnd() % 8 ? rnd() % 14 : ONE_OF(-100ULL, -1ULL, 1000, rnd());
	if (random_is(type, "size ulong uint int long off addr"))
		return rnd() % 6 ? random_count() : random_word();
	if (random_is(type, "pid tid"))
		return rnd() % 2 ? 0 : random_word();
	return random_word();
}

/* Gives the selecting argument a value, mostly one that the table of calls knows. */
static inline void random_choose(struct random_call *c)
{
	const struct random_choice *key = NULL;
	unsigned int n = 0, take;

	for (size_t i = 0; i < COUNT_OF(random_choices); i++) {
		if (random_choices[i].row != c->row)
			continue;
		if (random_choices[i].key)
			key = &random_choices[i];
		else
			n++;
	}
	if (!key || !n || !(rnd() % 5))
		return;
	take = rnd() % n;
	for (size_t i = 0; i < COUNT_OF(random_choices); i++) {
		if (random_choices[i].row != c->row || random_choices[i].key || take--)
			continue;
		c->args[key->arg] = key->two ? random_choices[i].value >> 16 : (uint64_t)random_choices[i].value << key->shift;
		if (key->two)
			c->args[key->low] = random_choices[i].value & 0xffff;
		return;
	}
}

/* Replaces those operations of a call that would end the test; its other operations are allowed. */
static inline void random_tame(struct random_call *c)
{
	uint32_t op = (uint32_t)c->args[0];

	/*
	 * PR_SET_SECCOMP, PR_SET_TSC and PR_SET_SYSCALL_USER_DISPATCH end the program; PR_SET_NO_NEW_PRIVS would allow
	 * seccomp filters.
	 */
	if (!strcmp(random_rows[c->row].name, "prctl") && (op == 22 || op == 26 || op == 59 || op == 38))
		c->args[0] = 1000;
}

static inline void random_call(uint64_t seed, unsigned int index, struct random_call *c)
{
	const struct random_nr *from;

	random_begin(seed, index);
	do {
		c->abi = rnd() % 3 ? LINX_ABI_X86_64 : LINX_ABI_I386;
		from = c->abi == LINX_ABI_I386 ? &random_32[rnd() % COUNT_OF(random_32)] : &random_64[rnd() % COUNT_OF(random_64)];
	} while (!random_may(from->row));
	c->nr = from->nr;
	c->row = from->row;
	for (unsigned int i = 0; i < 6; i++) {
		c->args[i] = random_arg(random_rows[c->row].args[i].type, random_rows[c->row].args[i].capture);
		if (c->abi == LINX_ABI_I386)
			c->args[i] = (uint32_t)c->args[i];
	}
	random_choose(c);
	random_tame(c);
}

#endif
