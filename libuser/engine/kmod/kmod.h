/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module as a source: state shared by engine/kmod/kmod.c (running) and engine/kmod/open.c (opening). */
#ifndef LINX_ENGINE_KMOD_H
#define LINX_ENGINE_KMOD_H

#include "engine/engine.h"
#include "engine/ring.h"

/* What becomes of POLLPRI, which stays up once no listed process is left. */
enum linx_listed_state {
	LINX_LISTED_SOME, /* poll for it */
	LINX_LISTED_NONE, /* seen: what the rings hold is delivered first */
	LINX_LISTED_TOLD, /* wait returned 0 once, so that the caller could ask */
};

struct linx_engine_kmod {
	struct linx_engine e;
	int fd;
	int clock_fd; /* timerfd: readable when the wall clock was set; -1: this kernel has none */
	int epoll_fd; /* for linx_fd(); -1: not asked for */
	bool recorder;
	bool snapshots; /* list processes at the start, and when some were missed */
	uint64_t lost; /* records, when it was last looked whether context was among them */
	uint64_t lost_context; /* since the last snapshot */
	struct linx_snapshot snapshot; /* where the newest is */
	int more_fd; /* readable, while that goes on; -1: it does not */
	bool started, stopped;
	enum linx_listed_state listed;
	struct linx_info info;
	struct linx_setup setup;
	struct linx_header header;
	struct linx_clock clock;
	uint64_t start_ns, stop_ns;
	unsigned int nlanes, nrings;
	struct linx_ring_reader *rings; /* [nlanes], by CPU */
	uint64_t cpus_checked_ms; /* when new CPUs were last looked for */
	bool unmapped; /* a ring is there that could not be mapped when last tried */
	uint64_t *missed; /* [nlanes]: unread records of halves that a dump replaced */
	struct linx_cpu_counters *cpus;
	struct linx_call_counters *calls;
	uint64_t *sampled, *sampled_calls; /* the same of what sampling left out */
	uint64_t *unread;
};

/* Open the device and set the session up; fills all but the rings. */
int linx_kmod_setup(struct linx_engine_kmod *k, const struct linx_live_opts *opts,
		    struct linx_error *err);
/* Map the rings of CPUs that have one and are not mapped yet. */
int linx_kmod_map_rings(struct linx_engine_kmod *k, struct linx_error *err);
int linx_kmod_ask_clock(struct linx_engine_kmod *k, struct linx_clock *clock);
/* Read the relation of the clocks again. */
int linx_kmod_read_clock(struct linx_engine_kmod *k);
/* A timerfd that tells when the wall clock is set. */
int linx_kmod_watch_clock(struct linx_engine_kmod *k);
/*
 * All processes that are there, behind what e.snap has: as many as can be told in
 * that time. The others come by steps of 100 ms, between which the rings are read
 * and the caller has its turn: what a program has open can take as long as it likes.
 */
int linx_kmod_snapshot(struct linx_engine_kmod *k, unsigned int ms);
int linx_kmod_snapshot_step(struct linx_engine_kmod *k);
static inline bool linx_kmod_snapshot_goes_on(const struct linx_engine_kmod *k)
{
	return k->snapshot.cursor[0];
}
/* linx_fd() has begun to be watched. */
void linx_kmod_watch_more(struct linx_engine_kmod *k);
/* ioctl(2) that repeats EINTR; -errno. */
int linx_kmod_ioctl(int fd, unsigned long request, void *arg);

#endif
