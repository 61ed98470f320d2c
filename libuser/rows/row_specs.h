/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of a row, in their order in files and blocks. A new column is the last one, so that a block of an earlier
 * version has the first columns of this one.
 */
#ifndef LINX_ROW_SPECS_H
#define LINX_ROW_SPECS_H

#include "base/strbuf.h"
#include "rows/row_columns.h"

#define LINX_ROW_SPECS(COLUMN)                                  \
	COLUMN(MACHINE, machine, TEXT, SIGNED, false)    \
	COLUMN(SESSION, session, INT64, UNSIGNED, false) \
	COLUMN(CPU, cpu, INT32, UNSIGNED, true)          \
	COLUMN(SEQ, seq, INT64, UNSIGNED, true)          \
	COLUMN(PART, part, INT32, UNSIGNED, false)       \
	COLUMN(KIND, kind, TEXT, SIGNED, false)          \
	COLUMN(DIR, dir, TEXT, SIGNED, true)             \
	COLUMN(TIME, time, INT64, TIME, true)            \
	COLUMN(PID, pid, INT32, UNSIGNED, true)          \
	COLUMN(TID, tid, INT32, UNSIGNED, true)          \
	COLUMN(PPID, ppid, INT32, UNSIGNED, true)        \
	COLUMN(UID, uid, INT32, UNSIGNED, true)          \
	COLUMN(COMM, comm, TEXT, SIGNED, true)           \
	COLUMN(EXE, exe, TEXT, SIGNED, true)             \
	COLUMN(CMDLINE, cmdline, TEXT, SIGNED, true)     \
	COLUMN(CONTAINER, container, TEXT, SIGNED, true) \
	COLUMN(CALL, call, TEXT, SIGNED, true)           \
	COLUMN(ABI, abi, TEXT, SIGNED, true)             \
	COLUMN(RET, ret, INT64, SIGNED, true)            \
	COLUMN(ERRNO, errno, TEXT, SIGNED, true)         \
	COLUMN(DURATION, duration, INT64, UNSIGNED, true) \
	COLUMN(PATH, path, TEXT, SIGNED, true)           \
	COLUMN(FLAGS, flags, TEXT, SIGNED, true)         \
	COLUMN(STATES, states, TEXT, SIGNED, true)       \
	COLUMN(ARGS, args, TEXT, SIGNED, true)           \
	COLUMN(CONTAINER_NAME, container_name, TEXT, SIGNED, true) \
	COLUMN(NAMESPACE, namespace, TEXT, SIGNED, true) \
	COLUMN(POD, pod, TEXT, SIGNED, true)             \
	COLUMN(WORKLOAD_KIND, workload_kind, TEXT, SIGNED, true) \
	COLUMN(WORKLOAD, workload, TEXT, SIGNED, true)   \
	COLUMN(LABELS, labels, TEXT, SIGNED, true)

#define LINX_ROW_ID(id, name, type, sense, optional) ROW_##id,
enum { LINX_ROW_SPECS(LINX_ROW_ID) ROW_COLUMNS };
extern const struct linx_column_spec linx_row_specs[ROW_COLUMNS];

/* Number of columns before those of pods were added. Machines that are not upgraded yet send such blocks. */
#define LINX_ROW_COLUMNS_BEFORE_PODS (ROW_ARGS + 1u)

/* True if blocks of this version or of an earlier one have so many columns. */
static inline bool linx_row_columns_known(uint32_t n)
{
	return n == ROW_COLUMNS || n == LINX_ROW_COLUMNS_BEFORE_PODS;
}

static inline bool linx_is_ascii(const char *s, size_t n)
{
	uint64_t word, all = 0;

	for (; n >= sizeof(word); s += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, s, sizeof(word));
		all |= word;
	}
	word = 0;
	memcpy(&word, s, n);
	return !((all | word) & 0x8080808080808080ull);
}

#endif
