// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text fit to be shown: see plain.h. */
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "plain.h"

/* Quotes and backslashes are ours as often as not, and harm nobody. */
static const char kept[] = "\"\\";

static void put_escaped(struct linx_out *o, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, kept);

		linx_out_text(o, text, n);
		text += n;
		n = strspn(text, kept);
		linx_out_mem(o, text, n);
		text += n;
	}
}

/* Without memory: of each byte that is no printable ASCII, that there was one. */
static void mask(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text >= 0x7f) /* char has a sign, or not */
			*text = '?';
}

size_t plain_text(char *to, size_t size, const char *text)
{
	struct linx_out o = { NULL, 0, 0, false };
	size_t len;

	put_escaped(&o, text);
	len = o.failed ? strlen(text) : o.len;
	if (len > size - 1)
		len = size - 1;
	if (len)
		memcpy(to, o.failed ? text : o.data, len);
	to[len] = '\0';
	if (o.failed)
		mask(to);
	free(o.data);
	return len;
}
