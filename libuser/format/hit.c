// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hits of probes; see format/hit.h. */
#include "base/array_size.h"
#include "decoders/put_hit.h"
#include "format/hit.h"
#include "format/json_who.h"
#include "value/json.h"

const char *linx_hit_context_name(uint32_t context)
{
	static const char *const names[] = {
		[LINX_HIT_TASK] = "task", [LINX_HIT_SOFTIRQ] = "softirq", [LINX_HIT_HARDIRQ] = "hardirq", [LINX_HIT_NMI] = "nmi",
	};

	return context < ARRAY_SIZE(names) ? names[context] : "unknown";
}

void linx_hit_put_name(struct linx_strbuf *o, const struct linx_hit_event *hit)
{
	if (hit->proto) {
		linx_strbuf_str(o, hit->proto->name);
		return;
	}
	linx_strbuf_str(o, "probe ");
	linx_strbuf_u64(o, hit->number);
}

unsigned int linx_hit_json_args(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);

	linx_put_open(&put);
	linx_put_hit_args(&put, ev->hit);
	linx_put_close(&put);
	return put.states;
}

/* Writes the return value, if the probe records it. Returns the value's state, as the bit 1 << enum linx_state. */
static unsigned int put_ret(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);
	const struct linx_probe_arg *ret = linx_hit_ret(ev->hit);

	if (!ret)
		return 0;
	linx_json_lit(&p->out, ",\"ret\":");
	linx_put_hit_arg(&put, ret);
	return put.states;
}

void linx_hit_json(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_hit_event *hit = ev->hit;
	struct linx_strbuf *o = &p->out;
	unsigned int states;
	uint64_t ns;

	linx_json_key_u64(o, "{\"kind\":\"probe\",\"time_ns\":", ev->wall_ns);
	linx_json_key_u64(o, ",\"cpu\":", ev->position->cpu);
	linx_json_key_u64(o, ",\"seq\":", ev->position->seq);
	linx_json_count(p, ev);
	linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"probe\":");
	linx_json_cstring(o, hit->proto ? hit->proto->name : NULL);
	linx_json_lit(o, ",\"probe_kind\":");
	linx_json_cstring(o, hit->proto ? hit->proto->kind : NULL);
	linx_json_key_u64(o, ",\"number\":", hit->number);
	if (hit->site)
		linx_json_key_u64(o, ",\"site\":", hit->site);
	linx_json_lit(o, ",\"context\":\"");
	linx_strbuf_str(o, linx_hit_context_name(hit->context));
	linx_json_lit(o, "\",\"args\":");
	states = linx_hit_json_args(p, ev);
	states |= put_ret(p, ev);
	if (!linx_event_get_duration_ns(ev, &ns))
		linx_json_key_u64(o, ",\"duration_ns\":", ns);
	linx_json_lit(o, ",\"flags\":");
	linx_json_flags(o, states, ev->flags);
	linx_json_lit(o, "}\n");
}
