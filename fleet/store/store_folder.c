// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stores blocks as files of a folder, each with as many consecutive blocks as there are. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <string.h>
#include <time.h>

int store_by_place(const void *x, const void *y)
{
	const struct spool_head *a = &((const struct block *)x)->head, *b = &((const struct block *)y)->head;
	int order = strcmp(a->machine, b->machine);

	if (order)
		return order;
	if (a->spool != b->spool)
		return a->spool < b->spool ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* Writes all rows in s->rows that the file does not have yet to the file. */
static int write_group(struct store *s)
{
	struct linx_rowset_end end;
	int rc = linx_rowset_make(s->rows, &end);

	return rc ? rc : folder_write(s->folder, &end);
}

/* Writes consecutive blocks as one file. 0; -ENOSPC, -EDQUOT, -ENOMEM: the folder does not have it; or another -errno. */
static int write_file(struct store *s, struct block *b, unsigned int n)
{
	uint64_t time_ns = b->head.flags & SPOOL_LOST ? (uint64_t)time(NULL) * 1000000000 : b->head.from_ns;
	int rc = folder_begin(s->folder, b->head.machine, time_ns);

	linx_rowset_clear(s->rows);
	for (unsigned int i = 0; i < n && !rc; i++) {
		rc = store_add_block(s, &b[i]);
		if (rc != -ENOBUFS)
			continue;
		rc = write_group(s);
		if (!rc)
			rc = store_add_block(s, &b[i]);
	}
	if (!rc)
		rc = write_group(s);
	if (rc) {
		folder_drop(s->folder);
		return rc;
	}
	return folder_end(s->folder, b->head.spool, b->head.number, b[n - 1].head.last);
}

/* Returns how many of the n blocks, from the first on, belong into one file: consecutive ones of one spool and day. */
static unsigned int run_of(const struct block *b, unsigned int n)
{
	unsigned int i;

	for (i = 1; i < n; i++)
		if (strcmp(b[i].head.machine, b->head.machine) != 0 || b[i].head.spool != b->head.spool || b[i].head.number != b[i - 1].head.last + 1 ||
		    (b[i].head.flags ^ b->head.flags) & SPOOL_LOST || b[i].head.from_ns / SPOOL_DAY_NS != b->head.from_ns / SPOOL_DAY_NS)
			break;
	return i;
}

static int put(struct store *s)
{
	unsigned int n = run_of(s->blocks, s->n);
	int rc = write_file(s, s->blocks, n);

	for (unsigned int i = 0; i < n; i++)
		s->blocks[i].stored = !rc;
	return rc;
}

static int note_floor(struct store *s, const char *machine, uint64_t spool, uint64_t floor)
{
	return folder_note_floor(s->folder, machine, spool, floor);
}

const struct store_way store_folder_way = { .order = store_by_place, .put = put, .note_floor = note_floor };

int store_use_folder(struct store *s, struct problem *why)
{
	s->way = &store_folder_way;
	s->folder = folder_open(&s->aside, &s->ledger, why);
	return s->folder ? 0 : -1;
}
#endif
