// SPDX-License-Identifier: LGPL-2.1-or-later
/* Handles destinations that fail to write: see trace/sink.h. */
#include <string.h>

#include "output/report.h"
#include "trace/sink.h"

struct destination *sink_broken(const struct sink *k)
{
	for_each_destination(k, d)
		if (d->broken)
			return d;
	return NULL;
}

void sink_rescue(struct sink *k)
{
	struct destination *d = sink_broken(k);

	if (d && d->ops->rescue)
		d->ops->rescue(d);
}

void sink_explain(const struct sink *k, int error)
{
	const struct destination *d = sink_broken(k);
	const char *text = linx_error_text(k->l);

	if (d)
		d->ops->explain(d, error);
	else
		say("%s", *text ? text : strerror(-error));
}
