/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A page of a list of pods, as the Kubernetes API server sends it, and what of it can be read if it is too long. */
#ifndef PODS_POD_LIST_H
#define PODS_POD_LIST_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Texts that the server gives to be sent back to it. Longer ones are refused. */
#define LIST_VERSION_MAX 255u
#define LIST_TOKEN_MAX 1023u

/* The head of a page. */
struct list_head {
	char version[LIST_VERSION_MAX + 1]; /* version of the pods in the list, from which a watch continues */
	char token[LIST_TOKEN_MAX + 1]; /* names the next page; empty: it is the last page */
};

/* Reads the head from a page, or from another object of the API. False: it has none, or one that cannot be sent back. */
bool list_head_read(struct list_head *h, const cJSON *page);
/*
 * Reads the head from the beginning of a page, whose end is missing: the server sends the head before the pods. False:
 * this part does not have it.
 */
bool list_head_find(struct list_head *h, const char *text, size_t len);

#endif
