/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Common part of views, the destinations that make text of events. All text goes through view_put(), which
 * blanks the secrets of --redact, to a transport. So no view can show a secret, and each view works with each
 * transport.
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
	struct redact *redact; /* borrowed from the settings; NULL: nothing is blanked */
	enum linx_text_form form; /* form of strings in its text */
};

/* Begins a view whose memory is zero, and opens its transport. -1: why is set. Call view_close() in any case. */
int view_open(struct view *v, const struct destination_ops *ops, const struct destination_env *e, enum linx_text_form form,
	      struct problem *why);
/* Slow path of view_put() with rules of --redact. */
int view_put_redacted(struct view *v, const char *text, size_t len);
/* Writes whole lines. 0 or -errno. */
static inline int view_put(struct view *v, const char *text, size_t len)
{
	if (v->redact)
		return view_put_redacted(v, text, len);
	v->base.bytes += len;
	return destination_wrote(&v->base, v->to->ops->put(v->to, text, len));
}
/* Releases the transport; the view's memory stays the caller's. */
void view_close(struct view *v);

/* Operations of a destination that is a view. A view with its own operation calls these from it. */
int view_flush(struct destination *d);
int view_look(struct destination *d, uint64_t now_ns);
int view_finish(struct destination *d, int *fd);
void view_explain(const struct destination *d, int error);

#endif
