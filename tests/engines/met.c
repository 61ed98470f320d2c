// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints rows of the table of calls and variants of kmod/tables/choices.def, as lines for tests/engines/met.py:
 *	row ROW              a call number of x86_64 or i386 has this row
 *	variant ROW VALUE    the row has a variant, selected by this value of its key
 * usage: met            all rows and variants of the tables
 *        met CAPTURE    only those that the calls in the capture used, each once
 */
#include <errno.h>
#include <fcntl.h>
#include <linx/linx.h>
#include <linux/linx_record.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libuser/base/array_size.h"

struct number {
	unsigned int abi;
	int nr;
	const char *row;
	bool met;
};

struct key {
	const char *row;
	unsigned int low, shift; /* index of the argument, and number of its lowest bits that are ignored */
	uint32_t mask;
	int high; /* index of the argument that has the upper half of the value; -1: none */
};

struct variant {
	const char *row;
	uint32_t value;
	bool met;
};

#define NR(number, name, row) { ABI, number, #row, false },
#define NR_FAR NR
static struct number numbers[] = {
#define ABI LINX_ABI_X86_64
#include "kmod/tables/nr/x86_64.def"
#undef ABI
#define ABI LINX_ABI_I386
#include "kmod/tables/nr/i386.def"
#undef ABI
};

#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#define CHOICE(row, value, arg, capture)
#define KEY(row, low, shift, mask) { #row, low, shift, (uint32_t)(mask), -1 },
#define KEY2(row, high, low) { #row, low, 0, 0xffff, high },
static const struct key keys[] = {
#include "kmod/tables/choices.def"
};
#undef KEY
#undef KEY2
#undef CHOICE
#define KEY(row, low, shift, mask)
#define KEY2(row, high, low)
#define CHOICE(row, value, arg, capture) { #row, (uint32_t)(value), false },
static struct variant variants[] = {
#include "kmod/tables/choices.def"
};

static const struct key *key_of(const char *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].row, row))
			return &keys[i];
	return NULL;
}

/*
 * Computes the value that selects a variant from a call's arguments. Returns false if one of the arguments is not
 * known.
 */
static bool value_of(const struct key *k, const struct linx_event *ev, uint32_t *value)
{
	uint64_t low, high = 0;

	if (linx_event_get_arg(ev, k->low, &low) || (k->high >= 0 && linx_event_get_arg(ev, (unsigned int)k->high, &high)))
		return false;
	*value = ((uint32_t)(low >> k->shift) & k->mask) | (uint32_t)(high & 0xffff) << 16;
	return true;
}

/*
 * Marks the variant that an event of this row of the table of calls has used. A variant has a line in variants[] for
 * each of its captured arguments.
 */
static void meet_variant(const char *row, const struct linx_event *ev)
{
	const struct key *k = key_of(row);
	uint32_t value;

	if (!k || !value_of(k, ev, &value))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (variants[i].value == value && !strcmp(variants[i].row, row))
			variants[i].met = true;
}

static void meet(const struct linx_event *ev)
{
	unsigned int abi = linx_event_get_abi(ev);
	int nr = linx_event_get_nr(ev);

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].abi == abi && numbers[i].nr == nr) {
			numbers[i].met = true;
			meet_variant(numbers[i].row, ev);
		}
}

static int meet_all_of(const char *name)
{
	struct linx_error err = { 0 };
	const struct linx_event *ev;
	struct linx *l;
	int fd = open(name, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0 || linx_open_file(fd, name, &l, &err)) {
		fprintf(stderr, "met: %s: %s\n", name, fd < 0 ? strerror(errno) : err.text);
		return 1;
	}
	while ((ret = linx_next(l, &ev, -1)) >= 0)
		if (ret && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL)
			meet(ev);
	if (ret != -ENODATA)
		fprintf(stderr, "met: %s: %s\n", name, linx_error_text(l));
	linx_close(l);
	return ret != -ENODATA;
}

static void print(bool all)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (all || numbers[i].met)
			printf("row %s\n", numbers[i].row);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (all || variants[i].met)
			printf("variant %s %#x\n", variants[i].row, variants[i].value);
}

int main(int argc, char **argv)
{
	if (argc > 1 && meet_all_of(argv[1]))
		return 1;
	print(argc == 1);
	return 0;
}
