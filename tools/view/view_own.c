// SPDX-License-Identifier: LGPL-2.1-or-later
/* The files of view/own/, which the command contains. */
#include "base/array_size.h"
#include "view/view_def.h"

/*
 * The symbols are hidden, and the compiler therefore does not take their address from the global offset table (GOT). On
 * arm64 that address would be wrong: it would be that of the section's beginning.
 */
#define VIEW(name, text)                                      \
	__asm__(".pushsection .rodata\n"                     \
		".local view_own_" #name "_begin\n"          \
		".local view_own_" #name "_end\n"            \
		"view_own_" #name "_begin:\n"                \
		".incbin \"tools/view/own/" #name ".yaml\"\n" \
		"view_own_" #name "_end:\n"                  \
		".popsection\n");                            \
	extern const char view_own_##name##_begin[], view_own_##name##_end[] __attribute__((visibility("hidden")));
#include "view/own.def"
#undef VIEW

bool view_own(unsigned int i, const char **name, const char **text, const char **yaml, size_t *len)
{
#define VIEW(name, text) { #name, text, view_own_##name##_begin, view_own_##name##_end },
	static const struct {
		const char *name, *text, *begin, *end;
	} rows[] = {
#include "view/own.def"
	};
#undef VIEW

	if (i >= ARRAY_SIZE(rows))
		return false;
	*name = rows[i].name;
	*text = rows[i].text;
	*yaml = rows[i].begin;
	*len = (size_t)(rows[i].end - rows[i].begin);
	return true;
}
