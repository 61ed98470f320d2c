// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the seeds of fuzz_columns. Each run writes the same seeds:
 *   make build/liblinx.a && cc -std=c11 -D_GNU_SOURCE -I. -Ikmod/uapi -Ilibuser/include -Ilibuser -Ikmod \
 *   tests/fuzz/seeds/make_columns.c build/liblinx.a -lzstd -o build/seeds build/seeds tests/fuzz/seeds/fuzz_columns
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/engine/columns.h"
#include "kmod/shared/ring_proto.h"

#define RECORDS 24u

struct call {
	struct linx_rec rec;
	uint64_t ret, args[5];
};

/*
 * Makes calls of two kinds by turns. Each tenth call is of a third kind: longer, by another task, with a jump in the
 * time and a jump in the sequence number.
 */
static struct call call_of(unsigned int i)
{
	bool odd = i % 10 == 9;

	return (struct call){
		.rec = { .words = (odd ? sizeof(struct call) : sizeof(struct call) - 16) / 8,
			 .kind = LINX_REC_EXIT,
			 .nr = i & 1,
			 .nargs = 3,
			 .seq = i + odd * 5u,
			 .time = i * 1000 + odd * 100000u,
			 .tid = 100 + odd,
			 .pid = 100 },
		.ret = i,
		.args = { 3, 0x7000, 64 },
	};
}

static void save(const char *dir, const char *name, size_t len, unsigned int records, const struct linx_column_part *parts, size_t n)
{
	unsigned char head[3] = { (unsigned char)((len / 8 & 127) << 1 | records), (unsigned char)(len / 8 >> 7), 0 };
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	assert(out && fwrite(head, 1, sizeof(head), out) == sizeof(head));
	for (size_t i = 0; i < n; i++)
		assert(fwrite(parts[i].data, 1, parts[i].len, out) == parts[i].len);
	assert(!fclose(out));
}

int main(int argc, char **argv)
{
	struct linx_splitter *s = linx_splitter_new();
	struct linx_column_part parts[LINX_COLUMNS];
	struct linx_column_part whole;
	uint8_t *records = calloc(RECORDS, sizeof(struct call));
	size_t len = 0;

	assert(argc == 2 && s && records);
	for (unsigned int i = 0; i < RECORDS; i++) {
		struct call c = call_of(i);

		memcpy(records + len, &c, LINX_REC_LEN(&c.rec));
		len += LINX_REC_LEN(&c.rec);
	}
	assert(linx_columns_split(s, records, len, parts));
	save(argv[1], "columns", len, 0, parts, LINX_COLUMNS);
	whole = (struct linx_column_part){ records, len };
	save(argv[1], "records", len, 1, &whole, 1);
	linx_splitter_free(s);
	free(records);
	return 0;
}
