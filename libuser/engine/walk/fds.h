/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The descriptors of a call: arguments by their types, the rules of tables/fds.def, and descriptor numbers in captured
 * memory. The descriptors are recorded in the same order as by the kernel module.
 */
#ifndef LINX_ENGINE_WALK_FDS_H
#define LINX_ENGINE_WALK_FDS_H

#include "engine/walk/walker.h"

struct linx_walker_fd {
	int fd; /* number of the descriptor, or LINX_FD_CWD */
	int process; /* LINX_WALKER_OF_*: whose descriptor it is; this decides what the member "of" means */
	int of; /* process that owns fd: a pidfd of the caller, or a pid in the caller's namespace */
	uint8_t field; /* LINX_FIELD_* under which it is recorded */
	bool device; /* record the device number: the device determines the effect of the call */
};
enum { LINX_WALKER_OF_CALLER, LINX_WALKER_OF_PIDFD, LINX_WALKER_OF_PID };

struct linx_walker_fds {
	struct linx_walker_fd fd[LINX_FDS_MAX];
	unsigned int n;
};

/* Adds the descriptors of a call. first: the first of the record's values that belong to the call. */
void linx_walker_find_fds(struct linx_walker *w, const struct linx_walker_call *c, const uint8_t *first);
/*
 * Adds the descriptors in the memory that a member of a structure points to. fo: the member; v: value with that memory;
 * in: shape of the structure, whose bytes are at data.
 */
void linx_walker_scan_fds(struct linx_walker *w, const struct linx_walker_call *c, const struct linx_follow *fo,
			  const struct linx_shape *in, const uint8_t *data, struct linx_val *v);

#endif
