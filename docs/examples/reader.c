/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows what the whole machine opens, until it is killed. cc reader.c $(pkg-config --cflags --libs linx) */
#include <errno.h>
#include <stdio.h>
#include <linx/linx.h>

int main(void)
{
	const struct linx_event *event;
	struct linx_printer *printer = NULL;
	struct linx_error err;
	struct linx *linx;
	const char *text;
	size_t len;
	int rc;

	if (linx_open_live(NULL, &linx, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (linx_printer_new(LINX_FORMAT_TEXT, NULL, &printer) || linx_select(linx, "open,openat,openat2") || linx_start(linx))
		fprintf(stderr, "%s\n", linx_error_text(linx));
	else
		while ((rc = linx_next(linx, &event, -1)) >= 0 || rc == -EINTR) /* 0: many records, but no event */
			if (rc == 1 && linx_print(printer, event, &text, &len) == 0)
				fwrite(text, 1, len, stdout);
	linx_printer_free(printer);
	linx_close(linx);
	return 0;
}
