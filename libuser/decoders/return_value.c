// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the results of calls as text, for people and as strace does. */
#include "base/attributes.h"
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"
#include "decoders/put_fd.h"

/* clang-format off */
/* Commands of fcntl(2) whose result is shown with words. */
enum {
	F_GETFD = 1, F_GETFL = 3, F_GETOWN = 9, F_GETSIG = 11, F_GETLEASE = 1025, F_GET_SEALS = 1034,
};
/* clang-format on */

/* Writes the result of fcntl(2): "0x8000 (flags O_RDONLY|O_LARGEFILE)", "0x2 (F_UNLCK)", "1 (SIGHUP)" */
static void put_fcntl(struct linx_put *p)
{
	static const struct {
		int cmd;
		const char *word;
		const struct linx_flagset *set;
		bool zero; /* a result of 0 is also shown with words */
	} meanings[] = {
		{ F_GETFD, " (flags ", &linx_set_fd_flags, false },
		{ F_GETFL, " (flags ", &linx_set_open_flags, true },
		{ F_GETLEASE, " (", &linx_set_fcntl_lock_type, true },
		{ F_GET_SEALS, " (seals ", &linx_set_fcntl_seals, false },
	};
	const char *sig = linx_reg_int(p, 1) == F_GETSIG ? linx_signal_name((unsigned int)p->ev->ret) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].cmd != linx_reg_int(p, 1) || (!p->ev->ret && !meanings[i].zero))
			continue;
		linx_put_hex(p, (uint64_t)p->ev->ret);
		linx_put_text(p, meanings[i].word);
		linx_put_flags(p, meanings[i].set, (uint64_t)p->ev->ret, 4);
		linx_put_text(p, ")");
		return;
	}
	if (linx_fds_result(p->ev->fds))
		linx_put_fd_result(p, (int32_t)p->ev->ret);
	else if (linx_reg_int(p, 1) == F_GETOWN)
		linx_put_pid(p, (int32_t)p->ev->ret);
	else
		linx_put_i64(p, p->ev->ret);
	if (sig) {
		linx_put_text(p, " (");
		linx_put_text(p, sig);
		linx_put_text(p, ")");
	}
}

/*
 * Writes the name of the result, " (SCHED_OTHER)", if it has one. strace shows the name of a constant even with
 * -X raw.
 */
static void put_name(struct linx_put *p, const struct linx_flagset *set)
{
	uint64_t ret = (uint32_t)p->ev->ret;
	const struct linx_flag *flag = set->bits ? NULL : linx_const_find(set, ret, UINT32_MAX);

	if (!set->bits && !flag)
		return;
	linx_put_text(p, " (");
	if (flag && p->st->strace)
		linx_put_text(p, flag->name);
	else
		linx_put_flags(p, set, ret, 4);
	linx_put_text(p, ")");
}

static enum linx_ret_style style_of(const struct linx_put *p)
{
	const struct linx_call_desc *desc = p->ev->call ? p->ev->call->row->desc : NULL;

	return desc ? desc->ret : LINX_RET_DECIMAL;
}

static void put_success(struct linx_put *p)
{
	const struct linx_call_desc *desc = p->ev->call ? p->ev->call->row->desc : NULL;
	uint64_t ret = (uint64_t)p->ev->ret;

	switch (style_of(p)) {
	case LINX_RET_HEX:
		linx_put_hex(p, (uint64_t)linx_type_cut(&linx_ty_ulong, p->abi, ret));
		break;
	case LINX_RET_OCTAL:
		linx_put_octal(p, ret);
		break;
	case LINX_RET_FCNTL:
		put_fcntl(p);
		break;
	case LINX_RET_HEX_NAMED:
		linx_put_hex(p, (uint32_t)ret);
		put_name(p, desc->set);
		break;
	case LINX_RET_NAMED:
		linx_put_i64(p, (int32_t)ret);
		put_name(p, desc->set);
		break;
	case LINX_RET_FD:
		linx_put_fd_result(p, (int32_t)ret);
		break;
	case LINX_RET_PID:
		linx_put_pid(p, (int32_t)ret);
		break;
	default:
		if (p->ret_hex)
			linx_put_hex(p, (uint64_t)linx_type_cut(&linx_ty_ulong, p->abi, ret));
		else if (linx_fds_result(p->ev->fds))
			linx_put_fd_result(p, (int32_t)ret);
		else /* a result that is not an error is unsigned, such as the group id 4294901760 on i386 */
			linx_put_u64(p, (uint64_t)linx_type_cut(&linx_ty_ulong, p->abi, ret));
	}
	if (p->aux && (p->aux->len || p->aux_empty)) {
		linx_put_text(p, " (");
		linx_strbuf_mem(p->o, p->aux->data, p->aux->len);
		linx_put_text(p, ")");
	}
}

/* Writes an error with its name and text. strace shows "?" as the result of a call that will be restarted. */
static void put_error(struct linx_put *p, unsigned int err)
{
	const char *name = linx_errno_name(err), *text = linx_errno_text(err);

	if (style_of(p) == LINX_RET_UINT && p->st->strace && !linx_is_32(p->abi))
		linx_put_u64(p, (uint32_t)p->ev->ret);
	else
		linx_put_text(p, linx_errno_restarts(err) ? "?" : "-1");
	linx_put_text(p, " ");
	if (name) {
		linx_put_text(p, name);
	} else {
		linx_put_text(p, "(errno ");
		linx_put_u64(p, err);
		linx_put_text(p, ")");
	}
	if (!text || !p->st->strace)
		return;
	linx_put_text(p, " (");
	linx_put_text(p, text);
	linx_put_text(p, ")");
}

LINX_NOINLINE static void put_result(struct linx_put *p)
{
	unsigned int err = linx_event_errno(p->ev);

	if (!p->ev->has_ret)
		linx_put_text(p, "?");
	else if (err)
		put_error(p, err);
	else
		put_success(p);
}

void linx_put_result(struct linx_put *p)
{
	if (linx_put_is_plain(p))
		linx_strbuf_u64(p->o, linx_put_plain(p));
	else
		put_result(p);
}
