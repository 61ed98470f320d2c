/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writing end of a spool: a folder of segments with a limit. A block that spool_put() has taken is on the disk. An
 * eighth of the limit is kept for accounts, so that losses can be written when there is no more room for rows.
 *
 * One process at a time writes a spool; linx-ship may read it and remove old segments meanwhile.
 */
#ifndef LINX_SPOOL_H
#define LINX_SPOOL_H

#include "base/message.h"
#include "spool/spool_block.h"

/* Least size of a spool. */
#define SPOOL_SIZE_MIN (1u << 20)

struct spool;

/* Opens a spool, and makes the folder if it is not there. size: bytes of all segments. NULL: why has the reason. */
struct spool *spool_open(const char *path, uint64_t size, struct problem *why);
void spool_close(struct spool *s);
/* True if there is room for rows whose block has so many bytes behind its head. */
bool spool_has_room(struct spool *s, uint64_t bytes);
/*
 * Writes a block: fills in what the spool knows of h, which gets the block's number, and appends it to a segment. cpus:
 * h->ncpus entries. 0; -ENOSPC: there is no room, and nothing was written; or -errno, after which the spool is of no use.
 */
int spool_put(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);

/* A session that began, and whose account the spool does not have. */
struct spool_session {
	uint64_t session;
	char machine[SPOOL_MACHINE_MAX + 1];
};
/* True if the writer before this one ended without an account; then *session says of which session. */
bool spool_get_unended(const struct spool *s, struct spool_session *session);
/*
 * Writes the block that has the account of the session, or says that there is none. However often it is tried, and whenever
 * the process dies: the spool has one. 0 or as spool_put(); on -ENOSPC the session stays without an account.
 */
int spool_put_account(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);
/* Notes that blocks of a session begin. 0 or -errno. */
int spool_begin_session(struct spool *s, const struct spool_session *session);

#endif
