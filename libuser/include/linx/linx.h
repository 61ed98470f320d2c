/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: reads the system calls of a machine, live or from a capture file.
 *
 * Every function that can fail returns 0 or a positive count on success and -errno on failure. Its comment names the
 * errors that have a meaning of their own. It may also return -ENOMEM, or the error of a system call that the library
 * made. After a function that changes a struct linx has failed, linx_error_text() returns the reason.
 *
 * A structure of options begins with its size. A function returns -EINVAL for options without their size, and -E2BIG
 * for options that this version of the library does not have. The options of a function named open or new can be NULL
 * unless its comment says otherwise.
 *
 * Handles are opaque. One thread at a time uses a handle; any number of threads use different handles. The library
 * prints nothing, and changes no signal handler or signal mask of the caller. A pointer from a function named borrow or
 * get stays valid as long as its comment says. The result of a function named open or new is ended by the function
 * named close or free, which also accepts NULL. Members and results whose names end in _ns are in nanoseconds.
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

struct linx; /* a source of events: an engine that records, such as the module, or a capture file */
struct linx_event; /* one event; borrowed: see linx_next() */
struct linx_table; /* names and arguments of the stream's system calls */
struct linx_writer; /* a capture file being written */
struct linx_condition; /* a parsed condition on events */
struct linx_printer; /* renders events as text */

/* Reason of a failure, as one line for people: the operation, its object and the remedy. */
struct linx_error {
	char text[512];
};

/* Returns the version of the library that runs, such as "0.1.0"; a constant string. */
LINX_API const char *linx_version(void);

/* ---- sources -------------------------------------------------------------- */

enum linx_capture_mode {
	LINX_DISCARD = 0, /* ring full: new events are lost; they are counted */
	LINX_RECORDER = 1, /* ring full: the oldest events are overwritten; read after linx_dump() */
	LINX_THROTTLE = 2, /* ring half full: tasks wait for the reader; full: like LINX_DISCARD */
};

/*
 * Default size of each CPU's ring in bytes: some 60,000 calls, which is over half a second of a busy CPU (see
 * docs/operating.md). It is smaller if the module's limits require that.
 */
#define LINX_RING_SIZE_DEFAULT (8u << 20)

/* Options of linx_open_live(); a member that is zero means its default. */
struct linx_live_opts {
	size_t size; /* sizeof(struct linx_live_opts) */
	enum linx_capture_mode mode;
	uint64_t ring_size; /* bytes per CPU, a power of two; default LINX_RING_SIZE_DEFAULT */
	uint32_t watermark_percent; /* how full a ring is when the waiting reader is woken; default 25 */
	uint32_t delay_ms; /* longest time that an event waits in a ring until the reader is woken; default 100 */
	uint32_t snap_bytes; /* limit of the bytes captured of a buffer; default 80; UINT32_MAX: no bytes */
	uint32_t snap_str; /* limit of the bytes captured of a string; default 4096 */
	bool entry_time; /* record when each call began, for durations */
	bool include_self; /* record the calling process, which is left out otherwise */
	bool envp; /* capture the environment at exec */
	unsigned int fds; /* LINX_FDS_*: record what descriptors refer to */
	bool pointers; /* record the instruction pointer to which each call returns */
	bool cpu_time; /* record the CPU time of each call, without its waits: linx_event_get_cpu_ns() */
	bool signals; /* record signals in addition to calls, if the engine can */
	bool files; /* record how descriptors change, for linx_event_borrow_files(); if the engine can */
	bool io_uring; /* record io_uring operations that correspond to selected calls, if the engine can */
	bool no_snapshot; /* do not record which processes exist when recording starts */
	/* Members that only mode LINX_THROTTLE uses. In this mode the caller's own process never waits. */
	bool exempt_group; /* the caller's process group never waits either */
	uint32_t throttle_cap_ms; /* longest wait of a task within a second; default 900 */
	unsigned int nexempt; /* at most 16 */
	const uint64_t *exempt; /* ids of cgroups whose tasks never wait: inodes of their directories; read at open */
	bool no_resolved; /* do not record paths that were opened, peers that were connected, and netlink protocols */
	/* for linx_follow_http(): limit of the bytes captured of an HTTP/1 header; no effect if not above snap_bytes */
	uint64_t http_bytes;
	/*
	 * Notice if calls do not reach the recording any more, if the engine can. A thread of this process makes calls
	 * on busy CPUs, and LINX_EVENT_TAMPER reports if they are not counted there. Cannot be combined with
	 * include_self.
	 */
	bool canary;
	/*
	 * Deliver no events: only count the returned calls that are selected and pass linx_filter(), if the engine can
	 * (linx_stream_info.counts). linx_certificate.calls_sampled has the counts; linx_aggregate_add_counts() makes a
	 * table of them. Options about what is recorded of an event have no effect.
	 */
	bool count;
	const char *machine; /* name of this machine in the stream, at most 64 bytes; NULL: its host name */
};

/* Bits of linx_live_opts.fds. */
#define LINX_FDS_PATHS 1u /* type, path and identity of each descriptor */
#define LINX_FDS_DETAILS 2u /* addresses of sockets, the counter of an eventfd, the signals of a signalfd */

/* Engine, the part of the library that makes or reads the records of a source. */
struct linx_engine_info {
	const char *name; /* name for linx_open_engine(), such as "kmod" */
	const char *text; /* description for people */
	bool live; /* records while its events are read, and uses linx_engine_opts.live; false: reads a recording */
};
/* Gets engine i, counted from 0 in the order in which LINX_ENGINE_AUTO tries them. -ENOENT: i is past the last. */
LINX_API int linx_get_engine(unsigned int i, struct linx_engine_info *info);

/* Name that selects the first live engine that can be opened on this machine. */
#define LINX_ENGINE_AUTO "auto"

/* Options of linx_open_engine(); a member that is zero means its default. */
struct linx_engine_opts {
	size_t size; /* sizeof(struct linx_engine_opts) */
	const struct linx_live_opts *live; /* options of an engine that records; NULL: all defaults */
	int fd; /* engine "file": the file, as for linx_open_file() */
	const char *name; /* engine "file": the file's name in error texts; NULL: "capture" */
};

/*
 * Opens an engine by its name: a name of linx_get_engine(), or LINX_ENGINE_AUTO. -EINVAL: there is no such engine, or
 * it does not have these options. Other errors are those of linx_open_live() and linx_open_file(). LINX_ENGINE_AUTO
 * returns the error of the first engine in two cases: no engine can be opened, or the first one works but refuses the
 * options (-EINVAL, -E2BIG). opts and err may be NULL. The caller ends *out with linx_close().
 */
LINX_API int linx_open_engine(const char *name, const struct linx_engine_opts *opts, struct linx **out,
			      struct linx_error *err);

/*
 * Opens the module: linx_open_engine("kmod"). opts may be NULL. -ENOENT: not loaded; -EACCES, -EPERM: no permission;
 * -EPROTO: a module of another version; -EINVAL, -E2BIG: impossible sizes. err may be NULL. The caller ends *out with
 * linx_close().
 */
LINX_API int linx_open_live(const struct linx_live_opts *opts, struct linx **out, struct linx_error *err);

/*
 * Opens a capture file: linx_open_engine("file"). The caller must keep fd open until linx_close(), and then closes it.
 * fd can be a pipe. name is shown in error texts. -EBADMSG: not a capture. err may be NULL. The caller ends *out with
 * linx_close().
 */
LINX_API int linx_open_file(int fd, const char *name, struct linx **out, struct linx_error *err);

/*
 * True if data, the first len bytes of a file, begins like a capture file of any version.
 * LINX_CAPTURE_BEGINS bytes are enough.
 */
#define LINX_CAPTURE_BEGINS 8u /* length of the magic number of the format */
LINX_API bool linx_capture_begins(const void *data, size_t len);

/*
 * Gets the wall clock at the first and at the last record of a capture file, which begins at the offset of fd. The
 * offset does not change, and no record is read. If the file is being written, was cut off or is damaged, *last_ns is
 * the time of the last record before the defect. -ESPIPE: not a regular file; -EBADMSG: not a capture; -ENODATA: the
 * file has no record; -errno.
 */
LINX_API int linx_read_span(int fd, uint64_t *first_ns, uint64_t *last_ns);

/* Closes a source. Everything that was borrowed from the source becomes invalid. l may be NULL. */
LINX_API void linx_close(struct linx *l);

/* Returns the text of the last failure of l; empty if there was none. Valid until the next call on l. */
LINX_API const char *linx_error_text(const struct linx *l);

/* Facts about the machine and the recording that the stream comes from. Pointers are valid until linx_close(). */
struct linx_stream_info {
	uint32_t format_major, format_minor;
	const char *release, *machine, *node, *boot_id, *module_version;
	uint32_t page_size, word_size, cpus;
	uint32_t pid_ns; /* inode of the initial pid namespace */
	const char *clock_name; /* clock of linx_event_get_stream_time_ns(), such as "monotonic" */
	bool live;
	bool io_uring; /* live source: operations of io_uring can be recorded on this kernel */
	const char *engine; /* name of the engine that recorded, also of a file: "kmod" */
	bool files; /* live source: changes of descriptors can be recorded, see linx_live_opts.files */
	bool reduced; /* live source: the kernel makes the engine capture less of long vectors, structures and paths */
	/*
	 * live source: the engine cannot record paths of files, directories and cgroups on this kernel, except those of
	 * tasks that exist when recording starts
	 */
	bool no_paths;
	/*
	 * live source, with linx_live_opts.io_uring: a traced task has set up an io_uring, or had one when it was
	 * attached, whose operations the engine (ptrace) does not record
	 */
	bool uring_missed;
	bool counts; /* live source: it counts calls and delivers no events, because linx_live_opts.count is set */
	/*
	 * random number of the recording, chosen when a live source is opened. Together with the CPU and the number of
	 * a record it identifies the record among the records of all machines. For a capture before format 2.3 it is a
	 * hash of the file's beginning, or 0 before its first block was read.
	 */
	uint64_t session;
};
LINX_API const struct linx_stream_info *linx_get_stream_info(const struct linx *l);

/*
 * Borrows the table of system calls of the stream, or of the section of a file that is being read; valid until
 * linx_close().
 */
LINX_API const struct linx_table *linx_borrow_table(const struct linx *l);

/* ---- selection and filters (live sources; before or while running) --------- */

/*
 * Selects calls by an expression as in strace: names, %class and /regex, joined by commas, with a leading ! for "all
 * but"; or "all", or "none". In a capture file, calls are selected among the recorded ones. Default: all. -EINVAL:
 * linx_error_text() has the unknown word and similar known words, and the selection does not change.
 */
LINX_API int linx_select(struct linx *l, const char *expr);

/*
 * Switches events at the entry of each selected call on or off. By default these events are off, and only calls that do
 * not return have entry events.
 */
LINX_API int linx_select_entries(struct linx *l, bool on);

enum linx_status { LINX_STATUS_ANY = 0, LINX_STATUS_FAILED = 1, LINX_STATUS_SUCCESSFUL = 2 };

/* Filters of linx_filter(); an event must pass all of them. A member that is zero is no filter. */
struct linx_filter_opts {
	size_t size; /* sizeof(struct linx_filter_opts) */
	enum linx_status status;
	bool by_uid;
	uint32_t uid;
	uint64_t min_duration_ns; /* needs entry_time */
	const char *const *comms; /* only tasks with one of these names; NULL: tasks with any name */
	unsigned int ncomms; /* at most 64 */
	bool comms_not; /* "comms" has the names of the tasks that are left out */
	bool pids; /* only processes on the source's list. linx_add_pid() sets this, unless pids_not is set */
	bool pids_not; /* all processes except those on the list */
	bool threads; /* the ids on the list are thread ids */
	bool follow; /* children of processes on the list are put on it */
};
/*
 * Replaces the filters of a live source, which the kernel applies; NULL: removes all filters. -EINVAL: a filter needs
 * an option that is not set, or filters contradict each other; -EOPNOTSUPP: a capture file.
 */
LINX_API int linx_filter(struct linx *l, const struct linx_filter_opts *opts);

/*
 * Samples calls: on each CPU, and for each name that expr selects, only 1 of N calls is recorded. every: N, from 1 to
 * 65,535; 1 ends the sampling. expr: as for linx_select(); NULL: all calls but those of class PRIO, which are rare and
 * security-relevant. Calls that do not return are all recorded. Sampled calls have no entry events. -EINVAL: an
 * impossible number, an unknown word, or a source that only counts; -EOPNOTSUPP: the engine cannot do this, or l is a
 * capture file.
 */
LINX_API int linx_sample(struct linx *l, const char *expr, unsigned int every);

/*
 * Limits the events of calls that each CPU records in a second to per_second, LINX_BUDGET_MIN (64) or more; 0: no
 * limit. When a CPU exceeds the limit, the most frequent calls are recorded without the memory that arguments point to.
 * If that is not enough, these calls are only counted, until the rate falls. LINX_EVENT_BUDGET reports each step. Calls
 * with priority are exempt; see linx_set_priority(). -EINVAL: a number below 64, or a source that only counts;
 * -EOPNOTSUPP: the engine cannot do this, or l is a capture file.
 */
LINX_API int linx_budget(struct linx *l, uint64_t per_second);

/*
 * Gives priority to the calls that expr selects (as for linx_select(); NULL: those of class PRIO): a share of each ring
 * is reserved for these calls, so that a flood of other calls cannot displace them, and they are exempt from
 * linx_budget(). Replaces the priority that was set before. -EINVAL: an unknown word; -EOPNOTSUPP: the engine cannot do
 * this, or l is a capture file.
 */
LINX_API int linx_set_priority(struct linx *l, const char *expr);

/*
 * Delivers only events that fulfil a condition (see linx_condition_new()); NULL: all events. The kernel evaluates the
 * part of the condition that it can decide, and counts the events that fail this part as filtered. linx_next()
 * evaluates the whole condition. A linx_writer stores every event that the kernel accepted, or only the events of
 * linx_writer_keep() (see struct linx_writer_opts). -EINVAL: the condition has a mistake, which linx_error_text()
 * describes, or the source only counts. The condition that was set before then stays.
 */
LINX_API int linx_set_condition(struct linx *l, const char *text);

/*
 * Puts a process (with linx_filter_opts.threads a thread) on the source's list, by its id in the caller's pid
 * namespace. If the process ends during the call, another process that gets the same id is not listed. -ESRCH: the
 * process does not exist, or has ended; -EOPNOTSUPP: a capture file.
 */
LINX_API int linx_add_pid(struct linx *l, int pid);

/*
 * Gets a seccomp filter for a child process that will execute a command to be recorded. If the child installs the
 * filter before linx_add_pid(), calls that the source does not record run at full speed. Selection and filters must be
 * set before. The command and its descendants end with the source. filter: array for the instructions; room: number of
 * its elements. Returns the number of instructions; 0: this source needs no filter; -E2BIG: there are more instructions
 * than elements; -EOPNOTSUPP: a capture file.
 */
struct sock_filter;
LINX_API int linx_get_command_filter(struct linx *l, struct sock_filter *filter, unsigned int room);

/*
 * Adds the processes on the list of the source "from" to the list of l. from: another live source of the same engine,
 * which l is to replace. If both sources are running and follow children, and "from" runs until this function has
 * returned, no process is missed. -EAGAIN: the processes fork faster than the list can be read; -EOPNOTSUPP: the
 * engines differ, or have no list.
 */
LINX_API int linx_inherit_pids(struct linx *l, const struct linx *from);

/* Returns how many processes on the list still live; with linx_filter_opts.follow, 0 means that all have ended. */
LINX_API int linx_listed(struct linx *l);

/*
 * Leaves out all events of a task before its first execve, such as the work of a launcher between fork and exec. tid:
 * number of the task in the initial pid namespace, as in events. -EOPNOTSUPP: a live source, and the caller is in
 * another pid namespace.
 */
LINX_API int linx_skip_until_exec(struct linx *l, uint32_t tid);

/*
 * Reads the files of container runtimes about the containers of recorded processes. root: the directory at which the
 * machine's root directory is mounted; NULL: "/". The files of each container are read once, and no daemon is asked.
 * Call it before linx_start(). A linx_writer stores the result. The function has no effect on a capture file, which has
 * the result that was stored in it. -errno: root cannot be opened.
 */
LINX_API int linx_read_containers(struct linx *l, const char *root);
/*
 * Reads what linx-pods keeps of the pods of this node: labels, workload, and names where no runtime has them. The file
 * is read again when it was replaced. It is believed if root, the user of this process or "owner" owns it and nobody
 * else may write it; owner UINT32_MAX: only the former two. Call it before the first event; a linx_writer stores the
 * result. With a capture file, it completes what the capture has. -errno: the file cannot be read yet, as -ENOENT, and
 * it is tried again.
 */
LINX_API int linx_read_pods(struct linx *l, const char *path, uint32_t owner);
/*
 * Returns why the file of linx_read_pods() could not be read again, as -errno, once for each reason; linx_error_text()
 * has the message. 0: there is nothing to report. What was read before stays in use.
 */
LINX_API int linx_get_pods_error(struct linx *l);

/*
 * Continues after damage in a capture file with the next intact block, instead of ending with -EBADMSG. Call it before
 * the first linx_next(). A section after the first one is skipped if its header is damaged. -EOPNOTSUPP: a live source.
 */
LINX_API int linx_salvage(struct linx *l);
/* Damage that linx_salvage() found in a capture file. */
struct linx_damage {
	uint64_t places; /* number of damaged blocks (skipped) and of intact blocks out of order (delivered) */
	uint64_t bytes; /* bytes of the file that were skipped */
	uint64_t first_offset; /* offset in the file of the first damage */
};
/* Gets the damage that was found so far. -ENODATA: linx_salvage() was not called. */
LINX_API int linx_get_damage(const struct linx *l, struct linx_damage *damage);

/* ---- running --------------------------------------------------------------- */

/*
 * Starts recording, once in the life of a source and not after linx_stop(). If the list of existing processes cannot be
 * made, the function fails and recording has ended, too; further calls return -EINVAL. The function has no effect on a
 * capture file.
 */
LINX_API int linx_start(struct linx *l);
/* Stops recording. linx_next() still delivers the events in the rings, then the certificate, then -ENODATA. */
LINX_API int linx_stop(struct linx *l);
/*
 * Seals a running source permanently, so that an attacker who takes over the program can only narrow, read and stop the
 * recording. Call it before the program drops its privileges. Afterwards, functions that would extend the recording
 * return -EPERM. -EOPNOTSUPP: an engine other than kmod, or an older module.
 */
LINX_API int linx_seal(struct linx *l);
/*
 * Freezes the rings of a flight recorder (LINX_RECORDER) and delivers their events; recording continues. -EOPNOTSUPP: a
 * capture file.
 */
LINX_API int linx_dump(struct linx *l);

/*
 * Returns a descriptor for poll and epoll. It is readable when linx_next() may have an event, and when no process on
 * the source's list is left. The caller must not close it. -errno on failure; -1 for a capture file, which has no such
 * descriptor.
 */
LINX_API int linx_fd(const struct linx *l);

/*
 * Delivers the next event of all CPUs in time order. Waits at most timeout_ms milliseconds (-1: no limit; 0: not at
 * all). Returns
 *   1: *ev is set, and borrowed until the next call on l other than
 *      linx_get_counts() and functions that take l as const
 *   0: no event within the time; call again. Also returned earlier, live and with
 *      a file, to yield to the caller: after many records without an event, after
 *      100 ms of reading which processes exist (see linx_pending()), and when no
 *      process on the source's list is left
 *   -ENODATA: the end of the stream
 *   -EINTR: a signal arrived; call again, unless the signal asks to stop
 *   -EBADMSG: damaged file, see linx_error_text()
 */
LINX_API int linx_next(struct linx *l, const struct linx_event **ev, int timeout_ms);
/*
 * True if linx_next() or linx_writer_step() returned 0 only to yield to its caller. More is then available, which
 * linx_fd() may not show. Call the function again before waiting.
 */
LINX_API bool linx_pending(const struct linx *l);

/* ---- counters and the certificate ------------------------------------------ */

/* Counts of records of one CPU, or of all CPUs. */
struct linx_counts {
	/*
	 * filtered: events left out by a filter in the kernel (not counted in "selected"), or by a condition in
	 * linx_next()
	 */
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
 * The account of a capture. The capture is complete if for each CPU
 *   selected = committed + lost, committed = delivered + unread + overwritten + left_out,
 * the file does not end early (cut_off is false), the engine skipped no events (skipped is 0), and no damaged part of
 * the file was passed over.
 */
struct linx_certificate {
	bool complete; /* all conditions above hold */
	bool cut_off; /* the capture file ends without a certificate */
	uint64_t events; /* system call events that linx_next() delivered */
	struct linx_counts total;
	unsigned int ncpus;
	const struct linx_counts *cpus; /* by CPU number */
	unsigned int ncalls; /* number of elements of calls; 0: counts by call are not known */
	const struct linx_call_counts *calls;
	uint64_t start_ns, stop_ns; /* begin and end of the recording, wall clock; 0: not known */
	uint64_t throttled, throttled_ns; /* live source with LINX_THROTTLE: number and total time of waits of tasks */
	uint64_t sampled; /* events that sampling left out, before they were selected */
	const uint64_t *cpus_sampled; /* [ncpus] sampled, by CPU; NULL: all 0 */
	const uint64_t *calls_sampled; /* [ncalls] sampled, by call; NULL: all 0 */
	uint64_t skipped; /* upper bound of the events that the engine skipped, not part of the sums; 0 if complete */
	const uint64_t *cpus_skipped; /* [ncpus] skipped, by CPU; NULL: all 0 */
	uint64_t left_out; /* committed records that a filter kept out of the file: LINX_WRITER_KEPT */
	const uint64_t *cpus_left_out; /* [ncpus] left_out, by CPU; NULL: all 0 */
	/* live source with linx_follow_http(): unfinished headers that the module dropped for lack of room */
	uint64_t http_dropped;
	/* number of LINX_EVENT_TAMPER with LINX_TAMPER_MISSED or LINX_TAMPER_ESCAPED; above 0: not complete */
	uint64_t tampers;
	uint64_t probes_missed; /* number of probes that may have missed hits: linx/probe.h; above 0: not complete */
	/*
	 * a traced task had an io_uring, whose operations the engine (ptrace) does not record although
	 * linx_live_opts.io_uring asked for them; true: not complete
	 */
	bool uring_missed;
};
/*
 * Borrows the certificate, valid until linx_close(). A file has the certificate after linx_next() has returned
 * -ENODATA, a live source after linx_stop(). Records that were not read before this call count as unread, and
 * linx_next() then delivers only the certificate. -EBUSY: still recording.
 */
LINX_API int linx_get_certificate(struct linx *l, const struct linx_certificate **cert);

/*
 * Gets the sums over all CPUs so far, to watch for losses. While recording, the equations of struct linx_certificate
 * need not hold for them. 0 or -errno.
 */
LINX_API int linx_get_counts(struct linx *l, struct linx_counts *counts);

/*
 * Returns how often it was found so far that calls do not reach the recording. This is the number of LINX_EVENT_TAMPER
 * events whose member "what" is LINX_TAMPER_MISSED or LINX_TAMPER_ESCAPED. They are also counted if a writer reads the
 * source.
 */
LINX_API uint64_t linx_get_tampers(const struct linx *l);

/*
 * Returns the name of a cause of lost records (enum linx_lost): "full", "nested", "too-big", "no-ring", "throttle-cap"
 * or "budget". NULL: an unknown cause.
 */
LINX_API const char *linx_lost_name(unsigned int cause);

/* ---- events ---------------------------------------------------------------- */

enum linx_event_kind {
	LINX_EVENT_SYSCALL = 1,
	LINX_EVENT_TASK = 2, /* facts about a task, delivered before the task's first event */
	LINX_EVENT_FORK = 3,
	LINX_EVENT_EXEC = 4,
	LINX_EVENT_EXIT = 5, /* a task ended */
	LINX_EVENT_GAP = 6, /* events were lost at this place of the stream */
	LINX_EVENT_CERTIFICATE = 7,
	LINX_EVENT_SIGNAL = 8, /* a signal that the task acts on now, or that it ignores */
	LINX_EVENT_BUDGET = 9, /* from now on, this CPU records more or less of a call */
	LINX_EVENT_HTTP = 10, /* a request of HTTP and its response: linx/http.h */
	LINX_EVENT_TAMPER = 11, /* somebody has interfered with the recording: linx_event_get_tamper() */
	LINX_EVENT_PROBE = 12, /* a probe on the kernel was hit: linx/probe.h */
	LINX_EVENT_REFUSED = 13, /* a rule of a policy held: linx/policy.h */
};

/* Flags that linx_event_get_flags() returns. */
#define LINX_EVENT_LATE_ORDER 0x01 /* delivered after events with a later time */
#define LINX_EVENT_RACED 0x02 /* an argument's bytes differ between entry and return */
#define LINX_EVENT_STALE 0x04 /* context records were lost: task and process may be out of date */
/*
 * The call has no result: it had not returned when its task or the capture ended, the record of its return was lost, or
 * the engine had no room to keep the call until its return. With LINX_EVENT_IO_URING: the result of the operation was
 * not recorded.
 */
#define LINX_EVENT_UNFINISHED 0x08
#define LINX_EVENT_IO_URING 0x20 /* an operation of io_uring, shown as the system call it corresponds to */
#define LINX_EVENT_SCALARS 0x40 /* the budget left out the memory that arguments point to */
/*
 * The engine ptrace hid a flag of the call from the kernel, so that a child is traced: CLONE_UNTRACED of
 * clone(2) and clone3(2). The event has the program's own arguments.
 */
#define LINX_EVENT_CHANGED 0x80
#define LINX_EVENT_CUT 0x10 /* with LINX_EVENT_UNFINISHED: the capture ended, not the task */

/*
 * Facts about an event of any kind. CPU, number, pid and tid are those of the record from which the event was made.
 * They are 0 if the event has no record, such as the certificate. Ids are of the initial pid namespace.
 */
LINX_API enum linx_event_kind linx_event_get_kind(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_flags(const struct linx_event *ev);
LINX_API uint64_t linx_event_get_time_ns(const struct linx_event *ev); /* wall clock */
/* Returns the time on the clock that linx_stream_info.clock_name names. */
LINX_API uint64_t linx_event_get_stream_time_ns(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_cpu(const struct linx_event *ev);
LINX_API uint64_t linx_event_get_seq(const struct linx_event *ev); /* number of the record on its CPU */
LINX_API uint32_t linx_event_get_pid(const struct linx_event *ev);
LINX_API uint32_t linx_event_get_tid(const struct linx_event *ev);
/* Returns the name of the event's thread, borrowed from the event. NULL: not known. */
LINX_API const char *linx_event_get_comm(const struct linx_event *ev);
/*
 * Facts about a system call. The name is "openat", or "syscall_NNN" for a number outside the table; the ABI is an enum
 * linx_abi. A BUDGET event also has name, number and ABI of a call. Other kinds of events have NULL, -1 and 0.
 */
LINX_API const char *linx_event_get_name(const struct linx_event *ev);
LINX_API int linx_event_get_nr(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_abi(const struct linx_event *ev);
LINX_API bool linx_event_is_entry(const struct linx_event *ev);
LINX_API unsigned int linx_event_get_nargs(const struct linx_event *ev); /* 0: another kind of event */
/*
 * Gets argument i, counted from 0, as the program passed it. -EINVAL: the call has no such argument; -ENODATA: not
 * known.
 */
LINX_API int linx_event_get_arg(const struct linx_event *ev, unsigned int i, uint64_t *value);
/* Gets the result of a call; an error is negative. -ENODATA: an entry, LINX_EVENT_UNFINISHED, or another kind of event. */
LINX_API int linx_event_get_ret(const struct linx_event *ev, int64_t *ret);
/*
 * Gets the CPU time that the task used in the call, in ns; needs linx_live_opts.cpu_time. -ENODATA: not known, or
 * another kind of event.
 */
LINX_API int linx_event_get_cpu_ns(const struct linx_event *ev, uint64_t *ns);
/* Gets the thread id of the new task of a FORK event. -ENODATA: another kind of event. */
LINX_API int linx_event_get_child(const struct linx_event *ev, uint32_t *tid);
/* Returns the number of a SIGNAL event's signal. -ENODATA: another kind of event. */
LINX_API int linx_event_get_signal(const struct linx_event *ev);

/* Level of detail at which a call is recorded on a CPU. */
enum linx_recorded {
	LINX_RECORDED_ALL = 0,
	LINX_RECORDED_SCALARS = 1, /* without the memory that arguments point to: LINX_EVENT_SCALARS */
	LINX_RECORDED_COUNTS = 2, /* nothing: the events count as lost, with the cause "budget" */
};
/* Gets the numbers of lost records that a GAP event reports, by enum linx_lost. -ENODATA: another kind of event. */
LINX_API int linx_event_get_lost(const struct linx_event *ev, uint64_t lost[LINX_LOST_MAX]);
/* Gets what a TAMPER event reports. -ENODATA: another kind of event. */
LINX_API int linx_event_get_tamper(const struct linx_event *ev, struct linx_tamper *tamper);
/* Returns the name of a value of linx_tamper.what, such as "missed". NULL: an unknown value. */
LINX_API const char *linx_tamper_name(unsigned int what);
/*
 * Gets the level at which a BUDGET event's call is recorded before the event (*from) and after it (*to). -ENODATA:
 * another kind of event.
 */
LINX_API int linx_event_get_budget(const struct linx_event *ev, enum linx_recorded *from, enum linx_recorded *to);
/*
 * Gets the time from the call's entry to its return, in ns; needs linx_live_opts.entry_time. -ENODATA: not known, or
 * another kind of event.
 */
LINX_API int linx_event_get_duration_ns(const struct linx_event *ev, uint64_t *ns);

/* Captured value: the memory that a pointer argument pointed to. */
struct linx_value {
	const void *data; /* borrowed from the event */
	uint32_t size; /* bytes at data */
	uint32_t orig; /* length of the value in the task's memory, before a limit cut it */
	uint8_t kind; /* enum linx_val_kind */
	uint8_t state; /* enum linx_state */
};
/*
 * Gets the captured value of argument arg, counted from 0: the value that the call wrote, or else the value that the
 * call read. -ENODATA: no value was captured for this argument.
 */
LINX_API int linx_event_get_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value);
/*
 * Gets the second value of an argument that changed during the call (LINX_EVENT_RACED). It is the value that the kernel
 * used, if that is known (exec's file name, the peer of a connect), else the bytes at return. -ENODATA: no change was
 * seen.
 */
LINX_API int linx_event_get_raced_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value);

/* Descriptor of a call, as it was in the task's own descriptor table. Recorded with linx_live_opts.fds. */
struct linx_descriptor {
	int32_t fd; /* LINX_FD_CWD: the working directory */
	uint8_t type; /* enum linx_fd_type */
	uint8_t path_state; /* enum linx_state */
	uint16_t flags; /* LINX_FD_CLOEXEC ... */
	uint8_t field; /* origin of the number, an enum linx_field: an argument, the result, captured memory */
	bool entry; /* describes the descriptor at entry, not at return */
	bool has_sock;
	uint32_t pid; /* process of a pidfd, by its number in the initial namespace */
	uint64_t dev, ino, rdev;
	const char *path; /* path and info are borrowed from the event and have no NUL at their end */
	const char *info; /* UNIX socket: its own sun_path; eventfd, signalfd: lines of /proc/PID/fdinfo */
	uint32_t path_len, info_len;
	struct linx_sock sock; /* if has_sock */
};
/*
 * Gets the call's descriptor i, counted from 0. The order has no meaning, and several descriptors may have the same
 * number. -ENODATA: i is past the last descriptor, or another kind of event.
 */
LINX_API int linx_event_get_fd(const struct linx_event *ev, unsigned int i, struct linx_descriptor *d);

/* Files by which linx_event_uses() matches calls. */
struct linx_uses {
	const char *const *paths; /* absolute paths, as programs and /proc write them */
	unsigned int npaths;
	const int32_t *fds; /* numbers of descriptors; if the first is LINX_OTHER_FDS: the numbers that do not match */
	unsigned int nfds;
};
#define LINX_OTHER_FDS (-1) /* first number of a list: all descriptors except the numbers that follow are meant */
/*
 * True if a call has one of the files among its arguments. A descriptor matches a path
 * only with LINX_FDS_PATHS.
 */
LINX_API bool linx_event_uses(const struct linx_event *ev, const struct linx_uses *what);

/* ---- the table -------------------------------------------------------------- */

/* System call in a table; strings are borrowed from the table. */
struct linx_call_info {
	const char *name; /* "openat" */
	const char *row; /* id of the call's row in the table */
	const char *classes; /* "FILE|DESC|ENTRY" */
	int32_t nr;
	uint32_t abi;
	unsigned int nargs;
	struct {
		const char *name, *type, *capture;
	} args[LINX_NARGS];
};
/* Gets call i of the table, counted from 0 in the order of ABI and number. -ENOENT: i is past the last call. */
LINX_API int linx_table_get_call(const struct linx_table *t, unsigned int i, struct linx_call_info *info);
/*
 * Makes the table that this library was built with, for use without a stream. The caller ends *out with
 * linx_table_free().
 */
LINX_API int linx_table_new_builtin(struct linx_table **out);
LINX_API void linx_table_free(struct linx_table *t);
/* Checks an expression of linx_select() against a table. 0, or -EINVAL with the reason in *err. */
LINX_API int linx_table_check(const struct linx_table *t, const char *expr, struct linx_error *err);
LINX_API const char *linx_abi_name(unsigned int abi); /* "x86_64", "i386", "x32", "arm64", "arm"; "unknown" */

/* ---- rendering --------------------------------------------------------------- */

enum linx_format {
	LINX_FORMAT_TEXT = 0,
	LINX_FORMAT_STRACE = 1,
	LINX_FORMAT_JSON = 2,
	LINX_FORMAT_LINE = 3, /* a line for each system call, made by a template of fields */
};

/*
 * Form of a format's text: how it quotes and escapes the strings of a traced program. A search in the text, for secrets
 * for example, depends on this form. Later versions may add values: a caller must not search text of an unknown form as
 * if it had a known form.
 */
enum linx_text_form {
	LINX_FORM_UNKNOWN = 0, /* the library is older than this list */
	LINX_FORM_QUOTED = 1, /* in double quotes, escaped as in C; other text is between the strings */
	LINX_FORM_JSON = 2, /* strings of JSON; between them is no text, only punctuation and numbers */
	LINX_FORM_PLAIN = 3, /* with or without quotes, escaped as in C or not, depending on a template */
};

/* Description of a format; the strings are constant. */
struct linx_format_info {
	const char *name; /* "json" */
	const char *text; /* one line for people */
	unsigned int needs; /* recording options that the format can show: LINX_NEEDS_SIGNALS, LINX_NEEDS_URING */
	bool files; /* the format can list all open descriptors of a process: linx_print_opts.files, or %linx.fds */
	bool terminal; /* the format is for people at a terminal, and heeds linx_print_opts.width */
	unsigned char form; /* enum linx_text_form */
};
/* Describes format i, an enum linx_format. -ENOENT: i is past the last format. */
LINX_API int linx_get_format(unsigned int i, struct linx_format_info *info);

/* Bits of linx_strace_opts.hide_status: calls that are not shown. */
#define LINX_STRACE_SUCCESSFUL 0x01
#define LINX_STRACE_FAILED 0x02
#define LINX_STRACE_UNFINISHED 0x04
#define LINX_STRACE_UNAVAILABLE 0x08
#define LINX_STRACE_DETACHED 0x10

/* Bits of linx_strace_opts.hide: lines that are not shown. */
#define LINX_STRACE_EXITED 0x01 /* +++ exited with 0 +++ */
#define LINX_STRACE_SUPERSEDED 0x02 /* +++ superseded by execve in pid 12 +++ */
#define LINX_STRACE_CALLS 0x04 /* all lines, for callers that only need linx_printer_shows() */
#define LINX_STRACE_MODES 0x08 /* [ Process PID=12 runs in 32 bit mode. ] */

/* Bits of linx_strace_opts.decode_pids. */
#define LINX_STRACE_PID_COMM 0x01
#define LINX_STRACE_PID_NS 0x02
#define LINX_STRACE_NEW_NS 0x04 /* --namespace=new: after the result, the namespaces that a call entered */

/* Form of the thread id at the start of a line. */
enum linx_strace_tids {
	LINX_STRACE_TIDS_COLUMN = 0, /* "1234  " if linx_print_opts.tids */
	LINX_STRACE_TIDS_SHARED = 1, /* "[pid  1234] " while there is more than one task */
};
enum linx_strace_names { LINX_STRACE_NAMES = 0, LINX_STRACE_NUMBERS = 1, LINX_STRACE_BOTH = 2 };
enum linx_strace_hex {
	LINX_STRACE_HEX_NONE = 0,
	LINX_STRACE_HEX_STRINGS = 1, /* in hexadecimal: strings with a byte that is not printable */
	LINX_STRACE_HEX_ALL = 2,
	LINX_STRACE_HEX_CHARS = 3, /* in hexadecimal (\x) instead of octal: each byte that is not printable */
};

/* Options of LINX_FORMAT_STRACE, with the options of strace(1) for each. A member that is zero is strace's default. */
struct linx_strace_opts {
	size_t size; /* sizeof(struct linx_strace_opts) */
	const struct linx_table *table; /* table of the stream, for the sets of calls below; freed by the caller */
	enum linx_strace_tids tids;
	unsigned int tasks; /* LINX_STRACE_TIDS_SHARED: number of tasks when the trace begins */
	bool separate; /* -ff: lines of different tasks go to different files */
	bool numbers; /* -n: number of the call */
	bool arg_names; /* -N: names of arguments */
	bool pointers; /* -i: instruction pointer, "????" where it is not recorded (linx_live_opts.pointers) */
	unsigned int column; /* -a: 1 + column of results; 0: 41 */
	unsigned int strings; /* -s: 1 + limit of the bytes of a string; 0: as linx_print_opts says */
	unsigned int time_digits, duration_digits; /* 1 + digits after the point; 0: as linx_print_opts says */
	unsigned int relative_digits; /* -r: 1 + digits; 0: no relative times */
	enum linx_strace_names names; /* -X */
	enum linx_strace_hex hex; /* -x */
	unsigned int decode_pids; /* -Y */
	unsigned int hide, hide_status;
	uint64_t hide_signals; /* bit n - 1: signal n is not shown */
	/* Sets of calls, as expressions for linx_select(). */
	/* calls with abbreviated structures; NULL: all calls, or with linx_print_opts.verbose none */
	const char *abbrev;
	const char *verbose; /* calls with pointers followed; NULL: all */
	const char *raw; /* calls with arguments as bare numbers; NULL: no calls */
	/* Sets of descriptors: "0,3", "!1", "all"; NULL: no descriptors. */
	const char *dump_read, *dump_write; /* descriptors whose data, read or written, is shown as a hex dump */
	const struct linx_uses *uses; /* -P, fd=: only calls that use one of these files; NULL: all calls */
};

/* Options of LINX_FORMAT_LINE. A member that is zero means its default. */
struct linx_line_opts {
	size_t size; /* sizeof(struct linx_line_opts) */
	/* "%linx.time : %linx.type[value] ...", %% for a percent sign; NULL: LINX_LINE_TEMPLATE */
	const char *template_text;
	size_t max_string; /* 1 + limit of the bytes of a string or buffer; 0: as linx_print_opts says */
	/* 1 + limit of the bytes of a line (a longer line is cut to end in "..."), at least 3; 0: no limit */
	size_t max_text;
	bool no_names; /* show users and groups only by number, as for capture files of another machine */
};
#define LINX_LINE_TEMPLATE                                                                         \
	"%linx.time : %linx.dir %linx.type[value] %linx.args %linx.comm %linx.fullpath "           \
	"%linx.cmdline %linx.fds"
/* Checks a template of linx_line_opts. 0, or -EINVAL with the place and the reason in *err. */
LINX_API int linx_template_check(const char *template_text, struct linx_error *err);

/* Description of a field for templates and conditions; the strings are constant. */
struct linx_field_info {
	const char *name; /* "linx.type" */
	const char *argument; /* "", "[key|value]", "[N]", "[NAME]" */
	const char *type; /* "number", "text", "number and text", "list", "time" */
	const char *example; /* "(3(close))" */
	const char *text; /* meaning, as one line for people */
	bool filters; /* the field can be used in a condition */
};
/* Describes field i, counted from 0. -ENOENT: i is past the last field. */
LINX_API int linx_get_field(unsigned int i, struct linx_field_info *info);

/* Options of linx_printer_new(); a member that is zero means its default. */
struct linx_print_opts {
	size_t size; /* sizeof(struct linx_print_opts) */
	bool colour;
	bool verbose; /* -v: whole structures, environment */
	bool durations; /* -T */
	bool tids; /* strace: print the thread id at the start of the line */
	int time_mode; /* strace: 0 none, 1 -t, 2 -tt, 3 -ttt; text: 0 is the local time */
	unsigned int string_limit; /* -s; 0: the format's default (strace 32, else all captured bytes) */
	unsigned int width; /* columns of the terminal, 0: no limit; text only */
	unsigned int fds; /* LINX_SHOW_FD_*: details shown of descriptors */
	const struct linx_strace_opts *strace; /* NULL: all zero. linx_printer_new() copies it with its strings */
	const struct linx_line_opts *line; /* NULL: all zero. linx_printer_new() copies it with its template */
	bool files; /* JSON: all open descriptors of the process (linx_live_opts.files), in each system call */
	unsigned int cmdline_limit; /* JSON: limit of the bytes of cmdline in a line, after escaping; 0: 512 */
	/* JSON: limit of the bytes of the list of files in a line, after escaping; 0: 65,536 */
	unsigned int files_limit;
};
/* Bits of linx_print_opts.fds. */
#define LINX_SHOW_FD_PATH 0x1u
#define LINX_SHOW_FD_SOCKET 0x2u /* protocol and addresses */
#define LINX_SHOW_FD_DEV 0x4u /* number of the device */
#define LINX_SHOW_FD_PIDFD 0x8u /* process of a pidfd */
#define LINX_SHOW_FD_EVENTFD 0x10u /* counter of an eventfd */
#define LINX_SHOW_FD_SIGNALFD 0x20u /* signals of a signalfd */
#define LINX_SHOW_FD_ALL 0x3fu

/*
 * Makes a printer; the caller ends *out with linx_printer_free(). opts may be NULL. -EINVAL: an unknown format, or
 * options without their size; -E2BIG: options of a newer version of the library.
 */
LINX_API int linx_printer_new(enum linx_format format, const struct linx_print_opts *opts, struct linx_printer **out);
LINX_API void linx_printer_free(struct linx_printer *p);
/*
 * Renders one event, with its newline. *text is borrowed until the next call on p; *len is 0 for events that the format
 * does not show. No content of an event makes this function fail; -ENOMEM is its only error.
 */
LINX_API int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len);
/*
 * Renders a line that LINX_FORMAT_STRACE holds back: with entry events (linx_select_entries()) the line of a call that
 * has begun waits for its return, or for another task's line. The caller repeats the call until it returns 0. end:
 * false when the source is quiet, true when the source has ended. 1: *text has a line of task *tid, borrowed until the
 * next call on p; 0: no more lines; -ENOMEM.
 */
LINX_API int linx_print_held(struct linx_printer *p, bool end, uint32_t *tid, const char **text, size_t *len);
/* True if the options of LINX_FORMAT_STRACE select this call. Call it after linx_print() of the event. */
LINX_API bool linx_printer_shows(const struct linx_printer *p, const struct linx_event *ev);

/* ---- conditions ---------------------------------------------------------------- */

/*
 * Parses a condition over fields, in Falco's syntax: "linx.type in (open, openat) and not linx.user = root". -EINVAL:
 * *err gives the column and shows the place. The caller ends *out with linx_condition_free().
 */
LINX_API int linx_condition_new(const char *text, struct linx_condition **out, struct linx_error *err);
LINX_API void linx_condition_free(struct linx_condition *c);
/* True if the event fulfils the condition. A test of a field that the event does not have is false. */
LINX_API bool linx_condition_match(struct linx_condition *c, const struct linx_event *ev);
/*
 * Bits of recording options, as linx_condition_get_needs() returns them. Without these options some fields of the
 * condition are unknown.
 */
#define LINX_NEEDS_ENTRY_TIME 0x1u /* linx_live_opts.entry_time */
#define LINX_NEEDS_FDS 0x2u /* linx_live_opts.fds */
#define LINX_NEEDS_FD_DETAILS 0x40u /* linx_live_opts.fds, with LINX_FDS_DETAILS */
#define LINX_NEEDS_FILES 0x4u /* the descriptors of processes */
#define LINX_NEEDS_ENV 0x80u /* linx_live_opts.envp */
#define LINX_NEEDS_CPU_TIME 0x100u /* linx_live_opts.cpu_time */
/* The condition needs the return of a call, and cannot be decided at the entry (linx_select_entries()). */
#define LINX_NEEDS_RETURN 0x20u
/* Bits of recording options that only formats need, see linx_format_info.needs. */
#define LINX_NEEDS_SIGNALS 0x8u /* linx_live_opts.signals */
#define LINX_NEEDS_URING 0x10u /* linx_live_opts.io_uring */
/* Returns the recording options that a condition needs, as bits LINX_NEEDS_*. */
LINX_API unsigned int linx_condition_get_needs(const struct linx_condition *c);

/*
 * Escapes text for a terminal or a line of a log, in the same way as printed events. Control characters and bytes that
 * are not UTF-8 become C escapes; quotes and backslashes stay. Writes at most size bytes to the buffer "to", the last
 * one a NUL, and nothing if size is 0. Returns the length without the NUL. No byte becomes more than LINX_ESCAPE_MAX
 * bytes.
 */
#define LINX_ESCAPE_MAX 4u /* an octal escape: \ooo */
LINX_API size_t linx_escape(char *to, size_t size, const char *text);

/* ---- recording ---------------------------------------------------------------- */

/* The reader of a source that a linx_writer records. */
enum linx_writer_beside {
	LINX_WRITER_READS = 0, /* the writer itself reads, in linx_writer_step() */
	LINX_WRITER_ALL = 1, /* linx_next() reads, and everything that it reads is written */
	LINX_WRITER_KEPT = 2, /* linx_next() reads, and only events given to linx_writer_keep() are written */
};

struct iovec; /* <sys/uio.h> defines it */
struct linx_writer_opts {
	size_t size; /* sizeof(struct linx_writer_opts) */
	int compress; /* compression level of zstd; 0: no compression */
	enum linx_writer_beside beside;
	/*
	 * Takes the bytes of the file in place of fd, which is then not used: count pieces, in order. 0 or -errno. It is
	 * called by the functions of the writer and by linx_next(), and must not call them. NULL: they are written to fd.
	 */
	int (*write)(void *data, const struct iovec *pieces, int count);
	void *data; /* first argument of write */
};
/*
 * Begins to write the stream of l to fd as a capture file. Records are written unchanged, as in the rings. opts and err
 * may be NULL. The caller must not close fd and l before linx_writer_free(), which ends *out. -EINVAL: an unknown value
 * of opts->beside, or linx_next() already has such a writer; -errno of write(2).
 */
LINX_API int linx_writer_new(struct linx *l, int fd, const struct linx_writer_opts *opts, struct linx_writer **out,
			     struct linx_error *err);
/*
 * Moves records from the rings to the file; waits like linx_next(). Returns the number of system calls moved, counted
 * as events are; 0 after the time (see linx_pending()); -ENODATA at the end; -errno of write(2) (the file is a valid
 * capture up to the failure). Use either this function or linx_next() on l.
 *
 * If linx_next() is the reader (linx_writer_opts.beside), this function writes the records gathered so far and returns
 * 0. linx_next() also writes the gathered records, once per second of the stream and after each MiB, and returns the
 * error if that fails.
 */
LINX_API int linx_writer_step(struct linx_writer *w, int timeout_ms);
/*
 * Writes the event that linx_next() returned last to the file of a writer with LINX_WRITER_KEPT. Calls and signals that
 * are not written are left out of the file, and the file states that they were not lost. Records of tasks, descriptors
 * and losses are written in any case. 0 or -errno.
 */
LINX_API int linx_writer_keep(struct linx_writer *w, const struct linx_event *ev);
/*
 * Writes the certificate, which ends the section. 0: it is written, perhaps by an earlier call; -EBUSY: still
 * recording; -errno of write(2).
 */
LINX_API int linx_writer_finish(struct linx_writer *w);
/*
 * Ends a writer, before its source is closed. Records that wait to be written are dropped, and without
 * linx_writer_finish() the file has no certificate.
 */
LINX_API void linx_writer_free(struct linx_writer *w);

#ifdef __cplusplus
}
#endif

#endif
