// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the words after the options of a trace (condition, command), and checks combinations of options. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array_size.h"
#include "trace/alert_options.h"
#include "trace/config_apply.h"
#include "trace/falco_apply.h"
#include "base/same_file.h"
#include "files/rotated_files.h"
#include "trace/policy.h"
#include "trace/settings.h"
#include "trace/table_options.h"
#include "trace/who_options.h"

/* Default of --ahead. 5 steps of nice give this process three quarters of a CPU that one other process wants, too. */
#define AHEAD 5

/* Default of --flush. */
#define ROWS_FLUSH_NS (5ull * 1000000000)
#define SPOOL_SIZE (1ull << 30)
#define SPOOL_BLOCK_ROWS 16000u

static int check_reading(const struct settings *s, const struct option_result *res,
			 struct problem *why)
{
	const struct option *o = options_given(&trace_options, res, SCOPE_LIVE);
	char buf[32];

	if (o)
		return problem_set(why, "not together: -r and %s: it is for live recording only",
				   option_spelling(o, buf));
	if (s->what.command)
		return problem_set(why, "not together: -r and -- %s: read a file or run a command",
				   s->what.command[0]);
	return 0;
}

static int check_writing(const struct option_result *res, struct problem *why)
{
	const struct option *o = options_given(&trace_options, res, SCOPE_SHOW);
	char buf[32];

	if (o)
		return problem_set(why,
				   "not together: -w and %s: record with -w, then read the "
				   "file with -r",
				   option_spelling(o, buf));
	return 0;
}

/*
 * Checks options for several files. Each file has its own source. Therefore an option that continues over the whole
 * trace is not allowed.
 */
static int check_turning(const struct settings *s, const struct option_result *res, struct problem *why)
{
	const struct option *o = options_given(&trace_options, res, SCOPE_ROTATION);
	const char *slash;
	char buf[32];

	if (!o && !(s->where.write_path && rotated_is_timed(s->where.write_path)))
		return 0;
	if (o)
		option_spelling(o, buf);
	else
		snprintf(buf, sizeof(buf), "the time in -w");
	if (s->where.read_path || s->where.alerts.noutputs)
		return problem_set(why, "not together: %s and %s: several files are for recording alone", buf,
				   s->where.read_path ? "-r" : s->where.rules.from.n ? "--rules" : "--alert");
	if (!s->where.write_path || !strcmp(s->where.write_path, "-"))
		return problem_set(why, "missing file: %s: write -w FILE: several files are for captures", buf);
	slash = strrchr(s->where.write_path, '/');
	if (slash && memchr(s->where.write_path, '%', (size_t)(slash - s->where.write_path)))
		return problem_set(why, "not in a directory's name: -w %s: the time can be in the last part alone",
				   s->where.write_path);
	if (s->how.mode == LINX_RECORDER || s->where.stats)
		return problem_set(why, "not together: %s and %s", buf, s->where.stats ? "--stats" : "--mode recorder");
	return rotated_check(s->where.write_path, why);
}

static int check_mode(const struct settings *s, struct problem *why)
{
	if (s->how.mode != LINX_THROTTLE && (s->how.throttle_cap_ms || s->how.nexempt))
		return problem_set(why, "missing mode: %s: it is for --mode throttle",
				   s->how.nexempt ? "--exempt" : "--throttle-cap");
	return 0;
}

/*
 * True if a word looks like the beginning of a condition. A command name that is a typing error does not look like
 * one.
 */
static bool begins_condition(const char *word)
{
	static const char *const families[] = { "linx.", "evt.", "proc.", "thread.", "user.", "group.", "fd.", "container.", "k8s." };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (!strncmp(word, families[i], strlen(families[i])))
			return true;
	return *word == '(' || !strcmp(word, "not") || !strncmp(word, "not ", 4) ||
	       strpbrk(word, "=<>");
}

/* Returns the n words joined by blanks, allocated; NULL: out of memory. */
static char *join_words(char **words, int n)
{
	size_t len = 0;
	char *text, *to;

	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	text = to = malloc(len + 1);
	for (int i = 0; text && i < n; i++)
		to += sprintf(to, "%s%s", i ? " " : "", words[i]);
	return text;
}

static bool is_condition(char **words, int n)
{
	char *text = join_words(words, n);
	struct linx_condition *c = NULL;

	if (text)
		linx_condition_new(text, &c, NULL);
	linx_condition_free(c);
	free(text);
	return c;
}

/*
 * Returns how many of the words belong to the condition. The condition ends at "--". It also ends at a word that looks
 * like an option, if the words before that one are a complete condition. After an operator such a word is a value.
 */
static int count_words(char **words, int n)
{
	int i;

	for (i = 0; i < n && strcmp(words[i], "--") != 0; i++)
		if (words[i][0] == '-' && (isalpha((unsigned char)words[i][1]) || words[i][1] == '-') && is_condition(words, i))
			break;
	return i;
}

/* Returns the options of the subcommand that is read. */
static const struct option_table *options_of(const struct settings *s)
{
	if (s->look.table.on_screen)
		return &top_options;
	if (s->look.flame.alone)
		return &flame_options;
	if (s->look.page.alone)
		return &serve_options;
	return s->look.table.alone ? &stat_options : s->look.http_alone ? &http_options : &trace_options;
}

static int take_condition(struct settings *s, struct option_result *res, int argc, char **argv, struct problem *why)
{
	char **words = argv + res->next;
	struct linx_condition *c;
	struct linx_error error;
	int n;

	if (res->next == argc || res->dashes || !begins_condition(words[0]))
		return 0;
	n = count_words(words, argc - res->next);
	s->what.condition = join_words(words, n);
	if (!s->what.condition)
		return problem_set(why, "out of memory");
	if (linx_condition_new(s->what.condition, &c, &error))
		return problem_set(why, "%s", error.text);
	s->what.needs = linx_condition_get_needs(c);
	linx_condition_free(c);
	res->next += n;
	return options_parse_on(options_of(s), argc, argv, s, res, why);
}

static int check_words(struct settings *s, const struct option_result *res, int argc, char **argv,
		       struct problem *why)
{
	if (res->next < argc && !res->dashes)
		return problem_set(why,
				   "unexpected word: %s: to trace a command: linxcap -- %s",
				   argv[res->next], argv[res->next]);
	if (res->dashes && (res->next == argc || !*argv[res->next]))
		return problem_set(why, "missing command: --: write 'linxcap -- CMD [ARG...]'");
	if (res->dashes)
		s->what.command = argv + res->next;
	return 0;
}

/*
 * True if a and b name the same regular file, perhaps by different names. Several outputs may write to one device, but
 * not to one file.
 */
static bool is_same(const char *a, const char *b)
{
	struct stat x, y;

	if (!a || !b || !strcmp(b, "-"))
		return false;
	if (stat(a, &x) || stat(b, &y))
		return !strcmp(a, b);
	return S_ISREG(x.st_mode) && same_file(&x, &y);
}

/*
 * Checks that the file of --stats is not another output or the input, which it would replace, since the counters are
 * written last.
 */
static int check_stats(const struct settings *s, struct problem *why)
{
	const char *const others[] = { s->where.read_path, s->where.write_path, s->where.out_path, s->where.log_path };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (is_same(s->where.stats_path, others[i]))
			return problem_set(why, "the same file: --stats=%s and %s: write the counters to another",
					   s->where.stats_path, others[i]);
	return 0;
}

bool settings_colour(const struct settings *s, bool terminal)
{
	const char *no = getenv("NO_COLOR");

	if (s->look.colour != COLOUR_AUTO)
		return s->look.colour == COLOUR_ALWAYS;
	return terminal && !(no && *no);
}

struct linx_format_info settings_format(const struct settings *s)
{
	struct linx_format_info info = { .name = "" };

	linx_get_format(s->look.format, &info);
	return info;
}

/* Checks that the format can show what --fds records: JSON, or a log template with linx.fds. */
static int check_fds_shown(const struct settings *s, struct problem *why)
{
	if (s->what.files && !s->where.write_path && !settings_format(s).files)
		return problem_set(why, "not together: --fds and this format: write --format json, or a template with %%linx.fds");
	return 0;
}

static int check_http(struct settings *s, struct problem *why)
{
	if (s->look.http_summary && !s->look.http_alone)
		return problem_set(why, "missing word: --summary: write linxcap http --summary; -c has a table of calls");
	if (s->look.http_secrets && !s->what.http)
		return problem_set(why, "missing option: --http-secrets: write --http, too");
	if (s->what.http && s->where.write_path && s->what.condition)
		return problem_set(why, "not together: -w, --http and FILTER: requests are in records that do not meet it: record with -w, then read with -r");
	if (s->look.http_alone && ((s->what.calls && !s->config.given) || s->look.summary || s->where.write_path))
		return problem_set(why, "not together: linxcap http and %s: linxcap --http has calls and requests",
				   s->what.calls ? "-e trace=" : s->look.summary ? "-c" : "-w");
	return 0;
}

static int check_window(const struct settings *s, struct problem *why)
{
	const struct settings_what *what = &s->what;

	if (!s->where.read_path && (what->last_ns || what->from.kind))
		return problem_set(why, "missing file: %s: write -r FILE: a recording begins when linxcap does",
				   what->last_ns ? "--last" : "--from");
	if (what->last_ns && (what->from.kind || what->to.kind))
		return problem_set(why, "not together: --last and %s", what->from.kind ? "--from" : "--to");
	if (s->where.read_path && s->where.write_path && s->where.alerts.noutputs && (what->from.kind || what->to.kind || what->last_ns))
		return problem_set(why, "not together: -w, %s and alerts: write the part first, then read it",
				   what->last_ns ? "--last" : what->from.kind ? "--from" : "--to");
	return 0;
}

static int check_summary(const struct settings *s, struct problem *why)
{
	if (s->look.summary && s->look.format_given)
		return problem_set(why, "not together: -c and --format: the summary has a form of its own");
	return 0;
}

/*
 * Reads the rules of --redact. It cannot be used with outputs that are captures, since a capture contains all that was
 * recorded. Secrets are blanked when a capture is shown.
 */
static int read_redaction(struct settings *s, struct problem *why)
{
	if (!s->look.redact_path)
		return 0;
	if (s->where.write_path || s->where.alerts.before.path)
		return problem_set(why, "not together: --redact and %s: a capture holds all that was recorded: show lines, or read it with -r and --redact",
				   s->where.write_path ? "-w" : "--alert-capture");
	if (!redact_knows(settings_format(s).form))
		return problem_set(why, "not together: --redact and --format %s: where strings stand in it is not known: write another format",
				   settings_format(s).name);
	s->look.redact = redact_read(s->look.redact_path, why);
	s->where.alerts.redact = s->look.redact;
	return s->look.redact ? 0 : -1;
}

static int check_set(const struct linx_table *t, const char *option, const char *set, struct problem *why)
{
	struct linx_error error = { "out of memory" };

	if (!set || !linx_table_check(t, set, &error))
		return 0;
	return problem_set(why, "%s: %s", option, error.text);
}

/*
 * Checks the sets of calls before anything is opened, by the names of this library. With -r nothing is checked
 * here, as a capture file has its own names.
 */
static int check_sets(const struct settings *s, struct problem *why)
{
	struct linx_table *t;
	int rc;

	if (s->where.read_path)
		return 0;
	if (linx_table_new_builtin(&t))
		return problem_set(why, "out of memory");
	rc = check_set(t, "-e", s->what.calls, why);
	for (unsigned int i = 0; !rc && i < s->how.nsamples; i++)
		rc = check_set(t, "--sample", s->how.samples[i].calls, why);
	if (!rc)
		rc = check_set(t, "--priority", s->how.priority, why);
	linx_table_free(t);
	return rc;
}

/* Handles "--help all" with the word as a separate argument. Returns 0. */
static int take_help(struct settings *s, const struct option_result *res, int argc, char **argv)
{
	if (s->action == ACTION_HELP && res->next < argc && !strcmp(argv[res->next], "all"))
		s->action = ACTION_HELP_ALL;
	return 0;
}

/*
 * Applies the options of linxcap flame. The output's form follows from the name of the file, unless an option gives it.
 * The graph needs the times of calls.
 */
static void apply_flame(struct settings *s)
{
	const char *path = s->where.out_path;
	size_t n = path ? strlen(path) : 0;

	if (!s->look.flame.alone)
		return;
	if (!s->look.flame.form_given && n >= 4 && !strcmp(path + n - 4, ".svg"))
		s->look.flame.form = FLAME_SVG;
	s->what.needs |= LINX_NEEDS_ENTRY_TIME;
	s->what.hide_signals = UINT64_MAX;
}

/* Checks options that need --rows or --spool, and options that only one of them has. */
static int check_rows(const struct settings *s, struct problem *why)
{
	const struct rows_settings *rows = &s->where.rows;
	const struct spool_settings *spool = &s->where.spool;

	if (rows->path && spool->path)
		return problem_set(why, "not together: --rows and --spool: rows go to files or to linx-ship");
	if (!rows->path && rows->keep)
		return problem_set(why, "missing folder: --keep: write --rows DIR: it is for rows");
	if (!spool->path && (spool->size || spool->block_rows))
		return problem_set(why, "missing folder: %s: write --spool DIR: it is for spools", spool->size ? "--spool-size" : "--block");
	if (!rows->path && !spool->path && (rows->flush_ns || rows->no_args))
		return problem_set(why, "missing folder: %s: write --rows DIR: it is for rows", rows->flush_ns ? "--flush" : "--no-args");
	return 0;
}

/*
 * Applies --rows and --spool. A row has all that a line of JSON has, the duration of its call, and whole paths of files
 * below open directories.
 */
static int apply_rows(struct settings *s, struct problem *why)
{
	struct rows_settings *rows = &s->where.rows;
	struct spool_settings *spool = &s->where.spool;
	const char *option = rows->path ? "--rows" : "--spool";

	if (check_rows(s, why))
		return -1;
	if (!rows->path && !spool->path)
		return 0;
	if (s->look.summary || s->look.http_summary || s->where.out_path)
		return problem_set(why, "not together: %s and %s: rows go to files alone", option,
				   s->where.out_path ? "-o" : s->look.summary ? "-c" : "--summary");
	if (s->look.format_given && s->look.format != LINX_FORMAT_JSON)
		return problem_set(why, "not together: %s and --format %s: rows are %s", option, settings_format(s).name,
				   rows->path ? "Parquet" : "blocks");
	s->look.format = LINX_FORMAT_JSON;
	s->look.durations = true;
	s->what.needs |= LINX_NEEDS_FDS;
	rows->level = s->where.compress;
	if (!rows->flush_ns)
		rows->flush_ns = ROWS_FLUSH_NS;
	if (!spool->size)
		spool->size = SPOOL_SIZE;
	if (!spool->block_rows)
		spool->block_rows = SPOOL_BLOCK_ROWS;
	s->where.alerts.opts.spool = spool->path;
	s->where.alerts.opts.spool_size = spool->size;
	return 0;
}

/* Applies the options of linxcap serve, whose views need times, descriptors and requests of HTTP. */
static int apply_page(struct settings *s, struct problem *why)
{
	if (!s->look.page.alone)
		return 0;
	if (s->where.out_path)
		return problem_set(why, "not together: linxcap serve and -o: write --save FILE.html for a file");
	if (s->look.page.save_path && s->look.page.port)
		return problem_set(why, "not together: --save and --port: a saved page is not served");
	if (is_same(s->where.read_path, s->look.page.save_path))
		return problem_set(why, "the same file: -r %s and --save %s", s->where.read_path, s->look.page.save_path);
	s->what.http = true;
	s->what.needs |= LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS;
	return 0;
}

int settings_read(struct settings *s, int argc, char **argv, struct problem *why)
{
	struct option_result res;

	*s = (struct settings){ .how.ahead = AHEAD };
	s->what.http = s->look.http_alone = argc && !strcmp(argv[0], "http");
	s->look.table.alone = argc && !strcmp(argv[0], "stat");
	s->look.table.on_screen = argc && !strcmp(argv[0], "top");
	s->look.flame.alone = argc && !strcmp(argv[0], "flame");
	s->look.page.alone = argc && !strcmp(argv[0], "serve");
	config_init(&s->config);
	if (options_parse(options_of(s), argc, argv, s, &res, why))
		return -1;
	if (res.stopped)
		return take_help(s, &res, argc, argv);
	if (take_condition(s, &res, argc, argv, why))
		return -1;
	if (res.stopped)
		return take_help(s, &res, argc, argv);
	if (check_words(s, &res, argc, argv, why))
		return -1;
	if (falco_apply(s, why))
		return -1;
	if (s->where.salvage && !s->where.read_path)
		return problem_set(why, "missing file: --salvage: write -r FILE: it is for reading");
	if (s->where.read_path && check_reading(s, &res, why))
		return -1;
	if (s->where.compress && !s->where.write_path && !s->where.rows.path && !s->where.spool.path)
		return problem_set(why, "missing file: --compress: write -w FILE: it is for captures");
	if (apply_rows(s, why))
		return -1;
	if (s->where.write_path && check_writing(&res, why))
		return -1;
	if (alert_options_check(s, why) || table_options_open(s, why) || who_add_condition(s, why))
		return -1;
	if (check_turning(s, &res, why) || check_mode(s, why) || check_summary(s, why) || check_window(s, why))
		return -1;
	if (config_apply(s, why) || table_options_add_needs(s, why) || check_http(s, why) || check_stats(s, why))
		return -1;
	if (check_sets(s, why) || check_fds_shown(s, why) || alert_options_read_rules(s, why) || policy_begin(s, why) ||
	    read_redaction(s, why))
		return -1;
	apply_flame(s);
	if (apply_page(s, why))
		return -1;
	s->where.numbers = s->where.metrics.address ? metrics_new() : NULL;
	return s->where.metrics.address && !s->where.numbers ? problem_set(why, "out of memory") : 0;
}

void settings_free(struct settings *s)
{
	free(s->what.attach.pids);
	s->what.attach = (struct pid_list){ 0 };
	free(s->what.condition);
	s->what.condition = NULL;
	free(s->what.probes);
	s->what.probes = NULL;
	s->what.nprobes = 0;
	policy_free(s);
	linx_rules_free(s->where.rules.set);
	s->where.rules.set = NULL;
	falco_config_free(&s->falco);
	metrics_free(s->where.numbers);
	s->where.numbers = NULL;
	table_options_free(s);
	redact_free(s->look.redact);
	s->look.redact = NULL;
	config_free(&s->config);
	fds_selection_free(&s->what.selected);
}
