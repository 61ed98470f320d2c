/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pods of a node by their uids. A pod that was deleted stays for some minutes, since events of its containers can
 * come late. Number and bytes of the pods are limited.
 */
#ifndef PODS_POD_TABLE_H
#define PODS_POD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pods/pod.h"

/* The reader of pods.json has limits of its own, which must not be less: libuser/metadata/pod_file.h. */
#define PODS_MAX 4096u
#define PODS_BYTES_MAX (16u << 20)

struct pod_entry {
	char uid[POD_UID_MAX + 1];
	char *text; /* entry of pods.json */
	size_t len; /* bytes of text */
	uint64_t gone_ns; /* monotonic time at which it was deleted; 0: it was not */
	bool listed; /* the list that is being read has it */
};

struct pod_table {
	struct pod_entry *pods;
	size_t n, room;
	size_t bytes; /* of all texts */
	bool changed; /* the content has changed since it was written */
	uint64_t skipped; /* pods that were too large to be read, in the last list */
	uint64_t left_out; /* pods for which there was no room, in the last list */
};

void pod_table_free(struct pod_table *t);
/*
 * Sets a pod, and takes its text, also on failure. Pods that were deleted make room for a new one. False: there is no
 * room, and an older state of the pod was removed.
 */
bool pod_table_set(struct pod_table *t, const char *uid, char *text);
/* Notes that a pod was deleted. */
void pod_table_delete(struct pod_table *t, const char *uid, uint64_t now_ns);
/* Begins a list: pods that are not set until its end were deleted meanwhile. */
void pod_table_begin_list(struct pod_table *t);
void pod_table_end_list(struct pod_table *t, uint64_t now_ns);
/* Removes pods that were deleted before this time. */
void pod_table_forget(struct pod_table *t, uint64_t before_ns);
/* Number of pods that were not deleted. */
size_t pod_table_count(const struct pod_table *t);
/*
 * Makes the content of pods.json, which the caller frees. good_ns: wall clock at which the pods were last known to be
 * right. NULL: no memory.
 */
char *pod_table_print(const struct pod_table *t, const char *node, uint64_t good_ns, size_t *len);

#endif
