/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Falco's names of events, where they are not the kernel's names of calls: filter/falco/event_names.def. */
#ifndef LINX_EVENT_NAMES_H
#define LINX_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Falco's name of a call, of which n bytes are given: its own, or *name's. *n becomes its length. */
const char *linx_falco_call_name(const char *name, size_t *n);
struct linx_event;
/* Falco's name of an event, of *n bytes. NULL: Falco has none like it. */
const char *linx_falco_event_name(const struct linx_event *ev, size_t *n);
/* Is this an event of Falco's that is no call, but a kind of events here? */
bool linx_falco_is_kind(const char *name);
/* Is this an event of Falco's that is none here? */
bool linx_falco_is_no_call(const char *name);

#endif
