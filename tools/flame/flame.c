// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tree of a flame graph: see flame/flame.h. */
#include <errno.h>
#include <linx/state.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "flame/flame.h"

#define UNKNOWN "?"
#define SLOTS (FLAME_FRAMES_MAX * 2u) /* size of the hash table */

struct flame {
	struct flame_frame *frames; /* [0] is the root */
	uint32_t n, room;
	uint32_t *slots; /* index of a frame; 0: free */
	uint64_t key; /* key of the hash, so that programs cannot choose names that collide */
	uint32_t others; /* the frame FLAME_OTHERS; 0: none yet */
	struct flame_sums sums;
	bool ordered;
};

struct flame *flame_new(void)
{
	struct flame *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->slots = calloc(SLOTS, sizeof(*f->slots));
	f->room = 256;
	f->frames = calloc(f->room, sizeof(*f->frames));
	f->n = 1;
	if (f->slots && f->frames && getrandom(&f->key, sizeof(f->key), 0) == sizeof(f->key))
		return f;
	flame_free(f);
	return NULL;
}

void flame_free(struct flame *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; f->frames && i < f->n; i++)
		free(f->frames[i].name);
	free(f->frames);
	free(f->slots);
	free(f);
}

const struct flame_frame *flame_frame(const struct flame *f, uint32_t i)
{
	return &f->frames[i];
}

uint32_t flame_frames(const struct flame *f)
{
	return f->n;
}

struct flame_sums flame_sums(const struct flame *f)
{
	return f->sums;
}

/* ---- frames by name -------------------------------------------------------------------------- */

static uint64_t hash(const struct flame *f, uint32_t parent, bool call, const char *name)
{
	uint64_t h = f->key ^ ((uint64_t)parent << 1 | call);

	for (; *name; name++) {
		h = (h ^ (unsigned char)*name) * 0x100000001b3ull;
		h ^= h >> 29;
	}
	h *= f->key | 1;
	return h ^ h >> 32;
}

/* Returns the slot of a frame, or the free one where it belongs. */
static uint32_t *find_slot(const struct flame *f, uint32_t parent, bool call, const char *name)
{
	uint64_t at = hash(f, parent, call, name) % SLOTS;

	for (; f->slots[at]; at = at + 1 == SLOTS ? 0 : at + 1) {
		const struct flame_frame *frame = &f->frames[f->slots[at]];

		if (frame->parent == parent && frame->call == call && !strcmp(frame->name, name))
			break;
	}
	return &f->slots[at];
}

static bool grow(struct flame *f)
{
	struct flame_frame *more;

	if (f->n < f->room)
		return true;
	more = realloc(f->frames, 2 * (size_t)f->room * sizeof(*more));
	if (!more)
		return false;
	f->frames = more;
	f->room *= 2;
	return true;
}

/* Returns the index of the frame with this name below parent, and adds the frame if it is missing. 0: out of memory. */
static uint32_t get_frame(struct flame *f, uint32_t parent, bool call, const char *name)
{
	uint32_t *slot = find_slot(f, parent, call, name);
	struct flame_frame *frame;
	char *copy;

	if (*slot)
		return *slot;
	copy = grow(f) ? strdup(name) : NULL;
	if (!copy)
		return 0;
	frame = &f->frames[f->n];
	*frame = (struct flame_frame){ .parent = parent, .depth = f->frames[parent].depth + 1, .call = call, .name = copy };
	frame->next = f->frames[parent].child;
	f->frames[parent].child = f->n;
	*slot = f->n;
	return f->n++;
}

/* ---- the ancestors of a process, from which frames are made ------------------------------------- */

struct chain {
	const char *names[FLAME_DEPTH_MAX + 1]; /* the process itself first */
	unsigned int n;
};

static void find_chain(const struct linx_event *ev, struct chain *c)
{
	const struct linx_process *p;

	for (c->n = 0; (p = linx_event_borrow_ancestor(ev, c->n)); c->n++) {
		if (c->n == FLAME_DEPTH_MAX) {
			c->names[c->n++] = FLAME_CUT;
			return;
		}
		c->names[c->n] = *p->comm ? p->comm : UNKNOWN;
	}
	if (!c->n) {
		c->names[0] = linx_event_get_comm(ev);
		c->names[0] = c->names[0] ? c->names[0] : UNKNOWN;
		c->n = 1;
	}
}

/*
 * Walks from the root to the frame of the call. make: frames that are missing on the way are added, and the result is
 * the call's frame, or 0 if memory is short. If make is false, nothing is added. Then *new is the number of missing
 * frames, and the result is the deepest frame that exists.
 */
static uint32_t follow(struct flame *f, const struct chain *c, const char *call, bool make, unsigned int *new)
{
	uint32_t at = 0;

	for (unsigned int i = 0; i <= c->n; i++) {
		const char *name = i == c->n ? call : c->names[c->n - 1 - i];
		uint32_t below = make ? get_frame(f, at, i == c->n, name) : *find_slot(f, at, i == c->n, name);

		if (!below) {
			*new = c->n + 1 - i;
			return make ? 0 : at;
		}
		at = below;
	}
	*new = 0;
	return at;
}

/*
 * Returns the frame of the call. Calls for whose frames there is no room share one frame FLAME_OTHERS, below a frame
 * for a process that has this name, too. Two frames are reserved for that.
 */
static uint32_t frame_of(struct flame *f, const struct linx_event *ev)
{
	const struct chain others = { .names = { FLAME_OTHERS }, .n = 1 };
	const char *call = linx_event_get_name(ev);
	unsigned int new;
	struct chain c;
	uint32_t at;

	find_chain(ev, &c);
	at = follow(f, &c, call, false, &new);
	if (!new)
		return at;
	if (f->n + new + 2 <= FLAME_FRAMES_MAX)
		return follow(f, &c, call, true, &new);
	f->others = follow(f, &others, FLAME_OTHERS, true, &new);
	return f->others;
}

/*
 * Returns the time of a call, as the option -c shows it: its duration, or, if that is not known, its time on a
 * processor. 0: neither was recorded, and the call is counted as untimed.
 */
static uint64_t time_of(struct flame *f, const struct linx_event *ev)
{
	uint64_t ns;

	if (!linx_event_get_duration_ns(ev, &ns))
		return ns;
	if (!linx_event_get_cpu_ns(ev, &ns)) {
		f->sums.cpu_time = true;
		return ns;
	}
	f->sums.untimed++;
	return 0;
}

int flame_add(struct flame *f, const struct linx_event *ev)
{
	uint32_t i = frame_of(f, ev);
	uint64_t ns, now = linx_event_get_time_ns(ev);

	if (!i)
		return -ENOMEM;
	ns = time_of(f, ev);
	f->frames[i].count++;
	f->frames[i].ns += ns;
	f->sums.count++;
	f->sums.ns += ns;
	f->sums.folded += i == f->others;
	if (!f->sums.first_ns || now < f->sums.first_ns)
		f->sums.first_ns = now;
	if (now > f->sums.last_ns)
		f->sums.last_ns = now;
	return 0;
}

/* ---- order ------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b, void *arg)
{
	const struct flame_frame *frames = arg, *x = &frames[*(const uint32_t *)a], *y = &frames[*(const uint32_t *)b];
	int order = strcmp(x->name, y->name);

	return order ? order : x->call - y->call;
}

/* Links the children of a frame in the order of their names. list has room for all frames. */
static void order_children(struct flame *f, struct flame_frame *parent, uint32_t *list)
{
	uint32_t n = 0;

	for (uint32_t i = parent->child; i; i = f->frames[i].next)
		list[n++] = i;
	qsort_r(list, n, sizeof(*list), by_name, f->frames);
	for (uint32_t i = 0; i < n; i++)
		f->frames[list[i]].next = i + 1 < n ? list[i + 1] : 0;
	if (n)
		parent->child = list[0];
}

void flame_order(struct flame *f)
{
	uint32_t *list = f->ordered ? NULL : calloc(f->n, sizeof(*list));

	/* without memory the frames stay unsorted, which is not an error; the sums below need no order of names */
	for (uint32_t i = 0; list && i < f->n; i++)
		order_children(f, &f->frames[i], list);
	free(list);
	for (uint32_t i = f->n - 1; !f->ordered && i; i--) {
		f->frames[f->frames[i].parent].count += f->frames[i].count;
		f->frames[f->frames[i].parent].ns += f->frames[i].ns;
	}
	f->ordered = true;
}
