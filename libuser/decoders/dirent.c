// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the directory entries that getdents(2) and similar calls return. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

/* Cursor over captured directory entries. */
struct entries {
	const struct linx_ty *head;
	const uint8_t *at;
	size_t left; /* bytes left, counted from the pointer at */
	uint64_t addr;
	unsigned int name; /* offset of the name in an entry */
	bool is64;
};

static bool next(struct linx_put *p, struct entries *e, struct linx_obj *o)
{
	size_t size = linx_type_size(e->head, p->abi), len;

	*o = (struct linx_obj){ e->head, e->at, size, e->addr };
	if (e->left <= e->name || e->left < size)
		return false;
	len = (size_t)linx_member_num(p, o, "d_reclen");
	if (len <= e->name || len > e->left)
		return false;
	o->size = len;
	e->at += len;
	e->addr += len;
	e->left -= len;
	return true;
}

static void put_name(struct linx_put *p, const char *name, size_t room)
{
	size_t len = strnlen(name, room);

	linx_put_name(p, "d_name");
	linx_put_whole_string(p, name, len, len == room);
	p->plain = false;
}

static void put_type(struct linx_put *p, uint8_t type)
{
	linx_put_name(p, "d_type");
	linx_put_flags(p, &linx_set_dirent_type, type, 1);
	p->plain = false;
}

static void put_entry(struct linx_put *p, const struct entries *e, const struct linx_obj *o)
{
	size_t len = o->size;

	linx_put_item(p);
	linx_put_open(p);
	linx_put_members(p, o);
	if (e->is64) {
		put_name(p, (const char *)o->data + e->name, len - e->name);
	} else {
		put_name(p, (const char *)o->data + e->name, len - e->name - 1);
		put_type(p, o->data[len - 1]);
	}
	linx_put_close(p);
}

/* Writes the number of entries. Without -v, strace shows only this number. cut: not all entries were captured. */
static void put_count(struct linx_put *p, struct entries *e, uint64_t addr, bool cut)
{
	struct linx_obj o;
	unsigned int n = 0;

	while (next(p, e, &o))
		n++;
	linx_put_addr(p, addr);
	if (!linx_put_comment_begin(p))
		return;
	linx_put_u64(p, n);
	linx_put_text(p, e->left || cut ? " entries or more" : " entries");
	linx_put_comment_end(p);
}

static void put_entries(struct linx_put *p, struct entries *e, bool cut)
{
	struct linx_obj o;

	linx_put_list(p);
	while (next(p, e, &o))
		put_entry(p, e, &o);
	if (e->left || cut)
		linx_put_more(p);
	linx_put_list_end(p);
}

static void put_dirents(struct linx_put *p, unsigned int i, const struct linx_ty *head, bool is64)
{
	struct entries e = { .head = head, .addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr), .is64 = is64 };
	uint64_t addr = e.addr, bytes = linx_put_ok(p) ? (uint64_t)p->ev->ret : 0;
	bool cut;

	p->late = true;
	e.left = bytes;
	e.at = bytes ? linx_put_mem_some(p, addr, &e.left) : NULL;
	e.name = is64 ? 19 : 2 * (unsigned int)linx_type_size(&linx_ty_kulong, p->abi) + 2;
	if (!linx_put_ok(p) || (bytes && !e.at)) {
		linx_put_addr(p, addr);
		return;
	}
	cut = e.left < bytes;
	if (p->brief)
		put_count(p, &e, addr, cut);
	else
		put_entries(p, &e, cut);
}

void linx_arg_dirent(struct linx_put *p, unsigned int i)
{
	put_dirents(p, i, &linx_ty_linux_dirent_head, false);
}

void linx_arg_dirent64(struct linx_put *p, unsigned int i)
{
	put_dirents(p, i, &linx_ty_linux_dirent64_head, true);
}

/*
 * Writes the entry that the old readdir(2) returns, whose d_reclen is the length of its name. At the end of a
 * directory no entry is returned, and none is written.
 */
void linx_put_old_dirent(struct linx_put *p, const struct linx_obj *o)
{
	struct linx_obj head = { &linx_ty_old_linux_dirent_head, o->data, o->size, o->addr };
	size_t len = (size_t)linx_member_num(p, &head, "d_reclen"), there = len;
	const uint8_t *name = linx_put_mem_some(p, o->addr + o->size, &there);

	if (!p->ev->ret) {
		linx_put_addr(p, o->addr);
		return;
	}
	linx_put_open(p);
	linx_put_members(p, &head);
	linx_put_name(p, "d_name");
	if (name && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_there(p, o->addr + o->size, name, there, len, false);
	else if (name)
		linx_put_whole_string(p, name, there, there < len);
	else
		linx_put_addr(p, o->addr + o->size);
	p->plain = false;
	linx_put_close(p);
}

/*
 * Writes the arguments of the old readdir(2). The kernel ignores the count, so text shows it only if it is not
 * 1.
 */
void linx_call_readdir(struct linx_put *p)
{
	linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	/* programs pass the count 1 */
	if (linx_put_wants(p, LINX_WANT_FULL) || linx_reg_int(p, 2) != 1)
		linx_put_arg(p, 2);
}
