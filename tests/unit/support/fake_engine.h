/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source in memory for tests: lanes of records, shown step by step, with an honest account. */
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
	size_t shown; /* of it, what a peek sees */
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
	uint64_t floor; /* result of the floor op */
	unsigned int floors, waits; /* times asked */
	/* Next result of wait; by default all is shown, then -ENODATA. */
	int (*on_wait)(struct fake *f);
	/* Called by the floor op before it answers. */
	void (*on_floor)(struct fake *f);
	bool account_known;
	struct linx_cpu_counters cpus[FAKE_LANES];
	struct linx_call_counters calls[LINX_NCALLS];
	uint64_t unread[FAKE_LANES], skipped[FAKE_LANES];
};

struct fake *fake_new(unsigned int nlanes);
/* Engines are ended by their close op; this is the same. */
void fake_free(struct fake *f);

/* Append to a lane; all count themselves. */
#define FAKE_EXIT_LEN 48u
struct linx_rec *fake_exit(struct fake *f, unsigned int lane, uint64_t time, int nr, int64_t ret);
struct linx_rec *fake_add(struct fake *f, unsigned int lane, const void *rec);
/* A record with its pieces, len bytes of a value in all. */
void fake_pieces(struct fake *f, unsigned int lane, uint64_t time, unsigned int pieces);
void fake_pad(struct fake *f, unsigned int lane, unsigned int len);
/* n records are lost; with a gap record at that place. */
void fake_lose(struct fake *f, unsigned int lane, uint64_t time, uint64_t n);
void fake_context(struct fake *f, unsigned int lane, uint64_t time, enum linx_rec_kind kind,
		  uint32_t tid);
void fake_show_all(struct fake *f);
/* For on_wait: three more records of each lane, or one more, with a floor behind them. */
int fake_show_three(struct fake *f);
int fake_show_one(struct fake *f);

/* Bytes as an input of engine_file. */
struct memory {
	const uint8_t *data;
	size_t len, at;
	size_t chunk; /* most bytes per read; 0: any */
	unsigned int interrupt; /* every n-th read gives -EINTR; 0: none */
	unsigned int reads;
};
int memory_open(struct memory *m, struct linx **out, struct linx_error *err);

/* All that a writer makes of f, which it ends; by malloc. */
uint8_t *record(struct fake *f, int level, size_t *len);
/* Read to the end: number of events, hash of what they say; the result of the last linx_next(). */
int drain(struct linx *l, unsigned int *events, uint64_t *hash);

#endif
