// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the account of records as text: see output/report.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <linux/linx.h>
#include <linx/http.h>
#include <linx/policy.h>
#include <linx/probe.h>

#include "output/report.h"
#include "base/message.h"

#define LOSS_PERIOD_NS 1000000000ull

uint64_t report_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t sum(const uint64_t *lost)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		n += lost[i];
	return n;
}

uint64_t report_lost(const struct linx_counts *counts)
{
	return sum(counts->lost);
}

/* Writes how many records were lost by which cause, as "345 full, 2 nested". */
static void format_causes(const uint64_t *lost, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = 0;
	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		if (lost[i] && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%" PRIu64 " %s", len ? ", " : "", lost[i], linx_lost_name(i));
}

static const char *remedy(const struct linx_counts *counts)
{
	if (counts->lost[LINX_LOST_THROTTLE_CAP])
		return "use a larger --buffer or --throttle-cap, or select less with -e";
	if (counts->lost[LINX_LOST_FULL])
		return "use a larger --buffer, or select less with -e";
	if (counts->lost[LINX_LOST_NO_RING])
		return "a CPU came online while recording";
	return "see LOSSES in linxcap(1)";
}

void losses_look(struct losses *s, struct linx *l, uint64_t now)
{
	struct linx_counts counts;
	char causes[160];
	uint64_t lost;

	if (now < s->due_ns)
		return;
	s->due_ns = now + LOSS_PERIOD_NS;
	s->dirty = false;
	if (linx_get_counts(l, &counts) < 0)
		return;
	lost = report_lost(&counts);
	if (lost <= s->reported)
		return;
	format_causes(counts.lost, causes, sizeof(causes));
	say_at(SAY_WARNING, "lost %" PRIu64 " events, %" PRIu64 " in all: %s: %s", lost - s->reported, lost, causes,
	    remedy(&counts));
	s->reported = lost;
}

void losses_look_for_tampers(struct losses *s, const struct linx *l)
{
	uint64_t tampers = linx_get_tampers(l);

	if (tampers > s->tampers)
		say_at(SAY_WARNING, "tampering: noticed %" PRIu64 " times: see TAMPERING in linxcap(1)", tampers);
	s->tampers = tampers;
}

static const char *verdict(const struct linx_certificate *c)
{
	if (c->tampers)
		return "INCOMPLETE: somebody interfered with the recording";
	if (c->skipped)
		return "INCOMPLETE: the engine skipped events";
	if (c->probes_missed)
		return "INCOMPLETE: probes missed hits: see their lines";
	if (c->uring_missed)
		return "INCOMPLETE: operations of io_uring were not recorded";
	if (!c->complete)
		return "INCOMPLETE: the sums do not hold";
	if (report_lost(&c->total) || c->total.unread || c->total.overwritten)
		return "not all, but each one accounted for";
	return "complete";
}

void report_certificate(const struct linx_certificate *c)
{
	const struct linx_counts *t = &c->total;
	char overwritten[48] = "", left_out[64] = "", causes[160], context[64] = "";

	if (c->cut_off) {
		say_at(SAY_WARNING, "%" PRIu64
		    " delivered: cut off: the account at the end of the capture is missing",
		    t->delivered);
		return;
	}
	if (c->sampled && !t->selected) {
		/* the source only counts calls: sampling would have recorded at least the first call */
		say_at(c->complete ? SAY_INFO : SAY_WARNING, "%" PRIu64 " counted by the kernel, none recorded: %s", c->sampled, verdict(c));
		return;
	}
	if (t->overwritten)
		snprintf(overwritten, sizeof(overwritten), ", %" PRIu64 " overwritten",
			 t->overwritten);
	if (c->left_out)
		snprintf(left_out, sizeof(left_out), ", %" PRIu64 " left out by FILTER", c->left_out);
	say_at(c->complete ? SAY_INFO : SAY_WARNING, "%" PRIu64 " selected, %" PRIu64 " committed, %" PRIu64 " delivered, %" PRIu64
	    " lost, %" PRIu64 " unread%s%s: %s",
	    t->selected, t->committed, t->delivered, report_lost(t), t->unread, overwritten, left_out,
	    verdict(c));
	if (c->throttled)
		say_at(SAY_INFO, "programs waited %" PRIu64 " times for the reader, %.3f s in all", c->throttled,
		       (double)c->throttled_ns / 1e9);
	if (c->http_dropped)
		say_at(SAY_WARNING, "http: %" PRIu64 " headers that were unfinished gave way to others: bytes of them may not be captured",
		       c->http_dropped);
	if (c->skipped)
		say_at(SAY_WARNING, "skipped: at most %" PRIu64 " events, before selection and filters: nothing else is known of them",
		       c->skipped);
	if (!report_lost(t))
		return;
	format_causes(t->lost, causes, sizeof(causes));
	if (t->lost_context)
		snprintf(context, sizeof(context), " (%" PRIu64 " of them with facts of a process)",
			 t->lost_context);
	say_at(SAY_WARNING, "lost: %s%s: %s", causes, context, remedy(t));
}

/* Writes the counts that are not zero, with their names, as "3 in TLS, 1 in HTTP/2". */
static void format_counts(char *buf, size_t size, const uint64_t *counts, const char *const *names, unsigned int n)
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < n; i++)
		if (counts[i] && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%" PRIu64 " %s", len ? ", " : "", counts[i], names[i]);
}

void report_http(const struct linx *l)
{
	static const char *const names[] = { "in TLS", "in HTTP/2", "became tunnels", "with bytes that were not captured",
					     "malformed", "with lost records", "given up" };
	struct linx_http_counts c;
	char text[400];

	if (linx_get_http_counts(l, &c))
		return;
	format_counts(text, sizeof(text), (const uint64_t[]){ c.tls, c.http2, c.tunnels, c.holes, c.malformed, c.lost, c.given_up },
		      names, sizeof(names) / sizeof(names[0]));
	say_at(SAY_INFO, "http: %" PRIu64 " requests answered, %" PRIu64 " not, %" PRIu64 " responses without a request%s%s",
	       c.answered, c.unanswered, c.orphans, *text ? "; connections not followed to their end: " : "", text);
}

/* Writes what else is known of a probe's hits: those left out, and those that the kernel did not pass on. */
static void format_others(char *buf, size_t size, const struct linx_probe_account *a)
{
	static const char *const names[] = { "filtered", "sampled", "missed by the kernel" };
	const uint64_t counts[] = { a->filtered, a->sampled, a->missed };

	format_counts(buf, size, counts, names, sizeof(names) / sizeof(names[0]));
}

static void report_probe(const struct linx_probe_account *a)
{
	char causes[200], others[200];
	uint64_t lost = sum(a->lost);

	if (!a->known) {
		say_at(SAY_INFO, "%s: %" PRIu64 " hits read; the capture has no account of this probe", a->spec, a->delivered);
		return;
	}
	format_causes(a->lost, causes, sizeof(causes));
	format_others(others, sizeof(others), a);
	say_at(lost || a->missed ? SAY_WARNING : SAY_INFO, "%s: %s%" PRIu64 " selected = %" PRIu64 " committed + %" PRIu64 " lost%s%s%s%s%s",
	       a->spec, a->at_least || a->missed ? "at least " : "", a->selected, a->committed, lost, lost ? " (" : "", causes,
	       lost ? ")" : "", *others ? "; " : "", others);
	if (a->gone)
		say_at(SAY_WARNING, "%s: its module was unloaded meanwhile: the probe ended there", a->spec);
}

void report_probes(struct linx *l)
{
	struct linx_probe_account a;

	for (int i = linx_next_probe(l, 0); i >= 0; i = linx_next_probe(l, (uint32_t)i + 1))
		if (!linx_get_probe_account(l, (uint32_t)i, &a))
			report_probe(&a);
}

/* Prints for which programs the conditions of rules held, and how often. */
static void report_programs(struct linx *l, const struct linx_policy *policy)
{
	struct linx_policy_program p;
	struct linx_policy_rule rule;

	for (unsigned int i = 0; policy && !linx_get_policy_program(l, i, &p); i++)
		if (!linx_policy_get(policy, p.rule, &rule))
			say_at(SAY_INFO, "%10" PRIu64 " by %s: %s", p.count, *p.name ? p.name : "the kernel", rule.name);
}

void report_policy(struct linx *l, const struct linx_policy *policy)
{
	static const char *const names[] = { "refused", "with a signal", "only reported", "undecided" };
	struct linx_policy_counts c;
	struct linx_policy_rule rule;
	char text[200];

	for (unsigned int i = 0; policy && !linx_policy_get(policy, i, &rule); i++) {
		if (linx_get_policy_counts(l, i, &c)) {
			say_at(SAY_WARNING, "%s: %s", rule.name, linx_error_text(l));
			continue;
		}
		format_counts(text, sizeof(text), (const uint64_t[]){ c.refused, c.signalled, c.observed, c.undecided }, names, 4);
		say_at(SAY_INFO, "%s: %s", rule.name, *text ? text : "nothing refused");
	}
	report_programs(l, policy);
}
