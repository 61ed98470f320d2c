/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of raw groups: events. Joining of entry and return records,
 * attribution to processes and the public accessors work on these structures;
 * formatters read them directly.
 */
#ifndef LINX_EVENT_H
#define LINX_EVENT_H

#include <linx/state.h>

#include "record/fds.h"
#include "record/group.h"
#include "record/mem.h"
#include "state/task_own.h"
#include "table/table.h"

struct linx_tasks; /* state/tasks.h */

struct linx_event {
	enum linx_event_kind kind;
	unsigned int flags; /* LINX_EVENT_* */
	const struct linx_rec *rec; /* NULL for a certificate */
	const struct linx_position *position; /* of rec */
	uint64_t time; /* stream clock */
	uint64_t wall_ns;
	const struct linx_task *task; /* NULL: not known */
	const struct linx_files *files; /* of that task; NULL: not known */
	const struct linx_tasks *tasks; /* that are known; NULL: an event that was made by hand */
	bool foreign; /* it is of another machine, whose users have names of their own */

	/* LINX_EVENT_SYSCALL */
	const struct linx_table_call *call; /* NULL: not in the table */
	const struct linx_table *table; /* of the stream; NULL: an event that was made by hand */
	char unknown_name[24]; /* "syscall_999" then */
	int32_t nr; /* of the entry where there was one (exec across ABIs, sigreturn) */
	unsigned int abi; /* its place: table/table.h */
	bool entry; /* no return: an entry event, or a call that does not return */
	bool args_gone; /* the registers had been overwritten: only values tell */
	bool has_ret, has_entry_time, has_ran;
	bool late; /* a value may be LINX_LATE, or entry and return those of two calls; false: it is not so */
	int64_t ret;
	uint64_t entry_time; /* stream clock */
	uint64_t pointer; /* where the program goes on; 0: not recorded */
	uint64_t ran_ns; /* has_ran: on a CPU, in this call */
	unsigned int nargs;
	uint64_t args[LINX_NARGS]; /* i386: zero-extended 32 bits */
	/*
	 * What each argument pointed to; state 0: nothing captured. in is as the
	 * kernel found it (at entry where an entry record exists), out what the
	 * call left there.
	 */
	struct linx_value in[LINX_NARGS], out[LINX_NARGS];
	/* LINX_EVENT_RACED: the arguments (a bit each) with another value than in, and that: what the kernel took if that is known */
	uint32_t raced;
	struct linx_value used[LINX_NARGS];
	uint8_t peer[28]; /* behind one of them: the address of what a socket is connected to */
	const struct linx_mem *mem; /* all that was captured of memory, the above included; never NULL */
	const struct linx_fds *fds; /* what its descriptors are; never NULL */

	const struct linx_uring *uring; /* LINX_EVENT_IO_URING: the operation; else NULL */
	const struct linx_table_call *resumed; /* of restart_syscall: what goes on; NULL: not known */

	/* context events; and LINX_EVENT_SYSCALL of a successful exec, from its EXEC record */
	const struct linx_ctx *ctx;
	/* LINX_EVENT_EXIT: the thread whose exec takes this leader's place; 0: none */
	uint32_t superseded_by;
	struct linx_value field[32]; /* by enum linx_field */

	const struct linx_signal *signal; /* LINX_EVENT_SIGNAL; its siginfo is in field[] */
	const struct linx_gap *gap; /* LINX_EVENT_GAP */
	const struct linx_budget_step *step; /* LINX_EVENT_BUDGET; levels that are known */
	const struct linx_certificate *cert; /* LINX_EVENT_CERTIFICATE */
};

/* The errno of a failed call; 0: it succeeded, or has not returned. */
static inline unsigned int linx_event_errno(const struct linx_event *ev)
{
	return ev->has_ret && ev->ret < 0 && ev->ret >= -4095 ? (unsigned int)-ev->ret : 0;
}
/* 512 to 516: the call did not really end. */
bool linx_errno_restarts(unsigned int err);

#endif
