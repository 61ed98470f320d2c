// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds facts about a call that the fields of descriptors need for each event. They are found once, when the table of
 * calls is made.
 */
#include <string.h>

#include "base/array_size.h"
#include "table/table.h"

/* Finds the argument with the flags of an open: linx_table_call.open_flags and open_how. */
static void find_open_flags(struct linx_table_call *call)
{
	static const char prefix[] = "open_";
	const struct linx_table_row *row = call->row;

	call->open_flags = -1;
	for (unsigned int i = 0; i < row->nargs && call->open_flags < 0; i++) {
		const char *type = row->args[i].type;

		if (strncmp(type, prefix, strlen(prefix)) != 0)
			continue;
		type += strlen(prefix);
		call->open_how = !strcmp(type, "how");
		if (call->open_how || (!strcmp(type, "flags") && !strcmp(row->args[i].name, "flags")))
			call->open_flags = (int8_t)i;
	}
}

/* Finds the argument with the path that the call is about: linx_table_call.about_path. */
static void find_about_path(struct linx_table_call *call)
{
	static const char *const about_second[] = { "symlink", "symlinkat", "mount" };
	unsigned int skipped = 0;

	call->about_path = -1;
	for (size_t i = 0; i < ARRAY_SIZE(about_second); i++)
		skipped |= !strcmp(call->name, about_second[i]);
	for (unsigned int i = 0; i < call->row->nargs; i++) {
		if (strcmp(call->row->args[i].type, "path") != 0)
			continue;
		call->about_path = (int8_t)i;
		if (!skipped--)
			return;
	}
}

void linx_table_set_facts(struct linx_table_call *call)
{
	static const struct {
		const char *prefix;
		uint8_t named;
	} prefixes[] = {
		{ "accept", LINX_NAMED_ACCEPT }, { "socket", LINX_NAMED_SOCKET }, { "connect", LINX_NAMED_CONNECT },
		{ "bind", LINX_NAMED_BIND }, { "listen", LINX_NAMED_LISTEN }, { "recvfrom", LINX_NAMED_RECVFROM },
		{ "sendto", LINX_NAMED_SENDTO },
	};
	size_t n = strlen(call->name);

	call->kind = linx_call_kind_find(linx_falco_call_name(call->name, &n));
	call->named = 0;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(call->name, prefixes[i].prefix, strlen(prefixes[i].prefix)))
			call->named |= prefixes[i].named;
	find_open_flags(call);
	if (call->open_flags >= 0 || !strcmp(call->name, "creat"))
		call->named |= LINX_NAMED_OPENS;
	find_about_path(call);
	call->open_path = -1;
	for (unsigned int i = 0; call->named & LINX_NAMED_OPENS && i < call->row->nargs && call->open_path < 0; i++)
		if (strstr(call->row->args[i].name, "name"))
			call->open_path = (int8_t)i;
}
