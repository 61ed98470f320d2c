/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Falco's names of events, where they are not the kernel's names of calls: filter/falco/event_names.def. */
#ifndef LINX_EVENT_NAMES_H
#define LINX_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Falco's name of a call, of which n bytes are given: its own, or *name's. *n becomes its length. */
const char *linx_falco_call_name(const char *name, size_t *n);
/* Is this an event of Falco's that is no call here? */
bool linx_falco_is_no_call(const char *name);

#endif
