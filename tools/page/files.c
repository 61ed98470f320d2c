// SPDX-License-Identifier: LGPL-2.1-or-later
/* The files of page/own/, which the command contains. */
#include "base/array_size.h"
#include "page/page.h"

/* FILE(name, file, path, type) */
#define FILES(FILE)                                                   \
	FILE(html, "page.html", "/", "text/html; charset=utf-8")      \
	FILE(css, "page.css", "/page.css", "text/css; charset=utf-8") \
	FILE(js, "page.js", "/page.js", "text/javascript; charset=utf-8")

/*
 * The symbols are hidden, and the compiler therefore does not take their address from the global offset table (GOT). On
 * arm64 that address would be wrong: it would be that of the section's beginning.
 */
#define CONTENT(name, file, path, type)                      \
	__asm__(".pushsection .rodata\n"                    \
		".local page_" #name "_begin\n"             \
		".local page_" #name "_end\n"               \
		"page_" #name "_begin:\n"                   \
		".incbin \"tools/page/own/" file "\"\n"     \
		"page_" #name "_end:\n"                     \
		".popsection\n");                           \
	extern const char page_##name##_begin[], page_##name##_end[] __attribute__((visibility("hidden")));
FILES(CONTENT)
#undef CONTENT

bool page_file(unsigned int i, struct page_file *f)
{
#define ROW(name, file, path, type) { path, type, page_##name##_begin, page_##name##_end },
	static const struct {
		const char *path, *type, *begin, *end;
	} rows[] = { FILES(ROW) };
#undef ROW

	if (i >= ARRAY_SIZE(rows))
		return false;
	*f = (struct page_file){ rows[i].path, rows[i].type, rows[i].begin, (size_t)(rows[i].end - rows[i].begin) };
	return true;
}
