// SPDX-License-Identifier: LGPL-2.1-or-later
/* Falco's names of events: see filter/falco/event_names.h. */
#include <string.h>

#include "event/event.h"

#include "base/array_size.h"
#include "filter/falco/event_names.h"

static const struct {
	enum linx_event_kind kind;
	const char *falco;
} kinds[] = {
#define KIND(kind, falco) { LINX_EVENT_##kind, #falco },
#define EVENT(falco)
#include "filter/falco/event_names.def"
#undef KIND
#undef EVENT
};

static const char *const others[] = {
#define KIND(kind, falco)
#define EVENT(falco) #falco,
#include "filter/falco/event_names.def"
#undef KIND
#undef EVENT
};

const char *linx_falco_event_name(const struct linx_event *ev, size_t *n)
{
	const char *name = linx_event_get_name(ev);

	*n = name ? strlen(name) : 0;
	if (name)
		return linx_falco_call_name(name, n);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].kind != ev->kind)
			continue;
		*n = strlen(kinds[i].falco);
		return kinds[i].falco;
	}
	return NULL;
}

bool linx_falco_is_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].falco, name))
			return true;
	return false;
}

bool linx_falco_is_no_call(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i], name))
			return true;
	return false;
}
