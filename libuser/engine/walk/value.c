// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values of a record: their heads, their memory and strings. User memory is read once, into the record itself,
 * within the record's budget. The rest of a cut string is read, too, to find its length, and is not kept.
 */
#include <string.h>

#include "engine/walk/value.h"

/* A string is read in steps that end with a page, so that all readable bytes are read. */
#define STR_STEP 4096u

struct linx_val *linx_walker_val_begin(struct linx_walker *w, uint32_t size)
{
	if ((size_t)(w->end - w->p) < sizeof(struct linx_val) + LINX_ALIGN8(size)) {
		w->full = true;
		return NULL;
	}
	return (struct linx_val *)(void *)w->p;
}

static void linx_walker_val_finish(struct linx_walker *w, struct linx_val *v, uint8_t arg, uint8_t info, uint32_t size,
				   uint64_t orig)
{
	uint8_t *data = (uint8_t *)(v + 1);

	v->size = (uint16_t)size;
	v->arg = arg;
	v->info = info;
	v->orig = (uint32_t)linx_min_u64(orig, UINT32_MAX);
	memset(data + size, 0, LINX_ALIGN8(size) - size);
	w->p = data + LINX_ALIGN8(size);
}

void linx_walker_val_end(struct linx_walker *w, struct linx_val *v, uint8_t arg, unsigned int kind, unsigned int state,
			 uint32_t size, uint64_t orig)
{
	linx_walker_val_finish(w, v, arg, LINX_VAL_INFO(kind, state), size, orig);
	w->budget -= linx_min_u32(size, w->budget);
	w->head->nvals = (w->head->nvals + 1u) & 0xff;
}

void linx_walker_value(struct linx_walker *w, uint8_t field, unsigned int kind, unsigned int state, const void *from,
		       size_t size)
{
	uint32_t keep = (uint32_t)linx_min_u64(size, LINX_REC_MAX / 6);
	struct linx_val *v = linx_walker_val_begin(w, keep);

	if (!v)
		return;
	if (keep)
		memcpy(v + 1, from, keep);
	linx_walker_val_end(w, v, field, kind, keep < size ? LINX_TRUNCATED : state, keep, size);
}

bool linx_walker_room(const struct linx_walker *w)
{
	return !w->full && w->end - w->p >= LINX_VALUE_ROOM_MIN;
}

static uint32_t mem_room(const struct linx_walker *w)
{
	return (uint32_t)((size_t)(w->end - w->p) - sizeof(struct linx_val) - sizeof(uint64_t)) & ~7u;
}

uint8_t *linx_walker_memory(struct linx_val *v, uint32_t *size)
{
	uint32_t skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(uint64_t) : 0;

	*size = v->size - skip;
	return (uint8_t *)(v + 1) + skip;
}

/*
 * Captures at most "keep" of the len bytes at addr. kind: LINX_VAL_BYTES, or LINX_VAL_MEM with the address before the
 * memory.
 */
struct linx_val *linx_walker_capture(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint64_t len,
				     uint32_t keep)
{
	uint32_t skip = kind == LINX_VAL_MEM ? sizeof(addr) : 0, got;
	uint32_t wanted = (uint32_t)linx_min_u64(len, linx_min_u32(keep, w->budget));
	struct linx_val *v = linx_walker_val_begin(w, skip + wanted);

	if (!v)
		return NULL;
	if (skip)
		memcpy(v + 1, &addr, skip);
	got = wanted ? w->read(w->ctx, (uint8_t *)(v + 1) + skip, addr, wanted) : 0;
	linx_walker_val_end(w, v, arg, kind,
			    got < wanted ? LINX_UNREADABLE :
			    wanted < len ? LINX_TRUNCATED :
					   LINX_WHOLE,
			    skip + got, linx_min_u64(len, UINT32_MAX) + skip);
	return v;
}

struct linx_val *linx_walker_mem(struct linx_walker *w, uint8_t arg, uint64_t addr, uint64_t len, uint32_t keep)
{
	return linx_walker_capture(w, arg, LINX_VAL_MEM, addr, len, linx_min_u32(keep, mem_room(w)));
}

void linx_walker_more(struct linx_walker *w, struct linx_val *v, uint64_t addr, uint64_t len, uint32_t keep)
{
	uint32_t size = v->size, had, more, got;
	uint8_t *data = linx_walker_memory(v, &had);

	if (len <= had)
		return;
	more = (uint32_t)linx_min_u64(len, linx_min_u64(keep, (uint64_t)w->budget + had)) - had;
	more = (uint32_t)linx_min_u64(more, (uint64_t)(w->end - data) - had);
	got = w->read(w->ctx, data + had, addr + had, more);
	linx_walker_val_finish(w, v, v->arg, v->info, size + got, linx_min_u64(len, UINT32_MAX) + (size - had));
	w->budget -= linx_min_u32(got, w->budget);
	if (got < more)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_UNREADABLE);
	else if (had + more < len)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_TRUNCATED);
}

/*
 * Reads a string of at most count bytes. Returns its length without the NUL; count: no NUL in that many bytes; a value
 * n below zero: only ~n bytes could be read, without a NUL.
 */
int64_t linx_walker_read_str(struct linx_walker *w, uint8_t *to, uint64_t addr, uint32_t count)
{
	uint32_t n = 0, step = 256, got;
	const uint8_t *nul;

	while (n < count) {
		step = linx_min_u32(step, STR_STEP - (uint32_t)((addr + n) % STR_STEP));
		step = linx_min_u32(step, count - n);
		got = w->read(w->ctx, to + n, addr + n, step);
		nul = memchr(to + n, 0, got);
		if (nul)
			return nul - to;
		n += got;
		if (got < step)
			return ~(int64_t)n;
		step = STR_STEP;
	}
	return count;
}

/* Returns the length of the rest of a string, without its NUL; -1: not known. */
static int64_t rest_length(struct linx_walker *w, uint64_t addr)
{
	uint8_t buf[STR_STEP];
	uint32_t n = 0, step, got;
	const uint8_t *nul;

	while (n < LINX_STRLEN_MAX) {
		step = STR_STEP - (uint32_t)((addr + n) % STR_STEP);
		got = w->read(w->ctx, buf, addr + n, step);
		nul = memchr(buf, 0, got);
		if (nul)
			return n + (nul - buf);
		if (got < step)
			return -1;
		n += got;
	}
	return -1;
}

void linx_walker_capture_str(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint32_t keep)
{
	uint32_t skip = kind == LINX_VAL_MEMSTR ? sizeof(addr) : 0, wanted, count;
	struct linx_val *v = linx_walker_val_begin(w, 8 + skip);
	uint8_t *to;
	int64_t n;

	if (!v)
		return;
	wanted = linx_min_u32(linx_min_u32(w->opts->snap_str, w->budget), keep);
	to = (uint8_t *)(v + 1) + skip;
	if (skip)
		memcpy(v + 1, &addr, skip);
	count = (uint32_t)linx_min_u64(wanted + 1u, (uint64_t)(w->end - to) & ~7ull);
	n = linx_walker_read_str(w, to, addr, count);
	if (n < 0) {
		linx_walker_val_end(w, v, arg, kind, LINX_UNREADABLE, skip + (uint32_t)~n, UINT32_MAX);
	} else if (n < count) {
		linx_walker_val_end(w, v, arg, kind, LINX_WHOLE, skip + (uint32_t)n, skip + (uint64_t)n);
	} else {
		wanted = linx_min_u32(wanted, count);
		n = w->head->nvals < LINX_SOUGHT_MAX ? rest_length(w, addr + wanted) : -1;
		linx_walker_val_end(w, v, arg, kind, LINX_TRUNCATED, skip + wanted,
				    n < 0 ? UINT32_MAX : skip + wanted + (uint64_t)n);
	}
}

void linx_walker_memstr(struct linx_walker *w, uint8_t arg, uint64_t addr)
{
	linx_walker_capture_str(w, arg, LINX_VAL_MEMSTR, addr, mem_room(w) - 1);
}

void linx_walker_unfilled(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint64_t len)
{
	uint32_t skip = kind == LINX_VAL_MEM ? sizeof(addr) : 0;
	struct linx_val *v = linx_walker_val_begin(w, skip);

	if (!v)
		return;
	if (skip)
		memcpy(v + 1, &addr, skip);
	linx_walker_val_end(w, v, arg, kind, LINX_UNAVAILABLE, skip, linx_min_u64(len, UINT32_MAX - skip) + skip);
}
