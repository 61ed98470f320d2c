/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchanges. An exchange is an HTTP request and its response, with their description for an event. */
#ifndef LINX_EXCHANGE_H
#define LINX_EXCHANGE_H

#include <linx/http.h>

#include "event/event.h"
#include "http/head.h"

struct linx_exchange {
	struct linx_exchange *next;
	struct linx_http_head *request, *response; /* NULL: not seen */
	/*
	 * Head of the record of the call that completed the request. If no response is seen, the HTTP event has the
	 * task, time and position of this call.
	 */
	struct linx_rec rec;
	struct linx_position position;
	uint64_t time, wall_ns;
	uint64_t answered_at; /* stream time at which the response's header was complete */
	bool late; /* the response was seen before its request: the exchange is delivered with a later call */
	struct linx_http info;
};

void linx_exchange_free(struct linx_exchange *x);
/* Returns the bytes of memory that an exchange holds. */
size_t linx_exchange_memory(const struct linx_exchange *x);
/* Fills x->info from both headers. secrets: no secrets are masked */
void linx_exchange_describe(struct linx_exchange *x, bool secrets);

#endif
