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

/* Answers all requested fields. -EINVAL: *wrong is a field with an invalid argument; -ENOMEM. */
int extract_fields(struct answers *a, const struct data *d, struct falco_field *fields, uint32_t n,
		   const struct falco_field **wrong);

/*
 * Makes the event one line, which evt.plugininfo shows: the log line, at most most bytes, or a line of JSON.
 * NULL: out of memory.
 */
const char *extract_line(struct answers *a, const struct data *d, size_t most);

/* Gets the data within an event of the host. False: the event is not this plugin's. */
bool extract_data(struct data *d, const struct falco_event *evt);

#endif
