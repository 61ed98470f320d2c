// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes more about a task in the JSON of context events, as far as it is known. */
#include <string.h>

#include "format/json_who.h"
#include "format/printer.h"
#include "record/decode.h"
#include "value/json.h"

/* Writes a number; null if it is not set (UINT32_MAX). */
static void put_id(struct linx_strbuf *o, const char *key, uint32_t id)
{
	linx_strbuf_str(o, key);
	if (id == UINT32_MAX)
		linx_json_lit(o, "null");
	else
		linx_strbuf_u64(o, id);
}

static void put_namespaces(struct linx_strbuf *o, const struct linx_process *p)
{
	static const char *const names[LINX_NS_NR] = {
		[LINX_NS_MNT] = "mnt", [LINX_NS_PID] = "pid",	[LINX_NS_NET] = "net",	     [LINX_NS_UTS] = "uts",
		[LINX_NS_IPC] = "ipc", [LINX_NS_USER] = "user", [LINX_NS_CGROUP] = "cgroup", [LINX_NS_TIME] = "time",
	};

	linx_json_lit(o, ",\"ns\":{");
	for (unsigned int i = 0; i < LINX_NS_NR; i++) {
		if (i)
			linx_strbuf_char(o, ',');
		linx_strbuf_char(o, '"');
		linx_strbuf_str(o, names[i]);
		linx_json_lit(o, "\":");
		linx_strbuf_u64(o, p->ns[i]);
	}
	linx_strbuf_char(o, '}');
}

static void put_creds(struct linx_strbuf *o, const struct linx_task *t)
{
	linx_json_key_u64(o, ",\"suid\":", t->suid);
	linx_json_key_u64(o, ",\"sgid\":", t->sgid);
	linx_json_key_u64(o, ",\"fsuid\":", t->fsuid);
	linx_json_key_u64(o, ",\"fsgid\":", t->fsgid);
	linx_json_key_u64(o, ",\"cap_effective\":", t->cap_effective);
	linx_json_key_u64(o, ",\"cap_permitted\":", t->cap_permitted);
	linx_json_key_u64(o, ",\"cap_inheritable\":", t->cap_inheritable);
	linx_json_key_u64(o, ",\"cap_bounding\":", t->cap_bounding);
	linx_json_key_u64(o, ",\"cap_ambient\":", t->cap_ambient);
}

static void put_text(struct linx_strbuf *o, const char *key, const struct linx_text *text)
{
	linx_strbuf_str(o, key);
	linx_json_text(o, text->data, text->len, text->state);
}

void linx_json_task_info(struct linx_strbuf *o, const struct linx_task *t)
{
	const struct linx_process *p = t->process;

	if (t->flags & LINX_TASK_CREDS)
		put_creds(o, t);
	if (!(p->flags & LINX_PROCESS_INFO))
		return;
	linx_json_key_u64(o, ",\"pgid\":", p->pgid);
	linx_json_key_u64(o, ",\"sid\":", p->sid);
	linx_json_key_u64(o, ",\"tty\":", p->tty);
	put_id(o, ",\"loginuid\":", p->loginuid);
	put_id(o, ",\"session_id\":", p->session_id);
	linx_json_key_u64(o, ",\"ns_pid\":", p->ns_pid);
	put_namespaces(o, p);
	put_text(o, ",\"cgroup\":", &p->cgroup);
	put_text(o, ",\"container\":", &p->container);
	linx_json_lit(o, ",\"runtime\":");
	linx_json_cstring(o, p->runtime);
	linx_strbuf_str(o, p->flags & LINX_PROCESS_MEMFD ? ",\"memfd\":true" : ",\"memfd\":false");
	linx_strbuf_str(o, p->flags & LINX_PROCESS_DELETED ? ",\"deleted\":true" : ",\"deleted\":false");
}

void linx_json_usage(struct linx_strbuf *o, const struct linx_value *v)
{
	struct linx_usage u;

	if (!linx_value_readable(v) || v->size < sizeof(u))
		return;
	memcpy(&u, v->data, sizeof(u));
	linx_json_key_u64(o, ",\"usage\":{\"user_ns\":", u.user_ns);
	linx_json_key_u64(o, ",\"system_ns\":", u.system_ns);
	linx_json_key_u64(o, ",\"run_ns\":", u.run_ns);
	linx_json_key_u64(o, ",\"minor_faults\":", u.minor_faults);
	linx_json_key_u64(o, ",\"major_faults\":", u.major_faults);
	linx_json_key_u64(o, ",\"voluntary\":", u.voluntary);
	linx_json_key_u64(o, ",\"involuntary\":", u.involuntary);
	linx_json_key_u64(o, ",\"max_rss\":", u.max_rss);
	if (v->state == LINX_TRUNCATED) /* threads are missing from the sums because their counts were not recorded */
		linx_json_lit(o, ",\"state\":\"truncated\"");
	linx_strbuf_char(o, '}');
}
