// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stores blocks in tables of ClickHouse, many blocks of one day at a time. Rows of a block are inserted as a whole or
 * not at all. Before an insert, linx-store asks for the first row of each block. So a block is not inserted again even
 * if the answer to an earlier insert was lost.
 */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000ull
/*
 * An insert has no further block when it has so many bytes or rows. ClickHouse makes one part of an insert of this
 * size.
 */
#define INSERT_BYTES (64u << 20)
#define INSERT_ROWS 1000000u
/* Columns that are added to those of a block, and the most columns that a block can then have. */
#define MORE_COLUMNS 5
#define COLUMNS_MAX 127
/* A block that ClickHouse refuses so many times, and takes other blocks meanwhile, is refused for good. */
#define FAILURES_MAX 3u
/* Blocks that were stored in this time count at the start; older ones are below the floors, or are asked for. */
#define RECENT "172800"
/* More than the bytes of a line with the name of a machine and three numbers. */
#define LINE_MAX_LEN 160
#define AWAY_NS (1 * SECOND_NS)

static int by_day(const void *x, const void *y)
{
	const struct block *a = x, *b = y;

	return a->day != b->day ? (a->day < b->day ? -1 : 1) : store_by_place(x, y);
}

/* ---- which blocks are stored -------------------------------------------------------------------------------- */

/* Reads the next line of a result, "MACHINE SPOOL FROM TO" separated by tabs. Moves *text to the line after it. */
static bool next_line(const char **text, char machine[SPOOL_MACHINE_MAX + 1], uint64_t *spool, struct range *r)
{
	char line[LINE_MAX_LEN]; /* sscanf() reads a text to its end, which can be far */
	size_t len = strcspn(*text, "\n");

	if (!(*text)[len] || len >= sizeof(line))
		return false;
	memcpy(line, *text, len);
	line[len] = '\0';
	*text += len + 1;
	return sscanf(line, "%64[^\t\n]\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64, machine, spool, &r->from, &r->to) == 4 &&
	       spool_machine_is_good(machine) && r->from && r->to >= r->from;
}

/* Adds the blocks in a result to the ledger. floors: the lines have floors. 0, -EPROTO or -ENOMEM. */
static int note_lines(struct store *s, const char *text, bool floors)
{
	char machine[SPOOL_MACHINE_MAX + 1];
	struct source *source;
	struct range r;
	uint64_t spool;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (*text && !rc) {
		if (!next_line(&text, machine, &spool, &r)) {
			problem_set(&s->reason, "not a block: %s", s->clickhouse.url);
			rc = -EPROTO;
			break;
		}
		source = ledger_get(&s->ledger, machine, spool);
		if (!source || !source_add(source, r.from, r.to))
			rc = -ENOMEM;
		else if (floors)
			source->noted = r.to + 1;
	}
	pthread_mutex_unlock(&s->lock);
	return rc;
}

/* Asks for blocks, and adds them to the ledger. */
static int read_blocks(struct store *s, const char *sql, bool floors)
{
	struct http_answer a;
	int rc = clickhouse_ask(&s->clickhouse, sql, &a, &s->reason);

	return rc ? rc : note_lines(s, a.text, floors);
}

/* True if the rows of a block are to be inserted. */
static bool is_due(const struct block *b)
{
	return !b->inserted && !b->again;
}

/* Asks which blocks are stored already. */
static int find_stored(struct store *s)
{
	struct bytes *sql = &s->list;
	unsigned int asked = 0;
	int rc;

	bytes_clear(sql);
	bytes_print(sql, "select machine, spool, block, last from %s.rows where (machine, spool, block, row) in (", s->clickhouse.database);
	for (unsigned int i = 0; i < s->n; i++) {
		const struct spool_head *h = &s->blocks[i].head;

		if (is_due(&s->blocks[i]))
			bytes_print(sql, "%s('%s',%" PRIu64 ",%" PRIu64 ",0)", asked++ ? "," : "", h->machine, h->spool, h->number);
	}
	bytes_print(sql, ")");
	if (!asked)
		return 0;
	rc = sql->failed ? -ENOMEM : read_blocks(s, sql->data, false);
	for (unsigned int i = 0; i < s->n && !rc; i++)
		if (is_due(&s->blocks[i]))
			s->blocks[i].again = store_has(s, &s->blocks[i].head);
	return rc;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

/*
 * Appends a column of a block of Native: name, type, and a value of "size" bytes for each row. The first value is
 * "value", and each further one is greater by "step".
 */
static void put_column(struct bytes *to, const char *name, const char *type, unsigned int size, uint32_t rows, uint64_t value, uint64_t step)
{
	char *at;

	bytes_print(to, "%c%s%c%s", (int)strlen(name), name, (int)strlen(type), type);
	at = bytes_more(to, (size_t)rows * size);
	for (uint32_t i = 0; at && i < rows; i++, value += step, at += size)
		for (unsigned int k = 0; k < size; k++)
			at[k] = (char)(value >> 8 * k);
}

/*
 * Appends a block to the body of an insert: the block of Native that the library has made, with further columns. Such a
 * block begins with the number of its columns, here in one byte, and the columns follow one another to its end.
 */
static int put_block(struct bytes *to, const struct block *b, uint32_t rows, const char *native, size_t len)
{
	const struct spool_head *h = &b->head;

	if (!len || (uint8_t)native[0] + MORE_COLUMNS > COLUMNS_MAX)
		return -EPROTO;
	bytes_print(to, "%c", native[0] + MORE_COLUMNS);
	bytes_put(to, native + 1, len - 1);
	put_column(to, "spool", "UInt64", 8, rows, h->spool, 0);
	put_column(to, "block", "UInt64", 8, rows, h->number, 0);
	put_column(to, "last", "UInt64", 8, rows, h->last, 0);
	put_column(to, "row", "UInt16", 2, rows, 0, 1);
	put_column(to, "day", "Date", 2, rows, b->day, 0);
	return to->failed ? -ENOMEM : 0;
}

/* Appends the rows of a block, or the row that stands for it, to the body of an insert. */
static int encode(struct store *s, struct block *b, uint32_t *rows)
{
	struct linx_rowset_end end;
	int rc;

	linx_rowset_clear(s->rows);
	rc = store_add_block(s, b);
	*rows = linx_rowset_get_pending(s->rows);
	if (!rc)
		rc = linx_rowset_make(s->rows, &end);
	return rc ? rc : put_block(&s->body, b, *rows, end.data, end.len);
}

static int insert_rows(struct store *s)
{
	return clickhouse_insert(&s->clickhouse, "rows format Native", &s->body, &s->reason);
}

/* Inserts each of n blocks alone, after they were refused together. 0, also if some are refused; or as insert_rows(). */
static int insert_alone(struct store *s, struct block *b, unsigned int n)
{
	uint32_t rows;
	int rc = 0;

	for (unsigned int i = 0; i < n && (!rc || rc == -EPROTO); i++) {
		if (!is_due(&b[i]))
			continue;
		bytes_clear(&s->body);
		rc = encode(s, &b[i], &rows);
		if (!rc)
			rc = insert_rows(s);
		b[i].inserted = !rc;
	}
	return rc == -EPROTO ? 0 : rc;
}

/*
 * Inserts the first of n blocks: those of one day, as many as fit into one insert. *taken: how many of the blocks were
 * tried, or need not be inserted. 0, also if some are refused; or as insert_rows().
 */
static int insert_together(struct store *s, struct block *b, unsigned int n, unsigned int *taken)
{
	unsigned int i, due = 0;
	uint64_t all = 0;
	uint32_t rows;
	int rc = 0;

	bytes_clear(&s->body);
	for (i = 0; i < n && !rc && b[i].day == b->day && s->body.len < INSERT_BYTES && all < INSERT_ROWS - LINX_ROWSET_GROUP; i++) {
		if (!is_due(&b[i]))
			continue;
		rc = encode(s, &b[i], &rows);
		all += rows;
		due++;
	}
	*taken = i;
	if (rc || !due)
		return rc;
	rc = insert_rows(s);
	if (rc == -EPROTO)
		return due > 1 ? insert_alone(s, b, i) : 0;
	for (unsigned int k = 0; k < i && !rc; k++)
		b[k].inserted |= !b[k].again;
	return rc;
}

/*
 * Inserts all blocks that are not stored. A block that is refused again and again is refused for good, if ClickHouse has
 * taken another block since the first time. 0: at least one block is stored; or as insert_rows().
 */
static int insert_all(struct store *s)
{
	uint64_t before = s->inserted;
	unsigned int good = 0, taken;
	int rc = 0;

	for (unsigned int i = 0; i < s->n && !rc; i += taken)
		rc = insert_together(s, s->blocks + i, s->n - i, &taken);
	for (unsigned int i = 0; i < s->n; i++)
		good += !is_due(&s->blocks[i]);
	s->inserted += good;
	for (unsigned int i = 0; i < s->n && !rc; i++) {
		struct block *b = &s->blocks[i];

		if (!is_due(b))
			continue;
		if (!b->failures++)
			b->since = before;
		if (b->failures >= FAILURES_MAX && s->inserted > b->since)
			store_refuse(s, b, "accepted by ClickHouse");
	}
	return good ? 0 : rc ? rc : -EPROTO;
}

/* ---- blocks ------------------------------------------------------------------------------------------------- */

/* Appends an array with a number of each CPU of a block, as text. */
static void print_cpus(struct bytes *to, const struct block *b, uint64_t (*number)(const struct spool_cpu *cpu))
{
	const char *at = b->body - b->head.ncpus * sizeof(struct spool_cpu);
	struct spool_cpu cpu;

	bytes_print(to, "\t[");
	for (uint32_t i = 0; i < b->head.ncpus && !b->refused; i++) {
		memcpy(&cpu, at + i * sizeof(cpu), sizeof(cpu));
		bytes_print(to, "%s%" PRIu64, i ? "," : "", number(&cpu));
	}
	bytes_print(to, "]");
}

static uint64_t cpu_of(const struct spool_cpu *cpu)
{
	return cpu->cpu;
}

static uint64_t rows_of(const struct spool_cpu *cpu)
{
	return cpu->rows;
}

static uint64_t first_of(const struct spool_cpu *cpu)
{
	return cpu->first_seq;
}

static uint64_t last_of(const struct spool_cpu *cpu)
{
	return cpu->last_seq;
}

static void print_block(struct bytes *to, const struct block *b)
{
	const struct spool_head *h = &b->head;
	char day[16];

	store_print_day(day, b->day);
	bytes_print(to, "%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu64 "\t%u\t%s", h->machine, h->spool, h->number,
		    h->last, h->session, day, h->from_ns, h->to_ns, h->rows,
		    b->refused ? "refused" : h->flags & SPOOL_LOST ? "spool" : "");
	print_cpus(to, b, cpu_of);
	print_cpus(to, b, rows_of);
	print_cpus(to, b, first_of);
	print_cpus(to, b, last_of);
	bytes_print(to, "\n");
}

/* Inserts the blocks whose rows are stored into the table "blocks". From then on they are stored. */
static int list_blocks(struct store *s)
{
	static const char into[] = "blocks (machine, spool, first, last, session, day, from_ns, to_ns, rows, cause, cpus, cpu_rows, first_seqs, "
				   "last_seqs) format TabSeparated";
	int rc;

	bytes_clear(&s->list);
	for (unsigned int i = 0; i < s->n; i++)
		if (!is_due(&s->blocks[i]))
			print_block(&s->list, &s->blocks[i]);
	rc = clickhouse_insert(&s->clickhouse, into, &s->list, &s->reason);
	for (unsigned int i = 0; i < s->n && !rc; i++)
		s->blocks[i].stored = !is_due(&s->blocks[i]);
	return rc;
}

static int put(struct store *s)
{
	int rc = clickhouse_settle(&s->clickhouse, &s->reason);

	if (!rc)
		rc = find_stored(s);
	if (!rc)
		rc = insert_all(s);
	if (!rc)
		rc = list_blocks(s);
	/* a server that refuses may do so because of its settings, or its disk is full: all blocks wait */
	return rc == -EPROTO ? -EAGAIN : rc;
}

/* ---- floors ------------------------------------------------------------------------------------------------- */

static int note_floor(struct store *s, const char *machine, uint64_t spool, uint64_t floor)
{
	bytes_print(&s->floors, "%s\t%" PRIu64 "\t%" PRIu64 "\n", machine, spool, floor);
	return s->floors.failed ? -ENOMEM : 0;
}

/* Sends the floors in one insert. If this fails, they are sent together with the next ones. */
static void end_floors(struct store *s)
{
	struct problem why;

	if (s->floors.len && clickhouse_insert(&s->clickhouse, "floors (machine, spool, floor) format TabSeparated", &s->floors, &why) != -EAGAIN)
		bytes_clear(&s->floors);
}

const struct store_way store_clickhouse_way = {
	.order = by_day,
	.put = put,
	.note_floor = note_floor,
	.end_floors = end_floors,
	.tidy = store_tidy_clickhouse,
};

/* Checks the tables, and reads which blocks they have. Returns as clickhouse_ask(). */
static int begin(struct store *s)
{
	struct clickhouse *c = &s->clickhouse;
	char sql[256];
	int rc = clickhouse_greet(c, &s->reason);

	if (!rc)
		rc = clickhouse_check_tables(c, &s->reason);
	snprintf(sql, sizeof(sql), "select machine, spool, 1, max(floor) - 1 from %s.floors where floor > 1 group by machine, spool", c->database);
	if (!rc)
		rc = read_blocks(s, sql, true);
	snprintf(sql, sizeof(sql), "select machine, spool, first, last from %s.blocks where stored > now() - " RECENT, c->database);
	return rc ? rc : read_blocks(s, sql, false);
}

int store_use_clickhouse(struct store *s, const struct clickhouse_settings *settings, bool (*stopping)(void), struct problem *why)
{
	struct complaint away = { 0 };
	int rc;

	s->way = &store_clickhouse_way;
	if (clickhouse_open(&s->clickhouse, settings, why))
		return -1;
	while ((rc = begin(s)) == -EAGAIN && !stopping()) {
		complain(&away, "cannot begin: %s", s->reason.text);
		nanosleep(&(struct timespec){ .tv_nsec = AWAY_NS - 1 }, NULL);
	}
	if (rc)
		*why = s->reason;
	return rc ? -1 : 0;
}
#endif
