// SPDX-License-Identifier: LGPL-2.1-or-later
/* Snapshots: memory for them, and fetching one from the module. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "engine_kmod.h"

#define SNAP_STEP (1u << 20)

uint8_t *linx_snap_reserve(struct linx_snap *s, size_t more)
{
	size_t need = s->len + more, cap = s->cap * 2 > need ? s->cap * 2 : need;
	uint8_t *data;

	if (!linx_snap_fits(s, more))
		return NULL;
	if (need > s->cap) {
		data = realloc(s->data, cap);
		if (!data)
			return NULL;
		s->data = data;
		s->cap = cap;
	}
	return s->data + s->len;
}

void linx_snap_free_data(struct linx_snap *s)
{
	free(s->data);
	*s = (struct linx_snap){ .gen = s->gen };
}

int linx_kmod_snapshot(struct linx_engine_kmod *k)
{
	struct linx_snapshot u = { .size = sizeof(u), .buf_size = SNAP_STEP };
	struct linx_snap *s = &k->e.snap;
	uint8_t *buf;
	int ret;

	if (!(k->info.features & LINX_FEAT_FILES))
		return 0;
	s->gen++;
	do {
		if (!linx_snap_fits(s, SNAP_STEP))
			break; /* who is left out is told of before its first event: nobody's files end a recording */
		buf = linx_snap_reserve(s, SNAP_STEP);
		if (!buf)
			return linx_fail(&k->e.err, -ENOMEM, "out of memory for the list of processes");
		u.buf = (uintptr_t)buf;
		ret = linx_kmod_ioctl(k->fd, LINX_IOC_SNAPSHOT, &u);
		if (ret < 0)
			return linx_fail(&k->e.err, ret, LINX_DEVICE ": cannot list processes: %s", strerror(-ret));
		s->len += u.used;
	} while (u.cursor[0]);
	return 0;
}
