/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file in which linx-pods keeps the pods of this node: docs/kubernetes.md. It is read again when it was replaced.
 * A file that cannot be read, or is not what it should be, leaves what was read before.
 */
#ifndef LINX_POD_FILE_H
#define LINX_POD_FILE_H

#include "metadata/container_info.h"

/*
 * Limits of a file: bytes, pods, and ids by which pods are found. None is below what linx-pods writes at most: 4,096 pods
 * of 256 containers, with two uids each (fleet/pods/pod_table.h).
 */
#define LINX_PODS_BYTES_MAX (64u << 20)
#define LINX_PODS_MAX 4096u
#define LINX_PODS_IDS_MAX (LINX_PODS_MAX * (256u + 2u))

struct linx_pod_file;

/*
 * Opens nothing yet. owner: user who may own the file, besides root and the user of this process; UINT32_MAX: nobody
 * else. NULL: no memory.
 */
struct linx_pod_file *linx_pod_file_new(const char *path, uint32_t owner);
void linx_pod_file_free(struct linx_pod_file *f);
const char *linx_pod_file_path(const struct linx_pod_file *f);

/*
 * Reads the file if it has changed. 1: there is new content; 0: there is none; -errno: the content stays as it was.
 * -ENOENT: there is no file; -EPERM: somebody else may write it; -EBADMSG: it is not what it should be; -EFBIG.
 */
int linx_pod_file_look(struct linx_pod_file *f);

/*
 * Takes the content of a file, len bytes and a NUL, as linx_pod_file_look() does. 0, -EBADMSG or -ENOMEM: what was read
 * before stays.
 */
int linx_pod_file_parse(struct linx_pod_file *f, const char *json, size_t len);

/*
 * Adds what the file has of the container's pod to a description. path: path of its cgroup. A container of which no
 * runtime has a file becomes known if the pod's uid is in the path, where the kubelet writes it. False: nothing is known.
 */
bool linx_pod_file_add(const struct linx_pod_file *f, struct linx_container_own *c, const char *path);

#endif
