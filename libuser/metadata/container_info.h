/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Description of one container, read from the files of container runtimes or from the METADATA
 * blocks of capture files. All of these files may be hostile: numbers and lengths are bounded.
 */
#ifndef LINX_CONTAINER_INFO_H
#define LINX_CONTAINER_INFO_H

#include <linx/state.h>

#include "metadata/runtime_file.h"

#define LINX_CONTAINER_MOUNTS_MAX 128u
#define LINX_CONTAINER_LABELS_MAX 128u
/* Limits of the bytes of one text, and of all texts of a container. */
#define LINX_CONTAINER_TEXT_MAX 4096u
#define LINX_CONTAINER_ROOM 65536u

struct linx_container_text;
struct linx_container_own {
	struct linx_container_info info;
	struct linx_container_text *texts; /* list of the texts that info points to */
	size_t room; /* bytes left for more texts */
	struct linx_container_mount mounts[LINX_CONTAINER_MOUNTS_MAX];
	struct linx_container_label labels[LINX_CONTAINER_LABELS_MAX], pod_labels[LINX_CONTAINER_LABELS_MAX];
};

struct linx_container_own *linx_container_own_new(void);
void linx_container_own_free(struct linx_container_own *c);
/*
 * Copies n bytes of s to a string that lives as long as c. NULL: the text is beyond the limit, and c->info.incomplete
 * was set; or there is no memory.
 */
const char *linx_container_own_text(struct linx_container_own *c, const char *s, size_t n);

/*
 * Adds the facts in one file of a runtime: an OCI bundle's config.json, Docker's config.v2.json, its hostconfig.json.
 * False: the file is not the expected JSON. *cgroup is set to the path of the cgroup that the bundle asks the runtime
 * to make; "": the bundle asks for no cgroup.
 */
bool linx_container_take_bundle(struct linx_container_own *c, const struct linx_runtime_text *t, const char **cgroup);
bool linx_container_take_docker(struct linx_container_own *c, const struct linx_runtime_text *t);
bool linx_container_take_docker_host(struct linx_container_own *c, const struct linx_runtime_text *t);
/*
 * Adds the facts of the container with this id from a file that lists all containers. False: the container is not in
 * the list.
 */
bool linx_container_take_listed(struct linx_container_own *c, const struct linx_runtime_text *t, const char *id);

/*
 * Makes the payload of a METADATA block, "{"containers":[...]}", NUL-terminated. The caller frees the payload. NULL: no
 * memory. cgroup: path of the container's cgroup.
 */
char *linx_container_compose(const struct linx_container_own *c, const char *cgroup);
/*
 * Calls take() for each container in a payload. take() becomes the owner of c. -EBADMSG: not the expected JSON;
 * -ENOMEM.
 */
int linx_container_parse(const char *json, size_t len,
			 int (*take)(void *ctx, const char *cgroup, struct linx_container_own *c), void *ctx);

#endif
