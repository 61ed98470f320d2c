/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which descriptors a call has: arguments by their types, what tables/fds.def says, and numbers in captured memory.
 * Told in the order in which the module tells them.
 */
#ifndef LINX_ENGINE_WALK_FDS_H
#define LINX_ENGINE_WALK_FDS_H

#include "engine/walk/walker.h"

#define LINX_WALKER_FDS_MAX 64u

struct linx_walker_fd {
	int fd; /* or LINX_FD_CWD */
	int process; /* how its process is known, if it is not the caller: LINX_WALKER_OF_* */
	int of; /* a pidfd of the caller's, or a process id in the caller's namespace */
	uint8_t field; /* LINX_FIELD_* under which it is told */
	bool device; /* the device decides what the call does */
};
enum { LINX_WALKER_OF_CALLER, LINX_WALKER_OF_PIDFD, LINX_WALKER_OF_PID };

struct linx_walker_fds {
	struct linx_walker_fd fd[LINX_WALKER_FDS_MAX];
	unsigned int n;
};

/* Add the descriptors of a call whose values stand in the record from first on. */
void linx_walker_find_fds(struct linx_walker *w, const struct linx_walker_call *c, const uint8_t *first);
/*
 * Add those in what a member of a structure points to: fo, captured as v. in: shape of the structure, whose bytes are at
 * data.
 */
void linx_walker_scan_fds(struct linx_walker *w, const struct linx_walker_call *c, const struct linx_follow *fo,
			  const struct linx_shape *in, const uint8_t *data, struct linx_val *v);

#endif
