/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Common part of views: destinations that make text of events. All text goes to a transport through view_put(), which
 * blanks the secrets of --redact. Therefore no view can show a secret, and each view works with each transport.
 */
#ifndef LINXCAP_VIEW_H
#define LINXCAP_VIEW_H

#include "redact/redact.h"
#include "trace/destinations/destination.h"
#include "trace/destinations/transport.h"
#include "view/sheet.h"

/* First member of the structure of each view. */
struct view {
	struct destination base;
	struct transport *to; /* transport of the text; NULL: not opened */
	struct redact *redact; /* borrowed from the settings; NULL: nothing is blanked */
	enum linx_text_form form; /* form in which strings stand in the text (quoted, JSON, ...), for blanking */
};

/*
 * Initializes a view whose memory is zero, and opens its transport. -1: why has the reason. Call view_close() in
 * any case.
 */
int view_open(struct view *v, const struct destination_ops *ops, const struct destination_env *e, enum linx_text_form form,
	      struct problem *why);
/* Part of view_put() for output that --redact must blank. */
int view_put_redacted(struct view *v, const char *text, size_t len);
/* Writes complete lines. 0 or -errno. */
static inline int view_put(struct view *v, const char *text, size_t len)
{
	if (v->redact)
		return view_put_redacted(v, text, len);
	v->base.bytes += len;
	return destination_wrote(&v->base, v->to->ops->put(v->to, text, len));
}
/* Frees the transport. The memory of the view itself belongs to the caller. */
void view_close(struct view *v);

/* Destination operations for views. A view that has its own such operation calls these from it. */
int view_flush(struct destination *d);
int view_look(struct destination *d, uint64_t now_ns);
int view_finish(struct destination *d, int *fd);
void view_explain(const struct destination *d, int error);

#endif
