/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the printers. Each format is one function that appends an event to p->out. */
#ifndef LINX_PRINT_H
#define LINX_PRINT_H

#include "out.h"
#include "value.h"

/* How the two readable formats write a value. */
struct linx_style {
	bool strace; /* as strace does; otherwise for a terminal */
	bool verbose; /* all of each vector */
	unsigned int limit; /* bytes of a string or buffer that is no path; UINT32_MAX: all */
};

/* Where a line's parts begin, so that it can be coloured and cut. */
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

struct linx_printer {
	enum linx_format format;
	struct linx_print_opts opts;
	struct linx_style style;
	struct linx_out out;
	/* The last second that was made into local time, as "HH:MM:SS". */
	int64_t second;
	char clock[8];
	/* text: the line before it is coloured or cut */
	struct linx_out line;
	size_t part[LINX_PARTS];
};

void linx_print_text(struct linx_printer *p, const struct linx_event *ev);
void linx_print_strace(struct linx_printer *p, const struct linx_event *ev);
void linx_print_json(struct linx_printer *p, const struct linx_event *ev);

/* Local time of a moment, as "HH:MM:SS"; the next moment is most likely in the same second. */
void linx_print_clock(struct linx_printer *p, struct linx_out *o, uint64_t wall_ns);

/* One argument; what it depends on is looked up in the event. */
void linx_print_arg(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev,
		    unsigned int i);
/* All of them, with commas. */
void linx_print_args(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev);
/* "-1 ENOENT", "0x7f00 (flags ...)", "?" */
void linx_print_result(struct linx_out *o, const struct linx_style *st,
		       const struct linx_event *ev);
/* "exited with 0", "killed by SIGKILL (core dumped)", "superseded by execve in pid 12" */
void linx_print_end(struct linx_out *o, const struct linx_event *ev);

/* "full"; "cause-7" of a cause that this library does not know. */
void linx_print_cause(struct linx_out *o, unsigned int cause);

/* Parts of the above. */
void linx_print_addr(struct linx_out *o, uint64_t addr);
/* Its name; number: of a LINX_FLAG_NUMBER. */
void linx_print_flag(struct linx_out *o, const struct linx_flag *flag, uint64_t number);
void linx_print_flags(struct linx_out *o, const struct linx_flagset *set, uint64_t value,
		      uint64_t width);
/* "[INT CHLD]", "~[KILL]"; of the lowest nsig signals. */
void linx_print_sigmask(struct linx_out *o, uint64_t mask, unsigned int nsig);
void linx_print_ioprio(struct linx_out *o, uint64_t prio);
void linx_print_wstatus(struct linx_out *o, uint32_t status);
/* What a pointer argument points to; its address where that is not known. */
void linx_print_pointer(struct linx_out *o, const struct linx_style *st,
			const struct linx_event *ev, unsigned int i, struct linx_meaning m);

#endif
