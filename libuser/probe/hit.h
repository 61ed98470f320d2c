/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content of a PROBE record, read with the prototype that the stream has of its probe. */
#ifndef LINX_PROBE_HIT_H
#define LINX_PROBE_HIT_H

#include "probe/proto.h"
#include "record/decode.h"

struct linx_hit_event {
	const struct linx_proto *proto; /* NULL: the stream has no prototype of this number; no argument is set then */
	uint32_t number, site, context;
	bool has_entry_time;
	uint64_t entry_time; /* when the function began, on the stream's clock */
	struct linx_value values[LINX_DECODE_VALUES]; /* values of the record; [i] is set if bit i of found is */
	uint32_t found;
	struct linx_probe_arg args[LINX_PROBE_ARGS_MAX]; /* the first linx_hit_nargs() are set */
};

/*
 * Decodes a PROBE record and its pieces, which begin at rec and have len bytes. An argument that does not fit its
 * prototype gets the state LINX_UNAVAILABLE. Values point into the record, its pieces, or s. false: the record is too
 * short.
 */
bool linx_hit_decode(const struct linx_rec *rec, size_t len, struct linx_scratch *s, const struct linx_protos *protos,
		     struct linx_hit_event *hit);
/* Counts a PROBE record as delivered: in linx_proto.delivered of its probe. */
void linx_protos_count(struct linx_protos *protos, const struct linx_rec *rec);
/* Returns the number of arguments. */
static inline unsigned int linx_hit_nargs(const struct linx_hit_event *hit)
{
	return hit->proto ? hit->proto->nargs : 0;
}
/* Finds an argument by name. NULL: the probe has none. */
const struct linx_probe_arg *linx_hit_arg_named(const struct linx_hit_event *hit, const char *name, size_t len);
/*
 * Returns the length of the socket address in n bytes of the kernel's memory, which may go on behind the address. 0: it
 * is not known, as that of a unix socket's name: then bytes of an earlier, longer address may follow.
 */
size_t linx_hit_sockaddr_length(const uint8_t *data, size_t n);
/* Returns the return value; NULL: the probe is not on a function's return, or does not record it. */
const struct linx_probe_arg *linx_hit_ret(const struct linx_hit_event *hit);

#endif
