// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rows, variants and numbers from kmod/tables. A variant is a copy of its row in which the
 * arguments that depend on another one are filled in; a sorted array finds it.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/walk/rows.h"
#include "engine/walk/shape_ids.h"

/* The words of the tables as numbers. No other header's names may stand between here and the rows. */
#define V LINX_ARGDEF(LINX_COPY_V, 0, 0, 0)
#define BY LINX_ARGDEF(LINX_COPY_BY, 0, 0, 0)
#define STR LINX_ARGDEF(LINX_COPY_STR, LINX_WHEN_IN, 0, 0)
#define STRV LINX_ARGDEF(LINX_COPY_STRV, LINX_WHEN_IN, 0, 0)
#define IN_BUF(k) LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_IN, k, 0)
#define OUT_BUF (LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_FIT (LINX_ARGDEF(LINX_COPY_FIT, LINX_WHEN_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_BUFN(k) LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_OUT, k, 0)
#define OUT_LENP(k) LINX_ARGDEF(LINX_COPY_LENP, LINX_WHEN_OUT, k, 0)
#define OUT_LP(shape, k) LINX_ARGDEF(LINX_COPY_LENP, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define OUT_R(shape, k) (OUT_N(shape, k) | LINX_ARGDEF_RESULT)
#define ERR(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_ERR, 0, LINX_SHAPE_##shape)
#define OUT_ALL(k) (LINX_ARGDEF(LINX_COPY_ALL, LINX_WHEN_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define OUT_PAGES(k) LINX_ARGDEF(LINX_COPY_PAGES, LINX_WHEN_OUT, k, 0)
#define IN_MSG(k) LINX_ARGDEF(LINX_COPY_MSG, LINX_WHEN_IN, k, 0)
#define OUT_MSG(k) (LINX_ARGDEF(LINX_COPY_MSG, LINX_WHEN_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define IN_MASK(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_IN, k, 1)
#define OUT_MASK(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_OUT, k, 1)
#define LINX_WHEN_INOUT (LINX_WHEN_IN | LINX_WHEN_OUT)
#define IN_ARGS(shape) LINX_ARGDEF(LINX_COPY_ARGS, LINX_WHEN_IN, 0, LINX_SHAPE_##shape)
#define IN_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_IN, k, 0)
#define OUT_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_OUT, k, 0)
#define INOUT_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_INOUT, k, 0)
#define IN_AT(k, at) LINX_ARGDEF(LINX_COPY_AT, LINX_WHEN_IN, k, at)
#define OUT_AT(k, at) (LINX_ARGDEF(LINX_COPY_AT, LINX_WHEN_OUT, k, at) | LINX_ARGDEF_RESULT)
#define IN_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_IN, 0, n)
#define OUT_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_OUT, 0, n)
#define INOUT_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_INOUT, 0, n)
#define IN(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_IN, 0, LINX_SHAPE_##shape)
#define OUT(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_OUT, 0, LINX_SHAPE_##shape)
#define INOUT(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_INOUT, 0, LINX_SHAPE_##shape)
#define IN_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_IN, k, LINX_SHAPE_##shape)
#define OUT_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define INOUT_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_INOUT, k, LINX_SHAPE_##shape)
#define IN_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_IN, k, LINX_SHAPE_##shape)
#define OUT_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define INOUT_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_INOUT, k, LINX_SHAPE_##shape)
#define IN_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_IN, k, 0)
#define OUT_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_OUT, k, 0)
#define INOUT_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_INOUT, k, 0)

/* Classes of rows, of which only some matter here. <stdio.h> has a FILE of its own: it is not included here. */
enum {
	CLASS_FILE = 0,
	CLASS_DESC = 0,
	CLASS_PROCESS = 0,
	CLASS_NETWORK = 0,
	CLASS_SIGNAL = 0,
	CLASS_IPC = 0,
	CLASS_MEMORY = 0,
	CLASS_CREDS = 0,
	CLASS_CLOCK = 0,
	CLASS_STAT = 0,
	CLASS_STATFS = 0,
	CLASS_ENTRY = 0,
	CLASS_NORETURN = 0,
};
#define FILE CLASS_FILE
#define DESC CLASS_DESC
#define PROCESS CLASS_PROCESS
#define NETWORK CLASS_NETWORK
#define SIGNAL CLASS_SIGNAL
#define IPC CLASS_IPC
#define MEMORY CLASS_MEMORY
#define CREDS CLASS_CREDS
#define CLOCK CLASS_CLOCK
#define STAT CLASS_STAT
#define STATFS CLASS_STATFS
#define ENTRY CLASS_ENTRY
#define NORETURN CLASS_NORETURN
#define PRIO LINX_ROW_PRIO
#define ENTRYBY LINX_ROW_ENTRYBY
#define SIGRETURN LINX_ROW_SIGRETURN
#define FORK LINX_ROW_FORK
#define EXEC LINX_ROW_EXEC
#define CONTEXT LINX_ROW_CONTEXT

/* Row 0 stands for every number that the table does not know. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	ROW_NR,
};

enum {
#define ARG(name, type, capture) +1
#define SYSCALL(id, class, args) NARGS_##id = 0 args,
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

/* Flags of an argument's type: 0 for most of them. */
#define IS_WORD(text, word) (!__builtin_strcmp(text, word))
#define TYPE_BITS(text)                                                             \
	((IS_WORD(text, "int") || IS_WORD(text, "uint") ? LINX_ARGDEF_INT : 0u) |  \
	 (IS_WORD(text, "sockaddr") ? LINX_ARGDEF_SOCKADDR : 0u) |                 \
	 (IS_WORD(text, "envp") ? LINX_ARGDEF_ENVP : 0u) | (IS_WORD(text, "path") ? LINX_ARGDEF_PATH : 0u))

static const struct linx_walker_row row_data[ROW_NR] = {
	[ROW_UNKNOWN] = { .nargs = LINX_NARGS },
#define ARG(name, type, capture) (capture) | TYPE_BITS(#type),
#define SYSCALL(id, class, args) [ROW_##id] = { .nargs = NARGS_##id, .flags = class, .arg = { args } },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

/* Bits of an argument whose type is a descriptor, perhaps a directory's; a pair of them; a set. */
#define IS_FD 1u
#define IS_DIRFD 2u
#define IS_PAIR 4u
#define IS_SET 8u
#define FD_BITS(text)                                                                          \
	((IS_WORD(text, "fd") || IS_WORD(text, "dirfd") ? IS_FD : 0u) |                        \
	 (IS_WORD(text, "dirfd") ? IS_DIRFD : 0u) | (IS_WORD(text, "fd_pair") ? IS_PAIR : 0u) | \
	 (IS_WORD(text, "fd_set") ? IS_SET : 0u))
static const uint8_t fd_types[ROW_NR][LINX_NARGS] = {
#define ARG(name, type, capture) FD_BITS(#type),
#define SYSCALL(id, class, args) [ROW_##id] = { args },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

#define RULE(kind_, row_) .kind = LINX_FD_RULE_##kind_, .row = ROW_##row_
#define IF(k_, mask_, value_) .k = k_, .mask = mask_, .value = value_
static const struct linx_fd_rule fd_rules[] = {
#define RESULT(row) { RULE(RESULT, row) },
#define RESULT_IF(row, k, mask, value) { RULE(RESULT, row), IF(k, mask, value) },
#define RESULT_UNLESS(row, i, at_, mask) { RULE(RESULT_UNLESS, row), .arg = i, .at = at_, IF(0, mask, 0) },
#define ARG_IF(row, i, k, mask, value) { RULE(ARG, row), .arg = i, IF(k, mask, value) },
#define NONE_IF(row, i, k, mask, value) { RULE(NONE, row), .arg = i, IF(k, mask, value) },
#define BEHIND_IF(row, i, k, mask, value) { RULE(BEHIND, row), .arg = i, IF(k, mask, value) },
#define FOREIGN(row, i, p) { RULE(FOREIGN, row), .arg = i, .process = p },
#define FOREIGN_IF(row, i, p, k, mask, value) { RULE(FOREIGN_PID, row), .arg = i, .process = p, IF(k, mask, value) },
#define FOREIGN_AT_IF(row, i, at_, p, k, mask, value) \
	{ RULE(FOREIGN_AT, row), .arg = i, .at = at_, .process = p, IF(k, mask, value) },
#define AT_IF(row, i, at_, k, mask, value) { RULE(AT, row), .arg = i, .at = at_, IF(k, mask, value) },
#define AT_WHEN(row, i, at64, at32, where, mask, value) \
	{ RULE(AT_WHEN, row), .arg = i, .at = at64, .process = at32, IF(where, mask, value) },
#define EACH(shape, at64, at32)
#include "tables/fds.def"
};
#define NRULES (sizeof(fd_rules) / sizeof(fd_rules[0]))

#undef RESULT
#undef RESULT_IF
#undef RESULT_UNLESS
#undef ARG_IF
#undef NONE_IF
#undef BEHIND_IF
#undef FOREIGN
#undef FOREIGN_IF
#undef FOREIGN_AT_IF
#undef AT_IF
#undef AT_WHEN
#undef EACH

/* Places of descriptors in structures: on x86_64, and on the 32-bit ABIs. */
static const struct {
	uint16_t shape, at[2];
} fd_places[] = {
#define EACH(shape, at64, at32) { LINX_SHAPE_##shape, { at64, at32 } },
#define RESULT(row)
#define RESULT_IF(row, k, mask, value)
#define RESULT_UNLESS(row, i, at, mask)
#define ARG_IF(row, i, k, mask, value)
#define NONE_IF(row, i, k, mask, value)
#define BEHIND_IF(row, i, k, mask, value)
#define FOREIGN(row, i, p)
#define FOREIGN_IF(row, i, p, k, mask, value)
#define FOREIGN_AT_IF(row, i, at, p, k, mask, value)
#define AT_IF(row, i, at, k, mask, value)
#define AT_WHEN(row, i, at64, at32, where, mask, value)
#include "tables/fds.def"
};

static const uint16_t row_of[LINX_ABI_NR][LINX_NR_MAX] = {
#define NR(nr, name, row) [nr] = ROW_##row,
#define NR_FAR(nr, name, row)
#ifdef __aarch64__
	[LINX_ABI_ARM64 % LINX_ABI_NR] = {
#include "tables/nr/arm64.def"
	},
	[LINX_ABI_ARM % LINX_ABI_NR] = {
#include "tables/nr/arm.def"
	},
#else
	[LINX_ABI_X86_64] = {
#include "tables/nr/x86_64.def"
	},
	[LINX_ABI_I386] = {
#include "tables/nr/i386.def"
	},
	[LINX_ABI_X32] = {
#include "tables/nr/x32.def"
	},
#endif
#undef NR_FAR
#undef NR
};

/* The rows of choices.def, from 1 on. */
enum {
	SELECTOR_NONE,
#define KEY(row, k, shift, mask) SELECTOR_##row,
#define KEY2(row, high, low) SELECTOR_##row,
#define CHOICE(row, value, arg, capture)
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#include "tables/choices.def"
#undef KEY
#undef KEY2
	SELECTOR_NR,
};

/* Variant by (argument low >> shift) & mask; with two, the low half of argument high stands above it. */
struct selector {
	uint16_t row;
	uint8_t low, high, shift;
	bool two;
	uint32_t mask;
};

static const struct selector selectors[SELECTOR_NR] = {
#define KEY(id, k, shift_, mask_) [SELECTOR_##id] = { .row = ROW_##id, .low = k, .shift = shift_, .mask = mask_ },
#define KEY2(id, high_, low_) [SELECTOR_##id] = { .row = ROW_##id, .low = low_, .high = high_, .two = true, .mask = 0xffff },
#include "tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

struct choice {
	uint16_t selector;
	uint8_t otherwise, arg;
	uint32_t value; /* otherwise: direction of an ioctl command; 0: every value */
	uint32_t def;
};

static const struct choice choices[] = {
#define KEY(row, k, shift, mask)
#define KEY2(row, high, low)
#define CHOICE(row, value_, arg_, capture) { SELECTOR_##row, 0, arg_, value_, capture },
#define OTHERWISE(row, arg_, capture) { SELECTOR_##row, 1, arg_, 0, capture },
#define OTHERWISE_IOC(row, dir, arg_, capture) { SELECTOR_##row, 1, arg_, dir, capture },
#include "tables/choices.def"
};
#define NCHOICES (sizeof(choices) / sizeof(choices[0]))

#define DIRS 4u

struct variant {
	uint32_t selector, value;
	struct linx_walker_row row;
};

struct linx_rows {
	struct linx_walker_row rows[ROW_NR];
	struct linx_walker_row otherwise[SELECTOR_NR][DIRS];
	bool by_direction[SELECTOR_NR];
	struct variant variants[NCHOICES]; /* sorted */
	unsigned int nvariants;
};

/* The lower half of some lengths alone counts, and the room of a buffer is the argument after it. */
static void set_length(struct linx_walker_row *row, unsigned int arg)
{
	uint32_t *def = &row->arg[arg], cap = LINX_ARGDEF_CAP(*def);

	if (cap == LINX_COPY_FIT || (cap == LINX_COPY_BUF && *def & LINX_ARGDEF_RESULT))
		*def |= (arg + 1) << 12;
	if (LINX_ARGDEF_N(*def) < LINX_NARGS && row->arg[LINX_ARGDEF_N(*def)] & LINX_ARGDEF_INT)
		*def |= LINX_ARGDEF_32BIT;
}

static void complete(struct linx_walker_row *row)
{
	uint8_t entry = LINX_ENTRY_NONE;

	for (unsigned int i = 0; i < LINX_NARGS; i++) {
		uint32_t def = row->arg[i], cap = LINX_ARGDEF_CAP(def), dir = LINX_ARGDEF_DIR(def);
		uint8_t bit = (uint8_t)(1u << i);

		if ((dir & LINX_WHEN_INOUT) == LINX_WHEN_INOUT)
			entry = (uint8_t)(LINX_ENTRY_POINTER + i);
		if (dir & LINX_WHEN_IN)
			row->in |= bit;
		else if (dir & LINX_WHEN_OUT)
			row->out |= bit;
		else if (dir)
			row->err |= bit;
		set_length(row, i);
		if (cap >= LINX_COPY_ONE && cap <= LINX_COPY_ARGS && linx_shape_get(LINX_ARGDEF_WHAT(def))->count)
			row->follow |= bit;
	}
	row->entry = row->flags & LINX_ROW_ENTRYBY ? entry : LINX_ENTRY_ALL;
}

/* A copy of the row with nothing to capture where its argument decides. */
static void copy_row(struct linx_rows *r, struct linx_walker_row *to, unsigned int selector)
{
	*to = r->rows[selectors[selector].row];
	to->selector = 0;
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		if (LINX_ARGDEF_CAP(to->arg[i]) == LINX_COPY_BY)
			to->arg[i] &= LINX_ARGDEF_TYPE;
}

static struct linx_walker_row *variant_for(struct linx_rows *r, const struct choice *c)
{
	struct variant *v;

	if (c->otherwise) {
		r->by_direction[c->selector] |= c->value != 0;
		return &r->otherwise[c->selector][c->value];
	}
	for (unsigned int i = 0; i < r->nvariants; i++)
		if (r->variants[i].selector == c->selector && r->variants[i].value == c->value)
			return &r->variants[i].row;
	v = &r->variants[r->nvariants++];
	v->selector = c->selector;
	v->value = c->value;
	copy_row(r, &v->row, c->selector);
	return &v->row;
}

static int by_value(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;

	if (x->selector != y->selector)
		return x->selector < y->selector ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static void make_variants(struct linx_rows *r)
{
	for (unsigned int s = 1; s < SELECTOR_NR; s++) {
		r->rows[selectors[s].row].selector = (uint16_t)s;
		for (unsigned int d = 0; d < DIRS; d++)
			copy_row(r, &r->otherwise[s][d], s);
	}
	for (unsigned int i = 0; i < NCHOICES; i++)
		variant_for(r, &choices[i])->arg[choices[i].arg] |= choices[i].def;
	for (unsigned int i = 0; i < r->nvariants; i++)
		complete(&r->variants[i].row);
	for (unsigned int s = 1; s < SELECTOR_NR; s++)
		for (unsigned int d = 0; d < DIRS; d++)
			complete(&r->otherwise[s][d]);
	qsort(r->variants, r->nvariants, sizeof(r->variants[0]), by_value);
}

static const uint8_t resolved[ROW_NR] = {
	[ROW_open] = LINX_ROW_RESOLVES_OPENED,	    [ROW_openat] = LINX_ROW_RESOLVES_OPENED,
	[ROW_openat2] = LINX_ROW_RESOLVES_OPENED,   [ROW_creat] = LINX_ROW_RESOLVES_OPENED,
	[ROW_open_by_handle_at] = LINX_ROW_RESOLVES_OPENED,
	[ROW_connect] = LINX_ROW_RESOLVES_PEER,	    [ROW_send] = LINX_ROW_RESOLVES_MESSAGE,
	[ROW_sendto] = LINX_ROW_RESOLVES_MESSAGE,   [ROW_sendmsg] = LINX_ROW_RESOLVES_MESSAGE,
	[ROW_sendmmsg] = LINX_ROW_RESOLVES_MESSAGE, [ROW_recv] = LINX_ROW_RESOLVES_MESSAGE,
	[ROW_recvfrom] = LINX_ROW_RESOLVES_MESSAGE, [ROW_recvmsg] = LINX_ROW_RESOLVES_MESSAGE,
	[ROW_recvmmsg] = LINX_ROW_RESOLVES_MESSAGE, [ROW_recvmmsg_time64] = LINX_ROW_RESOLVES_MESSAGE,
	[ROW_socketcall] = LINX_ROW_RESOLVES_SOCKETCALL,
};

static void set_fds(struct linx_walker_row *row, unsigned int id)
{
	row->id = (uint16_t)id;
	row->resolved = resolved[id];
	row->flags |= id == ROW_ioctl ? LINX_ROW_DEVICE : 0;
	for (unsigned int i = 0; i < LINX_NARGS; i++) {
		row->fds |= (uint8_t)(!!(fd_types[id][i] & IS_FD) << i);
		row->dirfds |= (uint8_t)(!!(fd_types[id][i] & IS_DIRFD) << i);
		row->pairs |= (uint8_t)(!!(fd_types[id][i] & IS_PAIR) << i);
		row->sets |= (uint8_t)(!!(fd_types[id][i] & IS_SET) << i);
	}
}

/* Tells each row where its rules are. */
static void set_rules(struct linx_rows *r)
{
	struct linx_walker_row *row;

	for (unsigned int i = NRULES; i-- > 0;) {
		row = &r->rows[fd_rules[i].row];
		row->rule = (uint16_t)i;
		row->nrules++;
	}
	for (unsigned int i = 0; i < ROW_NR; i++)
		linx_row_set_changes(&r->rows[i]);
}

struct linx_rows *linx_rows_new(void)
{
	struct linx_rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	memcpy(r->rows, row_data, sizeof(row_data));
	for (unsigned int i = 0; i < ROW_NR; i++)
		set_fds(&r->rows[i], i);
	set_rules(r);
	make_variants(r);
	for (unsigned int i = 0; i < ROW_NR; i++)
		complete(&r->rows[i]);
	return r;
}

void linx_rows_free(struct linx_rows *rows)
{
	free(rows);
}

const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr)
{
	return &rows->rows[abi < LINX_ABI_NR && nr < LINX_NR_OTHER ? row_of[abi][nr] : ROW_UNKNOWN];
}

const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args)
{
	const struct selector *s = &selectors[row->selector];
	struct variant key = { .selector = row->selector };
	const struct variant *v;

	if (!row->selector)
		return row;
	key.value = (uint32_t)(args[s->low] >> s->shift) & s->mask;
	if (s->two)
		key.value |= (uint32_t)args[s->high] << 16;
	v = bsearch(&key, rows->variants, rows->nvariants, sizeof(*v), by_value);
	if (v)
		return &v->row;
	return &rows->otherwise[row->selector][rows->by_direction[row->selector] ? key.value >> 30 : 0];
}

bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s)
{
	const struct selector *from = &selectors[i < SELECTOR_NR ? i : SELECTOR_NONE];

	*s = (struct linx_rows_selector){
		.low = from->low,
		.high = from->high,
		.shift = from->shift,
		.two = from->two,
		.by_direction = i < SELECTOR_NR && rows->by_direction[i],
		.mask = from->mask,
	};
	return i < SELECTOR_NR;
}

const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value)
{
	if (i >= rows->nvariants)
		return NULL;
	*selector = rows->variants[i].selector;
	*value = rows->variants[i].value;
	return &rows->variants[i].row;
}

const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction)
{
	return &rows->otherwise[selector][direction % DIRS];
}

unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules)
{
	*rules = fd_rules;
	return NRULES;
}

bool linx_fd_place_get(unsigned int shape, uint16_t at[2])
{
	for (unsigned int i = 0; i < sizeof(fd_places) / sizeof(fd_places[0]); i++) {
		if (fd_places[i].shape != shape)
			continue;
		memcpy(at, fd_places[i].at, sizeof(fd_places[i].at));
		return true;
	}
	return false;
}
