/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine that traces commands and processes by ptrace(2): without module, without privileges. All functions of the
 * engine must be called by the thread that opened it, which is the tracer for the kernel. Between two calls of the
 * engine, each tracee runs until it stops, and stays stopped until the next call handles its stop.
 *
 * 	open.c               opening
 * 	ptrace.c             settings, account, the table of operations
 * 	attach.c             tasks become tracees, and are detached
 * 	tracee.c             the table of tracees
 * 	tracer.c, calls.c    stops of tracees and what follows from them
 * 	children.c, going.c  new tasks; tasks that are resumed, and that end
 * 	emit.c, emit_task.c  stops become records, by the walker
 * 	outside.c            ancestors and leaders that are not traced
 * 	filter.c             the seccomp filter of a command
 * 	untraced.c           traces children that a program creates with CLONE_UNTRACED
 * 	escaped.c            children that leave the trace all the same
 * 	overruled.c          programs whose own seccomp filter has a listener
 * 	restart.c            calls that a stop would end with EINTR
 * 	registers.c          a call's first argument, and calls that are refused
 * 	pending.c            stops that were collected and wait to be handled
 * 	spin.c               short waits without sleep
 * 	group.c, lane.c      the account; records that wait for the reader
 */
#ifndef LINX_ENGINE_PTRACE_H
#define LINX_ENGINE_PTRACE_H

#include <sys/types.h>

#include "engine/aside.h"
#include "engine/engine.h"
#include "engine/ptrace/lane.h"
#include "engine/ptrace/pending.h"
#include "engine/proc/proc.h"
#include "engine/ptrace/outside.h"
#include "engine/ptrace/spin.h"
#include "engine/ptrace/untraced.h"
#include "engine/walk/fds.h"
#include "engine/walk/walker.h"

#define LINX_TRACEE_BUCKETS 1024u

struct linx_tracee {
	struct linx_tracee *next; /* next in the same bucket */
	pid_t tid, tgid;
	bool stopped; /* the task is in a ptrace stop: it can be resumed */
	bool starting; /* the task was seized or asked to stop, and has not stopped yet */
	bool held; /* a new child that stopped before an event of its parent reported it, and is not resumed yet */
	uint64_t held_ns; /* time at which the member held was set */
	bool adopted; /* a new child that was resumed although no event of its parent had reported it */
	bool expected; /* a new child that an event of its parent reported, and that has not stopped yet */
	bool announced; /* the stream has a context record of the task */
	bool related; /* the processes outside the trace that the task's context record names were recorded */
	bool in_call; /* the task is in a call, at whose entry the member call was set */
	bool halted; /* the task was in a group stop, and has got no SIGCONT since */
	bool leave; /* the task is to be detached at its next stop */
	bool returns; /* the task is in a call whose return is wanted */
	/* the task has the engine's seccomp filter, by which it stops at calls; it is killed when its tracer ends */
	bool filtered;
	bool overruled; /* the task has the filter, but stops at all calls: see engine/ptrace/overruled.h */
	bool entered; /* the task has the filter, and stopped at the entry of its call before the filter ran */
	struct linx_walker_call call;
	struct linx_untraced untraced; /* registers and memory that are changed during the call */
	/* CLOCK_BOOTTIME at the entry of a call whose child an event has to report; 0: no such call */
	uint64_t watched_ns;
	uint16_t origin; /* LINX_FD_CREATED or LINX_FD_FOUND, if the call is an open; 0: another call, or not known */
	uint64_t entry_ns; /* time of the call's entry, or the task's running time at entry */
	struct linx_ctx ctx; /* values of the last context record */
	uint64_t files, fs; /* linx_who.files, .fs: numbers that this engine assigns */
	uint32_t ns[LINX_NS_NR]; /* linx_who.ns, if known */
	bool ns_known; /* ns is valid: only calls of the task itself change namespaces, and the tracer sees those */
	bool foreign; /* the task did not begin as a child of this process */
};

struct linx_ended {
	pid_t *tids;
	unsigned int n, room;
};

/* Children that ended before an event reported them. */
struct linx_unmet {
	struct linx_unmet_child {
		pid_t tid;
		pid_t ns_tid; /* the child's tid in its own pid namespace */
		pid_t tgid, parent; /* pid of the child's process, and of its parent */
		uint64_t began_ns; /* CLOCK_BOOTTIME after the child began, by at most a tick */
	} *children;
	uint32_t n, room;
};

struct linx_engine_ptrace {
	struct linx_engine e;
	pid_t thread; /* thread that opened the engine and traces */
	struct linx_rows *rows;
	struct linx_walker_opts walk;
	struct linx_walker w;
	pid_t reads; /* task whose memory the walker w reads */
	struct linx_tracee *recorded; /* task for whose call the walker w writes a record */
	struct linx_walker_fds found; /* descriptors of the call that w writes */
	bool entry_time, cpu_time, signals, resolved;
	bool watches_rings; /* tasks stop at io_uring_setup(2) even if it is not selected */
	unsigned int fds; /* LINX_FDS_* */
	struct linx_header header;
	struct linx_clock clock;
	uint64_t start_ns, stop_ns, last_ns;
	uint64_t now_ns; /* time of the stop that is being handled, and of all its records */
	bool started, stopped;
	struct linx_spin spin;
	int signal_fd; /* result of linx_fd(); -1: not asked for */
	/* select: calls to record; stops: calls at which the filters of commands stop */
	struct linx_select select, stops;
	struct linx_filter filter;
	uint16_t stop_data; /* low half of the value that commands' filters return for a stop, unlike other filters */
	struct linx_lane lane;
	struct linx_tracee *tracees[LINX_TRACEE_BUCKETS];
	unsigned int ntracees, nstarting, nheld, nfiltered;
	struct linx_pending pending;
	struct linx_outside outside;
	struct linx_aside aside;
	uint64_t scanned_ns; /* time of the last check for tasks that ended unseen */
	bool filter_made; /* linx_get_command_filter() returned a filter: a command with it may start */
	struct linx_ended dying; /* ended tasks that the tracer must wait for, before their parents can */
	/* ended leaders of processes that still have other threads: the tracer cannot wait for them yet */
	struct linx_ended leaders;
	struct linx_unmet unmet;
	uint64_t ids; /* last number given to a descriptor table or a directory structure */
	uint64_t seq;
	uint64_t unread, consumed;
	bool unreported; /* there was no memory for a report of interference: the account is not complete */
	struct linx_gap gap; /* reports the records that were lost for lack of memory since the last record */
	struct linx_cpu_counters counters;
	struct linx_call_counters *calls;
};

/* Number of io_uring_setup(2), the same in all ABIs. */
#define LINX_PTRACE_RING_SETUP 425u

static inline struct linx_engine_ptrace *linx_to_ptrace(struct linx_engine *e)
{
	return (struct linx_engine_ptrace *)e;
}

/* ---- ptrace.c */

extern const struct linx_engine_ops linx_ptrace_ops;
/* Reads again how the stream's clock relates to the other clocks. */
void linx_ptrace_relate_clocks(struct linx_engine_ptrace *p);

/* ---- tracer.c */

/* Traces the process, or the thread if the filter says so. 0, or -errno with a text. */
int linx_tracer_attach(struct linx_engine_ptrace *p, pid_t pid);
/* Takes over all tracees of another engine of the same thread. */
void linx_tracer_inherit(struct linx_engine_ptrace *p, struct linx_engine_ptrace *from);
/* Detaches a process. */
void linx_tracer_detach(struct linx_engine_ptrace *p, pid_t pid);
/* Makes all attached tracees stop once, so that their calls are seen from now on. 0, or -errno with a text. */
int linx_tracer_interrupt(struct linx_engine_ptrace *p);
/* Handles the present stops, each once, up to a limit. Returns the number of stops handled. */
unsigned int linx_tracer_step(struct linx_engine_ptrace *p);
/* Checks for tasks that ended unseen. */
void linx_tracer_scan(struct linx_engine_ptrace *p);
/*
 * Detaches all tracees. Those that cannot stop now are detached when the tracer ends; tracees with a filter are ended.
 */
void linx_tracer_release(struct linx_engine_ptrace *p);
unsigned int linx_tracer_count(const struct linx_engine_ptrace *p);

/* ---- emit.c */

uint64_t linx_emit_now(struct linx_engine_ptrace *p);
void linx_emit_enter(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* True if the return of the tracee's call is wanted. */
bool linx_emit_wants_exit(struct linx_engine_ptrace *p, const struct linx_tracee *t);
void linx_emit_exit(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* True if the tracee's call has an entry record. */
bool linx_emit_has_entry(struct linx_engine_ptrace *p, const struct linx_tracee *t);
/* Writes the entry record of a call whose return is wanted and will not be seen, unless the call has one. */
void linx_emit_unfinished(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Writes the record of a new child. f: values of the child that were read already; NULL: the function reads them. */
void linx_emit_fork(struct linx_engine_ptrace *p, struct linx_tracee *parent, struct linx_tracee *child, struct linx_proc *f);
void linx_emit_exec(struct linx_engine_ptrace *p, struct linx_tracee *t, pid_t old);
void linx_emit_task_exit(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int status, bool last);
void linx_emit_signal(struct linx_engine_ptrace *p, struct linx_tracee *t, const void *info, int signo);

#endif
