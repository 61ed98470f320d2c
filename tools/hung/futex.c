// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls that wait at a futex, and the choice of calls that are shown: see hung/hung.h. */
#include <linux/futex.h>
#include <string.h>

#include "hung/hung.h"

#ifndef FUTEX_LOCK_PI2 /* Linux 5.14 */
#define FUTEX_LOCK_PI2 13
#endif

/* True if this operation of futex(2) waits. */
static bool waits(uint64_t operation)
{
	switch (operation & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return true;
	default:
		return false;
	}
}

void hung_find_futex(struct hung_call *c)
{
	const bool classic = !strcmp(c->name, "futex") || !strcmp(c->name, "futex_time64");

	c->waits = c->nargs > 1 && ((classic && waits((uint32_t)c->args[1])) || !strcmp(c->name, "futex_wait"));
}

bool hung_waits_with(const struct hung_call *a, const struct hung_call *b)
{
	return a->waits && b->waits && a->tid != b->tid && a->pid == b->pid && a->args[0] == b->args[0];
}

/* True if name is one of the words of a list, or with a leading "!" none of them. */
static bool is_named(const char *list, const char *name)
{
	const char *word;
	size_t len;
	bool not;

	list = value_skip_nots(list, &not);
	while (value_list_word(&list, &word, &len))
		if (strlen(name) == len && !strncmp(name, word, len))
			return !not;
	return not;
}

bool hung_shows(const struct hung_settings *s, const struct hung_call *c)
{
	return c->inside_ns >= s->over_ns && (!s->calls || is_named(s->calls, c->name));
}
