/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: HTTP/1 requests and responses, found in the data that programs read from sockets and write to them.
 *
 * The library follows each socket by the identity that the stream has of the socket. Therefore dup, fork and descriptor
 * passing do not matter. A request and its response make one event for each socket that carried them. If client and
 * server run on one machine, these are two events. Connections that cannot be followed are counted:
 * linx_get_http_counts().
 */
#ifndef LINX_HTTP_H
#define LINX_HTTP_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Calls whose records are needed, as an expression for linx_select(). linx_follow_http() selects them. */
#define LINX_HTTP_CALLS                                                                                              \
	"?read,?write,?readv,?writev,?preadv2,?pwritev2,?recv,?recvfrom,?recvmsg,?recvmmsg,?recvmmsg_time64,?send,"  \
	"?sendto,?sendmsg,?sendmmsg,?sendfile,?sendfile64,?splice,?socket,?accept,?accept4,?connect,?close,?shutdown," \
	"?socketcall"

struct linx_http_opts {
	size_t size; /* sizeof(struct linx_http_opts) */
	bool secrets; /* show query strings, credentials and cookies */
	unsigned int connections; /* limit of the sockets that are followed at the same time; 0: 100,000 */
};
/*
 * Makes the source deliver LINX_EVENT_HTTP events in addition to other events. The library makes them from all recorded
 * calls. Calls that linx_select() left out, but that are needed for HTTP, are then recorded but not delivered. Call the
 * function once, before linx_start() and the first linx_next(). A condition (see linx_set_condition()) applies to HTTP
 * events too; the library alone then evaluates it, not the kernel. -EINVAL: too late; -ENOMEM.
 */
LINX_API int linx_follow_http(struct linx *l, const struct linx_http_opts *opts);

enum linx_http_side { LINX_HTTP_SIDE_CLIENT = 1, LINX_HTTP_SIDE_SERVER = 2 };

/* Text of an HTTP message, such as its path or the value of a header field. */
struct linx_http_value {
	const char *data; /* the text, without a NUL at its end; NULL: no text, for the reason in "state" or "masked" */
	uint32_t len; /* length in bytes; a masked text also has its length */
	/* enum linx_state: LINX_WHOLE, LINX_TRUNCATED; LINX_ABSENT: no text; LINX_UNAVAILABLE: message not seen */
	uint8_t state;
	bool masked; /* the text is a secret: data is NULL, since linx_http_opts.secrets is not set */
};

enum linx_http_field {
	LINX_HTTP_FIELD_USER_AGENT,
	LINX_HTTP_FIELD_REFERER, /* query string masked */
	LINX_HTTP_FIELD_REQUEST_TYPE, /* Content-Type of the request */
	LINX_HTTP_FIELD_FORWARDED_FOR,
	LINX_HTTP_FIELD_AUTHORIZATION, /* masked */
	LINX_HTTP_FIELD_COOKIE, /* masked */
	LINX_HTTP_FIELD_RESPONSE_TYPE, /* Content-Type of the response */
	LINX_HTTP_FIELD_SERVER,
	LINX_HTTP_FIELD_LOCATION, /* query string masked */
	LINX_HTTP_FIELD_UPGRADE, /* Upgrade of the response */
	LINX_HTTP_FIELD_SET_COOKIE, /* masked */
	LINX_HTTP_NFIELDS,
};
/* Returns the name of a field in JSON, such as "user_agent"; NULL: an unknown field. */
LINX_API const char *linx_http_field_name(unsigned int field);

#define LINX_HTTP_NOT_KNOWN UINT64_MAX

/* Request with its response. Borrowed from the event. Later versions of the library may add members at the end. */
struct linx_http {
	enum linx_http_side side;
	uint32_t pid; /* process that read or wrote the message, by its number in the initial namespace */
	int32_t fd; /* descriptor of the socket in that process */
	uint64_t socket; /* inode of the socket; 0: not known */
	bool has_request; /* false: the request came before the recording, or was not captured */
	bool resumed; /* the library had lost track of the messages on this socket, and found this request after that */
	uint16_t status; /* status code of the response; 0: no response was seen */
	uint8_t request_minor, response_minor; /* minor versions of HTTP: 1 for HTTP/1.1 */
	struct linx_http_value method, path, query, host;
	struct linx_http_value field[LINX_HTTP_NFIELDS];
	uint32_t request_head, response_head; /* lengths of the headers, in bytes */
	/* lengths of the bodies in bytes, as the headers announce them, or LINX_HTTP_NOT_KNOWN */
	uint64_t request_body, response_body;
	uint64_t request_ns; /* if has_request: wall-clock time at which the request's header was complete */
	uint64_t latency_ns; /* from request_ns to the end of the response's header, or LINX_HTTP_NOT_KNOWN */
	bool has_sock;
	struct linx_sock sock; /* has_sock: addresses */
};
/*
 * Gets the HTTP message of an event; *http is borrowed until the event ends (see linx_next()). -ENODATA: another kind
 * of event.
 */
LINX_API int linx_event_get_http(const struct linx_event *ev, const struct linx_http **http);

/* Numbers of the requests found so far, and of the connections that could not be followed, by the reason. */
struct linx_http_counts {
	uint64_t answered; /* requests with their response */
	uint64_t unanswered; /* requests whose response was not seen */
	uint64_t orphans; /* responses whose request was not seen, as at the start of a recording */
	uint64_t resumed; /* sockets that were followed again after the library had lost track of their messages */
	uint64_t given_up; /* sockets no longer followed: too many sockets or waiting requests, or no memory */
	uint64_t lost; /* sockets with a message under way when records were lost */
	uint64_t tls, http2, tunnels; /* sockets that speak TLS; that speak HTTP/2; that became tunnels */
	uint64_t holes; /* sockets with bytes that were not captured */
	uint64_t malformed; /* sockets that began like HTTP/1 but broke its syntax or contradicted themselves */
	uint64_t connections; /* sockets that are followed now */
};
/* Gets the counts. -ENODATA: linx_follow_http() was not called. */
LINX_API int linx_get_http_counts(const struct linx *l, struct linx_http_counts *counts);

#ifdef __cplusplus
}
#endif

#endif
