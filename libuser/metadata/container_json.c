// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes and reads descriptions of containers in the METADATA blocks of capture files; keys: docs/containers.md. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "metadata/container_info.h"

/* Limit of the containers that are read from one block. */
#define CONTAINERS_MAX 4096

#define TEXT(key, member) { key, offsetof(struct linx_container_info, member) }
static const struct {
	const char *key;
	size_t at;
} texts[] = {
	TEXT("reason", reason),
	TEXT("id", id),
	TEXT("runtime", runtime),
	TEXT("name", name),
	TEXT("image", image),
	TEXT("image_repository", image_repository),
	TEXT("image_tag", image_tag),
	TEXT("image_digest", image_digest),
	TEXT("image_id", image_id),
	TEXT("pod_name", pod_name),
	TEXT("pod_namespace", pod_namespace),
	TEXT("pod_uid", pod_uid),
	TEXT("pod_sandbox_id", pod_sandbox_id),
	TEXT("pod_workload_kind", pod_workload_kind),
	TEXT("pod_workload", pod_workload),
	TEXT("pod_owner_kind", pod_owner_kind),
	TEXT("pod_owner", pod_owner),
	TEXT("pod_owner_uid", pod_owner_uid),
};

static void add_text(cJSON *to, const char *key, const char *text)
{
	if (text)
		cJSON_AddStringToObject(to, key, text);
}

static void add_mounts(cJSON *to, const struct linx_container_info *i)
{
	cJSON *array = i->nmounts ? cJSON_AddArrayToObject(to, "mounts") : NULL;

	for (unsigned int n = 0; n < i->nmounts; n++) {
		cJSON *m = cJSON_CreateObject();

		add_text(m, "source", i->mounts[n].source);
		add_text(m, "target", i->mounts[n].target);
		add_text(m, "mode", i->mounts[n].mode);
		add_text(m, "propagation", i->mounts[n].propagation);
		cJSON_AddBoolToObject(m, "writable", i->mounts[n].writable);
		if (!cJSON_AddItemToArray(array, m))
			cJSON_Delete(m);
	}
}

static void add_labels(cJSON *to, const char *key, const struct linx_container_label *l, unsigned int count)
{
	cJSON *labels = cJSON_AddObjectToObject(to, key);

	for (unsigned int n = 0; n < count; n++)
		add_text(labels, l[n].key, l[n].value);
}

/* Adds a time as a string, since a number of libcjson is a double, which cannot hold nanoseconds. */
static void add_time(cJSON *to, uint64_t ns)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)ns);
	if (ns)
		cJSON_AddStringToObject(to, "started_ns", text);
}

static cJSON *object_of(const struct linx_container_own *c, const char *cgroup)
{
	const struct linx_container_info *i = &c->info;
	cJSON *to = cJSON_CreateObject();

	add_text(to, "cgroup", cgroup);
	for (size_t n = 0; n < ARRAY_SIZE(texts); n++)
		add_text(to, texts[n].key, *(const char *const *)((const char *)i + texts[n].at));
	if (i->privileged >= 0)
		cJSON_AddBoolToObject(to, "privileged", i->privileged > 0);
	add_time(to, i->started_ns);
	add_mounts(to, i);
	if (i->nlabels)
		add_labels(to, "labels", i->labels, i->nlabels);
	if (i->pod_labels)
		add_labels(to, "pod_labels", i->pod_labels, i->npod_labels);
	if (i->incomplete)
		cJSON_AddTrueToObject(to, "incomplete");
	if (i->pod_incomplete)
		cJSON_AddTrueToObject(to, "pod_incomplete");
	return to;
}

char *linx_container_compose(const struct linx_container_own *c, const char *cgroup)
{
	cJSON *root = cJSON_CreateObject(), *array = cJSON_AddArrayToObject(root, "containers");
	cJSON *to = array ? object_of(c, cgroup) : NULL;
	char *text = NULL;

	if (to && cJSON_AddItemToArray(array, to))
		text = cJSON_PrintUnformatted(root);
	else
		cJSON_Delete(to);
	cJSON_Delete(root);
	return text;
}

/* ---- reading ---------------------------------------------------------------------------------- */

static const char *text_of(struct linx_container_own *c, const cJSON *of, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(of, key);

	return cJSON_IsString(v) ? linx_container_own_text(c, v->valuestring, strlen(v->valuestring)) : NULL;
}

static void take_mounts(struct linx_container_own *c, const cJSON *array)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, array) {
		if (c->info.nmounts == LINX_CONTAINER_MOUNTS_MAX)
			break;
		c->mounts[c->info.nmounts++] = (struct linx_container_mount){
			.source = text_of(c, v, "source"),
			.target = text_of(c, v, "target"),
			.mode = text_of(c, v, "mode"),
			.propagation = text_of(c, v, "propagation"),
			.writable = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v, "writable")),
		};
	}
}

/* Returns how many labels were read. */
static unsigned int take_labels(struct linx_container_own *c, struct linx_container_label *to, const cJSON *of)
{
	unsigned int n = 0;
	const cJSON *v;

	cJSON_ArrayForEach(v, of) {
		if (n == LINX_CONTAINER_LABELS_MAX)
			break;
		if (!cJSON_IsString(v) || !v->string)
			continue;
		to[n].key = linx_container_own_text(c, v->string, strlen(v->string));
		to[n].value = linx_container_own_text(c, v->valuestring, strlen(v->valuestring));
		n += to[n].key && to[n].value;
	}
	return n;
}

static void take_pod_labels(struct linx_container_own *c, const cJSON *of)
{
	if (!cJSON_IsObject(of))
		return;
	c->info.npod_labels = take_labels(c, c->pod_labels, of);
	c->info.pod_labels = c->pod_labels;
	c->info.pod_incomplete = c->info.npod_labels < (unsigned int)cJSON_GetArraySize(of);
}

static void take_object(struct linx_container_own *c, const cJSON *of)
{
	const cJSON *privileged = cJSON_GetObjectItemCaseSensitive(of, "privileged");
	const cJSON *started = cJSON_GetObjectItemCaseSensitive(of, "started_ns");

	for (size_t n = 0; n < ARRAY_SIZE(texts); n++)
		*(const char **)((char *)&c->info + texts[n].at) = text_of(c, of, texts[n].key);
	if (cJSON_IsBool(privileged))
		c->info.privileged = cJSON_IsTrue(privileged);
	if (cJSON_IsString(started))
		c->info.started_ns = strtoull(started->valuestring, NULL, 10);
	take_mounts(c, cJSON_GetObjectItemCaseSensitive(of, "mounts"));
	c->info.nlabels = take_labels(c, c->labels, cJSON_GetObjectItemCaseSensitive(of, "labels"));
	take_pod_labels(c, cJSON_GetObjectItemCaseSensitive(of, "pod_labels"));
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(of, "incomplete")))
		c->info.incomplete = true;
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(of, "pod_incomplete")))
		c->info.pod_incomplete = true;
}

int linx_container_parse(const char *json, size_t len,
			 int (*take)(void *ctx, const char *cgroup, struct linx_container_own *c), void *ctx)
{
	cJSON *root = cJSON_ParseWithLength(json, len);
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, "containers"), *v, *cgroup;
	struct linx_container_own *c;
	int ret = 0, n = 0;

	if (!cJSON_IsArray(array)) {
		cJSON_Delete(root);
		return -EBADMSG;
	}
	cJSON_ArrayForEach(v, array) {
		cgroup = cJSON_GetObjectItemCaseSensitive(v, "cgroup");
		if (!cJSON_IsString(cgroup) || n++ == CONTAINERS_MAX)
			continue;
		c = linx_container_own_new();
		if (c)
			take_object(c, v);
		ret = c ? take(ctx, cgroup->valuestring, c) : -ENOMEM;
		if (ret)
			break;
	}
	cJSON_Delete(root);
	return ret;
}
