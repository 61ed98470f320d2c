/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Falco's names of events: names of calls are in table/call_names.def, all other names in filter/falco/event_names.def.
 */
#ifndef LINX_EVENT_NAMES_H
#define LINX_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "table/call_kinds.h"

struct linx_event;
/* Returns Falco's name of an event, of *n bytes. NULL: Falco has no such event. */
const char *linx_falco_event_name(const struct linx_event *ev, size_t *n);
/* True if name is an event of Falco that is not a call, but that linx has as a kind of events: procexit. */
bool linx_falco_is_kind(const char *name);
/*
 * Gets the number of codes that an event has in Falco's event table. Returns the name of the event in the table; "" for
 * a call that the table has only as one of the generic events.
 */
const char *linx_falco_event_codes(const char *name, unsigned int *n);
/* True if name is an event of Falco that linx does not have. */
bool linx_falco_is_no_call(const char *name);

#endif
