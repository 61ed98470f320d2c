/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts and limits that all recording engines share. */
#ifndef LINX_ENGINE_LIVE_H
#define LINX_ENGINE_LIVE_H

#include "engine/engine.h"

/* Defaults of members of linx_live_opts that are 0, and the limit of the delay. */
#define LINX_LIVE_SNAP_BYTES 80
#define LINX_LIVE_SNAP_STR 4096
/* bytes that are recorded of each buffer, in engines that cannot recognise HTTP headers */
#define LINX_LIVE_SNAP_HTTP 4096
#define LINX_LIVE_DELAY_MS 100
#define LINX_LIVE_DELAY_MS_MAX 60000

/*
 * Sets the header's facts about this machine and the engine. The caller sets the table, the CPUs and the pid namespace.
 */
void linx_live_describe(struct linx_header *h, const char *engine, uint32_t clock_id);
/* Names the machine as the options say; without a name there it keeps its host name. */
void linx_live_name(struct linx_header *h, const struct linx_live_opts *o);
/* Gives the header a copy of this library's own table of calls. 0 or -ENOMEM. */
int linx_live_take_table(struct linx_header *h, struct linx_error *err);
/*
 * Sets *c: how the stream's clock, which is the monotonic clock, relates to the other clocks. now: present time of the
 * stream's clock.
 */
void linx_live_relate_clocks(struct linx_clock *c, uint64_t now);
/* Is the running kernel older than version major.minor? Returns false if the kernel's version is not known. */
bool linx_live_kernel_before(unsigned int major, unsigned int minor);
/*
 * Does the running kernel have a separate entry of move_pages() for 32-bit programs? The answer determines how
 * linx_args_cut() cuts the arguments of that call.
 */
bool linx_live_has_compat_move_pages(void);
/* Abilities of an engine in capturing memory. */
struct linx_live_means {
	uint32_t longest; /* bytes of the longest buffer: LINX_REC_USER_MAX or LINX_PIECES_MAX */
	bool headers; /* the engine can recognise HTTP headers */
};
/*
 * Checks and sets how many bytes of buffers and of strings are recorded. If more bytes of buffers are asked for than
 * this engine can record, it records as many as it can. -EINVAL: more than any engine can record.
 */
int linx_live_snap(const struct linx_live_opts *o, struct linx_live_means means, uint32_t *bytes, uint32_t *str,
		   struct linx_error *err);

#endif
