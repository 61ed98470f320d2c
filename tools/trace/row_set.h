/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Common parts of the destinations of rows: which events become rows, and how they are written. */
#ifndef LINXCAP_ROW_SET_H
#define LINXCAP_ROW_SET_H

#include <linx/rowset.h>

#include "trace/settings.h"

#define ROW_DAY_NS (86400ull * 1000000000)

/* Makes a set of rows by the settings of a trace, which must outlive it. 0; -1: why has the reason. */
int row_set_new(struct linx_rowset **set, const struct settings *s, enum linx_rowset_format format, struct problem *why);
/* True if an event becomes a row. by_rules: rules choose the rows; matched: a rule matches the event. */
bool row_set_wants(bool by_rules, bool matched, const struct linx_event *ev);
/* Sets *counts if -n and the account count an event that has become a row. */
void row_set_count(bool *counts, const struct linx_event *ev);

#endif
