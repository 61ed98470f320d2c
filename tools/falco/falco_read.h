/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a document of falco.yaml: values with expanded environment variables, and errors with their position. */
#ifndef LINXCAP_FALCO_READ_H
#define LINXCAP_FALCO_READ_H

#include <yaml.h>

#include "falco/falco_config.h"

struct reading {
	struct falco_config *c;
	const char *file;
	enum falco_strategy strategy;
	yaml_node_t *nodes; /* copies of the document's nodes, with the texts of values expanded */
	struct problem *why;
};

/*
 * Begins to read a document, which must live as long as r. -1: why has the reason. The caller frees r->nodes in any
 * case.
 */
int falco_reading_begin(struct reading *r, const yaml_document_t *doc);

/* Sets why to a message with the node's position before it. Returns -1. */
int falco_refuse(const struct reading *r, const yaml_node_t *n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void falco_warn(const struct reading *r, const yaml_node_t *n, const char *what, const char *todo);

/* Allocate zeroed memory, or a copy of a text, which is freed with the configuration. NULL: why has the reason. */
void *falco_keep_bytes(const struct reading *r, size_t n);
const char *falco_keep(const struct reading *r, const char *text);

/* Returns the text of a node. NULL: the node is not a text, or has control characters. */
const char *falco_scalar(const yaml_node_t *n);
bool falco_is_null(const yaml_node_t *n);
const yaml_node_t *falco_node(const struct reading *r, int i);
/* Returns the value of a key in a map; NULL: there is no such key. */
const yaml_node_t *falco_get(const struct reading *r, const yaml_node_t *map, const char *key);
int falco_read_bool(const struct reading *r, const yaml_node_t *n, bool *to);

/* falco/falco_additions.c: read static_fields and append_output. -1: why has the reason. */
int falco_read_statics(struct reading *r, const yaml_node_t *n);
int falco_read_additions(struct reading *r, const yaml_node_t *n);

#endif
