// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Blocks of linx-store and a simulated server of ClickHouse: no block is lost while the server is sick, and none is there
 * twice although an insert has done more than its answer says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/complaint.c"
#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/spool/spool_block.c"
#include "fleet/store/bytes.c"
#include "fleet/store/clickhouse.c"
#include "fleet/store/clickhouse_setup.c"
#include "fleet/store/frames.c"
#include "fleet/store/ledger.c"
#include "fleet/store/store_clickhouse.c"
#include "fleet/store/store_clickhouse_tidy.c"

#ifdef FLEET_HAS_NATS
#define BLOCKS_MAX 9u
#define TODAY 20000u

/* The server: what it has of each block, and what it answers to inserts of rows. */
static struct server {
	unsigned int rows[BLOCKS_MAX + 1], gaps[BLOCKS_MAX + 1]; /* how often rows of a block, and a row for it, are there */
	unsigned int inserts; /* number of inserts of rows */
	unsigned int poison; /* number of a block that is refused; 0: none */
	bool takes_all; /* inserts are done, whatever the answer is */
	uint64_t takes_ns; /* time that an insert takes */
	int result; /* result of http_client_post() */
	struct http_answer answer; /* status 0: inserts are done */
	long floors, lists; /* status of the answer to floors, and to blocks that are listed; 0: 200 */
	char listed[4096]; /* rows of the table "blocks" */
} server;
static char text[4096]; /* the answer to a question */
static uint64_t now_ns;
static bool stops;
static struct store store;
static struct linx_rowset *blocks; /* makes the blocks that are received */

struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *problem)
{
	(void)problem;
	assert_true(opts->fresh);
	return (struct http_client *)&server;
}

void http_client_close(struct http_client *h)
{
	(void)h;
}

static bool has(const void *data, size_t len, const char *word, unsigned int block)
{
	char what[64];

	snprintf(what, sizeof(what), "{\"%s\":%u}", word, block);
	return memmem(data, len, what, strlen(what));
}

static size_t length_at(const uint8_t *at)
{
	return at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

/* Unpacks the body of an insert, as the server does; the caller frees the result. */
static char *unpack(const void *data, size_t len, size_t *n)
{
	const uint8_t *at = data, *end = at + len;
	char *plain = NULL;

	for (*n = 0; at < end; at += CHECKSUM + length_at(at + CHECKSUM + 1)) {
		size_t packed = length_at(at + CHECKSUM + 1) - FRAME_HEAD, more = length_at(at + CHECKSUM + 5);

		assert_true(at + CHECKSUM + FRAME_HEAD + packed <= end && at[CHECKSUM] == METHOD);
		plain = realloc(plain, *n + more);
		assert_int_equal(ZSTD_decompress(plain + *n, more, at + CHECKSUM + FRAME_HEAD, packed), more);
		*n += more;
	}
	return plain;
}

static int insert_into_rows(const void *packed, size_t packed_len, struct http_answer *a)
{
	bool fails = server.answer.status || server.result;
	size_t len;
	char *data = unpack(packed, packed_len, &len);

	server.inserts++;
	now_ns += server.takes_ns;
	if (fails)
		*a = server.answer;
	else if (server.poison && has(data, len, "block", server.poison))
		*a = (struct http_answer){ .status = 500, .text = "Code: 153, division by zero" };
	a->len = strlen(a->text);
	for (unsigned int i = 1; i <= BLOCKS_MAX && (a->status == 200 || server.takes_all); i++) {
		server.rows[i] += has(data, len, "block", i);
		server.gaps[i] += has(data, len, "refused", i);
	}
	free(data);
	return server.result;
}

/* Answers which blocks of a question have a row. */
static void answer_stored(const char *sql, struct http_answer *a)
{
	char what[64];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int i = 1; i <= BLOCKS_MAX; i++) {
		snprintf(what, sizeof(what), "('web-1',7,%u,0)", i);
		if (strstr(sql, what) && (server.rows[i] || server.gaps[i]))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "web-1\t7\t%u\t%u\t%d\n", i, i, server.gaps[i] > 0);
	}
	*a = (struct http_answer){ .status = 200, .text = text, .len = n, .marked = true };
}

int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a)
{
	(void)h;
	*a = (struct http_answer){ .status = 200, .text = "", .marked = true };
	if (strstr(more, UNPACK "&") && strstr(more, "insert+into+linx.rows"))
		return insert_into_rows(data, len, a);
	if (strstr(more, "insert+into+linx.blocks") && server.lists)
		*a = (struct http_answer){ .status = server.lists, .text = "Code: 1", .len = 7 };
	else if (strstr(more, "insert+into+linx.blocks"))
		snprintf(server.listed + strlen(server.listed), sizeof(server.listed) - strlen(server.listed), "%.*s", (int)len, (const char *)data);
	else if (strstr(more, "insert+into+linx.floors") && server.floors)
		*a = (struct http_answer){ .status = server.floors, .text = "Code: 1", .len = 7 };
	else if (strstr(data, "from system.processes"))
		*a = (struct http_answer){ .status = 200, .text = "0\n", .len = 2, .marked = true };
	else if (strstr(data, "from linx.rows where"))
		answer_stored(data, a);
	return 0;
}

/* ---- what store_write.c does in the program ------------------------------------------------------------------ */

uint64_t store_now_ns(void)
{
	return now_ns;
}

static bool stopping(void)
{
	return stops;
}

int store_by_place(const void *x, const void *y)
{
	const struct block *a = x, *b = y;

	return a->head.number < b->head.number ? -1 : 1;
}

void store_refuse(struct store *s, struct block *b, const char *what)
{
	(void)s, (void)what;
	b->aside = b->refused = true;
}

/* A block has one row, {"block":NUMBER}, and a body as long as its head says. */
int store_check_block(struct store *s, struct block *b, struct linx_rowset_native *native)
{
	static char args[BLOCK_BYTES + 64];
	const struct linx_rowset_note note = {
		.size = sizeof(note),
		.kind = LINX_EVENT_GAP,
		.machine = b->head.machine,
		.args = args,
	};
	struct linx_rowset_end end;

	*native = (struct linx_rowset_native){ 0 };
	snprintf(args, sizeof(args), "{\"%s\":%u}%*s", b->refused ? "refused" : "block", (unsigned int)b->head.number,
		 b->refused ? 0 : (int)b->head.body, "");
	if (b->refused)
		return linx_rowset_add_note(s->rows, &note);
	linx_rowset_clear(blocks);
	assert_int_equal(linx_rowset_add_note(blocks, &note), 0);
	assert_int_equal(linx_rowset_make(blocks, &end), 0);
	*native = (struct linx_rowset_native){ .columns = *(const uint8_t *)end.data, .data = (const char *)end.data + 2, .len = end.len - 2 };
	return 0;
}

void store_metrics_fail(struct store *s, const char *why)
{
	(void)s, (void)why;
}

void store_metrics_ask(struct store *s, bool begins)
{
	(void)s, (void)begins;
}

/* A message of the machine has come. */
static struct block *take(unsigned int number, uint32_t day)
{
	struct block *b = &store.blocks[store.n++];

	*b = (struct block){ .day = day, .body = "", .head = { .spool = 7, .number = number, .last = number, .rows = 1, .machine = "web-1" } };
	return b;
}

/* Stores some blocks, which do not wait any more. */
static int put_some(void)
{
	unsigned int kept = 0;
	int rc;

	store.reason.text[0] = '\0';
	rc = put(&store);
	for (unsigned int i = 0; i < store.n; i++)
		if (!store.blocks[i].stored)
			store.blocks[kept++] = store.blocks[i];
	store.n = kept;
	return rc;
}

static int begin_test(void **state)
{
	const struct linx_rowset_opts rows = { .size = sizeof(rows), .format = LINX_ROWSET_NATIVE };
	const struct clickhouse_settings settings = { 0 };

	(void)state;
	memset(&server, 0, sizeof(server));
	memset(&store, 0, sizeof(store));
	now_ns = 1000 * SECOND_NS;
	stops = false;
	store.stopping = stopping;
	store.insert_bytes = INSERT_BYTES;
	pthread_mutex_init(&store.lock, NULL);
	assert_int_equal(linx_rowset_new(&rows, &store.rows), 0);
	assert_int_equal(linx_rowset_new(&rows, &blocks), 0);
	assert_int_equal(clickhouse_open(&store.clickhouse, &settings, &store.reason), 0);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	linx_rowset_free(store.rows);
	linx_rowset_free(blocks);
	frames_free(&store.body);
	bytes_free(&store.more);
	bytes_free(&store.list);
	bytes_free(&store.floors);
	ledger_free(&store.ledger);
	pthread_mutex_destroy(&store.lock);
	return 0;
}

static void server_fails(int result, long status, const char *why)
{
	server.result = result;
	server.answer = (struct http_answer){ .status = status, .text = why, .marked = true };
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

/* A block goes to its server alone or with others; the next day's blocks wait for the next call. */
static void test_one_insert(void **state)
{
	(void)state;
	take(1, TODAY);
	take(2, TODAY);
	take(3, TODAY + 1);
	assert_int_equal(put_some(), 0);
	assert_int_equal(server.inserts, 1);
	assert_int_equal(store.n, 1);
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 0);
	for (unsigned int i = 1; i <= 3; i++)
		assert_int_equal(server.rows[i], 1);
	assert_non_null(strstr(server.listed, "web-1\t7\t3\t3\t"));
}

/* A server that takes a block and is sick from then on, for an hour, refuses no block for good. */
static void test_sick_server(void **state)
{
	static const char *const reasons[] = { "Code: 243, disk is full", "Code: 241. DB::Exception: memory", "Code: 1000, unknown", "<html>" };

	(void)state;
	take(1, TODAY);
	take(2, TODAY + 1);
	take(3, TODAY + 1);
	assert_int_equal(put_some(), 0);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		server_fails(0, 500, reasons[i]);
		for (unsigned int k = 0; k < 120; k++, now_ns += RETRY_NS)
			assert_int_not_equal(put_some(), 0);
	}
	server_fails(0, 0, "");
	while (store.n)
		assert_int_equal(put_some(), 0);
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(server.rows[i], 1);
		assert_int_equal(server.gaps[i], 0);
	}
}

/* States of the server and answers of a proxy do not count as refusals of a block; a slow one gets smaller inserts. */
static void test_states(void **state)
{
	static const char *const reasons[] = { "Code: 159, time", "Code: 173. memory", "Code: 243, disk", "Code: 252, parts",
					       "Code: 497. DB::Exception: right", "Code: 499. objects", "Code: 1001. std::bad_alloc", "bad gateway", "" };

	(void)state;
	take(1, TODAY);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		server_fails(0, 500, reasons[i]);
		assert_int_equal(put_some(), -EAGAIN);
		assert_int_equal(store.blocks[0].failures, 0);
	}
	assert_int_equal(store.insert_bytes, INSERT_BYTES >> 6);
	server_fails(-EIO, 0, "Timeout was reached");
	assert_int_equal(put_some(), -EAGAIN);
	assert_int_equal(store.insert_bytes, INSERT_BYTES_MIN);
	server_fails(0, 0, "");
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.insert_bytes, 2 * INSERT_BYTES_MIN);
}

/* A block is refused for good after some minutes and further refusals, and only if others were taken between them. */
static void test_poison(void **state)
{
	unsigned int next = 4, inserts;

	(void)state;
	server.poison = 2;
	for (unsigned int i = 1; i <= 3; i++)
		take(i, TODAY);
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 1);
	/* nothing is tried in quick succession */
	inserts = server.inserts;
	for (unsigned int i = 0; i < 3 * FAILURES_MAX; i++)
		assert_int_equal(put_some(), 1);
	assert_int_equal(store.blocks[0].failures, 1);
	assert_int_equal(server.inserts, inserts);
	/* without other blocks it waits: the third one was taken after the first refusal */
	for (unsigned int i = 0; i < 3 * FAILURES_MAX; i++) {
		now_ns += RETRY_NS;
		assert_int_equal(put_some(), 1);
	}
	assert_int_equal(store.blocks[0].failures, 2);
	for (; store.blocks[0].failures < FAILURES_MAX; next++) {
		now_ns += RETRY_NS;
		take(next, TODAY);
		assert_int_equal(put_some(), 0);
		assert_int_equal(store.n, 1);
		assert_false(store.blocks[0].refused);
	}
	assert_int_equal(next, FAILURES_MAX + 2);
	take(next, TODAY);
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 0);
	assert_int_equal(server.rows[2], 0);
	assert_int_equal(server.gaps[2], 1);
	for (unsigned int i = 1; i <= next; i++)
		assert_int_equal(server.rows[i], i != 2);
	assert_non_null(strstr(server.listed, "web-1\t7\t2\t2\t0\t2024-10-04\t0\t0\t1\trefused"));
}

/* Inserts that are done though the answer says that they are not. */
static void test_more_than_the_answer(void **state)
{
	static const struct {
		int result;
		long status;
		const char *text;
	} answers[] = { { 0, 502, "bad gateway" }, { 0, 500, "Code: 49, a view fails" }, { -ENOMEM, 0, "" }, { -EIO, 0, "reset" }, { 0, 200, "<html>" } };

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		begin_test(state);
		take(1, TODAY);
		take(2, TODAY);
		store.clickhouse.unsure = false;
		server.takes_all = true;
		server_fails(answers[i].result, answers[i].status, answers[i].text);
		while (store.n)
			put_some();
		assert_int_equal(server.rows[1], 1);
		assert_int_equal(server.rows[2], 1);
		assert_int_equal(store.clickhouse.inserts, 2);
		end_test(state);
	}
}

/* A row stands for a block that was refused by a process that died before it noted this: so the block is listed. */
static void test_refused_before(void **state)
{
	(void)state;
	server.gaps[1] = 1;
	server.rows[2] = 1;
	take(1, TODAY);
	take(2, TODAY);
	assert_int_equal(put_some(), 0);
	assert_int_equal(server.inserts, 0);
	assert_non_null(strstr(server.listed, "web-1\t7\t1\t1\t0\t2024-10-04\t0\t0\t1\trefused\t"));
	assert_non_null(strstr(server.listed, "web-1\t7\t2\t2\t0\t2024-10-04\t0\t0\t1\t\t"));
}

/* An insert takes so long that it is time again for a block that was refused before, in the same call, but is there. */
static void test_slow_insert(void **state)
{
	(void)state;
	server.poison = 1;
	server.takes_all = true;
	server.takes_ns = RETRY_NS;
	take(1, TODAY);
	take(2, TODAY + 1);
	while (store.n)
		assert_int_equal(put_some(), 0);
	assert_int_equal(server.rows[1], 1);
	assert_int_equal(server.rows[2], 1);
}

/* A row stands for the first of some blocks: these are listed, and linx-store asks for the others by their numbers. */
static void test_cut_row(void **state)
{
	struct block *b = take(1, TODAY);

	(void)state;
	b->head.last = 4;
	b->head.flags = SPOOL_LOST;
	server.rows[1] = 1;
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 0);
	assert_int_equal(server.inserts, 0);
	assert_non_null(strstr(server.listed, "web-1\t7\t1\t1\t"));
}

/*
 * A block whose rows are there is not in the ledger as long as the server does not list it: linx-ship could remove it, and
 * then no process would list it.
 */
static void test_unlisted(void **state)
{
	(void)state;
	server.rows[1] = 1;
	server.lists = 500;
	take(1, TODAY);
	take(2, TODAY);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(put_some(), -EAGAIN);
		assert_int_equal(store.n, 2);
		assert_null(ledger_find(&store.ledger, "web-1", 7));
	}
	server.lists = 0;
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 0);
	assert_int_equal(server.rows[1], 1);
	assert_int_equal(server.rows[2], 1);
	assert_non_null(strstr(server.listed, "web-1\t7\t1\t1\t"));
	assert_non_null(strstr(server.listed, "web-1\t7\t2\t2\t"));
}

/* A row stands for a block that is too large when it is unpacked. Such a block ends an insert, as unpacking takes long. */
static void test_large(void **state)
{
	(void)state;
	for (unsigned int i = 1; i <= 3; i++)
		take(i, TODAY)->head.body = i == 2 ? BLOCK_BYTES - 4096 : BLOCK_BYTES;
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 2);
	assert_int_equal(put_some(), 0);
	assert_int_equal(store.n, 0);
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(server.rows[i], i == 2);
		assert_int_equal(server.gaps[i], i != 2);
	}
}

/* Floors that the server refuses are noted again. */
static void test_floors(void **state)
{
	struct source *source = ledger_get(&store.ledger, "web-1", 7);

	(void)state;
	server.floors = 500;
	source->noted = 9;
	assert_int_equal(note_floor(&store, "web-1", 7, 9), 0);
	end_floors(&store);
	assert_int_equal(source->noted, 0);
	assert_int_equal(store.floors.len, 0);
	server.floors = 0;
	source->noted = 9;
	assert_int_equal(note_floor(&store, "web-1", 7, 9), 0);
	end_floors(&store);
	assert_int_equal(source->noted, 9);
}

/* Once linx-store is to end, it begins one insert at most. */
static void test_end(void **state)
{
	(void)state;
	server.poison = 1;
	stops = true;
	for (unsigned int i = 1; i <= 3; i++)
		take(i, TODAY + i / 3);
	assert_int_equal(put_some(), 1);
	assert_int_equal(server.inserts, 1);
	assert_int_equal(store.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_insert, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_sick_server, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_states, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_poison, begin_test, end_test),
		cmocka_unit_test(test_more_than_the_answer),
		cmocka_unit_test_setup_teardown(test_refused_before, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_slow_insert, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_cut_row, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_unlisted, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_large, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_floors, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_end, begin_test, end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return 0;
}
#endif
