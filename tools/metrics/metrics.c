// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counters of a run: see metrics/metrics.h. metrics/exposition.c prints them. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/signals.h"
#include "metrics/numbers.h"

#define NS_PER_MS 1000000u
/*
 * Longest time for which a listener waits until the reader publishes its counts, and time for which counts that were
 * published are used again.
 */
#define ASK_MS 250
#define FRESH_NS (100u * NS_PER_MS)
/* Time without a step after which the reader counts as hanging. */
#define LATE_NS 10000000000u
/* Number of alerts in a row that an output could not send, after which the output counts as broken. */
#define FAILURES 3

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/*
 * Adds n without an atomic read-modify-write, which is enough since only the thread of the reader writes these
 * counters.
 */
static void add(_Atomic uint64_t *to, uint64_t n)
{
	atomic_store_explicit(to, atomic_load_explicit(to, memory_order_relaxed) + n, memory_order_relaxed);
}

static void set(_Atomic uint64_t *to, uint64_t n)
{
	atomic_store_explicit(to, n, memory_order_relaxed);
}

struct metrics *metrics_new(void)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->answered = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&m->lock, NULL);
	if (m->answered >= 0)
		return m;
	metrics_free(m);
	return NULL;
}

static void free_rules(struct rule_numbers *r)
{
	for (unsigned int i = 0; r && i < r->n; i++)
		free(r->rules[i].name);
	free(r);
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	if (m->answered >= 0)
		close(m->answered);
	pthread_mutex_destroy(&m->lock);
	free_rules(m->rules);
	free(m->engine);
	free(m);
}

int metrics_begin(struct metrics *m, const char *engine)
{
	m->start_ns = clock_ns();
	set(&m->seen_ns, m->start_ns);
	m->engine = strdup(engine);
	return m->engine ? 0 : -ENOMEM;
}

/* ---- functions for the reader of events ------------------------------------------------- */

void metrics_count_events(struct metrics *m, unsigned int n)
{
	if (m)
		add(&m->numbers[NUMBER_EVENTS], n);
}

bool metrics_step(struct metrics *m, uint64_t now_ns)
{
	if (!m)
		return false;
	set(&m->seen_ns, now_ns);
	atomic_store_explicit(&m->resting, false, memory_order_relaxed);
	return atomic_load_explicit(&m->wanted, memory_order_relaxed);
}

void metrics_rest(struct metrics *m)
{
	if (m)
		atomic_store_explicit(&m->resting, true, memory_order_relaxed);
}

void metrics_publish(struct metrics *m, const struct linx_counts *c, const struct metrics_more *more)
{
	const uint64_t now[] = {
		[NUMBER_SELECTED] = c->selected,   [NUMBER_COMMITTED] = c->committed,	  [NUMBER_DELIVERED] = c->delivered,
		[NUMBER_FILTERED] = c->filtered,   [NUMBER_OVERWRITTEN] = c->overwritten, [NUMBER_LOST_CONTEXT] = c->lost_context,
		[NUMBER_BYTES] = more->bytes,	   [NUMBER_TAMPERS] = more->tampers,	  [NUMBER_MISSED] = more->missed,
		[NUMBER_AT_LEAST] = more->at_least,
	};
	uint64_t one = 1;

	if (!m)
		return;
	for (unsigned int i = NUMBER_SELECTED; i < NUMBERS_OF_SOURCE_END; i++)
		set(&m->numbers[i], m->before[i] + now[i]);
	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		set(&m->lost[i], m->lost_before[i] + c->lost[i]);
	/*
	 * Answers a listener that has asked for counts. The release order makes the counts that were set above visible
	 * to it.
	 */
	if (atomic_exchange_explicit(&m->wanted, false, memory_order_release) && write(m->answered, &one, sizeof(one)) < 0)
		return;
}

void metrics_next_source(struct metrics *m)
{
	if (!m)
		return;
	for (unsigned int i = NUMBER_SELECTED; i < NUMBERS_OF_SOURCE_END; i++)
		m->before[i] = atomic_load_explicit(&m->numbers[i], memory_order_relaxed);
	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		m->lost_before[i] = atomic_load_explicit(&m->lost[i], memory_order_relaxed);
}

static struct rule_numbers *copy_rules(const struct metrics_rule *rules, unsigned int n)
{
	struct rule_numbers *r = calloc(1, sizeof(*r) + n * sizeof(r->rules[0]));

	for (; r && r->n < n; r->n++) {
		struct rule_number *to = &r->rules[r->n];

		to->name = strdup(rules[r->n].name);
		to->priority = rules[r->n].priority;
		set(&to->alerts, rules[r->n].alerts);
		if (to->name)
			continue;
		free_rules(r);
		return NULL;
	}
	return r;
}

/*
 * Replaces the list of rules. The lock protects only the pointer to the list, which rarely changes. It does not protect
 * the counters.
 */
void metrics_set_rules(struct metrics *m, const struct metrics_rule *rules, unsigned int n)
{
	struct rule_numbers *r, *old;

	if (!m)
		return;
	r = copy_rules(rules, n);
	pthread_mutex_lock(&m->lock);
	old = m->rules;
	m->rules = r;
	pthread_mutex_unlock(&m->lock);
	free_rules(old);
}

void metrics_count_alert(struct metrics *m, unsigned int rule)
{
	if (m && m->rules && rule < m->rules->n)
		add(&m->rules->rules[rule].alerts, 1);
}

void metrics_reloaded(struct metrics *m, const char *why)
{
	if (!m)
		return;
	add(&m->numbers[why ? NUMBER_RELOAD_ERRORS : NUMBER_RELOADS], 1);
	pthread_mutex_lock(&m->lock);
	m->reload_failed = why;
	if (why)
		problem_set(&m->why_not_reloaded, "%s", why);
	pthread_mutex_unlock(&m->lock);
}

void metrics_set_limited(struct metrics *m, uint64_t n)
{
	if (m)
		set(&m->numbers[NUMBER_LIMITED], n);
}

void metrics_set_forgotten(struct metrics *m, uint64_t n)
{
	if (m)
		set(&m->numbers[NUMBER_FORGOTTEN], n);
}

void metrics_set_alerts(struct metrics *m, struct alerts *a)
{
	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	m->alerts = a;
	pthread_mutex_unlock(&m->lock);
}

/* ---- functions for the thread that serves the pages -------------------------------------- */

void metrics_ask(struct metrics *m)
{
	struct pollfd answer = { .fd = m->answered, .events = POLLIN };
	uint64_t n;

	if (m->asked_ns && clock_ns() - m->asked_ns < FRESH_NS)
		return;
	/* discards the answer to an earlier request, if it came after that request's timeout */
	if (read(m->answered, &n, sizeof(n)) < 0)
		n = 0;
	atomic_store_explicit(&m->wanted, true, memory_order_release);
	signals_wake();
	if (poll(&answer, 1, ASK_MS) > 0 && read(m->answered, &n, sizeof(n)) < 0)
		n = 0;
	m->asked_ns = clock_ns();
}

/* Returns whether all outputs work. Called with the lock held. */
static bool outputs_work(const struct metrics *m, struct problem *why)
{
	struct alert_output_counts c;
	char place[ALERT_PLACE_MAX];

	for (unsigned int i = 0; m->alerts && !alerts_get_output(m->alerts, i, &c, place); i++) {
		if (c.failures < FAILURES)
			continue;
		problem_set(why, "output %u, %s: the last %llu alerts did not reach it", i + 1, place, (unsigned long long)c.failures);
		return false;
	}
	return true;
}

static bool reader_works(const struct metrics *m, struct problem *why)
{
	uint64_t seen = atomic_load_explicit(&m->seen_ns, memory_order_relaxed), now = clock_ns();

	if (atomic_load_explicit(&m->resting, memory_order_relaxed) || now < seen + LATE_NS)
		return true;
	problem_set(why, "reader: it has read nothing for %llu s, and does not wait for events", (unsigned long long)((now - seen) / 1000000000u));
	return false;
}

/*
 * Returns whether nobody has interfered with the recording. After the first interference the answer stays false, since
 * events that were missed cannot be recorded any more.
 */
static bool recording_works(const struct metrics *m, struct problem *why)
{
	uint64_t tampers = atomic_load_explicit(&m->numbers[NUMBER_TAMPERS], memory_order_relaxed);

	return !tampers || problem_set(why, "recording: tampering was noticed %llu times", (unsigned long long)tampers) == 0;
}

bool metrics_healthy(struct metrics *m, struct problem *why)
{
	bool good = reader_works(m, why) && recording_works(m, why);

	pthread_mutex_lock(&m->lock);
	if (good && m->reload_failed)
		good = problem_set(why, "rules: not reloaded: %s", m->why_not_reloaded.text) == 0;
	good = good && outputs_work(m, why);
	pthread_mutex_unlock(&m->lock);
	return good;
}
