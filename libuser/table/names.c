// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes const tables of the sets in table/flags/, and finds names in them. */
#include <string.h>

#include "base/array_size.h"
#include "table/flagsets.h"

/* First inclusion of the sets: makes an array of constants for each set. */
#define FLAGS(set, prefix) static const struct linx_flag set_##set[] = {
#define CONSTS(set, prefix) FLAGS(set, prefix)
#define C(name, value) { #name, NULL, (uint64_t)(value), 0, 0, LINX_FLAG_BITS, false },
#define CL(name, value) { #name, NULL, (uint64_t)(value), 0, 0, LINX_FLAG_BITS, true },
#define CT(name, value, text) { #name, text, (uint64_t)(value), 0, 0, LINX_FLAG_BITS, false },
#define F(mask, name, value) { #name, NULL, (uint64_t)(value), mask, 0, LINX_FLAG_FIELD, false },
#define Z(name) { #name, NULL, 0, 0, 0, LINX_FLAG_ZERO, false },
#define N(mask, shift, name) { #name, NULL, 0, mask, shift, LINX_FLAG_NUMBER, false },
#define END(set) \
	}        \
	;
#include "table/flags/all.def"
#undef FLAGS
#undef CONSTS
#undef C
#undef CL
#undef CT
#undef F
#undef Z
#undef N
#undef END

/* Second inclusion of the sets: makes a struct linx_flagset for each set, with its array of constants. */
#define FLAGS(set, prefix) \
	const struct linx_flagset linx_set_##set = { #set, #prefix, true, ARRAY_SIZE(set_##set), set_##set };
#define CONSTS(set, prefix) \
	const struct linx_flagset linx_set_##set = { #set, #prefix, false, ARRAY_SIZE(set_##set), set_##set };
#define C(name, value)
#define CL(name, value)
#define CT(name, value, text)
#define F(mask, name, value)
#define Z(name)
#define N(mask, shift, name)
#define END(set)
#include "table/flags/all.def"
#undef FLAGS
#undef CONSTS

/* Third inclusion of the sets: makes an array of pointers to all sets. */
#define FLAGS(set, prefix) &linx_set_##set,
#define CONSTS(set, prefix) &linx_set_##set,
static const struct linx_flagset *const sets[] = {
#include "table/flags/all.def"
};
#undef FLAGS
#undef CONSTS

/*
 * Fourth inclusion of the sets: the compiler computes a hash of each set's name, so that the sets can be in any order.
 * On average four names have the same hash. name: an array or a literal; len: its length without the NUL.
 */
#define HASH(name, len) \
	((uint8_t)((len) * 31 + (name)[0] + (name)[(len) / 2] * 7 + (name)[(len) * 3 / 4] * 13))
#define FLAGS(set, prefix) HASH(#set, sizeof(#set) - 1),
#define CONSTS(set, prefix) FLAGS(set, prefix)
static const uint8_t hashes[ARRAY_SIZE(sets)] = {
#include "table/flags/all.def"
};
#undef FLAGS
#undef CONSTS
#undef C
#undef CL
#undef CT
#undef F
#undef Z
#undef N
#undef END

const struct linx_flagset *linx_flagset_find(const char *name)
{
	const uint8_t *end = hashes + ARRAY_SIZE(hashes), hash = HASH(name, strlen(name));

	for (const uint8_t *at = hashes; (at = memchr(at, hash, (size_t)(end - at))); at++)
		if (!strcmp(sets[at - hashes]->name, name))
			return sets[at - hashes];
	return NULL;
}

/* Returns the index of the first constant that is not below value, with both as signed numbers. */
static unsigned int lower_bound(const struct linx_flagset *set, int64_t value)
{
	unsigned int low = 0, high = set->count;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if ((int64_t)set->flags[mid].value < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct linx_flag *find_signed(const struct linx_flagset *set, int64_t value)
{
	unsigned int i = lower_bound(set, value);

	return i < set->count && set->flags[i].value == (uint64_t)value ? &set->flags[i] : NULL;
}

const struct linx_flag *linx_const_find(const struct linx_flagset *set, uint64_t value,
					uint64_t width)
{
	const struct linx_flag *flag = find_signed(set, (int64_t)(value & width));

	/* In the array, a negative constant of a 32-bit argument is extended to 64 bits with its sign. */
	if (!flag && width == UINT32_MAX)
		flag = find_signed(set, (int32_t)value);
	return flag;
}

const struct linx_flag *linx_const_next(const struct linx_flagset *set,
					const struct linx_flag *flag)
{
	const struct linx_flag *next = flag + 1;

	return next < set->flags + set->count && next->value == flag->value ? next : NULL;
}

void linx_flag_begin(struct linx_flag_iter *it, const struct linx_flagset *set, uint64_t value,
		     uint64_t width)
{
	*it = (struct linx_flag_iter){ .set = set, .width = width, .rest = value & width };
}

/* True if it->rest contains the bits of the flag. They are then removed from it->rest. */
static bool take(struct linx_flag_iter *it, const struct linx_flag *flag)
{
	uint64_t value = flag->value & it->width;

	switch (flag->kind) {
	case LINX_FLAG_ZERO:
		return !it->rest && !it->done;
	case LINX_FLAG_FIELD:
		if ((it->done & flag->mask) || (it->rest & (flag->mask | value)) != value)
			return false;
		it->done |= flag->mask;
		break;
	case LINX_FLAG_NUMBER:
		it->number = (it->rest & flag->mask) >> flag->shift;
		value = it->rest & flag->mask;
		if (!value)
			return false;
		break;
	default:
		if (!value || (it->rest & value) != value)
			return false;
	}
	it->rest &= ~value;
	return true;
}

const struct linx_flag *linx_flag_next(struct linx_flag_iter *it)
{
	bool empty = !it->rest && !it->at;

	while (it->at < it->set->count) {
		const struct linx_flag *flag = &it->set->flags[it->at++];

		if (flag->kind == LINX_FLAG_ZERO ? empty && take(it, flag) : take(it, flag))
			return flag;
	}
	return NULL;
}

const char *linx_errno_name(unsigned int err)
{
	const struct linx_flag *flag = linx_const_find(&linx_set_errno, err, UINT32_MAX);

	return flag ? flag->name : NULL;
}

const char *linx_errno_text(unsigned int err)
{
	const struct linx_flag *flag = linx_const_find(&linx_set_errno, err, UINT32_MAX);

	return flag ? flag->text : NULL;
}

const char *linx_signal_name(unsigned int sig)
{
	const struct linx_flag *flag = linx_const_find(&linx_set_signo, sig, UINT32_MAX);

	return flag ? flag->name : NULL;
}
