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

bool hung_find_futex(struct hung_call *c)
{
	const bool classic = !strcmp(c->name, "futex") || !strcmp(c->name, "futex_time64");

	c->nfutexes = c->nargs > 1 && ((classic && waits((uint32_t)c->args[1])) || !strcmp(c->name, "futex_wait"));
	c->futexes[0] = c->args[0];
	return strcmp(c->name, "futex_waitv") != 0;
}

void hung_take_futexes(struct hung_call *c, const void *data, size_t len)
{
	struct hung_futex f;

	for (c->nfutexes = 0; c->nfutexes < HUNG_FUTEXES_MAX && len >= sizeof(f); len -= sizeof(f)) {
		memcpy(&f, (const char *)data + c->nfutexes * sizeof(f), sizeof(f));
		c->futexes[c->nfutexes++] = f.address;
	}
}

/* Orders waiters by process, futex and call. */
static int compare_waiters(const void *a, const void *b)
{
	const struct hung_waiter *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->call > y->call) - (x->call < y->call);
}

/* True if the futex at this index of the call stands at an earlier index, too. */
static bool is_repeated(const struct hung_call *c, unsigned int index)
{
	for (unsigned int i = 0; i < index; i++)
		if (c->futexes[i] == c->futexes[index])
			return true;
	return false;
}

int hung_group_waiters(struct hung_result *r)
{
	const struct hung_calls *calls = &r->calls;
	size_t most = 1;

	for (size_t i = 0; i < calls->n; i++)
		most += calls->at[i].nfutexes;
	r->waiting = calloc(most, sizeof(*r->waiting));
	if (!r->waiting)
		return -ENOMEM;
	for (size_t i = 0; i < calls->n; i++)
		for (unsigned int k = 0; k < calls->at[i].nfutexes; k++)
			if (!is_repeated(&calls->at[i], k))
				r->waiting[r->nwaiting++] = (struct hung_waiter){ calls->at[i].futexes[k], calls->at[i].pid, i };
	qsort(r->waiting, r->nwaiting, sizeof(*r->waiting), compare_waiters);
	return 0;
}

const struct hung_waiter *hung_waiters(const struct hung_result *r, const struct hung_call *c, uint64_t address, size_t *n)
{
	const struct hung_waiter first = { address, c->pid, 0 };
	size_t low = 0, high = r->nwaiting, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_waiters(&r->waiting[middle], &first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < r->nwaiting && r->waiting[end].pid == c->pid && r->waiting[end].address == address;)
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
