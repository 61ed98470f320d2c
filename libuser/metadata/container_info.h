/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts of one container with their texts, made from runtimes' files and from the METADATA
 * blocks of captures. All of these files are hostile: numbers and lengths are bounded.
 */
#ifndef LINX_CONTAINER_INFO_H
#define LINX_CONTAINER_INFO_H

#include <linx/state.h>

#include "metadata/runtime_file.h"

#define LINX_CONTAINER_MOUNTS_MAX 128u
#define LINX_CONTAINER_LABELS_MAX 128u
/* Most bytes of one text, and of all texts of a container. */
#define LINX_CONTAINER_TEXT_MAX 4096u
#define LINX_CONTAINER_ROOM 65536u

struct linx_container_text;
struct linx_container_own {
	struct linx_container_info info;
	struct linx_container_text *texts; /* all that info points to */
	size_t room; /* bytes left for further texts */
	struct linx_container_mount mounts[LINX_CONTAINER_MOUNTS_MAX];
	struct linx_container_label labels[LINX_CONTAINER_LABELS_MAX];
};

struct linx_container_own *linx_container_own_new(void);
void linx_container_own_free(struct linx_container_own *c);
/* A copy of n bytes of s that lives as long as c. NULL: no room; c->info.incomplete is set then. */
const char *linx_container_own_text(struct linx_container_own *c, const char *s, size_t n);

/*
 * Take over the members of one file. false: not the expected JSON. cgroup: set to the path that the bundle
 * asks the runtime to make; "": not given.
 */
bool linx_container_take_bundle(struct linx_container_own *c, const struct linx_runtime_text *t, const char **cgroup);
bool linx_container_take_docker(struct linx_container_own *c, const struct linx_runtime_text *t);
bool linx_container_take_docker_host(struct linx_container_own *c, const struct linx_runtime_text *t);
/* Take over the container with this id from the list of all containers. false: the list lacks it. */
bool linx_container_take_listed(struct linx_container_own *c, const struct linx_runtime_text *t, const char *id);

/*
 * Compose the payload of a METADATA block, "{"containers":[...]}", NUL-terminated; the caller frees it. NULL:
 * no memory. cgroup: the path up to the container.
 */
char *linx_container_compose(const struct linx_container_own *c, const char *cgroup);
/* Calls take, which owns *c, for each container of a payload. -EBADMSG: not the expected JSON; -ENOMEM. */
int linx_container_parse(const char *json, size_t len,
			 int (*take)(void *ctx, const char *cgroup, struct linx_container_own *c), void *ctx);

#endif
