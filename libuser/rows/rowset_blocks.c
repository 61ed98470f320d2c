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

int linx_rowset_pack(struct linx_rowset *r)
{
	size_t room = ZSTD_compressBound(r->out.len), n;
	char *to;

	if (!r->packer)
		r->packer = ZSTD_createCCtx();
	r->block.len = 0;
	r->block.failed = false;
	to = r->packer ? linx_strbuf_room(&r->block, room) : NULL;
	if (!to)
		return -ENOMEM;
	n = ZSTD_compressCCtx(r->packer, to, room, r->out.data, r->out.len, r->opts.level);
	if (ZSTD_isError(n))
		return -ENOMEM;
	r->out.len = 0;
	linx_strbuf_mem(&r->out, to, n);
	return r->out.failed ? -ENOMEM : 0;
}

/* Unpacks a frame into r->block. 0, -EBADMSG or -ENOMEM. */
static int unpack(struct linx_rowset *r, const void *data, size_t len, size_t plain)
{
	char *to;

	if (!r->unpacker)
		r->unpacker = ZSTD_createDCtx();
	r->block.len = 0;
	r->block.failed = false;
	to = r->unpacker ? linx_strbuf_room(&r->block, plain) : NULL;
	if (!to)
		return -ENOMEM;
	r->block.len = plain;
	return ZSTD_decompressDCtx(r->unpacker, to, plain, data, len) == plain ? 0 : -EBADMSG;
}

/*
 * Returns the unpacked size that a frame states; 0: the data is not a frame of this length, or the size is missing, 0
 * or too large.
 */
static size_t size_of(const void *data, size_t len)
{
	unsigned long long plain = ZSTD_getFrameContentSize(data, len);

	return plain <= LINX_ROWSET_BLOCK_MAX && ZSTD_findFrameCompressedSize(data, len) == len ? (size_t)plain : 0;
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

int linx_rowset_add_block(struct linx_rowset *r, const struct linx_rowset_block *given, const void *data, size_t len)
{
	struct linx_rowset_block want = { .size = sizeof(want) };
	int ret = linx_take_opts(&want, sizeof(want), given, given->size, NULL);
	size_t plain;

	if (ret)
		return ret;
	if (!want.machine || !want.rows || want.rows > LINX_ROWSET_GROUP)
		return -EINVAL;
	plain = size_of(data, len);
	if (!plain)
		return -EBADMSG;
	r->ends |= !has_room(r, want.rows, plain);
	if (r->ends)
		return -ENOBUFS;
	ret = unpack(r, data, len, plain);
	if (ret)
		return ret;
	if (!linx_native_check((const uint8_t *)r->block.data, r->block.len, ROW_COLUMNS, &want))
		return -EBADMSG;
	linx_native_add((const uint8_t *)r->block.data, r->block.len, &r->columns);
	return r->columns.failed ? -ENOMEM : 0;
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
	for (unsigned int i = 0; i < ROW_COLUMNS; i++)
		put_noted(&r->columns, i, &n);
	return r->columns.failed ? -ENOMEM : 0;
}
