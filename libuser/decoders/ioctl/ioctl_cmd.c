// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds and writes the names of ioctl commands. */
#include "base/array_size.h"
#include "record/fds.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define MINOR_BITS 20

/* Kinds of the parameter that some commands have in their number. */
enum parameter { NUMBER, SIZE, ABS, EV };

static const struct {
	uint8_t type, dir, first, last;
	uint8_t parameter;
	const char *name;
} families[] = {
	{ 'E', LINX_IOC_R, 0x06, 0x06, SIZE, "EVIOCGNAME" },
	{ 'E', LINX_IOC_R, 0x07, 0x07, SIZE, "EVIOCGPHYS" },
	{ 'E', LINX_IOC_R, 0x08, 0x08, SIZE, "EVIOCGUNIQ" },
	{ 'E', LINX_IOC_R, 0x09, 0x09, SIZE, "EVIOCGPROP" },
	{ 'E', LINX_IOC_R, 0x0a, 0x0a, SIZE, "EVIOCGMTSLOTS" },
	{ 'E', LINX_IOC_R, 0x18, 0x18, SIZE, "EVIOCGKEY" },
	{ 'E', LINX_IOC_R, 0x19, 0x19, SIZE, "EVIOCGLED" },
	{ 'E', LINX_IOC_R, 0x1a, 0x1a, SIZE, "EVIOCGSND" },
	{ 'E', LINX_IOC_R, 0x1b, 0x1b, SIZE, "EVIOCGSW" },
	{ 'E', LINX_IOC_R, 0x20, 0x3f, EV, "EVIOCGBIT" },
	{ 'E', LINX_IOC_R, 0x40, 0x7f, ABS, "EVIOCGABS" },
	{ 'E', LINX_IOC_W, 0xc0, 0xff, ABS, "EVIOCSABS" },
	{ 'H', LINX_IOC_R, 0x04, 0x04, SIZE, "HIDIOCGRAWNAME" },
	{ 'H', LINX_IOC_R, 0x05, 0x05, SIZE, "HIDIOCGRAWPHYS" },
	{ 'H', LINX_IOC_R, 0x06, 0x06, SIZE, "HIDIOCSFEATURE" },
	{ 'H', LINX_IOC_R, 0x08, 0x08, SIZE, "HIDIOCGRAWUNIQ" },
	{ 'H', LINX_IOC_R, 0x12, 0x12, SIZE, "HIDIOCGPHYS" },
	{ 'H', LINX_IOC_WR, 0x06, 0x06, SIZE, "HIDIOCSFEATURE" },
	{ 'H', LINX_IOC_WR, 0x07, 0x07, SIZE, "HIDIOCGFEATURE" },
	{ 'M', LINX_IOC_R, 0x00, 0xff, NUMBER, "MIXER_READ" },
	{ 'M', LINX_IOC_W, 0x00, 0xff, NUMBER, "MIXER_WRITE" },
	{ 'U', LINX_IOC_R, 0x2c, 0x2c, SIZE, "UI_GET_SYSNAME" },
	{ 'j', LINX_IOC_R, 0x13, 0x13, SIZE, "JSIOCGNAME" },
	{ 'k', LINX_IOC_W, 0x00, 0x00, SIZE, "SPI_IOC_MESSAGE" },
};

static void put_named(struct linx_put *p, const struct linx_flagset *set, unsigned int n)
{
	const struct linx_flag *flag = linx_const_find(set, n, UINT32_MAX);

	if (flag) {
		linx_put_text(p, flag->name);
		return;
	}
	linx_put_hex(p, n);
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		return;
	linx_put_text(p, " /* ");
	linx_put_text(p, set->prefix);
	linx_put_text(p, "??? */");
}

static void put_parameter(struct linx_put *p, unsigned int i, uint32_t cmd)
{
	unsigned int nr = linx_ioc_nr(cmd), n = nr - families[i].first;

	linx_put_text(p, families[i].name);
	linx_put_text(p, "(");
	switch (families[i].parameter) {
	case NUMBER:
		linx_put_u64(p, nr);
		break;
	case ABS:
		put_named(p, &linx_set_evdev_abs, n);
		break;
	case EV:
		if (n)
			put_named(p, &linx_set_evdev_event, n);
		else
			linx_put_text(p, "0");
		linx_put_text(p, ", ");
		linx_put_u64(p, linx_ioc_size(cmd));
		break;
	default:
		linx_put_u64(p, linx_ioc_size(cmd));
	}
	linx_put_text(p, ")");
}

static bool put_family(struct linx_put *p, uint32_t cmd)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(families); i++) {
		if (families[i].type != linx_ioc_type(cmd) || families[i].dir != linx_ioc_dir(cmd) ||
		    linx_ioc_nr(cmd) < families[i].first || linx_ioc_nr(cmd) > families[i].last)
			continue;
		put_parameter(p, i, cmd);
		return true;
	}
	return false;
}

/*
 * The names of one command number: one from a row of ioctls.def, and more from a set of commands without a row.
 */
struct names {
	const char *row;
	const struct linx_flagset *set;
	const struct linx_flag *flag;
};

/* Returns the set of commands whose numbers differ on this ABI from x86_64; NULL: none differ. */
static const struct linx_flagset *set_of(unsigned int abi)
{
	if (linx_is_32(abi))
		return &linx_set_ioctl_cmd_i386;
	return abi == LINX_ABI_X32 ? &linx_set_ioctl_cmd_x32 : NULL;
}

/*
 * Finds the names of a command number. If the number is another command on this ABI than on x86_64, only this
 * ABI's names are used.
 */
static struct names find_names(uint32_t cmd, unsigned int abi)
{
	const char *row = linx_ioctl_name(cmd, LINX_ABI_X86_64);
	struct names n = { .set = set_of(abi) };

	if (n.set) {
		n.flag = linx_const_find(n.set, cmd, UINT64_MAX);
		n.row = row ? NULL : linx_ioctl_name(cmd, abi);
	}
	if (!n.row && !n.flag) {
		n.row = row;
		n.set = &linx_set_ioctl_cmd;
		n.flag = linx_const_find(n.set, cmd, UINT64_MAX);
	}
	return n;
}

/* Returns the next name, in alphabetical order; NULL: there are no more. The set is sorted in that order. */
static const char *next_name(struct names *n)
{
	const char *name = n->row;

	if (n->flag && (!name || strcmp(n->flag->name, name) < 0)) {
		name = n->flag->name;
		n->flag = linx_const_next(n->set, n->flag);
	} else {
		n->row = NULL;
	}
	return name;
}

static void put_parts(struct linx_put *p, uint32_t cmd)
{
	static const char *const dirs[] = { "_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
					    "_IOC_READ|_IOC_WRITE" };

	linx_put_text(p, "_IOC(");
	linx_put_text(p, dirs[linx_ioc_dir(cmd)]);
	linx_put_text(p, ", ");
	linx_put_hex(p, linx_ioc_type(cmd));
	linx_put_text(p, ", ");
	linx_put_hex(p, linx_ioc_nr(cmd));
	linx_put_text(p, ", ");
	linx_put_hex(p, linx_ioc_size(cmd));
	linx_put_text(p, ")");
}

/*
 * True if the descriptor is known to be a terminal, by its major device number; see admin-guide/devices.txt of
 * the kernel.
 */
static bool is_terminal(const struct linx_put *p)
{
	static const uint8_t majors[] = { 2, 3, 4, 5, 136, 137, 138, 139, 140, 141, 142, 143, 166, 188, 204, 229 };
	const struct linx_descriptor *d = linx_fds_find(p->ev->fds, linx_reg_int(p, 0), false);
	uint64_t major = d && d->type == LINX_FD_CHAR ? d->rdev >> MINOR_BITS : 0;

	for (size_t i = 0; i < ARRAY_SIZE(majors); i++)
		if (majors[i] == major)
			return true;
	return false;
}

/*
 * Returns the name that terminals use if a number has several names, or else the first name. NULL: the number has only
 * one name.
 */
static const char *of_terminal(struct names n)
{
	const char *first = next_name(&n), *name = next_name(&n);

	if (!name)
		return NULL;
	if (!strncmp(first, "TC", 2) || !strncmp(first, "TIOC", 4))
		return first;
	while (name && strncmp(name, "TC", 2) != 0 && strncmp(name, "TIOC", 4) != 0)
		name = next_name(&n);
	return name ? name : first;
}

static void put_names(struct linx_put *p, uint32_t cmd)
{
	struct names names = find_names(cmd, p->abi);
	const char *terminal = of_terminal(names), *name = next_name(&names);
	bool any = put_family(p, cmd);

	if (!any && !name)
		put_parts(p, cmd);
	if (!any && terminal && is_terminal(p)) {
		linx_put_text(p, terminal);
		return;
	}
	for (; name; name = next_name(&names), any = true) {
		linx_put_text(p, any ? " or " : "");
		linx_put_text(p, name);
	}
}

void linx_put_ioctl_cmd(struct linx_put *p, uint32_t cmd)
{
	if (!linx_put_expression(p, cmd, 'x'))
		return;
	put_names(p, cmd);
	linx_put_expression_end(p);
}

/*
 * Writes the command without its argument, for the list of raced arguments (those whose memory changed during the
 * call).
 */
void linx_arg_ioctl_cmd(struct linx_put *p, unsigned int i)
{
	linx_put_ioctl_cmd(p, (uint32_t)linx_reg(p, i));
}
