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

/*
 * An insert has no further block when it has so many unpacked bytes or rows. ClickHouse makes one part of an insert of this
 * size. After an insert that the server or the line cannot do, the next ones have fewer bytes.
 */
#define INSERT_BYTES (192u << 20)
#define INSERT_BYTES_MIN (INSERT_BYTES >> 6)
#define INSERT_ROWS 1000000u
/* Columns that are added to those of a block. */
#define MORE_COLUMNS 5
/*
 * Limit of the bytes of an unpacked block. A small message can have a larger one. The recorder makes none: its blocks have
 * 7 MiB and a row, with a command line of 6 MiB at most, of which a byte takes up to six.
 */
#define BLOCK_BYTES (64u << 20)
/*
 * A block is refused for good after so many refusals by ClickHouse, if it has taken another block after each of them. A
 * refused block is tried again after RETRY_NS. So a server that is sick for a time, even of minutes, loses no block.
 */
#define FAILURES_MAX 6u
#define RETRY_NS (30 * SECOND_NS)
/*
 * Blocks that were stored in this time are read at the start, as far as the limits allow. The others are below the
 * floors, or find_stored() asks for them.
 */
#define RECENT "172800"
#define RECENT_BLOCKS "order by first desc limit 20000 by machine, spool limit 5000000"
/* More than the bytes of a line with the name of a machine and three numbers. */
#define LINE_MAX_LEN 160
#define AWAY_NS (1 * SECOND_NS)

static int by_day(const void *x, const void *y)
{
	const struct block *a = x, *b = y;

	return a->day != b->day ? (a->day < b->day ? -1 : 1) : store_by_place(x, y);
}

/* ---- which blocks are stored -------------------------------------------------------------------------------- */

/*
 * Reads the next line of a result, "MACHINE SPOOL FROM TO" separated by tabs, and perhaps a 1 if a row stands for a
 * refused block. Moves *text to the line after it.
 */
static bool next_line(const char **text, char machine[SPOOL_MACHINE_MAX + 1], uint64_t *spool, struct range *r, unsigned int *refused)
{
	char line[LINE_MAX_LEN]; /* sscanf() reads a text to its end, which can be far */
	size_t len = strcspn(*text, "\n");

	if (!(*text)[len] || len >= sizeof(line))
		return false;
	memcpy(line, *text, len);
	line[len] = '\0';
	*text += len + 1;
	*refused = 0;
	return sscanf(line, "%64[^\t\n]\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%u", machine, spool, &r->from, &r->to, refused) >= 4 &&
	       spool_machine_is_good(machine) && r->from && r->to >= r->from;
}

static int not_a_block(struct store *s)
{
	problem_set(&s->reason, "not a block: %s", s->clickhouse.url);
	return -EPROTO;
}

/* Adds the blocks in a result to the ledger. floors: the lines have floors. 0, -EPROTO or -ENOMEM. */
static int note_lines(struct store *s, const char *text, bool floors)
{
	char machine[SPOOL_MACHINE_MAX + 1];
	struct source *source;
	struct range r;
	unsigned int refused;
	uint64_t spool;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (*text && !rc) {
		if (!next_line(&text, machine, &spool, &r, &refused)) {
			rc = not_a_block(s);
			break;
		}
		source = ledger_get(&s->ledger, machine, spool);
		if (!source || !source_add(source, r.from, r.to))
			rc = -ENOMEM;
		else if (floors)
			source->noted = r.to + 1;
	}
	pthread_mutex_unlock(&s->lock);
	if (rc == -ENOMEM)
		problem_set(&s->reason, "out of memory");
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

/*
 * Marks a waiting block whose rows are stored. It is not in the ledger until it is in the table "blocks", too: otherwise
 * linx-ship could remove it, and no other process could list it. A row that stands for several blocks says which.
 */
static void mark_stored(struct store *s, const char *machine, uint64_t spool, const struct range *r, bool refused)
{
	for (unsigned int i = 0; i < s->n; i++) {
		struct spool_head *h = &s->blocks[i].head;

		if (h->number != r->from || h->spool != spool || strcmp(h->machine, machine) != 0)
			continue;
		h->last = r->to;
		s->blocks[i].again = true;
		s->blocks[i].refused |= refused;
	}
}

/* Marks the blocks in a result. 0 or -EPROTO. */
static int mark_lines(struct store *s, const char *text)
{
	char machine[SPOOL_MACHINE_MAX + 1];
	struct range r;
	unsigned int refused;
	uint64_t spool;

	while (*text) {
		if (!next_line(&text, machine, &spool, &r, &refused))
			return not_a_block(s);
		mark_stored(s, machine, spool, &r, refused);
	}
	return 0;
}

/* Asks which blocks are stored already, and for which of them a row stands. */
static int find_stored(struct store *s)
{
	struct bytes *sql = &s->list;
	unsigned int asked = 0;
	struct http_answer a;
	int rc;

	bytes_clear(sql);
	bytes_print(sql,
		    "select machine, spool, block, last, ifNull(kind = 'gap' and args like '%%\"cause\":\"refused\"%%', 0) from %s.rows "
		    "where (machine, spool, block, row) in (",
		    s->clickhouse.database);
	for (unsigned int i = 0; i < s->n; i++) {
		const struct spool_head *h = &s->blocks[i].head;

		if (is_due(&s->blocks[i]))
			bytes_print(sql, "%s('%s',%" PRIu64 ",%" PRIu64 ",0)", asked++ ? "," : "", h->machine, h->spool, h->number);
	}
	bytes_print(sql, ")");
	if (!asked)
		return 0;
	if (sql->failed) {
		problem_set(&s->reason, "out of memory");
		return -ENOMEM;
	}
	rc = clickhouse_ask(&s->clickhouse, sql->data, &a, &s->reason);
	return rc ? rc : mark_lines(s, a.text);
}

/*
 * Finds out what is stored, in case an insert did more than its answer says. Returns as clickhouse_ask(), but -EPROTO is
 * -EAGAIN: a server that refuses such questions may do so because of its settings.
 */
static int look(struct store *s)
{
	int rc = clickhouse_settle(&s->clickhouse, &s->reason);

	if (!rc)
		rc = find_stored(s);
	return rc == -EPROTO ? -EAGAIN : rc;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

/* Appends a number as Native has it: 7 bits in each byte, the least significant byte first. */
static void put_count(struct bytes *to, uint32_t n)
{
	for (; n > 127; n >>= 7)
		bytes_print(to, "%c", (int)(n & 127) | 128);
	bytes_print(to, "%c", (int)n);
}

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
 * Appends rows to the body of an insert, as a block of Native: the numbers of its columns and rows, its columns as they
 * are, and further columns.
 */
static void put_block(struct store *s, const struct block *b, uint32_t rows, const struct linx_rowset_native *native)
{
	const struct spool_head *h = &b->head;
	struct bytes *more = &s->more;

	bytes_clear(more);
	put_count(more, native->columns + MORE_COLUMNS);
	put_count(more, rows);
	frames_pack(&s->body, more->data, more->len);
	if (native->packed)
		frames_put(&s->body, native->packed, native->packed_len, native->len);
	else
		frames_pack(&s->body, native->data, native->len);
	bytes_clear(more);
	put_column(more, "spool", "UInt64", 8, rows, h->spool, 0);
	put_column(more, "block", "UInt64", 8, rows, h->number, 0);
	put_column(more, "last", "UInt64", 8, rows, h->last, 0);
	put_column(more, "row", "UInt16", 2, rows, 0, 1);
	put_column(more, "day", "Date", 2, rows, b->day, 0);
	frames_pack(&s->body, more->data, more->len);
	s->body.to.failed |= more->failed;
}

/* Adds the row that stands for a block to the body of an insert. *rows: 1. */
static int put_note(struct store *s, const struct block *b, uint32_t *rows)
{
	/* a block of Native with one row begins with two numbers of one byte */
	const size_t counts = 2;
	struct linx_rowset_native native = { 0 };
	struct linx_rowset_end end;
	int rc = linx_rowset_make(s->rows, &end);

	if (rc)
		return rc;
	*rows = 1;
	native.columns = (uint8_t)((const char *)end.data)[0];
	native.data = (const char *)end.data + counts;
	native.len = end.len - counts;
	put_block(s, b, *rows, &native);
	return 0;
}

/*
 * Appends the rows of a block, or the row that stands for it, to the body of an insert. *rows: number of these rows. A
 * block that is too large counts as all rows of an insert, since it would take minutes to unpack many of them.
 */
static int encode(struct store *s, struct block *b, uint32_t *rows)
{
	struct linx_rowset_native native;
	int rc;

	linx_rowset_clear(s->rows);
	rc = store_check_block(s, b, &native);
	if (!rc && !native.data)
		rc = put_note(s, b, rows);
	else if (!rc && native.len <= BLOCK_BYTES)
		put_block(s, b, *rows = b->head.rows, &native);
	else if (!rc) {
		store_refuse(s, b, "small enough when it is unpacked");
		rc = encode(s, b, rows);
		*rows = INSERT_ROWS;
	}
	return rc || !s->body.to.failed ? rc : -ENOMEM;
}

static int insert_rows(struct store *s)
{
	int rc = clickhouse_insert(&s->clickhouse, "rows format Native", &s->body.to, true, &s->reason);

	if (!rc && s->insert_bytes < INSERT_BYTES)
		s->insert_bytes *= 2;
	else if (rc == -EAGAIN && s->insert_bytes > INSERT_BYTES_MIN)
		s->insert_bytes /= 2;
	return rc;
}

/* Notes that the rows of a block, or the row that stands for it, are inserted. Only rows say that ClickHouse takes rows. */
static void note_inserted(struct store *s, struct block *b)
{
	b->inserted = true;
	s->inserted += !b->refused && !(b->head.flags & SPOOL_LOST);
}

/* Notes that ClickHouse has refused a block. Refusals count as one while it takes no other block. */
static void note_refused(struct store *s, struct block *b)
{
	if (!b->failures || s->inserted > b->since)
		b->failures++;
	b->since = s->inserted;
	b->refused_ns = store_now_ns();
	complain(&s->refusing, "waits: a block of %s: %s", b->head.machine, s->reason.text);
}

/* True if a block is to be refused for good: see FAILURES_MAX. */
static bool is_hopeless(const struct store *s, const struct block *b)
{
	return b->failures >= FAILURES_MAX && s->inserted > b->since;
}

/* Inserts a block alone. Returns as insert_rows(). */
static int insert_one(struct store *s, struct block *b)
{
	uint32_t rows;
	int rc;

	if (is_hopeless(s, b))
		store_refuse(s, b, "accepted by ClickHouse");
	frames_clear(&s->body);
	rc = encode(s, b, &rows);
	b->tried |= !rc;
	if (!rc)
		rc = insert_rows(s);
	if (!rc)
		note_inserted(s, b);
	else if (rc == -EPROTO)
		note_refused(s, b);
	return rc;
}

/*
 * Inserts each of n blocks alone, after they were refused together. Such an insert can have inserted some of them. 0,
 * also if some are refused; or as insert_rows().
 */
static int insert_alone(struct store *s, struct block *b, unsigned int n)
{
	int rc = look(s);

	for (unsigned int i = 0; i < n && (!rc || rc == -EPROTO) && !s->stopping(); i++)
		if (is_due(&b[i]) && !b[i].failures)
			rc = insert_one(s, &b[i]);
	return rc == -EPROTO ? 0 : rc;
}

/*
 * Inserts the first of n blocks: those of one day that were never refused, as many as fit into one insert. *taken: how
 * many of the blocks were tried, or need not be inserted. 0, also if some are refused; or as insert_rows().
 */
static int insert_together(struct store *s, struct block *b, unsigned int n, unsigned int *taken)
{
	struct block *tried[GATHER];
	unsigned int i, due = 0;
	uint64_t all = 0;
	uint32_t rows;
	int rc = 0;

	frames_clear(&s->body);
	for (i = 0; i < n && !rc && b[i].day == b->day && s->body.plain < s->insert_bytes && all < INSERT_ROWS - LINX_ROWSET_GROUP; i++) {
		if (!is_due(&b[i]) || b[i].failures)
			continue;
		rc = encode(s, &b[i], &rows);
		all += rows;
		tried[due++] = &b[i];
	}
	*taken = i;
	if (rc || !due)
		return rc;
	for (unsigned int k = 0; k < due; k++)
		tried[k]->tried = true;
	rc = insert_rows(s);
	for (unsigned int k = 0; k < due && !rc; k++)
		note_inserted(s, tried[k]);
	if (rc == -EPROTO && due > 1)
		return insert_alone(s, b, i);
	if (rc == -EPROTO)
		note_refused(s, tried[0]);
	return rc == -EPROTO ? 0 : rc;
}

/* True if a block was refused, and it is not time to try it again. */
static bool has_to_wait(const struct store *s, const struct block *b)
{
	return is_due(b) && b->failures && !is_hopeless(s, b) && store_now_ns() < b->refused_ns + RETRY_NS;
}

/*
 * Inserts each block that was refused before alone, if it is time. An insert before may have taken so long that it is time
 * again for a block that it has refused. 0, also if some are refused; or as insert_rows().
 */
static int insert_refused(struct store *s)
{
	int rc = s->clickhouse.unsure ? look(s) : 0;

	for (unsigned int i = 0; i < s->n && (!rc || rc == -EPROTO) && !s->stopping(); i++)
		if (is_due(&s->blocks[i]) && s->blocks[i].failures && !has_to_wait(s, &s->blocks[i]))
			rc = insert_one(s, &s->blocks[i]);
	return rc == -EPROTO ? 0 : rc;
}

/* Number of blocks whose rows need not be inserted. */
static unsigned int count_good(const struct store *s)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < s->n; i++)
		good += !is_due(&s->blocks[i]);
	return good;
}

/*
 * Inserts blocks that are not stored: those of the first day that ClickHouse takes, and those that it has refused before.
 * The others are inserted by the next call, so that stored ones are acknowledged soon. 0: at least one block is stored;
 * 1: all are refused; or as insert_rows().
 */
static int insert_some(struct store *s)
{
	unsigned int before = count_good(s), taken;
	int rc = 0;

	for (unsigned int i = 0; i < s->n && !rc && count_good(s) == before && (!i || !s->stopping()); i += taken)
		rc = insert_together(s, s->blocks + i, s->n - i, &taken);
	if (!rc)
		rc = insert_refused(s);
	return count_good(s) ? 0 : rc ? rc : 1;
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
	rc = clickhouse_insert(&s->clickhouse, into, &s->list, false, &s->reason);
	for (unsigned int i = 0; i < s->n && !rc; i++)
		s->blocks[i].stored = !is_due(&s->blocks[i]);
	return rc;
}

static int put(struct store *s)
{
	unsigned int waiting = 0;
	int rc;

	for (unsigned int i = 0; i < s->n; i++)
		waiting += has_to_wait(s, &s->blocks[i]);
	if (waiting == s->n)
		return 1;
	rc = look(s);
	if (!rc)
		rc = insert_some(s);
	if (!rc)
		rc = list_blocks(s);
	/* a server that refuses questions or lists may do so because of its settings: all blocks wait */
	return rc == -EPROTO ? -EAGAIN : rc;
}

/* ---- floors ------------------------------------------------------------------------------------------------- */

static int note_floor(struct store *s, const char *machine, uint64_t spool, uint64_t floor)
{
	bytes_print(&s->floors, "%s\t%" PRIu64 "\t%" PRIu64 "\n", machine, spool, floor);
	return s->floors.failed ? -ENOMEM : 0;
}

/* Has the floors of all spools noted again. */
static void forget_floors(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->ledger.n; i++)
		for (size_t k = 0; k < s->ledger.machines[i].n; k++)
			s->ledger.machines[i].sources[k].noted = 0;
	pthread_mutex_unlock(&s->lock);
}

/* Sends the floors in one insert. If this fails, the next series has all floors. */
static void end_floors(struct store *s)
{
	struct problem why;
	int rc = 0;

	if (s->floors.len || s->floors.failed)
		rc = clickhouse_insert(&s->clickhouse, "floors (machine, spool, floor) format TabSeparated", &s->floors, false, &why);
	bytes_clear(&s->floors);
	if (!rc) {
		complaint_over(&s->noting);
		return;
	}
	forget_floors(s);
	complain(&s->noting, "cannot note which blocks are stored: %s", why.text);
}

const struct store_way store_clickhouse_way = {
	.order = by_day,
	.put = put,
	.note_floor = note_floor,
	.end_floors = end_floors,
	.tidy = store_tidy_clickhouse,
	.slow = true,
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
	snprintf(sql, sizeof(sql), "select machine, spool, first, last from %s.blocks where stored > now() - " RECENT " " RECENT_BLOCKS, c->database);
	return rc ? rc : read_blocks(s, sql, false);
}

static void watch(void *data, bool begins)
{
	store_metrics_ask(data, begins);
}

int store_use_clickhouse(struct store *s, const struct clickhouse_settings *settings, bool (*stopping)(void), struct problem *why)
{
	struct complaint away = { 0 };
	int rc;

	s->way = &store_clickhouse_way;
	s->stopping = stopping;
	s->insert_bytes = INSERT_BYTES;
	if (clickhouse_open(&s->clickhouse, settings, why))
		return -1;
	s->clickhouse.watch = watch;
	s->clickhouse.data = s;
	while ((rc = begin(s)) == -EAGAIN && !stopping()) {
		store_metrics_fail(s, s->reason.text);
		complain(&away, "cannot begin: %s", s->reason.text);
		nanosleep(&(struct timespec){ .tv_nsec = AWAY_NS - 1 }, NULL);
	}
	if (rc == -EAGAIN) /* and it is to end */
		return 0;
	store_metrics_fail(s, NULL);
	if (rc)
		*why = s->reason;
	return rc ? -1 : 0;
}
#endif
