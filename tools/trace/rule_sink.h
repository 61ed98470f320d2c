/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that meet rules in Falco's language become alerts. */
#ifndef LINXCAP_RULE_SINK_H
#define LINXCAP_RULE_SINK_H

#include "trace/sink.h"

struct rule_sink;
/* NULL: why is set. The outputs' threads start with it. */
struct rule_sink *rule_sink_new(const struct settings *s, struct linx *l, struct problem *why);
struct sink_taker *rule_sink_taker(struct rule_sink *k);
/* Tells how many alerts each rule raised. The source delivers no event any more. */
void rule_sink_free(struct rule_sink *k);

#endif
