// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "base/attributes.h"
#include "record/decode.h"
#include "record/fds.h"
#include "event/resolved.h"
#include "event/uring.h"

const struct linx_descriptor *linx_resolved_opened(const struct linx_event *ev)
{
	const struct linx_descriptor *d;

	if (ev->kind != LINX_EVENT_SYSCALL || !ev->call || !ev->call->row->opens || ev->entry || ev->ret < 0)
		return NULL;
	d = linx_fds_result(ev->fds);
	return d && d->path_state != LINX_ABSENT ? d : NULL;
}

static const struct linx_value *path_of(const struct linx_event *ev)
{
	const struct linx_table_row *row = ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++)
		if (!strcmp(row->args[i].type, "path"))
			return linx_value_whole(&ev->in[i]) ? &ev->in[i] : NULL;
	return NULL;
}

/* Strips leading "./" and trailing slashes from a path. False: it has other parts that only the kernel can resolve. */
static bool plain(const char **path, size_t *len)
{
	while (*len >= 2 && !memcmp(*path, "./", 2)) {
		*path += 2;
		*len -= 2;
	}
	while (*len > 1 && (*path)[*len - 1] == '/')
		--*len;
	for (size_t i = 0; i + 1 < *len; i++)
		if (!memcmp(*path + i, "//", 2) || !memcmp(*path + i, "/.", 2))
			return false;
	return *len && **path != '.';
}

bool linx_resolved_elsewhere(const struct linx_event *ev, const struct linx_descriptor *opened)
{
	const struct linx_value *v = path_of(ev);
	const char *path = v ? v->data : NULL;
	size_t len = v ? v->size : 0, real = linx_fd_path_len(opened);

	if (!v || opened->path_state != LINX_WHOLE || !plain(&path, &len))
		return false;
	if (*path == '/')
		return len != real || memcmp(path, opened->path, len);
	return real <= len || opened->path[real - len - 1] != '/' || memcmp(opened->path + real - len, path, len);
}

bool linx_resolved_base(const struct linx_event *ev, int32_t fd, const char **path, size_t *len)
{
	const struct linx_descriptor *d = fd == LINX_FD_CWD ? NULL : linx_fds_find(ev->fds, fd, false);
	const struct linx_process *p = ev->task ? ev->task->process : NULL;

	if (d && linx_fd_has_path(d)) {
		*path = d->path;
		*len = linx_fd_path_len(d);
	} else if (fd == LINX_FD_CWD && p && p->cwd.data) {
		*path = p->cwd.data;
		*len = p->cwd.len;
	} else {
		return false;
	}
	return true;
}

/* Finds socket fd after a connect, in the event's own descriptors or in the task's table. False: no addresses known. */
static LINX_NOINLINE bool find_connected(const struct linx_event *ev, int32_t fd, struct linx_descriptor *d)
{
	const struct linx_descriptor *recorded = linx_fds_find(ev->fds, fd, true);

	if (recorded && !recorded->entry) {
		*d = *recorded;
		return d->has_sock;
	}
	if (linx_uring_names_index(ev))
		return false; /* the task's table has another file under this number */
	return ev->files && !linx_files_find(ev->files, fd, d) && d->has_sock;
}

bool linx_resolved_connected(const struct linx_event *ev, struct linx_descriptor *d)
{
	if (ev->kind != LINX_EVENT_SYSCALL || !ev->call || !ev->call->row->connects || ev->entry ||
	    (ev->ret && ev->ret != -EINPROGRESS))
		return false;
	return find_connected(ev, (int32_t)ev->args[0], d);
}
