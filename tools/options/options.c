// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads options by their table, and prints help. See options/options.h. */
#include <string.h>

#include "base/suggest.h"
#include "options/options.h"

#define HELP_COLUMN 30

/* State of reading a command line. */
struct cursor {
	const struct option_table *table;
	int argc;
	char **argv;
	int i; /* index of the current word in argv */
	void *settings;
	struct option_result *res;
	struct problem *why;
};

static bool arg_optional(const struct option *o)
{
	return o->arg && o->arg[0] == '[';
}

/* True if a row of the table is an option of its command. */
static bool is_option(const struct option_table *t, const struct option *o)
{
	return !(o->scope & t->without);
}

static const struct option *find_letter(const struct option_table *t, char letter)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (t->rows[i].letter == letter && is_option(t, &t->rows[i]))
			return &t->rows[i];
	return NULL;
}

/*
 * Finds the row whose name begins with the first len bytes of name. NULL: there is no such row, or there are several
 * with different effects.
 */
static const struct option *find_abbreviated(const struct option_table *t, const char *name, size_t len)
{
	const struct option *found = NULL;

	for (unsigned int i = 0; i < t->n; i++) {
		const char *n = t->rows[i].name;

		if (!n || strncmp(n, name, len) || !is_option(t, &t->rows[i]))
			continue;
		if (found && (found->handle != t->rows[i].handle || found->at != t->rows[i].at ||
			      found->letter != t->rows[i].letter))
			return NULL;
		found = found ? found : &t->rows[i];
	}
	return found;
}

static const struct option *find_name(const struct option_table *t, const char *name, size_t len)
{
	for (unsigned int i = 0; i < t->n; i++) {
		const char *n = t->rows[i].name;

		if (n && strlen(n) == len && !strncmp(n, name, len) && is_option(t, &t->rows[i]))
			return &t->rows[i];
	}
	return t->abbreviations ? find_abbreviated(t, name, len) : NULL;
}

const char *option_habit_find(const struct option_habits *h, const char *typed)
{
	for (unsigned int i = 0; h && i < h->n; i++)
		if (!strcmp(h->rows[i].typed, typed))
			return h->rows[i].write;
	return NULL;
}

static int unknown(const struct cursor *c, const char *name, size_t len)
{
	struct nearest near;
	char word[64], typed[68];
	const char *best;

	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	snprintf(typed, sizeof(typed), "--%s", word);
	best = option_habit_find(c->table->habits, typed);
	if (best)
		return problem_set(c->why, "unknown option: %s: %s", typed, best);
	nearest_begin(&near, word);
	for (unsigned int i = 0; i < c->table->n; i++)
		if (c->table->rows[i].name && is_option(c->table, &c->table->rows[i]))
			nearest_try(&near, c->table->rows[i].name);
	best = nearest_best(&near);
	if (best)
		return problem_set(c->why, "unknown option: --%s: did you mean --%s?", word, best);
	return problem_set(c->why, "unknown option: --%s: '%s --help' lists them", word,
			   c->table->command);
}

const char *option_spelling(const struct option *o, char buf[32])
{
	if (o->letter)
		snprintf(buf, 32, "-%c", o->letter);
	else
		snprintf(buf, 32, "--%s", o->name);
	return buf;
}

enum option_next option_refuse(const struct option_use *use, const char *what, const char *todo)
{
	char buf[32];

	option_spelling(use->option, buf);
	if (use->arg)
		problem_set(use->why, "%s: %s %s: %s", what, buf, *use->arg ? use->arg : "''",
			    todo);
	else
		problem_set(use->why, "%s: %s: %s", what, buf, todo);
	return OPTION_REFUSED;
}

enum option_next option_set_flag(const struct option_use *use)
{
	*(bool *)((char *)use->settings + use->option->at) = true;
	return OPTION_DONE;
}

enum option_next option_set_help(const struct option_use *use)
{
	option_set_flag(use);
	return OPTION_STOP;
}

enum option_next option_set_word(const struct option_use *use)
{
	if (!*use->arg)
		return option_refuse(use, "empty argument", "write a name");
	*(const char **)((char *)use->settings + use->option->at) = use->arg;
	return OPTION_DONE;
}

static int use_option(const struct cursor *c, const struct option *o, const char *arg)
{
	struct option_use use = { .table = c->table, .option = o, .arg = arg, .settings = c->settings, .why = c->why };
	enum option_next next;

	c->res->given[(o - c->table->rows) / 64] |= 1ull << (o - c->table->rows) % 64;
	next = o->handle(&use);
	if (next == OPTION_STOP)
		c->res->stopped = true;
	return next == OPTION_REFUSED ? -1 : 0;
}

/* Returns the next word as the argument of the option; NULL: there is none. */
static const char *next_word(struct cursor *c)
{
	return c->i + 1 < c->argc ? c->argv[++c->i] : NULL;
}

static int missing_argument(const struct cursor *c, const struct option *o)
{
	char buf[32], words[OPTION_ARGUMENT_MAX];

	option_spelling(o, buf);
	return problem_set(c->why, "missing argument: %s: write %s %s", buf, buf,
			   option_argument(c->table, o, words));
}

/* Reads a long option: --name, --name=ARG, or --name ARG. */
static int read_long(struct cursor *c)
{
	const char *word = c->argv[c->i] + 2;
	size_t len = strcspn(word, "=");
	const struct option *o = find_name(c->table, word, len);
	const char *arg = word[len] ? word + len + 1 : NULL;

	if (!o)
		return unknown(c, word, len);
	if (arg && !o->arg)
		return problem_set(c->why, "unexpected argument: --%s: --%s takes none", word,
				   o->name);
	if (o->arg && !arg && !arg_optional(o)) {
		arg = next_word(c);
		if (!arg)
			return missing_argument(c, o);
	}
	return use_option(c, o, arg);
}

static int unknown_letter(const struct cursor *c, char letter)
{
	const char typed[] = { '-', letter, '\0' }, *write = option_habit_find(c->table->habits, typed);

	if (write)
		return problem_set(c->why, "unknown option: %s: %s", typed, write);
	return problem_set(c->why, "unknown option: %s: '%s --help' lists them", typed, c->table->command);
}

/* Reads a word of one-letter options: -tt, -vf, -n5, or -n 5. */
static int read_letters(struct cursor *c)
{
	const char *p = c->argv[c->i] + 1;

	for (; *p && !c->res->stopped; p++) {
		const struct option *o = find_letter(c->table, *p);

		if (!o)
			return unknown_letter(c, *p);
		if (o->arg && !arg_optional(o)) {
			const char *arg = p[1] ? p + 1 : next_word(c);

			return arg ? use_option(c, o, arg) : missing_argument(c, o);
		}
		if (use_option(c, o, NULL))
			return -1;
	}
	return 0;
}

int options_parse(const struct option_table *t, int argc, char **argv, void *settings,
		  struct option_result *res, struct problem *why)
{
	*res = (struct option_result){ .next = 1 };
	return options_parse_on(t, argc, argv, settings, res, why);
}

int options_parse_on(const struct option_table *t, int argc, char **argv, void *settings,
		     struct option_result *res, struct problem *why)
{
	struct cursor c = { t, argc, argv, res->next, settings, res, why };

	for (; c.i < argc && !res->stopped; c.i++) {
		const char *word = argv[c.i];

		if (!strcmp(word, "--")) {
			res->dashes = true;
			c.i++;
			break;
		}
		if (word[0] != '-' || !word[1])
			break;
		if (word[1] == '-' ? read_long(&c) : read_letters(&c))
			return -1;
	}
	res->next = c.i;
	return 0;
}

const struct option *options_given(const struct option_table *t, const struct option_result *res,
				   unsigned int scope)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (res->given[i / 64] >> i % 64 & 1 && t->rows[i].scope & scope)
			return &t->rows[i];
	return NULL;
}

static bool get_word(const struct option_table *t, const struct option *o, unsigned int i, struct option_word *word)
{
	return t->word && t->word(o, i, word);
}

int option_word(const struct option_use *use)
{
	struct option_word w;

	for (unsigned int i = 0; get_word(use->table, use->option, i, &w); i++)
		if (!strcmp(w.name, use->arg))
			return (int)i;
	return -1;
}

const char *option_argument(const struct option_table *t, const struct option *o, char buf[OPTION_ARGUMENT_MAX])
{
	struct option_word w;
	size_t n = 0;

	for (unsigned int i = 0; get_word(t, o, i, &w) && n < OPTION_ARGUMENT_MAX; i++)
		n += (size_t)snprintf(buf + n, OPTION_ARGUMENT_MAX - n, "%s|", w.name);
	if (n < OPTION_ARGUMENT_MAX)
		snprintf(buf + n, OPTION_ARGUMENT_MAX - n, "%s", o->arg);
	return buf;
}

/* Formats an option for help: "  -h, --help", "  --for TIME", "  --stats[=FILE]". */
static void format_signature(const struct option_table *t, const struct option *o, char *buf, size_t size)
{
	char letter[4] = "", arg[OPTION_ARGUMENT_MAX + 1] = "", words[OPTION_ARGUMENT_MAX];

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c", o->letter);
	if (arg_optional(o))
		snprintf(arg, sizeof(arg), "[=%s", o->arg + 1);
	else if (o->arg)
		snprintf(arg, sizeof(arg), " %s", option_argument(t, o, words));
	snprintf(buf, size, "  %s%s%s%s%s", letter, o->letter && o->name ? ", " : "",
		 o->name ? "--" : "", o->name ? o->name : "", arg);
}

/* Prints the lines of text. The first one continues the current line, the others begin with lead. */
static void print_lines(FILE *f, const char *text, const char *lead)
{
	const char *end;

	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		fwrite(text, 1, (size_t)(end - text), f);
		fputc('\n', f);
		if (end[0] && end[1])
			fputs(lead, f);
	}
}

static void print_row(const struct option_table *t, const struct option *o, FILE *f)
{
	char signature[OPTION_ARGUMENT_MAX + 64], lead[HELP_COLUMN + 1];
	struct option_word word;
	int width = 6;

	format_signature(t, o, signature, sizeof(signature));
	snprintf(lead, sizeof(lead), "%*s", HELP_COLUMN, "");
	if (strlen(signature) > HELP_COLUMN - 2)
		fprintf(f, "%s\n%s", signature, lead);
	else
		fprintf(f, "%-*s", HELP_COLUMN, signature);
	print_lines(f, o->help, lead);
	for (unsigned int i = 0; get_word(t, o, i, &word); i++)
		width = (int)strlen(word.name) > width ? (int)strlen(word.name) : width;
	for (unsigned int i = 0; get_word(t, o, i, &word); i++)
		fprintf(f, "%s%-*s  %s\n", lead, width, word.name, word.text);
}

void options_usage(const struct option_table *t, FILE *f)
{
	char lead[64];

	fprintf(f, "Usage: %s%s", t->command, *t->synopsis ? " " : "");
	snprintf(lead, sizeof(lead), "       %s ", t->command);
	print_lines(f, *t->synopsis ? t->synopsis : "\n", lead);
}

void options_rows(const struct option_table *t, unsigned int scope, FILE *f)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (t->rows[i].help && t->rows[i].scope & scope)
			print_row(t, &t->rows[i], f);
}

void options_help(const struct option_table *t, FILE *f)
{
	options_usage(t, f);
	fprintf(f, "\n%s\n", t->about);
	for (unsigned int i = 0; i < t->n; i++) {
		if (!is_option(t, &t->rows[i]))
			continue;
		if (!t->rows[i].handle)
			fprintf(f, "\n%s:\n", t->rows[i].help);
		else if (t->rows[i].help)
			print_row(t, &t->rows[i], f);
	}
}
