/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine that reads from the kernel module: state shared by kmod.c (running), open.c (opening) and snapshot.c. */
#ifndef LINX_ENGINE_KMOD_H
#define LINX_ENGINE_KMOD_H

#include "engine/engine.h"
#include "engine/ring.h"

/*
 * State of handling POLLPRI, which the module sets, and leaves set, when the list of processes to record has become
 * empty.
 */
enum linx_listed_state {
	LINX_LISTED_SOME, /* POLLPRI was not seen yet: poll for it */
	LINX_LISTED_NONE, /* POLLPRI was seen: the records in the rings are delivered first */
	LINX_LISTED_REPORTED, /* POLLPRI was reported: wait returned 0 once, so that the caller asks linx_listed() */
};

struct linx_engine_kmod {
	struct linx_engine e;
	int fd;
	int clock_fd; /* timerfd: readable when the wall clock was set; -1: this kernel has none */
	int epoll_fd; /* descriptor that linx_fd() returns; -1: it was not called yet */
	bool recorder;
	bool snapshots; /* take a snapshot of all processes at the start, and after context records were lost */
	uint64_t lost; /* number of lost records, over all CPUs, at the last check for lost context records */
	uint64_t lost_context; /* lost context records at the time of the last snapshot */
	struct linx_snapshot snapshot; /* arguments and progress of the newest snapshot */
	int more_fd; /* eventfd, readable while a snapshot is in progress; -1: no snapshot is in progress */
	bool started, stopped;
	enum linx_listed_state listed;
	struct linx_info info;
	struct linx_setup setup;
	struct linx_header header;
	struct linx_clock clock;
	uint64_t start_ns, stop_ns;
	unsigned int nlanes, nrings;
	struct linx_ring_reader *rings; /* [nlanes], by CPU */
	uint64_t cpus_checked_ms; /* time of the last check for new CPUs */
	bool unmapped; /* mapping an existing ring failed at the last attempt */
	uint64_t *missed; /* [nlanes] number of unread records in halves that a later dump replaced */
	struct linx_cpu_counters *cpus;
	struct linx_call_counters *calls;
	bool counts; /* the session only counts: LINX_SETUP_COUNT */
	uint64_t *sampled, *sampled_calls; /* events that sampling left out, by CPU and by call; NULL: no sampling */
	uint64_t *unread;
};

/* Opens the device and sets the session up; fills fd, info, setup and header. 0 or -errno. */
int linx_kmod_setup(struct linx_engine_kmod *k, const struct linx_live_opts *opts,
		    struct linx_error *err);
/* Maps the rings of CPUs that have one and are not mapped yet. */
int linx_kmod_map_rings(struct linx_engine_kmod *k, struct linx_error *err);
/* Reads the current relation of stream time to wall time into *clock. */
int linx_kmod_ask_clock(struct linx_engine_kmod *k, struct linx_clock *clock);
/* Reads the relation of stream time to wall time into k->clock, and counts the change in clock_gen. */
int linx_kmod_read_clock(struct linx_engine_kmod *k);
/* Arms clock_fd, a timerfd that becomes readable when the wall clock is set. */
int linx_kmod_watch_clock(struct linx_engine_kmod *k);
/*
 * Begins a snapshot of all processes, which is appended to e.snap, and works on it for at most "ms" milliseconds. The
 * rest follows in steps of 100 ms, between which the rings are read and control is yielded to the caller: listing open
 * files may take arbitrarily long.
 */
int linx_kmod_snapshot(struct linx_engine_kmod *k, unsigned int ms);
int linx_kmod_snapshot_step(struct linx_engine_kmod *k);
static inline bool linx_kmod_snapshot_goes_on(const struct linx_engine_kmod *k)
{
	return k->snapshot.cursor[0];
}
/* Adds more_fd to epoll_fd, if both exist. To be called when either has been made. */
void linx_kmod_watch_more(struct linx_engine_kmod *k);
/* Calls ioctl(2), again after EINTR. Returns its result or -errno. */
int linx_kmod_ioctl(int fd, unsigned long request, void *arg);

#endif
