// SPDX-License-Identifier: LGPL-2.1-or-later
/* Public accessors of an event. */
#include <errno.h>

#include <linx/policy.h>

#include "base/array_size.h"
#include "event/event.h"
#include "table/table.h"

const char *linx_event_kind_name(unsigned int kind)
{
	static const char *const kinds[] = {
		[LINX_EVENT_SYSCALL] = "syscall", [LINX_EVENT_TASK] = "task",
		[LINX_EVENT_FORK] = "fork",	  [LINX_EVENT_EXEC] = "exec",
		[LINX_EVENT_EXIT] = "exit",	  [LINX_EVENT_GAP] = "gap",
		[LINX_EVENT_CERTIFICATE] = "certificate", [LINX_EVENT_SIGNAL] = "signal",
		[LINX_EVENT_BUDGET] = "budget",		  [LINX_EVENT_HTTP] = "http",
		[LINX_EVENT_TAMPER] = "tamper",		  [LINX_EVENT_PROBE] = "probe",
		[LINX_EVENT_REFUSED] = "refused",
	};

	return kind < ARRAY_SIZE(kinds) ? kinds[kind] : NULL;
}

enum linx_event_kind linx_event_get_kind(const struct linx_event *ev)
{
	return ev->kind;
}

unsigned int linx_event_get_flags(const struct linx_event *ev)
{
	return ev->flags;
}

uint64_t linx_event_get_time_ns(const struct linx_event *ev)
{
	return ev->wall_ns;
}

uint64_t linx_event_get_stream_time_ns(const struct linx_event *ev)
{
	return ev->time;
}

unsigned int linx_event_get_cpu(const struct linx_event *ev)
{
	return ev->rec ? ev->position->cpu : 0;
}

uint64_t linx_event_get_seq(const struct linx_event *ev)
{
	return ev->rec ? ev->position->seq : 0;
}

uint32_t linx_event_get_pid(const struct linx_event *ev)
{
	return ev->rec ? ev->rec->pid : 0;
}

uint32_t linx_event_get_tid(const struct linx_event *ev)
{
	return ev->rec ? ev->rec->tid : 0;
}

const char *linx_event_get_comm(const struct linx_event *ev)
{
	return ev->task ? ev->task->comm : NULL;
}

void linx_event_name_unknown(struct linx_event *ev)
{
	char digits[12], *d = digits + sizeof(digits);
	int64_t n = ev->nr;
	uint64_t left = n < 0 ? (uint64_t)-n : (uint64_t)n;
	char *out = ev->unknown_name;

	do
		*--d = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*--d = '-';
	memcpy(out, "syscall_", 8);
	memcpy(out + 8, d, (size_t)(digits + sizeof(digits) - d));
	out[8 + (digits + sizeof(digits) - d)] = '\0';
}

const char *linx_event_get_name(const struct linx_event *ev)
{
	if (ev->kind != LINX_EVENT_SYSCALL && ev->kind != LINX_EVENT_BUDGET)
		return NULL;
	return ev->call ? ev->call->name : ev->unknown_name;
}

int linx_event_get_nr(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL || ev->kind == LINX_EVENT_BUDGET ? ev->nr : -1;
}

unsigned int linx_event_get_abi(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL || ev->kind == LINX_EVENT_BUDGET ? linx_table_abi(ev->table, ev->abi) : 0;
}

bool linx_event_is_entry(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL && ev->entry;
}

unsigned int linx_event_get_nargs(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL ? ev->nargs : 0;
}

int linx_event_get_arg(const struct linx_event *ev, unsigned int i, uint64_t *value)
{
	if (i >= linx_event_get_nargs(ev))
		return -EINVAL;
	if (ev->args_gone)
		return -ENODATA;
	*value = ev->args[i];
	return 0;
}

int linx_event_get_ret(const struct linx_event *ev, int64_t *ret)
{
	const struct linx_probe_arg *arg;

	if (ev->kind == LINX_EVENT_PROBE) {
		arg = linx_hit_ret(ev->hit);
		if (!arg || arg->state != LINX_WHOLE || arg->form >= LINX_AS_STR)
			return -ENODATA;
		*ret = (int64_t)arg->number;
		return 0;
	}
	if (ev->kind != LINX_EVENT_SYSCALL || !ev->has_ret)
		return -ENODATA;
	*ret = ev->ret;
	return 0;
}

int linx_event_get_cpu_ns(const struct linx_event *ev, uint64_t *ns)
{
	if (ev->kind != LINX_EVENT_SYSCALL || !ev->has_ran)
		return -ENODATA;
	*ns = ev->ran_ns;
	return 0;
}

int linx_event_get_child(const struct linx_event *ev, uint32_t *tid)
{
	if (ev->kind != LINX_EVENT_FORK || !ev->ctx)
		return -ENODATA;
	*tid = ev->ctx->tid;
	return 0;
}

int linx_event_get_signal(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SIGNAL ? ev->signal->signo : -ENODATA;
}

int linx_event_get_lost(const struct linx_event *ev, uint64_t lost[LINX_LOST_MAX])
{
	if (ev->kind != LINX_EVENT_GAP)
		return -ENODATA;
	memcpy(lost, ev->gap->lost, sizeof(ev->gap->lost)); /* the record need not be aligned in a file */
	return 0;
}

int linx_event_get_tamper(const struct linx_event *ev, struct linx_tamper *tamper)
{
	if (ev->kind != LINX_EVENT_TAMPER)
		return -ENODATA;
	memcpy(tamper, ev->tamper, sizeof(*tamper)); /* the record need not be aligned in a file */
	return 0;
}

LINX_API int linx_event_get_refusal(const struct linx_event *ev, struct linx_refusal *r)
{
	struct linx_refused rec;

	if (ev->kind != LINX_EVENT_REFUSED)
		return -ENODATA;
	memcpy(&rec, ev->refused, sizeof(rec)); /* the record need not be aligned in a file */
	*r = (struct linx_refusal){
		.rule = rec.id,
		.name = linx_rule_names_find(ev->rule_names, rec.id),
		.check = linx_check_name(rec.hook),
		.refused = rec.flags & LINX_REFUSED_REFUSED,
		.signalled = rec.flags & LINX_REFUSED_SIGNALLED,
		.observed = rec.flags & LINX_REFUSED_DRY_RUN,
		.undecided = rec.flags & LINX_REFUSED_UNDECIDED,
		.by_other = rec.flags & LINX_REFUSED_OTHER,
		.has_file = rec.flags & LINX_REFUSED_FILE,
		.error = rec.error,
		.signal = (int)rec.signo,
		.dev = rec.dev,
		.ino = rec.ino,
		.generation = rec.generation,
		.mode = rec.mode,
		.detail = rec.detail,
		.path = ev->field[0],
		.address = ev->field[1],
	};
	return 0;
}

int linx_event_get_budget(const struct linx_event *ev, enum linx_recorded *from, enum linx_recorded *to)
{
	if (ev->kind != LINX_EVENT_BUDGET)
		return -ENODATA;
	*from = (enum linx_recorded)ev->step->from;
	*to = (enum linx_recorded)ev->step->to;
	return 0;
}

int linx_event_get_hit(const struct linx_event *ev, struct linx_probe_hit *hit)
{
	const struct linx_proto *p;

	if (ev->kind != LINX_EVENT_PROBE)
		return -ENODATA;
	p = ev->hit->proto;
	*hit = (struct linx_probe_hit){
		.number = ev->hit->number,
		.site = ev->hit->site,
		.context = ev->hit->context,
		.kind = p ? p->kind : NULL,
		.name = p ? p->name : NULL,
		.spec = p ? p->spec : NULL,
		.nargs = linx_hit_nargs(ev->hit),
	};
	return 0;
}

int linx_event_get_hit_arg(const struct linx_event *ev, unsigned int i, struct linx_probe_arg *arg)
{
	if (ev->kind != LINX_EVENT_PROBE || i >= linx_hit_nargs(ev->hit))
		return -ENODATA;
	*arg = ev->hit->args[i];
	return 0;
}

static int duration_of_hit(const struct linx_event *ev, uint64_t *ns)
{
	if (!ev->hit->has_entry_time || ev->hit->entry_time > ev->time)
		return -ENODATA;
	*ns = ev->time - ev->hit->entry_time;
	return 0;
}

LINX_API int linx_event_get_duration_ns(const struct linx_event *ev, uint64_t *ns)
{
	return ev->kind == LINX_EVENT_PROBE ? duration_of_hit(ev, ns) : linx_event_lasted(ev, ns);
}

bool linx_errno_restarts(unsigned int err)
{
	return err >= 512 && err <= 516 && err != 515;
}

int linx_event_get_fd(const struct linx_event *ev, unsigned int i, struct linx_descriptor *d)
{
	if (ev->kind != LINX_EVENT_SYSCALL || i >= ev->fds->n)
		return -ENODATA;
	*d = ev->fds->items[i];
	return 0;
}

/* Returns an argument's value as the call wrote it, if it wrote it; otherwise as it was when the call read it. */
int linx_event_get_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value)
{
	const struct linx_value *v;

	if (ev->kind == LINX_EVENT_CERTIFICATE || ev->kind == LINX_EVENT_PROBE || ev->kind == LINX_EVENT_REFUSED ||
	    arg >= sizeof(ev->field) / sizeof(ev->field[0]))
		return -ENODATA;
	if (arg >= LINX_NARGS)
		v = &ev->field[arg];
	else if (ev->kind == LINX_EVENT_SYSCALL)
		v = ev->out[arg].state ? &ev->out[arg] : &ev->in[arg];
	else
		return -ENODATA;
	if (!v->state)
		return -ENODATA;
	*value = *v;
	return 0;
}

const struct linx_flag_word linx_flag_words[LINX_FLAG_WORDS] = {
	{ LINX_EVENT_RACED, "raced" },
	{ LINX_EVENT_STALE, "stale" },
	{ LINX_EVENT_UNFINISHED, "unfinished" },
	{ LINX_EVENT_LATE_ORDER, "out_of_order" },
	{ LINX_EVENT_IO_URING, "io_uring" },
	{ LINX_EVENT_SCALARS, "scalars" },
	{ LINX_EVENT_CHANGED, "changed" },
};

int linx_event_get_raced_value(const struct linx_event *ev, unsigned int arg, struct linx_value *value)
{
	/* Without LINX_EVENT_RACED, ev->raced and ev->used belong to an earlier event, whose memory is gone. */
	if (ev->kind != LINX_EVENT_SYSCALL || !(ev->flags & LINX_EVENT_RACED) || arg >= LINX_NARGS ||
	    !(ev->raced >> arg & 1))
		return -ENODATA;
	*value = ev->used[arg];
	return 0;
}
