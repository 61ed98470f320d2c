// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens transports: see trace/destinations/transport.h. */
#include "trace/destinations/transport.h"

#define TRANSPORT_ROW(name) &transport_##name,

struct transport *transport_open(const struct settings *s, struct signals *signals, struct problem *why)
{
	static const struct transport_ops *const rows[] = { TRANSPORTS(TRANSPORT_ROW) };
	unsigned int i = 0;

	while (rows[i]->wanted && !rows[i]->wanted(s))
		i++;
	return rows[i]->open(s, signals, why);
}
