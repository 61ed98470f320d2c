// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctl(2): the command determines the argument, by the rows of kmod/tables/ioctls.def. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

/* ---- table of commands ----------------------------------------------------------------- */

#define W LINX_IOC_W
#define R LINX_IOC_R
#define WR LINX_IOC_WR
#define NOARG .what = LINX_IOCTL_NOARG
#define ADDR .what = LINX_IOCTL_ADDR
#define VAL(t) .what = LINX_IOCTL_VAL, .ty = &linx_ty_##t
#define VALF(t, s) VAL(t), .set = &linx_set_##s
#define SET(t) .what = LINX_IOCTL_SET, .ty = &linx_ty_##t
#define SETF(t, s) SET(t), .set = &linx_set_##s
#define GET(t) .what = LINX_IOCTL_GET, .ty = &linx_ty_##t
#define GETF(t, s) GET(t), .set = &linx_set_##s
#define JOIN(t, members, more) \
	.what = LINX_IOCTL_JOIN, .ty = &linx_ty_##t, .in = members, .out = more
#define TURN(t, before, after) \
	.what = LINX_IOCTL_TURN, .ty = &linx_ty_##t, .in = before, .out = after
#define AUX(function) NOARG, .put = function
#define FN(function) .what = LINX_IOCTL_FN, .put = function

#define RAW .what = LINX_IOCTL_RAW

/* The rows of kmod/tables/ioctls.def; their column capture is only for the kernel. */
#define OLD(n, number, what, capture) { .name = #n, .code = number, what },
#define IOCN(n, letter, nr, d, size, what, capture) \
	{ .name = #n, .code = (letter) << 8 | (nr), .dir = d, .bytes = size, what },
#define IOC(n, letter, nr, d, t, what, capture) \
	{ .name = #n, .code = (letter) << 8 | (nr), .dir = d, .size_ty = &linx_ty_##t, what },
#define IOCX(n, letter, nr, d, size, t, what, capture) \
	{ .name = #n, .code = (letter) << 8 | (nr), .dir = d, .least = size, .size_ty = &linx_ty_##t, what },
static const struct linx_ioctl commands[] = {
#include "tables/ioctls.def"
};

static unsigned int size_of(const struct linx_ioctl *c, unsigned int abi)
{
	return c->size_ty ? (unsigned int)linx_type_size(c->size_ty, abi) : c->bytes;
}

uint32_t linx_ioctl_number(const struct linx_ioctl *c, unsigned int abi)
{
	return (uint32_t)c->dir << 30 | (uint32_t)size_of(c, abi) << 16 | c->code;
}

const struct linx_ioctl *linx_ioctl_nth(unsigned int n)
{
	return n < ARRAY_SIZE(commands) ? &commands[n] : NULL;
}

static bool is_command(const struct linx_ioctl *c, uint32_t cmd, unsigned int abi)
{
	if (c->least)
		return linx_ioc_dir(cmd) == c->dir && linx_ioc_size(cmd) >= c->least;
	return linx_ioctl_number(c, abi) == cmd;
}

/* Returns the index of the first row whose code is not lower. */
static unsigned int lower_bound(unsigned int code)
{
	unsigned int low = 0, high = ARRAY_SIZE(commands);

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (commands[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct linx_ioctl *linx_ioctl_find(uint32_t cmd, unsigned int abi)
{
	for (unsigned int i = lower_bound(cmd & 0xffff); i < ARRAY_SIZE(commands); i++) {
		if (commands[i].code != (cmd & 0xffff))
			break;
		if (commands[i].what != LINX_IOCTL_RAW && is_command(&commands[i], cmd, abi))
			return &commands[i];
	}
	return NULL;
}

const char *linx_ioctl_name(uint32_t cmd, unsigned int abi)
{
	for (unsigned int i = lower_bound(cmd & 0xffff); i < ARRAY_SIZE(commands); i++) {
		if (commands[i].code != (cmd & 0xffff))
			break;
		if (linx_ioctl_number(&commands[i], abi) == cmd)
			return commands[i].name;
	}
	return NULL;
}

/* True if a row for a command with the same letter (ioctl type) exists. */
static bool letter_known(uint32_t cmd)
{
	for (unsigned int i = lower_bound(cmd & 0xff00); i < ARRAY_SIZE(commands); i++) {
		if (commands[i].code >> 8 != linx_ioc_type(cmd))
			break;
		if (commands[i].what != LINX_IOCTL_RAW)
			return true;
	}
	return false;
}

/* ---- structures before and after the call ----------------------------------------------- */

void linx_ioctl_known(struct linx_put *p)
{
	linx_put_known_to(p, p->o->len);
}

static bool load(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, struct linx_obj *o,
		 bool late)
{
	p->late = late;
	o->ty = ty;
	o->addr = addr;
	o->size = linx_type_size(ty, p->abi);
	o->data = linx_put_mem(p, addr, o->size);
	p->late = false;
	return o->data;
}

bool linx_ioctl_before(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		       struct linx_obj *o)
{
	return load(p, ty, addr, o, false);
}

bool linx_ioctl_after(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		      struct linx_obj *o)
{
	linx_ioctl_known(p);
	return linx_put_ok(p) && load(p, ty, addr, o, true);
}

bool linx_ioctl_both(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	struct linx_obj o;

	return linx_put_ok(p) && load(p, ty, addr, &o, true);
}

void linx_ioctl_put(struct linx_put *p, const struct linx_obj *o, const char *const *names)
{
	if (!names) {
		linx_put_typed(p, o->ty, NULL, o->data, o->size, o->addr);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, o, names);
	linx_put_close(p);
}

/* Writes the memory that the argument points to: a structure, or a number in brackets. */
static void put_target(struct linx_put *p, const struct linx_obj *o, const struct linx_flagset *set)
{
	bool number = o->ty->kind == LINX_TY_NUM;

	if (number)
		linx_put_text(p, "[");
	linx_put_typed(p, o->ty, set, o->data, o->size, o->addr);
	if (number)
		linx_put_text(p, "]");
}

void linx_ioctl_set(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr)
{
	struct linx_obj o;

	if (linx_ioctl_before(p, ty, addr, &o))
		put_target(p, &o, set);
	else
		linx_put_addr(p, addr);
}

void linx_ioctl_get(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    uint64_t addr)
{
	struct linx_obj o;

	if (!linx_ioctl_after(p, ty, addr, &o)) {
		linx_put_addr(p, addr);
		return;
	}
	p->late = true;
	put_target(p, &o, set);
	p->late = false;
}

void linx_ioctl_turn(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out)
{
	struct linx_obj before, after;
	bool both;

	if (!linx_ioctl_before(p, ty, addr, &before)) {
		linx_put_addr(p, addr);
		return;
	}
	both = linx_put_ok(p) && load(p, ty, addr, &after, true);
	if (both)
		linx_put_before(p);
	linx_ioctl_put(p, &before, in);
	linx_ioctl_known(p);
	if (!both)
		return;
	linx_put_after(p);
	p->late = true;
	linx_ioctl_put(p, &after, out);
	p->late = false;
	linx_put_after_end(p);
}

void linx_ioctl_join(struct linx_put *p, const struct linx_ty *ty, uint64_t addr,
		     const char *const *in, const char *const *out)
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, ty, addr, &o)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, in);
	if (linx_ioctl_after(p, ty, addr, &o)) {
		p->late = true;
		linx_put_members_of(p, &o, out);
		p->late = false;
	}
	linx_put_close(p);
}

/* ---- argument of one command ------------------------------------------------------------ */

static void put_number(struct linx_put *p, const struct linx_ioctl *c)
{
	linx_put_num(p, c->ty, c->set, linx_reg_as(p, 2, c->ty));
}

/*
 * Writes the bytes that the argument of an unknown command points to; the command's number gives their size.
 * strace shows them with -v, if it knows no other command with the same letter.
 */
static void put_bytes(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	unsigned int dir = linx_ioc_dir(cmd), size = linx_ioc_size(cmd);

	if (!dir)
		dir = LINX_IOC_WR; /* a size without a direction: the bytes may be read and written */
	if (p->brief || (!linx_put_wants(p, LINX_WANT_FULL) && letter_known(cmd)) || !size || (dir == LINX_IOC_R && !linx_put_ok(p)) || !linx_put_mem(p, arg, 1)) {
		linx_put_hex(p, arg);
		return;
	}
	if (dir == LINX_IOC_WR)
		linx_put_before(p);
	p->late = dir == LINX_IOC_R;
	linx_put_hexp(p, arg, size);
	linx_ioctl_known(p);
	if (dir == LINX_IOC_WR) {
		linx_put_after(p);
		p->late = linx_put_ok(p);
		linx_put_hexp(p, arg, size);
		linx_put_after_end(p);
	}
	p->late = false;
}

static void put_arg(struct linx_put *p, const struct linx_ioctl *c, uint32_t cmd)
{
	uint64_t arg = (uint64_t)linx_reg_as(p, 2, &linx_ty_addr);

	switch (c ? c->what : LINX_IOCTL_RAW) {
	case LINX_IOCTL_ADDR:
		linx_put_addr(p, arg);
		break;
	case LINX_IOCTL_VAL:
		put_number(p, c);
		break;
	case LINX_IOCTL_SET:
		linx_ioctl_set(p, c->ty, c->set, arg);
		break;
	case LINX_IOCTL_GET:
		linx_ioctl_get(p, c->ty, c->set, arg);
		break;
	case LINX_IOCTL_JOIN:
		linx_ioctl_join(p, c->ty, arg, c->in, c->out);
		break;
	case LINX_IOCTL_TURN:
		linx_ioctl_turn(p, c->ty, arg, c->in, c->out);
		break;
	case LINX_IOCTL_FN:
		c->put(p, cmd, arg);
		break;
	default:
		put_bytes(p, cmd, arg);
	}
}

/*
 * True for a command of IDE drives in a 32-bit program. These commands have never worked there, and their
 * numbers have another meaning.
 */
static bool of_32bit_ide(const struct linx_put *p, const struct linx_ioctl *c)
{
	return !linx_is_64(p->abi) && c->code >> 8 == 3 && c->ty != &linx_ty_hd_geometry &&
	       c->put != linx_ioctl_hdio_drive_cmd;
}

static bool is_evdev(uint32_t cmd)
{
	unsigned int dir = linx_ioc_dir(cmd);

	return linx_ioc_type(cmd) == 'E' && (dir == LINX_IOC_R || dir == LINX_IOC_W);
}

void linx_call_ioctl(struct linx_put *p)
{
	uint32_t cmd = (uint32_t)linx_reg(p, 1);
	const struct linx_ioctl *c = linx_ioctl_find(cmd, p->abi);

	if (c && of_32bit_ide(p, c))
		c = NULL;
	linx_put_arg(p, 0);
	if (linx_put_argname(p, 1))
		linx_put_ioctl_cmd(p, cmd);
	p->plain = false;
	if (c && c->what == LINX_IOCTL_NOARG) {
		linx_put_hidden(p, 2);
		if (c->put)
			c->put(p, cmd, 0);
		return;
	}
	if (c ? c->what == LINX_IOCTL_GET : linx_ioc_dir(cmd) == LINX_IOC_R)
		linx_ioctl_known(p);
	if (linx_put_argname(p, 2)) {
		if (!c && is_evdev(cmd))
			linx_ioctl_evdev(p, cmd, (uint64_t)linx_reg_as(p, 2, &linx_ty_addr));
		else
			put_arg(p, c, cmd);
	}
	p->plain = false;
	p->late = false;
}

/* Writes the argument of an unknown command as an address. */
void linx_arg_ioctl(struct linx_put *p, unsigned int i)
{
	linx_put_addr(p, (uint64_t)linx_reg_as(p, i, &linx_ty_addr));
}
