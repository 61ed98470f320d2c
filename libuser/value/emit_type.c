// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the offsets of the members of types, and writes values by their types. */
#include "value/cache.h"
#include "value/emit.h"

/* Rounds n up to a multiple of align, a power of two. */
static size_t round_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

/* Returns the size of a pointer in this ABI, in bytes. */
static size_t pointer_size(unsigned int abi)
{
	return linx_is_64(abi) ? 8 : 4;
}

static size_t member_size(const struct linx_type_member *m, unsigned int abi)
{
	switch (m->kind) {
	case LINX_M_ONE:
	case LINX_M_PAD:
	case LINX_M_CUSTOM:
		return m->ty ? linx_type_size(m->ty, abi) : m->n;
	case LINX_M_ARRAY:
		return linx_type_size(m->ty, abi) * m->n;
	case LINX_M_CHARS:
	case LINX_M_BYTES:
		return m->n;
	default:
		return m->n ? m->n : pointer_size(abi);
	}
}

static size_t member_align(const struct linx_type_member *m, unsigned int abi)
{
	switch (m->kind) {
	case LINX_M_ONE:
	case LINX_M_PAD:
	case LINX_M_ARRAY:
	case LINX_M_CUSTOM:
		return m->ty ? m->ty->align[abi] : 1;
	case LINX_M_CHARS:
	case LINX_M_BYTES:
		return 1;
	default:
		return m->n ? m->n : pointer_size(abi);
	}
}

/* Returns the offset of a member. end: offset at which the member before it ends */
static size_t member_at(const struct linx_ty *ty, const struct linx_type_member *m, unsigned int abi,
			size_t end)
{
	return ty->packed == LINX_PACKED || (ty->packed && abi < LINX_ABI_NR) ? end : round_up(end, member_align(m, abi));
}

/* ---- numbers of a type ---------------------------------------------------------------- */

void linx_put_num(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		  int64_t n)
{
	const struct linx_flagset *names = set ? set : ty->set;

	if (names)
		linx_put_flags_fmt(p, names, (uint64_t)n, ty->size[p->abi], ty->fmt == 'u' ? 'u' : 'x');
	else if (ty->num)
		ty->num(p, ty, n);
	else if (ty->fmt == 'x')
		linx_put_hex(p, (uint64_t)n);
	else if (ty->fmt == 'o')
		linx_put_octal(p, (uint64_t)n);
	else if (ty->is_signed)
		linx_put_i64(p, n);
	else
		linx_put_u64(p, (uint64_t)n);
}

void linx_put_typed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    const uint8_t *data, size_t size, uint64_t addr)
{
	struct linx_obj o = { .ty = ty, .data = data, .size = size, .addr = addr };

	if (ty->kind == LINX_TY_NUM) {
		linx_put_num(p, ty, set, linx_type_load(ty, p->abi, data));
		return;
	}
	if (ty->put) {
		ty->put(p, &o);
		p->plain = false;
		return;
	}
	linx_put_struct(p, &o);
}

void linx_put_struct(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members(p, o);
	linx_put_close(p);
}

/* ---- members of structures -------------------------------------------------------------- */

/*
 * Finds a member by name; NULL: there is no such member. Equal names are mostly the same string, merged by the linker,
 * so the pointers are compared first.
 */
static const struct linx_type_member *named(const struct linx_ty *ty, const char *name)
{
	for (unsigned int i = 0; i < ty->nmembers; i++)
		if (ty->members[i].name == name)
			return &ty->members[i];
	for (unsigned int i = 0; i < ty->nmembers; i++)
		if (ty->members[i].name && !strcmp(ty->members[i].name, name))
			return &ty->members[i];
	return NULL;
}

static const struct linx_type_member *find(const struct linx_ty *ty, const char *name, unsigned int abi,
				      size_t *at)
{
	const struct linx_type_member *found = named(ty, name);
	size_t end = 0;

	*at = 0;
	for (const struct linx_type_member *m = ty->members; found && m <= found; m++) {
		*at = member_at(ty, m, abi, end);
		end = *at + member_size(m, abi);
	}
	return found;
}

/* Finds a member like find(), and caches it for the next structure of the same type. */
static const struct linx_type_member *find_cached(const struct linx_put *p, const struct linx_ty *ty, const char *name,
					   size_t *at)
{
	struct linx_cache_member *cache = linx_cache_member_at(p->st->cache, ty, name);
	const struct linx_type_member *m;

	if (cache && cache->ty == ty && cache->abi == p->abi && cache->member->name == name) {
		*at = cache->at;
		return cache->member;
	}
	m = find(ty, name, p->abi, at);
	if (cache && m)
		*cache = (struct linx_cache_member){ ty, m, p->abi, (uint32_t)*at };
	return m;
}

const struct linx_type_member *linx_member_find(const struct linx_put *p, const struct linx_obj *o,
					   const char *name, size_t *at)
{
	const struct linx_type_member *m = find_cached(p, o->ty, name, at);

	return m && o->data && *at + member_size(m, p->abi) <= o->size ? m : NULL;
}

const struct linx_type_member *linx_member_at(const struct linx_put *p, const struct linx_obj *o, size_t at)
{
	size_t end = 0;

	for (unsigned int i = 0; i < o->ty->nmembers; i++) {
		const struct linx_type_member *m = &o->ty->members[i];
		size_t offset = member_at(o->ty, m, p->abi, end);

		if (offset == at && m->name)
			return m;
		end = offset + member_size(m, p->abi);
	}
	return NULL;
}

int64_t linx_member_num(const struct linx_put *p, const struct linx_obj *o, const char *name)
{
	size_t at;
	const struct linx_type_member *m = linx_member_find(p, o, name, &at);

	if (!m)
		return 0;
	if (m->kind == LINX_M_ONE && m->ty->kind == LINX_TY_NUM)
		return linx_type_load(m->ty, p->abi, o->data + at);
	return (int64_t)linx_load(o->data + at, member_size(m, p->abi));
}

static void put_in_place(struct linx_put *p, const struct linx_type_member *m, const uint8_t *data,
			 uint64_t addr)
{
	size_t size = linx_type_size(m->ty, p->abi);

	linx_put_list(p);
	for (unsigned int i = 0; i < m->n; i++) {
		linx_put_item(p);
		linx_put_typed(p, m->ty, m->set, data + i * size, size, addr + i * size);
		p->plain = false;
	}
	linx_put_list_end(p);
}

static void put_chars(struct linx_put *p, const uint8_t *data, size_t n)
{
	size_t len = strnlen((const char *)data, n);

	/* strace reserves the last byte of the array for the NUL, even if it has another value */
	linx_put_whole_string(p, data, len == n && !linx_put_wants(p, LINX_WANT_FULL) ? n - 1 : len, len == n);
}

static void put_pointer(struct linx_put *p, const struct linx_obj *o, const struct linx_type_member *m,
			uint64_t addr)
{
	uint64_t count = m->count ? (uint64_t)linx_member_num(p, o, m->count) : 0;

	switch (m->kind) {
	case LINX_M_PTR:
		linx_put_ptr(p, m->ty, addr);
		break;
	case LINX_M_PTRN:
		linx_put_array(p, m->ty, addr, count);
		break;
	case LINX_M_STRP:
		linx_put_strp(p, addr);
		break;
	case LINX_M_PATHP:
		linx_put_pathp(p, addr);
		break;
	default:
		linx_put_bufp(p, addr, count);
		break;
	}
}

/*
 * Returns a member's bytes before the call if the structure is shown as it was after the call, else its bytes after the
 * call. NULL: not captured.
 */
static const uint8_t *other_moment(struct linx_put *p, uint64_t addr, size_t size)
{
	const uint8_t *data;

	if (p->late)
		return linx_put_mem_before(p, addr, size);
	p->late = true;
	data = linx_put_ok(p) ? linx_put_mem(p, addr, size) : NULL;
	p->late = false;
	return data;
}

/* Writes a member that the call may have changed: A => B, or A alone if it is unchanged. */
static void put_changing(struct linx_put *p, const struct linx_obj *o, const struct linx_type_member *m, size_t at)
{
	size_t size = linx_type_size(m->ty, p->abi);
	const uint8_t *data = o->data + at, *other = other_moment(p, o->addr + at, size);

	if (!other || !memcmp(other, data, size)) {
		linx_put_typed(p, m->ty, m->set, data, size, o->addr + at);
		return;
	}
	linx_put_before(p);
	linx_put_typed(p, m->ty, m->set, p->late ? other : data, size, o->addr + at);
	linx_put_after(p);
	linx_put_typed(p, m->ty, m->set, p->late ? data : other, size, o->addr + at);
	linx_put_after_end(p);
}

static void put_member(struct linx_put *p, const struct linx_obj *o, const struct linx_type_member *m,
		       size_t at)
{
	const uint8_t *data = o->data + at;

	if (m->kind == LINX_M_CUSTOM) {
		m->put(p, o, at);
		return;
	}
	linx_put_named(p, m->name, m->name_len);
	switch (m->kind) {
	case LINX_M_ONE:
		if (m->show & LINX_SHOW_CHANGED)
			put_changing(p, o, m, at);
		else
			linx_put_typed(p, m->ty, m->set, data, linx_type_size(m->ty, p->abi), o->addr + at);
		break;
	case LINX_M_ARRAY:
		put_in_place(p, m, data, o->addr + at);
		break;
	case LINX_M_CHARS:
		put_chars(p, data, m->n);
		break;
	case LINX_M_BYTES:
		linx_put_string(p, data, m->n, false);
		break;
	default:
		put_pointer(p, o, m, linx_load(data, member_size(m, p->abi)));
		break;
	}
	p->plain = false;
}

void linx_put_members(struct linx_put *p, const struct linx_obj *o)
{
	size_t end = 0;

	for (unsigned int i = 0; i < o->ty->nmembers; i++) {
		const struct linx_type_member *m = &o->ty->members[i];
		size_t at = member_at(o->ty, m, p->abi, end), size = member_size(m, p->abi);

		end = at + size;
		if (end > o->size)
			break;
		if (m->kind == LINX_M_PAD || m->show & LINX_SHOW_LATER)
			continue;
		if (m->show & LINX_SHOW_NONZERO && linx_all_zero(o->data + at, size))
			continue;
		if (m->show & LINX_SHOW_FULL && p->brief) {
			linx_put_more(p);
			break;
		}
		put_member(p, o, m, at);
	}
}

void linx_put_member(struct linx_put *p, const struct linx_obj *o, const char *name)
{
	size_t at;
	const struct linx_type_member *m = linx_member_find(p, o, name, &at);

	if (m && !(m->show & LINX_SHOW_NONZERO && linx_all_zero(o->data + at, member_size(m, p->abi))))
		put_member(p, o, m, at);
}

void linx_put_member_both(struct linx_put *p, const struct linx_obj *o, const char *name)
{
	size_t at;
	const struct linx_type_member *m = linx_put_wants(p, LINX_WANT_BOTH) ? linx_member_find(p, o, name, &at) : NULL;

	if (!m) {
		linx_put_member(p, o, name);
		return;
	}
	linx_put_named(p, m->name, m->name_len);
	put_changing(p, o, m, at);
	p->plain = false;
}

void linx_put_members_of(struct linx_put *p, const struct linx_obj *o, const char *const *names)
{
	for (; *names; names++)
		linx_put_member(p, o, *names);
}
