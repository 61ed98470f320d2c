// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captures that are cut off or damaged, at every byte; files that are not captures; writers on full disks. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "libuser/engine/capture_format.h"
#include "libuser/base/crc32c.h"
#include "fake_engine.h"
#include "libuser/engine/header.h"

/* Replaces the table of calls by a small one, so that tests of every byte are short. */
static void tiny_table(struct fake *f)
{
	f->header.table_len = strlen(LINX_TABLE_MAGIC);
	memcpy(f->header.table, LINX_TABLE_MAGIC, f->header.table_len + 1);
	f->header.table_hash = linx_table_hash(f->header.table, f->header.table_len);
}

static struct fake *small(void)
{
	struct fake *f = fake_new(2);

	tiny_table(f);
	f->on_wait = fake_show_three;
	for (uint64_t t = 1; t <= 12; t++)
		fake_exit(f, t & 1, t * 10, 1, 0);
	return f;
}

struct outcome {
	int open, end;
	unsigned int events;
	bool complete, cut_off;
	char text[512];
	struct linx_damage damage;
};

/*
 * Reads a capture. chunk: upper limit of the bytes of one read, before each of which another read is interrupted; 0:
 * all bytes at once.
 */
static struct outcome read_in(const uint8_t *data, size_t len, bool salvage, size_t chunk)
{
	const struct linx_certificate *c;
	struct memory m = { .data = data, .len = len, .chunk = chunk };
	struct linx_error err = { "" };
	struct outcome o = { 0 };
	struct linx *l;
	uint64_t hash;

	o.open = memory_open(&m, &l, &err);
	memcpy(o.text, err.text, sizeof(o.text));
	if (o.open)
		return o;
	m.interrupt = chunk ? 2 : 0;
	if (salvage)
		assert_int_equal(linx_salvage(l), 0);
	o.end = drain(l, &o.events, &hash);
	assert_int_equal(linx_get_damage(l, &o.damage), salvage ? 0 : -ENODATA);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	o.complete = c->complete;
	o.cut_off = c->cut_off;
	snprintf(o.text, sizeof(o.text), "%s", linx_error_text(l));
	linx_close(l);
	return o;
}

static struct outcome read_with(const uint8_t *data, size_t len, bool salvage)
{
	return read_in(data, len, salvage, 0);
}

/* Reads a capture in salvage mode in several ways, one of them like a slow pipe; all must have the same result. */
static struct outcome salvage_all_ways(const uint8_t *data, size_t len)
{
	static const size_t chunks[] = { 1, 8, 56, 100, 392 };
	struct outcome o = read_with(data, len, true);

	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		struct outcome p = read_in(data, len, true, chunks[i]);

		assert_int_equal(p.end, o.end);
		assert_int_equal(p.events, o.events);
		assert_int_equal(p.complete, o.complete);
		assert_int_equal(p.cut_off, o.cut_off);
		assert_memory_equal(&p.damage, &o.damage, sizeof(o.damage));
	}
	return o;
}

static struct outcome read_all(const uint8_t *data, size_t len)
{
	return read_with(data, len, false);
}

/* Finds the offsets at which blocks end. The header is the first block. */
static unsigned int block_ends(const uint8_t *file, size_t len, size_t *ends)
{
	unsigned int n = 0;
	size_t at = ((const struct linx_cap_head *)(const void *)file)->len;

	for (ends[n++] = at; at < len; ends[n++] = at) {
		const struct linx_cap_block *b = (const void *)(file + at);

		at += sizeof(*b) + ((b->stored + 7ul) & ~7ul);
	}
	return n;
}

static unsigned int events_before(const uint8_t *file, const size_t *ends, unsigned int n,
				  size_t cut)
{
	unsigned int events = 0;

	for (unsigned int i = 0; i + 1 < n && ends[i + 1] <= cut; i++) {
		const struct linx_cap_block *b = (const void *)(file + ends[i]);

		if (b->type == LINX_CAP_DATA)
			events += b->len / FAKE_EXIT_LEN;
	}
	return events;
}

static void cut_at_every_byte(void **state)
{
	size_t len, ends[100];
	uint8_t *file = record(small(), 0, &len);
	unsigned int n = block_ends(file, len, ends);

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		struct outcome o = read_all(file, cut);

		if (cut < ends[0]) {
			assert_int_equal(o.open, -EBADMSG);
			assert_non_null(strstr(o.text, cut < 1 ? "not a linx capture" : "cut off"));
			continue;
		}
		assert_int_equal(o.open, 0);
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, events_before(file, ends, n, cut));
		assert_true(o.cut_off && !o.complete);
	}
	assert_true(read_all(file, len).complete);
	free(file);
}

/*
 * A byte is changed at each place in turn: the events before the damaged block are delivered, and the file counts as
 * damaged or cut off. *state: compression level of the capture, which is long enough to be compressed.
 */
static void flip_every_byte(void **state)
{
	size_t len, ends[100];
	uint8_t *file = record(small(), *(const int *)*state, &len);
	unsigned int n = block_ends(file, len, ends);

	for (size_t at = 0; at < len; at++) {
		struct outcome o;

		file[at] ^= 0x10;
		o = read_all(file, len);
		file[at] ^= 0x10;
		assert_true(o.end == -ENODATA || strstr(o.text, "mem: "));
		if (at < ends[0]) {
			assert_int_equal(o.open, -EBADMSG);
			continue;
		}
		/* A changed length may also make the file look cut off. */
		assert_true(o.end == -EBADMSG ? strstr(o.text, "damaged at offset") != NULL :
						o.cut_off);
		assert_int_equal(o.events, events_before(file, ends, n, at));
		assert_false(o.complete);
	}
	free(file);
}

/* In salvage mode a wrong byte loses the block that has the byte, and no other block. */
static void salvage_every_byte(void **state)
{
	size_t len, ends[100];
	uint8_t *file = record(small(), *(const int *)*state, &len);
	unsigned int n = block_ends(file, len, ends), i = 0;

	for (size_t at = ends[0]; at < len; at++) {
		const struct linx_cap_block *b;
		unsigned int lost;
		struct outcome o;

		while (at >= ends[i + 1])
			i++;
		b = (const void *)(file + ends[i]);
		lost = b->type == LINX_CAP_DATA ? b->len / FAKE_EXIT_LEN : 0;
		file[at] ^= 0x10;
		o = read_with(file, len, true);
		file[at] ^= 0x10;
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, 12 - lost);
		assert_int_equal(o.damage.places, 1);
		assert_int_equal(o.damage.first_offset, ends[i]);
		assert_int_equal(o.damage.bytes, ends[i + 1] - ends[i]);
		assert_int_equal(o.cut_off, i + 2 == n);
		assert_false(o.complete);
	}
	assert_true(read_with(file, len, true).complete);
	free(file);
}

/*
 * Inserts between two blocks, by turns: letters, one head of a block, the head of a block that extends beyond the end
 * of the file, and many heads. Salvage mode reads all blocks before and after the inserted bytes.
 */
static void salvage_behind_garbage(void **state)
{
	size_t len, ends[100], half;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + 4096);
	unsigned int n = block_ends(file, len, ends);
	struct linx_cap_block fake = { .magic = LINX_CAP_BLOCK_MAGIC, .type = LINX_CAP_DATA };

	(void)state;
	assert_non_null(more);
	half = ends[n / 2];
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct outcome o;

		memcpy(more, file, half);
		memset(more + half, 'x', 1024);
		fake.len = fake.stored = kind == 1 ? 64 : kind == 2 ? 1 << 20 : 512;
		for (unsigned int at = 0; kind && at < 1024 - sizeof(fake); at += kind == 3 ? 72 : 1024)
			memcpy(more + half + at, &fake, sizeof(fake));
		memcpy(more + half + 1024, file + half, len - half);
		o = read_with(more, len + 1024, true);
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, 12);
		assert_false(o.complete); /* the damaged block may have been a list of processes */
		assert_int_equal(o.damage.first_offset, half);
		assert_int_equal(o.damage.bytes, 1024);
		assert_int_equal(read_all(more, len + 1024).end, kind == 2 ? -ENODATA : -EBADMSG);
	}
	free(file);
	free(more);
}

/*
 * Inserts in a damaged place, by turns: the beginning of a header, a whole header with a wrong checksum, and a header
 * that extends beyond the end of the file. Salvage mode reads all blocks before and after that place.
 */
static void salvage_behind_headers(void **state)
{
	size_t len, ends[100], at;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + 1024);
	unsigned int n = block_ends(file, len, ends);

	(void)state;
	assert_non_null(more);
	assert_true(ends[0] < 1024 - 512);
	for (unsigned int kind = 0; kind < 4; kind++) {
		struct outcome o;

		at = ends[kind == 3 ? n - 2 : n / 2];
		memcpy(more, file, at);
		memset(more + at, 'x', 1024);
		if (kind == 2)
			memcpy(more + at + 512, file, ends[0]);
		else
			memcpy(more + at + (kind ? 1016 : 512), file, 8);
		more[at + 512 + ends[0] - 1] ^= 1;
		memcpy(more + at + 1024, file + at, len - at);
		o = salvage_all_ways(more, len + 1024);
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, 12);
		assert_false(o.complete);
		assert_int_equal(o.damage.bytes, 1024);
	}
	free(file);
	free(more);
}

/*
 * A recorded program may write data that looks like a block. These data must not be read as a block, even if the real
 * block that contains them is damaged.
 */
static void salvage_passes_over_forged_blocks(void **state)
{
	struct {
		struct linx_cap_block head;
		uint64_t written[4];
		struct linx_cap_block forged;
		uint8_t rec[FAKE_EXIT_LEN];
	} block = { .head = { .magic = LINX_CAP_BLOCK_MAGIC, .type = LINX_CAP_DATA } };
	const size_t inside = sizeof(block) - sizeof(block.head);
	size_t len, ends[100], at;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + sizeof(block));
	unsigned int n = block_ends(file, len, ends), i = n / 2;
	struct outcome o;

	(void)state;
	assert_non_null(more);
	at = ends[i];
	while (((const struct linx_cap_block *)(const void *)(file + ends[i]))->type != LINX_CAP_DATA)
		i++;
	block.head.len = block.head.stored = (uint32_t)inside;
	block.head.crc = 1;
	memcpy(&block.forged, file + ends[i], sizeof(block.forged));
	memcpy(block.rec, file + ends[i] + sizeof(block.forged), sizeof(block.rec));
	block.forged.len = block.forged.stored = sizeof(block.rec);
	block.forged.last_seq = block.forged.first_seq;
	block.forged.last_time = block.forged.first_time;
	block.forged.crc = 0;
	block.forged.crc = linx_crc32c(0, &block.forged, sizeof(block.forged) + sizeof(block.rec));
	memcpy(more, file, at);
	memcpy(more + at, &block, sizeof(block));
	memcpy(more + at + sizeof(block), file + at, len - at);
	o = salvage_all_ways(more, len + sizeof(block));
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, 12);
	assert_int_equal(o.damage.places, 1);
	assert_int_equal(o.damage.bytes, sizeof(block));
	/*
	 * The forged block is not read either if the damaged block around it is the last one of the file, or has an
	 * unknown flag.
	 */
	memcpy(more, file, len);
	memcpy(more + len, &block, sizeof(block));
	assert_int_equal(salvage_all_ways(more, len + sizeof(block)).events, 12);
	block.head.flags = 4;
	memcpy(more, file, at);
	memcpy(more + at, &block, sizeof(block));
	memcpy(more + at + sizeof(block), file + at, len - at);
	assert_int_equal(salvage_all_ways(more, len + sizeof(block)).events, 12);
	/* A forged block looks like a real one if the head around it has no valid magic, and its event is delivered. */
	block.head.magic = 0;
	memcpy(more + at, &block, sizeof(block));
	assert_int_equal(salvage_all_ways(more, len + sizeof(block)).events, 13);
	free(file);
	free(more);
}

static size_t forge(uint8_t *to, unsigned int type, const void *payload, size_t len)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = (uint16_t)type, .len = (uint32_t)len, .stored = (uint32_t)len };

	memcpy(to, &b, sizeof(b));
	memcpy(to + sizeof(b), payload, len);
	b.crc = linx_crc32c(0, to, sizeof(b) + len);
	memcpy(to, &b, sizeof(b));
	return sizeof(b) + len;
}

static const struct linx_cap_cert no_calls = {
	.size = sizeof(no_calls), .cpu_size = sizeof(struct linx_cap_cpu), .call_size = sizeof(struct linx_cap_call),
};

/* Copies the file's header, with one CPU, or with an invalid table. */
static size_t forge_header(uint8_t *to, const uint8_t *file, bool bad_table)
{
	struct linx_cap_head *h = (void *)to;
	uint8_t *table = to + sizeof(*h);

	memcpy(to, file, ((const struct linx_cap_head *)(const void *)file)->len);
	if (bad_table)
		table[0] = 'x';
	else
		h->cpus = 1;
	h->table_hash = linx_table_hash(table, h->table_len);
	h->crc = 0;
	h->crc = linx_crc32c(0, to, h->len);
	return h->len;
}

enum forgery { CERT, CERT_AND_MORE, DAMAGED_HEADER, HEADER, HEADER_WITHOUT_TABLE, LONG_BLOCK, FORGERIES };

/*
 * Copies forged data that looks like a block into a block whose header is damaged. ahead: distance to the next whole
 * block.
 */
static size_t written(uint8_t *to, const uint8_t *file, enum forgery kind, size_t ahead)
{
	const size_t head = sizeof(struct linx_cap_block);
	size_t n = head;

	memset(to, 'x', 2048);
	if (kind == CERT || kind == CERT_AND_MORE)
		n += forge(to + n, LINX_CAP_CERT, &no_calls, sizeof(no_calls));
	if (kind == CERT_AND_MORE || kind == DAMAGED_HEADER)
		n += forge(to + n, LINX_CAP_FLOOR, "", 0);
	if (kind == DAMAGED_HEADER)
		memcpy(to + n, file, ((const struct linx_cap_head *)(const void *)file)->len / 2);
	if (kind == HEADER || kind == HEADER_WITHOUT_TABLE)
		n += forge_header(to + n, file, kind == HEADER_WITHOUT_TABLE);
	if (kind == LONG_BLOCK) {
		struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = LINX_CAP_DATA };

		b.len = b.stored = (uint32_t)(1024 - n - head + ahead);
		memcpy(to + n, &b, sizeof(b));
	}
	return 1024;
}

/* Forged data in damaged blocks do not end the search: all whole blocks after the forged data are read. */
static void salvage_what_is_behind_forgeries(void **state)
{
	size_t len, ends[100], at, n;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + 2048);
	unsigned int blocks = block_ends(file, len, ends);

	(void)state;
	assert_non_null(more);
	assert_true(ends[0] < 800);
	at = ends[blocks / 2];
	for (unsigned int kind = 0; kind < FORGERIES; kind++) {
		struct outcome o;

		memcpy(more, file, at);
		n = written(more + at, file, kind, ends[blocks - 3] - at);
		memcpy(more + at + n, file + at, len - at);
		o = salvage_all_ways(more, len + n);
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, 12);
		assert_false(o.complete);
		assert_int_equal(o.damage.first_offset, at);
		/* The real certificate is missing. The forged one must not be shown in its place. */
		o = salvage_all_ways(more, ends[blocks - 2] + n);
		assert_int_equal(o.events, 12);
		assert_true(o.cut_off && !o.complete);
	}
	free(file);
	free(more);
}

/* A block with a valid checksum and impossible content is skipped and reported. */
static void salvage_reports_nonsense(void **state)
{
	struct {
		struct linx_cap_cert cert;
		struct linx_cap_call call;
	} bad_call = { .cert = no_calls, .call = { .abi = 200 } };
	size_t len, ends[100], at, n;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + 2048);
	unsigned int blocks = block_ends(file, len, ends);

	(void)state;
	assert_non_null(more);
	bad_call.cert.calls = 1;
	for (unsigned int kind = 0; kind < 3; kind++) {
		struct outcome o;

		at = ends[kind ? blocks - 2 : 1];
		memcpy(more, file, at);
		if (kind == 2)
			n = forge(more + at, LINX_CAP_CERT, &bad_call, sizeof(bad_call));
		else
			n = forge(more + at, kind ? LINX_CAP_CERT : LINX_CAP_CLOCK, &no_calls, 8);
		if (!kind)
			memcpy(more + at + n, file + at, len - at);
		o = salvage_all_ways(more, kind ? at + n : len + n);
		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, 12);
		assert_int_equal(o.damage.places, 1);
		assert_int_equal(o.damage.first_offset, at);
		assert_int_equal(o.damage.bytes, n);
		assert_false(o.complete);
		assert_int_equal(o.cut_off, kind != 0);
	}
	free(file);
	free(more);
}

/*
 * Blocks after a damaged section header belong to another section, and are not shown as blocks of the section before.
 */
static void salvage_no_section_without_header(void **state)
{
	size_t len, ends[100], cut;
	uint8_t *file = record(small(), 0, &len), *two = malloc(2 * len);
	unsigned int n = block_ends(file, len, ends);

	(void)state;
	assert_non_null(two);
	cut = ends[n - 2]; /* the end of the last block before the certificate */
	memcpy(two, file, cut);
	memcpy(two + cut, file, len);
	assert_int_equal(salvage_all_ways(two, cut + len).events, 24);
	two[cut + ends[0] - 1] ^= 1;
	assert_int_equal(salvage_all_ways(two, cut + len).events, 12);
	free(file);
	free(two);
}

/*
 * A file is cut off at every eighth byte: all whole blocks before that place are read, and the reader reports that the
 * end is missing.
 */
static void salvage_cut(void **state)
{
	size_t len, ends[100];
	uint8_t *file = record(small(), 0, &len);
	unsigned int n = block_ends(file, len, ends);

	(void)state;
	for (size_t cut = ends[0]; cut < len; cut += 8) {
		struct outcome o = read_with(file, cut, true);

		assert_int_equal(o.end, -ENODATA);
		assert_int_equal(o.events, events_before(file, ends, n, cut));
		assert_true(o.cut_off);
	}
	free(file);
}

static void tail_of_garbage(void **state)
{
	size_t len;
	uint8_t *file = record(small(), 0, &len);
	struct outcome o;

	(void)state;
	file = realloc(file, len + 1000);
	assert_non_null(file);
	memset(file + len, 'x', 1000);
	o = read_all(file, len + 1000);
	assert_int_equal(o.end, -EBADMSG);
	assert_int_equal(o.events, 12);
	assert_false(o.complete);
	assert_int_equal(read_all(file, len + 5).end, -EBADMSG);
	free(file);
}

/*
 * All events of several sections are delivered, even if the first one has lost its certificate; the account is then
 * incomplete. A section that ends within its header is an error.
 */
static void sections(void **state)
{
	size_t len;
	uint8_t *file = record(small(), 0, &len), *two = malloc(3 * len);
	struct outcome o;

	(void)state;
	assert_non_null(two);
	memcpy(two, file, len);
	memcpy(two + len, file, len);
	o = read_all(two, 2 * len);
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, 24);
	assert_true(o.complete && !o.cut_off);
	/* The first section has lost its certificate. */
	for (size_t keep = len - 4; keep > 100; keep--)
		if (!memcmp(file + keep, "XBLK", 4)) {
			memcpy(two + keep, file, len);
			o = read_all(two, keep + len);
			break;
		}
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, 24);
	assert_true(o.cut_off && !o.complete);
	/* The second section ends within its header. */
	memcpy(two, file, len);
	memcpy(two + len, file, len);
	for (size_t cut = len + 1; cut < len + 400; cut += 57) {
		o = read_all(two, cut);
		assert_int_equal(o.end, -EBADMSG);
		assert_int_equal(o.events, 12);
		assert_non_null(strstr(o.text, "inside a header"));
	}
	free(file);
	free(two);
}

/* An error in a later section is reported with the offset of that section in the file. */
static void places_of_sections(void **state)
{
	char where[64];
	size_t len, ends[100], at;
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + 66 * (sizeof(struct linx_cap_head) + 64));
	struct linx_cap_head *h = (void *)file;
	struct outcome o;

	(void)state;
	assert_non_null(more);
	block_ends(file, len, ends);
	memcpy(more, file, len);
	snprintf(where, sizeof(where), "mem: section at offset %zu: ", len);
	memcpy(more + len, file, ends[0]);
	more[len + ends[0] - 1] ^= 1;
	o = read_all(more, len + ends[0]);
	assert_int_equal(o.end, -EBADMSG);
	assert_memory_equal(o.text, where, strlen(where));
	assert_non_null(strstr(o.text, ": damaged header"));
	o = read_all(more, len + forge_header(more + len, file, true));
	assert_int_equal(o.end, -EBADMSG);
	assert_memory_equal(o.text, where, strlen(where));
	assert_non_null(strstr(o.text, ": call table"));
	/* An error in the first section is reported without an offset. */
	assert_true(forge_header(more, file, true));
	o = read_all(more, ends[0]);
	assert_int_equal(o.open, -EBADMSG);
	assert_memory_equal(o.text, "mem: call table", 15);
	/* Consecutive sections have different tables. */
	memcpy(more, file, len);
	for (at = len; at < len + 64 * ends[0]; at += ends[0]) {
		memset(file + sizeof(*h) + h->table_len, 0, ends[0] - sizeof(*h) - h->table_len);
		file[sizeof(*h) + strlen(LINX_TABLE_MAGIC)] = '\n';
		file[sizeof(*h) + strlen(LINX_TABLE_MAGIC) + 1] = (uint8_t)('!' + (at - len) / ends[0]);
		h->table_len = (uint32_t)strlen(LINX_TABLE_MAGIC) + 2;
		assert_true(sizeof(*h) + h->table_len <= ends[0]);
		forge_header(more + at, file, false);
	}
	o = read_all(more, at);
	assert_int_equal(o.end, -EBADMSG);
	snprintf(where, sizeof(where), "mem: section at offset %zu: more than 64", at - ends[0]);
	assert_memory_equal(o.text, where, strlen(where));
	free(file);
	free(more);
}

/* ---- section headers that a reader refuses -------------------------------------------- */

static struct outcome with_head(void (*change)(struct linx_cap_head *))
{
	size_t len;
	uint8_t *file = record(small(), 0, &len);
	struct linx_cap_head *h = (void *)file;
	struct outcome o;

	change(h);
	h->crc = 0;
	h->crc = linx_crc32c(0, file, sizeof(*h) + 16);
	o = read_all(file, len);
	free(file);
	return o;
}

static void other_major(struct linx_cap_head *h)
{
	h->format_major = 7;
	h->format_minor = 3;
}

static void other_machine(struct linx_cap_head *h)
{
	strcpy(h->machine, "riscv64");
}

static void other_word(struct linx_cap_head *h)
{
	h->word_size = 4;
}

static void other_order(struct linx_cap_head *h)
{
	h->byte_order = __builtin_bswap32(h->byte_order);
}

static void other_file(struct linx_cap_head *h)
{
	h->magic[7]++;
}

static void no_cpus(struct linx_cap_head *h)
{
	h->cpus = 0;
}

static void too_many_cpus(struct linx_cap_head *h)
{
	h->cpus = 100000;
}

static void wrong_hash(struct linx_cap_head *h)
{
	h->table_hash++;
}

static void huge_table(struct linx_cap_head *h)
{
	h->table_len = 0xfffffff0;
	h->len = h->size + h->table_len;
}

static void refusals(void **state)
{
	static const struct {
		void (*change)(struct linx_cap_head *);
		const char *says;
	} cases[] = {
		{ other_major, "record format 7.3" },
		{ other_machine, "recorded on riscv64" },
		{ other_word, "32-bit kernel" },
		{ other_order, "other byte order" },
		{ other_file, "version" },
		{ no_cpus, "0 CPUs" },
		{ too_many_cpus, "100000 CPUs" },
		{ wrong_hash, "hash" },
		{ huge_table, "damaged header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct outcome o = with_head(cases[i].change);

		assert_int_equal(o.open, -EBADMSG);
		assert_non_null(strstr(o.text, cases[i].says));
	}
}

static void not_a_capture(void **state)
{
	static const char *const others[] = { "", "x", "#!/bin/sh\n", "LINX",
					      "LINYCAP1aaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct outcome o = read_all((const uint8_t *)others[i], strlen(others[i]));

		assert_int_equal(o.open, -EBADMSG);
		assert_non_null(strstr(o.text, i == 3 ? "cut off" : "not a linx capture file"));
	}
}

/* Blocks that have a right checksum, but lengths and counts that no writer makes. */
static void hostile_blocks(void **state)
{
	static const struct linx_cap_block bad[] = {
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64, .cpu = 2 },
		{ .type = LINX_CAP_DATA, .len = 60, .stored = 60 },
		{ .type = LINX_CAP_DATA,
		  .len = LINX_CAP_BLOCK_MAX + 8,
		  .stored = LINX_CAP_BLOCK_MAX + 8 },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 56 },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 72 },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64, .flags = LINX_CAP_ZSTD },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64 }, /* a record of zeroes, which is invalid */
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64, .flags = LINX_CAP_COLUMNS },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64, .flags = LINX_CAP_ZSTD | LINX_CAP_COLUMNS },
		{ .type = LINX_CAP_CLOCK, .len = 64, .stored = 64, .flags = LINX_CAP_ZSTD | LINX_CAP_COLUMNS },
		{ .type = LINX_CAP_DATA, .len = 64, .stored = 64, .flags = 4 }, /* a flag of a later version */
		{ .type = LINX_CAP_CLOCK, .len = 8, .stored = 8 },
		{ .type = LINX_CAP_CERT, .len = 8, .stored = 8 },
		{ .type = LINX_CAP_CERT, .len = 64, .stored = 64 },
	};
	size_t len, ends[100];
	uint8_t *file = record(small(), 0, &len);

	(void)state;
	block_ends(file, len, ends);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint8_t *copy = calloc(1, ends[0] + 200);
		struct linx_cap_block *b;
		struct outcome o;

		assert_non_null(copy);
		memcpy(copy, file, ends[0]);
		b = (void *)(copy + ends[0]);
		*b = bad[i];
		b->magic = LINX_CAP_BLOCK_MAGIC;
		b->crc = linx_crc32c(0, b,
				     sizeof(*b) + (b->stored < 100 ? (b->stored + 7u) / 8 * 8 : 0));
		o = read_all(copy, ends[0] + 200);
		assert_int_equal(o.end, -EBADMSG);
		assert_non_null(strstr(o.text, "damaged at offset"));
		free(copy);
	}
	free(file);
}

/* A block of a later version is skipped. */
static void unknown_block(void **state)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = 999 };
	size_t len, ends[100];
	uint8_t *file = record(small(), 0, &len), *more = malloc(len + sizeof(b));
	struct outcome o;

	(void)state;
	assert_non_null(more);
	block_ends(file, len, ends);
	b.crc = linx_crc32c(0, &b, sizeof(b));
	memcpy(more, file, ends[1]);
	memcpy(more + ends[1], &b, sizeof(b));
	memcpy(more + ends[1] + sizeof(b), file + ends[1], len - ends[1]);
	o = read_all(more, len + sizeof(b));
	assert_int_equal(o.end, -ENODATA);
	assert_true(o.complete);
	assert_int_equal(o.events, 12);
	free(more);
	free(file);
}

/* ---- writers without room ------------------------------------------------------------- */

/* Writes a capture into fd until an error occurs, and then finishes as far as possible. */
static int write_until(int fd, struct fake *f, int *finish)
{
	struct linx_error err = { "" };
	struct linx_writer *w;
	struct linx *l;
	int ret;

	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	ret = linx_writer_new(l, fd, NULL, &w, &err);
	if (ret) {
		assert_true(err.text[0]);
		linx_close(l);
		return ret;
	}
	while ((ret = linx_writer_step(w, 0)) >= 0)
		;
	if (ret != -ENODATA)
		assert_non_null(strstr(linx_error_text(l), "cannot write"));
	*finish = linx_writer_finish(w);
	linx_writer_free(w);
	linx_close(l);
	return ret;
}

static uint8_t *contents(int fd, size_t *len)
{
	uint8_t *buf;

	*len = (size_t)lseek(fd, 0, SEEK_END);
	buf = malloc(*len + 1);
	assert_non_null(buf);
	assert_int_equal(pread(fd, buf, *len, 0), *len);
	return buf;
}

/* The written file consists of whole blocks, however little room the disk has. */
static void disk_full(void **state)
{
	struct rlimit old, limit;
	size_t len, ends[100];
	uint8_t *file = record(small(), 0, &len);
	int fd = memfd_create("full", 0), finish;

	(void)state;
	block_ends(file, len, ends);
	free(file);
	signal(SIGXFSZ, SIG_IGN); /* the library leaves this signal to its caller */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	for (limit = old, limit.rlim_cur = ends[0]; limit.rlim_cur < len; limit.rlim_cur++) {
		int ret;
		struct outcome o;
		size_t there;

		assert_int_equal(ftruncate(fd, 0), 0);
		lseek(fd, 0, SEEK_SET);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		ret = write_until(fd, small(), &finish);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_true(ret == -EFBIG || finish == -EFBIG);
		file = contents(fd, &there);
		assert_true(block_ends(file, there, ends) < 100);
		o = read_all(file, there);
		assert_int_equal(o.open, 0);
		assert_int_equal(o.end, -ENODATA);
		assert_false(o.complete && ret != -ENODATA && o.events < 12 && finish);
		free(file);
	}
	close(fd);
}

static void dev_full(void **state)
{
	int fd = open("/dev/full", O_WRONLY), finish;

	(void)state;
	assert_int_equal(write_until(fd, small(), &finish), -ENOSPC);
	close(fd);
}

static void closed_pipe(void **state)
{
	int fds[2], finish;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write_until(fds[1], small(), &finish), -EPIPE);
	close(fds[1]);
}

int main(void)
{
	static int plain, packed = 3;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test_prestate(flip_every_byte, &plain),
		cmocka_unit_test_prestate(flip_every_byte, &packed),
		cmocka_unit_test_prestate(salvage_every_byte, &plain),
		cmocka_unit_test_prestate(salvage_every_byte, &packed),
		cmocka_unit_test(salvage_behind_garbage),
		cmocka_unit_test(salvage_behind_headers),
		cmocka_unit_test(salvage_passes_over_forged_blocks),
		cmocka_unit_test(salvage_what_is_behind_forgeries),
		cmocka_unit_test(salvage_reports_nonsense),
		cmocka_unit_test(salvage_no_section_without_header),
		cmocka_unit_test(salvage_cut),
		cmocka_unit_test(tail_of_garbage),   cmocka_unit_test(sections),
		cmocka_unit_test(places_of_sections),
		cmocka_unit_test(refusals),	     cmocka_unit_test(not_a_capture),
		cmocka_unit_test(hostile_blocks),    cmocka_unit_test(unknown_block),
		cmocka_unit_test(disk_full),	     cmocka_unit_test(dev_full),
		cmocka_unit_test(closed_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
