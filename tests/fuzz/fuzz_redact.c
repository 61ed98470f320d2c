// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes --redact. The input begins with rules; after the first empty line comes a text, which is tried in each output
 * form. Text that is not blanked must stay unchanged and in order.
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/redact/redact.c"
#include "common/redact/redact_rules.c"

/* Expects that the result, without the marks for blanked text, is a subsequence of the text. */
static void check(const char *from, size_t n, const char *to, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len;) {
		if (len - i >= strlen(REDACT_MARK) && !memcmp(to + i, REDACT_MARK, strlen(REDACT_MARK)) &&
		    (n - at < strlen(REDACT_MARK) || memcmp(from + at, REDACT_MARK, strlen(REDACT_MARK)) != 0)) {
			i += strlen(REDACT_MARK);
			continue;
		}
		while (at < n && from[at] != to[i])
			at++;
		if (at == n)
			abort();
		at++;
		i++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = memmem(data, size, "\n\n", 2);
	size_t rules = text ? (size_t)(text - (const char *)data) : size;
	struct problem why = { "" };
	struct redact *r = redact_read_text("fuzz", (const char *)data, rules, &why);

	if (!r) {
		if (!*why.text || strchr(why.text, '\n'))
			abort();
		return 0;
	}
	/* The match limit ends expressions that would take long. */
	pcre2_set_match_limit(r->limits, 1000);
	for (unsigned int form = LINX_FORM_QUOTED; text && form <= LINX_FORM_PLAIN; form++) {
		size_t n = size - rules - 2, len = n;
		const char *to = redact_apply(r, (enum linx_text_form)form, text + 2, &len);

		if (to)
			check(text + 2, n, to, len);
	}
	redact_free(r);
	return 0;
}
