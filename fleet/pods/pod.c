// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads a pod: see pods/pod.h. */
#include "pods/pod.h"

#include <ctype.h>
#include <string.h>

#include "base/array_size.h"

/* A pod while it is being read. */
struct reading {
	cJSON *to; /* the entry of pods.json */
	size_t room; /* bytes left for texts */
	unsigned int containers;
	bool incomplete; /* something was left out */
	bool failed; /* there was no memory */
};

static const cJSON *member(const cJSON *of, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(of, key);
}

static const char *text_of(const cJSON *of, const char *key)
{
	const char *text = cJSON_GetStringValue(member(of, key));

	return text && *text ? text : NULL;
}

/* True if there is room for a text, which then counts. */
static bool has_room(struct reading *r, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return false;
	if (n > POD_TEXT_MAX || n > r->room) {
		r->incomplete = true;
		return false;
	}
	r->room -= n;
	return true;
}

static void add(struct reading *r, cJSON *to, const char *key, const char *text)
{
	if (has_room(r, text) && !cJSON_AddStringToObject(to, key, text))
		r->failed = true;
}

static cJSON *add_object(struct reading *r, const char *key)
{
	cJSON *o = cJSON_AddObjectToObject(r->to, key);

	r->failed |= !o;
	return o;
}

/* ---- labels ------------------------------------------------------------------------------------------------- */

static void add_labels(struct reading *r, const cJSON *from)
{
	cJSON *to = cJSON_IsObject(from) && from->child ? add_object(r, "labels") : NULL;
	unsigned int n = 0;
	const cJSON *v;

	cJSON_ArrayForEach(v, from) {
		if (!to || !v->string || !cJSON_IsString(v))
			continue;
		if (n++ == POD_LABELS_MAX) {
			r->incomplete = true;
			break;
		}
		if (has_room(r, v->string))
			add(r, to, v->string, v->valuestring);
	}
}

/* ---- the workload ------------------------------------------------------------------------------------------- */

static const cJSON *controller_of(const cJSON *meta)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, member(meta, "ownerReferences"))
		if (cJSON_IsTrue(member(v, "controller")) && text_of(v, "kind") && text_of(v, "name"))
			return v;
	return NULL;
}

/*
 * Returns the length of the name of the Deployment to which a ReplicaSet belongs; 0: it belongs to none. A Deployment
 * names its ReplicaSets NAME-HASH, and writes HASH as a label of their pods.
 */
static size_t deployment_in(const cJSON *owner, const cJSON *meta)
{
	const char *name = text_of(owner, "name"), *group = text_of(owner, "apiVersion");
	const char *hash = text_of(member(meta, "labels"), "pod-template-hash");
	size_t n = strlen(name), tail = hash ? strlen(hash) : 0;

	if (strcmp(text_of(owner, "kind"), "ReplicaSet") != 0 || !group || strncmp(group, "apps/", 5) != 0)
		return 0;
	if (!tail || n < tail + 2 || name[n - tail - 1] != '-' || strcmp(name + n - tail, hash) != 0)
		return 0;
	return n - tail - 1;
}

static void add_workload(struct reading *r, const cJSON *meta)
{
	const cJSON *owner = controller_of(meta);
	cJSON *to = owner ? add_object(r, "owner") : NULL;
	char name[POD_TEXT_MAX + 1];
	size_t n;

	if (!to)
		return;
	add(r, to, "kind", text_of(owner, "kind"));
	add(r, to, "name", text_of(owner, "name"));
	add(r, to, "uid", text_of(owner, "uid"));
	n = deployment_in(owner, meta);
	if (n > POD_TEXT_MAX) {
		r->incomplete = true;
		return;
	}
	to = add_object(r, "workload");
	if (!to)
		return;
	memcpy(name, text_of(owner, "name"), n);
	name[n] = '\0';
	add(r, to, "kind", n ? "Deployment" : text_of(owner, "kind"));
	add(r, to, "name", n ? name : text_of(owner, "name"));
}

/* ---- containers --------------------------------------------------------------------------------------------- */

static bool is_plain(const char *s, size_t max)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
	return n && n <= max;
}

/* Adds a container under its id, given as containerd://ID. */
static void add_container(struct reading *r, cJSON *to, const cJSON *status, const char *id)
{
	const char *scheme = id ? strstr(id, "://") : NULL;
	cJSON *c;

	if (!scheme || !is_plain(scheme + 3, POD_UID_MAX))
		return;
	if (r->containers++ == POD_CONTAINERS_MAX) {
		r->incomplete = true;
		r->containers--;
		return;
	}
	c = cJSON_CreateObject();
	if (!c || !cJSON_AddItemToArray(to, c)) {
		cJSON_Delete(c);
		r->failed = true;
		return;
	}
	add(r, c, "id", scheme + 3);
	add(r, c, "name", text_of(status, "name"));
	add(r, c, "image", text_of(status, "image"));
}

/* Adds the containers of a pod, and those that they have replaced, whose last events may still come. */
static void add_containers(struct reading *r, const cJSON *status)
{
	static const char *const kinds[] = { "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses" };
	cJSON *to = cJSON_AddArrayToObject(r->to, "containers");
	const cJSON *v;

	r->failed |= !to;
	for (size_t i = 0; to && i < ARRAY_SIZE(kinds); i++)
		cJSON_ArrayForEach(v, member(status, kinds[i]))
			add_container(r, to, v, text_of(v, "containerID"));
	for (size_t i = 0; to && i < ARRAY_SIZE(kinds); i++)
		cJSON_ArrayForEach(v, member(status, kinds[i]))
			add_container(r, to, v, text_of(member(member(v, "lastState"), "terminated"), "containerID"));
}

/* ---- the pod ------------------------------------------------------------------------------------------------ */

bool pod_read_uid(const cJSON *pod, char uid[POD_UID_MAX + 1])
{
	const char *text = text_of(member(pod, "metadata"), "uid");

	if (!text || !is_plain(text, POD_UID_MAX))
		return false;
	strcpy(uid, text);
	return true;
}

enum pod_found pod_read(const cJSON *pod, const char *node, char uid[POD_UID_MAX + 1], char **text)
{
	const cJSON *meta = member(pod, "metadata");
	const char *name = text_of(meta, "name"), *space = text_of(meta, "namespace"), *on = text_of(member(pod, "spec"), "nodeName");
	struct reading r = { .room = POD_ROOM };

	*text = NULL;
	if (!pod_read_uid(pod, uid) || !name || !space || strlen(name) > POD_TEXT_MAX || strlen(space) > POD_TEXT_MAX)
		return POD_BROKEN;
	if (!on || strcmp(on, node) != 0)
		return POD_ELSEWHERE;
	r.to = cJSON_CreateObject();
	r.failed = !r.to;
	add(&r, r.to, "namespace", space);
	add(&r, r.to, "name", name);
	/* the kubelet knows a pod that a file on the node describes by another uid, which cgroups have */
	add(&r, r.to, "static_uid", text_of(member(meta, "annotations"), "kubernetes.io/config.hash"));
	add_workload(&r, meta);
	add_containers(&r, member(pod, "status"));
	add_labels(&r, member(meta, "labels"));
	if (r.incomplete)
		r.failed |= !cJSON_AddTrueToObject(r.to, "incomplete");
	if (!r.failed)
		*text = cJSON_PrintUnformatted(r.to);
	cJSON_Delete(r.to);
	return *text ? POD_READ : POD_NO_MEMORY;
}

cJSON *pod_parse(char *json, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (json[i] != '\\')
			continue;
		if (len - i >= 6 && !memcmp(json + i, "\\u0000", 6))
			memcpy(json + i, "\\ufffd", 6);
		i++;
	}
	return cJSON_ParseWithLength(json, len);
}
