/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client of one HTTP server, which sends POST and GET requests. Server certificates are verified. libcurl is loaded when the
 * first client is opened. Runs without clients do not need it.
 *
 * The directory common/http/ is for all programs of the product that send requests.
 */
#ifndef LINXCAP_HTTP_CLIENT_H
#define LINXCAP_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/message.h"

struct http_client;

struct http_client_opts {
	const char *url; /* http://... or https://...; only this protocol is used, and redirects are not followed */
	const char *what; /* purpose of the client, such as "send alerts": a failure to open it says that this cannot be done */
	const char *type; /* content type of the requests */
	long patience_ms; /* longest time of a request */
	long stall_s; /* a request ends if hardly a byte is sent or received for so many seconds; 0: no such limit */
	/*
	 * Each request has a connection of its own. libcurl sends a request a second time, POST requests too, if a
	 * connection that was used before dies before the answer: the server may then act twice.
	 */
	bool fresh;
	size_t answer_max; /* most bytes of an answer that are kept; longer answers are cut; 0: answers are ignored */
	const char *mark; /* beginning of a header's name that shows who answers: see http_answer.marked; NULL: none */
	const char *user, *password; /* NULL: none */
	const char *const *heads; /* further headers of requests, "Name: value"; the last entry is NULL. NULL: none */
	/* for HTTPS, files in PEM format; NULL: none */
	const char *ca; /* file of CA certificates; if this and ca_path are NULL, those of the system are used */
	const char *ca_path; /* directory of CA certificates named by their hashes; not used if ca is set */
	const char *cert, *key; /* certificate of this client, and its key */
};

struct http_answer {
	long status; /* status code of HTTP, such as 200 */
	const char *text; /* body as text, never NULL; if there is no answer, the reason. Borrowed until the next request */
	size_t len; /* bytes of text */
	bool marked; /* the answer has the header of http_client_opts.mark */
	long retry_s; /* seconds after which a request can be repeated, of the header Retry-After; 0: there is none */
};

/* A request whose answer can be long or endless, and is received piece by piece. */
struct http_get {
	const char *head; /* a further header of the request, "Name: value"; NULL: none */
	long patience_ms; /* longest time of the request */
	/* Receives a piece of an answer with status 200; other answers are in struct http_answer. False ends the request. */
	bool (*take)(void *data, const char *piece, size_t len);
	/* Called again and again while the request runs, also while nothing comes, then once in a second. False ends it. */
	bool (*wait)(void *data);
	void *data; /* for both */
};

/* Opens a client. Makes no connection yet. NULL: why has the reason, without the URL, which may have a password. */
struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *why);
void http_client_close(struct http_client *h);
/*
 * Sends len bytes to the URL with "more" appended; more may be NULL. 0: the server has answered, with any status;
 * -EIO: it has not, and may have acted or not; -ENOMEM.
 */
int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a);
/*
 * Gets the URL with "more" appended. 0: the server has answered, with any status; -EIO: the answer is missing, or its end
 * is; -ETIME: patience_ms are over; -ECANCELED: get->take() or get->wait() has ended the request; -ENOMEM. A status that
 * was received is in *a in each case. The answer has at most answer_max bytes, of another status than 200.
 */
int http_client_get(struct http_client *h, const char *more, const struct http_get *get, struct http_answer *a);

#endif
