// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nkeys: texts of seeds and public keys, files that have a seed, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/base/symbols.c"
#include "fleet/nats/nkey.c"

/* the pair that the documents of NATS show */
#define KNOWN_SEED "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
#define KNOWN_PUBLIC "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"

static struct problem why;

/* Reads a file with this text. */
static int read_text(const char *text, struct nkey *k)
{
	char path[] = "/tmp/nkey-XXXXXX";
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	rc = nkey_read(path, k, &why);
	unlink(path);
	return rc;
}

static void test_known_pair(void **state)
{
	static const char *const texts[] = {
		KNOWN_SEED, KNOWN_SEED "\n", KNOWN_SEED "\r\n", "# a comment\n" KNOWN_SEED "\n" KNOWN_PUBLIC "\n",
		"-----BEGIN USER NKEY SEED-----\n" KNOWN_SEED "\n------END USER NKEY SEED------\n",
	};
	struct nkey k;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		memset(&k, 0, sizeof(k));
		assert_int_equal(read_text(texts[i], &k), 0);
		assert_string_equal(k.seed, KNOWN_SEED);
		assert_string_equal(k.public, KNOWN_PUBLIC);
	}
	assert_true(nkey_is_public(KNOWN_PUBLIC));
}

static void test_made_keys(void **state)
{
	struct nkey a, b, again;
	char text[NKEY_SEED + 2];

	(void)state;
	assert_int_equal(nkey_make(&a, &why), 0);
	assert_int_equal(nkey_make(&b, &why), 0);
	assert_string_not_equal(a.seed, b.seed);
	assert_string_not_equal(a.public, b.public);
	assert_int_equal(strncmp(a.seed, "SU", 2), 0);
	assert_true(nkey_is_public(a.public));
	snprintf(text, sizeof(text), "%s\n", a.seed);
	assert_int_equal(read_text(text, &again), 0);
	assert_string_equal(again.public, a.public);
}

/* A wrong letter anywhere, another length and another kind of key are refused. */
static void test_damaged_keys(void **state)
{
	char text[NKEY_SEED + 2] = KNOWN_PUBLIC;
	struct nkey k;

	(void)state;
	for (size_t i = 0; i < NKEY_PUBLIC; i++) {
		for (const char *c = "A7z1 =\n"; *c; c++) {
			text[i] = *c;
			assert_int_equal(nkey_is_public(text), KNOWN_PUBLIC[i] == *c);
		}
		text[i] = KNOWN_PUBLIC[i];
	}
	assert_false(nkey_is_public(KNOWN_PUBLIC "A"));
	assert_false(nkey_is_public(KNOWN_SEED));
	assert_false(nkey_is_public(""));
	strcpy(text, KNOWN_SEED);
	for (size_t i = 0; i < NKEY_SEED; i++) {
		text[i] = KNOWN_SEED[i] == 'B' ? 'C' : 'B';
		assert_int_equal(read_text(text, &k), -1);
		assert_non_null(strstr(why.text, "no seed of a user's nkey: "));
		text[i] = KNOWN_SEED[i];
	}
}

static void test_files_without_a_seed(void **state)
{
	/* the third is the seed of an account */
	static const char *const texts[] = { "", "\n\n", "SAAPOQJAJGJJSCUHQ4Q7FPTTNGAAA3ODFQFEMX5UAYDDAVKWOLXMFNGAQU", (KNOWN_PUBLIC "\n"), (" " KNOWN_SEED) };
	struct nkey k;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(read_text(texts[i], &k), -1);
	assert_int_equal(nkey_read("/nowhere/seed", &k, &why), -1);
	assert_string_equal(why.text, "cannot read seed: /nowhere/seed: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_pair),
		cmocka_unit_test(test_made_keys),
		cmocka_unit_test(test_damaged_keys),
		cmocka_unit_test(test_files_without_a_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
