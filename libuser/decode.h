/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in a group of records. Groups are hostile: nothing is read
 * beyond their length, what does not fit becomes LINX_UNAVAILABLE, and what is
 * not all there is never called whole.
 */
#ifndef LINX_DECODE_H
#define LINX_DECODE_H

#include "event.h"

/* Room for the values of a group by linx_val.arg; larger numbers are skipped. */
#define LINX_DECODE_VALUES 32u

/* The fixed part of an ENTER or EXIT record. */
struct linx_regs {
	unsigned int nargs; /* at most LINX_NARGS */
	uint64_t args[LINX_NARGS];
	bool has_ret, has_entry_time;
	int64_t ret;
	uint64_t entry_time;
};
void linx_decode_regs(const struct linx_rec *rec, struct linx_regs *regs);
/* The result alone, of an EXIT record; 0: it is not there. */
int64_t linx_decode_ret(const struct linx_rec *rec);

/* The context of a TASK, FORK, EXEC or TASK_EXIT record; NULL if it is cut. */
const struct linx_ctx *linx_decode_ctx(const struct linx_rec *rec);
const struct linx_gap *linx_decode_gap(const struct linx_rec *rec);
const struct linx_signal *linx_decode_signal(const struct linx_rec *rec);
const struct linx_files_change *linx_decode_files(const struct linx_rec *rec);

/*
 * All values of a group; returns a bit for each that is there, the others are
 * left alone. Data points into the group, or into s if it came in pieces.
 * Without memory for those a value ends where its pieces begin.
 */
uint32_t linx_decode_values(const struct linx_rec *rec, size_t len, struct linx_scratch *s,
			    struct linx_value values[LINX_DECODE_VALUES]);
/* What hangs under its arguments: memory that structures point to, and what its descriptors are. */
void linx_decode_nested(const struct linx_rec *rec, struct linx_mem *mem, struct linx_fds *fds);

/* Has it bytes to show: whole, truncated or late? */
static inline bool linx_value_readable(const struct linx_value *v)
{
	return v->state == LINX_WHOLE || v->state == LINX_TRUNCATED || v->state == LINX_LATE;
}

/* Readable, and nothing is missing. */
bool linx_value_whole(const struct linx_value *v);
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
