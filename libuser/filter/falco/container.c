// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Getters of Falco's fields of containers and pods, from the files of container runtimes. If nothing is known of
 * a container, its fields have no value. Outside of containers they have the values of Falco's container plugin.
 */
#include <stdlib.h>

#include "filter/falco/falco.h"

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

/* Makes the getter of a text. host: its value outside of containers, as in Falco's container plugin; NULL: none. */
#define CONTAINER_TEXT(function, member, most, host)                          \
	FALCO_GET(function)                                                   \
	{                                                                     \
		const struct linx_container_info *c = container_of(e);        \
                                                                              \
		FLD_ONE();                                                    \
		if (c)                                                        \
			return text_of(v, c->member, most);                   \
		return is_on_host(e) && text_of(v, host, SIZE_MAX);           \
	}
CONTAINER_TEXT(container_full_id, id, SIZE_MAX, "host")
CONTAINER_TEXT(container_name, name, SIZE_MAX, "host")
CONTAINER_TEXT(container_type, runtime, SIZE_MAX, "host")
CONTAINER_TEXT(container_image, image, SIZE_MAX, "")
CONTAINER_TEXT(container_image_id, image_id, SIZE_MAX, "")
CONTAINER_TEXT(container_image_repository, image_repository, SIZE_MAX, "")
CONTAINER_TEXT(container_image_tag, image_tag, SIZE_MAX, "")
CONTAINER_TEXT(container_image_digest, image_digest, SIZE_MAX, "")
CONTAINER_TEXT(pod_name, pod_name, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_namespace, pod_namespace, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_uid, pod_uid, SIZE_MAX, NULL)
CONTAINER_TEXT(pod_sandbox, pod_sandbox_id, SHORT_ID, NULL)
CONTAINER_TEXT(pod_full_sandbox, pod_sandbox_id, SIZE_MAX, NULL)
#undef CONTAINER_TEXT

FALCO_GET(container_privileged)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	return c && c->privileged >= 0 && linx_fld_set_num(v, c->privileged);
}

FALCO_GET(container_start)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	return c && c->started_ns && linx_fld_set_num(v, (int64_t)c->started_ns);
}

FALCO_GET(container_duration)
{
	const struct linx_container_info *c = container_of(e);
	uint64_t now = linx_event_get_time_ns(e->ev);

	FLD_ONE();
	return c && c->started_ns && now >= c->started_ns && linx_fld_set_num(v, (int64_t)(now - c->started_ns));
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
		return false;
	e->scratch->len = 0;
	for (unsigned int k = 0; k < c->nmounts; k++) {
		if (k)
			linx_strbuf_char(e->scratch, ',');
		put_mount(e->scratch, &c->mounts[k]);
	}
	return linx_fld_set_scratch(e, v);
}

/*
 * Finds the mount that a field's argument names: by number, or by path (source, or with by_target the target). NULL:
 * none.
 */
static const struct linx_container_mount *mount_of(const struct linx_fld_env *e, const struct linx_fld *f, bool by_target)
{
	const struct linx_container_info *c = container_of(e);

	if (!c || !f->name[0])
		return NULL;
	if (f->index >= 0)
		return (unsigned int)f->index < c->nmounts ? &c->mounts[f->index] : NULL;
	for (unsigned int k = 0; k < c->nmounts; k++) {
		const char *path = by_target ? c->mounts[k].target : c->mounts[k].source;

		if (path && !strcmp(path, f->name))
			return &c->mounts[k];
	}
	return NULL;
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
MOUNT_TEXT(mount_source, m->source, true)
MOUNT_TEXT(mount_dest, m->target, false)
MOUNT_TEXT(mount_mode, m->mode, false)
MOUNT_TEXT(mount_rdwr, m->writable ? "true" : "false", false)
MOUNT_TEXT(mount_propagation, m->propagation, false)
#undef MOUNT_TEXT

/* ---- labels --------------------------------------------------------------------------------- */

FALCO_GET(label)
{
	const struct linx_container_info *c = container_of(e);

	for (unsigned int k = 0; c && !i && k < c->nlabels; k++)
		if (c->labels[k].key && !strcmp(c->labels[k].key, f->name))
			return text_of(v, c->labels[k].value, SIZE_MAX);
	return false;
}

FALCO_GET(labels)
{
	const struct linx_container_info *c = container_of(e);

	FLD_ONE();
	if (!c || !c->nlabels)
		return false;
	e->scratch->len = 0;
	for (unsigned int k = 0; k < c->nlabels; k++) {
		if (k)
			linx_strbuf_char(e->scratch, ',');
		linx_strbuf_str(e->scratch, c->labels[k].key ? c->labels[k].key : "");
		linx_strbuf_char(e->scratch, ':');
		linx_strbuf_str(e->scratch, c->labels[k].value ? c->labels[k].value : "");
	}
	return linx_fld_set_scratch(e, v);
}
