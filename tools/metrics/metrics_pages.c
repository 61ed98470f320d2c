// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages of --metrics: see metrics/metrics_pages.h. */
#include "metrics/metrics_pages.h"

#define HEALTH "/healthz"
#define TYPE "text/plain; version=0.0.4; charset=utf-8"

bool metrics_read_address(struct metrics_settings *s, const char *word)
{
	if (!listener_read_address(word, s->host, &s->port))
		return false;
	s->address = word;
	return true;
}

static bool print(void *data, FILE *to)
{
	metrics_ask(data);
	metrics_print(data, to);
	return true;
}

static bool healthy(void *data, FILE *to)
{
	struct problem why = { "good" };
	bool good;

	metrics_ask(data);
	good = metrics_healthy(data, &why);
	fprintf(to, "%s\n", why.text);
	return good;
}

struct listener_thread *metrics_listen(struct metrics *m, const struct metrics_settings *s, struct problem *why)
{
	struct http_pages pages = { .what = "metrics", .type = TYPE, .data = m };

	if (!s->health_alone)
		pages.pages[pages.n++] = (struct http_page){ "/metrics", print };
	pages.pages[pages.n++] = (struct http_page){ s->health ? s->health : HEALTH, healthy };
	return listener_begin(s->host, s->port, &pages, why);
}
