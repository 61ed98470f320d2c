// SPDX-License-Identifier: LGPL-2.1-or-later
/* Heads of blocks: see spool/spool_block.h. */
#include "spool/spool_block.h"

#include <ctype.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "heads of blocks are written as they lie in memory"
#endif

_Static_assert(sizeof(struct spool_cpu) == 32, "no padding");
_Static_assert(sizeof(struct spool_head) == 152, "no padding");

bool spool_machine_is_good(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!isascii((unsigned char)name[i]) || (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i])))
			return false;
	/* two points in a row, or one at an end, would make an empty token, which a subject of NATS cannot have */
	return n && n <= SPOOL_MACHINE_MAX && name[0] != '.' && name[n - 1] != '.' && !strstr(name, "..");
}

static uint32_t crc_of(struct spool_head h, const void *cpus)
{
	h.crc = 0;
	return linx_checksum(linx_checksum(0, &h, sizeof(h)), cpus, h.size - sizeof(h));
}

void spool_head_seal(struct spool_head *h, const struct spool_cpu *cpus)
{
	h->magic = SPOOL_BLOCK_MAGIC;
	h->size = (uint32_t)(sizeof(*h) + h->ncpus * sizeof(*cpus));
	h->crc = crc_of(*h, cpus);
}

static bool has_sense(const struct spool_head *h)
{
	bool lost = h->flags & SPOOL_LOST;

	if (h->machine[SPOOL_MACHINE_MAX] || !spool_machine_is_good(h->machine) || !h->number || h->last < h->number || h->last == UINT64_MAX)
		return false;
	if (lost)
		return !h->rows && !h->body;
	return h->last == h->number && h->rows && h->rows <= LINX_ROWSET_GROUP && h->body && h->from_ns <= h->to_ns && h->body <= SPOOL_BLOCK_MAX - h->size;
}

size_t spool_head_read(struct spool_head *h, const void *data, size_t len)
{
	if (len < sizeof(*h))
		return 0;
	memcpy(h, data, sizeof(*h));
	if (h->magic != SPOOL_BLOCK_MAGIC || h->ncpus > SPOOL_CPUS_MAX || h->size != sizeof(*h) + (size_t)h->ncpus * sizeof(struct spool_cpu))
		return 0;
	if (h->size > len || h->crc != crc_of(*h, (const char *)data + sizeof(*h)) || !has_sense(h))
		return 0;
	return h->size;
}

bool spool_body_is_right(const struct spool_head *h, const void *body, size_t len)
{
	return len == h->body && linx_checksum(0, body, len) == h->body_crc;
}
