// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of the console: sound, keyboard and fonts. linux/kd.h, linux/keyboard.h. */
#include <errno.h>
#include <stdio.h>

#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

/* drivers/tty/vt: the clock of the speaker, and the ports of a graphics card */
#define TIMER_HZ 1193182u
#define FIRST_PORT 0x3b4u
#define LAST_PORT 0x3dfu
/* sizes from linux/kbd_diacr.h, linux/font.h, and of the string in struct kbsentry of linux/kd.h */
#define MAX_DIACR 256u
#define FONT_NAME 32u
#define KB_STRING 512u
/* Limits of a font. The data have FONT_HEIGHT rows for each character, even if the font is lower. */
#define FONT_CHARS 512u
#define FONT_OLD_CHARS 256u /* characters that the old command GIO_FONT copies */
#define FONT_WIDTH 32u
#define FONT_HEIGHT 32u
/* linux/kd.h: number of characters in a screen map; bytes of a color map, three for each of 16 colors */
#define E_TABSZ 256u
#define CMAP_SIZE (3u * 16)
#define UNI_DIRECT_BASE 0xf000
#define UNI_DIRECT_MASK 0x1ff

/* linux/kd.h: commands that share a decoder with another command */
#define GIO_SCRNMAP 0x4b40u
#define KDGKBENT 0x4b46u
#define KDGKBSENT 0x4b48u
#define KDGKBDIACR 0x4b4au
#define GIO_FONT 0x4b60u
#define GIO_UNIMAP 0x4b66u
#define GIO_UNISCRNMAP 0x4b69u
#define GIO_FONTX 0x4b6bu
#define GIO_CMAP 0x4b70u
#define KDGKBDIACRUC 0x4bfau

/* linux/keyboard.h: types of keys whose value is a character; type and value in an entry of a keyboard map */
enum { KT_LATIN = 0, KT_META = 8, KT_LETTER = 11, KT_DEAD2 = 13 };
#define KTYP(entry) ((entry) >> 8)
#define KVAL(entry) ((entry) & 0xff)

void linx_ioctl_kiocsound(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_put_u64(p, arg);
	if (!arg || !(TIMER_HZ / arg)) {
		linx_put_remark(p, "off");
	} else if (linx_put_remark_begin(p)) {
		linx_put_u64(p, TIMER_HZ / arg);
		linx_put_text(p, " Hz");
		linx_put_comment_end(p);
	}
}

void linx_ioctl_kdmktone(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	uint32_t ticks = (uint32_t)arg >> 16, count = arg & 0xffff;

	(void)cmd;
	linx_put_packed(p, (uint32_t)arg);
	if (ticks) {
		linx_put_u64(p, ticks);
		linx_put_text(p, "<<16|");
	}
	linx_put_u64(p, count);
	linx_put_packed_end(p);
	if (!ticks || !count) {
		linx_put_remark(p, "off");
	} else if (linx_put_remark_begin(p)) {
		linx_put_u64(p, TIMER_HZ / count);
		linx_put_text(p, " Hz, ");
		linx_put_u64(p, ticks);
		linx_put_text(p, " ms");
		linx_put_comment_end(p);
	}
}

void linx_ioctl_kdio(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_put_hex(p, arg);
	if (arg < FIRST_PORT || arg > LAST_PORT || !linx_put_remark_begin(p))
		return;
	linx_put_text(p, "GPFIRST + ");
	linx_put_u64(p, arg - FIRST_PORT);
	linx_put_comment_end(p);
}

void linx_ioctl_kdsigaccept(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	if (arg < INT32_MAX)
		linx_num_signal(p, &linx_ty_signo, (int64_t)arg);
	else
		linx_put_u64(p, arg);
}

/* ---- keyboard --------------------------------------------------------------------------- */

void linx_ioctl_put_char(struct linx_put *p, uint8_t c, const char *named, const char *letters)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(named, c) : NULL;
	char text[8] = { '\'', (char)c, '\'' };

	if (at && *at) {
		text[1] = '\\';
		text[2] = letters[at - named];
		text[3] = '\'';
	} else if (c < ' ' || c > '~') {
		text[1] = '\\';
		text[2] = 'x';
		text[3] = digits[c >> 4];
		text[4] = digits[c & 15];
		text[5] = '\'';
	}
	linx_put_text(p, text);
}

void linx_num_quoted_char(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_u64(p, (uint8_t)n);
	else
		linx_ioctl_put_char(p, (uint8_t)n, "'\\\t\n\v\f\r", "'\\tnvfr");
}

void linx_num_kbd_mode(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_flags_fmt(p, &linx_set_kd_kbd_mode, (uint64_t)n, 4, 'd');
}

void linx_num_kb_table(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	bool table = linx_const_find(&linx_set_kd_key_table, (uint64_t)n, UINT8_MAX);

	(void)ty;
	linx_put_flags(p, table ? &linx_set_kd_key_table : &linx_set_kd_keymap_flags, (uint64_t)n, 1);
}

static bool is_letter(unsigned int type)
{
	return type == KT_LATIN || type == KT_META || type == KT_LETTER || type == KT_DEAD2;
}

static void remark_key(struct linx_put *p, unsigned int value)
{
	const struct linx_flag *key = linx_put_shown(p, &linx_set_kd_key, linx_const_find(&linx_set_kd_key, value, UINT16_MAX));
	const struct linx_flag *type = linx_const_find(&linx_set_kd_key_type, KTYP(value), UINT32_MAX);

	if (key && !is_letter(KTYP(value))) {
		linx_put_remark(p, key->name);
		return;
	}
	if (!linx_put_remark_begin(p))
		return;
	linx_put_text(p, "K(");
	if (type)
		linx_put_text(p, type->name);
	else
		linx_put_hex(p, KTYP(value));
	linx_put_text(p, ", ");
	if (is_letter(KTYP(value)))
		linx_num_quoted_char(p, NULL, KVAL(value));
	else
		linx_put_hex(p, KVAL(value));
	linx_put_text(p, ")");
	linx_put_comment_end(p);
}

void linx_num_kb_value(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_hex(p, (uint16_t)n);
	remark_key(p, (uint16_t)n);
}

/* Writes a member that was not captured, although the structure's beginning was. */
static void put_unread(struct linx_put *p, const char *name)
{
	linx_put_name(p, name);
	linx_put_unavailable(p);
}

/*
 * Finds a structure in captured memory, of which at least the first n bytes must be captured. False: these bytes were
 * not captured.
 */
static bool load_head(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, size_t n,
		      struct linx_obj *o)
{
	*o = (struct linx_obj){ .ty = ty, .addr = addr, .size = linx_type_size(ty, p->abi) };
	o->data = linx_put_mem_some(p, addr, &o->size);
	return o->data && o->size >= n;
}

void linx_ioctl_kbentry(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool get = cmd == KDGKBENT;
	struct linx_obj o;

	if (!load_head(p, &linx_ty_kbentry, arg, 2, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("kb_table", "kb_index"));
	if (get)
		linx_ioctl_known(p);
	p->late = get;
	if (!get || linx_put_ok(p)) {
		if (load_head(p, &linx_ty_kbentry, arg, 4, &o))
			linx_put_member(p, &o, "kb_value");
		else
			put_unread(p, "kb_value");
	}
	p->late = false;
	linx_put_close(p);
}

static void put_kb_string(struct linx_put *p, uint64_t addr)
{
	size_t n = KB_STRING, len;
	const uint8_t *data = linx_put_mem_some(p, addr, &n);

	len = data ? strnlen((const char *)data, n) : 0;
	linx_put_name(p, "kb_string");
	if (!data || (len == n && n < KB_STRING))
		linx_put_unread(p, addr);
	else
		linx_put_string(p, data, len, len == n);
	p->plain = false;
}

void linx_ioctl_kbsentry(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool get = cmd == KDGKBSENT;
	const uint8_t *func = linx_put_mem(p, arg, 1);

	if (!func) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "kb_func");
	linx_put_flags(p, &linx_set_kd_fn_key, *func, 1);
	if (get)
		linx_ioctl_known(p);
	p->late = get;
	if (!get || linx_put_ok(p)) {
		put_kb_string(p, arg + 1);
	}
	p->late = false;
	linx_put_close(p);
}

/* Writes an array and its number of elements; at most MAX_DIACR elements are shown. */
static void put_diacr(struct linx_put *p, uint64_t arg, const struct linx_ty *ty, const char *name)
{
	int64_t count;

	if (!linx_put_mem_int(p, arg, 4, false, &count)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "kb_cnt");
	linx_put_u64(p, (uint64_t)count);
	linx_put_name(p, name);
	linx_put_array_max(p, ty, arg + 4, (uint64_t)count, MAX_DIACR);
	p->plain = false;
	linx_put_close(p);
}

static void diacr(struct linx_put *p, bool get, uint64_t arg, const struct linx_ty *ty,
		  const char *name)
{
	if (get)
		linx_ioctl_known(p);
	p->late = get;
	if (get && !linx_put_ok(p))
		linx_put_addr(p, arg);
	else
		put_diacr(p, arg, ty, name);
	p->late = false;
}

void linx_ioctl_kbdiacr(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	diacr(p, cmd == KDGKBDIACR, arg, &linx_ty_kbdiacr, "kbdiacr");
}

void linx_ioctl_kbdiacruc(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	diacr(p, cmd == KDGKBDIACRUC, arg, &linx_ty_kbdiacruc, "kbdiacruc");
}

void linx_ioctl_keycode(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	int64_t keycode;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_kbkeycode, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "scancode");
	linx_put_member_both(p, &o, "keycode");
	keycode = linx_member_num(p, &o, "keycode");
	if (linx_ioctl_after(p, &linx_ty_kbkeycode, arg, &o) && linx_member_num(p, &o, "keycode") != keycode &&
	    linx_put_change(p))
		linx_put_hex(p, (uint64_t)linx_member_num(p, &o, "keycode"));
	linx_put_close(p);
}

/* ---- character maps and fonts ----------------------------------------------------------- */

void linx_ioctl_kd_bytes(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	static const struct {
		uint16_t get, bytes;
	} tables[] = { { GIO_SCRNMAP, E_TABSZ }, { GIO_FONT, FONT_OLD_CHARS * FONT_HEIGHT }, { GIO_CMAP, CMAP_SIZE } };
	unsigned int i = 0;
	bool get;

	while (i < ARRAY_SIZE(tables) - 1 && (cmd & ~1u) != tables[i].get)
		i++;
	get = cmd == tables[i].get;
	if (get)
		linx_ioctl_known(p);
	p->late = get;
	if (get && !linx_put_ok(p))
		linx_put_addr(p, arg);
	else
		linx_put_hexp(p, arg, tables[i].bytes);
	p->late = false;
}

void linx_num_uni_direct(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	char text[32] = "UNI_DIRECT_BASE+";
	unsigned int low = (unsigned int)n & UNI_DIRECT_MASK;

	(void)ty;
	if ((n & ~UNI_DIRECT_MASK) != UNI_DIRECT_BASE) {
		linx_put_hex(p, (uint64_t)n);
		return;
	}
	snprintf(text, sizeof(text), "UNI_DIRECT_BASE+%#x", low);
	linx_put_symbol(p, n, 'x', text);
}

void linx_ioctl_uniscrnmap(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool get = cmd == GIO_UNISCRNMAP;

	if (get)
		linx_ioctl_known(p);
	p->late = get;
	if (get && !linx_put_ok(p))
		linx_put_addr(p, arg);
	else
		linx_put_array_max(p, &linx_ty_uni_direct, arg, E_TABSZ, E_TABSZ);
	p->late = false;
}

/*
 * Writes a map from characters to glyphs. GIO_UNIMAP stores the number of entries even if it fails with ENOMEM.
 */
void linx_ioctl_unimap(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool get = cmd == GIO_UNIMAP;
	struct linx_obj o, after;
	uint64_t count, entries;

	if (!linx_ioctl_before(p, &linx_ty_unimapdesc, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	count = (uint64_t)linx_member_num(p, &o, "entry_ct");
	linx_put_open(p);
	linx_put_member_both(p, &o, "entry_ct");
	if (get)
		linx_ioctl_known(p);
	after = o;
	if (get && linx_put_ok(p) && !linx_ioctl_after(p, &linx_ty_unimapdesc, arg, &after))
		after = o;
	/* the number is shown even if it did not change */
	if (get && (linx_put_ok(p) || p->ev->ret == -ENOMEM) && linx_put_change(p))
		linx_put_u64(p, (uint64_t)linx_member_num(p, &after, "entry_ct"));
	entries = (uint64_t)linx_member_num(p, &after, "entries");
	linx_put_name(p, "entries");
	p->late = get;
	if (get && !linx_put_ok(p) && p->ev->ret != -ENOMEM)
		linx_put_addr(p, entries);
	else
		linx_put_array(p, &linx_ty_unipair, entries, count);
	p->late = false;
	linx_put_close(p);
}

static void put_fontx(struct linx_put *p, const struct linx_obj *o, bool data)
{
	uint64_t chars = (uint64_t)linx_member_num(p, o, "charcount");

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("charcount", "charheight"));
	if (data) {
		linx_put_name(p, "chardata");
		linx_put_hexp(p, (uint64_t)linx_member_num(p, o, "chardata"),
			      (chars < FONT_CHARS ? chars : FONT_CHARS) * FONT_HEIGHT);
	} else {
		linx_put_member(p, o, "chardata");
	}
	linx_put_close(p);
}

void linx_ioctl_fontx(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool get = cmd == GIO_FONTX;
	struct linx_obj o;

	if (!linx_ioctl_before(p, &linx_ty_consolefontdesc, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	if (get && linx_ioctl_both(p, &linx_ty_consolefontdesc, arg))
		linx_put_before(p);
	put_fontx(p, &o, !get);
	if (!get || !linx_ioctl_after(p, &linx_ty_consolefontdesc, arg, &o))
		return;
	linx_put_after(p);
	p->late = true;
	put_fontx(p, &o, true);
	p->late = false;
	linx_put_after_end(p);
}

/* linux/kd.h: KD_FONT_OP_SET ... */
enum { FONT_SET, FONT_GET, FONT_DEFAULT, FONT_COPY };

/* Writes the name of a font. The last of its bytes is taken as a NUL, whatever it is. */
static void put_font_name(struct linx_put *p, uint64_t addr)
{
	const uint8_t *name = linx_put_mem(p, addr, FONT_NAME);

	if (name && p->st->limit >= FONT_NAME)
		linx_put_cstring(p, name, FONT_NAME);
	else
		linx_put_cstringp(p, addr, FONT_NAME);
}

static void put_font_data(struct linx_put *p, const struct linx_obj *o, unsigned int op)
{
	uint64_t data = (uint64_t)linx_member_num(p, o, "data");
	uint64_t width = (uint64_t)linx_member_num(p, o, "width");
	uint64_t chars = (uint64_t)linx_member_num(p, o, "charcount");

	if (op == FONT_SET || (op == FONT_GET && p->late)) {
		linx_put_name(p, "data");
		linx_put_hexp(p, data, ((width < FONT_WIDTH ? width : FONT_WIDTH) + 7) / 8 * FONT_HEIGHT *
					       (chars < FONT_CHARS ? chars : FONT_CHARS));
	} else if (op == FONT_DEFAULT && !p->late) {
		linx_put_name(p, "data");
		put_font_name(p, data);
	} else if (op != FONT_DEFAULT && op != FONT_COPY) {
		linx_put_member(p, o, "data");
	}
}

void linx_put_console_font_op(struct linx_put *p, const struct linx_obj *o)
{
	unsigned int op = (unsigned int)linx_member_num(p, o, "op");
	bool sized = op != FONT_DEFAULT && op != FONT_COPY;

	linx_put_open(p);
	if (!p->late) {
		linx_put_member(p, o, "op");
		if (sized)
			linx_put_member(p, o, "flags");
	}
	if (op != FONT_COPY)
		linx_put_member(p, o, "width");
	linx_put_member(p, o, "height");
	if (sized)
		linx_put_member(p, o, "charcount");
	put_font_data(p, o, op);
	linx_put_close(p);
}

void linx_ioctl_fontop(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	int64_t op;

	(void)cmd;
	if (linx_put_mem_int(p, arg, 4, false, &op) && (op == FONT_SET || op == FONT_COPY) &&
	    linx_ioctl_before(p, &linx_ty_console_font_op, arg, &o))
		linx_ioctl_put(p, &o, NULL);
	else
		linx_ioctl_turn(p, &linx_ty_console_font_op, arg, NULL, NULL);
}
