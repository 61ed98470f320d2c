/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of the printers.
 *
 * The room format/ renders whole events: text, strace's lines, JSON and template
 * lines. It decides on layout; values are written by value/, and their meaning is
 * known to decoders/.
 */
#ifndef LINX_PRINTER_H
#define LINX_PRINTER_H

#include "event/event.h"
#include "base/local_time.h"
#include "base/strbuf.h"
#include "value/style.h"

/* Parts of a line; their positions let it be coloured and cut. */
enum linx_part {
	LINX_PART_TIME,
	LINX_PART_WHO,
	LINX_PART_NAME,
	LINX_PART_ARGS,
	LINX_PART_RESULT,
	LINX_PART_MARKS,
	LINX_PART_END,
	LINX_PARTS,
};

struct linx_strace; /* format/strace/strace.h */

/* A list of descriptors as text, by the generation of the table. */
struct linx_files_text {
	uint64_t generation; /* 0: none */
	struct linx_strbuf out;
};
#define LINX_FILES_TEXTS 64u

struct linx_printer {
	const struct linx_format_ops *format;
	struct linx_print_opts opts;
	struct linx_style style;
	struct linx_strbuf out;
	struct linx_strbuf aux; /* remarks behind the result */
	bool ret_hex, aux_empty; /* wishes of the arguments for the result: struct linx_put */
	struct linx_strace *strace; /* state of the strace format; NULL in other formats */
	bool joins; /* strace: entry events become lines too */
	struct linx_template *lines; /* state of the template format; NULL in other formats */
	struct linx_local_time time;
	/* JSON: tenths of a second, as text; upper_len 0: none */
	uint64_t upper;
	uint8_t upper_len;
	char upper_text[LINX_NUMBER_ROOM];
	struct linx_kinds shown; /* JSON: records that have lines */
	struct linx_files_text *files; /* [LINX_FILES_TEXTS] cached lists; NULL: lists are not shown */
	size_t files_size; /* bytes of the cached lists */
	/* text: positions of the line's parts; cuts: the line is coloured or cut at the end */
	bool cuts;
	bool fast; /* text: lines are not cut and begin with the time of day, in microseconds */
	struct linx_strbuf line;
	size_t part[LINX_PARTS];
};

/* Operations of a format. The file with its functions defines them, and format/formats.c lists them. */
struct linx_format_ops {
	struct linx_format_info info;
	/* Makes the format's own state and its style from p->opts. -EINVAL, -ENOMEM. */
	int (*begin)(struct linx_printer *p);
	void (*end)(struct linx_printer *p); /* frees the format's state, perhaps incomplete; NULL: there is none */
	void (*print)(struct linx_printer *p, const struct linx_event *ev); /* appends an event to p->out */
};
extern const struct linx_format_ops linx_format_text, linx_format_strace, linx_format_json, linx_format_line;

/* Operations by enum linx_format. NULL: no such format. */
const struct linx_format_ops *linx_format_ops(unsigned int format);

/* Writes an end: "exited with 0", "killed by SIGKILL (core dumped)", "superseded by execve in pid 12" */
void linx_print_end(struct linx_strbuf *o, const struct linx_event *ev);

/* Writes the name of a cause: "full"; "cause-7" if this library does not know it. */
void linx_print_cause(struct linx_strbuf *o, unsigned int cause);
/* Name of a level LINX_RECORDED_*: "full", "scalars", "counts" */
const char *linx_recorded_name(uint32_t level);

#endif
