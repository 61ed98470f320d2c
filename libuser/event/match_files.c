// SPDX-License-Identifier: LGPL-2.1-or-later
/* Selects calls by the files that they use: paths and descriptors. */
#include <linux/mount.h>
#include <string.h>

#include "base/array_size.h"
#include "record/decode.h"
#include "event/event.h"

static bool is_type(const struct linx_event *ev, unsigned int i, const char *type)
{
	return i < ev->call->row->nargs && !strcmp(ev->call->row->args[i].type, type);
}

/*
 * True for arguments that do not name a file which the call uses: the target of a symbolic link,
 * and the file-system context that fsconfig changes.
 */
static bool is_special(const struct linx_event *ev, unsigned int i)
{
	return !i && (!strncmp(ev->call->row->id, "symlink", 7) ||
		      !strcmp(ev->call->row->id, "fsconfig"));
}

/* True for the argument "value" of fsconfig, if the call's command is one for which this argument is a path. */
static bool is_fsconfig_path(const struct linx_event *ev, unsigned int i)
{
	uint32_t cmd = (uint32_t)ev->args[1];

	return i == 3 && !strcmp(ev->call->row->id, "fsconfig") && (cmd == FSCONFIG_SET_PATH || cmd == FSCONFIG_SET_PATH_EMPTY);
}

static bool names_file(const struct linx_event *ev, unsigned int i)
{
	return is_type(ev, i, "path") || is_fsconfig_path(ev, i);
}

static bool same_path(const struct linx_uses *u, const char *path, size_t len)
{
	for (unsigned int i = 0; i < u->npaths; i++)
		if (strlen(u->paths[i]) == len && !memcmp(u->paths[i], path, len))
			return true;
	return false;
}

static bool same_number(const struct linx_uses *u, int32_t fd)
{
	bool others = u->nfds && u->fds[0] == LINX_OTHER_FDS;

	for (unsigned int i = others; i < u->nfds; i++)
		if (u->fds[i] == fd)
			return !others;
	return others && fd >= 0;
}

static bool uses_argument(const struct linx_event *ev, const struct linx_uses *u, unsigned int i)
{
	const struct linx_value *v = &ev->in[i];

	if (is_special(ev, i))
		return false;
	if (names_file(ev, i))
		return linx_value_whole(v) && same_path(u, v->data, v->size);
	if (i < ev->nargs && (is_type(ev, i, "fd") || is_type(ev, i, "dirfd")))
		return same_number(u, (int32_t)ev->args[i]);
	return false;
}

/* True for calls that use descriptors whose numbers are in memory: poll, select and the like, and old_mmap. */
static bool waits(const struct linx_event *ev)
{
	static const char *const rows[] = { "poll",	"ppoll",	   "ppoll_time64", "select",
					    "pselect6", "pselect6_time64", "old_select", "old_mmap" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(ev->call->row->id, rows[i]))
			return true;
	return false;
}

/* True if the call uses one of the files in u by this descriptor. A descriptor that the call returns does not count. */
static bool uses_descriptor(const struct linx_event *ev, const struct linx_uses *u,
			    const struct linx_descriptor *d)
{
	if (d->fd < 0 || d->field == LINX_FIELD_FD_RESULT || d->flags & LINX_FD_FOREIGN ||
	    (d->field == LINX_FIELD_FD_MEMORY && !waits(ev)) ||
	    is_special(ev, d->field - LINX_FIELD_FD))
		return false;
	return (d->field == LINX_FIELD_FD_MEMORY && same_number(u, d->fd)) ||
	       (d->path_state == LINX_WHOLE && same_path(u, d->path, linx_fd_path_len(d)));
}

bool linx_event_uses(const struct linx_event *ev, const struct linx_uses *what)
{
	if (ev->kind != LINX_EVENT_SYSCALL || !ev->call)
		return false;
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		if (uses_argument(ev, what, i))
			return true;
	for (unsigned int i = 0; i < ev->fds->n; i++)
		if (uses_descriptor(ev, what, &ev->fds->items[i]))
			return true;
	return false;
}
