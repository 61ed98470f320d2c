// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Composes and parses the stream header. A header of a file is hostile: lengths are
 * bounded, strings terminated.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/array_size.h"
#include "base/crc32c.h"
#include "engine/header.h"
#include "shared/ring_proto.h"

_Static_assert(sizeof(struct linx_cap_head) == 408, "layout of the header");
_Static_assert(offsetof(struct linx_cap_head, engine) == LINX_CAP_HEAD_SIZE_V1, "layout of the header before 2.1");
_Static_assert(sizeof(struct linx_cap_block) == 56, "layout of a block's head");
_Static_assert(sizeof(struct linx_cap_cert) == 40, "layout of the certificate");

uint64_t linx_table_hash(const void *text, size_t len)
{
	const uint8_t *p = text;
	uint64_t hash = 0xcbf29ce484222325;

	for (; len; len--)
		hash = (hash ^ *p++) * 0x100000001b3;
	return hash;
}

/* Number of bytes of the magic that all versions share; the byte after them is the version. */
#define ANY_VERSION (sizeof(LINX_CAP_MAGIC) - 2)

bool linx_capture_begins(const void *data, size_t len)
{
	return len >= ANY_VERSION && !memcmp(data, LINX_CAP_MAGIC, ANY_VERSION);
}

void linx_header_set_clock(struct linx_header *h, uint32_t clock_id)
{
	static const char *const names[] = {
		[CLOCK_REALTIME] = "realtime",
		[CLOCK_MONOTONIC] = "monotonic",
		[CLOCK_MONOTONIC_RAW] = "monotonic-raw",
		[CLOCK_BOOTTIME] = "boottime",
		[CLOCK_TAI] = "tai",
	};

	h->clock_id = clock_id;
	if (clock_id < ARRAY_SIZE(names) && names[clock_id])
		snprintf(h->clock_name, sizeof(h->clock_name), "%s", names[clock_id]);
	else
		snprintf(h->clock_name, sizeof(h->clock_name), "clock-%u", clock_id);
}

void linx_header_link(struct linx_header *h)
{
	h->info.release = h->release;
	h->info.machine = h->machine;
	h->info.node = h->node;
	h->info.boot_id = h->boot_id;
	h->info.module_version = h->module_version;
	h->info.clock_name = h->clock_name;
	h->info.engine = h->engine;
}

void linx_header_drop_table(struct linx_header *h)
{
	free(h->table);
	h->table = NULL;
	h->table_len = 0;
}

void linx_header_free(struct linx_header *h)
{
	linx_header_drop_table(h);
	memset(h, 0, sizeof(*h));
}

/* Copies a string between arrays of different sizes; cuts it if needed and always terminates it. */
static void copy_str(char *to, size_t to_size, const char *from, size_t from_size)
{
	size_t n = strnlen(from, from_size < to_size - 1 ? from_size : to_size - 1);

	memcpy(to, from, n);
	memset(to + n, 0, to_size - n);
}
#define COPY_STR(to, from) copy_str(to, sizeof(to), from, sizeof(from))

int linx_header_compose(const struct linx_header *h, void **out, size_t *len)
{
	struct linx_cap_head *head;
	size_t total = sizeof(*head) + LINX_ALIGN8(h->table_len);

	head = calloc(1, total);
	if (!head)
		return -ENOMEM;
	memcpy(head->magic, LINX_CAP_MAGIC, sizeof(head->magic));
	head->byte_order = LINX_CAP_BYTE_ORDER;
	head->len = (__u32)total;
	head->size = sizeof(*head);
	head->table_len = (__u32)h->table_len;
	head->format_major = h->info.format_major;
	/* The header has the layout of LINX_FORMAT_MINOR, even if the records come from an older file. */
	head->format_minor = h->info.format_minor > LINX_FORMAT_MINOR ? h->info.format_minor : LINX_FORMAT_MINOR;
	head->word_size = h->info.word_size;
	head->page_size = h->info.page_size;
	head->cpus = h->info.cpus;
	head->pid_ns = h->info.pid_ns;
	head->clock_id = h->clock_id;
	head->table_hash = h->table_hash;
	COPY_STR(head->release, h->release);
	COPY_STR(head->machine, h->machine);
	COPY_STR(head->node, h->node);
	COPY_STR(head->boot_id, h->boot_id);
	COPY_STR(head->module_version, h->module_version);
	COPY_STR(head->clock_name, h->clock_name);
	COPY_STR(head->engine, h->engine);
	head->session = h->info.session;
	memcpy(head + 1, h->table, h->table_len);
	head->crc = linx_crc32c(0, head, total);
	*out = head;
	*len = total;
	return 0;
}

/* Replaces unprintable bytes of a file's string, which may reach a terminal in an error text, by '?'. */
static void make_printable(char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			*s = '?';
}

/* Returns the machine's name for an error text. */
static const char *machine_of(const struct linx_cap_head *head, char buf[sizeof(head->machine)])
{
	copy_str(buf, sizeof(head->machine), head->machine, sizeof(head->machine));
	make_printable(buf);
	return buf;
}

/*
 * True if the sizes in a header are consistent; no writer makes a header with other sizes, even in a file that is cut
 * off.
 */
static bool head_sane(const struct linx_cap_head *head)
{
	return head->size >= LINX_CAP_HEAD_SIZE_V1 && head->size <= 65536 && (head->size & 7) == 0 &&
	       head->table_len <= LINX_CAP_TABLE_MAX &&
	       head->len == head->size + LINX_ALIGN8(head->table_len);
}

int linx_header_check(const struct linx_cap_head *head, const char *name, struct linx_error *err)
{
	char machine[sizeof(head->machine)];

	if (!memcmp(head->magic, LINX_CAP_MAGIC, sizeof(head->magic) - 1) &&
	    head->magic[7] != LINX_CAP_MAGIC[7])
		return linx_fail(
			err, -EBADMSG,
			"%s: a capture file of another version; read it with the linx that wrote it",
			name);
	if (memcmp(head->magic, LINX_CAP_MAGIC, sizeof(head->magic)))
		return linx_fail(err, -EBADMSG, "%s: not a linx capture file", name);
	if (head->byte_order == __builtin_bswap32(LINX_CAP_BYTE_ORDER))
		return linx_fail(err, -EBADMSG,
				 "%s: recorded on a machine of the other byte order; read it there",
				 name);
	if (head->byte_order != LINX_CAP_BYTE_ORDER || !head_sane(head))
		return linx_fail(err, -EBADMSG, "%s: damaged header", name);
	if (head->format_major != LINX_FORMAT_MAJOR)
		return linx_fail(
			err, -EBADMSG,
			"%s: record format %u.%u, but this linx reads format %d.x; read it with the linx that wrote it",
			name, head->format_major, head->format_minor, LINX_FORMAT_MAJOR);
	if (head->word_size != 8)
		return linx_fail(
			err, -EBADMSG,
			"%s: recorded on a %u-bit kernel; this version reads those of 64 bits alone",
			name, head->word_size <= 8 ? head->word_size * 8 : 0);
	if (strncmp(head->machine, "x86_64", sizeof(head->machine)) &&
	    strncmp(head->machine, "aarch64", sizeof(head->machine)))
		return linx_fail(err, -EBADMSG,
				 "%s: recorded on %s; this version reads those of x86_64 and aarch64 alone",
				 name, machine_of(head, machine));
	if (head->cpus == 0 || head->cpus > LINX_CAP_CPUS_MAX)
		return linx_fail(err, -EBADMSG, "%s: damaged header: %u CPUs", name, head->cpus);
	return 0;
}

static bool crc_matches(const struct linx_cap_head *head, const void *buf, size_t len)
{
	static const uint8_t zeroes[sizeof(head->crc)];
	const size_t at = offsetof(struct linx_cap_head, crc), behind = at + sizeof(zeroes);
	uint32_t crc;

	crc = linx_crc32c(0, buf, at);
	crc = linx_crc32c(crc, zeroes, sizeof(zeroes));
	return linx_crc32c(crc, (const uint8_t *)buf + behind, len - behind) == head->crc;
}

static void take_facts(const struct linx_cap_head *head, struct linx_header *h)
{
	h->info.format_major = head->format_major;
	h->info.format_minor = head->format_minor;
	h->info.word_size = head->word_size;
	h->info.page_size = head->page_size;
	h->info.cpus = head->cpus;
	h->info.pid_ns = head->pid_ns;
	h->clock_id = head->clock_id;
	h->table_hash = head->table_hash;
	COPY_STR(h->release, head->release);
	COPY_STR(h->machine, head->machine);
	COPY_STR(h->node, head->node);
	COPY_STR(h->boot_id, head->boot_id);
	COPY_STR(h->module_version, head->module_version);
	COPY_STR(h->clock_name, head->clock_name);
	if (head->size >= offsetof(struct linx_cap_head, engine) + sizeof(head->engine))
		COPY_STR(h->engine, head->engine);
	if (head->size >= offsetof(struct linx_cap_head, session) + sizeof(head->session))
		h->info.session = head->session;
	if (!h->engine[0])
		snprintf(h->engine, sizeof(h->engine), "%s", LINX_CAP_ENGINE_BEFORE_2_1);
	make_printable(h->engine);
	linx_header_link(h);
}

int linx_header_parse(const void *buf, size_t len, const char *name, struct linx_header *h,
		      struct linx_error *err)
{
	const struct linx_cap_head *head = buf;
	const char *text = (const char *)buf + head->size;

	memset(h, 0, sizeof(*h));
	if (len != head->len || !crc_matches(head, buf, len))
		return linx_fail(err, -EBADMSG, "%s: damaged header: its checksum is wrong", name);
	if (linx_table_hash(text, head->table_len) != head->table_hash)
		return linx_fail(err, -EBADMSG,
				 "%s: damaged header: the table does not have its hash", name);
	h->table = malloc(head->table_len + 1u);
	if (!h->table)
		return linx_fail(err, -ENOMEM, "%s: out of memory", name);
	memcpy(h->table, text, head->table_len);
	h->table[head->table_len] = '\0';
	h->table_len = head->table_len;
	take_facts(head, h);
	return 0;
}
