// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls that wait at a futex, and the choice of calls that are shown: see hung/hung.h. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
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

/* Orders calls by process and futex. */
static int by_futex(const struct hung_call *a, const struct hung_call *b)
{
	int order = (a->pid > b->pid) - (a->pid < b->pid);

	return order ? order : (a->args[0] > b->args[0]) - (a->args[0] < b->args[0]);
}

static int compare_waiting(const void *a, const void *b, void *calls)
{
	const struct hung_call *at = calls;
	const size_t *x = a, *y = b;
	int order = by_futex(&at[*x], &at[*y]);

	return order ? order : (*x > *y) - (*x < *y);
}

int hung_group_waiters(struct hung_result *r)
{
	struct hung_calls *calls = &r->calls;

	r->waiting = calloc(calls->n + 1, sizeof(*r->waiting));
	if (!r->waiting)
		return -ENOMEM;
	for (size_t i = 0; i < calls->n; i++)
		if (calls->at[i].waits)
			r->waiting[r->nwaiting++] = i;
	qsort_r(r->waiting, r->nwaiting, sizeof(*r->waiting), compare_waiting, calls->at);
	return 0;
}

const size_t *hung_waiters(const struct hung_result *r, const struct hung_call *c, size_t *n)
{
	const struct hung_call *calls = r->calls.at;
	size_t low = 0, high = r->nwaiting, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_futex(&calls[r->waiting[middle]], c) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; c->waits && end < r->nwaiting && !by_futex(&calls[r->waiting[end]], c);)
		end++;
	*n = end - low;
	return r->waiting + low;
}

/* True if the list of words contains name; if the list begins with "!", true if it does not contain name. */
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
