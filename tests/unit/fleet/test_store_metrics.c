// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages of linx-store's --metrics: what they say of machines and spools, and when health is bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/spool/spool_block.c"
#include "fleet/store/ledger.c"
#include "fleet/store/store_metrics.c"

#ifdef FLEET_HAS_NATS
/* Stubs: test_alert_desk_pages.c tests what is shown of alerts. */
void desk_print(struct desk *d, FILE *to, uint64_t now)
{
	(void)to, (void)now;
	assert_null(d);
}

int desk_judge(struct desk *d, uint64_t now, struct problem *why)
{
	(void)now, (void)why;
	assert_null(d);
	return 0;
}

static struct store store;
static struct http_pages pages;
static uint64_t now_ns;
static char text[8192]; /* the last page */

uint64_t store_now_ns(void)
{
	return now_ns;
}

struct listener_thread *listener_begin(const char *host, uint16_t port, const struct http_pages *p, struct problem *why)
{
	(void)host, (void)port, (void)why;
	pages = *p;
	return (struct listener_thread *)&pages;
}

uint16_t listener_port(const struct listener_thread *t)
{
	(void)t;
	return 1;
}

static bool get(const char *path)
{
	for (unsigned int i = 0; i < pages.n; i++) {
		FILE *to = strcmp(pages.pages[i].path, path) ? NULL : fmemopen(text, sizeof(text), "w");
		bool good = to && pages.pages[i].print(pages.data, to);

		if (to) {
			fclose(to);
			return good;
		}
	}
	fail_msg("no page %s", path);
	return false;
}

static void is_bad(const char *why)
{
	assert_false(get("/healthz"));
	assert_string_equal(text, why);
}

static void is_good(void)
{
	assert_true(get("/healthz"));
	assert_string_equal(text, "good\n");
}

static int begin_test(void **state)
{
	const struct store_metrics_settings settings = { .host = "127.0.0.1", .place = "parquet" };
	struct problem why;

	(void)state;
	memset(&store, 0, sizeof(store));
	pthread_mutex_init(&store.lock, NULL);
	now_ns = 1000 * SECOND_NS;
	assert_non_null(store_metrics_listen(&store, &settings, &why));
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	ledger_free(&store.ledger);
	pthread_mutex_destroy(&store.lock);
	return 0;
}

static void test_numbers(void **state)
{
	static const char *const lines[] = {
		"linx_store_build_info{version=\"" LINX_VERSION "\",place=\"parquet\"} 1\n",
		"\n# TYPE linx_store_blocks_total counter\nlinx_store_blocks_total 4\n",
		"\nlinx_store_rows_total 18446744073709551615\n",
		"\nlinx_store_bytes_total 5\n",
		"\nlinx_store_blocks_again_total 6\n",
		"\nlinx_store_refused_total 7\n",
		"\nlinx_store_blocks_lost_total 8\n",
		"\nlinx_store_orders_total 9\n",
		"\n# TYPE linx_store_waiting_blocks gauge\nlinx_store_waiting_blocks 3\n",
		"\nlinx_store_waiting_bytes 33\n",
		"\nlinx_store_stored_seconds 1.5\n",
		"\nlinx_store_machines 2\n",
		"\nlinx_store_silent_machines 1\n",
		"\nlinx_store_heard_seconds{machine=\"web-1\"} 1.500\n",
		"\nlinx_store_heard_seconds{machine=\"db\"} 1.500\n",
		"\nlinx_store_floor{machine=\"web-1\",spool=\"0000000000000007\"} 5\n",
		"\nlinx_store_behind_blocks{machine=\"web-1\",spool=\"0000000000000007\"} 4\n",
	};
	struct source *source = ledger_hear(&store.ledger, "web-1", 7, now_ns);

	(void)state;
	assert_true(source_add(source, 1, 4));
	source->first = 1;
	source->next = 9;
	assert_non_null(ledger_get(&store.ledger, "db", 8));
	store.ledger.machines[1].silent = true;
	store.counts = (struct store_counts){ .blocks = 4, .rows = UINT64_MAX, .bytes = 5, .again = 6, .refused = 7, .lost = 8, .asked = 9 };
	store.n = 3;
	store.bytes = 33;
	now_ns += 3 * SECOND_NS / 2;
	store_metrics_show(&store, now_ns, true);
	assert_true(get("/metrics"));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s in: %s", lines[i], text);
	/* no linx-ship was heard of this spool */
	assert_null(strstr(text, "spool=\"0000000000000008\""));
}

static void test_failure(void **state)
{
	(void)state;
	store_metrics_show(&store, now_ns, true);
	is_good();
	store_metrics_fail(&store, "No space left on device");
	is_bad("cannot store: No space left on device\n");
	store_metrics_fail(&store, NULL);
	is_good();
	/* words of ClickHouse are for the log alone */
	snprintf(store.clickhouse.brief, sizeof(store.clickhouse.brief), "ClickHouse: Code: 497");
	store_metrics_fail(&store, "refused: http://db:8123: Code: 497. DB::Exception: linx: Not enough privileges");
	is_bad("cannot store: ClickHouse: Code: 497\n");
	store_metrics_fail(&store, NULL);
	is_good();
}

static void test_no_connection(void **state)
{
	(void)state;
	is_good();
	now_ns += APART_NS;
	store_metrics_show(&store, now_ns, false);
	is_good();
	now_ns += SECOND_NS;
	store_metrics_show(&store, now_ns, false);
	is_bad("nothing can be fetched from NATS for 11 seconds\n");
	store_metrics_show(&store, now_ns, true);
	is_good();
	/* the time counts anew */
	store_metrics_show(&store, now_ns, false);
	is_good();
}

static void test_waiting(void **state)
{
	(void)state;
	store.n = 1;
	for (unsigned int i = 0; i < 2; i++) {
		store_metrics_show(&store, now_ns, true);
		is_good();
		now_ns += STUCK_NS;
	}
	store_metrics_show(&store, now_ns, true);
	is_bad("blocks wait, and none was stored for 120 seconds\n");
	/* others are stored meanwhile */
	store.shown.stored_ns = now_ns;
	is_good();
	store.n = 0;
	now_ns += 2 * STUCK_NS;
	store_metrics_show(&store, now_ns, true);
	is_good();
}

static void test_stuck(void **state)
{
	(void)state;
	store_metrics_show(&store, now_ns, true);
	now_ns += STUCK_NS;
	is_good();
	now_ns += SECOND_NS;
	is_bad("linx-store is stuck for 61 seconds\n");
	store_metrics_show(&store, now_ns, true);
	is_good();
}

/* A request to the database may take five minutes, and blocks that wait for it do not wait in vain. */
static void test_slow_requests(void **state)
{
	(void)state;
	store.n = 1;
	store_metrics_show(&store, now_ns, true);
	store_metrics_ask(&store, true);
	for (unsigned int k = 0; k < 5; k++, now_ns += STUCK_NS)
		is_good();
	store_metrics_ask(&store, false);
	is_good();
	/* no request is under way */
	now_ns += STUCK_NS;
	store_metrics_show(&store, now_ns, true);
	is_good();
	now_ns += SECOND_NS;
	is_bad("blocks wait, and none was stored for 361 seconds\n");
	/* the times of requests before a block came count for nothing */
	store.n = 0;
	store_metrics_show(&store, now_ns, true);
	store.n = 1;
	store_metrics_show(&store, now_ns, true);
	now_ns += STUCK_NS + SECOND_NS;
	store_metrics_show(&store, now_ns, true);
	is_bad("blocks wait, and none was stored for 61 seconds\n");
}

/* The database answers each request, but takes nothing. */
static void test_requests_in_vain(void **state)
{
	(void)state;
	store.n = 1;
	store_metrics_show(&store, now_ns, true);
	for (unsigned int i = 0; i < (ASK_NS + STUCK_NS) / (10 * SECOND_NS); i++) {
		store_metrics_ask(&store, true);
		now_ns += 10 * SECOND_NS;
		is_good();
		store_metrics_ask(&store, false);
	}
	store_metrics_ask(&store, true);
	now_ns += SECOND_NS;
	is_bad("blocks wait, and none was stored for 391 seconds\n");
}

static void test_request_without_end(void **state)
{
	(void)state;
	store_metrics_show(&store, now_ns, true);
	store_metrics_ask(&store, true);
	now_ns += ASK_NS;
	is_good();
	now_ns += SECOND_NS;
	is_bad("linx-store is stuck for 331 seconds\n");
	store_metrics_ask(&store, false);
	is_good();
	now_ns += STUCK_NS + SECOND_NS;
	is_bad("linx-store is stuck for 61 seconds\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_failure, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_no_connection, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_waiting, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_stuck, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_slow_requests, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_requests_in_vain, begin_test, end_test),
		cmocka_unit_test_setup_teardown(test_request_without_end, begin_test, end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return 0;
}
#endif
