/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event, made of groups of records. The assembler fills this structure; the public
 * accessors and the formatters read it.
 *
 * The folder event/ makes events of groups of records: it joins the entry and the return of a
 * call, finds values that changed during the call (raced), replaces multiplexed calls by the
 * calls behind them, and has the public accessors. It renders nothing.
 */
#ifndef LINX_EVENT_H
#define LINX_EVENT_H

#include <errno.h>
#include <linx/state.h>

#include "probe/hit.h"
#include "record/fds.h"
#include "record/group.h"
#include "record/kinds.h"
#include "record/rule_names.h"
#include "record/mem.h"
#include "state/task_own.h"
#include "table/table.h"

struct linx_tasks; /* defined in state/tasks.h */
struct linx_http; /* defined in linx/http.h */

struct linx_event {
	enum linx_event_kind kind;
	unsigned int flags; /* LINX_EVENT_* */
	const struct linx_rec *rec; /* NULL for a certificate */
	const struct linx_position *position; /* position of rec */
	uint64_t time; /* stream clock */
	uint64_t wall_ns;
	const struct linx_task *task; /* NULL: not known */
	const struct linx_files *files; /* open files of the task; NULL: not known */
	const struct linx_tasks *tasks; /* all tasks of the source; NULL: an event that was not made from records */
	bool foreign; /* the event was recorded on another machine, whose users have other names */

	/* Members of LINX_EVENT_SYSCALL. */
	const struct linx_table_call *call; /* the call; NULL: it is not in the table */
	const struct linx_table *table; /* the stream's table of calls; NULL: an event that was not made from records */
	char unknown_name[24]; /* name if call is NULL, such as "syscall_999" */
	/* number of the call, at entry if that was recorded (exec across ABIs and sigreturn change the number) */
	int32_t nr;
	unsigned int abi; /* index of the ABI: table/table.h */
	bool entry; /* there is no return: the event is an entry, or of a call that does not return */
	bool args_gone; /* the registers were overwritten: args[] is not known, only captured memory */
	bool has_ret, has_entry_time, has_ran; /* ret, entry_time, ran_ns are set */
	bool joined; /* entry and return were joined, so entered_at is set */
	bool again; /* rec is an entry that was already delivered as a separate event */
	bool late; /* a value may be LINX_LATE, or entry and return may belong to two calls */
	int64_t ret;
	uint64_t entry_time; /* stream clock */
	struct linx_position entered_at; /* if joined: position of the entry record, which has no event of its own */
	uint64_t pointer; /* address where the program continues; 0: not recorded */
	uint64_t ran_ns; /* if has_ran: CPU time of this call */
	unsigned int nargs;
	uint64_t args[LINX_NARGS]; /* i386: zero-extended 32 bits */
	/*
	 * Captured memory that each argument pointed to; state 0: no memory was captured. in: what the call read
	 * (captured at entry if there is an entry record); out: what it wrote.
	 */
	struct linx_value in[LINX_NARGS], out[LINX_NARGS];
	/*
	 * Set if flags has LINX_EVENT_RACED. raced: bit mask of arguments whose memory changed during the call. used:
	 * for these arguments, the value that the kernel used, if known, else the later one.
	 */
	uint32_t raced;
	struct linx_value used[LINX_NARGS];
	uint8_t peer[28]; /* memory for used[1] of connect: the address that the socket was really connected to */
	const struct linx_mem *mem; /* all captured memory, including in and out; never NULL */
	const struct linx_fds *fds; /* descriptors that the records describe; never NULL */

	const struct linx_uring *uring; /* of LINX_EVENT_IO_URING: the operation; NULL for other events */
	const struct linx_table_call *resumed; /* call that restart_syscall continues; NULL: not known */

	/* State of the task, for TASK, FORK, EXEC, EXIT and a successful exec call (from its EXEC record), else NULL */
	const struct linx_ctx *ctx;
	/* of LINX_EVENT_EXIT: thread whose exec takes the id of this ended leader; 0: none */
	uint32_t superseded_by;
	struct linx_value field[32]; /* values that belong to no argument, by enum linx_field */

	const struct linx_signal *signal; /* of LINX_EVENT_SIGNAL; the signal's siginfo is in field[] */
	const struct linx_gap *gap; /* LINX_EVENT_GAP */
	const struct linx_http *http; /* of LINX_EVENT_HTTP; rec is the record of the call that completed the message */
	const struct linx_tamper *tamper; /* facts of a LINX_EVENT_TAMPER; NULL in other events */
	const struct linx_hit_event *hit; /* only of LINX_EVENT_PROBE */
	const struct linx_refused *refused; /* only of LINX_EVENT_REFUSED; field[0]: the path, field[1]: the address */
	const struct linx_rule_names *rule_names; /* of LINX_EVENT_REFUSED */
	const struct linx_budget_step *step; /* of LINX_EVENT_BUDGET; the levels in it have been checked */
	const struct linx_certificate *cert; /* LINX_EVENT_CERTIFICATE */
	/* of LINX_EVENT_CERTIFICATE: counts of delivered records; NULL: not counted */
	const struct linx_kinds *delivered;
};

/* Returns the errno of a failed call; 0: it succeeded, or has not returned. */
static inline unsigned int linx_event_errno(const struct linx_event *ev)
{
	return ev->has_ret && ev->ret < 0 && ev->ret >= -4095 ? (unsigned int)-ev->ret : 0;
}
/* Gets the time that a call took, in ns. 0 or -ENODATA: it has not returned, or its entry time was not recorded. */
static inline int linx_event_lasted(const struct linx_event *ev, uint64_t *ns)
{
	if (ev->kind != LINX_EVENT_SYSCALL || !ev->has_ret || !ev->has_entry_time || ev->entry_time > ev->time)
		return ev->kind == LINX_EVENT_PROBE ? linx_event_get_duration_ns(ev, ns) : -ENODATA;
	*ns = ev->time - ev->entry_time;
	return 0;
}
/* True for the kernel's restart errors (512 to 516 without 515): the call has not really ended. */
bool linx_errno_restarts(unsigned int err);

/* Sets the name of a call that is not in the table, such as "syscall_999" or "syscall_-1". */
void linx_event_name_unknown(struct linx_event *ev);

/* Returns the word for an enum linx_event_kind in JSON, filters and rows, such as "syscall"; NULL: an unknown one. */
const char *linx_event_kind_name(unsigned int kind);

/*
 * Words for the flags of an event, for JSON and filters. LINX_EVENT_CUT has no word: LINX_EVENT_UNFINISHED stands for
 * it.
 */
struct linx_flag_word {
	unsigned int flag;
	const char *word;
};
#define LINX_FLAG_WORDS 7u
extern const struct linx_flag_word linx_flag_words[LINX_FLAG_WORDS];

#endif
