// SPDX-License-Identifier: LGPL-2.1-or-later
/* Functions for members and memory that the decoders of ioctl(2) share. */
#include "decoders/ioctl/ioctl.h"

/* Returns how many elements of an array are shown: the style's limit if structures are abbreviated, else all. */
static uint64_t elements_max(const struct linx_put *p)
{
	return p->brief ? p->st->limit : UINT64_MAX;
}

void linx_put_upto(struct linx_put *p, const struct linx_obj *o, const char *name, uint64_t count)
{
	size_t at, size;
	const struct linx_type_member *m = linx_member_find(p, o, name, &at);
	uint64_t max = elements_max(p), i;

	if (!m || m->kind != LINX_M_ARRAY)
		return;
	size = linx_type_size(m->ty, p->abi);
	linx_put_name(p, name);
	linx_put_list(p);
	if (count > m->n)
		count = m->n;
	for (i = 0; i < count && i < max; i++) {
		linx_put_item(p);
		linx_put_typed(p, m->ty, m->set, o->data + at + i * size, size,
			       o->addr + at + i * size);
		p->plain = false;
	}
	if (i < count)
		linx_put_more(p);
	linx_put_list_end(p);
}

uint64_t linx_member_addr(const struct linx_put *p, const struct linx_obj *o, const char *name)
{
	struct linx_obj whole = { .ty = o->ty, .data = o->data, .size = linx_type_size(o->ty, p->abi) };
	size_t at;

	/* The search is in the whole type, because the captured part may end before the member. */
	return linx_member_find(p, &whole, name, &at) ? o->addr + at : o->addr;
}

bool linx_member_any(const struct linx_put *p, const struct linx_obj *o, const char *name)
{
	size_t at, size;
	const struct linx_type_member *m = linx_member_find(p, o, name, &at);

	if (!m)
		return false;
	size = m->ty ? linx_type_size(m->ty, p->abi) : 1;
	if (m->n)
		size *= m->n;
	for (size_t i = 0; i < size; i++)
		if (o->data[at + i])
			return true;
	return false;
}

/* Writes " => 2" behind a number, the member that was written last, if the call changed it: {a=1 => 2}. */
void linx_put_changed(struct linx_put *p, const struct linx_obj *before, const struct linx_obj *o, const char *name)
{
	if (linx_member_num(p, before, name) != linx_member_num(p, o, name) && linx_put_change(p))
		linx_put_i64(p, linx_member_num(p, o, name));
}

/* True if all elements that would be shown, of the array of n elements at "at", were captured. */
bool linx_array_there(struct linx_put *p, uint64_t at, uint64_t n, size_t size)
{
	if (p->brief && n > p->st->limit)
		n = p->st->limit;
	return linx_put_mem(p, at, size) && linx_put_mem(p, at + (n - 1) * size, size);
}

void linx_put_nonzero(struct linx_put *p, const struct linx_obj *o, const char *name)
{
	if (linx_member_any(p, o, name))
		linx_put_member(p, o, name);
}

/* Returns how many bytes must be captured: one more than is shown, to know whether there are more. */
static size_t needed_size(const struct linx_put *p, uint64_t len)
{
	return len <= p->st->limit ? len : (size_t)p->st->limit + 1;
}

void linx_put_hexp(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n = needed_size(p, len);
	const uint8_t *data = linx_put_mem(p, addr, n);

	if (addr && !len)
		linx_put_hexbytes(p, "", 0, false);
	else if (data)
		linx_put_hexbytes(p, data, n, false);
	else
		linx_put_addr(p, addr);
}

/* Writes the string in n bytes. The last of the bytes is taken as a NUL, whatever it is. */
void linx_put_cstring(struct linx_put *p, const uint8_t *data, size_t n)
{
	size_t len = strnlen((const char *)data, n);

	linx_put_whole_string(p, data, len < n || !n || linx_put_wants(p, LINX_WANT_FULL) ? len : n - 1, len == n);
}

void linx_put_cstringp(struct linx_put *p, uint64_t addr, uint64_t max)
{
	size_t wanted = needed_size(p, max), n = wanted, len;
	const uint8_t *data = linx_put_mem_some(p, addr, &n);

	len = data ? strnlen((const char *)data, n) : 0;
	if (addr && !max)
		linx_put_string(p, "", 0, false);
	else if (!data || (len == n && n < wanted))
		linx_put_addr(p, addr);
	else
		linx_put_string(p, data, len, len == n);
}

static void put_uuid_text(struct linx_put *p, const uint8_t *uuid)
{
	static const char digits[] = "0123456789abcdef";
	char text[37];
	size_t n = 0;

	for (unsigned int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[n++] = '-';
		text[n++] = digits[uuid[i] >> 4];
		text[n++] = digits[uuid[i] & 15];
	}
	text[n] = '\0';
	linx_put_word(p, text);
}

void linx_put_uuid(struct linx_put *p, const struct linx_obj *o)
{
	put_uuid_text(p, o->data);
}

static void put_pair(struct linx_put *p, const struct linx_obj *o, bool hex)
{
	linx_put_list(p);
	for (unsigned int i = 0; i < o->ty->nmembers; i++) {
		const struct linx_ty *ty = o->ty->members[i].ty;
		size_t size = linx_type_size(ty, p->abi);
		uint64_t n = (uint64_t)linx_type_load(ty, p->abi, o->data + i * size);

		linx_put_item(p);
		if (hex)
			linx_put_hex(p, n);
		else
			linx_put_u64(p, n);
	}
	linx_put_list_end(p);
}

void linx_put_u64_range(struct linx_put *p, const struct linx_obj *o)
{
	put_pair(p, o, false);
}

void linx_put_u32_pair(struct linx_put *p, const struct linx_obj *o)
{
	put_pair(p, o, false);
}

void linx_put_oob_pair(struct linx_put *p, const struct linx_obj *o)
{
	put_pair(p, o, true);
}

void linx_put_three_x32(struct linx_put *p, const struct linx_obj *o)
{
	put_pair(p, o, true);
}

void linx_num_fd64(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_num_fd(p, ty, (int32_t)n);
}

void linx_num_u64_max(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (n == -1)
		linx_put_symbol(p, n, 'u', "UINT64_MAX");
	else
		linx_put_u64(p, (uint64_t)n);
}

/* Writes a negative error number by its name, -ENOENT; any other number as a number. */
void linx_num_minus_errno(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	const char *name = n < 0 && n >= -4095 ? linx_errno_name((unsigned int)-n) : NULL;
	char text[32] = "-";

	(void)ty;
	if (!name || strlen(name) > sizeof(text) - 2) {
		linx_put_i64(p, n);
		return;
	}
	strcpy(text + 1, name);
	linx_put_symbol(p, n, 'd', text);
}
