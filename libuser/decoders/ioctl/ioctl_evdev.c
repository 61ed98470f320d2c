// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of input devices: commands with a parameter in their number, and bit sets. linux/input.h. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define ABS_COUNT 0x40u
#define EVENT_COUNT 0x20u
#define BASE_ABSINFO 20u /* size of struct input_absinfo without resolution */
#define SHOWN_BITS 4u

/* ---- sets of bits ------------------------------------------------------------------------- */

struct bits {
	const struct linx_flagset *set;
	unsigned int max; /* the highest bit that is decoded, as in strace */
};

static bool bit(const uint8_t *data, unsigned int i)
{
	return data[i / 8] >> (i % 8) & 1;
}

static void put_bit_names(struct linx_put *p, const uint8_t *data, unsigned int n,
			  const struct linx_flagset *set)
{
	unsigned int shown = 0;

	linx_put_text(p, "[");
	for (unsigned int i = 0; i < n; i++) {
		if (!bit(data, i))
			continue;
		if (shown)
			linx_put_text(p, " ");
		if (p->brief && shown == SHOWN_BITS) {
			linx_put_text(p, "...");
			break;
		}
		linx_put_flags(p, set, i, 4);
		shown++;
	}
	linx_put_text(p, "]");
}

static void put_words(struct linx_put *p, const uint8_t *data, size_t size, size_t word)
{
	linx_put_list(p);
	for (size_t i = 0; i < size; i += word) {
		uint64_t n = 0;

		memcpy(&n, data + i, word);
		linx_put_item(p);
		if (p->brief && i / word == p->st->limit) {
			linx_put_text(p, "...");
			break;
		}
		linx_put_hex(p, n);
	}
	linx_put_list_end(p);
}

static void put_bit_list(struct linx_put *p, const uint8_t *data, unsigned int n,
		      const struct linx_flagset *set)
{
	linx_put_list(p);
	for (unsigned int i = 0; i < n; i++) {
		if (!bit(data, i))
			continue;
		linx_put_item(p);
		linx_put_flags(p, set, i, 4);
	}
	linx_put_list_end(p);
}

/* Writes the names of the bits that the call stored. The call's result is the number of bytes. */
static void put_bits(struct linx_put *p, uint64_t arg, struct bits b)
{
	size_t word = linx_is_64(p->abi) ? 8 : 4, size;
	uint64_t bytes = linx_put_ok(p) ? (uint64_t)p->ev->ret : 0;
	unsigned int n = bytes > b.max / 8 ? b.max : (unsigned int)bytes * 8;
	const uint8_t *data;

	size = ((n + 7) / 8 + word - 1) / word * word;
	data = size ? linx_put_mem(p, arg, size) : NULL;
	if (!data) {
		linx_put_addr(p, arg);
		return;
	}
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		put_bit_list(p, data, n, b.set);
		return;
	}
	if (p->st->xlat != LINX_XLAT_RAW)
		put_bit_names(p, data, n, b.set);
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_text(p, " /* ");
	if (p->st->xlat != LINX_XLAT_ABBREV)
		put_words(p, data, size, word);
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_text(p, " */");
}

/* clang-format off */
/* Kinds of events of linux/input-event-codes.h. */
enum {
	EV_SYN = 0x00, EV_KEY = 0x01, EV_REL = 0x02, EV_ABS = 0x03, EV_MSC = 0x04, EV_SW = 0x05,
	EV_LED = 0x11, EV_SND = 0x12, EV_REP = 0x14, EV_FF = 0x15, EV_PWR = 0x16, EV_FF_STATUS = 0x17,
};
/* clang-format on */

/* Sets of bits that a device can have, by type of event; type 0: the types themselves. */
static const struct {
	uint8_t event;
	struct bits bits;
} events[] = {
	{ EV_SYN, { &linx_set_evdev_event, 0x1f } },
	{ EV_KEY, { &linx_set_evdev_key, 0x2ff } },
	{ EV_REL, { &linx_set_evdev_rel, 0x0f } },
	{ EV_ABS, { &linx_set_evdev_abs, 0x3f } },
	{ EV_MSC, { &linx_set_evdev_misc, 0x07 } },
	{ EV_SW, { &linx_set_evdev_switch, 0x11 } },
	{ EV_LED, { &linx_set_evdev_led, 0x0f } },
	{ EV_SND, { &linx_set_evdev_sound, 0x07 } },
	{ EV_REP, { &linx_set_evdev_repeat, 0x01 } },
	{ EV_FF, { &linx_set_evdev_ff_type, 0x7f } },
	{ EV_FF_STATUS, { &linx_set_evdev_ff_status, 0x01 } },
};

/* Sets of bits for the state of keys, LEDs and the like, by number of the command. */
static const struct {
	uint8_t nr;
	struct bits bits;
} states[] = {
	{ 0x09, { &linx_set_evdev_prop, 0x1f } }, { 0x18, { &linx_set_evdev_key, 0x2ff } },
	{ 0x19, { &linx_set_evdev_led, 0x0f } },  { 0x1a, { &linx_set_evdev_sound, 0x07 } },
	{ 0x1b, { &linx_set_evdev_switch, 0x11 } },
};

static void put_event_bits(struct linx_put *p, unsigned int event, uint64_t arg)
{
	if (event == EV_PWR) {
		linx_ioctl_get(p, &linx_ty_int, NULL, arg);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (events[i].event == event) {
			put_bits(p, arg, events[i].bits);
			return;
		}
	}
	linx_put_addr(p, arg);
}

/* ---- other commands ----------------------------------------------------------------------- */

/* Writes a struct input_absinfo, which was shorter once: old programs pass the old size. */
static void put_absinfo(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	unsigned int size = linx_ioc_size(cmd), there = size < 24 ? size : 24;
	struct linx_obj o = { .ty = &linx_ty_input_absinfo, .addr = arg, .size = there };
	bool get = linx_ioc_dir(cmd) == LINX_IOC_R;

	p->late = get;
	if (size >= BASE_ABSINFO && (!get || linx_put_ok(p)))
		o.data = linx_put_mem(p, arg, there);
	if (!o.data) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("value", "minimum"));
	if (p->brief) {
		linx_put_more(p);
	} else {
		linx_put_members_of(p, &o, NAMES("maximum", "fuzz", "flat", "resolution"));
		if (size > BASE_ABSINFO && size != 24)
			linx_put_more(p);
	}
	linx_put_close(p);
}

static void put_mtslots(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	unsigned int n = linx_ioc_size(cmd) / 4;
	int64_t code;

	if (!n || !linx_put_ok(p) || !linx_put_mem_int(p, arg, 4, false, &code)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "code");
	linx_put_flags(p, &linx_set_evdev_mt_abs, (uint64_t)code, 4);
	linx_put_name(p, "values");
	linx_put_array(p, &linx_ty_int, arg + 4, n - 1);
	p->plain = false;
	linx_put_close(p);
}

static void put_name(struct linx_put *p, uint64_t arg)
{
	if (linx_put_ok(p))
		linx_put_bufp(p, arg, (uint64_t)p->ev->ret);
	else
		linx_put_addr(p, arg);
}

static void put_read(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	unsigned int nr = linx_ioc_nr(cmd);

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (states[i].nr == nr) {
			put_bits(p, arg, states[i].bits);
			return;
		}
	}
	if (nr == 0x0a)
		put_mtslots(p, cmd, arg);
	else if (nr >= 0x06 && nr <= 0x08)
		put_name(p, arg);
	else if (nr >= 0x40 && nr < 0x40 + ABS_COUNT)
		put_absinfo(p, cmd, arg);
	else if (nr >= 0x20 && nr < 0x20 + EVENT_COUNT)
		put_event_bits(p, nr - 0x20, arg);
	else
		linx_put_addr(p, arg);
}

void linx_ioctl_evdev(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	if (linx_ioc_dir(cmd) == LINX_IOC_R) {
		linx_ioctl_known(p);
		p->late = true;
		put_read(p, cmd, arg);
	} else if (linx_ioc_nr(cmd) >= 0xc0) {
		put_absinfo(p, cmd, arg);
	} else {
		linx_put_addr(p, arg);
	}
	p->late = false;
}

void linx_put_input_keycode(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_list(p);
	linx_put_item(p);
	linx_put_u64(p, (uint32_t)linx_member_num(p, o, "scancode"));
	linx_put_item(p);
	linx_put_flags(p, &linx_set_evdev_key, (uint64_t)linx_member_num(p, o, "keycode"), 4);
	linx_put_list_end(p);
}

/* Writes a force feedback effect, whose type selects a member of a union. */
void linx_put_ff_effect(struct linx_put *p, const struct linx_obj *o)
{
	static const struct {
		unsigned int type;
		const char *name;
		const struct linx_ty *ty;
	} effects[] = {
		{ 0x50, "rumble", &linx_ty_ff_rumble_effect },
		{ 0x51, "periodic", &linx_ty_ff_periodic_effect },
		{ 0x52, "constant", &linx_ty_ff_constant_effect },
		{ 0x57, "ramp", &linx_ty_ff_ramp_effect },
	};
	unsigned int type = (unsigned int)linx_member_num(p, o, "type");
	uint64_t at = linx_member_addr(p, o, "periodic");

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("type", "id", "direction"));
	if (p->brief)
		linx_put_more(p);
	else
		linx_put_members_of(p, o, NAMES("trigger", "replay"));
	for (size_t i = 0; i < ARRAY_SIZE(effects) && !p->brief; i++) {
		if (effects[i].type != type)
			continue;
		linx_put_name(p, effects[i].name);
		linx_put_typed(p, effects[i].ty, NULL, o->data + (at - o->addr),
			       linx_type_size(effects[i].ty, p->abi), at);
	}
	linx_put_close(p);
}
