// SPDX-License-Identifier: LGPL-2.1-or-later
/* What --metrics shows of alerts: which states of a receiver make the health bad, and the form of the counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "fleet/store/alert_desk_pages.c"

#ifdef FLEET_HAS_NATS
static struct desk desk;
static struct problem why;
static uint64_t now;

static int begin(void **state)
{
	(void)state;
	memset(&desk, 0, sizeof(desk));
	pthread_mutex_init(&desk.lock, NULL);
	now = 1000 * SECOND_NS;
	desk.started = true;
	desk.looked_ns = desk.begun_ns = now;
	desk.queue.nreceivers = 2;
	strcpy(desk.receivers[0].place, "one:2801");
	strcpy(desk.receivers[1].place, "[::1]:4318");
	return 0;
}

static void expect(const char *what)
{
	int rc = desk_judge(&desk, now, &why);

	assert_int_equal(rc, what ? -1 : 0);
	if (what)
		assert_string_equal(why.text, what);
}

static void test_health(void **state)
{
	struct queue_receiver *r = &desk.queue.receivers[1];

	(void)state;
	expect(NULL);
	/* refusals of alerts, however many wait, are no fault of the receiver */
	desk.queue.n = QUEUE_ALERTS;
	r->refusals = 1000;
	r->last = POST_REFUSED;
	expect(NULL);
	/* a receiver that fails may come back soon; one that refuses linx-store does not */
	r->failures = 1;
	r->since_ns = now;
	r->last = POST_FAILED;
	expect(NULL);
	r->last = POST_DENIED;
	expect("alerts wait: receiver 2 refuses linx-store");
	r->last = POST_FAILED;
	now += 61 * SECOND_NS;
	desk.looked_ns = now;
	expect("alerts wait: receiver 2 has taken none for 61 seconds");
	r->failures = 0;
	expect(NULL);
	desk.apart_ns = now - 20 * SECOND_NS;
	expect(NULL);
	desk.apart_ns = now - 21 * SECOND_NS;
	expect("no alert can be fetched from NATS for 21 seconds");
	desk.apart_ns = 0;
	now += 61 * SECOND_NS;
	expect("alerts are stuck for 61 seconds");
	desk.started = false;
	expect(NULL);
}

static void test_counters(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	desk.counts = (struct desk_counts){ .alerts = 1, .again = 2, .refused = 3, .dropped = 4, .lost = 5, .asked = 6 };
	desk.queue.n = 7;
	desk.queue.bytes = 8;
	desk.queue.receivers[0] = (struct queue_receiver){ .taken = 9, .refusals = 10, .faults = 11, .taken_ns = now - SECOND_NS };
	desk_print(&desk, to, now + SECOND_NS / 2);
	fclose(to);
	assert_non_null(strstr(text, "# TYPE linx_store_alerts_total counter\nlinx_store_alerts_total 1\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_again_total 2\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_refused_total 3\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_dropped_total 4\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_lost_total 5\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_orders_total 6\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_waiting 7\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_waiting_bytes 8\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_taken_total{receiver=\"1\",host=\"one:2801\"} 9\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_refusals_total{receiver=\"1\",host=\"one:2801\"} 10\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_failures_total{receiver=\"1\",host=\"one:2801\"} 11\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_posted_seconds{receiver=\"1\",host=\"one:2801\"} 1.500\n"));
	assert_non_null(strstr(text, "\nlinx_store_alerts_posted_seconds{receiver=\"2\",host=\"[::1]:4318\"} 0.500\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_health, begin),
		cmocka_unit_test_setup(test_counters, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return 0;
}
#endif
