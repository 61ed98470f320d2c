/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of context events in JSON: credentials, namespaces, usage. json_who.c */
#ifndef LINX_JSON_WHO_H
#define LINX_JSON_WHO_H

#include "value/json.h"

struct linx_task;

/* Each member has a comma before it; an unknown one is left out. */
void linx_json_task_info(struct linx_strbuf *o, const struct linx_task *t);
void linx_json_usage(struct linx_strbuf *o, const struct linx_value *v);

#endif
