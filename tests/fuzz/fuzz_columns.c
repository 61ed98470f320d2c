// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes columns of records: any bytes, joined as columns, are refused or give valid records; splitting these records
 * and joining their columns again gives the same records. The first three bytes of the input are flags and the expected
 * length of the records. If the first bit is set, the rest of the input is not columns, but records.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/engine/columns.h"
#include "kmod/shared/ring_proto.h"

/* Corrects the lengths of the records in data, up to the last record that fits. */
static size_t mend(uint8_t *data, size_t size)
{
	struct linx_rec *rec;
	size_t at = 0;

	for (; size - at >= sizeof(*rec); at += LINX_REC_LEN(rec)) {
		rec = (void *)(data + at);
		rec->words = sizeof(*rec) / 8 + (rec->words & 0x3f);
		if (LINX_REC_LEN(rec) > size - at)
			rec->words = (size - at) / 8 & 0x1fff;
	}
	return at;
}

/* Returns a copy in memory of exactly that size, so that sanitizers detect accesses beyond it. */
static uint8_t *copy(const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(size ? size : 1);

	if (size)
		memcpy(p, data, size);
	return p;
}

static void there_and_back(const uint8_t *records, size_t len)
{
	struct linx_splitter *s = linx_splitter_new();
	struct linx_column_part parts[LINX_COLUMNS];
	uint8_t *columns = malloc(linx_columns_bound(len)), *again = malloc(len ? len : 1);
	size_t n = 0;

	if (!linx_columns_split(s, records, len, parts))
		abort();
	for (unsigned int c = 0; c < LINX_COLUMNS; c++) {
		memcpy(columns + n, parts[c].data, parts[c].len);
		n += parts[c].len;
	}
	if (!linx_columns_join(columns, n, again, len) || memcmp(again, records, len))
		abort();
	free(again);
	free(columns);
	linx_splitter_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *in, *records;
	size_t len;

	if (size < 3 || size > 1 << 20)
		return 0;
	len = (data[0] >> 1 | (size_t)data[1] << 7 | (size_t)(data[2] & 7) << 15) * 8;
	in = copy(data + 3, size - 3);
	if (data[0] & 1) {
		there_and_back(in, mend(in, size - 3));
	} else {
		records = malloc(len ? len : 1);
		if (linx_columns_join(in, size - 3, records, len))
			there_and_back(records, len);
		free(records);
	}
	free(in);
	return 0;
}
