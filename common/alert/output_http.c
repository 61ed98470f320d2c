// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sends alerts by HTTP, each as a POST request with JSON, as Falco sends them to Falcosidekick. */
#include <errno.h>
#include <string.h>

#include "alert/output.h"
#include "http/http_client.h"

static int open_http(struct alert_output *o, const char *url, struct problem *why)
{
	const struct alert_output_opts *opts = alert_output_options(o);
	const struct http_client_opts to = {
		.url = url,
		.what = "send alerts",
		.type = "application/json",
		.patience_ms = ALERT_PATIENCE_MS,
		.ca = opts->ca,
		.ca_path = opts->ca_path,
		.cert = opts->cert,
		.key = opts->key,
	};
	struct http_client *h = http_client_open(&to, why);

	if (!h)
		return -1;
	alert_output_keep(o, h);
	return 0;
}

static int send_http(struct alert_output *o, const struct alert_line *line)
{
	struct http_answer a;

	if (http_client_post(alert_output_state(o), NULL, line->line, strlen(line->line), &a))
		return EIO;
	return a.status >= 200 && a.status < 300 ? 0 : EPROTO;
}

static void close_http(struct alert_output *o)
{
	http_client_close(alert_output_state(o));
}

const struct alert_way alert_way_http = { "http://", open_http, send_http, close_http, true };
const struct alert_way alert_way_https = { "https://", open_http, send_http, close_http, true };
