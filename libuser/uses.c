// SPDX-License-Identifier: LGPL-2.1-or-later
/* Does a call have to do with one of these files? */
#include <string.h>

#include "decode.h"

static bool is_type(const struct linx_event *ev, unsigned int i, const char *type)
{
	return i < ev->call->row->nargs && !strcmp(ev->call->row->args[i].type, type);
}

/* What a symbolic link says is no file that the call touches. */
static bool names_file(const struct linx_event *ev, unsigned int i)
{
	return is_type(ev, i, "path") && (i || strncmp(ev->call->row->id, "symlink", 7) != 0);
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
	for (unsigned int i = 0; i < u->nfds; i++)
		if (u->fds[i] == fd)
			return true;
	return false;
}

static bool uses_argument(const struct linx_event *ev, const struct linx_uses *u, unsigned int i)
{
	const struct linx_value *v = &ev->in[i];

	if (names_file(ev, i))
		return linx_value_whole(v) && same_path(u, v->data, v->size);
	if (i < ev->nargs && (is_type(ev, i, "fd") || is_type(ev, i, "dirfd")))
		return same_number(u, (int32_t)ev->args[i]);
	return false;
}

/* What the result is does not count: the call did not use it. */
static bool uses_descriptor(const struct linx_uses *u, const struct linx_descriptor *d)
{
	if (d->fd < 0 || d->field == LINX_FIELD_FD_RESULT || d->flags & LINX_FD_FOREIGN)
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
		if (uses_descriptor(what, &ev->fds->items[i]))
			return true;
	return false;
}
