/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that passed the filter become alerts instead of lines. */
#ifndef LINXCAP_ALERT_SINK_H
#define LINXCAP_ALERT_SINK_H

#include "trace/sink.h"

struct alert_sink;
/* NULL: why is set. The outputs' threads start with it. */
struct alert_sink *alert_sink_new(const struct settings *s, struct linx *l, struct problem *why);
struct sink_taker *alert_sink_taker(struct alert_sink *k);
void alert_sink_free(struct alert_sink *k);

#endif
