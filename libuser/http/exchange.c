// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array_size.h"
#include "http/exchange.h"

void linx_exchange_free(struct linx_exchange *x)
{
	if (!x)
		return;
	linx_http_head_free(x->request);
	linx_http_head_free(x->response);
	free(x);
}

static size_t head_memory(const struct linx_http_head *h)
{
	return h ? sizeof(*h) + (h->data == h->first ? 0 : h->room) : 0;
}

size_t linx_exchange_memory(const struct linx_exchange *x)
{
	return sizeof(*x) + head_memory(x->request) + head_memory(x->response);
}

/* ---- texts ----------------------------------------------------------------------------- */

static struct linx_http_value value_of(const struct linx_http_head *h, enum linx_http_text which)
{
	struct linx_http_value v = { .state = h ? LINX_ABSENT : LINX_UNAVAILABLE };
	size_t len;

	if (!h || !h->text[which].there)
		return v;
	v.data = linx_http_text(h, which, &len);
	v.len = (uint32_t)len;
	v.state = h->text[which].cut ? LINX_TRUNCATED : LINX_WHOLE;
	return v;
}

static void mask(struct linx_http_value *v, bool secrets)
{
	if (!v->data || secrets)
		return;
	v->data = NULL;
	v->masked = true;
}

/* Splits v at a byte: v keeps the part before the byte, and counts as whole. Returns the part from that byte on. */
static struct linx_http_value split(struct linx_http_value *v, uint32_t at)
{
	struct linx_http_value rest = *v;

	rest.data += at;
	rest.len -= at;
	v->len = at;
	v->state = LINX_WHOLE;
	return rest;
}

/*
 * Removes "?query" from v and returns the query without the question mark, and with a fragment ("#...") if there is
 * one.
 */
static struct linx_http_value take_query(struct linx_http_value *v)
{
	struct linx_http_value none = { .state = v->state == LINX_UNAVAILABLE ? LINX_UNAVAILABLE : LINX_ABSENT }, rest;
	const char *mark = v->data ? memchr(v->data, '?', v->len) : NULL;

	if (!mark)
		return none;
	rest = split(v, (uint32_t)(mark - v->data));
	rest.data++;
	rest.len--;
	return rest;
}

/* Returns the length of "http://" or the like at the start of a URL; 0: the URL has no such start. */
static uint32_t scheme_len(const struct linx_http_value *v)
{
	static const char *const schemes[] = { "http://", "https://", "ws://", "wss://" };

	for (unsigned int i = 0; v->data && i < ARRAY_SIZE(schemes); i++) {
		uint32_t n = (uint32_t)strlen(schemes[i]);

		if (v->len >= n && !strncasecmp(v->data, schemes[i], n))
			return n;
	}
	return 0;
}

/*
 * Removes "http://user:password@host" from the target of a request. The host replaces the value of the Host field (RFC
 * 9112, 3.2.2). User and password are secrets and are dropped.
 */
static void take_authority(struct linx_http_value *path, struct linx_http_value *host)
{
	uint32_t skip = scheme_len(path), end;
	struct linx_http_value rest;
	const char *at;

	if (!skip)
		return;
	for (end = skip; end < path->len && path->data[end] != '/' && path->data[end] != '?'; end++)
		;
	rest = split(path, end);
	host->data = path->data + skip;
	host->len = end - skip;
	host->state = rest.len ? LINX_WHOLE : rest.state;
	while ((at = memchr(host->data, '@', host->len))) {
		host->len -= (uint32_t)(at + 1 - host->data);
		host->data = at + 1;
	}
	*path = rest;
}

static bool is_method(const struct linx_http_value *v, const char *name)
{
	return v->data && v->len == strlen(name) && !memcmp(v->data, name, v->len);
}

static void describe_target(struct linx_http *i, const struct linx_http_head *h, bool secrets)
{
	i->method = value_of(h, LINX_HTTP_METHOD);
	i->path = value_of(h, LINX_HTTP_TARGET);
	i->host = value_of(h, LINX_HTTP_HOST);
	if (is_method(&i->method, "CONNECT")) { /* the target of CONNECT is the other end of the tunnel */
		i->host = i->path;
		i->path = (struct linx_http_value){ .state = LINX_ABSENT };
	}
	take_authority(&i->path, &i->host);
	i->query = take_query(&i->path);
	mask(&i->query, secrets);
}

/* ---- fields ------------------------------------------------------------------------------ */

enum hide { SHOWN, QUERY, SECRET };

static const struct {
	const char *name;
	bool response;
	enum linx_http_text text;
	enum hide hide;
} fields[LINX_HTTP_NFIELDS] = {
	[LINX_HTTP_FIELD_USER_AGENT] = { "user_agent", false, LINX_HTTP_USER_AGENT, SHOWN },
	[LINX_HTTP_FIELD_REFERER] = { "referer", false, LINX_HTTP_REFERER, QUERY },
	[LINX_HTTP_FIELD_REQUEST_TYPE] = { "request_type", false, LINX_HTTP_CONTENT_TYPE, SHOWN },
	[LINX_HTTP_FIELD_FORWARDED_FOR] = { "forwarded_for", false, LINX_HTTP_FORWARDED_FOR, SHOWN },
	[LINX_HTTP_FIELD_AUTHORIZATION] = { "authorization", false, LINX_HTTP_AUTHORIZATION, SECRET },
	[LINX_HTTP_FIELD_COOKIE] = { "cookie", false, LINX_HTTP_COOKIE, SECRET },
	[LINX_HTTP_FIELD_RESPONSE_TYPE] = { "response_type", true, LINX_HTTP_CONTENT_TYPE, SHOWN },
	[LINX_HTTP_FIELD_SERVER] = { "server", true, LINX_HTTP_SERVER, SHOWN },
	[LINX_HTTP_FIELD_LOCATION] = { "location", true, LINX_HTTP_LOCATION, QUERY },
	[LINX_HTTP_FIELD_UPGRADE] = { "upgrade", true, LINX_HTTP_UPGRADE, SHOWN },
	[LINX_HTTP_FIELD_SET_COOKIE] = { "set_cookie", true, LINX_HTTP_SET_COOKIE, SECRET },
};

LINX_API const char *linx_http_field_name(unsigned int field)
{
	return field < ARRAY_SIZE(fields) ? fields[field].name : NULL;
}

/* Removes a URL's query. Masks the whole URL if it has a user or password before its host. secrets: changes nothing */
static void hide_of_url(struct linx_http_value *v, bool secrets)
{
	uint32_t skip = scheme_len(v), end;

	if (!v->data || secrets)
		return;
	take_query(v);
	for (end = skip; end < v->len && v->data[end] != '/'; end++)
		;
	if (skip && memchr(v->data + skip, '@', end - skip))
		mask(v, false);
}

static void describe_fields(struct linx_exchange *x, bool secrets)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		struct linx_http_value *v = &x->info.field[i];

		*v = value_of(fields[i].response ? x->response : x->request, fields[i].text);
		if (fields[i].hide == SECRET)
			mask(v, secrets);
		else if (fields[i].hide == QUERY)
			hide_of_url(v, secrets);
	}
}

/* ---- numbers ----------------------------------------------------------------------------- */

static uint64_t body_of(const struct linx_http_head *h)
{
	if (!h || h->coded)
		return LINX_HTTP_NOT_KNOWN;
	if (h->has_length)
		return h->length;
	return h->response && h->status >= 200 && h->status != 204 && h->status != 304 ? LINX_HTTP_NOT_KNOWN : 0;
}

static void describe_response(struct linx_exchange *x)
{
	struct linx_http *i = &x->info;

	i->latency_ns = LINX_HTTP_NOT_KNOWN;
	i->response_body = LINX_HTTP_NOT_KNOWN;
	if (!x->response)
		return;
	i->status = x->response->status;
	i->response_minor = x->response->minor;
	i->response_head = x->response->bytes;
	i->response_body = is_method(&i->method, "HEAD") || i->status == 204 || i->status == 304 ? 0 : body_of(x->response);
	if (x->request && x->answered_at >= x->time)
		i->latency_ns = x->answered_at - x->time;
}

void linx_exchange_describe(struct linx_exchange *x, bool secrets)
{
	struct linx_http *i = &x->info;

	i->has_request = x->request;
	i->request_minor = x->request ? x->request->minor : 0;
	i->request_head = x->request ? x->request->bytes : 0;
	i->request_body = body_of(x->request);
	i->request_ns = x->request ? x->wall_ns : 0;
	describe_target(i, x->request, secrets);
	describe_response(x);
	describe_fields(x, secrets);
}

LINX_API int linx_event_get_http(const struct linx_event *ev, const struct linx_http **http)
{
	if (ev->kind != LINX_EVENT_HTTP)
		return -ENODATA;
	*http = ev->http;
	return 0;
}
