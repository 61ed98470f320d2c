/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a pod as the Kubernetes API server describes it, and writes what linx needs of it.
 *
 * linx-pods watches the API server for the pods of one node, and keeps them in a file that the recorder reads:
 * /run/linx/pods.json. The recorder itself needs no network for that, and linx-pods no capability.
 */
#ifndef PODS_POD_H
#define PODS_POD_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Limits of a pod: longest text, most bytes of all its texts, most labels, most containers. */
#define POD_TEXT_MAX 4096u
#define POD_ROOM 65536u
#define POD_LABELS_MAX 128u
#define POD_CONTAINERS_MAX 256u
#define POD_UID_MAX 128u

enum pod_found {
	POD_READ, /* *text has the pod */
	POD_ELSEWHERE, /* it is on another node */
	POD_BROKEN, /* it is no pod, or has no uid, name or namespace that can be one */
	POD_NO_MEMORY,
};

/*
 * Reads a pod of this node. *text is then its entry of pods.json, an object of JSON in one line, which the caller
 * frees. What exceeds a limit is left out of it, and its member "incomplete" says so.
 */
enum pod_found pod_read(const cJSON *pod, const char *node, char uid[POD_UID_MAX + 1], char **text);
/* Reads the uid alone, as of a pod that was deleted. False: it has none. */
bool pod_read_uid(const cJSON *pod, char uid[POD_UID_MAX + 1]);

/*
 * Parses JSON of the API server. A text of libcjson ends at its first zero byte, which would make another name of a
 * name: each escape \u0000 is first replaced by that of U+FFFD. NULL: not JSON, or no memory.
 */
cJSON *pod_parse(char *json, size_t len);

#endif
