// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keys of a window, in a hash table, and in a list by the time of their last matches: see rules/window.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "rules/window_own.h"

#define BUCKETS_MIN 64u

/* ---- keys ----------------------------------------------------------------------------------- */

static void unlink_age(struct linx_window *w, struct linx_window_key *k)
{
	*(k->older ? &k->older->newer : &w->oldest) = k->newer;
	*(k->newer ? &k->newer->older : &w->newest) = k->older;
}

static void link_newest(struct linx_window *w, struct linx_window_key *k)
{
	k->newer = NULL;
	k->older = w->newest;
	*(w->newest ? &w->newest->newer : &w->oldest) = k;
	w->newest = k;
}

static struct linx_window_key *find(struct linx_window *w, struct linx_window_bytes key, uint64_t hash)
{
	struct linx_window_key *k = w->buckets[hash & w->mask];

	while (k && (k->hash != hash || k->len != key.n || (key.n && memcmp(k->name, key.data, key.n) != 0)))
		k = k->next;
	return k;
}

static void remove_key(struct linx_window *w, struct linx_window_key *k)
{
	struct linx_window_key **at = &w->buckets[k->hash & w->mask];

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	unlink_age(w, k);
	w->bytes -= k->bytes;
	w->nkeys--;
	linx_window_marks_free(w, k);
	free(k);
}

/*
 * Counts a forgotten key. newest: time of the key's last match. Until that match is too old to count, it may be missing
 * in alerts.
 */
static void note_forgotten(struct linx_window *w, uint64_t newest)
{
	uint64_t until = newest > UINT64_MAX - w->opts.within_ns ? UINT64_MAX : newest + w->opts.within_ns;

	if (until > w->forgotten_until)
		w->forgotten_until = until;
	w->forgotten++;
}

static void forget(struct linx_window *w, struct linx_window_key *k)
{
	note_forgotten(w, k->newest);
	remove_key(w, k);
}

/* Doubles the number of buckets. Without memory nothing changes, and the chains become longer. */
static void grow_buckets(struct linx_window *w)
{
	uint32_t mask = 2 * w->mask + 1;
	struct linx_window_key **buckets = calloc((size_t)mask + 1, sizeof(struct linx_window_key *)), *next;

	if (!buckets)
		return;
	for (uint32_t i = 0; i <= w->mask; i++)
		for (struct linx_window_key *k = w->buckets[i]; k; k = next) {
			next = k->next;
			k->next = buckets[k->hash & mask];
			buckets[k->hash & mask] = k;
		}
	free(w->buckets);
	w->buckets = buckets;
	w->mask = mask;
}

static struct linx_window_key *make_key(struct linx_window *w, struct linx_window_bytes key, uint64_t hash, uint64_t time)
{
	struct linx_window_key *k = calloc(1, sizeof(*k) + key.n + 1);

	if (!k)
		return NULL;
	if (w->nkeys > w->mask)
		grow_buckets(w);
	k->hash = hash;
	k->newest = time;
	k->len = key.n;
	k->bytes = sizeof(*k) + key.n;
	if (key.n)
		memcpy(k->name, key.data, key.n);
	k->next = w->buckets[hash & w->mask];
	w->buckets[hash & w->mask] = k;
	link_newest(w, k);
	w->nkeys++;
	w->bytes += k->bytes;
	return k;
}

/* ---- bounds --------------------------------------------------------------------------------- */

/* Removes the keys whose matches are all too old to count. These keys do not count as forgotten. */
static void drop_past(struct linx_window *w)
{
	while (w->oldest && w->now - w->oldest->newest > w->opts.within_ns)
		remove_key(w, w->oldest);
}

static void keep_bounds(struct linx_window *w)
{
	while (w->oldest && (w->nkeys > w->opts.keys || w->bytes > w->opts.bytes))
		forget(w, w->oldest);
}

static void look(struct linx_window *w, uint64_t time)
{
	if (time > w->now)
		w->now = time;
	drop_past(w);
}

/* Accounts for a key's change of memory from "before" bytes, and moves the key to the newest end of the list. */
static void touch(struct linx_window *w, struct linx_window_key *k, size_t before)
{
	w->bytes += k->bytes - before;
	unlink_age(w, k);
	link_newest(w, k);
}

static bool raise_alert(struct linx_window *w, struct linx_window_key *k, uint64_t span_ns)
{
	w->span_ns = span_ns;
	w->at_least = w->forgotten && k->newest <= w->forgotten_until;
	remove_key(w, k);
	return true;
}

/* ---- matches -------------------------------------------------------------------------------- */

bool linx_window_count(struct linx_window *w, uint64_t time, struct linx_window_bytes key, struct linx_window_bytes value)
{
	uint64_t hash = linx_siphash(&w->seed, key.data, key.n);
	struct linx_window_key *k;
	size_t before;
	bool added;

	look(w, time);
	k = find(w, key, hash);
	if (!k)
		k = make_key(w, key, hash, time);
	if (!k) {
		linx_window_miss(w, time);
		return false;
	}
	before = k->bytes;
	added = w->opts.kind == LINX_WINDOW_VALUES ? linx_window_add_value(w, k, time, value) : linx_window_add_time(w, k, time);
	touch(w, k, before);
	if (!added)
		forget(w, k);
	else if (k->n >= w->opts.count)
		return raise_alert(w, k, linx_window_marks_span(w, k));
	keep_bounds(w);
	return false;
}

/* True if the steps before this step were reached no later than "time", and the first of them is within the window. */
static bool continues(const struct linx_window *w, const struct linx_window_key *k, uint64_t time, unsigned int step)
{
	const struct linx_window_steps *from = &k->steps[step - 1];

	return from->reached && time >= from->last && time - from->first <= w->opts.within_ns;
}

bool linx_window_step(struct linx_window *w, uint64_t time, struct linx_window_bytes key, unsigned int step)
{
	uint64_t hash = linx_siphash(&w->seed, key.data, key.n);
	struct linx_window_key *k;
	size_t before;
	bool added;

	look(w, time);
	k = find(w, key, hash);
	if (step && (!k || !continues(w, k, time, step)))
		return false;
	if (step == w->opts.count - 1) {
		k->newest = time > k->newest ? time : k->newest;
		return raise_alert(w, k, time - k->steps[step - 1].first);
	}
	if (!k)
		k = make_key(w, key, hash, time);
	if (!k) {
		linx_window_miss(w, time);
		return false;
	}
	before = k->bytes;
	added = linx_window_add_step(w, k, time, step);
	touch(w, k, before);
	if (!added)
		forget(w, k);
	keep_bounds(w);
	return false;
}

void linx_window_miss(struct linx_window *w, uint64_t time)
{
	note_forgotten(w, time);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool is_valid(const struct linx_window_opts *o)
{
	static const uint32_t least[] = { [LINX_WINDOW_COUNT] = 1, [LINX_WINDOW_VALUES] = 1, [LINX_WINDOW_SEQUENCE] = 2 };
	static const uint32_t most[] = {
		[LINX_WINDOW_COUNT] = LINX_WINDOW_COUNT_MAX, [LINX_WINDOW_VALUES] = LINX_WINDOW_VALUES_MAX, [LINX_WINDOW_SEQUENCE] = LINX_WINDOW_STEPS_MAX,
	};

	return o->keys && o->count >= least[o->kind] && o->count <= most[o->kind];
}

int linx_window_new(const struct linx_window_opts *opts, struct linx_window **out)
{
	struct linx_window *w;

	if (!is_valid(opts))
		return -EINVAL;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->opts = *opts;
	w->mask = BUCKETS_MIN - 1;
	w->buckets = calloc(BUCKETS_MIN, sizeof(struct linx_window_key *));
	if (!w->buckets) {
		free(w);
		return -ENOMEM;
	}
	/*
	 * The kernel has no random seed early at boot. Programs could then choose keys with equal hashes, which make
	 * long chains.
	 */
	if (getrandom(&w->seed, sizeof(w->seed), GRND_NONBLOCK) < 0)
		w->seed = (struct linx_siphash_key){ { 0 } };
	*out = w;
	return 0;
}

void linx_window_clear(struct linx_window *w)
{
	while (w->oldest)
		remove_key(w, w->oldest);
	w->now = w->forgotten_until = 0;
}

void linx_window_free(struct linx_window *w)
{
	if (!w)
		return;
	linx_window_clear(w);
	free(w->buckets);
	free(w);
}

uint64_t linx_window_get_span_ns(const struct linx_window *w)
{
	return w->span_ns;
}

bool linx_window_is_at_least(const struct linx_window *w)
{
	return w->at_least;
}

uint32_t linx_window_get_keys(const struct linx_window *w)
{
	return w->nkeys;
}

uint64_t linx_window_get_forgotten(const struct linx_window *w)
{
	return w->forgotten;
}
