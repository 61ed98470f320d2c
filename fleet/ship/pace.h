/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How fast blocks are sent that had to wait: at most some times as fast as they were recorded, after a random pause. */
#ifndef SHIP_PACE_H
#define SHIP_PACE_H

#include <stdint.h>

struct pace {
	double factor; /* how many times as fast as they were recorded; 0: no limit */
	uint64_t jitter_ns; /* most of the random pause after an outage */
	uint64_t until_ns; /* nothing is sent before this time */
	uint64_t last_to_ns; /* when the last rows of the block before were recorded; 0: there was none */
};

/* An outage has ended: all machines of a fleet begin at the same moment, so each waits a random time. lot: any number. */
void pace_outage(struct pace *p, uint64_t now_ns, uint64_t lot);
/* Notes that a block was sent whose last rows were recorded at to_ns; wall_ns: the time of day, by the same clock. */
void pace_sent(struct pace *p, uint64_t now_ns, uint64_t wall_ns, uint64_t to_ns);

#endif
