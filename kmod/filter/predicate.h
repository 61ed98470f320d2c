/* SPDX-License-Identifier: GPL-2.0-only */
/* A session's own program over the scalars of a call: see filter/predicate.c. */
#ifndef LINX_KMOD_PREDICATE_H
#define LINX_KMOD_PREDICATE_H

#include "capture/encode.h"
#include "core/session.h"

struct bpf_prog;

/* Copies the program from user space, checks and compiles it: *out. Process context, no lock held. */
int linx_predicate_new(u64 user, u32 len, struct bpf_prog **out);
/* No probe may run it any more. */
void linx_predicate_free(struct bpf_prog *prog);

bool linx_predicate_slow(const struct linx_session *s, const struct linx_call *c, bool entering, u64 entry);

/* May this call be recorded? entry: when it began, 0: not known. Probe context. */
static __always_inline bool linx_predicate(const struct linx_session *s, const struct linx_call *c, bool entering,
					   u64 entry)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_PREDICATE)) || linx_predicate_slow(s, c, entering, entry);
}

#endif
