// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plans the fast path of bpf/call/fast.h: which calls have it, and which memory their arguments point to. */
#include "engine/bpf/bpf.h"
#include "shared/abi_facts.h"

#define STRUCT_MAX 4096u /* equals LINX_STRUCT_MAX of shared/row.h */

static uint32_t keep_of(const struct linx_engine_bpf *b, uint32_t def)
{
	if (LINX_ARGDEF_COPY(def) != LINX_COPY_BUF)
		return STRUCT_MAX;
	if (def & LINX_ARGDEF_PATH)
		return (uint32_t)b->config.snap_str;
	return def & LINX_ARGDEF_SOCKADDR ? LINX_SOCKADDR_MAX : (uint32_t)b->config.snap_bytes;
}

/* Sets how the fast path captures one argument. false: the argument is too complex for the fast path. */
static bool plan_value(const struct linx_engine_bpf *b, uint32_t def, uint8_t arg, struct linx_bpf_fast *f)
{
	*f = (struct linx_bpf_fast){ .arg = arg, .keep = keep_of(b, def) };
	if (!(LINX_ARGDEF_WHEN(def) & LINX_WHEN_IN))
		f->how = LINX_BPF_FAST_OUT;
	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_STR:
		f->how |= LINX_BPF_FAST_STR;
		return true;
	case LINX_COPY_FIX:
		f->size = LINX_ARGDEF_WHAT(def);
		return true;
	case LINX_COPY_ONE:
		f->size = linx_shape_get(LINX_ARGDEF_WHAT(def))->size[0];
		return true;
	case LINX_COPY_BUF:
		f->len_arg = LINX_ARGDEF_N(def);
		f->how |= LINX_BPF_FAST_LENGTH | (def & LINX_ARGDEF_32BIT ? LINX_BPF_FAST_INT : 0) |
			  (def & LINX_ARGDEF_RESULT ? LINX_BPF_FAST_RESULT : 0);
		return true;
	default:
		return false;
	}
}

static bool plan_values(const struct linx_engine_bpf *b, struct linx_bpf_call *call)
{
	const struct linx_walker_row *row = &call->row;

	call->nfast = 0;
	for (uint8_t i = 0; i < row->nargs; i++) {
		if (!((row->in | row->out) & 1u << i))
			continue;
		if (call->nfast == LINX_BPF_FAST_VALUES || !plan_value(b, row->arg[i], i, &call->fast[call->nfast]))
			return false;
		call->nfast++;
	}
	return true;
}

void linx_bpf_plan_fast(const struct linx_engine_bpf *b, unsigned int abi, unsigned int nr, struct linx_bpf_call *call)
{
	const uint32_t special = LINX_ROW_FORK | LINX_ROW_EXEC | LINX_ROW_CONTEXT | LINX_ROW_SIGRETURN;
	const struct linx_walker_row *row = &call->row;
	/*
	 * plan_values() is called in any case: programs may use the values that it sets while the call's settings are
	 * changed.
	 */
	bool planned = plan_values(b, call);

	if (!planned || abi || nr >= LINX_NR_OTHER || call->every > 1 || row->flags & special || row->selector || row->follow || row->err ||
	    row->resolved == LINX_RESOLVED_SOCKETCALL || !(call->want & (LINX_BPF_WANT_ENTER | LINX_BPF_WANT_EXIT)) ||
	    b->config.flags & (LINX_BPF_POINTER | LINX_BPF_FD_PATHS | LINX_BPF_FD_DETAILS))
		call->nfast = LINX_BPF_FAST_NONE;
}
