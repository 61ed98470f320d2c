/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine whose probes are eBPF programs (bpf/): for machines where the kernel module
 * cannot be loaded. A lane is the ring of a CPU, which is the value of a map and is mapped here.
 *
 * 	open.c      opening: options, kernel, header
 * 	load.c      the maps: the tables as data maps, the rings
 * 	programs.c  which programs are loaded, and when
 * 	object.c    the programs' object file, part of this library
 * 	fast.c      which calls have a fast path
 * 	http.c      headers of HTTP
 * 	uring.c     operations of io_uring
 * 	tamper.c    calls by which a program interferes with the recording
 * 	snapshot.c  tasks and files that exist when a recording starts
 * 	recorder.c  the two rings (halves) that each CPU has in a flight recorder
 * 	settings.c  selection, filters, the list of processes, begin and end
 * 	probes.c    probes on functions and tracepoints
 * 	held.c      perf events, at which programs run with preemption off
 * 	last_gap.c  reports of losses at the end of the rings
 * 	bpf.c       reading, waiting, account, the table of operations
 * 	libbpf.c    libbpf, which is opened when it is needed
 * 	absent.c    all of the engine in a build that cannot have it: opening fails
 */
#ifndef LINX_ENGINE_BPF_H
#define LINX_ENGINE_BPF_H

#include "engine/aside.h"
#include "engine/bpf/libbpf.h"
#include "engine/bpf/shared.h"
#include "engine/engine.h"
#include "engine/ring.h"
#include "engine/walk/rows.h"
#include "shared/tamper_facts.h"

enum linx_bpf_program {
	LINX_BPF_FORK,
	LINX_BPF_EXEC,
	LINX_BPF_TASK_EXIT,
	LINX_BPF_RENAME,
	LINX_BPF_CGROUP,
	LINX_BPF_NEWTASK,
	LINX_BPF_EXIT,
	LINX_BPF_ENTER,
	LINX_BPF_SWITCH,
	LINX_BPF_SIGNAL_SENT,
	LINX_BPF_SIGNAL_DELIVERED,
	LINX_BPF_URING_COMPLETE,
	LINX_BPF_URING_OVERFLOW,
	LINX_BPF_URING_SUBMIT,
	LINX_BPF_URING_REFUSED,
	LINX_BPF_ATTACHED, /* programs before this one are attached to tracepoints */
	LINX_BPF_SNAP_TASK = LINX_BPF_ATTACHED,
	LINX_BPF_SNAP_FILE,
	LINX_BPF_PROBE_FUNCTION, /* programs at probes: probes.c attaches them */
	LINX_BPF_PROBE_REGISTERS,
	LINX_BPF_PROBE_ENTRY,
	LINX_BPF_PROBE_RETURN,
	LINX_BPF_PROBE_TRACEPOINT,
	LINX_BPF_PROBE_RAWTP, /* LINX_BPF_RAWTPS programs */
	LINX_BPF_PROGRAMS = LINX_BPF_PROBE_RAWTP + LINX_BPF_RAWTPS,
};

/* Programs that are loaded together, each set when it is first needed. */
enum linx_bpf_set {
	LINX_BPF_SET_BASE, /* programs of every recording, loaded when the engine is opened */
	LINX_BPF_SET_ENTRIES, /* the program at entries of calls */
	LINX_BPF_SET_URING, /* programs at operations of io_uring */
	LINX_BPF_SET_PROBES, /* programs at probes */
	LINX_BPF_SETS,
};

struct linx_engine_bpf {
	struct linx_engine e;
	struct linx_libbpf lib;
	struct bpf_object *objects[LINX_BPF_SETS]; /* NULL: not loaded; all use the maps of LINX_BPF_SET_BASE */
	struct bpf_program *programs[LINX_BPF_PROGRAMS]; /* NULL: not loaded */
	struct bpf_link *links[LINX_BPF_PROGRAMS]; /* NULL: not attached */
	int calls_fd, listed_fd;
	uint8_t *cpus, *readers; /* the same memory, mapped for reading and for writing: LINX_BPF_PLACE bytes per CPU */
	struct linx_bpf_count *counts; /* counters of each call on each CPU, mapped: [ncpus * LINX_NCALLS] */
	struct linx_bpf_control *control; /* the programs' settings, mapped */
	/*
	 * The map "seen", mapped. Each element (struct seen of bpf/base/maps.h) is for 64 tids, and holds the
	 * seen_words words of its member "now", then the seen_words words of its member "ever".
	 */
	uint64_t *seen;
	unsigned int seen_words;
	uint8_t *wants; /* mapped: [LINX_NCALLS] */
	/* calls under way, mapped: [config.entries]; NULL: they are a hash by task */
	struct linx_bpf_entry *entries;
	uint64_t *http; /* mapped: [LINX_HTTP_ENTRIES]; NULL: HTTP headers are not recorded */
	uint32_t http_swept; /* time, in seconds, of the last linx_bpf_http_sweep() */
	/* for each site of probes: records that were lost when they were to be moved from a side ring, mapped */
	const uint64_t *moved_lost;
	const uint64_t *tallies; /* counted returns of a session that only counts, mapped: [LINX_BPF_TALLIES] */
	struct linx_bpf_rate *rates; /* sampling and budget of each call on each CPU, mapped: [ncpus * LINX_NCALLS] */
	struct linx_bpf_config config;
	struct linx_rows *rows;
	struct linx_select select;
	/* If has_priority: the calls that may use the reserve of a ring, as the caller chose them. */
	struct linx_priority priority;
	bool has_priority;
	uint16_t *every; /* [LINX_NCALLS] */
	struct linx_bpf_probes *probes; /* defined in probes.c; NULL: there are no probes */
	bool reads_uring; /* the programs can read this kernel's structures of io_uring */
	struct {
		/* the kernel's tracepoints of io_uring pass an older form of their arguments: see uring.c */
		bool submit_sqe, complete_words;
	} uring_forms;
	/* key (number and ABI) of each operation's system call */
	uint16_t uring_keys[2 * LINX_BPF_URING_RULES];
	unsigned int ncpus; /* number of possible CPUs */
	unsigned int halves; /* rings per CPU: a flight recorder has 2 */
	int *ring_fds; /* [halves * ncpus]; -1: the CPU has no ring */
	struct linx_ring_reader *rings; /* [ncpus] */
	struct ring_buffer *wake;
	int clock_fd, timer_fd, epoll_fd;
	unsigned int delay_ms;
	bool started, stopped;
	bool snapshots;
	struct linx_bpf_snapshot *snapshot; /* the snapshot in progress; NULL: none */
	struct linx_aside aside; /* reads command lines */
	bool reduced; /* the programs are the reduced ones, for Linux 5.10 to 5.16 */
	bool lists; /* at least one process was put on the list of processes to record */
	unsigned int reported; /* how often wait reported that the list of processes has become empty, up to 2 */
	uint64_t lost_context; /* number of lost context records at the last check */
	struct linx_header header;
	struct linx_clock clock;
	uint64_t start_ns, stop_ns;
	struct linx_cpu_counters *counters;
	struct linx_call_counters *calls;
	/* flight recorder: [ncpus] records in halves that a dump replaced before they were read */
	uint64_t *missed;
	uint64_t *unread, *skipped, *sampled, *sampled_calls;
};

static inline struct linx_engine_bpf *linx_to_bpf(struct linx_engine *e)
{
	return (struct linx_engine_bpf *)e;
}

static inline struct linx_bpf_cpu *linx_bpf_cpu(const struct linx_engine_bpf *b, unsigned int cpu)
{
	return (struct linx_bpf_cpu *)(void *)(b->cpus + (size_t)cpu * LINX_BPF_PLACE);
}

/*
 * Returns the counters of a CPU, writable. Programs write them without a lock: change only those that no running
 * program uses.
 */
static inline struct linx_bpf_cpu *linx_bpf_writable_cpu(const struct linx_engine_bpf *b, unsigned int cpu)
{
	return (struct linx_bpf_cpu *)(void *)(b->readers + (size_t)cpu * LINX_BPF_PLACE);
}

static inline struct linx_bpf_reader *linx_bpf_reader(const struct linx_engine_bpf *b, unsigned int cpu)
{
	return (struct linx_bpf_reader *)(void *)(b->readers + (size_t)cpu * LINX_BPF_PLACE + LINX_BPF_PAGE);
}

extern const struct linx_engine_ops linx_bpf_ops;

/* Returns the object that has made the maps. */
static inline struct bpf_object *linx_bpf_base(const struct linx_engine_bpf *b)
{
	return b->objects[LINX_BPF_SET_BASE];
}

/* True for a flight recorder, which overwrites its oldest records. */
static inline bool linx_bpf_records_over(const struct linx_engine_bpf *b)
{
	return b->config.flags & LINX_BPF_RECORDER;
}

static inline size_t linx_bpf_seen_size(const struct linx_engine_bpf *b)
{
	return (size_t)65536 * 2 * b->seen_words * sizeof(*b->seen);
}

/*
 * Loads the programs that every recording needs, and the tables, and maps the rings. ring_size 0: the default. 0, or
 * -errno with a text.
 */
int linx_bpf_load(struct linx_engine_bpf *b, uint64_t ring_size, struct linx_error *err);
void linx_bpf_unload(struct linx_engine_bpf *b);
/* Sets the contents of a map that must be complete before the programs are loaded. 0 or -errno. */
int linx_bpf_set_value(const struct linx_engine_bpf *b, const char *name, const void *value, size_t size);
/* Reads again how the stream's clock relates to the other clocks. */
void linx_bpf_relate_clocks(struct linx_engine_bpf *b);
/* Arms clock_fd, a timerfd that becomes readable when the wall clock is set. */
void linx_bpf_watch_clock(struct linx_engine_bpf *b);
uint64_t linx_bpf_now(void);

/*
 * Returns the object file of the programs, or of the reduced programs for kernels before Linux 5.17. NULL: this library
 * was built without it.
 */
const void *linx_bpf_object(bool reduced, size_t *len);

/* Sets the members nfast and fast of a call (struct linx_bpf_call) whose members row and want are set. */
void linx_bpf_plan_fast(const struct linx_engine_bpf *b, unsigned int abi, unsigned int nr, struct linx_bpf_call *call);

/* Returns how a call may move bytes of HTTP through a socket: LINX_HTTP_*; 0: it does not. */
uint32_t linx_bpf_http_of(const struct linx_walker_row *row);
/* Forgets unfinished HTTP headers whose connection has made no progress. */
void linx_bpf_http_sweep(struct linx_engine_bpf *b);

/*
 * Sets reads_uring to whether the programs can read the running kernel's structures of io_uring. Called before the
 * programs are loaded.
 */
void linx_bpf_uring_ask(struct linx_engine_bpf *b);
/* Fills the map of io_uring opcodes (fd) with the system calls that the opcodes correspond to. 0 or -errno. */
int linx_bpf_uring_opcodes(struct linx_engine_bpf *b, int fd);

/* The map of linx_engine_bpf.tallies. It is made only in a session that only counts. */
#define LINX_BPF_TALLIES_MAP ".bss"

/* ---- programs.c */

/* Opens the object file for a set of programs, and chooses those that the options need. 0, or -errno with a text. */
int linx_bpf_open_programs(struct linx_engine_bpf *b, enum linx_bpf_set set, struct linx_error *err);
/* Loads a set of programs that uses the maps of the base, unless it is loaded. 0, or -errno with a text. */
int linx_bpf_load_more(struct linx_engine_bpf *b, enum linx_bpf_set set, struct linx_error *err);
/* Puts a text about programs that could not be loaded into err, and returns rc. */
int linx_bpf_fail_load(int rc, struct linx_error *err);
/* open.c: True if this thread has CAP_SYS_ADMIN, or the kernel does not say. */
bool linx_bpf_is_admin(void);

/* ---- tamper.c */

/*
 * Returns by which way a call can interfere with this recording (enum linx_tamper_way). Such a call is looked at even
 * if it is not selected.
 */
uint32_t linx_bpf_tamper_way(const struct linx_engine_bpf *b, const struct linx_walker_row *row);
/* Notes that a program, map or link (fd) is one of the recording's own; on false: that it no longer is. 0 or -errno. */
int linx_bpf_own(const struct linx_engine_bpf *b, enum linx_tamper_object kind, int fd, bool on);
/* Note that all maps and rings, or all loaded programs, are the recording's own. 0 or -errno. */
int linx_bpf_own_maps(const struct linx_engine_bpf *b);
int linx_bpf_own_programs(const struct linx_engine_bpf *b);

/* ---- held.c */

/*
 * Returns how programs at calls turn preemption off on this kernel: LINX_BPF_HELD, LINX_BPF_EARLY, or 0 if the kernel
 * does so.
 */
uint32_t linx_bpf_how_held(const struct linx_engine_bpf *b);
/* Attaches a program to its tracepoint or perf event. NULL: this failed, and errno is set. */
struct bpf_link *linx_bpf_attach(const struct linx_engine_bpf *b, enum linx_bpf_program i);

/* Returns the number of a perf event, such as "sched/sched_switch", from any tracefs; 0: it is not known. */
unsigned int linx_bpf_event_id(const char *event);

/* ---- probes.c */

int linx_bpf_probe(struct linx_engine *e, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts);
int linx_bpf_probe_counts(struct linx_engine *e, uint32_t first, uint32_t n, struct linx_probe_counters *to);
/* Do the probes need this program? */
bool linx_bpf_probes_need(const struct linx_engine_bpf *b, enum linx_bpf_program i);
/* Sets how a program is attached, and the sizes of the maps of probes, before the object is loaded. 0 or -errno. */
int linx_bpf_probes_prepare(struct linx_engine_bpf *b, struct bpf_object *object);
/* Loads the programs, and fills their maps. 0, or -errno with a text. Does nothing if there are no probes. */
int linx_bpf_probes_load(struct linx_engine_bpf *b);
/* Attaches the programs to all functions and tracepoints. 0, or -errno with a text. */
int linx_bpf_probes_attach(struct linx_engine_bpf *b);
/* Detaches them; linx_bpf_probe_counts() still has the counters. */
void linx_bpf_probes_detach(struct linx_engine_bpf *b);
void linx_bpf_probes_free(struct linx_engine_bpf *b);

/* ---- snapshot.c */

/*
 * Begins a snapshot, if none is in progress, and works on it for at most "ms" milliseconds. 0, or -errno with a text.
 */
int linx_bpf_snapshot(struct linx_engine_bpf *b, unsigned int ms);
/* Takes one step of the snapshot in progress. */
int linx_bpf_snapshot_step(struct linx_engine_bpf *b);
void linx_bpf_snapshot_end(struct linx_engine_bpf *b);
/* Creates the ring to which the programs of a snapshot write, or removes it. */
int linx_bpf_snapshot_ring(struct linx_engine_bpf *b, bool make);

/* ---- recorder.c */

/*
 * Flight recorder: freezes the half (one of the two rings) that each CPU is writing. This half is read next; keep: it
 * is read after the half that is being read now. 0, or -EBADMSG with a text.
 */
int linx_bpf_flush(struct linx_engine_bpf *b, bool keep);
int linx_bpf_dump(struct linx_engine *e);

/* ---- last_gap.c */

/* Records, at the end of each ring, the losses after its last record. Called when no program records any more. */
void linx_bpf_last_gaps(struct linx_engine_bpf *b);

/* ---- settings.c */

/* Waits until all program runs that began before a change of settings have ended. */
void linx_bpf_wait_for_programs(const struct linx_engine_bpf *b);

int linx_bpf_select(struct linx_engine *e, const struct linx_select *sel);
int linx_bpf_sample(struct linx_engine *e, const uint16_t *every);
int linx_bpf_budget(struct linx_engine *e, uint64_t per_second);
int linx_bpf_priority(struct linx_engine *e, const struct linx_priority *p);
int linx_bpf_filter(struct linx_engine *e, const struct linx_filter *f);
int linx_bpf_pids(struct linx_engine *e, const int *pids, unsigned int n, bool remove);
int linx_bpf_inherit(struct linx_engine *e, const struct linx_engine *from);
int linx_bpf_listed(struct linx_engine *e);
int linx_bpf_start(struct linx_engine *e);
int linx_bpf_stop(struct linx_engine *e);

#endif
