// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decodes the descriptors in the records of a call. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "record/fds.h"
#include "shared/ring_proto.h"

#define DELETED " (deleted)"

static bool reserve(struct linx_fds *fds)
{
	unsigned int cap = fds->cap ? fds->cap * 2 : 8;
	struct linx_descriptor *items;

	if (fds->n < fds->cap)
		return true;
	items = realloc(fds->items, cap * sizeof(*items));
	if (!items)
		return false;
	fds->items = items;
	fds->cap = cap;
	return true;
}

/* Sets the addresses of a socket, or the text about another kind of descriptor. */
static void take_details(struct linx_descriptor *d, const uint8_t *data, uint32_t size)
{
	struct linx_sock sock;

	if (d->type != LINX_FD_SOCKET) {
		d->info = (const char *)data;
		d->info_len = size;
		return;
	}
	if (size < sizeof(sock))
		return;
	memcpy(&sock, data, sizeof(sock));
	sock.proto[sizeof(sock.proto) - 1] = '\0';
	d->sock = sock;
	d->has_sock = true;
	d->info = (const char *)data + sizeof(sock);
	d->info_len = size - sizeof(sock) < sock.name_len ? (uint32_t)(size - sizeof(sock)) :
							    sock.name_len;
}

static void take_path(struct linx_descriptor *d, const struct linx_fd *fd, const uint8_t *data,
		      uint32_t size)
{
	d->path = (const char *)data;
	d->path_len = size < fd->path_len ? size : fd->path_len;
	d->path_state = fd->path_state;
	if (d->path_state == LINX_WHOLE && d->path_len < fd->path_len)
		d->path_state = LINX_TRUNCATED;
}

/* Decodes one value. False: the value is too short for a descriptor. */
static bool take(struct linx_descriptor *d, const struct linx_value *v, unsigned int field,
		 bool entry)
{
	const uint8_t *data = v->data;
	struct linx_fd fd;
	uint32_t fixed;

	if (v->size < sizeof(fd))
		return false;
	memcpy(&fd, data, sizeof(fd));
	fixed = (uint32_t)sizeof(fd) + LINX_ALIGN8(fd.detail);
	*d = (struct linx_descriptor){
		.fd = fd.fd,
		.type = fd.type,
		.path_state = LINX_UNAVAILABLE,
		.flags = fd.flags,
		.field = (uint8_t)field,
		.entry = entry,
		.dev = fd.dev,
		.ino = fd.ino,
		.rdev = fd.rdev,
		.pid = fd.pid,
	};
	if (fixed > v->size)
		return true;
	take_details(d, data + sizeof(fd), fd.detail);
	take_path(d, &fd, data + fixed, v->size - fixed);
	return true;
}

void linx_fds_add(struct linx_fds *fds, const struct linx_value *v, unsigned int field, bool entry)
{
	if (reserve(fds) && take(&fds->items[fds->n], v, field, entry))
		fds->n++;
}

void linx_fds_drop_entry(struct linx_fds *fds)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < fds->n; i++)
		if (!fds->items[i].entry)
			fds->items[n++] = fds->items[i];
	fds->n = n;
}

void linx_fds_free(struct linx_fds *fds)
{
	free(fds->items);
	*fds = (struct linx_fds){ 0 };
}

const struct linx_descriptor *linx_fds_find(const struct linx_fds *fds, int32_t fd, bool late)
{
	const struct linx_descriptor *found = NULL;

	for (unsigned int i = 0; i < fds->n; i++) {
		const struct linx_descriptor *d = &fds->items[i];

		if (d->fd != fd || d->flags & LINX_FD_FOREIGN)
			continue;
		if (d->entry != late)
			return d;
		/*
		 * A descriptor that was read at return may be of another file than the one that an argument meant at
		 * entry.
		 */
		if (late || !fds->entered || d->field == LINX_FIELD_FD_MEMORY)
			found = d;
	}
	return found;
}

const struct linx_descriptor *linx_fds_find_foreign(const struct linx_fds *fds, unsigned int arg,
						    int32_t fd)
{
	for (unsigned int i = 0; i < fds->n; i++) {
		const struct linx_descriptor *d = &fds->items[i];

		if (d->flags & LINX_FD_FOREIGN && d->field == LINX_FIELD_FD + arg && d->fd == fd)
			return d;
	}
	return NULL;
}

const struct linx_descriptor *linx_fds_result(const struct linx_fds *fds)
{
	for (unsigned int i = 0; i < fds->n; i++)
		if (fds->items[i].field == LINX_FIELD_FD_RESULT)
			return &fds->items[i];
	return NULL;
}

const char *linx_fd_type_name(unsigned int type)
{
	static const char *const names[] = {
		[LINX_FD_OTHER] = "other",     [LINX_FD_FILE] = "file",
		[LINX_FD_DIR] = "directory",   [LINX_FD_CHAR] = "char",
		[LINX_FD_BLOCK] = "block",     [LINX_FD_PIPE] = "pipe",
		[LINX_FD_SOCKET] = "socket",   [LINX_FD_LINK] = "link",
		[LINX_FD_ANON] = "anon",       [LINX_FD_PIDFD] = "pidfd",
		[LINX_FD_EVENTFD] = "eventfd", [LINX_FD_SIGNALFD] = "signalfd",
	};

	return type < ARRAY_SIZE(names) ? names[type] : NULL;
}

uint32_t linx_fd_path_len(const struct linx_descriptor *d)
{
	const uint32_t mark = sizeof(DELETED) - 1;
	bool marked =
		d->flags & LINX_FD_DELETED && d->path_state == LINX_WHOLE && d->path_len >= mark;

	return marked ? d->path_len - mark : d->path_len;
}

static const char *find_text(const char *in, size_t n, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= n; i++)
		if (!memcmp(in + i, text, len))
			return in + i + len;
	return NULL;
}

bool linx_fd_info(const struct linx_descriptor *d, const char *label, unsigned int base,
		  uint64_t *n)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = d->info_len ? find_text(d->info, d->info_len, label) : NULL;
	const char *end;
	bool any = false;

	if (!at)
		return false;
	end = d->info + d->info_len;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (*n = 0; at < end; at++, any = true) {
		const char *digit = memchr(digits, *at, base);

		if (!digit)
			break;
		*n = *n * base + (uint64_t)(digit - digits);
	}
	return any;
}
