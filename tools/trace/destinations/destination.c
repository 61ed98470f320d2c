// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens destinations: see trace/destinations/destination.h. */
#include <errno.h>
#include <string.h>

#include "trace/destinations/destination.h"

#define ROW(name) &destination_##name,

static bool is_wanted(const struct destination_ops *row, const struct settings *s, unsigned int others)
{
	return !(row->instead && others) && (!row->wanted || row->wanted(s));
}

int destinations_open(const struct destination_env *e, struct destination *to[DESTINATIONS_NR], unsigned int *n,
		      struct problem *why)
{
	static const struct destination_ops *const rows[] = { DESTINATIONS(ROW) };

	for (unsigned int i = 0; i < DESTINATIONS_NR; i++) {
		if (!is_wanted(rows[i], e->settings, *n))
			continue;
		to[*n] = rows[i]->open(e, why);
		if (!to[*n])
			return -1;
		++*n;
	}
	return 0;
}

void destination_explain(const char *name, int error)
{
	if (error == -ETIMEDOUT)
		say("nobody reads: %s: the rest was not written", name);
	else
		say("cannot write: %s: %s: what was written before is intact", name, strerror(-error));
}
