// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the opening of files, and attributes and handles of files. */
#include <errno.h>

#include "decoders/decoders.h"

#define O_CREAT_BIT 0100u
#define O_TMPFILE_BIT 020000000u
#define HANDLE_MAX 128
#define XATTR_SIZE_MAX 65536
#define HANDLE_HEAD 8
#define FILE_ATTR_MAX 4096u

/* Writes a struct open_how. Its mode is used only if the call can create a file. */
void linx_put_open_how(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t flags = (uint64_t)linx_member_num(p, o, "flags");

	linx_put_open(p);
	linx_put_member(p, o, "flags");
	if (linx_put_wants(p, LINX_WANT_FULL) || linx_member_num(p, o, "mode") || flags & (O_CREAT_BIT | O_TMPFILE_BIT))
		linx_put_member(p, o, "mode");
	linx_put_member(p, o, "resolve");
	linx_put_close(p);
}

/*
 * Writes a struct file_attr. The number of extents is shown only as the call's answer: the kernel ignores it in
 * a request.
 */
void linx_put_file_attr(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const set[] = { "fa_xflags", "fa_extsize", "fa_projid", "fa_cowextsize", NULL };

	linx_put_open(p);
	if (!linx_put_wants(p, LINX_WANT_FULL) && !strcmp(p->ev->call->row->id, "file_setattr"))
		linx_put_members_of(p, o, set);
	else
		linx_put_members(p, o);
	linx_put_close(p);
}

/*
 * Writes the arguments of file_getattr and file_setattr. The kernel takes a page of attributes at most; with a
 * larger size it reads nothing, so an address is shown.
 */
void linx_call_file_attr(struct linx_put *p)
{
	bool large = (uint64_t)linx_reg_as(p, 3, &linx_ty_size) > FILE_ATTR_MAX;

	for (unsigned int i = 0; i < 5; i++)
		if (i == 2 && large)
			linx_put_arg_as(p, i, &linx_ty_addr);
		else
			linx_put_arg(p, i);
}

/* Writes the value of an extended attribute: the value to be stored, or the value that was read. */
void linx_member_xattr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	bool reads = !strcmp(p->ev->call->row->id, "getxattrat"), late = p->late;
	uint64_t addr = (uint64_t)linx_type_load(&linx_ty_ptr64, p->abi, o->data + at);
	uint64_t size = reads ? (uint64_t)p->ev->ret : (uint64_t)linx_member_num(p, o, "size");

	linx_put_name(p, "value");
	p->late = reads || late;
	if (size > XATTR_SIZE_MAX || (reads && !linx_put_ok(p)))
		linx_put_addr(p, addr);
	else
		linx_put_bufp(p, addr, size);
	p->late = late;
	p->plain = false;
}

/*
 * Writes the arguments of open_by_handle_at(2). strace shows the mount's descriptor as a number, even AT_FDCWD.
 */
void linx_call_open_by_handle_at(struct linx_put *p)
{
	if (p->st->strace)
		linx_put_arg_as(p, 0, &linx_ty_fd);
	else
		linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	linx_put_arg(p, 2);
}

/* ---- file handles --------------------------------------------------------------------- */

static void put_handle_bytes(struct linx_put *p, uint64_t addr, uint32_t size)
{
	size_t wanted = size < HANDLE_MAX ? size : HANDLE_MAX, n = wanted;
	static const uint8_t none[1];
	const uint8_t *data = wanted ? linx_put_mem_some(p, addr + HANDLE_HEAD, &n) : none;

	linx_put_name(p, "f_handle");
	if (data && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_there(p, addr + HANDLE_HEAD, data, n, size, true);
	else if (data && n == wanted)
		linx_put_whole_hexbytes(p, data, n, size > n);
	else
		linx_put_unavailable(p);
	p->plain = false;
}

static void put_handle(struct linx_put *p, uint64_t addr, uint32_t size)
{
	struct linx_obj o = { &linx_ty_file_handle_head, linx_put_mem(p, addr, HANDLE_HEAD), HANDLE_HEAD, addr };

	if (!o.data)
		return;
	linx_put_member(p, &o, "handle_type");
	put_handle_bytes(p, addr, size);
}

static void put_size(struct linx_put *p, int64_t size)
{
	linx_put_name(p, "handle_bytes");
	linx_put_i64(p, size);
}

/* Writes the size of the caller's handle buffer; if the call stored another size, that size too. */
static void put_room(struct linx_put *p, uint64_t addr, int64_t size)
{
	int64_t now = size;
	bool answered = linx_put_ok(p) || linx_event_errno(p->ev) == EOVERFLOW;

	p->late = true;
	if (!answered || !linx_put_mem_int(p, addr, 4, false, &now))
		now = size;
	p->late = false;
	if (now == size) {
		put_size(p, size);
		return;
	}
	linx_put_name(p, "handle_bytes");
	linx_put_before(p);
	linx_put_i64(p, size);
	linx_put_after(p);
	linx_put_i64(p, now);
	linx_put_after_end(p);
}

/* Writes a file handle: name_to_handle_at(2) fills it, open_by_handle_at(2) reads it. */
void linx_arg_file_handle(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	bool filled = p->ev->call->row->nargs > 3;
	int64_t size;

	p->late = false;
	if (!linx_put_mem_int(p, addr, 4, false, &size) || (!filled && !linx_put_mem(p, addr, HANDLE_HEAD))) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_open(p);
	if (filled)
		put_room(p, addr, size);
	else
		put_size(p, size);
	p->late = filled;
	if ((!filled || linx_put_ok(p)) && linx_put_mem_int(p, addr, 4, false, &size))
		put_handle(p, addr, (uint32_t)size);
	p->late = false;
	linx_put_close(p);
}
