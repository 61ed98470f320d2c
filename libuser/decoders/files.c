// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes calls on files in which one argument depends on another. */
#include <sys/stat.h>

#include "decoders/decoders.h"
#include "table/flagsets.h"

#define XATTR_SIZE_MAX 65536
#define MS_MGC_VALUE 0xc0ed0000u
#define MS_MGC_MASK 0xffff0000u
#define MS_REMOUNT_BIT 0x20u
#define MS_NO_DATA_BITS 0x1e3000u /* MS_BIND, MS_MOVE, MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED */
#define SWAP_PRIORITY 0x7fffu
#define FAN_CLASS_MASK 0xcu
#define FAN_NOFD_VALUE (-1)
#define FAN_DIRFD 3
#define MEMFD_NAME_MAX 250 /* limit of a name's bytes, the NUL included */

/* Writes the flags of mount(2). Old programs put a magic number into bits 16 to 31, which is shown apart. */
static void put_mount_flags(struct linx_put *p, unsigned int i)
{
	uint64_t flags = linx_reg(p, i), rest = flags & ~(uint64_t)MS_MGC_MASK;

	if (linx_put_wants(p, LINX_WANT_DATA) || (flags & MS_MGC_MASK) != MS_MGC_VALUE) {
		linx_put_arg(p, i);
		return;
	}
	if (!linx_put_argname(p, i))
		return;
	linx_put_symbol(p, MS_MGC_VALUE, 'x', "MS_MGC_VAL");
	if (rest) {
		linx_put_text(p, "|");
		linx_put_flags(p, &linx_set_mount_flags, rest, 8);
	}
	p->plain = false;
}

/*
 * Writes the arguments of mount(2). A pointer that the kernel ignores, as the flags determine, is shown as an address.
 */
void linx_call_mount(struct linx_put *p)
{
	uint64_t all = linx_reg(p, 3), flags = (all & MS_MGC_MASK) == MS_MGC_VALUE ? all & ~(uint64_t)MS_MGC_MASK : all;
	bool remount = flags & MS_REMOUNT_BIT, moves = !remount && flags & MS_NO_DATA_BITS;

	linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	linx_put_arg_as(p, 2, remount || moves ? &linx_ty_addr : &linx_ty_str);
	put_mount_flags(p, 3);
	linx_put_arg_as(p, 4, moves ? &linx_ty_addr : &linx_ty_str);
}

void linx_num_swap_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t flags = (uint64_t)n & ~(uint64_t)SWAP_PRIORITY;

	(void)ty;
	if (!linx_put_abbreviates(p)) {
		linx_put_flags(p, &linx_set_swap_flags, (uint64_t)n, 4);
		return;
	}
	if (flags) {
		linx_put_flags(p, &linx_set_swap_flags, flags, 4);
		linx_put_text(p, "|");
	}
	linx_put_u64(p, (uint64_t)n & SWAP_PRIORITY);
}

/* ---- extended attributes ------------------------------------------------------------------ */

/* Writes the value of an extended attribute; a NUL at its end is not shown. */
static void put_value(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t size = (uint64_t)linx_reg_as(p, i + 1, &linx_ty_size);
	const uint8_t *data = size && size <= XATTR_SIZE_MAX ? linx_put_mem(p, addr, size) : NULL;

	if (!linx_put_argname(p, i))
		return;
	if (size > XATTR_SIZE_MAX)
		linx_put_addr(p, addr);
	else if (data && !linx_put_wants(p, LINX_WANT_FULL) && !data[size - 1])
		linx_put_string(p, data, size - 1, false);
	else
		linx_put_bufp(p, addr, size);
	p->plain = false;
}

/*
 * Writes the arguments of calls that read or write extended attributes. A reading call with size 0 only returns
 * the size of the value.
 */
void linx_call_xattr(struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++) {
		bool bytes = row->args[i].ty == &linx_ty_bytes;

		if (bytes && !strncmp(row->args[i].capture, "IN_", 3))
			put_value(p, i);
		else if (bytes && !linx_reg(p, i + 1))
			linx_put_arg_as(p, i, &linx_ty_addr);
		else
			linx_put_arg(p, i);
	}
}

/* ---- fanotify ------------------------------------------------------------------------------- */

/* Writes the flags of fanotify_init(2): one of three classes, and the other flags. */
void linx_num_fanotify_init(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t class = (uint64_t)n & FAN_CLASS_MASK, flags = (uint64_t)n & ~(uint64_t)FAN_CLASS_MASK;

	(void)ty;
	if (!linx_put_abbreviates(p)) {
		linx_put_flags(p, &linx_set_fanotify_init_flags, (uint64_t)n, 4);
		return;
	}
	linx_put_flags(p, &linx_set_fanotify_class, class, 4);
	if (!flags)
		return;
	linx_put_text(p, "|");
	linx_put_flags(p, &linx_set_fanotify_flags, flags, 4);
}

void linx_num_fan_dirfd(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	if (n == FAN_NOFD_VALUE)
		linx_put_symbol(p, n, 'd', "FAN_NOFD");
	else
		linx_num_dirfd(p, ty, n);
}

/* Writes the mask of fanotify_mark(2), which i386 passes in two arguments. */
static void put_fan_mask(struct linx_put *p, bool halves)
{
	if (!halves) {
		linx_put_arg(p, 2);
		return;
	}
	if (linx_put_argname(p, 2))
		linx_put_flags(p, &linx_set_fanotify_mask, (uint32_t)linx_reg(p, 2) | linx_reg(p, 3) << 32, 8);
	p->plain = false;
	linx_put_hidden(p, 3);
}

/*
 * Writes the arguments of fanotify_mark(2). The directory descriptor -1 stands for no directory, and is shown as
 * FAN_NOFD.
 */
void linx_call_fanotify_mark(struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;
	bool halves = row->nargs == 6;

	linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	put_fan_mask(p, halves);
	for (unsigned int i = halves ? 4 : 3; i < row->nargs; i++) {
		if (row->args[i].ty == &linx_ty_dirfd && linx_reg_int(p, i) == FAN_NOFD_VALUE)
			linx_put_arg_as(p, i, &linx_ty_fan_dirfd);
		else
			linx_put_arg(p, i);
	}
}

/* ---- other calls on files ----------------------------------------------------------------- */

void linx_put_arg_str_max(struct linx_put *p, unsigned int i, size_t max)
{
	const struct linx_value *v =
		linx_mem_find_str(p->ev->mem, (uint64_t)linx_reg_as(p, i, &linx_ty_addr), false);

	if (linx_put_wants(p, LINX_WANT_FULL) || !v || v->size < max) {
		linx_put_arg_as(p, i, &linx_ty_str);
	} else if (linx_put_argname(p, i)) {
		linx_put_whole_string(p, v->data, p->st->limit < max ? p->st->limit : max, true);
		p->plain = false;
	}
}

void linx_call_memfd_create(struct linx_put *p)
{
	linx_put_arg_str_max(p, 0, MEMFD_NAME_MAX);
	linx_put_arg(p, 1);
}

/* Writes the arguments of mknod(2): a device number is shown only for device files. */
void linx_call_mknod(struct linx_put *p)
{
	unsigned int n = p->ev->call->row->nargs;
	uint64_t kind = linx_reg(p, n - 2) & S_IFMT;

	linx_put_first_args(p, kind == S_IFCHR || kind == S_IFBLK ? n : n - 1);
}
