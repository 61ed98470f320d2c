/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An engine is a source of raw records: the kernel module, eBPF programs, ptrace(2) or a capture file. The merge and
 * everything above know engines by this table of functions alone.
 *
 * An engine has "lanes", one per CPU that has records (index = CPU number). A lane is a byte stream of groups: a head
 * record and the pieces that belong to it (LINX_RF_MORE). peek gives whole groups only.
 *
 * The folder engine/ holds the kinds of engines, one folder each (kmod/, bpf/, ptrace/, file/), what some of them share
 * (walk/, proc/), the merge of their lanes, and the format of capture files. It makes and moves groups of records and
 * does not interpret them for readers: tasks, events and text belong to the folders above.
 */
#ifndef LINX_ENGINE_H
#define LINX_ENGINE_H

#include <linx/linx.h>
#include <linux/linx.h>

#include "base/error.h"
#include "engine/capture_format.h"
#include "probe/proto.h"
#include "record/group.h"
#include "record/rule_names.h"
#include "table/select.h"

struct linx_canary;
struct linx_engine;
struct linx_probe_plan; /* defined in probe/compile.h */
struct sock_filter;

/*
 * Groups of records at the front of a lane. They lie in memory of the engine and are valid until advance() releases
 * them, or until dump().
 */
struct linx_chunk {
	const uint8_t *data; /* 8-byte aligned; NULL: the lane has nothing before the next wait() */
	size_t len; /* 0: no records now */
	/*
	 * A record has only the lower 32 bits of its sequence number. If "placed" is true, "at" is the full number of
	 * the first record in the chunk, or a number before that by less than 2^32. Otherwise numbers continue from the
	 * lane's previous chunk; in the first chunk of the lane they begin at 0.
	 */
	bool placed;
	uint64_t at;
};

/* Facts of the stream, as in the header of a capture file. See docs/record-format.md. */
struct linx_header {
	struct linx_stream_info info; /* strings are owned by the header */
	char release[65], machine[65], node[65], boot_id[40], module_version[32], clock_name[32], engine[16];
	uint32_t clock_id;
	uint64_t table_hash;
	char *table; /* text of the table, owned by the header */
	size_t table_len;
};

/* The kernel's counters, as far as the engine knows them. Arrays are owned by the engine. */
struct linx_account {
	bool known; /* false: a file without a certificate */
	/* the file's blocks are out of order, repeated or contradictory, or a report of interference could not be stored */
	bool disorder;
	unsigned int ncpus;
	struct linx_cpu_counters *cpus; /* [ncpus] */
	struct linx_call_counters *calls; /* [LINX_NCALLS] counters of each call; NULL: not known */
	uint64_t *unread; /* [ncpus] records that advance() never released; NULL: not known */
	uint64_t *sampled; /* [ncpus] events that sampling left out; NULL: none */
	uint64_t *sampled_calls; /* sampled, by call: [LINX_NCALLS]; NULL: none */
	uint64_t *skipped; /* [ncpus] events that the engine skipped, an upper bound; NULL: none */
	uint64_t *left_out; /* [ncpus] records that a filter kept out of the file; NULL: none */
	uint64_t start_ns, stop_ns;
	uint64_t throttled, throttled_ns;
	uint64_t http_dropped; /* unfinished HTTP headers that were given up for newer headers: there were too many */
	bool uring_missed; /* a traced task had an io_uring, whose operations were to be recorded and were not */
};

/*
 * Sequence numbers, as ranges, of the records of one lane (CPU) that a filter kept out of a capture file. A reader of
 * the lanes counts the ranges in front of each record that it reads; code that copies the stream to another file also
 * copies the ranges.
 */
struct linx_left_out {
	struct linx_cap_range *ranges; /* owned by the engine */
	size_t n, cap;
	size_t passed; /* index of the first range that linx_left_out_pass() has not counted completely */
	uint64_t pass_from; /* linx_left_out_pass() has counted all numbers below this one */
	size_t copied; /* index of the first range that linx_left_out_copy() has not returned */
	bool copying; /* linx_left_out_copy() is used: each range stays in memory until it was returned */
	uint64_t next; /* least number with which the next added range may begin */
	uint64_t total; /* how many numbers are in all ranges of the section, also in dropped ranges */
};
/* Appends n ranges to the list. -EBADMSG: they are not in order; -ENOMEM. */
int linx_left_out_add(struct linx_left_out *o, const struct linx_cap_range *r, size_t n);
/* Returns how many sequence numbers below seq are in ranges and were not counted by an earlier call. */
uint64_t linx_left_out_pass(struct linx_left_out *o, uint64_t seq);
/* Returns the next range that was not copied yet, if it ends before number seq. NULL: there is no such range. */
const struct linx_cap_range *linx_left_out_copy(struct linx_left_out *o, uint64_t seq);
void linx_left_out_free(struct linx_left_out *o);

/* Texts of each rule in linx_deny.about: its name, its condition, and a program that it would lock out. */
#define LINX_ABOUT_TEXTS 3u

/* A set of rules that refuse, as the module describes it (LINX_IOC_DENY_LIST). */
struct linx_denied {
	struct linx_deny_list list; /* the pointers in it are not used */
	char *about;
	const char **texts; /* pointers to the ntexts strings that the buffer "about" holds one after the other */
	uint32_t ntexts;
	struct linx_deny_state *rules;
	struct linx_deny_program *programs;
};
void linx_denied_free(struct linx_denied *d);

struct linx_engine_ops {
	void (*close)(struct linx_engine *e);
	const struct linx_header *(*header)(struct linx_engine *e);
	/* Returns the newest relation of the stream's clock to wall time; clock_gen counts its changes. */
	const struct linx_clock *(*clock)(struct linx_engine *e);
	unsigned int (*nlanes)(struct linx_engine *e);
	/* Gets the front of a lane. 0, or -EBADMSG (err is set). An absent or exhausted lane gives len 0. */
	int (*peek)(struct linx_engine *e, unsigned int lane, struct linx_chunk *c);
	/* Releases the first len bytes of the lane's chunk (whole groups). */
	void (*advance)(struct linx_engine *e, unsigned int lane, size_t len);
	/*
	 * Gets a time before which no lane will show anything new: any group that peek, called right after this, does
	 * not show has a time >= *floor. UINT64_MAX: the lanes are complete.
	 */
	int (*floor)(struct linx_engine *e, uint64_t *floor);
	/*
	 * Waits for more records. 1: peek again; 0: timeout_ms has passed; -EAGAIN: more is available, but the caller
	 * should check for signals first; -ENODATA: no lane will ever show more; -EINTR.
	 */
	int (*wait)(struct linx_engine *e, int timeout_ms);
	int (*fd)(struct linx_engine *e); /* descriptor for linx_fd(); -1: none */
	/*
	 * Gets the counters. all false: those of CPUs alone, without calls, sampled and skipped. Those cost time with each
	 * call of the table and each CPU.
	 */
	int (*account)(struct linx_engine *e, bool all, struct linx_account *a);
	/*
	 * Opens the next section, after wait returned -ENODATA. 1: the section is open, with another header; 0: there
	 * is no other section; -ETIMEDOUT: this is not known after timeout_ms; -EAGAIN, as for wait; -EINTR; -EBADMSG:
	 * the file is damaged here. NULL: the engine has only one section.
	 */
	int (*section)(struct linx_engine *e, int timeout_ms);
	/*
	 * Makes the engine continue after damage from now on. The result counts the damage. NULL: a source that cannot
	 * be damaged.
	 */
	const struct linx_damage *(*salvage)(struct linx_engine *e);
	/*
	 * The functions from here on exist in live engines only, and are NULL in others. The members from "command" to
	 * "listed", "dump" and "seal" are also NULL in a live engine that cannot do this.
	 */
	int (*now)(struct linx_engine *e, uint64_t *now); /* current time of the stream's clock */
	/* writes a seccomp filter; its results are those of linx_get_command_filter() */
	int (*command)(struct linx_engine *e, struct sock_filter *filter, unsigned int room);
	int (*select)(struct linx_engine *e, const struct linx_select *sel);
	int (*filter)(struct linx_engine *e, const struct linx_filter *f);
	int (*sample)(struct linx_engine *e, const uint16_t *every); /* [LINX_NCALLS] */
	int (*budget)(struct linx_engine *e, uint64_t per_second);
	int (*priority)(struct linx_engine *e, const struct linx_priority *p);
	int (*pids)(struct linx_engine *e, const int *pids, unsigned int n, bool remove);
	/* Takes over the process list of another engine, which has the same ops. */
	int (*inherit)(struct linx_engine *e, const struct linx_engine *from);
	int (*listed)(struct linx_engine *e);
	int (*start)(struct linx_engine *e);
	int (*stop)(struct linx_engine *e);
	int (*dump)(struct linx_engine *e);
	int (*seal)(struct linx_engine *e); /* see linx_seal() */
	/*
	 * Adds a probe before the start. The caller remains the owner of its prototype. NULL: an engine without probes.
	 */
	int (*probe)(struct linx_engine *e, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts);
	/* Gets the counters of the n probes with numbers from first on; zeroes for numbers without a probe. */
	int (*probe_counts)(struct linx_engine *e, uint32_t first, uint32_t n, struct linx_probe_counters *to);
	/* Replaces the rules that refuse (LINX_IOC_DENY); set->error is the engine's. NULL: an engine that cannot refuse. */
	int (*deny)(struct linx_engine *e, const struct linx_deny *set);
	/* Gets the counters of the n rules from first on; before: those of the set that the present one replaced. */
	int (*deny_counts)(struct linx_engine *e, bool before, uint32_t first, uint32_t n, struct linx_deny_counters *to);
	/* Describes the set of rules. The caller calls linx_denied_free(). -ENOENT: there is no set. */
	int (*deny_list)(struct linx_engine *e, struct linx_denied *to);
	/* Returns the descriptor of the device, by which sets of rules are changed. */
	int (*deny_fd)(struct linx_engine *e);
};

/* Records of snapshots of tasks (LINX_IOC_SNAPSHOT) that have not been consumed yet. */
struct linx_snap {
	uint8_t *data;
	size_t len, cap;
	unsigned int gen; /* counts snapshots; a snapshot may be appended in several parts */
};
/*
 * Limit of the bytes in a struct linx_snap. A process with 20 open files takes about 2,500, a thread 500: 100,000
 * processes take 250 MB.
 */
#define LINX_SNAP_MAX ((size_t)384 << 20)
static inline bool linx_snap_fits(const struct linx_snap *s, size_t more)
{
	return s->len <= LINX_SNAP_MAX && more <= LINX_SNAP_MAX - s->len;
}
/* Reserves more bytes after the data; returns where they begin. NULL: no memory, or beyond LINX_SNAP_MAX. */
uint8_t *linx_snap_reserve(struct linx_snap *s, size_t more);
/*
 * Appends a TAMPER record, by which the reader itself reports interference with the recording. tid: the task that the
 * report is about; 0: no task. 0 or -ENOMEM.
 */
int linx_snap_report(struct linx_snap *s, const struct linx_tamper *tamper, uint32_t tid, uint32_t pid, uint64_t now);
/* Frees the records, once they have been consumed. s->gen, the number of snapshots so far, is not set back. */
void linx_snap_free_data(struct linx_snap *s);

#define LINX_WHERE_ROOM 256u
/*
 * Bytes of a file, packed and unpacked, after which an engine yields to its caller, so
 * that signals are handled in time. A step of a snapshot counts as much.
 */
#define LINX_YIELD_BYTES ((uint64_t)256 << 20)
/* Longest time, in ns, that the oldest record may wait until linx_engine.gather bytes are there. */
#define LINX_GATHER_NS 1000000000u

/* Common part of all engines, embedded as their first member. */
struct linx_engine {
	const struct linx_engine_ops *ops;
	struct linx_error err; /* text of the last failure */
	char where[LINX_WHERE_ROOM]; /* a file's name and the section's place in it, for error texts; "": none */
	unsigned int clock_gen; /* counts changes of the result of clock() */
	struct linx_snap snap; /* snapshots; the reader of the lanes consumes them first, and sets len to 0 */
	struct linx_snap tampers; /* TAMPER records that have not been consumed yet */
	struct linx_canary *canary; /* makes TAMPER records of a live engine: engine/canary.h; NULL: none */
	struct linx_snap notes; /* METADATA payloads that have not been consumed yet, each with a NUL behind it */
	struct linx_protos protos; /* probes of the section so far */
	struct linx_rule_names rule_names; /* rules that refuse, of all policies of the section so far */
	uint64_t worked; /* bytes counted towards LINX_YIELD_BYTES; a public call sets it to 0 at its begin */
	/* [nlanes] sequence numbers of records that a filter kept out of the file; NULL: none */
	struct linx_left_out *left_out;
	/*
	 * Bytes of records that an engine whose records lie in this process's memory may gather, for LINX_GATHER_NS at
	 * most, before its wait() returns 1; 0: wait() returns at the first record. A writer that copies records in
	 * blocks sets it, since a block for each record takes a multiple of the room.
	 */
	size_t gather;
	const struct linx_snap *merged; /* the assembler's pending snapshot, bounded together with snap; NULL: none */
};

/* A kind of engine: defined in the engine's folder, listed in engine/engines.c. */
struct linx_engine_type {
	struct linx_engine_info info;
	/*
	 * Opens an engine, which its ops close. All members of opts are set, and those of opts->live have this
	 * library's size. 0, or -errno with a text in err.
	 */
	int (*open)(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err);
};
/*
 * True if an engine may append more bytes to its snapshot. The limit is for this snapshot and the assembler's pending
 * snapshot together.
 */
static inline bool linx_engine_snap_fits(const struct linx_engine *e, size_t more)
{
	return linx_snap_fits(&e->snap, (e->merged ? e->merged->len : 0) + more);
}

extern const struct linx_engine_type linx_engine_type_kmod, linx_engine_type_bpf, linx_engine_type_ptrace, linx_engine_type_file;

/* Returns type i, counted from 0. NULL: i is past the last. */
const struct linx_engine_type *linx_engine_type_get(unsigned int i);
/* Finds a type by its name. NULL: there is no such type. */
const struct linx_engine_type *linx_engine_type_find(const char *name);

#endif
