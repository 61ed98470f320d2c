// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes operations that rules of policies refused; see format/refusal.h. */
#include <linx/policy.h>

#include "decoders/put_hit.h"
#include "format/json_who.h"
#include "format/refusal.h"
#include "table/names.h"
#include "value/json.h"

/* Returns the value of the object as the argument of a probe, which has the same forms. */
static struct linx_probe_arg object_of(const struct linx_value *v, enum linx_probe_form form)
{
	return (struct linx_probe_arg){ .form = (uint8_t)form, .state = v->state, .value = *v };
}

/* True if the refused operation has an address. Operations on files have no address. */
static bool has_address(const struct linx_refusal *r)
{
	return linx_value_readable(&r->address);
}

/* Writes the member with an object, such as a path. Returns the state of its value, as the bit 1 << enum linx_state. */
static unsigned int put_member(struct linx_printer *p, const struct linx_event *ev, const char *key, const struct linx_value *v,
			       enum linx_probe_form form)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);
	const struct linx_probe_arg arg = object_of(v, form);

	linx_strbuf_str(&p->out, key);
	linx_put_hit_arg(&put, &arg);
	return put.states;
}

static void put_file(struct linx_strbuf *o, const struct linx_refusal *r)
{
	linx_json_key_u64(o, ",\"dev\":", r->dev);
	linx_json_key_u64(o, ",\"ino\":", r->ino);
	linx_json_key_u64(o, ",\"generation\":", r->generation);
	linx_json_key_u64(o, ",\"mode\":", r->mode);
}

/* Writes the JSON object about the rule's effect: refused, error, signal. */
static void put_effect(struct linx_strbuf *o, const struct linx_refusal *r)
{
	linx_json_lit(o, ",\"refused\":");
	linx_strbuf_str(o, r->refused ? "true" : "false");
	if (r->error) {
		linx_json_lit(o, ",\"error\":");
		linx_json_cstring(o, linx_errno_name((unsigned int)r->error));
	}
	if (r->signal) {
		linx_json_lit(o, ",\"signal\":");
		linx_json_cstring(o, linx_signal_name((unsigned int)r->signal));
	}
}

void linx_refusal_json(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	struct linx_refusal r;
	unsigned int states = 0;

	linx_event_get_refusal(ev, &r);
	linx_json_key_u64(o, "{\"kind\":\"refused\",\"time_ns\":", ev->wall_ns);
	linx_json_key_u64(o, ",\"cpu\":", ev->position->cpu);
	linx_json_key_u64(o, ",\"seq\":", ev->position->seq);
	linx_json_count(p, ev);
	linx_json_task(p, ev, false);
	linx_json_key_u64(o, ",\"rule\":", r.rule);
	linx_json_lit(o, ",\"rule_name\":");
	linx_json_cstring(o, r.name);
	linx_json_lit(o, ",\"check\":");
	linx_json_cstring(o, r.check);
	put_effect(o, &r);
	if (r.has_file) {
		states = put_member(p, ev, ",\"path\":", &r.path, LINX_AS_PATH);
		put_file(o, &r);
	}
	if (has_address(&r))
		states |= put_member(p, ev, ",\"address\":", &r.address, LINX_AS_SOCKADDR);
	if (r.detail)
		linx_json_key_u64(o, ",\"detail\":", r.detail);
	linx_strbuf_str(o, r.observed ? ",\"observed\":true" : "");
	linx_strbuf_str(o, r.undecided ? ",\"undecided\":true" : "");
	linx_strbuf_str(o, r.by_other ? ",\"by_other\":true" : "");
	linx_json_lit(o, ",\"flags\":");
	linx_json_flags(o, states, ev->flags);
	linx_json_lit(o, "}\n");
}

void linx_refusal_put_object(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_readable(&p->out, &p->style, ev);
	struct linx_probe_arg arg;
	struct linx_refusal r;

	linx_event_get_refusal(ev, &r);
	if (!r.has_file && !has_address(&r))
		return;
	arg = r.has_file ? object_of(&r.path, LINX_AS_PATH) : object_of(&r.address, LINX_AS_SOCKADDR);
	linx_put_hit_arg(&put, &arg);
}

void linx_refusal_put_result(struct linx_strbuf *o, const struct linx_event *ev)
{
	struct linx_refusal r;

	linx_event_get_refusal(ev, &r);
	if (r.observed)
		linx_strbuf_str(o, "not refused");
	else
		linx_strbuf_str(o, r.error && linx_errno_name((unsigned int)r.error) ? linx_errno_name((unsigned int)r.error) : "refused");
	if (r.signal && linx_signal_name((unsigned int)r.signal)) {
		linx_strbuf_str(o, ", ");
		linx_strbuf_str(o, linx_signal_name((unsigned int)r.signal));
	}
	if (r.undecided)
		linx_strbuf_str(o, ", undecided");
}
