// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Descriptions of the containers of a source. A reader of events looks a container up when an event of it is delivered.
 * A writer of a capture file looks it up before it writes the records that name the container.
 */
#include <errno.h>
#include <string.h>

#include "api/source.h"
#include "record/decode.h"

LINX_API int linx_read_containers(struct linx *l, const char *root)
{
	int ret;

	if (!linx_get_stream_info(l)->live)
		return 0;
	ret = linx_metadata_read(l->metadata, root ? root : "/");
	return ret ? linx_fail(&l->err, ret, "cannot open: %s: %s: no containers' names are read", root ? root : "/",
			       strerror(-ret)) :
		     0;
}

static int fail_pods(struct linx *l, int ret)
{
	const char *path = linx_metadata_pods_path(l->metadata);

	if (!ret)
		return 0;
	return linx_fail(&l->err, ret, "cannot read pods: %s: %s", path ? path : "",
			 ret == -EPERM	     ? "another user owns it, or may write it" :
			 ret == -EBADMSG     ? "it is not the file of linx-pods" :
			 ret == -EMEDIUMTYPE ? "it is no regular file" :
					       strerror(-ret));
}

LINX_API int linx_read_pods(struct linx *l, const char *path, uint32_t owner)
{
	return fail_pods(l, linx_metadata_read_pods(l->metadata, path, owner));
}

LINX_API int linx_get_pods_error(struct linx *l)
{
	return fail_pods(l, linx_metadata_pods_error(l->metadata));
}

int linx_take_notes(struct linx *l)
{
	struct linx_snap *s = &l->e->notes;
	int ret = 0;

	for (size_t at = 0, len; at < s->len; at += len + 1) {
		len = strlen((const char *)s->data + at);
		if (linx_metadata_take(l->metadata, (const char *)s->data + at, len) == -ENOMEM)
			ret = linx_fail(&l->err, -ENOMEM, "out of memory");
	}
	linx_snap_free_data(s);
	return ret;
}

void linx_see_container(struct linx *l, const struct linx_rec *rec)
{
	struct linx_walk w;
	struct linx_value v;
	char path[4096];

	if (rec->kind < LINX_REC_TASK || rec->kind > LINX_REC_EXEC)
		return;
	w = linx_walk_begin(rec);
	while (linx_walk_next(rec, &w)) {
		if (w.head.arg != LINX_FIELD_CGROUP)
			continue;
		v = linx_walk_read(rec, &w);
		if (!linx_value_whole(&v) || v.size >= sizeof(path))
			return;
		memcpy(path, v.data, v.size);
		path[v.size] = '\0';
		linx_metadata_find(l->metadata, path, rec->time);
		return;
	}
}
