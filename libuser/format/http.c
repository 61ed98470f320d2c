// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes HTTP requests with their responses, as JSON and as text for people. */
#include <sys/socket.h>

#include "format/http.h"
#include "format/json_who.h"
#include "http/address.h"
#include "value/json.h"

const char *linx_http_side_name(unsigned int side)
{
	return side == LINX_HTTP_SIDE_CLIENT ? "client" : "server";
}

/* ---- JSON ------------------------------------------------------------------------------ */

static void put_value(struct linx_strbuf *o, const char *key, const struct linx_http_value *v)
{
	linx_json_lit(o, ",\"");
	linx_strbuf_str(o, key);
	linx_json_lit(o, "\":");
	if (v->masked) {
		linx_json_key_u64(o, "{\"state\":\"masked\",\"len\":", v->len);
		linx_strbuf_char(o, '}');
	} else {
		linx_json_text(o, v->data, v->len, v->state == LINX_TRUNCATED ? LINX_TRUNCATED : LINX_WHOLE);
	}
}

static void put_known(struct linx_strbuf *o, const char *key, uint64_t n, bool known)
{
	linx_strbuf_str(o, key);
	if (known)
		linx_strbuf_u64(o, n);
	else
		linx_json_lit(o, "null");
}

/* Writes the header fields that the request and the response have. */
static void put_fields(struct linx_strbuf *o, const struct linx_http *h)
{
	size_t start;

	linx_json_lit(o, ",\"fields\":{");
	start = o->len;
	for (unsigned int i = 0; i < LINX_HTTP_NFIELDS; i++)
		if (h->field[i].data || h->field[i].masked)
			put_value(o, linx_http_field_name(i), &h->field[i]);
	if (o->len > start && !o->failed) { /* removes the comma before the first field */
		memmove(o->data + start, o->data + start + 1, o->len - start - 1);
		o->len--;
	}
	linx_strbuf_char(o, '}');
}

static void put_address(struct linx_strbuf *o, const char *key, const struct linx_http *h, bool peer)
{
	linx_strbuf_str(o, key);
	linx_strbuf_char(o, '"');
	if (h->has_sock && linx_address_put(o, &h->sock, peer)) {
		linx_strbuf_char(o, '"');
		return;
	}
	o->len -= o->len > 0;
	linx_json_lit(o, "null");
}

static void put_numbers(struct linx_strbuf *o, const struct linx_http *h)
{
	const bool answered = h->status;

	put_known(o, ",\"status\":", h->status, answered);
	put_known(o, ",\"latency_ns\":", h->latency_ns, h->latency_ns != LINX_HTTP_NOT_KNOWN);
	put_known(o, ",\"request_ns\":", h->request_ns, h->has_request);
	put_known(o, ",\"request_head\":", h->request_head, h->has_request);
	put_known(o, ",\"request_body\":", h->request_body, h->request_body != LINX_HTTP_NOT_KNOWN);
	put_known(o, ",\"response_head\":", h->response_head, answered);
	put_known(o, ",\"response_body\":", h->response_body, h->response_body != LINX_HTTP_NOT_KNOWN);
	put_known(o, ",\"request_minor\":", h->request_minor, h->has_request);
	put_known(o, ",\"response_minor\":", h->response_minor, answered);
}

static void put_container(struct linx_strbuf *o, const struct linx_event *ev)
{
	const struct linx_text *id = ev->task ? &ev->task->process->container : NULL;

	linx_json_lit(o, ",\"container\":");
	linx_json_text(o, id ? id->data : NULL, id ? id->len : 0, LINX_WHOLE);
}

static void put_flags(struct linx_strbuf *o, const struct linx_event *ev)
{
	linx_json_lit(o, ",\"flags\":[");
	if (o->len) {
		linx_json_flag(o, ev->flags & LINX_EVENT_STALE, "stale");
		linx_json_flag(o, ev->flags & LINX_EVENT_LATE_ORDER, "out_of_order");
		linx_json_flag(o, ev->flags & LINX_EVENT_IO_URING, "io_uring");
		linx_json_flag(o, ev->http->resumed, "resumed");
	}
	linx_strbuf_char(o, ']');
}

void linx_http_json(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_http *h = ev->http;
	struct linx_strbuf *o = &p->out;

	linx_json_key_u64(o, "{\"kind\":\"http\",\"time_ns\":", ev->wall_ns);
	linx_json_key_u64(o, ",\"cpu\":", ev->position->cpu);
	linx_json_key_u64(o, ",\"seq\":", ev->position->seq);
	linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"side\":\"");
	linx_strbuf_str(o, linx_http_side_name(h->side));
	linx_strbuf_char(o, '"');
	put_value(o, "method", &h->method);
	put_value(o, "host", &h->host);
	put_value(o, "path", &h->path);
	put_value(o, "query", &h->query);
	put_numbers(o, h);
	put_fields(o, h);
	linx_strbuf_str(o, ",\"fd\":");
	linx_strbuf_i64(o, h->fd);
	put_known(o, ",\"socket\":", h->socket, h->socket);
	put_address(o, ",\"local\":", h, false);
	put_address(o, ",\"peer\":", h, true);
	put_container(o, ev);
	put_flags(o, ev);
	linx_strbuf_mem(o, "}\n", 2);
}

/* ---- text for people ------------------------------------------------------------------------ */

static void put_text(struct linx_strbuf *o, const struct linx_http_value *v, const char *without)
{
	if (v->data)
		linx_strbuf_text(o, v->data, v->len);
	else if (without)
		linx_strbuf_str(o, without);
	linx_strbuf_str(o, v->state == LINX_TRUNCATED && v->data ? "..." : "");
}

void linx_http_put_target(struct linx_strbuf *o, const struct linx_http *h)
{
	put_text(o, &h->method, "?");
	linx_strbuf_char(o, ' ');
	put_text(o, &h->host, NULL);
	put_text(o, &h->path, NULL);
	if (!h->query.data && !h->query.masked)
		return;
	linx_strbuf_char(o, '?');
	put_text(o, &h->query, "...");
}

void linx_http_put_status(struct linx_strbuf *o, const struct linx_http *h)
{
	if (h->status)
		linx_strbuf_u64(o, h->status);
	else
		linx_strbuf_char(o, '?');
}

void linx_http_put_addresses(struct linx_strbuf *o, const struct linx_http *h)
{
	if (!h->has_sock || (h->sock.family != AF_INET && h->sock.family != AF_INET6))
		return;
	linx_strbuf_str(o, " [");
	linx_address_put(o, &h->sock, false);
	linx_strbuf_str(o, h->side == LINX_HTTP_SIDE_CLIENT ? " -> " : " <- ");
	linx_address_put(o, &h->sock, true);
	linx_strbuf_char(o, ']');
}
