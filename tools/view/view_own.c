// SPDX-License-Identifier: LGPL-2.1-or-later
/* The files of view/own/, which the command contains. */
#include "base/array_size.h"
#include "view/view_def.h"

/*
 * The symbols are hidden: if the compiler took their address from the global offset table (GOT), on arm64 it would be
 * the begin of the section.
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
