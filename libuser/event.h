/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of raw groups: events. Joining of entry and return records,
 * attribution to processes and the public accessors work on these structures;
 * formatters read them directly.
 */
#ifndef LINX_EVENT_H
#define LINX_EVENT_H

#include <linx/state.h>

#include "fds.h"
#include "mem.h"
#include "merge.h"
#include "table.h"

/* Text that a printer made of a task and its process, kept with the task while both stay as they are. */
struct linx_task_text {
	char *data;
	uint32_t len;
	uint32_t task_version, process_version;
	const struct linx_process *process;
};

/* What the library and its printers keep with a task. */
struct linx_task_own {
	struct linx_task_text *text; /* filled by printers, as far as there is room */
	size_t *room; /* bytes that may still be kept with tasks, all together */
};

/* Only the first two of a machine have none. */
static inline bool linx_task_knows_parent(const struct linx_task *task)
{
	return task->ppid || task->pid <= 2;
}

struct linx_tasks; /* tasks.h */

struct linx_event {
	enum linx_event_kind kind;
	unsigned int flags; /* LINX_EVENT_* */
	const struct linx_rec *rec; /* NULL for a certificate */
	const struct linx_place *place; /* of rec */
	uint64_t time; /* stream clock */
	uint64_t wall_ns;
	const struct linx_task *task; /* NULL: not known */
	const struct linx_files *files; /* of that task; NULL: not known */
	const struct linx_tasks *tasks; /* that are known; NULL: an event that was made by hand */
	bool foreign; /* it is of another machine, whose users have names of their own */

	/* LINX_EVENT_SYSCALL */
	const struct linx_call *call; /* NULL: not in the table */
	const struct linx_table *table; /* of the stream; NULL: an event that was made by hand */
	char unknown_name[24]; /* "syscall_999" then */
	int32_t nr; /* of the entry where there was one (exec across ABIs, sigreturn) */
	unsigned int abi; /* its place: table.h */
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
	const struct linx_call *resumed; /* of restart_syscall: what goes on; NULL: not known */

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

/* The stage between merge and user: joins, attributes, decodes. */
struct linx_assembler;
int linx_assembler_new(const struct linx_header *h, struct linx_table *t,
		       struct linx_assembler **out);
void linx_assembler_free(struct linx_assembler *a);
/* Before anything is fed: it is of the section that follows before's. See linx_tasks_follow(). */
void linx_assembler_follow(struct linx_assembler *a, const struct linx_assembler *before);
/* Newest relation to wall time, used from now on. */
void linx_assembler_clock(struct linx_assembler *a, const struct linx_clock *c);
/* Entries of calls that return are delivered as events of their own too. */
void linx_assembler_entries(struct linx_assembler *a, bool on);
/* Which calls are delivered (a file holds what was recorded; NULL: all). Copied. */
int linx_assembler_select(struct linx_assembler *a, const struct linx_select *sel);
int linx_assembler_skip(struct linx_assembler *a, uint32_t tid);
/*
 * Feed one group. 1: an event is ready in *ev, borrowed until the next feed or
 * flush (it may point into the group); 0: nothing to deliver; -ENOMEM.
 */
int linx_assembler_feed(struct linx_assembler *a, const struct linx_group *g,
			const struct linx_event **ev);
/*
 * Before this time of the stream records were lost: calls that were under way may
 * have ended, and others of the same name begun. context: so may those that say
 * who tasks are, without being told again.
 */
void linx_assembler_lost(struct linx_assembler *a, uint64_t until, bool context);
/*
 * Between these times what is recorded changed: the same of calls that were
 * entered before the last and returned after the first.
 */
void linx_assembler_doubt(struct linx_assembler *a, uint64_t since, uint64_t until);
/* What is in a->rest stays there when the group's memory goes. */
void linx_assembler_hold(struct linx_assembler *a);
/*
 * A group can make more than one event: what tasks were doing, of which nothing told how
 * it ended, then the group's own. After a feed that gave 1, call this until it gives 0, before the next
 * feed and while the group's memory is still there. 1: *ev as above.
 */
int linx_assembler_more(struct linx_assembler *a, const struct linx_event **ev);
/*
 * Records of a snapshot, or of a part of one, before any group of a later time:
 * no events of their own. 0, -ENOMEM, -EBADMSG.
 */
int linx_assembler_snapshot(struct linx_assembler *a, const uint8_t *data, size_t len);
/* The same of all that s has, whose memory it takes over; s is empty then. */
struct linx_snap;
int linx_assembler_take(struct linx_assembler *a, struct linx_snap *s);
/* At the end: calls that never returned, one at a time, as unfinished. 1, or 0 when there are no more. */
int linx_assembler_flush(struct linx_assembler *a, const struct linx_event **ev);

/* A value of a group (pieces joined through buf, owned by the caller). See decode.c. */
struct linx_scratch {
	uint8_t *data;
	size_t len, cap;
};

#endif
