/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source in memory for tests: lanes of records that become visible step by step, with a true account. */
#ifndef FAKE_ENGINE_H
#define FAKE_ENGINE_H

#include "libuser/engine/engine.h"
#include "libuser/engine/file/file.h"
#include "libuser/api/source.h"

#define FAKE_LANES 4

struct fake_lane {
	uint8_t *data;
	size_t room; /* allocated */
	size_t len; /* written */
	size_t shown; /* bytes that a peek sees */
	size_t tail; /* advanced over */
	uint64_t seq;
	uint64_t from; /* number of the first record, given with the first chunk; 0: not given */
	bool absent;
};

struct fake {
	struct linx_engine e;
	struct linx_header header;
	struct linx_clock clock;
	struct fake_lane lanes[FAKE_LANES];
	unsigned int nlanes;
	uint64_t floor; /* result of the op floor */
	unsigned int floors, waits; /* times asked */
	/* Gives the next result of wait. By default all records become visible, then -ENODATA. */
	int (*on_wait)(struct fake *f);
	/* Called by the op floor before it answers. */
	void (*on_floor)(struct fake *f);
	bool account_known;
	struct linx_cpu_counters cpus[FAKE_LANES];
	struct linx_call_counters calls[LINX_NCALLS];
	uint64_t unread[FAKE_LANES], skipped[FAKE_LANES];
};

struct fake *fake_new(unsigned int nlanes);
/* Frees a source that was given to no engine, whose op close does the same. */
void fake_free(struct fake *f);

/* Append records to a lane, and count them in the account. */
#define FAKE_EXIT_LEN 48u
struct linx_rec *fake_exit(struct fake *f, unsigned int lane, uint64_t time, int nr, int64_t ret);
struct linx_rec *fake_add(struct fake *f, unsigned int lane, const void *rec);
/* Appends a record with its pieces. */
void fake_pieces(struct fake *f, unsigned int lane, uint64_t time, unsigned int pieces);
void fake_pad(struct fake *f, unsigned int lane, unsigned int len);
/* Loses n records, with a gap record at that place. */
void fake_lose(struct fake *f, unsigned int lane, uint64_t time, uint64_t n);
void fake_context(struct fake *f, unsigned int lane, uint64_t time, enum linx_rec_kind kind,
		  uint32_t tid);
void fake_show_all(struct fake *f);
/* Values of on_wait: three more records of each lane become visible, or one more, with a floor behind them. */
int fake_show_three(struct fake *f);
int fake_show_one(struct fake *f);

/* Bytes as input of engine_file. */
struct memory {
	const uint8_t *data;
	size_t len, at;
	size_t chunk; /* most bytes per read; 0: no limit */
	unsigned int interrupt; /* every n-th read returns -EINTR; 0: none */
	unsigned int reads;
};
int memory_open(struct memory *m, struct linx **out, struct linx_error *err);

/* Returns the capture that a writer makes of f, which it frees. The caller frees the result. */
uint8_t *record(struct fake *f, int level, size_t *len);
/* Reads to the end: number of events, hash of their content. Returns the last result of linx_next(). */
int drain(struct linx *l, unsigned int *events, uint64_t *hash);

#endif
