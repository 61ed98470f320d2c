/* SPDX-License-Identifier: GPL-2.0-only */
/* Records calls by which a program interferes with a recording (LINX_SETUP_TAMPER). Implemented in syscall/tamper.c. */
#ifndef LINX_KMOD_TAMPER_H
#define LINX_KMOD_TAMPER_H

#include "capture/call.h"
#include "core/session.h"
#include "shared/ids.h"
#include "shared/tamper_facts.h"
#include "table/table.h"

/*
 * Returns how a call with this row, which is not a variant, may interfere with a recording: enum linx_tamper_way. The
 * module has no eBPF objects that bpf(2) could open.
 */
static __always_inline u32 linx_tamper_way(const struct linx_row *row)
{
#define CALL(name, way) LINX_TAMPER_##way != LINX_TAMPER_OPENS && row == linx_rows + LINX_ROW_ID_##name ? LINX_TAMPER_##way :
	return LINX_TAMPER_CALLS(CALL) LINX_TAMPER_NOT;
#undef CALL
}

/* Records that a returned call has interfered with a session, if it has. c->row is the call's row. Probe context. */
void linx_tamper_look(struct linx_session *s, const struct linx_call *c);

#endif
