/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block of rows, or an alert, with its head, as it lies in a spool. All numbers are little endian. A block is made
 * once and never changes. The id of the spool and the number of the block identify it among all blocks of
 * a machine.
 *
 * The directory common/spool/ is a queue on disk. A recorder, which uses no network, writes to it
 * (common/spool/spool.h). linx-ship reads the queue (common/spool/spool_read.h) and sends what it has.
 */
#ifndef LINX_SPOOL_BLOCK_H
#define LINX_SPOOL_BLOCK_H

#include <linx/rowset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A folder can have two spools, which share no file, no number and no room: a fault of one is none of the other. A body
 * of the spool of rows is a block of rows; a body of that of alerts is one alert, in Falco's JSON.
 */
enum spool_kind { SPOOL_ROWS = 0, SPOOL_ALERTS };

#define SPOOL_MACHINE_MAX 64u
#define SPOOL_BLOCK_MAGIC 0x31424c58u /* "XLB1" */
/* Most bytes of a block with its head. A message with such a block and its headers has less than 8 MiB. */
#define SPOOL_BLOCK_MAX ((8u << 20) - 4096)
#define SPOOL_DAY_NS (86400ull * 1000000000)
/* Most CPUs of a head. */
#define SPOOL_CPUS_MAX 8192u

/* Flags of a head. */
#define SPOOL_ACCOUNT 0x1u /* an account: rows that say what was lost, certificates, an alert that says what was lost */
#define SPOOL_LOST 0x2u /* the blocks from "number" to "last" were damaged on disk or are gone; there are no rows */

/* Rows of one CPU. */
struct spool_cpu {
	uint32_t cpu, rows;
	uint64_t first_seq, last_seq; /* least and greatest sequence number of the records that make the rows */
	uint32_t last_part; /* greatest number "part" of the rows that record last_seq makes */
	uint32_t zero;
};

struct spool_head {
	uint32_t magic;
	uint32_t size; /* bytes of the head with the entries of its CPUs */
	uint32_t crc; /* CRC32C of the head with the entries of its CPUs, where this member counts as 0 */
	uint32_t flags; /* SPOOL_* */
	uint64_t spool; /* random number, chosen when the spool was made */
	uint64_t number; /* number of the block; the first block of a spool has 1 */
	uint64_t last; /* equal to number; with SPOOL_LOST the number of the last lost block */
	uint64_t session;
	uint64_t from_ns, to_ns; /* times of the rows, ns since 1970, all of one day; rows without a time do not count */
	uint32_t rows; /* of an alert: 1 */
	uint32_t body; /* bytes of the body: a block of LINX_ROWSET_PACKED, or an alert */
	uint32_t body_crc; /* CRC32C of the body */
	char machine[SPOOL_MACHINE_MAX + 8]; /* ends with zeroes */
	uint32_t ncpus; /* number of entries of struct spool_cpu after the head */
};

/* True for the name of a machine that can stand in names of files and in subjects: letters, digits, '.', '_', '-'. */
bool spool_machine_is_good(const char *name);

/* Fills magic, size and crc of a head; cpus are its h->ncpus entries. */
void spool_head_seal(struct spool_head *h, const struct spool_cpu *cpus);
/*
 * Reads the head at data, which may be any bytes, to *h. Returns the size of the head with its CPUs; 0: there is no
 * valid head in the len bytes. The entries of the CPUs follow the first sizeof(struct spool_head) bytes.
 */
size_t spool_head_read(struct spool_head *h, const void *data, size_t len);
/* True if the len bytes at "body" are the body that h describes, by length and checksum. */
bool spool_body_is_right(const struct spool_head *h, const void *body, size_t len);

#endif
