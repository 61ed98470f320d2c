/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the HTTP connections of a stream: reads the data in the events of calls, and makes HTTP events. */
#ifndef LINX_FOLLOW_H
#define LINX_FOLLOW_H

#include <linx/http.h>

struct linx_follower;

int linx_follower_new(const struct linx_http_opts *opts, struct linx_follower **out);
void linx_follower_free(struct linx_follower *f); /* f may be NULL */
/*
 * Reads the data of an event. Afterwards, while the event is valid, call linx_follower_next() until it returns false.
 * It delivers the completed exchanges. -ENOMEM: the connection is not followed any more.
 */
int linx_follower_feed(struct linx_follower *f, const struct linx_event *ev);
/* Ends all connections, at the end of a section. Requests without a response become events. */
void linx_follower_end(struct linx_follower *f);
/* Gets the next HTTP event, borrowed until the next call. False: no more. */
bool linx_follower_next(struct linx_follower *f, const struct linx_event **ev);
void linx_follower_count(const struct linx_follower *f, struct linx_http_counts *counts);

#endif
