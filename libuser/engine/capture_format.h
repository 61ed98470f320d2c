/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capture file, version 1: a section is a header, then blocks; sections follow
 * one another. Everything is in the byte order of the recording machine and
 * 8-byte aligned. docs/record-format.md describes it in prose.
 */
#ifndef LINX_CAPTURE_FORMAT_H
#define LINX_CAPTURE_FORMAT_H

#include <linux/linx.h>
#include <linux/types.h>

#define LINX_CAP_MAGIC "LINXCAP1"
#define LINX_CAP_BYTE_ORDER 0x01020304u

/*
 * Head of a section. New fields go to the end of this structure: size is
 * the part of it that the file has, and a reader ignores fields it does not know.
 */
struct linx_cap_head {
	char magic[8]; /* LINX_CAP_MAGIC */
	__u32 byte_order; /* always LINX_CAP_BYTE_ORDER, in the byte order of the recording machine */
	__u32 crc; /* CRC32C of all len bytes, this field being zero */
	__u32 len; /* bytes of the whole header with the table, a multiple of 8 */
	__u32 size; /* bytes of this structure; the table's text follows it */
	__u32 table_len; /* bytes of the table's text, which is padded with NUL to a multiple of 8 */
	__u32 format_major; /* version of the record format: LINX_FORMAT_MAJOR */
	__u32 format_minor;
	__u32 word_size; /* bytes of a long: 8 */
	__u32 page_size;
	__u32 cpus; /* all CPU numbers of the section are below this number */
	__u32 pid_ns;
	__u32 clock_id;
	__u64 table_hash;
	char release[72];
	char machine[72];
	char node[72];
	char boot_id[40];
	char module_version[32];
	char clock_name[32];
	char engine[16]; /* name of the engine that made the records; since 2.1 */
	__u64 session; /* number of the recording, chosen at random; since 2.3 */
};
/* Size of the header before 2.1, which ends before engine; no header is smaller. */
#define LINX_CAP_HEAD_SIZE_V1 384
/* Engine of a stream whose header names no engine. */
#define LINX_CAP_ENGINE_BEFORE_2_1 "kmod"

/* Values of linx_cap_block.type; a reader skips blocks of unknown types. */
enum linx_cap_type {
	LINX_CAP_DATA = 1, /* records of one CPU, heads with all their pieces, as they stood in the ring */
	LINX_CAP_FLOOR = 2, /* first_time: no record in the blocks that follow is older; no payload */
	LINX_CAP_CLOCK = 3, /* struct linx_clock */
	LINX_CAP_CERT = 4, /* struct linx_cap_cert and its arrays: the account; ends the section */
	LINX_CAP_INFO = 5, /* text for people; no version writes it yet */
	LINX_CAP_TASKS = 6, /* a part of a snapshot: records of LINX_IOC_SNAPSHOT; first_seq counts snapshots */
	LINX_CAP_LEFT_OUT = 7, /* struct linx_cap_range array: records of cpu that a filter left out of the file; since 2.2 */
	LINX_CAP_METADATA = 8, /* JSON: metadata of containers to which tasks belong */
	LINX_CAP_TAMPER = 9, /* TAMPER records that the reader made; the section is not complete */
	LINX_CAP_PROBES = 10, /* text: probes of the section, in front of their records, or their accounts; since 2.3 */
	LINX_CAP_RULE_NAMES = 11, /* names of rules that refuse, in front of their records; since 2.3 */
};

/* Bits of linx_cap_block.flags: encoding of the payload. A reader refuses unknown bits. */
#define LINX_CAP_ZSTD 0x1 /* one zstd frame */
#define LINX_CAP_COLUMNS 0x2 /* DATA, with ZSTD: the frame holds columns of engine/columns.h, not records */

/* Head of a block; stored bytes follow, padded with NUL to a multiple of 8. */
struct linx_cap_block {
	__u32 magic; /* always LINX_CAP_BLOCK_MAGIC */
	__u32 crc; /* CRC32C of this head, crc being zero, and of the payload with its padding */
	__u16 type;
	__u16 flags;
	__u32 cpu; /* CPU of a DATA or LEFT_OUT block; 0 in other blocks */
	__u64 first_seq, last_seq; /* DATA: numbers of the first and the last record */
	__u64 first_time, last_time;
	__u32 len; /* bytes of the payload when decompressed */
	__u32 stored; /* bytes of the payload in the file */
};
#define LINX_CAP_BLOCK_MAGIC 0x4b4c4258u /* "XBLK" */
/* Limit of the payload of a METADATA block, in bytes; readers skip a longer one. */
#define LINX_CAP_METADATA_MAX (1u << 20)
/* Limit of a payload, in bytes, both decompressed and as it is stored. */
#define LINX_CAP_BLOCK_MAX (16u << 20)

/*
 * Element of a LEFT_OUT block: a range of sequence numbers, all of whose records were left out. The ranges are in
 * order, do not overlap, and lie before the end of the CPU's next DATA block.
 */
struct linx_cap_range {
	__u64 first_seq, last_seq;
};

/*
 * The account of a section: this structure, cpus times struct linx_cap_cpu
 * (cpu_size bytes each), cpus times __u64 unread, then calls times struct
 * linx_cap_call (call_size). Both sizes were smaller before there was sampling;
 * cpu_size grew again in 2.1.
 */
struct linx_cap_cert {
	__u32 size; /* bytes of this structure */
	__u32 cpus;
	__u32 cpu_size;
	__u32 calls;
	__u32 call_size;
	__u32 flags; /* LINX_CAP_CERT_* */
	__u64 start_ns, stop_ns; /* begin and end of the recording, wall clock; 0: not known */
};
#define LINX_CAP_CERT_CALLS 0x1 /* counts by call are known: calls that are not in the list have counts of 0 */
#define LINX_CAP_CERT_URING 0x2 /* linx_account.uring_missed; since 2.3 */

struct linx_cap_cpu {
	struct linx_cpu_counters counters;
	__u64 sampled; /* events left out by sampling, not part of selected */
	__u64 skipped; /* events that the engine skipped, an upper bound, not part of selected; since 2.1 */
};

struct linx_cap_call {
	__u32 abi;
	__u32 nr; /* number of the call; LINX_NR_OTHER: all calls with numbers outside the table */
	__u64 selected, committed, lost;
	__u64 sampled;
};
#define LINX_CAP_CALL_SIZE_V1 32

/* Linux supports no more CPUs than this; a header with a larger number is malformed. */
#define LINX_CAP_CPUS_MAX 8192u
#define LINX_CAP_TABLE_MAX (4u << 20)

#endif
