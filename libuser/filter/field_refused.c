// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of the fields of operations that a rule refused, or would have refused. */
#include <linx/policy.h>

#include "decoders/put_hit.h"
#include "filter/getters.h"
#include "table/names.h"

#define GET(name) \
	bool linx_own_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)

static bool set_name(struct linx_fld_value *v, const char *name)
{
	return name && linx_fld_set_text(v, name, strlen(name));
}

GET(refused_rule)
{
	struct linx_refusal r;

	FLD_ONE();
	return !linx_event_get_refusal(e->ev, &r) && set_name(v, r.name);
}

GET(refused_check)
{
	struct linx_refusal r;

	FLD_ONE();
	return !linx_event_get_refusal(e->ev, &r) && set_name(v, r.check);
}

GET(refused_object)
{
	struct linx_probe_arg arg = { .form = LINX_AS_SOCKADDR };
	struct linx_refusal r;
	struct linx_put put;

	FLD_ONE();
	if (linx_event_get_refusal(e->ev, &r))
		return false;
	if (r.has_file)
		return r.path.state == LINX_WHOLE && linx_fld_set_text(v, r.path.data, strnlen((const char *)r.path.data, r.path.size));
	if (!linx_value_readable(&r.address))
		return false;
	arg.state = r.address.state;
	arg.value = r.address;
	e->scratch->len = 0;
	linx_put_begin_line(&put, e->scratch, e->style, e->ev);
	linx_put_hit_arg(&put, &arg);
	return linx_fld_set_scratch(e, v);
}

GET(cap_gained)
{
	struct linx_refusal r;

	FLD_ONE();
	if (linx_event_get_refusal(e->ev, &r) || !r.check || strcmp(r.check, "gain") != 0)
		return false;
	return linx_fld_set_caps(e, r.detail, v);
}

GET(refused_result)
{
	struct linx_refusal r;

	FLD_ONE();
	if (linx_event_get_refusal(e->ev, &r))
		return false;
	if (!r.refused)
		return set_name(v, r.observed ? "observed" : "notified");
	return set_name(v, r.signalled ? linx_signal_name((unsigned int)r.signal) : linx_errno_name((unsigned int)r.error));
}
