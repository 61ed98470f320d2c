/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Origin of alerts: the name of the machine, and how many records were lost. */
#ifndef LINXCAP_ALERT_ORIGIN_H
#define LINXCAP_ALERT_ORIGIN_H

#include <linx/linx.h>

struct alert_origin {
	struct linx *l;
	char host[72]; /* name of the machine on which the calls were made, also when a capture file is read */
	uint64_t gone; /* records reported as lost by the events so far */
};
void alert_origin_begin(struct alert_origin *o, struct linx *l);
/* Adds the losses that an event reports to the count. */
void alert_origin_look(struct alert_origin *o, const struct linx_event *ev);
/* Returns how many records were lost so far. The result can be too high, but never too low. */
uint64_t alert_origin_lost(const struct alert_origin *o);

#endif
