// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reports of interference with a recording: TAMPER records that the reader itself makes, or that a file has in blocks
 * of their own. These reports belong to no lane and to no sum of the account, and each makes the section incomplete.
 */
#include <errno.h>
#include <string.h>

#include "api/source.h"
#include "api/writer.h"
#include "engine/canary.h"
#include "record/decode.h"

int linx_collect_tampers(struct linx *l)
{
	if (linx_canary_has_news(l->e->canary) && linx_canary_take(l->e->canary, linx_now_or(l, 0), &l->e->tampers))
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	return 0;
}

/*
 * Moves the first report from the engine to l->tamper. Returns its length; 0: there is no report, or it is malformed.
 */
static size_t take_first(struct linx *l)
{
	struct linx_snap *s = &l->e->tampers;
	const struct linx_rec *rec = (const void *)s->data;
	size_t len = s->len && linx_rec_fits(rec, s->len) ? LINX_REC_LEN(rec) : 0;

	if (len != sizeof(l->tamper) || rec->kind != LINX_REC_TAMPER) {
		linx_snap_free_data(s); /* a file has other records there, which are not reports */
		return 0;
	}
	memcpy(&l->tamper, rec, len);
	s->len -= len;
	memmove(s->data, s->data + len, s->len);
	if (!s->len)
		linx_snap_free_data(s);
	return len;
}

int linx_next_tamper(struct linx *l, const struct linx_event **ev)
{
	struct linx_snap one = { .data = (uint8_t *)&l->tamper };
	struct linx_group g = { .rec = &l->tamper.head };
	int ret = linx_collect_tampers(l);

	if (ret)
		return ret;
	g.len = one.len = take_first(l);
	if (!g.len)
		return -EAGAIN;
	g.position.cpu = l->tamper.body.cpu;
	l->tampered++;
	ret = l->beside ? linx_writer_take_tampers(l->beside, &one) : 0;
	return ret ? ret : linx_assembler_tamper(l->a, &g, ev);
}

LINX_API uint64_t linx_get_tampers(const struct linx *l)
{
	return l->tampered;
}
