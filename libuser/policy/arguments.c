// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arguments of the calls that the module can refuse when the call begins: kmod/tables/deny_calls.def. */
#include <string.h>

#include "base/array_size.h"
#include "policy/own.h"
#include "table/names.h"

enum {
#define NR(nr, name, row) NR_##name = nr,
#include "tables/nr/x86_64.def"
#undef NR
};

/* Rows of the calls, by number. */
static const struct {
	int nr;
	const char *row;
} numbers[] = {
#define NR(nr, name, row) { nr, #row },
#include "tables/nr/x86_64.def"
#undef NR
};

static const struct {
	const char *name;
	int nr;
	const char *letters;
} functions[] = {
#define CALL(name, function, args) { #name, NR_##name, args },
#include "tables/deny_calls.def"
#undef CALL
};

/* Names and types of the arguments of each row. */
static const struct {
	const char *row;
	struct {
		const char *name, *type;
	} args[LINX_DENY_ARGS];
} rows[] = {
#define ARG(name, type, capture) { #name, #type },
#define SYSCALL(row, flags, ...) { #row, { __VA_ARGS__ } },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

int linx_policy_call(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i].name, name))
			return functions[i].nr;
	return -1;
}

int linx_policy_call_at(int place)
{
	return functions[place].nr;
}

static const char *row_of(int nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].nr == nr)
			return numbers[i].row;
	return "";
}

static uint64_t width_of(char letter)
{
	return letter == 'l' || letter == 'm' ? UINT64_MAX : letter == 'i' ? UINT32_MAX : 0;
}

/*
 * Fills in the argument of a call that has this name. function: index of the call in functions[]. False: the call has
 * no such argument, or it is not a number.
 */
static bool find_argument(size_t function, const char *name, struct linx_policy_field *to)
{
	const char *row = row_of(functions[function].nr);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].row, row) != 0)
			continue;
		for (unsigned int n = 0; n < LINX_DENY_ARGS && rows[i].args[n].name && functions[function].letters[n]; n++) {
			uint64_t width = width_of(functions[function].letters[n]);

			if (!width || strcmp(rows[i].args[n].name, name) != 0)
				continue;
			if (to) {
				to->what = (uint8_t)(LINX_DENY_ARG + n);
				to->set = linx_flagset_find(rows[i].args[n].type);
				to->width = width;
			}
			return true;
		}
	}
	return false;
}

int linx_policy_argument(const char *field, int from, struct linx_policy_field *to)
{
	if (strncmp(field, "evt.arg.", 8) != 0)
		return -1;
	if (to)
		to->name = field;
	for (int i = from; i < (int)ARRAY_SIZE(functions); i++)
		if ((!i || functions[i].nr != functions[i - 1].nr) && find_argument((size_t)i, field + 8, to))
			return i;
	return -1;
}
