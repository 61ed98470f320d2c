// SPDX-License-Identifier: LGPL-2.1-or-later
/* Posts alerts: see store/alert_post.h. */
#include "store/alert_post.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/otlp.h"

/* Longest time of a post. */
#define PATIENCE_MS 10000
#define ANSWER_MAX 4096u

/* ---- settings ---------------------------------------------------------------------------------------------- */

/* Takes host and port out of a URL. False: they have other characters, or the URL has a user. */
static bool read_place(struct receiver *r)
{
	const char *host = strstr(r->url, "://") + 3;
	size_t n = strcspn(host, "/?#");

	if (!n || n >= sizeof(r->place))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isascii((unsigned char)host[i]) || (!isalnum((unsigned char)host[i]) && !strchr(".-_:[]", host[i])))
			return false;
	memcpy(r->place, host, n);
	return true;
}

int receiver_read(struct receiver *r, const struct receiver_settings *s, struct problem *why)
{
	size_t n = strlen(OTLP_PREFIX);

	*r = (struct receiver){ .ca = s->ca };
	r->otlp = !strncmp(s->url, OTLP_PREFIX, n);
	r->url = s->url + (r->otlp ? n : 0);
	if (strncmp(r->url, "http://", 7) != 0 && strncmp(r->url, "https://", 8) != 0)
		return problem_set(why, "not a URL: --alerts %s: write http(s)://... or otlp+http(s)://...", s->url);
	if (!read_place(r)) /* the URL can have a password */
		return problem_set(why, "not a host and port: --alerts: write http(s)://HOST:PORT/...; a user and a password go into --alerts-header-file");
	return s->heads ? http_heads_read(&r->heads, s->heads, why) : 0;
}

struct http_client *receiver_open(const struct receiver *r, struct problem *why)
{
	const struct http_client_opts opts = {
		.url = r->url,
		.what = "post alerts",
		.type = "application/json",
		.patience_ms = PATIENCE_MS,
		.answer_max = ANSWER_MAX,
		.heads = r->heads.lines,
		.ca = r->ca,
	};

	return http_client_open(&opts, why);
}

/* ---- posts ------------------------------------------------------------------------------------------------- */

enum post_result receiver_judge(long status)
{
	if (status >= 200 && status < 300)
		return POST_TAKEN;
	switch (status) {
	case 401: /* who posts has to say who it is */
	case 403: /* who posts may not do that */
	case 404: /* the URL is wrong */
	case 405: /* the URL takes no POST */
	case 407: /* a proxy does not know who posts */
	case 421: /* this server is not the one of the URL */
	case 426: /* another protocol is needed */
	case 511: /* a network wants a login */
		return POST_DENIED;
	case 408: /* the server waited too long */
	case 425: /* too early */
	case 429: /* too many requests */
		return POST_FAILED;
	default:
		/* a redirection is none that is followed: the URL is wrong */
		return status < 400 ? POST_DENIED : status < 500 ? POST_REFUSED : POST_FAILED;
	}
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

enum post_result receiver_post(const struct receiver *r, struct http_client *h, const char *alert, size_t len, long *retry_s, struct problem *why)
{
	char *record = r->otlp ? otlp_from_alert(alert, len, wall_ns()) : NULL;
	struct http_answer a;
	enum post_result result;
	int rc;

	*retry_s = 0;
	if (r->otlp && !record) {
		problem_set(why, "out of memory");
		return POST_FAILED;
	}
	rc = http_client_post(h, NULL, record ? record : alert, record ? strlen(record) : len, &a);
	free(record);
	if (rc) {
		problem_set(why, "%s", rc == -ENOMEM ? "out of memory" : a.text);
		return POST_FAILED;
	}
	*retry_s = a.retry_s;
	result = receiver_judge(a.status);
	problem_set(why, "status %ld", a.status);
	if (result != POST_TAKEN || !r->otlp || !otlp_is_refused(a.text, a.len))
		return result;
	problem_set(why, "the record was rejected");
	return POST_REJECTED;
}
