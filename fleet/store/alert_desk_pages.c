// SPDX-License-Identifier: LGPL-2.1-or-later
/* What --metrics shows of alerts: see store/alert_desk.h. */
#include "store/alert_desk_own.h"

#ifdef FLEET_HAS_NATS
#include <inttypes.h>

/* Health is bad if no alert can be fetched, or a receiver fails, for longer than this. */
#define APART_NS (20 * SECOND_NS)
#define FAILING_NS (60 * SECOND_NS)
/* Health is bad if the thread that fetches does nothing for so long. */
#define STUCK_NS (60 * SECOND_NS)

static double seconds(uint64_t now, uint64_t since)
{
	return now > since ? (double)((now - since) / 1000000) / 1000 : 0;
}

static void put_family(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_number(FILE *to, const char *name, const char *type, const char *help, uint64_t n)
{
	put_family(to, name, type, help);
	fprintf(to, "%s %" PRIu64 "\n", name, n);
}

/* Begins a sample of a receiver. Its host has no character that would have to be escaped. */
static void put_receiver(const struct desk *d, FILE *to, const char *name, unsigned int i)
{
	fprintf(to, "%s{receiver=\"%u\",host=\"%s\"} ", name, i + 1, d->receivers[i].place);
}

static uint64_t taken_of(const struct queue_receiver *r)
{
	return r->taken;
}

static uint64_t refusals_of(const struct queue_receiver *r)
{
	return r->refusals;
}

static uint64_t faults_of(const struct queue_receiver *r)
{
	return r->faults;
}

static void put_receivers(const struct desk *d, FILE *to, const char *name, const char *help, uint64_t (*number)(const struct queue_receiver *r))
{
	put_family(to, name, "counter", help);
	for (unsigned int i = 0; i < d->queue.nreceivers; i++) {
		put_receiver(d, to, name, i);
		fprintf(to, "%" PRIu64 "\n", number(&d->queue.receivers[i]));
	}
}

void desk_print(struct desk *d, FILE *to, uint64_t now)
{
	const struct desk_counts *c = &d->counts;

	pthread_mutex_lock(&d->lock);
	put_number(to, "linx_store_alerts_total", "counter", "Alerts that each receiver has taken or refused for good.", c->alerts);
	put_number(to, "linx_store_alerts_refused_total", "counter", "Alerts that were refused for good, and set aside.", c->refused);
	put_number(to, "linx_store_alerts_dropped_total", "counter", "Alerts that were refused for good, and for which there was no room.", c->dropped);
	put_number(to, "linx_store_alerts_again_total", "counter", "Alerts that came again.", c->again);
	put_number(to, "linx_store_alerts_lost_total", "counter", "Alerts that machines have reported as lost.", c->lost);
	put_number(to, "linx_store_alerts_orders_total", "counter", "Orders to send alerts again.", c->asked);
	put_number(to, "linx_store_alerts_waiting", "gauge", "Alerts that wait to be posted.", d->queue.n);
	put_number(to, "linx_store_alerts_waiting_bytes", "gauge", "Bytes of the alerts that wait to be posted.", d->queue.bytes);
	put_receivers(d, to, "linx_store_alerts_taken_total", "Alerts that a receiver has taken.", taken_of);
	put_receivers(d, to, "linx_store_alerts_refusals_total", "Posts that a receiver has refused because of the alert.", refusals_of);
	put_receivers(d, to, "linx_store_alerts_failures_total", "Posts that failed because of the receiver.", faults_of);
	put_family(to, "linx_store_alerts_posted_seconds", "gauge", "Time since a receiver has taken an alert, or since the start.");
	for (unsigned int i = 0; i < d->queue.nreceivers; i++) {
		put_receiver(d, to, "linx_store_alerts_posted_seconds", i);
		fprintf(to, "%.3f\n", seconds(now, d->queue.receivers[i].taken_ns ? d->queue.receivers[i].taken_ns : d->begun_ns));
	}
	pthread_mutex_unlock(&d->lock);
}

/* Judges a receiver. Alerts that it refuses, while it may take others, are no fault of it. */
static int judge_receiver(const struct desk *d, unsigned int i, uint64_t now, struct problem *why)
{
	const struct queue_receiver *r = &d->queue.receivers[i];

	if (r->failures && r->last == POST_DENIED)
		return problem_set(why, "alerts wait: receiver %u refuses linx-store", i + 1);
	if (r->failures && now > r->since_ns + FAILING_NS)
		return problem_set(why, "alerts wait: receiver %u has taken none for %.0f seconds", i + 1, seconds(now, r->since_ns));
	return 0;
}

int desk_judge(struct desk *d, uint64_t now, struct problem *why)
{
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	if (d->started && now > d->looked_ns + STUCK_NS)
		rc = problem_set(why, "alerts are stuck for %.0f seconds", seconds(now, d->looked_ns));
	else if (d->apart_ns && now > d->apart_ns + APART_NS)
		rc = problem_set(why, "no alert can be fetched from NATS for %.0f seconds", seconds(now, d->apart_ns));
	for (unsigned int i = 0; i < d->queue.nreceivers && !rc; i++)
		rc = judge_receiver(d, i, now, why);
	pthread_mutex_unlock(&d->lock);
	return rc;
}

void desk_say_end(const struct desk *d)
{
	const struct desk_counts *c = &d->counts;

	say_at(SAY_INFO, "%" PRIu64 " alerts done, %" PRIu64 " came again, %" PRIu64 " set aside, %" PRIu64 " dropped, %" PRIu64 " reported as lost",
	       c->alerts, c->again, c->refused, c->dropped, c->lost);
}
#endif
