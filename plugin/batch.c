// SPDX-License-Identifier: LGPL-2.1-or-later
/* Collects events for the host: see plugin/batch.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/batch.h"
#include "plugin/names.h"

/* Head of an event with its two parameters: the id of the plugin, which follows directly, and the data. */
struct event_head {
	struct falco_event event;
	uint32_t id_len, data_len;
	uint32_t id;
} __attribute__((packed));

void batch_begin(struct batch *b)
{
	b->used = 0;
	b->n = 0;
}

bool batch_full(const struct batch *b)
{
	return b->n == BATCH_EVENTS || b->used >= BATCH_BYTES;
}

static bool make_room(struct batch *b, size_t n)
{
	size_t size = b->used + n;
	char *data;

	if (size <= b->size)
		return true;
	size += size / 2;
	data = realloc(b->data, size);
	if (!data)
		return false;
	b->data = data;
	b->size = size;
	return true;
}

int batch_add(struct batch *b, uint64_t ts, enum data_kind kind, const char *text, size_t len, unsigned int parts, size_t most)
{
	struct event_head head = {
		.event = { .ts = ts, .tid = UINT64_MAX, .type = FALCO_EVENT_PLUGIN, .nparams = 2 },
		.id_len = sizeof(head.id),
		.id = PLUGIN_ID,
	};
	size_t n;

	if (!make_room(b, sizeof(head) + data_room(len, parts) + 8))
		return -ENOMEM;
	n = data_write(b->data + b->used + sizeof(head), kind, text, len, parts, most);
	if (!n)
		return -EBADMSG;
	head.data_len = (uint32_t)n;
	head.event.len = (uint32_t)(sizeof(head) + n);
	memcpy(b->data + b->used, &head, sizeof(head));
	b->at[b->n++] = b->used;
	b->used += (sizeof(head) + n + 7) & ~(size_t)7;
	return 0;
}

void batch_end(struct batch *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		b->events[i] = (struct falco_event *)(void *)(b->data + b->at[i]);
}

void batch_free(struct batch *b)
{
	free(b->data);
	b->data = NULL;
	b->size = 0;
}
