// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the arguments of an event mean, where one depends on another. */
#include <string.h>

#include "value.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define O_CREAT_BIT 0100u
#define O_TMPFILE_BIT 020000000u
#define CLONE_PARENT_SETTID_BIT 0x100000u
#define SO_BINDTODEVICE_NAME 25

struct choice {
	int key;
	const char *set;
};

/* clang-format off */
static const struct choice options_by_level[] = {
	{ 0, "ip_option" },            { 1, "so_option" },            { 6, "tcp_option" },
	{ 17, "udp_option" },          { 41, "ipv6_option" },         { 101, "can_raw_option" },
	{ 132, "sctp_option" },        { 255, "icmp_filter_option" }, { 263, "packet_option" },
	{ 270, "netlink_option" },     { 282, "tls_option" },         { 287, "vsock_option" },
	{ 40, "vsock_option" },
};
/* clang-format on */

static const struct choice protocols_by_family[] = {
	{ 2, "inet_protocol" },
	{ 10, "inet_protocol" },
	{ 16, "netlink_protocol" },
	{ 31, "bluetooth_protocol" },
};

static const struct linx_arg *arg_of(const struct linx_event *ev, unsigned int i)
{
	return &ev->call->row->args[i];
}

int64_t linx_arg_int(const struct linx_event *ev, unsigned int i, enum linx_width width)
{
	return i < ev->nargs ? linx_type_cut(width, ev->abi, ev->args[i]) : 0;
}

/* A constant of a set that another argument chooses; without one it stays a number. */
static struct linx_meaning chosen(const struct choice *choices, size_t n, int64_t key)
{
	struct linx_meaning m = linx_meaning_of(LINX_TYPE_NUMBER, LINX_WIDTH_S32);

	for (size_t i = 0; i < n && !m.set; i++)
		if (choices[i].key == key)
			m.set = linx_flagset_find(choices[i].set);
	if (m.set) {
		m.type = LINX_TYPE_FLAGS;
		m.width = LINX_WIDTH_U32;
	}
	return m;
}

/* The mode of open() is looked at only if a file may be made. */
static bool mode_unused(const struct linx_event *ev, unsigned int i)
{
	if (!i || i > ev->nargs || strcmp(arg_of(ev, i - 1)->type, "open_flags") != 0)
		return false;
	return !(ev->args[i - 1] & (O_CREAT_BIT | O_TMPFILE_BIT));
}

/* clang-format off */
/* Bits of the arguments that each futex operation takes, by number. */
static const uint8_t futex_args[] = {
	[0] = 0x0f, /* WAIT */             [1] = 0x07, /* WAKE */             [2] = 0x07, /* FD */
	[3] = 0x1f, /* REQUEUE */          [4] = 0x3f, /* CMP_REQUEUE */      [5] = 0x3f, /* WAKE_OP */
	[6] = 0x0b, /* LOCK_PI */          [7] = 0x03, /* UNLOCK_PI */        [8] = 0x03, /* TRYLOCK_PI */
	[9] = 0x2f, /* WAIT_BITSET */      [10] = 0x27, /* WAKE_BITSET */     [11] = 0x1f, /* WAIT_REQUEUE_PI */
	[12] = 0x3f, /* CMP_REQUEUE_PI */  [13] = 0x0b, /* LOCK_PI2 */
};
/* clang-format on */

/* Arguments that the kernel looks at in this very call, as bits. */
static unsigned int used_args(const struct linx_event *ev)
{
	uint64_t op;

	switch (ev->call->row->special) {
	case LINX_SPECIAL_FUTEX:
		op = ev->args[1] & 0x7f;
		return op < COUNT(futex_args) ? futex_args[op] : ~0u;
	case LINX_SPECIAL_MREMAP: /* MREMAP_FIXED, MREMAP_DONTUNMAP */
		return ev->args[3] & 6 ? ~0u : 0x0f;
	case LINX_SPECIAL_PRCTL:
		return linx_prctl_used(ev);
	case LINX_SPECIAL_MKNOD: /* only devices have a number */
		op = ev->args[ev->call->row->nargs - 2] & 0170000;
		return op == 020000 || op == 060000 ? ~0u : (1u << (ev->call->row->nargs - 1)) - 1;
	default:
		return ~0u;
	}
}

/* What the table's type cannot tell, since it depends on the call or on another argument. */
static struct linx_meaning special_meaning(const struct linx_event *ev, unsigned int i,
					   struct linx_meaning m)
{
	uint64_t op = ev->args[1] & 0x7f;

	switch (ev->call->row->special) {
	case LINX_SPECIAL_FUTEX: /* WAIT_BITSET, WAKE_BITSET */
		if (i == 5 && (op == 9 || op == 10))
			m.type = LINX_TYPE_FUTEX_BITSET;
		break;
	case LINX_SPECIAL_MMAP2:
		if (i == 5)
			m.type = LINX_TYPE_PAGES;
		break;
	case LINX_SPECIAL_RSEQ:
		if (i == 1)
			m.type = LINX_TYPE_HEX;
		break;
	case LINX_SPECIAL_PERSONALITY:
		if ((uint32_t)ev->args[0] == UINT32_MAX)
			m = linx_meaning_of(LINX_TYPE_HEX, LINX_WIDTH_U32);
		break;
	default:
		break;
	}
	m.hidden = !(used_args(ev) & 1u << i);
	return m;
}

/* The optname goes by the argument before it, the protocol by the family, fcntl's arg by its cmd. */
struct linx_meaning linx_arg_meaning(const struct linx_event *ev, unsigned int i)
{
	const struct linx_arg *arg = arg_of(ev, i);
	struct linx_meaning m = { .type = arg->type_id, .width = arg->width, .set = arg->flagset };

	if (ev->call->row->special)
		m = special_meaning(ev, i, m);
	if (m.hidden)
		return m;
	switch (m.type) {
	case LINX_TYPE_SOCK_OPTNAME:
		return chosen(options_by_level, COUNT(options_by_level),
			      linx_arg_int(ev, 1, LINX_WIDTH_S32));
	case LINX_TYPE_SOCK_PROTOCOL:
		return chosen(protocols_by_family, COUNT(protocols_by_family),
			      linx_arg_int(ev, 0, LINX_WIDTH_S32));
	case LINX_TYPE_FCNTL_ARG:
		return linx_fcntl_meaning(linx_arg_int(ev, 1, LINX_WIDTH_S32));
	case LINX_TYPE_PRCTL_ARG:
		return linx_prctl_meaning(ev, i);
	case LINX_TYPE_SOCKOPT:
		/* Nearly all options are an int; this one is a name. */
		if (linx_arg_int(ev, 1, LINX_WIDTH_S32) == 1 &&
		    linx_arg_int(ev, 2, LINX_WIDTH_S32) == SO_BINDTODEVICE_NAME)
			m.type = LINX_TYPE_STR;
		return m;
	case LINX_TYPE_OCTAL:
		m.hidden = mode_unused(ev, i);
		return m;
	case LINX_TYPE_OFF_HI:
		m.hidden = true; /* part of the low half */
		return m;
	default:
		return m;
	}
}

static bool is_type(const struct linx_event *ev, unsigned int i, enum linx_type type)
{
	return i < ev->call->row->nargs && i < ev->nargs && arg_of(ev, i)->type_id == type;
}

int64_t linx_arg_offset(const struct linx_event *ev, unsigned int i)
{
	uint64_t low = ev->args[i];

	if (ev->abi != LINX_ABI_I386)
		return (int64_t)low;
	if (is_type(ev, i + 1, LINX_TYPE_OFF_HI))
		return (int64_t)(ev->args[i + 1] << 32 | (uint32_t)low);
	if (i && is_type(ev, i - 1, LINX_TYPE_OFF_HI))
		return (int64_t)(ev->args[i - 1] << 32 | (uint32_t)low);
	return (int64_t)(uint32_t)low;
}

unsigned int linx_event_errno(const struct linx_event *ev)
{
	return ev->has_ret && ev->ret < 0 && ev->ret >= -4095 ? (unsigned int)-ev->ret : 0;
}

bool linx_errno_restarts(unsigned int err)
{
	return err >= 512 && err <= 516 && err != 515;
}

/* Did the call store something there? What a failed call left is no result. */
static bool stored(const struct linx_event *ev, unsigned int i)
{
	if (!ev->has_ret || linx_event_errno(ev))
		return false;
	if (arg_of(ev, i)->type_id == LINX_TYPE_WSTATUS)
		return ev->ret > 0;
	if (ev->call->row->class_mask & LINX_CLASS_FORK)
		return ev->ret > 0 && ev->args[0] & CLONE_PARENT_SETTID_BIT;
	return true;
}

const struct linx_value *linx_arg_target(const struct linx_event *ev, unsigned int i)
{
	unsigned int dir = arg_of(ev, i)->dir;

	if (dir & LINX_DIR_OUT && ev->out[i].state && stored(ev, i))
		return &ev->out[i];
	/* A call that failed left what it had found. */
	if (dir == LINX_DIR_INOUT && !ev->in[i].state && ev->out[i].state && linx_event_errno(ev))
		return &ev->out[i];
	return dir != LINX_DIR_OUT && ev->in[i].state ? &ev->in[i] : NULL;
}

const struct linx_value *linx_arg_before(const struct linx_event *ev, unsigned int i)
{
	return arg_of(ev, i)->dir == LINX_DIR_INOUT && ev->in[i].state ? &ev->in[i] : NULL;
}

bool linx_arg_empty(const struct linx_event *ev, unsigned int i)
{
	return ev->has_ret && ev->ret == 0 && !strcmp(arg_of(ev, i)->capture, "OUT_BUF") &&
	       (!ev->out[i].state || ev->out[i].state == LINX_ABSENT);
}

bool linx_arg_gone(const struct linx_event *ev, unsigned int i)
{
	return ev->args_gone && !ev->in[i].state && !ev->out[i].state;
}

uint32_t linx_value_text_size(const struct linx_value *v, enum linx_type type)
{
	bool nul = v->kind == LINX_VAL_BYTES && v->size &&
		   ((const char *)v->data)[v->size - 1] == '\0';

	return type == LINX_TYPE_PATH && nul ? v->size - 1 : v->size;
}
