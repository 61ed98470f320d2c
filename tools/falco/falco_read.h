/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a document of falco.yaml: its nodes, with environment variables in place, and mistakes with their places. */
#ifndef LINXCAP_FALCO_READ_H
#define LINXCAP_FALCO_READ_H

#include <yaml.h>

#include "falco/falco_config.h"

struct reading {
	struct falco_config *c;
	const char *file;
	enum falco_strategy strategy;
	yaml_node_t *nodes; /* copies of the document's; texts of values are expanded */
	struct problem *why;
};

/* Begins with a document, which outlives the reading. -1: why is set. The caller frees r->nodes in any case. */
int falco_reading_begin(struct reading *r, const yaml_document_t *doc);

/* Sets why, with the node's place in front. Returns -1. */
int falco_refuse(const struct reading *r, const yaml_node_t *n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void falco_warn(const struct reading *r, const yaml_node_t *n, const char *what, const char *todo);

/* Memory of zeros, or a copy of a text, for the lifetime of the configuration. NULL: why is set. */
void *falco_keep_bytes(const struct reading *r, size_t n);
const char *falco_keep(const struct reading *r, const char *text);

/* Gets a text. NULL: it is no text, or has bytes that move a terminal's cursor or end a text. */
const char *falco_scalar(const yaml_node_t *n);
bool falco_is_null(const yaml_node_t *n);
const yaml_node_t *falco_node(const struct reading *r, int i);
/* Gets the value of a key of a mapping; NULL: it has none. */
const yaml_node_t *falco_get(const struct reading *r, const yaml_node_t *map, const char *key);
int falco_read_bool(const struct reading *r, const yaml_node_t *n, bool *to);

/* falco/falco_additions.c: reads static_fields, append_output. */
int falco_read_statics(struct reading *r, const yaml_node_t *n);
int falco_read_additions(struct reading *r, const yaml_node_t *n);

#endif
