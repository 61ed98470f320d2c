// SPDX-License-Identifier: LGPL-2.1-or-later
/* Computes when the next block can be sent: see ship/pace.h. */
#include "ship/pace.h"

/*
 * A recorder that has rows completes a block at least this often. A longer time between two blocks was silence, and
 * counts as this time.
 */
#define BLOCK_NS 5000000000ull
/* A block whose newest row is younger than this did not have to wait, and its successor is sent at once. */
#define LIVE_NS 15000000000ull

void pace_outage(struct pace *p, uint64_t now_ns, uint64_t lot)
{
	if (p->jitter_ns)
		p->until_ns = now_ns + lot % p->jitter_ns;
}

void pace_sent(struct pace *p, uint64_t now_ns, uint64_t wall_ns, uint64_t to_ns)
{
	uint64_t span = to_ns > p->last_to_ns && p->last_to_ns ? to_ns - p->last_to_ns : 0;
	uint64_t from = p->until_ns > now_ns ? p->until_ns : now_ns;

	p->last_to_ns = to_ns;
	if (p->factor <= 0 || to_ns + LIVE_NS > wall_ns) {
		p->until_ns = now_ns;
		return;
	}
	if (span > BLOCK_NS)
		span = BLOCK_NS;
	p->until_ns = from + (uint64_t)((double)span / p->factor);
}
