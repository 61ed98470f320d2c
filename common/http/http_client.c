// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests by libcurl: see http/http_client.h. */
#include "http/http_client.h"

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<curl/curl.h>)
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <linux/linx.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array_size.h"
#include "base/symbols.h"

/* Most bytes of a certificate with its chain, or a key. */
#define PEM_MAX (1u << 20)
#define URL_MAX 4096u
/* A line that moves fewer bytes each second counts as stalled. */
#define STALL_SPEED 1024l
/* A connection over which nothing comes is tested after so many seconds: the other end may be gone. */
#define KEEPALIVE_S 30l

struct http_client {
	CURL *curl;
	struct curl_slist *heads;
	char url[URL_MAX];
	const char *what; /* see struct http_client_opts */
	char *answer; /* answer so far, with a zero byte after it; NULL: none */
	size_t len, max; /* bytes of answer; see answer_max in struct http_client_opts */
	char mark[64]; /* see struct http_client_opts; empty: none */
	bool marked; /* the answer has such a header */
	bool failed; /* there was no memory for the answer */
	const struct http_get *running; /* the GET request that runs; NULL: none */
	CURLcode (*init)(long flags);
	CURL *(*begin)(void);
	void (*end)(CURL *c);
	CURLcode (*set)(CURL *c, CURLoption option, ...);
	CURLcode (*get)(CURL *c, CURLINFO info, ...);
	CURLcode (*perform)(CURL *c);
	const char *(*reason)(CURLcode code);
	struct curl_slist *(*append)(struct curl_slist *l, const char *s);
	void (*free_list)(struct curl_slist *l);
};

static bool load(struct http_client *h)
{
	const struct symbol symbols[] = {
		{ "curl_global_init", &h->init },      { "curl_easy_init", &h->begin },
		{ "curl_easy_cleanup", &h->end },      { "curl_easy_setopt", &h->set },
		{ "curl_easy_getinfo", &h->get },      { "curl_easy_perform", &h->perform },
		{ "curl_easy_strerror", &h->reason },  { "curl_slist_append", &h->append },
		{ "curl_slist_free_all", &h->free_list },
	};

	return symbols_load("libcurl.so.4", symbols, ARRAY_SIZE(symbols));
}

static long status_of(struct http_client *h)
{
	long status = 0;

	h->get(h->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Appends a part of the server's answer, as far as it is to be kept. libcurl ends the request if the result is not n. */
static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct http_client *h = ctx;
	size_t len = size * n < h->max - h->len ? size * n : h->max - h->len;
	char *answer;

	if (h->running && status_of(h) == 200)
		return h->running->take(h->running->data, data, size * n) ? size * n : 0;
	answer = len ? realloc(h->answer, h->len + len + 1) : NULL;
	if (len && !answer) {
		h->failed = true;
		return 0;
	}
	if (len) {
		h->answer = answer;
		memcpy(answer + h->len, data, len);
		h->len += len;
		answer[h->len] = '\0';
	}
	return size * n;
}

/* Looks at a header of the answer: libcurl calls this for each. */
static size_t look(char *data, size_t size, size_t n, void *ctx)
{
	struct http_client *h = ctx;
	size_t len = strlen(h->mark);

	h->marked |= len && size * n >= len && !strncasecmp(data, h->mark, len);
	return size * n;
}

void http_client_close(struct http_client *h)
{
	if (h->heads)
		h->free_list(h->heads);
	if (h->curl)
		h->end(h->curl);
	free(h->answer);
	free(h);
}

/* Returns the content of a file; the caller frees it. NULL: why has the reason. */
static char *read_pem(const struct http_client *h, const char *path, size_t *n, struct problem *why)
{
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(PEM_MAX) : NULL;
	bool good = false;

	if (text) {
		*n = fread(text, 1, PEM_MAX, f);
		good = !ferror(f) && *n < PEM_MAX;
	}
	if (!good) {
		problem_set(why, "cannot %s: %s: %s", h->what, path, text && *n == PEM_MAX ? "it is longer than 1 MiB" : strerror(errno));
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/*
 * Passes the content of a file to libcurl, not its path: once capabilities are dropped, the file may not be
 * readable.
 */
static int set_pem(struct http_client *h, CURLoption option, const char *path, struct problem *why)
{
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };
	char *text = read_pem(h, path, &blob.len, why);
	CURLcode rc;

	if (!text)
		return -1;
	blob.data = text;
	rc = h->set(h->curl, option, &blob);
	explicit_bzero(text, blob.len);
	free(text);
	return rc == CURLE_OK ? 0 : problem_set(why, "cannot %s: %s: libcurl refuses it", h->what, path);
}

/* Sets the certificate with which this client identifies itself to the server. */
static int set_client(struct http_client *h, const struct http_client_opts *opts, struct problem *why)
{
	if (!opts->cert)
		return 0;
	return set_pem(h, CURLOPT_SSLCERT_BLOB, opts->cert, why) || set_pem(h, CURLOPT_SSLKEY_BLOB, opts->key ? opts->key : opts->cert, why) ? -1 : 0;
}

static void set_up(struct http_client *h, const struct http_client_opts *opts)
{
	CURL *c = h->curl;

	h->set(c, CURLOPT_FOLLOWLOCATION, 0l);
	h->set(c, CURLOPT_NOSIGNAL, 1l);
	h->set(c, CURLOPT_TIMEOUT_MS, opts->patience_ms);
	h->set(c, CURLOPT_CONNECTTIMEOUT_MS, (opts->stall_s ? opts->stall_s * 1000 : opts->patience_ms) / 2);
	h->set(c, CURLOPT_LOW_SPEED_LIMIT, opts->stall_s ? STALL_SPEED : 0l);
	h->set(c, CURLOPT_LOW_SPEED_TIME, opts->stall_s);
	h->set(c, CURLOPT_FRESH_CONNECT, opts->fresh ? 1l : 0l);
	h->set(c, CURLOPT_FORBID_REUSE, opts->fresh ? 1l : 0l);
	h->set(c, CURLOPT_SSL_VERIFYPEER, 1l);
	h->set(c, CURLOPT_SSL_VERIFYHOST, 2l);
	h->set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (!opts->answer_max)
		h->set(c, CURLOPT_MAXFILESIZE, 1l << 20);
	h->set(c, CURLOPT_WRITEFUNCTION, take);
	h->set(c, CURLOPT_WRITEDATA, h);
	h->set(c, CURLOPT_HEADERFUNCTION, look);
	h->set(c, CURLOPT_HEADERDATA, h);
	h->set(c, CURLOPT_HTTPHEADER, h->heads);
	h->set(c, CURLOPT_USERAGENT, "linx/" LINX_VERSION);
	if (opts->ca)
		h->set(c, CURLOPT_CAINFO, opts->ca);
	else if (opts->ca_path)
		h->set(c, CURLOPT_CAPATH, opts->ca_path);
	if (opts->user)
		h->set(c, CURLOPT_USERNAME, opts->user);
	if (opts->password)
		h->set(c, CURLOPT_PASSWORD, opts->password);
}

static bool begin(struct http_client *h, const struct http_client_opts *opts)
{
	char type[128];
	struct curl_slist *more;

	if (h->init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return false;
	h->curl = h->begin();
	snprintf(type, sizeof(type), "Content-Type: %s", opts->type);
	h->heads = h->append(NULL, type);
	more = h->heads ? h->append(h->heads, "Expect:") : NULL; /* the body follows at once, not after an answer */
	for (size_t i = 0; more && opts->heads && opts->heads[i]; i++)
		more = h->append(h->heads, opts->heads[i]);
	if (!h->curl || !more)
		return false;
	set_up(h, opts);
	return h->set(h->curl, CURLOPT_URL, opts->url) == CURLE_OK;
}

struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *why)
{
	struct http_client *h = problem_alloc(sizeof(*h), why);

	if (!h)
		return NULL;
	h->what = opts->what;
	h->max = opts->answer_max;
	snprintf(h->mark, sizeof(h->mark), "%s", opts->mark ? opts->mark : "");
	if (!load(h))
		problem_set(why, "cannot %s: libcurl.so.4 is not installed", h->what);
	else if (strlen(opts->url) >= sizeof(h->url) || !begin(h, opts))
		problem_set(why, "cannot %s: libcurl cannot begin", h->what);
	else if (!set_client(h, opts, why)) {
		snprintf(h->url, sizeof(h->url), "%s", opts->url);
		return h;
	}
	http_client_close(h);
	return NULL;
}

/* Gives the caller what the headers of the answer say. */
static void give_heads(struct http_client *h, struct http_answer *a)
{
	curl_off_t retry_s = 0;

	a->status = status_of(h);
	a->marked = h->marked;
	if (h->get(h->curl, CURLINFO_RETRY_AFTER, &retry_s) == CURLE_OK && retry_s > 0)
		a->retry_s = retry_s > LONG_MAX ? LONG_MAX : (long)retry_s;
}

int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a)
{
	char url[2 * URL_MAX];
	CURLcode rc;

	*a = (struct http_answer){ .text = "" };
	if (snprintf(url, sizeof(url), "%s%s", h->url, more ? more : "") >= (int)sizeof(url))
		return -ENOMEM;
	h->len = 0;
	h->failed = h->marked = false;
	rc = h->set(h->curl, CURLOPT_URL, url);
	if (rc == CURLE_OK) {
		h->set(h->curl, CURLOPT_POSTFIELDS, data);
		h->set(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
		rc = h->perform(h->curl);
	}
	if (h->failed || rc == CURLE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (rc != CURLE_OK) {
		a->text = h->reason(rc);
		a->len = strlen(a->text);
		return -EIO;
	}
	a->text = h->len ? h->answer : "";
	a->len = h->len;
	give_heads(h, a);
	return 0;
}

static int go_on(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	struct http_client *h = ctx;

	(void)total, (void)now, (void)up_total, (void)up;
	return h->running && !h->running->wait(h->running->data);
}

/* Sets libcurl to a GET request, which has a header more than the client's other requests. */
static void set_get(struct http_client *h, const struct http_get *get, struct curl_slist *heads)
{
	CURL *c = h->curl;

	h->set(c, CURLOPT_HTTPGET, 1l);
	h->set(c, CURLOPT_HTTPHEADER, heads);
	h->set(c, CURLOPT_TIMEOUT_MS, get->patience_ms);
	h->set(c, CURLOPT_TCP_KEEPALIVE, 1l);
	h->set(c, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	h->set(c, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S);
	h->set(c, CURLOPT_NOPROGRESS, 0l);
	h->set(c, CURLOPT_XFERINFODATA, h);
	h->set(c, CURLOPT_XFERINFOFUNCTION, go_on);
}

static int get_error(CURLcode rc)
{
	switch (rc) {
	case CURLE_OK:
		return 0;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_WRITE_ERROR:
	case CURLE_ABORTED_BY_CALLBACK:
		return -ECANCELED;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIME;
	default:
		return -EIO;
	}
}

int http_client_get(struct http_client *h, const char *more, const struct http_get *get, struct http_answer *a)
{
	struct curl_slist *heads = get->head ? h->append(NULL, get->head) : NULL;
	char url[2 * URL_MAX];
	CURLcode rc;

	*a = (struct http_answer){ .text = "" };
	if ((get->head && !heads) || snprintf(url, sizeof(url), "%s%s", h->url, more ? more : "") >= (int)sizeof(url) ||
	    h->set(h->curl, CURLOPT_URL, url) != CURLE_OK) {
		h->free_list(heads);
		return -ENOMEM;
	}
	h->len = 0;
	h->failed = h->marked = false;
	set_get(h, get, heads);
	h->running = get;
	rc = h->perform(h->curl);
	h->running = NULL;
	h->set(h->curl, CURLOPT_HTTPHEADER, h->heads);
	h->set(h->curl, CURLOPT_NOPROGRESS, 1l);
	h->free_list(heads);
	give_heads(h, a);
	a->text = rc != CURLE_OK ? h->reason(rc) : h->len ? h->answer : "";
	a->len = strlen(a->text);
	return h->failed ? -ENOMEM : get_error(rc);
}

#else

struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *why)
{
	problem_set(why, "cannot %s: this program was built without libcurl", opts->what);
	return NULL;
}

void http_client_close(struct http_client *h)
{
	(void)h;
}

int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a)
{
	(void)h, (void)more, (void)data, (void)len, (void)a;
	return -1;
}

int http_client_get(struct http_client *h, const char *more, const struct http_get *get, struct http_answer *a)
{
	(void)h, (void)more, (void)get, (void)a;
	return -1;
}
#endif
