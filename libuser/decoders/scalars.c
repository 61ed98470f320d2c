// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes numbers that need a form of their own, in registers and in structures. */
#include <stdio.h>

#include "decoders/decoders.h"
#include "table/flagsets.h"
#include "decoders/put_fd.h"

#define AT_FDCWD_VALUE (-100)
#define KIND_MASK 0170000u

void linx_num_addr(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_addr(p, (uint64_t)n);
}

static void put_file_mode(struct linx_put *p, uint64_t mode)
{
	if (mode & KIND_MASK) {
		linx_put_flags(p, &linx_set_file_type, mode & KIND_MASK, UINT32_MAX);
		linx_put_text(p, "|");
	}
	linx_put_text(p, mode & 04000 ? "S_ISUID|" : "");
	linx_put_text(p, mode & 02000 ? "S_ISGID|" : "");
	linx_put_text(p, mode & 01000 ? "S_ISVTX|" : "");
	linx_put_octal(p, mode & ~(uint64_t)KIND_MASK & ~07000ull);
}

/* True if the type of file in a mode is known or 0. If it is not, the permissions have no meaning either. */
static bool has_kind(uint64_t mode)
{
	return !(mode & KIND_MASK) || linx_const_find(&linx_set_file_type, mode & KIND_MASK, UINT32_MAX);
}

void linx_num_file_mode(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DATA) || p->st->xlat == LINX_XLAT_RAW || !has_kind((uint64_t)n)) {
		linx_put_octal(p, (uint64_t)n);
		return;
	}
	if (p->st->xlat == LINX_XLAT_VERBOSE) {
		linx_put_octal(p, (uint64_t)n);
		linx_put_text(p, " /* ");
	}
	/* the number is already written, so the names are written without it */
	if (p->st->xlat == LINX_XLAT_VERBOSE) {
		struct linx_style plain = *p->st;
		const struct linx_style *was = p->st;

		plain.xlat = LINX_XLAT_ABBREV;
		p->st = &plain;
		put_file_mode(p, (uint64_t)n);
		p->st = was;
		linx_put_text(p, " */");
	} else {
		put_file_mode(p, (uint64_t)n);
	}
}

void linx_num_fd(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_fd(p, n);
}

void linx_num_foreign_fd(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_foreign_fd(p, n);
}

void linx_num_dirfd(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	if (n != AT_FDCWD_VALUE) {
		linx_num_fd(p, ty, n);
	} else if (!linx_put_fd_object(p, n)) {
		linx_put_symbol(p, n, 'd', "AT_FDCWD");
		linx_put_fd_info(p, n);
	}
}

/*
 * Writes a user or group id. In an unsigned type all ones are written as -1, which means "none" or "unchanged".
 */
void linx_num_id(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_put_i64(p, (uint64_t)n == linx_ones(ty->size[p->abi]) ? -1 : n);
}

void linx_num_dev(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t dev = (uint64_t)n;
	uint64_t major = (dev >> 8 & 0xfff) | (dev >> 32 & ~0xfffull);
	uint64_t minor = (dev & 0xff) | (dev >> 12 & 0xffffff00);

	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_open(p);
		linx_put_name(p, "value");
		linx_put_u64(p, dev);
		linx_put_name(p, "major");
		linx_put_u64(p, major);
		linx_put_name(p, "minor");
		linx_put_u64(p, minor);
		linx_put_close(p);
		return;
	}
	if (p->st->xlat != LINX_XLAT_ABBREV)
		linx_put_hex(p, dev);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	linx_put_text(p, p->st->xlat == LINX_XLAT_VERBOSE ? " /* makedev(" : "makedev(");
	linx_put_hex(p, major);
	linx_put_text(p, ", ");
	linx_put_hex(p, minor);
	linx_put_text(p, p->st->xlat == LINX_XLAT_VERBOSE ? ") */" : ")");
}

void linx_num_signal(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_put_known(p, &linx_set_signo, n, ty->size[p->abi], 'd');
}

static void put_set_object(struct linx_put *p, uint64_t mask, unsigned int nsig)
{
	linx_put_open(p);
	linx_put_name(p, "value");
	linx_put_u64(p, mask);
	linx_put_name(p, "names");
	linx_put_list(p);
	for (unsigned int i = 0; i < nsig; i++) {
		const char *name = mask >> i & 1 ? linx_signal_name(i + 1) : NULL;

		if (!name)
			continue;
		linx_put_item(p);
		linx_put_whole_string(p, name, strlen(name), false);
	}
	linx_put_list_end(p);
	linx_put_close(p);
}

/* Writes the name of a signal without "SIG". */
static void put_set_member(struct linx_put *p, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	if (!name || p->st->xlat != LINX_XLAT_ABBREV)
		linx_put_u64(p, sig);
	if (!name || p->st->xlat == LINX_XLAT_RAW)
		return;
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_comment(p, name + 3);
	else
		linx_put_text(p, name + 3);
}

void linx_put_sigmask(struct linx_put *p, uint64_t mask, unsigned int nsig)
{
	bool most = (unsigned int)__builtin_popcountll(mask) >= nsig * 2 / 3;
	const char *sep = "";

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		put_set_object(p, mask, nsig);
		return;
	}
	linx_put_text(p, most ? "~[" : "[");
	for (uint64_t left = (most ? ~mask : mask) & linx_ones(nsig / 8); left; left &= left - 1) {
		linx_put_text(p, sep);
		sep = " ";
		put_set_member(p, (unsigned int)__builtin_ctzll(left) + 1);
	}
	linx_put_text(p, "]");
}

void linx_num_sigmask(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_put_sigmask(p, (uint64_t)n, ty->size[p->abi] * 8);
}

void linx_num_clockid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_flags(p, &linx_set_clockid, (uint64_t)n, 4);
}

static void put_clone_object(struct linx_put *p, uint64_t n)
{
	const char *name = linx_signal_name(n & 0xff);
	const struct linx_flag *flag;
	struct linx_flag_iter it;

	linx_put_open(p);
	linx_put_name(p, "value");
	linx_put_u64(p, n);
	linx_put_name(p, "names");
	linx_put_list(p);
	linx_flag_begin(&it, &linx_set_clone_flags, n & ~0xffull, UINT64_MAX);
	while ((flag = linx_flag_next(&it))) {
		linx_put_item(p);
		linx_put_whole_string(p, flag->name, strlen(flag->name), false);
	}
	if (name) {
		linx_put_item(p);
		linx_put_whole_string(p, name, strlen(name), false);
	}
	linx_put_list_end(p);
	linx_put_close(p);
}

/* Writes the flags of clone(2), of which the lowest byte is a signal. */
void linx_num_clone_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t flags = (uint64_t)n & ~0xffull;

	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		put_clone_object(p, (uint64_t)n);
		return;
	}
	if (flags)
		linx_put_flags(p, &linx_set_clone_flags, flags, 8);
	if (n & 0xff) {
		linx_put_text(p, flags ? "|" : "");
		linx_put_known(p, &linx_set_signo, n & 0xff, 4, 'd');
	} else if (!flags) {
		linx_put_text(p, "0");
	}
}

void linx_num_ipc_key(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (n || linx_put_wants(p, LINX_WANT_DATA))
		linx_put_hex(p, (uint64_t)n);
	else
		linx_put_symbol(p, n, 'x', "IPC_PRIVATE");
}

void linx_num_key_serial(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_known(p, &linx_set_key_spec, n, 4, 'd');
}

/* Writes an I/O priority: IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4) */
void linx_put_ioprio(struct linx_put *p, uint32_t prio)
{
	linx_put_text(p, "IOPRIO_PRIO_VALUE(");
	linx_put_flags(p, &linx_set_ioprio_class, prio >> 13, 4);
	linx_put_text(p, ", ");
	linx_put_u64(p, prio & 0x1fff);
	linx_put_text(p, ")");
}

void linx_num_ioprio(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	if (!linx_put_expression(p, n, ty->is_signed ? 'd' : 'x'))
		return;
	linx_put_ioprio(p, (uint32_t)n);
	linx_put_expression_end(p);
}

static void put_qcmd(struct linx_put *p, uint32_t cmd)
{
	struct linx_style plain = *p->st;
	const struct linx_style *was = p->st;

	plain.xlat = LINX_XLAT_ABBREV;
	p->st = &plain;
	linx_put_text(p, "QCMD(");
	linx_put_flags(p, &linx_set_quota_cmd, cmd >> 8, 4);
	linx_put_text(p, ", ");
	linx_put_flags(p, &linx_set_quota_type, cmd & 0xff, 4);
	linx_put_text(p, ")");
	p->st = was;
}

void linx_num_qcmd(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (!linx_put_expression(p, n, 'u'))
		return;
	put_qcmd(p, (uint32_t)n);
	linx_put_expression_end(p);
}

/* Writes a number in base 16 with leading zeroes: two characters for each byte of its type, "0x" included. */
void linx_num_wide_hex(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	int width = ty->size[p->abi] * 2;
	char text[24];

	if (linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL)) {
		linx_put_u64(p, (uint64_t)n);
		return;
	}
	snprintf(text, sizeof(text), "%#0*llx", width, (unsigned long long)n);
	linx_put_text(p, text);
}

void linx_num_place(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DECIMAL))
		linx_put_addr(p, (uint64_t)n);
	else
		linx_put_hex(p, (uint64_t)n);
}

void linx_num_sighandler(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_addr(p, (uint64_t)n);
	else if (n == 0)
		linx_put_symbol(p, n, 'x', "SIG_DFL");
	else if (n == 1)
		linx_put_symbol(p, n, 'x', "SIG_IGN");
	else if ((int32_t)n == -1 && !linx_is_64(p->abi))
		linx_put_symbol(p, n, 'x', "SIG_ERR");
	else
		linx_put_addr(p, (uint64_t)n);
}

/* Writes the arguments of a call, with lengths or a protocol as unsigned numbers, as strace does. */
void linx_call_unsigned(struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++) {
		const struct linx_ty *ty = row->args[i].ty;

		if (ty == &linx_ty_off && !linx_put_wants(p, LINX_WANT_FULL))
			linx_put_arg_as(p, i, &linx_ty_uoff);
		else if (ty == &linx_ty_loff_lo && !linx_put_wants(p, LINX_WANT_FULL))
			linx_put_arg_as(p, i, &linx_ty_uloff_lo);
		else if (ty == &linx_ty_socket_protocol && p->st->strace)
			linx_put_arg_as(p, i, &linx_ty_ulong);
		else if (ty == &linx_ty_int && p->st->strace)
			linx_put_arg_as(p, i, &linx_ty_uint);
		else
			linx_put_arg(p, i);
	}
}
