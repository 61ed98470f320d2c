// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "http/head.h"
#include "shared/http_begin.h"

#define NAME_MAX_LEN 17u /* length of "Transfer-Encoding", the longest field name that is interpreted */
/*
 * RFC 9112: the first line of a request ends with " HTTP/1." and a digit; a response begins with "HTTP/1." and a
 * digit.
 */
#define VERSION "HTTP/1."
#define VERSION_LEN (sizeof(VERSION) - 1)

const char *linx_http_text(const struct linx_http_head *h, enum linx_http_text which, size_t *len)
{
	*len = h->text[which].len;
	return h->text[which].there ? h->data + h->text[which].at : NULL;
}

struct linx_http_head *linx_http_head_new(void)
{
	struct linx_http_head *h = malloc(sizeof(*h));

	if (!h)
		return NULL;
	memset(h, 0, offsetof(struct linx_http_head, first));
	h->data = h->first;
	h->room = sizeof(h->first);
	return h;
}

void linx_http_head_free(struct linx_http_head *h)
{
	if (h && h->data != h->first)
		free(h->data);
	free(h);
}

/* Makes room for n more bytes of text. False: no memory. */
static bool make_room(struct linx_http_head *h, size_t n)
{
	size_t room = h->room;
	char *data;

	while (room < h->used + n)
		room *= 2;
	data = realloc(h->data == h->first ? NULL : h->data, room);
	if (!data)
		return false;
	if (h->data == h->first)
		memcpy(data, h->first, h->used);
	h->data = data;
	h->room = (uint16_t)room;
	return true;
}

/* Stores a text of the header. If the header has a field twice, the first text is kept. */
static enum linx_http_line keep(struct linx_http_head *h, enum linx_http_text which, const char *text, size_t len,
				bool cut)
{
	size_t n = len < LINX_HTTP_VALUE_MAX ? len : LINX_HTTP_VALUE_MAX;

	if (h->text[which].there)
		return LINX_HTTP_LINE_GOOD;
	if (n > LINX_HTTP_TEXT_MAX - h->used)
		n = LINX_HTTP_TEXT_MAX - h->used;
	if (h->used + n > h->room && !make_room(h, n))
		return LINX_HTTP_LINE_NOMEM;
	h->text[which].there = true;
	h->text[which].at = h->used;
	h->text[which].len = (uint16_t)n;
	h->text[which].cut = cut || n < len;
	memcpy(h->data + h->used, text, n);
	h->used = (uint16_t)(h->used + n);
	return LINX_HTTP_LINE_GOOD;
}

/* ---- the first line ---------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Parses a status line (RFC 9112, 4): "HTTP/1.1 200 OK"; the reason and the space before it may be missing. */
static enum linx_http_line take_status(struct linx_http_head *h, const char *line, size_t len)
{
	const char *status = line + VERSION_LEN + 2;

	if (len < VERSION_LEN + 5 || !is_digit(line[VERSION_LEN]) || status[-1] != ' ' ||
	    status[0] < '1' || status[0] > '9' || !is_digit(status[1]) || !is_digit(status[2]) ||
	    (len > VERSION_LEN + 5 && status[3] != ' '))
		return LINX_HTTP_LINE_FOREIGN;
	h->response = true;
	h->minor = (uint8_t)(line[VERSION_LEN] - '0');
	h->status = (uint16_t)((status[0] - '0') * 100 + (status[1] - '0') * 10 + status[2] - '0');
	return LINX_HTTP_LINE_GOOD;
}

/* True if the text has a control character or a space, which cannot be in the target of a request. */
static bool has_controls(const char *text, size_t len)
{
	unsigned int low = 0;

	for (size_t i = 0; i < len; i++)
		low |= (unsigned char)text[i] <= ' ' || text[i] == 0x7f;
	return low;
}

static bool is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!linx_http_is_token((unsigned char)text[i]))
			return false;
	return len;
}

/* Parses the first line of a message (RFC 9112, 3): a request such as "GET /path HTTP/1.1", or a status line. */
enum linx_http_line linx_http_head_first(struct linx_http_head *h, const char *line, size_t len)
{
	const char *version, *target;
	enum linx_http_line did;

	if (len >= VERSION_LEN && !memcmp(line, VERSION, VERSION_LEN))
		return take_status(h, line, len);
	if (len < VERSION_LEN + 5)
		return LINX_HTTP_LINE_FOREIGN;
	version = line + len - VERSION_LEN - 2;
	target = memchr(line, ' ', len);
	if (!target || target >= version || version[0] != ' ' || memcmp(version + 1, VERSION, VERSION_LEN) ||
	    !is_digit(line[len - 1]) || !is_token(line, (size_t)(target - line)) ||
	    ++target == version || has_controls(target, (size_t)(version - target)))
		return LINX_HTTP_LINE_FOREIGN;
	h->minor = (uint8_t)(line[len - 1] - '0');
	did = keep(h, LINX_HTTP_METHOD, line, (size_t)(target - line - 1), false);
	return did ? did : keep(h, LINX_HTTP_TARGET, target, (size_t)(version - target), false);
}

/* ---- fields ------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Gets the next element of a comma-separated list (RFC 9110, 5.6.1), without the blanks around it, and skips empty
 * elements. False: there are no more elements.
 */
static bool next_element(const char **text, size_t *left, const char **element, size_t *len)
{
	const char *end;

	while (*left && (is_blank(**text) || **text == ',')) {
		(*text)++;
		(*left)--;
	}
	end = memchr(*text, ',', *left);
	*element = *text;
	*len = end ? (size_t)(end - *text) : *left;
	*text += *len;
	*left -= *len;
	while (*len && is_blank((*element)[*len - 1]))
		(*len)--;
	return *len;
}

/* Parses a number of at most 18 digits. */
static bool parse_length(const char *text, size_t len, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
		*n = *n * 10 + (uint64_t)(text[i] - '0');
	}
	return len && len <= 18;
}

/*
 * Parses Content-Length (RFC 9112, 6.3). The same length may be given several times, in a list or in several lines. If
 * lengths differ, the end of the message is unknown: LINX_HTTP_LINE_LENGTH.
 */
static enum linx_http_line take_length(struct linx_http_head *h, const char *text, size_t len, bool cut)
{
	const char *element;
	bool any = false;
	size_t element_len;
	uint64_t n;

	for (; next_element(&text, &len, &element, &element_len); any = true) {
		if (!parse_length(element, element_len, &n) || (h->has_length && h->length != n))
			return LINX_HTTP_LINE_LENGTH;
		h->has_length = true;
		h->length = n;
	}
	return any && !cut ? LINX_HTTP_LINE_GOOD : LINX_HTTP_LINE_LENGTH;
}

/*
 * Parses Transfer-Encoding (RFC 9112, 6.1): the body is chunked if the last coding, of all lines together, is
 * "chunked".
 */
static enum linx_http_line take_coding(struct linx_http_head *h, const char *text, size_t len, bool cut)
{
	static const char word[] = "chunked";
	const size_t n = sizeof(word) - 1;
	const char *element;
	size_t element_len;

	h->coded = true;
	while (next_element(&text, &len, &element, &element_len))
		h->chunked = element_len >= n && !strncasecmp(element, word, n) &&
			     (element_len == n || is_blank(element[n]) || element[n] == ';');
	h->chunked &= !cut;
	return LINX_HTTP_LINE_GOOD;
}

typedef enum linx_http_line (*field_fn)(struct linx_http_head *h, const char *text, size_t len, bool cut);

/*
 * Fields that are interpreted or stored, by the length of their names. A field with a function stands first among the
 * fields of its length.
 */
#define SAME_LENGTH 2u
static const struct {
	const char *name;
	field_fn take; /* function that interprets the value; NULL: the value is stored as text */
	enum linx_http_text which;
} fields[NAME_MAX_LEN + 1][SAME_LENGTH] = {
	[4] = { { "host", NULL, LINX_HTTP_HOST } },
	[6] = { { "cookie", NULL, LINX_HTTP_COOKIE }, { "server", NULL, LINX_HTTP_SERVER } },
	[7] = { { "referer", NULL, LINX_HTTP_REFERER }, { "upgrade", NULL, LINX_HTTP_UPGRADE } },
	[8] = { { "location", NULL, LINX_HTTP_LOCATION } },
	[10] = { { "user-agent", NULL, LINX_HTTP_USER_AGENT }, { "set-cookie", NULL, LINX_HTTP_SET_COOKIE } },
	[12] = { { "content-type", NULL, LINX_HTTP_CONTENT_TYPE } },
	[13] = { { "authorization", NULL, LINX_HTTP_AUTHORIZATION } },
	[14] = { { "content-length", take_length, 0 } },
	[15] = { { "x-forwarded-for", NULL, LINX_HTTP_FORWARDED_FOR } },
	[17] = { { "transfer-encoding", take_coding, 0 } },
};

static enum linx_http_line take_field(struct linx_http_head *h, unsigned int name_len, unsigned int i, const char *text,
				      const char *end, bool cut)
{
	while (text < end && is_blank(*text))
		text++;
	while (end > text && is_blank(end[-1]))
		end--;
	if (fields[name_len][i].take) {
		h->going_on = (uint8_t)name_len;
		return fields[name_len][i].take(h, text, (size_t)(end - text), cut);
	}
	return keep(h, fields[name_len][i].which, text, (size_t)(end - text), cut);
}

enum linx_http_line linx_http_head_field(struct linx_http_head *h, const char *line, size_t len, bool cut)
{
	const char *colon = memchr(line, ':', len);
	size_t name_len = colon ? (size_t)(colon - line) : 0;

	if (is_blank(line[0])) /* RFC 9112, 5.2: the line continues the field before; stored texts are not continued */
		return h->going_on ? take_field(h, h->going_on, 0, line, line + len, cut) : LINX_HTTP_LINE_GOOD;
	h->going_on = 0;
	if (!name_len)
		return LINX_HTTP_LINE_FOREIGN;
	if (name_len > NAME_MAX_LEN)
		return LINX_HTTP_LINE_GOOD;
	for (unsigned int i = 0; i < SAME_LENGTH && fields[name_len][i].name; i++)
		if (fields[name_len][i].name[0] == (line[0] | 0x20) && !strncasecmp(line, fields[name_len][i].name, name_len))
			return take_field(h, (unsigned int)name_len, i, colon + 1, line + len, cut);
	return LINX_HTTP_LINE_GOOD;
}
