/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The descriptors of a call: arguments by their types, the rules of tables/fds.def, and numbers in captured
 * memory. They are recorded in the module's order.
 */
#ifndef LINX_ENGINE_WALK_FDS_H
#define LINX_ENGINE_WALK_FDS_H

#include "engine/walk/walker.h"

#define LINX_WALKER_FDS_MAX 64u

struct linx_walker_fd {
	int fd; /* or LINX_FD_CWD */
	int process; /* the way to find its process, unless it is the caller: LINX_WALKER_OF_* */
	int of; /* a pidfd of the caller, or a process id in the caller's namespace */
	uint8_t field; /* LINX_FIELD_* under which it is recorded */
	bool device; /* the device determines the effect of the call */
};
enum { LINX_WALKER_OF_CALLER, LINX_WALKER_OF_PIDFD, LINX_WALKER_OF_PID };

struct linx_walker_fds {
	struct linx_walker_fd fd[LINX_WALKER_FDS_MAX];
	unsigned int n;
};

/* Add the descriptors of a call whose values stand in the record from first on. */
void linx_walker_find_fds(struct linx_walker *w, const struct linx_walker_call *c, const uint8_t *first);
/*
 * Add the descriptors in memory that a member of a structure points to: fo, captured as v. in: shape of the
 * structure, whose bytes are at data.
 */
void linx_walker_scan_fds(struct linx_walker *w, const struct linx_walker_call *c, const struct linx_follow *fo,
			  const struct linx_shape *in, const uint8_t *data, struct linx_val *v);

#endif
