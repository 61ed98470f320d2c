// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The options of a trace: a function for each of them, and their table. Combinations are checked in
 * trace/settings_check.c.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linx/probe.h>
#include <linx/rowset.h>

#include "base/array_size.h"
#include "trace/alert_options.h"
#include "spool/spool.h"
#include "trace/settings.h"
#include "trace/table_options.h"
#include "trace/who_options.h"
#include "options/signal_set.h"

#define STRING_MAX LINX_PIECES_MAX
#define TIME_TODO "write a number and a unit, as 10s, 500ms, 2m or 1h"

/* least argument of --keep: room for some batches of records, which have up to 1 MiB each */
#define KEEP_MIN (4u << 20)

/* default and largest argument of --compress */
#define LEVEL_DEFAULT 3
#define LEVEL_MAX 19

static struct settings *of(const struct option_use *use)
{
	return use->settings;
}

/* ---- functions that handle an option ------------------------------------- */

static enum option_next set_help(const struct option_use *use)
{
	of(use)->action = use->arg ? ACTION_HELP_ALL : ACTION_HELP;
	if (use->arg && strcmp(use->arg, "all") != 0)
		return option_refuse(use, "unknown word", "write --help, or --help all");
	return OPTION_STOP;
}

static enum option_next set_version(const struct option_use *use)
{
	of(use)->action = ACTION_VERSION;
	return OPTION_STOP;
}

static enum option_next set_status(const struct option_use *use, const char *word)
{
	int i = value_choice(word, "failed|successful");

	if (i < 0)
		return option_refuse(use, "unknown status",
				     "write status=failed or status=successful");
	of(use)->what.status = i == 0 ? LINX_STATUS_FAILED : LINX_STATUS_SUCCESSFUL;
	return OPTION_DONE;
}

static enum option_next set_calls(const struct option_use *use, const char *set)
{
	if (!*set)
		return option_refuse(use, "empty set", "name calls, as in trace=openat,%network");
	of(use)->what.calls = set;
	return OPTION_DONE;
}

static enum option_next choose_numbers(const struct option_use *use, const char *words)
{
	if (!fds_choose_numbers(&of(use)->what.selected, words))
		return option_refuse(use, "no descriptors", "write numbers, as fd=3,4");
	return OPTION_DONE;
}

static enum option_next choose_path(const struct option_use *use)
{
	const char *real;

	if (!*use->arg)
		return option_refuse(use, "empty argument", "write a path");
	if (!fds_choose_path(&of(use)->what.selected, use->arg, &real))
		return option_refuse(use, "out of memory", "choose by fewer paths");
	return OPTION_DONE;
}

/* Handles -y, which shows paths of descriptors; a second -y shows all details. */
static enum option_next add_fds(const struct option_use *use)
{
	of(use)->look.fds = of(use)->look.fds ? LINX_SHOW_FD_ALL : LINX_SHOW_FD_PATH;
	return OPTION_DONE;
}

static enum option_next set_fds(const struct option_use *use)
{
	char todo[96];

	snprintf(todo, sizeof(todo), "write %s, joined by commas", fds_choices);
	if (!fds_words(use->arg, &of(use)->look.fds))
		return option_refuse(use, "unknown word", todo);
	return OPTION_DONE;
}

static enum option_next set_signals(const struct option_use *use, const char *list)
{
	const char *bad;
	uint64_t set;

	if (!signal_set_read(list, &set, &bad))
		return option_refuse(use, "unknown signals", "write names or numbers joined by commas, all or none");
	of(use)->what.hide_signals = ~set;
	return OPTION_DONE;
}

/*
 * Handles the argument of -e: trace=SET (or t=SET), status=WORD, signal=LIST, fd=LIST, or a SET alone. In a SET alone,
 * '=' is only allowed in a regular expression.
 */
static enum option_next set_expression(const struct option_use *use)
{
	size_t word = strspn(use->arg, "abcdefghijklmnopqrstuvwxyz-");

	if (!strncmp(use->arg, "trace=", 6))
		return set_calls(use, use->arg + 6);
	if (!strncmp(use->arg, "t=", 2))
		return set_calls(use, use->arg + 2);
	if (!strncmp(use->arg, "status=", 7))
		return set_status(use, use->arg + 7);
	if (!strncmp(use->arg, "signal=", 7))
		return set_signals(use, use->arg + 7);
	if (!strncmp(use->arg, "fd=", 3))
		return choose_numbers(use, use->arg + 3);
	if (use->arg[word] == '=')
		return option_refuse(use, "unknown expression", "write trace=SET, status=WORD, signal=LIST or fd=LIST");
	return set_calls(use, use->arg);
}

static enum option_next add_pids(const struct option_use *use)
{
	if (!value_pids(use->arg, &of(use)->what.attach))
		return option_refuse(use, "not a process id", "write numbers, as 12,345");
	return OPTION_DONE;
}

static enum option_next set_user(const struct option_use *use)
{
	if (!value_user(use->arg, &of(use)->what.uid))
		return option_refuse(use, "unknown user", "write a name or a number of a user");
	of(use)->what.by_uid = true;
	return OPTION_DONE;
}

static enum option_next set_machine(const struct option_use *use)
{
	if (!spool_machine_is_good(use->arg))
		return option_refuse(use, "not a name of a machine", "write letters, digits, '.', '_' and '-', at most 64");
	of(use)->what.machine = use->arg;
	return OPTION_DONE;
}

static enum option_next set_pods_user(const struct option_use *use)
{
	if (!value_user(use->arg, &of(use)->what.pods_user))
		return option_refuse(use, "unknown user", "write a name or a number of a user");
	of(use)->what.has_pods_user = true;
	return OPTION_DONE;
}

static enum option_next set_count(const struct option_use *use)
{
	if (!value_number(use->arg, &of(use)->how.count) || !of(use)->how.count)
		return option_refuse(use, "not a count", "write a number of events from 1 on");
	return OPTION_DONE;
}

static enum option_next set_time(const struct option_use *use)
{
	uint64_t *ns = (uint64_t *)((char *)use->settings + use->option->at);

	if (!value_duration(use->arg, ns))
		return option_refuse(use, "not a duration", TIME_TODO);
	if (!*ns)
		return option_refuse(use, "impossible duration", "write more than zero");
	return OPTION_DONE;
}

static enum option_next set_moment(const struct option_use *use)
{
	struct moment *m = (struct moment *)((char *)use->settings + use->option->at);

	if (!moment_read(use->arg, m))
		return option_refuse(use, "not a time", "write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning");
	return OPTION_DONE;
}

static enum option_next set_period(const struct option_use *use)
{
	if (!value_duration(use->arg, &of(use)->where.rotate_ns))
		return option_refuse(use, "not a duration", TIME_TODO);
	if (of(use)->where.rotate_ns < 1000000000)
		return option_refuse(use, "impossible duration", "write one second or more");
	return OPTION_DONE;
}

/* Handles the size of -C; a number without a unit is in millions of bytes, as in tcpdump. */
static enum option_next set_file_size(const struct option_use *use)
{
	uint64_t n;

	if (value_number(use->arg, &n))
		n = n <= UINT64_MAX / 1000000 ? n * 1000000 : 0;
	else if (!value_size(use->arg, &n))
		n = 0;
	if (!n)
		return option_refuse(use, "not a size", "write millions of bytes, or a number and a unit, as 64M or 1G");
	of(use)->where.rotate_bytes = n;
	return OPTION_DONE;
}

static enum option_next set_files(const struct option_use *use)
{
	if (!value_number(use->arg, &of(use)->where.keep_files) || !of(use)->where.keep_files)
		return option_refuse(use, "not a count", "write a number of files from 1 on");
	return OPTION_DONE;
}

static enum option_next set_free(const struct option_use *use)
{
	if (!value_size(use->arg, &of(use)->where.keep_free) || !of(use)->where.keep_free)
		return option_refuse(use, "not a size", "write bytes, as 500M or 2G");
	return OPTION_DONE;
}

static enum option_next set_rows_keep(const struct option_use *use)
{
	if (!value_size(use->arg, &of(use)->where.rows.keep) || !of(use)->where.rows.keep)
		return option_refuse(use, "not a size", "write bytes, as 500M or 20G");
	return OPTION_DONE;
}

static enum option_next set_spool_size(const struct option_use *use)
{
	uint64_t *size = &of(use)->where.spool.size;

	if (!value_size(use->arg, size) || *size < SPOOL_SIZE_MIN)
		return option_refuse(use, "not a size", "write bytes from 1M on, as 500M or 2G");
	return OPTION_DONE;
}

static enum option_next set_block(const struct option_use *use)
{
	uint64_t *rows = &of(use)->where.spool.block_rows;

	if (!value_number(use->arg, rows) || !*rows || *rows > LINX_ROWSET_GROUP)
		return option_refuse(use, "not a count", "write a number of rows from 1 to 64000");
	return OPTION_DONE;
}

static uint64_t power_of_two_below(uint64_t n)
{
	uint64_t p = 1;

	while (p <= n / 2)
		p *= 2;
	return p;
}

static enum option_next refuse_ring(const struct option_use *use, uint64_t size)
{
	uint64_t below = power_of_two_below(size);
	char a[32], b[32], todo[96];

	value_size_text(below, a);
	value_size_text(2 * below, b);
	snprintf(todo, sizeof(todo), "write a power of two, as %s or %s", a, b);
	return option_refuse(use, "impossible ring size", todo);
}

static enum option_next set_buffer(const struct option_use *use)
{
	uint64_t least = 2 * (uint64_t)sysconf(_SC_PAGESIZE), size;

	if (!value_size(use->arg, &size) || size > 1ull << 40)
		return option_refuse(use, "impossible ring size",
				     "write bytes per CPU, as 64K, 8M or 1G");
	if (size < least)
		return option_refuse(use, "impossible ring size",
				     "write at least two pages, as 64K or 8M");
	if (size & (size - 1))
		return refuse_ring(use, size);
	of(use)->how.ring_size = size;
	return OPTION_DONE;
}

static enum option_next set_string_limit(const struct option_use *use)
{
	uint64_t n;

	if (!value_number(use->arg, &n) || !n || n > STRING_MAX)
		return option_refuse(use, "impossible length",
				     "write a number of bytes from 1 to 262144");
	of(use)->look.string_limit = (unsigned int)n;
	return OPTION_DONE;
}

/* Handles an option that limits how many bytes of a long text each line shows. */
static enum option_next set_bytes(const struct option_use *use)
{
	uint64_t n;

	if (!value_number(use->arg, &n) || !n || n > UINT_MAX)
		return option_refuse(use, "impossible length", "write a number of bytes from 1 to 4294967295");
	*(unsigned int *)((char *)use->settings + use->option->at) = (unsigned int)n;
	return OPTION_DONE;
}

static enum option_next add_time(const struct option_use *use)
{
	if (++of(use)->look.times > 3)
		return option_refuse(use, "too often", "write at most -ttt");
	return OPTION_DONE;
}

/*
 * Returns the index of the argument in the list of words that the option allows. option->arg has the list
 * ("auto|always|never"), which help prints. -1: the list does not have the argument, and use->why has the error.
 */
static int choose(const struct option_use *use)
{
	char todo[64];
	int i = value_choice(use->arg, use->option->arg);

	snprintf(todo, sizeof(todo), "write one of %s", use->option->arg);
	if (i < 0)
		option_refuse(use, "unknown word", todo);
	return i;
}

/* Handles a --format argument with a percent sign, which is a template. */
static enum option_next set_template(const struct option_use *use)
{
	struct linx_error why;

	if (linx_template_check(use->arg, &why)) {
		problem_set(use->why, "%s", why.text);
		return OPTION_REFUSED;
	}
	of(use)->look.format = LINX_FORMAT_LINE;
	of(use)->look.line = use->arg;
	return OPTION_DONE;
}

static enum option_next set_format(const struct option_use *use)
{
	char words[OPTION_ARGUMENT_MAX], todo[OPTION_ARGUMENT_MAX + 64];
	int i;

	of(use)->look.format_given = true;
	if (strchr(use->arg, '%'))
		return set_template(use);
	i = option_word(use);
	if (i < 0) {
		option_argument(use->table, use->option, words);
		snprintf(todo, sizeof(todo), "write one of %.*s, or a template as '%%linx.type'",
			 (int)(strrchr(words, '|') - words), words);
		return option_refuse(use, "unknown word", todo);
	}
	of(use)->look.format = (enum linx_format)i;
	of(use)->look.line = NULL;
	return OPTION_DONE;
}

static enum option_next set_engine(const struct option_use *use)
{
	char words[OPTION_ARGUMENT_MAX], todo[OPTION_ARGUMENT_MAX + 64];

	of(use)->how.engine = use->arg;
	if (!strcmp(use->arg, LINX_ENGINE_AUTO) || option_word(use) >= 0)
		return OPTION_DONE;
	snprintf(todo, sizeof(todo), "write one of %s", option_argument(use->table, use->option, words));
	return option_refuse(use, "unknown word", todo);
}

static bool format_word(unsigned int i, struct option_word *word)
{
	struct linx_format_info info;

	if (linx_get_format(i, &info))
		return false;
	*word = (struct option_word){ info.name, info.text };
	return true;
}

/* Returns the engine with index i, if it can record. Such engines come first in the library's list. */
static bool engine_word(unsigned int i, struct option_word *word)
{
	struct linx_engine_info info;

	if (linx_get_engine(i, &info) || !info.live)
		return false;
	*word = (struct option_word){ info.name, info.text };
	return true;
}

/* Returns word i of the possible arguments of --format or --engine, which the library lists, or of --view. */
static bool list_word(const struct option *o, unsigned int i, struct option_word *word)
{
	if (o->handle == set_format)
		return format_word(i, word);
	if (o->at == offsetof(struct settings, look.table.view) && o->handle == option_set_word)
		return table_option_view_word(i, word);
	return o->handle == set_engine && engine_word(i, word);
}

static enum option_next read_config(const struct option_use *use)
{
	static const struct listener user = { 0 };

	return config_read(&of(use)->config, use->arg, &user, use->why) ? OPTION_REFUSED : OPTION_DONE;
}

static enum option_next set_mode(const struct option_use *use)
{
	int i = choose(use);

	if (i < 0)
		return OPTION_REFUSED;
	of(use)->how.mode = (enum linx_capture_mode)i;
	return OPTION_DONE;
}

static enum option_next set_cap(const struct option_use *use)
{
	uint64_t ns;

	if (!value_duration(use->arg, &ns) || ns < 1000000 || ns > 1000000000)
		return option_refuse(use, "not a cap", "write a time from 1ms to 1s");
	of(use)->how.throttle_cap_ms = (uint32_t)(ns / 1000000);
	return OPTION_DONE;
}

static enum option_next add_exempt(const struct option_use *use)
{
	struct settings *s = of(use);

	if (s->how.nexempt == sizeof(s->how.exempt) / sizeof(*s->how.exempt))
		return option_refuse(use, "too many cgroups", "at most 16 can be exempt");
	if (!value_cgroup(use->arg, &s->how.exempt[s->how.nexempt]))
		return option_refuse(use, "not a cgroup", "write its directory, of a cgroup file system of version 2");
	s->how.nexempt++;
	return OPTION_DONE;
}

static enum option_next add_sample(const struct option_use *use)
{
	struct settings *s = of(use);
	char *end;
	unsigned long every = strncmp(use->arg, "1/", 2) ? 0 : strtoul(use->arg + 2, &end, 10);

	if (!every || every > UINT16_MAX || !isdigit((unsigned char)use->arg[2]) || (*end && (*end != ':' || !end[1])))
		return option_refuse(use, "not a sample", "write 1/N, or 1/N:SET with a set of calls as for -e; N up to 65535");
	if (s->how.nsamples == sizeof(s->how.samples) / sizeof(*s->how.samples))
		return option_refuse(use, "too many samples", "at most 16 can be given");
	s->how.samples[s->how.nsamples++] = (struct sample){ .every = (unsigned int)every, .calls = *end ? end + 1 : NULL };
	return OPTION_DONE;
}

/*
 * Adds a probe. Only the syntax of its text is checked here. The engine finds out later whether this kernel has what
 * the text names.
 */
static enum option_next add_probe(const struct option_use *use)
{
	struct settings_what *what = &of(use)->what;
	struct linx_error err = { "" };
	const char **grown;

	/* linx_probe_check() quotes as much of the text in its error as is needed */
	if (linx_probe_check(use->arg, &err)) {
		problem_set(use->why, "not a probe: --probe: %s", err.text);
		return OPTION_REFUSED;
	}
	grown = reallocarray(what->probes, what->nprobes + 1, sizeof(*grown));
	if (!grown)
		return option_refuse(use, "out of memory", "give fewer probes");
	what->probes = grown;
	what->probes[what->nprobes++] = use->arg;
	return OPTION_DONE;
}

static enum option_next set_actions(const struct option_use *use)
{
	int i = choose(use);

	if (i < 0)
		return OPTION_REFUSED;
	of(use)->where.rules.actions = i;
	return OPTION_DONE;
}

static enum option_next set_budget(const struct option_use *use)
{
	if (!value_number(use->arg, &of(use)->how.budget) || of(use)->how.budget < 64)
		return option_refuse(use, "not a budget", "write how many events each CPU may record in a second, 64 or more");
	return OPTION_DONE;
}

static enum option_next set_ahead(const struct option_use *use)
{
	uint64_t n;

	if (!value_number(use->arg, &n) || n > 20)
		return option_refuse(use, "not a number of steps", "write 0 to 20");
	of(use)->how.ahead = (int)n;
	return OPTION_DONE;
}

static enum option_next set_flame_by(const struct option_use *use)
{
	int i = choose(use);

	if (i < 0)
		return OPTION_REFUSED;
	of(use)->look.flame.by = (enum flame_by)i;
	return OPTION_DONE;
}

static enum option_next set_flame_form(const struct option_use *use)
{
	int i = choose(use);

	if (i < 0)
		return OPTION_REFUSED;
	of(use)->look.flame.form = (enum flame_form)i;
	of(use)->look.flame.form_given = true;
	return OPTION_DONE;
}

static enum option_next set_port(const struct option_use *use)
{
	uint64_t n;

	if (!value_number(use->arg, &n) || !n || n > UINT16_MAX)
		return option_refuse(use, "not a port", "write a number from 1 to 65535");
	of(use)->look.page.port = (uint16_t)n;
	return OPTION_DONE;
}

static enum option_next set_keep(const struct option_use *use)
{
	if (!value_size(use->arg, &of(use)->look.page.keep) || of(use)->look.page.keep < KEEP_MIN)
		return option_refuse(use, "not a size", "write 4M or more, as 64M or 1G");
	return OPTION_DONE;
}

static enum option_next set_colour(const struct option_use *use)
{
	int i = choose(use);

	if (i < 0)
		return OPTION_REFUSED;
	of(use)->look.colour = (enum colour)i;
	return OPTION_DONE;
}

static enum option_next set_no_colour(const struct option_use *use)
{
	of(use)->look.colour = COLOUR_NEVER;
	return OPTION_DONE;
}

static enum option_next set_compress(const struct option_use *use)
{
	uint64_t n = LEVEL_DEFAULT;

	if (use->arg && (!value_number(use->arg, &n) || !n || n > LEVEL_MAX))
		return option_refuse(use, "no such level", "write a number from 1 (fast) to 19 (small)");
	of(use)->where.compress = (int)n;
	return OPTION_DONE;
}

static enum option_next set_stats(const struct option_use *use)
{
	of(use)->where.stats = true;
	of(use)->where.stats_path = use->arg;
	if (use->arg && !*use->arg)
		return option_refuse(use, "empty argument", "write --stats or --stats=FILE");
	return OPTION_DONE;
}

/* ---- the table of options ------------------------------------------------- */

#define AT(member) offsetof(struct settings, member)

static const struct option rows[] = {
	{ .help = "The table", .scope = SCOPE_TABLE },
	{ 0, "by", "FIELD[,FIELD...]", "a row for each value of these fields, as type,comm", option_set_word, AT(look.table.by), SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "columns", "LIST",
	  "count, share, rate; of a field: sum(), min(),\n"
	  "max(), mean(), last(), distinct(), p50(), p99.9()",
	  option_set_word, AT(look.table.columns), SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "hist", "FIELD[,FIELD...]", "histograms in powers of two, as of duration", option_set_word, AT(look.table.hist), SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "every", "TIME", "a table for each interval, by the time of events", set_time, AT(look.table.every_ns), SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "top", "N", "the first N rows", table_option_top, 0, SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "sort", "COLUMN", "largest first; +COLUMN: smallest first", option_set_word, AT(look.table.sort), SCOPE_TABLE },
	{ 0, "view", "FILE", "a table by its name, or one of your own in a file", option_set_word, AT(look.table.view), SCOPE_TABLE },
	{ 0, "format", "text|json|csv", "how the table looks: for people, or for programs", table_option_form, 0, SCOPE_TABLE | SCOPE_TEXT },
	{ 0, "keep", "SIZE", "live: keep the newest events to open (default 64M)", table_option_keep, 0, SCOPE_TOP },
	{ 0, "rules", "FILE", "alerts by these rules as a view; several: one set", table_option_rules, 0, SCOPE_TOP },

	{ .help = "The graph", .scope = SCOPE_FLAME },
	{ 0, "by", FLAME_BY_WORDS, "widths: time in calls (default), or their number", set_flame_by, 0, SCOPE_FLAME },
	{ 0, "format", "folded|svg", "lines 'NAME;NAME;CALL WEIGHT', times in ns; or a\npicture, as for -o FILE.svg", set_flame_form, 0, SCOPE_FLAME },

	{ .help = "The page", .scope = SCOPE_PAGE },
	{ 0, "port", "N", "at this port of 127.0.0.1 (default: a free one)", set_port, 0, SCOPE_PAGE },
	{ 0, "save", "FILE", "do not serve: write the page with its data to FILE", option_set_word, AT(look.page.save_path), SCOPE_PAGE },
	{ 0, "keep", "SIZE", "live: keep the newest events for the list\n(default 256M); older ones count and are left out", set_keep, 0, SCOPE_PAGE },

	{ .help = "What to record" },
	{ 'e', NULL, "trace=SET",
	  "these calls: names, %class, /regex, ! for all but,\n"
	  "joined by commas; 'trace=' may be left out",
	  set_expression, 0, SCOPE_FIRST },
	{ 'e', NULL, "status=WORD", "calls that were failed or successful", set_expression, 0, SCOPE_FIRST },
	{ 'e', NULL, "signal=LIST",
	  "in strace's manner and JSON: these signals, as\n"
	  "INT,TERM; ! for all but; all or none", set_expression, 0, SCOPE_EVENTS },
	{ 'e', NULL, "fd=LIST", "calls with these descriptors, as 3,4", set_expression, 0, SCOPE_SHOW },
	{ 'P', NULL, "PATH", "calls that name this file, or have it open", choose_path, 0,
	  SCOPE_SHOW },
	{ 'p', NULL, "PID[,PID...]", "these running processes", add_pids, 0, SCOPE_FIRST },
	{ 'f', NULL, NULL, "with -p: their children too", option_set_flag, AT(what.follow), SCOPE_FIRST },
	{ 'u', NULL, "USER", "processes of this user (name or number)", set_user, 0, SCOPE_FIRST },
	{ 0, "comm", "NAME", "threads of this name; several: any of them", who_option_comm, 0, 0 },
	{ 0, "cgroup", "PATH", "processes in this cgroup and below, likewise", who_option_cgroup, 0, 0 },
	{ 0, "container", "ID|NAME", "processes in this container: its name,\nor the beginning of its id, likewise", who_option_container, 0, 0 },
	{ 0, "min-duration", "TIME", "calls that took at least so long", set_time,
	  AT(what.min_duration_ns), SCOPE_FIRST },
	{ 0, "entry", NULL, "an event at entry too, not only at return", option_set_flag, AT(what.entries), SCOPE_EVENTS },
	{ 0, "env", NULL, "the environment of executed programs", option_set_flag, AT(what.env), SCOPE_LIVE },
	{ 0, "no-containers", NULL, "without facts from files of container runtimes", option_set_flag, AT(what.no_containers), SCOPE_LIVE },
	{ 0, "machine", "NAME", "name of this machine in captures, rows and alerts\n(default: its host name)", set_machine, 0, SCOPE_LIVE },
	{ 0, "host-root", "DIR", "where the machine's root directory is (default /):\ncontainer runtimes' files are read below", option_set_word, AT(what.host_root), SCOPE_LIVE },
	{ 0, "pods", "FILE", "pods of Kubernetes, as linx-pods keeps them\n(default /run/linx/pods.json, if it is there)", option_set_word, AT(what.pods), 0 },
	{ 0, "pods-user", "USER", "this user's file of pods is believed, too", set_pods_user, 0, 0 },
	{ 0, "no-resolved", NULL, "without what the kernel made of the arguments:\nthe path that was opened, the peer of a connect,\nthe protocol of netlink messages",
	  option_set_flag, AT(what.no_resolved), SCOPE_LIVE },
	{ 0, "fds", NULL, "all that the process has open: with --format json,\nin each event; with -w, recorded", option_set_flag, AT(what.files), SCOPE_EVENTS },
	{ 0, "fds-limit", "N", "JSON: N bytes of that list (default 65536)", set_bytes, AT(look.files_limit), SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "cmdline", "N", "JSON: N bytes of a command line in each line\n(default 512); exec and task have all of it", set_bytes, AT(look.cmdline_limit), SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "probe", "SPEC",
	  "hits of this function or tracepoint of the kernel,\n"
	  "too, such as 'kprobe:tcp_connect(sk)'; several;\n"
	  "linxcap list --probes NAME shows what there is",
	  add_probe, 0, SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "http", NULL, "requests of HTTP/1 too, by what sockets carry", option_set_flag, AT(what.http), SCOPE_BYTES },
	{ 0, "http-secrets", NULL, "with query strings, credentials and cookies", option_set_flag, AT(look.http_secrets), SCOPE_SHOW },
	{ 0, "summary", NULL, "linxcap http: a table by host, path and status", option_set_flag, AT(look.http_summary), SCOPE_SHOW | SCOPE_EVENTS },
	{ 's', NULL, "N", "capture and show N bytes of buffers and strings", set_string_limit, 0,
	  SCOPE_BYTES },

	{ .help = "What the module refuses, on the whole machine" },
	{ 0, "deny", "FILTER",
	  "refuse what fulfils this condition, several times:\n"
	  "'evt.type in (open, openat) and fd.name = /FILE'",
	  deny_option_condition, AT(what.deny), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "deny-with", "ACTION", "what --deny does: 'deny ERROR' (default EPERM),\n'kill', 'signal NAME' or 'notify'", deny_option_action, AT(what.deny), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "actions", "off|observe|enforce", "what rules of --rules with actions do: nothing\n(default), count as --dry-run, or refuse", set_actions, 0, SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "dry-run", NULL, "refuse nothing: show and count what would have\nbeen refused, by rule and by program", option_set_flag, AT(what.deny.dry_run), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "force", NULL, "also rules that would refuse a shell or login", option_set_flag, AT(what.deny.force), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "for-trial", "TIME", "the rules end after this time, unless they are\nconfirmed: linxcap policy confirm", deny_option_time, AT(what.deny.trial_ns), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "exempt-program", "FILE", "not what root does by this program; several", deny_option_exempt, AT(what.deny), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "persist", "NAME", "the rules go on, by this name, when linxcap ends:\nlinxcap policy", option_set_word, AT(what.deny.name), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "end-late", "TIME", "the rules end if linxcap reads nothing for so long", deny_option_time, AT(what.deny.late_ns), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "take-policy", "NAME", "show what a policy refuses that has no reader", option_set_word, AT(what.take_policy), SCOPE_LIVE | SCOPE_EVENTS },

	{ .help = "How to record" },
	{ 0, "no-canary", NULL, "without calls of linxcap's own that show\nwhether calls still reach the recording", option_set_flag, AT(how.no_canary), SCOPE_LIVE },
	{ 'n', NULL, "COUNT", "stop after COUNT system call events", set_count, 0, SCOPE_FIRST },
	{ 0, "for", "TIME", "stop after this time: 10s, 500ms, 2m, 1h", set_time, AT(how.for_ns),
	  SCOPE_LIVE | SCOPE_FIRST },
	{ 0, "let-go", NULL, "the command goes on if tracing ends first, as it\ndoes with -n and --for; with engine ptrace then\nall its calls stop, not only those that are shown", option_set_flag, AT(how.let_go), SCOPE_LIVE },
	{ 0, "buffer", "SIZE", "ring of each CPU: 64K, 8M ... (default 8M)", set_buffer, 0,
	  SCOPE_LIVE },
	{ 0, "mode", "discard|recorder|throttle",
	  "full ring: count what is lost (default), or keep\n"
	  "the newest and show it on SIGUSR1 and at the end,\n"
	  "or let programs wait before it is full",
	  set_mode, 0, SCOPE_LIVE },
	{ 0, "throttle-cap", "TIME", "let none wait longer in a second (default 900ms)", set_cap, 0, SCOPE_LIVE },
	{ 0, "sample", "1/N[:SET]",
	  "one of N of each call, or of each of these;\n"
	  "the others are counted",
	  add_sample, 0, SCOPE_LIVE },
	{ 0, "budget", "N",
	  "no more than N events a second on each CPU: what\n"
	  "makes most of them has less recorded, then counts",
	  set_budget, 0, SCOPE_LIVE },
	{ 0, "priority", "SET",
	  "these calls have room in a ring that others fill,\n"
	  "and no budget: instead of the rare ones",
	  option_set_word, AT(how.priority), SCOPE_LIVE },
	{ 0, "ahead", "N",
	  "run ahead of other programs by N steps of nice, so\n"
	  "that less is lost: 0 to 20 (default 5)",
	  set_ahead, 0, SCOPE_LIVE },
	{ 0, "exempt", "CGROUP", "let none of this cgroup's directory wait", add_exempt, 0, SCOPE_LIVE },
	{ 0, "engine", LINX_ENGINE_AUTO, "what records; auto (default): the first that can", set_engine, 0, SCOPE_LIVE },

	{ 0, "config", "FILE",
	  "what init_config and open_params say (JSON, or\n"
	  "the text itself); options come before it",
	  read_config, 0, SCOPE_EVENTS },

	{ .help = "From where, to where" },
	{ 'r', NULL, "FILE", "read a capture file ('-': standard input)", option_set_word,
	  AT(where.read_path), SCOPE_FIRST },
	{ 0, "salvage", NULL, "with -r: go on behind what is damaged", option_set_flag,
	  AT(where.salvage), 0 },
	{ 0, "from", "TIME",
	  "with -r: events from this time on: 09:43:49,\n"
	  "2025-06-12T09:43:49, @SECONDS since 1970, or +5s\n"
	  "from the beginning",
	  set_moment, AT(what.from), 0 },
	{ 0, "to", "TIME", "events before this time; live: the trace ends then", set_moment, AT(what.to), 0 },
	{ 0, "last", "TIME", "with -r: events of the last 10s, 500ms, 2m, 1h", set_time, AT(what.last_ns), 0 },
	{ 'w', NULL, "FILE", "write a capture file ('-': standard output)", option_set_word,
	  AT(where.write_path), SCOPE_FIRST | SCOPE_EVENTS },
	{ 0, "compress", "[LEVEL]", "with -w: by zstd, from 1 to 19 (default 3)", set_compress, 0, SCOPE_EVENTS },
	{ 0, "rows", "DIR",
	  "rows for a database: what is shown becomes Parquet\n"
	  "files in the folder DIR", option_set_word, AT(where.rows.path), SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "spool", "DIR", "rows, and alerts of --alert spool, for linx-ship,\nwhich sends them, in the folder DIR", option_set_word, AT(where.spool.path), SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "spool-size", "SIZE", "bytes of --spool (default 1G); rows that find no\nroom there are counted, and listed as gaps", set_spool_size, 0, SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "block", "ROWS", "with --spool: most rows of a block (default 16000)", set_block, 0, SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "keep", "SIZE", "with --rows: the oldest files go beyond SIZE", set_rows_keep, 0, SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "flush", "TIME", "with --rows, --spool: at most so old are rows that\nno file has yet (default 5s)", set_time,
	  AT(where.rows.flush_ns), SCOPE_SHOW | SCOPE_EVENTS },
	{ 0, "no-args", NULL, "with --rows, --spool: without arguments of calls", option_set_flag, AT(where.rows.no_args), SCOPE_SHOW | SCOPE_EVENTS },
	{ 'o', NULL, "FILE", "write the text to FILE, not to standard output", option_set_word,
	  AT(where.out_path), SCOPE_SHOW | SCOPE_FIRST | SCOPE_TEXT },
	{ 0, "stats", "[FILE]",
	  "at the end all counters as one JSON object, on\n"
	  "standard error or to FILE",
	  set_stats, 0, SCOPE_TEXT },
	{ 'q', NULL, NULL, "no closing lines with the account of events", option_set_flag,
	  AT(where.quiet), SCOPE_TEXT },

	{ .help = "Several files, for recordings that go on (with -w)", .scope = SCOPE_EVENTS },
	{ 'C', NULL, "SIZE",
	  "another file when one has reached SIZE: millions\n"
	  "of bytes, or with a unit: 64M, 1G",
	  set_file_size, 0, SCOPE_LIVE | SCOPE_ROTATION | SCOPE_EVENTS },
	{ 'G', NULL, "TIME", "another file after this time: 3600, 10m, 1h, 1d", set_period, 0, SCOPE_LIVE | SCOPE_ROTATION | SCOPE_EVENTS },
	{ 'W', NULL, "COUNT", "keep COUNT files: the oldest go", set_files, 0, SCOPE_LIVE | SCOPE_ROTATION | SCOPE_EVENTS },
	{ 0, "keep-free", "SIZE", "the oldest go when less than SIZE is free", set_free, 0,
	  SCOPE_LIVE | SCOPE_ROTATION | SCOPE_EVENTS },
	{ 'z', NULL, "CMD", "run 'CMD FILE' when a file is complete", option_set_word, AT(where.after),
	  SCOPE_LIVE | SCOPE_ROTATION | SCOPE_EVENTS },

	{ .help = "How it looks" },
	{ 0, "format", "TEMPLATE",
	  "how events look, text if nothing is said; or log\n"
	  "lines of your own, as '%linx.time %linx.args'",
	  set_format, 0, SCOPE_SHOW | SCOPE_EVENTS },
	{ 'c', NULL, NULL,
	  "no events: at the end a table of calls, with the\n"
	  "time that they ran; with -T, or read from a file,\n"
	  "how long they took",
	  option_set_flag, AT(look.summary), SCOPE_SHOW | SCOPE_FIRST | SCOPE_EVENTS },
	{ 'T', NULL, NULL, "how long each call took", option_set_flag, AT(look.durations), SCOPE_FIRST },
	{ 't', NULL, NULL,
	  "time of day; -tt with microseconds; -ttt as\n"
	  "seconds since 1970",
	  add_time, 0, SCOPE_SHOW | SCOPE_EVENTS },
	{ 'v', NULL, NULL, "all of each structure, and the environment", option_set_flag,
	  AT(look.verbose), SCOPE_EVENTS },
	{ 'y', NULL, NULL,
	  "paths of descriptors; -yy also addresses of\n"
	  "sockets, numbers of devices and the like",
	  add_fds, 0, SCOPE_EVENTS },
	{ 0, "decode-fds", "LIST",
	  "of these: path, socket, dev, pidfd, eventfd,\n"
	  "signalfd, all, none",
	  set_fds, 0, SCOPE_EVENTS },
	{ 0, "color", "auto|always|never", "auto: on a terminal, unless NO_COLOR is set",
	  set_colour, 0, SCOPE_SHOW },
	{ 0, "no-color", NULL, "the same as --color=never", set_no_colour, 0, SCOPE_SHOW },

	{ 0, "redact", "FILE", "blank what these rules call secret in all that is\nshown: regex, option, env, header, url-password", option_set_word, AT(look.redact_path), 0 },

	{ .help = "Alerts instead of lines", .scope = SCOPE_EVENTS },
	{ 0, "alert", "OUTPUT", "calls that pass FILTER, as Falco writes them, to\nstdout, syslog, spool (of --spool DIR), file:PATH,\nprogram:CMD, http(s)://... or otlp+http(s)://...;\nseveral; 'PRIORITY,' in front: only those that are\nas urgent", alert_option_output, 0, SCOPE_EVENTS },
	{ 0, "rules", "FILE", "alerts by rules in Falco's language instead of\nFILTER alone, of a file or of those in a folder;\nseveral: one set; to stdout without --alert or\n--rows; read again when they change", alert_option_rules, 0, SCOPE_EVENTS },
	{ 0, "falco-config", "FILE", "Falco's own configuration, falco.yaml, as far as\nit means something here; options win", option_set_word, AT(falco_path), SCOPE_EVENTS },
	{ 0, "alert-json", NULL, "alerts as JSON, which the spool, HTTP and OTLP\nalways take", option_set_flag, AT(where.alerts.opts.json), SCOPE_EVENTS },
	{ 0, "alert-rule", "NAME", "the name of the rule (default linx)", option_set_word, AT(where.alerts.rule), SCOPE_EVENTS },
	{ 0, "alert-priority", "PRIORITY", "emergency ... debug (default notice); with --rules\nthe least urgent of them that matters", alert_option_priority, 0, SCOPE_EVENTS },
	{ 0, "alert-output", "TEMPLATE", "the message, of fields, as --format TEMPLATE", alert_option_message, 0, SCOPE_EVENTS },
	{ 0, "alert-every", "TIME", "equal alerts within this time are sent once", set_time, AT(where.alerts.every_ns), SCOPE_EVENTS },
	{ 0, "alert-capture", "FILE", "what led to alerts of rules that say 'capture:\ntrue', or to any without rules, in capture files\nof their own, FILE.000001 ...", option_set_word, AT(where.alerts.before.path), SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "alert-captures", "N[,SIZE]", "at most so many, of so many bytes together\n(default 16,1G): the oldest go", alert_option_captures, 0, SCOPE_LIVE | SCOPE_EVENTS },
	{ 0, "alert-header-file", "FILE", "headers of posts to the --alert before it, as a\ntoken: lines 'Name: value'", alert_option_heads, 0, SCOPE_EVENTS },
	{ 0, "alert-ca", "FILE", "certificates by which https:// is verified", option_set_word, AT(where.alerts.opts.ca), SCOPE_EVENTS },
	{ 0, "alert-cert", "FILE", "the certificate that servers of https:// get, and\nits key, unless that has a file of its own", option_set_word, AT(where.alerts.opts.cert), SCOPE_EVENTS },
	{ 0, "alert-key", "FILE", "the key of --alert-cert", option_set_word, AT(where.alerts.opts.key), SCOPE_EVENTS },

	{ .help = "Watching linxcap itself" },
	{ 0, "metrics", "PORT|ADDRESS:PORT", "counts for Prometheus at /metrics, and at /healthz\nwhether all goes on; 127.0.0.1 without an address", alert_option_metrics, 0, 0 },

	{ .help = "Help" },
	{ 'h', "help", "[all]", "examples and the first options; all of this text", set_help, 0, SCOPE_FIRST },
	{ 0, "version", NULL, "the version", set_version, 0, 0 },
};

const struct option_table trace_options = {
	.command = "linxcap",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command and its descendants\n"
		    "[OPTIONS] -p PID[,PID...] [FILTER]  running processes\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file\n"
		    "SUBCOMMAND",
	.about = "Records system calls: who made them, with which arguments, what came of them.\n"
		 "FILTER is a condition over fields, as 'linx.type = openat and linx.ret < 0'.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(0),
	.habits = &trace_habits,
	.word = list_word,
};
const struct option_table http_options = {
	.command = "linxcap http",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command and its descendants\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file",
	.about = "Shows requests of HTTP/1: who asked whom for what, and what came of it.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(0),
	.habits = &trace_habits,
	.word = list_word,
};
const struct option_table stat_options = {
	.command = "linxcap stat",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command, its children\n"
		    "[OPTIONS] -p PID[,PID...] [FILTER]  running processes\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file",
	.about = "Counts system calls by fields: tables, histograms, at the end or by intervals.\n"
		 "A field without a dot is one of linx's: 'duration' is linx.duration.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(SCOPE_TABLE) | SCOPE_EVENTS | SCOPE_BYTES,
	.habits = &trace_habits,
	.word = list_word,
};
const struct option_table top_options = {
	.command = "linxcap top",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command, its children\n"
		    "[OPTIONS] -p PID[,PID...] [FILTER]  running processes\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file",
	.about = "Shows processes, calls, files and more on a screen, and what is behind a row.\n"
		 "F1 or ? lists the keys.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(SCOPE_TABLE | SCOPE_TOP) | SCOPE_EVENTS | SCOPE_TEXT,
	.habits = &trace_habits,
	.word = list_word,
};
const struct option_table flame_options = {
	.command = "linxcap flame",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command, its children\n"
		    "[OPTIONS] -p PID[,PID...] [FILTER]  running processes\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file",
	.about = "Draws which processes and calls the time goes to: a flame graph.\n"
		 "Below each process are its children and its calls.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(SCOPE_FLAME) | SCOPE_EVENTS,
	.habits = &trace_habits,
	.word = list_word,
};
const struct option_table serve_options = {
	.command = "linxcap serve",
	.synopsis = "[OPTIONS] [FILTER]                  the whole machine, live\n"
		    "[OPTIONS] [FILTER] -- CMD [ARG...]  a command, its children\n"
		    "[OPTIONS] -p PID[,PID...] [FILTER]  running processes\n"
		    "[OPTIONS] -r FILE [FILTER]          a capture file",
	.about = "Shows a recording in a browser: timeline, tables, processes, events.\n"
		 "It prints the address, which has a secret, and serves until Ctrl-C.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.without = SCOPE_OTHERS(SCOPE_PAGE) | SCOPE_EVENTS,
	.habits = &trace_habits,
	.word = list_word,
};
_Static_assert(ARRAY_SIZE(rows) <= OPTION_ROWS_MAX,
	       "struct option_result.given has a bit for each");
