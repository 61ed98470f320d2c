// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of terminals: flags that contain numbers, and control characters. asm-generic/termbits.h. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define BAUD 0x100fu
#define INPUT_BAUD 0x100f0000u
#define CHAR_SIZE 0x30u

/*
 * Writes the flags in n as strace does: nothing if no flag is set, and flags without a name as a number without a
 * comment.
 */
static void put_rest(struct linx_put *p, const struct linx_flagset *set, uint64_t n)
{
	linx_put_flags_bare(p, set, (uint32_t)n, 4);
}

void linx_num_term_iflag(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_rest(p, &linx_set_term_iflags, (uint64_t)n);
}

void linx_num_term_lflag(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_rest(p, &linx_set_term_lflags, (uint64_t)n);
}

void linx_num_term_oflag(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	static const struct {
		const struct linx_flagset *set;
		uint32_t mask;
	} delays[] = {
		{ &linx_set_term_nldly, 0x100 },   { &linx_set_term_crdly, 0x600 },
		{ &linx_set_term_tabdly, 0x1800 }, { &linx_set_term_bsdly, 0x2000 },
		{ &linx_set_term_vtdly, 0x4000 },  { &linx_set_term_ffdly, 0x8000 },
	};
	uint64_t rest = (uint64_t)n;

	(void)ty;
	linx_put_packed(p, n);
	for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
		linx_put_flags(p, delays[i].set, rest & delays[i].mask, 4);
		linx_put_text(p, "|");
		rest &= ~(uint64_t)delays[i].mask;
	}
	put_rest(p, &linx_set_term_oflags, rest);
	linx_put_packed_end(p);
}

void linx_num_term_cflag(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t flags = (uint64_t)n;

	(void)ty;
	linx_put_packed(p, n);
	linx_put_flags(p, &linx_set_term_baud, flags & BAUD, 4);
	linx_put_text(p, "|");
	if (flags & INPUT_BAUD) {
		linx_put_flags(p, &linx_set_term_baud, (flags & INPUT_BAUD) >> 16, 4);
		linx_put_text(p, "<<");
		linx_put_symbol(p, 16, 'x', "IBSHIFT");
		linx_put_text(p, "|");
	}
	linx_put_flags(p, &linx_set_term_csize, flags & CHAR_SIZE, 4);
	linx_put_text(p, "|");
	put_rest(p, &linx_set_term_cflags, flags & ~(uint64_t)(BAUD | INPUT_BAUD | CHAR_SIZE));
	linx_put_packed_end(p);
}

static void put_cc(struct linx_put *p, const uint8_t *cc, unsigned int n)
{
	linx_put_name(p, "c_cc");
	linx_put_list(p);
	for (unsigned int i = 0; i < n; i++) {
		const struct linx_flag *flag = linx_const_find(&linx_set_term_cc, i, UINT32_MAX);

		linx_put_item(p);
		if (!linx_put_wants(p, LINX_WANT_DATA)) {
			linx_put_text(p, "[");
			if (flag)
				linx_put_text(p, flag->name);
			else
				linx_put_u64(p, i);
			linx_put_text(p, "]=");
		}
		linx_put_hex(p, cc[i]);
	}
	linx_put_list_end(p);
}

void linx_put_termio_cc(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_cc(p, o->data + at, 8);
}

void linx_put_termios_cc(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_cc(p, o->data + at, 19);
}

void linx_ioctl_tiocsti(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_put_bufp(p, arg, 1);
}
