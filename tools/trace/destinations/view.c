// SPDX-License-Identifier: LGPL-2.1-or-later
/* Common part of views: see trace/destinations/view.h. */
#include <errno.h>

#include "output/report.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"

static struct view *view_of(struct destination *d)
{
	return (struct view *)d;
}

int view_open(struct view *v, const struct destination_ops *ops, const struct destination_env *e, enum linx_text_form form,
	      struct problem *why)
{
	destination_begin(&v->base, ops);
	v->redact = e->settings->look.redact;
	v->form = form;
	v->to = transport_open(e->settings, e->signals, why);
	return v->to ? 0 : -1;
}

int view_put_redacted(struct view *v, const char *text, size_t len)
{
	text = redact_apply(v->redact, v->form, text, &len);
	if (!text)
		return -ENOMEM;
	v->base.bytes += len;
	return destination_wrote(&v->base, v->to->ops->put(v->to, text, len));
}

int view_flush(struct destination *d)
{
	struct transport *to = view_of(d)->to;

	d->due_ns = to->ops->due ? to->ops->due(to, report_clock_ns()) : UINT64_MAX;
	return destination_wrote(d, to->ops->flush ? to->ops->flush(to) : 0);
}

int view_look(struct destination *d, uint64_t now_ns)
{
	struct transport *to = view_of(d)->to;

	return destination_wrote(d, to->ops->look ? to->ops->look(to, now_ns) : 0);
}

int view_finish(struct destination *d, int *fd)
{
	struct transport *to = view_of(d)->to;

	(void)fd;
	return destination_wrote(d, to->ops->finish(to));
}

void view_explain(const struct destination *d, int error)
{
	destination_explain(((const struct view *)d)->to->name, error);
}

void view_close(struct view *v)
{
	if (v->to)
		v->to->ops->free(v->to);
}
