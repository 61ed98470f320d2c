// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flags and constants of calls with the numbers and names that Falco gives them. */
#include <fcntl.h>

#include "base/array_size.h"
#include "base/strbuf.h"
#include "filter/falco/flags.h"

#ifdef __aarch64__
#define LARGEFILE 0400000
#else
#define LARGEFILE 0100000
#endif
#define NEVER UINT32_MAX

enum conversion { CONVERT_BITS, CONVERT_VALUE, CONVERT_SAME };

struct row {
	const char *name;
	enum linx_falco_set set;
	uint32_t number, kernel;
};

static const struct row rows[] = {
#define SET(set, conversion, other)
#define VALUE(set, name, number, kernel) { #name, LINX_FALCO_SET_##set, number, kernel },
#define NAME(set, name, number) { #name, LINX_FALCO_SET_##set, number, number },
#include "filter/falco/flags.def"
#undef SET
#undef VALUE
#undef NAME
};

static const struct {
	enum conversion conversion;
	uint32_t other;
} sets[LINX_FALCO_SETS] = {
#define SET(set, conversion, other) [LINX_FALCO_SET_##set] = { CONVERT_##conversion, other },
#define VALUE(set, name, number, kernel)
#define NAME(set, name, number)
#include "filter/falco/flags.def"
#undef SET
#undef VALUE
#undef NAME
};

/* Returns the first row of a set. The rows are in the order of the sets. */
static const struct row *first_row(enum linx_falco_set set)
{
	size_t low = 0, high = ARRAY_SIZE(rows);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rows[middle].set < set)
			low = middle + 1;
		else
			high = middle;
	}
	return &rows[low];
}

/* Iterates over the rows of a set. */
#define FOR_ROWS(row, set_) for (const struct row *row = first_row(set_); row < rows + ARRAY_SIZE(rows) && row->set == (set_); row++)

static uint32_t bits_of(enum linx_falco_set set, uint32_t kernel)
{
	uint32_t number = 0;

	FOR_ROWS(row, set)
		if (row->kernel & kernel)
			number |= row->number;
	return number;
}

static uint32_t value_of(enum linx_falco_set set, uint64_t kernel)
{
	FOR_ROWS(row, set)
		if (row->kernel == kernel && row->kernel != NEVER)
			return row->number;
	return sets[set].other;
}

/* Returns Falco's bits of the access mode: one for reading and one for writing. The kernel has no such bits. */
static uint32_t access_of(uint32_t flags)
{
	if ((flags & O_ACCMODE) == O_WRONLY)
		return 2;
	return (flags & O_ACCMODE) == O_RDWR ? 3 : 1;
}

/* Returns the operation of futex(2) without the bits that Falco does not know. */
static uint32_t futex_of(uint32_t op)
{
	uint32_t plain = op & 0x7f;

	return (plain > 12 ? 0 : plain) | (op & 0x180);
}

/* Returns the mode of a new file. A mode without a type means a regular file. */
static uint32_t file_mode(uint32_t mode)
{
	switch (mode & 0170000) {
	case 0:
		return (mode & 07777) | 0100000;
	case 0010000:
	case 0020000:
	case 0060000:
	case 0100000:
	case 0140000:
		return mode & 0177777;
	default:
		return mode & 07777;
	}
}

uint32_t linx_falco_flags_number(enum linx_falco_set set, uint64_t kernel)
{
	uint32_t low = (uint32_t)kernel;

	switch (set) {
	case LINX_FALCO_SET_file:
		return bits_of(set, low) | access_of(low);
	case LINX_FALCO_SET_family:
		return value_of(set, (uint8_t)low);
	case LINX_FALCO_SET_futex:
		return futex_of(low);
	case LINX_FALCO_SET_mount: /* a magic number, required by old kernels, is removed from the upper half */
		return low >> 16 == 0xc0ed ? low & 0xffff : low;
	case LINX_FALCO_SET_mknod:
		return file_mode(low);
	case LINX_FALCO_SET_quota_cmd:
		return value_of(set, low >> 8);
	case LINX_FALCO_SET_quota_type:
		return value_of(set, low & 0xff);
	case LINX_FALCO_SET_descriptor:
	case LINX_FALCO_SET_pipe:
		return (int32_t)low < 0 ? 0 : bits_of(set, low);
	default:
		break;
	}
	if (sets[set].conversion == CONVERT_SAME)
		return low;
	return sets[set].conversion == CONVERT_BITS ? bits_of(set, low) : value_of(set, low);
}

/* O_DIRECTORY alone, which is one of the bits of O_TMPFILE, does not create a file: such a call has no mode. */
uint32_t linx_falco_open_mode(uint64_t flags, uint64_t mode)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? mode & 07777 : 0;
}

static void put_name(struct linx_strbuf *o, size_t start, const char *name)
{
	if (o->len > start)
		linx_strbuf_char(o, '|');
	linx_strbuf_str(o, name);
}

/*
 * Appends the names of the bits of a number, as Falco finds them: each row of the set, in order, is named if all of its
 * bits are still in the number, and its bits are removed. The search ends with a row that is equal to the whole number.
 */
static void put_bits(struct linx_strbuf *o, enum linx_falco_set set, uint32_t number)
{
	uint32_t left = number;
	size_t start = o->len;

	FOR_ROWS(row, set) {
		if (row->number ? (left & row->number) != row->number : number != 0)
			continue;
		left &= ~row->number;
		put_name(o, start, row->name);
		if (row->number == number)
			break;
	}
}

static void put_mode(struct linx_strbuf *o, enum linx_falco_set set, uint32_t number)
{
	uint32_t left = number;
	size_t start = o->len;

	FOR_ROWS(row, set) {
		if (row->number == number) {
			put_name(o, start, row->name);
			break;
		}
		if ((left & row->number) != row->number)
			continue;
		left &= ~row->number;
		put_name(o, start, row->name);
	}
}

void linx_falco_put_names(struct linx_strbuf *o, enum linx_falco_set set, enum linx_falco_naming naming, uint32_t number)
{
	size_t start = o->len;

	if (naming == LINX_FALCO_FLAGS) {
		put_bits(o, set, number);
		return;
	}
	if (naming == LINX_FALCO_MODE) {
		put_mode(o, set, number);
		return;
	}
	FOR_ROWS(row, set)
		if (row->number == number)
			put_name(o, start, row->name);
}
