/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decodes the contents of a group: a record with its pieces. Groups may be hostile: nothing is
 * read beyond their length, values that do not fit become LINX_UNAVAILABLE, and an incomplete
 * value never gets the state LINX_WHOLE.
 *
 * The folder record/ decodes the contents of records, with every length checked: values,
 * captured memory, descriptors. It knows neither tasks nor the source of a record.
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

/* Number of values in a group, indexed by linx_val.arg; higher numbers are skipped. */
#define LINX_DECODE_VALUES 32u

/* Returns the stream time at which the engine had finished reading the item (record) of a snapshot. */
static inline uint64_t linx_snapshot_end(const struct linx_rec *rec)
{
	return rec->time + rec->seq * 1000ull;
}

/* Stores the stream time "now" as the time at which the reading of a snapshot's item ended: linx_snapshot_end(). */
static inline void linx_snapshot_set_end(struct linx_rec *rec, uint64_t now)
{
	uint64_t us = (now > rec->time ? now - rec->time : 0) / 1000 + 1;

	rec->seq = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/*
 * Returns the call number from a value of the record, for a record whose head has no room for it; -1: there is no
 * number.
 */
int32_t linx_decode_number(const struct linx_rec *rec);
/* Returns the call number of an ENTER or EXIT record, as the kernel saw it. */
static inline int32_t linx_rec_number(const struct linx_rec *rec)
{
	return rec->nr != LINX_REC_NR_OTHER ? (int32_t)rec->nr : linx_decode_number(rec);
}

/* Returns the offset of the record's first value; 0: the record is too short for its fixed part. */
static inline size_t linx_decode_values_at(const struct linx_rec *rec)
{
	size_t at = linx_rec_values_at(rec);

	return at <= LINX_REC_LEN(rec) ? at : 0;
}

/* Returns the ENTER record inside a MOVED record; NULL: there is no such record. */
static inline const struct linx_rec *linx_decode_moved(const struct linx_rec *rec)
{
	const size_t at = sizeof(*rec) + sizeof(struct linx_moved), len = LINX_REC_LEN(rec);
	const struct linx_rec *entry = (const void *)((const uint8_t *)rec + at);

	if (len < at + sizeof(*entry) || !linx_rec_fits(entry, len - at) || LINX_REC_LEN(entry) != len - at)
		return NULL;
	return entry->kind == LINX_REC_ENTER && !((entry->flags ^ rec->flags) & LINX_RF_MORE) ? entry : NULL;
}

/* Fixed part of an ENTER or EXIT record. */
struct linx_regs {
	const uint8_t *args; /* the words of the arguments, as bytes in the record */
	size_t values_at; /* result of linx_call_values_at() */
	unsigned int nargs; /* number of arguments, at most LINX_NARGS */
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

/* Like linx_decode_values_at(), but only for an EXIT record ("returned" is true) or an ENTER record. */
static inline size_t linx_call_values_at(const struct linx_rec *rec, bool returned)
{
	size_t at = linx_rec_call_values_at(rec, returned);

	return at <= LINX_REC_LEN(rec) ? at : 0;
}

/*
 * Decodes the fixed part of an EXIT record ("returned" is true), or of an ENTER record. Inline, so that the compiler
 * can use what the caller knows of the record.
 */
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

/* Returns the result of the call in an EXIT record; 0: the record is too short. */
static inline int64_t linx_decode_ret(const struct linx_rec *rec)
{
	int64_t ret = 0;

	if (linx_decode_values_at(rec))
		memcpy(&ret, rec + 1, sizeof(ret));
	return ret;
}

/*
 * Returns the body of a record. linx_decode_ctx() is for a TASK, FORK, EXEC or TASK_EXIT record; each other function is
 * for the kind of record in its name. NULL: the record is too short.
 */
const struct linx_ctx *linx_decode_ctx(const struct linx_rec *rec);
const struct linx_gap *linx_decode_gap(const struct linx_rec *rec);
const struct linx_signal *linx_decode_signal(const struct linx_rec *rec);
const struct linx_budget_step *linx_decode_budget(const struct linx_rec *rec);
const struct linx_tamper *linx_decode_tamper(const struct linx_rec *rec);
const struct linx_refused *linx_decode_refused(const struct linx_rec *rec);
const struct linx_files_change *linx_decode_files(const struct linx_rec *rec);

/*
 * Decodes all values of a group and returns a bit mask of the values found; other elements of values[] stay unchanged.
 * The data of a value points into the group, or into s if the value came in pieces. If there is no memory to join the
 * pieces, the value is cut where they begin.
 */
uint32_t linx_decode_values(const struct linx_rec *rec, size_t len, struct linx_scratch *s,
			    struct linx_value values[LINX_DECODE_VALUES]);
/*
 * Iterates over the values of one record in order. The caller skips values that are nested in an argument
 * (linx_walk_is_nested()). linx_decode_nested() reads the nested values.
 */
struct linx_walk {
	size_t at, end; /* offsets: of the next value, of the record's end */
	/* number of values still to be read; also 0 for a record that is too short for its fixed part */
	unsigned int left;
	struct linx_val head; /* head of the current value */
	size_t here; /* offset of the current value */
};
/* Begins an iteration with the value at this offset; 0: the record has no values. */
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
/* True for a value nested in an argument: memory that a pointer in a structure points to, or a descriptor. */
static inline bool linx_walk_is_nested(const struct linx_walk *w)
{
	unsigned int kind = LINX_VAL_KIND(w->head.info);

	return kind == LINX_VAL_MEM || kind == LINX_VAL_MEMSTR || kind == LINX_VAL_FD;
}
/* Returns the value that replaces a value whose head is impossible. */
static inline struct linx_value linx_value_unavailable(void)
{
	return (struct linx_value){ .kind = LINX_VAL_BYTES, .state = LINX_UNAVAILABLE };
}
/*
 * Returns how many bytes a value has even if no memory was captured: a nested value has its address, the working
 * directory its device and inode.
 */
static inline uint32_t linx_walk_stands_for(const struct linx_walk *w)
{
	if (LINX_VAL_KIND(w->head.info) == LINX_VAL_MEM)
		return w->head.size >= sizeof(uint64_t) ? sizeof(uint64_t) : 0;
	return w->head.info == LINX_VAL_INFO(LINX_VAL_BYTES, LINX_UNAVAILABLE) && w->head.arg == LINX_FIELD_CWD &&
			       w->head.size == sizeof(struct linx_file_id) ?
		       w->head.size :
		       0;
}
/* Reads the current value; unavailable if its head is impossible or its bytes end beyond the record. */
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
		v.size = linx_walk_stands_for(w);
		v.orig = v.size ? v.orig : 0;
	}
	return v;
}
/* Checks a vector of strings. It keeps the state LINX_WHOLE only if all of its strings are there. */
struct linx_value linx_strv_checked(struct linx_value v);
/*
 * Returns the value with a checked state: an incomplete value is not LINX_WHOLE. The value is passed by value, so that
 * it stays in registers until it is stored.
 */
static inline struct linx_value linx_value_checked(struct linx_value v)
{
	if (v.kind == LINX_VAL_STRV)
		return linx_strv_checked(v);
	if (v.state == LINX_WHOLE && v.size < v.orig)
		v.state = LINX_TRUNCATED;
	return v;
}
/* True for whole bytes, or a whole string, inside the record: the value needs no further checks. */
static inline bool linx_walk_is_plain(const struct linx_walk *w)
{
	const uint8_t bytes = LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), text = LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE);

	return (w->head.info == bytes || w->head.info == text) && w->head.size <= w->end - w->here - sizeof(w->head);
}
/* Reads the current value if linx_walk_is_plain(). */
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

/*
 * Adds the values nested in arguments to mem and fds: memory that structures point to, and descriptors. If the group
 * has pieces, linx_decode_values() must be called before this function, with the same s.
 */
void linx_decode_nested(const struct linx_rec *rec, size_t len, struct linx_scratch *s, struct linx_mem *mem,
			struct linx_fds *fds);

/* True if the value has bytes to show: its state is whole, truncated or late. */
static inline bool linx_value_readable(const struct linx_value *v)
{
	return v->state == LINX_WHOLE || v->state == LINX_TRUNCATED || v->state == LINX_LATE;
}

/* Returns the name of an enum linx_state: "whole", "truncated" ... */
const char *linx_state_name(unsigned int state);
/* True if the value is readable and complete. */
bool linx_value_whole(const struct linx_value *v);
/* True if the value is readable, but a limit has cut it. */
static inline bool linx_value_is_cut(const struct linx_value *v)
{
	return linx_value_readable(v) && !linx_value_whole(v);
}
/* True if the value has strings to show. This includes a vector that ends at unreadable memory. */
bool linx_value_strings(const struct linx_value *v);
/* Reads a number of 1, 2, 4 or 8 bytes at offset. False: the value does not have all bytes of the number. */
bool linx_value_int(const struct linx_value *v, size_t offset, size_t size, bool is_signed,
		    int64_t *out);

/* Iterates over the strings of a LINX_VAL_STRV or LINX_VAL_STRINGS. */
struct linx_strings {
	const char *at, *end;
	/* number of strings in the vector, as far as the kernel has read the vector; 0 for LINX_VAL_STRINGS */
	uint32_t count;
	uint32_t left; /* strings still to be returned */
	uint64_t unread; /* address of the string after the last one, if that string was unreadable; else 0 */
};
void linx_strings_begin(struct linx_strings *it, const struct linx_value *v);
/* Gets the next string. False: no more. *cut: the end of the string is missing. */
bool linx_strings_next(struct linx_strings *it, const char **s, size_t *len, bool *cut);

#endif
