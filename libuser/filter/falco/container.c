// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Getters of Falco's fields of containers and pods, from the files of container runtimes. If nothing is known of a
 * container, its fields have no value. Outside of containers the fields have the values that Falco's container plugin
 * gives.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "filter/falco/falco.h"
#include "filter/regex.h"
#include "metadata/container_info.h"

#define SHORT_ID 12u

static const struct linx_container_info *container_of(const struct linx_fld_env *e)
{
	const struct linx_container_info *c = linx_event_borrow_container(e->ev);

	return c && !c->reason ? c : NULL;
}

static bool text_of(struct linx_fld_value *v, const char *s, size_t most)
{
	size_t n = s ? strlen(s) : 0;

	return linx_fld_set_text(v, s, n < most ? n : most);
}

/* True if the process is known to be in no container. */
static bool is_on_host(const struct linx_fld_env *e)
{
	const struct linx_process *p = e->ev->task ? e->ev->task->process : NULL;

	return p && !p->container.data && p->container.state == LINX_ABSENT;
}

/*
 * Makes the getter of a text. other: the value outside of containers. If a container lacks the text, the value is
 * empty, as in Falco's container plugin. If "other" is NULL, the field has no value in both cases.
 */
#define CONTAINER_TEXT(function, member, most, other)                         \
	FALCO_GET(function)                                                   \
	{                                                                     \
		const struct linx_container_info *c = container_of(e);        \
                                                                              \
		FLD_ONE();                                                    \
		if (c)                                                        \
			return text_of(v, c->member || !(other) ? c->member : "", most); \
		return is_on_host(e) && text_of(v, other, SIZE_MAX);          \
	}
CONTAINER_TEXT(container_full_id, id, SIZE_MAX, "host")
CONTAINER_TEXT(container_name, name, SIZE_MAX, "host")
CONTAINER_TEXT(container_type, runtime, SIZE_MAX, "host")
CONTAINER_TEXT(container_image, image, SIZE_MAX, "")
CONTAINER_TEXT(container_image_repository, image_repository, SIZE_MAX, "")
CONTAINER_TEXT(container_image_digest, image_digest, SIZE_MAX, "")
CONTAINER_TEXT(pod_name, pod_name, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_namespace, pod_namespace, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_uid, pod_uid, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_sandbox, pod_sandbox_id, SHORT_ID, "")
CONTAINER_TEXT(pod_full_sandbox, pod_sandbox_id, SIZE_MAX, "")
#undef CONTAINER_TEXT

FALCO_GET(container_image_id)
{
	static const char prefix[] = "sha256:";
	const struct linx_container_info *c = container_of(e);
	const char *id = c && c->image_id ? c->image_id : "";

	FLD_ONE();
	if (!strncmp(id, prefix, strlen(prefix)))
		id += strlen(prefix);
	return (c || is_on_host(e)) && text_of(v, id, SIZE_MAX);
}

/* Returns the tag of an image. Docker takes the tag "latest" for a name that has neither a tag nor a digest. */
static const char *tag_of(const struct linx_container_info *c)
{
	if (c->image_tag)
		return c->image_tag;
	return c->image_repository && !c->image_digest && c->runtime && !strcmp(c->runtime, "docker") ? "latest" : "";
}

FALCO_GET(container_image_tag)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	return (c || is_on_host(e)) && text_of(v, c ? tag_of(c) : "", SIZE_MAX);
}

FALCO_GET(container_privileged)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	if (!c)
		return is_on_host(e) && linx_fld_set_num(v, 0);
	return c->privileged >= 0 && linx_fld_set_num(v, c->privileged);
}

/*
 * Returns the time at which a container was started: the start of the first process of the pid namespace, as in Falco.
 * If that is not known, the time that the runtime gives. 0: not known
 */
static uint64_t started(const struct linx_fld_env *e)
{
	const struct linx_container_info *c = container_of(e);
	uint64_t start = linx_falco_namespace_start(e);

	return start || !c ? start : c->started_ns;
}

FALCO_GET(container_start)
{
	uint64_t start = started(e);

	FLD_ONE();
	return start && linx_fld_set_num(v, (int64_t)start);
}

FALCO_GET(container_duration)
{
	uint64_t start = started(e), now = e->ev->wall_ns;

	FLD_ONE();
	return start && now >= start && linx_fld_set_num(v, (int64_t)(now - start));
}

/* ---- mounts --------------------------------------------------------------------------------- */

static void put_mount(struct linx_strbuf *o, const struct linx_container_mount *m)
{
	linx_strbuf_str(o, m->source ? m->source : "");
	linx_strbuf_char(o, ':');
	linx_strbuf_str(o, m->target ? m->target : "");
	linx_strbuf_char(o, ':');
	linx_strbuf_str(o, m->mode ? m->mode : "");
	linx_strbuf_str(o, m->writable ? ":true:" : ":false:");
	linx_strbuf_str(o, m->propagation ? m->propagation : "");
}

FALCO_GET(container_mounts)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	if (!c)
		return is_on_host(e) && text_of(v, "", SIZE_MAX);
	e->scratch->len = 0;
	for (unsigned int k = 0; k < c->nmounts; k++) {
		if (k)
			linx_strbuf_char(e->scratch, ',');
		put_mount(e->scratch, &c->mounts[k]);
	}
	return linx_fld_set_scratch(e, v);
}

/* Path in the argument of a field of mounts: a regular expression, or a plain text without special characters. */
struct mount_path {
	const char *text;
	struct linx_regex *pattern;
};

static bool open_path(struct mount_path *p, const char *text)
{
	size_t at;

	*p = (struct mount_path){ .text = text };
	if (!strpbrk(text, ".^$*+?()[]{}|\\"))
		return true;
	return !linx_regex_new_part(text, strlen(text), &p->pattern, &at, NULL);
}

/* True if a part of a path matches, as in Falco's container plugin: /etc finds /srv/etc/x. */
static bool path_meets(const struct mount_path *p, const char *path)
{
	if (!path)
		return false;
	if (p->pattern)
		return linx_regex_match(p->pattern, path, strlen(path)) == LINX_REGEX_MEETS;
	return strstr(path, p->text);
}

/*
 * Finds the mount that a field's argument names: by number, or by path. by_target: the path is the mount's target, else
 * its source. NULL: there is no such mount.
 */
static const struct linx_container_mount *mount_of(const struct linx_fld_env *e, const struct linx_fld *f, bool by_target)
{
	const struct linx_container_info *c = container_of(e);
	const struct linx_container_mount *found = NULL;
	struct mount_path path;

	if (!c || !f->name[0])
		return NULL;
	if (f->index >= 0)
		return (unsigned int)f->index < c->nmounts ? &c->mounts[f->index] : NULL;
	if (!c->nmounts || !open_path(&path, f->name))
		return NULL;
	for (unsigned int k = 0; k < c->nmounts && !found; k++)
		if (path_meets(&path, by_target ? c->mounts[k].target : c->mounts[k].source))
			found = &c->mounts[k];
	linx_regex_free(path.pattern);
	return found;
}

FALCO_GET(mount)
{
	const struct linx_container_mount *m = mount_of(e, f, false);

	if (i || !m)
		return false;
	e->scratch->len = 0;
	put_mount(e->scratch, m);
	return linx_fld_set_scratch(e, v);
}

#define MOUNT_TEXT(function, expression, by_target)                                 \
	FALCO_GET(function)                                                         \
	{                                                                           \
		const struct linx_container_mount *m = mount_of(e, f, by_target);   \
                                                                                    \
		return !i && m && text_of(v, expression, SIZE_MAX);                 \
	}
MOUNT_TEXT(mount_source, m->source ? m->source : "", true)
MOUNT_TEXT(mount_dest, m->target ? m->target : "", false)
MOUNT_TEXT(mount_mode, m->mode ? m->mode : "", false)
MOUNT_TEXT(mount_rdwr, m->writable ? "true" : "false", false)
MOUNT_TEXT(mount_propagation, m->propagation ? m->propagation : "", false)
#undef MOUNT_TEXT

/* ---- labels --------------------------------------------------------------------------------- */

/* Getter of one label of a pod. A label that was left out with others of an incomplete pod has no value. */
FALCO_GET(pod_label)
{
	const struct linx_container_info *c = container_of(e);

	for (unsigned int k = 0; c && !i && k < c->npod_labels; k++)
		if (!strcmp(c->pod_labels[k].key, f->name))
			return text_of(v, c->pod_labels[k].value, SIZE_MAX);
	return false;
}

FALCO_GET(label)
{
	const struct linx_container_info *c = container_of(e);

	for (unsigned int k = 0; c && !i && k < c->nlabels; k++)
		if (c->labels[k].key && !strcmp(c->labels[k].key, f->name))
			return text_of(v, c->labels[k].value, SIZE_MAX);
	return false;
}

static int by_key(const void *a, const void *b)
{
	const struct linx_container_label *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

static bool is_listed(const struct linx_container_label *l)
{
	static const char *const internal[] = { "annotation.", "io.kubernetes." };

	for (size_t i = 0; i < ARRAY_SIZE(internal); i++)
		if (!l->key || !strncmp(l->key, internal[i], strlen(internal[i])))
			return false;
	return true;
}

/* Sets the value to labels by the order of their names, without those that runtimes and Kubernetes set themselves. */
static bool set_labels(const struct linx_fld_env *e, struct linx_fld_value *v, const struct linx_container_label *labels, unsigned int count)
{
	const struct linx_container_label *listed[LINX_CONTAINER_LABELS_MAX];
	size_t n = 0;

	for (unsigned int k = 0; k < count && n < ARRAY_SIZE(listed); k++)
		if (is_listed(&labels[k]))
			listed[n++] = &labels[k];
	qsort(listed, n, sizeof(*listed), by_key);
	e->scratch->len = 0;
	for (size_t k = 0; k < n; k++) {
		if (k)
			linx_strbuf_str(e->scratch, ", ");
		linx_strbuf_str(e->scratch, listed[k]->key);
		if (!listed[k]->value || !*listed[k]->value)
			continue;
		linx_strbuf_char(e->scratch, ':');
		linx_strbuf_str(e->scratch, listed[k]->value);
	}
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(labels)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	if (!c)
		return is_on_host(e) && text_of(v, "", SIZE_MAX);
	return set_labels(e, v, c->labels, c->nlabels);
}

/* Getter of all labels of a pod. If some were left out, there is no value. */
FALCO_GET(pod_labels)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	return c && c->pod_labels && !c->pod_incomplete && set_labels(e, v, c->pod_labels, c->npod_labels);
}

/* ---- what runs a pod -------------------------------------------------------------------------- */

/* Makes the getter of a text about the workload or the owner of a pod, if that is of this kind. */
#define POD_OF(function, kind_member, kind_name, member)                                                       \
	FALCO_GET(function)                                                                                    \
	{                                                                                                      \
		const struct linx_container_info *c = container_of(e);                                         \
                                                                                                               \
		FLD_ONE();                                                                                     \
		return c && c->kind_member && !strcmp(c->kind_member, kind_name) && text_of(v, c->member, SIZE_MAX); \
	}
POD_OF(deployment_name, pod_workload_kind, "Deployment", pod_workload)
POD_OF(rs_name, pod_owner_kind, "ReplicaSet", pod_owner)
POD_OF(rs_id, pod_owner_kind, "ReplicaSet", pod_owner_uid)
POD_OF(rc_name, pod_owner_kind, "ReplicationController", pod_owner)
POD_OF(rc_id, pod_owner_kind, "ReplicationController", pod_owner_uid)
#undef POD_OF
