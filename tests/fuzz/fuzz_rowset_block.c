// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes what linx-store takes from the network. The first byte selects what the rest of the input is: a message, whose
 * head is corrected first, so that the code after the check is reached; or a block, which stays unchanged; or the
 * unpacked content of a block.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <linx/rowset.h>

#include "common/spool/spool_block.c"

static void add(struct linx_rowset *set, const struct spool_head *h, const void *body, size_t len)
{
	const struct linx_rowset_block want = { .size = sizeof(want), .machine = h->machine, .session = h->session,
						.from_ns = h->from_ns, .to_ns = h->to_ns, .rows = h->rows };
	struct linx_rowset_native columns;
	struct linx_rowset_end end;
	int checked = linx_rowset_check_block(set, &want, body, len, &columns);

	if (checked != linx_rowset_add_block(set, &want, body, len) || (!checked && linx_rowset_make(set, &end)))
		abort();
}

static void take_message(struct linx_rowset *set, uint8_t *data, size_t len)
{
	struct spool_head h;
	size_t size;

	if (len >= sizeof(h)) {
		memcpy(&h, data, sizeof(h));
		h.ncpus %= 4;
		if (sizeof(h) + h.ncpus * sizeof(struct spool_cpu) <= len)
			spool_head_seal(&h, (const struct spool_cpu *)(data + sizeof(h)));
		memcpy(data, &h, sizeof(h));
	}
	size = spool_head_read(&h, data, len);
	if (size)
		add(set, &h, data + size, len - size);
}

/* Packs the input as a block, with the number of rows that the input names. */
static void take_plain(struct linx_rowset *set, const uint8_t *data, size_t len)
{
	struct spool_head h = { .machine = "m", .to_ns = UINT64_MAX, .rows = len > 1 && data[1] < 128 ? data[1] : 1 };
	size_t room = ZSTD_compressBound(len), n;
	char *packed = malloc(room);

	n = ZSTD_compress(packed, room, data, len, 1);
	if (!ZSTD_isError(n) && h.rows)
		add(set, &h, packed, n);
	free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct linx_rowset_opts opts = { .size = sizeof(opts), .format = LINX_ROWSET_PARQUET, .level = 1 };
	struct linx_rowset *set;
	uint8_t *copy;

	if (!size || linx_rowset_new(&opts, &set))
		return 0;
	/* memory of exactly that size, so that sanitizers detect accesses beyond it; a message is aligned, as in linx-store */
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	if (data[0] % 3 == 0)
		take_message(set, copy, size - 1);
	else if (data[0] % 3 == 1)
		add(set, &(struct spool_head){ .machine = "m", .to_ns = UINT64_MAX, .rows = 1 }, copy, size - 1);
	else
		take_plain(set, copy, size - 1);
	free(copy);
	linx_rowset_free(set);
	return 0;
}
