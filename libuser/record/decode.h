/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in a group of records. Groups are hostile: nothing is read
 * beyond their length, what does not fit becomes LINX_UNAVAILABLE, and what is
 * not all there is never called whole.
 */
#ifndef LINX_DECODE_H
#define LINX_DECODE_H

#include <string.h>

#include <linx/linx.h>

#include "record/fds.h"
#include "record/mem.h"
#include "shared/ring_proto.h"

/* Memory of values whose pieces were joined; the caller frees data. */
struct linx_scratch {
	uint8_t *data;
	size_t len, cap;
};

/* Room for the values of a group by linx_val.arg; larger numbers are skipped. */
#define LINX_DECODE_VALUES 32u

/* Of an item of a snapshot: when it had been read. */
static inline uint64_t linx_snapshot_end(const struct linx_rec *rec)
{
	return rec->time + rec->seq * 1000ull;
}

/* The number of the call, if the head of its record has none. */
int32_t linx_decode_number(const struct linx_rec *rec);
/* The number of an ENTER or EXIT record's call, as the kernel saw it. */
static inline int32_t linx_rec_number(const struct linx_rec *rec)
{
	return rec->nr != LINX_REC_NR_OTHER ? (int32_t)rec->nr : linx_decode_number(rec);
}

/* Where values begin; 0: the fixed part does not even fit. */
static inline size_t linx_decode_values_at(const struct linx_rec *rec)
{
	size_t at = linx_rec_values_at(rec);

	return at <= LINX_REC_LEN(rec) ? at : 0;
}

/* The fixed part of an ENTER or EXIT record. */
struct linx_regs {
	const uint8_t *args; /* words in the record */
	size_t values_at; /* linx_call_values_at() */
	unsigned int nargs; /* at most LINX_NARGS */
	bool has_ret, has_entry_time;
	int64_t ret;
	uint64_t entry_time;
};

static inline uint64_t linx_word_at(const struct linx_rec *rec, size_t at)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)rec + at, sizeof(word));
	return word;
}

/* linx_decode_values_at() of an EXIT record (returned), or of an ENTER record. */
static inline size_t linx_call_values_at(const struct linx_rec *rec, bool returned)
{
	size_t at = linx_rec_call_values_at(rec, returned);

	return at <= LINX_REC_LEN(rec) ? at : 0;
}

/* Of an EXIT record (returned), or of an ENTER record. In place: what is known of the record stays in registers. */
static inline struct linx_regs linx_decode_regs(const struct linx_rec *rec, bool returned)
{
	size_t at = sizeof(*rec) + (returned ? 8 : 0);
	struct linx_regs regs = { .args = (const uint8_t *)rec + at };

	regs.values_at = linx_call_values_at(rec, returned);
	if (!regs.values_at)
		return regs;
	regs.nargs = rec->nargs < LINX_NARGS ? rec->nargs : LINX_NARGS;
	if (!returned)
		return regs;
	regs.has_ret = true;
	regs.ret = (int64_t)linx_word_at(rec, sizeof(*rec));
	regs.has_entry_time = rec->flags & LINX_RF_ENTRY_TIME;
	regs.entry_time = regs.has_entry_time ? linx_word_at(rec, at + rec->nargs * 8u) : 0;
	return regs;
}

static inline uint64_t linx_reg_at(const struct linx_regs *regs, unsigned int i)
{
	uint64_t reg;

	memcpy(&reg, regs->args + i * sizeof(reg), sizeof(reg));
	return reg;
}

/* The result alone, of an EXIT record; 0: it is not there. */
static inline int64_t linx_decode_ret(const struct linx_rec *rec)
{
	int64_t ret = 0;

	if (linx_decode_values_at(rec))
		memcpy(&ret, rec + 1, sizeof(ret));
	return ret;
}

/* The context of a TASK, FORK, EXEC or TASK_EXIT record; NULL if it is cut. */
const struct linx_ctx *linx_decode_ctx(const struct linx_rec *rec);
const struct linx_gap *linx_decode_gap(const struct linx_rec *rec);
const struct linx_signal *linx_decode_signal(const struct linx_rec *rec);
const struct linx_budget_step *linx_decode_budget(const struct linx_rec *rec);
const struct linx_files_change *linx_decode_files(const struct linx_rec *rec);

/*
 * All values of a group; returns a bit for each that is there, the others are
 * left alone. Data points into the group, or into s if it came in pieces.
 * Without memory for those a value ends where its pieces begin.
 */
uint32_t linx_decode_values(const struct linx_rec *rec, size_t len, struct linx_scratch *s,
			    struct linx_value values[LINX_DECODE_VALUES]);
/*
 * Values of one record one by one, in the order in which they stand. Those that
 * hang under an argument are heads alone: linx_decode_nested() takes them.
 */
struct linx_walk {
	size_t at, end; /* of the next one, of the record */
	unsigned int left; /* 0 where the fixed part does not even fit */
	struct linx_val head;
	size_t here;
};
/* at: where they begin; 0: there are none. */
static inline struct linx_walk linx_walk_at(const struct linx_rec *rec, size_t at)
{
	return (struct linx_walk){ .at = at, .end = LINX_REC_LEN(rec), .left = at ? rec->nvals : 0 };
}
static inline struct linx_walk linx_walk_begin(const struct linx_rec *rec)
{
	return linx_walk_at(rec, linx_decode_values_at(rec));
}
static inline bool linx_walk_next(const struct linx_rec *rec, struct linx_walk *w)
{
	if (!w->left || w->at > w->end || w->end - w->at < sizeof(w->head))
		return false;
	w->here = w->at;
	memcpy(&w->head, (const uint8_t *)rec + w->at, sizeof(w->head));
	w->at += sizeof(w->head) + LINX_ALIGN8(w->head.size);
	w->left--;
	return true;
}
/* Does it hang under an argument, beside the argument's own target? */
static inline bool linx_walk_is_nested(const struct linx_walk *w)
{
	unsigned int kind = LINX_VAL_KIND(w->head.info);

	return kind == LINX_VAL_MEM || kind == LINX_VAL_MEMSTR || kind == LINX_VAL_FD;
}
/* In place of what says of itself what cannot be. */
static inline struct linx_value linx_value_unavailable(void)
{
	return (struct linx_value){ .kind = LINX_VAL_BYTES, .state = LINX_UNAVAILABLE };
}
/* The value there as its head says, with its bytes if they are all within the record. */
static inline struct linx_value linx_walk_read(const struct linx_rec *rec, const struct linx_walk *w)
{
	size_t at = w->here + sizeof(w->head);
	struct linx_value v = {
		.data = (const uint8_t *)rec + at,
		.size = w->head.size,
		.orig = w->head.orig,
		.kind = LINX_VAL_KIND(w->head.info),
		.state = LINX_VAL_STATE(w->head.info),
	};

	if (v.size > w->end - at || v.kind < LINX_VAL_BYTES || v.kind > LINX_VAL_FD || v.state < LINX_WHOLE ||
	    v.state > LINX_ABSENT)
		return linx_value_unavailable();
	if (v.state == LINX_UNAVAILABLE || v.state == LINX_ABSENT) {
		/* Of what a member points to the address counts all the same. */
		v.size = v.kind == LINX_VAL_MEM && v.size >= sizeof(uint64_t) ? sizeof(uint64_t) : 0;
		v.orig = v.size ? v.orig : 0;
	}
	return v;
}
/* Of a vector of strings, what is true of it: it is whole only if all of them are there. */
struct linx_value linx_strv_checked(struct linx_value v);
/*
 * What is called whole has to be. By value, as is what it is made of: it stays in
 * registers until it is stored where it belongs.
 */
static inline struct linx_value linx_value_checked(struct linx_value v)
{
	if (v.kind == LINX_VAL_STRV)
		return linx_strv_checked(v);
	if (v.state == LINX_WHOLE && v.size < v.orig)
		v.state = LINX_TRUNCATED;
	return v;
}
/* Is it whole or cut, bytes or a string, and within its record? Then there is nothing more to check. */
static inline bool linx_walk_is_plain(const struct linx_walk *w)
{
	const uint8_t bytes = LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), text = LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE);

	return (w->head.info == bytes || w->head.info == text) && w->head.size <= w->end - w->here - sizeof(w->head);
}
/* Of a plain one. */
static inline struct linx_value linx_walk_plain(const struct linx_rec *rec, const struct linx_walk *w)
{
	return (struct linx_value){
		.data = (const uint8_t *)rec + w->here + sizeof(w->head),
		.size = w->head.size,
		.orig = w->head.orig,
		.kind = LINX_VAL_KIND(w->head.info),
		.state = w->head.size < w->head.orig ? LINX_TRUNCATED : LINX_WHOLE,
	};
}
static inline struct linx_value linx_walk_value(const struct linx_rec *rec, const struct linx_walk *w)
{
	return linx_walk_is_plain(w) ? linx_walk_plain(rec, w) : linx_value_checked(linx_walk_read(rec, w));
}

/* What hangs under its arguments: memory that structures point to, and what its descriptors are. */
void linx_decode_nested(const struct linx_rec *rec, struct linx_mem *mem, struct linx_fds *fds);

/* Has it bytes to show: whole, truncated or late? */
static inline bool linx_value_readable(const struct linx_value *v)
{
	return v->state == LINX_WHOLE || v->state == LINX_TRUNCATED || v->state == LINX_LATE;
}

/* "whole", "truncated" ... of enum linx_state */
const char *linx_state_name(unsigned int state);
/* Readable, and nothing is missing. */
bool linx_value_whole(const struct linx_value *v);
/* Readable, and a limit has left off the rest. */
static inline bool linx_value_is_cut(const struct linx_value *v)
{
	return linx_value_readable(v) && !linx_value_whole(v);
}
/* Are there strings to show? Also of a vector whose walk ended at memory that could not be read. */
bool linx_value_strings(const struct linx_value *v);
/* A number of 1, 2, 4 or 8 bytes at offset, whole. */
bool linx_value_int(const struct linx_value *v, size_t offset, size_t size, bool is_signed,
		    int64_t *out);

/* Steps through a LINX_VAL_STRV or LINX_VAL_STRINGS. */
struct linx_strings {
	const char *at, *end;
	uint32_t count; /* of the vector, as far as it was walked; STRINGS: not known, 0 */
	uint32_t left;
	uint64_t unread; /* where the string after the last lies, if it could not be read; else 0 */
};
void linx_strings_begin(struct linx_strings *it, const struct linx_value *v);
/* False: no more. *cut: the string's end is missing. */
bool linx_strings_next(struct linx_strings *it, const char **s, size_t *len, bool *cut);

#endif
