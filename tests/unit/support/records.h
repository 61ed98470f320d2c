/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Builds records. A record begins with one of record_enter() to record_gap() or record_files(), takes values and
 * pieces, and is valid after each step, because its lengths are updated. r->time advances by 1000 for each record.
 */
#ifndef LINX_TEST_RECORDS_H
#define LINX_TEST_RECORDS_H

#include "libuser/event/event.h"

struct record {
	uint64_t *words; /* buffer of the record, 8-byte aligned */
	size_t len;
	uint64_t time;
	uint32_t seq, cpu;
	uint32_t pid; /* process number of the next record; 0: the same as the task's number */
	uint8_t abi;
	uint8_t flags; /* flags of the next record */
};

#define RECORD_ROOM (1u << 20)

void record_init(struct record *r);
void record_end(struct record *r);
struct linx_rec *record_head(const struct record *r);
struct linx_group record_group(const struct record *r);

void record_enter(struct record *r, uint32_t tid, int nr, unsigned int nargs, const uint64_t *args);
void record_exit(struct record *r, uint32_t tid, int nr, int64_t ret, unsigned int nargs,
		 const uint64_t *args);
/*
 * Begins a record of kind LINX_REC_TASK to LINX_REC_TASK_EXIT. tid: the number in the record's header, which in a FORK
 * record is the parent's, in all others that of the task in ctx.
 */
void record_context(struct record *r, uint8_t kind, uint32_t tid, const struct linx_ctx *ctx);
/* Begins LINX_REC_FILES; with LINX_FILES_TOLD, record_fd() adds descriptors with paths of up to 200 bytes. */
void record_files(struct record *r, uint32_t tid, const struct linx_files_change *change);
void record_fd(struct record *r, int fd, const char *path, uint16_t flags);
void record_gap(struct record *r, const struct linx_gap *gap);
/* Makes a BUDGET record for call nr. */
void record_budget(struct record *r, int nr, const struct linx_budget_step *step);
/* Makes a SIGNAL record of a signal that process sender has sent by kill(2). flags: LINX_SIGNAL_*. */
void record_signal(struct record *r, uint32_t tid, int signo, uint32_t flags, int sender);
/* Begins a PROBE record; hit->scalars is the number of scalars. entry_time 0: the record has no entry time. */
void record_hit(struct record *r, uint32_t tid, const struct linx_hit *hit, uint64_t entry_time, const uint64_t *scalars);

/* Begins a REFUSED record. */
void record_refused(struct record *r, uint32_t tid, const struct linx_refused *refused);

void record_val(struct record *r, uint8_t arg, uint8_t kind, uint8_t state, const void *data,
		size_t size, uint32_t orig);
/* Adds a string that is captured whole. */
void record_str(struct record *r, uint8_t arg, const char *s);
/* Adds the memory at addr, of which "keep" of "size" bytes are captured. kind: LINX_VAL_MEM or LINX_VAL_MEMSTR. */
void record_mem(struct record *r, uint8_t arg, uint8_t kind, uint64_t addr, const void *data, size_t keep,
		size_t size);
void record_piece(struct record *r, uint8_t arg, uint32_t offset, const void *data, size_t size);

/* Returns the context of a task with the given ids and name, and no other data. */
struct linx_ctx record_ctx(uint32_t tid, uint32_t pid, uint32_t ppid, const char *comm);

#define ARGS(...)                                                     \
	(sizeof((uint64_t[]){ __VA_ARGS__ }) / 8), (const uint64_t[]) \
	{                                                             \
		__VA_ARGS__                                           \
	}
#define NO_ARGS 0, NULL

#endif
