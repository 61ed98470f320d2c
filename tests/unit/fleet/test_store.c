// SPDX-License-Identifier: LGPL-2.1-or-later
/* The loop of linx-store, with a simulated server, database and clock: when messages are stored, tried again and freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/complaint.c"
#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "fleet/nats/nats_pull.c"
#include "fleet/store/bytes.c"
#include "fleet/store/frames.c"
#include "fleet/store/store.c"

#ifdef FLEET_HAS_NATS
static struct store store;
static struct store_way way;
static uint64_t now_ns;
static struct {
	unsigned int writes; /* calls of store_write() */
	uint64_t takes_ns; /* time that one takes */
	int result;
	bool stops; /* the program is to be stopped meanwhile */
} database;
static bool stops;
static char published[64]; /* last message to the server */
static unsigned int freed, said; /* messages; those to the server */

uint64_t store_now_ns(void)
{
	return now_ns;
}

int store_write(struct store *s)
{
	(void)s;
	database.writes++;
	now_ns += database.takes_ns;
	stops |= database.stops;
	return database.result;
}

bool nats_is_up(struct nats *n)
{
	(void)n;
	return true;
}

int nats_watch(struct nats *n, uint64_t now, struct problem *why)
{
	(void)n, (void)now, (void)why;
	return 0;
}

bool nats_close(struct nats *n)
{
	(void)n;
	return true;
}

bool store_take(struct store *s, natsMsg *msg)
{
	(void)s, (void)msg;
	return false;
}

void store_note_floors(struct store *s, uint64_t now, bool at_once)
{
	(void)s, (void)now, (void)at_once;
}

void store_say(struct store *s, uint64_t now)
{
	(void)s, (void)now;
}

void store_know_silent(struct store *s)
{
	(void)s;
}

void store_metrics_show(struct store *s, uint64_t now, bool ready)
{
	(void)s, (void)now, (void)ready;
}

void store_metrics_fail(struct store *s, const char *why)
{
	(void)s, (void)why;
}

void listener_end(struct listener_thread *t)
{
	(void)t;
}

bool desk_end(struct desk *d)
{
	assert_null(d);
	return true;
}

void desk_say_end(const struct desk *d)
{
	(void)d;
}

void desk_free(struct desk *d)
{
	assert_null(d);
}

void folder_close(struct folder *f)
{
	(void)f;
}

void clickhouse_close(struct clickhouse *c)
{
	(void)c;
}

void aside_close(struct aside *a)
{
	(void)a;
}

void ledger_free(struct ledger *l)
{
	(void)l;
}

static const char *reply(const natsMsg *msg)
{
	(void)msg;
	return "ack";
}

static int length(const natsMsg *msg)
{
	(void)msg;
	return 7;
}

static void free_msg(natsMsg *msg)
{
	(void)msg;
	freed++;
}

static natsStatus publish(natsConnection *nc, const char *subject, const void *data, int len)
{
	(void)nc;
	assert_string_equal(subject, "ack");
	snprintf(published, sizeof(published), "%.*s", len, (const char *)data);
	said++;
	return NATS_OK;
}

static natsStatus fetch_none(natsMsgList *list, natsSubscription *sub, int batch, int64_t timeout, jsErrCode *code)
{
	(void)list, (void)sub, (void)batch, (void)timeout, (void)code;
	now_ns += FETCH_MS * 1000000ull;
	return NATS_TIMEOUT;
}

static void free_list(natsMsgList *list)
{
	(void)list;
}

static bool stopping(void)
{
	return stops;
}

static int begin_test(void **state)
{
	(void)state;
	memset(&store, 0, sizeof(store));
	memset(&database, 0, sizeof(database));
	way = (struct store_way){ .slow = true };
	now_ns = 1000 * SECOND_NS;
	stops = false;
	freed = said = 0;
	store.way = &way;
	store.stopping = stopping;
	store.gather_ns = SECOND_NS;
	store.since_ns = now_ns;
	store.pull.looked_ns = UINT64_MAX - LOOK_NS; /* nothing is looked at */
	store.pull.sub = (natsSubscription *)&store;
	store.nats.msg_reply = reply;
	store.nats.msg_len = length;
	store.nats.msg_free = free_msg;
	store.nats.publish = publish;
	store.nats.fetch = fetch_none;
	store.nats.list_free = free_list;
	return 0;
}

/* Times count from the end of an insert that takes minutes. */
static void test_slow(void **state)
{
	struct problem why;

	(void)state;
	store.n = 1;
	database.takes_ns = 200 * SECOND_NS;
	database.result = -EAGAIN;
	assert_int_equal(write_due(&store, now_ns += SECOND_NS, &why), 0);
	assert_int_equal(write_due(&store, now_ns, &why), 0);
	assert_int_equal(database.writes, 1);
	database.result = 0;
	assert_int_equal(write_due(&store, now_ns += PAUSE_NS, &why), 0);
	assert_int_equal(database.writes, 2);
	assert_int_equal(write_due(&store, now_ns, &why), 0);
	assert_int_equal(database.writes, 2);
	assert_int_equal(write_due(&store, now_ns += SECOND_NS, &why), 0);
	assert_int_equal(database.writes, 3);
}

/* A slow insert that ran when the program was to end is the last one; waiting messages are stored if none ran. */
static void test_stop(void **state)
{
	struct problem why;

	(void)state;
	store.n = 1;
	database.stops = true;
	assert_int_equal(store_run(&store, stopping, &why), 0);
	assert_int_equal(database.writes, 1);
	begin_test(state);
	store.n = 1;
	stops = true;
	assert_int_equal(store_run(&store, stopping, &why), 0);
	assert_int_equal(database.writes, 1);
	begin_test(state);
	way.slow = false;
	store.n = 1;
	database.stops = true;
	assert_int_equal(store_run(&store, stopping, &why), 0);
	assert_int_equal(database.writes, 2);
}

/* Blocks that fill the memory are given back for some minutes, so that others come before them. */
static void test_room(void **state)
{
	struct problem why;

	(void)state;
	store.n = GATHER;
	store.bytes = 7 * GATHER;
	assert_int_equal(write_due(&store, now_ns, &why), 0);
	assert_int_equal(store.n, GATHER / 2);
	assert_int_equal(store.bytes, 7 * GATHER / 2);
	assert_int_equal(freed, GATHER / 2);
	assert_int_equal(said, GATHER / 2);
	assert_string_equal(published, "-NAK {\"delay\": 300000000000}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_slow, begin_test),
		cmocka_unit_test_setup(test_stop, begin_test),
		cmocka_unit_test_setup(test_room, begin_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return 0;
}
#endif
