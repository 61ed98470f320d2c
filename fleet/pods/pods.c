// SPDX-License-Identifier: LGPL-2.1-or-later
/* Watches the pods of a node: see pods/pods.h. */
#include "pods/pods.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define MS 1000000ull
#define SECOND_NS (1000 * MS)
/* A watch that lived so long was good: the next failure is a first one. */
#define LIVED_NS (10 * SECOND_NS)
/* Pause after a watch that lived, after a first failure, and the longest one for which a server can ask. */
#define SHORT_NS (250 * MS)
#define FIRST_NS SECOND_NS
#define ASKED_MAX_S 600
#define DOUBLED_MAX 20u

uint64_t pods_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

void pods_note(struct pods *p, int state, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (state == p->state)
		return;
	p->state = state;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	say_at(state == PODS_GOOD ? SAY_INFO : SAY_WARNING, "%s", text);
}

/*
 * Returns the pause before the next request: twice as long after each failure, half of it to one and a half at random,
 * so that the nodes of a cluster do not ask together; and at least as long as the server has asked for.
 */
static uint64_t pause_ns(struct pods *p)
{
	unsigned int doubled = p->failures > DOUBLED_MAX ? DOUBLED_MAX : p->failures;
	uint64_t ns = doubled ? FIRST_NS << (doubled - 1) : SHORT_NS, lot = 0;
	uint64_t asked = SECOND_NS * (uint64_t)(p->retry_s > ASKED_MAX_S ? ASKED_MAX_S : p->retry_s);

	if (ns > p->settings->retry_ns && doubled)
		ns = p->settings->retry_ns;
	if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) != sizeof(lot))
		lot = pods_now_ns();
	ns = ns / 2 + lot % (ns + 1);
	return asked > ns ? asked + ns / 2 : ns;
}

static void wait_a_while(struct pods *p)
{
	uint64_t until = pods_now_ns() + pause_ns(p), now;

	while (!p->stopping() && (now = pods_now_ns()) < until) {
		uint64_t left = (until - now) / MS + 1;

		pods_flush(p, false);
		poll(NULL, 0, left < 500 ? (int)left : 500); /* a signal ends it */
	}
}

/* One list if it is needed, and one watch. */
static void go_round(struct pods *p)
{
	uint64_t began;
	int rc;

	p->retry_s = 0;
	if (!p->listed || p->unsure) {
		if (pods_list(p)) {
			p->failures++;
			return;
		}
		p->listed = true;
		p->unsure = false;
		pods_flush(p, true);
	}
	began = pods_now_ns();
	rc = pods_watch(p);
	p->listed = !p->expired;
	if (pods_now_ns() - began >= LIVED_NS && !rc)
		p->failures = 0;
	else
		p->failures++;
}

int pods_run(struct pods *p, struct problem *why)
{
	struct http_client *h;
	const struct http_client_opts opts = { .url = p->settings->url, .what = "watch pods", .type = "application/json", .patience_ms = 1000, .ca = p->settings->ca };

	/* shows at once that libcurl is missing, or the file of certificates wrong */
	h = http_client_open(&opts, why);
	if (!h)
		return -1;
	http_client_close(h);
	while (!p->stopping()) {
		go_round(p);
		if (!p->stopping())
			wait_a_while(p);
	}
	if (p->good_ns)
		pods_flush(p, true);
	return 0;
}

void pods_end(struct pods *p)
{
	if (p->http)
		http_client_close(p->http);
	pod_table_free(&p->table);
	free(p->text.data);
}
