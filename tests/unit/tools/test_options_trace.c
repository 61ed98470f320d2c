// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of linxcap for a trace: the settings that they make, refused values, and combinations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <linx/linx.h>

/* Output form of an additional format that the options do not know. */
static unsigned char form_to_come;

static int get_format(unsigned int i, struct linx_format_info *info)
{
	int rc = linx_get_format(i, info);

	if (!rc && form_to_come)
		info->form = form_to_come;
	return rc;
}

#define linx_get_format get_format
#include "common/config/config.c"
#include "common/config/config_filter.c"
#include "tools/trace/config_apply.c"
#include "common/config/config_calls.c"
#include "common/config/config_text.c"
#include "common/base/json_pos.c"
#include "common/base/host_abi.c"
#include "tools/options/fd_options.c"
#include "common/base/suggest.c"
#include "tools/options/deny_options.c"
#include "tools/options/options.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "tools/trace/habits.c"
#include "tools/trace/settings.c"
#include "tools/trace/alert_options.c"
#include "tools/trace/who_options.c"
#include "common/alert/alert.c"
#include "common/base/json_u64.c"
#include "tools/rules/rule_files.c"
#include "common/alert/output.h"
#include "common/files/rotated_files.c"
#include "common/spool/spool_block.c"
#include "tools/trace/policy.c"
#include "tools/trace/settings_check.c"
#include "tools/options/signal_set.c"
#include "common/base/moment.c"
#include "common/base/parse_value.c"
#include "within.h"

/*
 * A stub that accepts each name of an output of alerts, because the real function needs threads and another library;
 * tests/cli tries wrong names.
 */
int alert_output_check(const char *name, struct problem *why)
{
	(void)name;
	(void)why;
	return 0;
}

bool alert_output_is_spool(const char *name)
{
	return !strcmp(name, "spool");
}

/* A stub: no test here uses --falco-config or --metrics. */
int falco_apply(struct settings *options, struct problem *said)
{
	(void)said;
	assert_null(options->falco_path);
	return 0;
}

void falco_config_free(struct falco_config *c)
{
	(void)c;
}

bool alert_output_is_network(const char *name)
{
	return strstr(name, "://");
}

bool alerts_use_network(const struct alert_settings *a)
{
	(void)a;
	return false;
}

/* A stub: no test here reads the rules of --redact. */
struct redact *redact_read(const char *path, struct problem *said)
{
	(void)said;
	fail_msg("--redact %s", path);
	return NULL;
}

void redact_free(struct redact *r)
{
	(void)r;
}

/* Stubs: no test here makes the view of a table, which tests/cli/stat.sh does. */
enum option_next table_option_top(const struct option_use *use)
{
	(void)use;
	return OPTION_DONE;
}

enum option_next table_option_form(const struct option_use *use)
{
	(void)use;
	return OPTION_DONE;
}

enum option_next table_option_keep(const struct option_use *use)
{
	(void)use;
	return OPTION_DONE;
}

enum option_next table_option_rules(const struct option_use *use)
{
	(void)use;
	return OPTION_DONE;
}

bool table_option_view_word(unsigned int i, struct option_word *word)
{
	(void)i;
	(void)word;
	return false;
}

int table_options_open(struct settings *options, struct problem *said)
{
	(void)options;
	(void)said;
	return 0;
}

int table_options_add_needs(struct settings *options, struct problem *said)
{
	(void)options;
	(void)said;
	return 0;
}

void table_options_free(struct settings *options)
{
	(void)options;
}

bool metrics_read_address(struct metrics_settings *m, const char *word)
{
	(void)m;
	fail_msg("--metrics %s", word);
	return false;
}

struct metrics *metrics_new(void)
{
	return NULL;
}

void metrics_free(struct metrics *m)
{
	(void)m;
}

static struct settings s;
static struct problem why;
static char *words[32];

static int parse(const char *line)
{
	static char copy[256];
	char *save, *word;
	int n = 0;

	words[n++] = "linxcap";
	strcpy(copy, line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[n++] = strcmp(word, "''") ? word : "";
	words[n] = NULL;
	settings_free(&s);
	return settings_read(&s, n, words, &why);
}

static void accepts(const char *line)
{
	if (parse(line))
		fail_msg("%s: %s", line, why.text);
}

static void refuses(const char *line, const char *text)
{
	if (!parse(line))
		fail_msg("accepted: %s", line);
	assert_string_equal(why.text, text);
}

static void defaults(void **state)
{
	struct settings none = { .how.ahead = 5 };

	(void)state;
	config_init(&none.config);
	accepts("");
	assert_memory_equal(&s, &none, sizeof(s));
}

static void selection(void **state)
{
	(void)state;
	accepts("-e trace=openat,%network");
	assert_string_equal(s.what.calls, "openat,%network");
	accepts("-e trace=read -e write");
	assert_string_equal(s.what.calls, "write");
	accepts("-e !futex -e status=failed");
	assert_string_equal(s.what.calls, "!futex");
	assert_int_equal(s.what.status, LINX_STATUS_FAILED);
	accepts("-e status=successful -et=/read|a=b");
	assert_int_equal(s.what.status, LINX_STATUS_SUCCESSFUL);
	assert_string_equal(s.what.calls, "/read|a=b");
	accepts("-e /open|x=y");
	assert_string_equal(s.what.calls, "/open|x=y");
	refuses("-e trace=", "empty set: -e trace=: name calls, as in trace=openat,%network");
	refuses("-e ''", "empty set: -e '': name calls, as in trace=openat,%network");
	refuses("-e inject=read:error=EIO",
		"unknown expression: -e inject=read:error=EIO: write trace=SET, status=WORD, signal=LIST or fd=LIST");
	refuses("-e status=maybe", "unknown status: -e status=maybe: write status=failed or "
				   "status=successful");
}

static void signals(void **state)
{
	(void)state;
	accepts("");
	assert_true(s.what.hide_signals == 0);
	accepts("-e signal=none");
	assert_true(s.what.hide_signals == UINT64_MAX);
	accepts("-e signal=INT,SIGHUP,15");
	assert_true(s.what.hide_signals == ~(1ull << 1 | 1ull << 0 | 1ull << 14));
	accepts("-e signal=!chld");
	assert_true(s.what.hide_signals == 1ull << 16);
	accepts("-r x -e signal=INT");
	refuses("-e signal=INT,nonsense",
		"unknown signals: -e signal=INT,nonsense: write names or numbers joined by commas, all or none");
}

static void who(void **state)
{
	(void)state;
	accepts("-p 1,2 -p 3 -f -u root");
	assert_int_equal(s.what.attach.n, 3);
	assert_true(s.what.follow && s.what.by_uid);
	assert_int_equal(s.what.uid, 0);
	refuses("-p 0", "not a process id: -p 0: write numbers, as 12,345");
	refuses("-p self", "not a process id: -p self: write numbers, as 12,345");
	refuses("-u nobody-of-that-name",
		"unknown user: -u nobody-of-that-name: write a name or a number of a user");
}

static void commands(void **state)
{
	(void)state;
	accepts("-f -- ls -l");
	assert_string_equal(s.what.command[0], "ls");
	assert_string_equal(s.what.command[1], "-l");
	assert_ptr_equal(s.what.command[2], NULL);
	refuses("--", "missing command: --: write 'linxcap -- CMD [ARG...]'");
	refuses("-- ''", "missing command: --: write 'linxcap -- CMD [ARG...]'");
	refuses("-f ls -l", "unexpected word: ls: to trace a command: linxcap -- ls");
}

static void limits(void **state)
{
	(void)state;
	accepts("-n 5 --for 500ms --min-duration=1.5ms -s 200");
	assert_int_equal(s.how.count, 5);
	assert_int_equal(s.how.for_ns, 500000000);
	assert_int_equal(s.what.min_duration_ns, 1500000);
	assert_int_equal(s.look.string_limit, 200);
	refuses("-n 0", "not a count: -n 0: write a number of events from 1 on");
	refuses("-n -3", "not a count: -n -3: write a number of events from 1 on");
	refuses("--for 10x", "not a duration: --for 10x: write a number and a unit, as 10s, 500ms, "
			     "2m or 1h");
	refuses("--for 0", "impossible duration: --for 0: write more than zero");
	refuses("-s 262145", "impossible length: -s 262145: write a number of bytes from 1 to 262144");
	accepts("--format json --cmdline 1000 --fds --fds-limit=2000");
	assert_int_equal(s.look.cmdline_limit, 1000);
	assert_int_equal(s.look.files_limit, 2000);
	refuses("--cmdline 0", "impossible length: --cmdline 0: write a number of bytes from 1 to 4294967295");
	refuses("--fds-limit x", "impossible length: --fds-limit x: write a number of bytes from 1 to 4294967295");
	refuses("-s x", "impossible length: -s x: write a number of bytes from 1 to 262144");
}

static void parts_of_the_time(void **state)
{
	(void)state;
	accepts("-r x --from +5s --to 12:00:00");
	assert_int_equal(s.what.from.kind, MOMENT_AFTER);
	assert_int_equal(s.what.to.kind, MOMENT_CLOCK);
	accepts("-r x -w y --last 10s");
	assert_int_equal(s.what.last_ns, 10000000000u);
	accepts("--to +1m");
	refuses("-r x --from noon", "not a time: --from noon: write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning");
	refuses("-r x --to ''", "not a time: --to '': write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning");
	refuses("-r x --last 0", "impossible duration: --last 0: write more than zero");
	refuses("--last 10s", "missing file: --last: write -r FILE: a recording begins when linxcap does");
	refuses("--from 12:00:00", "missing file: --from: write -r FILE: a recording begins when linxcap does");
	refuses("-r x --last 10s --from +1s", "not together: --last and --from");
	refuses("-r x --last 10s --to +1s", "not together: --last and --to");
	refuses("-r x -w y --to +1s --alert stdout", "not together: -w, --to and alerts: write the part first, then read it");
}

static void rings(void **state)
{
	(void)state;
	accepts("--buffer 64K --mode recorder");
	assert_int_equal(s.how.ring_size, 65536);
	assert_int_equal(s.how.mode, LINX_RECORDER);
	refuses("--buffer 0",
		"impossible ring size: --buffer 0: write at least two pages, as 64K or 8M");
	refuses("--buffer 3M",
		"impossible ring size: --buffer 3M: write a power of two, as 2M or 4M");
	refuses("--buffer 100000",
		"impossible ring size: --buffer 100000: write a power of two, as 64K or 128K");
	refuses("--buffer lots",
		"impossible ring size: --buffer lots: write bytes per CPU, as 64K, 8M or 1G");
	refuses("--buffer 99999999999G",
		"impossible ring size: --buffer 99999999999G: write bytes per CPU, as 64K, 8M or "
		"1G");
	refuses("--mode fast", "unknown word: --mode fast: write one of discard|recorder|throttle");
}

static void throttle(void **state)
{
	(void)state;
	accepts("--mode throttle --throttle-cap 20ms");
	assert_int_equal(s.how.mode, LINX_THROTTLE);
	assert_int_equal(s.how.throttle_cap_ms, 20);
	refuses("--mode throttle --throttle-cap 2s", "not a cap: --throttle-cap 2s: write a time from 1ms to 1s");
	refuses("--mode throttle --throttle-cap 999us", "not a cap: --throttle-cap 999us: write a time from 1ms to 1s");
	refuses("--throttle-cap 20ms", "missing mode: --throttle-cap: it is for --mode throttle");
	refuses("--mode throttle --exempt /proc",
		"not a cgroup: --exempt /proc: write its directory, of a cgroup file system of version 2");
}

static void rates(void **state)
{
	(void)state;
	accepts("--sample 1/10 --sample 1/1:execve,%network --budget 64 --priority openat,%creds --ahead 0");
	assert_int_equal(s.how.ahead, 0);
	assert_int_equal(s.how.nsamples, 2);
	assert_int_equal(s.how.samples[0].every, 10);
	assert_null(s.how.samples[0].calls);
	assert_int_equal(s.how.samples[1].every, 1);
	assert_string_equal(s.how.samples[1].calls, "execve,%network");
	assert_int_equal(s.how.budget, 64);
	assert_string_equal(s.how.priority, "openat,%creds");
	refuses("--sample 10", "not a sample: --sample 10: write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	refuses("--sample 1/0", "not a sample: --sample 1/0: write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	refuses("--sample 1/-2", "not a sample: --sample 1/-2: write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	refuses("--sample 1/65536",
		"not a sample: --sample 1/65536: write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	refuses("--sample 1/2:", "not a sample: --sample 1/2:: write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	accepts("");
	assert_int_equal(s.how.ahead, 5);
	refuses("--ahead 21", "not a number of steps: --ahead 21: write 0 to 20");
	refuses("--budget 63", "not a budget: --budget 63: write how many events each CPU may record in a second, 64 or more");
}

static void looks(void **state)
{
	(void)state;
	accepts("--format json -ttt -Tvq --color=always --stats=x -o y");
	assert_int_equal(s.look.format, LINX_FORMAT_JSON);
	assert_int_equal(s.look.times, 3);
	assert_true(s.look.durations && s.look.verbose && s.where.quiet && s.where.stats);
	assert_int_equal(s.look.colour, COLOUR_ALWAYS);
	assert_string_equal(s.where.stats_path, "x");
	assert_string_equal(s.where.out_path, "y");
	accepts("--stats --no-color");
	assert_true(s.where.stats && !s.where.stats_path);
	assert_int_equal(s.look.colour, COLOUR_NEVER);
	refuses("-tttt", "too often: -t: write at most -ttt");
	refuses("--format xml", "unknown word: --format xml: write one of text|strace|json|line, or a template as '%linx.type'");
	refuses("--color=blue", "unknown word: --color blue: write one of auto|always|never");
	refuses("--stats=", "empty argument: --stats '': write --stats or --stats=FILE");
}

static void descriptors(void **state)
{
	(void)state;
	accepts("-y");
	assert_int_equal(s.look.fds, LINX_SHOW_FD_PATH);
	accepts("-yy");
	assert_int_equal(s.look.fds, LINX_SHOW_FD_ALL);
	accepts("--decode-fds=path,socket");
	assert_int_equal(s.look.fds, LINX_SHOW_FD_PATH | LINX_SHOW_FD_SOCKET);
	accepts("--decode-fds=!dev,pidfd");
	assert_int_equal(s.look.fds, LINX_SHOW_FD_ALL & ~(LINX_SHOW_FD_DEV | LINX_SHOW_FD_PIDFD));
	accepts("--decode-fds all");
	assert_int_equal(s.look.fds, LINX_SHOW_FD_ALL);
	accepts("-y --decode-fds none");
	assert_int_equal(s.look.fds, 0);
	refuses("--decode-fds=paths",
		"unknown word: --decode-fds paths: write path, socket, dev, pidfd, eventfd, signalfd, all "
		"or none, joined by commas");
	refuses("--decode-fds=path,", "unknown word: --decode-fds path,: write path, socket, dev, pidfd, "
				      "eventfd, signalfd, all or none, joined by commas");
	accepts("-P /no-such-file -P /dev/fd/../null -e fd=3,4 -e fd=5");
	assert_int_equal(s.what.selected.nfds, 3);
	assert_int_equal(s.what.selected.fds[2], 5);
	assert_string_equal(s.what.selected.paths[0], "/no-such-file");
	assert_true(s.what.selected.npaths >= 2);
	refuses("-e fd=", "no descriptors: -e fd=: write numbers, as fd=3,4");
	refuses("-e fd=3,x", "no descriptors: -e fd=3,x: write numbers, as fd=3,4");
}

static void what_goes_with_reading(void **state)
{
	(void)state;
	accepts("-r f -e read -n 1 --format json -s 9 -Tv -o x --stats --entry -t");
	refuses("-r f --buffer 8M", "not together: -r and --buffer: it is for live recording only");
	refuses("-r f --for 1", "not together: -r and --for: it is for live recording only");
	accepts("-r f -p 1 -f -u 0 -e status=failed --min-duration 1ms");
	refuses("-r f -- ls", "not together: -r and -- ls: read a file or run a command");
	accepts("-r f -w g linx.type=read");
	refuses("-r f -w g%H", "not together: the time in -w and -r: several files are for recording alone");
}

static void what_goes_with_writing(void **state)
{
	(void)state;
	accepts("-w f -s 9 -Tv -n 1 --stats -q -- ls");
	refuses("-w f -o g", "not together: -w and -o: record with -w, then read the file with -r");
	refuses("-w f --format json",
		"not together: -w and --format: record with -w, then read the file with -r");
	refuses("-w f -t", "not together: -w and -t: record with -w, then read the file with -r");
	refuses("-w f --redact r", "not together: --redact and -w: a capture holds all that was recorded: show lines, or read it with -r and --redact");
}

/* --redact refuses a format whose output form it does not know. */
static void secrets_in_a_form_that_is_not_known(void **state)
{
	(void)state;
	form_to_come = LINX_FORM_PLAIN + 1;
	refuses("--format json --redact r",
		"not together: --redact and --format json: where strings stand in it is not known: write another format");
	accepts("--format json");
	form_to_come = 0;
}

static void help_and_version(void **state)
{
	(void)state;
	accepts("-h --bogus");
	assert_int_equal(s.action, ACTION_HELP);
	accepts("--help all");
	assert_int_equal(s.action, ACTION_HELP_ALL);
	accepts("-e read --help=all");
	assert_int_equal(s.action, ACTION_HELP_ALL);
	refuses("--help=more", "unknown word: -h more: write --help, or --help all");
	accepts("--version");
	assert_int_equal(s.action, ACTION_VERSION);
}

/*
 * Expects that each option of a command has a help text that fits its column, and that no other option of the command
 * has its name or letter.
 */
static void check_table(const struct option_table *t)
{
	const struct option *a, *b;

	for (unsigned int i = 0; i < t->n; i++) {
		a = &t->rows[i];
		assert_non_null(a->help);
		assert_true(!a->handle == !(a->letter || a->name));
		for (const char *l = a->help; *l; l += strcspn(l, "\n"), l += *l == '\n')
			assert_within(strcspn(l, "\n"), 1, 80 - HELP_COLUMN);
		for (unsigned int j = 0; j < i; j++) {
			b = &t->rows[j];
			if ((a->scope | b->scope) & t->without)
				continue;
			assert_false(a->name && b->name && !strcmp(a->name, b->name));
			assert_false(a->letter && a->letter == b->letter && a->handle != b->handle);
		}
	}
}

static void table_is_sound(void **state)
{
	(void)state;
	check_table(&trace_options);
	check_table(&http_options);
	check_table(&stat_options);
	check_table(&flame_options);
	check_table(&serve_options);
}

/* linxcap stat has its own options, and none that shows or records single events. */
static void options_of_stat(void **state)
{
	struct problem why;

	(void)state;
	assert_int_equal(settings_read(&s, 5, (char *[]){ "stat", "--by", "type", "--format", "csv", NULL }, &why), 0);
	assert_true(s.look.table.alone);
	assert_string_equal(s.look.table.by, "type");
	assert_int_equal(s.look.format, LINX_FORMAT_TEXT);
	settings_free(&s);
	assert_int_equal(settings_read(&s, 3, (char *[]){ "stat", "-w", "file", NULL }, &why), -1);
	settings_free(&s);
	assert_int_equal(settings_read(&s, 3, (char *[]){ "linxcap", "--by", "type", NULL }, &why), -1);
	settings_free(&s);
}

/*
 * linxcap flame has its own option --by. The form of the output follows from the suffix of the output file's name,
 * unless --format is given.
 */
static void options_of_flame(void **state)
{
	struct problem why;

	(void)state;
	assert_int_equal(settings_read(&s, 3, (char *[]){ "flame", "--by", "count", NULL }, &why), 0);
	assert_true(s.look.flame.alone && s.look.flame.by == FLAME_COUNT && s.look.flame.form == FLAME_FOLDED);
	assert_false(s.look.table.alone);
	assert_true(s.what.needs & LINX_NEEDS_ENTRY_TIME);
	settings_free(&s);
	assert_int_equal(settings_read(&s, 3, (char *[]){ "flame", "-o", "a.svg", NULL }, &why), 0);
	assert_int_equal(s.look.flame.form, FLAME_SVG);
	settings_free(&s);
	assert_int_equal(settings_read(&s, 5, (char *[]){ "flame", "-o", "a.svg", "--format", "folded", NULL }, &why), 0);
	assert_int_equal(s.look.flame.form, FLAME_FOLDED);
	settings_free(&s);
	assert_int_equal(settings_read(&s, 3, (char *[]){ "flame", "--by", "type", NULL }, &why), -1);
	settings_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(selection),
		cmocka_unit_test(signals),
		cmocka_unit_test(who),
		cmocka_unit_test(commands),
		cmocka_unit_test(limits),
		cmocka_unit_test(parts_of_the_time),
		cmocka_unit_test(rings),
		cmocka_unit_test(throttle),
		cmocka_unit_test(rates),
		cmocka_unit_test(looks),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(what_goes_with_reading),
		cmocka_unit_test(what_goes_with_writing),
		cmocka_unit_test(secrets_in_a_form_that_is_not_known),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(options_of_stat),
		cmocka_unit_test(options_of_flame),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	settings_free(&s);
	return rc;
}
