// SPDX-License-Identifier: LGPL-2.1-or-later
/* The argument list and the result, alike in both readable formats. */
#include "print.h"

static void print_raw_args(struct linx_out *o, const struct linx_event *ev)
{
	for (unsigned int i = 0; i < ev->nargs; i++) {
		if (i)
			linx_out_mem(o, ", ", 2);
		linx_out_hex(o, ev->args[i]);
	}
}

static void print_resumed(struct linx_out *o, const struct linx_event *ev)
{
	linx_out_str(o, "<... resuming interrupted ");
	linx_out_str(o, ev->resumed ? ev->resumed->name : "system call");
	linx_out_str(o, " ...>");
}

void linx_print_args(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev)
{
	unsigned int n = ev->call ? ev->call->row->nargs : 0;
	const char *sep = "";

	if (!ev->call) {
		print_raw_args(o, ev);
		return;
	}
	if (ev->call->row->special == LINX_SPECIAL_RESTART) {
		print_resumed(o, ev);
		return;
	}
	for (unsigned int i = 0; i < n && (i < ev->nargs || ev->args_gone); i++) {
		if (linx_arg_meaning(ev, i).hidden)
			continue;
		linx_out_str(o, sep);
		sep = ", ";
		linx_print_arg(o, st, ev, i);
	}
}

/* "(flags O_RDONLY|O_LARGEFILE)" of F_GETFL, F_GETFD and F_GET_SEALS */
static void print_fcntl(struct linx_out *o, const struct linx_event *ev)
{
	static const struct {
		int cmd;
		const char *word, *set;
		bool zero; /* also 0 has a meaning */
	} meanings[] = {
		{ 1, "flags", "fd_flags", false },
		{ 3, "flags", "open_flags", true },
		{ 1034, "seals", "fcntl_seals", false },
	};
	int64_t cmd = linx_arg_int(ev, 1, LINX_WIDTH_S32);

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct linx_flagset *set = linx_flagset_find(meanings[i].set);

		if (meanings[i].cmd != cmd || !set || (!ev->ret && !meanings[i].zero))
			continue;
		linx_out_hex(o, (uint64_t)ev->ret);
		linx_out_mem(o, " (", 2);
		linx_out_str(o, meanings[i].word);
		linx_out_char(o, ' ');
		linx_print_flags(o, set, (uint64_t)ev->ret, UINT32_MAX);
		linx_out_char(o, ')');
		return;
	}
	linx_out_i64(o, ev->ret);
}

/* " (SCHED_OTHER)", if it has a name */
static void print_ret_name(struct linx_out *o, const struct linx_event *ev)
{
	const struct linx_flagset *set = ev->call->row->ret_set;
	uint64_t ret = (uint32_t)ev->ret;

	if (!set || (!set->bits && !linx_const_find(set, ret, UINT32_MAX)))
		return;
	linx_out_mem(o, " (", 2);
	linx_print_flags(o, set, ret, UINT32_MAX);
	linx_out_char(o, ')');
}

static void print_success(struct linx_out *o, const struct linx_event *ev)
{
	switch (ev->call ? ev->call->row->ret_style : LINX_RET_DECIMAL) {
	case LINX_RET_HEX:
		linx_out_hex(o,
			     (uint64_t)linx_type_cut(LINX_WIDTH_LONG, ev->abi, (uint64_t)ev->ret));
		break;
	case LINX_RET_OCTAL:
		linx_out_char(o, '0');
		linx_out_octal(o, (uint64_t)ev->ret, 2);
		break;
	case LINX_RET_FCNTL:
		print_fcntl(o, ev);
		break;
	case LINX_RET_HEX_NAMED:
		linx_out_hex(o, (uint32_t)ev->ret);
		print_ret_name(o, ev);
		break;
	case LINX_RET_NAMED:
		linx_out_i64(o, (int32_t)ev->ret);
		print_ret_name(o, ev);
		break;
	case LINX_RET_IOPRIO:
		linx_out_i64(o, (int32_t)ev->ret);
		linx_out_mem(o, " (", 2);
		linx_print_ioprio(o, (uint32_t)ev->ret);
		linx_out_char(o, ')');
		break;
	default:
		linx_out_i64(o, linx_type_cut(LINX_WIDTH_SLONG, ev->abi, (uint64_t)ev->ret));
	}
}

/* strace adds what the error means; a restarted call shows "?" for its result. */
static void print_error(struct linx_out *o, const struct linx_style *st, unsigned int err)
{
	const char *name = linx_errno_name(err), *text = linx_errno_text(err);

	linx_out_str(o, linx_errno_restarts(err) ? "? " : "-1 ");
	if (name) {
		linx_out_str(o, name);
	} else {
		linx_out_str(o, "(errno ");
		linx_out_u64(o, err);
		linx_out_char(o, ')');
	}
	if (!text || !st->strace)
		return;
	linx_out_mem(o, " (", 2);
	linx_out_str(o, text);
	linx_out_char(o, ')');
}

void linx_print_result(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev)
{
	unsigned int err = linx_event_errno(ev);

	if (!ev->has_ret)
		linx_out_char(o, '?');
	else if (err)
		print_error(o, st, err);
	else
		print_success(o, ev);
}

static void print_signal(struct linx_out *o, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	if (name)
		linx_out_str(o, name);
	else
		linx_out_u64(o, sig);
}

void linx_print_end(struct linx_out *o, const struct linx_event *ev)
{
	uint32_t code = ev->ctx->code;

	if (ev->superseded_by) {
		linx_out_str(o, "superseded by execve in pid ");
		linx_out_u64(o, ev->superseded_by);
	} else if (code & 0x7f) {
		linx_out_str(o, "killed by ");
		print_signal(o, code & 0x7f);
		linx_out_str(o, code & 0x80 ? " (core dumped)" : "");
	} else {
		linx_out_str(o, "exited with ");
		linx_out_u64(o, code >> 8 & 0xff);
	}
}

static void print_status_signal(struct linx_out *o, const char *what, unsigned int sig)
{
	linx_out_str(o, what);
	print_signal(o, sig);
}

void linx_print_wstatus(struct linx_out *o, uint32_t status)
{
	unsigned int low = status & 0x7f, high = status >> 8 & 0xff;

	linx_out_char(o, '{');
	if (status == 0xffff) {
		linx_out_str(o, "WIFCONTINUED(s)");
	} else if (low == 0x7f) {
		print_status_signal(o, "WIFSTOPPED(s) && WSTOPSIG(s) == ", high & 0x7f);
		linx_out_str(o, high & 0x80 ? " | 0x80" : "");
	} else if (low) {
		print_status_signal(o, "WIFSIGNALED(s) && WTERMSIG(s) == ", low);
		linx_out_str(o, status & 0x80 ? " && WCOREDUMP(s)" : "");
	} else {
		linx_out_str(o, "WIFEXITED(s) && WEXITSTATUS(s) == ");
		linx_out_u64(o, high);
	}
	linx_out_char(o, '}');
}

void linx_print_cause(struct linx_out *o, unsigned int cause)
{
	const char *name = linx_lost_name(cause);

	linx_out_str(o, name ? name : "cause-");
	if (!name)
		linx_out_u64(o, cause);
}
