/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part that views share: destinations that make text of events. Text goes through view_put(), which blanks what
 * --redact calls secret, and from there to a transport. So no view can show what it must not, and each can go anywhere.
 */
#ifndef LINXCAP_VIEW_H
#define LINXCAP_VIEW_H

#include "redact/redact.h"
#include "trace/destinations/destination.h"
#include "trace/destinations/transport.h"

/* First member of each view's own structure. */
struct view {
	struct destination base;
	struct transport *to; /* NULL: not open */
	struct redact *redact; /* the settings'; NULL: all is shown */
	enum linx_text_form form; /* how strings stand in its text */
};

/* Begins a view whose memory is zero, and opens its transport. -1: why is set. view_close() in any case. */
int view_open(struct view *v, const struct destination_ops *ops, const struct destination_env *e, enum linx_text_form form,
	      struct problem *why);
/* view_put() where there are rules of --redact. */
int view_put_redacted(struct view *v, const char *text, size_t len);
/* Whole lines. 0 or -errno. */
static inline int view_put(struct view *v, const char *text, size_t len)
{
	if (v->redact)
		return view_put_redacted(v, text, len);
	v->base.bytes += len;
	return destination_wrote(&v->base, v->to->ops->put(v->to, text, len));
}
/* Releases the transport; the view's memory stays the caller's. */
void view_close(struct view *v);

/* Operations of a destination that is a view. A view that has one of its own calls these from it. */
int view_flush(struct destination *d);
int view_look(struct destination *d, uint64_t now_ns);
int view_finish(struct destination *d, int *fd);
void view_explain(const struct destination *d, int error);

#endif
