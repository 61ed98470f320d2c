// SPDX-License-Identifier: LGPL-2.1-or-later
/* Alerts as log records of OTLP/HTTP: the request for an alert, exact numbers, hostile texts, and refusals in answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/alert/otlp.c"
#include "common/base/json_pos.c"

#define BEGIN "{\"resourceLogs\":[{\"resource\":{\"attributes\":["
#define HOST "{\"key\":\"host.name\",\"value\":{\"stringValue\":\"web-1\"}},"
#define SERVICE "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"linx\"}}],\"droppedAttributesCount\":0},"
#define SCOPE "\"scopeLogs\":[{\"scope\":{\"name\":\"linx\",\"version\":\"" LINX_VERSION "\"},\"logRecords\":["
#define END "]}]}]}"

static void expect(const char *alert, const char *want)
{
	char *got = otlp_from_alert(alert, strlen(alert), 0);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void test_the_whole_request(void **state)
{
	(void)state;
	expect("{\"hostname\":\"web-1\",\"lost_before\":0,\"output\":\"12:00:00.123456789: Warning a shell \\\"x\\\"\","
	       "\"output_fields\":{\"evt.time\":1764504000123456789,\"linx.pid\":100,\"proc.aname[2]\":null,\"proc.is_exe\":true,\"proc.name\":\"bash\","
	       "\"ratio\":0.5},\"priority\":\"Warning\",\"rule\":\"Shell\",\"source\":\"syscall\",\"tags\":[\"shell\",\"T1059\"],"
	       "\"time\":\"2025-11-30T12:00:00.123456789Z\"}\n",
	       BEGIN HOST SERVICE SCOPE
	       "{\"timeUnixNano\":\"1764504000123456789\",\"observedTimeUnixNano\":\"1764504000123456789\",\"severityNumber\":13,\"severityText\":\"Warning\","
	       "\"body\":{\"stringValue\":\"12:00:00.123456789: Warning a shell \\\"x\\\"\"},\"attributes\":["
	       "{\"key\":\"rule\",\"value\":{\"stringValue\":\"Shell\"}},{\"key\":\"source\",\"value\":{\"stringValue\":\"syscall\"}},"
	       "{\"key\":\"tags\",\"value\":{\"arrayValue\":{\"values\":[{\"stringValue\":\"shell\"},{\"stringValue\":\"T1059\"}]}}},"
	       "{\"key\":\"evt.time\",\"value\":{\"intValue\":\"1764504000123456789\"}},{\"key\":\"linx.pid\",\"value\":{\"intValue\":100}},"
	       "{\"key\":\"proc.aname[2]\",\"value\":{}},{\"key\":\"proc.is_exe\",\"value\":{\"boolValue\":true}},"
	       "{\"key\":\"proc.name\",\"value\":{\"stringValue\":\"bash\"}},{\"key\":\"ratio\",\"value\":{\"doubleValue\":0.5}}],"
	       "\"droppedAttributesCount\":0}" END);
}

static void test_priorities(void **state)
{
	const struct {
		const char *name;
		int number;
	} all[] = { { "Emergency", 21 }, { "Alert", 19 }, { "Critical", 18 }, { "Error", 17 }, { "Warning", 13 },
		    { "Notice", 10 }, { "Informational", 9 }, { "Debug", 5 }, { "Other", 0 } };
	char alert[128], want[64], *got;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		snprintf(alert, sizeof(alert), "{\"priority\":\"%s\"}", all[i].name);
		snprintf(want, sizeof(want), "\"severityNumber\":%d,\"severityText\":\"%s\"", all[i].number, all[i].name);
		got = otlp_from_alert(alert, strlen(alert), 7);
		assert_non_null(strstr(got, want));
		assert_non_null(strstr(got, "\"timeUnixNano\":\"0\",\"observedTimeUnixNano\":\"7\""));
		free(got);
	}
}

/* Returns the value of the only field of an alert; the caller frees it. */
static char *value(const char *number)
{
	char alert[256], *got, *from, *to, *v;

	snprintf(alert, sizeof(alert), "{ \"tags\" : [\"}\", 1] , \"output_fields\" : { \"x\" :  %s } }", number);
	got = otlp_from_alert(alert, strlen(alert), 0);
	assert_non_null(got);
	from = strstr(got, "{\"key\":\"x\",\"value\":");
	assert_non_null(from);
	from += strlen("{\"key\":\"x\",\"value\":");
	to = strstr(from, "}]");
	assert_non_null(to);
	v = strndup(from, (size_t)(to - from));
	free(got);
	return v;
}

static void test_numbers_keep_their_digits(void **state)
{
	const char *const all[][2] = {
		{ "0", "{\"intValue\":0}" },
		{ "-0", "{\"intValue\":0}" },
		{ "-13", "{\"intValue\":-13}" },
		{ "1e3", "{\"intValue\":1000}" },
		{ "1000000000000000", "{\"intValue\":1000000000000000}" },
		{ "9007199254740991", "{\"intValue\":9007199254740991}" },
		{ "9007199254740993", "{\"intValue\":\"9007199254740993\"}" },
		{ "9223372036854775807", "{\"intValue\":\"9223372036854775807\"}" },
		{ "-9223372036854775808", "{\"intValue\":\"-9223372036854775808\"}" },
		{ "-9223372036854775809", "{\"stringValue\":\"-9223372036854775809\"}" },
		{ "18446744073709551615", "{\"stringValue\":\"18446744073709551615\"}" },
		{ "1e300", "{\"doubleValue\":1e+300}" },
		{ "{\"a\":[1]}", "{\"stringValue\":\"{\\\"a\\\":[1]}\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char *got = value(all[i][0]);

		assert_string_equal(got, all[i][1]);
		free(got);
	}
}

/* Keys of attributes differ, however often an alert has a name, and there are at most 128. */
static void test_names_and_limits(void **state)
{
	char *alert = malloc(1 << 16), *at = alert, *got;
	unsigned int n = 0;

	(void)state;
	expect("{\"hostname\":\"web-1\",\"rule\":\"r\",\"output_fields\":{\"rule\":\"other\"}}",
	       BEGIN HOST SERVICE SCOPE
	       "{\"timeUnixNano\":\"0\",\"observedTimeUnixNano\":\"0\",\"severityNumber\":0,\"severityText\":\"\",\"body\":{\"stringValue\":\"\"},"
	       "\"attributes\":[{\"key\":\"rule\",\"value\":{\"stringValue\":\"r\"}},{\"key\":\"output_fields.rule\",\"value\":{\"stringValue\":\"other\"}}],"
	       "\"droppedAttributesCount\":0}" END);
	at += sprintf(at, "{\"rule\":\"r\",\"output_fields\":{");
	for (int i = 0; i < 200; i++)
		at += sprintf(at, "%s\"f%d\":%d", i ? "," : "", i, i);
	sprintf(at, "}}");
	got = otlp_from_alert(alert, strlen(alert), 0);
	for (at = got; (at = strstr(at, "\"key\":\"f")); at++)
		n++;
	assert_int_equal(n, 127);
	assert_non_null(strstr(got, "\"droppedAttributesCount\":73}"));
	free(got);
	free(alert);
}

static void test_times(void **state)
{
	(void)state;
	assert_true(time_of("2025-11-30T12:00:00.5Z") == 1764504000500000000);
	assert_true(time_of("2025-11-30T12:00:00Z") == 1764504000000000000);
	assert_true(time_of("2025-11-30T12:00:00.1234567891Z") == 1764504000123456789);
	assert_true(time_of("2025-11-30T12:00:00+01:00") == 0);
	assert_true(time_of("1969-11-30T12:00:00Z") == 0);
	assert_true(time_of("9999-11-30T12:00:00Z") == 0);
	assert_true(time_of("now") == 0);
	assert_true(time_of(NULL) == 0);
}

static void test_what_is_no_alert(void **state)
{
	const char *const all[] = { "", "{", "[]", "\"x\"", "nonsense", "{\"a\":1" };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_null(otlp_from_alert(all[i], strlen(all[i]), 0));
}

static void test_answers(void **state)
{
	const char *const refused[] = { "{\"partialSuccess\":{\"rejectedLogRecords\":1}}", "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\"}}" };
	const char *const taken[] = { "", "{}", "{\"partialSuccess\":{}}", "{\"partialSuccess\":{\"rejectedLogRecords\":\"0\",\"errorMessage\":\"x\"}}", "ok", "[" };

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_true(otlp_is_refused(refused[i], strlen(refused[i])));
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		assert_false(otlp_is_refused(taken[i], strlen(taken[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_whole_request), cmocka_unit_test(test_priorities), cmocka_unit_test(test_numbers_keep_their_digits),
		cmocka_unit_test(test_names_and_limits),  cmocka_unit_test(test_times),	     cmocka_unit_test(test_what_is_no_alert),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
