// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes capture files. Checksums are corrected first, so that the code after the check is reached. The first byte
 * selects the size of reads and the options.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/engine/capture_format.h"
#include "libuser/base/crc32c.h"
#include "libuser/engine/file/file.h"
#include "libuser/engine/header.h"
#include "libuser/api/source.h"

struct input {
	const uint8_t *data;
	size_t len, at, chunk;
};

static ssize_t read_input(void *ctx, void *buf, size_t len)
{
	struct input *in = ctx;
	size_t n = in->len - in->at;

	if (n > len)
		n = len;
	if (in->chunk && n > in->chunk)
		n = in->chunk;
	memcpy(buf, in->data + in->at, n);
	in->at += n;
	return (ssize_t)n;
}

/* Corrects the section header at data and returns its length; 0 if the data is too short for it. */
static size_t mend_header(uint8_t *data, size_t len)
{
	struct linx_cap_head h;

	/* All versions have this part of the header. */
	if (len < LINX_CAP_HEAD_SIZE_V1)
		return 0;
	memcpy(&h, data, LINX_CAP_HEAD_SIZE_V1);
	if (memcmp(h.magic, LINX_CAP_MAGIC, 8) || h.size < LINX_CAP_HEAD_SIZE_V1 || h.len > len ||
	    h.size > h.len || h.table_len > h.len - h.size)
		return 0;
	h.table_hash = linx_table_hash(data + h.size, h.table_len);
	h.crc = 0;
	memcpy(data, &h, LINX_CAP_HEAD_SIZE_V1);
	h.crc = linx_crc32c(0, data, h.len);
	memcpy(data, &h, LINX_CAP_HEAD_SIZE_V1);
	return h.len;
}

static size_t mend_block(uint8_t *data, size_t len)
{
	struct linx_cap_block b;
	size_t whole;

	if (len < sizeof(b))
		return 0;
	memcpy(&b, data, sizeof(b));
	whole = sizeof(b) + (((size_t)b.stored + 7) & ~7ul);
	if (b.magic != LINX_CAP_BLOCK_MAGIC || whole > len)
		return 0;
	b.crc = 0;
	memcpy(data, &b, sizeof(b));
	b.crc = linx_crc32c(0, data, whole);
	memcpy(data, &b, sizeof(b));
	return whole;
}

static void mend(uint8_t *data, size_t len)
{
	size_t step;

	for (size_t at = 0; at < len; at += step) {
		step = mend_header(data + at, len - at);
		if (!step)
			step = mend_block(data + at, len - at);
		if (!step)
			return;
	}
}

/* Reads all memory that an event points to, so that sanitizers check it. */
static unsigned int touch(const struct linx_event *ev)
{
	unsigned int sum = linx_event_get_flags(ev) + (linx_event_get_name(ev) != NULL);
	struct linx_value v;

	for (unsigned int i = 0; i < 32; i++)
		if (!linx_event_get_value(ev, i, &v))
			for (uint32_t b = 0; b < v.size; b++)
				sum += ((const uint8_t *)v.data)[b];
	return sum;
}

/* Prints an event with the capture's own table of calls, whose types may not suit the calls. */
static void print(const struct linx_event *ev)
{
	static struct linx_printer *printers[4];
	const char *text;
	size_t len;

	for (unsigned int i = 0; i < 4; i++)
		if ((!printers[i] && linx_printer_new((enum linx_format)i, NULL, &printers[i])) ||
		    linx_print(printers[i], ev, &text, &len))
			abort();
}

/* Writes a capture while events are read. Its bytes are dropped, because only the code of the writer is tested. */
static struct linx_writer *write_beside(struct linx *l, uint8_t how)
{
	static int nowhere = -1;
	struct linx_writer_opts o = { .size = sizeof(o), .beside = how & 1 ? LINX_WRITER_ALL : LINX_WRITER_KEPT };
	struct linx_writer *w;

	if (nowhere < 0)
		nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return linx_writer_new(l, nowhere, &o, &w, NULL) ? NULL : w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t chunks[] = { 0, 1, 7, 4096 };
	const struct linx_certificate *cert;
	const struct linx_event *ev;
	struct linx_engine *e;
	unsigned int sum = 0;
	struct input in = { 0 };
	struct linx_input input = { .read = read_input, .ctx = &in, .fd = -1 };
	struct linx_writer *writer = NULL;
	struct linx *l;
	uint8_t *copy;

	if (size < 1)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	mend(copy, size - 1);
	in = (struct input){ .data = copy, .len = size - 1, .chunk = chunks[data[0] & 3] };
	if (!linx_engine_input_open(&input, "fuzz", &e, NULL) && !linx_source_open(e, &l, NULL)) {
		if (data[0] & 4)
			linx_select_entries(l, true);
		if (data[0] & 8)
			linx_select(l, "?openat,%file,!/^r");
		if (data[0] & 16)
			linx_salvage(l);
		if (data[0] & 64)
			linx_follow_http(l, NULL);
		if (data[0] & 128)
			writer = write_beside(l, data[0]);
		while (linx_next(l, &ev, -1) >= 0) {
			sum += ev ? touch(ev) : 0;
			if (ev && writer && linx_event_get_flags(ev) % 3 != 1)
				linx_writer_keep(writer, ev);
			if (ev && data[0] & 32)
				print(ev);
		}
		if (!linx_get_certificate(l, &cert))
			for (unsigned int i = 0; i < cert->ncalls; i++)
				sum += (unsigned int)strlen(cert->calls[i].name);
		if (writer)
			linx_writer_finish(writer);
		linx_writer_free(writer);
		linx_close(l);
	}
	__asm__ volatile("" : : "r"(sum)); /* keeps the compiler from dropping the reads */
	free(copy);
	return 0;
}
