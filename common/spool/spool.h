/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writing end of a spool: a folder of files (segments), whose size together has a limit. A block that spool_put()
 * has taken is on the disk. Rows can use seven eighths of the limit. The rest is kept for accounts, so that losses can
 * be written when there is no more room for rows.
 *
 * One process at a time writes a spool. Meanwhile linx-ship can read it and remove old segments.
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
/* True if there is room for a block of rows that has so many bytes after its head. */
bool spool_has_room(struct spool *s, uint64_t bytes);
/*
 * Appends a block to a segment. Sets in h the number of the block, the id of the spool and the checksums. cpus:
 * h->ncpus entries. 0; -ENOSPC: there is no room, and nothing was written; or another -errno, after which the spool
 * must not be used.
 */
int spool_put(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);

/* A session that began, and whose account (losses and certificate) the spool does not have. */
struct spool_session {
	uint64_t session;
	char machine[SPOOL_MACHINE_MAX + 1];
};
/* True if the previous writer ended without an account; *session is then the session that has none. */
bool spool_get_unended(const struct spool *s, struct spool_session *session);
/*
 * Writes the block that has the account of the session, or that says that there is no account. The spool gets exactly
 * one such block, however often this is tried, and whenever the process dies. Returns as spool_put(); after -ENOSPC the
 * session is still without an account.
 */
int spool_put_account(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);
/* Notes on disk that the session has begun, before its first block is written. 0 or -errno. */
int spool_begin_session(struct spool *s, const struct spool_session *session);

#endif
