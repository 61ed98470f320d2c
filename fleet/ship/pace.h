/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits the speed at which blocks that had to wait are sent: at most "factor" times the speed at which they were
 * recorded. After an outage of the server a random pause comes first.
 */
#ifndef SHIP_PACE_H
#define SHIP_PACE_H

#include <stdint.h>

struct pace {
	double factor; /* limit: so many times the speed of recording; 0: no limit */
	uint64_t jitter_ns; /* upper limit of the random pause after an outage; 0: no pause */
	uint64_t until_ns; /* nothing is sent before this time */
	uint64_t last_to_ns; /* time of the newest row in the block that was sent last; 0: not known */
};

/*
 * Begins a random pause at the end of an outage of the server. Without the pause all machines of a fleet would begin to
 * send at the same moment. lot: a random number.
 */
void pace_outage(struct pace *p, uint64_t now_ns, uint64_t lot);
/*
 * Notes that a block was sent at now_ns, and computes when the next one can be sent. to_ns: time of the newest row of
 * the block; wall_ns: present time on the clock of to_ns.
 */
void pace_sent(struct pace *p, uint64_t now_ns, uint64_t wall_ns, uint64_t to_ns);

#endif
