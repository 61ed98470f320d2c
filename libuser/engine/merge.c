// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time-ordered merge of an engine's lanes.
 *
 * The lane with the earliest front is kept outside the heap (cur), so that a
 * run of groups from one lane costs one comparison each:
 *
 *      cur ---> lane 3: [t=10][t=11][t=40]        delivered while <= heap[0]
 *      heap[0]  lane 0: [t=25][t=26]
 *      heap[1]  lane 2: [t=31]
 *      empty    lane 1: nothing now; holds up whatever is not before the floor
 *      absent   lane 4: no ring; cannot show anything before the next wait
 *
 * Memory is allocated once, in linx_merge_new().
 */
#include <errno.h>
#include <stdlib.h>
#include "base/attributes.h"
#include "base/deadline.h"
#include "record/decode.h"
#include "engine/run.h"

/*
 * Bytes of a lane that are delivered before advance() releases them to the engine. Fewer calls of advance() are made in
 * this way.
 */
#define ADVANCE_BATCH 65536u
/* Upper bound, in ns, of the difference between the clocks of two CPUs, as probes read them. */
#define CLOCK_APART_NS 2000u
/*
 * The merge yields to its caller after this many waits that brought no group, since a file may have long parts without
 * groups.
 */
#define QUIET_ROUNDS 4096

enum lane_state { LANE_ABSENT, LANE_EMPTY, LANE_READY };

struct lane {
	struct linx_chunk c;
	size_t off; /* offset in c of the front group, the first that was not finished */
	size_t shown; /* offset in c of the first group that the function of linx_merge_watch() did not get */
	uint64_t shown_seq; /* full sequence number of a record before that group */
	size_t group_len;
	uint64_t time; /* time of the front group */
	uint64_t delivered;
	uint64_t seq; /* full sequence number of a recent record, to complete the numbers of later records */
	uint64_t next; /* expected number of the record after the last one delivered */
	/*
	 * Times of the first and the last loss that a GAP record (a report of lost records) at the front of the lane
	 * has; lost_until 0: there is no loss, or linx_merge.lost_until includes it already.
	 */
	uint64_t lost_from, lost_until;
	enum lane_state state;
};

struct linx_merge {
	struct linx_run run; /* position in cur while handed is true; must be the first member, see linx_merge_run() */
	struct linx_engine *e;
	struct lane *lanes;
	unsigned int nlanes, nempty, nheap;
	unsigned int *heap; /* lanes that are ready, except cur */
	int cur; /* lane with the earliest front; -1: not chosen */
	bool handed; /* the front group (a record with its pieces) of lane cur is in use by the caller */
	bool floor_asked; /* the engine's floor (see linx_engine_ops) was read since the last wait */
	bool ended;
	uint64_t floor; /* lanes will show nothing new before this time */
	uint64_t released; /* time of the newest group that was delivered */
	unsigned int nlost; /* number of lanes whose lost_until is not 0 */
	uint64_t lost_until; /* result of linx_merge_lost_until() */
	linx_merge_watch_fn *watch; /* NULL: nobody watches */
	void *watch_ctx;
};

int linx_merge_new(struct linx_engine *e, struct linx_merge **out)
{
	struct linx_merge *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->e = e;
	m->nlanes = e->ops->nlanes(e);
	m->cur = -1;
	m->lanes = calloc(m->nlanes + 1u, sizeof(*m->lanes));
	m->heap = calloc(m->nlanes + 1u, sizeof(*m->heap));
	if (!m->lanes || !m->heap) {
		linx_merge_free(m);
		return -ENOMEM;
	}
	*out = m;
	return 0;
}

void linx_merge_free(struct linx_merge *m)
{
	if (!m)
		return;
	free(m->lanes);
	free(m->heap);
	free(m);
}

static void lost_set(struct linx_merge *m, struct lane *l, uint64_t from, uint64_t until)
{
	m->nlost += !!until - !!l->lost_until;
	l->lost_from = from - (from < CLOCK_APART_NS ? from : CLOCK_APART_NS);
	l->lost_until = until;
}

LINX_NOINLINE static void take_due_losses(struct linx_merge *m, uint64_t time)
{
	for (unsigned int i = 0; i < m->nlanes; i++) {
		struct lane *l = &m->lanes[i];

		if (!l->lost_until || l->lost_from > time)
			continue;
		if (l->lost_until > m->lost_until)
			m->lost_until = l->lost_until;
		lost_set(m, l, 0, 0);
	}
}

uint64_t linx_merge_lost_until(struct linx_merge *m, uint64_t time)
{
	if (m->nlost)
		take_due_losses(m, time);
	return m->lost_until;
}

uint64_t linx_merge_delivered(const struct linx_merge *m, unsigned int lane)
{
	uint64_t ran = m->handed && lane == (unsigned int)m->cur ? m->run.n : 0;

	return lane < m->nlanes ? m->lanes[lane].delivered + ran : 0;
}

/* ---- the heap: the smallest (time, lane) is heap[0] --------------------------- */

static bool earlier(const struct linx_merge *m, unsigned int a, unsigned int b)
{
	if (m->lanes[a].time != m->lanes[b].time)
		return m->lanes[a].time < m->lanes[b].time;
	return a < b;
}

static void sift_down(struct linx_merge *m, unsigned int i)
{
	unsigned int lane = m->heap[i], child;

	while ((child = 2 * i + 1) < m->nheap) {
		if (child + 1 < m->nheap && earlier(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!earlier(m, m->heap[child], lane))
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = lane;
}

static void heap_push(struct linx_merge *m, unsigned int lane)
{
	unsigned int i = m->nheap++;

	for (; i > 0 && earlier(m, lane, m->heap[(i - 1) / 2]); i = (i - 1) / 2)
		m->heap[i] = m->heap[(i - 1) / 2];
	m->heap[i] = lane;
}

static unsigned int heap_pop(struct linx_merge *m)
{
	unsigned int lane = m->heap[0];

	m->heap[0] = m->heap[--m->nheap];
	if (m->nheap)
		sift_down(m, 0);
	return lane;
}

/* Makes cur the lane with the earliest front, if any lane is ready. */
static void choose(struct linx_merge *m)
{
	unsigned int lane;

	if (!m->nheap)
		return;
	if (m->cur < 0) {
		m->cur = (int)heap_pop(m);
	} else if (earlier(m, m->heap[0], (unsigned int)m->cur)) {
		lane = m->heap[0];
		m->heap[0] = (unsigned int)m->cur;
		sift_down(m, 0);
		m->cur = (int)lane;
	}
}

/* ---- watching ----------------------------------------------------------------- */

/* Passes the groups of a lane before an offset to who watches, unless they were passed already. */
static inline void lane_show(struct linx_merge *m, unsigned int i, size_t end)
{
	struct lane *l = &m->lanes[i];

	if (m->watch && end > l->shown)
		l->shown_seq = m->watch(m->watch_ctx, i, l->c.data + l->shown, end - l->shown, l->shown_seq);
	l->shown = end;
}

/*
 * True if the groups of lane i are being delivered. m->run then has the lane's position, and lane.off is not up to
 * date.
 */
static bool is_running(const struct linx_merge *m, unsigned int i)
{
	return m->handed && i == (unsigned int)m->cur;
}

void linx_merge_show(struct linx_merge *m, size_t but)
{
	for (unsigned int i = 0; i < m->nlanes; i++)
		lane_show(m, i, is_running(m, i) ? m->run.at - but : m->lanes[i].off);
}

void linx_merge_watch(struct linx_merge *m, linx_merge_watch_fn *fn, void *ctx)
{
	for (unsigned int i = 0; i < m->nlanes; i++) {
		struct lane *l = &m->lanes[i];

		l->shown = is_running(m, i) ? m->run.at : l->off;
		l->shown_seq = is_running(m, i) ? m->run.seq : l->seq;
	}
	m->watch = fn;
	m->watch_ctx = ctx;
}

uint64_t linx_merge_released(const struct linx_merge *m)
{
	return m->handed ? m->run.released : m->released;
}

/* ---- lanes -------------------------------------------------------------------- */

static void lane_set(struct linx_merge *m, struct lane *l, enum lane_state state)
{
	if (l->state == state)
		return;
	m->nempty += (state == LANE_EMPTY) - (l->state == LANE_EMPTY);
	l->state = state;
}

static void lane_give_back(struct linx_merge *m, unsigned int i)
{
	struct lane *l = &m->lanes[i];

	if (!l->off)
		return;
	lane_show(m, i, l->off);
	m->e->ops->advance(m->e, i, l->off);
	l->c.data += l->off;
	l->c.len -= l->off;
	l->off = l->shown = 0;
}

/* Asks the engine for more groups of a lane whose chunk is used up. */
static int lane_refill(struct linx_merge *m, unsigned int i)
{
	struct lane *l = &m->lanes[i];
	int ret;

	lane_give_back(m, i);
	l->c = (struct linx_chunk){ 0 };
	ret = m->e->ops->peek(m->e, i, &l->c);
	if (ret < 0)
		l->c = (struct linx_chunk){ 0 };
	if (l->c.placed)
		l->seq = l->shown_seq = l->c.at;
	if (!l->c.len)
		lane_set(m, l, l->c.data ? LANE_EMPTY : LANE_ABSENT);
	return ret;
}

/* Finds the group at the lane's front and sets the lane's state. 0 or -EBADMSG. */
static int lane_load(struct linx_merge *m, unsigned int i)
{
	struct lane *l = &m->lanes[i];
	const struct linx_gap *gap;
	const struct linx_rec *rec;
	int ret;

	for (;; l->off += l->group_len) {
		if (l->off == l->c.len) {
			ret = lane_refill(m, i);
			if (ret < 0 || !l->c.len)
				return ret;
		}
		rec = (const void *)(l->c.data + l->off);
		l->group_len = linx_group_len(l->c.data + l->off, l->c.len - l->off);
		if (!l->group_len) {
			lane_set(m, l, LANE_ABSENT);
			return linx_fail(&m->e->err, -EBADMSG, "CPU %u: nonsense among its records",
					 i);
		}
		/* A piece without its head has no meaning by itself, and is skipped. */
		if (rec->kind != LINX_REC_PAD && rec->kind != LINX_REC_PIECE)
			break;
	}
	l->time = rec->time;
	gap = rec->kind == LINX_REC_GAP ? linx_decode_gap(rec) : NULL;
	if (gap)
		lost_set(m, l, gap->first_time, gap->last_time);
	lane_set(m, l, LANE_READY);
	return 0;
}

/* Ends the run (records that were read inline, see engine/run.h): the lane continues after the run's last record. */
static void end_run(struct linx_merge *m)
{
	struct lane *l = &m->lanes[m->cur];

	l->off = m->run.at;
	l->seq = m->run.seq;
	l->delivered += m->run.n;
	l->next += m->run.n;
	m->released = m->run.released;
	m->run = (struct linx_run){ 0 };
	m->handed = false;
}

/* Releases the last delivered group, which the caller used until now, and loads the group after it. */
static int settle(struct linx_merge *m)
{
	unsigned int i = (unsigned int)m->cur;
	struct lane *l = &m->lanes[i];
	int ret;

	if (!m->handed)
		return 0;
	end_run(m);
	if (l->off >= ADVANCE_BATCH)
		lane_give_back(m, i);
	ret = lane_load(m, i);
	if (l->state != LANE_READY)
		m->cur = -1;
	return ret;
}

void linx_merge_sync(struct linx_merge *m)
{
	if (m->handed)
		end_run(m);
	m->cur = -1;
	m->nheap = 0;
	m->floor = 0;
	for (unsigned int i = 0; i < m->nlanes; i++) {
		lane_give_back(m, i);
		m->lanes[i].c = (struct linx_chunk){ 0 };
		lane_set(m, &m->lanes[i], LANE_EMPTY);
	}
}

/* Looks for groups in lanes that were empty; after a wait (absent_too) also in lanes that were absent. */
static int look(struct linx_merge *m, bool absent_too)
{
	int ret;

	for (unsigned int i = 0; i < m->nlanes; i++) {
		if (m->lanes[i].state == LANE_READY ||
		    (m->lanes[i].state == LANE_ABSENT && !absent_too))
			continue;
		ret = lane_load(m, i);
		if (ret < 0)
			return ret;
		if (m->lanes[i].state == LANE_READY)
			heap_push(m, i);
	}
	return 0;
}

/*
 * Reads the engine's floor, a time before which no lane will show anything new: records later than the floor have to
 * wait for lanes that are empty. A record that was published before the floor was read is visible after it. Therefore
 * the empty lanes are peeked at once more before the new floor is used.
 */
static int ask_floor(struct linx_merge *m)
{
	uint64_t floor = 0;
	int ret;

	ret = look(m, false);
	if (ret < 0 || !m->nempty)
		return ret;
	m->floor_asked = true;
	ret = m->e->ops->floor(m->e, &floor);
	if (ret < 0)
		return ret;
	ret = look(m, false);
	if (floor > m->floor)
		m->floor = floor;
	return ret;
}

/*
 * Waits for more groups. 1: lanes or floor may have changed; 0: the time limit has passed; -EAGAIN: yields to the
 * caller; -errno.
 */
static int wait_more(struct linx_merge *m, struct linx_deadline *d)
{
	int ret;

	if (m->ended)
		return -ENODATA;
	ret = m->e->ops->wait(m->e, linx_deadline_left(d));
	if (ret == -ENODATA) {
		m->ended = true;
		m->floor = UINT64_MAX;
		ret = 1;
	}
	if (ret <= 0)
		return ret;
	m->floor_asked = false;
	ret = look(m, true);
	return ret < 0 ? ret : 1;
}

static bool may_release(const struct linx_merge *m)
{
	return m->cur >= 0 &&
	       (!m->nempty || m->lanes[m->cur].time < m->floor || m->floor == UINT64_MAX);
}

static uint64_t run_until(const struct linx_merge *m)
{
	uint64_t until = m->nheap ? m->lanes[m->heap[0]].time : UINT64_MAX;

	for (unsigned int i = 0; m->nlost && i < m->nlanes; i++)
		if (m->lanes[i].lost_until && m->lanes[i].lost_from < until)
			until = m->lanes[i].lost_from;
	return m->nempty && m->floor < until ? m->floor : until;
}

/*
 * Skips those sequence numbers in front of the group whose records a filter kept out of the file: they are missing,
 * but were not lost.
 */
static void pass_left_out(struct linx_merge *m, struct lane *l)
{
	if (m->e->left_out)
		l->next += linx_left_out_pass(&m->e->left_out[m->cur], l->seq);
}

static int hand_out(struct linx_merge *m, struct linx_group *g)
{
	struct lane *l = &m->lanes[m->cur];

	g->rec = (const void *)(l->c.data + l->off);
	g->len = l->group_len;
	g->late = l->time < m->released;
	if (!g->late)
		m->released = l->time;
	l->seq = linx_rec_seq(g->rec, l->seq);
	pass_left_out(m, l);
	g->position = (struct linx_position){ .seq = l->seq, .cpu = (uint32_t)m->cur };
	g->hole = l->seq != l->next && g->rec->kind != LINX_REC_GAP;
	l->next = l->seq + linx_rec_counts(g->rec);
	l->delivered += linx_rec_counts(g->rec);
	m->handed = true;
	m->run = (struct linx_run){
		.data = l->c.data,
		.at = l->off + l->group_len,
		.end = ADVANCE_BATCH,
		.len = l->c.len,
		.until = run_until(m),
		.released = m->released,
		.seq = l->seq,
		.cpu = (uint32_t)m->cur,
	};
	return 1;
}

LINX_NOINLINE static int next_slowly(struct linx_merge *m, struct linx_group *g, int timeout_ms)
{
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	int ret = settle(m);

	for (unsigned int rounds = 0; ret >= 0; rounds++) {
		choose(m);
		if (may_release(m))
			return hand_out(m, g);
		if (m->cur >= 0 && !m->floor_asked) {
			ret = ask_floor(m);
			continue;
		}
		ret = rounds < QUIET_ROUNDS ? wait_more(m, &d) : -EAGAIN;
		if (ret == 0)
			return 0;
	}
	return ret;
}

int linx_merge_next(struct linx_merge *m, struct linx_group *g, int timeout_ms)
{
	return linx_run_take(&m->run, g) ? 1 : next_slowly(m, g, timeout_ms);
}
