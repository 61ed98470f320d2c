// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arguments as text, for people and in strace's manner: what stands in the register. */
#include "print.h"

#define AT_FDCWD_VALUE (-100)
#define KIND_MASK 0170000u

void linx_print_addr(struct linx_out *o, uint64_t addr)
{
	if (addr)
		linx_out_hex(o, addr);
	else
		linx_out_mem(o, "NULL", 4);
}

/* What a set has no name for: "O_???", or "?_OK" if that is its prefix. */
static void print_prefix(struct linx_out *o, const struct linx_flagset *set)
{
	linx_out_str(o, " /* ");
	linx_out_str(o, set->prefix);
	linx_out_str(o, strchr(set->prefix, '?') ? " */" : "??? */");
}

static void print_const(struct linx_out *o, const struct linx_flagset *set, uint64_t value,
			uint64_t width)
{
	const struct linx_flag *flag = linx_const_find(set, value, width);

	if (!flag) {
		linx_out_hex(o, value & width);
		print_prefix(o, set);
	}
	for (const char *sep = ""; flag; flag = linx_const_next(set, flag), sep = " or ") {
		linx_out_str(o, sep);
		linx_out_str(o, flag->name);
	}
}

void linx_print_flag(struct linx_out *o, const struct linx_flag *flag, uint64_t number)
{
	if (flag->kind != LINX_FLAG_NUMBER) {
		linx_out_str(o, flag->name);
	} else if (!strcmp(flag->name, "octal")) {
		linx_out_octal(o, number, 4);
	} else {
		linx_out_u64(o, number);
		if (!strcmp(flag->name, "decimal"))
			return;
		linx_out_mem(o, "<<", 2);
		linx_out_str(o, flag->name);
	}
}

void linx_print_flags(struct linx_out *o, const struct linx_flagset *set, uint64_t value,
		      uint64_t width)
{
	const struct linx_flag *flag;
	struct linx_flag_iter it;
	bool any = false;

	if (!set->bits) {
		print_const(o, set, value, width);
		return;
	}
	linx_flag_begin(&it, set, value, width);
	for (; (flag = linx_flag_next(&it)); any = true) {
		if (any)
			linx_out_char(o, '|');
		linx_print_flag(o, flag, it.number);
	}
	if (!it.rest && any)
		return;
	if (any)
		linx_out_char(o, '|');
	linx_out_hex(o, it.rest);
	if (it.rest && !any)
		print_prefix(o, set);
}

static void print_named(struct linx_out *o, const char *set_name, uint64_t value)
{
	const struct linx_flagset *set = linx_flagset_find(set_name);

	if (set)
		linx_print_flags(o, set, value, UINT32_MAX);
	else
		linx_out_hex(o, value);
}

/* Like print_named(), but a number without a name is just a number. */
static void print_known(struct linx_out *o, const char *set_name, int64_t value)
{
	const struct linx_flagset *set = linx_flagset_find(set_name);
	const struct linx_flag *flag =
		set ? linx_const_find(set, (uint64_t)value, UINT32_MAX) : NULL;

	if (flag)
		linx_out_str(o, flag->name);
	else
		linx_out_i64(o, value);
}

void linx_print_sigmask(struct linx_out *o, uint64_t mask, unsigned int nsig)
{
	const struct linx_flagset *set = linx_flagset_find("signo");
	bool most = (unsigned int)__builtin_popcountll(mask) > nsig * 2 / 3;
	const char *sep = "";

	if (most)
		linx_out_char(o, '~');
	linx_out_char(o, '[');
	for (unsigned int i = 0; i < nsig; i++) {
		const struct linx_flag *flag;

		if ((mask >> i & 1) == most)
			continue;
		linx_out_str(o, sep);
		sep = " ";
		flag = set ? linx_const_find(set, i + 1, UINT32_MAX) : NULL;
		if (flag)
			linx_out_str(o, flag->name + 3); /* without "SIG" */
		else
			linx_out_u64(o, i + 1);
	}
	linx_out_char(o, ']');
}

static void print_mode(struct linx_out *o, uint64_t mode)
{
	linx_out_char(o, '0');
	linx_out_octal(o, mode, 2);
}

static void print_file_mode(struct linx_out *o, uint64_t mode)
{
	if (mode & KIND_MASK) {
		print_named(o, "file_type", mode & KIND_MASK);
		linx_out_char(o, '|');
	}
	print_mode(o, mode & ~(uint64_t)KIND_MASK);
}

static void print_dev(struct linx_out *o, uint64_t dev)
{
	linx_out_mem(o, "makedev(", 8);
	linx_out_hex(o, dev >> 8 & 0xfff);
	linx_out_mem(o, ", ", 2);
	linx_out_hex(o, (dev & 0xff) | (dev >> 12 & 0xfff00));
	linx_out_char(o, ')');
}

void linx_print_ioprio(struct linx_out *o, uint64_t prio)
{
	linx_out_str(o, "IOPRIO_PRIO_VALUE(");
	print_named(o, "ioprio_class", prio >> 13);
	linx_out_mem(o, ", ", 2);
	linx_out_u64(o, prio & 0x1fff);
	linx_out_char(o, ')');
}

static void print_qcmd(struct linx_out *o, uint64_t cmd)
{
	linx_out_str(o, "QCMD(");
	print_named(o, "quota_cmd", cmd >> 8);
	linx_out_mem(o, ", ", 2);
	print_named(o, "quota_type", cmd & 0xff);
	linx_out_char(o, ')');
}

static void print_clone_flags(struct linx_out *o, uint64_t value)
{
	const struct linx_flagset *set = linx_flagset_find("clone_flags");
	uint64_t flags = value & ~0xffull;

	if (flags && set)
		linx_print_flags(o, set, flags, UINT64_MAX);
	if (value & 0xff) {
		if (flags)
			linx_out_char(o, '|');
		print_known(o, "signo", (int64_t)(value & 0xff));
	} else if (!flags) {
		linx_out_char(o, '0');
	}
}

/* ---- one function per type ---------------------------------------------------- */

/* A register on its way to the buffer. */
struct scalar {
	const struct linx_event *ev;
	unsigned int i;
	struct linx_meaning m;
	int64_t n; /* cut as the type says */
	bool is_unsigned; /* strace shows it so, whatever its type */
};

static void put_number(struct linx_out *o, const struct scalar *a)
{
	if (a->m.width == LINX_WIDTH_LONG)
		linx_out_u64(o, (uint64_t)a->n);
	else if (a->is_unsigned)
		linx_out_u64(o, (uint64_t)a->n & linx_type_mask(a->m.width, a->ev->abi));
	else
		linx_out_i64(o, a->n);
}

static void put_signed(struct linx_out *o, const struct scalar *a)
{
	linx_out_i64(o, a->n);
}

static void put_hex(struct linx_out *o, const struct scalar *a)
{
	linx_out_hex(o, (uint64_t)a->n);
}

static void put_addr(struct linx_out *o, const struct scalar *a)
{
	linx_print_addr(o, (uint64_t)a->n);
}

static void put_dirfd(struct linx_out *o, const struct scalar *a)
{
	if (a->n == AT_FDCWD_VALUE)
		linx_out_mem(o, "AT_FDCWD", 8);
	else
		linx_out_i64(o, a->n);
}

static void put_offset(struct linx_out *o, const struct scalar *a)
{
	int64_t offset = linx_arg_offset(a->ev, a->i);

	if (a->is_unsigned)
		linx_out_u64(o, (uint64_t)offset);
	else
		linx_out_i64(o, offset);
}

static void put_flags(struct linx_out *o, const struct scalar *a)
{
	linx_print_flags(o, a->m.set, (uint64_t)a->n, linx_type_mask(a->m.width, a->ev->abi));
}

static void put_clone_flags(struct linx_out *o, const struct scalar *a)
{
	print_clone_flags(o, (uint64_t)a->n);
}

static void put_mode(struct linx_out *o, const struct scalar *a)
{
	print_mode(o, (uint64_t)a->n);
}

static void put_file_mode(struct linx_out *o, const struct scalar *a)
{
	print_file_mode(o, (uint64_t)a->n);
}

/* All ones in an unsigned type mean "none" or "leave as it is". */
static void put_id(struct linx_out *o, const struct scalar *a)
{
	bool none = a->m.width != LINX_WIDTH_S32 &&
		    (uint64_t)a->n == linx_type_mask(a->m.width, a->ev->abi);

	linx_out_i64(o, none ? -1 : a->n);
}

static void put_dev(struct linx_out *o, const struct scalar *a)
{
	print_dev(o, (uint64_t)a->n);
}

static void put_signal(struct linx_out *o, const struct scalar *a)
{
	print_known(o, "signo", a->n);
}

static void put_sigmask(struct linx_out *o, const struct scalar *a)
{
	linx_print_sigmask(o, (uint64_t)a->n, a->ev->abi == LINX_ABI_I386 ? 32 : 64);
}

static void put_clockid(struct linx_out *o, const struct scalar *a)
{
	print_named(o, "clockid", (uint64_t)a->n);
}

static void put_ipc_key(struct linx_out *o, const struct scalar *a)
{
	if (a->n)
		linx_out_hex(o, (uint64_t)a->n);
	else
		linx_out_str(o, "IPC_PRIVATE");
}

static void put_key_serial(struct linx_out *o, const struct scalar *a)
{
	print_known(o, "key_spec", a->n);
}

static void put_ioprio(struct linx_out *o, const struct scalar *a)
{
	linx_print_ioprio(o, (uint32_t)a->n);
}

static void put_qcmd(struct linx_out *o, const struct scalar *a)
{
	print_qcmd(o, (uint64_t)a->n);
}

static void put_sighandler(struct linx_out *o, const struct scalar *a)
{
	if (a->n == 0)
		linx_out_str(o, "SIG_DFL");
	else if (a->n == 1)
		linx_out_str(o, "SIG_IGN");
	else
		linx_out_hex(o, (uint64_t)a->n);
}

/* As mmap(2) takes it. */
static void put_pages(struct linx_out *o, const struct scalar *a)
{
	linx_out_hex(o, (uint64_t)a->n << 12);
}

static void put_futex_bitset(struct linx_out *o, const struct scalar *a)
{
	if ((uint32_t)a->n == UINT32_MAX)
		linx_out_str(o, LINX_FUTEX_MATCH_ANY);
	else
		linx_out_hex(o, (uint32_t)a->n);
}

/* What is not here is a pointer. */
static void (*const scalars[LINX_TYPES])(struct linx_out *o, const struct scalar *a) = {
	[LINX_TYPE_UNKNOWN] = put_hex,
	[LINX_TYPE_NUMBER] = put_number,
	[LINX_TYPE_HEX] = put_hex,
	[LINX_TYPE_OCTAL] = put_mode,
	[LINX_TYPE_FILE_MODE] = put_file_mode,
	[LINX_TYPE_ADDR] = put_addr,
	[LINX_TYPE_FD] = put_signed,
	[LINX_TYPE_DIRFD] = put_dirfd,
	[LINX_TYPE_OFF_LO] = put_offset,
	[LINX_TYPE_OFF_HI] = put_offset,
	[LINX_TYPE_ID] = put_id,
	[LINX_TYPE_DEV] = put_dev,
	[LINX_TYPE_FLAGS] = put_flags,
	[LINX_TYPE_CLONE_FLAGS] = put_clone_flags,
	[LINX_TYPE_SIGNAL] = put_signal,
	[LINX_TYPE_SIGMASK] = put_sigmask,
	[LINX_TYPE_CLOCKID] = put_clockid,
	[LINX_TYPE_FUTEX_BITSET] = put_futex_bitset,
	[LINX_TYPE_PAGES] = put_pages,
	[LINX_TYPE_IPC_KEY] = put_ipc_key,
	[LINX_TYPE_KEY_SERIAL] = put_key_serial,
	[LINX_TYPE_QCMD] = put_qcmd,
	[LINX_TYPE_IOPRIO] = put_ioprio,
	[LINX_TYPE_SIGHANDLER] = put_sighandler,
};

void linx_print_arg(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev,
		    unsigned int i)
{
	struct linx_meaning m = linx_arg_meaning(ev, i);
	bool is_unsigned = st->strace && ev->call->row->special == LINX_SPECIAL_UNSIGNED;
	struct scalar a;

	if (is_unsigned && ev->call->row->args[i].type_id == LINX_TYPE_SOCK_PROTOCOL)
		m = (struct linx_meaning){ .type = LINX_TYPE_NUMBER, .width = LINX_WIDTH_U32 };
	a = (struct scalar){ ev, i, m, linx_arg_int(ev, i, m.width), is_unsigned };

	if (linx_arg_gone(ev, i))
		linx_out_char(o, '?');
	else if (scalars[m.type])
		scalars[m.type](o, &a);
	else
		linx_print_pointer(o, st, ev, i, m);
}
