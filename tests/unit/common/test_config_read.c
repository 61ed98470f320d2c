// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads configurations: every key, every mistake, and no partial application. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "libuser/base/array_size.h"

#include "common/config/config.c"
#include "common/config/config_calls.c"
#include "common/config/config_text.c"
#include "common/base/suggest.c"
#include "common/base/json_pos.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/host_abi.c"

static char warned[512];

static void note(void *data, enum say_level level, const char *text)
{
	(void)data;
	assert_int_equal(level, SAY_WARNING);
	snprintf(warned, sizeof(warned), "%s", text);
}

static const struct listener listener = { .report = note };

static const char *put_file(const char *text)
{
	static char path[] = "/tmp/linx-config-test-XXXXXX";
	static bool made;
	FILE *f;

	if (!made)
		close(mkstemp(path));
	made = true;
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void all_keys(void **state)
{
	const char *file = put_file(
		"{\"open_params\": {\"interest_syscall_file\": \"/dev/null/none\"},\n"
		" \"init_config\": {}}");
	struct problem why;
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c, file, NULL, &why), -1); /* the configured file of calls does not exist */
	assert_false(c.given || c.has_init || c.has_open);
	assert_int_equal(config_read(&c,
				     "{\"format\":\"json\",\"log_file\":\"a.log\",\"putfile\":\"true\",\"path\":\"b.log\","
				     "\"str_max_size\":0,\"log_level\":\"FATAL\",\"rich_value_size\":4294967295}",
				     NULL, &why),
			 0);
	assert_true(c.given && c.has_init && !c.has_open && c.putfile && c.filter_own);
	assert_int_equal(c.format, CONFIG_JSON);
	assert_string_equal(c.log_file, "a.log");
	assert_string_equal(c.path, "b.log");
	assert_int_equal(c.str_max_size, 0);
	assert_int_equal(c.rich_value_size, UINT32_MAX);
	assert_int_equal(c.log_level, SAY_FATAL);
	assert_int_equal(config_read(&c,
				     "{\"filter_own\":false,\"filter_falco\":true,\"drop_mode\":\"false\",\"drop_failed\":\"true\",\"http\":\"true\","
				     "\"filter_pids\":[0,4194303],\"filter_comms\":[\"a\",\"1234567890123456\"]}",
				     NULL, &why),
			 0);
	assert_true(c.has_open && !c.filter_own && c.filter_falco && !c.drop_mode && c.drop_failed && c.http);
	assert_int_equal(c.filter_pids.n, 2);
	assert_int_equal(c.filter_pids.items[1], 4194303);
	assert_int_equal(c.filter_comms.n, 2);
	assert_string_equal(c.filter_comms.items[1], "1234567890123456");
	assert_null(c.calls);
	config_free(&c);
}

static void defaults(void **state)
{
	struct problem why;
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c, "{\"init_config\":{},\"open_params\":{}}", NULL, &why), 0);
	assert_true(c.has_init && c.has_open && c.filter_own && !c.putfile && !c.filter_falco && !c.drop_mode && !c.drop_failed && !c.http);
	assert_int_equal(c.rich_value_size, 65536);
	assert_int_equal(c.str_max_size, 256);
	assert_int_equal(c.format, CONFIG_NORMAL);
	assert_int_equal(c.log_level, SAY_WARNING);
	config_free(&c);
}

/* An empty string counts as a missing key, except as a task name. */
static void empty_strings(void **state)
{
	struct problem why;
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c,
				     "{\"init_config\":{\"path\":\"\",\"log_file\":\"\",\"group\":\"\"},"
				     "\"open_params\":{\"interest_syscall_file\":\"\",\"filter_comms\":[\"\"]}}",
				     NULL, &why),
			 0);
	assert_null(c.path);
	assert_null(c.log_file);
	assert_null(c.group);
	assert_null(c.calls);
	assert_int_equal(c.filter_comms.n, 1);
	assert_string_equal(c.filter_comms.items[0], "");
	config_free(&c);
}

static void wrong_ones(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "{\n\"open_params\": {\n  \"filter_pids\": [1,\n 2, \"x]\", 3]}}",
		  ":4: open_params.filter_pids[2]: expected an integer from 0 to 4194303, found \"x]\"" },
		{ "{\"filter_pids\": [4194304]}", ":1: filter_pids[0]: expected an integer from 0 to 4194303, found 4194304" },
		{ "{\"filter_pids\": [-1]}", "filter_pids[0]: expected an integer" },
		{ "{\"filter_pids\": 3}", "filter_pids: expected a list of at most 65536 integers, found 3" },
		{ "{\"filter_comms\": [\"12345678901234567\"]}", "filter_comms[0]: expected a string of at most 16 bytes" },
		{ "{\"filter_own\": \"TRUE\"}", "filter_own: expected \"true\" or \"false\", found \"TRUE\"" },
		{ "{\"drop_mode\": 1}", "drop_mode: expected \"true\" or \"false\", found 1" },
		{ "{\"drop_mode\": null}", "found null" },
		{ "{\"putfile\": true,\n\n \"path\": {}}", ":3: path: expected a string of at most 4095 bytes, found {}" },
		{ "{\"str_max_size\": 4294967296}", "str_max_size: expected an integer from 0 to 4294967295, found 4294967296" },
		{ "{\"str_max_size\": 1.5}", "found 1.5" },
		{ "{\"str_max_size\": \"256\"}", "found \"256\"" },
		{ "{\"format\": \"xml\"}", "format: expected normal or json, found \"xml\"" },
		{ "{\"log_level\": \"debug\"}", "log_level: expected DEBUG, INFO, WARNING, ERROR or FATAL, found \"debug\"" },
		{ "{\"filter_falcon\": true}", "filter_falcon: unknown key: did you mean filter_falco?" },
		{ "{\"drop_mode\": true, \"drop_filed\": true}", "drop_filed: unknown key: did you mean drop_failed?" },
		{ "{\"drop_mode\": true, \"path\": \"x\"}", "path: unknown key: it belongs to init_config" },
		{ "{\"init_config\": {}, \"other\": {}}", "other: unknown key: expected init_config or open_params" },
		{ "{\"init_config\": []}", "init_config: expected an object, found []" },
		{ "{\"init_config\": {},\n \"init_config\": {}}", ":2: init_config: expected each key once, and this is the second" },
		{ "{\"putfile\": true,\n\"putfile\": true}", ":2: putfile: expected each key once" },
		{ "{\"putfile\": true} x", ":1: expected the end, found 'x'" },
		{ "{\"putfile\": true}\n{}", ":2: expected the end, found '{}'" },
		{ "{\"putfile\": true,\n}", ":2: expected JSON, which it is not near the end" },
		{ "{\"putfile\"", "expected JSON, which it is not near" },
		{ "{\"putfile\" true}", ":1: expected JSON, which it is not near 'true}'" },
		{ "{\"path\":\n\"a\\\\\\u0000b\"}", ":2: expected text, found a NUL byte" },
		{ "{\"a\\n\\u001b[2J\": true}", "a??[2J: unknown key" },
	};
	struct problem why;
	struct config c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *given = i % 2 ? cases[i].text : put_file(cases[i].text);

		config_init(&c);
		assert_int_equal(config_read(&c, given, NULL, &why), -1);
		if (!strstr(why.text, cases[i].why) || strchr(why.text, '\n'))
			fail_msg("%s: %s", cases[i].text, why.text);
		/* A configuration with a mistake leaves all settings unchanged. */
		assert_false(c.has_init || c.has_open || c.putfile || c.drop_mode || c.filter_pids.n || c.filter_comms.n);
		config_free(&c);
	}
}

static void given_twice(void **state)
{
	struct problem why;
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c, "{\"putfile\":true}", NULL, &why), 0);
	assert_int_equal(config_read(&c, "{\"putfile\":false}", NULL, &why), -1);
	assert_non_null(strstr(why.text, "init_config was given before"));
	assert_true(c.putfile);
	config_free(&c);
}

static void files(void **state)
{
	static const char nul[] = "{\"putfile\":true}\0junk";
	struct problem why;
	struct config c;
	FILE *f;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c, "/not/there", NULL, &why), -1);
	assert_string_equal(why.text, "cannot read: /not/there: No such file or directory");
	assert_int_equal(config_read(&c, "/tmp", NULL, &why), -1);
	f = fopen(put_file(""), "w");
	assert_non_null(f);
	fwrite(nul, 1, sizeof(nul), f);
	fclose(f);
	assert_int_equal(config_read(&c, "/dev/null", NULL, &why), -1);
	config_free(&c);
}

static int calls_of(const char *text, char **calls, struct problem *why)
{
	warned[0] = '\0';
	return config_read_calls(put_file(text), calls, &listener, why);
}

static void interesting_calls(void **state)
{
	struct problem why;
	char *calls;

	(void)state;
	assert_int_equal(calls_of("{\"close\":{\"syscall_id\":3,\"interesting\":1},\"read\":{\"syscall_id\":0,\"interesting\":0},"
				  "\"openat\":{\"interesting\":1,\"abi\":\"x86_64\",\"args\":[]},\"write\":{\"interesting\":2}}",
				  &calls, &why),
			 0);
	assert_string_equal(calls, "close,openat");
	assert_string_equal(warned, "");
	free(calls);
	assert_int_equal(calls_of("{\"read\":{\"interesting\":0}}", &calls, &why), 0);
	assert_string_equal(calls, "none");
	free(calls);
	assert_int_equal(calls_of("{\n\"close\":\n{\"syscall_id\":6,\"interesting\":1}}", &calls, &why), 0);
	assert_string_equal(calls, "close");
	assert_non_null(strstr(warned, ":3: close has the number 3 on x86_64, not 6: the name decides"));
	free(calls);
	/*
	 * send and recv are parts of i386's socketcall that have no call numbers of their own. Expressions other than
	 * names are refused.
	 */
	assert_int_equal(calls_of("{\"send\":{\"interesting\":1},\"recv\":{\"syscall_id\":1,\"interesting\":1}}", &calls,
				  &why),
			 0);
	assert_string_equal(calls, "send,recv");
	assert_string_equal(warned, "");
	free(calls);
	assert_int_equal(calls_of("{\"s.nd\":{\"interesting\":1}}", &calls, &why), -1);
	assert_int_equal(calls_of("{\"%file\":{\"interesting\":1}}", &calls, &why), -1);
	assert_int_equal(calls_of("{\"clsoe\":{\"interesting\":1}}", &calls, &why), -1);
	assert_non_null(strstr(why.text, ":1: clsoe: unknown system call: did you mean close?"));
	/* The tool whose file format this is accepted only the number 1. */
	assert_int_equal(calls_of("{\"read\":{\"interesting\":1},\n\"close\":{\"interesting\":\"1\"}}", &calls, &why), 0);
	assert_string_equal(calls, "read");
	assert_non_null(strstr(warned, ":2: close is not collected: write \"interesting\": 1 to have it"));
	free(calls);
	assert_int_equal(calls_of("{\"close\":{\"interesting\":true}}", &calls, &why), 0);
	assert_string_equal(calls, "none");
	assert_non_null(strstr(warned, "close is not collected"));
	free(calls);
	assert_int_equal(calls_of("{\"close\":{\"syscall_id\":3}}", &calls, &why), 0);
	assert_string_equal(calls, "none");
	assert_non_null(strstr(warned, "close is not collected"));
	free(calls);
	assert_int_equal(calls_of("{\"close\":1}", &calls, &why), -1);
	assert_int_equal(calls_of("{\"close\":{\"interesting\":1},\"close\":{\"interesting\":0}}", &calls, &why), -1);
	assert_int_equal(calls_of("[]", &calls, &why), -1);
	assert_null(calls);
}

static int clean(void **state)
{
	(void)state;
	return unlink(put_file(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keys),    cmocka_unit_test(defaults), cmocka_unit_test(empty_strings),	   cmocka_unit_test(wrong_ones),
		cmocka_unit_test(given_twice), cmocka_unit_test(files),		   cmocka_unit_test(interesting_calls),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
