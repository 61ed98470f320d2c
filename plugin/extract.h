/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Returns values of fields to the host. All of them are made from the event's data. */
#ifndef LINX_PLUGIN_EXTRACT_H
#define LINX_PLUGIN_EXTRACT_H

#include "plugin/data.h"
#include "plugin/fields.h"

/* Memory of the returned values, which are valid until the next extract_fields(). All zero at the start. */
struct answers {
	char *data;
	size_t used, size;
};
void answers_free(struct answers *a);

/* Sets the values of all requested fields. 0; -EINVAL: *wrong is a request with an invalid argument; -ENOMEM. */
int extract_fields(struct answers *a, const struct data *d, struct falco_field *fields, uint32_t n,
		   const struct falco_field **wrong);

/*
 * Returns the event as one line, which the host shows as evt.plugininfo: the log line with at most "most" bytes, or
 * a line of JSON about lost records. NULL: out of memory.
 */
const char *extract_line(struct answers *a, const struct data *d, size_t most);

/* Finds the data in an event of the host. False: it is not an event of this plugin. */
bool extract_data(struct data *d, const struct falco_event *evt);

#endif
