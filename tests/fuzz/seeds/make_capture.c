// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the seeds of fuzz_capture. Each run writes the same seeds:
 *   make build/liblinx.a && cc -std=c11 -D_GNU_SOURCE -I. -Ikmod/uapi -Ilibuser/include -Ilibuser -Ikmod \
 *   -Itests/unit/support tests/fuzz/seeds/make_capture.c tests/unit/support/fake_engine.c build/liblinx.a -lzstd -o
 *   build/seeds build/seeds tests/fuzz/seeds/fuzz_capture
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake_engine.h"
#include "libuser/engine/header.h"

static const char table[] = LINX_TABLE_MAGIC
	"row read (DESC) fd:fd:V buf:bytes:OUT_BUF count:size:V\n"
	"row openat (FILE | DESC | ENTRY) dfd:dirfd:V filename:path:STR flags:open_flags:V mode:mode:V\n"
	"row exit (NORETURN | ENTRY) error_code:int:V\n"
	"nr x86_64 0 read read\n"
	"nr x86_64 257 openat openat\n"
	"nr x86_64 60 exit exit\n";

static struct fake *begin(void)
{
	struct fake *f = fake_new(2);

	assert(sizeof(table) <= f->header.table_len);
	memcpy(f->header.table, table, sizeof(table));
	f->header.table_len = sizeof(table) - 1;
	f->header.table_hash = linx_table_hash(f->header.table, f->header.table_len);
	return f;
}

/* Adds an openat at entry and return, with its path. */
static void opens(struct fake *f, unsigned int lane, uint64_t time)
{
	struct {
		struct linx_rec r;
		uint64_t args[4];
		struct linx_val v;
		char path[16];
	} in = {
		.r = { .words = sizeof(in) / 8,
		       .kind = LINX_REC_ENTER,
		       .nr = 257,
		       .nargs = 4,
		       .nvals = 1,
		       .time = time,
		       .tid = 100 + lane,
		       .pid = 100 + lane },
		.args = { (uint64_t)-100, 0x1000, 0, 0 },
		.v = { .size = 11,
		       .arg = 1,
		       .info = LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE),
		       .orig = 11 },
		.path = "/etc/passwd",
	};

	fake_add(f, lane, &in);
	fake_exit(f, lane, time + 5, 257, 3);
}

static void save(const char *dir, const char *name, char first, const void *data, size_t len)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	assert(out);
	fputc(first, out);
	assert(fwrite(data, 1, len, out) == len);
	assert(!fclose(out));
}

static struct fake *mixed(void)
{
	struct fake *f = begin();

	fake_context(f, 0, 5, LINX_REC_TASK, 100);
	opens(f, 0, 10);
	fake_context(f, 1, 12, LINX_REC_FORK, 101);
	fake_pieces(f, 1, 20, 2);
	fake_lose(f, 0, 25, 3);
	fake_pad(f, 0, 48);
	fake_exit(f, 0, 30, 0, -11);
	fake_context(f, 1, 40, LINX_REC_TASK_EXIT, 101);
	return f;
}

/* Saves a capture with an empty list of processes before its first block. */
static void save_empty_list(const char *dir, const uint8_t *file, size_t len)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = LINX_CAP_TASKS };
	size_t header = ((const struct linx_cap_head *)(const void *)file)->len;
	uint8_t *more = malloc(len + sizeof(b));

	assert(more);
	memcpy(more, file, header);
	memcpy(more + header, &b, sizeof(b));
	memcpy(more + header + sizeof(b), file + header, len - header);
	save(dir, "empty-list", 0, more, len + sizeof(b));
	free(more);
}

int main(int argc, char **argv)
{
	uint8_t *file, *two;
	size_t len;

	assert(argc == 2);
	file = record(begin(), 0, &len);
	save(argv[1], "empty", 0, file, len);
	save_empty_list(argv[1], file, len);
	free(file);
	file = record(mixed(), 3, &len);
	save(argv[1], "zstd", 3, file, len);
	free(file);
	file = record(mixed(), 0, &len);
	save(argv[1], "mixed", 4, file, len);
	save(argv[1], "cut", 8, file, len - 300);
	two = malloc(2 * len);
	assert(two);
	memcpy(two, file, len);
	memcpy(two + len, file, len);
	save(argv[1], "two-sections", 2, two, 2 * len);
	free(two);
	free(file);
	return 0;
}
