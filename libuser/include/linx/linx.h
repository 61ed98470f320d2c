/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: read the system calls of a machine, live or from a capture file.
 *
 * Every function that can fail returns 0 or a positive count on success and
 * -errno on failure. Handles are opaque; one handle is used by one thread at a
 * time, different handles by as many as you like. Nothing is printed, no signal
 * is touched. A pointer that a borrow- or get-function returns stays valid as
 * long as its comment says; what an open- or new-function gives is ended by the
 * close- or free-function of the same name.
 */
#ifndef LINX_LINX_H
#define LINX_LINX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/linx_record.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LINX_API __attribute__((visibility("default")))
#else
#define LINX_API
#endif

struct linx; /* a source of events: the module or a capture file */
struct linx_event; /* one event; borrowed: see linx_next() */
struct linx_table; /* names and arguments of the stream's system calls */
struct linx_writer; /* a capture file being written */
struct linx_condition; /* which events are wanted */
struct linx_printer; /* renders events as text */

/* Why a call failed, in one line for people: what, on what, what to do. */
struct linx_error {
	char text[512];
};

/* "0.1.0"; the version of the library that runs. */
LINX_API const char *linx_version(void);

/* ---- sources -------------------------------------------------------------- */

enum linx_capture_mode {
	LINX_DISCARD = 0, /* full: new events are lost, and counted */
	LINX_RECORDER = 1, /* full: the oldest are replaced; read after linx_dump() */
	LINX_THROTTLE = 2, /* half full: tasks wait for the reader; full: as LINX_DISCARD */
};

/* Options of linx_open_live(); zero means the default of each. */
struct linx_live_opts {
	size_t size; /* sizeof(struct linx_live_opts) */
	enum linx_capture_mode mode;
	uint64_t ring_size; /* bytes per CPU, a power of two; default 8 MiB */
	uint32_t watermark_percent; /* default 25 */
	uint32_t delay_ms; /* longest wait of an event for the watermark; default 100 */
	uint32_t snap_bytes; /* of buffers; default 80; UINT32_MAX: none */
	uint32_t snap_str; /* of strings; default 4096 */
	bool entry_time; /* record when each call began, for durations */
	bool include_self; /* record the calling process too */
	bool envp; /* capture the environment at exec */
	unsigned int fds; /* LINX_FDS_*: tell what descriptors refer to */
	bool pointers; /* record where the program goes on after each call */
	bool cpu_time; /* record how long each call ran, without what it waited: linx_event_get_cpu_ns() */
	bool signals; /* record signals too, if the module can */
	bool files; /* record how descriptors change, for linx_event_borrow_files(); if the module can */
	bool io_uring; /* record operations of io_uring that are like the selected calls, if the module can */
	bool no_snapshot; /* do not list the processes that are there already */
	/* LINX_THROTTLE alone; the caller's process itself never waits */
	bool exempt_group; /* nor does its process group */
	uint32_t throttle_cap_ms; /* longest that a task waits in a second; default 900 */
	unsigned int nexempt; /* at most 16 */
	const uint64_t *exempt; /* ids of cgroups whose tasks never wait: inodes of their directories; read at open */
	bool no_resolved; /* do not record what was opened, what was connected, and which messages are netlink's */
};

/* linx_live_opts.fds */
#define LINX_FDS_PATHS 1u /* type, path and identity of each */
#define LINX_FDS_DETAILS 2u /* addresses of sockets, what an eventfd counts, what a signalfd waits for */

/*
 * Open the module. -ENOENT: not loaded; -EACCES, -EPERM: no permission;
 * -EPROTO: a module of another version; -EINVAL, -E2BIG: impossible sizes.
 * err may be NULL. The caller ends *out with linx_close().
 */
LINX_API int linx_open_live(const struct linx_live_opts *opts, struct linx **out, struct linx_error *err);

/* Open a capture file; fd stays the caller's. A pipe works. -EBADMSG: not a capture. */
LINX_API int linx_open_file(int fd, const char *name, struct linx **out, struct linx_error *err);

/*
 * Do these len bytes, the first of a file, begin as a capture file of any version? LINX_CAPTURE_BEGINS bytes are enough.
 */
#define LINX_CAPTURE_BEGINS 8u
LINX_API bool linx_capture_begins(const void *data, size_t len);

/* End a source and everything that was borrowed from it. NULL is fine. */
LINX_API void linx_close(struct linx *l);

/* The last failure of l, as text; empty if there was none. Valid until the next call on l. */
LINX_API const char *linx_error_text(const struct linx *l);

/* Facts about where the stream was recorded. Pointers are valid until linx_close(). */
struct linx_stream_info {
	uint32_t format_major, format_minor;
	const char *release, *machine, *node, *boot_id, *module_version;
	uint32_t page_size, word_size, cpus;
	uint32_t pid_ns; /* inode of the initial pid namespace */
	const char *clock_name; /* of event times before conversion */
	bool live;
	bool io_uring; /* live: the module can record operations of io_uring on this kernel */
};
LINX_API const struct linx_stream_info *linx_get_stream_info(const struct linx *l);

/* The stream's own table; valid until linx_close(). */
LINX_API const struct linx_table *linx_borrow_table(const struct linx *l);

/* ---- what to record (live sources; before or while running) ---------------- */

/*
 * Select calls by strace's expression: names, %class, /regex, a leading ! for
 * "all but", joined by commas; "all", "none". -EINVAL with linx_error_text()
 * naming the word and its nearest known neighbours. Also narrows what a capture
 * file delivers. Default: all.
 */
LINX_API int linx_select(struct linx *l, const char *expr);

/* Deliver entry events of the selected calls too, not only of those that do not return. */
LINX_API int linx_select_entries(struct linx *l, bool on);

enum linx_status { LINX_STATUS_ANY = 0, LINX_STATUS_FAILED = 1, LINX_STATUS_SUCCESSFUL = 2 };

struct linx_filter_opts {
	size_t size; /* sizeof(struct linx_filter_opts) */
	enum linx_status status;
	bool by_uid;
	uint32_t uid;
	uint64_t min_duration_ns; /* needs entry_time */
	const char *const *comms; /* only these, NULL: all */
	unsigned int ncomms; /* at most 64 */
	bool comms_not; /* all but these */
	bool pids; /* only listed processes; also set by linx_add_pid() */
	bool pids_not; /* all but the listed ones */
	bool threads; /* the listed ids are of threads */
	bool follow; /* children of listed processes are listed */
};
LINX_API int linx_filter(struct linx *l, const struct linx_filter_opts *opts);

/*
 * Of each of these calls (as for linx_select(); NULL: all but the rare ones that
 * an investigation cannot do without) record one of every, on each CPU; 1: each.
 * Calls that do not return are all recorded. Sampled calls have no entry events.
 */
LINX_API int linx_sample(struct linx *l, const char *expr, unsigned int every);

/*
 * Let each CPU record so many events of calls in a second, 64 or more; 0: no
 * limit. Calls that make most of them are recorded without what their arguments
 * point to, and then only counted, until that is over: LINX_EVENT_BUDGET tells. Rare calls
 * that an investigation cannot do without are no part of it; see linx_set_priority().
 */
LINX_API int linx_budget(struct linx *l, uint64_t per_second);

/*
 * These calls (as for linx_select(); NULL: the rare ones that an investigation
 * cannot do without) have a share of each ring that no others use, so that a
 * flood cannot hide them, and are no part of a budget. Replaces what was set.
 */
LINX_API int linx_set_priority(struct linx *l, const char *expr);

/*
 * Only events that meet a condition (see linx_condition_new()); NULL: all. A
 * live source leaves out in the kernel what the kernel can decide, and counts
 * it as filtered; linx_next() decides the rest. What is written to a file is
 * what the kernel let through.
 */
LINX_API int linx_set_condition(struct linx *l, const char *text);

/*
 * List a process (thread), by its id in the caller's pid namespace. Safe from
 * pid reuse: -ESRCH if it does not exist or ended meanwhile.
 */
LINX_API int linx_add_pid(struct linx *l, int pid);

/*
 * List what another live source lists, such as one that this one takes the place
 * of: where both were started and follow, and the other goes on until this has
 * returned, no process is missed. -EAGAIN: they fork faster than can be looked at.
 */
LINX_API int linx_inherit_pids(struct linx *l, const struct linx *from);

/* Processes on the list that still live; with follow, 0 means that all have ended. */
LINX_API int linx_listed(struct linx *l);

/*
 * Leave out what this task does before its first execve, and what is told of
 * it: what a program that starts another one does between fork and exec. tid is
 * as events have it, of the initial pid namespace; a live source refuses it with
 * -EOPNOTSUPP where the caller's own numbers are others.
 */
LINX_API int linx_skip_until_exec(struct linx *l, uint32_t tid);

/*
 * A capture file: go on behind damage with the next block that is whole, instead
 * of ending with -EBADMSG. Before the first linx_next(). -EOPNOTSUPP: a live
 * source. A section whose header is damaged still ends it.
 */
LINX_API int linx_salvage(struct linx *l);
struct linx_damage {
	uint64_t places; /* that were no blocks, or said what cannot be, and are left out; whole blocks in the wrong place, which are not */
	uint64_t bytes; /* of the file that were skipped */
	uint64_t first_offset;
};
/* What was skipped so far. -ENODATA: linx_salvage() was not called. */
LINX_API int linx_get_damage(const struct linx *l, struct linx_damage *damage);

/* ---- running --------------------------------------------------------------- */

/* Once, and not after linx_stop(). Where it fails to list processes it has ended, too: -EINVAL from then on. */
LINX_API int linx_start(struct linx *l);
/* No event is recorded after it; what the rings hold is still delivered, then -ENODATA. */
LINX_API int linx_stop(struct linx *l);
/* Recorder: freeze what is recorded and deliver it; recording goes on. */
LINX_API int linx_dump(struct linx *l);

/*
 * For poll/epoll: readable when linx_next() may have something, and when no
 * listed process is left. -errno; of a file -1.
 */
LINX_API int linx_fd(const struct linx *l);

/*
 * The next event of all CPUs in time order. Waits at most timeout_ms (-1: no
 * limit; 0: not at all). 1: *ev is set, borrowed until the next call on l, but
 * for those that take it as const and linx_get_counts(). 0: nothing within the
 * time; also before that is over, of a file too, after many records that make
 * no event or 100 ms of listing processes (see linx_pending()) and when no
 * listed process is left: go on. -ENODATA: the end. -EINTR: a signal came; go on,
 * unless it was to end this. -EBADMSG: damaged file, see linx_error_text().
 */
LINX_API int linx_next(struct linx *l, const struct linx_event **ev, int timeout_ms);
/*
 * Did linx_next() or linx_writer_step() give 0 only so that its caller has a
 * turn? Then more is at hand of which linx_fd() may not tell: call it again
 * before waiting.
 */
LINX_API bool linx_pending(const struct linx *l);

/* ---- counters and the certificate ------------------------------------------ */

struct linx_counts {
	/* filtered: left out in the kernel, before selected; of all CPUs also by the condition, after delivered */
	uint64_t selected, committed, delivered, unread, overwritten, filtered;
	uint64_t lost[LINX_LOST_MAX]; /* by enum linx_lost */
	uint64_t lost_context;
};

struct linx_call_counts {
	int32_t nr;
	uint32_t abi;
	const char *name;
	uint64_t selected, committed, delivered, lost;
};

/*
 * The account of a capture. complete: both sums hold for each CPU, nothing is missing from the end, and nothing was left out of a damaged file
 *   selected = committed + lost, committed = delivered + unread + overwritten
 */
struct linx_certificate {
	bool complete; /* false: cut off, or the sums do not hold */
	bool cut_off; /* the capture file ends without a certificate */
	uint64_t events; /* system call events that linx_next() delivered */
	struct linx_counts total;
	unsigned int ncpus;
	const struct linx_counts *cpus; /* by CPU number */
	unsigned int ncalls; /* 0 where it is not known */
	const struct linx_call_counts *calls;
	uint64_t start_ns, stop_ns; /* wall clock; 0: not known */
	uint64_t throttled, throttled_ns; /* live, LINX_THROTTLE: how often tasks waited, how long in all */
	uint64_t sampled; /* events that sampling left out, before they were selected */
	const uint64_t *cpus_sampled; /* the same of each of cpus; NULL: nothing */
	const uint64_t *calls_sampled; /* and of each of calls; NULL: nothing */
};
/*
 * File: after -ENODATA. Live: after linx_stop(); what was not read by then is
 * unread, and linx_next() has no more than the certificate itself. Valid until linx_close().
 */
LINX_API int linx_get_certificate(struct linx *l, const struct linx_certificate **cert);

/* The sums of all CPUs so far, to watch losses; while running they need not hold. */
LINX_API int linx_get_counts(struct linx *l, struct linx_counts *counts);

/* "full", "nested", "too-big", "no-ring", "throttle-cap", "budget" */
LINX_API const char *linx_lost_name(unsigned int cause);

/* ---- events ---------------------------------------------------------------- */

enum linx_event_kind {
	LINX_EVENT_SYSCALL = 1,
	LINX_EVENT_TASK = 2, /* context of a task met for the first time */
	LINX_EVENT_FORK = 3,
	LINX_EVENT_EXEC = 4,
	LINX_EVENT_EXIT = 5, /* a task ended */
	LINX_EVENT_GAP = 6, /* events were lost here */
	LINX_EVENT_CERTIFICATE = 7,
	LINX_EVENT_SIGNAL = 8, /* for a task: it acts on it now, or would if it did not ignore it */
	LINX_EVENT_BUDGET = 9, /* from here on, on this CPU, more or less of a call is recorded */
};

/* linx_event_flags() */
#define LINX_EVENT_LATE_ORDER 0x01 /* came too late for its place in the time order */
#define LINX_EVENT_RACED 0x02 /* an argument's bytes differ between entry and return */
#define LINX_EVENT_STALE 0x04 /* context records were lost: who it was may be out of date */
#define LINX_EVENT_UNFINISHED 0x08 /* the call had not returned when its task or the capture ended, its return was lost, or there was no room to wait for it; or no result of IO_URING is told */
#define LINX_EVENT_IO_URING 0x20 /* no system call, but an operation of io_uring like it */
#define LINX_EVENT_SCALARS 0x40 /* the budget left out what the arguments point to */
#define LINX_EVENT_CUT 0x10 /* with UNFINISHED: the capture ended, not the task */

LINX_API enum linx_event_kind linx_event_get_kind(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_flags(const struct linx_event *ev);
LINX_API uint64_t linx_event_get_time_ns(const struct linx_event *ev); /* wall clock */
LINX_API uint64_t linx_event_get_stream_time_ns(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_cpu(const struct linx_event *ev);
LINX_API uint64_t linx_event_get_seq(const struct linx_event *ev);
LINX_API uint32_t linx_event_get_pid(const struct linx_event *ev);
LINX_API uint32_t linx_event_get_tid(const struct linx_event *ev);
LINX_API const char *linx_event_get_comm(const struct linx_event *ev); /* NULL: not known */
/* System calls only. Name: "openat", or "syscall_NNN" for a number outside the table. */
LINX_API const char *linx_event_get_name(const struct linx_event *ev);
LINX_API int linx_event_get_nr(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_abi(const struct linx_event *ev);
LINX_API bool linx_event_is_entry(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_nargs(const struct linx_event *ev);
LINX_API int linx_event_get_arg(const struct linx_event *ev, unsigned int i, uint64_t *value);
LINX_API int linx_event_get_ret(const struct linx_event *ev, int64_t *ret); /* -ENODATA: entry */
/* How long the task ran in the call; linx_live_opts.cpu_time. -ENODATA: not known. */
LINX_API int linx_event_get_cpu_ns(const struct linx_event *ev, uint64_t *ns);
/* The task that a FORK event tells of. */
LINX_API int linx_event_get_child(const struct linx_event *ev, uint32_t *tid);
/* Number of a signal. -ENODATA: another kind of event. */
LINX_API int linx_event_get_signal(const struct linx_event *ev);

/* How much of a call is recorded on a CPU. */
enum linx_recorded {
	LINX_RECORDED_ALL = 0,
	LINX_RECORDED_SCALARS = 1, /* without what the arguments point to: LINX_EVENT_SCALARS */
	LINX_RECORDED_COUNTS = 2, /* nothing: it is lost to the budget, and counted */
};
/* What a BUDGET event tells of its call: before and from here on. -ENODATA: another kind of event. */
LINX_API int linx_event_get_budget(const struct linx_event *ev, enum linx_recorded *from, enum linx_recorded *to);
LINX_API int linx_event_get_duration_ns(const struct linx_event *ev, uint64_t *ns);

/* A captured value: what a pointer argument pointed to. */
struct linx_value {
	const void *data; /* borrowed from the event */
	uint32_t size; /* bytes at data */
	uint32_t orig; /* original length */
	uint8_t kind; /* enum linx_val_kind */
	uint8_t state; /* enum linx_state */
};
/* -ENODATA: no value was captured for this argument. */
LINX_API int linx_event_get_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value);
/*
 * With LINX_EVENT_RACED, of an argument whose bytes were not the same before and
 * after: what the kernel used if that is known (exec's file name, the peer of a
 * connect), else what stood there at return. -ENODATA: it was not seen to change.
 */
LINX_API int linx_event_get_raced_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value);

/* A descriptor of a call, as the task's own table had it; with linx_live_opts.fds. */
struct linx_descriptor {
	int32_t fd; /* LINX_FD_CWD: the working directory */
	uint8_t type; /* enum linx_fd_type */
	uint8_t path_state; /* enum linx_state */
	uint16_t flags; /* LINX_FD_CLOEXEC ... */
	uint8_t field; /* enum linx_field: an argument, the result, captured memory */
	bool entry; /* as it was when the call began, not when it returned */
	bool has_sock;
	uint32_t pid; /* of a pidfd: the process, by its number in the initial namespace */
	uint64_t dev, ino, rdev;
	const char *path; /* path and info are borrowed from the event and have no NUL at their end */
	const char *info; /* UNIX: its own sun_path; eventfd, signalfd: lines of /proc/PID/fdinfo */
	uint32_t path_len, info_len;
	struct linx_sock sock; /* if has_sock */
};
/* i from 0, in no order; several may have the same number. -ENODATA: there are no more. */
LINX_API int linx_event_get_fd(const struct linx_event *ev, unsigned int i, struct linx_descriptor *d);

/* Files to choose calls by. */
struct linx_uses {
	const char *const *paths; /* whole, as programs and /proc write them */
	unsigned int npaths;
	const int32_t *fds; /* numbers of descriptors */
	unsigned int nfds;
};
/* Has a call one of them among its arguments? By path only with LINX_FDS_PATHS where it goes by a descriptor. */
LINX_API bool linx_event_uses(const struct linx_event *ev, const struct linx_uses *what);

/* ---- the table -------------------------------------------------------------- */

struct linx_call_info {
	const char *name; /* "openat" */
	const char *row; /* id of its row */
	const char *classes; /* "FILE|DESC|ENTRY" */
	int32_t nr;
	uint32_t abi;
	unsigned int nargs;
	struct {
		const char *name, *type, *capture;
	} args[LINX_NARGS];
};
/* Calls of all ABIs, in order of ABI and number: i from 0. -ENOENT: past the last. */
LINX_API int linx_table_get_call(const struct linx_table *t, unsigned int i, struct linx_call_info *info);
/* The table of this library, for when there is no stream. Ended by linx_table_free(). */
LINX_API int linx_table_new_builtin(struct linx_table **out);
LINX_API void linx_table_free(struct linx_table *t);
/* Would linx_select() take expr for a stream with this table? 0, or -EINVAL with the reason in *err. */
LINX_API int linx_table_check(const struct linx_table *t, const char *expr, struct linx_error *err);
LINX_API const char *linx_abi_name(unsigned int abi); /* "x86_64", "i386", "x32" */

/* ---- rendering --------------------------------------------------------------- */

enum linx_format {
	LINX_FORMAT_TEXT = 0,
	LINX_FORMAT_STRACE = 1,
	LINX_FORMAT_JSON = 2,
	LINX_FORMAT_LINE = 3, /* a line for each system call, made by a template of fields */
};

/* One row of the list of formats. */
struct linx_format_info {
	const char *name; /* "json" */
	const char *text; /* what it is */
	unsigned int needs; /* what is worth recording for it: LINX_NEEDS_SIGNALS, LINX_NEEDS_URING */
	bool files; /* can list all that a process has open: linx_print_opts.files, or %linx.fds in its template */
	bool terminal; /* for people at a terminal: linx_print_opts.width */
};
/* i: enum linx_format. -ENOENT: past the last. */
LINX_API int linx_get_format(unsigned int i, struct linx_format_info *info);

/* linx_strace_opts.hide_status: calls that are not shown */
#define LINX_STRACE_SUCCESSFUL 0x01
#define LINX_STRACE_FAILED 0x02
#define LINX_STRACE_UNFINISHED 0x04
#define LINX_STRACE_UNAVAILABLE 0x08
#define LINX_STRACE_DETACHED 0x10

/* linx_strace_opts.hide: lines that are not shown */
#define LINX_STRACE_EXITED 0x01 /* +++ exited with 0 +++ */
#define LINX_STRACE_SUPERSEDED 0x02 /* +++ superseded by execve in pid 12 +++ */
#define LINX_STRACE_CALLS 0x04 /* all lines: linx_printer_shows() alone is of interest */

/* linx_strace_opts.decode_pids */
#define LINX_STRACE_PID_COMM 0x01
#define LINX_STRACE_PID_NS 0x02

/* Whose line it is, in front of it. */
enum linx_strace_tids {
	LINX_STRACE_TIDS_COLUMN = 0, /* "1234  " if linx_print_opts.tids */
	LINX_STRACE_TIDS_SHARED = 1, /* "[pid  1234] " while there is more than one task */
};
enum linx_strace_names { LINX_STRACE_NAMES = 0, LINX_STRACE_NUMBERS = 1, LINX_STRACE_BOTH = 2 };
enum linx_strace_hex {
	LINX_STRACE_HEX_NONE = 0,
	LINX_STRACE_HEX_STRINGS = 1, /* strings with a byte that is not printable */
	LINX_STRACE_HEX_ALL = 2,
	LINX_STRACE_HEX_CHARS = 3, /* \x instead of octal, where a byte is not printable */
};

/* What strace's options ask for. Zero is strace's default of each. */
struct linx_strace_opts {
	size_t size; /* sizeof(struct linx_strace_opts) */
	const struct linx_table *table; /* the stream's; for the sets of calls below. Stays the caller's */
	enum linx_strace_tids tids;
	unsigned int tasks; /* SHARED: how many there are when the trace begins */
	bool separate; /* -ff: lines of different tasks go to different places */
	bool numbers; /* -n: number of the call */
	bool arg_names; /* -N: names of arguments */
	bool pointers; /* -i: instruction pointer, "????" where it is not recorded (linx_live_opts.pointers) */
	unsigned int column; /* -a: 1 + where results begin; 0: 41 */
	unsigned int strings; /* -s: 1 + most bytes of a string; 0: as linx_print_opts says */
	unsigned int time_digits, duration_digits; /* 1 + digits behind the point; 0: as linx_print_opts says */
	unsigned int relative_digits; /* -r: 1 + digits; 0: no relative times */
	enum linx_strace_names names; /* -X */
	enum linx_strace_hex hex; /* -x */
	unsigned int decode_pids; /* -Y */
	unsigned int hide, hide_status;
	uint64_t hide_signals; /* bit n - 1: signal n is not shown */
	/* Sets of calls, as linx_select() takes them. */
	const char *abbrev; /* whose structures are abbreviated; NULL: all, or none with linx_print_opts.verbose */
	const char *verbose; /* whose pointers are followed; NULL: all */
	const char *raw; /* whose arguments are numbers alone; NULL: none */
	/* Sets of descriptors: "0,3", "!1", "all"; NULL: none. */
	const char *dump_read, *dump_write; /* data read from them, written to them, as a dump */
	const struct linx_uses *uses; /* -P, fd=: only calls that use one of these; NULL: all calls */
};

/* How log lines look. Zero is the default of each. */
struct linx_line_opts {
	size_t size; /* sizeof(struct linx_line_opts) */
	/* "%linx.time : %linx.type[value] ...", %% for a percent sign; NULL: LINX_LINE_TEMPLATE */
	const char *template_text;
	size_t max_string; /* 1 + most bytes of a string or buffer; 0: as linx_print_opts says */
	size_t max_text; /* 1 + most bytes of a line, which is cut and ends in "..."; 0: no limit */
	bool no_names; /* users and groups by number alone, as in sections of a file that are of another machine */
};
#define LINX_LINE_TEMPLATE                                                                         \
	"%linx.time : %linx.dir %linx.type[value] %linx.args %linx.comm %linx.fullpath "           \
	"%linx.cmdline %linx.fds"
/* Is it a template? 0, or -EINVAL with the place and the reason in *err. */
LINX_API int linx_template_check(const char *template_text, struct linx_error *err);

/* One row of the table of fields, of which templates and conditions are made. */
struct linx_field_info {
	const char *name; /* "linx.type" */
	const char *argument; /* "", "[key|value]", "[N]", "[NAME]" */
	const char *type; /* "number", "text", "number and text", "list", "time" */
	const char *example; /* "(3(close))" */
	const char *text; /* what it is */
	bool filters; /* can stand in a condition */
};
/* i from 0. -ENOENT: past the last. */
LINX_API int linx_get_field(unsigned int i, struct linx_field_info *info);

struct linx_print_opts {
	size_t size; /* sizeof(struct linx_print_opts) */
	bool colour;
	bool verbose; /* -v: whole structures, environment */
	bool durations; /* -T */
	bool tids; /* strace: print the thread id in front */
	int time_mode; /* strace: 0 none, 1 -t, 2 -tt, 3 -ttt; text: 0 is the local time */
	unsigned int string_limit; /* -s; 0: the format's default (strace 32, else all that was captured) */
	unsigned int width; /* columns of the terminal, 0: no limit; text only */
	unsigned int fds; /* LINX_SHOW_FD_*: what is shown of descriptors */
	const struct linx_strace_opts *strace; /* NULL: all zero. Copied, with what it points to */
	const struct linx_line_opts *line; /* likewise */
	bool files; /* JSON: all open descriptors of the process (linx_live_opts.files), in each system call */
};
/* linx_print_opts.fds */
#define LINX_SHOW_FD_PATH 0x1u
#define LINX_SHOW_FD_SOCKET 0x2u /* protocol and addresses */
#define LINX_SHOW_FD_DEV 0x4u /* number of the device */
#define LINX_SHOW_FD_PIDFD 0x8u /* the process */
#define LINX_SHOW_FD_EVENTFD 0x10u /* its counter */
#define LINX_SHOW_FD_SIGNALFD 0x20u /* its signals */
#define LINX_SHOW_FD_ALL 0x3fu

/* -EINVAL: no such format, options without their size; -E2BIG: options of a newer version of the library. */
LINX_API int linx_printer_new(enum linx_format format, const struct linx_print_opts *opts, struct linx_printer **out);
LINX_API void linx_printer_free(struct linx_printer *p);
/*
 * Render one event, with its newline. *text is borrowed until the next call on
 * p; *len may be 0 for events that a format does not show. Never fails on what
 * an event holds; -ENOMEM.
 */
LINX_API int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len);
/*
 * With linx_print_opts.strace, and entry events (linx_select_entries()), strace's
 * lines of calls that have begun are held back until it is known how they go on.
 * This gives what is held: when the source is quiet, and with end when it has
 * ended. 1: text of a task; 0: no more; -ENOMEM.
 */
LINX_API int linx_print_held(struct linx_printer *p, bool end, uint32_t *tid, const char **text, size_t *len);
/* strace: is this call one that the options want? After linx_print() of the event. */
LINX_API bool linx_printer_shows(const struct linx_printer *p, const struct linx_event *ev);

/* ---- conditions ---------------------------------------------------------------- */

/*
 * A condition over fields, in Falco's syntax: "linx.type in (open, openat) and
 * not linx.user = root". -EINVAL: *err tells the column and shows the place.
 */
LINX_API int linx_condition_new(const char *text, struct linx_condition **out, struct linx_error *err);
LINX_API void linx_condition_free(struct linx_condition *c);
/* Does the event meet it? A test of a field that the event does not have is false. */
LINX_API bool linx_condition_match(struct linx_condition *c, const struct linx_event *ev);
/* What has to be recorded so that it can be decided. */
#define LINX_NEEDS_ENTRY_TIME 0x1u /* linx_live_opts.entry_time */
#define LINX_NEEDS_FDS 0x2u /* linx_live_opts.fds */
#define LINX_NEEDS_FILES 0x4u /* the descriptors of processes */
/* Of formats, not of conditions. */
#define LINX_NEEDS_SIGNALS 0x8u /* linx_live_opts.signals */
#define LINX_NEEDS_URING 0x10u /* linx_live_opts.io_uring */
LINX_API unsigned int linx_condition_get_needs(const struct linx_condition *c);

/*
 * Escapes text for a terminal or a line of a log, as events show text: control characters and what is not UTF-8 become
 * C escapes; quotes and backslashes stay. Writes at most size bytes to to, the last a NUL; returns the length without it.
 * size is at least 1. No byte becomes more than LINX_ESCAPE_MAX.
 */
#define LINX_ESCAPE_MAX 4u
LINX_API size_t linx_escape(char *to, size_t size, const char *text);

/* ---- recording ---------------------------------------------------------------- */

struct linx_writer_opts {
	size_t size; /* sizeof(struct linx_writer_opts) */
	int compress; /* zstd level, 0: none */
};
/* Write l's stream to fd, which stays the caller's. Ring bytes go as they are. */
LINX_API int linx_writer_new(struct linx *l, int fd, const struct linx_writer_opts *opts, struct linx_writer **out,
			     struct linx_error *err);
/*
 * Move what the rings hold to the file; waits like linx_next(). Returns the
 * number of system calls moved (as events are counted), 0 after the time, -ENODATA at the end,
 * -errno of write(2) (what was written before stays a valid capture). Use either this or linx_next() on l.
 */
LINX_API int linx_writer_step(struct linx_writer *w, int timeout_ms);
/* Write the certificate and end the section. */
LINX_API int linx_writer_finish(struct linx_writer *w);
LINX_API void linx_writer_free(struct linx_writer *w);

#ifdef __cplusplus
}
#endif

#endif
