/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls by which a program interferes with a recording: LINX_SETUP_TAMPER. syscall/tamper.c */
#ifndef LINX_KMOD_TAMPER_H
#define LINX_KMOD_TAMPER_H

#include "capture/call.h"
#include "core/session.h"
#include "shared/ids.h"
#include "table/table.h"

/* May a call with this row, which is not a variant, interfere with a recording? */
static __always_inline bool linx_tamper_row(const struct linx_row *row)
{
	return row == linx_rows + LINX_ROW_ID_ptrace || row == linx_rows + LINX_ROW_ID_process_vm_writev ||
	       row == linx_rows + LINX_ROW_ID_delete_module;
}

/* Records that a returned call has interfered with a session, if it has. c->row is the call's row. Probe context. */
void linx_tamper_look(struct linx_session *s, const struct linx_call *c);

#endif
