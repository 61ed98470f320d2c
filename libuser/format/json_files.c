// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes all open descriptors of the process that made an event, in the event's JSON line. */
#include <errno.h>
#include <stdlib.h>

#include "format/json_who.h"
#include "format/printer.h"
#include "value/json.h"

static void put_file(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	linx_json_key_u64(o, "{\"fd\":", (uint64_t)d->fd);
	linx_json_lit(o, ",\"type\":");
	linx_json_cstring(o, linx_fd_type_name(d->type));
	linx_json_lit(o, ",\"path\":");
	linx_json_text(o, linx_fd_has_path(d) ? d->path : NULL, d->path_len, d->path_state);
	linx_strbuf_char(o, '}');
}

/*
 * Writes descriptors as long as they fit into max bytes, and counts the written ones in *shown. Returns the number of
 * all descriptors.
 */
static uint64_t put_list(struct linx_strbuf *o, const struct linx_files *files, size_t max, uint64_t *shown)
{
	struct linx_descriptor d = { .fd = -1 };
	size_t start = o->len, before;
	uint64_t n = 0;

	for (*shown = 0; !linx_files_next(files, d.fd, &d); n++) {
		if (*shown < n)
			continue;
		before = o->len;
		if (n)
			linx_strbuf_char(o, ',');
		put_file(o, &d);
		if (o->len - start > max)
			o->len = before;
		else
			++*shown;
	}
	return n;
}

/* Writes the member "fds": an array; if not all descriptors fitted, an object with the array and its state. */
static void put_files(struct linx_strbuf *o, const struct linx_files *files, size_t max)
{
	static const char whole[] = ",\"fds\":[", cut[] = ",\"fds\":{\"value\":[";
	const size_t more = sizeof(cut) - sizeof(whole);
	uint64_t shown, n;

	linx_json_lit(o, cut);
	n = put_list(o, files, max, &shown);
	linx_strbuf_char(o, ']');
	if (o->failed)
		return;
	if (shown < n) {
		linx_json_key_u64(o, ",\"state\":\"truncated\",\"len\":", n);
		linx_strbuf_char(o, '}');
		return;
	}
	memmove(o->data + sizeof(whole) - 1, o->data + sizeof(cut) - 1, o->len - (sizeof(cut) - 1));
	memcpy(o->data, whole, sizeof(whole) - 1);
	o->len -= more;
}

/*
 * Limit of the bytes of all cached lists together: a process can have thousands of descriptors, and there can be many
 * processes.
 */
#define FILES_TEXTS_MAX (128u << 20)
/*
 * Limit of the bytes of the list in a line, by default: enough for some hundred descriptors with paths of usual length,
 * or for one descriptor with the longest path.
 */
#define FILES_DEFAULT (64u << 10)

static void drop_files_text(struct linx_printer *p, struct linx_files_text *text)
{
	p->files_size -= text->out.cap;
	free(text->out.data);
	*text = (struct linx_files_text){ 0 };
}

/*
 * Writes the member "fds". Its text is cached for each version of a descriptor table. If the cached texts
 * become too large, the text just used is freed.
 */
void linx_json_files(struct linx_printer *p, const struct linx_event *ev)
{
	uint64_t generation = ev->files ? linx_files_get_generation(ev->files) : 0;
	struct linx_files_text *text;

	if (!p->files)
		return;
	if (!ev->files) {
		linx_json_lit(&p->out, ",\"fds\":null");
		return;
	}
	text = &p->files[generation % LINX_FILES_TEXTS];
	if (text->generation != generation) {
		p->files_size -= text->out.cap;
		text->out.len = 0;
		text->out.failed = false;
		put_files(&text->out, ev->files, p->opts.files_limit ? p->opts.files_limit : FILES_DEFAULT);
		text->generation = text->out.failed ? 0 : generation;
		p->files_size += text->out.cap;
	}
	p->out.failed |= text->out.failed;
	if (!text->out.failed)
		linx_strbuf_mem(&p->out, text->out.data, text->out.len);
	if (p->files_size > FILES_TEXTS_MAX)
		drop_files_text(p, text);
}

int linx_json_files_begin(struct linx_printer *p)
{
	if (!p->opts.files)
		return 0;
	p->files = calloc(LINX_FILES_TEXTS, sizeof(*p->files));
	return p->files ? 0 : -ENOMEM;
}

void linx_json_files_end(struct linx_printer *p)
{
	for (unsigned int i = 0; p->files && i < LINX_FILES_TEXTS; i++)
		free(p->files[i].out.data);
	free(p->files);
}
