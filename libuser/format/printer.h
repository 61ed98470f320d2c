/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Internals of the printers.
 *
 * The room (source folder) format/ prints whole events in each output format: text, strace's lines, JSON, and
 * lines by a template. It decides on the layout; value/ writes the values, and decoders/ know their meaning.
 */
#ifndef LINX_PRINTER_H
#define LINX_PRINTER_H

#include "event/event.h"
#include "base/local_time.h"
#include "base/strbuf.h"
#include "value/style.h"

/* Parts of a line of text. Their offsets are recorded, so that the parts can be colored and cut. */
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

/* Descriptors of a process as JSON, for one version of its descriptor table. */
struct linx_files_text {
	uint64_t generation; /* the version of the table (linx_files_get_generation()); 0: nothing is cached */
	struct linx_strbuf out;
};
#define LINX_FILES_TEXTS 64u

struct linx_printer {
	const struct linx_format_ops *format;
	struct linx_print_opts opts;
	struct linx_style style;
	struct linx_strbuf out;
	struct linx_strbuf aux; /* text: remarks after the result, such as "Timeout" */
	bool ret_hex, aux_empty; /* copied from the struct linx_put of the arguments, for the result */
	struct linx_strace *strace; /* state of the strace format; NULL in other formats */
	bool joins; /* strace: a call's line begins with its entry event; false: one line at the return */
	struct linx_template *lines; /* state of the template format; NULL in other formats */
	struct linx_local_time time;
	/* JSON: the last printed time in tenths of a second, and its text; upper_len 0: no time was printed yet */
	uint64_t upper;
	uint8_t upper_len;
	char upper_text[LINX_NUMBER_ROOM];
	struct linx_kinds shown; /* JSON: records that a line shows, by CPU and kind */
	/* array of LINX_FILES_TEXTS cached lists of descriptors; NULL: no lists are shown */
	struct linx_files_text *files;
	size_t files_size; /* bytes of all cached lists of descriptors */
	/* text: each line is colored or cut when it is complete, so part[] needs the offsets of its parts */
	bool cuts;
	bool fast; /* text: lines are not cut, and begin with the time of day in microseconds */
	struct linx_strbuf line;
	size_t part[LINX_PARTS];
};

/*
 * Operations of an output format. The file with the format's functions defines them; format/formats.c lists
 * them.
 */
struct linx_format_ops {
	struct linx_format_info info;
	/* Prepares the format's own state and p->style from p->opts. Returns 0, -EINVAL or -ENOMEM. */
	int (*begin)(struct linx_printer *p);
	/* frees the format's state, even if begin() failed halfway; NULL: the format has no state */
	void (*end)(struct linx_printer *p);
	void (*print)(struct linx_printer *p, const struct linx_event *ev); /* appends an event to p->out */
};
extern const struct linx_format_ops linx_format_text, linx_format_strace, linx_format_json, linx_format_line;

/* Returns the operations of a format, an enum linx_format; NULL: no such format. */
const struct linx_format_ops *linx_format_ops(unsigned int format);

/*
 * Writes how a task ended: "exited with 0", "killed by SIGKILL (core dumped)", "superseded by execve in pid 12"
 */
void linx_print_end(struct linx_strbuf *o, const struct linx_event *ev);

/* Writes why records were lost: "full"; "cause-7" if this library does not know the cause. */
void linx_print_cause(struct linx_strbuf *o, unsigned int cause);
/* Returns the name of how much of a call was recorded, LINX_RECORDED_*: "full", "scalars", "counts". */
const char *linx_recorded_name(uint32_t level);

#endif
