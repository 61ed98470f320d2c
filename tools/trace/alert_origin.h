/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Origin of alerts: the machine, and the losses. */
#ifndef LINXCAP_ALERT_ORIGIN_H
#define LINXCAP_ALERT_ORIGIN_H

#include <linx/linx.h>

struct alert_origin {
	struct linx *l;
	char host[72]; /* the machine on which the calls were made, also of a capture */
	uint64_t gone; /* records lost in gaps so far */
};
void alert_origin_begin(struct alert_origin *o, struct linx *l);
/* Counts the losses that an event reports. */
void alert_origin_look(struct alert_origin *o, const struct linx_event *ev);
/* Records lost so far: never fewer than could have been missed. */
uint64_t alert_origin_lost(const struct alert_origin *o);

#endif
