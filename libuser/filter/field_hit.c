// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of the fields of probes. */
#include "decoders/put_hit.h"
#include "filter/getters.h"

#define GET(name) \
	bool linx_own_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)

static const struct linx_hit_event *hit_of(const struct linx_fld_env *e)
{
	return e->ev->kind == LINX_EVENT_PROBE ? e->ev->hit : NULL;
}

/* Sets the number of an argument, and its text, too, if an int64_t cannot hold the number. */
static bool set_number(const struct linx_fld_env *e, const struct linx_probe_arg *a, struct linx_fld_value *v)
{
	if (a->form == LINX_AS_SIGNED)
		return linx_fld_set_num(v, (int64_t)a->number);
	linx_fld_set_unsigned(v, a->number);
	if (!v->is_large)
		return true;
	e->scratch->len = 0;
	linx_strbuf_u64(e->scratch, a->number);
	return linx_fld_set_scratch(e, v);
}

/*
 * Sets the number of an argument, or its text. False: it is not known, or was not recorded whole. A test would take a
 * part for the whole value.
 */
static bool set_arg(const struct linx_fld_env *e, const struct linx_probe_arg *a, struct linx_fld_value *v)
{
	struct linx_put put;

	if (!a || a->state != LINX_WHOLE)
		return false;
	if (a->form < LINX_AS_STR)
		return set_number(e, a, v);
	if (a->form == LINX_AS_STR || a->form == LINX_AS_PATH || a->form == LINX_AS_BYTES)
		return linx_fld_set_text(v, a->value.size ? a->value.data : "", a->value.size);
	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, e->style, e->ev);
	linx_put_hit_arg(&put, a);
	return linx_fld_set_scratch(e, v);
}

GET(probe_name)
{
	const struct linx_hit_event *hit = hit_of(e);

	FLD_ONE();
	return hit && hit->proto && linx_fld_set_text(v, hit->proto->name, strlen(hit->proto->name));
}

GET(probe_arg)
{
	const struct linx_hit_event *hit = hit_of(e);

	if (i || !hit)
		return false;
	return set_arg(e, linx_hit_arg_named(hit, f->name, strlen(f->name)), v);
}

GET(probe_ret)
{
	const struct linx_hit_event *hit = hit_of(e);

	FLD_ONE();
	return hit && set_arg(e, linx_hit_ret(hit), v);
}

GET(probe_duration)
{
	uint64_t ns;

	FLD_ONE();
	return hit_of(e) && !linx_event_get_duration_ns(e->ev, &ns) && linx_fld_set_num(v, (int64_t)ns);
}
