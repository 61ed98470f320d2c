/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writing end of a spool: files (segments) of a folder, whose size together has a limit. A block that spool_put()
 * has taken is on the disk. Of the limit of the folder, rows can use seven eighths, and alerts nearly a sixteenth. The
 * rest is kept for accounts, so that losses can be written when there is no more room for rows or alerts.
 *
 * One process at a time writes a spool, and a spool has one user in that process, while the other spool of the folder can
 * have another. Meanwhile linx-ship can read it and remove old segments.
 */
#ifndef LINX_SPOOL_H
#define LINX_SPOOL_H

#include "base/message.h"
#include "spool/spool_block.h"

/* Least size of the spools of a folder. */
#define SPOOL_SIZE_MIN (1u << 20)

struct spool;

/*
 * Opens a spool, and makes the folder if it is not there. size: bytes of all segments of both spools of the folder. NULL:
 * why has the reason.
 */
struct spool *spool_open(const char *path, enum spool_kind kind, uint64_t size, struct problem *why);
void spool_close(struct spool *s);
/* True if there is room for a block without SPOOL_ACCOUNT that has so many bytes after its head. */
bool spool_has_room(struct spool *s, uint64_t bytes);
/*
 * Appends a block to a segment. Sets in h the number of the block, the id of the spool and the checksums. cpus:
 * h->ncpus entries. 0; -ENOSPC: there is no room, and nothing was written; or another -errno, after which the spool
 * must not be used.
 */
int spool_put(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);
/*
 * Does the same in two steps, so that several blocks need only one wait for the disk. The blocks may be lost in a power
 * cut until spool_sync() has returned 0. Results are those of spool_put().
 */
int spool_append(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body);
int spool_sync(struct spool *s);

/* A session that began, and whose account (losses and certificate) the spool of rows does not have. */
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
