// SPDX-License-Identifier: LGPL-2.1-or-later
/* Packed blocks of rows, which can be sent to another machine, and rows about what a program could not keep. */
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "engine/capture_format.h"
#include "event/event.h"
#include "rows/native_read.h"
#include "rows/row_blocks.h"
#include "rows/rowset_own.h"

uint32_t linx_checksum(uint32_t crc, const void *data, size_t len)
{
	return linx_crc32c(crc, data, len);
}

void linx_rowset_free_blocks(struct linx_rowset *r)
{
	ZSTD_freeCCtx(r->packer);
	ZSTD_freeDCtx(r->unpacker);
	free(r->block.data);
	free(r->cpus);
}

/* ---- CPUs of a block ------------------------------------------------------------------------------ */

void linx_rowset_clear_cpus(struct linx_rowset *r)
{
	if (r->ncpus)
		memset(r->cpus, 0, r->ncpus * sizeof(*r->cpus));
}

static int grow_cpus(struct linx_rowset *r, uint32_t cpu)
{
	struct linx_rowset_cpu *cpus = cpu < LINX_CAP_CPUS_MAX ? realloc(r->cpus, (cpu + 1) * sizeof(*cpus)) : NULL;

	if (!cpus)
		return -ENOMEM;
	memset(cpus + r->ncpus, 0, (cpu + 1 - r->ncpus) * sizeof(*cpus));
	r->cpus = cpus;
	r->ncpus = cpu + 1;
	return 0;
}

int linx_rowset_count_cpu(struct linx_rowset *r, uint32_t cpu, uint64_t seq, uint32_t part)
{
	struct linx_rowset_cpu *c;

	if (cpu >= r->ncpus && grow_cpus(r, cpu))
		return -ENOMEM;
	c = &r->cpus[cpu];
	if (!c->rows || seq < c->first_seq)
		c->first_seq = seq;
	if (!c->rows || seq > c->last_seq || (seq == c->last_seq && part > c->last_part)) {
		c->last_seq = seq;
		c->last_part = part;
	}
	c->cpu = cpu;
	c->rows++;
	return 0;
}

const struct linx_rowset_cpu *linx_rowset_get_cpus(struct linx_rowset *r, unsigned int *n)
{
	struct linx_rowset_cpu *list;

	*n = 0;
	r->block.len = 0;
	r->block.failed = false;
	for (unsigned int i = 0; i < r->ncpus; i++)
		if (r->cpus[i].rows)
			linx_strbuf_mem(&r->block, &r->cpus[i], sizeof(r->cpus[i]));
	if (r->block.failed)
		return NULL;
	list = (struct linx_rowset_cpu *)r->block.data;
	*n = (unsigned int)(r->block.len / sizeof(*list));
	return list;
}

/* ---- packing --------------------------------------------------------------------------------------- */

/* Packs len bytes as a frame of zstd, behind what r->block has. 0 or -ENOMEM. */
static int pack_frame(struct linx_rowset *r, const void *data, size_t len)
{
	size_t room = ZSTD_compressBound(len), n;
	char *to = linx_strbuf_room(&r->block, room);

	if (!to)
		return -ENOMEM;
	n = ZSTD_compressCCtx(r->packer, to, room, data, len, r->opts.level);
	if (ZSTD_isError(n))
		return -ENOMEM;
	r->block.len += n;
	return 0;
}

int linx_rowset_pack(struct linx_rowset *r, size_t counts)
{
	int ret;

	if (!r->packer)
		r->packer = ZSTD_createCCtx();
	r->block.len = 0;
	r->block.failed = false;
	if (!r->packer)
		return -ENOMEM;
	ret = pack_frame(r, r->out.data, counts);
	if (!ret)
		ret = pack_frame(r, r->out.data + counts, r->out.len - counts);
	if (ret)
		return ret;
	r->out.len = 0;
	linx_strbuf_mem(&r->out, r->block.data, r->block.len);
	return r->out.failed ? -ENOMEM : 0;
}

/* A frame of zstd. */
struct frame {
	const uint8_t *data;
	size_t len, plain; /* bytes, and those that it has when it is unpacked */
};

/*
 * True if a frame asks for a window that readers do not make, 2^27 bytes and more. The format has the size of the window
 * behind the frame's magic number and its descriptor, of which a bit says that there is none: the window is the content.
 */
static bool has_large_window(const uint8_t *data, size_t len)
{
	const size_t descriptor = 4;

	return len <= descriptor + 1 || (!(data[descriptor] & 1u << 5) && data[descriptor + 1] >> 3 >= 27 - 10);
}

/* Takes the next frame of a block, which states its unpacked size. False: there is no such frame, or it is too large. */
static bool take_frame(const uint8_t **at, size_t *left, struct frame *f)
{
	unsigned long long plain = ZSTD_getFrameContentSize(*at, *left);
	size_t len = ZSTD_findFrameCompressedSize(*at, *left);

	if (ZSTD_isError(len) || plain > LINX_ROWSET_BLOCK_MAX || !plain || has_large_window(*at, *left))
		return false;
	*f = (struct frame){ .data = *at, .len = len, .plain = (size_t)plain };
	*at += len;
	*left -= len;
	return true;
}

/* Returns how many frames a block has, one of an earlier version or two; 0: it is malformed. */
static unsigned int take_frames(const void *data, size_t len, struct frame frames[2])
{
	const uint8_t *at = data;
	unsigned int n = 0;

	while (len && n < 2 && take_frame(&at, &len, &frames[n]))
		n++;
	return len || frames[0].plain + frames[1].plain > LINX_ROWSET_BLOCK_MAX ? 0 : n;
}

/* Unpacks n frames into r->block. 0, -EBADMSG or -ENOMEM. */
static int unpack(struct linx_rowset *r, const struct frame *frames, unsigned int n)
{
	size_t plain = frames[0].plain + frames[1].plain;
	char *to;

	if (!r->unpacker)
		r->unpacker = ZSTD_createDCtx();
	r->block.len = 0;
	r->block.failed = false;
	to = r->unpacker ? linx_strbuf_room(&r->block, plain) : NULL;
	if (!to)
		return -ENOMEM;
	r->block.len = plain;
	for (unsigned int i = 0; i < n; to += frames[i].plain, i++)
		if (ZSTD_decompressDCtx(r->unpacker, to, frames[i].plain, frames[i].data, frames[i].len) != frames[i].plain)
			return -EBADMSG;
	return 0;
}

/*
 * True if the row group has room for "more" further rows of "plain" bytes. The unpacked bytes count, since a small
 * packed block can be very large when it is unpacked.
 */
static bool has_room(const struct linx_rowset *r, uint32_t more, size_t plain)
{
	uint32_t rows = r->columns.nrows;

	return !rows || (rows + more <= LINX_ROWSET_GROUP && r->columns.text_bytes < LINX_ROWSET_GROUP_BYTES &&
			 linx_columns_plain_size(&r->columns) + plain <= LINX_ROWSET_BLOCK_MAX);
}

/* Reads what the caller wants of a block, and finds the frames. Returns the number of frames, or -errno. */
static int begin_block(struct linx_rowset_block *want, const struct linx_rowset_block *given, const void *data, size_t len, struct frame frames[2])
{
	int ret = linx_take_opts(want, sizeof(*want), given, given->size, NULL);
	unsigned int n;

	if (ret)
		return ret;
	if (!want->machine || !want->rows || want->rows > LINX_ROWSET_GROUP)
		return -EINVAL;
	n = take_frames(data, len, frames);
	return n ? (int)n : -EBADMSG;
}

/* Unpacks and checks a block. 0, -EBADMSG or -ENOMEM. */
static int check_block(struct linx_rowset *r, const struct linx_rowset_block *want, const struct frame *frames, unsigned int n,
		       struct linx_native_view *view)
{
	int ret = unpack(r, frames, n);

	if (ret)
		return ret;
	return linx_native_check((const uint8_t *)r->block.data, r->block.len, want, view) ? 0 : -EBADMSG;
}

int linx_rowset_add_block(struct linx_rowset *r, const struct linx_rowset_block *given, const void *data, size_t len)
{
	struct linx_rowset_block want = { .size = sizeof(want) };
	struct linx_native_view view;
	struct frame frames[2] = { 0 };
	int n = begin_block(&want, given, data, len, frames), ret;

	if (n < 0)
		return n;
	r->ends |= !has_room(r, want.rows, frames[0].plain + frames[1].plain);
	if (r->ends)
		return -ENOBUFS;
	ret = check_block(r, &want, frames, (unsigned int)n, &view);
	if (ret)
		return ret;
	linx_rowset_settle(r);
	linx_native_add(&view, &r->columns);
	return r->columns.failed ? -ENOMEM : 0;
}

/* Appends the columns that the version of the block did not have yet. False: no memory. */
static bool add_missing(struct linx_rowset *r, const struct linx_native_view *view)
{
	for (unsigned int i = view->n; i < ROW_COLUMNS; i++)
		linx_native_put_null(&linx_row_specs[i], view->nrows, &r->block);
	return !r->block.failed;
}

int linx_rowset_check_block(struct linx_rowset *r, const struct linx_rowset_block *given, const void *data, size_t len, struct linx_rowset_native *out)
{
	struct linx_rowset_block want = { .size = sizeof(want) };
	struct linx_native_view view;
	struct frame frames[2] = { 0 };
	int n = begin_block(&want, given, data, len, frames), ret;
	size_t counts;

	if (n < 0)
		return n;
	ret = check_block(r, &want, frames, (unsigned int)n, &view);
	if (ret)
		return ret;
	counts = r->block.len - view.len;
	if (!add_missing(r, &view))
		return -ENOMEM;
	*out = (struct linx_rowset_native){ .columns = ROW_COLUMNS, .data = r->block.data + counts, .len = r->block.len - counts };
	/* a sender may have divided its block elsewhere, or sent columns that are not all */
	if (n == 2 && frames[0].plain == counts && view.n == ROW_COLUMNS) {
		out->packed = frames[1].data;
		out->packed_len = frames[1].len;
	}
	return 0;
}

/* ---- notes ------------------------------------------------------------------------------------------ */

/* Puts the value of a column of a note. */
static void put_noted(struct linx_columns *c, unsigned int i, const struct linx_rowset_note *n)
{
	if (i == ROW_MACHINE)
		linx_columns_text(c, i, n->machine, strlen(n->machine));
	else if (i == ROW_SESSION)
		linx_columns_number(c, i, (int64_t)n->session);
	else if (i == ROW_PART)
		linx_columns_number(c, i, n->part);
	else if (i == ROW_KIND)
		linx_columns_name(c, i, linx_event_kind_name(n->kind));
	else if (i == ROW_ARGS)
		linx_columns_text(c, i, n->args, strlen(n->args));
	else if (n->placed && i == ROW_CPU)
		linx_columns_number(c, i, n->cpu);
	else if (n->placed && i == ROW_SEQ)
		linx_columns_number(c, i, (int64_t)n->seq);
	else if (n->placed && i == ROW_TIME)
		linx_columns_number(c, i, (int64_t)n->time_ns);
	else
		linx_columns_null(c, i);
}

int linx_rowset_add_note(struct linx_rowset *r, const struct linx_rowset_note *given)
{
	struct linx_rowset_note n = { .size = sizeof(n) };
	int ret = linx_take_opts(&n, sizeof(n), given, given->size, NULL);

	if (ret)
		return ret;
	if ((n.kind != LINX_EVENT_GAP && n.kind != LINX_EVENT_CERTIFICATE) || !n.machine || !n.args)
		return -EINVAL;
	if (r->ends || r->columns.nrows >= LINX_ROWSET_GROUP)
		return -ENOBUFS;
	linx_rowset_settle(r);
	for (unsigned int i = 0; i < ROW_COLUMNS; i++)
		put_noted(&r->columns, i, &n);
	return r->columns.failed ? -ENOMEM : 0;
}
