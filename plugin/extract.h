/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of an event for the host, from the event's data alone. */
#ifndef LINX_PLUGIN_EXTRACT_H
#define LINX_PLUGIN_EXTRACT_H

#include "plugin/data.h"
#include "plugin/fields.h"

/* Memory of the answers, until the next extract_fields(). Begin with zeros. */
struct answers {
	char *data;
	size_t used, size;
};
void answers_free(struct answers *a);

/* Answers all of these. -EINVAL: *wrong is a field whose argument makes no sense; -ENOMEM. */
int extract_fields(struct answers *a, const struct data *d, struct falco_field *fields, uint32_t n,
		   const struct falco_field **wrong);

/*
 * The event as one line, as evt.plugininfo shows it: the log line, of most bytes, or a line of JSON.
 * NULL: out of memory.
 */
const char *extract_line(struct answers *a, const struct data *d, size_t most);

/* The data within an event of the host. False: it is none of this plugin. */
bool extract_data(struct data *d, const struct falco_event *evt);

#endif
