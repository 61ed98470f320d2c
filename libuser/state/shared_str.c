// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts with shared, reference-counted data: see state/shared_str.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/decode.h"
#include "state/shared_str.h"

/* Data of a text, with the number of texts that point to it. */
struct shared {
	uint32_t refs, len;
	char data[];
};

static struct shared *shared_of(const struct linx_text *text)
{
	return (struct shared *)(text->data - offsetof(struct shared, data));
}

void linx_shared_str_drop(size_t *room, struct linx_text *text)
{
	struct shared *s;

	if (text->data) {
		s = shared_of(text);
		if (!--s->refs) {
			*room += sizeof(*s) + s->len + 1;
			free(s);
		}
	}
	*text = (struct linx_text){ 0 };
}

void linx_shared_str_share(struct linx_text *to, const struct linx_text *from)
{
	*to = *from;
	if (to->data)
		shared_of(to)->refs++;
}

int linx_shared_str_set(size_t *room, struct linx_text *text, const void *data, uint32_t len, uint8_t state)
{
	struct shared *s = NULL;

	if (data && *room < sizeof(*s) + len + 1u) {
		data = NULL;
		state = LINX_UNAVAILABLE;
	}
	if (data) {
		s = malloc(sizeof(*s) + len + 1u);
		if (!s)
			return -ENOMEM;
		*room -= sizeof(*s) + len + 1u;
		*s = (struct shared){ .refs = 1, .len = len };
		memcpy(s->data, data, len);
		s->data[len] = '\0';
	}
	linx_shared_str_drop(room, text);
	*text = (struct linx_text){ .data = s ? s->data : NULL, .len = s ? len : 0, .state = state };
	return 0;
}

int linx_shared_str_take(size_t *room, struct linx_text *text, const struct linx_value *v)
{
	bool readable = linx_value_readable(v);
	uint32_t len = readable ? v->size : 0;

	if (!v->state)
		return 0;
	/* A string of a record ends at its first NUL. */
	if (readable && v->kind == LINX_VAL_STR)
		len = (uint32_t)strnlen(v->data, len);
	return linx_shared_str_set(room, text, readable ? v->data : NULL, len, v->state);
}
