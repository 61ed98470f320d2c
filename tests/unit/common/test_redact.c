// SPDX-License-Identifier: LGPL-2.1-or-later
/* Blanks secrets in finished text: rules, escapes, shortened text, and text that stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "common/redact/redact.c"
#include "common/redact/redact_rules.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"

#define X REDACT_MARK

static struct redact *rules(const char *text)
{
	struct problem why = { "" };
	struct redact *r = redact_read_text("rules", text, strlen(text), &why);

	if (!r)
		fail_msg("%s", why.text);
	return r;
}

static void becomes(const char *rule, enum linx_text_form form, const char *from, const char *want)
{
	struct redact *r = rules(rule);
	size_t len = strlen(from);
	const char *to = redact_apply(r, form, from, &len);

	assert_non_null(to);
	if (len != strlen(want) || memcmp(to, want, len) != 0)
		fail_msg("%s: %s\nbecame %.*s\nnot    %s", rule, from, (int)len, to, want);
	redact_free(r);
}

/* A newer library may add output forms: text in a form that this command does not know is blanked as a whole. */
static void forms(void **state)
{
	struct redact *r = rules("regex a");
	size_t len = 1;

	(void)state;
	assert_false(redact_knows(LINX_FORM_UNKNOWN));
	assert_true(redact_knows(LINX_FORM_QUOTED) && redact_knows(LINX_FORM_JSON) && redact_knows(LINX_FORM_PLAIN));
	assert_false(redact_knows(LINX_FORM_PLAIN + 1));
	assert_null(redact_apply(r, LINX_FORM_UNKNOWN, "b", &len));
	assert_null(redact_apply(r, (enum linx_text_form)(LINX_FORM_PLAIN + 1), "b", &len));
	redact_free(r);
}

static void options(void **state)
{
	(void)state;
	becomes("option --password", LINX_FORM_QUOTED, "execve(\"/bin/x\", [\"x\", \"--password\", \"a b\", \"c\"], 0x1) = 0\n",
		"execve(\"/bin/x\", [\"x\", \"--password\", \"" X "\", \"c\"], 0x1) = 0\n");
	becomes("option --password", LINX_FORM_QUOTED, "[\"x\", \"--password=a\", \"--passwords\", \"b\"]", "[\"x\", \"--password=" X "\", \"--passwords\", \"b\"]");
	becomes("option --password", LINX_FORM_QUOTED, "[\"--password\"], \"b\"", "[\"--password\"], \"b\"");
	becomes("option -p", LINX_FORM_QUOTED, "[\"-pa\", \"-p\", \"b\", \"--p\", \"x-pc\"]", "[\"-p" X "\", \"-p\", \"" X "\", \"--p\", \"x-pc\"]");
	becomes("option --password", LINX_FORM_JSON, "{\"argv\":[\"x\",\"--password\",\"a\",\"b\"],\"cmdline\":\"x --password a b\"}",
		"{\"argv\":[\"x\",\"--password\",\"" X "\",\"b\"],\"cmdline\":\"x --password " X " b\"}");
	becomes("option --password", LINX_FORM_PLAIN, "(x --password 'a b' c)", "(x --password " X " c)");
	/* A list of words in plain text has no quotes, so the secret ends at the next comma. */
	becomes("option --password", LINX_FORM_PLAIN, "argv=[x, --password, a b, c], n=1", "argv=[x, --password, " X ", c], n=1");
	becomes("option --password", LINX_FORM_PLAIN, "argv=[x, --password, a b], n=1", "argv=[x, --password, " X "], n=1");
}

static void variables(void **state)
{
	(void)state;
	becomes("env *TOKEN*", LINX_FORM_QUOTED, "[\"A_TOKEN=b c\", \"TOKENS=d\", \"OTHER=e\"]", "[\"A_TOKEN=" X "\", \"TOKENS=" X "\", \"OTHER=e\"]");
	becomes("env TOKEN", LINX_FORM_QUOTED, "[\"A_TOKEN=b\", \"TOKEN=\"]", "[\"A_TOKEN=b\", \"TOKEN=\"]");
	becomes("env KE?", LINX_FORM_PLAIN, "sh -c KEY=a make; KEEP=b", "sh -c KEY=" X " make; KEEP=b");
	becomes("env KEY", LINX_FORM_JSON, "{\"env\":{\"KEY\":\"a\",\"B\":\"c\"},\"KEY\":[\"d\",{\"e\":\"f\"}],\"g\":\"KEY\"}",
		"{\"env\":{\"KEY\":\"" X "\",\"B\":\"c\"},\"KEY\":[\"" X "\",{\"e\":\"" X "\"}],\"g\":\"KEY\"}");
}

static void headers_and_urls(void **state)
{
	(void)state;
	becomes("header Authorization", LINX_FORM_QUOTED, "write(1, \"GET /\\r\\nauthorization: Basic a=\\r\\nHost: x\", 9) = 9",
		"write(1, \"GET /\\r\\nauthorization: " X "\\r\\nHost: x\", 9) = 9");
	becomes("header Cookie", LINX_FORM_JSON, "{\"headers\":[[\"Cookie\",\"a\"],[\"b\",\"c\"]],\"cookie\":\"d\"}",
		"{\"headers\":[[\"Cookie\",\"a\"],[\"b\",\"c\"]],\"cookie\":\"" X "\"}");
	becomes("url-password", LINX_FORM_PLAIN, "git clone https://me:a@b.c/d https://e.f/g:h@i", "git clone https://me:" X "@b.c/d https://e.f/g:h@i");
}

static void patterns(void **state)
{
	(void)state;
	becomes("regex tok_[a-z]{4}", LINX_FORM_QUOTED, "open(\"/tmp/tok_abcde\") = 3</tmp/tok_abcde>", "open(\"/tmp/" X "e\") = 3</tmp/" X "e>");
	becomes("regex a(b)c", LINX_FORM_PLAIN, "abc abd abc", "a" X "c abd a" X "c");
	/* Overlapping and nested matches become one mark. */
	becomes("regex abc\nregex bcd\nregex c", LINX_FORM_PLAIN, "xabcdx c", "x" X "x " X);
	/* A match of no length blanks nothing, and the search ends. */
	becomes("regex x*", LINX_FORM_PLAIN, "axxb", "a" X "b");
	/* Each line is matched as a text of its own. */
	becomes("regex ^a", LINX_FORM_PLAIN, "a\nab\n\nb", X "\n" X "b\n\nb");
}

static void escapes(void **state)
{
	(void)state;
	becomes("regex a\\x01b\\n\"c", LINX_FORM_QUOTED, "\"xa\\1b\\n\\\"cy\"", "\"x" X "y\"");
	becomes("regex a\\x01b\\n\"c", LINX_FORM_JSON, "[\"xa\\u0001b\\n\\\"cy\"]", "[\"x" X "y\"]");
	becomes("regex secret", LINX_FORM_QUOTED, "\"\\x73\\x65\\x63\\x72\\x65\\x74\"", "\"" X "\"");
	/* A match of bytes that are not text is blanked, and so is one byte of a letter of three bytes. */
	becomes("regex \\xff\\xfe", LINX_FORM_JSON, "\"a\\udbff\\udeff\\udbff\\udefeb\"", "\"a" X "b\"");
	becomes("regex \\x82", LINX_FORM_JSON, "\"a\\u20acb\"", "\"a" X "b\"");
	becomes("regex \\x82", LINX_FORM_JSON, "\"a\xe2\x82\xac\"", "\"a\xe2" X "\xac\"");
	/* The text was escaped before it became a JSON string. */
	becomes("header Key", LINX_FORM_JSON, "{\"output\":\"buf=x\\\\nKey: a\\\\nb\"}", "{\"output\":\"buf=x\\\\nKey: " X "\\\\nb\"}");
	/* The string has no closing quote, and ends in a backslash. */
	becomes("regex a", LINX_FORM_QUOTED, "\"ba\\", "\"b" X "\\");
	becomes("regex a", LINX_FORM_JSON, "\"ba\\u12", "\"b" X "\\u12");
}

static void cuts(void **state)
{
	(void)state;
	becomes("regex tok_[a-z]{4}", LINX_FORM_QUOTED, "\"x tok_ab\"... \"tok_ab\"", "\"x " X "\"... \"tok_ab\"");
	becomes("regex tok_[a-z]{4}", LINX_FORM_JSON, "{\"value\":\"x tok_ab\",\"state\":\"truncated\",\"len\":90}", "{\"value\":\"x " X "\",\"state\":\"truncated\",\"len\":90}");
	becomes("option --key", LINX_FORM_QUOTED, "\"--key ab\"...", "\"--key " X "\"...");
}

static void limits(void **state)
{
	static const char hard[] = "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-z\"";
	struct redact *r = rules("regex (a+)+z");
	size_t len = strlen(hard);
	const char *to = redact_apply(r, LINX_FORM_QUOTED, hard, &len);

	(void)state;
	assert_non_null(to);
	assert_int_equal(len, strlen("\"" X "\""));
	assert_memory_equal(to, "\"" X "\"", len);
	assert_true(redact_limited(r));
	redact_free(r);
}

static void refuses(const char *text, const char *want)
{
	struct problem why = { "" };

	assert_null(redact_read_text("rules", text, strlen(text), &why));
	assert_string_equal(why.text, want);
}

static void mistakes(void **state)
{
	char many[300 * 16] = "";

	(void)state;
	refuses("", "no rules: rules: write a line, as 'option --password'");
	refuses("# nothing\n\n", "no rules: rules: write a line, as 'option --password'");
	refuses("env A\n  words x\n", "rules:2:3: unknown rule: write regex, option, env, header or url-password");
	refuses("regex\n", "rules:1:6: missing pattern: write it behind 'regex'");
	refuses("regex a(b\n", "rules:1:10: missing closing parenthesis");
	refuses("option password\n", "rules:1:8: no option: write it with its dashes, and nothing behind it, as --password");
	refuses("env A=B\n", "rules:1:5: no name of a variable: write letters, digits, _, * and ?");
	refuses("header A:\n", "rules:1:8: no name of a header: write letters, digits and -");
	refuses("url-password x\n", "rules:1:14: nothing may stand behind 'url-password'");
	for (int i = 0; i < 257; i++)
		strcat(many, "env A\n");
	refuses(many, "rules:257:1: too many rules: at most 256");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(options),
		cmocka_unit_test(variables),
		cmocka_unit_test(headers_and_urls),
		cmocka_unit_test(patterns),
		cmocka_unit_test(escapes),
		cmocka_unit_test(cuts),
		cmocka_unit_test(limits),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
