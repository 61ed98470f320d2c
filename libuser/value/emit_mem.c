// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes memory that pointers point to, from the captured pieces of memory. */
#include "record/decode.h"
#include "value/emit.h"

/*
 * Returns the limit of the elements that are shown of an array: the style's limit if structures are abbreviated, else
 * no limit.
 */
static uint64_t elements_max(const struct linx_put *p)
{
	return p->brief ? p->st->limit : UINT64_MAX;
}

/* Length of a line, in bytes, from which on is_full() checks whether the line shows the same memory many times. */
#define LINE_USUAL (16u << 10)
/* Limit of the bytes of output that one byte of memory can become: in JSON, with names. */
#define BYTE_MOST 64u

/*
 * True if a line is longer than all of its captured memory shown once. Many messages can share their buffers, and many
 * names can overlap. A record of a few kilobytes could then make a line of gigabytes. The caller treats all further
 * memory as not captured.
 */
static bool is_full(struct linx_put *p)
{
	const struct linx_mem *m = p->ev->mem;
	uint64_t bytes = 0;

	if (p->o->len < LINE_USUAL && !p->o->failed)
		return false;
	for (unsigned int i = 0; i < m->n; i++)
		bytes += m->pieces[i].v.size;
	if (p->o->len / BYTE_MOST < bytes && !p->o->failed)
		return false;
	p->states |= 1u << LINX_TRUNCATED;
	return true;
}

static const uint8_t *from(struct linx_put *p, uint64_t addr, size_t *n, bool late)
{
	const struct linx_extent *e = is_full(p) ? NULL : linx_mem_find(p->ev->mem, addr, late);
	size_t skip, there;

	if (!e)
		return NULL;
	p->states |= 1u << e->v.state;
	skip = (size_t)(addr - e->addr);
	there = e->v.size - skip;
	if (*n > there)
		*n = there;
	return (const uint8_t *)e->v.data + skip;
}

const uint8_t *linx_put_mem_some(struct linx_put *p, uint64_t addr, size_t *n)
{
	return addr ? from(p, addr, n, p->late) : NULL;
}

const uint8_t *linx_put_mem(struct linx_put *p, uint64_t addr, size_t n)
{
	size_t got = n;
	const uint8_t *data = p->st->addresses ? NULL : linx_put_mem_some(p, addr, &got);

	return got == n ? data : NULL;
}

const uint8_t *linx_put_mem_before(struct linx_put *p, uint64_t addr, size_t n)
{
	for (unsigned int i = 0; i < p->ev->mem->n; i++) {
		const struct linx_extent *e = &p->ev->mem->pieces[i];

		if (e->entry && e->v.kind == LINX_VAL_BYTES && addr >= e->addr &&
		    addr - e->addr <= e->v.size && e->v.size - (addr - e->addr) >= n)
			return (const uint8_t *)e->v.data + (addr - e->addr);
	}
	return NULL;
}

bool linx_put_mem_int(struct linx_put *p, uint64_t addr, size_t size, bool is_signed, int64_t *n)
{
	const uint8_t *data = linx_put_mem(p, addr, size);
	unsigned int shift = 64 - 8 * (unsigned int)size;
	uint64_t raw = 0;

	if (!data)
		return false;
	memcpy(&raw, data, size);
	*n = is_signed ? (int64_t)(raw << shift) >> shift : (int64_t)raw;
	return true;
}

void linx_put_unavailable(struct linx_put *p)
{
	linx_strbuf_str(p->o, p->ops->unavailable);
}

void linx_put_state_members(struct linx_put *p, unsigned int state, uint64_t len)
{
	p->states |= 1u << state;
	linx_put_name(p, "state");
	linx_put_word(p, linx_state_name(state));
	linx_put_name(p, "len");
	if (len != UINT32_MAX)
		linx_put_u64(p, len);
	else
		linx_put_unavailable(p);
}

void linx_put_state(struct linx_put *p, const struct linx_value *v, uint64_t addr)
{
	struct linx_value none = *v;

	none.size = 0;
	if (linx_value_readable(v)) {
		p->ops->value(p, &none, false);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "value");
	linx_put_unavailable(p);
	linx_put_state_members(p, v->state, UINT32_MAX);
	if (addr) {
		linx_put_name(p, "addr");
		linx_put_u64(p, addr);
	}
	linx_put_close(p);
}

void linx_put_missing(struct linx_put *p, const struct linx_value *v, uint64_t addr)
{
	if (linx_put_wants(p, LINX_WANT_STATES) && v && !linx_value_readable(v) && v->state != LINX_ABSENT)
		linx_put_state(p, v, addr);
	else
		linx_put_addr(p, addr);
}

void linx_put_unread(struct linx_put *p, uint64_t addr)
{
	if (!addr || !linx_mem_unreadable(p->ev->mem, addr, p->late)) {
		linx_put_addr(p, addr);
		return;
	}
	p->states |= 1u << LINX_UNREADABLE;
	linx_put_missing(p, &(struct linx_value){ .state = LINX_UNREADABLE }, addr);
}

void linx_put_unfilled(struct linx_put *p, uint64_t addr)
{
	p->states |= 1u << LINX_UNAVAILABLE;
	linx_put_missing(p, &(struct linx_value){ .state = LINX_UNAVAILABLE }, addr);
}

static void put_strings(struct linx_put *p, const struct linx_value *v)
{
	struct linx_strings it;
	const char *s;
	size_t len;
	bool cut;

	linx_put_list(p);
	linx_strings_begin(&it, v);
	while (linx_strings_next(&it, &s, &len, &cut)) {
		linx_put_item(p);
		linx_put_whole_string(p, s, len, false);
	}
	linx_put_list_end(p);
}

void linx_put_vector(struct linx_put *p, const struct linx_value *v)
{
	struct linx_strings it;

	if (v->state == LINX_WHOLE) {
		put_strings(p, v);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "value");
	if (linx_value_strings(v))
		put_strings(p, v);
	else
		linx_put_unavailable(p);
	linx_strings_begin(&it, v);
	linx_put_state_members(p, v->state, it.count ? it.count : UINT32_MAX);
	linx_put_close(p);
}

static void put_str(struct linx_put *p, uint64_t addr, bool path)
{
	const struct linx_value *v = addr && !is_full(p) ? linx_mem_find_str(p->ev->mem, addr, p->late) : NULL;

	if (v && (linx_put_wants(p, LINX_WANT_STATES) || linx_value_readable(v)))
		linx_put_value(p, v, path);
	else
		linx_put_unread(p, addr);
}

void linx_put_strp(struct linx_put *p, uint64_t addr)
{
	put_str(p, addr, false);
}

void linx_put_pathp(struct linx_put *p, uint64_t addr)
{
	put_str(p, addr, true);
}

void linx_put_strn(struct linx_put *p, uint64_t addr, size_t max)
{
	const struct linx_value *v = addr && !is_full(p) ? linx_mem_find_str(p->ev->mem, addr, p->late) : NULL;
	size_t n = max, len;
	const uint8_t *data;

	/* a string without a NUL counts as whole if at least max bytes of it were captured */
	if (v && linx_put_wants(p, LINX_WANT_STATES) && v->state != LINX_WHOLE && v->size < max && linx_value_readable(v)) {
		linx_put_value(p, v, false);
		return;
	}
	if (v && (linx_value_readable(v) || (v->state == LINX_UNREADABLE && v->size >= max))) {
		p->states |= 1u << v->state;
		linx_put_string(p, v->data, v->size < max ? v->size : max,
				v->size >= max || linx_value_is_cut(v));
		return;
	}
	data = linx_put_mem_some(p, addr, &n);
	len = data ? strnlen((const char *)data, n) : 0;
	/* bytes without a NUL are a string only if max bytes were captured, since max has then cut the string */
	if (data && (len < n || n == max))
		linx_put_string(p, data, len, len == n);
	else
		linx_put_unread(p, addr);
}

/*
 * True if the captured memory ends before addr because the kernel could not read further, and not because a limit cut
 * it.
 */
static bool ends_at(struct linx_put *p, uint64_t addr)
{
	const struct linx_extent *e = linx_mem_find(p->ev->mem, addr - 1, p->late);

	return !is_full(p) && (!e || !linx_value_is_cut(&e->v));
}

/*
 * Writes a buffer of len bytes, of which n were captured, with its state: whole, truncated, or unreadable
 * beyond n.
 */
static void put_buffer(struct linx_put *p, uint64_t addr, const uint8_t *data, size_t n, uint64_t len)
{
	bool unreadable = n < len && linx_mem_unreadable(p->ev->mem, addr, p->late);
	struct linx_value v = {
		.data = data,
		.kind = LINX_VAL_BYTES,
		.size = (uint32_t)n,
		.orig = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX,
		.state = n == len ? LINX_WHOLE : unreadable ? LINX_UNREADABLE : LINX_TRUNCATED,
	};

	p->states |= 1u << v.state;
	p->ops->value(p, &v, false);
}

void linx_put_there(struct linx_put *p, uint64_t addr, const void *data, size_t n, uint64_t len, bool hex)
{
	if (linx_put_wants(p, LINX_WANT_STATES))
		put_buffer(p, addr, data, n, len);
	else if (hex)
		linx_put_hexbytes(p, data, n, n < len);
	else
		linx_put_string(p, data, n, n < len);
}

void linx_put_bufp(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n = len;
	const uint8_t *data = linx_put_mem_some(p, addr, &n);
	/*
	 * True if fewer bytes were captured than would be shown, or exactly as many and the kernel could not read
	 * further. The address is then written in place of the bytes.
	 */
	bool ends = !linx_put_wants(p, LINX_WANT_STATES) && n < len &&
		    (n < p->st->limit || (n == p->st->limit && ends_at(p, addr + n)));

	if (data && !ends)
		linx_put_there(p, addr, data, n, len, false);
	else if (addr && !len)
		linx_put_string(p, "", 0, false);
	else
		linx_put_unread(p, addr);
}

/* Upper bound of the size of a type that may be captured in part and is written by a function put(). */
#define PADDED_MAX 4096u

/*
 * Writes a value of which only n bytes were captured, by its type's function put(). The function gets zeroes for the
 * missing bytes.
 */
static void put_part(struct linx_put *p, const struct linx_ty *ty, const uint8_t *data, size_t n, uint64_t addr)
{
	uint8_t whole[PADDED_MAX] = { 0 };

	memcpy(whole, data, n);
	linx_put_typed(p, ty, NULL, whole, n, addr);
}

void linx_put_ptr_sized(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t size)
{
	size_t known = linx_type_size(ty, p->abi), request = ty->min && size > known ? known : size, n = request;
	const uint8_t *data = size >= ty->min && !p->st->addresses ? linx_put_mem_some(p, addr, &n) : NULL;
	bool part = n < known && ty->put;

	if (!data || n < request || (part && (!n || known > PADDED_MAX))) {
		linx_put_unread(p, addr);
		return;
	}
	if (request < size) {
		p->rest_addr = addr;
		p->rest_from = known;
		p->rest_size = size;
		p->rest_depth = p->depth + 1;
	}
	if (part)
		put_part(p, ty, data, n, addr);
	else
		linx_put_typed(p, ty, NULL, data, n, addr);
	p->rest_size = 0;
}

void linx_put_ptr_named(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
			uint64_t addr)
{
	size_t size = linx_type_size(ty, p->abi);
	const uint8_t *data = linx_put_mem(p, addr, size);
	bool brackets = ty->kind == LINX_TY_NUM && !linx_put_wants(p, LINX_WANT_DATA);

	if (!data) {
		linx_put_unread(p, addr);
		return;
	}
	if (brackets)
		linx_put_list(p);
	linx_put_typed(p, ty, set, data, size, addr);
	if (brackets)
		linx_put_list_end(p);
}

void linx_put_ptr(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	linx_put_ptr_named(p, ty, NULL, addr);
}

/*
 * Writes the end of an array whose next element, at addr, was not captured: the element's address if the kernel could
 * not read the element, "..." if a limit cut the array.
 */
static void put_missing_element(struct linx_put *p, uint64_t addr)
{
	bool ends = ends_at(p, addr);

	if (!ends) {
		linx_put_more(p);
	} else if (linx_put_wants(p, LINX_WANT_STATES)) {
		linx_put_item(p);
		linx_put_state(p, &(struct linx_value){ .state = LINX_UNREADABLE }, addr);
	} else {
		linx_put_more_at(p, addr);
	}
}

static bool put_element(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, size_t size)
{
	const uint8_t *data = linx_put_mem(p, addr, size);

	if (!data) {
		put_missing_element(p, addr);
		return false;
	}
	linx_put_item(p);
	linx_put_typed(p, ty, NULL, data, size, addr);
	p->plain = false;
	return true;
}

void linx_put_array_max(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count,
			uint64_t max)
{
	uint64_t most = elements_max(p), i;
	size_t size = linx_type_size(ty, p->abi);

	if (!addr || count > (UINT64_MAX - addr) / size || (count && !linx_put_mem(p, addr, size))) {
		linx_put_unread(p, addr);
		return;
	}
	linx_put_list(p);
	for (i = 0; i < count && i < most && i < max; i++)
		if (!put_element(p, ty, addr + i * size, size))
			break;
	if (i == max && i < count)
		linx_put_more(p);
	else if (i == most && i < count && !linx_put_mem(p, addr + i * size, size))
		put_missing_element(p, addr + i * size);
	else if (i == most && i < count)
		linx_put_more(p);
	linx_put_list_end(p);
}

void linx_put_array(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count)
{
	linx_put_array_max(p, ty, addr, count, UINT64_MAX);
}

bool linx_put_rest(struct linx_put *p, uint64_t addr, size_t from, size_t to)
{
	const uint8_t *data = from < to ? linx_put_mem(p, addr + from, to - from) : NULL;

	if (from >= to || (data && linx_all_zero(data, to - from)))
		return false;
	linx_put_nameless(p, "rest");
	if (data && linx_put_wants(p, LINX_WANT_COMMENTS)) {
		linx_strbuf_str(p->o, "/* bytes ");
		linx_put_u64(p, from);
		linx_strbuf_mem(p->o, "..", 2);
		linx_put_u64(p, to - 1);
		linx_strbuf_mem(p->o, " */ ", 4);
	}
	if (data)
		linx_put_hexbytes(p, data, to - from, false);
	else if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_addr(p, addr + from);
	else
		linx_put_unavailable(p);
	return true;
}
