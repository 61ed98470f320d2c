// SPDX-License-Identifier: LGPL-2.1-or-later
/* REFUSED records become events with the name of their rule, and lists of names are checked before they are used. */
#include <linx/policy.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "libuser/record/rule_names.h"
#include "assembly.h"

#define CAT 814

static void test_names(void **state)
{
	static const uint8_t gap[] = { 3, 0, 0, 0, 0, 0, 0, 0, 'x', 0 }, open_end[] = { 0, 0, 0, 0, 0, 0, 0, 0, 'x' };
	struct linx_rule_names a = { 0 }, b = { 0 };
	struct linx_strbuf payload = { 0 };

	(void)state;
	assert_int_equal(linx_rule_names_add(&a, "no secrets"), 0);
	assert_int_equal(linx_rule_names_add(&a, ""), 0);
	linx_rule_names_put(&a, 0, &payload);
	assert_int_equal(linx_rule_names_parse(&b, (const uint8_t *)payload.data, payload.len), 0);
	assert_int_equal(b.n, 2);
	assert_string_equal(linx_rule_names_find(&b, 0), "no secrets");
	assert_string_equal(linx_rule_names_find(&b, 1), "");
	assert_null(linx_rule_names_find(&b, 2));
	assert_null(linx_rule_names_find(&b, UINT64_MAX));

	/* Adding the same names again changes nothing. A further name is added after them. */
	assert_int_equal(linx_rule_names_add(&a, "third"), 0);
	payload.len = 0;
	linx_rule_names_put(&a, 1, &payload);
	assert_int_equal(linx_rule_names_parse(&b, (const uint8_t *)payload.data, payload.len), 0);
	assert_int_equal(b.n, 3);
	assert_string_equal(linx_rule_names_find(&b, 2), "third");

	assert_int_equal(linx_rule_names_parse(&b, gap, 7), -EBADMSG);
	assert_int_equal(linx_rule_names_parse(&b, open_end, sizeof(open_end)), -EBADMSG);
	linx_rule_names_free(&b);
	assert_int_equal(linx_rule_names_parse(&b, gap, sizeof(gap)), -EBADMSG);
	linx_rule_names_free(&a);
	linx_rule_names_free(&b);
	free(payload.data);
}

static void test_event(void **state)
{
	struct linx_refused body = { .id = 0, .rule = 4, .hook = LINX_DENY_FILE_OPEN, .flags = LINX_REFUSED_REFUSED | LINX_REFUSED_FILE,
				     .error = 13, .dev = 5, .ino = 6, .generation = 7, .mode = 0100600 };
	struct assembly *as = *state;
	struct linx_rule_names names = { 0 };
	struct linx_refusal r;

	assert_int_equal(linx_rule_names_add(&names, "no secrets"), 0);
	linx_assembler_rule_names(as->a, &names);
	assembly_meet(as, CAT, CAT, "cat");
	record_refused(&as->r, CAT, &body);
	record_str(&as->r, 0, "/etc/secret");
	assembly_event(as);
	assert_int_equal(linx_event_get_kind(as->ev), LINX_EVENT_REFUSED);
	assert_int_equal(linx_event_get_refusal(as->ev, &r), 0);
	assert_string_equal(r.name, "no secrets");
	assert_string_equal(r.check, "file_open");
	assert_true(r.refused && r.has_file && !r.observed && !r.undecided && !r.signalled);
	assert_true(r.error == 13 && r.dev == 5 && r.ino == 6 && r.generation == 7 && r.mode == 0100600);
	assert_true(r.path.state == LINX_WHOLE && r.path.size >= 11 && !memcmp(r.path.data, "/etc/secret", 11));
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	assert_non_null(strstr(assembly_print(as), "refuse file_open(\"/etc/secret\") = EACCES [no secrets]"));
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assert_non_null(strstr(assembly_print(as), "\"rule\":0,\"rule_name\":\"no secrets\",\"check\":\"file_open\",\"refused\":true,"
						   "\"error\":\"EACCES\",\"path\":\"/etc/secret\",\"dev\":5,\"ino\":6"));
	linx_assembler_rule_names(as->a, NULL);
	linx_rule_names_free(&names);
}

/* Tests a dry run of the check of an address, a rule number without a name, and an unknown check. */
static void test_others(void **state)
{
	struct linx_refused body = { .id = 9, .hook = LINX_DENY_CONNECT, .flags = LINX_REFUSED_DRY_RUN | LINX_REFUSED_UNDECIDED };
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(4711), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct assembly *as = *state;

	assembly_meet(as, CAT, CAT, "cat");
	record_refused(&as->r, CAT, &body);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &a, sizeof(a), sizeof(a));
	assembly_event(as);
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assert_non_null(strstr(assembly_print(as), "\"rule\":9,\"rule_name\":null,\"check\":\"connect\",\"refused\":false,"
						   "\"address\":{\"family\":\"AF_INET\",\"addr\":\"127.0.0.1\",\"port\":4711},"
						   "\"observed\":true,\"undecided\":true"));
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	assert_non_null(strstr(assembly_print(as), "observe connect("));
	assert_non_null(strstr(as->text, "= not refused, undecided [9]"));

	body.hook = 999;
	record_refused(&as->r, CAT, &body);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "observe check()"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		ASSEMBLY_TEST(test_event),
		ASSEMBLY_TEST(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
