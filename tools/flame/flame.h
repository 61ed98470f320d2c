/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A flame graph of system calls: a tree whose frames are processes by name, below them their children, and at the
 * ends the calls that they made. The weight of a frame is the time in calls, or their number.
 *
 * The directory flame/ has the tree and its output as folded text and as SVG. It reads no source.
 */
#ifndef LINXCAP_FLAME_H
#define LINXCAP_FLAME_H

#include <linx/linx.h>
#include <stdio.h>

#include "redact/redact.h"
#include "view/sheet.h"

/* Most frames. Calls that would need more are counted below the frame FLAME_OTHERS of the root. */
#define FLAME_FRAMES_MAX 100000u
#define FLAME_OTHERS "(others)"
/* Most ancestors of a process that have frames. All ancestors above them share one frame, FLAME_CUT. */
#define FLAME_DEPTH_MAX 64u
#define FLAME_CUT "(...)"

enum flame_by { FLAME_DURATION = 0, FLAME_COUNT };
#define FLAME_BY_WORDS "duration|count"

struct flame;

/* Makes an empty tree. NULL: out of memory. */
struct flame *flame_new(void);
void flame_free(struct flame *f);
/* Adds a call that has returned. 0 or -ENOMEM. */
int flame_add(struct flame *f, const struct linx_event *ev);

/* Sums of a tree. */
struct flame_sums {
	uint64_t count, ns;
	uint64_t untimed; /* calls without a time */
	uint64_t folded; /* calls below FLAME_OTHERS */
	uint64_t first_ns, last_ns; /* wall clock of the earliest and of the latest call; 0: none */
	bool cpu_time; /* the time of at least one call is that on a processor */
};
struct flame_sums flame_sums(const struct flame *f);

/* Settings of the output. */
struct flame_look {
	enum flame_by by;
	struct redact *redact; /* blanks secrets in names; NULL: nothing is blanked */
	const struct sheet_losses *losses;
};
/* Writes a line "NAME;NAME;CALL WEIGHT" for each call of each process, times in ns. 0 or -errno. */
int flame_print_folded(struct flame *f, const struct flame_look *look, FILE *to);
/* Writes an SVG file, which needs no other file. 0 or -errno. */
int flame_print_svg(struct flame *f, const struct flame_look *look, FILE *to);

/* ---- for these functions ---- */

struct flame_frame {
	uint32_t parent, child, next; /* index of a frame; child: the first one; next: sibling; 0: none */
	uint32_t depth; /* 0: the root */
	bool call; /* a call, not a process */
	uint64_t count, ns; /* number and time of the calls below the frame, or of the frame itself if it is a call */
	char *name; /* bytes as the program chose them, with a NUL */
};

/*
 * Sorts the children of each frame by name, and adds the count and the time of each call to all frames above it. Called
 * after the last flame_add().
 */
void flame_order(struct flame *f);
const struct flame_frame *flame_frame(const struct flame *f, uint32_t i);
uint32_t flame_frames(const struct flame *f);
static inline uint64_t flame_weight(const struct flame_frame *frame, enum flame_by by)
{
	return by == FLAME_COUNT ? frame->count : frame->ns;
}

/* Most bytes of a printed name with a NUL. */
#define FLAME_NAME_MAX 512u
/*
 * Writes the name of a frame with secrets blanked. Control characters, marks that change the direction of writing,
 * bytes that are not UTF-8, and ';' are escaped. False: secrets could not be searched for, and nothing may be shown.
 */
bool flame_name(const struct flame_frame *frame, struct redact *redact, char to[FLAME_NAME_MAX]);

#endif
