// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values that continue in pieces: see engine/walk/long.h. */
#include <string.h>

#include "engine/walk/follow.h"
#include "engine/walk/long.h"
#include "engine/walk/value.h"

/* Number of pointers that are read at once. */
#define VEC_RUN 16u

static bool vec_read(struct linx_walker *w, struct linx_walker_long *l)
{
	l->str = 0;
	return w->read(w->ctx, &l->str, l->addr + (uint64_t)l->count * l->width, l->width) == l->width;
}

/* Takes the next pointer of the vector. false: the vector has ended or cannot be read. */
static bool next_str(struct linx_walker *w, struct linx_walker_long *l)
{
	if (l->str)
		return true;
	if (!vec_read(w, l))
		l->state = LINX_UNREADABLE;
	if (l->state == LINX_UNREADABLE || !l->str) {
		l->done = true;
		return false;
	}
	l->count++;
	return true;
}

static uint32_t fill_strv(struct linx_walker *w, struct linx_walker_long *l, uint8_t *to, uint32_t cap)
{
	uint32_t n = 0;
	int64_t k;

	while (n < cap && !l->done) {
		if (l->count >= LINX_STRV_KEEP_MAX && !l->str) {
			l->full = true;
			break;
		}
		if (!next_str(w, l))
			break;
		k = linx_walker_read_str(w, to + n, l->str, cap - n);
		if (k < 0) {
			l->state = LINX_UNREADABLE;
			l->done = true;
		} else if (k == cap - n) {
			l->str += (uint64_t)k;
			n = cap;
		} else {
			l->str = 0;
			l->stored++;
			n += (uint32_t)k + 1;
		}
	}
	return n;
}

static uint32_t fill_block(struct linx_walker *w, struct linx_walker_long *l, uint8_t *to, uint32_t cap)
{
	uint32_t wanted = (uint32_t)linx_min_u64(cap, l->left), got = wanted;

	if (l->own) {
		memcpy(to, l->own, wanted);
		l->own += wanted;
	} else {
		got = w->read(w->ctx, to, l->addr, wanted);
	}
	l->addr += got;
	l->left -= got;
	if (got < wanted)
		l->state = LINX_UNREADABLE;
	l->done = got < wanted || !l->left;
	return got;
}

static uint32_t fill_long(struct linx_walker *w, struct linx_walker_long *l, uint8_t *to, uint32_t cap)
{
	return l->width ? fill_strv(w, l, to, cap) : fill_block(w, l, to, cap);
}

/* Returns how many pointers come next, at most VEC_RUN. Fewer: the vector ends there or cannot be read further. */
static uint32_t vec_run(struct linx_walker *w, struct linx_walker_long *l)
{
	uint64_t run[VEC_RUN], one;
	uint32_t got = w->read(w->ctx, run, l->addr + (uint64_t)l->count * l->width, VEC_RUN * l->width) / l->width, i;

	for (i = 0; i < got; i++) {
		one = 0;
		memcpy(&one, (uint8_t *)run + (size_t)i * l->width, l->width);
		if (!one)
			return i;
	}
	if (got < VEC_RUN)
		l->state = LINX_UNREADABLE;
	return i;
}

static void count_rest(struct linx_walker *w, struct linx_walker_long *l)
{
	uint32_t n;

	do {
		n = vec_run(w, l);
		l->count += n;
	} while (n == VEC_RUN && l->count < LINX_STRV_COUNT_MAX);
}

static void patch_head(struct linx_walker *w, struct linx_walker_long *l)
{
	uint64_t unread = l->done && l->state == LINX_UNREADABLE ? l->str : 0;
	struct linx_strv strv;

	if (l->width && !l->done) {
		count_rest(w, l);
		l->done = !l->str && l->count == l->stored;
	}
	if (!l->done && l->state == LINX_WHOLE)
		l->state = LINX_TRUNCATED;
	if (l->width) {
		strv = (struct linx_strv){ .count = l->count, .stored = l->stored, .unread = unread };
		memcpy(l->v + 1, &strv, sizeof(strv));
		l->v->orig = l->state == LINX_WHOLE ? l->total : UINT32_MAX;
	} else {
		l->v->orig = (uint32_t)linx_min_u64(l->total + l->left, UINT32_MAX);
	}
	l->v->info = LINX_VAL_INFO(l->kind, l->state);
}

/*
 * Captures LINX_STRV_UNREAD pointers of the vector as memory. The first one is that of the string that could not be
 * read.
 */
static void keep_pointers(struct linx_walker *w, struct linx_walker_long *l)
{
	uint32_t size = LINX_STRV_UNREAD * l->width;

	if (linx_walker_room(w))
		linx_walker_mem(w, l->arg, l->addr + (uint64_t)(l->count - 1) * l->width, size, size);
}

static void long_head(struct linx_walker *w, struct linx_walker_long *l, uint32_t cap)
{
	uint32_t fixed = l->width ? sizeof(struct linx_strv) : 0, room, avail, n = 0;

	l->v = linx_walker_val_begin(w, fixed + 64);
	if (!l->v)
		return;
	room = (uint32_t)(w->end - (uint8_t *)(l->v + 1)) & ~7u;
	avail = linx_min_u32(cap, linx_min_u32(room, w->budget));
	if (l->keep && avail > fixed)
		n = fill_long(w, l, (uint8_t *)(l->v + 1) + fixed, avail - fixed);
	l->total = fixed + n;
	linx_walker_val_end(w, l->v, l->arg, 0, 0, l->total, 0);
	if (l->width && l->state == LINX_UNREADABLE && l->str)
		keep_pointers(w, l);
}

/* Ends the record that is being written and begins a piece. Returns where the piece's bytes are to be written. */
static uint8_t *piece_begin(struct linx_walker *w)
{
	struct linx_rec *head = w->head;

	linx_walker_close(w);
	w->rec->flags = (w->rec->flags | LINX_RF_MORE) & 0xff;
	w->rec = (struct linx_rec *)(void *)w->p;
	memset(w->rec, 0, sizeof(*w->rec));
	w->rec->kind = LINX_REC_PIECE;
	w->rec->nr = LINX_REC_NR_OTHER;
	w->rec->time = head->time;
	w->rec->tid = head->tid;
	w->rec->pid = head->pid;
	return w->p + sizeof(*w->rec) + sizeof(struct linx_piece);
}

/* Ends the piece record that piece_begin() began: writes its head p, and pads its n bytes of data at "at". */
static void piece_end(struct linx_walker *w, struct linx_piece p, uint8_t *at, uint32_t n)
{
	p.size = (uint16_t)n;
	memcpy(w->rec + 1, &p, sizeof(p));
	memset(at + n, 0, LINX_ALIGN8(n) - n);
	w->p = at + LINX_ALIGN8(n);
}

static void piece(struct linx_walker *w, struct linx_walker_long *l)
{
	struct linx_piece p = { .offset = l->total, .arg = l->arg };
	uint32_t n, cap = linx_min_u32(LINX_REC_USER_MAX, LINX_PIECES_MAX - l->total);
	uint8_t *at = piece_begin(w);

	n = fill_long(w, l, at, cap);
	piece_end(w, p, at, n);
	l->total += n;
}

static void long_pieces(struct linx_walker *w, struct linx_walker_long *l)
{
	while (l->v && l->keep && !l->done && !l->full && l->total < LINX_PIECES_MAX)
		piece(w, l);
	if (l->v)
		patch_head(w, l);
}

/* Captures the rest of a cut buffer in pieces, up to the limit of the options (snap_bytes). */
static void rest_of(struct linx_walker *w, struct linx_val *v, unsigned int nth, uint64_t addr)
{
	uint32_t skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(addr) : 0, len = v->orig - skip;
	uint32_t at = v->size - skip, most = linx_min_u32(len, w->opts->snap_bytes), wanted, got;
	uint8_t *to;

	if (skip)
		memcpy(&addr, v + 1, skip);
	while (at < most && w->rest) {
		to = piece_begin(w);
		wanted = linx_min_u32(linx_min_u32(w->rest, LINX_REC_USER_MAX), most - at);
		got = w->read(w->ctx, to, addr + at, wanted);
		piece_end(w, (struct linx_piece){ .offset = at, .arg = v->arg, .nth = (uint8_t)(skip ? nth : 0) }, to, got);
		w->rest -= got;
		at += got;
		if (got < wanted) {
			v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_UNREADABLE);
			return;
		}
	}
	if (at == len)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_WHOLE);
}

void linx_walker_rest(struct linx_walker *w, const uint64_t *args, uint8_t *first, unsigned int place)
{
	struct linx_val *v = (struct linx_val *)(void *)first;

	for (; place < w->head->nvals && !w->full; place++) {
		if (w->buffers[place / 64] >> place % 64 & 1 && LINX_VAL_STATE(v->info) == LINX_TRUNCATED)
			rest_of(w, v, place + 1, v->arg < LINX_NARGS ? args[v->arg] : 0);
		v = (struct linx_val *)(void *)((uint8_t *)(v + 1) + LINX_ALIGN8(v->size));
	}
}

void linx_walker_longs(struct linx_walker *w, struct linx_walker_long *l, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		l[i].state = LINX_WHOLE;
		long_head(w, &l[i], LINX_REC_USER_MAX / 4);
	}
	for (unsigned int i = 0; i < n; i++)
		long_pieces(w, &l[i]);
}

void linx_walker_command(struct linx_walker *w, const void *argv, size_t argv_len, const void *envp, size_t envp_len)
{
	struct linx_walker_long l[2] = {
		{ .arg = LINX_FIELD_ARGV, .kind = LINX_VAL_STRINGS, .keep = true, .own = argv, .left = argv_len },
		{ .arg = LINX_FIELD_ENVP, .kind = LINX_VAL_STRINGS, .keep = true, .own = envp, .left = envp_len },
	};

	linx_walker_longs(w, l, envp ? 2 : 1);
}
