/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of a tracepoint's record, from its format file (events/SUBSYSTEM/NAME/format of tracefs). */
#ifndef LINX_PROBE_TP_FORMAT_H
#define LINX_PROBE_TP_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/linx.h>

#include "base/error.h"

#define LINX_TP_FIELDS_MAX 64u

/* Place of a field's data in the record. */
enum linx_tp_place {
	LINX_TP_HERE, /* at the field's offset */
	LINX_TP_DATA_LOC, /* the field holds the data's length, and offset from the record's begin */
	LINX_TP_REL_LOC, /* the field holds the data's length, and offset from the field's end */
};

struct linx_tp_field {
	char name[64];
	char type[64]; /* in C, without the name */
	uint32_t offset, size;
	uint32_t elements; /* length of an array; 0: no array, or its length is not in the format file */
	enum linx_tp_place place;
	bool is_signed, is_array, is_char, is_pointer;
	bool is_common; /* all tracepoints have the field, such as common_pid */
};

struct linx_tp_format {
	uint32_t id; /* number of the tracepoint, for perf_event_open(2) */
	uint32_t n;
	struct linx_tp_field fields[LINX_TP_FIELDS_MAX];
};

/* Parses the text of a format file. -EINVAL: it is not a format file; *err has a text. */
int linx_tp_format_parse(const char *text, struct linx_tp_format *format, struct linx_error *err);
/* Finds and reads the format file of a tracepoint in tracefs. -ENOENT: it cannot be read; *err has the reason. */
int linx_tp_format_read(const char *subsystem, const char *name, struct linx_tp_format *format, struct linx_error *err);
const struct linx_tp_field *linx_tp_format_field(const struct linx_tp_format *format, const char *name);

#endif
