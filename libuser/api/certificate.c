// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The certificate: compares the counters of the kernel with those of the reader.
 * For every CPU two equations of counters must hold (see struct linx_certificate), whose two sides are counted
 * independently.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "api/source.h"

uint64_t linx_delivered(const struct linx *l, unsigned int lane)
{
	uint64_t n = linx_merge_delivered(l->m, lane);

	return l->written && lane < l->nwritten ? n + l->written[lane] : n;
}

static void counts_add(struct linx_counts *to, const struct linx_counts *from)
{
	to->selected += from->selected;
	to->committed += from->committed;
	to->delivered += from->delivered;
	to->unread += from->unread;
	to->overwritten += from->overwritten;
	to->filtered += from->filtered;
	to->lost_context += from->lost_context;
	for (int i = 0; i < LINX_LOST_MAX; i++)
		to->lost[i] += from->lost[i];
}

static bool totals_hold(const struct linx_counts *c, uint64_t left_out)
{
	uint64_t lost = 0;

	for (int i = 0; i < LINX_LOST_MAX; i++)
		lost += c->lost[i];
	return c->selected == c->committed + lost &&
	       c->committed == c->delivered + c->unread + c->overwritten + left_out;
}

/* Grows an array of counts from n to "more" elements; the new ones are 0. False: no memory, nothing is changed. */
static bool grow_counts(uint64_t **counts, unsigned int n, unsigned int more)
{
	uint64_t *grown = realloc(*counts, more * sizeof(*grown));

	if (!grown)
		return false;
	memset(grown + n, 0, (more - n) * sizeof(*grown));
	*counts = grown;
	return true;
}

static int grow_cpus(struct linx_totals *s, unsigned int ncpus)
{
	struct linx_counts *cpus;

	if (ncpus <= s->ncpus)
		return 0;
	cpus = realloc(s->cpus, ncpus * sizeof(*cpus));
	if (!cpus)
		return -ENOMEM;
	s->cpus = cpus;
	if (!linx_kinds_grow(&s->kinds, ncpus) || !grow_counts(&s->cpus_sampled, s->ncpus, ncpus) || !grow_counts(&s->cpus_skipped, s->ncpus, ncpus) ||
	    !grow_counts(&s->cpus_left_out, s->ncpus, ncpus))
		return -ENOMEM;
	memset(cpus + s->ncpus, 0, (ncpus - s->ncpus) * sizeof(*cpus));
	s->ncpus = ncpus;
	return 0;
}

/*
 * Returns the number of delivered records, including entries that a filter left out and a MOVED record restored
 * later.
 */
static uint64_t all_delivered(const struct linx *l, unsigned int cpu)
{
	return linx_delivered(l, cpu) + (cpu < l->nhidden ? l->moved[cpu] : 0);
}

/*
 * Returns the number of records that a filter left out of a file, without those that MOVED records restored. If MOVED
 * records restore more than was left out, the equations of the certificate do not hold.
 */
static uint64_t left_out(const struct linx *l, const struct linx_account *a, unsigned int cpu)
{
	uint64_t n = a->left_out && cpu < a->ncpus ? a->left_out[cpu] : 0;

	return n > l->moved[cpu] ? n - l->moved[cpu] : 0;
}

static struct linx_counts cpu_counts(const struct linx *l, const struct linx_account *a,
				     unsigned int cpu)
{
	struct linx_counts c = { .delivered = all_delivered(l, cpu) };

	if (cpu < l->nhidden)
		c.filtered = l->hidden[cpu];
	if (cpu >= a->ncpus)
		return c;
	c.filtered += a->cpus[cpu].filtered;
	c.selected = a->cpus[cpu].selected;
	c.committed = a->cpus[cpu].committed;
	c.overwritten = a->cpus[cpu].overwritten;
	c.lost_context = a->cpus[cpu].lost_context;
	memcpy(c.lost, a->cpus[cpu].lost, sizeof(c.lost));
	c.unread = a->unread ? a->unread[cpu] : 0;
	return c;
}

/* Adds the count of one CPU, from[cpu], to *each and to *all. from NULL: the count is 0. */
static void add_count(const uint64_t *from, unsigned int cpu, uint64_t *each, uint64_t *all)
{
	uint64_t n = from ? from[cpu] : 0;

	*each += n;
	*all += n;
}

/*
 * Adds the delivered records of a lane by kind. Only records other than returns were counted by kind; the rest are
 * returns.
 */
static void add_kinds(struct linx *l, unsigned int lane)
{
	uint64_t returns = all_delivered(l, lane), *to = l->totals.kinds.n[lane];

	for (unsigned int k = 0; lane < l->kinds.ncpus && k < LINX_KINDS; k++) {
		to[k] += l->kinds.n[lane][k];
		returns -= l->kinds.n[lane][k];
	}
	to[LINX_REC_EXIT] += returns;
}

/*
 * Adds the counts of all CPUs of this section to the totals. True if both equations of totals_hold() hold for each CPU.
 */
static bool add_cpus(struct linx *l, const struct linx_account *a, unsigned int nlanes)
{
	bool hold = true;

	for (unsigned int i = 0; i < nlanes; i++) {
		struct linx_counts c = cpu_counts(l, a, i);
		uint64_t left;

		if (i < a->ncpus) {
			add_count(a->sampled, i, &l->totals.cpus_sampled[i], &l->totals.cert.sampled);
			add_count(a->skipped, i, &l->totals.cpus_skipped[i], &l->totals.cert.skipped);
		}
		left = left_out(l, a, i);
		add_count(&left, 0, &l->totals.cpus_left_out[i], &l->totals.cert.left_out);
		hold &= totals_hold(&c, left);
		add_kinds(l, i);
		counts_add(&l->totals.cpus[i], &c);
		counts_add(&l->totals.cert.total, &c);
	}
	return hold;
}

LINX_API int linx_get_counts(struct linx *l, struct linx_counts *counts)
{
	unsigned int nlanes = l->e->ops->nlanes(l->e);
	struct linx_account a = { 0 };
	int ret;

	ret = l->e->ops->account(l->e, false, &a);
	if (ret)
		return linx_engine_failed(l, ret);
	memset(counts, 0, sizeof(*counts));
	for (unsigned int i = 0; i < nlanes; i++) {
		struct linx_counts c = cpu_counts(l, &a, i);

		counts_add(counts, &c);
	}
	counts->filtered += l->hidden[l->nhidden];
	return 0;
}

/* Returns the number of CPUs up to the last one with any count; CPUs after it are left out of the certificate. */
static unsigned int last_cpu(const struct linx_totals *s)
{
	static const struct linx_counts none;
	unsigned int n = s->ncpus;

	while (n > 0 && !s->cpus_sampled[n - 1] && !s->cpus_skipped[n - 1] && !s->cpus_left_out[n - 1] && !memcmp(&s->cpus[n - 1], &none, sizeof(none)))
		n--;
	return n;
}

/* ---- calls ------------------------------------------------------------------------ */

/* Number of calls of all machine types together: the sections of one file may come from machines of different types. */
#define NCALLS (LINX_MACHINES * LINX_NCALLS)

/* Sets the name of call i. A name of the table is borrowed: all tables live until linx_close(). */
static void name_call(struct linx_totals *s, const struct linx *l, unsigned int i)
{
	struct linx_call_counts *c = &s->calls[i];
	const struct linx_table_call *call =
		c->nr < 0 ? NULL : linx_table_lookup(l->table, c->abi % LINX_ABI_NR, c->nr);

	if (call)
		c->name = call->name;
	else if (c->nr < 0)
		c->name = "other";
	else
		c->name = s->names[i];
	snprintf(s->names[i], sizeof(s->names[i]), "syscall_%d", c->nr);
}

static int alloc_calls(struct linx_totals *s)
{
	if (!s->calls)
		s->calls = calloc(NCALLS, sizeof(*s->calls));
	if (!s->call_index)
		s->call_index = calloc(NCALLS, sizeof(*s->call_index));
	if (!s->names)
		s->names = calloc(NCALLS, sizeof(*s->names));
	if (!s->calls_sampled)
		s->calls_sampled = calloc(NCALLS, sizeof(*s->calls_sampled));
	return s->calls && s->call_index && s->names && s->calls_sampled ? 0 : -ENOMEM;
}

/*
 * Finds or adds the counters of a call in the totals. slot: index of the call among the
 * ABIs of the section's machine, while the totals are indexed by all ABIs.
 */
static struct linx_call_counts *count_of(struct linx_totals *s, const struct linx *l, unsigned int slot)
{
	unsigned int nr = slot % LINX_NR_MAX, abi = linx_table_abi(l->table, slot / LINX_NR_MAX);
	uint16_t *position = &s->call_index[abi * LINX_NR_MAX + nr];
	struct linx_call_counts *c;

	if (!*position) {
		c = &s->calls[s->ncalls];
		c->nr = nr == LINX_NR_OTHER ? -1 : (int32_t)nr;
		c->abi = abi;
		name_call(s, l, s->ncalls++);
		*position = (uint16_t)s->ncalls;
	}
	return &s->calls[*position - 1];
}

static void add_calls(struct linx *l, const struct linx_account *a)
{
	struct linx_totals *s = &l->totals;

	for (unsigned int i = 0; i < LINX_NCALLS; i++) {
		const struct linx_call_counters *k = &a->calls[i];
		uint64_t sampled = a->sampled_calls ? a->sampled_calls[i] : 0;
		struct linx_call_counts *c;

		if (!(k->selected | k->committed | k->lost | l->calls[i] | sampled))
			continue;
		c = count_of(s, l, i);
		c->selected += k->selected;
		c->committed += k->committed;
		c->delivered += l->calls[i];
		c->lost += k->lost;
		s->calls_sampled[c - s->calls] += sampled;
	}
}

/* ---- sections ---------------------------------------------------------------------- */

static void add_times(struct linx_certificate *c, const struct linx_account *a, bool first)
{
	if (first)
		c->start_ns = a->start_ns;
	c->stop_ns = a->stop_ns;
	c->throttled += a->throttled;
	c->throttled_ns += a->throttled_ns;
	c->http_dropped += a->http_dropped;
}

int linx_totals_add(struct linx *l)
{
	struct linx_totals *s = &l->totals;
	struct linx_account a = { 0 };
	unsigned int nlanes = l->e->ops->nlanes(l->e);
	bool hold;
	int ret;

	linx_merge_sync(l->m);
	ret = l->e->ops->account(l->e, true, &a);
	if (ret)
		return linx_engine_failed(l, ret);
	ret = linx_probes_count(l);
	if (ret)
		return ret;
	ret = grow_cpus(s, nlanes);
	if (!ret && a.calls)
		ret = alloc_calls(s);
	if (ret)
		return linx_fail(&l->err, ret, "out of memory");
	hold = add_cpus(l, &a, nlanes);
	if (a.calls)
		add_calls(l, &a);
	if (!s->sections)
		s->cert.complete = true;
	s->cert.complete &= hold && a.known && !a.disorder && !l->incomplete && !s->cert.skipped;
	s->cert.complete &= !l->tampered && !linx_has_tampers(l);
	s->cert.probes_missed += linx_probes_missed(l);
	s->cert.uring_missed |= a.uring_missed;
	s->cert.complete &= !s->cert.probes_missed && !s->cert.uring_missed;
	s->cert.tampers = l->tampered;
	add_times(&s->cert, &a, s->sections++ == 0);
	s->cert.cpus = s->cpus;
	s->cert.ncpus = last_cpu(s);
	s->cert.calls = s->calls;
	s->cert.cpus_sampled = s->cpus_sampled;
	s->cert.calls_sampled = s->calls_sampled;
	s->cert.cpus_skipped = s->cpus_skipped;
	s->cert.cpus_left_out = s->cpus_left_out;
	s->cert.ncalls = s->ncalls;
	s->cert.events = l->events;
	s->cert.total.filtered += l->hidden[l->nhidden];
	s->cert.cut_off |= !a.known && l->phase >= LINX_PHASE_ACCOUNT;
	return 0;
}

void linx_totals_free(struct linx_totals *s)
{
	free(s->cpus);
	free(s->calls);
	free(s->call_index);
	free(s->names);
	free(s->cpus_sampled);
	free(s->cpus_skipped);
	free(s->cpus_left_out);
	linx_kinds_free(&s->kinds);
	free(s->calls_sampled);
}
