/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows what the whole machine opens, until it is killed. cc reader.c $(pkg-config --cflags --libs linx) */
#include <stdio.h>
#include <linx/linx.h>

int main(void)
{
	struct linx_live_opts how = { .size = sizeof(how) };
	struct linx_print_opts look = { .size = sizeof(look) };
	const struct linx_event *event;
	struct linx_printer *printer = NULL;
	struct linx_error err;
	struct linx *linx;
	const char *text;
	size_t len;

	if (linx_open_live(&how, &linx, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (linx_printer_new(LINX_FORMAT_TEXT, &look, &printer) || linx_select(linx, "open,openat,openat2") || linx_start(linx))
		fprintf(stderr, "%s\n", linx_error_text(linx));
	else
		while (linx_next(linx, &event, -1) == 1)
			if (linx_print(printer, event, &text, &len) == 0)
				fwrite(text, 1, len, stdout);
	linx_printer_free(printer);
	linx_close(linx);
	return 0;
}
