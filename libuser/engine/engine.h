/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An engine is a source of raw records: the module, a capture file, later
 * others. The merge and everything above know engines by this table alone.
 *
 * An engine has "lanes", one per CPU that has records (index = CPU number).
 * A lane is a byte stream of groups: a head record and the pieces that belong
 * to it (LINX_RF_MORE). peek gives whole groups only.
 */
#ifndef LINX_ENGINE_H
#define LINX_ENGINE_H

#include <linx/linx.h>
#include <linux/linx.h>

#include "base/error.h"
#include "record/group.h"

struct linx_engine;

/* What lies at the front of a lane; memory of the engine until it is advanced over, or dump. */
struct linx_chunk {
	const uint8_t *data; /* 8-byte aligned; NULL: the lane shows nothing before the next wait */
	size_t len; /* 0: nothing now */
	/*
	 * Numbers of records are told by their lower half. placed: at is the number
	 * of the first one here, or one less than 2^32 before it. Otherwise they go on
	 * from those of the lane's chunk before; from 0 in the first.
	 */
	bool placed;
	uint64_t at;
};

/* Facts of the stream: what the header of a capture file holds. See docs/record-format.md. */
struct linx_header {
	struct linx_stream_info info; /* strings are owned by the header */
	char release[65], machine[65], node[65], boot_id[40], module_version[32], clock_name[32];
	uint32_t clock_id;
	uint64_t table_hash;
	char *table; /* text, owned */
	size_t table_len;
};

/* Kernel-side account, as far as the engine knows it. */
struct linx_account {
	bool known; /* false: cut-off file */
	bool disorder; /* a file: blocks of a CPU changed places, came twice, or said what cannot be */
	unsigned int ncpus;
	struct linx_cpu_counters *cpus; /* owned by the engine; [ncpus] */
	/* Owned by the engine, both may be NULL: [LINX_ABI_NR * LINX_NR_MAX]; [ncpus], what nobody advanced over. */
	struct linx_call_counters *calls;
	uint64_t *unread;
	uint64_t *sampled; /* what sampling left out, likewise: [ncpus]; NULL: nothing */
	uint64_t *sampled_calls; /* [LINX_ABI_NR * LINX_NR_MAX] */
	uint64_t start_ns, stop_ns;
	uint64_t throttled, throttled_ns;
};

struct linx_engine_ops {
	const char *name;
	void (*close)(struct linx_engine *e);
	const struct linx_header *(*header)(struct linx_engine *e);
	/* Newest relation of the stream's clock to wall time. */
	const struct linx_clock *(*clock)(struct linx_engine *e);
	unsigned int (*nlanes)(struct linx_engine *e);
	/* Front of a lane. 0, or -EBADMSG (err is set). An absent or exhausted lane gives len 0. */
	int (*peek)(struct linx_engine *e, unsigned int lane, struct linx_chunk *c);
	/* Done with the first len bytes of the lane's chunk (whole groups). */
	void (*advance)(struct linx_engine *e, unsigned int lane, size_t len);
	/*
	 * A time before which no lane will show anything new: what a peek right
	 * after this call does not show yet has a time >= *floor. UINT64_MAX: the
	 * lanes are complete.
	 */
	int (*floor)(struct linx_engine *e, uint64_t *floor);
	/* Wait for more. 1: look again; 0: time is over; -EAGAIN: the caller's turn, there is more; -ENODATA: no lane will ever show more; -EINTR. */
	int (*wait)(struct linx_engine *e, int timeout_ms);
	int (*fd)(struct linx_engine *e); /* -1: none */
	int (*account)(struct linx_engine *e, struct linx_account *a);
	/*
	 * After wait said -ENODATA: 1: another section follows and is now open, with
	 * another header; 0: this was the end; -ETIMEDOUT: not known within the time;
	 * -EAGAIN, as wait; -EINTR; -EBADMSG: damaged here. NULL: never.
	 */
	int (*section)(struct linx_engine *e, int timeout_ms);
	/* Go on behind damage, of which it tells there. NULL: a source that cannot be damaged. */
	const struct linx_damage *(*salvage)(struct linx_engine *e);
	/* Live only; NULL in others. */
	int (*now)(struct linx_engine *e, uint64_t *now); /* by the stream's clock */
	int (*select)(struct linx_engine *e, const struct linx_select *sel);
	int (*filter)(struct linx_engine *e, const struct linx_filter *f);
	int (*sample)(struct linx_engine *e, const uint16_t *every); /* [LINX_ABI_NR * LINX_NR_MAX] */
	int (*budget)(struct linx_engine *e, uint64_t per_second);
	int (*priority)(struct linx_engine *e, const struct linx_priority *p);
	int (*pids)(struct linx_engine *e, const int *pids, unsigned int n, bool remove);
	int (*inherit)(struct linx_engine *e, const struct linx_engine *from); /* both are of this kind */
	int (*listed)(struct linx_engine *e);
	int (*start)(struct linx_engine *e);
	int (*stop)(struct linx_engine *e);
	int (*dump)(struct linx_engine *e);
};

/* Records of snapshots that nobody has taken yet, as LINX_IOC_SNAPSHOT gives them. */
struct linx_snap {
	uint8_t *data;
	size_t len, cap;
	unsigned int gen; /* counts up with each snapshot: parts of one may come one by one */
};
/*
 * Most bytes of one. A process with 20 open files takes about 2,500, a thread
 * 500: 100,000 processes take 250 MB.
 */
#define LINX_SNAP_MAX ((size_t)384 << 20)
static inline bool linx_snap_fits(const struct linx_snap *s, size_t more)
{
	return s->len <= LINX_SNAP_MAX && more <= LINX_SNAP_MAX - s->len;
}
/* Room for more behind what is there; NULL: no memory, or too much. */
uint8_t *linx_snap_reserve(struct linx_snap *s, size_t more);
/* What was there has been taken. */
void linx_snap_free_data(struct linx_snap *s);

#define LINX_WHERE_ROOM 256u
/* Bytes of a file, packed and unpacked, that take their time: then the caller has its turn. A step of a snapshot is as much. */
#define LINX_YIELD_BYTES ((uint64_t)256 << 20)

/* Embedded as the first member of each engine. */
struct linx_engine {
	const struct linx_engine_ops *ops;
	struct linx_error err; /* text of the last failure */
	char where[LINX_WHERE_ROOM]; /* a file: its name and the place of the section, for errors; "": none */
	unsigned int clock_gen; /* counts up when clock() has something new */
	struct linx_snap snap; /* whoever reads the lanes takes it first, and sets its len to 0 */
	uint64_t worked; /* of LINX_YIELD_BYTES; whoever begins a turn sets it to 0 */
	const struct linx_snap *merged; /* what waits for its time there: bounded together with snap; NULL: nothing */
};

int linx_engine_kmod_open(const struct linx_live_opts *opts, struct linx_engine **out,
			  struct linx_error *err);
int linx_engine_file_open(int fd, const char *name, struct linx_engine **out,
			  struct linx_error *err);

#endif
