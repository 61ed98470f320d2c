// SPDX-License-Identifier: LGPL-2.1-or-later
/* The parser of option tables: forms of options and arguments, errors, help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"

#include "common/base/suggest.c"
#include "tools/options/options.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"

struct wishes {
	bool all, brief;
	const char *file, *maybe;
	unsigned int times;
	bool help;
};

static enum option_next set_maybe(const struct option_use *use)
{
	((struct wishes *)use->settings)->maybe = use->arg ? use->arg : "(none)";
	return OPTION_DONE;
}

static enum option_next add_time(const struct option_use *use)
{
	if (++((struct wishes *)use->settings)->times > 2)
		return option_refuse(use, "too often", "write -tt");
	return OPTION_DONE;
}

static enum option_next set_help(const struct option_use *use)
{
	option_set_flag(use);
	return OPTION_STOP;
}

static const struct option rows[] = {
	{ .help = "Group" },
	{ 'a', "all", NULL, "everything", option_set_flag, offsetof(struct wishes, all), 1 },
	{ 'b', NULL, NULL, "a letter alone", option_set_flag, offsetof(struct wishes, brief), 2 },
	{ 'o', "output", "FILE", "where to\nwrite", option_set_word, offsetof(struct wishes, file),
	  4 },
	{ 0, "maybe", "[FILE]", "an argument that may be left out", set_maybe, 0, 0 },
	{ 't', NULL, NULL, "counts", add_time, 0, 0 },
	{ 'h', "help", NULL, "help", set_help, offsetof(struct wishes, help), 0 },
};

static const struct option_table table = {
	.command = "prog sub",
	.synopsis = "[OPTIONS]\n-- CMD",
	.about = "Does things.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

static struct wishes w;
static struct option_result res;
static struct problem why;

/* Parses the words of a line, split at blanks; '' is an empty word. */
static int parse(const char *line)
{
	static char copy[256];
	char *argv[16] = { "prog" }, *save, *word;
	int argc = 1;

	memset(&w, 0, sizeof(w));
	why.text[0] = 0;
	strcpy(copy, line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "''") ? word : "";
	return options_parse(&table, argc, argv, &w, &res, &why);
}

static void refuses(const char *line, const char *text)
{
	assert_int_equal(parse(line), -1);
	assert_string_equal(why.text, text);
}

static void takes_all_forms(void **state)
{
	(void)state;
	assert_int_equal(parse("-a --output x"), 0);
	assert_true(w.all && !w.brief);
	assert_string_equal(w.file, "x");
	assert_int_equal(parse("-ab -oy"), 0);
	assert_true(w.all && w.brief);
	assert_string_equal(w.file, "y");
	assert_int_equal(parse("--output=a=b"), 0);
	assert_string_equal(w.file, "a=b");
	assert_int_equal(parse("-o -"), 0);
	assert_string_equal(w.file, "-");
	assert_int_equal(parse("-bo z -tt"), 0);
	assert_string_equal(w.file, "z");
	assert_int_equal(w.times, 2);
}

static void optional_argument_needs_its_sign(void **state)
{
	(void)state;
	assert_int_equal(parse("--maybe x"), 0);
	assert_string_equal(w.maybe, "(none)");
	assert_int_equal(res.next, 2);
	assert_int_equal(parse("--maybe=x"), 0);
	assert_string_equal(w.maybe, "x");
}

static void stops_at_words_and_dashes(void **state)
{
	(void)state;
	assert_int_equal(parse("-a word -b"), 0);
	assert_int_equal(res.next, 2);
	assert_false(res.dashes || w.brief);
	assert_int_equal(parse("-a -- -b"), 0);
	assert_int_equal(res.next, 3);
	assert_true(res.dashes);
	assert_false(w.brief);
	/* The word "--" as an option's argument does not end the options. */
	assert_int_equal(parse("-o -- -b"), 0);
	assert_string_equal(w.file, "--");
	assert_false(res.dashes);
	assert_true(w.brief);
	/* A dash alone is a word, not an option. */
	assert_int_equal(parse("-"), 0);
	assert_int_equal(res.next, 1);
	assert_int_equal(parse(""), 0);
	assert_int_equal(res.next, 1);
}

static void help_ends_the_reading(void **state)
{
	(void)state;
	assert_int_equal(parse("-h --nonsense"), 0);
	assert_true(w.help && res.stopped);
	assert_int_equal(parse("-hx"), 0);
	assert_true(w.help && res.stopped);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	refuses("--outptu x", "unknown option: --outptu: did you mean --output?");
	refuses("--al=3", "unknown option: --al: did you mean --all?");
	refuses("--zzzzzz", "unknown option: --zzzzzz: 'prog sub --help' lists them");
	refuses("-ax", "unknown option: -x: 'prog sub --help' lists them");
	refuses("--output", "missing argument: -o: write -o FILE");
	refuses("-bo", "missing argument: -o: write -o FILE");
	refuses("--all=3", "unexpected argument: --all=3: --all takes none");
	refuses("-o ''", "empty argument: -o '': write a name");
	refuses("-ttt", "too often: -t: write -tt");
	/* A heading in the table of options has neither letter nor name; therefore no word may match it. */
	refuses("--=x", "unknown option: --: 'prog sub --help' lists them");
}

static void reports_what_was_given(void **state)
{
	(void)state;
	assert_int_equal(parse("-b -o x"), 0);
	assert_ptr_equal(options_given(&table, &res, 1), NULL);
	assert_ptr_equal(options_given(&table, &res, 2), &rows[2]);
	assert_ptr_equal(options_given(&table, &res, 4 | 1), &rows[3]);
}

static void help_shows_every_row(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	options_help(&table, f);
	fclose(f);
	assert_string_equal(text, "Usage: prog sub [OPTIONS]\n"
				  "       prog sub -- CMD\n"
				  "\n"
				  "Does things.\n"
				  "\n"
				  "Group:\n"
				  "  -a, --all                   everything\n"
				  "  -b                          a letter alone\n"
				  "  -o, --output FILE           where to\n"
				  "                              write\n"
				  "  --maybe[=FILE]              an argument that may be left out\n"
				  "  -t                          counts\n"
				  "  -h, --help                  help\n");
	free(text);
}

static const char *nearest_of(const char *word)
{
	static const char *const words[] = { "format", "follow", "for", "list", "version" };
	struct nearest n;

	nearest_begin(&n, word);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		nearest_try(&n, words[i]);
	return nearest_best(&n);
}

static void finds_the_nearest_word(void **state)
{
	char long_word[100] = "";

	(void)state;
	assert_string_equal(nearest_of("fromat"), "format");
	assert_string_equal(nearest_of("lst"), "list");
	assert_string_equal(nearest_of("versoin"), "version");
	assert_ptr_equal(nearest_of("strace"), NULL);
	assert_ptr_equal(nearest_of("x"), NULL);
	assert_ptr_equal(nearest_of(""), NULL);
	memset(long_word, 'f', sizeof(long_word) - 1);
	assert_ptr_equal(nearest_of(long_word), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all_forms),
		cmocka_unit_test(optional_argument_needs_its_sign),
		cmocka_unit_test(stops_at_words_and_dashes),
		cmocka_unit_test(help_ends_the_reading),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(reports_what_was_given),
		cmocka_unit_test(help_shows_every_row),
		cmocka_unit_test(finds_the_nearest_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
