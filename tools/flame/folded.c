// SPDX-License-Identifier: LGPL-2.1-or-later
/* A flame graph as folded text, which flamegraph.pl and speedscope read: see flame/flame.h. */
#include <errno.h>
#include <inttypes.h>

#include "flame/flame.h"

/* Frames in a line: FLAME_DEPTH_MAX, one for what is above them, and the call. */
#define LINE_FRAMES (FLAME_DEPTH_MAX + 2)

static int put_line(struct flame *f, const struct flame_look *look, uint32_t i, FILE *to)
{
	const struct flame_frame *leaf = flame_frame(f, i), *line[LINE_FRAMES];
	char name[FLAME_NAME_MAX];
	unsigned int n = 0;

	for (; i && n < LINE_FRAMES; i = flame_frame(f, i)->parent)
		line[n++] = flame_frame(f, i);
	while (n--) {
		if (!flame_name(line[n], look->redact, name))
			return -ENOMEM;
		fprintf(to, n ? "%s;" : "%s", name);
	}
	fprintf(to, " %" PRIu64 "\n", flame_weight(leaf, look->by));
	return 0;
}

/* Returns the frame after i in the order in which each frame comes before those below it; 0: the end. */
static uint32_t next_of(struct flame *f, uint32_t i)
{
	if (flame_frame(f, i)->child)
		return flame_frame(f, i)->child;
	while (i && !flame_frame(f, i)->next)
		i = flame_frame(f, i)->parent;
	return i ? flame_frame(f, i)->next : 0;
}

int flame_print_folded(struct flame *f, const struct flame_look *look, FILE *to)
{
	int rc = 0;

	flame_order(f);
	for (uint32_t i = next_of(f, 0); !rc && i; i = next_of(f, i))
		if (flame_frame(f, i)->call && flame_weight(flame_frame(f, i), look->by))
			rc = put_line(f, look, i, to);
	return rc;
}
