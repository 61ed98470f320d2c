// SPDX-License-Identifier: LGPL-2.1-or-later
/* Queries of the state of processes for fields: see filter/who.h. */
#include "filter/who.h"

uint64_t linx_who_fds_version(const struct linx_event *ev)
{
	const struct linx_files *files = linx_event_borrow_files(ev);

	return files ? linx_files_get_generation(files) : 0;
}

static void put_part(struct linx_strbuf *o, const char *text, char end)
{
	linx_strbuf_str(o, text ? text : "");
	if (end)
		linx_strbuf_char(o, end);
}

bool linx_who_mounts(const struct linx_event *ev, struct linx_strbuf *o)
{
	const struct linx_container_info *c = linx_event_borrow_container(ev);

	o->len = 0;
	if (!c || c->reason)
		return false;
	linx_strbuf_room(o, 0);
	for (unsigned int i = 0; i < c->nmounts; i++) {
		if (i)
			linx_strbuf_char(o, ' ');
		put_part(o, c->mounts[i].source, ':');
		put_part(o, c->mounts[i].target, ':');
		put_part(o, c->mounts[i].mode, ':');
		put_part(o, c->mounts[i].writable ? "true" : "false", ':');
		put_part(o, c->mounts[i].propagation, '\0');
	}
	return true;
}
