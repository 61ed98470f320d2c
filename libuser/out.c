// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers and strings into the printers' buffer, without stdio and without locale. */
#include <stdlib.h>

#include "escape.h"

bool linx_out_grow(struct linx_out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : 4096;
	char *data;

	while (cap - o->len < n)
		cap *= 2;
	data = o->failed ? NULL : realloc(o->data, cap);
	if (!data) {
		o->failed = true;
		return false;
	}
	o->data = data;
	o->cap = cap;
	return true;
}

void linx_out_pad(struct linx_out *o, char c, size_t n)
{
	char *to = linx_out_room(o, n);

	if (!to)
		return;
	memset(to, c, n);
	o->len += n;
}

/* "00" to "99": two digits for one division. */
static const char pairs[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
	"4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
	"888990919293949596979899";

/* The digits of n in front of end; where they begin. */
static char *digits_before(char *end, uint64_t n)
{
	while (n >= 100) {
		end -= 2;
		memcpy(end, pairs + n % 100 * 2, 2);
		n /= 100;
	}
	if (n >= 10) {
		end -= 2;
		memcpy(end, pairs + n * 2, 2);
	} else {
		*--end = (char)('0' + n);
	}
	return end;
}

void linx_out_u64(struct linx_out *o, uint64_t n)
{
	char buf[20], *start;

	if (n < 10) {
		linx_out_char(o, (char)('0' + n));
		return;
	}
	start = digits_before(buf + sizeof(buf), n);
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}

void linx_out_i64(struct linx_out *o, int64_t n)
{
	if (n < 0)
		linx_out_char(o, '-');
	linx_out_u64(o, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void linx_out_digits(struct linx_out *o, uint64_t n, unsigned int width)
{
	char buf[20], *start = digits_before(buf + sizeof(buf), n);

	while (start > buf + sizeof(buf) - width)
		*--start = '0';
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}

void linx_out_hex(struct linx_out *o, uint64_t n)
{
	char buf[18], *start = buf + sizeof(buf);

	if (!n) {
		linx_out_char(o, '0');
		return;
	}
	for (; n; n >>= 4)
		*--start = "0123456789abcdef"[n & 15];
	*--start = 'x';
	*--start = '0';
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}

void linx_out_octal(struct linx_out *o, uint64_t n, unsigned int width)
{
	char buf[24], *start = buf + sizeof(buf);

	for (; n; n >>= 3)
		*--start = (char)('0' + (n & 7));
	while (start > buf + sizeof(buf) - width)
		*--start = '0';
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}

static bool continues(const char *s, size_t i)
{
	return (s[i] & 0xc0) == 0x80;
}

size_t linx_utf8(const char *s, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t lead = (uint8_t)s[0];
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	uint32_t c = lead & (0x7f >> len);

	if (lead < 0xc2 || lead > 0xf4 || n < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (!continues(s, i))
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return len;
}

/* Characters beyond ASCII that change how a terminal shows what stands around them. */
static bool controls(uint32_t code)
{
	return code < 0xa0 || code == 0xad || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0xfeff || (code >= 0xe000 && code <= 0xf8ff) ||
	       (code >= 0xfff0 && code <= 0xfffb) || code >= 0xe0000;
}

/* clang-format off */
static const char letters[128] = {
	['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\',
};
/* clang-format on */

/* The most that a byte becomes: a backslash and three digits. */
#define ESCAPE_MAX 4u

/* As short as what follows allows: a digit would be read as part of the number. */
static char *put_octal(char *to, uint8_t c, bool digit_follows)
{
	*to++ = '\\';
	if (digit_follows || c >= 0100)
		*to++ = (char)('0' + (c >> 6));
	if (digit_follows || c >= 010)
		*to++ = (char)('0' + (c >> 3 & 7));
	*to++ = (char)('0' + (c & 7));
	return to;
}

/* A sequence that a terminal shows as a letter: its length; 0: it is not. */
static size_t letter_of(const char *s, size_t n)
{
	uint32_t code;
	size_t len = linx_utf8(s, n, &code);

	return len && !controls(code) ? len : 0;
}

/* One byte as a letter or a number. */
static size_t put_ascii(char **to, const char *s, size_t n)
{
	uint8_t c = (uint8_t)*s;

	if (c < sizeof(letters) && letters[c]) {
		*(*to)++ = '\\';
		*(*to)++ = letters[c];
	} else {
		*to = put_octal(*to, c, n > 1 && s[1] >= '0' && s[1] <= '7');
	}
	return 1;
}

/* The same, but for letters beyond ASCII. */
static size_t put_utf8(char **to, const char *s, size_t n)
{
	size_t len = (uint8_t)*s >= 0x80 ? letter_of(s, n) : 0;

	if (!len)
		return put_ascii(to, s, n);
	memcpy(*to, s, len);
	*to += len;
	return len;
}

#define EIGHT_NULS "\\0\\0\\0\\0\\0\\0\\0\\0"

static const struct linx_escape ascii = { ESCAPE_MAX, sizeof(EIGHT_NULS) - 1, EIGHT_NULS, put_ascii };
static const struct linx_escape utf8 = { ESCAPE_MAX, sizeof(EIGHT_NULS) - 1, EIGHT_NULS, put_utf8 };

static void write_escaped(struct linx_out *o, const char *s, size_t n, bool letters_too)
{
	linx_out_escaped(o, s, n, letters_too ? &utf8 : &ascii);
}

void linx_out_text(struct linx_out *o, const char *s, size_t n)
{
	write_escaped(o, s, n, true);
}

void linx_out_quote_ascii(struct linx_out *o, const char *s, size_t n)
{
	linx_out_char(o, '"');
	write_escaped(o, s, n, false);
	linx_out_char(o, '"');
}

void linx_out_quote_text(struct linx_out *o, const char *s, size_t n)
{
	linx_out_char(o, '"');
	write_escaped(o, s, n, true);
	linx_out_char(o, '"');
}

static void hex_escape(struct linx_out *o, char c)
{
	char hex[4] = { '\\', 'x', "0123456789abcdef"[(uint8_t)c >> 4], "0123456789abcdef"[c & 15] };

	linx_out_mem(o, hex, sizeof(hex));
}

void linx_out_quote_hex(struct linx_out *o, const char *s, size_t n)
{
	linx_out_char(o, '"');
	for (size_t i = 0; i < n; i++)
		hex_escape(o, s[i]);
	linx_out_char(o, '"');
}

/* A byte that is printed as it is, or by a letter: \n. */
static bool printable(char c)
{
	return (c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r');
}

static void quote_mixed(struct linx_out *o, const char *s, size_t n)
{
	linx_out_char(o, '"');
	for (size_t i = 0; i < n; i++) {
		if (printable(s[i]))
			write_escaped(o, s + i, 1, false);
		else
			hex_escape(o, s[i]);
	}
	linx_out_char(o, '"');
}

void linx_out_quote_x(struct linx_out *o, const char *s, size_t n, unsigned int mode)
{
	size_t i = 0;

	while (i < n && printable(s[i]))
		i++;
	if (mode == 3)
		quote_mixed(o, s, n);
	else if (mode == 2 || i < n)
		linx_out_quote_hex(o, s, n);
	else
		linx_out_quote_ascii(o, s, n);
}

static void octal_escape(struct linx_out *o, uint8_t c, const char *next, bool more)
{
	char buf[ESCAPE_MAX], *end = put_octal(buf, c, more && *next >= '0' && *next <= '7');

	linx_out_mem(o, buf, (size_t)(end - buf));
}

static size_t angle_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] != '<' && s[i] != '>')
		i++;
	return i;
}

static bool all_printable(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && printable(s[i]))
		i++;
	return i == n;
}

void linx_out_angle(struct linx_out *o, const char *s, size_t n, unsigned int mode)
{
	bool hex = mode == 2 || mode == 3 || (mode == 1 && !all_printable(s, n));
	size_t run;

	for (size_t i = 0; i < n; i += run) {
		run = hex ? 0 : angle_run(s + i, n - i);
		if (run) {
			write_escaped(o, s + i, run, mode == LINX_ANGLE_TEXT);
			continue;
		}
		run = 1;
		if (mode == 3 && printable(s[i]) && angle_run(s + i, 1))
			write_escaped(o, s + i, 1, false);
		else if (hex)
			hex_escape(o, s[i]);
		else
			octal_escape(o, (uint8_t)s[i], s + i + 1, i + 1 < n);
	}
}
