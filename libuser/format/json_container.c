// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the container of a task, from the container runtime's files, in the JSON of context events. */
#include <linx/state.h>
#include <stddef.h>

#include "base/array_size.h"
#include "format/json_who.h"
#include "value/json.h"

#define TEXT(member) { ",\"" #member "\":", offsetof(struct linx_container_info, member) }
static const struct {
	const char *key;
	size_t at;
} texts[] = {
	TEXT(runtime),	    TEXT(name),		TEXT(image),	      TEXT(image_repository),
	TEXT(image_tag),    TEXT(image_digest), TEXT(image_id),	      TEXT(pod_name),
	TEXT(pod_namespace), TEXT(pod_uid),	TEXT(pod_sandbox_id), TEXT(reason),
	TEXT(pod_workload_kind), TEXT(pod_workload),
};

static void put_text(struct linx_strbuf *o, const char *key, const char *text)
{
	linx_strbuf_str(o, key);
	linx_json_cstring(o, text);
}

static void put_mounts(struct linx_strbuf *o, const struct linx_container_info *c)
{
	linx_json_lit(o, ",\"mounts\":[");
	for (unsigned int i = 0; i < c->nmounts; i++) {
		const struct linx_container_mount *m = &c->mounts[i];

		put_text(o, i ? ",{\"source\":" : "{\"source\":", m->source);
		put_text(o, ",\"target\":", m->target);
		put_text(o, ",\"mode\":", m->mode);
		put_text(o, ",\"propagation\":", m->propagation);
		linx_strbuf_str(o, m->writable ? ",\"writable\":true}" : ",\"writable\":false}");
	}
	linx_strbuf_char(o, ']');
}

void linx_json_labels(struct linx_strbuf *o, const struct linx_container_label *labels, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (i)
			linx_strbuf_char(o, ',');
		linx_json_cstring(o, labels[i].key);
		put_text(o, ":", labels[i].value);
	}
	linx_strbuf_char(o, '}');
}

void linx_json_container(struct linx_strbuf *o, const struct linx_event *ev)
{
	const struct linx_container_info *c = linx_event_borrow_container(ev);

	if (!c)
		return;
	put_text(o, ",\"container_info\":{\"id\":", c->id);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		put_text(o, texts[i].key, *(const char *const *)((const char *)c + texts[i].at));
	linx_json_lit(o, ",\"privileged\":");
	linx_strbuf_str(o, c->privileged < 0 ? "null" : c->privileged ? "true" : "false");
	linx_json_key_u64(o, ",\"started_ns\":", c->started_ns);
	put_mounts(o, c);
	linx_json_lit(o, ",\"labels\":{");
	linx_json_labels(o, c->labels, c->nlabels);
	linx_json_lit(o, ",\"pod_labels\":");
	if (c->pod_labels) {
		linx_strbuf_char(o, '{');
		linx_json_labels(o, c->pod_labels, c->npod_labels);
	} else {
		linx_json_lit(o, "null");
	}
	linx_strbuf_str(o, c->pod_incomplete ? ",\"pod_incomplete\":true" : ",\"pod_incomplete\":false");
	linx_strbuf_str(o, c->incomplete ? ",\"incomplete\":true}" : ",\"incomplete\":false}");
}
