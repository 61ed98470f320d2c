/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A batch of events for the host, in one block of memory. */
#ifndef LINX_PLUGIN_BATCH_H
#define LINX_PLUGIN_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "plugin/data.h"
#include "plugin/falco_api.h"

#define BATCH_EVENTS 512u
#define BATCH_BYTES ((size_t)2 << 20) /* number of bytes after which no further event is added */

struct batch {
	char *data;
	size_t used, size;
	size_t at[BATCH_EVENTS];
	struct falco_event *events[BATCH_EVENTS];
	uint32_t n;
};

void batch_begin(struct batch *b);
bool batch_full(const struct batch *b);
/*
 * Appends an event. text: its parts, as for data_write(); len: its length. 0; -ENOMEM; -EBADMSG: text does not have
 * this number of parts.
 */
int batch_add(struct batch *b, uint64_t ts, enum data_kind kind, const char *text, size_t len, unsigned int parts, size_t most);
/* Sets events[] to pointers to all events; they are valid until batch_begin(). */
void batch_end(struct batch *b);
void batch_free(struct batch *b);

#endif
