/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the printers. Each format is one function that appends an event to p->out. */
#ifndef LINX_PRINT_H
#define LINX_PRINT_H

#include "out.h"
#include "event.h"

/* strace -X; the numbers of enum linx_strace_names */
enum linx_xlat {
	LINX_XLAT_ABBREV, /* names alone */
	LINX_XLAT_RAW, /* numbers alone */
	LINX_XLAT_VERBOSE, /* numbers, and names in a comment */
};

/* How the two readable formats write a value. */
struct linx_style {
	bool strace; /* as strace does; otherwise for a terminal */
	bool verbose; /* all of each vector and structure */
	uint8_t xlat; /* enum linx_xlat */
	uint8_t hex; /* enum linx_strace_hex */
	bool addresses; /* structures are addresses: strace -e verbose= leaves this call out */
	bool ifnames; /* interfaces by their names, as this machine has them now */
	bool live; /* the stream is of this machine, now */
	bool names; /* of arguments: strace -N */
	bool bare; /* strings without quotes: log lines */
	unsigned int limit; /* bytes of a string or buffer that is no path; UINT32_MAX: all */
	unsigned int fds; /* LINX_SHOW_FD_* */
	unsigned int pids; /* LINX_STRACE_PID_* */
	struct linx_pidns *pidns; /* numbers of tasks in their namespaces; NULL: as they are */
	struct linx_sock_names *socks; /* strace's memory of sockets; NULL: none */
	struct linx_kept *kept; /* what was written before; NULL: nothing */
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

#define LINX_NS_PER_S 1000000000u
#define LINX_NS_TENTH (LINX_NS_PER_S / 10)

struct linx_strace; /* strace.h */

/* A list of descriptors as text, by the generation of the table. */
struct linx_files_text {
	uint64_t generation; /* 0: none */
	struct linx_out out;
};
#define LINX_FILES_TEXTS 64u

struct linx_printer {
	enum linx_format format;
	struct linx_print_opts opts;
	struct linx_style style;
	struct linx_out out;
	struct linx_out aux; /* what is said behind the result */
	bool ret_hex, aux_empty; /* as the arguments want the result: struct linx_put */
	struct linx_strace *strace; /* of that format */
	bool joins; /* strace: entry events become lines too */
	struct linx_line *lines; /* of that format */
	/* The last second that was made into local time, as "YYYY-MM-DD" and "HH:MM:SS"; clock empty: none. */
	uint64_t second_ns;
	char day[10], clock[8];
	/* JSON: tenths of a second, as text; upper_len 0: none */
	uint64_t upper;
	uint8_t upper_len;
	char upper_text[LINX_NUMBER_ROOM];
	struct linx_files_text *files; /* [LINX_FILES_TEXTS]; NULL: lists are not shown */
	size_t files_size; /* bytes that these have taken */
	/* text: the line before it is coloured, and where its parts begin; cuts: it is coloured or cut at the end */
	bool cuts;
	bool usual; /* text: lines are not cut and begin with the time of day, in microseconds */
	struct linx_out line;
	size_t part[LINX_PARTS];
};

void linx_print_text(struct linx_printer *p, const struct linx_event *ev);
void linx_print_strace(struct linx_printer *p, const struct linx_event *ev);
void linx_print_json(struct linx_printer *p, const struct linx_event *ev);
void linx_print_line(struct linx_printer *p, const struct linx_event *ev);

/* Local time of a moment, as "HH:MM:SS"; the next moment is most likely in the same second. */
void linx_print_clock(struct linx_printer *p, struct linx_out *o, uint64_t wall_ns);
/* p->clock becomes that of wall_ns. */
void linx_print_make_clock(struct linx_printer *p, uint64_t wall_ns);
static inline void linx_print_set_clock(struct linx_printer *p, uint64_t wall_ns)
{
	if (wall_ns - p->second_ns >= LINX_NS_PER_S || !*p->clock)
		linx_print_make_clock(p, wall_ns);
}

#define LINX_CLOCK_US 15u
/* The same with microseconds, to where there is room for LINX_CLOCK_US. */
static inline void linx_print_clock_us(struct linx_printer *p, char *to, uint64_t wall_ns)
{
	uint32_t us, high, middle;

	linx_print_set_clock(p, wall_ns);
	us = (uint32_t)(wall_ns - p->second_ns) / 1000;
	/* Both divisions begin at once. */
	high = us / 10000;
	middle = us / 100;
	memcpy(to, p->clock, sizeof(p->clock));
	to[8] = '.';
	linx_two_digits(to + 9, high);
	linx_two_digits(to + 11, middle - high * 100);
	linx_two_digits(to + 13, us - middle * 100);
}

/* The same with the day and nanoseconds: "2025-06-12 09:43:49.410583558". */
void linx_print_local(struct linx_printer *p, struct linx_out *o, uint64_t wall_ns);

/* "exited with 0", "killed by SIGKILL (core dumped)", "superseded by execve in pid 12" */
void linx_print_end(struct linx_out *o, const struct linx_event *ev);

/* "full"; "cause-7" of a cause that this library does not know. */
void linx_print_cause(struct linx_out *o, unsigned int cause);
/* LINX_RECORDED_*: "full", "scalars", "counts" */
const char *linx_recorded_name(uint32_t level);

#endif
