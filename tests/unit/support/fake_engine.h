/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An engine for tests: lanes of records in memory that become visible step by step, with a correct account. */
#ifndef FAKE_ENGINE_H
#define FAKE_ENGINE_H

#include "libuser/engine/engine.h"
#include "libuser/engine/file/file.h"
#include "libuser/api/source.h"

#define FAKE_LANES 4

struct fake_lane {
	uint8_t *data;
	size_t room; /* allocated bytes */
	size_t len; /* written bytes */
	size_t shown; /* bytes that are visible to the reader */
	size_t tail; /* bytes that the reader has read */
	uint64_t seq;
	uint64_t from; /* sequence number of the first record, set when the first records are shown; 0: not set yet */
	bool absent;
};

struct fake {
	struct linx_engine e;
	struct linx_header header;
	struct linx_clock clock;
	struct fake_lane lanes[FAKE_LANES];
	unsigned int nlanes;
	uint64_t floor; /* result of the engine's operation floor */
	unsigned int floors, waits; /* number of calls of the operations floor and wait */
	/*
	 * Returns the result of the next call of wait. By default all records become visible, and after that the result
	 * is -ENODATA.
	 */
	int (*on_wait)(struct fake *f);
	/* The operation floor calls this function before it returns. */
	void (*on_floor)(struct fake *f);
	bool account_known;
	unsigned int accounts; /* how often the operation account was asked for more than the counters of CPUs */
	struct linx_cpu_counters cpus[FAKE_LANES];
	struct linx_call_counters calls[LINX_NCALLS];
	uint64_t unread[FAKE_LANES], skipped[FAKE_LANES];
	bool uring_missed;
};

struct fake *fake_new(unsigned int nlanes);
/* Frees a source that was not opened as an engine; otherwise the engine's operation close does this. */
void fake_free(struct fake *f);

/* The functions from fake_exit() to fake_context() append records to a lane, and count them in the account. */
#define FAKE_EXIT_LEN 48u
struct linx_rec *fake_exit(struct fake *f, unsigned int lane, uint64_t time, int nr, int64_t ret);
struct linx_rec *fake_add(struct fake *f, unsigned int lane, const void *rec);
/* Appends a record with its pieces. */
void fake_pieces(struct fake *f, unsigned int lane, uint64_t time, unsigned int pieces);
void fake_pad(struct fake *f, unsigned int lane, unsigned int len);
/* Simulates the loss of n records: appends a gap record. */
void fake_lose(struct fake *f, unsigned int lane, uint64_t time, uint64_t n);
void fake_context(struct fake *f, unsigned int lane, uint64_t time, enum linx_rec_kind kind,
		  uint32_t tid);
void fake_show_all(struct fake *f);
/* Functions for on_wait: they show three more records of each lane, or one more, and put the floor after them. */
int fake_show_three(struct fake *f);
int fake_show_one(struct fake *f);

/* Bytes that the engine "file" reads. */
struct memory {
	const uint8_t *data;
	size_t len, at;
	size_t chunk; /* upper limit of the bytes of one read; 0: no limit */
	unsigned int interrupt; /* every n-th read returns -EINTR; 0: no read does */
	unsigned int reads;
};
int memory_open(struct memory *m, struct linx **out, struct linx_error *err);

/* Writes f as a capture and frees f. Returns the capture, which the caller frees. */
uint8_t *record(struct fake *f, int level, size_t *len);
/*
 * Reads all events and returns the last result of linx_next(). *events: their number, *hash: a hash of their content.
 */
int drain(struct linx *l, unsigned int *events, uint64_t *hash);

#endif
