// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sends alerts by HTTP, each as a POST request with JSON: as Falco sends them to Falcosidekick, or as a log record of
 * OTLP/HTTP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert/otlp.h"
#include "alert/output.h"
#include "http/http_client.h"
#include "http/http_heads.h"

/* Most bytes of an answer that are read: OTLP says in the answer's body whether the record was refused. */
#define ANSWER_MAX 4096u

static int open_client(struct alert_output *o, const char *url, size_t answer_max, struct problem *why)
{
	const struct alert_output_opts *opts = alert_output_options(o);
	struct http_heads heads = { .lines = { NULL } };
	const struct http_client_opts to = {
		.url = url,
		.what = "send alerts",
		.type = "application/json",
		.patience_ms = ALERT_PATIENCE_MS,
		.answer_max = answer_max,
		.heads = heads.lines,
		.ca = opts->ca,
		.ca_path = opts->ca_path,
		.cert = opts->cert,
		.key = opts->key,
	};
	struct http_client *h;

	if (opts->heads && http_heads_read(&heads, opts->heads, why))
		return -1;
	h = http_client_open(&to, why);
	if (!h)
		return -1;
	alert_output_keep(o, h);
	return 0;
}

static int open_http(struct alert_output *o, const char *url, struct problem *why)
{
	return open_client(o, url, 0, why);
}

static int open_otlp(struct alert_output *o, const char *url, struct problem *why)
{
	return open_client(o, url + strlen(OTLP_PREFIX), ANSWER_MAX, why);
}

static int post(struct alert_output *o, const char *body, struct http_answer *a)
{
	if (http_client_post(alert_output_state(o), NULL, body, strlen(body), a))
		return EIO;
	return a->status >= 200 && a->status < 300 ? 0 : EPROTO;
}

static int send_http(struct alert_output *o, const struct alert_line *line)
{
	struct http_answer a;

	return post(o, line->line, &a);
}

static int send_otlp(struct alert_output *o, const struct alert_line *line)
{
	char *body = otlp_from_alert(line->line, strlen(line->line), 0);
	struct http_answer a;
	int rc = body ? post(o, body, &a) : ENOMEM;

	free(body);
	return !rc && otlp_is_refused(a.text, a.len) ? EPROTO : rc;
}

static void close_http(struct alert_output *o)
{
	http_client_close(alert_output_state(o));
}

const struct alert_way alert_way_http = { .prefix = "http://", .open = open_http, .send = send_http, .close = close_http, .network = true, .json = true };
const struct alert_way alert_way_https = { .prefix = "https://", .open = open_http, .send = send_http, .close = close_http, .network = true, .json = true };
const struct alert_way alert_way_otlp = {
	.prefix = OTLP_PREFIX "http://", .open = open_otlp, .send = send_otlp, .close = close_http, .network = true, .json = true
};
const struct alert_way alert_way_otlps = {
	.prefix = OTLP_PREFIX "https://", .open = open_otlp, .send = send_otlp, .close = close_http, .network = true, .json = true
};
