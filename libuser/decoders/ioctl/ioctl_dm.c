// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes ioctls of the device mapper: a header, followed by data that the command determines. linux/dm-ioctl.h.
 */
#include "decoders/ioctl/ioctl.h"

/* Numbers of the device mapper's commands. */
enum {
	VERSION, REMOVE_ALL, LIST_DEVICES, DEV_CREATE, DEV_REMOVE, DEV_RENAME, DEV_SUSPEND, DEV_STATUS,
	DEV_WAIT, TABLE_LOAD, TABLE_CLEAR, TABLE_DEPS, TABLE_STATUS, LIST_VERSIONS, TARGET_MSG,
	SET_GEOMETRY, ARM_POLL,
};
#define BIT(n) (1u << (n))
/* Commands without data behind the header. */
#define BARE                                                                            \
	(BIT(VERSION) | BIT(REMOVE_ALL) | BIT(DEV_CREATE) | BIT(DEV_REMOVE) |           \
	 BIT(DEV_SUSPEND) | BIT(DEV_STATUS) | BIT(TABLE_CLEAR) | BIT(ARM_POLL))
#define NO_DEVICE (BIT(REMOVE_ALL) | BIT(LIST_DEVICES) | BIT(LIST_VERSIONS))
#define TAKES_EVENT (BIT(DEV_RENAME) | BIT(DEV_REMOVE) | BIT(DEV_WAIT) | BIT(DEV_SUSPEND))
#define GIVES_COUNTS                                                                    \
	(BIT(DEV_CREATE) | BIT(DEV_RENAME) | BIT(DEV_SUSPEND) | BIT(DEV_STATUS) |       \
	 BIT(DEV_WAIT) | BIT(TABLE_LOAD) | BIT(TABLE_CLEAR) | BIT(TABLE_DEPS) |         \
	 BIT(TABLE_STATUS) | BIT(TARGET_MSG))
#define SUSPEND_FLAG 2
#define DATA_OUT_FLAG 0x10000
#define MAJOR 4
#define HEADER 305u /* offset of data[] in struct dm_ioctl */
#define EVENTS_SINCE 37 /* minor version from which on event numbers are stored in lists */

/* A header, and the offsets at which the data behind it begins and ends. */
struct dm {
	struct linx_put *p;
	struct linx_obj o;
	unsigned int nr;
	uint32_t size, start, count;
};

static uint32_t num(const struct dm *d, const char *name)
{
	return (uint32_t)linx_member_num(d->p, &d->o, name);
}

static uint32_t version(const struct dm *d, unsigned int i)
{
	uint32_t n;

	memcpy(&n, d->o.data + i * 4, 4);
	return n;
}

static bool is(const struct dm *d, unsigned int commands)
{
	return commands >> d->nr & 1;
}

/* ---- the header --------------------------------------------------------------------------- */

static void put_device(struct dm *d)
{
	if (is(d, NO_DEVICE))
		return;
	linx_put_nonzero(d->p, &d->o, "dev");
	if (d->o.data[48])
		linx_put_member(d->p, &d->o, "name");
	if (d->o.data[176])
		linx_put_member(d->p, &d->o, "uuid");
}

static void put_counts(struct dm *d)
{
	if (d->p->late) {
		if (is(d, GIVES_COUNTS))
			linx_put_members_of(d->p, &d->o,
					    NAMES("target_count", "open_count", "event_nr"));
	} else if (d->nr == TABLE_LOAD) {
		linx_put_member(d->p, &d->o, "target_count");
	} else if (is(d, TAKES_EVENT) && !(d->nr == DEV_SUSPEND && num(d, "flags") & SUSPEND_FLAG)) {
		linx_put_member(d->p, &d->o, "event_nr");
	}
}

/* Writes the header. Returns false if the data behind it cannot be decoded. */
static bool put_header(struct dm *d)
{
	bool good = false;

	linx_put_open(d->p);
	linx_put_member(d->p, &d->o, "version");
	if (version(d, 0) != MAJOR) {
		linx_put_comment(d->p, "unsupported device mapper ABI version");
		goto end;
	}
	linx_put_member(d->p, &d->o, "data_size");
	if (d->size < HEADER) {
		linx_put_comment(d->p, "data_size too small");
		goto end;
	}
	if (!is(d, BARE))
		linx_put_member(d->p, &d->o, "data_start");
	put_device(d);
	put_counts(d);
	linx_put_member(d->p, &d->o, "flags");
	good = true;
end:
	linx_put_close(d->p);
	return good;
}

/* ---- data behind the header ------------------------------------------------------------------- */

static void put_misplaced(struct dm *d, const char *what)
{
	struct linx_put *p = d->p;

	linx_put_unavailable(p);
	if (!linx_put_comment_begin(p))
		return;
	linx_put_text(p, "misplaced ");
	linx_put_text(p, what);
	linx_put_comment_end(p);
}

/* True if the given number of bytes fits between offset and the end of the data. */
static bool fits(const struct dm *d, uint32_t offset, uint32_t bytes)
{
	uint32_t end = offset + bytes;

	return end > offset && end <= d->size;
}

static void put_rest_string(struct dm *d, const char *name, uint32_t offset)
{
	linx_put_name(d->p, name);
	linx_put_cstringp(d->p, d->o.addr + offset, d->size - offset);
	d->p->plain = false;
}

/*
 * Writes one element of a linked list, and sets *offset to that of the next one. Returns false at the end of
 * the list.
 */
typedef bool (*put_link)(struct dm *d, uint32_t *offset, const struct linx_obj *o);

struct chain {
	const struct linx_ty *ty;
	const char *name;
	uint32_t bytes; /* bytes of an element without its variable part */
	put_link put;
	uint64_t count; /* number of elements; UINT64_MAX: up to the element that is marked as the last */
};

static void put_chain(struct dm *d, const struct chain *c)
{
	struct linx_put *p = d->p;
	uint32_t offset = d->start, end = 0;

	for (uint64_t i = 0; i < c->count; i++) {
		struct linx_obj o = { .ty = c->ty, .addr = d->o.addr + offset, .size = c->bytes };

		linx_put_item(p);
		if ((i && offset <= end) || !fits(d, offset, c->bytes)) {
			put_misplaced(d, c->name);
			return;
		}
		end = offset + c->bytes;
		if (p->brief && i >= p->st->limit) {
			linx_put_text(p, "...");
			return;
		}
		o.data = linx_put_mem(p, o.addr, o.size);
		if (!o.data) {
			linx_put_addr(p, o.addr);
			return;
		}
		linx_put_open(p);
		if (!c->put(d, &offset, &o))
			return;
	}
}

static bool put_target(struct dm *d, uint32_t *offset, const struct linx_obj *o)
{
	uint32_t next = (uint32_t)linx_member_num(d->p, o, "next");

	linx_put_members_of(d->p, o, NAMES("sector_start", "length"));
	if (d->p->late)
		linx_put_member(d->p, o, "status");
	linx_put_member(d->p, o, "target_type");
	put_rest_string(d, "string", *offset + (uint32_t)o->size);
	linx_put_close(d->p);
	*offset = d->p->late ? d->start + next : *offset + next;
	return true;
}

static void put_targets(struct dm *d)
{
	struct chain c = { &linx_ty_dm_target_spec, "struct dm_target_spec", 40, put_target, d->count };

	if (!d->p->brief)
		put_chain(d, &c);
	else if (d->count)
		linx_put_more(d->p);
}

/* Writes the name of a device, and the event number that newer kernels store behind it. */
static void put_event(struct dm *d, const struct linx_obj *o, uint32_t offset, uint32_t next)
{
	uint64_t name = d->o.addr + offset + 12, at;
	size_t n = d->size - offset - 12;
	const uint8_t *s = linx_put_mem_some(d->p, name, &n);
	size_t len = s ? strnlen((const char *)s, n) : n;
	int64_t event;

	if (!s || len == n || version(d, 1) < EVENTS_SINCE)
		return;
	at = (name + len + 1 + 7) & ~7ull;
	if (at + 4 > o->addr + next || !linx_put_mem_int(d->p, at, 4, false, &event))
		return;
	linx_put_name(d->p, "event_nr");
	linx_put_u64(d->p, (uint64_t)event);
}

static bool put_name(struct dm *d, uint32_t *offset, const struct linx_obj *o)
{
	uint32_t next = (uint32_t)linx_member_num(d->p, o, "next");

	linx_put_member(d->p, o, "dev");
	put_rest_string(d, "name", *offset + 12);
	put_event(d, o, *offset, next);
	linx_put_close(d->p);
	*offset += next;
	return next;
}

static bool put_version(struct dm *d, uint32_t *offset, const struct linx_obj *o)
{
	uint32_t next = (uint32_t)linx_member_num(d->p, o, "next");

	put_rest_string(d, "name", *offset + 16);
	linx_put_member(d->p, o, "version");
	linx_put_close(d->p);
	*offset += next;
	return next;
}

static void put_deps(struct dm *d)
{
	struct linx_put *p = d->p;
	int64_t count;

	linx_put_item(p);
	if (!fits(d, d->start, 8)) {
		put_misplaced(d, "struct dm_target_deps");
		return;
	}
	if (!linx_put_mem_int(p, d->o.addr + d->start, 4, false, &count)) {
		linx_put_addr(p, d->o.addr + d->start);
		return;
	}
	if (count > (d->size - d->start - 8) / 8) {
		put_misplaced(d, "struct dm_target_deps");
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "count");
	linx_put_u64(p, (uint64_t)count);
	linx_put_name(p, "deps");
	linx_put_array(p, &linx_ty_dev64, d->o.addr + d->start + 8, (uint64_t)count);
	p->plain = false;
	linx_put_close(p);
}

static void put_message(struct dm *d)
{
	struct linx_put *p = d->p;
	int64_t sector;

	linx_put_item(p);
	if (!fits(d, d->start, 8)) {
		put_misplaced(d, "struct dm_target_msg");
	} else if (!linx_put_mem_int(p, d->o.addr + d->start, 8, false, &sector)) {
		linx_put_addr(p, d->o.addr + d->start);
	} else {
		linx_put_open(p);
		linx_put_name(p, "sector");
		linx_put_u64(p, (uint64_t)sector);
		put_rest_string(d, "message", d->start + 8);
		linx_put_close(p);
	}
}

static void put_string(struct dm *d)
{
	linx_put_item(d->p);
	if (d->start > d->size) {
		put_misplaced(d, "string");
		return;
	}
	linx_put_open(d->p);
	put_rest_string(d, "string", d->start);
	linx_put_close(d->p);
}

/* Writes the data behind the header, which the command takes or returns. */
static void put_payload(struct dm *d)
{
	static const struct chain names = { &linx_ty_dm_name_list, "struct dm_name_list", 12, put_name,
					    UINT64_MAX };
	static const struct chain versions = { &linx_ty_dm_target_versions,
					       "struct dm_target_versions", 16, put_version,
					       UINT64_MAX };
	unsigned int given = BIT(TABLE_LOAD) | BIT(TARGET_MSG) | BIT(DEV_RENAME) | BIT(SET_GEOMETRY);
	unsigned int returned = BIT(DEV_WAIT) | BIT(TABLE_STATUS) | BIT(TABLE_DEPS) |
				BIT(LIST_DEVICES) | BIT(LIST_VERSIONS);
	bool data_out = d->nr == TARGET_MSG && num(d, "flags") & DATA_OUT_FLAG;
	bool string = is(d, BIT(DEV_RENAME) | BIT(SET_GEOMETRY)) || (data_out && d->p->late);

	if (!is(d, d->p->late ? returned : given) && !(data_out && d->p->late))
		return;
	if (is(d, BIT(DEV_WAIT) | BIT(TABLE_STATUS) | BIT(TABLE_LOAD))) {
		put_targets(d);
		return;
	}
	if (!string && d->start == d->size)
		return;
	if (d->p->brief)
		linx_put_more(d->p);
	else if (string)
		put_string(d);
	else if (d->nr == TABLE_DEPS)
		put_deps(d);
	else if (d->nr == TARGET_MSG)
		put_message(d);
	else
		put_chain(d, d->nr == LIST_DEVICES ? &names : &versions);
}

static bool load(struct dm *d, uint64_t arg, bool late)
{
	struct linx_put *p = d->p;

	d->o = (struct linx_obj){ .ty = &linx_ty_dm_ioctl, .addr = arg, .size = HEADER };
	p->late = late;
	d->o.data = linx_put_mem(p, arg, HEADER);
	if (!d->o.data)
		return false;
	d->size = num(d, "data_size");
	d->start = num(d, "data_start");
	d->count = num(d, "target_count");
	return d->size >= 12;
}

static void put_one(struct dm *d)
{
	linx_put_list(d->p);
	linx_put_item(d->p);
	if (put_header(d))
		put_payload(d);
	linx_put_list_end(d->p);
}

void linx_ioctl_dm(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct dm d = { .p = p, .nr = linx_ioc_nr(cmd) };
	bool both;

	if (!load(&d, arg, false)) {
		linx_put_hex(p, arg);
		return;
	}
	both = linx_put_ok(p);
	if (both)
		linx_put_before(p);
	put_one(&d);
	linx_ioctl_known(p);
	if (!both)
		return;
	linx_put_after(p);
	if (load(&d, arg, true))
		put_one(&d);
	else
		linx_put_addr(p, arg);
	p->late = false;
	linx_put_after_end(p);
}
