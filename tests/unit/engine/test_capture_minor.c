// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captures of other minor versions: larger structures, new blocks, and the engine that a header names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "libuser/base/crc32c.h"
#include "libuser/engine/capture_format.h"
#include "fake_engine.h"

#define EVENTS 20

static struct fake *sample(void)
{
	struct fake *f = fake_new(2);

	for (uint64_t t = 1; t <= EVENTS; t++)
		fake_exit(f, t % 2, t, 1, 0);
	f->skipped[1] = 7;
	return f;
}

/* ---- a capture as another version writes it ---------------------------------------------- */

/* A version of the format, by the sizes of the structures that later versions extend. */
struct version {
	uint32_t minor, head, cpu;
	uint16_t new_type; /* a block of this type follows the header; 0: none */
};
static const struct version before = { 0, LINX_CAP_HEAD_SIZE_V1, offsetof(struct linx_cap_cpu, skipped), 0 };
static const struct version later = { LINX_FORMAT_MINOR + 1, sizeof(struct linx_cap_head) + 24,
				      sizeof(struct linx_cap_cpu) + 16, 99 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void put_head(const uint8_t *from, uint8_t *to, const struct version *v)
{
	const struct linx_cap_head *old = (const void *)from;
	struct linx_cap_head h;

	memcpy(to, from, least(v->head, old->size));
	memcpy(to + v->head, from + old->size, old->len - old->size);
	memcpy(&h, to, LINX_CAP_HEAD_SIZE_V1);
	h.format_minor = v->minor;
	h.size = v->head;
	h.len = v->head + old->len - old->size;
	h.crc = 0;
	memcpy(to, &h, LINX_CAP_HEAD_SIZE_V1);
	h.crc = linx_crc32c(0, to, h.len);
	memcpy(to, &h, LINX_CAP_HEAD_SIZE_V1);
}

static void put_crc(uint8_t *block)
{
	struct linx_cap_block *b = (void *)block;

	b->crc = 0;
	b->crc = linx_crc32c(0, block, sizeof(*b) + ((b->stored + 7ul) & ~7ul));
}

static size_t put_new_block(uint8_t *to, uint16_t type)
{
	struct linx_cap_block *b = (void *)to;

	*b = (struct linx_cap_block){ .magic = LINX_CAP_BLOCK_MAGIC, .type = type, .len = 24, .stored = 24 };
	memset(to + sizeof(*b), 0xee, 24);
	put_crc(to);
	return sizeof(*b) + 24;
}

/* Writes the certificate's block with the sizes of v and returns its length. */
static size_t put_cert(const uint8_t *from, uint8_t *to, const struct version *v)
{
	const struct linx_cap_block *b = (const void *)from;
	const struct linx_cap_cert *old = (const void *)(from + sizeof(*b));
	const uint8_t *src = from + sizeof(*b) + old->size, *end = from + sizeof(*b) + b->len;
	uint8_t *dst = to + sizeof(*b) + old->size;
	struct linx_cap_block *head = (void *)to;
	struct linx_cap_cert *c = (void *)(to + sizeof(*b));

	memcpy(to, from, sizeof(*b) + old->size);
	c->cpu_size = v->cpu;
	for (uint32_t i = 0; i < old->cpus; i++, src += old->cpu_size, dst += v->cpu)
		memcpy(dst, src, least(old->cpu_size, v->cpu));
	memcpy(dst, src, (size_t)(end - src));
	dst += end - src;
	head->len = head->stored = (uint32_t)(dst - to - sizeof(*head));
	put_crc(to);
	return (size_t)(dst - to);
}

/* Makes the file in version v; the caller frees it. */
static uint8_t *as_version(const uint8_t *file, size_t len, const struct version *v, size_t *out_len)
{
	uint8_t *to = calloc(1, len + 4096);
	size_t at = ((const struct linx_cap_head *)(const void *)file)->len, n;

	assert_non_null(to);
	put_head(file, to, v);
	n = ((struct linx_cap_head *)(void *)to)->len;
	if (v->new_type)
		n += put_new_block(to + n, v->new_type);
	while (at < len) {
		const struct linx_cap_block *b = (const void *)(file + at);
		size_t block = sizeof(*b) + ((b->stored + 7ul) & ~7ul);

		if (b->type == LINX_CAP_CERT)
			n += put_cert(file + at, to + n, v);
		else
			memcpy(to + n, file + at, block), n += block;
		at += block;
	}
	*out_len = n;
	return to;
}

static struct linx *open_memory(const uint8_t *data, size_t len)
{
	static struct memory m;
	struct linx *l;

	m = (struct memory){ .data = data, .len = len };
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	return l;
}

static const struct linx_certificate *read_to_end(struct linx *l)
{
	const struct linx_certificate *c;
	unsigned int n;
	uint64_t hash;

	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	assert_int_equal(c->events, EVENTS);
	return c;
}

/* ---- the tests --------------------------------------------------------------------- */

static void this_version(void **state)
{
	const struct linx_certificate *c;
	size_t len;
	uint8_t *file = record(sample(), 0, &len);
	struct linx *l = open_memory(file, len);

	(void)state;
	assert_int_equal(((struct linx_cap_head *)(void *)file)->size, sizeof(struct linx_cap_head));
	assert_string_equal(linx_get_stream_info(l)->engine, "fake");
	assert_int_equal(linx_get_stream_info(l)->format_minor, LINX_FORMAT_MINOR);
	c = read_to_end(l);
	assert_int_equal(c->skipped, 7);
	assert_int_equal(c->cpus_skipped[0], 0);
	assert_int_equal(c->cpus_skipped[1], 7);
	assert_false(c->complete);
	linx_close(l);
	free(file);
}

static uint8_t *rewrite(const uint8_t *data, size_t len, size_t *out_len)
{
	struct linx *l = open_memory(data, len);
	int fd = memfd_create("rewritten", MFD_CLOEXEC), ret;
	struct linx_writer *w;
	uint8_t *out;

	assert_int_equal(linx_writer_new(l, fd, NULL, &w, NULL), 0);
	do
		ret = linx_writer_step(w, -1);
	while (ret >= 0);
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(linx_writer_finish(w), 0);
	linx_writer_free(w);
	linx_close(l);
	*out_len = (size_t)lseek(fd, 0, SEEK_END);
	out = malloc(*out_len);
	assert_int_equal(pread(fd, out, *out_len, 0), *out_len);
	close(fd);
	return out;
}

/* The account of a file keeps that operations of io_uring are missing, also in a copy, and is then not complete. */
static void missed_rings(void **state)
{
	struct fake *f = sample();
	const struct linx_certificate *c;
	size_t len, new_len;
	uint8_t *file, *new;
	struct linx *l;

	(void)state;
	f->skipped[1] = 0;
	f->uring_missed = true;
	file = record(f, 0, &len);
	new = rewrite(file, len, &new_len);
	for (int copy = 0; copy < 2; copy++) {
		l = open_memory(copy ? new : file, copy ? new_len : len);
		c = read_to_end(l);
		assert_true(c->uring_missed);
		assert_false(c->complete);
		linx_close(l);
	}
	free(new);
	free(file);
	f = sample();
	f->skipped[1] = 0;
	file = record(f, 0, &len);
	l = open_memory(file, len);
	c = read_to_end(l);
	assert_false(c->uring_missed);
	assert_true(c->complete);
	linx_close(l);
	free(file);
}

/*
 * A header of 384 bytes (of an earlier version) names no engine: the engine was always the module. A new copy has the
 * present version.
 */
static void version_before(void **state)
{
	size_t len, old_len, new_len;
	uint8_t *file = record(sample(), 0, &len), *old = as_version(file, len, &before, &old_len), *new;
	const struct linx_certificate *c;
	struct linx *l = open_memory(old, old_len);

	(void)state;
	assert_string_equal(linx_get_stream_info(l)->engine, "kmod");
	assert_int_equal(linx_get_stream_info(l)->format_minor, 0);
	c = read_to_end(l);
	assert_true(c->complete);
	assert_int_equal(c->skipped, 0);
	assert_int_equal(c->total.committed, EVENTS);
	linx_close(l);
	new = rewrite(old, old_len, &new_len);
	l = open_memory(new, new_len);
	assert_int_equal(((struct linx_cap_head *)(void *)new)->size, sizeof(struct linx_cap_head));
	assert_string_equal(linx_get_stream_info(l)->engine, "kmod");
	assert_int_equal(linx_get_stream_info(l)->format_minor, LINX_FORMAT_MINOR);
	assert_true(read_to_end(l)->complete);
	linx_close(l);
	free(new);
	free(old);
	free(file);
}

/* Additions of a later minor version are skipped. */
static void version_later(void **state)
{
	size_t len, later_len;
	uint8_t *file = record(sample(), 0, &len), *data = as_version(file, len, &later, &later_len);
	const struct linx_certificate *c;
	struct linx *l = open_memory(data, later_len);

	(void)state;
	assert_string_equal(linx_get_stream_info(l)->engine, "fake");
	assert_int_equal(linx_get_stream_info(l)->format_minor, later.minor);
	c = read_to_end(l);
	assert_int_equal(c->skipped, 7);
	assert_int_equal(c->total.committed, EVENTS);
	linx_close(l);
	free(data);
	free(file);
}

/* A file that cat has joined of sections of two versions is read, and the counts of both sections are added. */
static void joined_versions(void **state)
{
	size_t len, old_len;
	uint8_t *file = record(sample(), 0, &len), *old = as_version(file, len, &before, &old_len);
	uint8_t *both = malloc(len + old_len);
	const struct linx_certificate *c;
	struct linx *l;
	unsigned int n;
	uint64_t hash;

	(void)state;
	assert_non_null(both);
	memcpy(both, file, len);
	memcpy(both + len, old, old_len);
	l = open_memory(both, len + old_len);
	assert_string_equal(linx_get_stream_info(l)->engine, "fake");
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_string_equal(linx_get_stream_info(l)->engine, "kmod");
	assert_int_equal(linx_get_certificate(l, &c), 0);
	assert_int_equal(c->events, 2 * EVENTS);
	assert_int_equal(c->skipped, 7);
	assert_false(c->complete);
	linx_close(l);
	free(both);
	free(old);
	free(file);
}

/* The engine's name may lack a NUL or hold control characters, and must not reach a terminal as it is. */
static void hostile_engine(void **state)
{
	static const struct {
		char name[17];
		const char *read;
	} cases[] = {
		{ "0123456789abcdef", "0123456789abcde" },
		{ "\033[2J\nkmod\x7f\xff", "?[2J?kmod??" },
		{ "", "kmod" },
		{ "a b", "a?b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len;
		uint8_t *file = record(sample(), 0, &len);
		struct linx_cap_head *h = (void *)file;
		struct linx *l;

		memcpy(h->engine, cases[i].name, sizeof(h->engine));
		h->crc = 0;
		h->crc = linx_crc32c(0, file, h->len);
		l = open_memory(file, len);
		assert_string_equal(linx_get_stream_info(l)->engine, cases[i].read);
		read_to_end(l);
		linx_close(l);
		free(file);
	}
}

/* A header below the size of the first version is refused: the table's text would be read as members of the header. */
static void too_small(void **state)
{
	static const uint32_t sizes[] = { 0, 8, LINX_CAP_HEAD_SIZE_V1 - 8, LINX_CAP_HEAD_SIZE_V1 + 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct linx_error err = { "" };
		struct memory m = { 0 };
		uint8_t *file = record(sample(), 0, &m.len);
		struct linx_cap_head *h = (void *)file;
		struct linx *l;

		h->len -= h->size - sizes[i];
		h->size = sizes[i];
		h->crc = 0;
		h->crc = linx_crc32c(0, file, h->len);
		m.data = file;
		assert_int_equal(memory_open(&m, &l, &err), -EBADMSG);
		assert_string_equal(err.text, "mem: damaged header");
		free(file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_version),	   cmocka_unit_test(version_before), cmocka_unit_test(version_later),
		cmocka_unit_test(joined_versions), cmocka_unit_test(hostile_engine), cmocka_unit_test(too_small),
		cmocka_unit_test(missed_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
