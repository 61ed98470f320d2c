// SPDX-License-Identifier: LGPL-2.1-or-later
/* Beginning and ending records, and their parts of fixed size. */
#include <string.h>

#include "engine/walk/value.h"

void linx_walker_begin(struct linx_walker *w, unsigned int kind, uint32_t tid, uint32_t pid, uint64_t time)
{
	w->head = w->rec = (struct linx_rec *)(void *)w->room;
	memset(w->head, 0, sizeof(*w->head));
	w->head->kind = kind & 0xff;
	w->head->nr = LINX_REC_NR_OTHER;
	w->head->tid = tid & 0x3fffff;
	w->head->pid = pid & 0x3fffff;
	w->head->time = time;
	w->p = w->room + sizeof(*w->head);
	w->end = w->room + LINX_REC_MAX;
	w->budget = LINX_REC_USER_MAX;
	w->full = false;
	memset(w->buffers, 0, sizeof(w->buffers));
	w->rest = LINX_PIECES_MAX;
}

void linx_walker_put(struct linx_walker *w, const void *from, size_t size)
{
	memcpy(w->p, from, size);
	w->p += size;
}

/* Ends the record that is being written. */
void linx_walker_close(struct linx_walker *w)
{
	w->rec->words = (uint32_t)((size_t)(w->p - (uint8_t *)w->rec) / 8) & 0x1fff;
}

size_t linx_walker_end(struct linx_walker *w)
{
	linx_walker_close(w);
	return (size_t)(w->p - w->room);
}
