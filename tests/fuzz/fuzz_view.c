// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes files of views: a text is either accepted, and then makes tables in each form, or refused with an error of
 * one line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/view/view_def.c"
#include "tools/view/view_words.c"
#include "tools/view/view_read.c"
#include "tools/view/view_own.c"
#include "tools/view/sheet.c"
#include "tools/view/cell_text.c"
#include "tools/view/sheet_text.c"
#undef BOLD
#undef NORMAL
#include "tools/view/sheet_histogram.c"
#include "common/base/json_u64.c"
#include "common/base/message.c"
#include "common/base/parse_value.c"
#include "common/base/sanitize.c"
#include "common/base/suggest.c"

static void check_line(const char *text)
{
	if (!*text)
		abort();
	for (; *text; text++)
		if ((unsigned char)*text < ' ' && *text != '\t')
			abort();
}

/* Prints the table of a view that has counted nothing. */
static void print(const struct view_def *v)
{
	struct problem why = { "" };
	struct linx_aggregate *a = view_def_aggregate(v, &why);
	const struct sheet s = { .view = v, .a = a, .width = 80 };
	char *text = NULL;
	size_t len;
	FILE *f;

	if (!a) {
		check_line(why.text);
		return;
	}
	f = open_memstream(&text, &len);
	if (!f || sheet_print_text(&s, f))
		abort();
	fclose(f);
	free(text);
	linx_aggregate_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem why = { "" };
	struct view_def v;

	view_def_init(&v);
	if (view_def_read(&v, "view.yaml", (const char *)data, size, &why))
		check_line(why.text);
	else
		print(&v);
	view_def_free(&v);
	return 0;
}
