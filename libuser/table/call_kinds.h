/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and kinds of calls in Falco's event table. */
#ifndef LINX_CALL_KINDS_H
#define LINX_CALL_KINDS_H

#include <stddef.h>
#include <stdint.h>

enum linx_call_category {
	LINX_CATEGORY_OTHER,
	LINX_CATEGORY_FILE,
	LINX_CATEGORY_NET,
	LINX_CATEGORY_IPC,
	LINX_CATEGORY_MEMORY,
	LINX_CATEGORY_PROCESS,
	LINX_CATEGORY_SLEEP,
	LINX_CATEGORY_SYSTEM,
	LINX_CATEGORY_SIGNAL,
	LINX_CATEGORY_USER,
	LINX_CATEGORY_TIME,
	LINX_CATEGORY_WAIT,
	/* calls whose category depends on their descriptor: calls that read, calls that write, and all others */
	LINX_CATEGORY_IO_READ,
	LINX_CATEGORY_IO_WRITE,
	LINX_CATEGORY_IO_OTHER,
};
/* Bits that show whether a call reads from a descriptor, and whether it writes to a descriptor. */
enum linx_call_direction { LINX_CALL_NO_IO, LINX_CALL_READS, LINX_CALL_WRITES, LINX_CALL_BOTH };
enum linx_call_waiting { LINX_CALL_RUNS, LINX_CALL_WAITS };

/* Line of table/call_kinds.def. */
struct linx_call_kind {
	const char *name; /* Falco's name */
	uint8_t category; /* enum linx_call_category */
	uint8_t direction; /* enum linx_call_direction */
	uint8_t waiting; /* enum linx_call_waiting */
};

/* Finds the kind of a call by Falco's name. NULL: Falco's table has the call only as a generic event. */
const struct linx_call_kind *linx_call_kind_find(const char *name);
/*
 * Returns Falco's name of a call, which is often the kernel's. name: the kernel's name, *n bytes; *n is set to the
 * result's length.
 */
const char *linx_falco_call_name(const char *name, size_t *n);

#endif
