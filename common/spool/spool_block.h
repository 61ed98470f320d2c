/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block of rows with its head, as it lies in a spool and as it travels in one message. All numbers are little endian.
 * A block is made once and never changes; spool and number name it among all blocks of a machine.
 *
 * The directory common/spool/ is a queue on disk between a recorder, which speaks to no network, and linx-ship, which
 * sends what the queue has: common/spool/spool.h writes, common/spool/spool_read.h reads.
 */
#ifndef LINX_SPOOL_BLOCK_H
#define LINX_SPOOL_BLOCK_H

#include <linx/rowset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPOOL_MACHINE_MAX 64u
#define SPOOL_BLOCK_MAGIC 0x31424c58u /* "XLB1" */
/* Most bytes of a block with its head: with the headers of a message it has less than 8 MiB. */
#define SPOOL_BLOCK_MAX ((8u << 20) - 4096)
#define SPOOL_DAY_NS (86400ull * 1000000000)
/* Most CPUs of a head. */
#define SPOOL_CPUS_MAX 8192u

/* Flags of a head. */
#define SPOOL_ACCOUNT 0x1u /* the rows are an account: what was lost, and certificates */
#define SPOOL_LOST 0x2u /* the blocks number to last were damaged on disk or are gone; there are no rows */

/* Rows of one CPU. */
struct spool_cpu {
	uint32_t cpu, rows;
	uint64_t first_seq, last_seq; /* least and greatest number of their records */
	uint32_t last_part; /* greatest part of a row of last_seq */
	uint32_t zero;
};

struct spool_head {
	uint32_t magic;
	uint32_t size; /* bytes of the head with its CPUs */
	uint32_t crc; /* CRC32C of these bytes, with 0 in this place */
	uint32_t flags; /* SPOOL_* */
	uint64_t spool; /* drawn by lot when the spool was made */
	uint64_t number; /* number of the block; the first block of a spool has 1 */
	uint64_t last; /* number, or with SPOOL_LOST the last of the lost blocks */
	uint64_t session;
	uint64_t from_ns, to_ns; /* times of the rows, ns since 1970, all of one day; rows without a time do not count */
	uint32_t rows;
	uint32_t body; /* bytes of the body: a block of LINX_ROWSET_PACKED */
	uint32_t body_crc; /* CRC32C of the body */
	char machine[SPOOL_MACHINE_MAX + 8]; /* ends with zeroes */
	uint32_t ncpus; /* entries of struct spool_cpu behind the head */
};

/* True for the name of a machine that can stand in names of files and in subjects: letters, digits, '.', '_', '-'. */
bool spool_machine_is_good(const char *name);

/* Fills magic, size and crc of a head; cpus are its h->ncpus entries. */
void spool_head_seal(struct spool_head *h, const struct spool_cpu *cpus);
/*
 * Reads the head at data, which may be anything, to *h. Returns its size; 0: there is no valid head in the len bytes. The
 * CPUs are behind its first sizeof(struct spool_head) bytes.
 */
size_t spool_head_read(struct spool_head *h, const void *data, size_t len);
/* True if len bytes at body are the body of the block. */
bool spool_body_is_right(const struct spool_head *h, const void *body, size_t len);

#endif
