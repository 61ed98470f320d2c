// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decodes the values in groups of records. Every length is checked against the bytes of the group. */
#include <stdlib.h>
#include <string.h>

#include "record/decode.h"

static const uint8_t *bytes_of(const struct linx_rec *rec)
{
	return (const uint8_t *)rec;
}

static const void *body(const struct linx_rec *rec, size_t size)
{
	return LINX_REC_LEN(rec) >= sizeof(*rec) + size ? bytes_of(rec) + sizeof(*rec) : NULL;
}

const struct linx_ctx *linx_decode_ctx(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_ctx));
}

const struct linx_gap *linx_decode_gap(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_gap));
}

const struct linx_signal *linx_decode_signal(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_signal));
}

const struct linx_budget_step *linx_decode_budget(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_budget_step));
}

const struct linx_tamper *linx_decode_tamper(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_tamper));
}

const struct linx_refused *linx_decode_refused(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_refused));
}

const struct linx_files_change *linx_decode_files(const struct linx_rec *rec)
{
	return body(rec, sizeof(struct linx_files_change));
}

/* Reads the values in the record itself, not the values in its pieces. Returns a bit mask of the values found. */
static uint32_t read_values(const struct linx_rec *rec, struct linx_value *values)
{
	struct linx_walk w = linx_walk_begin(rec);
	uint32_t found = 0;

	while (linx_walk_next(rec, &w)) {
		if (w.head.arg >= LINX_DECODE_VALUES || found & 1u << w.head.arg ||
		    linx_walk_is_nested(&w))
			continue;
		values[w.head.arg] = linx_walk_read(rec, &w);
		found |= 1u << w.head.arg;
	}
	return found;
}

/* Removes the address at the beginning of a nested value and returns it in *addr. False: the value is too short. */
static bool take_address(struct linx_value *v, uint64_t *addr)
{
	if ((v->kind != LINX_VAL_MEM && v->kind != LINX_VAL_MEMSTR) || v->size < sizeof(*addr))
		return false;
	memcpy(addr, v->data, sizeof(*addr));
	v->kind = v->kind == LINX_VAL_MEM ? LINX_VAL_BYTES : LINX_VAL_STR;
	v->data = (const uint8_t *)v->data + sizeof(*addr);
	v->size -= sizeof(*addr);
	v->orig -= v->orig >= sizeof(*addr) && v->orig != UINT32_MAX ? sizeof(*addr) : 0;
	return true;
}

/* Reads the piece at *at of the group and moves on to the next record. False: no more pieces. */
static bool next_piece(const struct linx_rec *rec, size_t len, size_t *at, struct linx_piece *piece,
		       const uint8_t **data)
{
	const struct linx_rec *p = (const struct linx_rec *)(bytes_of(rec) + *at);

	if (len - *at < sizeof(*p) || !linx_rec_fits(p, len - *at) || p->kind != LINX_REC_PIECE ||
	    !body(p, sizeof(*piece)))
		return false;
	memcpy(piece, body(p, sizeof(*piece)), sizeof(*piece));
	if (!body(p, sizeof(*piece) + piece->size))
		return false;
	*data = (const uint8_t *)body(p, 0) + sizeof(*piece);
	*at += LINX_REC_LEN(p);
	return true;
}

/* Reserves room in s for all values of a group of this size. False: no memory. */
static bool reserve(struct linx_scratch *s, size_t size)
{
	uint8_t *data;

	if (s->cap >= size)
		return true;
	data = realloc(s->data, size);
	if (!data)
		return false;
	s->data = data;
	s->cap = size;
	return true;
}

/*
 * Joins the bytes of one value at the end of s; bytes after a missing piece are left out. at: offset in the group from
 * which pieces of the value can begin. nth: index of the value in the head record, from 1, if the value is nested, else
 * 0. Returns the offset from which pieces of later values can begin, since pieces are in the order of the values.
 */
static size_t join_pieces(const struct linx_rec *rec, size_t len, size_t at, struct linx_scratch *s, unsigned int arg,
			  unsigned int nth, struct linx_value *v)
{
	uint8_t *start = s->data + s->len;
	struct linx_piece piece;
	const uint8_t *data;
	size_t next = at;

	memcpy(start, v->data, v->size);
	v->data = start;
	while (next_piece(rec, len, &next, &piece, &data) && piece.nth <= nth) {
		at = next;
		if (piece.nth != nth || piece.arg != arg)
			continue;
		if (piece.offset != v->size)
			break;
		memcpy(start + v->size, data, piece.size);
		v->size += piece.size;
	}
	s->len += v->size;
	return at;
}

/* Adds the memory of a nested value. *pieces: offset from which pieces of nested values can begin; 0: no pieces. */
static void add_extent(const struct linx_rec *rec, size_t len, size_t *pieces, struct linx_scratch *s, const struct linx_walk *w,
		       struct linx_mem *mem)
{
	struct linx_extent *e = linx_mem_room(mem);
	struct linx_value v = linx_walk_read(rec, w);

	if (!e || w->head.arg >= LINX_NARGS || !take_address(&v, &e->addr))
		return;
	if (*pieces)
		*pieces = join_pieces(rec, len, *pieces, s, w->head.arg, rec->nvals - w->left, &v);
	e->v = linx_value_checked(v);
	e->arg = w->head.arg;
	e->entry = rec->kind == LINX_REC_ENTER;
	e->over = false;
	mem->n++;
}

void linx_decode_nested(const struct linx_rec *rec, size_t len, struct linx_scratch *s, struct linx_mem *mem, struct linx_fds *fds)
{
	size_t pieces = len > LINX_REC_LEN(rec) && reserve(s, len) ? LINX_REC_LEN(rec) : 0;
	struct linx_walk w = linx_walk_begin(rec);
	struct linx_value v;

	while (linx_walk_next(rec, &w)) {
		if (!linx_walk_is_nested(&w))
			continue;
		if (LINX_VAL_KIND(w.head.info) != LINX_VAL_FD) {
			add_extent(rec, len, &pieces, s, &w, mem);
			continue;
		}
		v = linx_walk_read(rec, &w);
		if (v.kind == LINX_VAL_FD)
			linx_fds_add(fds, &v, w.head.arg, rec->kind == LINX_REC_ENTER);
	}
}

/* Returns a bit mask of the values that continue in pieces. */
static uint32_t piece_mask(const struct linx_rec *rec, size_t len)
{
	size_t at = LINX_REC_LEN(rec);
	uint32_t mask = 0;
	struct linx_piece piece;
	const uint8_t *data;

	while (next_piece(rec, len, &at, &piece, &data))
		if (!piece.nth && piece.arg < LINX_DECODE_VALUES)
			mask |= 1u << piece.arg;
	return mask;
}

/* True if a vector of strings has as many whole strings as its head says. */
static bool strv_complete(const struct linx_value *v)
{
	struct linx_strings it;
	const char *s;
	size_t len;
	bool cut = false;

	linx_strings_begin(&it, v);
	if (it.left < it.count)
		return false;
	while (linx_strings_next(&it, &s, &len, &cut))
		;
	return !it.left && !cut;
}

struct linx_value linx_strv_checked(struct linx_value v)
{
	if (v.state <= LINX_LATE && v.size < sizeof(struct linx_strv))
		return linx_value_unavailable();
	if (v.state == LINX_WHOLE && !strv_complete(&v))
		v.state = LINX_TRUNCATED;
	return v;
}

/* Joins the values that continue in pieces, and checks all of them. */
static uint32_t join_values(const struct linx_rec *rec, size_t len, struct linx_scratch *s, uint32_t found,
			    struct linx_value *values)
{
	uint32_t pieces = found & piece_mask(rec, len);

	if (pieces && !reserve(s, len))
		pieces = 0;
	for (uint32_t left = found; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		if (pieces & 1u << i && values[i].state != LINX_UNAVAILABLE)
			join_pieces(rec, len, LINX_REC_LEN(rec), s, i, 0, &values[i]);
		values[i] = linx_value_checked(values[i]);
	}
	return found;
}

uint32_t linx_decode_values(const struct linx_rec *rec, size_t len, struct linx_scratch *s,
			    struct linx_value values[LINX_DECODE_VALUES])
{
	uint32_t found = read_values(rec, values);

	s->len = 0;
	if (found && len > LINX_REC_LEN(rec))
		return join_values(rec, len, s, found, values);
	for (uint32_t left = found; left; left &= left - 1) {
		struct linx_value *v = &values[__builtin_ctz(left)];

		*v = linx_value_checked(*v);
	}
	return found;
}

int32_t linx_decode_number(const struct linx_rec *rec)
{
	struct linx_walk w = linx_walk_begin(rec);
	struct linx_value v;
	int64_t n;

	while (linx_walk_next(rec, &w)) {
		if (w.head.arg != LINX_FIELD_NR)
			continue;
		v = linx_walk_value(rec, &w);
		return linx_value_int(&v, 0, sizeof(int32_t), true, &n) ? (int32_t)n : -1;
	}
	return -1;
}

bool linx_value_whole(const struct linx_value *v)
{
	if (v->state == LINX_LATE)
		return v->kind == LINX_VAL_STRV ? strv_complete(v) : v->size >= v->orig;
	return v->state == LINX_WHOLE;
}

bool linx_value_strings(const struct linx_value *v)
{
	return linx_value_readable(v) || (v->kind == LINX_VAL_STRV && v->state == LINX_UNREADABLE &&
					  v->size > sizeof(struct linx_strv));
}

bool linx_value_int(const struct linx_value *v, size_t offset, size_t size, bool is_signed,
		    int64_t *out)
{
	unsigned int shift = 64 - 8 * (unsigned int)size;
	uint64_t raw = 0;

	if (!linx_value_readable(v) || v->kind != LINX_VAL_BYTES || v->size < offset + size ||
	    (size != 1 && size != 2 && size != 4 && size != 8))
		return false;
	/* correct on little endian machines such as x86 and arm64 */
	memcpy(&raw, (const uint8_t *)v->data + offset, size);
	*out = is_signed ? (int64_t)(raw << shift) >> shift : (int64_t)raw;
	return true;
}

void linx_strings_begin(struct linx_strings *it, const struct linx_value *v)
{
	struct linx_strv head = { .stored = UINT32_MAX };
	size_t skip = 0;

	if (v->kind == LINX_VAL_STRV && v->size >= sizeof(head)) {
		memcpy(&head, v->data, sizeof(head));
		skip = sizeof(head);
	}
	it->at = (const char *)v->data + skip;
	it->end = (const char *)v->data + v->size;
	it->count = head.count;
	it->left = head.stored;
	it->unread = head.unread;
}

bool linx_strings_next(struct linx_strings *it, const char **s, size_t *len, bool *cut)
{
	const char *nul;

	if (it->at >= it->end || !it->left)
		return false;
	nul = memchr(it->at, '\0', (size_t)(it->end - it->at));
	*s = it->at;
	*cut = !nul;
	*len = (size_t)((nul ? nul : it->end) - it->at);
	it->at = nul ? nul + 1 : it->end;
	it->left--;
	return true;
}

const char *linx_state_name(unsigned int state)
{
	/* clang-format off */
	static const char *const names[] = {
		[LINX_WHOLE] = "whole",             [LINX_TRUNCATED] = "truncated",
		[LINX_UNREADABLE] = "unreadable",   [LINX_LATE] = "late",
		[LINX_UNAVAILABLE] = "unavailable", [LINX_ABSENT] = "absent",
	};
	/* clang-format on */

	return state >= LINX_WHOLE && state <= LINX_ABSENT ? names[state] : "unavailable";
}
