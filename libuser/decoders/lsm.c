// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the attributes of a process that security modules define: structures of varying length, one behind the
 * other.
 */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define MODULES_MAX 64u

static void put_context(struct linx_put *p, const struct linx_obj *head)
{
	uint64_t len = (uint64_t)linx_member_num(p, head, "ctx_len");

	linx_put_open(p);
	linx_put_members(p, head);
	linx_put_name(p, "ctx");
	linx_put_bufp(p, head->addr + head->size, len);
	linx_put_close(p);
}

/* Writes an attribute that is to be set, as many bytes as its own length says. */
static void put_given(struct linx_put *p, uint64_t addr, uint64_t size)
{
	struct linx_obj head = { &linx_ty_lsm_ctx_head, NULL, linx_type_size(&linx_ty_lsm_ctx_head, p->abi), addr };
	uint64_t len, room;

	head.data = size >= head.size ? linx_put_mem(p, addr, head.size) : NULL;
	if (!head.data) {
		linx_put_unread(p, addr);
		return;
	}
	len = (uint64_t)linx_member_num(p, &head, "len");
	len = len < size ? len : size;
	room = len > head.size ? len - head.size : 0;
	len = (uint64_t)linx_member_num(p, &head, "ctx_len");
	len = len < room ? len : room;
	linx_put_open(p);
	linx_put_members(p, &head);
	if (len) {
		size_t n = len;
		const uint8_t *data = linx_put_mem_some(p, addr + head.size, &n);

		linx_put_name(p, "ctx");
		if (data)
			linx_put_there(p, addr + head.size, data, n, len, true);
		else
			linx_put_unread(p, addr + head.size);
	}
	linx_put_close(p);
}

#define LSM_SINGLE 1u

/*
 * Writes the id of a security module that the caller stored in the buffer, to request the attribute of this module
 * only.
 */
static void put_asked(struct linx_put *p, uint64_t addr)
{
	struct linx_obj head = { &linx_ty_lsm_ctx_head, NULL, linx_type_size(&linx_ty_lsm_ctx_head, p->abi), addr };

	if (!(linx_reg(p, 3) & LSM_SINGLE) || linx_put_wants(p, LINX_WANT_BOTH))
		return;
	head.data = linx_put_mem(p, addr, head.size);
	if (!head.data)
		return;
	linx_put_open(p);
	linx_put_member(p, &head, "id");
	linx_put_close(p);
	linx_put_known_to(p, p->o->len);
	linx_put_change(p);
}

/* Writes attributes that have size bytes together. */
static void put_contexts(struct linx_put *p, uint64_t addr, uint64_t size)
{
	struct linx_obj head = { &linx_ty_lsm_ctx_head, NULL, linx_type_size(&linx_ty_lsm_ctx_head, p->abi), addr };
	uint64_t at = 0, len;

	if (!linx_put_mem(p, addr, head.size)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_list(p);
	for (unsigned int n = 0; n < MODULES_MAX && at + head.size <= size; n++) {
		head.addr = addr + at;
		head.data = linx_put_mem(p, head.addr, head.size);
		if (!head.data) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		put_context(p, &head);
		len = (uint64_t)linx_member_num(p, &head, "len");
		if (len < head.size)
			break;
		at += len;
	}
	linx_put_list_end(p);
}

/* Returns the number that argument i points to, as the call left it; 0 if it was not captured. */
static uint64_t size_behind(struct linx_put *p, unsigned int i)
{
	int64_t size;
	bool there;

	p->late = true;
	there = linx_put_mem_int(p, (uint64_t)linx_reg_as(p, i, &linx_ty_addr), 4, false, &size);
	return there ? (uint64_t)size : 0;
}

/* Writes the attributes that the call returned, or that were passed to it. */
void linx_arg_lsm_ctx(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (p->ev->call->row->args[i].dir == LINX_DIR_IN) {
		put_given(p, addr, (uint32_t)linx_reg(p, i + 1));
		return;
	}
	p->late = false;
	put_asked(p, addr);
	if (linx_put_stored(p))
		put_contexts(p, addr, size_behind(p, i + 1));
	else
		linx_put_addr(p, addr);
	p->late = false;
}

void linx_put_lsm_id(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_flags(p, &linx_set_lsm_id, (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data), 8);
}

void linx_arg_lsm_ids(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	p->late = true;
	if (linx_put_ok(p))
		linx_put_array(p, &linx_ty_lsm_id_list, addr, size_behind(p, i + 1) / 8);
	else
		linx_put_addr(p, addr);
	p->late = false;
}

/* Writes the size of the buffer before the call, and the size needed or used after it: "[512 => 32]". */
void linx_arg_lsm_size(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	int64_t room, size;

	p->late = false;
	if (linx_put_wants(p, LINX_WANT_DATA) || !linx_put_mem_int(p, addr, 4, false, &room)) {
		linx_arg_number_u32(p, i);
		return;
	}
	linx_put_text(p, "[");
	linx_put_i64(p, room);
	p->late = true;
	if (linx_put_mem_int(p, addr, 4, false, &size) && size != room) {
		linx_put_text(p, " => ");
		linx_put_i64(p, size);
	}
	p->late = false;
	linx_put_text(p, "]");
}
