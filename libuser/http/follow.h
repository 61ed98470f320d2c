/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the HTTP connections of a stream: takes each event, and makes events of what it finds. */
#ifndef LINX_FOLLOW_H
#define LINX_FOLLOW_H

#include <linx/http.h>

struct linx_follower;

int linx_follower_new(const struct linx_http_opts *opts, struct linx_follower **out);
void linx_follower_free(struct linx_follower *f); /* NULL is fine */
/*
 * Takes an event. What it completes is delivered by linx_follower_next(), to be called until
 * it is false and while the event is valid. -ENOMEM: what it was about is followed no more.
 */
int linx_follower_feed(struct linx_follower *f, const struct linx_event *ev);
/* Ends all connections, as at the end of a section. Requests without a response become events. */
void linx_follower_end(struct linx_follower *f);
/* Gets the next event that was made, borrowed until the next call. */
bool linx_follower_next(struct linx_follower *f, const struct linx_event **ev);
void linx_follower_count(const struct linx_follower *f, struct linx_http_counts *counts);

#endif
