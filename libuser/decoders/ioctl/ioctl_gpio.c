// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of GPIO lines: linux/gpio.h. */
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define VALUES 64u

static const char *const just_fd[] = { "fd", NULL };

/* Writes the values of up to 64 lines, no more than the limit for arrays. */
void linx_put_gpio_values(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);

	linx_put_name(p, m->name);
	linx_put_list(p);
	for (unsigned int i = 0; i < VALUES; i++) {
		if (p->brief && i == p->st->limit) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		linx_put_u64(p, o->data[at + i]);
	}
	linx_put_list_end(p);
}

/* Writes a request, and behind it the descriptor that the call returned. */
static void request(struct linx_put *p, const struct linx_ty *ty, uint64_t arg,
		    void (*put)(struct linx_put *p, const struct linx_obj *o))
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	if (linx_ioctl_both(p, ty, arg))
		linx_put_before(p);
	put(p, &o);
	if (!linx_ioctl_after(p, ty, arg, &o))
		return;
	linx_put_after(p);
	p->late = true;
	linx_ioctl_put(p, &o, just_fd);
	p->late = false;
	linx_put_after_end(p);
}

static void put_handle(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t lines = (uint64_t)linx_member_num(p, o, "lines");

	linx_put_open(p);
	linx_put_member(p, o, "lines");
	linx_put_upto(p, o, "lineoffsets", lines);
	linx_put_member(p, o, "flags");
	linx_put_upto(p, o, "default_values", lines);
	linx_put_member(p, o, "consumer_label");
	linx_put_close(p);
}

void linx_ioctl_gpio_handle(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	request(p, &linx_ty_gpiohandle_request, arg, put_handle);
}

/* ---- version 2 of the GPIO interface ------------------------------------------------------ */

enum { ATTR_FLAGS = 1, ATTR_VALUES, ATTR_DEBOUNCE };

/*
 * Writes an attribute without braces. whole: the attribute is a member of a structure; an unknown attribute then gets
 * braces and a name.
 */
static void put_attr(struct linx_put *p, const struct linx_obj *o, bool whole)
{
	uint64_t id = (uint64_t)linx_member_num(p, o, "id");
	uint64_t data = (uint64_t)linx_member_num(p, o, "values");
	bool odd = linx_member_num(p, o, "padding");

	if (!odd && id == ATTR_FLAGS) {
		linx_put_name(p, "flags");
		linx_put_flags(p, &linx_set_gpio_line2_flags, data, 8);
	} else if (!odd && id == ATTR_VALUES) {
		linx_put_member(p, o, "values");
	} else if (!odd && id == ATTR_DEBOUNCE) {
		linx_put_name(p, "debounce_period_us");
		linx_put_u64(p, (uint32_t)data);
	} else {
		if (whole) {
			linx_put_name(p, "attr");
			linx_put_open(p);
		}
		linx_put_member(p, o, "id");
		linx_put_nonzero(p, o, "padding");
		linx_put_name(p, "data");
		linx_put_hex(p, data);
		if (whole)
			linx_put_close(p);
	}
}

void linx_put_gpio_attr(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	put_attr(p, o, false);
	linx_put_close(p);
}

void linx_put_gpio_config_attr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	struct linx_obj attr = { .ty = &linx_ty_gpio_v2_line_attribute, .data = o->data + at,
				 .size = 16, .addr = o->addr + at };

	put_attr(p, &attr, true);
}

void linx_put_gpio_config(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "num_attrs");

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("flags", "num_attrs"));
	linx_put_nonzero(p, o, "padding");
	if (n)
		linx_put_upto(p, o, "attrs", n);
	linx_put_close(p);
}

static void put_line_request(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "num_lines");
	linx_put_upto(p, o, "offsets", (uint64_t)linx_member_num(p, o, "num_lines"));
	linx_put_members_of(p, o, NAMES("consumer", "config"));
	linx_put_nonzero(p, o, "event_buffer_size");
	linx_put_nonzero(p, o, "padding");
	linx_put_close(p);
}

void linx_ioctl_gpio_line_request(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	request(p, &linx_ty_gpio_v2_line_request, arg, put_line_request);
}

void linx_put_gpio_line_info(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "num_attrs");

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("name", "consumer", "flags", "num_attrs"));
	if (n)
		linx_put_upto(p, o, "attrs", n);
	linx_put_nonzero(p, o, "padding");
	linx_put_close(p);
}
