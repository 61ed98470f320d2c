// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sends alerts by HTTP, each as a POST request with JSON, as Falco sends them to Falcosidekick. Server certificates are
 * verified. libcurl is loaded when the first such output is opened. Runs without such outputs do not need it.
 */
#include "alert/output.h"

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<curl/curl.h>)
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/symbols.h"

/* Most bytes of a certificate with its chain, or a key. */
#define PEM_MAX (1u << 20)

struct http {
	CURL *curl;
	struct curl_slist *heads;
	CURLcode (*init)(long flags);
	CURL *(*begin)(void);
	void (*end)(CURL *c);
	CURLcode (*set)(CURL *c, CURLoption option, ...);
	CURLcode (*get)(CURL *c, CURLINFO info, ...);
	CURLcode (*perform)(CURL *c);
	struct curl_slist *(*append)(struct curl_slist *l, const char *s);
	void (*free_list)(struct curl_slist *l);
};

static bool load(struct http *h)
{
	const struct symbol symbols[] = {
		{ "curl_global_init", &h->init },	{ "curl_easy_init", &h->begin },
		{ "curl_easy_cleanup", &h->end },	{ "curl_easy_setopt", &h->set },
		{ "curl_easy_getinfo", &h->get },	{ "curl_easy_perform", &h->perform },
		{ "curl_slist_append", &h->append },	{ "curl_slist_free_all", &h->free_list },
	};

	return symbols_load("libcurl.so.4", symbols, ARRAY_SIZE(symbols));
}

/* Ignores the body of the server's response. */
static size_t pass_over(char *data, size_t size, size_t n, void *ctx)
{
	(void)data, (void)ctx;
	return size * n;
}

static void free_http(struct http *h)
{
	if (h->heads)
		h->free_list(h->heads);
	if (h->curl)
		h->end(h->curl);
	free(h);
}

/* Returns the content of a file; the caller frees it. NULL: why has the reason. */
static char *read_pem(const char *path, size_t *n, struct problem *why)
{
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(PEM_MAX) : NULL;
	bool good = false;

	if (text) {
		*n = fread(text, 1, PEM_MAX, f);
		good = !ferror(f) && *n < PEM_MAX;
	}
	if (!good) {
		problem_set(why, "cannot send alerts: %s: %s", path, text && *n == PEM_MAX ? "it is longer than 1 MiB" : strerror(errno));
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
static int set_pem(struct http *h, CURLoption option, const char *path, struct problem *why)
{
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };
	char *text = read_pem(path, &blob.len, why);
	CURLcode rc;

	if (!text)
		return -1;
	blob.data = text;
	rc = h->set(h->curl, option, &blob);
	explicit_bzero(text, blob.len);
	free(text);
	return rc == CURLE_OK ? 0 : problem_set(why, "cannot send alerts: %s: libcurl refuses it", path);
}

/* Sets the certificate with which this client identifies itself to the server. */
static int set_client(struct http *h, const struct alert_output_opts *opts, struct problem *why)
{
	if (!opts->cert)
		return 0;
	return set_pem(h, CURLOPT_SSLCERT_BLOB, opts->cert, why) || set_pem(h, CURLOPT_SSLKEY_BLOB, opts->key ? opts->key : opts->cert, why) ? -1 : 0;
}

/* Sets the options of requests. Only the protocol of the output's name is used, and redirects are not followed. */
static bool set_up(struct http *h, const char *url, const struct alert_output_opts *opts)
{
	CURL *c = h->curl;

	h->set(c, CURLOPT_FOLLOWLOCATION, 0l);
	h->set(c, CURLOPT_NOSIGNAL, 1l);
	h->set(c, CURLOPT_TIMEOUT_MS, (long)ALERT_PATIENCE_MS);
	h->set(c, CURLOPT_CONNECTTIMEOUT_MS, (long)ALERT_PATIENCE_MS / 2);
	h->set(c, CURLOPT_MAXFILESIZE, 1l << 20);
	h->set(c, CURLOPT_SSL_VERIFYPEER, 1l);
	h->set(c, CURLOPT_SSL_VERIFYHOST, 2l);
	h->set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	h->set(c, CURLOPT_WRITEFUNCTION, pass_over);
	h->set(c, CURLOPT_HTTPHEADER, h->heads);
	h->set(c, CURLOPT_USERAGENT, "linx/" LINX_VERSION);
	if (opts->ca)
		h->set(c, CURLOPT_CAINFO, opts->ca);
	else if (opts->ca_path)
		h->set(c, CURLOPT_CAPATH, opts->ca_path);
	return h->set(c, CURLOPT_URL, url) == CURLE_OK;
}

static bool begin(struct http *h)
{
	if (h->init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return false;
	h->curl = h->begin();
	h->heads = h->append(NULL, "Content-Type: application/json");
	return h->curl && h->heads;
}

static int open_http(struct alert_output *o, const char *url, struct problem *why)
{
	struct http *h = calloc(1, sizeof(*h));
	bool loaded = h && load(h);
	int rc;

	if (loaded && begin(h) && set_up(h, url, alert_output_options(o))) {
		rc = set_client(h, alert_output_options(o), why);
		if (!rc)
			alert_output_keep(o, h);
		else
			free_http(h);
		return rc;
	}
	if (h)
		free_http(h);
	return h && !loaded ? problem_set(why, "cannot send alerts: %s: libcurl.so.4 is not installed", url) :
			      problem_set(why, "cannot send alerts: %s: libcurl cannot begin", url);
}

static int post(struct http *h, const char *json)
{
	long status = 0;

	h->set(h->curl, CURLOPT_POSTFIELDS, json);
	if (h->perform(h->curl) != CURLE_OK)
		return EIO;
	h->get(h->curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300 ? 0 : EPROTO;
}

static int send_http(struct alert_output *o, const struct alert_line *line)
{
	return post(alert_output_state(o), line->json);
}

static void close_http(struct alert_output *o)
{
	free_http(alert_output_state(o));
}

#else

static int open_http(struct alert_output *o, const char *url, struct problem *why)
{
	(void)o;
	return problem_set(why, "cannot send alerts: %s: linxcap was built without libcurl", url);
}

static int send_http(struct alert_output *o, const struct alert_line *line)
{
	(void)o, (void)line;
	return -1;
}

static void close_http(struct alert_output *o)
{
	(void)o;
}
#endif

const struct alert_way alert_way_http = { "http://", open_http, send_http, close_http, true };
const struct alert_way alert_way_https = { "https://", open_http, send_http, close_http, true };
